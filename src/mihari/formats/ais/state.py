"""What the line scanner remembers between two chunks of bytes: counters, open sentence groups, station names.

Everything is bounded: `GROUPS` open groups of `PARTS` sentences and `GROUP_BITS` bits, `STATIONS` names of
`STATION_LENGTH` characters, one partial line of `LINE_LIMIT` bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

LINE_LIMIT = 4096  # a sentence has 82 characters, with tag block and remarks hardly 400
GROUPS = 64  # open groups: ten sequence numbers, two channels, three stations at a time
PARTS = 9  # the sentence counter has one digit (IEC 61162-1)
GROUP_BITS = 4096  # the longest AIS message, five slots, has 1,192 bits
GROUP_LINES = 4096  # parts of one message follow each other; a busy national feed sends 2,000 lines a second
GROUP_SECONDS = 60.0  # a sequence number comes round again within seconds on a busy channel
STATIONS = 2048
SLOTS = 2 * STATIONS  # of the hash table
STATION_LENGTH = 31  # the longest kept; NMEA 0183 allows 15

SYNTAX, CHECKSUM, LENGTH, INCOMPLETE, TOO_LONG = range(5)
REASONS = ("syntax", "checksum", "length", "incomplete", "too_long")

# indices into `State.numbers`
LINES, OTHER, TAG_REFUSED, STATION_COUNT, MESSAGES, WORDS, REFUSED, OPEN, LAST_STATION, SENTENCES = range(10)

# columns of `State.groups`
KEY, TOTAL, PARTS_SEEN, BITS, GROUP_ID, STATION, FIRST_LINE, OWN, TALKER, CHANNEL, LINE_OF = range(11)
OFFSET_OF, LENGTH_OF, GROUP_COLUMNS = LINE_OF + PARTS, LINE_OF + 2 * PARTS, LINE_OF + 3 * PARTS


@dataclass(slots=True)
class State:
    """Arrays that the kernels read and write in place."""

    numbers: Any = field(default_factory=lambda: np.zeros(16, np.int64))
    groups: Any = field(default_factory=lambda: np.zeros((GROUPS, GROUP_COLUMNS), np.int64))
    group_times: Any = field(default_factory=lambda: np.zeros((GROUPS, 2)))  # from the data; when received
    group_words: Any = field(default_factory=lambda: np.zeros((GROUPS, GROUP_BITS // 64 + 2), np.uint64))
    slots: Any = field(default_factory=lambda: np.full(SLOTS, -1, np.int32))
    names: Any = field(default_factory=lambda: np.zeros((STATIONS, STATION_LENGTH + 1), np.uint8))

    _stations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.numbers[LAST_STATION] = -1

    def stations(self) -> tuple[str, ...]:
        """The names met so far, in order of appearance."""
        known = len(self._stations)
        count = int(self.numbers[STATION_COUNT])
        if count > known:
            added = (bytes(row[1 : 1 + row[0]]).decode("latin-1") for row in self.names[known:count])
            self._stations = (*self._stations, *added)
        return self._stations

    def open_lines(self) -> list[tuple[int, int, int]]:
        """(byte offset, length, line number) of the lines that wait for the rest of their group."""
        found: list[tuple[int, int, int]] = []
        for row in self.groups[: int(self.numbers[OPEN])].tolist():
            parts = range(row[PARTS_SEEN])
            found += [(row[OFFSET_OF + k], row[LENGTH_OF + k], row[LINE_OF + k]) for k in parts]
        return found
