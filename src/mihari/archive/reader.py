"""An archive's folder -> its runs, snapshots and steps, as they were taken; while the node runs, too."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.archive.catalogue import Catalogue
from mihari.archive.rows import Rows, Sensors, Step, steps_of_rows, stretch_of_rows
from mihari.archive.state import load_state
from mihari.archive.store import Filed, filed, hours_in
from mihari.archive.tables import SECTOR, Heard, Plots, Said, Steps, of_table
from mihari.core.errors import BadInput
from mihari.core.sensor import sensor_of
from mihari.core.steps import Stretch

T = TypeVar("T")
RERUN = "rerun"  # the kind of event that tells of a state taken from reports run again: `from` is the step it began at
WINDOW_ROWS = 1_000_000  # read at one go: 300 MB
RETRIES = 3  # a file may be merged away between the look into its folder and the reading


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole state before `step`: what `pipeline` restores, the sensors, and what the run says of itself."""

    run: int
    step: int
    time: float  # UTC s, rounded down
    pipeline: dict[str, Any]
    sensors: Sensors
    about: dict[str, Any]


class ArchiveReader(Catalogue):
    """Reads an archive. What is there is looked up anew with each question, so a running node's archive is current."""

    # a moment

    def moment(self, time: float) -> tuple[Snapshot, int]:
        """The latest snapshot before `time` (UTC s) and the last step by then, in the newest run that has one.

        Before the first run: its first snapshot and the step before it. BadInput where there is no snapshot.
        """
        states = self._states()
        if not states:
            raise BadInput(f"{self.folder}: holds no snapshot to begin from")
        for run in reversed(self.runs()):
            last = self.step_at(run.number, time) if run.begin <= time else -1
            before = [f for f in states if f.part.run == run.number and f.part.first <= last + 1]
            if last >= 0 and before:
                return self._load(max(before, key=lambda f: f.part.first)), last
        first = min(states, key=lambda f: (f.part.run, f.part.first))
        return self._load(first), first.part.first - 1

    def beginning(self, run: int) -> Snapshot:
        """The first snapshot of a run; BadInput where it has none."""
        states = [f for f in self._states() if f.part.run == run]
        if not states:
            raise BadInput(f"{self.folder}: run {run} holds no snapshot to begin from")
        return self._load(min(states, key=lambda f: f.part.first))

    def before(self, run: int, time: float) -> Snapshot:
        """The latest snapshot of a run before `time` that what came late since does not make stale; else its first.

        Reports older than the ring were run again from a snapshot before them, and the node has gone on from what came
        of it: those between do not lead there. BadInput where the run has none.
        """
        stale = [(what["from"], step) for step, _, _, what in self.events(run, kind=RERUN)]
        states = [f for f in self._states() if f.part.run == run]
        sound = [f for f in states if not any(first < f.part.first < step for first, step in stale)]
        if not sound:
            raise BadInput(f"{self.folder}: run {run} holds no snapshot to begin from")
        earlier = [f for f in sound if f.part.begin < time]
        return self._load(max(earlier, key=lambda f: f.part.first) if earlier else sound[0])

    def last_step(self, run: int) -> int:
        """The last step of a run that is written; -1 if there is none."""
        return max((f.part.last for f in self._parts("steps", run, 0)), default=-1)

    def reruns(self, run: int) -> list[int]:
        """The steps of a run before which its state was taken from reports that were run again, with a snapshot."""
        return sorted({step for step, *_ in self.events(run, kind=RERUN)})

    def at(self, run: int, step: int) -> Snapshot:
        """The snapshot before a step of a run; BadInput where there is none."""
        found = [f for f in self._states() if (f.part.run, f.part.first) == (run, step)]
        if not found:
            raise BadInput(f"{self.folder}: run {run} holds no snapshot before step {step}")
        return self._load(found[-1])

    def snapshot(self, time: float) -> Snapshot:
        """The snapshot of `moment`."""
        return self.moment(time)[0]

    def step_at(self, run: int, time: float) -> int:
        """The last step of a run that was taken while the pipeline's time was at most `time`; -1 if there is none.

        The pipeline's time falls where the node's clock was set back: what counts is the last step, not the first.
        """

        def read() -> int:
            found = -1
            for each in sorted(self._parts("steps", run, 0), key=lambda f: -f.part.last):
                if each.part.last > found and each.part.begin <= time:
                    steps = of_table(Steps, _read(each.path, None))
                    found = max(found, int(steps.step[steps.at <= time].max(initial=-1)))
            return found

        return _retried(read)

    def snapshots(self, begin: float = -math.inf, end: float = math.inf) -> Iterator[Snapshot]:
        """All snapshots between two times, by run and step."""
        for each in self._states():
            if begin <= each.part.begin <= end:
                yield self._load(each)

    def _load(self, each: Filed) -> Snapshot:
        state = load_state(each.path)
        sensors = tuple(sensor_of(told) for told in state["sensors"])
        return Snapshot(each.part.run, each.part.first, each.part.begin, state["pipeline"], sensors, state["about"])

    def _states(self) -> list[Filed]:
        """Those that count, by run and step: not what a kill left of a flush whose steps were never written."""
        hours = hours_in(self.folder)
        reached = {f.part.run: f.part.last for f in sorted(filed(hours, "steps"), key=lambda f: f.part.last)}
        return [f for f in filed(hours, "state") if f.part.first <= reached.get(f.part.run, -2) + 1]

    # steps

    def steps(self, snapshot: Snapshot, last: float = math.inf) -> Iterator[tuple[Step, Sensors | None]]:
        """The steps from a snapshot to step `last` or the run's end.

        With each come the sensors that were known from this step on, None where they did not change.
        """
        known = [(snapshot.step, snapshot.sensors), *self._known(snapshot.run, snapshot.step, last)]
        changes = dict(known[1:])
        for rows in self._windows(snapshot.run, snapshot.step, last):
            for step in steps_of_rows(rows, known):
                yield step, changes.get(step.number)

    def stretches(self, snapshot: Snapshot, last: float = math.inf) -> Iterator[tuple[Stretch, Sensors | None]]:
        """The same steps as columns, many at once; with each stretch the sensors from then on, None if as before."""
        known = [(snapshot.step, snapshot.sensors), *self._known(snapshot.run, snapshot.step, last)]
        changes = dict(known[1:])
        for rows in self._windows(snapshot.run, snapshot.step, last):
            stretch = stretch_of_rows(rows, known)
            at = np.flatnonzero(np.isin(rows.steps.step, list(changes)))
            edges = [*sorted({0, *at.tolist()}), len(stretch)]
            for a, b in pairwise(edges):
                yield stretch.part(a, b), changes.get(int(rows.steps.step[a]))

    def _known(self, run: int, first: int, last: float) -> list[tuple[int, Sensors]]:
        events = [e for e in self.events(run, first, kind="sensors") if e[0] <= last]
        return [(step, tuple(sensor_of(told) for told in what["sensors"])) for step, _, _, what in events]

    def events(
        self, run: int | None = None, first: int = 0, end: float = math.inf, kind: str = ""
    ) -> list[tuple[int, float, str, dict[str, Any]]]:
        """(step, time, kind, what) of what happened from a step on."""

        def read() -> list[dict[str, Any]]:
            parts = (f for f in filed(hours_in(self.folder), "events") if run is None or f.part.run == run)
            asked = [f.path for f in parts if f.part.last >= first and f.part.begin <= end]
            return [row for path in asked for row in _read(path, None).to_pylist()]

        return [
            (row["step"], row["at"], row["kind"], orjson.loads(row["what"]))
            for row in _retried(read)
            if row["step"] >= first and (not kind or row["kind"] == kind)
        ]

    def _windows(self, run: int, first: int, last: float) -> Iterator[Rows]:
        """Consecutive steps with all their rows, some at a time."""
        for each in self._parts("steps", run, first, last):
            steps = of_table(Steps, self._table("steps", run, max(first, each.part.first), each.part.last))
            steps = steps.take(np.flatnonzero((steps.step >= first) & (steps.step <= last)))
            if len(steps) == 0:
                continue
            yield from self._cut(run, steps)
            first = max(int(steps.step[-1]), each.part.last) + 1

    def _cut(self, run: int, steps: Steps) -> Iterator[Rows]:
        weight = np.cumsum(1 + steps.rows + steps.claims)
        start = 0
        while start < len(steps):
            before = int(weight[start - 1]) if start else 0
            stop = max(int(np.searchsorted(weight, before + WINDOW_ROWS, "right")), start + 1)
            piece = steps.take(np.arange(start, stop))
            low, high = int(piece.step[0]), int(piece.step[-1])
            yield self._whole(
                Rows(
                    piece,
                    of_table(Plots, self._table("plots", run, low, high)),
                    of_table(Heard, self._table("reports", run, low, high)),
                    of_table(Said, self._table("claims", run, low, high)),
                )
            )
            start = stop

    def _whole(self, rows: Rows) -> Rows:
        """The same; BadInput where steps have lost some of their rows."""
        steps, of_sectors = rows.steps, rows.steps.kind == SECTOR
        expected = (steps.rows[of_sectors].sum(), steps.rows[~of_sectors].sum(), steps.claims.sum())
        found = (len(rows.plots), len(rows.heard), len(rows.said))
        for name, here, told in zip(("plots", "reports", "claims"), found, expected, strict=True):
            if here != told:
                raise BadInput(
                    f"{self.folder}: steps {steps.step[0]} to {steps.step[-1]} have {here} of {told} rows in {name}; "
                    "expected all: files are missing, or their hour was let go while it was read"
                )
        return rows

    def _parts(self, table: str, run: int, first: int, last: float = math.inf) -> list[Filed]:
        return [
            f
            for f in filed(hours_in(self.folder), table)
            if f.part.run == run and f.part.last >= first and f.part.first <= last
        ]

    def _table(self, name: str, run: int, first: int, last: int) -> pa.Table:
        """Rows of a table that belong to these steps."""
        found = _retried(lambda: _joined([_rows(f, first, last) for f in self._parts(name, run, first, last)]))
        return _in_order(found) if name in ("steps", "plots") else found  # `steps_of_rows` orders the others


def _rows(each: Filed, first: int, last: int) -> pa.Table:
    inside = first <= each.part.first and each.part.last <= last
    return _read(each.path, None if inside else [("step", ">=", first), ("step", "<=", last)])


def _read(path: Path, filters: Any) -> pa.Table:
    return pq.read_table(str(path), filters=filters, partitioning=None)


def _retried(read: Callable[[], T]) -> T:
    for _ in range(RETRIES - 1):
        with contextlib.suppress(FileNotFoundError):
            return read()
    return read()


def _in_order(table: pa.Table) -> pa.Table:
    """Rows by step: where a clock was set back, a merged file holds steps from before and after those of another."""
    if table.num_rows == 0:
        return table
    step = table.column("step").to_numpy()
    return table if bool(np.all(np.diff(step) >= 0)) else table.take(np.argsort(step, kind="stable"))


def _joined(tables: list[pa.Table]) -> pa.Table:
    if not tables:
        return pa.table({})
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")
