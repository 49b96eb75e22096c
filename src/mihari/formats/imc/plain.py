"""IMC packets <-> plain dicts, over imcpy, the codec of LSTS' own on-board software. Bytes reach it only when framed.

imcpy reads messages inside messages by calling itself: a packet nested thousands deep ends the process on a thread with
a small stack (seen with 3,200 levels and 256 KiB). So payloads are refused that could be nested deeper than `DEEPEST`.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.formats.imc.framing import FOOTER, HEADER, LARGEST
from mihari.formats.imc.messages import FIELDS, Field

DEEPEST = 1024  # levels that imcpy is let read; about 150 KiB of stack
LEVELS = 32  # that a dict may have; a plan in a request has five
_SHALLOW = 2 * DEEPEST  # bytes: a level has an id at least
_HEAD = {"source": "src", "source_entity": "src_ent", "destination": "dst", "destination_entity": "dst_ent"}


@cache
def ids() -> dict[int, str]:
    """Message id -> name, of all messages that the codec knows."""
    import imcpy

    kinds = (kind for kind in vars(imcpy).values() if isinstance(kind, type) and issubclass(kind, imcpy.Message))
    found = {}
    for kind in kinds:
        with contextlib.suppress(TypeError, RuntimeError):  # abstract ones never travel
            found[int(kind().msg_id)] = kind.__name__
    return found


@cache
def known() -> Array:
    """(65536,) which message ids exist."""
    made = np.zeros(1 << 16, np.bool_)
    made[list(ids())] = True
    return made


@cache
def _blank(name: str) -> Any:
    import imcpy

    return getattr(imcpy, name)()


@cache
def nesting() -> Array:
    """(65536,) which messages hold other messages."""
    made = np.zeros(1 << 16, np.bool_)
    for number, name in ids().items():
        made[number] = _holds_messages(name)
    return made


def _holds_messages(name: str) -> bool:
    try:
        blank = _blank(name)
        return any(_is_nested(getattr(blank, field)) for field in dir(type(blank)) if not field.startswith("_"))
    except (TypeError, AttributeError):  # abstract messages; a type without a Python twin
        return True


def _is_nested(value: Any) -> bool:
    return value is None or type(value).__name__.startswith("MessageList")


def too_deep(payload: bytes, number: int, big_endian: bool) -> bool:
    """Whether a payload may be nested deeper than `DEEPEST`: it names that many messages that hold others.

    >>> import struct
    >>> plan = 559  # PlanControl
    >>> too_deep(struct.pack("<H", plan) * 1000, plan, False), too_deep(struct.pack("<H", plan) * 1100, plan, False)
    (False, True)
    """
    if len(payload) <= _SHALLOW or not nesting()[number]:
        return False
    octets = np.frombuffer(payload, np.uint8).astype(np.int64)
    high, low = (octets[:-1], octets[1:]) if big_endian else (octets[1:], octets[:-1])
    return int(nesting()[high << 8 | low].sum()) > DEEPEST


def decode(packet: bytes, big_endian: bool = False) -> dict[str, Any]:
    """One whole packet, its checksum already right, of a message of the table; FormatError if it does not read.

    >>> wire = encode({"message": "FuelLevel", "time": 1.7e9, "source": 30, "value_percent": 62.5})
    >>> told = decode(wire)
    >>> told["message"], told["time"], told["source"], told["value_percent"]
    ('FuelLevel', 1700000000.0, 30, 62.5)
    """
    from imcpy import Packet

    number = int.from_bytes(packet[2:4], "big" if big_endian else "little")
    if too_deep(packet[HEADER:-FOOTER], number, big_endian):
        raise FormatError("nested", "more messages inside messages than can be read safely", packet)
    try:
        message = Packet.deserialize(packet)
        made: dict[str, Any] = {"message": message.msg_name, "time": message.timestamp}
        made |= {ours: int(getattr(message, theirs)) for ours, theirs in _HEAD.items()}
        return made | _told(message)
    except (RuntimeError, ValueError, TypeError, MemoryError) as error:
        raise FormatError("field", f"{ids().get(number, number)}: {error}", packet) from error


def _told(message: Any, level: int = 0) -> dict[str, Any]:
    """The fields of a message of the table."""
    if level > LEVELS:
        raise FormatError("nested", f"messages {LEVELS} deep inside each other")
    return {f.name: _value(_fitting(message, f), f, level) for f in FIELDS[message.msg_name]}


def _fitting(message: Any, f: Field) -> Any:
    """A field's value; FormatError for a message inside that IMC does not have there: the codec reads it all the same.

    What could not be told on must not be told at all. Tried with blanks: the codec does not bear its own value back.
    """
    value = getattr(message, f.attribute)
    try:
        if hasattr(value, "msg_name"):
            setattr(type(message)(), f.attribute, type(value)())
        elif type(value).__name__.startswith("MessageList"):
            type(value)().extend([type(inner)() for inner in value])
    except (RuntimeError, TypeError) as error:
        inner = getattr(value, "msg_name", "a message")
        raise FormatError("field", f"{message.msg_name}: {f.name}: {inner} does not belong there") from error
    return value


def _value(value: Any, f: Field, level: int) -> Any:
    if value is None or isinstance(value, (int, str, bytes)):
        return value
    if isinstance(value, float):
        return math.degrees(value) if f.in_degrees else value
    if hasattr(value, "msg_name"):
        return _inner(value, level)
    if type(value).__name__.startswith("MessageList"):
        return [_inner(message, level) for message in value]
    members = type(value).__members__
    return value.name if value.name in members else int(value)


def _inner(message: Any, level: int) -> dict[str, Any] | None:
    """A message inside another; one that is not in the table keeps its bytes."""
    if message is None:
        return None
    if message.msg_name in FIELDS:
        return {"message": message.msg_name} | _told(message, level + 1)
    from imcpy import Packet

    return {"message": message.msg_name, "raw": Packet.serialize(message).hex()}


def encode(message: Mapping[str, Any]) -> bytes:
    """One packet, least byte first. `message`: "message" (its name), "time" (UTC s), fields; what is left out is IMC's
    default. FormatError for a message or field that is not in the table, and a value that its field cannot carry.
    """
    if "raw" in message:
        return bytes.fromhex(message["raw"])
    from imcpy import Packet

    built = build(message)
    try:
        built.timestamp = float(message["time"])
        for ours, theirs in _HEAD.items():
            if ours in message:
                setattr(built, theirs, message[ours])
        packet = bytes(Packet.serialize(built))
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise FormatError("field", f"{message['message']}: {error}") from error
    if len(packet) > LARGEST or len(packet) != HEADER + FOOTER + int.from_bytes(packet[4:6], "little"):
        raise FormatError("length", f"{message['message']}: more than 65,535 bytes")
    return packet


def build(message: Mapping[str, Any]) -> Any:
    """The codec's own object of a dict, without its header."""
    import imcpy

    name = str(message["message"])
    if "raw" in message:
        return imcpy.Packet.deserialize(bytes.fromhex(message["raw"]))
    if name not in FIELDS:
        raise FormatError("message", f"{name!r} is no message of the table")
    fields = {f.name: f for f in FIELDS[name]}
    built = getattr(imcpy, name)()
    for ours, value in message.items():
        if ours in fields:
            _set(built, name, fields[ours], value)
        elif ours not in _HEAD and ours not in ("message", "time", "offset"):
            raise FormatError("field", f"{name} has no {ours}")
    return built


def _set(built: Any, name: str, f: Field, value: Any) -> None:
    default = getattr(built, f.attribute)
    try:
        if type(default).__name__.startswith("MessageList"):
            default.extend([None if inner is None else build(inner) for inner in value])  # IMC may leave one out
        elif default is None:
            if value is not None:
                setattr(built, f.attribute, build(value))
        else:
            setattr(built, f.attribute, _wire(default, f, value))
    except FormatError:
        raise
    except (TypeError, ValueError, KeyError, RuntimeError, OverflowError, AttributeError) as error:
        raise FormatError("field", f"{name}: {f.name} = {value!r} cannot be carried") from error


def _wire(default: Any, f: Field, value: Any) -> Any:
    if isinstance(default, float):
        return math.radians(value) if f.in_degrees else float(value)
    if isinstance(default, (str, bytes)):
        if isinstance(default, str):
            carried: Any = value.replace("\ufffd", "?")  # what imcpy makes of a byte beyond ASCII
            carried.encode("ascii")
        else:
            carried = bytes.fromhex(value) if isinstance(value, str) else bytes(value)
        if len(carried) > 65_000:
            raise ValueError("longer than a message")
        return carried
    if isinstance(default, int):
        if int(value) != value:
            raise ValueError("not a whole number")
        return int(value)
    kind = type(default)
    return kind.__members__[value] if isinstance(value, str) else kind(value)
