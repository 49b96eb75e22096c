"""Groups -> the fused state of each; what has not changed since the last picture is not computed again."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.ellipsoid import surface_lat_lon
from mihari.core.picture import VesselStatus
from mihari.picture.union.fusion import fused
from mihari.picture.union.matrices import COVARIANCE
from mihari.picture.union.members import Members, place_of
from mihari.picture.union.rows import PLAIN, Groups, stamps
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import states_at

STATE = ("lat_deg", "lon_deg", "east_mps", "north_mps", *COVARIANCE)


class Fused:
    """Keeps the last fused states by the id of their row."""

    def __init__(self, settings: UnionSettings) -> None:
        self._settings = settings
        self._ids, self._signs = np.zeros(0, np.int64), np.zeros(0, np.uint64)
        self._states = np.zeros((0, len(STATE)))

    def of(self, members: Members, groups: Groups, ids: Array, columns: dict[str, Array]) -> dict[str, Array]:
        """`columns` of `PLAIN` with the fused states of groups that have more than one member to fuse.

        A state holds at the time of its newest member.
        """
        fit = (members.sound & ~members.doubted & (members.status < VesselStatus.FADED))[groups.member]
        count = np.add.reduceat(fit.astype(np.int64), groups.start[:-1]) if len(ids) else np.zeros(0, np.int64)
        several = np.flatnonzero(count > 1)
        if len(several) == 0:
            return {}
        group = groups.of[groups.member]
        part = groups.member[fit & (count[group] > 1)]
        start = np.append(0, np.cumsum(count[several]))
        time = np.maximum.reduceat(members.time[part], start[:-1])
        states = self._states_of(members, part, start, time, ids[several])
        made = dict(zip(STATE, states.T, strict=True)) | {"time": time}
        out = {name: columns[name].copy() for name in PLAIN}
        for name, values in made.items():
            out[name][several] = values
        return out

    def _states_of(self, members: Members, part: Array, start: Array, time: Array, ids: Array) -> Array:
        """(g, 14) of `STATE`; part: (n,) rows by group, start: (g + 1,), time: (g,), ids: (g,) of the groups' rows."""
        kept = {name: getattr(members, name)[part] for name in ("key", *PLAIN)}
        signs = np.bitwise_xor.reduceat(stamps(kept), start[:-1])
        order = np.argsort(self._ids)
        at = place_of(self._ids[order], ids)
        known = at >= 0
        at[known] = order[at[known]]
        known[known] = self._signs[at[known]] == signs[known]
        states = np.empty((len(ids), len(STATE)))
        states[known] = self._states[at[known]]
        fresh = np.flatnonzero(~known)
        if len(fresh):
            states[fresh] = self._fuse(members, part, start, time, fresh)
        self._ids, self._signs, self._states = ids, signs, states
        return states

    def _fuse(self, members: Members, part: Array, start: Array, time: Array, fresh: Array) -> Array:
        size = np.diff(start)
        here = np.repeat(np.isin(np.arange(len(size)), fresh), size)
        rows = members.take(part[here])
        begin = np.append(0, np.cumsum(size[fresh]))
        states = states_at(rows, np.repeat(time[fresh], size[fresh]), self._settings)
        out = fused(states, begin, np.arange(len(rows)), self._settings)
        lat_deg, lon_deg = surface_lat_lon(out[:, :3])
        return np.column_stack([lat_deg, lon_deg, out[:, 3:15]])
