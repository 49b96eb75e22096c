"""Inputs -> entries: single AIS reports, sectors and ticks, each with the key that orders it.

Nothing of a key tells when its input came, so entries sorted by key are the same however the reports were batched and
in whatever order they came. What cannot be used is refused here, by reason, before it takes a place.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.core.reports import ReportKind
from mihari.core.steps import StepKind, Stretch
from mihari.tracks.intake import REASONS, REPEAT_KIND, Given, Ignored, given_of, position_refused, sector_refused
from mihari.tracks.run import StepArrays

TICK, BATCH, SECTOR = int(StepKind.TICK), int(StepKind.BATCH), int(StepKind.SECTOR)
WITNESS, NO_TIME = int(Ignored.WITNESS), int(Ignored.NO_TIME)

# A report as the tracker reads it, with what its sender claims; `known` 0 where it claims nothing. 14 words of 8 bytes,
# of which the last four belong to bearings and ranges alone.
REPORT = np.dtype(
    [
        *((name, "f8") for name in ("time", "lat_deg", "lon_deg", "cov_ee", "cov_en", "cov_nn", "speed", "course")),
        *(("mmsi", "i4"), ("device", "u4"), ("sensor", "i2"), ("kind", "u1"), ("subject", "u1"), ("status", "i1")),
        *(("water", "u1"), ("known", "u1"), ("spare", "u1")),
        *((name, "f8") for name in ("range", "bearing", "range_var", "bearing_var")),  # 0 but of these alone
    ]
)
# An entry. Its key: `order` (its time in s UTC, or when it came where that is too long ago), `rank` (sectors, reports,
# ticks), `sensor`, `content` (a hash of all it tells). `first` and `count` are its reports; `waits` 1 until it is first
# taken in; `source` the number of its input, `row` its row there.
ENTRY = np.dtype(
    [
        *(("order", "f8"), ("content", "u8"), ("time", "f8"), ("start", "f8"), ("end", "f8"), ("sensor", "i8")),
        *(("lat_deg", "f8"), ("lon_deg", "f8"), ("near", "f8"), ("far", "f8")),
        *(("first", "i8"), ("count", "i8"), ("source", "i8"), ("row", "i8"), ("kind", "u1"), ("rank", "u1")),
        *(("waits", "u1"), ("spare", "u1", (5,))),
    ]
)
WORDS = REPORT.itemsize // 8
PLAIN = WORDS - 4  # of what is neither a bearing nor a range alone
BEARING_KIND, RANGE_KIND = int(ReportKind.BEARING), int(ReportKind.RANGE)
Key = tuple[float, int, int, int]
FIRST_OF_ALL: Key = (-math.inf, 0, 0, 0)
OF_SECTOR, OF_REPORT, OF_REPEAT, OF_TICK, OF_OLD = range(5)  # a repeat follows what it repeats, a tick all till then


class Entries(NamedTuple):
    """`entries`: (n,) of ENTRY; `reports`: of REPORT, those of each entry side by side."""

    entries: Array
    reports: Array

    def __len__(self) -> int:
        return len(self.entries)

    def key(self, k: int) -> Key:
        """The key of entry k."""
        one = self.entries[k]
        return float(one["order"]), int(one["rank"]), int(one["sensor"]), int(one["content"])

    def place_after(self, key: Key) -> int:
        """How many of these, sorted, come no later than `key`."""
        orders = self.entries["order"]
        place = int(np.searchsorted(orders, key[0], "left"))
        while place < len(orders) and self.key(place) <= key:
            place += 1
        return place

    def take(self, rows: Array) -> Entries:
        """The chosen entries with their reports, in that order."""
        entries = self.entries[rows]
        counts = entries["count"]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        at = np.arange(total) + np.repeat(entries["first"] - (ends - counts), counts)
        entries["first"] = ends - counts
        return Entries(entries, self.reports[at])

    def in_order(self) -> Entries:
        """Sorted by key; entries that are alike in all they tell stay as they are."""
        e = self.entries
        if len(e) < 2:
            return self
        order = np.lexsort((e["content"], e["sensor"], e["rank"], e["order"]))
        return self if bool(np.all(order[1:] > order[:-1])) else self.take(order)

    @classmethod
    def joined(cls, parts: list[Entries]) -> Entries:
        """All entries of several, one after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return NOTHING
        entries = _stacked([p.entries for p in parts])
        before = np.cumsum([0, *(len(p.reports) for p in parts[:-1])])
        entries["first"] += np.repeat(before, [len(p.entries) for p in parts])
        return cls(entries, _stacked([p.reports for p in parts]))

    def arrays(self) -> tuple[StepArrays, Given]:
        """As the tracker's kernels take them."""
        e, r = self.entries, self.reports
        steps = StepArrays(
            *(_fixed(e["kind"]), _fixed(e["sensor"]), _fixed(e["time"]), _fixed(e["start"]), _fixed(e["end"])),
            *(_fixed(e["first"]), _fixed(e["first"] + e["count"]), _fixed(e["lat_deg"]), _fixed(e["lon_deg"])),
            *(_fixed(e["near"]), _fixed(e["far"])),
        )
        names = ("kind", "time", "lat_deg", "lon_deg", "cov_ee", "cov_en", "cov_nn", "speed", "course", "sensor")
        numbers = ("range", "bearing", "range_var", "bearing_var")
        columns = {name: _fixed(r[name]) for name in (*names, *numbers, "mmsi", "subject", "device", "status")}
        claim = _fixed(np.where(r["known"] == 1, np.arange(len(r), dtype=np.int32), np.int32(-1)))
        return steps, Given(**columns, claim=claim, water=_fixed(r["water"]))


def _stacked(parts: list[Array]) -> Array:
    """Records one after the other; as words, since NumPy looks at each field of a record."""
    words = [np.ascontiguousarray(p).view(np.uint64) for p in parts]
    found: Array = np.concatenate(words).view(parts[0].dtype)
    return found


def _fixed(values: Array) -> Array:
    """In one piece and read-only: the one type that kernels are compiled for."""
    made: Array = np.ascontiguousarray(values)
    made.flags.writeable = False
    return made


NOTHING = Entries(np.zeros(0, ENTRY), np.zeros(0, REPORT))


def tick_of(time: float) -> Entries:
    """A tick alone."""
    entry = np.zeros(1, ENTRY)
    entry["order"], entry["time"], entry["kind"], entry["rank"], entry["sensor"] = time, time, TICK, OF_TICK, -1
    for name in ("start", "end", "lat_deg", "lon_deg", "near", "far"):
        entry[name] = np.nan
    return Entries(entry, NOTHING.reports)


FACTOR, SEED, HALF = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xCBF29CE484222325), np.uint64(32)
GRID_S = 16.0  # s: states are kept at multiples of it, so this much more than the ring is held
LATEST, NOW, NEWEST, FLOOR = range(4)  # places in `Door.times`


@kernel
def mixed(code: Any, word: Any) -> Any:
    """A hash and one word more: multiply and fold, as in MurmurHash3's finaliser."""
    code = (code ^ word) * FACTOR
    return code ^ (code >> HALF)


@kernel
def hashed(words: Array, reports: Array, first: int, last: int) -> Any:
    """A hash of rows of words, of `reports`; the last words only of those that have them."""
    code = SEED
    for j in range(first, last):
        alone = reports[j].kind == BEARING_KIND or reports[j].kind == RANGE_KIND
        for k in range(WORDS if alone else PLAIN):
            code = mixed(code, words[j, k])
    return code


@kernel
def put_report(r: Any, g: Any, j: int) -> None:
    """Row j of what was given into record r, with what its sender claims."""
    r.time, r.lat_deg, r.lon_deg = g.time[j], g.lat_deg[j], g.lon_deg[j]
    r.cov_ee, r.cov_en, r.cov_nn = g.cov_ee[j], g.cov_en[j], g.cov_nn[j]
    r.speed, r.course, r.sensor, r.kind = g.speed[j], g.course[j], g.sensor[j], g.kind[j]
    r.water = g.water[j] if len(g.water) else 1
    if r.kind == BEARING_KIND or r.kind == RANGE_KIND:
        r.range, r.bearing, r.range_var, r.bearing_var = g.range[j], g.bearing[j], g.range_var[j], g.bearing_var[j]
    claim = g.claim[j]
    r.known = 0
    if 0 <= claim < len(g.mmsi):
        r.known = 1
        r.mmsi, r.device, r.subject, r.status = g.mmsi[claim], g.device[claim], g.subject[claim], g.status[claim]


@kernel
def report_refused(g: Any, j: int, latest: float) -> int:
    """Why row j of a batch is not used, stamped at `latest` or before; 0 if it is. A repeat is, with its own time."""
    claim, time = g.claim[j], g.time[j]
    subject = int(g.subject[claim]) if 0 <= claim < len(g.subject) else 0
    why = position_refused(g.kind[j], subject, time, g.lat_deg[j], g.lon_deg[j], latest)
    if why == WITNESS:
        return 0 if math.isfinite(time) and time <= latest else NO_TIME
    return int(why)


@kernel
def put_entry(e: Any, time: float, times: Array, rank: int, sensor: int, source: int) -> None:
    """When an entry was, and its place: where it comes in, if it is too old for its own."""
    e.time, e.rank, e.sensor, e.source, e.order = time, rank, sensor, source, time
    if time < times[FLOOR]:
        e.order, e.rank = max(times[NOW], times[NEWEST]), OF_OLD
    e.start = e.end = e.lat_deg = e.lon_deg = e.near = e.far = math.nan


@kernel
def passed(times: Array, ring: float) -> None:
    """Moves the floor on: multiples of `GRID_S`, so that it does not depend on how inputs were batched."""
    now = times[NOW] if times[NOW] > -math.inf else times[NEWEST]  # before the first tick, data tell the time
    if now > -math.inf:
        times[FLOOR] = max(times[FLOOR], math.floor((now - ring) / GRID_S) * GRID_S)


@kernel
def admitted(
    steps: Any, g: Any, radars: Array, times: Array, ring: float, future: float, source: int, entries: Array,
    reports: Array, words: Array, refused: Array,
) -> tuple[int, int]:  # fmt: skip
    """The entries of a stretch, by step; how many, and of how many reports. `refused` counts reports by reason.

    `times` are those of the door, moved on step by step; `words` are `reports` as words.
    """
    n = m = 0
    for k in range(len(steps.kind)):
        kind, time, a, b = steps.kind[k], steps.time[k], steps.first[k], steps.last[k]
        latest = times[LATEST] + future if times[LATEST] > -math.inf else math.inf
        newest = times[NEWEST]
        if kind == BATCH:
            for j in range(a, b):
                why = report_refused(g, j, latest)
                if why:
                    refused[why] += 1
                    continue
                put_report(reports[m], g, j)
                e = entries[n]
                rank = OF_REPEAT if g.kind[j] == REPEAT_KIND else OF_REPORT
                put_entry(e, g.time[j], times, rank, g.sensor[j], source + k)
                e.kind, e.first, e.count, e.row, e.content = kind, m, 1, j - a, hashed(words, reports, m, m + 1)
                newest = max(newest, g.time[j])
                n, m = n + 1, m + 1
        else:
            why = 0 if math.isfinite(time) else NO_TIME
            if kind == SECTOR:
                why = sector_refused(radars, steps.sensor[k], time, latest, steps.lat_deg[k], steps.lon_deg[k])
            if why:
                refused[why] += b - a if kind == SECTOR else 1
                continue
            e, first = entries[n], m
            put_entry(e, time, times, OF_SECTOR if kind == SECTOR else OF_TICK, steps.sensor[k], source + k)
            for j in range(a, b):
                put_report(reports[m], g, j)
                m += 1
            e.kind, e.first, e.count, e.start, e.end = kind, first, m - first, steps.start[k], steps.end[k]
            code = mixed(np.uint64(steps.start[k] * 1e9), np.uint64(steps.end[k] * 1e9)) if kind == SECTOR else SEED
            if kind == SECTOR:
                e.lat_deg, e.lon_deg, e.near, e.far = steps.lat_deg[k], steps.lon_deg[k], steps.near[k], steps.far[k]
                if math.isfinite(e.lat_deg):
                    code = mixed(mixed(code, np.uint64((e.lat_deg + 90.0) * 1e9)), np.uint64((e.lon_deg + 360.0) * 1e9))
                if math.isfinite(e.far):
                    code = mixed(code, np.uint64(e.far * 1e3))
            e.content = mixed(code, hashed(words, reports, first, m))
            newest = max(newest, time)
            if kind == TICK:
                times[LATEST], times[NOW] = time, max(times[NOW], time)
            n += 1
        times[NEWEST] = newest
        passed(times, ring)
    return n, m


class Door:
    """Where inputs come in: Stretch -> Entries. Refuses what cannot be used and says when too late is too late.

    `times`: the last tick; the newest one; the newest time that was let in; the floor, before which it is too late.
    """

    def __init__(self, ring: float, future: float) -> None:
        self.ring, self.future = ring, future
        self.times = np.full(4, -math.inf)
        self.refused = np.zeros(len(REASONS), np.int64)
        self.source = 0  # number of the next input

    @property
    def newest(self) -> float:
        """The newest time that was let in, UTC s."""
        return float(self.times[NEWEST])

    @property
    def floor(self) -> float:
        """Nothing from before this time takes its own place any more, UTC s."""
        return float(self.times[FLOOR])

    def admit(self, stretch: Stretch, water: Array, radars: Array) -> Entries:
        """The entries of a stretch, not sorted. What is too old for its place is ordered where it came in."""
        steps = StepArrays(*(_fixed(values) for values in stretch.steps.columns().values()))
        total = len(stretch.reports)
        entries, reports = np.zeros(len(stretch) + total, ENTRY), np.zeros(total, REPORT)
        n, m = admitted(
            steps, given_of(stretch.reports, stretch.claims, water), radars, self.times, self.ring, self.future,
            self.source, entries, reports, reports.view(np.uint64).reshape(-1, WORDS), self.refused,
        )  # fmt: skip
        self.source += len(stretch)
        return Entries(entries[:n].copy() if 2 * n < len(entries) else entries[:n], reports[:m])

    def tick(self, time: float) -> Entries:
        """A tick alone, quickly."""
        self.times[LATEST], self.times[NOW] = time, max(self.times[NOW], time)
        self.times[NEWEST] = max(self.times[NEWEST], time)
        passed(self.times, self.ring)
        self.source += 1
        return tick_of(time)

    def begin(self, time: float) -> None:
        """Nothing before `time` is known."""
        self.times[NEWEST] = self.times[FLOOR] = time

    def set_back(self, time: float) -> None:
        """The node's clock was set back to `time`: what it said before was wrong."""
        self.times[:] = time
