"""Comparisons one after the other -> what is known of each pair: a sequential test with a memory that fades.

A pair is linked when its evidence (motion, and what the names say) reaches `link`, and stays so until it falls to
`part` (Wald 1947, with forgetting). Motion counts again only when one of the two has told something new.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.picture.union.compare import compare, likelihood
from mihari.picture.union.members import Members, place_of
from mihari.picture.union.near import near_pairs
from mihari.picture.union.settings import UnionSettings
from mihari.picture.union.states import States


@dataclass(frozen=True, slots=True)
class Pairs(Columns):
    """Pairs of members by their keys, one < other, ordered."""

    one: Array = column("i8")
    other: Array = column("i8")
    motion: Array = column("f8", 0.0)  # log-likelihood from motion
    named: Array = column("f8", 0.0)  # and from names
    time_one: Array = column("f8")  # UTC s of the rows compared last
    time_other: Array = column("f8")
    compared: Array = column("f8")  # UTC s of the last comparison
    linked: Array = column("?")
    near: Array = column("?")  # whether the last comparison found them near enough to be one

    @property
    def score(self) -> Array:
        """(m,) log-likelihood that a pair is one vessel."""
        return np.asarray(self.motion + self.named)


def candidates(members: Members, states: States, fit: Array, old: Pairs, settings: UnionSettings) -> tuple[Array, ...]:
    """Pairs (m, 2) of rows in the order of their keys, those near each other and those known; density (m,).

    fit: rows that can be compared. Known pairs of which one is gone or not comparable are not among them.
    """
    sd = np.sqrt(states.covariance[fit, 0] + states.covariance[fit, 4])
    pairs, dense = near_pairs(states.frame[fit, :3], sd, members.author[fit], settings)
    density = np.zeros(len(members))
    density[fit] = dense
    known = np.column_stack([place_of(members.key, old.one), place_of(members.key, old.other)])
    can = np.zeros(len(members), bool)
    can[fit] = True
    known = known[(known >= 0).all(axis=1)]
    known = known[can[known].all(axis=1)]
    both = np.concatenate([np.sort(fit[pairs], axis=1), known])
    code = np.unique(both[:, 0] * len(members) + both[:, 1])
    rows = np.column_stack([code // max(len(members), 1), code % max(len(members), 1)])
    return rows, np.maximum(density[rows[:, 0]], density[rows[:, 1]])


def recalled(members: Members, rows: Array, old: Pairs) -> Pairs:
    """What is known of pairs (m, 2) of rows; nothing yet of new ones."""
    one, other = members.key[rows[:, 0]], members.key[rows[:, 1]]
    fresh = Pairs.of(len(rows), one=one, other=other, time_one=-np.inf, time_other=-np.inf, compared=-np.inf)
    a, b = place_of(members.key, old.one), place_of(members.key, old.other)
    here = np.flatnonzero((a >= 0) & (b >= 0))
    at = place_of(a[here] * len(members) + b[here], rows[:, 0] * len(members) + rows[:, 1])
    found = np.flatnonzero(at >= 0)
    filled = {}
    for name in ("motion", "named", "time_one", "time_other", "compared", "linked", "near"):
        values = np.array(getattr(fresh, name))
        values[found] = getattr(old, name)[here[at[found]]]
        filled[name] = values
    return fresh.replace(**filled)


def weighed(
    members: Members, states: States, fit: Array, old: Pairs, settings: UnionSettings, time: float
) -> tuple[Pairs, Array]:
    """(pairs after one more comparison at `time`, that of `states`, squared distances (m,), NaN where nothing is new).

    That somebody has told nothing new for a while is news too: he would have, had it gone otherwise.
    """
    rows, density = candidates(members, states, fit, old, settings)
    pairs = recalled(members, rows, old)
    time_one, time_other = members.time[rows[:, 0]], members.time[rows[:, 1]]
    new = (time_one > pairs.time_one) | (time_other > pairs.time_other) | (time >= pairs.compared + settings.silence)
    compared = np.full((len(rows), 2), np.nan)
    compared[new] = compare(states, rows[new], pairs.linked[new] | (pairs.motion[new] > 0.0), settings)
    step = np.nan_to_num(likelihood(compared, density, settings), nan=0.0)
    seen = np.isfinite(compared[:, 0])
    after = np.clip(settings.memory * pairs.motion + step, -settings.never, settings.sure)
    motion = np.where(seen, after, pairs.motion)
    weighed = pairs.replace(
        motion=motion,
        time_one=np.where(new, time_one, pairs.time_one),
        time_other=np.where(new, time_other, pairs.time_other),
        compared=np.where(new, time, pairs.compared),
    )
    known = seen | pairs.linked | (np.isfinite(pairs.time_one) & ~new)  # apart from each other they are forgotten
    return weighed.take(known), compared[known, 0]


def resting(members: Members, fit: Array, old: Pairs) -> Pairs:
    """Known pairs of which both are there and not comparable now: they stay as they are."""
    a, b = place_of(members.key, old.one), place_of(members.key, old.other)
    can = np.zeros(len(members) + 1, bool)
    can[fit] = True
    fused = np.append(members.sound & ~members.doubted, False)
    return old.take((a >= 0) & (b >= 0) & ~(can[a] & can[b]) & fused[a] & fused[b])


def linked(pairs: Pairs, distance: Array, settings: UnionSettings) -> Pairs:
    """Pairs with the links as their evidence makes them; distance: squared, NaN where nothing is new.

    A name may come after the rows that it is of: then what was compared last counts.
    """
    near = np.where(np.isfinite(distance), distance <= settings.keenest, pairs.near)
    on = ~pairs.linked & (pairs.score >= settings.link) & near
    off = pairs.linked & (pairs.score <= settings.part)
    return pairs.replace(linked=(pairs.linked | on) & ~off, near=near)
