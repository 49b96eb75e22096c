"""Messages -> AIS sentences with tag blocks, in parts where needed; messages -> plain dicts. IEC 61162-1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import xor
from typing import Any

import numpy as np

from mihari.core.errors import FormatError
from mihari.formats.ais.messages import Messages
from mihari.formats.ais.plain import decode_payload, encode_payload

CHARACTERS = 60  # payload characters a sentence: with the rest it stays within 82 (IEC 61162-1, 7.3)
_ARMOUR = bytes(range(48, 88)) + bytes(range(96, 120))  # six bits -> payload character


def checksum(body: bytes) -> bytes:
    """Two hexadecimal digits: the exclusive or of all bytes.

    >>> checksum(b"AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0")
    b'4E'
    """
    return b"%02X" % reduce(xor, body, 0)


def armour(bits: int, count: int) -> tuple[bytes, int]:
    """(payload characters, fill bits) of a payload.

    >>> armour(0b000001_11, 8)
    (b'1h', 4)
    """
    fill = -count % 6
    bits <<= fill
    shifts = range(count + fill - 6, -1, -6)
    return bytes(_ARMOUR[bits >> shift & 63] for shift in shifts), fill


def tag_block(station: str = "", time: float | None = None, group: tuple[int, int, int] | None = None) -> bytes:
    """`\\g:1-2-7,s:station,c:seconds*hh\\`, times with a fraction in ms; empty if there is nothing to say.

    >>> tag_block("HORN", 1459382401.0)
    b'\\\\s:HORN,c:1459382401*22\\\\'
    """
    fields = []
    if group is not None:
        fields.append(f"g:{group[0]}-{group[1]}-{group[2]}")
    if station:
        fields.append(f"s:{station}")
    if time is not None:
        fields.append(f"c:{int(time)}" if time == int(time) else f"c:{round(time * 1000)}")
    if not fields:
        return b""
    body = ",".join(fields).encode("latin-1")
    return b"\\" + body + b"*" + checksum(body) + b"\\"


def encode(
    message: Mapping[str, Any],
    *,
    talker: str | None = None,
    channel: str | None = None,
    sequence: int = 0,
    own: bool | None = None,
    station: str | None = None,
    time: float | None = None,
    group: int | None = None,
) -> list[bytes]:
    """The sentences of one message, each with its line end; joined they are what a receiver sends.

    `message` holds `message_type`, `mmsi` and fields by the names of the table (SI units, `lat_deg`, `lon_deg`);
    what is left out is sent as "not available". Talker ("AI"), channel ("A"), own (VDO), station and time (UTC s;
    both go into a tag block) are taken from the arguments, else from the message. `sequence` (0-9) and `group`
    (the number of the tag block's `g`) mark the sentences of one message. Errors: `FormatError`.

    >>> encode({"message_type": 1, "mmsi": 366730000, "lat_deg": 37.8, "lon_deg": -122.4, "status": 5, "turn": 0.0})
    [b'!AIVDM,1,1,,A,15MgK450?wG?d`0E`Ah>4?wp0000,0*48\\r\\n']
    """
    bits, count = encode_payload(message)
    payload, fill = armour(bits, count)
    pieces = [payload[at : at + CHARACTERS] for at in range(0, len(payload), CHARACTERS)]
    total = len(pieces)
    if total > 9:
        raise FormatError("length", f"{count} bits do not fit into nine sentences")
    head = _pick(talker, message, "talker", "AI") + ("VDO" if _pick(own, message, "own", False) else "VDM")
    marks = str(sequence % 10) if total > 1 else ""
    on = _pick(channel, message, "channel", "A")
    where, when = _pick(station, message, "station", ""), _pick(time, message, "time", None)
    sentences = []
    for number, piece in enumerate(pieces, 1):
        first = f"{head},{total},{number},{marks},{on},".encode("latin-1")
        body = first + piece + b",%d" % (fill if number == total else 0)
        marked = (number, total, group) if group is not None and total > 1 else None
        tags = tag_block(where, when, marked) if number == 1 or marked else b""
        sentences.append(tags + b"!" + body + b"*" + checksum(body) + b"\r\n")
    return sentences


def _pick(given: Any, message: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    return message.get(name, otherwise) if given is None else given


def to_dicts(messages: Messages, exact: bool = False) -> Iterator[dict[str, Any]]:
    """Each message as a plain dict that `encode` takes: its fields, `line`, and where told time, station, channel.

    Absent fields are left out. With `exact` the dicts also keep what has no meaning (reserved values, padding), so
    that `encode` gives the very same bits.
    """
    words = messages.words.astype(">u8").tobytes()
    stations = (*messages.stations, "")
    columns = (
        messages.start, messages.bits, messages.line, messages.time, messages.station_index, messages.channel,
        messages.own, messages.talker,
    )  # fmt: skip
    for start, count, line, time, station, channel, own, talker in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        size = -(-count // 64)
        bits = int.from_bytes(words[8 * start : 8 * (start + size)], "big") >> (64 * size - count)
        found = decode_payload(bits, count, exact)
        found["line"] = line
        if not np.isnan(time):
            found["time"] = time
        if stations[station]:
            found["station"] = stations[station]
        found["channel"] = chr(channel) if channel else ""
        found["talker"] = talker.decode("latin-1")
        if own:
            found["own"] = True
        yield found
