"""The coasts on which episodes are played: sensors, cables and zones, all made up, on coastlines that are real.

They differ in what matters to a pattern: how far radar and AIS reach, how near the shore is, how busy it is, which
latitude. Patterns are looked into on the first; the others judge.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from mihari.coast.area import load
from mihari.coast.land import LandMask
from mihari.core.units import NAUTICAL_MILE
from mihari.core.zones import Zone
from mihari.simulate.calls import Cable
from mihari.simulate.scenario import Radar, Station
from mihari.simulate.stage import Stage

Place = tuple[float, float]
CABLE_M = 1000.0  # to either side: as the zones of a node have it
SIDE_DEG = 0.06  # half of a side of a square zone
LINE_DEG = 0.033  # of latitude, 2 NM: the band around a closed area, drawn as a zone


@dataclass(frozen=True)
class Coast:
    """`spots`: by what there is: `open`, `far`, `inshore`, `cable`, `closed`, `port`, `anchorage`, `fishing`."""

    name: str
    area: str
    radars: tuple[Radar, ...]
    stations: tuple[Station, ...]
    spots: Mapping[str, tuple[float, float, float]]  # latitude, longitude, radius in NM
    cable: tuple[Place, ...]
    traffic: int  # vessels that pass by
    busy_kn: tuple[float, float] = (9.0, 15.0)

    @cached_property
    def mask(self) -> LandMask:
        """Its land."""
        return LandMask(load(self.area))

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """The cable, a square around each spot that is named after a kind of zone, a band around the closed area."""
        squares = tuple(
            Zone(f"{self.name} {kind}", kind, (_square(*self.spots[kind][:2]),))
            for kind in ("closed", "port", "anchorage", "fishing")
        )
        lat_deg, lon_deg, _ = self.spots["closed"]
        around = _square(lat_deg, lon_deg, LINE_DEG, LINE_DEG / math.cos(math.radians(lat_deg)))
        line = Zone(f"{self.name} line", "zone", (around,))
        return (Zone(f"{self.name} cable", "cable", (self.cable,), width_m=CABLE_M), *squares, line)

    def stage(self, duration: float) -> Stage:
        """Where and for how many s something may happen."""
        cables = (Cable(f"{self.name} cable", self.cable),)
        covers = self.mask.area.covers
        return Stage(f"the coast {self.name}", duration, self.mask.on_land, covers, self.radars, self.stations, cables)


def _square(lat_deg: float, lon_deg: float, more_lat: float = 0.0, more_lon: float = 0.0) -> tuple[Place, ...]:
    a, b = SIDE_DEG + more_lat, SIDE_DEG + more_lon
    return tuple((lat_deg + north * a, lon_deg + east * b) for north, east in ((-1, -1), (-1, 1), (1, 1), (1, -1)))


def _radar(
    name: str, lat_deg: float, lon_deg: float, height: float, range_nm: float = 24.0, reach_nm: float = 14.0
) -> Radar:
    far, reach = range_nm * NAUTICAL_MILE, reach_nm * NAUTICAL_MILE
    return Radar(name, lat_deg, lon_deg, height, 1, 1, range_max=far, reach=reach, land_clear=12_000.0)


def _station(name: str, lat_deg: float, lon_deg: float, height: float) -> Station:
    return Station(name, lat_deg, lon_deg, height, 4_310_801)


NANSEI = Coast(
    "nansei", "nansei",
    (_radar("kume", 26.377, 126.771, 310.0, 30.0, 20.0), _radar("kerama", 26.190, 127.361, 220.0, 30.0, 20.0)),
    (_station("KUME", 26.377, 126.771, 300.0), _station("KERAMA", 26.190, 127.361, 210.0)),
    {
        "open": (26.10, 126.95, 9.0), "far": (25.62, 126.60, 9.0), "inshore": (26.28, 127.22, 6.0),
        "cable": (25.80, 126.75, 4.0), "closed": (26.00, 127.05, 2.5), "port": (26.225, 127.66, 1.0),
        "anchorage": (26.17, 127.56, 2.5), "fishing": (26.50, 126.95, 3.0),
    },
    ((25.95, 126.20), (25.80, 126.75), (25.70, 127.40)), 6,
)  # fmt: skip
AEGEAN = Coast(
    "aegean", "aegean",
    (_radar("bozcaada", 39.838, 26.050, 190.0),),
    (_station("BOZCAADA", 39.838, 26.050, 180.0),),
    {
        "open": (39.74, 25.72, 6.0), "far": (39.55, 25.40, 8.0), "inshore": (39.90, 25.97, 4.0),
        "cable": (39.75, 25.66, 3.0), "closed": (39.70, 25.85, 2.5), "port": (39.835, 26.085, 1.0),
        "anchorage": (39.74, 26.03, 2.0), "fishing": (39.95, 25.75, 3.0),
    },
    ((39.90, 25.45), (39.75, 25.66), (39.60, 25.90)), 9, (8.0, 14.0),
)  # fmt: skip
BALTIC = Coast(
    "baltic", "world",
    (_radar("porkkala", 59.98, 24.40, 60.0, 24.0, 12.0), _radar("naissaar", 59.57, 24.51, 60.0, 24.0, 12.0)),
    (_station("PORKKALA", 59.98, 24.40, 60.0), _station("NAISSAAR", 59.57, 24.51, 60.0)),
    {
        "open": (59.76, 24.55, 5.0), "far": (59.62, 23.70, 6.0), "inshore": (59.60, 24.30, 4.0),
        "cable": (59.77, 24.75, 3.0), "closed": (59.80, 24.20, 2.5), "port": (59.50, 24.80, 1.0),
        "anchorage": (59.56, 24.75, 2.0), "fishing": (59.72, 24.00, 3.0),
    },
    ((59.95, 24.65), (59.77, 24.75), (59.58, 24.85)), 12, (10.0, 18.0),
)  # fmt: skip
COASTS: Mapping[str, Coast] = MappingProxyType({coast.name: coast for coast in (NANSEI, AEGEAN, BALTIC)})
