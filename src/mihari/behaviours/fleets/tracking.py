"""Clusters of one step and what was held before -> who belongs to which fleet now, with hysteresis against flicker.

A fleet is carried on by the cluster that holds most of its members. Who joins is a member after `join_s`; who is apart
from that cluster for `leave_s` is none. A part that is apart for `split_s` and large enough is a fleet of its own; a
fleet that is in another one's cluster for `merge_s` becomes part of it; one without a cluster for `gone_s` is no more.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mihari.behaviours.fleets.held import Change, FleetChange, Held, fleet_id
from mihari.behaviours.fleets.overlap import Overlap, overlap
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.roster import NEVER, Members, joined, moved, recruits, rows_of, with_others
from mihari.behaviours.fleets.scene import Scene
from mihari.core.columns import Array

SAME_FLEET = 0.5  # Jaccard at least: as Kalnis et al. 2005 keep a moving cluster
SAME_TIME_S = 3600  # within: how far late data may move the time at which a fleet began. Ours


class Tracking:
    """Fleets and their members from step to step. `members` and `held` are all it knows."""

    def __init__(self, parameters: Parameters) -> None:
        self.p = parameters
        self.members = Members.empty()
        self.held: dict[int, Held] = {}
        self.seen: list[tuple[int, int, frozenset[int]]] = []  # fleets told before: id, began, members

    def step(self, time: int, scene: Scene, label: Array) -> list[FleetChange]:
        """One step with a scene of distinct, ascending keys and each vessel's cluster."""
        senior = sorted(self.held.values(), key=lambda fleet: fleet.seniority)
        row = rows_of(scene.key, self.members.key)
        cluster = np.where(row >= 0, label[row], -1) if len(label) else np.full(len(row), -1)
        number = _numbers(self.members.fleet, [fleet.id for fleet in senior])
        now = moved(self.members, row, scene, time, self.p)
        self.members = with_others(self.members, now, number, len(senior), self.p)
        found = self._overlap(number, cluster, senior, int(label.max(initial=-1)) + 1, time)
        changes = self._merged(time, senior, found)
        self._dropped_candidates(senior, found)
        changes += self._split(time, senior, found, number, cluster)
        self._left(time, found, number, cluster)
        self._recruit(time, scene, label, [fleet.id if fleet.id in self.held else 0 for fleet in senior], found.owner)
        return changes + self._formed(time) + self._dissolved(time)

    def confirmed(self, time: int) -> Array:
        """Which members are confirmed."""
        return np.asarray(time - self.members.since >= self.p.join_s)

    def _overlap(self, number: Array, cluster: Array, senior: list[Held], clusters: int, time: int) -> Overlap:
        """Of formed fleets only confirmed members count; and all members' rows are told whether they are away."""
        formed = np.array([fleet.formed > 0 for fleet in senior], bool)
        counts = self.confirmed(time) | ~formed[number] if len(senior) else np.zeros(len(number), bool)
        found = overlap(cluster, number, counts, formed, clusters)
        unheard = self.members.seen < time
        silent = np.bincount(number, unheard, len(senior)) * 2 > np.bincount(number, minlength=len(senior))
        for k, fleet in enumerate(senior):
            if found.held[k] >= self.p.keep_fewest or silent[k]:
                fleet.seen = time
        away = self.members.away
        apart = (cluster < 0) | (cluster != found.main[number]) if len(senior) else np.ones(len(number), bool)
        begun = np.where((away == NEVER) & ~(unheard & self.confirmed(time)), time, away)
        self.members = self.members.replace(away=np.where(apart, begun, NEVER))
        return found

    def _merged(self, time: int, senior: list[Held], found: Overlap) -> list[FleetChange]:
        """Fleets whose cluster has been another's for long become part of it."""
        changes = []
        for k, fleet in enumerate(senior):
            host = senior[found.owner[found.main[k]]] if fleet.formed and found.main[k] >= 0 else fleet
            if host is fleet or host.id not in self.held:
                fleet.inside = 0
                continue
            if fleet.inside != host.id:
                fleet.inside, fleet.inside_since = host.id, time
            if time - fleet.inside_since >= self.p.merge_s:
                self._reassign(self.members.fleet == fleet.id, host.id)
                host.parents = tuple(sorted({*host.parents, fleet.id}))
                del self.held[fleet.id]
                because = f"two fleets have been one for {(time - fleet.inside_since) // 60} min"
                changes.append(FleetChange(Change.MERGED, host.id, time, because, (fleet.id,)))
        return changes

    def _reassign(self, rows: Array, fleet: int) -> None:
        self.members = self.members.replace(fleet=np.where(rows, fleet, self.members.fleet))

    def _keep(self, rows: Array) -> None:
        if not rows.all():
            self.members = self.members.take(rows)

    def _dropped_candidates(self, senior: list[Held], found: Overlap) -> None:
        """Candidates last only while a cluster of their own carries them."""
        for k, fleet in enumerate(senior):
            carried = found.held[k] >= self.p.keep_fewest and found.owner[found.main[k]] == k
            if not fleet.formed and not carried:
                del self.held[fleet.id]

    def _split(self, time: int, senior: list[Held], found: Overlap, number: Array, cluster: Array) -> list[FleetChange]:
        """Parts that have been apart for long and are large enough become fleets of their own."""
        members, changes = self.members, []
        parts = (cluster >= 0) & (members.away != NEVER) & (members.fleet == _at(senior, number))
        long = parts & (time - members.away >= self.p.split_s) & self.confirmed(time)
        for part in np.unique(cluster[long]):
            old = found.owner[part]
            rows = parts & (cluster == part) & (number == old)
            if np.count_nonzero(rows & long) < self.p.fewest:
                continue
            parent = senior[old]
            keys = members.key[rows]
            new = Held(fleet_id(time, int(keys.min()), self.held), time, time, time, (parent.id,), told=len(keys))
            self.held[new.id] = new
            self.members = self.members.replace(away=np.where(rows, NEVER, self.members.away))
            self._reassign(rows, new.id)
            self._named(new, frozenset(keys.tolist()))
            because = f"{np.count_nonzero(rows)} vessels have been apart for {self.p.split_s // 60} min or more"
            changes.append(FleetChange(Change.SPLIT, new.id, time, because, (parent.id,)))
        return changes

    def _left(self, time: int, found: Overlap, number: Array, cluster: Array) -> None:
        """Away for long, unheard for longer, or away before being confirmed, or of a fleet that is no more."""
        apart = self.members.away != NEVER
        confirmed = self.confirmed(time)
        long = np.where(confirmed, self.p.leave_s, np.where(self.members.seen == time, 0, self.p.waver_s))
        gone = (apart & (time - self.members.away >= long)) | (time - self.members.seen >= self.p.unheard_s)
        self._keep(~gone & np.isin(self.members.fleet, list(self.held)))

    def _recruit(self, time: int, scene: Scene, label: Array, ids: list[int], owner: Array) -> None:
        """Vessels of a cluster that are in no fleet join that of the cluster, or are a candidate if there is none."""
        free = np.flatnonzero((label >= 0) & (rows_of(self.members.key, scene.key) < 0))
        if len(free) == 0:
            return
        fleet_of = np.where(owner >= 0, np.array([*ids, 0])[owner], 0)
        for cluster in np.flatnonzero(
            (fleet_of == 0) & (np.bincount(label[free], minlength=len(owner)) >= self.p.fewest)
        ):
            first = int(scene.key[free[label[free] == cluster][0]])
            new = Held(fleet_id(time, first, self.held), time, time)
            self.held[new.id] = new
            fleet_of[cluster] = new.id
        free = free[fleet_of[label[free]] > 0]
        founding = np.isin(fleet_of[label[free]], [fleet.id for fleet in self.held.values() if fleet.began == time])
        self.members = joined(self.members, recruits(scene, free, fleet_of[label[free]], founding, time, self.p))

    def _formed(self, time: int) -> list[FleetChange]:
        """Candidates that have enough confirmed members are told."""
        changes = []
        confirmed = self.confirmed(time)
        for fleet in sorted(self.held.values(), key=lambda held: held.id):
            if fleet.formed:
                continue
            mine = self.members.key[confirmed & (self.members.fleet == fleet.id)]
            if len(mine) >= self.p.fewest:
                self._named(fleet, frozenset(mine.tolist()))
                fleet.formed, fleet.told = time, len(mine)
                changes.append(FleetChange(Change.FORMED, fleet.id, time, f"{len(mine)} vessels have come together"))
        return changes

    def _named(self, fleet: Held, members: frozenset[int]) -> None:
        """A fleet that people have seen before, in a run that is now done again, gets the number it had."""
        for number, began, were in self.seen:
            alike = len(members & were) >= SAME_FLEET * len(members | were)
            if alike and abs(began - fleet.began) <= SAME_TIME_S and number not in self.held:
                mine = self.members.fleet == fleet.id
                self.members = self.members.replace(origin=np.where(mine, number, self.members.origin))
                self._reassign(mine, number)
                del self.held[fleet.id]
                fleet.id = number
                self.held[number] = fleet
                return

    def _dissolved(self, time: int) -> list[FleetChange]:
        """Fleets that no cluster has carried for long, or whose members all left, are no more."""
        with_members = set(self.members.fleet.tolist())
        gone = [f.id for f in self.held.values() if time - f.seen >= self.p.gone_s or f.id not in with_members]
        told = [FleetChange(Change.DISSOLVED, i, time, "its vessels no longer keep together") for i in sorted(gone)
                if self.held[i].formed]  # fmt: skip
        for fleet in gone:
            del self.held[fleet]
        self._keep(np.isin(self.members.fleet, list(self.held)))
        return told


def _numbers(fleet: Array, ids: list[int]) -> Array:
    """Per member the place of its fleet in `ids`."""
    order = np.argsort(ids)
    return order[np.searchsorted(np.array(ids, np.int64)[order], fleet)] if ids else np.zeros(len(fleet), np.int64)


def _at(senior: Iterable[Held], number: Array) -> Array:
    ids = np.array([fleet.id for fleet in senior], np.int64)
    return ids[number] if len(ids) else np.zeros(len(number), np.int64)
