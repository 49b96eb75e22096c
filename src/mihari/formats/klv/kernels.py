"""KLV in bytes -> where each local set and each of its items is, and the numbers of ST 0601 as columns.

`frame` finds sets by their universal key, checks length, structure and checksum, and goes on behind the next key where
one of these is wrong; `index` notes every item; `numbers` reads those that have a column. SMPTE ST 336, MISB ST 0601 6.
"""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import lean
from mihari.formats.klv.imapb import CLOSE
from mihari.formats.klv.kinds import COUNT, IMAPB, LATEST, SIGNED, TIME, UNSIGNED
from mihari.formats.klv.refused import (
    BAD_ITEM,
    CHECKSUM,
    JUNK,
    NO_CHECKSUM,
    OK,
    STRUCTURE,
    TOO_LONG,
    TRUNCATED,
    UNKNOWN_SET,
)

KEY = 16  # octets of a universal key
OTHER, ST0601, ST0903 = -1, 0, 1  # whose key it is
AT, SIZE, VALUE, WHOSE, GOOD, ITEMS = range(6)  # columns of `sets`
TAG, PLACE, LENGTH = range(3)  # columns of `items`
KIND, OCTETS, LEAST = range(3)  # columns of `shapes`
SCALE, LOW, HIGH, FACTOR, POWER = range(5)  # columns of `maps`
NEED_MORE = -1


@lean
def octet(data: Array, p: int) -> int:
    """One octet as a signed number, so that sums with it stay integers."""
    return np.int64(data[p])  # type: ignore[return-value]


@lean
def whose_key(data: Array, p: int, keys: Array) -> int:
    """Whose universal key stands at `p`: a row of `keys`, or OTHER."""
    for which in range(len(keys)):
        same = True
        for i in range(4, KEY):
            if data[p + i] != keys[which, i]:
                same = False
                break
        if same:
            return which
    return OTHER


@lean
def next_key(data: Array, p: int, end: int) -> int:
    """Where 06 0E 2B 34 or the beginning of it at the very end comes next; `end` where it does not."""
    while p < end:
        if data[p] == 0x06 and (
            (p + 1 >= end or data[p + 1] == 0x0E)
            and (p + 2 >= end or data[p + 2] == 0x2B)
            and (p + 3 >= end or data[p + 3] == 0x34)
        ):
            return p
        p += 1
    return end


@lean
def length_at(data: Array, p: int, end: int) -> tuple[int, int]:
    """(length, place after it); the place is NEED_MORE where it is cut off, the length -1 where it cannot be one."""
    if p >= end:
        return 0, NEED_MORE
    first = octet(data, p)
    if first < 0x80:
        return first, p + 1
    octets = first & 0x7F
    if octets == 0 or octets > 4:
        return -1, p + 1
    if p + 1 + octets > end:
        return 0, NEED_MORE
    length = 0
    for i in range(p + 1, p + 1 + octets):
        length = length << 8 | octet(data, i)
    return length, p + 1 + octets


@lean
def item_at(data: Array, p: int, end: int) -> tuple[int, int, int]:
    """(tag, place of the value, its length) of the item at `p`; tag -1 where it does not fit before `end`."""
    tag, octets = 0, 0
    while True:
        if p >= end or octets == 4:
            return -1, 0, 0
        tag = tag << 7 | (octet(data, p) & 0x7F)
        p += 1
        octets += 1
        if octet(data, p - 1) < 0x80:
            break
    length, p = length_at(data, p, end)
    if p == NEED_MORE or length < 0 or p + length > end:
        return -1, 0, 0
    return tag, p, length


@lean
def running_sum(data: Array, begin: int, end: int) -> int:
    """Sum of big-endian words of 16 bits, modulo 2^16: ST 0601's checksum of tag 1."""
    high, low = 0, 0
    p = begin
    while p + 1 < end:
        high += octet(data, p)
        low += octet(data, p + 1)
        p += 2
    if p < end:
        high += octet(data, p)
    return ((high << 8) + low) & 0xFFFF


@lean
def judge(data: Array, begin: int, value: int, end: int) -> tuple[int, int]:
    """(reason, number of items) of the set from `begin` (its key) to `end`, its value at `value`."""
    p, n, last_tag, last_length = value, 0, -1, 0
    while p < end:
        tag, place, length = item_at(data, p, end)
        if tag < 0:
            return STRUCTURE, n
        last_tag, last_length = tag, length
        p = place + length
        n += 1
    if last_tag != 1 or last_length != 2:
        return NO_CHECKSUM, n
    told = octet(data, end - 2) << 8 | octet(data, end - 1)
    return (OK if running_sum(data, begin, end - 2) == told else CHECKSUM), n


@lean
def look(data: Array, p: int, end: int, keys: Array, longest: int) -> tuple[int, int, int, int, int]:
    """The set at `p` (a key or its beginning): (reason, end of it, its value, whose, items); TRUNCATED without end."""
    if p + KEY > end:
        return TRUNCATED, p, p, OTHER, 0
    whose = whose_key(data, p, keys)
    if whose == OTHER:
        return UNKNOWN_SET, p + KEY, p, whose, 0
    length, value = length_at(data, p + KEY, end)
    if value == NEED_MORE:
        return TRUNCATED, p, p, whose, 0
    if length < 0 or length > longest:
        return TOO_LONG, value, p, whose, 0
    if value + length > end:
        return TRUNCATED, p, p, whose, 0
    reason, n = judge(data, p, value, value + length)
    return reason, value + length, value, whose, n


@lean
def is_taken(reason: int, strict: bool) -> bool:
    """Whether a set judged like this is kept."""
    return reason == OK or (not strict and reason in (CHECKSUM, NO_CHECKSUM))


@lean
def taken_behind(data: Array, p: int, end: int, keys: Array, longest: int, strict: bool) -> int:
    """Where the next whole set that is kept begins behind `p`; `end` if there is none."""
    p = next_key(data, p, end)
    while p < end:
        if is_taken(look(data, p, end, keys, longest)[0], strict):
            return p
        p = next_key(data, p + 4, end)
    return end


@lean
def refuse(refused: Array, n: int, offset: int, length: int, reason: int) -> int:
    """Note a refused piece; there is room for two a key."""
    refused[n, 0] = offset
    refused[n, 1] = length
    refused[n, 2] = reason
    return n + 1


@lean
def frame(
    data: Array, keys: Array, strict: bool, final: bool, longest: int, sets: Array, refused: Array
) -> tuple[int, int, int]:
    """Find all sets: (sets, refused pieces, octets dealt with); without `final` what is not whole yet is left over.

    Not `strict`: a wrong or missing checksum does not refuse a set whose items fill its length. A set that runs past
    the end is waited for, unless a whole one stands inside: then its length was wrong.
    """
    end, n, bad, known = len(data), 0, 0, 0  # known: up to here octets are accounted for
    p = next_key(data, 0, end)
    while p < end:
        reason, after, value, whose, items = look(data, p, end, keys, longest)
        behind = taken_behind(data, p + 4, end, keys, longest, strict) if reason == TRUNCATED else p
        if p > known:
            bad = refuse(refused, bad, known, p - known, JUNK)
            known = p
        if reason == TRUNCATED and behind == end and not final:
            return n, bad, p
        if is_taken(reason, strict):
            sets[n, AT], sets[n, SIZE], sets[n, VALUE] = p, after - p, value
            sets[n, WHOSE], sets[n, GOOD], sets[n, ITEMS] = whose, reason == OK, items
            n += 1
            known = after
            p = next_key(data, after, end)
        else:
            stop = behind if reason == TRUNCATED else max(after, p + 4)
            bad = refuse(refused, bad, p, stop - p, reason)
            known = max(known, stop)
            p = behind if reason == TRUNCATED else next_key(data, p + 4, end)
    if known < end:
        bad = refuse(refused, bad, known, end - known, JUNK)
    return n, bad, end


@lean
def index(data: Array, sets: Array, items: Array, first: Array) -> None:
    """Fill `items` (tag, place, length) of all sets in turn; `first[i]` is the first of set i."""
    n = 0
    for i in range(len(sets)):
        first[i] = n
        p, end = sets[i, VALUE], sets[i, AT] + sets[i, SIZE]
        for _ in range(sets[i, ITEMS]):
            tag, place, length = item_at(data, p, end)
            items[n, TAG], items[n, PLACE], items[n, LENGTH] = tag, place, length
            p = place + length
            n += 1
    first[len(sets)] = n


@lean
def mapped(map: Array, number: int, length: int) -> float:
    """ST 1201: an IMAPB number of `length` octets; NaN where it is none of the range. The same steps as `imapb`."""
    low, high = map[LOW], map[HIGH]
    steps = math.ldexp(1.0, 8 * length - 1 - int(map[POWER]))
    offset = steps * low - math.floor(steps * low) if low < 0.0 < high else 0.0
    told = np.float64(np.uint64(number))
    if told > steps * (high - low) + offset + CLOSE * steps * max(abs(low), abs(high)):
        return math.nan
    return min((told - offset) / steps + low, high) * map[FACTOR]  # type: ignore[no-any-return]


@lean
def number_of(kind: int, map: Array, number: int, length: int) -> float:
    """The value of a number read as unsigned; NaN for what is reserved."""
    if kind == UNSIGNED:
        return number * map[SCALE] + map[LOW] * map[FACTOR]  # type: ignore[no-any-return]
    if kind == COUNT:
        return number * map[FACTOR]  # type: ignore[no-any-return]
    if kind == TIME:
        return number / 1e6 if 0 <= number <= LATEST else math.nan
    if kind == IMAPB:
        return mapped(map, number, length)
    sign = 1 << (8 * length - 1)
    if number >= sign:
        number -= sign << 1
    if kind == SIGNED:
        return float(number)
    return math.nan if number == -sign else number * map[SCALE]


@lean
def numbers(
    data: Array, sets: Array, items: Array, first: Array, slot_of: Array, shapes: Array, maps: Array,
    values: Array, texts: Array, seen: Array, refused: Array, bad: int,
) -> int:  # fmt: skip
    """Fill `values` (slot, set), NaN before, from the items of ST 0601 sets; the first counts where a tag comes twice.

    Slots beyond those of `shapes` are texts: `texts` (text, set, 2) gets their places and lengths. Items whose length
    their tag does not allow are noted as BAD_ITEM; the number of refused pieces.
    """
    for i in range(len(sets)):
        if sets[i, WHOSE] != ST0601:
            continue
        for j in range(first[i], first[i + 1]):
            tag, p, length = items[j, TAG], items[j, PLACE], items[j, LENGTH]
            slot = slot_of[tag] if tag < len(slot_of) else -1
            if slot < 0 or seen[slot] == i:
                continue
            seen[slot] = i
            if slot >= len(shapes):
                texts[slot - len(shapes), i, 0], texts[slot - len(shapes), i, 1] = p, length
                continue
            if length == 0:
                continue
            kind = shapes[slot, KIND]
            if length > shapes[slot, OCTETS] or length < shapes[slot, LEAST]:
                bad = refuse(refused, bad, p, length, BAD_ITEM)
                continue
            number = 0
            for place in range(p, p + length):
                number = number << 8 | octet(data, place)
            if kind == TIME and (number < 0 or number > LATEST):
                bad = refuse(refused, bad, p, length, BAD_ITEM)
            values[slot, i] = number_of(kind, maps[slot], number, length)
    return bad
