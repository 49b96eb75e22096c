"""Two banks, before and after late reports -> which tracks are others now, and which ids mean the same vessel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel
from mihari.tracks.bank import HIGH, TRACK, Bank
from mihari.tracks.life import TENTATIVE

TOLD = int(TRACK.fields["met_at"][1]) // 8 if TRACK.fields else 0  # words of a track before its encounters
REACH_M = 500.0  # a track that is the same vessel's lies no further off after late reports were taken in


class Changes(NamedTuple):
    """`changed`: slots of the bank after, new or otherwise than before; `gone`: slots of the bank before whose tracks
    are no more. `renamed`: ids (new, old) that mean one vessel; from the id `young` on, ids were given anew.
    """

    changed: Array
    gone: Array
    renamed: Array
    young: int


def changes(before: Bank, after: Bank, young: int) -> Changes:
    """What became of the tracks of `before`; ids below `young` are the same in both."""
    one, other = _alive(before), _alive(after)
    renamed = _matched(_young(before, one, young), _young(after, other, young))
    ids = before.tracks["id"][one]
    if len(renamed):
        order = np.argsort(renamed[:, 1])
        at = np.minimum(np.searchsorted(renamed[order, 1], ids), len(renamed) - 1)
        known = renamed[order, 1][at] == ids
        ids = np.where(known, renamed[order, 0][at], np.where(ids >= young, -ids, ids))
    else:
        ids = np.where(ids >= young, -ids, ids)
    order = np.argsort(ids)
    ids, one = ids[order], one[order]
    theirs = after.tracks["id"][other]
    at = np.minimum(np.searchsorted(ids, theirs), max(len(ids) - 1, 0))
    found = ids[at] == theirs if len(ids) else np.zeros(len(theirs), bool)
    same: Array = found.copy()
    a, b = one[at[found]], other[found]
    same[found] = _same(before, a, after, b) if len(a) else False
    return Changes(other[~same], one[~np.isin(ids, theirs)], renamed, young)


def _young(bank: Bank, slots: Array, young: int) -> Array:
    """The tracks among these slots whose ids were given anew."""
    return bank.tracks[slots[bank.tracks["id"][slots] >= young]]


def _alive(bank: Bank) -> Array:
    return np.flatnonzero(bank.tracks["alive"][: bank.tally[HIGH]])


@kernel
def alike(a: Array, one: Array, b: Array, other: Array, most: int, same: Array) -> None:
    """Whether rows `one` of a and `other` of b are the same in the first `most` words; `same` stays False."""
    for k in range(len(one)):
        for w in range(min(a.shape[1], b.shape[1], most)):
            if a[one[k], w] != b[other[k], w]:
                same[k] = False
                break


def _same(before: Bank, one: Array, after: Bank, other: Array) -> Array:
    """Whether the tracks in these slots are the same in every bit, but for what they remember of encounters."""
    same: Array = np.ones(len(one), np.bool_)
    alike(_words(before.tracks), one, _words(after.tracks), other, TOLD, same)
    alike(_words(before.hit), one, _words(after.hit), other, before.hit.shape[1], same)
    return same


def _words(records: Array) -> Array:
    return records.view(np.uint64).reshape(len(records), -1)


def _matched(before: Array, after: Array) -> Array:
    """(n, 2) ids (after, before) of young tracks that are one vessel's: by birth or by MMSI, the nearest first.

    Those that nobody cares for (tentative, without an MMSI) only where they have the same id.
    """
    if len(before) == 0 or len(after) == 0:
        return np.zeros((0, 2), np.int64)
    i, j = _candidates(before, after)
    plain = [(t["status"] == TENTATIVE) & (t["mmsi"] == 0) for t in (before, after)]
    told = ~(plain[0][i] & plain[1][j]) | (before["id"][i] == after["id"][j])
    i, j = i[told], j[told]
    dt = after["time"][j] - before["time"][i]
    away = np.linalg.norm(before["place"][i] + dt[:, None] * before["drift"][i] - after["place"][j], axis=1)
    found, taken, given = [], set[int](), set[int]()
    for k in np.lexsort((after["id"][j], before["id"][i], away)).tolist():
        old, new = int(before["id"][i[k]]), int(after["id"][j[k]])
        if away[k] <= REACH_M and old not in taken and new not in given:
            taken.add(old)
            given.add(new)
            found.append((new, old))
    return np.array(sorted(found), np.int64).reshape(-1, 2)


def _candidates(before: Array, after: Array) -> tuple[Array, Array]:
    """Pairs with one MMSI or born at one time."""
    pairs = []
    for name in ("mmsi", "born"):
        order = np.argsort(after[name], kind="stable")
        values = after[name][order]
        first, last = np.searchsorted(values, before[name], "left"), np.searchsorted(values, before[name], "right")
        last = np.where(before[name] == 0, first, last)
        i = np.repeat(np.arange(len(before)), last - first)
        step = np.arange(len(i)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
        pairs.append(np.stack([i, order[first[i] + step]]))
    i, j = np.concatenate(pairs, axis=1)
    return i, j
