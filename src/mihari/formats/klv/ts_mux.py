"""KLV -> an MPEG transport stream of PAT, PMT and KLV alone. MISB ST 1402; ISO/IEC 13818-1, 2.4.3.2."""

from __future__ import annotations

from collections.abc import Sequence

from mihari.formats.klv import pes, psi
from mihari.formats.klv.packets import SIZE, SYNC
from mihari.formats.klv.ts import PAT_PID

PMT_PID, KLV_PID, PROGRAMME = 0x1000, 0x0101, 1
TABLES_S = 0.1  # between tables; a receiver calls more than 0.5 s an error (ETSI TR 101 290, 5.2.1)
LEAD_S = 0.7  # that the clock stands behind the time stamps, so that they lie ahead of a receiver's clock
LONGEST_PES = 65_000  # octets of KLV in one PES packet


class Muxer:
    """Local sets to packets, one call a set; continues counters, repeats the tables.

    >>> from mihari.formats.klv import TsDecoder, encode
    >>> muxer, decoder = Muxer(synchronous=True), TsDecoder()
    >>> len(decoder.feed(muxer.mux(encode({"time": 1.0}), 0.0) + muxer.mux(encode({"time": 2.0}), 0.04)))
    2
    """

    def __init__(self, synchronous: bool = False) -> None:
        self.synchronous = synchronous
        self._counters: dict[int, int] = {}
        self._tables_at = float("-inf")
        self._cell = 0

    def mux(self, packet: bytes, pts: float) -> bytes:
        """The packets of one local set (or several, whole); `pts`: its presentation time in s."""
        made = b""
        if not self._tables_at <= pts < self._tables_at + TABLES_S:
            self._tables_at = pts
            made += self._section(PAT_PID, psi.pat({PROGRAMME: PMT_PID}))
            type = psi.METADATA if self.synchronous else psi.PRIVATE
            made += self._section(PMT_PID, psi.pmt(PROGRAMME, KLV_PID, type))
        for payload in self._payloads(packet):
            made += self._stream(pes.write(payload, pts, self.synchronous), pts)
        return made

    def _payloads(self, packet: bytes) -> list[bytes]:
        if not self.synchronous:
            return [packet[i : i + LONGEST_PES] for i in range(0, len(packet), LONGEST_PES)]
        cells = pes.cells(packet, self._cell)
        self._cell = (self._cell + len(cells)) & 0xFF
        return cells

    def _section(self, pid: int, section: bytes) -> bytes:
        payload = b"\x00" + section
        return self._head(pid, True, False) + payload + b"\xff" * (SIZE - 4 - len(payload))

    def _stream(self, data: bytes, pts: float) -> bytes:
        """A PES packet over as many packets as it takes; the first one tells the clock, the last one is stuffed."""
        made, at = [], 0
        while at < len(data):
            field = b"\x10" + _clock(pts - LEAD_S) if at == 0 else b""  # flags: PCR
            room = SIZE - 4 - (len(field) + 1 if field else 0)
            piece = data[at : at + room]
            made.append(self._head(KLV_PID, at == 0, bool(field) or len(piece) < room))
            made.append(_stuffed(field, room - len(piece)) + piece)
            at += len(piece)
        return b"".join(made)

    def _head(self, pid: int, begins: bool, field: bool) -> bytes:
        counter = self._counters.get(pid, 0)
        self._counters[pid] = (counter + 1) & 0x0F
        return bytes([SYNC, (0x40 if begins else 0) | pid >> 8, pid & 0xFF, (0x30 if field else 0x10) | counter])


def _stuffed(field: bytes, spare: int) -> bytes:
    """The adaptation field: its length, what it says, stuffing; nothing where there is nothing to say or to fill."""
    if not field and spare:
        spare -= 1  # the length takes an octet
        field, spare = (b"\x00", spare - 1) if spare else (b"", 0)
        return bytes([len(field) + spare]) + field + b"\xff" * spare
    return bytes([len(field) + spare]) + field + b"\xff" * spare if field else b""


def _clock(s: float) -> bytes:
    """A programme clock reference: 33 bits of 90 kHz, 6 reserved, 9 bits of 27 MHz (all zero)."""
    base = round(s * pes.CLOCK) % (1 << pes.PTS_BITS)
    return (base << 15 | 0x7E00).to_bytes(6, "big")


def mux(packets: Sequence[bytes], pts: Sequence[float], synchronous: bool = False) -> bytes:
    """A transport stream of local sets with their presentation times in s; `synchronous`: stream type 0x15.

    >>> stream = mux([b"\\x06\\x0e\\x2b\\x34"], [0.0])
    >>> len(stream) // 188, stream[::188]
    (3, b'GGG')
    """
    muxer = Muxer(synchronous)
    return b"".join(muxer.mux(packet, at) for packet, at in zip(packets, pts, strict=True))
