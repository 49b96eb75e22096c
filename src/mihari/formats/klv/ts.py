"""MPEG transport streams -> KLV: `TsDecoder` finds KLV streams by their tables and gives their local sets. ST 1402.

Streams of type 0x06 registered as KLVA (asynchronous) and of type 0x15 with metadata access units (synchronous).
A lost or broken packet costs the PES packet that it belonged to; everything is counted. Other streams (video, audio)
are passed over. ISO/IEC 13818-1, 2.4.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.formats.klv import pes, psi
from mihari.formats.klv.decode import Decoded, Decoder
from mihari.formats.klv.packets import SIZE, Packets
from mihari.formats.refusals import Refusals

PAT_PID, NULL_PID, PIDS = 0x0000, 0x1FFF, 0x2000
PROGRAMMES, STREAMS = 64, 64  # followed at most
BEGINS, ERROR = 0x40, 0x80  # payload_unit_start_indicator, transport_error_indicator


class _Follow:
    """What all followed PIDs share: continuity (2.4.3.3)."""

    def __init__(self) -> None:
        self.counter = -1

    def continues(self, packet: bytes) -> str:
        """ "" for the next packet, "again" for a repeated one, "continuity" after a loss."""
        counter = packet[3] & 0x0F
        before, self.counter = self.counter, counter
        jump = bool(packet[3] & 0x20 and packet[4] and packet[5] & 0x80)  # discontinuity_indicator
        if before < 0 or jump or counter == (before + 1) & 0x0F:
            return ""
        return "again" if counter == before else "continuity"


class _Table(_Follow):
    """A PID that carries sections."""

    def __init__(self) -> None:
        super().__init__()
        self.sections = psi.Sections()


class _Klv(_Follow):
    """A PID that carries KLV: PES packets put together, and their sets."""

    def __init__(self, synchronous: bool, strict: bool, refusals: Refusals) -> None:
        super().__init__()
        self.decoder = Decoder(strict, refusals)
        self.units = pes.Units() if synchronous else None
        self.held: bytearray | None = None  # of the PES packet under way
        self.offset = 0  # of its first packet in the stream
        self.size = 0
        self.payloads: list[bytes] = []  # KLV that is not decoded yet
        self.marks: list[tuple[int, float]] = [(0, math.nan)]  # (offset in the KLV, pts) of payloads
        self.taken = 0  # octets of KLV so far

    def take(self, payload: bytes, pts: float) -> None:
        """The KLV of a PES packet or access unit."""
        self.payloads.append(payload)
        self.marks.append((self.taken, pts))
        self.taken += len(payload)

    def decode(self, pid: int, final: bool) -> Decoded:
        """The sets in what was taken, each with the pts of the payload that it began in."""
        decoded = self.decoder.feed(b"".join(self.payloads))
        if final:
            decoded = Decoded.joined([decoded, self.decoder.finish()])
        self.payloads = []
        starts, pts = np.array([start for start, _ in self.marks]), np.array([pts for _, pts in self.marks])
        row = np.searchsorted(starts, decoded.sets.offset, side="right") - 1
        held = int(np.searchsorted(starts, self.decoder.offset, side="right")) - 1
        self.marks = self.marks[held:]
        n = len(decoded)
        return decoded.replaced(decoded.sets.replace(pid=np.full(n, pid), pts=pts[row]))

    def drop(self) -> int:
        """Forget what is under way; how many octets that were."""
        octets = 0 if self.held is None else len(self.held)
        self.held = None
        return octets


class TsDecoder:
    """Local sets out of a transport stream cut anywhere; bounded whatever comes. `refusals` tells what was lost.

    >>> from mihari.formats.klv import encode, mux
    >>> stream = mux([encode({"time": 1.5e9})], [2.0])
    >>> decoded = TsDecoder().feed(stream)
    >>> decoded["time"].tolist(), decoded.sets.pts.tolist(), decoded.sets.pid.tolist()
    ([1500000000.0], [2.0], [257])
    """

    def __init__(self, strict: bool = True, refusals: Refusals | None = None) -> None:
        self.strict = strict
        self.refusals = Refusals() if refusals is None else refusals
        self._packets = Packets(self.refusals)
        self._tables: dict[int, _Table] = {PAT_PID: _Table()}
        self._klv: dict[int, _Klv] = {}
        self._followed = np.zeros(PIDS, bool)
        self._followed[PAT_PID] = True

    @property
    def refused(self) -> dict[str, int]:
        """How many pieces were refused, by reason."""
        return self.refusals.counts

    @property
    def streams(self) -> dict[int, bool]:
        """PID -> whether synchronous, of the KLV streams found."""
        return {pid: klv.units is not None for pid, klv in self._klv.items()}

    def feed(self, data: bytes) -> Decoded:
        """The sets that `data` completes, PID by PID; `sets.pts` in s, NaN without one, `sets.pid`."""
        return self._take(data, final=False)

    def finish(self) -> Decoded:
        """End of the stream."""
        return self._take(b"", final=True)

    def _take(self, data: bytes, final: bool) -> Decoded:
        for offset, rows in self._packets.feed(data, final):
            self._run(offset, rows)
        parts = []
        for pid, klv in self._klv.items():
            if final:
                self._whole(klv, ended=True)
            if final or klv.payloads:
                parts.append(klv.decode(pid, final))
        return Decoded.joined(parts)

    def _run(self, offset: int, rows: Array) -> None:
        """Each packet of a PID that is followed; the tables among them may change which are."""
        pids = (rows[:, 1].astype(np.int64) & 0x1F) << 8 | rows[:, 2]
        at = 0
        while at < len(rows):
            chosen = np.flatnonzero(self._followed[pids[at:]]) + at
            known = len(self._tables) + len(self._klv)
            at = len(rows)
            for row in chosen.tolist():
                self._packet(offset + row * SIZE, int(pids[row]), rows[row].tobytes())
                if len(self._tables) + len(self._klv) != known:
                    at = row + 1
                    break

    def _packet(self, offset: int, pid: int, packet: bytes) -> None:
        table, klv = self._tables.get(pid), self._klv.get(pid)
        follow: _Follow | None = table or klv
        if follow is None:
            return
        if packet[1] & ERROR:  # damaged on the way: even its PID may be wrong
            self.refusals.add(offset, packet, "transport_error")
            return
        if not packet[3] & 0x10:
            return  # no payload, and the counter stands still
        step = follow.continues(packet)
        if step == "again":
            return
        if step:
            self._lose(offset, follow, step, b"")
        begin = 5 + packet[4] if packet[3] & 0x20 else 4
        if begin > SIZE or packet[3] & 0xC0:
            self._lose(offset, follow, "adaptation" if begin > SIZE else "scrambled", packet)
            return
        if table is not None:
            self._sections(offset, pid, table, packet[begin:], bool(packet[1] & BEGINS))
        if klv is not None:
            self._pes(offset, klv, packet[begin:], bool(packet[1] & BEGINS))

    def _lose(self, offset: int, follow: _Follow, reason: str, data: bytes) -> None:
        """A packet is gone or of no use: so is the PES packet, access unit or section that it belonged to."""
        self.refusals.add(offset, data, reason)
        if isinstance(follow, _Table):
            follow.sections.reset()
        if isinstance(follow, _Klv):
            if follow.held is not None:
                self.refusals.add(follow.offset, bytes(follow.held[:64]), "pes", follow.drop())
            if follow.units is not None:
                follow.units.reset()

    # tables

    def _sections(self, offset: int, pid: int, table: _Table, payload: bytes, begins: bool) -> None:
        for whole in table.sections.feed(payload, begins):
            try:
                self._programmes(whole) if pid == PAT_PID else self._streams(whole)
            except FormatError:
                if whole[0] in (psi.PAT, psi.PMT):  # others may share the PID
                    self.refusals.add(offset, whole, "psi")

    def _programmes(self, whole: bytes) -> None:
        for pid in psi.programmes(whole).values():
            if pid not in self._tables and pid not in self._klv and len(self._tables) <= PROGRAMMES:
                self._tables[pid] = _Table()
                self._followed[pid] = True

    def _streams(self, whole: bytes) -> None:
        for stream in psi.streams(whole):
            new = stream.klv and stream.pid not in self._klv and stream.pid not in self._tables
            if new and len(self._klv) < STREAMS:
                self._klv[stream.pid] = _Klv(stream.synchronous, self.strict, self.refusals)
                self._followed[stream.pid] = True

    # KLV

    def _pes(self, offset: int, klv: _Klv, payload: bytes, begins: bool) -> None:
        if begins:
            self._whole(klv, ended=True)
            klv.held, klv.offset, klv.size = bytearray(), offset, 0
        if klv.held is None:
            return  # the rest of one whose beginning was lost, or that is whole already
        klv.held += payload
        if klv.size == 0 and len(klv.held) >= 6:
            klv.size = pes.size_of(bytes(klv.held[:6]))
        if klv.size < 0 or len(klv.held) > pes.LONGEST:
            self.refusals.add(klv.offset, bytes(klv.held[:64]), "pes", klv.drop())
        elif 0 < klv.size <= len(klv.held):
            self._whole(klv, ended=False)

    def _whole(self, klv: _Klv, ended: bool) -> None:
        """Take the PES packet that is whole, or that must be because the next one begins."""
        if klv.held is None:
            return
        data, told = bytes(klv.held), klv.size
        klv.held = None
        packet = pes.read(data[:told] if told > 0 else data)
        if packet is None or (ended and told > 0):
            self.refusals.add(klv.offset, data, "pes")
            return
        if klv.units is None:
            klv.take(packet.payload, packet.pts)
            return
        broken = klv.units.broken
        for unit in klv.units.feed(packet.payload):
            klv.take(unit, packet.pts)
        if klv.units.broken > broken:
            self.refusals.add(klv.offset, packet.payload, "access_unit")
