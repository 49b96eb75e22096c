"""The kernel that finds sentences in lines, checks their sums and tells their formatter. IEC 61162-1, 7.2.

A line: anything, a tag block `\\s:RA0001,c:1700000000*hh\\`, a sentence `$ttfff,field,...*hh`, a trailing receive time.
`$` and `!` are reserved: one inside a sentence begins the next, so that a torn line costs only what is torn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel
from mihari.formats.ais.state import LINE_LIMIT, TAG_REFUSED
from mihari.formats.ais.tags import BACKSLASH, COMMA, STAR, hex_digit, tag_block, trailer
from mihari.formats.ais.words import I64

SOUND, AIS, OTHER, REMARK, SYNTAX, CHECKSUM, UNSUMMED, CHARACTERS, LENGTH, TOO_LONG = range(10)
BEGIN, BODY, STOP, LINE, LINE_START, LINE_STOP, VERDICT, FORMAT, TALKER, STATION, TAG, END = range(12)
COLUMNS = 12
PROPRIETARY = 80  # P
LETTERS = 36  # A-Z, 0-9
WITHOUT_SUM = 12  # index into `State.numbers`, behind those of AIS


@kernel
def place(c: int) -> int:
    """The number of a character of an address, -1 for none."""
    if 65 <= c <= 90:
        return c - 65
    if 48 <= c <= 57:
        return c - 22
    return -1


@kernel
def formatter_of(data: Any, at: int) -> int:
    """The three characters at `at` as a number, -1 if they are none."""
    a, b, c = place(data[at]), place(data[at + 1]), place(data[at + 2])
    if a < 0 or b < 0 or c < 0:
        return -1
    return (a * LETTERS + b) * LETTERS + c


@kernel
def opening(data: Any, at: int, stop: int) -> Any:
    """(where the next sentence of a line begins or `stop`, where the tag block before it begins or -1)."""
    tag, tag_stop = -1, -1
    while at < stop:
        c = data[at]
        if c == 36 or c == 33:
            return at, tag if tag_stop == at else -1
        if c == BACKSLASH:
            close = at + 1
            while close < stop and data[close] != BACKSLASH:
                close += 1
            if close < stop:
                tag, tag_stop, at = at, close + 1, close
        at += 1
    return stop, -1


@kernel
def judge(data: Any, at: int, stop: int, known: Any, longest: int) -> Any:
    """(verdict, formatter, end of the fields, end of the sentence) of what begins at `at`."""
    if stop - at < 7:
        return SYNTAX, -1, at + 1, at + 1
    found = formatter_of(data, at + 3)
    verdict, which = OTHER, -1
    if data[at + 1] == PROPRIETARY:
        if place(data[at + 2]) < 0:
            verdict = SYNTAX
    elif found < 0 or place(data[at + 1]) < 0 or place(data[at + 2]) < 0:
        verdict = SYNTAX
    elif data[at + 6] == COMMA or data[at + 6] == STAR:
        which = known[found]
        if which == -2:
            return AIS, -1, stop, stop
        verdict = SOUND if which >= 0 else OTHER
    else:
        verdict = SYNTAX
    sums, p, strange = 0, at + 1, False
    while p < stop:
        c = data[p]
        if c == STAR or c == 36 or c == 33:
            break
        strange |= c < 32 or c > 126
        sums ^= c
        p += 1
    if p == stop or data[p] != STAR:
        return (SYNTAX if p < stop or verdict == SYNTAX else CHARACTERS if strange else UNSUMMED), which, p, p
    high = hex_digit(data[p + 1]) if p + 1 < stop else -1
    if high < 0:
        return SYNTAX, which, p, p + 1
    low, end = hex_digit(data[p + 2]) if p + 2 < stop else -1, p + 2
    told = high
    if low >= 0:
        told, end = high * 16 + low, p + 3
    if told != sums:
        return CHECKSUM, which, p, end
    if end < stop and (place(data[end]) >= 0 or hex_digit(data[end]) >= 0):
        return SYNTAX, which, p, end
    if strange:
        return CHARACTERS, which, p, end
    if end - at > longest:
        return LENGTH, which, p, end
    return verdict, which, p, end


@kernel
def scan(
    data: Any, stop: int, first_line: int, known: Any, longest: int, summed: bool, numbers: Any, slots: Any,
    names: Any, rows: Any, times: Any,
) -> Any:  # fmt: skip
    """(rows filled, lines) of `data[:stop]`, which ends with a newline; one row for each sentence or remark.

    `known`: formatter number -> index, -1 unknown, -2 AIS; `summed`: whether a sentence must have a checksum.
    """
    s, line, n = 0, first_line, 0
    while s < stop:
        e = s
        while data[e] != 10:
            e += 1
        last = e
        while last > s and (data[last - 1] == 13 or data[last - 1] == 32):
            last -= 1
        if e - s > LINE_LIMIT:
            rows[n, VERDICT], rows[n, BEGIN], rows[n, END], rows[n, LINE] = TOO_LONG, s, s + LINE_LIMIT, line
            n, last = n + 1, s
        at, tag = opening(data, s, last)
        if at == last and last > s:
            rows[n, VERDICT], rows[n, BEGIN], rows[n, END], rows[n, LINE] = REMARK, s, last, line
            n += 1
        while at < last:
            verdict, which, fields_stop, end = judge(data, at, last, known, longest)
            if verdict == UNSUMMED and not summed:
                verdict = SOUND if which >= 0 else OTHER
                numbers[WITHOUT_SUM] += 1
            time, station = np.nan, -1
            if tag >= 0:
                intact, time, station, _ = tag_block(data, tag + 1, at - 1, numbers, slots, names)
                if not intact:
                    numbers[TAG_REFUSED] += 1
                    tag = -1
            following, following_tag = opening(data, end, last)
            if verdict <= OTHER and end < last and data[end] == COMMA:
                later, place_ = trailer(data, end + 1, following, numbers, slots, names)
                time = later if np.isnan(time) else time
                station = place_ if station < 0 else station
            rows[n, BEGIN], rows[n, BODY], rows[n, STOP], rows[n, END] = at, at + 6, fields_stop, end
            rows[n, LINE], rows[n, LINE_START], rows[n, LINE_STOP] = line, s, last
            rows[n, VERDICT], rows[n, FORMAT], rows[n, STATION], rows[n, TAG] = verdict, which, station, tag
            rows[n, TALKER] = I64(data[at + 1]) | I64(data[at + 2]) << 8
            times[n] = time
            n += 1
            at, tag = following, following_tag
        line += 1
        s = e + 1
    return n, line - first_line
