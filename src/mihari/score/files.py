"""Parquet files of truth and of tracks -> moments, in order of time, a row group in memory at once.

BadInput, in one sentence, for a file that is neither or for two that share no time.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mihari.core.columns import Columns, specs
from mihari.core.errors import BadInput
from mihari.core.times import LATEST, told_time
from mihari.core.tracks import Believed, Tracks, Truth
from mihari.score.asked import Asked, whole
from mihari.score.moments import Moment, Sailed, believed_at, between

BRIDGED_S = 60.0  # between two truths: a turn of 1°/s at 10 m/s leaves the cubic by 1.8 m meanwhile, in 10 s by 2 mm
SAME_S = 1e-6
FINITE = {"time", "moment", "lat_deg", "lon_deg", "east_mps", "north_mps", "range_m", "bearing_rad"}  # in every row
SIMULATED = "as `mihari simulate -o FOLDER` writes it"
C = TypeVar("C", bound=Columns)


def opened(path: Path, what: str, needed: Sequence[str], told: str) -> Any:
    """A Parquet file with at least these columns; `what` and `told` tell people what was expected, and whence."""
    from pyarrow import ArrowInvalid, parquet

    if path.is_dir():
        raise BadInput(f"{path}: is a folder, expected a Parquet file of {what}, {told}")
    try:
        file = parquet.ParquetFile(path)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise BadInput(f"{path}: {reason.lower()}") from None
    except ArrowInvalid:
        raise BadInput(f"{path}: no Parquet file, expected {what}, {told}") from None
    missing = [name for name in needed if name not in file.schema_arrow.names]
    if missing:
        raise BadInput(f"{path}: no file of {what}: column {missing[0]} is missing, {told}")
    return file


def batches(file: Any, kind: type[C], path: Path) -> Iterator[C]:
    """The row groups as columns; what the file does not tell is absent. BadInput for values that cannot be."""
    there = [name for name, _, _ in specs(kind) if name in file.schema_arrow.names]
    _numbers(file, there, path)
    absent = {name: value for name, _, value in specs(kind)}
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=there)
        given = {}
        for name in there:
            values = table[name]
            given[name] = (values.fill_null(absent[name]) if values.null_count else values).to_numpy()
        made = kind.of(table.num_rows, **given)
        _finite(made, there, path)
        yield made


def _numbers(file: Any, names: Sequence[str], path: Path) -> None:
    from pyarrow import types

    for name in names:
        kind = file.schema_arrow.field(name).type
        if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
            raise BadInput(f"{path}: column {name}: expected numbers, found {kind}")


def _finite(rows: Columns, names: Sequence[str], path: Path) -> None:
    for name in filter(FINITE.__contains__, names):
        values = getattr(rows, name)
        wrong = ~np.isfinite(values) | (np.abs(values) > 90.0 if name == "lat_deg" else False)
        if wrong.any():
            expected = "from -90 to 90" if name == "lat_deg" else "that are finite"
            raise BadInput(f"{path}: column {name}: expected numbers {expected}, found {values[wrong][0]:g}")


def parts(groups: Iterator[C], by: str, path: Path) -> Iterator[tuple[float, C]]:
    """(time, rows) of each time in the column `by`, which must be in order; a part may span row groups."""
    held: list[C] = []
    value = -math.inf
    for group in groups:
        times = getattr(group, by)
        cuts = [0, *(np.flatnonzero(np.diff(times)) + 1).tolist(), len(times)] if len(times) else []
        for first, last in pairwise(cuts):
            if held and abs(times[first] - value) > SAME_S:
                yield value, type(group).concatenate(held)
                held = []
            if not times[first] >= value - SAME_S:
                raise BadInput(f"{path}: its rows are not in the order of time")
            value = float(times[first])
            held.append(group.take(np.arange(first, last)))
    if held:
        yield value, type(held[0]).concatenate(held)


class TruthFile:
    """The truth at times that only grow, between two of its own where it must be."""

    def __init__(self, path: Path) -> None:
        self.path, self.first, self.last = path, math.nan, math.nan
        needed = [name for name, _, _ in specs(Truth)]
        self.file = file = opened(path, "truth", needed, SIMULATED)
        self._parts = parts(batches(file, Sailed, path), "time", path)
        self._before = self._after = next(self._parts, None)
        if self._after is not None:
            self.first = self._after[0]
            self.last = float(file.read_row_group(file.num_row_groups - 1, columns=["time"])["time"].to_numpy().max())

    def at(self, time: float) -> Sailed | None:
        """Every vessel at `time` (UTC s); None before the first truth, after the last, and in its holes."""
        while self._after is not None and self._after[0] < time - SAME_S:
            self._before, self._after = self._after, next(self._parts, None)
        if self._before is None or self._after is None or self._before[0] > time + SAME_S:
            return None
        if abs(self._after[0] - time) <= SAME_S:
            return self._after[1]
        if self._after[0] - self._before[0] > BRIDGED_S:
            return None
        return between(self._before[1], self._after[1], time)


class TrackFile:
    """What `mihari track` wrote, moment by moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        needed = [name for name, _, _ in specs(Tracks) if name != "heard_other"]  # older files do not tell it
        file = opened(path, "tracks", needed, "as `mihari track` writes it")
        self.rows, self.read = int(file.metadata.num_rows), 0
        self.asked = Asked.of(file.metadata.metadata, path)
        by = "moment" if "moment" in file.schema_arrow.names else "time"
        self._parts = parts(batches(file, Believed, path), by, path)

    def __iter__(self) -> Iterator[tuple[float, Believed]]:
        for time, rows in self._parts:
            self.read += len(rows)
            yield time, rows

    def during(self, truth: TruthFile) -> Iterator[tuple[float, Believed]]:
        """The moments, and those of the truth's time at which tracks were asked for and there were none."""
        return iter(self) if self.asked is None else whole(self, self.asked, truth.first, truth.last)

    @property
    def share(self) -> float:
        """How much of the file has been read, 0 to 1."""
        return self.read / max(int(self.rows), 1)


def moments(tracks: Iterable[tuple[float, Believed]], truth: TruthFile, name: Path) -> Iterator[Moment]:
    """The moments of the tracks (of the file `name`) at which the truth is known; BadInput where there is none."""
    found, first, last = 0, math.nan, math.nan
    for time, rows in tracks:
        first, last = (time if math.isnan(first) else first), time
        sailed = truth.at(time)
        if sailed is not None:
            found += 1
            yield Moment(time, sailed, believed_at(rows, time))
    if found == 0:
        spans = f"tracks {_span(first, last)}, truth {_span(truth.first, truth.last)}"
        raise BadInput(f"{name} and {truth.path}: no time in common ({spans})")


def _span(first: float, last: float) -> str:
    if not (0 <= first <= last < LATEST):
        return f"from {first:g} to {last:g} s" if math.isfinite(first) else "without a row"
    return f"from {told_time(first)} to {told_time(last)}"
