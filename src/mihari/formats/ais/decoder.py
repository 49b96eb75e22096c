"""Bytes of AIS sentences -> `Messages` and `Refused`: whole recordings (`decode_file`) and streams (`Decoder`).

One path for both: lines are collected in a buffer of about a megabyte, which stays in the processor's cache, and every
full buffer goes through two kernels. Results do not depend on how the bytes are cut into pieces.
"""

from __future__ import annotations

import io
import os
from collections import deque
from dataclasses import dataclass
from itertools import accumulate
from os import PathLike
from typing import Any

import numpy as np

from mihari.core.errors import BadInput
from mihari.formats.ais.messages import Decoded, Messages, Refused
from mihari.formats.ais.state import (
    GROUPS,
    INCOMPLETE,
    LINE_LIMIT,
    LINES,
    MESSAGES,
    OPEN,
    OTHER,
    PARTS,
    REASONS,
    REFUSED,
    SENTENCES,
    TAG_REFUSED,
    TOO_LONG,
    WORDS,
    State,
)

BUFFER = 1 << 19  # bytes decoded at a time
SEGMENT = 1 << 26  # most bytes for which room is made ahead
PADDING = 32  # kernels read ahead of the last byte
SHORTEST = 20  # bytes of the shortest acceptable line, "!AIVDM,1,1,,,0,0*hh" and its newline
SHORTEST_REFUSED = 8  # bytes of the shortest line that can be refused
KEPT = 16  # last refused lines whose bytes are kept

_tables: list[Any] = []


def tables() -> list[Any]:
    """The arrays that drive the kernels, made from the table of fields once."""
    if not _tables:
        from mihari.formats.ais import extract, scan

        made = [scan.accepted_lengths(), extract.spec_table(), extract.factor_table(), extract.turn_rates()]
        _tables.extend(made)
    return _tables


@dataclass(frozen=True, slots=True)
class _Room:
    """How many messages, payload words and refused lines a block of columns holds."""

    rows: int
    words: int
    refused: int

    @classmethod
    def for_any(cls, size: int) -> _Room:
        """Enough for whatever `size` bytes say."""
        rows = size // SHORTEST + PARTS
        return cls(rows, size * 6 // 64 + 2 * rows + 64, size // SHORTEST_REFUSED + 2 * GROUPS * PARTS)

    def plus_like(self, size: int, lines: int, ahead: int) -> _Room:
        """As much more as `ahead` bytes are expected to need, where `size` bytes had so many lines."""
        rows = int(1.03 * lines / max(size, 1) * ahead)
        return _Room(self.rows + rows, self.words + 3 * rows + rows // 5, self.refused + rows // 50)


class _Rows:
    """Empty columns carved out of one block, which the system hands out faster than many small ones."""

    def __init__(self, room: _Room) -> None:
        self.room = room
        dtypes = {n: f.metadata["dtype"] for n, f in Messages.__dataclass_fields__.items()}
        dtypes["talker"] = np.dtype("<u2")
        of_refused = [f.metadata["dtype"] for f in Refused.__dataclass_fields__.values()]
        sizes = [(np.dtype(np.uint64), room.words), *((d, room.rows) for d in dtypes.values())]
        sizes += [(d, room.refused) for d in of_refused]
        starts = list(accumulate((-(-d.itemsize * n // 64) * 64 for d, n in sizes), initial=0))
        block = np.empty(starts[-1], np.uint8)
        arrays = [block[at : at + d.itemsize * n].view(d) for at, (d, n) in zip(starts, sizes, strict=False)]
        self.words = arrays[0]
        self.columns = dict(zip(dtypes, arrays[1:], strict=False))
        self.refused = arrays[1 + len(dtypes) :]

    def messages(self, count: int, words: int, stations: tuple[str, ...]) -> Messages:
        """The filled part of the columns."""
        self.words[words] = 0  # reading a field may look one word ahead
        filled = {name: array[:count] for name, array in self.columns.items()}
        filled["talker"] = filled["talker"].view("S2")
        return Messages(**filled)._attach(self.words[: words + 1], stations)

    def refusals(self, count: int) -> Refused:
        """The filled part of the refused rows."""
        return Refused(*(array[:count] for array in self.refused))


class Decoder:
    """AIS from a stream of bytes cut anywhere. State is bounded whatever comes in.

    >>> decoder = Decoder()
    >>> len(decoder.feed(b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0"))
    0
    >>> messages = decoder.feed(b"OwT0@MS,0*4E\\r\\n")
    >>> messages.mmsi.tolist(), messages.lat_deg.round(4).tolist()
    ([366730000], [37.8038])
    """

    def __init__(self) -> None:
        self.state = State()
        self.refused: dict[str, int] = {}  # number of refused lines by reason
        self.last_refused: deque[tuple[str, int, bytes]] = deque(maxlen=KEPT)  # (reason, line, bytes)
        self.latest = Refused.empty()  # what the last call refused
        self._rest = b""  # the line that has not ended yet
        self._skipping = False  # inside a line that is too long
        self._offset = 0  # of the first byte of `_rest` in the stream
        self._waiting: dict[int, bytes] = {}  # lines of open groups by offset

    @property
    def lines(self) -> int:
        """Lines so far."""
        return int(self.state.numbers[LINES])

    @property
    def sentences(self) -> int:
        """AIS sentences so far, refused ones included."""
        return int(self.state.numbers[SENTENCES])

    @property
    def other(self) -> int:
        """Lines without an AIS sentence so far: other NMEA sentences, remarks, noise."""
        return int(self.state.numbers[OTHER])

    @property
    def tag_refused(self) -> int:
        """Tag blocks passed over because their checksum was wrong."""
        return int(self.state.numbers[TAG_REFUSED])

    def feed(self, data: bytes, received: float = 0.0, complete: bool = False) -> Messages:
        """The messages that `data` completes; `received` is UTC s; `complete`: the last line ends here (a datagram)."""
        before, base = self._rest, self._offset
        found = self._read(io.BytesIO(data), len(data), received, complete)
        self._remember(before, data, base)
        return found

    def finish(self) -> Messages:
        """End of the stream: the last line counts without its newline, open groups are refused as incomplete."""
        before, base = self._rest, self._offset
        found = self._read(io.BytesIO(b""), 0, 0.0, True, last=True)
        self._remember(before, b"", base)
        return found

    def _read(
        self, stream: io.RawIOBase | io.BytesIO, size: int, received: float, complete: bool, last: bool = False
    ) -> Messages:
        """Decode `stream` to its end; about `size` bytes are expected. Sets `latest`."""
        piece = max(min(BUFFER, size), 1)
        buffer = _Buffer(LINE_LIMIT + piece + 1, self._rest)
        segment = _Segment(_Room.for_any(buffer.fill + 1 if size == 0 else 0), self.state)
        done: list[tuple[Messages, Refused]] = []
        taken = 0
        while read := stream.readinto(buffer.free(piece)):
            taken += read
            buffer.fill += read
            if not segment.fits(buffer.fill + 1):
                done.append(segment.cut())
                ahead = min(max(size - taken, 0), SEGMENT)
                room = _Room.for_any(buffer.fill + 1).plus_like(buffer.fill, buffer.lines(), ahead)
                segment = _Segment(room, self.state)
            self._consume(buffer, segment, received)
        if complete and buffer.fill:
            if not segment.fits(buffer.fill + 1):
                done.append(segment.cut())
                segment = _Segment(_Room.for_any(buffer.fill + 1), self.state)
            buffer.end_line()
            self._consume(buffer, segment, received)
        if complete:
            self._skipping = False
        if last:
            self._abandon(segment)
        self._rest = buffer.rest()
        done.append(segment.cut())
        done = [(m, r) for m, r in done if len(m) or len(r)] or done[-1:]
        self.latest = Refused.concatenate([refused for _, refused in done])
        return Messages.concatenate([messages for messages, _ in done])

    def _consume(self, buffer: _Buffer, segment: _Segment, received: float) -> None:
        """Decode the whole lines in the buffer and keep the rest in it."""
        if self._skipping:
            end = buffer.bytes.find(b"\n", 0, buffer.fill) + 1
            self._skipping = end == 0
            self._drop(buffer, end or buffer.fill)
        stop = buffer.bytes.rfind(b"\n", 0, buffer.fill) + 1
        if stop:
            segment.scan(buffer, stop, self._offset, received)
            self._drop(buffer, stop)
        if buffer.fill > LINE_LIMIT:
            segment.refuse(TOO_LONG, self.lines, self._offset, LINE_LIMIT)
            self.state.numbers[LINES] += 1
            self._skipping = True
            self._drop(buffer, buffer.fill)

    def _drop(self, buffer: _Buffer, count: int) -> None:
        buffer.drop(count)
        self._offset += count

    def _abandon(self, segment: _Segment) -> None:
        for offset, length, line in self.state.open_lines():
            segment.refuse(INCOMPLETE, line, offset, length)
        self.state.numbers[OPEN] = 0

    def _remember(self, before: bytes, data: bytes, base: int) -> None:
        """Count what the last call refused and keep the bytes of the newest, and of lines that wait."""

        def text(offset: int, length: int) -> bytes:
            at = offset - base
            if at < 0:
                return self._waiting.get(offset, b"")
            later = max(at - len(before), 0)
            return (before[at:] + data[later : max(at - len(before) + length, 0)])[:length]

        for reason, number in self.latest.counts().items():
            self.refused[reason] = self.refused.get(reason, 0) + number
        for row in self.latest.rows()[-KEPT:]:
            self.last_refused.append((REASONS[row[0]], row[1], text(row[2], row[3])))
        self._waiting = {offset: text(offset, length) for offset, length, _ in self.state.open_lines()}


class _Buffer:
    """Bytes whose lines are not decoded yet, with room to read more."""

    def __init__(self, size: int, rest: bytes) -> None:
        self.bytes = bytearray(size + PADDING)
        self.array = np.frombuffer(self.bytes, np.uint8)
        self.bytes[: len(rest)] = rest
        self.fill = len(rest)

    def free(self, size: int) -> memoryview:
        """Where the next `size` bytes go."""
        return memoryview(self.bytes)[self.fill : self.fill + size]

    def end_line(self) -> None:
        """Put a newline behind the last byte."""
        self.bytes[self.fill] = 10
        self.fill += 1

    def drop(self, count: int) -> None:
        """Forget the first `count` bytes."""
        rest = self.bytes[count : self.fill]
        self.bytes[: len(rest)] = rest
        self.fill = len(rest)

    def lines(self) -> int:
        """How many lines end in it."""
        return self.bytes.count(b"\n", 0, self.fill)

    def rest(self) -> bytes:
        """What is left."""
        return bytes(self.bytes[: self.fill])


class _Segment:
    """One block of columns being filled."""

    def __init__(self, room: _Room, state: State) -> None:
        self.state = state
        self.rows = _Rows(room)
        state.numbers[[MESSAGES, WORDS, REFUSED]] = 0

    def fits(self, size: int) -> bool:
        """Whether `size` more bytes fit in, whatever they say."""
        n, room, more = self.state.numbers, self.rows.room, _Room.for_any(size)
        return bool(
            n[MESSAGES] + more.rows <= room.rows
            and n[WORDS] + more.words <= room.words
            and n[REFUSED] + more.refused <= room.refused
        )

    def scan(self, buffer: _Buffer, stop: int, base: int, received: float) -> None:
        """Run both kernels over the lines in `buffer[:stop]`."""
        from mihari.formats.ais.extract import kinematics
        from mihari.formats.ais.scan import scan

        ranges, specs, factors, turns = tables()
        s, c, words = self.state, self.rows.columns, self.rows.words
        before = int(s.numbers[MESSAGES])
        scan(
            buffer.array, stop, base, received, ranges,
            s.numbers, s.groups, s.group_times, s.group_words, s.slots, s.names,
            words, c["start"], c["bits"], c["line"], c["time"], c["station_index"], c["channel"], c["own"], c["talker"],
            *self.rows.refused,
        )  # fmt: skip
        kinematics(
            words, c["start"], c["bits"], before, int(s.numbers[MESSAGES]), specs, factors, turns,
            c["message_type"], c["repeat"], c["mmsi"], c["lat_deg"], c["lon_deg"], c["speed"], c["course"],
            c["heading"], c["turn"], c["status"], c["second"], c["accuracy"], c["raim"],
        )  # fmt: skip

    def refuse(self, *row: int) -> None:
        """One more refused row: reason, line, offset, length."""
        at = int(self.state.numbers[REFUSED])
        for array, value in zip(self.rows.refused, row, strict=True):
            array[at] = value
        self.state.numbers[REFUSED] = at + 1

    def cut(self) -> tuple[Messages, Refused]:
        """The rows filled so far."""
        n = self.state.numbers
        messages = self.rows.messages(int(n[MESSAGES]), int(n[WORDS]), self.state.stations())
        return messages, self.rows.refusals(int(n[REFUSED]))


def decode_bytes(data: bytes) -> Decoded:
    """Everything in `data`, taken as a whole recording.

    >>> decoded = decode_bytes(b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4F")
    >>> len(decoded.messages), decoded.refused.counts()
    (0, {'checksum': 1})
    """
    return _whole(io.BytesIO(data), len(data))


def decode_file(path: str | PathLike[str]) -> Decoded:
    """A recording of AIS sentences. Errors: `BadInput` if it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as stream:
            return _whole(stream, os.fstat(stream.fileno()).st_size)
    except OSError as problem:
        raise BadInput(f"{os.fspath(path)}: {problem.strerror or problem}") from problem


def _whole(stream: io.RawIOBase | io.BytesIO, size: int) -> Decoded:
    decoder = Decoder()
    messages = decoder._read(stream, size, 0.0, True, last=True)
    return Decoded(messages, decoder.latest, decoder.lines, decoder.sentences, decoder.other, decoder.tag_refused)
