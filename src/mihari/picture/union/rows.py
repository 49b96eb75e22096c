"""Groups of members -> the rows of the picture: status, sources, names and times, from whoever knows best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Category, Source, Vessels, VesselStatus
from mihari.picture.union.matrices import COVARIANCE
from mihari.picture.union.members import PER_AUTHOR, Members

HOLDS = int(Source.RADAR | Source.AIS)
PLAIN = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps", *COVARIANCE)


@dataclass(frozen=True, slots=True)
class Groups:
    """Members by group, in an order that all nodes share.

    member: (n,) rows; start: (g + 1,) where each group's begin; of: (n,) group of each row.
    """

    member: Array
    start: Array
    of: Array

    @property
    def size(self) -> Array:
        """(g,) how many nodes hold each."""
        return np.diff(self.start)


def grouped(members: Members, label: Array) -> Groups:
    """Members with the same label (n,) as groups.

    >>> rows = Members.of(3, key=[1, 2, 3], vessel=[1, 2, 3], rank=[1, 0, 0], status=0, time=[5.0, 6.0, 7.0])
    >>> g = grouped(rows, np.array([9, 9, 3]))
    >>> g.member.tolist(), g.start.tolist(), first_of(g, -rows.time).tolist()
    ([2, 1, 0], [0, 1, 3], [2, 1])
    """
    _, of = np.unique(label, return_inverse=True)
    order = np.argsort(members.rank * np.int64(PER_AUTHOR) + members.vessel)
    member = order[np.argsort(of[order], kind="stable")]
    of_member = of[member]
    start = np.flatnonzero(np.append(True, of_member[1:] != of_member[:-1])) if len(of) else np.zeros(0, np.intp)
    return Groups(member, np.append(start, len(member)), of)


def first_of(groups: Groups, score: Array) -> Array:
    """(g,) the row with the least score (n,) of each group; of equals the first by author and number."""
    ours = score[groups.member]
    least = np.minimum.reduceat(ours, groups.start[:-1]) if len(ours) else ours
    hit = np.flatnonzero(ours == np.repeat(least, groups.size))
    group = groups.of[groups.member[hit]]
    return np.asarray(groups.member[hit[np.append(True, group[1:] != group[:-1])]] if len(hit) else hit)


def lead_of(members: Members, groups: Groups) -> Array:
    """(g,) the row shown where nothing is fused: of the best status the newest."""
    age = members.time.max(initial=0.0) - members.time
    return first_of(groups, members.status * 1e10 + age)  # no run lasts 300 years


def told(members: Members, groups: Groups) -> dict[str, Array]:
    """Columns of `Vessels` by group, without id, owner, number and changed; places those of the lead."""
    lead = lead_of(members, groups)
    columns = {name: getattr(members, name)[lead] for name in PLAIN}
    own = _own(members, groups)
    return columns | {
        "track": np.where(own >= 0, members.track[own], -1),
        "sensors": np.where(own >= 0, members.sensors[own], 0).astype(np.uint64),
        "born": _least(np.fmin, members.born, groups),
        "existence": _least(np.fmax, members.existence, groups),
        "heard_radar": _least(np.fmax, members.heard_radar, groups),
        "heard_ais": _least(np.fmax, members.heard_ais, groups),
        "status": _least(np.minimum, members.status, groups),
        "source": _source(members, groups),
        "members": np.minimum(groups.size, 255),
        **_name(members, groups),
        "heading": _heading(members, groups),
    }


def _least(choose: np.ufunc, values: Array, groups: Groups) -> Array:
    return np.asarray(choose.reduceat(values[groups.member], groups.start[:-1]))


def _own(members: Members, groups: Groups) -> Array:
    """(g,) the row of our own vessel, -1 without."""
    row = np.where(members.author == 0, np.arange(len(members)), -1)
    return _least(np.maximum, row, groups)


def _source(members: Members, groups: Groups) -> Array:
    """What holds a vessel at any node now; lost is only what nobody holds while another sense does."""
    live = members.status < VesselStatus.FADED
    now = _least(np.bitwise_or, np.where(live, members.source, 0), groups).astype(np.int64)
    ever = _least(np.bitwise_or, members.source, groups).astype(np.int64)
    held, lost = now & HOLDS, now & ~HOLDS & ~int(Source.EXERCISE)
    lost &= ~np.where(held & Source.AIS, int(Source.LOST_AIS), 0)
    lost &= ~np.where(held & Source.RADAR, int(Source.LOST_RADAR), 0)
    alone = groups.size == 1
    return np.where(alone, ever, held | lost | (ever & Source.EXERCISE)).astype(np.uint8)


def _name(members: Members, groups: Groups) -> dict[str, Array]:
    """MMSI and category of the member that tells most of them; one that is lost tells less."""
    dumb, plain = members.mmsi <= 0, members.category == Category.UNKNOWN
    teller = first_of(groups, 100 * dumb + 10 * plain + members.status)
    return {"mmsi": members.mmsi[teller], "category": members.category[teller]}


def _heading(members: Members, groups: Groups) -> Array:
    """Of the member that heard AIS last: headings change."""
    known = np.isfinite(members.heard_ais) & np.isfinite(members.heading)
    told = np.where(np.isfinite(members.heading), -1e-9, 0.0)  # by radar or by people: better than none
    return np.asarray(members.heading[first_of(groups, np.where(known, -members.heard_ais, told))])


def assembled(columns: dict[str, Array], ids: Array, ref: Array) -> Vessels:
    """Rows ordered by id; `changed` is 0."""
    if len(ids) == 0:
        return Vessels.empty()
    order = np.argsort(ids)
    made = {name: values[order] for name, values in columns.items()}
    owner, number = ref[order] // PER_AUTHOR, ref[order] % PER_AUTHOR
    return Vessels(id=ids[order], owner=owner, number=number, changed=np.zeros(len(ids), np.int64), **made)


class Holders(NamedTuple):
    """Names of nodes: the one that names a vessel, and those that hold it, in order."""

    namer: str
    held_by: tuple[str, ...]


def holders(members: Members, groups: Groups, ids: Array, ref: Array, names: Sequence[str]) -> dict[int, Holders]:
    """Who holds each row that is not this node's alone, by its id. names: of the authors, this node first."""
    if len(ids) == 0:
        return {}
    author, namer, begin = members.author[groups.member], ref // PER_AUTHOR, groups.start[:-1]
    kind = namer
    for block in range(0, len(names), 62):  # rows of one kind have the same namer and the same holders
        bits = np.where(author // 62 == block // 62, 1 << (author.astype(np.int64) % 62), 0)
        held, at = np.unique(np.bitwise_or.reduceat(bits, begin), return_inverse=True)
        kind = np.unique(kind * len(held) + at, return_inverse=True)[1]
    made = []
    for g in np.unique(kind, return_index=True)[1].tolist():
        held_by = sorted(names[a] for a in author[groups.start[g] : groups.start[g + 1]].tolist())
        made.append(Holders(names[int(namer[g])], tuple(held_by)))
    foreign = np.flatnonzero((groups.size > 1) | (author[begin] != 0) | (namer != 0))
    return {vessel: made[k] for vessel, k in zip(ids[foreign].tolist(), kind[foreign].tolist(), strict=True)}


def stamps(columns: dict[str, Array]) -> Array:
    """(n,) u8 of each row: equal where all columns are, bit for bit; others but for one chance in 10^19."""
    n = len(next(iter(columns.values())))
    total = np.zeros(n, np.uint64)
    for name in columns:
        total = (total ^ _bits(columns[name])) * np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio
        total ^= total >> np.uint64(32)
    return total


def _bits(values: Array) -> Array:
    """As 8-byte words; -0.0 is 0.0 and all NaN are one."""
    if values.dtype.kind == "f":
        clean = np.where(np.isnan(values), np.nan, values + 0.0).astype(np.float64)
        return clean.view(np.uint64)
    return values.astype(np.int64).view(np.uint64) if values.dtype != np.uint64 else values
