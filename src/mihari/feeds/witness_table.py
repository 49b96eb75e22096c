"""Keys of AIS messages as they come -> which are news, which another station has brought: a bounded hash table.

One record for each transmission, under its key, and one for each station that brought it, under key and station. Each
belongs to a bucket of `WAYS` records; in a full bucket the one used longest ago gives way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import inlined, kernel
from mihari.formats.ais.keys import mixed
from mihari.formats.ais.words import I64, U64

WAYS = 8
BUCKETS = 1 << 14  # 131,000 records, 6 MB: 2,000 messages a second from two stations, held for 20 s
FIRST, WITNESS, AGAIN = 0, 1, 2  # verdicts: a transmission's first report, one of another station, the same once more

RECORD = np.dtype(
    [
        ("tag", "u8"),  # 0: empty
        ("used", "i8"),  # running number of the report that used it last
        ("began", "f8"),  # UTC s by our clock: when the transmission was first received
        ("heard", "f8"),  # when this station brought it
        ("told", "f8"),  # UTC s: the time that the first station told of it
        ("station", "i8"),  # who brought it first
        ("shared", "i8"),  # whether another station has brought it too
    ]
)
_STEP = U64(0x9E3779B97F4A7C15)


def new_table(buckets: int = BUCKETS) -> Array:
    """An empty table: (buckets * WAYS,) of RECORD; `buckets` is a power of two."""
    return np.zeros(buckets * WAYS, RECORD)


@inlined
def place_of(table: Any, tag: Any) -> Any:
    """(place of the record of `tag`, or of the one that gives way to it; whether it is there)."""
    buckets = len(table) // WAYS
    at = I64(tag & U64(buckets - 1)) * WAYS
    oldest = at
    for k in range(at, at + WAYS):
        if table[k].tag == tag:
            return k, True
        if table[k].used < table[oldest].used:
            oldest = k
    return oldest, False


@inlined
def write(table: Any, at: int, tag: Any, used: int, began: float, heard: float, told: float, station: int) -> None:
    """Fill one record."""
    r = table[at]
    r.tag, r.used, r.began, r.heard, r.told, r.station, r.shared = tag, used, began, heard, told, station, 0


@kernel
def judge(
    table: Any,
    keys: Array,
    stations: Array,
    received: Array,
    told: Array,
    window: float,
    again: float,
    number: int,
    verdict: Array,
    first: Array,
    ahead: Array,
    counts: Array,
) -> None:
    """Judges reports in their order; fills, by row: `verdict`, `first` (the station that brought it first, -1), `ahead`
    (s by which this station's time is ahead of that one's). `counts`: (4, stations) heard, first, witnessed, repeated.

    `number`: how many reports there were before. A key of 0 is news. What a station brings more than `again` seconds
    after it brought the same bits is a new transmission: a moored ship repeats itself.
    """
    for j in range(len(keys)):
        verdict[j], first[j], ahead[j] = FIRST, -1, np.nan
        key, used = keys[j], number + j + 1
        if key == U64(0):
            continue
        counts[0, stations[j]] += 1
        tag = mixed(key ^ (U64(stations[j] + 1) * _STEP))
        tag = tag if tag != U64(0) else U64(1)
        at, known = place_of(table, key)
        if known and abs(received[j] - table[at].began) <= window:
            mine, brought = place_of(table, tag)
            brought = brought and table[mine].began == table[at].began
            since = received[j] - table[mine].heard
            if brought and 0.0 <= since < again:
                verdict[j] = AGAIN
                counts[3, stations[j]] += 1
                continue
            if not brought:
                verdict[j], first[j] = WITNESS, table[at].station
                ahead[j] = told[j] - table[at].told
                counts[2, stations[j]] += 1
                counts[2, table[at].station] += 1 - table[at].shared  # the first now has a witness as well
                table[at].shared, table[at].used = 1, used
                write(table, mine, tag, used, table[at].began, received[j], told[j], stations[j])
                continue
        counts[1, stations[j]] += 1
        write(table, at, key, used, received[j], received[j], told[j], stations[j])
        mine, brought = place_of(table, tag)
        write(table, mine, tag, used, received[j], received[j], told[j], stations[j])
