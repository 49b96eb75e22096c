"""LIB-3: 10,000 patterns over 50,000 vessels that are told every ten seconds: % of one core, beside plain NumPy.

Each seed makes another coast and other patterns. Three hours of 5,000 vessels, told of every five minutes and in the
last hour every minute, fill the windows and begin the runs; then each of them becomes ten that go their own ways, and
after two rounds a minute is measured at 5,000 updates a second: CPU seconds of this thread, of matching alone. Of 60
vessels all samples are kept, and what 300 patterns told of each is held against the language's own evaluation.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, field

import numpy as np

from benchmarks.harness import Row
from benchmarks.library_coast import BASES, Coast
from benchmarks.library_naive import naive_seconds
from benchmarks.library_patterns import FIGURES, KNOWN, patterns, seen_on
from mihari.behaviours.language import Definitions
from mihari.core.columns import Array
from mihari.library.live import Events, Matcher, Programme, compile
from mihari.library.live.changing import running
from mihari.library.live.layout import BLOCK, widened
from mihari.library.live.match_kernels import refill
from mihari.library.live.twin import Ways, told_by_language

VESSELS, PATTERNS, EVERY_S = 50_000, 10_000, 10
PILOT, WARM_VESSELS, SETTLE_S, MEASURED_S = 400, 5_000, 20, 60
WARM = [*range(0, 7200, 300), *range(7200, 10_800, 60)]  # s, of the time before
START = 1_780_000_020
SEEDS = (1, 2, 3)
WATCHED, ASKED = 60, 300
BAR = 100.0  # % of a core


@dataclass
class Run:
    """One seed."""

    seed: int
    rng: np.random.Generator = field(init=False)
    spent: float = 0.0
    told: int = 0
    wrong: int = 0
    samples: list[tuple[Array, Array]] = field(default_factory=list)  # of the watched vessels
    events: list[Events] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.definitions, self.programme, self.compiled_s = made(self.rng)
        self.matcher = Matcher(self.programme, WARM_VESSELS)
        self.columns = [BASES.index(name) for name in self.programme.bases]
        self.coast = Coast(WARM_VESSELS, START, self.rng)
        self.watched = self.rng.choice(WARM_VESSELS, WATCHED, replace=False)
        self.is_watched = np.isin(np.arange(VESSELS), self.watched)

    def measure(self) -> Run:
        """Warm up, measure, compare."""
        for seconds in WARM:
            self.take(np.arange(WARM_VESSELS), START + seconds)
        copies, begins = VESSELS // WARM_VESSELS, START + WARM[-1] + 10
        self.coast, self.matcher = self.coast.copied(copies), copied(self.matcher, copies)
        for now in range(begins, begins + SETTLE_S):
            self.take(np.arange(now % EVERY_S, VESSELS, EVERY_S), now)
        self.spent, self.told, self.before = 0.0, 0, dict(self.matcher.counted)
        for now in range(begins + SETTLE_S, begins + SETTLE_S + MEASURED_S):
            self.take(np.arange(now % EVERY_S, VESSELS, EVERY_S), now)
        self.after, self.running, self.bytes = dict(self.matcher.counted), self.matcher.running, self.matcher.nbytes
        self.naive = naive_seconds(self.programme, self.matcher, np.arange(0, VESSELS, EVERY_S))
        self.events.append(self.of_watched(self.matcher.advance(now + 100_000)))
        self.compare()
        return self

    def take(self, rows: Array, now: int) -> None:
        """One second's updates, of which one in a hundred is lost and one in five hundred comes twice."""
        heard = rows[self.rng.random(len(rows)) > 0.01]
        told = self.coast.tell(heard, now)[:, self.columns]
        slots = np.concatenate([heard, heard[::500]])
        columns = np.concatenate([told, told[::500]])
        times = np.full(len(slots), now)
        began = time.thread_time()
        events = self.matcher.take(slots, times, columns)
        gone = self.matcher.advance(now)
        self.spent += time.thread_time() - began
        self.told += len(events) + len(gone)
        self.events += [self.of_watched(events), self.of_watched(gone)]
        kept = self.is_watched[heard]
        self.samples.append((np.column_stack([heard[kept], np.full(kept.sum(), now)]), told[kept]))

    def of_watched(self, events: Events) -> Events:
        """Only what is compared."""
        return events.take(self.is_watched[events.vessel])

    def compare(self) -> None:
        """What was told of the watched vessels against the language: all intervals of some patterns."""
        names = self.programme.names
        exact = np.array([names.index(name) for name in self.rng.choice(self.programme.exact, ASKED, replace=False)])
        told = Events.concatenate(self.events).ended
        rows = told.take(np.isin(told.pattern, exact))
        ours = set(zip(*(getattr(rows, n).tolist() for n in ("pattern", "vessel", "start", "end")), strict=True))
        at, values = (np.concatenate([part[k] for part in self.samples]) for k in (0, 1))
        ways = [(at[at[:, 0] == vessel, 1], values[at[:, 0] == vessel]) for vessel in self.watched.tolist()]
        found = told_by_language(
            self.definitions, Ways(KNOWN, self.programme.bases, ways, self.matcher.step_s), [names[p] for p in exact]
        )
        twins = {(p, int(self.watched[v]), s, e) for p in exact.tolist() for v, s, e in found[names[p]]}
        self.compared, self.wrong = len(twins), len(twins ^ ours)

    @property
    def share(self) -> float:
        """% of a core."""
        return 100.0 * self.spent / MEASURED_S

    def per_update(self, name: str) -> float:
        """Of what is counted, in the measured time."""
        return (self.after[name] - self.before[name]) / (self.after["legs"] - self.before["legs"])


def made(rng: np.random.Generator) -> tuple[Definitions, Programme, float]:
    """Patterns of thresholds that a pilot's vessels cross, and the CPU seconds of compiling them."""
    pilot = Coast(PILOT, START - 4 * 3600, rng)
    told = [pilot.tell(np.arange(PILOT), now) for now in range(START - 4 * 3600 + 60, START, 60)]
    definitions = patterns(PATTERNS, seen_on(np.array(told), 60), rng)
    began = time.thread_time()
    programme = compile(definitions, KNOWN)
    return definitions, programme, time.thread_time() - began


def copied(matcher: Matcher, copies: int) -> Matcher:
    """Of each vessel so many, with all that is kept of it."""
    before, vessels = matcher.arrays, len(matcher.arrays.vessels)
    made = Matcher(matcher.programme, vessels * copies, matcher.step_s)
    for name in ("values", "ranks", "held", "panes", "sums", "rings"):
        for copy in range(copies):
            getattr(made.arrays, name)[copy * vessels : (copy + 1) * vessels] = getattr(before, name)
    for name in ("last", "floor", "follows"):
        made.arrays.vessels[name] = np.tile(before.vessels[name], copies)
    slots, patterns_, runs, dues = running(before)
    slots = (slots + np.arange(copies)[:, None] * vessels).ravel()
    made.arrays = widened(made.arrays, len(slots) // BLOCK + 2 * len(made.arrays.vessels))
    refill(made.arrays, slots, np.tile(patterns_, copies), np.tile(runs, copies), np.tile(dues, copies))
    return made


def checked(programme: Programme) -> int:
    """How many figures of 50 thresholds or more there are; AssertionError where they are not what the bar asks."""
    counts = programme.rules.figures["thresholds"][[name in FIGURES for name in programme.figures]]
    assert len(programme.matched) == PATTERNS, "every pattern is matched or gated"
    assert (counts >= 50).sum() >= 200, f"{(counts >= 50).sum()} figures of 50 thresholds"
    return int((counts >= 50).sum())


def rows() -> list[Row]:
    """The row."""
    runs = [Run(seed).measure() for seed in SEEDS]
    figures = min(checked(run.programme) for run in runs)
    shares, one = sorted(run.share for run in runs), runs[0]
    value = statistics.median(shares) if not any(run.wrong for run in runs) else float("inf")
    what = (
        f"{PATTERNS:,} patterns ({len(one.programme.gated):,} gated) of {figures} figures x {VESSELS:,} vessels at "
        f"0.1 Hz: % of a core, median of {len(runs)} seeds ({shares[0]:.1f} to {shares[-1]:.1f}); an update moves "
        f"{one.per_update('moves'):.1f} ranks, crosses {one.per_update('crossed'):.1f} borders of patterns, looks at "
        f"{one.per_update('looked'):.1f}, turns {one.per_update('turned'):.2f}; {one.running:,} run, "
        f"{one.told / MEASURED_S:.0f} events/s, {one.bytes / 1e6:.0f} MB; compiled in {one.compiled_s:.1f} s; "
        f"{sum(run.wrong for run in runs)} of {sum(run.compared for run in runs):,} intervals of {WATCHED} vessels x "
        f"{ASKED} patterns x {len(runs)} unlike the language's; peer: NumPy, all patterns for each batch"
    )
    peer = statistics.median(100.0 * run.naive for run in runs)
    return [Row("LIB-3", what, statistics.median(shares), peer, value, BAR, "<=")]
