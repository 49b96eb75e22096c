"""A view of fleets and their surroundings -> the figures that speak for or against a purpose, one for each fleet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.fleets.grouped import Grouped
from mihari.behaviours.fleets.places import Near, near
from mihari.behaviours.fleets.scene import AreaKind, Scene, Surroundings
from mihari.behaviours.fleets.spacing import nearest
from mihari.behaviours.fleets.view import View
from mihari.core.columns import Array
from mihari.core.geodesy import MEAN_RADIUS
from mihari.core.picture import Category
from mihari.core.units import KNOT, NAUTICAL_MILE, wrap_lon_deg

STILL_KN = 0.5  # no more: at anchor or made fast, with what satellite positions scatter; GFW's stop ends at 0.5 kn
MOVING_KN = 1.0  # more: a course means something
FISHING_KN = (1.0, 6.0)  # ours; that speed tells fishing from steaming: Natale et al. 2015, PLoS ONE 10(6)
RAFTED = 100.0  # m, no more to the next: side by side as receivers place them. Ours
DOUBT = 1.0  # vessels of each answer that are supposed before anybody is asked (Laplace): 1 of 2 is no evidence
ANCHORED, MOORED, ENGAGED_IN_FISHING, SAILING = 1, 5, 7, 8  # navigation status, M.1371-5 table 47


@dataclass(frozen=True, slots=True)
class Figures:
    """Named values, (g,) each, NaN where not known; and the areas that some of them are about."""

    values: dict[str, Array]
    near: dict[str, Near]


def figures(seen: View, around: Surroundings) -> Figures:
    """All figures of all fleets of the view."""
    scene, group = seen.scene, seen.group
    speed_kn = np.hypot(scene.east_mps, scene.north_mps) / KNOT
    places = {
        "anchorage": near(around.areas, {AreaKind.ANCHORAGE}, scene, group, seen.lat_deg, seen.lon_deg),
        "port": near(around.areas, {AreaKind.PORT}, scene, group, seen.lat_deg, seen.lon_deg),
        "waiting": near(around.areas, {AreaKind.WAITING_AREA}, scene, group, seen.lat_deg, seen.lon_deg),
        "ground": near(around.areas, {AreaKind.FISHING_GROUND}, scene, group, seen.lat_deg, seen.lon_deg),
        "lane": near(around.areas, {AreaKind.LANE}, scene, group, seen.lat_deg, seen.lon_deg),
    }
    values = {f"in_{name}": place.inside for name, place in places.items()}
    values |= {"port_nm": places["port"].edge / NAUTICAL_MILE, "vessels": group.count.astype(np.float64)}
    values |= _kinds(scene, group) | _motion(scene, group, speed_kn) | _shape(seen, speed_kn)
    shore = np.where(np.isfinite(scene.shore_m), scene.shore_m, np.where(np.isnan(scene.shore_m), np.nan, 1e9))
    values["shore_nm"] = np.minimum(group.quantile(shore) / NAUTICAL_MILE, 1000.0)
    values["wind"] = np.full(group.groups, around.wind)
    values["wave"] = np.full(group.groups, around.wave)
    values["arrivals_h"] = _arrivals(seen) / 3600.0
    return Figures(values, places)


def _supposed(group: Grouped, which: Array, known: Array) -> Array:
    """Share of those known, drawn to a half where few are."""
    return np.asarray((group.total(which & known) + DOUBT) / (group.total(known) + 2 * DOUBT))


def _kinds(scene: Scene, group: Grouped) -> dict[str, Array]:
    """What vessels say of themselves: types, status, sizes."""
    category, status = scene.category, scene.status
    typed, stated = category != Category.UNKNOWN, status >= 0
    hull = scene.hull_length.astype(np.float64)
    return {
        "dark": group.share(scene.told == 0),
        "untyped": group.share(~typed),
        "fishing_types": _supposed(group, category == Category.FISHING, typed),
        "merchants": _supposed(group, (category == Category.CARGO) | (category == Category.TANKER), typed),
        "pleasure": _supposed(group, category == Category.PLEASURE, typed),
        "service": _supposed(group, category == Category.SERVICE, typed),
        "anchored": _supposed(group, (status == ANCHORED) | (status == MOORED), stated),
        "fishing_status": group.share(status == ENGAGED_IN_FISHING),
        "sailing": group.share(status == SAILING),
        "one_large": group.quantile(hull, 1.0) / np.fmax(group.quantile(hull), 1.0),
    }


def _motion(scene: Scene, group: Grouped, speed_kn: Array) -> dict[str, Array]:
    """How fast, and whether on one course: the length of the mean of unit velocities (Vicsek et al. 1995)."""
    moving = np.where(speed_kn > MOVING_KN, 1.0, np.nan)
    heads = [
        group.mean(part / np.maximum(speed_kn * KNOT, 1e-9) * moving) for part in (scene.east_mps, scene.north_mps)
    ]
    enough = group.total(moving) >= 3
    low, high = FISHING_KN
    return {
        "speed_kn": group.quantile(speed_kn),
        "still": group.share(speed_kn <= STILL_KN),
        "slow": group.share(speed_kn <= 4.0),
        "fishing_speed": group.share((speed_kn >= low) & (speed_kn <= high)),
        "one_course": np.where(enough, np.hypot(*heads), np.nan),
    }


def _shape(seen: View, speed_kn: Array) -> dict[str, Array]:
    """How they lie: spacing and its evenness, how long against how wide, and whether they go the long way."""
    scene, group = seen.scene, seen.group
    mine = group.group
    east = (
        np.radians(wrap_lon_deg(scene.lon_deg - seen.lon_deg[mine])) * np.cos(np.radians(scene.lat_deg)) * MEAN_RADIUS
    )
    north = np.radians(scene.lat_deg - seen.lat_deg[mine]) * MEAN_RADIUS
    apart = nearest(mine, group.groups, east, north)
    e, n = east - group.mean(east)[mine], north - group.mean(north)[mine]
    ee, en, nn = group.mean(e * e), group.mean(e * n), group.mean(n * n)
    middle, half = (ee + nn) / 2, np.hypot((ee - nn) / 2, en)
    axis = 0.5 * np.arctan2(2 * en, nn - ee)  # of the long way, from north
    course = np.arctan2(seen.east, seen.north)
    spacing = group.quantile(apart)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "spacing": spacing,
            "uneven": (group.quantile(apart, 0.75) - group.quantile(apart, 0.25)) / np.maximum(spacing, 1.0),
            "rafted": group.share(apart <= RAFTED),
            "longer": np.sqrt((middle + half) / np.maximum(middle - half, 1.0)),
            "length_nm": np.sqrt(12 * (middle + half)) / NAUTICAL_MILE,  # of an even line
            "lengthwise": np.where(group.quantile(speed_kn) > MOVING_KN, np.abs(np.cos(course - axis)), np.nan),
            "largest_central": _central(scene, group, np.hypot(e, n)),
        }


def _central(scene: Scene, group: Grouped, out: Array) -> Array:
    """How far the longest vessel is from the middle, against the median of all; NaN where no length is told."""
    hull = scene.hull_length.astype(np.float64)
    largest = hull >= group.quantile(hull, 1.0)[group.group]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(group.mean(np.where(largest, out, np.nan)) / np.maximum(group.quantile(out), 1.0))


def _arrivals(seen: View) -> Array:
    """Over how many s the middle four fifths of the members came."""
    since = seen.members.since.astype(np.float64)
    return np.asarray(seen.member_group.quantile(since, 0.9) - seen.member_group.quantile(since, 0.1))
