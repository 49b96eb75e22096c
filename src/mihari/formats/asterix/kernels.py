"""Bytes -> columns: `scan` checks every record and notes where its words are, `cut` turns words into columns.

Records of a shape that was met before are neither walked nor marked again (`shapes.py`).
Values are cut a slot at a time from a small buffer of words, so that the inner loops run over contiguous memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.asterix.octets import eight_octets, lean, lean_kernel, octet, read_word
from mihari.formats.asterix.shapes import FIRST, LENGTH, MARKS, SHAPES, USES, learn, new_state, recall
from mihari.formats.asterix.walk import (
    BAD_LENGTH,
    EXPLICIT,
    PLACE_BITS,
    TRAILING,
    TRUNCATED,
    UNKNOWN_CATEGORY,
    step,
)

WORDS = 512  # of a slot, held before they are cut into columns: all slots of a category stay in the L2 cache
OFFSET, OCTETS, FIRST_LEAF = 0, 1, 2  # of a slot
LEAVES, READ_BY, SHIFT = 3, 4, 5  # its shift is -1 where it is no plain word but read by its kind
SOURCE, LOST = 4, 5  # of a row of errors, behind datagram, category, place and reason
N_MARKS = 2  # in `known`, behind STATES and SHAPES
Tables = tuple[Array, ...]


@lean
def source_of(data: Array, p: int, end: int) -> int:
    """SAC << 8 | SIC of the record at `p` when its first item (010) is there, else -1."""
    if p >= end or octet(data, p) & 0x80 == 0:
        return -1
    while p < end and octet(data, p) & 1:
        p += 1
    return octet(data, p + 1) << 8 | octet(data, p + 2) if p + 2 < end else -1


@lean
def block_fault(data: Array, p: int, end: int) -> int:
    """What is wrong with the head of the data block at `p` (category, length of 2 octets), 0 for nothing."""
    if p + 3 > end:
        return TRAILING
    length = octet(data, p + 1) << 8 | octet(data, p + 2)
    if length < 3:
        return BAD_LENGTH
    return TRUNCATED if p + length > end else 0


@lean
def note(rows: Array, n: int, datagram: int, category: int, offset: int, value: int) -> int:
    """Keep a row where there is room for it; the number of rows met."""
    if n < len(rows):
        rows[n, 0] = datagram
        rows[n, 1] = category
        rows[n, 2] = offset
        rows[n, 3] = value
    return n + 1


@lean
def chosen(data: Array, p: int, end: int, program: int, table: Array) -> int:
    """Which of several profiles the record at `p` has, by a value of one of its items; the first without that item."""
    how = table[program - 1]
    frn = table[how]
    at = p
    while at < end and octet(data, at) & 1:
        at += 1
    at += 1
    for item in range(frn):
        if octet(data, p) & 0x80 >> item:
            at += table[how + 3 + item]
    if octet(data, p) & 0x80 >> frn and at < end:
        value = octet(data, at) >> table[how + 1] & table[how + 2]
        program = table[how + 3 + frn + value]
    return program


@lean
def program_of(
    data: Array, p: int, end: int, category: int, table: Array, default: Array, overrides: Array
) -> int:  # fmt: skip
    """The program for the record at `p`: its source's own edition or its category's default; of several its own."""
    program = default[category]
    if len(overrides) > 0:
        source = source_of(data, p, end)
        for i in range(len(overrides)):
            if overrides[i, 0] == category and overrides[i, 1] == source:
                program = overrides[i, 2]
    if program >= 0 and table[program - 1] > 0:
        program = chosen(data, p, end, program, table)
    return program  # type: ignore[no-any-return]


@lean
def root_of(program: int, roots: Array, known: Array, ways: Array) -> int:
    """The state that a record of this program begins in, 0 when there is no room for it."""
    if roots[program] == 0:
        roots[program] = new_state(known, ways)
    return roots[program]  # type: ignore[no-any-return]


@lean
def shape_of(data: Array, p: int, end: int, program: int, table: Array, marks: Array, memory: Tables) -> int:
    """The shape of the record at `p`, recalled or walked; minus the reason where it is refused.

    A shape that cannot be learned is that of the last record only: the next takes its place in `shapes`, but not the
    place of its marks.
    """
    tree, ways, roots, known, shapes, trace = memory
    root = root_of(program, roots, known, ways)
    shape = recall(data, p, end, root, tree, ways)
    if shape > 0 and p + shapes[shape, LENGTH] <= end:
        return shape
    n = known[N_MARKS]
    after, next_mark = step(data, p, end, program, table, n, marks, trace)
    if after < 0:
        return after
    shape = known[SHAPES] + 1
    shapes[shape, FIRST] = n
    shapes[shape, MARKS] = next_mark - n
    shapes[shape, LENGTH] = after - p
    shapes[shape, USES] = 0
    known[N_MARKS] = next_mark
    if shape + 1 < len(shapes) and learn(data, p, trace, root, tree, ways, known, shape):
        known[SHAPES] = shape
    return shape  # type: ignore[no-any-return]


@lean
def count_marks(counts: Array, marks: Array, first: int, last: int, times: int) -> None:
    """Add `times` to the count of the slot of each mark from `first` to before `last`."""
    for mark in range(first, last):
        counts[np.int64(marks[mark]) >> PLACE_BITS] += times


@lean_kernel
def scan(
    data: Array, datagrams: Array, default: Array, overrides: Array, table: Array, marks: Array, memory: Tables,
    found: Tables, errors: Array, others: Array, counts: Array, reasons: Array,
) -> tuple[int, int, int]:  # fmt: skip
    """Find every record, refuse what is broken: (records, errors, blocks of unknown categories).

    `datagrams`: (n + 1,) where each begins; `default`: (256,) program of a category; `overrides`: (m, 3) category,
    source, program; `memory`: zeros, see `shapes.py`; `found`: columns of records (place, datagram, block, program,
    first mark, marks); `errors` (datagram, category, place, reason, source, octets) and `others` (datagram, category,
    place, octets) are cut off at their length; `counts`: marks per slot. Records is -1 when the record columns are too
    short.
    """
    at, of_datagram, of_block, of_program, first_mark, n_marks = found
    known, shapes = memory[3], memory[4]
    n, n_errors, n_others, block = 0, 0, 0, 0
    for datagram in range(len(datagrams) - 1):
        p = datagrams[datagram]
        end = datagrams[datagram + 1]
        while p < end:
            category = octet(data, p)
            bad = p
            block_end = end
            reason = block_fault(data, p, end)
            if reason == 0:
                block_end = p + (octet(data, p + 1) << 8 | octet(data, p + 2))
                if default[category] < 0:
                    reason = UNKNOWN_CATEGORY
                    n_others = note(others, n_others, datagram, category, p, block_end - p)
                elif block_end == p + 3:
                    reason = BAD_LENGTH
            q = p + 3
            while reason == 0 and q < block_end:
                if n == len(at):
                    return -1, 0, 0
                program = program_of(data, q, block_end, category, table, default, overrides)
                shape = shape_of(data, q, block_end, program, table, marks, memory)
                if shape < 0:
                    reason = -shape
                    bad = q
                    break
                at[n] = q
                of_datagram[n] = datagram
                of_block[n] = block
                of_program[n] = program
                first_mark[n] = shapes[shape, FIRST]
                n_marks[n] = shapes[shape, MARKS]
                shapes[shape, USES] += 1
                if shape > known[SHAPES]:
                    count_marks(counts, marks, first_mark[n], first_mark[n] + n_marks[n], 1)
                n += 1
                q += shapes[shape, LENGTH]
            block += 1
            if reason > 0:
                reasons[reason] += 1
                if n_errors < len(errors):
                    errors[n_errors, SOURCE] = source_of(data, bad if bad > p else p + 3, block_end)
                    errors[n_errors, LOST] = block_end - bad
                n_errors = note(errors, n_errors, datagram, category, bad, reason)
            p = block_end
    for shape in range(1, known[SHAPES] + 1):
        first = shapes[shape, FIRST]
        count_marks(counts, marks, first, first + shapes[shape, MARKS], shapes[shape, USES])
    return n, n_errors, n_others


@lean
def special_word(data: Array, place: int, kind: int) -> int:
    """Where the bytes of an explicit item are (place << 8 | octets); how many octets specify a compound one."""
    if kind == EXPLICIT:
        return (place + 1) << 8 | (octet(data, place) - 1)
    p = place
    while octet(data, p) & 1:
        p += 1
    return p - place + 1


@lean
def cut_words(words: Array, shift: int, bits: int, signed: int, column: Array) -> None:
    """Cut one value out of each word; a signed one is extended by (x ^ sign) - sign."""
    right = np.uint64(shift)
    mask = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - bits)
    sign = np.uint64(signed) << np.uint64(bits - 1)
    for i in range(len(column)):
        column[i] = (((words[i] >> right) & mask) ^ sign) - sign


@lean
def cut_slot(words: Array, done: int, slot: int, slots: Array, leaves: Array, starts: Array, arenas: Tables) -> None:
    """Cut the words of a slot into its leaves' columns, behind the `done` values that are there."""
    u1, u2, u4, u8 = arenas
    first = slots[FIRST_LEAF, slot]
    for leaf in range(first, first + slots[LEAVES, slot]):
        shift, bits, signed, octets = leaves[leaf, 0], leaves[leaf, 1], leaves[leaf, 2], leaves[leaf, 3]
        start = starts[leaf] + done
        end = start + len(words)
        if octets == 1:
            cut_words(words, shift, bits, signed, u1[start:end])
        elif octets == 2:
            cut_words(words, shift, bits, signed, u2[start:end])
        elif octets == 4:
            cut_words(words, shift, bits, signed, u4[start:end])
        else:
            cut_words(words, shift, bits, signed, u8[start:end])


@lean
def read_mark(data: Array, place: int, slot: int, slots: Array) -> int:
    """The word of a slot at `place`, with care for the end of the bytes and for explicit and compound items.

    Unsigned both ways: signed and unsigned numbers together would become floating, which has 53 bits."""
    if slots[OCTETS, slot] > 0:
        return read_word(data, place, slots[OCTETS, slot])
    return np.uint64(special_word(data, place, slots[READ_BY, slot]))  # type: ignore[return-value]


@lean_kernel
def cut(
    data: Array, at: Array, first_mark: Array, n_marks: Array, of_row: Array, marks: Array, slots: Array, leaves: Array,
    begins: Array, rows: Array, starts: Array, arenas: Tables, met: Array, words: Array,
) -> None:  # fmt: skip
    """Turn all marks into columns. `first_mark`, `n_marks`: (records,); `begins`: (slots,) where a slot's rows start in
    `rows`; `starts`: (leaves,) where a leaf's column starts in the arena of its width (1, 2, 4, 8 octets);
    `met`: (slots,) zeros and `words`: (slots, WORDS) are room to work in.

    Unsigned numbers are places here: a signed one is checked for counting from the end at every use.
    """
    safe = len(data) - 8
    for record in range(len(of_row)):
        begin = at[record]
        first = first_mark[record]
        row = of_row[record]
        for number in range(first, first + n_marks[record]):
            mark = marks[np.uint64(number)]
            slot: Any = np.uint64(mark >> np.uint32(PLACE_BITS))
            place = begin + np.int64(mark & np.uint32((1 << PLACE_BITS) - 1)) + slots[OFFSET, slot]
            shift = slots[SHIFT, slot]
            n: Any = met[slot]
            to = np.uint64(n) & np.uint64(WORDS - 1)
            if shift >= 0 and place <= safe:
                words[slot, to] = eight_octets(data, place) >> np.uint64(shift)
            else:
                words[slot, to] = read_mark(data, place, slot, slots)
            rows[np.uint64(begins[slot] + n)] = row
            n += 1
            met[slot] = n
            if n & (WORDS - 1) == 0:
                cut_slot(words[slot], n - WORDS, slot, slots, leaves, starts, arenas)
    for other in range(len(begins)):
        rest = met[other] & (WORDS - 1)
        if rest > 0:
            cut_slot(words[other, :rest], met[other] - rest, other, slots, leaves, starts, arenas)


@lean_kernel
def specifications(data: Array, at: Array, fields: Array, octets: Array) -> None:
    """The field specification of each record: FRN 1 in bit 63, and its octets."""
    for i in range(len(at)):
        p = at[i]
        bits = np.uint64(0)
        n = 0
        while True:
            bits |= np.uint64(data[p + n] >> 1) << np.uint64(57 - 7 * n)
            n += 1
            if octet(data, p + n - 1) & 1 == 0:
                break
        fields[i] = bits
        octets[i] = n
