"""`Archive`: takes what flows through a node and writes it, in a thread of its own. A full disk stops it, nothing else.

Every `FLUSH_S` what has come in is written as small Parquet files, synced and named: a kill or a power cut loses what
is younger. The pipeline never waits for it. Where the disk cannot take more, what is held is bounded, then let go and
counted; when there is room again, a new run begins with a snapshot of the whole state, so that every moment outside
the hole can be rebuilt.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import shutil
import threading
import time as clocks
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from mihari.archive.health import ArchiveHealth
from mihari.archive.held import Held, bounds_of, tables_of
from mihari.archive.rows import Sensors, Step
from mihari.archive.state import save_state
from mihari.archive.store import Part, filed, hour_of, hours_in, locked, place, sweep_unfinished
from mihari.archive.tables import Changed, Kept, Named, write
from mihari.archive.tidy import CLOSED, Retention, retained, tidied
from mihari.core.errors import BadInput
from mihari.core.reports import Input, Tick
from mihari.core.sensor import sensor_told

log = logging.getLogger("mihari.archive")
FLUSH_S = 2.0  # at most 5 s may be lost: two flushes and the time to write one
FLUSH_ROWS = 250_000  # a recording read at full speed flushes by rows
HELD_ROWS = 1_000_000  # held at most while the disk does not take it: 250 MB
RETRY_S = 5.0  # between attempts while stopped
SNAPSHOT_ROWS = 100_000  # a busy node's snapshots are nearer together: what lies between two is rebuilt in seconds
EVENTS_HELD = 1000  # kept over a hole, for the next run to tell
OF_A_RUN = ("begin", "end", "hole", "sensors", "rerun")  # events that mean nothing in another run
TIDY_S = 10.0  # between looks for files to merge
NICE = 10  # merging gives way to everything else


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where and how much; bare numbers are s and bytes."""

    folder: Path
    keep: float = 30 * 86400.0  # s; 0: for ever
    quota: float = 50e9  # bytes; 0: no limit
    free: float = 1e9  # bytes that must stay free on the disk
    snapshot: float = 60.0  # s between snapshots of the whole state
    tracks: float = 10.0  # s between rows of one track


class Archive:
    """One node's archive; `took` and what follows it are called by the pipeline's thread, `heard` by any.

    `clock` gives UTC seconds. With `patient`, `took` waits for the disk instead of shedding: for recordings.
    """

    def __init__(
        self, settings: ArchiveSettings, clock: Callable[[], float] = clocks.time, patient: bool = False
    ) -> None:
        self.settings, self.clock, self.patient = settings, clock, patient
        self.next_step = 0
        self.run = 0
        self._about: dict[str, Any] = {}
        self._sensors: Sensors = ()
        self._at = -math.inf
        self._snapshot_at = -math.inf
        self._since_snapshot = 0  # rows
        self._whole = False  # whether the run goes on without a hole
        self._held = Held([(0, ())])
        self._sealed: deque[Held] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._state, self._problem = "off", ""
        self._rows = self._bytes = self._shed = self._runs = self._used = 0
        self._hole: tuple[float, int] | None = None  # since when, and what was shed before; until a new run is on disk
        self._threads: list[threading.Thread] = []
        self._lock: IO[str] | None = None

    # life

    def open(self, about: dict[str, Any], sensors: Sensors = ()) -> None:
        """Begin a run. `about` is kept with it: configuration, versions. BadInput where the folder cannot be used."""
        try:
            self.settings.folder.mkdir(parents=True, exist_ok=True)
            self._lock = locked(self.settings.folder)
            sweep_unfinished(self.settings.folder)
            probe = self.settings.folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            problem = (error.strerror or str(error)).lower()
            raise BadInput(f"archive {self.settings.folder}: cannot be written: {problem}") from None
        self._about, self._sensors = about, sensors
        self._state = "writing"
        for name, work in (("archive", self._write_on), ("archive-tidy", self._tidy_on)):
            thread = threading.Thread(target=work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self, timeout: float = 30.0) -> None:
        """Write what is held and end."""
        with self._changed:
            if self._held.raw and not self._runs:  # bytes came in, and nothing of which the pipeline knew
                self._begin(self._at)
            if self._whole and not self._closing:
                self.note("end", {})
            self._closing = True
            self._seal()
            self._changed.notify_all()
        deadline = clocks.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(deadline - clocks.monotonic(), 0.1))
        if self._state == "writing":
            self._state = "closed"
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def health(self) -> ArchiveHealth:
        """How it is doing now."""
        with self._changed:
            first = self._sealed[0] if self._sealed else self._held
            lag = self.clock() - first.since if first.weight and math.isfinite(first.since) else 0.0
            with contextlib.suppress(OSError):
                free = shutil.disk_usage(self.settings.folder).free
                return ArchiveHealth(
                    str(self.settings.folder), self._state, self._problem, self._rows, self._bytes, max(lag, 0.0),
                    free, self._used, self._shed, self._runs,
                )  # fmt: skip
        return ArchiveHealth(str(self.settings.folder), "stopped", "the archive's folder is gone")

    # what flows

    def due(self, at: float) -> bool:
        """Whether `snapshot` must be called before the next input: at the beginning of a run, then now and then."""
        near = self._snapshot_at <= at < self._snapshot_at + self.settings.snapshot  # not so once a clock is set back
        late = math.isfinite(at) and not near
        return self._state == "writing" and (not self._whole or late or self._since_snapshot >= SNAPSHOT_ROWS)

    @property
    def whole(self) -> bool:
        """Whether the run goes on without a hole."""
        return self._whole

    def snapshot(self, state: Any, at: float) -> None:
        """The state of everything before the next step; `state` as in `archive.state`."""
        with self._changed:
            if not self._whole:
                self._begin(at)
            known = {"sensors": [sensor_told(s) for s in self._sensors], "about": self._about}
            self._held.states.append((self.next_step, at, {"pipeline": state} | known))
            self._snapshot_at, self._since_snapshot = at, 0

    def took(self, given: Input, at: float, published: bool) -> None:
        """The pipeline has taken an input; `at` is its time now."""
        with self._changed:
            if not self._whole:
                self._shed += 1
                return
            weight = 1 if isinstance(given, Tick) else 1 + len(given.reports)
            if not self._has_room(weight):
                self._shed += 1
                return
            if self._held.steps and math.isfinite(self._at) and hour_of(at) != hour_of(self._at):
                self._seal()
            self._held.steps.append(Step(self.next_step, given, at, published))
            self._count(weight)
            self._since_snapshot += weight
            self.next_step += 1
            self._at = at
            if not math.isfinite(self._snapshot_at):
                self._snapshot_at = at

    def heard(self, feed: int, received: float, time: float | None, data: bytes) -> None:
        """A feed has received bytes."""
        with self._changed:
            while self._sealed and self._sealed_weight() >= HELD_ROWS and self._waits():
                self._changed.wait(0.2)
            if (self._whole or not self._runs) and self._sealed_weight() < HELD_ROWS:
                self._held.raw.append((feed, received, math.nan if time is None else time, data))
                self._count(1)

    def knew(self, sensors: Sensors) -> None:
        """From the next step on these are the sensors."""
        with self._changed:
            if sensors != self._sensors:
                self._sensors = sensors
                if self._whole:  # else the next run begins with them
                    self._held.known.append((self.next_step, sensors))
                    self.note("sensors", {"sensors": [sensor_told(s) for s in sensors]})

    def note(self, kind: str, what: dict[str, Any]) -> None:
        """Something happened before the next step: a decision, a change of configuration, what was shed."""
        with self._changed:
            if self._whole or len(self._held.events) < EVENTS_HELD:
                self._held.events.append((self.next_step, self._at, kind, what))

    def keep(self, *rows: Kept | Changed | Named) -> None:
        """Rows for `tracks`, `vessels` and `identities`."""
        with self._changed:
            if not self._whole:
                return
            for each in rows:
                if isinstance(each, Kept):
                    self._held.tracks.append(each)
                elif isinstance(each, Changed):
                    self._held.vessels.append(each)
                else:
                    self._held.identities.append(each)
                self._count(len(each))

    # holding

    def _begin(self, at: float) -> None:
        """A new run: from here on everything is kept."""
        self.run = max(math.floor(self.clock()), self.run + 1, _latest_run(self.settings.folder) + 1)
        self.next_step, self._whole = 0, True
        self._runs += 1
        early = [] if self._runs > 1 else self._held.raw  # what came in before the pipeline took the first of it
        noted = [(0, *rest) for _, *rest in self._held.events]  # between two runs, or in what was let go
        self._held = Held([(0, self._sensors)], raw=early, weight=len(early), since=self._held.since)
        self._at = self._snapshot_at = at
        self.note("begin", self._about | {"sensors": [sensor_told(s) for s in self._sensors]})
        if self._hole is not None:
            self.note("hole", {"since": self._hole[0], "inputs": self._shed - self._hole[1], "why": self._problem})
        self._held.events += noted  # type: ignore[arg-type]

    def _moment(self, at: float) -> float:
        return at if math.isfinite(at) else self.clock()

    def _count(self, weight: int) -> None:
        if not self._held.weight:
            self._held.since = self.clock()
        self._held.weight += weight
        if self._held.weight >= FLUSH_ROWS:
            self._seal()

    def _sealed_weight(self) -> int:
        return sum(h.weight for h in self._sealed) + self._held.weight

    def _waits(self) -> bool:
        return self.patient and self._state == "writing" and not self._closing

    def _has_room(self, weight: int) -> bool:
        """Whether another input can be held; else waits, or lets go of all: the run has a hole and ends."""
        while self._sealed_weight() + weight > HELD_ROWS:
            if self._waits():
                self._changed.wait(0.2)
                continue
            self._let_go("the disk takes less than comes in")
            return False
        return True

    def _let_go(self, why: str) -> None:
        lost = sum(len(h.steps) for h in self._sealed) + len(self._held.steps)
        self._hole = self._hole or (self._moment(self._at), self._shed)
        self._shed += lost
        noted = [e for h in (*self._sealed, self._held) for e in h.events if e[2] not in OF_A_RUN]
        self._sealed.clear()
        self._held = Held([(self.next_step, self._sensors)], events=noted[-EVENTS_HELD:])
        self._whole = False
        self._problem = self._problem or why

    def _seal(self) -> None:
        """What is held may be written. What came before the first step waits for it, so that it gets its time."""
        if self._held.steps or (self._closing and self._held):
            self._sealed.append(self._held)
            self._held = Held([(self.next_step, self._sensors)])
            self._changed.notify_all()

    # writing, in a thread of its own

    def _write_on(self) -> None:
        while True:
            with self._changed:
                if not self._sealed and not self._closing:
                    self._changed.wait(FLUSH_S)
                if not self._sealed:
                    self._seal()
                held = self._sealed[0] if self._sealed else None
                if held is None:
                    if self._closing:
                        return
                    if self._state == "stopped" and not self._no_room():  # nothing is left to try it with
                        self._state = "writing"
                    continue
                run = self.run
            if not self._try(held, run) and self._closing:
                return

    def _try(self, held: Held, run: int) -> bool:
        """Write one flush; when that fails, say so and wait a little."""
        problem = self._no_room()
        if not problem:
            try:
                size = self._flush(held, run)
            except OSError as error:
                problem = f"{self.settings.folder}: {(error.strerror or str(error)).lower()}"
            except Exception:
                log.exception("the archive cannot write a flush: a bug; it is let go")
                problem = "stopped by an error in this program, see the log"
        with self._changed:
            if problem:
                if self._state != "stopped":
                    log.error("archive stopped: %s", problem)
                self._state, self._problem = "stopped", problem
                if "error in this program" in problem:
                    self._let_go(problem)
                    self._state = "writing"
                self._changed.wait_for(lambda: self._closing, RETRY_S)
                return False
            if self._sealed and self._sealed[0] is held:
                self._sealed.popleft()
            if self._state == "stopped":
                log.warning("archive goes on: there is room again")
            self._state = "writing"
            if self._whole:
                self._problem, self._hole = "", None
            self._bytes += size
            self._rows += held.weight
            self._changed.notify_all()
        return True

    def _no_room(self) -> str:
        try:
            free = shutil.disk_usage(self.settings.folder).free
        except OSError as error:
            return f"{self.settings.folder}: {(error.strerror or str(error)).lower()}"
        if free >= self.settings.free:
            return ""
        return (
            f"only {free / 1e9:.2f} GB are free on the disk of {self.settings.folder}, expected "
            f"{self.settings.free / 1e9:g} GB; nothing is archived until there is room"
        )

    def _flush(self, held: Held, run: int) -> int:
        first = held.steps[0].number if held.steps else held.known[0][0]
        last = held.steps[-1].number if held.steps else first
        at = held.moment() if math.isfinite(held.moment()) else self._moment(self._at)
        root, hour, size = self.settings.folder, hour_of(at), 0
        for step, moment, state in held.states:
            moment = moment if math.isfinite(moment) else at
            part = Part("state", run, step, step, math.floor(moment), math.ceil(moment), "state")
            size += place(root, hour, part, partial(save_state, state)).stat().st_size
        for table, rows in tables_of(held).items():
            part = Part(table, run, first, last, *bounds_of(table, rows, at))
            size += place(root, hour, part, partial(write, rows)).stat().st_size
        (root / hour / CLOSED).unlink(missing_ok=True)  # an hour that a clock set back has opened again
        return size

    # tidying, in another

    def _tidy_on(self) -> None:
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        s = self.settings
        rule = Retention(s.keep, s.quota)
        while not self._closing:
            try:
                tidied(s.folder, hour_of(self._moment(self._at)), lambda: self._closing)
                self._used = retained(s.folder, rule, self._moment(self._at))
            except OSError as error:
                log.warning("archive: cannot tidy: %s", error)
            except Exception:
                log.exception("archive: a bug while tidying; the files stay as they are")
            with self._changed:
                self._changed.wait_for(lambda: self._closing, TIDY_S)


def _latest_run(folder: Path) -> int:
    """The newest run in the archive. All hours are looked through: where a clock was set back it is in an older one."""
    return max((each.part.run for each in filed(hours_in(folder))), default=0)
