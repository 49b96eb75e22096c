"""The kernel that turns lines into payloads: finds sentences, checks them, unpacks six-bit characters, joins parts.

NMEA 0183 / IEC 61162-1: `!ttVDM,total,number,sequence,channel,payload,fill*hh`, before it text or a tag block
`\\s:..,c:..*hh\\`, behind it `,receive time`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import inlined, kernel
from mihari.formats.ais.groups import add_part, refuse, refuse_group, remove
from mihari.formats.ais.layout import LAYOUTS
from mihari.formats.ais.state import (
    BITS,
    CHECKSUM,
    LENGTH,
    LINE_LIMIT,
    LINES,
    MESSAGES,
    OTHER,
    SENTENCES,
    STATION,
    SYNTAX,
    TAG_REFUSED,
    TOO_LONG,
    WORDS,
)
from mihari.formats.ais.tags import BACKSLASH, COMMA, STAR, hex_pair, tag_block, trailer
from mihari.formats.ais.words import (
    I64,
    NEWLINES,
    U64,
    find,
    first_bytes,
    fold,
    load,
    not_armoured,
    six_bits,
    trailing_zeros,
)

_LF, _CR, _BLANK, _ZERO = 10, 13, 32, 48
_VDM, _VDO = U64(0x2C4D4456), U64(0x2C4F4456)  # "VDM," and "VDO," with the first letter lowest
_FOUR = U64(0xFFFFFFFF)
_ONE_OF_ONE = U64(0x2C312C)  # ",1,", behind the total of 1
_CLOSING = U64(0x2A002C)  # ",f*" without the number of fill bits
_MALFORMED, _SOUND, _WRONG_SUM = 0, 1, 2


def accepted_lengths() -> Any:
    """Rows of (low, high, low, high) bits by message type; 64 and 65 are parts A and B of type 24. (66, 4)."""
    ranges = np.tile(np.array([6, 1 << 30, 1, 0], np.int64), (66, 1))  # raw types: any that tell their type
    for layout in LAYOUTS:
        row = layout.message_type if layout.part < 0 else 64 + layout.part
        ranges[row] = [*layout.lengths[0], *layout.lengths[-1]]
    return ranges


@inlined
def begins_sentence(data: Any, at: int) -> bool:
    """Whether an AIS sentence starts here: `!` or `$`, two more bytes, `VDM,` or `VDO,`."""
    word = load(data, at)
    first = I64(word & U64(255))
    if first != 33 and first != 36:
        return False
    name = (word >> U64(24)) & _FOUR
    return bool((name in (_VDM, _VDO)) and data[at + 1] >= _ZERO and data[at + 2] >= _ZERO)


@kernel
def sentence_start(data: Any, at: int, stop: int) -> int:
    """Where the first AIS sentence of a line begins, -1 if it has none."""
    while at + 8 <= stop:
        c = data[at]
        if (c == 33 or c == 36) and begins_sentence(data, at):
            return at
        at += 1
    return -1


@inlined
def unpack(data: Any, at: int, pool: Any, to: int) -> Any:
    """Payload characters from `at` on -> bits in `pool[to:]`; (number of characters, exclusive or of them)."""
    sums, current, count, word = U64(0), U64(0), 0, to
    while True:
        c = load(data, at + count)
        wrong = not_armoured(c)
        here = 8
        if wrong != U64(0):
            here = trailing_zeros(wrong) >> 3
            c = first_bytes(c, here)
            sums ^= c
            c |= U64(0x3030303030303030) & ~first_bytes(~U64(0), here)
        else:
            sums ^= c
        bits = six_bits(c)
        shift = count * 6 & 63
        current |= bits >> U64(shift)
        if shift >= 16:
            pool[word] = current
            word += 1
            current = (bits << U64(1)) << U64(63 - shift)
        count += here
        if here < 8:
            break
    pool[word] = current
    return count, sums


@inlined
def clear_beyond(pool: Any, at: int, bits: int) -> None:
    """Make the fill bits of the last word zero."""
    if bits & 63:
        pool[at + (bits >> 6)] &= ~U64(0) << U64(64 - (bits & 63))


@inlined
def sentence(data: Any, at: int, pool: Any, to: int) -> Any:
    """(verdict, end, bits, total, number, sequence, channel) of the sentence that begins at `at`."""
    bad = (_MALFORMED, at, 0, 0, 0, 0, 0)
    total, number = I64(data[at + 7]) - _ZERO, I64(data[at + 9]) - _ZERO
    p = at + 11
    if data[at + 8] != COMMA or data[at + 10] != COMMA or not 1 <= number <= total <= 9:
        return bad
    sequence = -1
    while _ZERO <= data[p] <= 57 and p < at + 13:
        sequence = max(sequence, 0) * 10 + I64(data[p]) - _ZERO
        p += 1
    if data[p] != COMMA:
        return bad
    p += 1
    channel = 0
    if data[p] != COMMA:
        channel = I64(data[p])
        p += 1
    if data[p] != COMMA or (channel <= _BLANK and channel != 0):
        return bad
    p += 1
    count, sums = unpack(data, p, pool, to)
    q = p + count
    fill = I64(data[q + 1]) - _ZERO
    if data[q] != COMMA or not 0 <= fill <= 5 or data[q + 2] != STAR:
        return bad
    told = hex_pair(data, q + 3)
    if told < 0:
        return bad
    sums ^= (load(data, at) >> U64(8)) ^ first_bytes(load(data, at + 8), p - at - 8)
    if fold(sums) ^ COMMA ^ (fill + _ZERO) != told:
        return _WRONG_SUM, q + 5, 0, 0, 0, 0, 0
    return _SOUND, q + 5, max(6 * count - fill, 0), total, number, sequence, channel


@kernel
def blame(data: Any, at: int, stop: int) -> int:
    """Why a malformed sentence is refused: its checksum if that is wrong, else its syntax."""
    star = at
    while star < stop and data[star] != STAR:
        star += 1
    if star + 3 > stop:
        return SYNTAX
    told, found = hex_pair(data, star + 1), 0
    for i in range(at + 1, star):
        found ^= I64(data[i])
    return SYNTAX if told < 0 or told == found else CHECKSUM


@inlined
def right_length(word: Any, bits: int, ranges: Any) -> bool:
    """Whether a payload beginning with `word` may have so many bits."""
    row = I64(word >> U64(58))
    if row == 24:
        part = I64(word >> U64(24)) & 3
        if part < 2:
            row = 64 + part
    return bool(ranges[row, 0] <= bits <= ranges[row, 1] or ranges[row, 2] <= bits <= ranges[row, 3])


@kernel
def plain_lines(
    data: Any,
    s: int,
    stop: int,
    ranges: Any,
    numbers: Any,
    pool: Any,
    starts: Any,
    counts: Any,
    lines: Any,
    times: Any,
    stations: Any,
    channels: Any,
    owns: Any,
    talkers: Any,
) -> int:
    """Lines that are one acceptable sentence in one part and nothing else: the bulk of every log.

    Stops at the first other line, untouched, and returns its start.
    """
    line, to, m = numbers[LINES], numbers[WORDS], numbers[MESSAGES]
    first_line = line
    while s < stop:
        word = load(data, s)
        first = word & U64(255)
        name = (word >> U64(24)) & _FOUR
        if (first != U64(33) and first != U64(36)) or (name != _VDM and name != _VDO):
            break
        after = load(data, s + 8)
        if (after & U64(0xFFFFFF)) != _ONE_OF_ONE or data[s + 7] != 49 or data[s + 1] < 48 or data[s + 2] < 48:
            break
        p = s + 11
        if data[p] != COMMA:
            p += 1
            if data[p - 1] < 48 or data[p - 1] > 57 or data[p] != COMMA:
                break
        p += 1
        channel = I64(data[p])
        if channel == COMMA:
            channel = 0
        else:
            p += 1
        if data[p] != COMMA or (channel <= _BLANK and channel != 0):
            break
        p += 1
        count, sums = unpack(data, p, pool, to)
        q = p + count
        closing = load(data, q)  # ,f*hh and the line end
        fill = I64((closing >> U64(8)) & U64(255)) - _ZERO
        if (closing & U64(0xFF00FF)) != _CLOSING or fill < 0 or fill > 5:
            break
        e = q + 5
        if data[e] == _CR:
            e += 1
        if data[e] != _LF:
            break
        sums ^= (word >> U64(8)) ^ first_bytes(after, p - s - 8) ^ (closing & U64(0xFFFF))
        if fold(sums) != hex_pair(data, q + 3):
            break
        bits = 6 * count - fill
        if e - s > LINE_LIMIT or not right_length(pool[to], bits, ranges):
            break
        clear_beyond(pool, to, bits)
        starts[m], counts[m], lines[m], times[m], stations[m] = to, bits, line, np.nan, -1
        channels[m], owns[m] = channel, name == _VDO
        talkers[m] = (word >> U64(8)) & U64(0xFFFF)
        to += (bits + 63) >> 6
        m += 1
        line += 1
        s = e + 1
    numbers[LINES], numbers[WORDS], numbers[MESSAGES] = line, to, m
    numbers[SENTENCES] += line - first_line
    return s


@kernel
def other_lines(
    data: Any,
    s: int,
    stop: int,
    base: int,
    received: float,
    ranges: Any,
    numbers: Any,
    groups: Any,
    group_times: Any,
    group_words: Any,
    slots: Any,
    names: Any,
    pool: Any,
    starts: Any,
    counts: Any,
    lines: Any,
    times: Any,
    stations: Any,
    channels: Any,
    owns: Any,
    talkers: Any,
    reasons: Any,
    refused_lines: Any,
    refused_offsets: Any,
    refused_lengths: Any,
) -> int:
    """Lines from `s` on, whatever they hold, up to one that `plain_lines` may take; its start."""
    while s < stop:
        line, to = numbers[LINES], numbers[WORDS]
        time, station, group_id, e, at = np.nan, -1, -1, -1, s
        if not begins_sentence(data, s):
            e = find(data, s, stop, NEWLINES)
            at = sentence_start(data, s, e) if e - s <= LINE_LIMIT else -1
            if at > s and data[at - 1] == BACKSLASH:
                opening = at - 2
                while opening > s and data[opening] != BACKSLASH:
                    opening -= 1
                intact = False
                if opening >= s and data[opening] == BACKSLASH:
                    intact, time, station, group_id = tag_block(data, opening + 1, at - 1, numbers, slots, names)
                if not intact:
                    numbers[TAG_REFUSED] += 1
        verdict, end, bits, total, number, sequence, channel = _MALFORMED, at, 0, 0, 0, 0, 0
        if at >= 0:
            verdict, end, bits, total, number, sequence, channel = sentence(data, at, pool, to)
        if verdict == _SOUND and data[end] == _LF:
            e = end
        elif verdict == _SOUND and data[end] == _CR and data[end + 1] == _LF:
            e = end + 1
        elif e < 0:
            e = find(data, s, stop, NEWLINES)
        length = e - s
        if length > 0 and data[e - 1] == _CR:
            length -= 1
        if e - s > LINE_LIMIT:
            refuse(
                TOO_LONG,
                line,
                base + s,
                LINE_LIMIT,
                numbers,
                reasons,
                refused_lines,
                refused_offsets,
                refused_lengths,
            )
        elif at < 0:
            if length > 0:
                numbers[OTHER] += 1
        elif verdict != _SOUND:
            numbers[SENTENCES] += 1
            reason = CHECKSUM if verdict == _WRONG_SUM else blame(data, at, s + length)
            refuse(
                reason,
                line,
                base + s,
                length,
                numbers,
                reasons,
                refused_lines,
                refused_offsets,
                refused_lengths,
            )
        else:
            numbers[SENTENCES] += 1
            clear_beyond(pool, to, bits)
            if end < s + length and data[end] == COMMA:
                later, place = trailer(data, end + 1, s + length, numbers, slots, names)
                time = later if np.isnan(time) else time
                station = place if station < 0 else station
            own = data[at + 5] == 79
            talker = I64(data[at + 1]) | I64(data[at + 2]) << 8
            row = -1
            if total > 1:
                key = (sequence + 1) | channel << 8 | talker << 16 | total << 32 | I64(own) << 40
                row = add_part(
                    number,
                    total,
                    key,
                    station,
                    group_id,
                    time,
                    received,
                    base + s,
                    length,
                    to,
                    bits,
                    pool,
                    numbers,
                    groups,
                    group_times,
                    group_words,
                    reasons,
                    refused_lines,
                    refused_offsets,
                    refused_lengths,
                )
                if row >= 0:
                    bits = groups[row, BITS]
                    for k in range((bits + 63) >> 6):
                        pool[to + k] = group_words[row, k]
                    station, time = groups[row, STATION], group_times[row, 0]
            if total == 1 or row >= 0:
                if right_length(pool[to], bits, ranges):
                    m = numbers[MESSAGES]
                    starts[m], counts[m], lines[m], times[m] = to, bits, line, time
                    stations[m], channels[m], owns[m], talkers[m] = station, channel, own, talker
                    numbers[MESSAGES] = m + 1
                    numbers[WORDS] = to + ((bits + 63) >> 6)
                elif total == 1:
                    refuse(
                        LENGTH,
                        line,
                        base + s,
                        length,
                        numbers,
                        reasons,
                        refused_lines,
                        refused_offsets,
                        refused_lengths,
                    )
                else:
                    refuse_group(
                        groups[row],
                        LENGTH,
                        numbers,
                        reasons,
                        refused_lines,
                        refused_offsets,
                        refused_lengths,
                    )
            if row >= 0:
                remove(row, numbers, groups, group_times, group_words)
        numbers[LINES] = line + 1
        s = e + 1
        if begins_sentence(data, s) and data[s + 7] == 49:
            break
    return s


@kernel
def scan(
    data: Any,
    stop: int,
    base: int,
    received: float,
    ranges: Any,
    numbers: Any,
    groups: Any,
    group_times: Any,
    group_words: Any,
    slots: Any,
    names: Any,
    pool: Any,
    starts: Any,
    counts: Any,
    lines: Any,
    times: Any,
    stations: Any,
    channels: Any,
    owns: Any,
    talkers: Any,
    reasons: Any,
    refused_lines: Any,
    refused_offsets: Any,
    refused_lengths: Any,
) -> None:
    """All lines of `data[:stop]`, which ends with a newline (16 more bytes may be read); rows are appended.

    `base` is the offset of `data[0]` in the stream; counters in `numbers` (see `state`) move on.
    """
    s = 0
    while s < stop:
        s = plain_lines(
            data, s, stop, ranges, numbers, pool, starts, counts, lines, times, stations, channels, owns, talkers,
        )  # fmt: skip
        if s < stop:
            s = other_lines(
                data, s, stop, base, received, ranges, numbers, groups, group_times, group_words, slots, names,
                pool, starts, counts, lines, times, stations, channels, owns, talkers,
                reasons, refused_lines, refused_offsets, refused_lengths,
            )  # fmt: skip
