"""Reports that come too late for the ring, run again in their place: archive -> the state that the node goes on from.

A process of its own, which gives way to everything else, takes the last state that was kept before the oldest of them
and all inputs since, with those that came late where they belong, up to where the live tracker's ring begins. The node
then goes on from there: the tracks are those of all reports in order, and what people have seen keeps its number. The
process also tells where tracks were meanwhile that AIS does not support: see `mihari.retelling`.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import subprocess
import sys
import tempfile
import time as clocks
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from mihari.archive.reader import ArchiveReader, Snapshot
from mihari.archive.state import load_state, save_state
from mihari.archive.writer import Archive
from mihari.core.errors import BadInput
from mihari.core.times import duration
from mihari.keeping import Keeper
from mihari.pipeline import Pipeline
from mihari.rebuild import land_of
from mihari.tracks.again import AgainTracker
from mihari.tracks.bank import NEXT_ID
from mihari.tracks.entries import NOTHING, Entries
from mihari.tracks.older import Older
from mihari.tracks.past import Past, Was
from mihari.tracks.rewind import Footing

log = logging.getLogger("mihari.rerun")
NICE = 10
SETTLE_S = 5.0  # that nothing more comes late before a run begins, and
PATIENCE_S = 30.0  # how long it waits for that at most
MOST_S = 600.0  # that a run may take; the live ring grows meanwhile
REST = 4.0  # times as long as a run took the next one waits, and as often longer as there were runs within
LATELY_S = 3600.0  # so long: a station whose clock is hours behind is late for ever
FLUSHED_S = 30.0  # until the archive has written what it holds
FIRST, LAST, PAST = "first", "last", "past"


class Asked(NamedTuple):
    """What to run again: reports from `oldest` on (UTC s) in a run of an archive, up to its step `last`.

    The state is wanted before entries of `order`; reports older than `least` stay where they came in.
    """

    folder: str
    run: int
    last: int
    oldest: float
    least: float
    order: float


class Again(NamedTuple):
    """What came of a run: the state asked for, the step that it began at, how many entries came in their place, what
    to call them, and where tracks were since the oldest of them."""

    footing: Footing
    first: int
    entries: int
    called: str
    was: Was


class Told(NamedTuple):
    """Where tracks were since `begin` (UTC s), and why that is better known."""

    begin: float
    why: str
    was: Was


def beginning(reader: ArchiveReader, asked: Asked) -> tuple[Snapshot, Older]:
    """The snapshot to begin from: the last before all that came too late after it; and these."""
    oldest = asked.oldest
    while True:
        snapshot = reader.before(asked.run, oldest)
        begin = max(float(snapshot.pipeline["tracker"]["ring_times"][0]), asked.least)
        late = _late(reader, snapshot, asked.last)
        first = float(late.entries["time"][late.entries["time"] >= asked.least].min(initial=math.inf))
        if first >= begin or first >= oldest:  # or the run holds no earlier one
            return snapshot, Older(late.take((late.entries["time"] >= begin).nonzero()[0]), begin)
        oldest = first


def _late(reader: ArchiveReader, snapshot: Snapshot, last: int) -> Entries:
    tracker = AgainTracker(snapshot.sensors, on_land=land_of(snapshot))
    tracker.restore(snapshot.pipeline["tracker"])
    found = []
    for stretch, sensors in reader.stretches(snapshot, last):
        if sensors is not None:
            tracker.know(sensors)
        found.append(tracker.late_in(stretch))
    found = [entries for entries in found if len(entries)]
    return Entries.joined(found) if found else NOTHING


def rerun(reader: ArchiveReader, asked: Asked) -> Again:
    """What is asked for. BadInput if it cannot be had."""
    snapshot, older = beginning(reader, asked)
    tracker = AgainTracker(snapshot.sensors, on_land=land_of(snapshot))
    state = snapshot.pipeline["tracker"]
    tracker.restore(state)
    tracker.expect(older, asked.order)
    tracker.past = Past(max(asked.oldest, older.begin))
    for stretch, sensors in reader.stretches(snapshot, asked.last):
        if sensors is not None:
            tracker.know(sensors)
        tracker.run(stretch)
    footing = tracker.footing(asked.order, int(state["tally"][NEXT_ID]))
    return Again(footing, snapshot.step, len(older), older.called, tracker.past.was())


def written(asked: Asked, patience: float = FLUSHED_S) -> ArchiveReader:
    """Waits until the archive has all steps that are asked for; BadInput where it does not get them."""
    deadline = clocks.monotonic() + patience
    while clocks.monotonic() < deadline:
        with contextlib.suppress(BadInput):  # nothing has been written yet
            reader = ArchiveReader(Path(asked.folder))
            if reader.last_step(asked.run) >= asked.last:
                return reader
        clocks.sleep(0.2)
    raise BadInput(f"{asked.folder}: step {asked.last} was not written within {patience:.0f} s")


def main(told: str, output: str) -> int:
    """The process: what is asked for as JSON, and the file for what comes of it."""
    with_nice = getattr(os, "nice", None)
    if with_nice is not None:
        with_nice(NICE)
    asked = Asked(**orjson.loads(told))
    try:
        done = rerun(written(asked), asked)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 1
    more: dict[str, Any] = {FIRST: done.first, LAST: asked.last, PAST: done.was.columns()}
    more |= {"count": done.entries, "called": done.called}
    state: dict[str, Any] = done.footing._asdict() | more
    path = Path(output)
    save_state(state, path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)
    return 0


class Reruns:
    """A node's part in it: sees that something came too late, has it run again, and puts what came of it in place.

    `hours`: how old a report may be. All is called by the thread that owns the pipeline, at ticks. `retell` is told
    where tracks were, once they are what they are now. With `waits` only looks count, its clock is that of the data,
    and the pipeline waits for the process: for recordings, so that each time the same comes of them.
    """

    def __init__(
        self,
        archive: Archive,
        pipeline: Pipeline,
        keeper: Keeper,
        hours: float,
        steady: Callable[[], float],
        retell: Callable[[Told], object] | None = None,
        waits: bool = False,
    ) -> None:
        self.archive, self.pipeline, self.keeper, self.hours, self.steady = archive, pipeline, keeper, hours, steady
        self.retell, self.waits = retell, waits
        self.done = self.failed = self.reports = 0
        self._since = self._last = math.nan  # steady s, when something came late first and last; NaN: nothing did
        self._oldest = math.inf
        self._rest = -math.inf
        self._runs: list[float] = []  # when those of the last hour ended, steady s
        self._child: subprocess.Popen[str] | None = None
        self._asked: Asked | None = None
        self._inputs, self._begun, self._late = 0, 0.0, 0.0
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def running(self) -> bool:
        """Whether something is run again now."""
        return self._child is not None

    @property
    def pending(self) -> bool:
        """Whether a tick is wanted, since something came too late."""
        return not math.isnan(self._since) or self._noticed() < math.inf

    def _noticed(self) -> float:
        tracker = self.pipeline.tracker
        return tracker.oldest_look if self.waits else tracker.oldest_late

    def pass_time(self, time: float) -> None:
        """A tick; UTC s of the data."""
        now, tracker = time if self.waits else self.steady(), self.pipeline.tracker
        if (noticed := self._noticed()) < math.inf:
            self._oldest = min(self._oldest, noticed)
            self._since = now if math.isnan(self._since) else self._since
            self._last = now
        tracker.oldest_late = tracker.oldest_look = math.inf
        tracker.late_from = time - self.hours * 3600.0
        if self._child is not None:
            self._watch(now)
        elif now >= self._rest and (now - self._last >= SETTLE_S or now - self._since >= PATIENCE_S):
            self._begin(now, time)

    def finish(self, time: float) -> bool:
        """A recording has ended: what waits is run again at once; whether it was. UTC s of the data."""
        if not (self.waits and self.pending):
            return False
        done = self.done
        self.pass_time(time)
        if self.pending:
            self._begin(time, time)
        return self.done > done

    def _begin(self, now: float, time: float) -> None:
        if self.archive.health().state != "writing":
            return
        order = self.pipeline.tracker.hold()
        if order is None:
            return
        self._inputs = self.pipeline.tracker.inputs
        least = time - self.hours * 3600.0
        folder = str(self.archive.settings.folder.resolve())
        self._asked = Asked(folder, self.archive.run, self.archive.next_step - 1, self._oldest, least, order)
        self._late = time - self._oldest
        self._oldest, self._since, self._last, self._begun = math.inf, math.nan, math.nan, now
        try:
            self._start(orjson.dumps(self._asked._asdict()).decode())
        except OSError as error:  # no room for a file, or for a process
            self.failed += 1
            log.warning("reports that came too late are not in the tracks: %s", (error.strerror or str(error)).lower())
            self._rest = now + PATIENCE_S
            self.stop()
            return
        log.info("reports came too late for the ring, by %.0f s: they are run again", self._late)
        if self.waits:
            with contextlib.suppress(subprocess.TimeoutExpired):
                assert self._child is not None
                self._child.wait(MOST_S)
            self._watch(now)

    def _start(self, asked: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mihari-rerun-", ignore_cleanup_errors=True)
        command = [sys.executable, "-m", "mihari.rerun", asked, self._output]
        self._child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    @property
    def _output(self) -> str:
        assert self._folder is not None
        return str(Path(self._folder.name) / "state")

    def _watch(self, now: float) -> None:
        assert self._child is not None
        ended = self._child.poll()
        if ended is None and not self.waits and now - self._begun < MOST_S:
            return
        try:
            if ended is None:
                raise BadInput(f"it took longer than {MOST_S:.0f} s")
            if ended:
                said = (self._child.stderr.read() if self._child.stderr else "").strip().splitlines()
                raise BadInput(said[-1] if said else f"it ended with {ended}")
            self._put_in_place(load_state(Path(self._output)), now)
        except BadInput as error:
            self.failed += 1
            log.warning("reports that came too late are not in the tracks: %s", error)
        self._runs = [*(ended for ended in self._runs if ended > now - LATELY_S), now]
        self._rest = now + REST * (now - self._begun) * len(self._runs)
        self.stop()

    def _put_in_place(self, state: dict[str, Any], now: float) -> None:
        asked = self._asked
        assert asked is not None
        if asked.run != self.archive.run or self.archive.health().state != "writing":
            raise BadInput("the archive has a hole")
        footing = Footing(**{name: state[name] for name in Footing._fields})
        self.pipeline.stand_on(footing, self._inputs)
        if self.retell is not None:
            why = f"{state['called']} that came {duration(self._late)} late"
            self.retell(Told(asked.oldest, why, Was(**state[PAST])))
        self.keeper.rerun(int(state[FIRST]))
        self.done += 1
        self.reports += int(state["count"])
        log.info(
            "%d reports and looks that came too late are in the tracks now, after %.1f s",
            state["count"], now - self._begun, extra={"rerun": asked.oldest},
        )  # fmt: skip

    def stop(self) -> None:
        """Ends what runs; the ring is as short again as it should be."""
        child, self._child = self._child, None
        if child is not None:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stderr is not None:
                child.stderr.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self.pipeline.tracker.release()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
