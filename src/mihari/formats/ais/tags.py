"""Kernels for what surrounds a sentence: tag blocks, receive times, station names. NMEA 0183 4.10, section 7."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel
from mihari.formats.ais.state import LAST_STATION, SLOTS, STATION_COUNT, STATION_LENGTH, STATIONS
from mihari.formats.ais.words import I64

COMMA, COLON, STAR, BACKSLASH, DOT, DASH = 44, 58, 42, 92, 46, 45
_MILLISECONDS = 1e11  # s would be the year 5138


@kernel
def hex_digit(c: int) -> int:
    """The value of a hexadecimal digit of either case, -1 for another byte."""
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70:
        return c - 55
    if 97 <= c <= 102:
        return c - 87
    return -1


@kernel
def hex_pair(data: Any, at: int) -> int:
    """The value of two hexadecimal digits, -1 if they are none."""
    high, low = hex_digit(I64(data[at])), hex_digit(I64(data[at + 1]))
    if high < 0 or low < 0:
        return -1
    return high * 16 + low


@kernel
def time_of(data: Any, start: int, stop: int) -> float:
    """UTC seconds from digits with an optional fraction, in s or ms; NaN if they are none."""
    whole, fraction, scale, digits = 0.0, 0.0, 1.0, 0
    dotted = False
    for i in range(start, stop):
        c = I64(data[i])
        if c == DOT and not dotted:
            dotted = True
        elif c < 48 or c > 57:
            return np.nan
        elif dotted:
            scale *= 0.1
            fraction += scale * (c - 48)
        else:
            whole = 10.0 * whole + (c - 48)
            digits += 1
    if digits < 9 or digits > 14:
        return np.nan
    if whole >= _MILLISECONDS:
        return (whole + fraction) / 1000.0
    return whole + fraction


@kernel
def station_of(data: Any, start: int, stop: int, numbers: Any, slots: Any, names: Any) -> int:
    """The index of a station's name, new names are added; -1 for an empty one or when the list is full."""
    length = min(stop - start, STATION_LENGTH)
    if length <= 0:
        return -1
    last: int = numbers[LAST_STATION]
    if last >= 0 and same_name(data, start, length, names, last):
        return last
    hashed = np.int64(5381)
    for i in range(start, start + length):
        hashed = (hashed * 33 + I64(data[i])) & 0x3FFFFFFF
    slot = hashed % SLOTS
    while slots[slot] >= 0:
        if same_name(data, start, length, names, I64(slots[slot])):
            numbers[LAST_STATION] = slots[slot]
            return I64(slots[slot])
        slot = (slot + 1) % SLOTS
    index: int = numbers[STATION_COUNT]
    if index >= STATIONS:
        return -1
    slots[slot] = index
    names[index, 0] = length
    for i in range(length):
        names[index, 1 + i] = data[start + i]
    numbers[STATION_COUNT] = index + 1
    numbers[LAST_STATION] = index
    return index


@kernel
def same_name(data: Any, start: int, length: int, names: Any, index: int) -> bool:
    """Whether the bytes from `start` are the name with that index."""
    if names[index, 0] != length:
        return False
    for i in range(length):  # noqa: SIM110 (a loop compiles, a generator does not)
        if names[index, 1 + i] != data[start + i]:
            return False
    return True


@kernel
def tag_block(data: Any, start: int, stop: int, numbers: Any, slots: Any, names: Any) -> Any:
    """(intact, time, station, group id) of a tag block `CONTENT*hh` (or `*h`) in [start, stop); backslashes excluded.

    The group id is the last number of `g:1-2-1234`, -1 without one; `s` and `c` as in the standard.
    """
    star = stop - 3 if stop - start >= 3 and data[stop - 3] == STAR else stop - 2  # some write *7 for *07
    if star < start or data[star] != STAR:
        return False, np.nan, -1, -1
    told = hex_pair(data, star + 1) if stop - star == 3 else hex_digit(I64(data[star + 1]))
    checksum = 0
    for i in range(start, star):
        checksum ^= I64(data[i])
    if told != checksum:
        return False, np.nan, -1, -1
    time, station, group = np.nan, -1, -1
    at = start
    while at < star:
        end = at
        while end < star and data[end] != COMMA:
            end += 1
        if end > at + 1 and data[at + 1] == COLON:
            if data[at] == 99:  # c
                time = time_of(data, at + 2, end)
            elif data[at] == 115:  # s
                station = station_of(data, at + 2, end, numbers, slots, names)
            elif data[at] == 103:  # g
                group = last_number(data, at + 2, end)
        at = end + 1
    return True, time, station, group


@kernel
def last_number(data: Any, start: int, stop: int) -> int:
    """The digits behind the second dash of `1-2-1234`, -1 if they are none."""
    dashes, number = 0, -1
    for i in range(start, stop):
        c = I64(data[i])
        if c == DASH:
            dashes += 1
        elif c < 48 or c > 57:
            return -1
        elif dashes == 2:
            number = max(number, 0) * 10 + (c - 48)
            if number > 1 << 40:
                return -1
    return number


@kernel
def trailer(data: Any, start: int, stop: int, numbers: Any, slots: Any, names: Any) -> Any:
    """(time, station) of the comma separated fields behind the checksum: receive time in s or ms, USCG station.

    Of several times the first is the receiver's own; the station is the field `r...` or `b...` of the USCG format.
    """
    time, station = np.nan, -1
    at = start
    while at < stop:
        end = at
        while end < stop and data[end] != COMMA:
            end += 1
        if np.isnan(time):
            time = time_of(data, at, end)
        if station < 0 and end > at + 3 and (data[at] == 114 or data[at] == 98):
            station = station_of(data, at, end, numbers, slots, names)
        at = end + 1
    return time, station
