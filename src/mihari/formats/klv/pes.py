"""PES packets and metadata access units, both ways. ISO/IEC 13818-1, 2.4.3.6 and 2.12.4; MISB ST 1402, 9."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

PRIVATE_1, METADATA_STREAM = 0xBD, 0xFC  # stream ids: asynchronous and synchronous KLV
START = b"\x00\x00\x01"
CLOCK = 90_000  # Hz, of time stamps
PTS_BITS = 33
LONGEST = 1 << 17  # octets of a PES packet without a told length
CELL_HEAD, LONGEST_CELL = 5, 0xFFFF - 5 - 8  # octets; a cell with its head and the PES header's rest fit one PES packet
FIRST, LAST = 0b10, 0b01  # fragment indication of a cell


@dataclass(frozen=True, slots=True)
class Pes:
    """One PES packet: what it carries and its presentation time in s, modulo 2^33 / 90000; NaN where it has none."""

    payload: bytes
    pts: float


def size_of(data: bytes) -> int:
    """Octets of the PES packet that begins in `data`; 0 where it does not tell, -1 where none begins.

    >>> size_of(bytes.fromhex("000001bd0005")), size_of(b"junk...")
    (11, -1)
    """
    if len(data) < 6 or data[:3] != START:
        return -1
    told = int.from_bytes(data[4:6], "big")
    return told + 6 if told else 0


def read(data: bytes) -> Pes | None:
    """A whole PES packet of a stream that has a header; None where it is none.

    >>> read(write(b"abc", 1.0))
    Pes(payload=b'abc', pts=1.0)
    """
    if len(data) < 9 or data[:3] != START or data[6] >> 6 != 2 or 9 + data[8] > len(data):
        return None
    pts = _stamp(data[9:14]) / CLOCK if data[7] & 0x80 and data[8] >= 5 else math.nan
    return Pes(data[9 + data[8] :], pts)


def write(payload: bytes, pts: float | None, synchronous: bool = False) -> bytes:
    """A PES packet; at most 65,522 octets fit. `pts`: s, taken modulo 2^33 / 90000."""
    stamp = b"" if pts is None else _stamped(round(pts * CLOCK) % (1 << PTS_BITS))
    head = bytes([0x84 if synchronous else 0x80, 0x80 if stamp else 0, len(stamp)]) + stamp  # 0x04: aligned data
    length = len(head) + len(payload)
    if length > 0xFFFF:
        raise ValueError(f"{len(payload)} octets do not fit one PES packet")
    stream = METADATA_STREAM if synchronous else PRIVATE_1
    return START + bytes([stream]) + length.to_bytes(2, "big") + head + payload


def _stamp(octets: bytes) -> int:
    """33 bits with a marker after 3, 15 and 15 of them."""
    a, b, c = octets[0] >> 1 & 7, int.from_bytes(octets[1:3], "big") >> 1, int.from_bytes(octets[3:5], "big") >> 1
    return a << 30 | b << 15 | c


def _stamped(ticks: int) -> bytes:
    a, b, c = ticks >> 30, ticks >> 15 & 0x7FFF, ticks & 0x7FFF
    return bytes([0x21 | a << 1]) + (b << 1 | 1).to_bytes(2, "big") + (c << 1 | 1).to_bytes(2, "big")


def cells(unit: bytes, sequence: int) -> list[bytes]:
    """An access unit as cells (head and data), as few as hold it; `sequence` counts cells, modulo 256."""
    pieces = [unit[i : i + LONGEST_CELL] for i in range(0, len(unit), LONGEST_CELL)] or [b""]
    made = []
    for number, piece in enumerate(pieces):
        fragment = (FIRST if number == 0 else 0) | (LAST if number == len(pieces) - 1 else 0)
        head = bytes([0, (sequence + number) & 0xFF, fragment << 6 | 0x10 | 0x0F])  # 0x10: may be entered here
        made.append(head + len(piece).to_bytes(2, "big") + piece)
    return made


class Units:
    """Access units out of the cells of a synchronous stream; holds one unit. Broken ones are counted."""

    def __init__(self, longest: int = LONGEST) -> None:
        self.broken = 0  # cells that no unit could be made of
        self._longest = longest
        self._held: bytes | None = None

    def reset(self) -> None:
        """A PES packet was lost: what is held is of no use."""
        self._held = None

    def feed(self, payload: bytes) -> Iterator[bytes]:
        """The units that the cells of one PES packet complete."""
        at = 0
        while at < len(payload):
            size = int.from_bytes(payload[at + 3 : at + 5], "big")
            if at + CELL_HEAD + size > len(payload):
                self.broken += 1
                self._held = None
                return
            fragment, piece = payload[at + 2] >> 6, payload[at + CELL_HEAD : at + CELL_HEAD + size]
            at += CELL_HEAD + size
            yield from self._cell(fragment, piece)

    def _cell(self, fragment: int, piece: bytes) -> Iterator[bytes]:
        if fragment & FIRST:
            self.broken += self._held is not None
            self._held = b""
        if self._held is None or len(self._held) + len(piece) > self._longest:
            self.broken += 1
            self._held = None
            return
        self._held += piece
        if fragment & LAST:
            whole, self._held = self._held, None
            yield whole
