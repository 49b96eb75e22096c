"""One record's bytes -> marks: where each word of each item stands, or why the record is refused.

EUROCONTROL-SPEC-0149 part 1, driven by the tables of `program.py`. A *mark* is one occurrence of a slot: its number and
its place in the record. The *trace* lists the octets that decided the record's shape (extension bits, field
specifications, counts, lengths): two records with the same ones have the same marks (`shapes.py`).
"""

from __future__ import annotations

from mihari.core.columns import Array
from mihari.formats.asterix.octets import lean, number, octet, read_word

TRUNCATED, BAD_LENGTH, UNKNOWN_CATEGORY, TRAILING, SPEC = 1, 2, 3, 4, 5
# fields of a node in the table; children follow as places of their nodes, 0 for none. An extended item has no counter:
# there COUNT_OCTETS says that its last part has no extension bit
KIND, LENGTH, SLOT, N_WORDS, COUNT_OCTETS, N_CHILDREN, CHILDREN = 1, 2, 3, 4, 5, 6, 7
PLACE_BITS = 16  # of a mark, from the start of the record; the slot's number stands above them
FIXED, EXTENDED, REPETITIVE, REPETITIVE_FX, COMPOUND, EXPLICIT = 0, 1, 2, 3, 4, 5
WHOLE, EXTENSION = 0xFF, 1  # the bits of an octet of the trace that matter


@lean
def decides(trace: Array, place: int, mask: int) -> None:
    """Add an octet to the trace (place << 8 | mask); `trace[0]` counts on where there is no room."""
    n = trace[0] + 1
    trace[0] = n
    if n < len(trace):
        trace[n] = place << 8 | mask


@lean
def step_item(
    data: Array, p: int, end: int, node: int, table: Array, n: int, marks: Array, begin: int, trace: Array
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
            decides(trace, p - begin, WHOLE)
            if size > 1:
                decides(trace, p + 1 - begin, WHOLE)
        if kind == EXPLICIT:
            decides(trace, p - begin, WHOLE)
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
        if kind == REPETITIVE_FX or (
            kind == EXTENDED and (i < table[node + N_CHILDREN] or table[node + COUNT_OCTETS] == 0)
        ):
            decides(trace, p - 1 - begin, EXTENSION)
            if octet(data, p - 1) & 1:
                times += 1
                if kind == EXTENDED:
                    if i == table[node + N_CHILDREN]:
                        fault = SPEC
                        break
                    part = table[node + CHILDREN + i]
    return (-fault if fault else p), n


@lean
def last_octet(data: Array, p: int, end: int, most: int, trace: Array, begin: int) -> int:
    """The last octet of the field specification at `p`, or minus the reason why it is refused."""
    last = p
    while last < end and octet(data, last) & 1:
        decides(trace, last - begin, WHOLE)
        last += 1
    decides(trace, last - begin, WHOLE)
    if last >= end:
        last = -TRUNCATED
    elif last - p >= most:
        last = -SPEC
    return last


@lean
def step_compound(
    data: Array, p: int, end: int, item: int, table: Array, n: int, marks: Array, begin: int, trace: Array
) -> tuple[int, int]:
    """Step over a compound item: its own field specification, then the sub-items it announces."""
    marks[n] = table[item + SLOT] << PLACE_BITS | (p - begin)
    n += 1
    children = table[item + N_CHILDREN]
    at = p
    last = last_octet(data, p, end, (children + 6) // 7, trace, begin)
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
                p, n = step_item(data, p, end, node, table, n, marks, begin, trace)
        sub += 7
        at += 1
    return p, n


@lean
def step(
    data: Array, p: int, end: int, program: int, table: Array, n: int, marks: Array, trace: Array
) -> tuple[int, int]:
    """Step over the record at `p`: (place after it or minus the reason why it is refused, marks so far).

    One way out, here and in what it calls: with several, the compiler counts references to the arrays on each call,
    which took four times as long as the work.
    """
    none = n
    begin = p
    trace[0] = 0
    at = p
    last = last_octet(data, p, end, table[program], trace, begin)
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
                p, n = step_compound(data, p, end, node, table, n, marks, begin, trace)
            else:
                p, n = step_item(data, p, end, node, table, n, marks, begin, trace)
        field += 7
        at += 1
    return (p if n > none or p < 0 else -SPEC), n
