"""FMT-1: MAVLink telemetry against pymavlink, each on one thread, every field of every message read.

The bytes are a minute of one autopilot in the rates that autopilots send to a companion computer (50 Hz attitude and
position, slower state), made by pymavlink. The peer gets whole buffers (`parse_buffer`; pieces of 300 B to 64 KiB and
the garbage collector switched off make no difference beyond that between runs), its checksums in C (`fastcrc`), robust
parsing off, and its fields are read as attributes. Ours decodes the same buffer and reads every field of every message
as a column in SI. Values are compared first.

`--full` adds, without a bar, the same bytes to a dict a message and dicts to frames.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np

from benchmarks.harness import Row, ratio, report

SECONDS = 60
HZ = {
    "ATTITUDE": 50, "GLOBAL_POSITION_INT": 50, "VFR_HUD": 20, "GPS_RAW_INT": 10, "GIMBAL_DEVICE_ATTITUDE_STATUS": 10,
    "SYS_STATUS": 5, "WIND_COV": 2, "BATTERY_STATUS": 1, "HEARTBEAT": 1, "EXTENDED_SYS_STATE": 1, "SYSTEM_TIME": 1,
    "MISSION_CURRENT": 1, "HOME_POSITION": 1, "CAMERA_FOV_STATUS": 2, "AIS_VESSEL": 2, "ADSB_VEHICLE": 2,
    "STATUSTEXT": 1,
}  # fmt: skip
RANGES = {
    "int8": (-120, 127), "uint8": (0, 255), "int16": (-3000, 3000), "uint16": (0, 36000), "int32": (-(10**9), 10**9),
    "uint32": (0, 2**31), "uint64": (0, 2**52),
}  # fmt: skip


def recording(seconds: int = SECONDS, seed: int = 1) -> bytes:
    """The bytes of all messages in the order of their times."""
    from pymavlink.dialects.v20 import ardupilotmega as peer

    rng = random.Random(seed)
    mav = peer.MAVLink(None, 1, 1)
    kinds: dict[str, Any] = {kind.msgname: kind for kind in peer.mavlink_map.values()}
    due = sorted((n / hz, name) for name, hz in HZ.items() for n in range(hz * seconds))
    frames = []
    for _, name in due:
        kind = kinds[name]
        lengths = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
        fields = [_value(t, lengths[f], rng) for f, t in zip(kind.fieldnames, kind.fieldtypes, strict=True)]
        frames.append(kind(*fields).pack(mav))
        mav.seq = (mav.seq + 1) & 0xFF
    return b"".join(frames)


def _value(type: str, length: int, rng: random.Random) -> Any:
    if type == "char":
        return "".join(rng.choices("ABCDEFGHIJKLM ", k=rng.randrange(3, length))).encode()
    made = [_number(type.removesuffix("_t"), rng) for _ in range(max(length, 1))]
    return made if length else made[0]


def _number(type: str, rng: random.Random) -> float:
    return rng.uniform(-30, 30) if type == "float" else rng.randint(*RANGES[type])


def ours(data: bytes) -> Any:
    """Every field of every message as a column of its own memory."""
    from mihari.formats.mavlink import decode_many

    return {
        name: {key: np.ascontiguousarray(column) for key, column in table.columns().items()}
        for name, table in decode_many(data).tables.items()
    }


def peers(data: bytes) -> list[Any]:
    """Every field of every message as a value."""
    from pymavlink.dialects.v20 import ardupilotmega as peer

    return [[getattr(m, f) for f in m.fieldnames] for m in peer.MAVLink(None).parse_buffer(data)]


def same(data: bytes) -> int:
    """How many messages both read; AssertionError where a wire number differs."""
    from pymavlink.dialects.v20 import ardupilotmega as peer

    from mihari.formats.mavlink import decode_many

    read = peer.MAVLink(None).parse_buffer(data)
    decoded = decode_many(data)
    assert len(read) == len(decoded)
    for name, table in decoded.tables.items():
        theirs = [m for m in read if m.msgname == name]
        for field in table.message.fields:
            for mine, message in zip(table.raw(field.name).tolist(), theirs, strict=True):
                told = getattr(message, field.name)
                told = told.encode() if isinstance(told, str) else told
                assert mine == told or mine == bytes(told if field.text else b""), (name, field.name, mine, told)
    return len(read)


def _octets(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _pack_all(messages: list[Any]) -> None:
    """The peer's way from values to bytes."""
    from pymavlink.dialects.v20 import ardupilotmega as peer

    mav = peer.MAVLink(None, 1, 1)
    for kind, fields in messages:
        kind(*fields).pack(mav)


def rows() -> list[Row]:
    """FMT-1."""
    data = recording()
    what = (
        f"MAVLink decode, {same(data)} messages of telemetry, all fields to columns, against pymavlink parse_buffer (s)"
    )
    return [ratio("FMT-1", what, lambda: ours(data), lambda: peers(data), 10.0)]


def others() -> list[Row]:
    """The other ways through, which have no bar: how many times as fast as pymavlink."""
    from pymavlink.dialects.v20 import ardupilotmega as peer

    from mihari.formats.mavlink import decode_many, encode, to_dicts

    data = recording()
    dicts, read = to_dicts(decode_many(data)), peer.MAVLink(None).parse_buffer(data)
    messages = [(type(m), [_octets(getattr(m, f)) for f in m.fieldnames]) for m in read]
    return [
        ratio("dicts", "bytes to dicts", lambda: to_dicts(decode_many(data)), lambda: peers(data), 0.0),
        ratio(
            "encode",
            "dicts to bytes, against messages made of values and packed",
            lambda: [encode(m) for m in dicts],
            lambda: _pack_all(messages),
            0.0,
        ),
    ]


if __name__ == "__main__":
    sys.exit(report([*rows(), *(others() if "--full" in sys.argv else [])]))
