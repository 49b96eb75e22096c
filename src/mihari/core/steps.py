"""Many inputs in a row as columns: a `Stretch` is what a recording or an archive hands to the tracker at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.reports import Batch, Claims, Input, Reports, Sector


class StepKind(IntEnum):
    """What an input is. `Steps.kind` holds the number."""

    TICK = 0
    SECTOR = 1
    BATCH = 2


@dataclass(frozen=True, slots=True)
class Steps(Columns):
    """Inputs in their order, one row each; columns as in `Sector` and `Tick`.

    `time` is NaN for a batch, `sensor` -1, the azimuths and the place NaN for all but sectors. Rows `first` to `last`
    (not included) of the stretch's reports belong to the input.
    """

    kind: Array = column("u1", StepKind.TICK)
    sensor: Array = column("i8")
    time: Array = column("f8")  # UTC s
    start: Array = column("f8")  # rad
    end: Array = column("f8")
    first: Array = column("i8", 0)
    last: Array = column("i8", 0)
    lat_deg: Array = column("f8")  # of a sensor that moves, at its look
    lon_deg: Array = column("f8")
    near: Array = column("f8")  # m, of a look that did not reach all its range
    far: Array = column("f8")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Inputs in a row with all their reports and claims; `Reports.claim` is a row of these claims (-1: none)."""

    steps: Steps
    reports: Reports
    claims: Claims

    def __len__(self) -> int:
        return len(self.steps)

    def part(self, start: int, stop: int) -> Stretch:
        """Inputs start to stop; reports and claims stay whole, so nothing is copied."""
        return Stretch(self.steps.take(np.arange(start, stop)), self.reports, self.claims)

    @classmethod
    def of(cls, inputs: Sequence[Input]) -> Stretch:
        """The inputs as one stretch.

        >>> from mihari.core.reports import Tick
        >>> given = [Batch(Reports.of(2, claim=0), Claims.of(1, mmsi=7)), Tick(5.0), Batch(Reports.of(1), Claims.of(1))]
        >>> stretch = Stretch.of(given)
        >>> stretch.steps.kind.tolist(), stretch.steps.first.tolist(), stretch.steps.last.tolist()
        ([2, 0, 2], [0, 2, 2], [2, 2, 3])
        """
        parts = [None if not isinstance(one, Batch | Sector) else one.reports for one in inputs]
        ends = np.cumsum([0, *(0 if part is None else len(part) for part in parts)])
        kinds = [_kind(one) for one in inputs]
        sectors = [one if isinstance(one, Sector) else None for one in inputs]
        steps = Steps.of(
            len(inputs),
            kind=kinds,
            sensor=[-1 if one is None else one.sensor for one in sectors],
            time=[np.nan if isinstance(one, Batch) else one.time for one in inputs],
            start=[np.nan if one is None else one.start for one in sectors],
            end=[np.nan if one is None else one.end for one in sectors],
            first=ends[:-1],
            last=ends[1:],
            lat_deg=[np.nan if one is None else one.lat_deg for one in sectors],
            lon_deg=[np.nan if one is None else one.lon_deg for one in sectors],
            near=[np.nan if one is None else one.near for one in sectors],
            far=[np.nan if one is None else one.far for one in sectors],
        )
        reports = Reports.concatenate([part for part in parts if part is not None and len(part)])
        batches = [one for one in inputs if isinstance(one, Batch)]
        return cls(steps, _reclaimed(reports, steps, batches), Claims.concatenate([b.claims for b in batches]))


def _kind(one: Input) -> StepKind:
    if isinstance(one, Sector):
        return StepKind.SECTOR
    return StepKind.BATCH if isinstance(one, Batch) else StepKind.TICK


def _reclaimed(reports: Reports, steps: Steps, batches: list[Batch]) -> Reports:
    """The reports with claims counted through all batches; a claim that its batch does not hold is none."""
    if len(batches) == 1 and len(steps) == 1:
        return reports
    claim = reports.claim.copy()
    before = 0
    for row, batch in zip(np.flatnonzero(steps.kind == StepKind.BATCH), batches, strict=True):
        own = claim[steps.first[row] : steps.last[row]]
        own[:] = np.where((own >= 0) & (own < len(batch.claims)), own + before, -1)
        before += len(batch.claims)
    return reports.replace(claim=claim)
