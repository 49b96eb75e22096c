"""ASTERIX datagrams -> columns: one table per category and edition, every value of every item. EUROCONTROL-SPEC-0149.

A value's column holds one cell per time the value came, its `rows` say in which record; `table["040/RHO"]` spreads it
over all records in SI units. What is broken is counted by reason and costs the rest of its data block, no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.definition import Category
from mihari.formats.asterix.editions import Editions, available
from mihari.formats.asterix.program import AT, SIZE, Leaf, Place, Program, compile_program
from mihari.formats.asterix.values import scaled

REASONS = ("", "truncated", "bad_length", "unknown_category", "trailing", "spec")
STATES = 4096  # of the tree of shapes: 1 KiB each. The 128 records of the capture need 45
TRACE = 64  # octets that may decide the shape of a record that is learned
WORTH_LEARNING = 4096  # octets
ERROR_BITS = np.array([-1, -1, -1, -1, 0xFFFF, -1])  # of a row of errors: no source, -1, is 65535
KEPT_ERRORS = 10_000  # rows kept of errors and of unknown blocks; the counts go on, memory does not


@dataclass(frozen=True, slots=True)
class Errors(Columns):
    """What was refused: where, why, by whom it was sent as far as its record says so, and how many octets went with it.

    `offset` is from the beginning of the bytes given; `octets` reach to the end of the data block, or of the datagram
    where the block's own length is wrong.
    """

    datagram: Array = column("i8")
    category: Array = column("u1")
    offset: Array = column("i8")
    reason: Array = column("u1")  # index into `REASONS`
    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    octets: Array = column("i8")


@dataclass(frozen=True, slots=True)
class OtherBlocks(Columns):
    """Data blocks of categories without a definition, kept by place: offset and octets, head included."""

    datagram: Array = column("i8")
    category: Array = column("u1")
    offset: Array = column("i8")
    octets: Array = column("i8")


@dataclass(frozen=True, slots=True)
class Records(Columns):
    """Where each record of a table came from. `fields`: its field specification, FRN 1 in bit 63."""

    record: Array = column("i8")  # number among all records of the decode
    datagram: Array = column("i4")
    block: Array = column("i4")
    offset: Array = column("i8")
    fields: Array = column("u8")
    field_octets: Array = column("u1")


@dataclass(frozen=True, slots=True)
class Cells:
    """One value's occurrences: `rows` (record of the table) and `raw` (the number on the wire), equally long.

    `list_depth`: 0, or how many of the leaf's keys name the repetitive item whose repetitions these are.
    """

    leaf: Leaf
    rows: Array
    raw: Array
    list_depth: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The cells of one decode: those of a slot share their `rows`, a leaf's lie in the arena of its width.

    `begins`: where a slot's rows start, and where they end is where the next one's start; `starts`: the same of leaves.
    """

    begins: Array
    rows: Array
    starts: Array
    arenas: dict[int, Array]

    def cells(self, place: Place) -> Cells:
        """The occurrences of one value."""
        leaf = place.leaf
        begin, end = self.begins[place.slot], self.begins[place.slot + 1]
        start = self.starts[place.number]
        kind = f"i{leaf.octets}" if leaf.element.signed else f"u{leaf.octets}"
        raw = self.arenas[leaf.octets][start : start + end - begin].view(kind)
        return Cells(leaf, self.rows[begin:end], raw, place.list_depth)


class Table:
    """The records of one category in one edition (and of one profile, where it has several: `category.uap`).

    Columns are named `item/sub-item` (`040/RHO`, `130/PAM`).
    """

    def __init__(
        self, category: Category, records: Records, columns: Mapping[str, Place], cut: Cut, buffer: Array
    ) -> None:
        self.category, self.records = category, records
        self._columns, self._cut, self._buffer = columns, cut, buffer

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, path: str) -> bool:
        """Whether the edition defines a value of that name."""
        return path in self._columns

    @property
    def paths(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(self._columns)

    def cells(self, path: str) -> Cells:
        """The occurrences of a value; `KeyError` for a name that the edition does not define."""
        return self._cut.cells(self._columns[path])

    def has(self, item: str) -> Array:
        """(records,) bool: the item's bit in the field specification."""
        for place, named in enumerate(self.category.uap):
            if named is not None and named.name == item:
                bit: Array = (self.records.fields >> np.uint64(63 - place)) & np.uint64(1) != 0
                return bit
        raise KeyError(item)

    def raw(self, path: str, absent: int = -1) -> Array:
        """(records,) int64 wire numbers, `absent` where the value did not come; the last one where it was repeated."""
        cells = self.cells(path)
        spread = np.full(len(self), absent, np.int64)
        spread[cells.rows] = cells.raw
        return spread

    def __getitem__(self, path: str) -> Array:
        """(records,) float64 in SI units (bearings rad, LAT and LON degrees), NaN where the value did not come.

        A value whose unit another one tells (`150/AS`: speed or Mach number, by `150/IM`) is given in that unit.
        """
        cells = self.cells(path)
        by = cells.leaf.element.by
        spread = np.full(len(self), np.nan)
        spread[cells.rows] = scaled(cells.leaf, cells.raw, self.cells(by).raw if by else None)
        return spread

    def bytes(self, item: str) -> Iterator[tuple[int, bytes]]:
        """(row, bytes) of an explicit item (`RE`, `SP`), the length octet left off."""
        at, size = self.cells(f"{item}/{AT}"), self.cells(f"{item}/{SIZE}")
        for row, start, octets in zip(at.rows.tolist(), at.raw.tolist(), size.raw.tolist(), strict=True):
            yield row, self._buffer[start : start + octets].tobytes()


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that was in the bytes: tables, what was refused, blocks of other categories, reason -> count."""

    tables: tuple[Table, ...]
    errors: Errors
    others: OtherBlocks
    counts: dict[str, int]
    buffer: Array

    def of(self, number: int) -> tuple[Table, ...]:
        """The tables of a category that hold records: one per edition in use."""
        return tuple(t for t in self.tables if t.category.number == number)

    def __len__(self) -> int:
        return sum(map(len, self.tables))


def decode(data: bytes, editions: Editions | None = None) -> Decoded:
    """One datagram (any number of data blocks) to columns. Never raises for what the bytes hold.

    >>> plot = bytes.fromhex("30 000a 90 0c22 8000 4000")
    >>> table, = decode(plot).of(48)
    >>> table["040/RHO"].tolist(), round(float(table["040/THETA"][0]), 4)
    ([237056.0], 1.5708)
    >>> decode(plot[:-1]).counts
    {'truncated': 1}
    """
    return decode_many(data, [0, len(data)], editions)


def decode_many(
    data: bytes | Array | Sequence[bytes],
    offsets: Sequence[int] | Array | None = None,
    editions: Editions | None = None,
) -> Decoded:
    """Many datagrams to columns: a sequence of them, or one buffer with the (n + 1) `offsets` where each begins."""
    if offsets is None:
        parts = [data] if isinstance(data, bytes) else list(data)
        offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)])
        data = b"".join(parts)
    buffer = np.frombuffer(data, np.uint8)  # type: ignore[arg-type]
    buffer.flags.writeable = False  # one type of argument, one compilation
    return _decode(buffer, np.asarray(offsets, np.int64), editions or Editions())


def _decode(buffer: Array, datagrams: Array, editions: Editions) -> Decoded:
    from mihari.formats.asterix import kernels  # brings Numba: not before the first decode

    program, default, overrides = _program(_frozen(editions))
    marks = np.empty(len(buffer) + 1, np.uint32)  # none takes less than an octet
    errors, others = np.zeros((KEPT_ERRORS, 6), np.int64), np.zeros((KEPT_ERRORS, 4), np.int64)
    capacity, n = len(buffer) // 16 + 64, -1
    while n < 0:
        counts, reasons = np.zeros(len(program.slots), np.int64), np.zeros(len(REASONS), np.int64)
        found = tuple(np.empty(capacity, kind) for kind in (np.int64, *[np.int32] * 3, np.int64, np.int32))
        n, n_errors, n_others = kernels.scan(
            buffer, datagrams, default, overrides, program.table, marks, _memory(len(buffer), program), found,
            errors, others, counts, reasons,
        )  # fmt: skip
        capacity = len(buffer) // 2 + 64  # a record has at least two octets
    return Decoded(
        _cut(buffer, program, counts, [a[:n] for a in found], marks),
        Errors(*(errors[:n_errors] & ERROR_BITS).T),
        OtherBlocks(*others[:n_others].T),
        {reason: count for reason, count in zip(REASONS, reasons.tolist(), strict=True) if count},
        buffer,
    )


def _memory(octets: int, program: Program) -> tuple[Array, ...]:
    """Room for the shapes of records, all zero: tree, ways, roots of the programs, how much is known, shapes, trace.

    Zeros cost nothing before they are touched; few octets are not worth learning from.
    """
    states = STATES if octets > WORTH_LEARNING else 1
    return (
        np.zeros(states << 8, np.int32),
        np.zeros(states, np.int64),
        np.zeros(len(program.table), np.int64),
        np.zeros(3, np.int64),
        np.zeros((states + 2, 4), np.int64),
        np.zeros(TRACE, np.int64),
    )


def _cut(buffer: Array, program: Program, counts: Array, found: list[Array], marks: Array) -> tuple[Table, ...]:
    from mihari.formats.asterix import kernels

    at, datagram, block, of_program, first_mark, n_marks = found
    begins = np.concatenate([[0], np.cumsum(counts)])
    rows = np.empty(begins[-1], np.int32)
    starts, arenas = _arenas(program, counts)
    picked = [_rows(of_program, place) for place in program.places]
    of_row = np.empty(len(at), np.int32)
    for mine in picked:
        of_row[mine] = np.arange(len(of_row[mine]))
    kernels.cut(
        buffer, at, first_mark, n_marks, of_row, marks, program.slot_table, program.leaf_table,
        begins[:-1], rows, starts, tuple(arenas.values()),
        np.zeros(len(counts), np.int64), np.empty((len(counts), kernels.WORDS), np.uint64),
    )  # fmt: skip
    fields, octets = np.empty(len(at), np.uint64), np.empty(len(at), np.uint8)
    kernels.specifications(buffer, at, fields, octets)
    tables, done = [], Cut(begins, rows, starts, arenas)
    record = np.arange(len(at))
    for number, mine in enumerate(picked):
        if len(record[mine]):
            where = Records(*(a[mine] for a in (record, datagram, block, at, fields, octets)))
            tables.append(Table(program.categories[number], where, program.columns[number], done, buffer))
    return tuple(tables)


def _rows(of_program: Array, place: int) -> slice | Array:
    """The records of one program; a slice (no copies) where it has all or none of them."""
    mine = of_program == place
    if mine.all() or not mine.any():
        return slice(None if mine.any() else 0, None if mine.any() else 0)
    return np.flatnonzero(mine)


def _arenas(program: Program, counts: Array) -> tuple[Array, dict[int, Array]]:
    """Where every leaf's column starts in the arena of its width, and the arenas."""
    cells, width = counts[program.leaf_slot], program.leaf_table[:, 3]
    starts, arenas = np.zeros(len(cells), np.int64), {}
    for octets in (1, 2, 4, 8):
        mine = width == octets
        ends = np.cumsum(cells[mine])
        starts[mine] = ends - cells[mine]
        arenas[octets] = np.empty(ends[-1] if len(ends) else 0, f"u{octets}")
    return starts, arenas


Frozen = tuple[tuple[tuple[int, str], ...], tuple[tuple[tuple[int, tuple[int, int]], str], ...]]


def _frozen(editions: Editions) -> Frozen:
    return tuple(sorted(editions.default.items())), tuple(sorted(editions.sources.items()))


@lru_cache(maxsize=32)
def _program(frozen: Frozen) -> tuple[Program, Array, Array]:
    """The tables for a choice of editions; per category its default program; (category, source, program) overrides."""
    editions = Editions(dict(frozen[0]), dict(frozen[1]))
    defaults = [editions.of(number) for number in available()]
    told = [(number, source, editions.of(number, source)) for number, source in editions.sources]
    categories = list(dict.fromkeys((c.number, c.edition) for c in [*defaults, *(c for _, _, c in told)]))
    lookup = {(c.number, c.edition): c for c in [*defaults, *(c for _, _, c in told)]}
    program = compile_program([lookup[key] for key in categories])
    places: dict[tuple[int, str], int] = {}
    for c, place in zip(program.categories, program.places, strict=True):
        places.setdefault((c.number, c.edition), place)  # the first of several profiles
    default = np.full(256, -1, np.int64)
    for c in defaults:
        default[c.number] = places[c.number, c.edition]
    overrides = [(number, source[0] << 8 | source[1], places[c.number, c.edition]) for number, source, c in told]
    return program, default, np.array(overrides, np.int64).reshape(-1, 3)
