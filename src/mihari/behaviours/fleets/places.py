"""Fleets and the areas around -> which area of a kind each is in or near, and which share of its members is inside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.behaviours.fleets.grouped import Grouped
from mihari.behaviours.fleets.scene import Area, AreaKind, Scene
from mihari.core.columns import Array
from mihari.core.geodesy import MEAN_RADIUS, n_vector


@dataclass(frozen=True, slots=True)
class Near:
    """Per fleet: the nearest area of some kinds, None where none is known; m from the fleet's middle to its edge, 0
    inside; and the share of members inside. NaN where none is known.
    """

    area: tuple[Area | None, ...]
    edge: Array
    inside: Array


def near(areas: tuple[Area, ...], kinds: set[AreaKind], scene: Scene, group: Grouped, lat: Array, lon: Array) -> Near:
    """`lat`, `lon`: the middles of the fleets, degrees. On the mean sphere: 0.5 % are nothing to an area's edge."""
    chosen = [area for area in areas if area.kind in kinds]
    nothing = np.full(group.groups, np.nan)
    if not chosen or group.groups == 0:
        return Near((None,) * group.groups, nothing, nothing)
    place = n_vector([a.lat_deg for a in chosen], [a.lon_deg for a in chosen])
    radius = np.array([a.radius for a in chosen])
    edge = _metres(n_vector(lat, lon)[:, None, :], place) - radius
    best = np.argmin(np.where(np.isnan(edge), np.inf, edge), axis=1)
    mine = best[group.group]
    inside = _metres(n_vector(scene.lat_deg, scene.lon_deg), place[mine]) <= radius[mine]
    nearest = np.maximum(edge[np.arange(group.groups), best], 0.0)
    return Near(tuple(chosen[k] for k in best), nearest, group.share(inside))


def _metres(one: Array, other: Array) -> Array:
    """Along the mean sphere, from unit vectors."""
    return np.asarray(2 * MEAN_RADIUS * np.arcsin(np.minimum(np.linalg.norm(one - other, axis=-1) / 2, 1.0)))
