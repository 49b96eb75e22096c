"""Accepted AIS messages as columns, their payload bits, what was refused, and static data read on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.ais.layout import LAYOUTS, SIGNED, TEXT, TURN_RATE, Field, Layout
from mihari.formats.ais.plain import FIELD_NAMES
from mihari.formats.ais.state import REASONS


@dataclass(frozen=True, slots=True)
class Refused(Columns):
    """Refused lines, in the order in which they were judged."""

    reason: Array = column("u1")  # index into REASONS
    line: Array = column("i8")  # 0-based number of the line
    offset: Array = column("i8")  # byte offset of the line in the stream
    length: Array = column("i4")  # bytes of the line without its end; of a too long line the first 4,096

    def counts(self) -> dict[str, int]:
        """Reason -> number of lines; reasons that did not occur are left out."""
        numbers = np.bincount(self.reason, minlength=len(REASONS)).tolist()
        return {reason: n for reason, n in zip(REASONS, numbers, strict=True) if n}

    def rows(self) -> list[tuple[int, int, int, int]]:
        """(reason, line, offset, length) of every row."""
        columns = (self.reason, self.line, self.offset, self.length)
        return list(zip(*(column.tolist() for column in columns), strict=True))


class _Payloads(Columns):
    """The part of `Messages` that is not one value a row: the pool of payload words and the stations' names."""

    __slots__ = ("_static", "stations", "words")
    words: Array  # uint64, first bit on the air highest; a payload begins at `start` and fills whole words
    stations: tuple[str, ...]
    _static: Static | None


@dataclass(frozen=True, slots=True)
class Messages(_Payloads):
    """One row per accepted message, in order of completion. Numbers are absent as NaN, codes as -1.

    Fields that few messages have are read on demand: `static` (types 5, 19, 21, 24), `field(name)` (any field of the
    table), `payload(row)` (the bits, also of types kept raw).
    """

    message_type: Array = column("u1")
    repeat: Array = column("u1")
    mmsi: Array = column("i4")
    time: Array = column("f8")  # UTC s: tag block `c`, else trailing receive time, else NaN
    station_index: Array = column("i2")  # into `stations`
    line: Array = column("i8")  # 0-based number of the line that completed the message
    channel: Array = column("u1")  # the character: ord("A"), 0 if none
    own: Array = column("?")  # VDO: said by our own transponder
    talker: Array = column("S2")
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    speed: Array = column("f4")  # m/s over ground; four bytes hold ten times the wire's resolution and more
    course: Array = column("f4")  # rad from true north, over ground
    heading: Array = column("f4")  # rad from true north
    turn: Array = column("f4")  # rad/s, right positive
    status: Array = column("i1")  # navigation status
    second: Array = column("i1")
    accuracy: Array = column("i1")  # 1: better than 10 m
    raim: Array = column("i1")
    start: Array = column("i4")  # of the payload in `words`
    bits: Array = column("u2")  # length of the payload

    def __post_init__(self) -> None:
        Columns.__post_init__(self)
        self._attach(np.zeros(2, np.uint64), ())

    def _attach(self, words: Array, stations: tuple[str, ...]) -> Self:
        """Set the payloads and names once, while the batch is made."""
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "stations", stations)
        object.__setattr__(self, "_static", None)
        return self

    @property
    def station(self) -> Array:
        """(n,) names of the receiving stations, '' if not told."""
        return np.array([*self.stations, ""])[self.station_index]

    @property
    def has_position(self) -> Array:
        """(n,) whether latitude and longitude are both valid."""
        return np.isfinite(self.lat_deg) & np.isfinite(self.lon_deg)

    @property
    def static(self) -> Static:
        """What vessels and aids say of themselves, for the rows that carry it; read once, on first use."""
        if self._static is None:
            object.__setattr__(self, "_static", static_of(self))
        assert self._static is not None
        return self._static

    @property
    def key(self) -> Array:
        """(n,) a 64-bit key of each payload: equal for the same message heard by several stations, never 0."""
        from mihari.formats.ais.keys import payload_keys

        keys = np.empty(len(self), np.uint64)
        payload_keys(self.words, self.start, self.bits, keys)
        return keys

    def payload(self, row: int) -> tuple[int, int]:
        """(bits as one int, number of bits) of a message; type, MMSI and all."""
        start, count = int(self.start[row]), int(self.bits[row])
        size = -(-count // 64)
        whole = int.from_bytes(self.words[start : start + size].astype(">u8").tobytes(), "big")
        return whole >> (64 * size - count), count

    def field(self, name: str) -> Array:
        """(n,) any field of the table: float64 with NaN for quantities, int64 with -1 for codes, str for texts.

        Errors: `KeyError` if no type has such a field.
        """
        if name not in FIELD_NAMES:
            raise KeyError(name)
        return read_field(self, name, np.arange(len(self)))

    def take(self, rows: Any) -> Self:
        """The chosen rows; payloads and names stay attached."""
        return Columns.take(self, rows)._attach(self.words, self.stations)

    def replace(self, **changed: Any) -> Self:
        """A new batch with some columns replaced; payloads and names stay attached."""
        return Columns.replace(self, **changed)._attach(self.words, self.stations)

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of `batches`, in their order."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            return cls.empty()
        names: dict[str, int] = {}
        starts, indices, offset = [], [], 0
        for batch in batches:
            translated = [names.setdefault(name, len(names)) for name in batch.stations]
            indices.append(np.array([*translated, -1], np.int16)[batch.station_index])
            starts.append(batch.start + offset)
            offset += len(batch.words)
        joined = {
            name: np.concatenate([getattr(batch, name) for batch in batches])
            for name in cls.__dataclass_fields__
            if name not in ("start", "station_index")
        }
        whole = cls(**joined, start=np.concatenate(starts), station_index=np.concatenate(indices))
        return whole._attach(np.concatenate([batch.words for batch in batches]), tuple(names))


@dataclass(frozen=True, slots=True)
class Static(Columns):
    """Static and voyage data: one row per message of type 5, 19, 21 or 24. Texts are '' if absent, codes -1."""

    row: Array = column("i8")  # in the `Messages` it was read from
    message_type: Array = column("u1")
    part: Array = column("i1")  # of type 24: 0 = A, 1 = B
    mmsi: Array = column("i4")
    imo: Array = column("i4")
    call_sign: Array = column("U7")
    name: Array = column("U34")  # of aids with its extension
    ship_type: Array = column("i2")
    aid_type: Array = column("i1")
    bow: Array = column("i2")  # m from the reference point
    stern: Array = column("i2")
    port: Array = column("i1")
    starboard: Array = column("i1")
    epfd: Array = column("i1")
    draught: Array = column("f8")  # m
    eta_month: Array = column("i1")
    eta_day: Array = column("i1")
    eta_hour: Array = column("i1")
    eta_minute: Array = column("i1")
    destination: Array = column("U20")
    off_position: Array = column("i1")
    virtual: Array = column("i1")
    vendor: Array = column("U3")
    model: Array = column("i1")
    serial: Array = column("i4")
    mothership: Array = column("i4")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A whole recording: its messages, what was refused, how many lines it had, how many held no AIS sentence."""

    messages: Messages
    refused: Refused
    lines: int
    sentences: int
    other: int  # lines without an AIS sentence: other NMEA sentences, remarks, noise
    tag_refused: int  # tag blocks with a wrong checksum: passed over, their sentence judged by its own


STATIC_TYPES = (5, 19, 21, 24)
_HAS_STATIC = np.isin(np.arange(256), STATIC_TYPES)
_Groups = list[tuple[Layout, Array, Array]]  # layouts that occur, the positions of their rows, their rows


def static_of(messages: Messages) -> Static:
    """Read the static columns of all rows that have any."""
    rows = np.flatnonzero(_HAS_STATIC[messages.message_type])
    groups = _layout_rows(messages, rows)
    made: dict[str, Array] = {
        name: _gather(messages, name, rows, groups)
        for name in Static.__dataclass_fields__
        if name not in ("row", "mmsi", "message_type")
    }
    if any(layout.message_type == 21 for layout, *_ in groups):
        made["name"] = np.strings.add(made["name"], _gather(messages, "name_extension", rows, groups))
    return Static(row=rows, mmsi=messages.mmsi[rows], message_type=messages.message_type[rows], **made)


def _layout_rows(messages: Messages, rows: Array) -> _Groups:
    """The layouts that occur, each with the positions in `rows` that follow it."""
    kinds = messages.message_type[rows]
    found = []
    for layout in LAYOUTS:
        here = np.flatnonzero(kinds == layout.message_type)
        if len(here) and layout.part >= 0:
            part = _raw(messages, layout.by_name["part"], rows[here])
            auxiliary = messages.mmsi[rows[here]] // 10_000_000 == 98
            here = here[(part == layout.part) & ((auxiliary == layout.auxiliary) | (layout.part == 0))]
        if len(here):
            found.append((layout, here, rows[here]))
    return found


def _raw(messages: Messages, field: Field, rows: Array) -> Array:
    from mihari.formats.ais.extract import raw_column

    out = np.empty(len(rows), np.int64)
    signed = field.kind in (SIGNED, TURN_RATE)
    raw_column(messages.words, messages.start, rows, field.first, field.width, signed, out)
    return out


def _text(messages: Messages, field: Field, rows: Array) -> Array:
    from mihari.formats.ais.extract import text_column

    characters = field.width // 6
    out = np.empty((len(rows), characters), np.uint32)
    text_column(messages.words, messages.start, messages.bits, rows, field.first, characters, out)
    return out.view(f"U{characters}")[:, 0]


def read_field(messages: Messages, name: str, rows: Array) -> Array:
    """One field of the table for some rows; absent where their type lacks it."""
    return _gather(messages, name, rows, _layout_rows(messages, rows))


def _gather(messages: Messages, name: str, rows: Array, groups: _Groups) -> Array:
    sample = next(layout.by_name[name] for layout in LAYOUTS if name in layout.by_name)
    if sample.kind == TEXT:
        out = np.zeros(len(rows), f"U{sample.width // 6}")
    elif sample.scaled:
        out = np.full(len(rows), np.nan)
    else:
        out = np.full(len(rows), -1, np.int64)
    for layout, here, those in groups:
        field = layout.by_name.get(name)
        if field is None:
            continue
        if field.kind == TEXT:
            out[here] = _text(messages, field, those)
        else:
            out[here] = _value(field, _raw(messages, field, those))
    return out


def _value(field: Field, raw: Array) -> Array:
    if field.kind == TURN_RATE:
        value = np.copysign((raw / field.per_unit) ** 2 * field.unit, raw)
    elif field.scaled:
        value = raw / field.per_unit * field.unit
    else:
        return np.where(raw == field.absent, -1, raw) if field.absent is not None else raw
    missing = np.abs(raw) > field.limit
    if field.absent is not None:
        missing |= raw == field.absent
    return np.where(missing, np.nan, value)
