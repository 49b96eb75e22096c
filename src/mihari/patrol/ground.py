"""A patrol file -> what there is to watch: cells, the weight of an hour in each that nobody else sees, looks it takes.

What radars on shore see all the time needs no vehicle: the rest of each cell is what it weighs. A cell counts as looked
at when a vessel of its class anywhere in it would have been seen with the chance that the file demands; a vehicle needs
so many passes for that, and the time between its arrival and the end of the last pass is the dwell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.coast.shadow import land_shadow
from mihari.coast.skyline import skyline_of
from mihari.core.errors import BadInput
from mihari.core.units import NAUTICAL_MILE, wrap_lon_deg
from mihari.patrol.cells import Cells, cells_of
from mihari.patrol.file import VESSELS_M, DemandSection, PatrolFile, RadarSection
from mihari.patrol.spells import Spell, spells_of
from mihari.sensors.coverage import RadarCoverage, Sight, seen_by_any
from mihari.sensors.platform import PlatformProfile, profile
from mihari.sensors.profiles import PROFILES
from mihari.sensors.sweep import lateral_range
from mihari.sensors.table import echo_table

Floats = NDArray[np.float64]

TRACKED = 0.5  # chance a scan with which a vessel is held: 5 of 10 scans (IMO MSC.64(67) annex 4)
LOOKS_OVER_M = 100.0  # an antenna so high looks over the land around it; from lower ones land hides what is behind it
SHADOW_STEPS = 720
MOST_PASSES = 6  # over one cell: who needs more cannot look at it
WATCH_PROFILE = "coastal X-band"


@dataclass(frozen=True)
class Ground:
    """What is to be watched. Cells n, spells S.

    every_h (n,): demanded interval; NaN: not asked for. vessel (n,): class. weight (n, S): of an hour in which the
    cell is fresh. watched (n, S): share of its sea that radars hold. dwell_h: by platform, (n, S): h that a look takes
    beyond passing through; inf: it cannot. seen: by platform, (n, S): chance that such a look sees a vessel.
    """

    cells: Cells
    spells: list[Spell]
    every_h: Floats
    vessel: NDArray[np.str_]
    weight: Floats
    watched: Floats
    dwell_h: dict[str, Floats]
    seen: dict[str, Floats]


def ground_of(file: PatrolFile) -> Ground:
    """The ground of a patrol. BadInput for a platform, coastline or terrain that is not known."""
    cells, spells = cells_of(file.area), spells_of(file)
    every, weight, vessel = _demanded(file, cells)
    watched = np.array([_watched(file, cells, spell, vessel) for spell in spells]).T
    asked = np.where(np.isfinite(every), weight * cells.sea, 0.0)[:, None] * (1 - watched)
    dwell, seen = {}, {}
    for name in dict.fromkeys(asset.platform for asset in file.asset):
        dwell[name], seen[name] = _looks(profile(name), file, cells, spells, vessel)
    return Ground(cells, spells, every, vessel, asked, watched, dwell, seen)


def _demanded(file: PatrolFile, cells: Cells) -> tuple[Floats, Floats, NDArray[np.str_]]:
    every, weight = np.full(len(cells), np.nan), np.zeros(len(cells))
    vessel = np.full(len(cells), "fishing", dtype="<U16")
    for demand in file.demand:
        held = holds(demand, cells)
        every[held], weight[held], vessel[held] = demand.every_h, demand.weight, demand.vessel
    return np.where(weight > 0, every, np.nan), weight, vessel


def holds(demand: DemandSection, cells: Cells) -> NDArray[np.bool_]:
    """Which cells a demand names, (n,)."""
    held = cells.shore >= 1000 * demand.from_shore_km
    if demand.to_shore_km is not None:
        held &= cells.shore <= 1000 * demand.to_shore_km
    return held & inside(demand.zone, cells.lat_deg, cells.lon_deg) if demand.zone else held


def inside(corners: tuple[tuple[float, float], ...], lat_deg: Floats, lon_deg: Floats) -> NDArray[np.bool_]:
    """Whether places lie in a polygon of (lat_deg, lon_deg) corners, whose edges are straight in degrees.

    >>> inside(((0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0)), np.array([1.0, 3.0]), np.array([1.0, 1.0])).tolist()
    [True, False]
    >>> inside(((0.0, 179.0), (0.0, -179.0), (2.0, -179.0), (2.0, 179.0)), np.ones(2), np.array([-179.5, 0.0])).tolist()
    [True, False]
    """
    about = corners[0][1]  # however far round the Earth longitudes are counted
    lat, lon = np.asarray(lat_deg, float), wrap_lon_deg(np.asarray(lon_deg, float) - about)
    odd = np.zeros(lat.shape, bool)
    turned = [(one, float(wrap_lon_deg(other - about))) for one, other in corners]
    for (lat1, lon1), (lat2, lon2) in zip(turned, turned[1:] + turned[:1], strict=True):
        if lat1 != lat2:
            crossing = lon1 + (lat - lat1) / (lat2 - lat1) * (lon2 - lon1)
            odd ^= ((lat1 > lat) != (lat2 > lat)) & (lon < crossing)
    return odd


def _watched(file: PatrolFile, cells: Cells, spell: Spell, vessel: NDArray[np.str_]) -> Floats:
    """Share of each cell's sea in which a radar on shore holds a vessel of its class."""
    share = np.zeros(len(cells))
    for name in dict.fromkeys(vessel.tolist()):
        rows = np.flatnonzero(vessel == name)
        lat, lon = cells.points[rows, :, 0], cells.points[rows, :, 1]
        chances = [radar_of(r, cells, spell).probability(lat, lon, 0.0, Sight(VESSELS_M[name])) for r in file.radar]
        if chances:
            held = (seen_by_any(chances) >= TRACKED) & cells.on_sea[rows]
            share[rows] = held.sum(axis=1) / np.maximum(cells.on_sea[rows].sum(axis=1), 1)
    return share


def radar_of(section: RadarSection, cells: Cells, spell: Spell) -> RadarCoverage:
    """A radar on shore in the weather of a spell. BadInput where its terrain has no heights or is above it."""
    reach = section.reach_nm * NAUTICAL_MILE
    table = echo_table(PROFILES[WATCH_PROFILE], section.height_m, reach, spell.weather)
    if cells.terrain is not None:
        try:
            sky = skyline_of(cells.terrain, section.lat_deg, section.lon_deg, section.height_m, reach)
        except BadInput as problem:
            raise BadInput(f"radar {section.name!r}: {problem}") from None
        return RadarCoverage(section.lat_deg, section.lon_deg, section.height_m, table, reach, hidden=sky.hidden)
    if cells.land is None or section.height_m >= LOOKS_OVER_M:
        return RadarCoverage(section.lat_deg, section.lon_deg, section.height_m, table, reach)
    bearings = np.arange(SHADOW_STEPS) * 2 * np.pi / SHADOW_STEPS
    shore = land_shadow(cells.land, section.lat_deg, section.lon_deg, bearings, reach)

    def hidden(slant_range: Floats, bearing: Floats, height: Floats) -> NDArray[np.bool_]:
        step = np.rint(np.asarray(bearing) / (2 * np.pi) * SHADOW_STEPS).astype(int) % SHADOW_STEPS
        return np.asarray(slant_range > shore[step])

    return RadarCoverage(section.lat_deg, section.lon_deg, section.height_m, table, reach, hidden=hidden)


def _looks(
    platform: PlatformProfile, file: PatrolFile, cells: Cells, spells: list[Spell], vessel: NDArray[np.str_]
) -> tuple[Floats, Floats]:
    """Dwell h and chance of a look by one platform, (n, S) each."""
    shape = len(cells), len(spells)
    dwell, seen = np.full(shape, np.inf), np.zeros(shape)
    for s, spell in enumerate(spells):
        for name in dict.fromkeys(vessel.tolist()):
            curve = lateral_range(platform, VESSELS_M[name], spell.weather, spell.night, spell.cloud_base)
            for passes in range(1, MOST_PASSES + 1):
                chance = curve.seen(cells.side[1], passes)
                if chance >= file.detect:
                    rows = vessel == name
                    dwell[rows, s] = (passes - 1) * cells.side[0] / platform.cruise / 3600
                    seen[rows, s] = chance
                    break
    return dwell, seen
