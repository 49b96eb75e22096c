"""Random messages of pymavlink: every field of every kind, extremes and sentinels among them."""

from __future__ import annotations

import random
import struct
from typing import Any

from pymavlink.dialects.v20 import ardupilotmega as dialect

KINDS: dict[str, Any] = {kind.msgname: kind for kind in dialect.mavlink_map.values()}
WIDTH = {"8": 8, "16": 16, "32": 32, "64": 64}


def whole(type: str, rng: random.Random) -> int:
    bits = int(type.removesuffix("_t").removeprefix("u").removeprefix("int"))
    low, high = (0, 2**bits - 1) if type[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return rng.choice((0, 1, low, high, rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)))


def real(type: str, rng: random.Random) -> float:
    code = "<f" if type == "float" else "<d"
    value = rng.choice((0.0, 1.0, -0.25, float("nan"), float("inf"), rng.uniform(-1e6, 1e6), rng.gauss(0.0, 1.0)))
    return float(struct.unpack(code, struct.pack(code, value))[0])


def value(type: str, length: int, rng: random.Random) -> Any:
    if type == "char":
        return "".join(rng.choices("ABC xyz019é", k=rng.randrange(max(length, 1) + 1))).encode()[: max(length, 1)]
    one = real if type in ("float", "double") else whole
    return [one(type, rng) for _ in range(length)] if length else one(type, rng)


def message(name: str, rng: random.Random, extensions: bool = True) -> Any:
    """A message; without its `extensions` those fields are zero."""
    kind = KINDS[name]
    lengths = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
    made = {f: value(t, lengths[f], rng) for f, t in zip(kind.fieldnames, kind.fieldtypes, strict=True)}
    if not extensions:
        from mihari.formats.mavlink.dialect import message_named

        for field in message_named(name).fields:
            if field.extension:
                made[field.name] = b"" if field.type == "char" else [0] * field.count if field.count else 0
    return kind(**made)


def wire(message: Any) -> dict[str, Any]:
    """Its fields as they were put on the wire; text as bytes without the zeros behind it."""
    told = {}
    for name, type in zip(message.fieldnames, message.fieldtypes, strict=True):
        if type == "char":
            told[name] = getattr(message, f"_{name}_raw").rstrip(b"\0")
        else:
            told[name] = getattr(message, name)
    return told


def sender(system: int = 1, component: int = 1, dialect: Any = dialect) -> Any:
    return dialect.MAVLink(None, system, component)


def frames(messages: list[Any], mav: Any, mavlink1: bool = False) -> list[bytes]:
    made = []
    for m in messages:
        made.append(m.pack(mav, force_mavlink1=mavlink1))
        mav.seq = (mav.seq + 1) & 0xFF
    return made


def read(data: bytes) -> list[Any]:
    return dialect.MAVLink(None).parse_buffer(data) or []


def same(mine: Any, theirs: Any) -> bool:
    """Equal numbers, NaN equal to NaN, lists element by element."""
    if isinstance(theirs, list | tuple):
        return len(mine) == len(theirs) and all(same(a, b) for a, b in zip(mine, theirs, strict=True))
    return mine == theirs or (mine != mine and theirs != theirs)
