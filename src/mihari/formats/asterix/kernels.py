"""Bytes -> columns: `scan` checks every record and notes where its words are, `cut` turns words into columns.

EUROCONTROL-SPEC-0149 part 1, driven by the tables of `program.py`. A *mark* is one occurrence of a slot: its number and
its place in the record.
Values are cut a slot at a time from a small buffer of words, so that the inner loops run over contiguous memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

import mihari.core.kernels  # noqa: F401  (says where compiled code is kept)
from mihari.core.columns import Array

WORDS = 256  # of a slot, held before they are cut into columns: all slots of a category stay in the L2 cache
TRUNCATED, BAD_LENGTH, UNKNOWN_CATEGORY, TRAILING, SPEC = 1, 2, 3, 4, 5
# fields of a node in the table; children follow as places of their nodes, 0 for none
KIND, LENGTH, SLOT, N_WORDS, COUNT_OCTETS, N_CHILDREN, CHILDREN = 1, 2, 3, 4, 5, 6, 7
PLACE_BITS = 16  # of a mark, from the start of the record; the slot's number stands above them
FIXED, EXTENDED, REPETITIVE, REPETITIVE_FX, COMPOUND, EXPLICIT = 0, 1, 2, 3, 4, 5
Tables = tuple[Array, ...]
F = TypeVar("F", bound=Callable[..., Any])


def lean(function: F) -> F:
    """A `@kernel` that allocates nothing and therefore need not count references to its arrays: the compiler would do
    that on every call, which took twice as long as the work of these small functions."""
    return cast("F", numba.njit(nogil=True, cache=True, _nrt=False)(function))


@lean
def number(value: int) -> int:
    """An unsigned number as a signed one."""
    return np.int64(value)  # type: ignore[return-value]


@lean
def octet(data: Array, place: int) -> int:
    """One octet as a signed number, so that sums with it stay integers."""
    return np.int64(data[place])  # type: ignore[return-value]


def _eight_octets(typing: Any, data: Any, place: Any) -> Any:
    """One unaligned load of 8 octets, turned round: what 8 loads and 7 shifts are not merged into."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        word = ir.IntType(64)
        at = builder.bitcast(builder.gep(array.data, [arguments[1]]), word.as_pointer())
        return builder.bswap(builder.load(at, align=1))

    return types.uint64(data, types.int64), generate


eight_octets = intrinsic(_eight_octets)


@lean
def read_word(data: Array, place: int, length: int) -> int:
    """Up to 8 octets as one big-endian number, by a single load where 8 octets are there."""
    if place + 8 <= len(data):
        return eight_octets(data, place) >> np.uint64(64 - 8 * length)  # type: ignore[no-any-return]
    word = np.uint64(0)
    for i in range(place, place + length):
        word = (word << np.uint64(8)) | np.uint64(data[i])
    return word  # type: ignore[return-value]


@lean
def step_item(
    data: Array, p: int, end: int, node: int, table: Array, n: int, marks: Array, begin: int
) -> tuple[int, int]:
    """Step over an item that is no compound: (place after it or minus the reason, marks so far)."""
    kind = table[node + KIND]
    fault, times = 0, 1
    if p >= end:
        fault, times = TRUNCATED, 0
    elif kind in (EXPLICIT, REPETITIVE):
        marks[n] = table[node + SLOT] << PLACE_BITS | (p - begin)
        n += 1
        size = octet(data, p) if kind == EXPLICIT else table[node + COUNT_OCTETS]
        times = 0
        if size == 0:
            fault = BAD_LENGTH
        elif p + size > end:
            fault = TRUNCATED
        elif kind == REPETITIVE:
            times = number(read_word(data, p, size))
        p += size
    part = node if kind == FIXED else table[node + CHILDREN]
    i = 0
    while i < times:
        length = table[part + LENGTH]
        if p + length > end:
            fault = TRUNCATED
            break
        marks[n] = table[part + SLOT] << PLACE_BITS | (p - begin)
        n += 1
        for _ in range(1, table[part + N_WORDS]):  # from the one before: vectorised, one word would cost as much as ten
            marks[n] = number(marks[n - 1]) + (1 << PLACE_BITS)
            n += 1
        p += length
        i += 1
        if kind in (EXTENDED, REPETITIVE_FX) and octet(data, p - 1) & 1:
            times += 1
            if kind == EXTENDED:
                if i == table[node + N_CHILDREN]:
                    fault = SPEC
                    break
                part = table[node + CHILDREN + i]
    return (-fault if fault else p), n


@lean
def last_octet(data: Array, p: int, end: int, most: int) -> int:
    """The last octet of the field specification at `p`, or minus the reason why it is refused."""
    last = p
    while last < end and octet(data, last) & 1:
        last += 1
    if last >= end:
        last = -TRUNCATED
    elif last - p >= most:
        last = -SPEC
    return last


@lean
def step_compound(
    data: Array, p: int, end: int, item: int, table: Array, n: int, marks: Array, begin: int
) -> tuple[int, int]:
    """Step over a compound item: its own field specification, then the sub-items it announces."""
    marks[n] = table[item + SLOT] << PLACE_BITS | (p - begin)
    n += 1
    children = table[item + N_CHILDREN]
    at = p
    last = last_octet(data, p, end, (children + 6) // 7)
    p = last + 1 if last >= 0 else last
    sub = -1
    while at <= last and p >= 0:
        bits = octet(data, at) >> 1
        while bits and p >= 0:
            here = table[bits]
            bits ^= 64 >> here
            node = table[item + CHILDREN + sub + here + 1] if sub + here + 1 < children else 0
            if node == 0:
                p = -SPEC
            elif table[node]:
                marks[n] = (table[node] >> 8) << PLACE_BITS | (p - begin)
                n += 1
                p += table[node] & 0xFF
                if p > end:
                    p = -TRUNCATED
            else:
                p, n = step_item(data, p, end, node, table, n, marks, begin)
        sub += 7
        at += 1
    return p, n


@lean
def step(data: Array, p: int, end: int, program: int, table: Array, n: int, marks: Array) -> tuple[int, int]:
    """Step over the record at `p`: (place after it or minus the reason why it is refused, marks so far).

    One way out, here and in what it calls: with several, the compiler counts references to the arrays on each call,
    which took four times as long as the work.
    """
    none = n
    begin = p
    at = p
    last = last_octet(data, p, end, table[program])
    p = last + 1 if last >= 0 else last
    field = program + 1
    while at <= last and p >= 0:
        bits = octet(data, at) >> 1
        while bits and p >= 0:
            here = table[bits]
            bits ^= 64 >> here
            node = table[field + here]
            if node == 0:
                p = -SPEC
            elif table[node]:
                marks[n] = (table[node] >> 8) << PLACE_BITS | (p - begin)
                n += 1
                p += table[node] & 0xFF
                if p > end:
                    p = -TRUNCATED
            elif table[node + KIND] == COMPOUND:
                p, n = step_compound(data, p, end, node, table, n, marks, begin)
            else:
                p, n = step_item(data, p, end, node, table, n, marks, begin)
        field += 7
        at += 1
    return (p if n > none or p < 0 else -SPEC), n


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
def scan(
    data: Array, datagrams: Array, default: Array, overrides: Array, table: Array, marks: Array, found: Tables,
    errors: Array, others: Array, counts: Array, reasons: Array,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Find every record, refuse what is broken: (records, marks, errors, blocks of unknown categories).

    `datagrams`: (n + 1,) where each begins; `default`: (256,) program of a category; `overrides`: (m, 3) category,
    source, program; `found`: columns of records (place, datagram, block, program, marks before); `errors` (datagram,
    category, place, reason) and `others` (…, octets) are cut off at their length; `counts`: marks per slot.
    Records is -1 when the record columns are too short.
    """
    at, of_datagram, of_block, of_program, first_mark = found
    n, n_marks, n_errors, n_others, block = 0, 0, 0, 0, 0
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
                program = default[category]
                if len(overrides) > 0:
                    source = source_of(data, q, block_end)
                    for i in range(len(overrides)):
                        if overrides[i, 0] == category and overrides[i, 1] == source:
                            program = overrides[i, 2]
                if n == len(at):
                    return -1, 0, 0, 0
                after, next_mark = step(data, q, block_end, program, table, n_marks, marks)
                if after < 0:
                    reason = -after
                    bad = q
                    break
                at[n] = q
                of_datagram[n] = datagram
                of_block[n] = block
                of_program[n] = program
                first_mark[n] = n_marks
                for mark in range(n_marks, next_mark):
                    counts[np.int64(marks[mark]) >> PLACE_BITS] += 1
                n_marks = next_mark
                n += 1
                q = after
            block += 1
            if reason > 0:
                reasons[reason] += 1
                n_errors = note(errors, n_errors, datagram, category, bad, reason)
            p = block_end
    return n, n_marks, n_errors, n_others


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
    first = slots[slot, 2]
    for leaf in range(first, first + slots[slot, 3]):
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
def cut(
    data: Array, at: Array, first_mark: Array, of_row: Array, marks: Array, slots: Array, leaves: Array, begins: Array,
    rows: Array, starts: Array, arenas: Tables, met: Array, words: Array,
) -> None:  # fmt: skip
    """Turn all marks into columns. `first_mark`: (records + 1,); `begins`: (slots,) where a slot's rows start in
    `rows`; `starts`: (leaves,) where a leaf's column starts in the arena of its width (1, 2, 4, 8 octets);
    `met`: (slots,) zeros and `words`: (slots, WORDS) are room to work in."""
    for record in range(len(of_row)):
        for mark in range(first_mark[record], first_mark[record + 1]):
            slot = number(marks[mark] >> np.uint32(PLACE_BITS))
            place = at[record] + number(marks[mark] & np.uint32((1 << PLACE_BITS) - 1))
            n = met[slot]
            if slots[slot, 1] > 0:
                words[slot, n & (WORDS - 1)] = read_word(data, place + slots[slot, 0], slots[slot, 1])
            else:
                words[slot, n & (WORDS - 1)] = special_word(data, place, slots[slot, 4])
            rows[begins[slot] + n] = of_row[record]
            n += 1
            met[slot] = n
            if n & (WORDS - 1) == 0:
                cut_slot(words[slot], n - WORDS, slot, slots, leaves, starts, arenas)
    for slot in range(len(begins)):
        rest = met[slot] & (WORDS - 1)
        if rest > 0:
            cut_slot(words[slot, :rest], met[slot] - rest, slot, slots, leaves, starts, arenas)


@lean
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
