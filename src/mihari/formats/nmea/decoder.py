"""Bytes of IEC 61162-1 sentences -> tables: whole buffers (`decode_many`) and streams (`Decoder`). Pure.

Two kernels: `scan` finds sentences and checks their sums, `read` fills the columns of one formatter after the other.
Results do not depend on how the bytes are cut into pieces.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.ais.state import LINE_LIMIT, TAG_REFUSED, State
from mihari.formats.lwe import kind_of, lines_of
from mihari.formats.nmea.fields import LETTERS, NUMERIC, Kind, Sentence
from mihari.formats.nmea.sentences import AIS, SENTENCES
from mihari.formats.nmea.tables import Decoded, Table
from mihari.formats.refusals import Refusals

LONGEST = 255  # bytes of a sentence that are taken; the standard allows 82, high-precision receivers send more
REASONS = ("syntax", "checksum", "no_checksum", "characters", "length", "too_long", "field", "fields", "incomplete")


@cache
def _known() -> Array:
    """Formatter number -> index of its sentence, -1 unknown, -2 AIS."""
    from mihari.formats.nmea.scan import formatter_of

    known = np.full(36**3, -1, np.int16)
    for index, name in enumerate(SENTENCES):
        known[formatter_of(np.frombuffer(name.encode(), np.uint8), 0)] = index
    for name in AIS:
        known[formatter_of(np.frombuffer(name.encode(), np.uint8), 0)] = -2
    return known


@cache
def _specification(sentence: Sentence) -> tuple[Array, tuple[int, int, int]]:
    """(fields, 4) kinds, rows and letters for the kernel; how many numbers, codes and texts there are."""
    rows, counts = [], [0, 0, 0]
    for f in sentence.fields:
        block = 0 if f.kind <= NUMERIC else 1 if f.kind == Kind.CODE else 2
        letters = [ord(c) for c in f.letters or LETTERS.get(f.kind, "")]
        low, high = (sum(1 << (c & 63) for c in letters if c >> 6 == half) for half in (0, 1))
        rows.append((f.kind, counts[block], low, high))
        counts[block] += f.kind != Kind.FIXED
    return np.array(rows, np.int64), (counts[0], counts[1], counts[2])


def _ais_decoder() -> Any:
    from mihari.formats.ais import Decoder as AisDecoder

    return AisDecoder()


class Decoder:
    """Sentences from a stream of bytes cut anywhere. State is bounded whatever comes in.

    `summed`: whether sentences without a checksum are refused ("no_checksum") or taken and counted; a wrong one is
    always refused. `longest`: bytes of a sentence. `ais`: whether VDM and VDO are read too.

    >>> decoder = Decoder()
    >>> decoder.feed(b"$RATTM,11,11.4,13.6,T,7.0,20.0,T,0.0,0.0,N,,Q,,154125").tables
    {}
    >>> table = decoder.feed(b".82,A,*17\\r\\n").tables["TTM"]
    >>> table["distance"].tolist(), table["status"].tolist(), table["time_of_day"].tolist()
    ([11.4], [b'Q'], [56485.82])
    """

    def __init__(self, *, summed: bool = True, longest: int = LONGEST, ais: bool = True) -> None:
        self.summed, self.longest = summed, min(longest, LINE_LIMIT)
        self.refusals = Refusals()
        self.state = State()
        self.lines = self.remarks = self.other = self.sentences = self.ais_sentences = 0
        self.files = 0  # datagrams of IEC 61162-450 that carry files or NMEA 2000
        self._ais: Any = _ais_decoder() if ais else None
        self._rest = b""
        self._skipping = False
        self._offset = 0  # of the first byte of `_rest` in the stream

    @property
    def tag_refused(self) -> int:
        """Tag blocks passed over because they are not intact."""
        return int(self.state.numbers[TAG_REFUSED])

    @property
    def unsummed(self) -> int:
        """Sentences without a checksum that were taken."""
        from mihari.formats.nmea.scan import WITHOUT_SUM

        return int(self.state.numbers[WITHOUT_SUM])

    def datagram(self, data: bytes, received: float = 0.0) -> Decoded:
        """The sentences of one datagram, with or without the header of IEC 61162-450. Files are counted, not read."""
        kind = kind_of(data)
        if kind == "other":
            self.files += 1
            return self.feed(b"", received)
        return self.feed(lines_of(data) if kind else data, received, complete=True)

    def feed(self, data: bytes, received: float = 0.0, complete: bool = False) -> Decoded:
        """What `data` completes; `received` is UTC s; `complete`: the last line ends here (a datagram, a file)."""
        messages = self._ais.feed(data, received, complete) if self._ais is not None else None
        if messages is not None:
            self._refuse_ais()
        ending = b"\n" if complete and (self._rest or data) and not (data or self._rest).endswith(b"\n") else b""
        whole = self._rest + data + ending
        if self._skipping:
            end = whole.find(b"\n") + 1
            self._skipping = end == 0
            self._offset += end or len(whole)
            whole = whole[end:] if end else b""
        stop = whole.rfind(b"\n") + 1
        decoded = self._decode(whole, stop, messages)
        self._offset += stop - len(ending)
        self._rest = whole[stop:]
        if len(self._rest) > LINE_LIMIT:
            self.refusals.add(self._offset, self._rest, "too_long", LINE_LIMIT)
            self.lines += 1
            self._skipping = True
            self._offset += len(self._rest)
            self._rest = b""
        if complete:
            self._skipping = False
        return decoded

    def finish(self) -> Decoded:
        """End of the stream: the last line counts without its newline, open AIS groups are refused."""
        decoded = self.feed(b"", complete=True)
        if self._ais is not None:
            self._ais.finish()
            self._refuse_ais()
        return decoded

    def ais_of(self, data: bytes) -> Any:
        """The AIS messages of a whole recording whose other sentences have been read."""
        self._ais = _ais_decoder()
        messages = self._ais.feed(data, complete=True)
        self._refuse_ais()
        self._ais.finish()
        self._refuse_ais()
        return messages

    def _refuse_ais(self) -> None:
        from mihari.formats.ais import REASONS as AIS_REASONS

        for reason, _, offset, length in self._ais.latest.rows():
            if AIS_REASONS[reason] != "too_long":  # of any line: counted by the scan already
                self.refusals.add(offset, b"", AIS_REASONS[reason], length)

    def _decode(self, data: bytes, stop: int, messages: Any) -> Decoded:
        """All lines of `data[:stop]`."""
        from mihari.formats.nmea import scan as kernels

        base = self._offset
        before = self.tag_refused, self.unsummed, self.remarks
        array = np.frombuffer(data, np.uint8)
        room = data.count(b"\n", 0, stop) + data.count(b"$", 0, stop) + data.count(b"!", 0, stop)
        rows, times = np.empty((room, kernels.COLUMNS), np.int64), np.empty(room)
        s = self.state
        count, lines = kernels.scan(
            array, stop, self.lines, _known(), self.longest, self.summed, s.numbers, s.slots, s.names, rows, times
        )
        rows, times = rows[:count], times[:count]
        self.lines += lines
        tables = self._tables(data, array, rows, times, base)
        verdict = rows[:, kernels.VERDICT]
        self.remarks += int((verdict == kernels.REMARK).sum())
        self._refuse(data, rows[verdict >= kernels.SYNTAX], base)
        others = rows[verdict == kernels.OTHER]
        raw = [
            (line, base + begin, data[begin:end])
            for begin, end, line in others[:, [kernels.BEGIN, kernels.END, kernels.LINE]].tolist()
        ]
        self.other += len(raw)
        self.sentences += sum(map(len, tables.values()))
        here = int((verdict == kernels.AIS).sum())
        self.ais_sentences += here
        some_ais = messages is not None and (len(messages) > 0 or here > 0)
        return Decoded(
            tables, raw, messages if some_ais else None, self.refusals, lines,
            self.remarks - before[2], self.tag_refused - before[0], self.unsummed - before[1],
        )  # fmt: skip

    def _tables(self, data: bytes, array: Array, rows: Array, times: Array, base: int) -> dict[str, Table]:
        """A table for each formatter that occurs; what does not read is refused."""
        from mihari.formats.nmea import scan as kernels

        sound = np.flatnonzero(rows[:, kernels.VERDICT] == kernels.SOUND)
        formats = rows[sound, kernels.FORMAT].astype(np.int16)
        order = sound[np.argsort(formats, kind="stable")]
        bounds = np.searchsorted(np.sort(formats), np.arange(len(SENTENCES) + 1))
        stations = np.array([*self.state.stations(), ""])
        tables = {}
        for index, sentence in enumerate(SENTENCES.values()):
            chosen = order[bounds[index] : bounds[index + 1]]
            if len(chosen):
                table = self._table(sentence, data, array, rows[chosen], times[chosen], stations, base)
                if len(table):
                    tables[sentence.formatter] = table
        return tables

    def _table(
        self, sentence: Sentence, data: bytes, array: Array, rows: Array, times: Array, stations: Array, base: int
    ) -> Table:
        from mihari.formats.nmea import read as kernels
        from mihari.formats.nmea import scan

        spec, (numeric, coded, texts) = _specification(sentence)
        n = len(rows)
        numbers, codes = np.empty((numeric, n)), np.empty((coded, n), np.uint8)
        spans, verdicts = np.empty((texts, n, 2), np.int64), np.empty(n, np.uint8)
        starts, stops = np.ascontiguousarray(rows[:, scan.BODY]), np.ascontiguousarray(rows[:, scan.STOP])
        kernels.read(array, starts, stops, spec, sentence.least, numbers, codes, spans, verdicts)
        bad = np.flatnonzero(verdicts)
        if len(bad):
            for row, verdict in zip(rows[bad].tolist(), verdicts[bad].tolist(), strict=True):
                piece = data[row[scan.BEGIN] : row[scan.END]]
                self.refusals.add(base + row[scan.BEGIN], piece, "fields" if verdict == kernels.FIELDS else "field")
            good = np.flatnonzero(verdicts == 0)
            rows, times = rows[good], times[good]
            numbers, codes, spans = numbers[:, good], codes[:, good], spans[:, good]
        return Table(
            sentence, rows[:, scan.LINE], rows[:, scan.BEGIN] + base,
            rows[:, scan.TALKER].astype("<u2").view("S2"), times, stations[rows[:, scan.STATION]],
            rows[:, scan.BEGIN], rows[:, scan.STOP], rows[:, scan.TAG], data, numbers, codes, spans,
        )  # fmt: skip

    def _refuse(self, data: bytes, rows: Array, base: int) -> None:
        from mihari.formats.nmea import scan

        reasons = dict(zip(range(scan.SYNTAX, scan.TOO_LONG + 1), REASONS, strict=False))
        for row in rows.tolist():
            begin, end = row[scan.BEGIN], row[scan.END]
            self.refusals.add(base + begin, data[begin:end], reasons[row[scan.VERDICT]])


def decode_many(data: bytes, *, summed: bool = True, longest: int = LONGEST) -> Decoded:
    """Everything in `data`, taken as a whole recording. AIS sentences are read only if there are any.

    >>> decoded = decode_many(b"$HEHDT,271.3,T*28\\r\\n$HEHDT,271.3,T*00\\r\\n$GPGSV,1,1,00*79")
    >>> decoded.tables["HDT"]["heading_deg"].tolist(), decoded.refusals.counts, decoded.other[0][2]
    ([271.3], {'checksum': 1}, b'$GPGSV,1,1,00*79')
    """
    decoder = Decoder(summed=summed, longest=longest, ais=False)
    decoded = decoder.feed(data, complete=True)
    return replace(decoded, ais=decoder.ais_of(data)) if decoder.ais_sentences else decoded
