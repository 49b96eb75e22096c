"""What the pipeline took -> rows of `steps`, `plots`, `reports` and `claims`; and back, bit for bit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from mihari.archive.tables import BATCH, SECTOR, TICK, Heard, Plots, Said, Steps
from mihari.core import steps as stretches
from mihari.core.columns import Array, specs
from mihari.core.reports import Batch, Claims, Input, Reports, Sector, Tick
from mihari.core.sensor import Sensor
from mihari.core.steps import Stretch
from mihari.feeds.plots import Held, to_reports
from mihari.feeds.rows import Slicer

Sensors = tuple[Sensor, ...]
R = TypeVar("R", Heard, Said)
DERIVED = ("lat_deg", "lon_deg", "cov_ee", "cov_en", "cov_nn", "range_var", "bearing_var")
BARE = ("mmsi", "subject", "device", "status")  # what every AIS message tells of its sender
MORE = tuple(name for name, _, _ in specs(Claims) if name not in BARE)
REPORT = tuple(name for name, _, _ in specs(Reports))


@dataclass(frozen=True, slots=True)
class Step:
    """One input as it was taken: its number, the pipeline's time after it, whether a picture was published after it."""

    number: int
    given: Input
    at: float
    published: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive steps as rows."""

    steps: Steps
    plots: Plots = field(default_factory=Plots.empty)
    heard: Heard = field(default_factory=Heard.empty)
    said: Said = field(default_factory=Said.empty)


# inputs -> rows


def rows_of_steps(taken: Sequence[Step], known: Sequence[tuple[int, Sensors]]) -> Rows:
    """Rows of consecutive steps. `known`: from which step on which sensors were known, the first entry before them."""
    sectors = [s for s in taken if isinstance(s.given, Sector)]
    batches = [s for s in taken if isinstance(s.given, Batch)]
    said = [_said(s.number, s.given) for s in batches if isinstance(s.given, Batch)]
    counts = {s.number: len(rows) for s, rows in zip(batches, said, strict=True)}
    return Rows(
        _steps(taken, counts),
        _plots(sectors, known),
        Heard.concatenate([_heard(s.number, s.given) for s in batches if isinstance(s.given, Batch)]),
        Said.concatenate(said),
    )


def _steps(taken: Sequence[Step], claims: dict[int, int]) -> Steps:
    given = [s.given for s in taken]
    swept = [g if isinstance(g, Sector) else None for g in given]
    nan = float("nan")
    return Steps.of(
        len(taken),
        step=[s.number for s in taken],
        kind=[TICK if isinstance(g, Tick) else SECTOR if isinstance(g, Sector) else BATCH for g in given],
        at=[s.at for s in taken],
        time=[nan if isinstance(g, Batch) else g.time for g in given],
        received=[nan if g is None else g.received for g in swept],
        sensor=[-1 if g is None else g.sensor for g in swept],
        start=[nan if g is None else g.start for g in swept],
        end=[nan if g is None else g.end for g in swept],
        rows=[0 if isinstance(g, Tick) else len(g.reports) for g in given],
        claims=[claims.get(s.number, 0) for s in taken],
        published=[s.published for s in taken],
        lat_deg=[nan if g is None else g.lat_deg for g in swept],
        lon_deg=[nan if g is None else g.lon_deg for g in swept],
        near=[nan if g is None else g.near for g in swept],
        far=[nan if g is None else g.far for g in swept],
    )


def _plots(sectors: Sequence[Step], known: Sequence[tuple[int, Sensors]]) -> Plots:
    """Reports of sectors without what can be derived."""
    swept = [(s.number, s.given) for s in sectors if isinstance(s.given, Sector) and len(s.given.reports)]
    if not swept:
        return Plots.empty()
    reports = Reports.concatenate([sector.reports for _, sector in swept])
    lengths = [len(sector.reports) for _, sector in swept]
    step = np.repeat([number for number, _ in swept], lengths)
    derived: Array = np.zeros(len(reports), bool)
    for rows, sensor in _by_sensor(swept, known):
        derived[rows] = same_rows(rederived(reports.take(rows), sensor), reports.take(rows), DERIVED)
    columns = reports.columns()
    for name in DERIVED:
        columns[name] = np.where(derived, np.nan, columns[name])
    return Plots(**columns, step=step, derived=derived)


def _by_sensor(
    swept: Sequence[tuple[int, Sector]], known: Sequence[tuple[int, Sensors]]
) -> Iterator[tuple[Array, Sensor]]:
    """(rows, sensor) for all sectors that one and the same knowledge of a sensor holds for."""
    found: dict[Sensor, list[Array]] = {}
    at, version = 0, 0
    for number, sector in swept:
        while version + 1 < len(known) and known[version + 1][0] <= number:
            version += 1
        sensors = known[version][1] if known else ()
        if 0 <= sector.sensor < len(sensors):
            found.setdefault(sensors[sector.sensor], []).append(np.arange(at, at + len(sector.reports)))
        at += len(sector.reports)
    for sensor, rows in found.items():
        yield np.concatenate(rows), sensor


def rederived(reports: Reports, sensor: Sensor) -> Reports:
    """Positions, covariances and variances of plots from what was measured and where the radar stands."""
    measured = Held.of(
        len(reports), kind=reports.kind, range=reports.range, bearing=reports.bearing, time=reports.time, height=0.0
    )
    return to_reports(0, sensor, measured)


def same_rows(one: Reports, other: Reports, names: Sequence[str]) -> Array:
    """Rows in which these columns are equal, bit for bit (one NaN is as good as another)."""
    same: Array = np.ones(len(one), bool)
    for name in names:
        a, b = getattr(one, name), getattr(other, name)
        same &= (a == b) | (np.isnan(a) & np.isnan(b))
    return same


def _heard(number: int, batch: Batch) -> Heard:
    reports, claims = batch.reports, batch.claims
    known = (reports.claim >= 0) & (reports.claim < len(claims))
    place = np.where(known, reports.claim, 0)
    bare = {}
    if len(claims):
        for name, _, absent in specs(Claims):
            if name in BARE:
                bare[name] = np.where(known, getattr(claims, name)[place], absent)
    row = np.arange(len(reports))
    columns = reports.columns() | bare
    return Heard.of(
        len(reports),
        **columns | {"claim": -1, "key": 0},
        step=number,
        row=row,
        shift=np.maximum(reports.claim, -1) - row,
    )


def _said(number: int, batch: Batch) -> Said:
    """Claims that the reports' own columns do not hold: with more than who speaks, or that no one report points to."""
    claims, pointed = batch.claims, batch.reports.claim
    keep = tells_more(claims)
    keep |= np.bincount(pointed[(pointed >= 0) & (pointed < len(claims))], minlength=len(claims)) == 0
    rows = np.flatnonzero(keep)
    first: Array = np.full(len(claims), np.nan)
    for row, claim in reversed(list(enumerate(pointed.tolist()))) if len(rows) else ():
        if 0 <= claim < len(claims):
            first[claim] = batch.reports.time[row]
    return Said.of(len(rows), **claims.take(rows).columns(), step=number, row=rows, time=first[rows])


def tells_more(claims: Claims) -> Array:
    """Claims that tell more than who speaks.

    >>> tells_more(Claims.of(2, mmsi=[1, 2], imo=[0, 9074729])).tolist()
    [False, True]
    """
    more: Array = np.zeros(len(claims), bool)
    for name, dtype, absent in specs(Claims):
        if name in MORE:
            values = getattr(claims, name)
            more |= ~np.isnan(values) if dtype.kind == "f" else values != absent
    return more


# rows -> inputs


def steps_of_rows(rows: Rows, known: Sequence[tuple[int, Sensors]]) -> Iterator[Step]:
    """The inputs again. Rows of `heard` and `said` may come in any order."""
    plots = Slicer(_rederive(rows, known))
    heard = _in_order(rows.heard)
    said = _in_order(rows.said)
    reports = Slicer(_reports_of(heard))
    own, more = Slicer(_claims_of(heard)), Slicer(_claims_of(said))
    s = rows.steps
    p = h = c = 0
    told = (s.step, s.kind, s.at, s.time, s.received, s.sensor, s.start, s.end, s.rows, s.claims, s.published)
    columns = (*told, s.lat_deg, s.lon_deg, s.near, s.far)
    for number, kind, at, time, received, sensor, start, end, n, claims, published, lat_deg, lon_deg, near, far in zip(
        *(column.tolist() for column in columns), strict=True
    ):
        given: Input
        if kind == TICK:
            given = Tick(time)
        elif kind == SECTOR:
            given = Sector(sensor, time, received, start, end, plots(p, p + n), lat_deg, lon_deg, near, far)
            p += n
        else:
            given = _batch(reports(h, h + n), own(h, h + n), more(c, c + claims), said.row[c : c + claims])
            h, c = h + n, c + claims
        yield Step(number, given, at, published)


def stretch_of_rows(rows: Rows, known: Sequence[tuple[int, Sensors]]) -> Stretch:
    """The same inputs as columns, as the tracker takes many at once: the claims tell who speaks, no more."""
    heard, s = _in_order(rows.heard), rows.steps
    plots, told = _rederive(rows, known), _reports_of(heard)
    reports = Reports.concatenate([plots, told.replace(claim=np.where(told.claim >= 0, np.arange(len(heard)), -1))])
    batch = s.kind == BATCH
    last = np.where(batch, len(plots) + np.cumsum(s.rows * batch), np.cumsum(s.rows * (s.kind == SECTOR)))
    steps = stretches.Steps.of(
        len(s), kind=s.kind, sensor=s.sensor, time=s.time, start=s.start, end=s.end, first=last - s.rows, last=last,
        lat_deg=s.lat_deg, lon_deg=s.lon_deg, near=s.near, far=s.far,
    )  # fmt: skip
    return Stretch(steps, reports, _claims_of(heard))


def _rederive(rows: Rows, known: Sequence[tuple[int, Sensors]]) -> Reports:
    plots, steps = rows.plots, rows.steps
    columns = {name: getattr(plots, name) for name in REPORT}
    if plots.derived.any():
        for name in DERIVED:
            columns[name] = columns[name].copy()
        sectors = steps.kind == SECTOR
        bounds = np.concatenate([[0], np.cumsum(steps.rows[sectors])])
        versions = np.searchsorted([number for number, _ in known], steps.step[sectors], "right") - 1
        groups: dict[Sensor, list[Array]] = {}
        for k, (version, sensor) in enumerate(zip(versions.tolist(), steps.sensor[sectors].tolist(), strict=True)):
            sensors = known[max(version, 0)][1]
            if bounds[k] < bounds[k + 1] and 0 <= sensor < len(sensors):
                groups.setdefault(sensors[sensor], []).append(np.arange(bounds[k], bounds[k + 1]))
        for sensor, parts in groups.items():
            mine = np.concatenate(parts)
            mine = mine[plots.derived[mine]]
            found = rederived(Reports(**{n: columns[n][mine] for n in REPORT}), sensor)
            for name in DERIVED:
                columns[name][mine] = getattr(found, name)
    return Reports(**columns)


def _in_order(rows: R) -> R:
    """By step, then by place in the batch."""
    if len(rows) < 2 or bool(
        np.all(np.diff(rows.step) >= 0) and np.all((np.diff(rows.row) > 0) | (np.diff(rows.step) > 0))
    ):
        return rows
    return rows.take(np.lexsort((rows.row, rows.step)))


def _reports_of(heard: Heard) -> Reports:
    columns = {name: getattr(heard, name) for name in REPORT}
    return Reports(**columns | {"claim": heard.shift + heard.row})


def _claims_of(rows: Heard | Said) -> Claims:
    if isinstance(rows, Said):
        return Claims(**{name: getattr(rows, name) for name, _, _ in specs(Claims)})
    return Claims.of(len(rows), **{name: getattr(rows, name) for name in BARE})


def _batch(reports: Reports, own: Claims, said: Claims, places: Array) -> Batch:
    """A batch from its reports, who speaks in each, and the claims that tell more, with their places."""
    pointed = reports.claim
    length = max(int(pointed.max(initial=-1)), int(places.max(initial=-1))) + 1
    if len(said) == 0 and length == len(pointed) and bool(np.array_equal(pointed, np.arange(length))):
        return Batch(reports, own)
    known = pointed >= 0
    columns = {name: array.copy() for name, array in Claims.of(length).columns().items()}
    for name in BARE:
        columns[name][pointed[known]] = getattr(own, name)[known]
    for name, array in columns.items():
        array[places] = getattr(said, name)
    return Batch(reports, Claims(**columns))


def joined_rows(parts: Iterable[Rows]) -> Rows:
    """Rows of several runs of steps as one."""
    each = list(parts)
    return Rows(
        Steps.concatenate([r.steps for r in each]),
        Plots.concatenate([r.plots for r in each]),
        Heard.concatenate([r.heard for r in each]),
        Said.concatenate([r.said for r in each]),
    )
