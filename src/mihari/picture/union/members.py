"""The own picture and those of others -> `Members`: one row per vessel and author, times by our clock, ages judged.

Told rows are believed no further than their author's voice reaches: when a node falls silent its vessels coast, fade
and leave here, whatever it said of them last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, column, specs
from mihari.core.picture import Source, Vessels, VesselStatus
from mihari.core.shared import Foreign, Shared
from mihari.picture.union.matrices import COVARIANCE
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import places, sound, states_at

PER_AUTHOR = 1 << 44  # numbers of vessels below this; the rest of a key is the author
SHARED = tuple(name for name, _, _ in specs(Shared))


@dataclass(frozen=True, slots=True)
class Members(Shared):
    """What each author holds, ordered by `key`."""

    key: Array = column("i8")  # author * PER_AUTHOR + vessel
    author: Array = column("i4")  # index into `Authors.keys`
    rank: Array = column("i4")  # of the author among all, by their keys: the same at every node
    track: Array = column("i8")  # own vessels only
    sensors: Array = column("u8")
    doubted: Array = column("?")  # shown, never fused
    sound: Array = column("?")  # tells a state that can be fused


class Authors:
    """Nodes by the order in which they were first heard of, this one first; they are never forgotten in a run."""

    def __init__(self, own: str, name: str) -> None:
        self.keys, self.names = [own], [name]
        self._at = {own: 0}
        self._clock: dict[int, float] = {}

    def index(self, foreign: Foreign) -> int:
        """Its place, a new one if need be."""
        at = self._at.setdefault(foreign.author, len(self.keys))
        if at == len(self.keys):
            self.keys.append(foreign.author)
            self.names.append(foreign.name)
        self.names[at] = foreign.name
        return at

    def find(self, author: str) -> int:
        """Its place, -1 if it was never heard of."""
        return self._at.get(author, -1)

    def ranks(self) -> Array:
        """The place of each among the sorted keys."""
        return np.argsort(np.argsort(np.array(self.keys)))

    def clock(self, author: int, offset: float, settings: UnionSettings) -> float:
        """s to take from its times: what was taken last while the estimate stays near it, so that rows lie still."""
        told = offset if math.isfinite(offset) else 0.0
        used = self._clock.get(author, 0.0)
        if abs(told - used) > settings.clock:
            used = self._clock[author] = told
        return used


def own_rows(own: Vessels) -> Members:
    """This node's vessels."""
    told = {name: getattr(own, name) for name in SHARED if name != "vessel"}
    rows = Members.of(len(own), vessel=own.id, key=own.id, author=0, track=own.track, sensors=own.sensors, **told)
    return rows.replace(sound=sound(rows) & (own.status != VesselStatus.GONE))


def told_rows(foreign: Foreign, author: int, clock: float, time: float, settings: UnionSettings) -> tuple[Members, int]:
    """(one author's vessels as they are believed here at `time`, how many rows were refused)."""
    told = foreign.rows
    moved = {name: getattr(told, name) - clock for name in ("time", "heard_radar", "heard_ais")}
    fine = (told.vessel >= 0) & (told.vessel < PER_AUTHOR) & (moved["time"] <= time + settings.future)
    fine &= np.isfinite(told.lat_deg) & np.isfinite(told.lon_deg) & (np.abs(told.lat_deg) <= 90.0)
    here = np.flatnonzero(fine & (told.status < VesselStatus.GONE))
    here = here[np.unique(told.vessel[here], return_index=True)[1]]
    rows = Members(
        **told.columns() | moved,
        key=told.vessel + author * PER_AUTHOR,
        author=np.full(len(told), author),
        rank=np.full(len(told), -1),
        track=np.full(len(told), -1),
        sensors=np.zeros(len(told), np.uint64),
        doubted=np.full(len(told), bool(foreign.doubted)),
        sound=sound(told),
    ).take(here)
    return aged(rows, silence(foreign, rows, time), time, settings), len(told) - int(fine.sum())


def silence(foreign: Foreign, rows: Members, time: float) -> float:
    """s for which nothing has come from the author; by its newest row where the mesh does not tell."""
    newest = time - float(rows.time.max()) if len(rows) else 0.0
    return max(0.0, foreign.lag if math.isfinite(foreign.lag) else newest)


def aged(rows: Members, silent: float, time: float, settings: UnionSettings) -> Members:
    """Rows of an author that has been silent for so many s: as told, coasting on, where they were last known, gone."""
    if silent <= settings.coasting or len(rows) == 0:
        return rows
    if silent > settings.gone:
        return rows.take(np.zeros(0, np.intp))
    source = rows.source & np.uint8(Source.EXERCISE)  # nobody tells that anything holds them now
    if silent > settings.faded:
        return rows.replace(status=np.full(len(rows), VesselStatus.FADED), source=source)
    rows = rows.replace(status=np.maximum(rows.status, VesselStatus.COASTING), source=source)
    moment = math.floor(time / settings.renew) * settings.renew
    return coasted(rows, moment, settings)


def coasted(rows: Members, moment: float, settings: UnionSettings) -> Members:
    """Rows predicted to `moment`, those that can be: their covariance grows."""
    on = rows.sound & (rows.status == VesselStatus.COASTING) & (rows.time < moment)
    time = np.where(on, moment, rows.time)
    states = states_at(rows, time, settings)
    lat_deg, lon_deg = places(states)
    new = {"time": time, "lat_deg": lat_deg, "lon_deg": lon_deg}
    new |= {"east_mps": states.velocity[:, 0], "north_mps": states.velocity[:, 1]}
    new |= dict(zip(COVARIANCE, states.covariance.T, strict=True))
    return rows.replace(**{name: np.where(on, value, getattr(rows, name)) for name, value in new.items()})


def chosen(foreign: Sequence[Foreign], own: str) -> list[Foreign]:
    """One picture per other author, in the order of their keys: of two by different links the fresher."""
    best: dict[str, Foreign] = {}
    for one in sorted(foreign, key=lambda f: (f.author, f.lag if math.isfinite(f.lag) else math.inf, f.through)):
        if one.author != own:
            best.setdefault(one.author, one)
    return list(best.values())


def place_of(keys: Array, wanted: Array) -> Array:
    """The place of each wanted key among sorted `keys`, -1 where it is not there.

    >>> place_of(np.array([3, 7]), np.array([7, 5])).tolist()
    [1, -1]
    """
    if len(keys) == 0 or len(wanted) == 0:
        return np.full(len(wanted), -1, np.intp)
    if len(keys) == len(wanted) and np.array_equal(keys, wanted):  # mostly nobody has come or gone
        return np.arange(len(keys))
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(np.where(keys[at] == wanted, at, -1))
