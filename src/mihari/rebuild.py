"""Archive + pipeline -> the state of a node at any past moment, and on from there: the very same tracks and picture."""

from __future__ import annotations

import hashlib
import math
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from mihari.archive.reader import ArchiveReader, Snapshot
from mihari.archive.rows import Sensors, Step
from mihari.archive.state import differing, pack, unpack
from mihari.core.columns import Array, Columns
from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.core.steps import StepKind
from mihari.core.tracks import Believed
from mihari.pipeline import Pipeline
from mihari.tracks import RewindingTracker

AHEAD = 2000  # steps read ahead by the second thread
OnLand = Callable[[Array, Array], Array]
Taken = tuple[Step, Sensors | None]


@dataclass(slots=True)
class Rebuild:
    """A pipeline that has been put into a past state, and the steps that come after it.

    Where the node went on from reports that were run again, so does this, with another `pipeline`.
    """

    reader: ArchiveReader
    pipeline: Pipeline
    snapshot: Snapshot
    steps: Iterator[Taken]
    show: Callable[[Picture], object] | None = None  # told every picture that was published
    held: Taken | None = None  # read and not yet taken
    reruns: frozenset[int] = frozenset()  # steps before which the state is that of a snapshot

    def __post_init__(self) -> None:
        run, first = self.snapshot.run, self.snapshot.step
        self.reruns = frozenset(step for step in self.reader.reruns(run) if step > first)

    def until(self, time: float) -> Pipeline:
        """Take every step up to `time` (UTC s, the pipeline's)."""
        for _ in self.each(self.reader.step_at(self.snapshot.run, time)):
            pass
        return self.pipeline

    def _begin_anew(self, step: int) -> None:
        """Before `step` older reports were run again: the node went on from what is kept there."""
        snapshot = self.reader.at(self.snapshot.run, step)
        self.pipeline = Pipeline(snapshot.sensors, land_of(snapshot))
        self.pipeline.restore(snapshot.pipeline)

    def each(self, last: float = math.inf) -> Iterator[Step]:
        """Take the steps up to number `last` one by one; each is told after it was taken and, if it was, published."""
        while (taken := self._next()) is not None:
            step, sensors = taken
            if step.number > last:
                self.held = taken
                return
            if step.number in self.reruns:
                self._begin_anew(step.number)
            elif sensors is not None:
                self.pipeline.know(sensors)
            self.pipeline.take(step.given)
            if step.published and self.show is not None:
                self.show(self.pipeline.picture())
            elif step.published:
                self.pipeline.advance()
            yield step

    def _next(self) -> Taken | None:
        if self.held is not None:
            taken, self.held = self.held, None
            return taken
        return next(self.steps, None)


def rebuild(
    reader: ArchiveReader, time: float, on_land: OnLand | None, threads: int = 1, end: float = math.inf
) -> Rebuild:
    """The state at `time`, from the nearest snapshot before it. BadInput where the archive does not reach back so far.

    `end` bounds what will be read; with 2 threads reading runs beside the pipeline.
    """
    snapshot, last = reader.moment(time)
    pipeline = Pipeline(snapshot.sensors, on_land)
    pipeline.restore(snapshot.pipeline)
    steps = reader.steps(snapshot, math.inf if end == math.inf else reader.step_at(snapshot.run, end))
    found = Rebuild(reader, pipeline, snapshot, ahead(steps) if threads > 1 else steps)
    for _ in found.each(last):
        pass
    return found


def ahead(steps: Iterator[Taken]) -> Iterator[Taken]:
    """The same, read ahead in another thread."""
    waiting: queue.Queue[Taken | BaseException | None] = queue.Queue(AHEAD)
    left = threading.Event()

    def put(item: Taken | BaseException | None) -> bool:
        while not left.is_set():
            try:
                waiting.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def read() -> None:
        try:
            for item in steps:
                if not put(item):
                    return
            put(None)
        except BaseException as error:
            put(error)

    threading.Thread(target=read, name="read-ahead", daemon=True).start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        left.set()


@dataclass(frozen=True, slots=True)
class Checked:
    """What going from one snapshot to the next gave: where the state differs from the one that was kept."""

    run: int
    begin: float  # UTC s
    end: float
    steps: int
    differs: list[str]


def verified(reader: ArchiveReader, begin: float, end: float, threads: int = 1) -> Iterator[Checked]:
    """Rebuild each snapshot between two times from the one before it, and compare the two bit for bit.

    One that holds what came of reports run again follows from none: it is gone on from, and not compared.
    """
    before: Snapshot | None = None
    reruns: set[tuple[int, int]] = set()
    for snapshot in reader.snapshots(begin, end):
        if before is None or before.run != snapshot.run:
            reruns = {(snapshot.run, step) for step in reader.reruns(snapshot.run)}
        elif (snapshot.run, snapshot.step) not in reruns:
            yield _checked(reader, before, snapshot, threads)
        before = snapshot


def _checked(reader: ArchiveReader, before: Snapshot, after: Snapshot, threads: int) -> Checked:
    pipeline = Pipeline(before.sensors, land_of(before))
    pipeline.restore(before.pipeline)
    steps = reader.steps(before, after.step - 1)
    found = Rebuild(reader, pipeline, before, ahead(steps) if threads > 1 else steps)
    count = sum(1 for _ in found.each())
    if pipeline.sensors != after.sensors:  # what it knew before the step at which the snapshot was taken
        pipeline.know(after.sensors)
    again = unpack(pack(pipeline.state()))
    return Checked(before.run, before.time, after.time, count, differing(again, after.pipeline))


def onwards(reader: ArchiveReader, begin: float, end: float) -> Iterator[Snapshot]:
    """The snapshot before `begin`, and the first one of each later run until `end`: where to begin anew."""
    first = reader.snapshot(begin)
    yield first
    for run in reader.runs():
        if run.number > first.run and run.begin <= end:
            yield reader.beginning(run.number)


def tracked(reader: ArchiveReader, begin: float, end: float, every: float = 10.0) -> Iterator[Believed]:
    """The archive's reports into tracks, without a picture: all tracks every `every` s of data, from `begin` to `end`.

    From the snapshot before `begin` on, so the tracks are the node's own; a later run's ids go on where those of the
    run before it ended.
    """
    due, shift = begin, 0
    for snapshot in onwards(reader, begin, end):
        highest = shift
        for tracks in _tracked(reader, snapshot, due, end, every):
            highest = max(highest, shift + int(tracks.id.max(initial=0)))
            yield tracks.replace(id=tracks.id + shift) if shift else tracks
        shift = highest


def _tracked(reader: ArchiveReader, snapshot: Snapshot, begin: float, end: float, every: float) -> Iterator[Believed]:
    due, last = begin, reader.step_at(snapshot.run, end)
    reruns = [step for step in reader.reruns(snapshot.run) if snapshot.step < step <= last]
    for step in [*reruns, last + 1]:
        tracker = RewindingTracker(snapshot.sensors, on_land=land_of(snapshot))
        tracker.restore(snapshot.pipeline["tracker"])
        for stretch, sensors in reader.stretches(snapshot, step - 1):
            if sensors is not None:
                tracker.know(sensors)
            done, steps = 0, stretch.steps
            for tick in np.flatnonzero(steps.kind == StepKind.TICK).tolist():
                time = float(steps.time[tick])
                if time >= due:
                    tracker.run(stretch.part(done, tick + 1))
                    done, due = tick + 1, math.floor(time / every) * every + every
                    yield tracker.believed(time)
            tracker.run(stretch.part(done, len(stretch)))
        if step <= last:
            snapshot = reader.at(snapshot.run, step)


def area_of(snapshot: Snapshot) -> str:
    """The coastline that the archived node used."""
    return str(snapshot.about.get("config", {}).get("node", {}).get("area", ""))


def land_of(snapshot: Snapshot) -> OnLand | None:
    """Its land mask; BadInput where the area is not here."""
    from mihari import coast

    area = area_of(snapshot)
    if not area:
        return None
    try:
        return coast.LandMask(coast.load(area)).on_land
    except BadInput as error:
        raise BadInput(f"the archive was made with the area {area!r}, which is needed to rebuild it: {error}") from None


def digest(*batches: Columns) -> str:
    """A hash of all columns: equal only where every bit is."""
    found = hashlib.sha256()
    for batch in batches:
        for name, array in batch.columns().items():
            found.update(name.encode() + array.tobytes())
    return found.hexdigest()[:16]


def picture_digest(picture: Picture) -> str:
    """A hash of all that is believed: vessels, identities and marks, and the picture's time and number."""
    plain: list[Any] = [list(picture.identities.values()), list(picture.marks.values()), picture.removed]
    told = orjson.dumps([picture.time, picture.sequence, *plain])
    return hashlib.sha256(told + digest(picture.vessels).encode()).hexdigest()[:16]
