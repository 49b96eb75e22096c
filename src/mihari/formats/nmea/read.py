"""The kernel that turns the fields of sentences of one formatter into columns of numbers, codes and places of texts.

Every field is stripped of blanks first; an empty one is absent. IEC 61162-1, 7.2.3.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel
from mihari.formats.ais.tags import COMMA, DASH, DOT, hex_digit

GOOD, FIELD, FIELDS = 0, 1, 2  # verdicts
NUMBER, INTEGER, HEX, TIME, DATE, LATITUDE, LONGITUDE, EASTERLY, CODE, FIXED, TEXT, ALERTS = range(12)
KIND, SLOT, LOW, HIGH = range(4)  # columns of a specification; the masks of the letters 0-63 and 64-127
DIGITS = 18  # most digits of a number: what an int64 holds
TENS = 10.0 ** np.arange(20)
DAY_S = 86400.0
_NONE = -1e300  # what `number_of` and the others say of bytes that are none


@kernel
def number_of(data: Any, a: int, b: int, dotted: bool) -> float:
    """The decimal number in [a, b), with a point only if `dotted`; `_NONE` if it is none. Right to the last bit."""
    negative = data[a] == DASH
    if negative or data[a] == 43:
        a += 1
    mantissa, digits, point = 0, 0, -1
    for i in range(a, b):
        c = data[i]
        if 48 <= c <= 57:
            mantissa = mantissa * 10 + (c - 48)
            digits += 1
        elif c == DOT and dotted and point < 0:
            point = i
        else:
            return _NONE
    if digits == 0 or digits > DIGITS:
        return _NONE
    value = float(mantissa)
    if point >= 0:
        value /= TENS[b - point - 1]
    return -value if negative else value


@kernel
def hex_of(data: Any, a: int, b: int) -> float:
    """The number that one or two hexadecimal digits tell."""
    value = 0
    for i in range(a, b):
        digit = hex_digit(data[i])
        if digit < 0:
            return _NONE
        value = value * 16 + digit
    return float(value) if b - a <= 2 else _NONE


@kernel
def two_digits(data: Any, at: int) -> int:
    """The number of two digits, -1000 if they are none."""
    high, low = data[at] - 48, data[at + 1] - 48
    return high * 10 + low if 0 <= high <= 9 and 0 <= low <= 9 else -1000


@kernel
def time_of_day(data: Any, a: int, b: int) -> float:
    """Seconds since midnight of `hhmmss.ss`; a leap second is 86,400 and more."""
    if b - a < 6 or (b - a > 6 and data[a + 6] != DOT):
        return _NONE
    hour, minute = two_digits(data, a), two_digits(data, a + 2)
    whole = two_digits(data, a + 4)
    second = number_of(data, a + 4, b, True)
    if hour < 0 or minute < 0 or whole < 0 or second == _NONE or hour > 23 or minute > 59:
        return _NONE
    if second >= 61.0 or (second >= 60.0 and (hour != 23 or minute != 59)):
        return _NONE
    return hour * 3600.0 + minute * 60.0 + second


@kernel
def days_before(year: int, month: int) -> int:
    """Days from 1970-01-01 to the first of a month (Gregorian calendar, years from 1970)."""
    y = year if month > 2 else year - 1
    m = month - 3 if month > 2 else month + 9
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 - 719468


@kernel
def date_of(data: Any, a: int, b: int) -> float:
    """UTC seconds of the midnight of `ddmmyy`."""
    if b - a != 6:
        return _NONE
    day, month, year = two_digits(data, a), two_digits(data, a + 2), two_digits(data, a + 4)
    if day < 1 or not 1 <= month <= 12 or year < 0:
        return _NONE
    year += 1900 if year >= 80 else 2000
    first = days_before(year, month)
    following = days_before(year, month + 1) if month < 12 else days_before(year + 1, 1)
    return (first + day - 1) * DAY_S if day <= following - first else _NONE


@kernel
def angle_of(data: Any, a: int, b: int, whole: int, limit: float) -> float:
    """Degrees of `dddmm.mm`, where `whole` digits may stand for the degrees."""
    dot = a
    while dot < b and data[dot] != DOT:
        dot += 1
    if dot - a < 3 or dot - a > whole + 2 or not 48 <= data[a] <= 57:
        return _NONE
    degrees, minutes = number_of(data, a, dot - 2, False), number_of(data, dot - 2, b, True)
    if degrees == _NONE or not 0.0 <= minutes < 60.0 or data[dot - 2] < 48:
        return _NONE
    value = degrees + minutes / 60.0
    return value if value <= limit else _NONE


@kernel
def stripped(data: Any, a: int, b: int) -> Any:
    """[a, b) without blanks at its ends."""
    while a < b and data[a] == 32:
        a += 1
    while a < b and data[b - 1] == 32:
        b -= 1
    return a, b


@kernel
def field_end(data: Any, at: int, stop: int) -> int:
    """The next comma or the end."""
    while at < stop and data[at] != COMMA:
        at += 1
    return at


@kernel
def letter_of(data: Any, a: int, b: int, low: int, high: int) -> int:
    """The one character of a field, 0 for an empty one, -1 for more or one that is not in the masks (0, 0: any)."""
    if a == b:
        return 0
    c = data[a]
    if b - a > 1:
        return -1
    mask = low if c < 64 else high
    allowed = (low == 0 and high == 0) or (mask >> (c & 63)) & 1 == 1
    return int(c) if allowed else -1


@kernel
def alerts_hold(data: Any, at: int, stop: int) -> bool:
    """Whether the fields from `at` on are entries of a text and three whole numbers."""
    count = 0
    while at <= stop:
        end = field_end(data, at, stop)
        a, b = stripped(data, at, end)
        if count % 4 > 0 and b > a and number_of(data, a, b, False) == _NONE:
            return False
        count += 1
        at = end + 1
    return count % 4 == 0


@kernel
def numeric(data: Any, a: int, b: int, kind: int) -> float:
    """The value of a field that is one number."""
    if kind == NUMBER:
        return number_of(data, a, b, True)
    if kind == INTEGER:
        return number_of(data, a, b, False)
    if kind == TIME:
        return time_of_day(data, a, b)
    if kind == DATE:
        return date_of(data, a, b)
    if kind == LATITUDE:
        return angle_of(data, a, b, 2, 90.0)
    if kind == LONGITUDE:
        return angle_of(data, a, b, 3, 180.0)
    return hex_of(data, a, b) if kind == HEX else number_of(data, a, b, True)


@kernel
def read(
    data: Any, starts: Any, stops: Any, spec: Any, least: int, numbers: Any, codes: Any, spans: Any, verdicts: Any
) -> None:
    """All fields of the sentences whose fields lie in [starts, stops), each of which begins with a comma.

    `spec`: (fields, 4); `numbers`: (fields, n) f8; `codes`: (fields, n) u1; `spans`: (fields, n, 2) starts and ends.
    """
    for i in range(len(starts)):
        at, stop, count = starts[i] + 1, stops[i], 0
        verdict = GOOD
        for k in range(len(spec)):
            kind, slot = spec[k, KIND], spec[k, SLOT]
            present = at <= stop
            a, b, end = stop, stop, stop
            if present:
                end = stop if kind == ALERTS else field_end(data, at, stop)
                a, b = stripped(data, at, end)
                count += 1
            if kind <= EASTERLY:
                value = np.nan
                if b > a:
                    value = numeric(data, a, b, kind)
                    if value == _NONE:
                        verdict = FIELD
                if kind >= LATITUDE and present:
                    at = end + 1
                    end = field_end(data, at, stop) if at <= stop else stop
                    count += at <= stop
                    c, d = stripped(data, min(at, stop), end)
                    letter = letter_of(data, c, d, spec[k, LOW], spec[k, HIGH])
                    if letter < 0 or (b > a and letter == 0):
                        verdict = FIELD
                    elif letter == 83 or letter == 87:  # S, W
                        value = -value
                numbers[slot, i] = value
            elif kind in (CODE, FIXED):
                letter = letter_of(data, a, b, spec[k, LOW], spec[k, HIGH])
                if letter < 0:
                    verdict = FIELD
                elif kind == CODE:
                    codes[slot, i] = letter
            else:
                spans[slot, i, 0], spans[slot, i, 1] = a, b
                if kind == ALERTS and present and not alerts_hold(data, at, stop):
                    verdict = FIELD
            if present:
                at = end + 1
        verdicts[i] = FIELDS if count < least else verdict


@kernel
def copy_texts(data: Any, spans: Any, out: Any) -> None:
    """Write the bytes of [start, end) of each row into `out` (n, width), which is zero."""
    for i in range(len(spans)):
        a = spans[i, 0]
        for j in range(spans[i, 1] - a):
            out[i, j] = data[a + j]
