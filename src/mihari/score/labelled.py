"""A simulation's own files -> the reports of each vessel with its name: what the clairvoyant is told.

`plots.parquet` has each plot with its vessel; the vessel of an AIS report is the one that sends its MMSI from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.reports import Reports
from mihari.score.clairvoyant import Reported, by_ais, by_radar
from mihari.score.files import SIMULATED, TruthFile, batches, opened
from mihari.score.moments import Sailed
from mihari.score.near import points
from mihari.simulate.motion import Motion
from mihari.simulate.scenario import Radar, Scenario
from mihari.simulate.sites import height_of

HONEST_M = 300.0  # from the vessel, and two seconds of its way: a position told from farther off is a lie, or another's
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Plotted(Columns):
    """A row of `plots.parquet`."""

    radar: Array = column("i2")
    time: Array = column("f8")
    range_m: Array = column("f8")
    bearing_rad: Array = column("f8")
    vessel: Array = column("i8")


def plotted(path: Path, scenario: Scenario, truth: Path) -> Reported:
    """The plots of vessels, as positions, freed from bias and clock offset; BadInput for another file.

    `truth` tells where a radar aboard was.
    """
    file = opened(path, "plots with their vessels", list(Plotted.empty().columns()), SIMULATED)
    plots = Plotted.concatenate(list(batches(file, Plotted, path)))
    parts = []
    for k, radar in enumerate(scenario.radars):
        own = plots.take((plots.radar == k) & (plots.vessel != NOBODY))
        time = own.time - radar.clock_offset
        slant, bearing = own.range_m - radar.range_bias, own.bearing_rad - radar.bearing_bias
        lat_deg, lon_deg = _standing(radar, scenario, truth, time)
        parts.append(
            by_radar(
                lat_deg, lon_deg, height_of(scenario, radar), max(radar.range_sd, 1.0), max(radar.bearing_sd, 1e-5),
                time, slant, bearing, own.vessel,
            )
        )  # fmt: skip
    return Reported.concatenate(parts)


def _standing(radar: Radar, scenario: Scenario, truth: Path, time: Array) -> tuple[Array, Array]:
    """Where the radar was at each time: on the coast, or with the vessel or platform that carries it."""
    if radar.aboard is None:
        return np.full(len(time), radar.lat_deg), np.full(len(time), radar.lon_deg)
    for platform in scenario.platforms:
        if platform.name == radar.aboard:  # not in the truth: it is no vessel
            there = Motion.of_paths([platform.path]).at(time - scenario.start, np.zeros(len(time), np.int64))
            return there.lat_deg, there.lon_deg
    names = [vessel.name for vessel in scenario.scripted]
    row = sum(group.count for group in scenario.traffic) + names.index(radar.aboard)
    own = Sailed.concatenate([part.take(part.vessel == row) for part in batches(TruthFile(truth).file, Sailed, truth)])
    lon_deg = np.interp(time, own.time, np.unwrap(own.lon_deg, period=360.0))
    return np.interp(time, own.time, own.lat_deg), lon_deg


def heard(reports: Reports, mmsi: Array, truth: TruthFile) -> Reported:
    """AIS positions with the vessel that sends the MMSI from there; what is told from elsewhere is left out."""
    order = np.argsort(reports.time, kind="stable")
    reports, mmsi = reports.take(order), mmsi[order]
    vessel = np.full(len(reports), NOBODY, np.int64)
    seconds = np.floor(reports.time)
    cuts = np.append(np.flatnonzero(np.diff(seconds, prepend=-np.inf)), len(seconds))
    for first, last in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        there = truth.at(float(seconds[first]))
        if there is not None:
            part = slice(first, last)
            vessel[part] = sender(mmsi[part], points(reports.lat_deg[part], reports.lon_deg[part]), there)
    some = np.flatnonzero(vessel != NOBODY)
    r = reports.take(some)
    return by_ais(r.time, r.lat_deg, r.lon_deg, r.speed, r.course, vessel[some])


def sender(mmsi: Array, place: Array, truth: Sailed) -> Array:
    """Of each MMSI told from a place (ECEF, m) the nearest vessel that sends it, -1 for none near enough.

    >>> truth = Sailed.of(2, vessel=[4, 5], lat_deg=[0.0, 1.0], lon_deg=0.0, east_mps=0.0, north_mps=0.0, mmsi=9)
    >>> sender(np.array([9, 9, 8]), points([1.0, 0.5, 0.0], [0.0, 0.0, 0.0]), truth).tolist()
    [5, -1, -1]
    """
    order = np.argsort(truth.mmsi, kind="stable")
    known, at = truth.mmsi[order], points(truth.lat_deg, truth.lon_deg)[order]
    reach = HONEST_M + 2.0 * np.hypot(truth.east_mps, truth.north_mps)[order]
    first, last = np.searchsorted(known, mmsi, "left"), np.searchsorted(known, mmsi, "right")
    found, nearest = np.full(len(mmsi), NOBODY, np.int64), np.full(len(mmsi), np.inf)
    for k in range(int((last - first).max(initial=0))):  # as many as share one MMSI: nearly always one
        row = np.minimum(first + k, len(known) - 1)
        distance = np.linalg.norm(at[row] - place, axis=1)
        better = (first + k < last) & (distance < np.minimum(nearest, reach[row])) & (mmsi > 0)
        found[better], nearest[better] = truth.vessel[order][row[better]], distance[better]
    return found


def kinds(truth: Path) -> dict[int, str]:
    """What kind each vessel of the first row group is; empty where the truth does not tell."""
    file = TruthFile(truth).file
    if "kind" not in file.schema_arrow.names or file.num_row_groups == 0:
        return {}
    table = file.read_row_group(0, columns=["vessel", "kind"])
    _, first = np.unique(table["vessel"].to_numpy(), return_index=True)
    some = table.take(first)
    return dict(zip(some["vessel"].to_pylist(), some["kind"].to_pylist(), strict=True))
