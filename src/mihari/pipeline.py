"""One input in, what is believed after it out: tracker and picture compiler wired together, without threads or clocks.

Live, replay and simulation run through this same class; what differs is where the inputs come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import FeedHealth
from mihari.core.picture import Picture
from mihari.core.reports import Batch, Input, ReportKind, Sector, Tick
from mihari.core.sensor import Sensor
from mihari.core.tracks import Tracks
from mihari.picture import PictureCompiler
from mihari.picture.numbers import Numbers
from mihari.picture.state import restored, state_of
from mihari.tracks import RING_S, RewindingTracker, TrackerSettings
from mihari.tracks.rewind import AT_ONCE, Footing

SET_BACK_S = (
    60.0  # a tick so far behind the newest input tells that the clock was set back; reports are never that far ahead
)
NUMBERS_KEPT = 1000  # of tracks that have ended, until they are forgotten
MMSI_KEPT = 1_000_000  # MMSI remembered as heard


class Pipeline:
    """Owns the state of a node; one thread feeds it. Same inputs, same pictures.

    Reports up to `ring` s late are taken in as if they had come in order; see `RewindingTracker`. Where nobody looks
    between two ticks, `watched` False, they wait for the next: the same tracks then, in a fraction of the time.
    """

    def __init__(
        self,
        sensors: Iterable[Sensor] = (),
        on_land: Callable[[Array, Array], Array] | None = None,
        settings: TrackerSettings | None = None,
        ring: float = RING_S,
        watched: bool = True,
    ) -> None:
        self.sensors = tuple(sensors)
        self.tracker = RewindingTracker(self.sensors, settings, on_land, ring, at_once=AT_ONCE if watched else 0)
        self.numbers = Numbers()
        self.compiler = PictureCompiler()
        self.time = -math.inf  # of the newest input
        self.plots = self.reports = self.sectors = 0
        self.mmsi: set[int] = set()

    def know(self, sensors: tuple[Sensor, ...]) -> None:
        """The node has come across a sensor, or learned where one stands."""
        self.sensors = sensors
        self.tracker.know(sensors)

    def take(self, given: Input) -> Tracks:
        """Take one input in; returns the tracks it touched, under the numbers that people know."""
        tracker, numbers = self.tracker, self.numbers
        tracks = tracker.step(given)
        if tracker.turned is not None:
            self.compiler.follow(numbers.turn(tracker.turned))
        pairs = numbers.pairs(tracker.associations)
        belated = [(batch, numbers.pairs(found)) for batch, found in tracker.belated]
        tracks = numbers.tracks(tracks)
        self.compiler.take(given, tracks, pairs)
        for batch, found in belated:
            self.compiler.weigh(batch, found)
        self._count(given)
        if isinstance(given, Tick) and given.time < self.time - SET_BACK_S:
            self.time = given.time
        elif isinstance(given, Tick | Sector):
            self.time = max(self.time, given.time)
        elif len(given.reports):
            self.time = max(self.time, float(given.reports.time.max()))
        if isinstance(given, Tick):
            self.compiler.pass_time(given.time)
            if len(numbers) > 2 * len(tracker) + NUMBERS_KEPT:
                numbers.keep(tracker.ids)
        return tracks

    def stand_on(self, footing: Footing, inputs: int) -> None:
        """Goes on from what came of reports that were run again; see `RewindingTracker.stand_on`."""
        tracker, numbers = self.tracker, self.numbers
        tracks = tracker.stand_on(footing, inputs)
        if tracker.turned is not None:
            self.compiler.follow(numbers.turn(tracker.turned))
        belated = [(batch, numbers.pairs(found)) for batch, found in tracker.belated]
        self.compiler.follow(numbers.tracks(tracks))
        for batch, found in belated:
            self.compiler.weigh(batch, found)

    def vessels_of(self, ids: Array) -> dict[int, int]:
        """The vessel in the picture of each of these tracks (ids as the tracker gives them) that has one now."""
        alive = ids[np.isin(ids, self.tracker.ids)]
        vessels = self.compiler.vessels_of(self.numbers.known(alive))
        return {int(one): int(vessel) for one, vessel in zip(alive, vessels, strict=True) if vessel >= 0}

    def tracks(self, time: float | None = None) -> Tracks:
        """Everything alive, under the numbers that people know; asking changes nothing."""
        return self.numbers.asked(self.tracker.tracks(time))

    def _count(self, given: Input) -> None:
        if isinstance(given, Tick):
            return
        self.reports += int(np.count_nonzero(given.reports.kind != ReportKind.AIS_REPEAT))
        if isinstance(given, Sector):
            self.sectors += 1
            self.plots += int(np.isin(given.reports.kind, (ReportKind.PLOT, ReportKind.TRANSPONDER)).sum())
        if isinstance(given, Batch) and len(self.mmsi) < MMSI_KEPT:
            self.mmsi.update(given.claims.mmsi.tolist())

    def advance(self) -> None:
        """A picture was published here: go on as if it had been made."""
        self.compiler.pass_time(self.time)
        self.compiler.advance()

    def state(self) -> dict[str, Any]:
        """All that the next input meets, as arrays and JSON values: see `restore`."""
        self.numbers.keep(self.tracker.ids)
        return {
            "tracker": self.tracker.state(),
            "numbers": self.numbers.state(),
            "compiler": state_of(self.compiler),
            "time": self.time if math.isfinite(self.time) else None,
            "counts": [self.plots, self.reports, self.sectors],
            "mmsi": np.array(sorted(self.mmsi), np.int64),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Put a `state` into a new pipeline with the same sensors: what follows is the same, bit for bit."""
        self.tracker.restore(state["tracker"])
        if "numbers" in state:
            self.numbers.restore(state["numbers"])
        restored(state["compiler"], self.compiler)
        self.time = -math.inf if state["time"] is None else state["time"]
        self.plots, self.reports, self.sectors = state["counts"]
        self.mmsi = set(state["mmsi"].tolist())

    @property
    def next_due(self) -> float:
        """Data time before which a tick changes nothing."""
        return min(self.tracker.next_due, self.compiler.next_due)

    def picture(self, feeds: tuple[FeedHealth, ...] = (), otherwise: float = 0.0) -> Picture:
        """What is believed now; `otherwise` is its time where nothing has come in that tells one, UTC s."""
        self.compiler.pass_time(self.time)
        time = self.time if math.isfinite(self.time) else otherwise
        return self.compiler.picture(time, self.sensors, feeds)
