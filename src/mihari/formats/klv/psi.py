"""Tables of an MPEG transport stream: which streams a programme has. ISO/IEC 13818-1, 2.4.4; CRC of annex A."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mihari.core.errors import FormatError

PAT, PMT = 0x00, 0x02  # table ids
PRIVATE, METADATA = 0x06, 0x15  # stream types: PES with private data; metadata in PES packets
REGISTRATION, METADATA_DESCRIPTOR = 0x05, 0x26  # descriptor tags
KLVA = b"KLVA"  # format identifier of KLV (SMPTE RA; ST 1402)
LONGEST = 1021  # section_length of these tables


def _crc_table() -> tuple[int, ...]:
    table = []
    for octet in range(256):
        crc = octet << 24
        for _ in range(8):
            crc = crc << 1 ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        table.append(crc & 0xFFFFFFFF)
    return tuple(table)


_TABLE = _crc_table()


def crc32(data: bytes) -> int:
    """The CRC of sections; 0 over a section with its CRC.

    >>> hex(crc32(b"123456789"))
    '0x376e6e7'
    """
    crc = 0xFFFFFFFF
    for octet in data:
        crc = crc << 8 & 0xFFFFFFFF ^ _TABLE[crc >> 24 ^ octet]
    return crc


@dataclass(frozen=True, slots=True)
class Stream:
    """One elementary stream of a programme: its PID, its type, whether it carries KLV."""

    pid: int
    type: int
    klv: bool

    @property
    def synchronous(self) -> bool:
        """Whether its PES hold metadata access units (ST 1402, 9.4)."""
        return self.type == METADATA


def section(table: int, number: int, body: bytes) -> bytes:
    """A whole section of version 0: header, body, CRC."""
    length = len(body) + 9
    head = bytes([table, 0xB0 | length >> 8, length & 0xFF]) + number.to_bytes(2, "big") + b"\xc1\x00\x00"
    return head + body + crc32(head + body).to_bytes(4, "big")


def body_of(data: bytes, table: int) -> bytes:
    """The body of a whole current section of `table`; FormatError("psi") otherwise."""
    if len(data) < 12 or data[0] != table or crc32(data):
        raise FormatError("psi", "a section with a wrong table, length or CRC", data)
    return data[8:-4] if data[5] & 1 else b""


def programmes(data: bytes) -> dict[int, int]:
    """Programme number -> PID of its table, from a whole PAT section; the network's own (0) left off.

    >>> programmes(pat({1: 0x1000}))
    {1: 4096}
    """
    body = body_of(data, PAT)
    rows = [body[i : i + 4] for i in range(0, len(body) - 3, 4)]
    told = {int.from_bytes(row[:2], "big"): int.from_bytes(row[2:], "big") & 0x1FFF for row in rows}
    return {number: pid for number, pid in told.items() if number}


def streams(data: bytes) -> list[Stream]:
    """The elementary streams, from a whole PMT section.

    >>> streams(pmt(1, 0x101, METADATA))
    [Stream(pid=257, type=21, klv=True)]
    """
    body = body_of(data, PMT)
    if len(body) < 4:
        return []
    at = 4 + (int.from_bytes(body[2:4], "big") & 0xFFF)
    found = []
    while at + 5 <= len(body):
        pid = int.from_bytes(body[at + 1 : at + 3], "big") & 0x1FFF
        size = int.from_bytes(body[at + 3 : at + 5], "big") & 0xFFF
        about = body[at + 5 : at + 5 + size]
        found.append(Stream(pid, body[at], _is_klv(body[at], about)))
        at += 5 + size
    return found


def _is_klv(type: int, about: bytes) -> bool:
    """Private data registered as KLVA, or metadata whose format is KLVA (ST 1402, 9.3 and 9.4)."""
    for tag, value in _descriptors(about):
        if type in (PRIVATE, METADATA) and tag == REGISTRATION and value[:4] == KLVA:
            return True
        if type == METADATA and tag == METADATA_DESCRIPTOR and KLVA in value:
            return True
    return False


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]


def pat(programmes: dict[int, int]) -> bytes:
    """A PAT section of programme number -> PID."""
    rows = [number.to_bytes(2, "big") + (0xE000 | pid).to_bytes(2, "big") for number, pid in programmes.items()]
    return section(PAT, 1, b"".join(rows))


def pmt(number: int, pid: int, type: int) -> bytes:
    """A PMT section of a programme whose only stream is KLV, which carries the clock, too."""
    about = bytes([REGISTRATION, 4]) + KLVA
    if type == METADATA:
        # metadata_descriptor: any application, format KLVA by identifier, service 0, no decoder configuration
        value = b"\x01\x00\xff" + KLVA + b"\x00\x0f"
        about = bytes([METADATA_DESCRIPTOR, len(value)]) + value
        std = b"\xc0\x00\x00\xc0\x00\x00\xc0\x00\x00"  # metadata_STD_descriptor, rates unspecified
        about += b"\x27" + bytes([len(std)]) + std
    row = bytes([type]) + (0xE000 | pid).to_bytes(2, "big") + (0xF000 | len(about)).to_bytes(2, "big") + about
    return section(PMT, number, (0xE000 | pid).to_bytes(2, "big") + b"\xf0\x00" + row)


class Sections:
    """Whole sections out of the payloads of one PID; holds one section."""

    def __init__(self) -> None:
        self._held: bytes | None = None  # None: wait for the next beginning

    def reset(self) -> None:
        """A packet was lost."""
        self._held = None

    def feed(self, payload: bytes, begins: bool) -> Iterator[bytes]:
        """The sections that a payload completes; `begins`: a pointer to the first new section comes first."""
        if begins:
            pointer = payload[0] if payload else 0
            if self._held is not None:
                yield from self._cut(payload[1 : 1 + pointer])
            self._held = b""
            payload = payload[1 + pointer :]
        yield from self._cut(payload)

    def _cut(self, data: bytes) -> Iterator[bytes]:
        if self._held is None:
            return
        self._held += data
        while len(self._held) >= 3:
            if self._held[0] == 0xFF:  # stuffing up to the end of the packet
                self._held = None
                return
            size = 3 + (int.from_bytes(self._held[1:3], "big") & 0xFFF)
            if size > LONGEST + 3:
                self._held = None
                return
            if len(self._held) < size:
                return
            whole, self._held = self._held[:size], self._held[size:]
            yield whole
