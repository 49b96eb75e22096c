"""Between pipeline and archive: what the archive keeps of each input, and when it wants the whole state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.archive.reader import RERUN
from mihari.archive.tables import Changed, Kept, Named
from mihari.archive.writer import Archive
from mihari.core.columns import Array
from mihari.core.picture import Identity, Vessels, VesselStatus
from mihari.core.reports import Input, Tick
from mihari.core.sensor import Sensor
from mihari.core.tracks import TrackStatus
from mihari.pipeline import Pipeline

TOLD = ("status", "source", "category", "mmsi", "track")  # a vessel's row is written when one of these changes


class Keeper:
    """Called around each `Pipeline.take` by the thread that owns the pipeline."""

    def __init__(self, archive: Archive, pipeline: Pipeline) -> None:
        self.archive, self.pipeline = archive, pipeline
        self._written = -math.inf  # tracks, UTC s
        self._last = Vessels.empty()
        self._shed: dict[str, int] = {}

    def knew(self, sensors: tuple[Sensor, ...]) -> None:
        """The pipeline has learned of its sensors."""
        self.archive.knew(sensors)

    def note(self, kind: str, what: dict[str, Any]) -> None:
        """Something happened that is no input: an alarm, a decision."""
        self.archive.note(kind, what)

    def rerun(self, first: int) -> None:
        """The pipeline goes on from reports that were run again, from step `first` on: so will who rebuilds it."""
        self.archive.note(RERUN, {"from": first})
        self.archive.snapshot(self.pipeline.state(), self.pipeline.time)

    def shed(self, counts: dict[str, int]) -> None:
        """How many inputs of each feed the full queue has thrown away so far; kept whenever that has grown."""
        if counts != self._shed:
            self._shed = counts
            self.archive.note("shed", counts)

    def before(self) -> None:
        """An input is about to be taken. No snapshot while the ring holds more than it would without a rerun."""
        if self.archive.due(self.pipeline.time) and not (self.pipeline.tracker.holding and self.archive.whole):
            self.archive.snapshot(self.pipeline.state(), self.pipeline.time)

    def after(self, given: Input, published: bool) -> None:
        """It was taken, and published or not."""
        step = self.archive.next_step
        self.archive.took(given, self.pipeline.time, published)
        if isinstance(given, Tick):
            self._keep_tracks(given.time, step)
            self._keep_changes(step)

    def _keep_tracks(self, time: float, step: int) -> None:
        every = self.archive.settings.tracks
        if math.floor(time / every) == math.floor(self._written / every) if math.isfinite(self._written) else False:
            return
        self._written = time
        tracks = self.pipeline.tracks(time)
        sure = tracks.take((tracks.status == TrackStatus.CONFIRMED) | (tracks.status == TrackStatus.COASTED))
        if len(sure):
            self.archive.keep(Kept(**sure.columns(), step=np.full(len(sure), step)))

    def _keep_changes(self, step: int) -> None:
        now, before = self.pipeline.compiler.vessels(), self._last
        rows = changed_rows(now, before)
        gone = before.take(~np.isin(before.id, now.id))
        gone = gone.replace(status=np.full(len(gone), VesselStatus.GONE))
        told = Vessels.concatenate([now.take(rows), gone])
        self._last = now
        at = self.pipeline.time
        if len(told):
            self.archive.keep(Changed(**told.columns(), step=np.full(len(told), step), at=np.full(len(told), at)))
        if renamed := self.pipeline.compiler.renamed():
            self.archive.keep(named(renamed, step, at))


def changed_rows(now: Vessels, before: Vessels) -> Array:
    """Which vessels are new or have changed in what people are told.

    >>> before = Vessels.of(2, id=[1, 2], status=[0, 0])
    >>> changed_rows(Vessels.of(3, id=[1, 2, 3], status=[0, 1, 0]), before).tolist()
    [False, True, True]
    """
    if len(before) == 0:
        return np.ones(len(now), bool)
    place = np.minimum(np.searchsorted(before.id, now.id), len(before) - 1)
    changed: Array = before.id[place] != now.id
    for name in TOLD:
        changed |= getattr(before, name)[place] != getattr(now, name)
    return changed


def named(identities: list[Identity], step: int, at: float) -> Named:
    """Identities as rows, one a claim."""
    rows: list[tuple[Any, ...]] = [
        (i.vessel, rank, c.weight, c.mmsi, c.imo, c.name, c.call_sign, c.destination, c.ship_type)
        for i in identities
        for rank, c in enumerate(i.claims)
    ]
    names = ("vessel", "rank", "weight", "mmsi", "imo", "name", "call_sign", "destination", "ship_type")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return Named.of(len(rows), step=step, at=at, **columns)
