"""Recordings -> one timeline of inputs with ticks, paced or as fast as possible. Deterministic.

The timeline is data time: each recording's running latest time orders what it gives, ties go to the feed that comes
first. One tick per whole second of data time, holes included; `Tick(t)` comes after everything up to t that was in
order. A report that jumps ahead by more than `HOLE_S` is believed when the one after it agrees, else it is put where
the timeline stands ("absurd time"), so that no damaged time stamp makes endless ticks. A report that falls back by
more keeps its time, and is counted ("backwards"). Captures of vehicles that tell hours later what they heard (`LATE`)
stand on the timeline where they were captured, as late as they came, and are not decoded before: what they tell of
themselves is no input, and is known at once.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import Health
from mihari.core.reports import Batch, Claims, Input, Reports, Sector, Tick
from mihari.feeds.address import FeedAddress
from mihari.feeds.inputs import TickRun, due_tick
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.rows import Slicer
from mihari.feeds.stage import Stage, open_stage
from mihari.feeds.transport import Chunk, Clock, Recording, open_file

HOLE_S = 86400.0  # a longer silence inside a recording is crossed only when two reports agree on it
LONGEST_TICKS_S = 40 * 86400.0  # a hole beyond this is another recording: no ticks inside, one at its end
SURVEYED = 20_000  # datagrams: two minutes of a busy radar, many turns of the slowest
SURVEYED_READS = 16  # reads of 1 MiB of a file without datagrams
TOGETHER = 256  # datagrams of a capture decoded at one go
LATE = ("imc",)  # formats of such vehicles


@dataclass(frozen=True, slots=True)
class Moment:
    """Nothing came in, but what follows in this recording is not looked at before, UTC s."""

    time: float


Timed = tuple[float, int, int, Batch | Sector | Moment]


def recorded(
    addresses: Sequence[FeedAddress],
    sensors: SensorRegistry,
    healths: Sequence[Health],
    clock: Clock,
    next_due: Callable[[], float] | None = None,
    first_index: int = 0,
) -> Iterator[Input]:
    """Recordings (`file:` and `pcap:` addresses) -> inputs on one timeline with ticks, as fast as they are taken.

    `healths` has one `Health` per address and is filled while this runs. `next_due` as in `with_ticks`. Raises
    BadInput when a file cannot be used.
    """
    lanes = [
        timed(read(address, first_index + i, sensors, healths[i], clock), i, healths[i])
        for i, address in enumerate(addresses)
    ]
    yield from with_ticks(merge(lanes), next_due)
    for health in healths:
        health.state = "ended"


def read(
    address: FeedAddress,
    index: int,
    sensors: SensorRegistry,
    health: Health,
    clock: Clock,
    tap: Callable[[int, Chunk], None] | None = None,
) -> Iterator[Batch | Sector | Moment]:
    """One recording, decoded; closes with what was still open. `tap` sees each chunk before it is decoded."""
    transport = open_file(address, health, clock)
    assert isinstance(transport, Recording)
    stage: Stage = open_stage(address, index, sensors, health)
    if address.format == "asterix":
        survey(address, sensors, clock)
    chunks = transport.read()
    late = as_late(address)
    group = TOGETHER if address.datagrams and not late else 1
    while taken := tuple(itertools.islice(chunks, group)):
        if late and taken[0].time is not None:
            yield Moment(taken[0].time)
        if tap is not None:
            for chunk in taken:
                tap(index, chunk)
        yield from stage.take(*taken)
    yield from stage.finish()


def survey(address: FeedAddress, sensors: SensorRegistry, clock: Clock) -> None:
    """Look through a recording of radars for what they tell of themselves late: their place, their kind, their period.

    A radar sends its place (I034/120) once a turn at best; a recording need not lose the plots before the first time.
    Later places in the recording are not looked for beyond `SURVEYED` datagrams (of a stream, `SURVEYED_READS` reads).
    """
    health = Health(-1, address.name, address.text)  # of this look only: nothing is counted twice
    transport = open_file(address, health, clock)
    assert isinstance(transport, Recording)
    stage: Stage = open_stage(address, -1, sensors, health)
    chunks = itertools.islice(transport.read(), SURVEYED if address.datagrams else SURVEYED_READS)
    while taken := tuple(itertools.islice(chunks, TOGETHER)):
        stage.take(*taken)


def as_late(address: FeedAddress) -> bool:
    """Whether a recording's looks stand where they were captured."""
    return address.format in LATE and address.datagrams


def timed(inputs: Iterable[Batch | Sector | Moment], lane: int, health: Health | None = None) -> Iterator[Timed]:
    """Cut batches at whole seconds of data time and give each piece its place on the timeline.

    Yields (time, lane, number, input), the time never falling. What was strange about times is counted in `health`.
    """
    latest, number = -math.inf, 0
    for item, following in _with_next(inputs):
        if isinstance(item, Moment):
            if latest < item.time and (latest == -math.inf or item.time <= latest + LONGEST_TICKS_S):
                latest = item.time
            yield latest, lane, number, item
            number += 1
            continue
        item, latest_rows = _mended(item, latest, following, health)
        if len(latest_rows) == 0:
            continue
        latest = float(latest_rows[-1])
        if isinstance(item, Sector):
            yield latest, lane, number, item
            number += 1
            continue
        cut = Cutter(item)
        for start, stop in _seconds(latest_rows):
            yield float(latest_rows[start]), lane, number, cut(start, stop)
            number += 1


def _with_next(inputs: Iterable[Batch | Sector | Moment]) -> Iterator[tuple[Batch | Sector | Moment, float]]:
    """Each input with the first time of the one after it (NaN at the end); a moment is told at once."""
    held: Batch | Sector | None = None
    for item in inputs:
        if isinstance(item, Moment):
            if held is not None:
                yield held, item.time
            held = None
            yield item, math.nan
            continue
        if isinstance(item, Batch) and len(item.reports) == 0:
            continue
        if held is not None:
            yield held, item.time if isinstance(item, Sector) else float(item.reports.time[0])
        held = item
    if held is not None:
        yield held, math.nan


def _mended(
    item: Batch | Sector, latest: float, following: float, health: Health | None
) -> tuple[Batch | Sector, Array]:
    """The input with absurd times mended, and for each of its rows the running latest time."""
    time = np.array([item.time]) if isinstance(item, Sector) else item.reports.time
    good, absurd = believed(time, latest, following)
    if absurd:
        item = replace(item, time=float(good[0])) if isinstance(item, Sector) else _retimed(item, good)
    running = np.maximum.accumulate(np.concatenate([[latest], good]))[1:]
    if health is not None:
        health.notice("absurd time", absurd)
        health.notice("backwards", int(np.count_nonzero(good < running - HOLE_S)))
    return item, running


def _retimed(batch: Batch, time: Array) -> Batch:
    return Batch(batch.reports.replace(time=time), batch.claims)


def believed(time: Array, latest: float, following: float = math.nan) -> tuple[Array, int]:
    """Times with the unbelievable ones put where the timeline stood, and how many those were.

    `latest` is the timeline before the first (-inf: none yet), `following` the time after the last (NaN: none).

    >>> times, absurd = believed(np.array([10.0, 9e9, 11.0]), 9.0)
    >>> times.tolist(), absurd
    ([10.0, 10.0, 11.0], 1)
    """
    known = np.concatenate([[latest], time, [following]])
    if np.isfinite(known[1:-1]).all() and not _leaps(known):
        return time, 0
    mended, now, absurd = time.copy(), latest, 0
    for i, t in enumerate(time.tolist()):
        after = float(known[i + 2])
        if _absurd(t, now, after):
            mended[i] = now if now != -math.inf else (after if math.isfinite(after) else 0.0)
            absurd += 1
        else:
            now = max(now, t)
    return mended, absurd


def _leaps(known: Array) -> bool:
    known = known[np.isfinite(known)]
    with np.errstate(over="ignore"):  # from one end of all numbers to the other: a leap
        return len(known) > 1 and float(np.abs(np.diff(known)).max()) > HOLE_S


def _absurd(t: float, now: float, after: float) -> bool:
    if not math.isfinite(t):
        return True
    if now == -math.inf:  # the first one: believed unless the next lies far before it
        return after < t - HOLE_S
    return t - now > HOLE_S and abs(after - t) > HOLE_S  # false for NaN: nothing after it speaks against it


def _seconds(when: Array) -> Iterator[tuple[int, int]]:
    """(start, stop) of the runs within one second (k, k + 1]: `Tick(k)` stands between two runs."""
    seconds = np.ceil(when)
    cuts = np.flatnonzero(np.diff(seconds)) + 1
    starts = [0, *cuts.tolist()]
    return zip(starts, [*starts[1:], len(when)], strict=True)


class Cutter:
    """Cuts a batch into pieces, each with the claims it points into.

    >>> cut = Cutter(Batch(Reports.of(3, claim=[0, 1, 2]), Claims.of(3, mmsi=[7, 8, 9])))
    >>> piece = cut(1, 3)
    >>> piece.reports.claim.tolist(), piece.claims.mmsi.tolist()
    ([0, 1], [8, 9])
    """

    def __init__(self, batch: Batch) -> None:
        claim = batch.reports.claim
        self.batch, self._claim = batch, claim
        self._reports, self._claims = Slicer(batch.reports), Slicer(batch.claims)
        # one claim per report, in order, is what AIS gives: its pieces need no search
        self._own = len(claim) == len(batch.claims) and bool(np.array_equal(claim, np.arange(len(claim))))

    def __call__(self, start: int, stop: int) -> Batch:
        """Rows start to stop."""
        if start == 0 and stop == len(self._claim):
            return self.batch
        reports = self._reports(start, stop)
        if self._own:
            return Batch(_with_claim(reports, _counting(stop - start)), self._claims(start, stop))
        pointed = self._claim[start:stop]
        told = pointed[pointed >= 0]
        if len(told) == 0:
            return Batch(reports, Claims.empty())
        low, high = int(told.min()), int(told.max()) + 1
        moved = np.where(pointed >= 0, pointed - low, -1).astype(np.int32)
        return Batch(_with_claim(reports, moved), self._claims(low, high))


@lru_cache(maxsize=256)
def _counting(length: int) -> Array:
    return np.arange(length, dtype=np.int32)


def _with_claim(reports: Reports, claim: Array) -> Reports:
    claim.flags.writeable = False
    object.__setattr__(reports, "claim", claim)  # `reports` was made a moment ago and nobody else holds it
    return reports


def merge(lanes: Sequence[Iterator[Timed]]) -> Iterator[tuple[float, Batch | Sector]]:
    """Several timelines as one, by time, then by lane."""
    timeline = lanes[0] if len(lanes) == 1 else heapq.merge(*lanes, key=lambda entry: entry[:3])
    for t, _, _, item in timeline:
        if not isinstance(item, Moment):
            yield t, item


def with_runs(inputs: Iterable[tuple[float, Batch | Sector]]) -> Iterator[Batch | Sector | TickRun]:
    """Put the ticks of each hole between inputs, and the one after the last, in as runs.

    Inside a hole of more than `LONGEST_TICKS_S`, and before the first input, there are none.
    """
    ticked: int | None = None  # the last whole second that has its tick
    for t, item in inputs:
        last = math.ceil(t) - 1  # ticks before t
        if ticked is None or last - ticked > LONGEST_TICKS_S:
            ticked = last if ticked is None else last - 1
        if ticked < last:
            yield TickRun(ticked + 1, last)
            ticked = last
        yield item
    if ticked is not None:
        yield TickRun(ticked + 1, ticked + 1)


def with_ticks(
    inputs: Iterable[tuple[float, Batch | Sector]], next_due: Callable[[], float] | None = None
) -> Iterator[Input]:
    """The same with every tick spelled out.

    `next_due`, asked before each, gives the time before which the consumer does nothing on a tick: such ticks are
    skipped, except the last of each hole, so that empty days cost nothing.

    >>> first, second = Batch(Reports.of(1, time=0.5)), Batch(Reports.of(1, time=3.2))
    >>> [i.time if isinstance(i, Tick) else "batch" for i in with_ticks([(0.5, first), (3.2, second)])]
    ['batch', 1.0, 2.0, 3.0, 'batch', 4.0]
    """
    for item in with_runs(inputs):
        if not isinstance(item, TickRun):
            yield item
            continue
        number = item.first - 1
        while number < item.last:
            number = due_tick(number + 1, item.last, next_due)
            yield Tick(float(number))


def pace(inputs: Iterable[Input], speed: float, clock: Clock, sleep: Callable[[float], object]) -> Iterator[Input]:
    """Hold inputs back so that data time passes at `speed` × the clock; inf: not at all.

    The first input comes at once. `sleep` may return early (a stop): it is called again while time is left, unless it
    returns True.
    """
    begun: tuple[float, float] | None = None
    for item in inputs:
        t = when(item)
        if speed != math.inf and math.isfinite(t):
            if begun is None:
                begun = (clock(), t)
            while (wait := begun[0] + (t - begun[1]) / speed - clock()) > 0.002:
                if sleep(wait) is True:
                    return
        yield item


def when(item: Input) -> float:
    """The place of an input on the timeline: when it was over. NaN for an empty batch."""
    if isinstance(item, Batch):
        return float(item.reports.time.max()) if len(item.reports) else math.nan
    return item.time
