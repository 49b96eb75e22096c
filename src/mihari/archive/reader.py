"""An archive's folder -> its runs, snapshots and steps, as they were taken; while the node runs, too."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.archive.catalogue import Catalogue
from mihari.archive.rows import Rows, Sensors, Step, sensor_of, steps_of_rows
from mihari.archive.state import load_state
from mihari.archive.store import Filed, filed, hours_in
from mihari.archive.tables import TABLES, of_table
from mihari.core.columns import Columns
from mihari.core.errors import BadInput

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

    def snapshot(self, time: float, run: int | None = None) -> Snapshot:
        """The latest snapshot at or before `time` (of one run, where given), else the first after it."""
        states = [f for f in self._states() if run is None or f.part.run == run]
        if not states:
            raise BadInput(f"{self.folder}: holds no snapshot to begin from")
        at = bisect_right([f.part.end for f in states], time) - 1
        return self._load(states[max(at, 0)])

    def snapshots(self, begin: float = -math.inf, end: float = math.inf) -> Iterator[Snapshot]:
        """All snapshots between two times, in order."""
        for each in self._states():
            if begin <= each.part.begin <= end:
                yield self._load(each)

    def _load(self, each: Filed) -> Snapshot:
        state = load_state(each.path)
        sensors = tuple(sensor_of(told) for told in state["sensors"])
        return Snapshot(each.part.run, each.part.first, each.part.begin, state["pipeline"], sensors, state["about"])

    def _states(self) -> list[Filed]:
        return sorted(filed(hours_in(self.folder), "state"), key=lambda f: (f.part.begin, f.part.run, f.part.first))

    # steps

    def steps(
        self, snapshot: Snapshot, end: float = math.inf, last: float = math.inf
    ) -> Iterator[tuple[Step, Sensors | None]]:
        """The steps from a snapshot on while the pipeline's time is at most `end`, to step `last` or the run's end.

        With each come the sensors that were known from this step on, None where they did not change.
        """
        known = [(snapshot.step, snapshot.sensors), *self._known(snapshot.run, snapshot.step, end)]
        changes = dict(known[1:])
        for rows in self._windows(snapshot.run, snapshot.step, end, last):
            for step in steps_of_rows(rows, known):
                yield step, changes.get(step.number)

    def _known(self, run: int, first: int, end: float) -> list[tuple[int, Sensors]]:
        events = self.events(run, first, end, "sensors")
        return [(step, tuple(sensor_of(told) for told in what["sensors"])) for step, _, _, what in events]

    def events(
        self, run: int | None = None, first: int = 0, end: float = math.inf, kind: str = ""
    ) -> list[tuple[int, float, str, dict[str, Any]]]:
        """(step, time, kind, what) of what happened from a step on."""
        found: list[dict[str, Any]] = []
        for each in filed(hours_in(self.folder), "events"):
            if (run is None or each.part.run == run) and each.part.last >= first and each.part.begin <= end:
                found += _read([each.path], None).to_pylist()
        return [
            (row["step"], row["at"], row["kind"], orjson.loads(row["what"]))
            for row in found
            if row["step"] >= first and (not kind or row["kind"] == kind)
        ]

    def _windows(self, run: int, first: int, end: float, last: float) -> Iterator[Rows]:
        """Consecutive steps with all their rows, some at a time."""
        for each in self._parts("steps", run, first, last):
            if each.part.begin > end:
                return
            steps = of_table(TABLES["steps"], self._table("steps", run, max(first, each.part.first), each.part.last))
            wanted = (steps.step >= first) & (steps.step <= last) & (steps.at <= end)  # type: ignore[attr-defined]
            steps = steps.take(np.flatnonzero(wanted))
            if len(steps) == 0:
                continue
            yield from self._cut(run, steps)
            first = int(steps.step[-1]) + 1  # type: ignore[attr-defined]

    def _cut(self, run: int, steps: Any) -> Iterator[Rows]:
        weight = np.cumsum(1 + steps.rows + steps.claims)
        start = 0
        while start < len(steps):
            before = int(weight[start - 1]) if start else 0
            stop = max(int(np.searchsorted(weight, before + WINDOW_ROWS, "right")), start + 1)
            piece = steps.take(np.arange(start, stop))
            low, high = int(piece.step[0]), int(piece.step[-1])
            yield Rows(
                piece,
                *(of_table(TABLES[n], self._table(n, run, low, high)) for n in ("plots", "reports", "claims")),  # type: ignore[arg-type]
            )
            start = stop

    def _parts(self, table: str, run: int, first: int, last: float = math.inf) -> list[Filed]:
        return [
            f
            for f in filed(hours_in(self.folder), table)
            if f.part.run == run and f.part.last >= first and f.part.first <= last
        ]

    def _table(self, name: str, run: int, first: int, last: int) -> pa.Table:
        """Rows of a table that belong to these steps."""
        for attempt in range(RETRIES):
            parts = self._parts(name, run, first, last)
            try:
                return _joined([_rows(f, first, last) for f in parts])
            except FileNotFoundError:
                if attempt == RETRIES - 1:
                    raise
        raise AssertionError("not reached")


def _rows(each: Filed, first: int, last: int) -> pa.Table:
    inside = first <= each.part.first and each.part.last <= last
    return _read([each.path], None if inside else [("step", ">=", first), ("step", "<=", last)])


def _read(paths: list[Path], filters: Any) -> pa.Table:
    return pq.read_table([str(p) for p in paths], filters=filters, partitioning=None)


def _joined(tables: list[pa.Table]) -> pa.Table:
    if not tables:
        return pa.table({})
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables, promote_options="default")


def columns_between(reader: ArchiveReader, table: str, begin: float, end: float) -> Columns:
    """A table's rows with a time from `begin` to `end`."""
    found = _joined([_read([p], None) for p in reader.files(table, begin, end)])
    columns = of_table(TABLES[table], found)
    time = getattr(columns, "time", None)
    return columns if time is None else columns.take((time >= begin) & (time <= end))
