"""What a fleet is found in: `Scene`, one row per vessel at one time, and `Surroundings`, what lies around it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from mihari.core.columns import Array, Columns, column


@dataclass(frozen=True, slots=True)
class Scene(Columns):
    """Every vessel of the picture at one time, in any order; only `key`, place and velocity are needed.

    Velocities are smoothed over some minutes by the caller. `under_way`: since when (UTC s) the vessel is faster than
    `Parameters.under_way_kn`, where the caller knows it to the second; NaN: found from the speeds of the steps.

    >>> len(Scene.of(2, key=[431000001, 431000002], lat_deg=26.0, lon_deg=127.0, east_mps=0.0, north_mps=0.0))
    2
    """

    key: Array = column("i8", 0)  # core.behaviour: an MMSI, or unnamed(id in the picture)
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    category: Array = column("u1")  # core.picture.Category
    status: Array = column("i1")  # AIS navigation status, -1 absent
    hull_length: Array = column("f4")  # m
    shore_m: Array = column("f4")  # m to the nearest shore; infinite: none near; NaN: not known
    told: Array = column("u1")  # 1: has AIS now; 0: only radar holds it
    under_way: Array = column("f8")  # UTC s


class AreaKind(StrEnum):
    """What an area of the surroundings is."""

    ANCHORAGE = "anchorage"
    PORT = "port"
    FISHING_GROUND = "fishing ground"
    WAITING_AREA = "waiting area"
    LANE = "lane"
    ZONE = "zone"  # named by the operator


@dataclass(frozen=True, slots=True)
class Area:
    """A place with a name: everything within `radius` m of it. `course`: rad, the way a lane runs; NaN: none."""

    lat_deg: float
    lon_deg: float
    radius: float
    kind: AreaKind
    name: str = ""
    course: float = float("nan")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around the vessels; NaN and empty: not known, which is evidence for nothing."""

    areas: tuple[Area, ...] = ()
    wind: float = float("nan")  # m/s, mean over 10 min
    wave: float = float("nan")  # m, significant height


def sound(scene: Scene) -> tuple[Scene, dict[str, int]]:
    """The rows that can be used, by ascending key, one a vessel; and how many were not, by reason.

    Of several rows with one key the most southern, then most western, counts: the order of rows must not matter.
    """
    known = np.isfinite(scene.lat_deg) & np.isfinite(scene.lon_deg) & (np.abs(scene.lat_deg) <= 90.0)
    moving = np.isfinite(scene.east_mps) & np.isfinite(scene.north_mps)
    named = scene.key > 0
    good = np.flatnonzero(known & moving & named)
    order = good[np.argsort(scene.key[good])]
    if (np.diff(scene.key[order]) == 0).any():
        order = good[np.lexsort((scene.lon_deg[good], scene.lat_deg[good], scene.key[good]))]
    first = np.diff(scene.key[order], prepend=0) > 0
    refused = {
        "place": int(np.count_nonzero(~known)),
        "velocity": int(np.count_nonzero(known & ~moving)),
        "key": int(np.count_nonzero(known & moving & ~named)),
        "twice": int(len(first) - np.count_nonzero(first)),
    }
    return scene.take(order[first]), {reason: n for reason, n in refused.items() if n}
