"""What the pipeline tells -> the records, written by a thread of its own, so that the pipeline never waits for a disk.

The same thread sees when somebody has drawn a zone on the map: `Desk.zones` are those in force.

`Desk.take` puts a batch into a bounded queue and returns. Where the database does not answer, batches are held, counted
and told in `health`, and tried again; each keeps its own time, so that the alerts are the same as if it had answered.
"""

from __future__ import annotations

import logging
import tempfile
import threading
import time as clocks
from collections import Counter, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mihari.alerts import ask
from mihari.alerts.alert import SYSTEM, Entry, Settings
from mihari.alerts.records import Records, Unavailable
from mihari.alerts.watch import Watch
from mihari.alerts.zones import changed_at, keep_file, listed
from mihari.core.behaviour import Behaviour, Fleet
from mihari.core.config import TEMPORARY, NodeConfig
from mihari.core.errors import MihariError
from mihari.core.zones import Zone

log = logging.getLogger("mihari.alerts")

HELD_MAX = 50_000  # behaviours that wait: some 100 MB, an hour of a bad day
AT_ONCE = 500  # behaviours in one transaction
ZONES_S = 0.5  # between two looks at zones
FLEETS_S = 10.0  # of data, between two looks at fleets that are kept
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
STOP_S = 10.0
HOUR_S = 3600.0
Batch = tuple[tuple[Behaviour, ...], tuple[Fleet, ...], float]


class Desk:
    """Takes what is told. `address`: a path, a URL or "temporary"; `run`: UTC s of the node's start; `clock`: UTC s."""

    def __init__(
        self,
        address: str | Path,
        run: float,
        settings: Settings = Settings(),  # noqa: B008
        clock: Callable[[], float] = clocks.time,
        held_max: int = HELD_MAX,
        zones: tuple[Zone, ...] = (),
    ) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if address == TEMPORARY:
            self._folder = tempfile.TemporaryDirectory(prefix="mihari-records-")
            address = Path(self._folder.name) / "records.sqlite"
        self.records = Records(address, clock)
        self.watch, self._run_at, self._held_max = Watch(self.records, settings), run, held_max
        self.zones = self._of_file = zones  # the file's, and as soon as the records answer those on the map
        self._zones_at, self._looked = -1, float("-inf")
        self._batches: deque[Batch] = deque()
        self._held = 0  # behaviours in it
        self._fleets_at = float("-inf")
        self._state, self._problem, self._open = "starting", "", False
        self._counts: Counter[str] = Counter()
        self._lost_told = 0
        self._passed_over: Counter[str] = Counter()
        self._calling = 0
        self._lock, self._news = threading.Lock(), threading.Condition()
        self.beside: list[Callable[[Records], object]] = []  # who else looks into the records now and then
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Open the records and begin. BadInput where the address cannot be; a database that is away is waited for."""
        try:
            self._begin()
        except Unavailable as problem:
            self._state, self._problem = "waiting", str(problem)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of the records, with its password: for the face, which reads and writes them too."""
        return self.records.url.render_as_string(hide_password=False)

    def stop(self) -> None:
        """Write what waits, as far as the database takes it soon, and end."""
        self._stopping.set()
        with self._news:
            self._news.notify()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
        self.records.close()
        if self._folder is not None:
            self._folder.cleanup()

    def take(self, behaviours: Sequence[Behaviour], fleets: Sequence[Fleet], time: float) -> None:
        """What was found by `time` (UTC s of data); to be called at every tick, found or not. Returns at once."""
        if fleets and not 0 <= time - self._fleets_at < FLEETS_S:
            self._fleets_at = time
        else:
            fleets = ()
        with self._news:
            if self._held + len(behaviours) > self._held_max:
                self._counts["lost"] += len(behaviours)
                behaviours = ()
            last = self._batches[-1] if self._batches else None
            if last is not None and not (last[0] or last[1] or behaviours or fleets):
                self._batches.pop()  # time alone: only the newest matters
            self._held += len(behaviours)
            self._batches.append((tuple(behaviours), tuple(fleets), time))
            self._news.notify()

    def settled(self, patience_s: float = 10.0) -> bool:
        """Wait until all that was taken is written; whether it is."""
        until = clocks.monotonic() + patience_s
        while clocks.monotonic() < until:
            with self._news:
                if not self._batches:
                    return True
            clocks.sleep(0.01)
        return False

    def health(self) -> dict[str, Any]:
        """state (starting, writing, waiting, stopped), problem, waiting, lost, written, refused and passed over."""
        with self._news:
            waiting = self._held
        return {
            "state": self._state,
            "problem": self._problem,
            "records": self.records.where,
            "waiting": waiting,
            "lost": self._counts["lost"],
            "written": self._counts["written"],
            "refused": self._counts["refused"],
            "passed_over": dict(self._passed_over),
            "calling": self._calling,
        }

    # the thread

    def _run(self) -> None:
        failures = 0
        while True:
            with self._news:
                if not self._batches and not self._stopping.is_set():
                    self._news.wait(1.0)
                some = self._some()
            self._look_for_zones()
            if not some:
                if self._stopping.is_set():
                    break
                continue
            try:
                self._write(some)
            except MihariError as problem:
                failures = self._failed(problem, failures)
                if self._stopping.is_set() and failures > len(RETRY_S):
                    break
                self._stopping.wait(RETRY_S[min(failures, len(RETRY_S)) - 1])
            else:
                failures = 0
                self._state, self._problem = "writing", ""
                with self._news:
                    for batch in some:
                        self._batches.popleft()
                        self._held -= len(batch[0])
        self._state = "stopped"

    def _some(self) -> list[Batch]:
        """The next batches, as many as one transaction may hold, at least one; they stay until they are written."""
        some: list[Batch] = []
        rows = 0
        for batch in self._batches:
            rows += len(batch[0])
            if some and rows > AT_ONCE:
                break
            some.append(batch)
        return some

    def _failed(self, problem: MihariError, failures: int) -> int:
        if not failures:
            log.warning("alerts wait for the records: %s", problem)
        self._state, self._problem = "waiting", str(problem)
        return failures + 1

    def _begin(self) -> None:
        self.records.open()
        self.watch.begin(self._run_at)
        keep_file(self.records, self._of_file, self._run_at)
        self._open, self._state = True, "writing"
        self._look_for_zones()

    def _look_for_zones(self) -> None:
        """Twice a second at most: what somebody has drawn, moved or taken away."""
        now = clocks.monotonic()
        if not self._open or now - self._looked < ZONES_S:
            return
        self._looked = now
        try:
            with self.records.read() as connection:
                changed = changed_at(connection)
                if changed != self._zones_at:
                    self.zones = tuple(one.zone for one in listed(connection))
                    self._zones_at = changed
        except MihariError:
            pass  # the records do not answer: told where they are written
        except (sa.exc.SQLAlchemyError, ValueError, TypeError):
            log.exception("the zones in the records cannot be read")
        for look in self.beside:
            try:
                look(self.records)
            except MihariError:
                pass
            except (sa.exc.SQLAlchemyError, ValueError, TypeError):
                log.exception("the records cannot be read")

    def _write(self, some: Sequence[Batch]) -> None:
        if not self._open:
            self._begin()
        self._tell_lost()
        try:
            self._passed_over.update(self.watch.take(some))
        except (sa.exc.SQLAlchemyError, ValueError, TypeError, OverflowError):
            self._one_by_one(some)
        self._counts["written"] += sum(len(batch[0]) for batch in some)
        with self.records.read() as connection:
            self._calling = ask.counts(connection)["calling"]

    def _one_by_one(self, some: Sequence[Batch]) -> None:
        """One behaviour cannot be written: leave it out, and keep the others."""
        for behaviours, fleets, time in some:
            for parts in ((), *((b,) for b in behaviours)):
                try:
                    self._passed_over.update(self.watch.take([(parts, () if parts else fleets, time)]))
                except (sa.exc.SQLAlchemyError, ValueError, TypeError, OverflowError) as problem:
                    self._counts["refused"] += 1
                    log.exception("a behaviour or fleet could not be kept: %s", type(problem).__name__)

    def _tell_lost(self) -> None:
        """What was lost is in the watch log once the records answer."""
        lost = self._counts["lost"]
        if lost > self._lost_told:
            text = f"{lost - self._lost_told} behaviours were lost while the records did not answer"
            self.watch.tell([Entry("lost", text, SYSTEM, self._run_at)])
            self._lost_told = lost


def desk_of(
    config: NodeConfig, recorded: bool, run: float, clock: Callable[[], float], zones: tuple[Zone, ...] = ()
) -> Desk | None:
    """The desk that a configuration asks for; None for none. `recorded`: the node reads recordings only."""
    told = config.alerts
    if not told.enabled:
        return None
    settings = Settings(told.escalate_s, told.join_h * HOUR_S, told.tidy_h * HOUR_S)
    return Desk(told.address(config.node.name, recorded), run, settings, clock, zones=zones)
