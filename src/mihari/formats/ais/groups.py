"""Kernels that put multi-part messages together, in order, within bounds. IEC 61162-1, VDM and VDO sentences.

Parts belong together when talker, formatter, channel, sequence number and total agree, and so do the group id of the
tag block and the station where both parts tell them. Part 1 starts anew; a part out of order is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.kernels import kernel
from mihari.formats.ais.state import (
    BITS,
    FIRST_LINE,
    GROUP_BITS,
    GROUP_ID,
    GROUP_LINES,
    GROUP_SECONDS,
    GROUPS,
    INCOMPLETE,
    KEY,
    LENGTH,
    LENGTH_OF,
    LINE_OF,
    LINES,
    OFFSET_OF,
    OPEN,
    PARTS_SEEN,
    REFUSED,
    STATION,
)

WAITS, DONE = 0, 1


@kernel
def refuse(
    reason: int,
    line: int,
    offset: int,
    length: int,
    numbers: Any,
    reasons: Any,
    lines: Any,
    offsets: Any,
    lengths: Any,
) -> None:
    """One more row of refused sentences."""
    row = numbers[REFUSED]
    reasons[row], lines[row], offsets[row], lengths[row] = reason, line, offset, length
    numbers[REFUSED] = row + 1


@kernel
def refuse_group(group: Any, reason: int, numbers: Any, reasons: Any, lines: Any, offsets: Any, lengths: Any) -> None:
    """Refuse every sentence that a group holds."""
    for part in range(group[PARTS_SEEN]):
        refuse(
            reason,
            group[LINE_OF + part],
            group[OFFSET_OF + part],
            group[LENGTH_OF + part],
            numbers,
            reasons,
            lines,
            offsets,
            lengths,
        )


@kernel
def remove(index: int, numbers: Any, groups: Any, group_times: Any, group_words: Any) -> None:
    """Close a group; the others stay in order of age."""
    for row in range(index, numbers[OPEN] - 1):
        groups[row] = groups[row + 1]
        group_times[row] = group_times[row + 1]
        group_words[row] = group_words[row + 1]
    numbers[OPEN] -= 1


@kernel
def expired(group: Any, times: Any, line: int, time: float, received: float) -> bool:
    """Whether a group is too old to be continued: by lines, by the times in the data, by the clock of receipt."""
    if line - group[FIRST_LINE] > GROUP_LINES:
        return True
    return bool(time - times[0] > GROUP_SECONDS or received - times[1] > GROUP_SECONDS)


@kernel
def matching(key: int, seen: int, station: int, group_id: int, numbers: Any, groups: Any) -> int:
    """The newest open group that these marks fit and that holds `seen` parts (-1: any number), -1 if there is none."""
    for row in range(numbers[OPEN] - 1, -1, -1):
        group = groups[row]
        if group[KEY] != key or (seen >= 0 and group[PARTS_SEEN] != seen):
            continue
        if group_id >= 0 and group[GROUP_ID] >= 0 and group[GROUP_ID] != group_id:
            continue
        if station >= 0 and group[STATION] >= 0 and group[STATION] != station:
            continue
        return row
    return -1


@kernel
def append(words: Any, used: int, pool: Any, at: int, bits: int) -> None:
    """Put `bits` bits from `pool[at]` behind the `used` bits of `words`, which are zero from there on."""
    shift = np.uint64(used & 63)
    for k in range((bits + 63) >> 6):
        word = pool[at + k]
        to = (used >> 6) + k
        words[to] |= word >> shift
        words[to + 1] = (word << np.uint64(1)) << (np.uint64(63) - shift)


@kernel
def add_part(
    number: int,
    total: int,
    key: int,
    station: int,
    group_id: int,
    time: float,
    received: float,
    offset: int,
    length: int,
    at: int,
    bits: int,
    pool: Any,
    numbers: Any,
    groups: Any,
    group_times: Any,
    group_words: Any,
    reasons: Any,
    lines: Any,
    offsets: Any,
    lengths: Any,
) -> int:
    """Take in one part; the index of its group if that is now complete, else -1."""
    line = numbers[LINES]
    while numbers[OPEN] > 0 and expired(groups[0], group_times[0], line, time, received):
        refuse_group(groups[0], INCOMPLETE, numbers, reasons, lines, offsets, lengths)
        remove(0, numbers, groups, group_times, group_words)
    if number == 1:
        row = matching(key, -1, station, group_id, numbers, groups)
        if row < 0 and numbers[OPEN] == GROUPS:
            row = 0
        if row >= 0:
            refuse_group(groups[row], INCOMPLETE, numbers, reasons, lines, offsets, lengths)
            remove(row, numbers, groups, group_times, group_words)
        row = numbers[OPEN]
        numbers[OPEN] = row + 1
        group = groups[row]
        group[KEY], group[PARTS_SEEN], group[BITS] = key, 0, 0
        group[GROUP_ID], group[STATION], group[FIRST_LINE] = group_id, station, line
        group_times[row, 0], group_times[row, 1] = time, received
        group_words[row] = np.uint64(0)
    else:
        row = matching(key, number - 1, station, group_id, numbers, groups)
        if row < 0 or expired(groups[row], group_times[row], line, time, received):
            refuse(INCOMPLETE, line, offset, length, numbers, reasons, lines, offsets, lengths)
            return -1
    group = groups[row]
    group[LINE_OF + number - 1], group[OFFSET_OF + number - 1] = line, offset
    group[LENGTH_OF + number - 1], group[PARTS_SEEN] = length, number
    if group[BITS] + bits > GROUP_BITS:
        refuse_group(group, LENGTH, numbers, reasons, lines, offsets, lengths)
        remove(row, numbers, groups, group_times, group_words)
        return -1
    append(group_words[row], group[BITS], pool, at, bits)
    group[BITS] += bits
    if group[STATION] < 0:
        group[STATION] = station
    if np.isnan(group_times[row, 0]):
        group_times[row, 0] = time
    return row if number == total else -1
