"""What vessels call themselves -> evidence for or against their being one, and one identity of all that members tell.

An MMSI is evidence, never a key: two ships may tell one, and one ship two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import ClaimedIdentity
from mihari.picture.claims import merged
from mihari.picture.union.members import Members
from mihari.picture.union.settings import UnionSettings

Claims = tuple[ClaimedIdentity, ...]
MOST = 8  # identities told of a vessel, as in our own picture


def named(members: Members, pairs: Array, claims: Mapping[int, Claims], settings: UnionSettings) -> Array:
    """(m,) log-likelihood ratio that pairs (m, 2) of rows are one vessel, from their MMSI alone; 0 where one has none.

    claims: by key, of those that have told more than one.
    """
    one, other = members.mmsi[pairs[:, 0]], members.mmsi[pairs[:, 1]]
    both = (one > 0) & (other > 0)
    ratio = np.where(both, np.where(one == other, settings.same_name, settings.other_name), 0.0)
    if claims:
        several = np.isin(members.key, list(claims))
        for k in np.flatnonzero(both & (one != other) & several[pairs].any(axis=1)).tolist():
            i, j = pairs[k].tolist()
            ratio[k] = overlap(weights_of(members, i, claims), weights_of(members, j, claims), settings)
    return np.asarray(ratio)


def weights_of(members: Members, row: int, claims: Mapping[int, Claims]) -> dict[int, float]:
    """MMSI -> weight of what a row tells."""
    told = claims.get(int(members.key[row]))
    return {c.mmsi: c.weight for c in told} if told else {int(members.mmsi[row]): 1.0}


def overlap(one: Mapping[int, float], other: Mapping[int, float], settings: UnionSettings) -> float:
    """Log-likelihood ratio of two sets of weighed identities.

    >>> round(overlap({7: 0.5, 8: 0.5}, {7: 1.0}, UnionSettings()), 1), overlap({7: 1.0}, {8: 1.0}, UnionSettings())
    (13.1, -13.8)
    """
    shared = min(1.0, sum(weight * other.get(mmsi, 0.0) for mmsi, weight in one.items()))
    return math.log(shared * math.exp(settings.same_name) + (1.0 - shared) * math.exp(settings.other_name))


def united(told: Sequence[Claims]) -> Claims:
    """One list of identities of what several nodes tell of a vessel, best first; the order of `told` is by author.

    The weight of each is its mean; what one node leaves out another may tell, the node with the greater weight counts
    more and of equals the first.

    >>> one, other = (ClaimedIdentity(7, 1.0, name="MAAS"),), (ClaimedIdentity(7, 0.5, imo=9), ClaimedIdentity(8, 0.5))
    >>> [(c.mmsi, c.weight, c.name, c.imo) for c in united([one, other])]
    [(7, 0.75, 'MAAS', 9), (8, 0.25, '', 0)]
    """
    told = [claims for claims in told if claims]
    by_mmsi: dict[int, list[ClaimedIdentity]] = {}
    for claims in told:
        for claim in claims:
            by_mmsi.setdefault(claim.mmsi, []).append(claim)
    ours = [whole(same, sum(c.weight for c in same) / len(told)) for same in by_mmsi.values()]
    best = sorted(ours, key=lambda c: (-round(c.weight, 9), c.mmsi))[:MOST]
    total = sum(c.weight for c in best)
    return tuple(replace(c, weight=c.weight / total) for c in best) if total > 1.0 else tuple(best)


def whole(same: Iterable[ClaimedIdentity], weight: float) -> ClaimedIdentity:
    """All that was told under one MMSI, the weightiest counting most."""
    best, *rest = sorted(same, key=lambda c: -c.weight)  # of equals the first author's
    for less in rest:
        best = merged(less, best)
    return replace(best, weight=weight)
