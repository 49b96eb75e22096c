"""Categories -> the number tables that the kernel walks: nodes (shapes), slots (words), leaves (values).

A *slot* is a run of whole octets that is read as one big-endian word each time it occurs; a *leaf* is one value cut
out of that word. Every leaf becomes one column, every slot one column of row numbers that its leaves share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.formats.asterix.definition import (
    Category,
    Compound,
    Content,
    Element,
    Explicit,
    Extended,
    Group,
    Named,
    Repetitive,
    Spare,
    Uap,
)

LEAD = [0] + [7 - bits.bit_length() for bits in range(1, 128)]  # first bit set of seven, at the head of the table
OCTETS, COUNT = "#octets", "#count"  # of a compound's field specification; of repetitions
AT, SIZE = "#at", "#size"  # where the bytes of an explicit item are
MAX_FRN = 63  # the kernel holds a field specification in 64 bits: 9 octets of 7


class Kind(IntEnum):
    """How the kernel steps over a node."""

    FIXED = 0
    EXTENDED = 1
    REPETITIVE = 2
    REPETITIVE_FX = 3
    COMPOUND = 4
    EXPLICIT = 5


@dataclass(frozen=True, slots=True)
class Leaf:
    """One column: its keys inside the record's dict form (`("040", "RHO")`), where it lies in its slot's word."""

    keys: tuple[str, ...]
    element: Element
    shift: int
    octets: int  # of a cell of the column: 1, 2, 4 or 8

    @property
    def path(self) -> str:
        """The name of the column: `040/RHO`."""
        return "/".join(self.keys)


@dataclass(slots=True)
class Slot:
    """Words read at `offset` (octets from the node's start); `repeated` leaves come several times a record."""

    kind: Kind
    item: tuple[str, ...]
    offset: int
    length: int
    repeated: bool = False
    leaves: list[Leaf] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column is found: numbers of its leaf and its slot; `list_depth` as in `decode.Cells`."""

    leaf: Leaf
    number: int
    slot: int
    list_depth: int


@dataclass(frozen=True, slots=True)
class Program:
    """All editions in use as number tables. `places`: where in `table` each category's field references stand.

    A category of several profiles is there once for each of them; the number before its first place is where its choice
    stands (`kernels.chosen`), 0 for all others.
    """

    categories: tuple[Category, ...]
    places: tuple[int, ...]
    slots: tuple[Slot, ...]
    columns: tuple[dict[str, Place], ...]  # by the number of the category: name -> place
    leaf_slot: Array  # of each leaf
    table: Array  # what `kernels.step` walks: leading bits, nodes, per category octets and the node behind each FRN
    slot_table: Array  # (6, slots): offset, length (0: read by kind), first leaf, leaves, kind, shift of 8 octets
    leaf_table: Array  # shift, bits, signed, octets


def compile_program(categories: Sequence[Category]) -> Program:
    """The tables of `categories`; raises `BadInput` for a value wider than 64 bits."""
    builder = _Builder()
    slot_program: list[int] = []
    programs: list[Category] = []
    places: list[int] = []
    for category in categories:
        first = len(places)
        for uap in category.uaps:
            if len(uap) > MAX_FRN:
                raise BadInput(f"ASTERIX {category.number:03d}: more than {MAX_FRN} items")
            places.append(builder.profile(uap))
            slot_program += [len(programs)] * (len(builder.slots) - len(slot_program))
            programs.append(replace(category, uap=uap))
        if category.choice:
            builder.table[places[first] - 1] = builder.choice(category, places[first:])
    return Program(
        tuple(programs),
        tuple(places),
        tuple(builder.slots),
        _columns(builder.slots, slot_program, len(programs)),
        np.array([slot for slot, made in enumerate(builder.slots) for _ in made.leaves], np.int64),
        np.array(builder.table, np.int64),
        builder.slot_table(),
        builder.leaf_table(),
    )


def _columns(slots: Sequence[Slot], slot_program: Sequence[int], programs: int) -> tuple[dict[str, Place], ...]:
    """Of each category its columns by name."""
    columns: tuple[dict[str, Place], ...] = tuple({} for _ in range(programs))
    number = 0
    for place, slot in enumerate(slots):
        for leaf in slot.leaves:
            depth = len(slot.item) if slot.repeated else 0
            columns[slot_program[place]][leaf.path] = Place(leaf, number, place, depth)
            number += 1
    return columns


def leaf_octets(bits: int) -> int:
    """The narrowest cell that holds `bits`: 1, 2, 4 or 8 octets."""
    return next(octets for octets in (1, 2, 4, 8) if bits <= 8 * octets)


class _Builder:
    def __init__(self) -> None:
        self.table = list(LEAD)
        self.slots: list[Slot] = []

    def node(self, keys: tuple[str, ...], content: Content, repeated: bool = False) -> int:
        """Append the node of an item (or sub-item) and all below it; its place in the table."""
        match content:
            case Element() | Group():
                return self._fixed(keys, (Named("", "", content),), repeated)
            case Extended(parts, closed):
                last = len(parts) - 1 if closed else -1
                children = [self._fixed(keys, part, repeated=False, spare=i != last) for i, part in enumerate(parts)]
                return self._append(Kind.EXTENDED, count_octets=int(closed), children=children)
            case Repetitive(0, repeated_content):
                spare = 1  # the extension bit
                child = self._fixed(keys, (Named("", "", repeated_content),), True, spare)
                return self._append(Kind.REPETITIVE_FX, children=[child])
            case Repetitive(count_octets, repeated_content):
                slot = self._slot(Kind.REPETITIVE, keys, COUNT, 8 * count_octets)
                self.slots[slot].length = count_octets
                child = self.node(keys, repeated_content, repeated=True)
                return self._append(Kind.REPETITIVE, 0, slot, 1, count_octets, [child])
            case Compound(parts):
                slot = self._slot(Kind.COMPOUND, keys, OCTETS, 8)
                if any(p is not None and isinstance(p.content, Compound) for p in parts):
                    raise BadInput(f"ASTERIX {'/'.join(keys)}: a compound item inside a compound item")
                children = [0 if p is None else self.node((*keys, p.name), p.content) for p in parts]
                return self._append(Kind.COMPOUND, slot=slot, children=children)
            case Explicit():
                slot = self._slot(Kind.EXPLICIT, keys, SIZE, 8)
                self.slots[slot].leaves.append(Leaf((*keys, AT), Element(56), 8, 8))
                return self._append(Kind.EXPLICIT, slot=slot)

    def profile(self, uap: Uap) -> int:
        """Append a category's field references, its choice (none yet) before them; where they begin."""
        nodes = [0 if item is None else self.node((item.name,), item.content) for item in uap]
        octets = -(-len(nodes) // 7)
        return self.append([0, octets, *nodes, *[0] * (7 * octets - len(nodes))]) + 1

    def choice(self, category: Category, places: Sequence[int]) -> int:
        """Append how to choose between profiles: FRN - 1 of the item, shift and mask of the value in its first octet,
        octets of each item before it, then the place of each value's profile. All of that must be equal in them."""
        choice = category.choice
        assert choice is not None
        frn = next(i for i, item in enumerate(category.uap) if item is not None and item.name == choice.item)
        heads = {tuple(item and item.name for item in uap[: frn + 1]) for uap in choice.uaps}
        if len(heads) > 1 or frn > 6:
            raise BadInput(f"ASTERIX {category.number:03d}: profiles that differ before what chooses between them")
        octets = [_octets(item) for item in category.uap[:frn]]
        item = category.uap[frn]
        assert item is not None
        parts = item.content.parts[0] if isinstance(item.content, Extended) else (item,)
        element, at = next(
            (value, bit) for keys, value, bit in _place((), parts, 0)[0] if keys[-1] == choice.part
        )  # fmt: skip
        mask = (1 << element.bits) - 1
        return self.append([frn, 8 - at - element.bits, mask, *octets, *places])

    def append(self, numbers: Sequence[int]) -> int:
        """Put numbers at the end of the table; where they begin."""
        self.table += numbers
        return len(self.table) - len(numbers)

    def _append(
        self, kind: Kind, length: int = 0, slot: int = 0, words: int = 1, count_octets: int = 0,
        children: Sequence[int] = (),
    ) -> int:  # fmt: skip
        """A node in the order that the kernel knows; first slot << 8 | length of a fixed one of one word, else 0."""
        quick = slot << 8 | length if kind == Kind.FIXED and words == 1 and length < 256 else 0
        return self.append([quick, kind, length, slot, words, count_octets, len(children), *children])

    def _slot(self, kind: Kind, keys: tuple[str, ...], name: str, bits: int) -> int:
        leaf = Leaf((*keys, name), Element(bits), 0, leaf_octets(bits))
        self.slots.append(Slot(kind, keys, 0, 0, leaves=[leaf]))
        return len(self.slots) - 1

    def _fixed(self, keys: tuple[str, ...], parts: Sequence[Named | Spare], repeated: bool, spare: int = 0) -> int:
        """A run of octets with named values in it; `spare` bits (an extension bit) follow them."""
        placed, bits = _place(keys, parts, 0)
        if (bits + spare) % 8:
            raise BadInput(f"ASTERIX {'/'.join(keys)}: {bits + spare} bits are no whole octets")
        length, first = (bits + spare) // 8, len(self.slots)
        for word in _words(placed, length):
            kind = Kind.REPETITIVE_FX if repeated and spare else Kind.FIXED
            slot = Slot(kind, keys, word[0], word[1], repeated)
            for leaf_keys, element, start in word[2]:
                shift = 8 * (word[0] + word[1]) - start - element.bits
                slot.leaves.append(Leaf(leaf_keys, element, shift, leaf_octets(element.bits)))
            self.slots.append(slot)
        return self._append(Kind.FIXED, length, first, len(self.slots) - first)

    def slot_table(self) -> Array:
        rows, first = [], 0
        for slot in self.slots:
            shift = 64 - 8 * slot.length if slot.length else -1
            rows.append([slot.offset, slot.length, first, len(slot.leaves), slot.kind, shift])
            first += len(slot.leaves)
        return np.array(rows, np.int64).reshape(-1, 6).T.copy()

    def leaf_table(self) -> Array:
        leaves = [leaf for slot in self.slots for leaf in slot.leaves]
        rows = [[leaf.shift, leaf.element.bits, leaf.element.signed, leaf.octets] for leaf in leaves]
        return np.array(rows, np.int64).reshape(-1, 4)


def _octets(item: Named | None) -> int:
    """Of an item of fixed length; 0 for none."""
    if item is None:
        return 0
    if not isinstance(item.content, Element | Group):
        raise BadInput(f"ASTERIX {item.name}: only items of fixed length may stand before what chooses a profile")
    return _place((), (item,), 0)[1] // 8


Placed = tuple[tuple[str, ...], Element, int]


def _place(keys: tuple[str, ...], parts: Sequence[Named | Spare], at: int) -> tuple[list[Placed], int]:
    """Every value below `parts` with its first bit; the bit after the last."""
    placed: list[Placed] = []
    for part in parts:
        if isinstance(part, Spare):
            at += part.bits
            continue
        below = (*keys, part.name) if part.name else keys
        match part.content:
            case Element() as element:
                placed.append((below, element, at))
                at += element.bits
            case Group(inner):
                found, at = _place(below, inner, at)
                placed += found
            case _:
                raise BadInput(f"ASTERIX {'/'.join(below)}: this shape cannot stand inside a fixed one")
    return placed, at


def _words(placed: Sequence[Placed], length: int) -> list[tuple[int, int, list[Placed]]]:
    """Cut the values into words of at most 8 octets: (first octet, octets, values)."""
    words: list[tuple[int, int, list[Placed]]] = []
    for value in placed:
        _, element, start = value
        end = -(-(start + element.bits) // 8)
        if not words or end - words[-1][0] > 8:
            words.append((start // 8, 0, []))
        first, _, values = words[-1]
        if end - first > 8:
            raise BadInput(f"ASTERIX {'/'.join(value[0])}: wider than a word")
        words[-1] = (first, end - first, [*values, value])
    return words or [(0, min(length, 8), [])]
