"""What a look-out took in -> the case around some vessels: their rows and their neighbours', and what lay there."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from mihari.behaviours.places import Places
from mihari.behaviours.sightings import SHADOW, SightingKind, Sightings
from mihari.core.behaviour import mmsi_of
from mihari.core.columns import Array
from mihari.core.reports import Batch, ReportKind
from mihari.core.units import NAUTICAL_MILE
from mihari.core.zones import KINDS
from mihari.library.anonymous import anonymous
from mihari.library.cases import HELD, NAMED, TOLD, UNSEEN, Case, Rows

NEAR_M = 22_224.0  # 12 NM: who else is heard there tells that silence says something
BIN_S = 30.0  # one row of a vessel in so long: as a look-out remembers them
BESIDE_M, BESIDE_S = 3704.0, 180.0  # of who never comes nearer: enough to tell that somebody is heard
UNITS = {"speed": 0.05, "course": 0.01, "heading": 0.01, "shore": 20.0}  # to which figures are rounded
METRES = 111_195.0
CLOSE_M = 5 * NAUTICAL_MILE


@dataclass(slots=True)
class Intake:
    """Collects what comes in, in whatever order."""

    parts: list[Rows] = field(default_factory=list)

    def hear(self, batch: Batch) -> None:
        """AIS: positions and what vessels tell of themselves."""
        r, c = batch.reports, batch.claims
        for what, kind in ((TOLD, ReportKind.AIS_POSITION), (NAMED, ReportKind.AIS_STATIC)):
            rows = np.flatnonzero((r.kind == kind) & (r.claim >= 0) & np.isfinite(r.time))
            at = r.claim[rows]
            told: dict[str, Any] = {n: getattr(r, n)[rows] for n in ("time", "lat_deg", "lon_deg", "speed", "course")}
            told |= {"heading": r.heading[rows], "station": r.sensor[rows], "vessel": c.mmsi[at]}
            told |= {n: getattr(c, n)[at] for n in ("status", "subject", "device")}
            if what == NAMED:
                told |= {n: getattr(c, n)[at] for n in ("imo", "name", "call_sign", "ship_type", "draught")}
                told["hull_length"] = c.bow[at] + c.stern[at]
            self.parts.append(Rows.of(len(rows), what=what, **told))

    def see(self, sightings: Sightings) -> None:
        """What radar alone holds, and where it sees nobody."""
        some = sightings.take(sightings.kind != SightingKind.TOLD)
        names = ("time", "lat_deg", "lon_deg", "speed", "course")
        told = {n: getattr(some, n) for n in names} | {"vessel": some.key}
        self.parts.append(Rows.of(len(some), what=np.where(some.kind == SightingKind.HELD, HELD, UNSEEN), **told))

    def rows(self, begin: float, end: float) -> Rows:
        """All of a time, oldest first."""
        made = Rows.concatenate(self.parts)
        made = made.take(np.flatnonzero((made.time >= begin) & (made.time < end)))
        return made.take(np.argsort(made.time, kind="stable"))


def cut(case: Case, intake: Intake, places: Places, begin: float, end: float) -> Case:
    """The case with the rows of its vessels and who was near them between two times (UTC s), anonymised."""
    rows = thinned(near(intake.rows(begin, end), case.vessels), case.vessels)
    placed = np.flatnonzero(np.isfinite(rows.lat_deg))
    shore, areas = np.full(len(rows), np.nan), np.zeros(len(rows), np.uint32)
    lat_deg, lon_deg = rows.lat_deg[placed], rows.lon_deg[placed]
    away = places.shore(lat_deg, lon_deg)
    if away is not None:
        shore[placed] = away
    areas[placed] = places.areas(lat_deg, lon_deg)
    rows = rows.replace(shore=shore, areas=areas, **_away(places, rows, placed))
    rounded = {name: np.round(getattr(rows, name) / unit) * unit for name, unit in UNITS.items()}
    return anonymous(replace(case, rows=rows.replace(**rounded)))


def _away(places: Places, rows: Rows, placed: Array) -> dict[str, Array]:
    """How far each place is from zones, m by the name of the column: to 0.1 NM, and to 1 NM from 5 NM on.

    Finer figures would double a file of cases, and tell more of where it was.
    """
    found = {}
    for kind in KINDS:
        told = places.away(kind, rows.lat_deg[placed], rows.lon_deg[placed])
        if told is not None:
            found[f"away_{kind}"] = np.full(len(rows), np.nan)
            step = np.where(told < CLOSE_M, 0.1 * NAUTICAL_MILE, NAUTICAL_MILE)
            found[f"away_{kind}"][placed] = np.round(told / step) * step
    return found


def near(rows: Rows, vessels: tuple[int, ...], reach: float = NEAR_M) -> Rows:
    """Those of `vessels` and of whoever came into the box of `reach` m around their ways."""
    own = np.isin(_whose(rows), [mmsi_of(v) or v for v in vessels])
    mine = rows.take(np.flatnonzero(own & np.isfinite(rows.lat_deg)))
    if len(mine) == 0:
        return rows.take(np.flatnonzero(own))
    north, south = mine.lat_deg.max() + reach / METRES, mine.lat_deg.min() - reach / METRES
    wide = reach / METRES / max(np.cos(np.radians(mine.lat_deg[0])), 0.05)
    inside = (rows.lat_deg < north) & (rows.lat_deg > south)
    inside &= (rows.lon_deg < mine.lon_deg.max() + wide) & (rows.lon_deg > mine.lon_deg.min() - wide)
    return rows.take(np.flatnonzero(np.isin(_whose(rows), np.unique(_whose(rows)[inside | own]))))


def _whose(rows: Rows) -> Array:
    return np.asarray(np.where(rows.vessel >= SHADOW, rows.vessel - SHADOW, rows.vessel))


def thinned(rows: Rows, vessels: tuple[int, ...]) -> Rows:
    """One place in each half minute of who is near, in two minutes of others; of what vessels tell all that is new."""
    close = np.isin(_whose(rows), _company(rows, vessels))
    bins = np.floor(rows.time / np.where(close, BIN_S, BESIDE_S)).astype(np.int64)
    cell = np.round(np.nan_to_num(rows.lat_deg) * 50) * 100_003 + np.round(np.nan_to_num(rows.lon_deg) * 50)
    named = rows.what == NAMED
    bins[named] = np.floor(rows.time[named] / 1200.0).astype(np.int64)
    texts = zip(rows.name.tolist(), rows.imo.tolist(), rows.call_sign.tolist(), rows.draught.tolist(), strict=True)
    told = np.array([zlib.crc32(repr(text).encode()) for text in texts], np.int64)
    keys = np.stack([rows.vessel, rows.what.astype(np.int64), bins, np.where(named, told, cell.astype(np.int64))])
    return rows.take(np.sort(np.unique(keys, axis=1, return_index=True)[1]))


def _company(rows: Rows, vessels: tuple[int, ...]) -> Array:
    """The vessels themselves and who was ever within `BESIDE_M` of one of them at about the same time."""
    own = np.isin(_whose(rows), [mmsi_of(v) or v for v in vessels])
    placed = np.isfinite(rows.lat_deg)
    scale = np.cos(np.radians(rows.lat_deg[placed][:1])) if placed.any() else 1.0
    points = np.stack([rows.lat_deg * METRES, rows.lon_deg * METRES * scale, rows.time * BESIDE_M / 240.0], axis=1)
    mine = points[own & placed]
    if len(mine) == 0:
        return np.unique(_whose(rows))
    away = cKDTree(mine).query(points[placed], distance_upper_bound=BESIDE_M)[0]
    return np.unique(np.concatenate([_whose(rows)[placed][np.isfinite(away)], _whose(rows)[own]]))
