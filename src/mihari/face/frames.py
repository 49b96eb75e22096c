"""Frames ⇄ bytes: the binary form of the picture between pipeline, face and browser. Layout: `docs/frames.md`."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import orjson
from numpy.typing import ArrayLike, NDArray

from mihari.core.errors import FormatError
from mihari.core.picture import Vessels
from mihari.face.rows import GRID, HALVES, OCTETS, WORDS, Rows, Words, rows_of, vessels_of

MAGIC = b"MIH1"
VERSION = 1
HEADER = struct.Struct("<4sHHIIIIdd")  # 40 bytes
LENGTH = struct.Struct("<I")  # before each frame on the local socket
MAX_FRAME = 256 << 20  # bytes; a length above is no frame of ours


class Kind(IntEnum):
    """What a frame carries."""

    SNAPSHOT = 1
    DELTA = 2
    PLOTS = 3
    HEARTBEAT = 4
    JSON = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame taken apart: its header's fields and its payload, checked for length."""

    kind: Kind
    sequence: int
    count: int
    removed: int
    picture: int
    time: float
    base: float
    payload: memoryview


def encode_header(
    kind: Kind,
    *,
    sequence: int = 0,
    count: int = 0,
    removed: int = 0,
    picture: int = 0,
    time: float = 0.0,
    base: float = 0.0,
) -> bytes:
    """The 40 bytes before every payload; times are UTC s.

    >>> len(encode_header(Kind.HEARTBEAT, sequence=3))
    40
    """
    return HEADER.pack(MAGIC, kind, VERSION, sequence & 0xFFFFFFFF, count, removed, picture & 0xFFFFFFFF, time, base)


def payload_size(kind: Kind, count: int, removed: int) -> int:
    """Bytes after the header.

    >>> payload_size(Kind.DELTA, 1, 2)  # 8 words, 6 halves and 4 octets, each padded to 4 bytes, and 2 ids
    80
    """
    if kind in (Kind.SNAPSHOT, Kind.DELTA):
        halves, octets = (count * 2 + 3) // 4 * 4, (count + 3) // 4 * 4
        return len(WORDS) * 4 * count + len(HALVES) * halves + len(OCTETS) * octets + 4 * removed
    if kind == Kind.PLOTS:
        return 8 * count + (count * 2 + 3) // 4 * 4
    return count if kind == Kind.JSON else 0


def decode(frame: bytes | memoryview) -> Frame:
    """Take a frame apart; a FormatError names what does not fit.

    >>> decode(encode_header(Kind.HEARTBEAT, sequence=3, time=9.0)).sequence
    3
    """
    if len(frame) < HEADER.size:
        raise FormatError("length", f"frame of {len(frame)} bytes: shorter than its header", bytes(frame))
    magic, number, version, sequence, count, removed, picture, time, base = HEADER.unpack_from(frame)
    if magic != MAGIC or version != VERSION or number not in Kind._value2member_map_:
        raise FormatError("syntax", "frame does not begin with MIH1, a known kind and version 1", bytes(frame[:40]))
    kind, payload = Kind(number), memoryview(frame)[HEADER.size :]
    if len(payload) != payload_size(kind, count, removed):
        raise FormatError(
            "length", f"{kind.name.lower()} frame: {len(payload)} bytes for {count} rows", bytes(frame[:40])
        )
    return Frame(kind, sequence, count, removed, picture, time, base, payload)


def rows_payload(rows: Rows, removed: ArrayLike = ()) -> bytes:
    """The payload of a snapshot or delta; `news.payload_of` makes the same of chosen slots."""
    gone = np.asarray(removed, "<u4")
    return b"".join((rows.words.tobytes(), _padded(rows.halves, 2), _padded(rows.octets, 4), gone.tobytes()))


def _padded(table: NDArray[Any], per_word: int) -> bytes:
    """The rows of a 2-D table one after the other, each filled with zeros to a multiple of 4 bytes."""
    missing = -table.shape[1] % per_word
    if missing:
        table = np.concatenate([table, np.zeros((table.shape[0], missing), table.dtype)], axis=1)
    return table.tobytes()


def encode_rows(
    kind: Kind,
    rows: Rows,
    removed: Sequence[int] | Words = (),
    *,
    sequence: int,
    picture: int,
    time: float,
    base: float,
) -> bytes:
    """A snapshot or delta frame of `rows` and the `removed` ids."""
    header = encode_header(
        kind, sequence=sequence, count=len(rows), removed=len(removed), picture=picture, time=time, base=base
    )
    return b"".join((header, rows_payload(rows, removed)))


def decode_rows(frame: Frame) -> tuple[Rows, Words]:
    """The rows and the removed ids of a snapshot or delta, as views of the frame where it can be."""
    n, at = frame.count, 0
    tables: list[NDArray[Any]] = []
    for names, dtype in ((WORDS, "<u4"), (HALVES, "<u2"), (OCTETS, "u1")):
        each = (n * np.dtype(dtype).itemsize + 3) // 4 * 4
        size = each * len(names)
        table = np.frombuffer(frame.payload[at : at + size], dtype)
        tables.append(table.reshape(len(names), -1)[:, :n] if n else table.reshape(len(names), 0))
        at += size
    return Rows(*tables), np.frombuffer(frame.payload[at:], "<u4")


def encode_vessels(
    vessels: Vessels,
    *,
    kind: Kind = Kind.SNAPSHOT,
    removed: Sequence[int] = (),
    sequence: int = 0,
    picture: int = 0,
    time: float = 0.0,
    base: float = 0.0,
) -> bytes:
    """A snapshot or delta frame of `vessels` (finite positions) and the `removed` ids; times are UTC s."""
    return encode_rows(kind, rows_of(vessels, base), removed, sequence=sequence, picture=picture, time=time, base=base)


def decode_vessels(frame: bytes | Frame) -> tuple[Vessels, list[int]]:
    """The vessels and the removed ids of a snapshot or delta.

    >>> frame = encode_vessels(Vessels.of(1, id=7, lat_deg=41.5, lon_deg=-180.0), removed=[3])
    >>> vessels, removed = decode_vessels(frame)
    >>> vessels.id.tolist(), vessels.lat_deg.tolist(), vessels.lon_deg.tolist(), removed
    ([7], [41.5], [-180.0], [3])
    """
    taken = frame if isinstance(frame, Frame) else decode(frame)
    rows, removed = decode_rows(taken)
    return vessels_of(rows, taken.base), removed.tolist()


def encode_plots(
    lat_deg: ArrayLike,
    lon_deg: ArrayLike,
    sensor: ArrayLike,
    *,
    sequence: int = 0,
    picture: int = 0,
    time: float = 0.0,
    base: float = 0.0,
) -> bytes:
    """A frame of radar plots: positions in degrees, (n,), finite; sensor index, (n,), -1 becomes 65535."""
    lat, lon = (np.rint(np.asarray(v, "f8") * GRID).astype("<i4") for v in (lat_deg, lon_deg))
    header = encode_header(Kind.PLOTS, sequence=sequence, count=len(lat), picture=picture, time=time, base=base)
    return header + plots_payload(lat, lon, np.asarray(sensor).astype("<u2"))


def plots_payload(lat: NDArray[np.int32], lon: NDArray[np.int32], sensor: NDArray[np.uint16]) -> bytes:
    """The payload of a frame of plots: positions in 1e-7 degree and sensor index, (n,) each."""
    return b"".join((lat.tobytes(), lon.tobytes(), _padded(sensor.reshape(1, -1), 2)))


def decode_plots(frame: Frame) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint16]]:
    """Latitude and longitude, 1e-7 degree, and sensor index of a frame of plots, each (n,)."""
    n = frame.count
    lat, lon = (np.frombuffer(frame.payload[4 * n * k : 4 * n * (k + 1)], "<i4") for k in (0, 1))
    return lat, lon, np.frombuffer(frame.payload[8 * n :], "<u2")[:n]


def encode_json(
    message: dict[str, Any], *, sequence: int = 0, picture: int = 0, time: float = 0.0, base: float = 0.0
) -> bytes:
    """A frame that carries an object with a `type`.

    >>> decode_json(decode(encode_json({"type": "node", "name": "Naha"})))["name"]
    'Naha'
    """
    text = orjson.dumps(message, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    return encode_header(Kind.JSON, sequence=sequence, count=len(text), picture=picture, time=time, base=base) + text


def decode_json(frame: Frame) -> dict[str, Any]:
    """The object of a JSON frame; FormatError if it is none."""
    try:
        message = orjson.loads(frame.payload)
    except orjson.JSONDecodeError as error:
        raise FormatError("syntax", f"JSON frame: {error}", bytes(frame.payload[:64])) from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise FormatError("syntax", "JSON frame: expected an object with a type", bytes(frame.payload[:64]))
    return message
