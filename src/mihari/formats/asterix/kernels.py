"""Bytes -> columns: one pass that checks and counts, one that cuts every value out. EUROCONTROL-SPEC-0149 part 1.

Both passes step over a record with the same code, driven by the tables of `program.py`. Values are cut a slot at a
time from a small buffer of words, so that the inner loops run over contiguous memory.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel

WORDS = 256  # words of a slot held before they are cut into columns: all slots of a category stay in the L2 cache
TRUNCATED, BAD_LENGTH, UNKNOWN_CATEGORY, TRAILING, SPEC = 1, 2, 3, 4, 5
FIXED, EXTENDED, REPETITIVE, REPETITIVE_FX, COMPOUND, EXPLICIT = 0, 1, 2, 3, 4, 5


@kernel
def read_word(data: Array, start: int, length: int) -> int:
    """Up to 8 octets as one big-endian number."""
    word = np.uint64(0)
    for i in range(start, start + length):
        word = (word << np.uint64(8)) | np.uint64(data[i])
    return word  # type: ignore[return-value]


@kernel
def cut(slot: int, begin: int, state: Array, slots: Array, leaves: Array, starts: Array, words: Array,
        u1: Array, u2: Array, u4: Array, u8: Array) -> None:  # fmt: skip
    """Cut the buffered words of a slot into its columns. `state`: cursor, cut so far; `begin`: the slot's first row."""
    n = state[slot, 0] - state[slot, 1]
    done = state[slot, 1] - begin
    first = slots[slot, 2]
    for leaf in range(first, first + slots[slot, 3]):
        shift = np.uint64(leaves[leaf, 0])
        bits = leaves[leaf, 1]
        mask = np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - bits)
        sign = np.uint64(leaves[leaf, 2]) << np.uint64(bits - 1)
        octets = leaves[leaf, 3]
        start = starts[leaf] + done
        if octets == 1:
            for i in range(n):
                u1[start + i] = np.uint8((((words[slot, i] >> shift) & mask) ^ sign) - sign)
        elif octets == 2:
            for i in range(n):
                u2[start + i] = np.uint16((((words[slot, i] >> shift) & mask) ^ sign) - sign)
        elif octets == 4:
            for i in range(n):
                u4[start + i] = np.uint32((((words[slot, i] >> shift) & mask) ^ sign) - sign)
        else:
            for i in range(n):
                u8[start + i] = (((words[slot, i] >> shift) & mask) ^ sign) - sign
    state[slot, 1] = state[slot, 0]


@kernel
def step(data: Array, p: int, end: int, program: int, row: int, delta: int, counts: Array,
         frn: Array, octets: Array, nodes: Array, children: Array, slots: Array, leaves: Array,
         begins: Array, state: Array, words: Array, rows: Array, starts: Array,
         u1: Array, u2: Array, u4: Array, u8: Array) -> int:  # fmt: skip
    """Step over one record from `p`; the place after it, or minus the reason why it is refused.

    `delta` 1 counts the slots met, -1 takes them back, 0 stores their words.
    """
    fields = np.uint64(0)
    n_octets = 0
    more = True
    while more:
        if p >= end:
            return -TRUNCATED
        if n_octets == octets[program]:
            return -SPEC
        fields |= np.uint64(data[p] >> 1) << np.uint64(57 - 7 * n_octets)
        more = data[p] & 1 == 1
        n_octets += 1
        p += 1
    if fields == 0:
        return -SPEC
    pending = np.empty(64, np.int32)
    place = 0
    while fields != 0:
        place += 1
        here = fields >> np.uint64(63)
        fields = fields << np.uint64(1)
        if here == 0:
            continue
        item = frn[program, place]
        if item < 0:
            return -SPEC
        n_pending = 1
        pending[0] = item
        if nodes[item, 0] == COMPOUND:
            n_pending = 0
            primary = 0
            more = True
            while more:
                if p >= end:
                    return -TRUNCATED
                bits = data[p]
                for k in range(7):
                    if bits & (0x80 >> k):
                        sub = 7 * primary + k
                        if sub >= nodes[item, 5]:
                            return -SPEC
                        node = children[nodes[item, 4] + sub]
                        if node < 0:
                            return -SPEC
                        pending[n_pending] = node
                        n_pending += 1
                more = bits & 1 == 1
                primary += 1
                p += 1
                if more and 7 * primary >= nodes[item, 5]:
                    return -SPEC
            slot = nodes[item, 2]
            if delta != 0:
                counts[slot] += delta
            else:
                c = state[slot, 0]
                rows[c] = row
                words[slot, c - state[slot, 1]] = primary
                state[slot, 0] = c + 1
                if c + 1 - state[slot, 1] == WORDS:
                    cut(slot, begins[slot], state, slots, leaves, starts, words, u1, u2, u4, u8)
        for k in range(n_pending):
            node = pending[k]
            kind = nodes[node, 0]
            if kind == EXPLICIT:
                if p >= end:
                    return -TRUNCATED
                size = int(data[p])
                if size == 0:
                    return -BAD_LENGTH
                if p + size > end:
                    return -TRUNCATED
                slot = nodes[node, 2]
                if delta != 0:
                    counts[slot] += delta
                else:
                    c = state[slot, 0]
                    rows[c] = row
                    words[slot, c - state[slot, 1]] = np.uint64((p + 1) << 8) | np.uint64(size - 1)
                    state[slot, 0] = c + 1
                    if c + 1 - state[slot, 1] == WORDS:
                        cut(slot, begins[slot], state, slots, leaves, starts, words, u1, u2, u4, u8)
                p += size
                continue
            times = 1
            part = node
            if kind != FIXED:
                part = children[nodes[node, 4]]
                if kind == REPETITIVE:
                    width = nodes[node, 6]
                    if p + width > end:
                        return -TRUNCATED
                    times = int(read_word(data, p, width))
                    p += width
                    slot = nodes[node, 2]
                    if delta != 0:
                        counts[slot] += delta
                    else:
                        c = state[slot, 0]
                        rows[c] = row
                        words[slot, c - state[slot, 1]] = times
                        state[slot, 0] = c + 1
                        if c + 1 - state[slot, 1] == WORDS:
                            cut(slot, begins[slot], state, slots, leaves, starts, words, u1, u2, u4, u8)
            i = 0
            while i < times:
                length = nodes[part, 1]
                if p + length > end:
                    return -TRUNCATED
                first = nodes[part, 2]
                for slot in range(first, first + nodes[part, 3]):
                    if delta != 0:
                        counts[slot] += delta
                    else:
                        c = state[slot, 0]
                        rows[c] = row
                        words[slot, c - state[slot, 1]] = read_word(data, p + slots[slot, 0], slots[slot, 1])
                        state[slot, 0] = c + 1
                        if c + 1 - state[slot, 1] == WORDS:
                            cut(slot, begins[slot], state, slots, leaves, starts, words, u1, u2, u4, u8)
                p += length
                i += 1
                if kind in (EXTENDED, REPETITIVE_FX) and data[p - 1] & 1:
                    times += 1
                    if kind == EXTENDED:
                        if i >= nodes[node, 5]:
                            return -SPEC
                        part = children[nodes[node, 4] + i]
    return p


@kernel
def source_of(data: Array, p: int, end: int) -> int:
    """SAC << 8 | SIC of the record at `p` when its first item (010) is there, else -1."""
    if p >= end or data[p] & 0x80 == 0:
        return -1
    while p < end and data[p] & 1:
        p += 1
    return int(data[p + 1]) << 8 | int(data[p + 2]) if p + 2 < end else -1


@kernel
def scan(data: Array, datagrams: Array, default: Array, overrides: Array, counts: Array,
         frn: Array, octets: Array, nodes: Array, children: Array, slots: Array, leaves: Array,
         found: tuple[Array, ...], errors: Array, reasons: Array, others: Array,
         totals: Array) -> int:  # fmt: skip
    """Find every record, refuse what is broken, count what each slot will hold. -1: the record columns are too short.

    `datagrams`: (n + 1,) where each begins; `default`: (256,) program of a category; `overrides`: (m, 3) category,
    source, program; `errors`: (datagram, category, offset, reason) and `others`: (datagram, category, offset,
    octets), both cut off at their length while `totals` (errors, others, blocks) go on.
    """
    u1 = np.empty(0, np.uint8)
    u2 = np.empty(0, np.uint16)
    u4 = np.empty(0, np.uint32)
    u8 = np.empty(0, np.uint64)
    none = np.empty(0, np.int64)
    none2 = np.empty((0, 2), np.int64)
    words = np.empty((0, 0), np.uint64)
    rows = np.empty(0, np.int32)
    at, of_datagram, of_block, of_program, of_row, fields, field_octets = found
    per_program = np.zeros(len(octets), np.int64)
    n = 0
    for datagram in range(len(datagrams) - 1):
        p = datagrams[datagram]
        end = datagrams[datagram + 1]
        while p < end:
            category = np.int64(data[p])
            reason = 0
            bad = p
            length = np.int64(0)
            if p + 3 > end:
                reason = TRAILING
                length = end - p
            else:
                length = (np.int64(data[p + 1]) << 8) | np.int64(data[p + 2])
                if length < 3:
                    reason = BAD_LENGTH
                    length = end - p
                elif p + length > end:
                    reason = TRUNCATED
                    length = end - p
            if reason == 0 and default[category] < 0:
                if totals[1] < len(others):
                    others[totals[1], 0] = datagram
                    others[totals[1], 1] = category
                    others[totals[1], 2] = p
                    others[totals[1], 3] = length
                totals[1] += 1
                reason = UNKNOWN_CATEGORY
            if reason == 0:
                if length == 3:
                    reason = BAD_LENGTH
                q = p + 3
                block_end = p + length
                while q < block_end:
                    program = default[category]
                    if len(overrides) > 0:
                        source = source_of(data, q, block_end)
                        for i in range(len(overrides)):
                            if overrides[i, 0] == category and overrides[i, 1] == source:
                                program = overrides[i, 2]
                    if n == len(at):
                        return -1
                    after = step(data, q, block_end, program, 0, 1, counts, frn, octets, nodes, children,
                                 slots, leaves, none, none2, words, rows, none, u1, u2, u4, u8)  # fmt: skip
                    if after < 0:
                        step(data, q, block_end, program, 0, -1, counts, frn, octets, nodes, children,
                             slots, leaves, none, none2, words, rows, none, u1, u2, u4, u8)  # fmt: skip
                        reason = -after
                        bad = q
                        break
                    at[n] = q
                    of_datagram[n] = datagram
                    of_block[n] = totals[2]
                    of_program[n] = program
                    of_row[n] = per_program[program]
                    per_program[program] += 1
                    m = 0
                    bits = np.uint64(0)
                    while True:
                        bits |= np.uint64(data[q + m] >> 1) << np.uint64(57 - 7 * m)
                        m += 1
                        if data[q + m - 1] & 1 == 0:
                            break
                    fields[n] = bits
                    field_octets[n] = m
                    n += 1
                    q = after
                totals[2] += 1
            if reason > 0:
                reasons[reason] += 1
                if totals[0] < len(errors):
                    errors[totals[0], 0] = datagram
                    errors[totals[0], 1] = category
                    errors[totals[0], 2] = bad
                    errors[totals[0], 3] = reason
                totals[0] += 1
            p += length
    return n


@kernel
def fill(data: Array, at: Array, of_program: Array, of_row: Array,
         frn: Array, octets: Array, nodes: Array, children: Array, slots: Array, leaves: Array,
         begins: Array, rows: Array, starts: Array, u1: Array, u2: Array, u4: Array, u8: Array) -> None:  # fmt: skip
    """Cut every value of the records that `scan` accepted. `begins`: (slots,) where a slot's rows start in `rows`;
    `starts`: (leaves,) where a leaf's column starts in the arena of its width."""
    counts = np.empty(0, np.int64)
    state = np.empty((len(begins), 2), np.int64)
    state[:, 0] = begins
    state[:, 1] = begins
    words = np.empty((len(begins), WORDS), np.uint64)
    end = len(data)
    for i in range(len(at)):
        step(data, at[i], end, of_program[i], of_row[i], 0, counts, frn, octets, nodes, children,
             slots, leaves, begins, state, words, rows, starts, u1, u2, u4, u8)  # fmt: skip
    for slot in range(len(begins)):
        cut(slot, begins[slot], state, slots, leaves, starts, words, u1, u2, u4, u8)
