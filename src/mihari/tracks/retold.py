"""Going back and on again -> what of it is told: tracks that are others now, ids given anew, late associations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.tracks import Associations, Tracks, TrackStatus
from mihari.tracks.bank import HIGH, Bank
from mihari.tracks.changes import Changes
from mihari.tracks.entries import SECTOR
from mihari.tracks.tracker import Followed

NO_TRACKS = Tracks.empty()


class Turned(NamedTuple):
    """What going back has done to ids: `gone` are tracks that are no more, under their ids before, as DROPPED.

    `renamed`: (n, 2) ids (now, before) that mean one vessel; ids from `young` on were given anew.
    """

    gone: Tracks
    renamed: Array
    young: int


def confirmed(before: Bank, change: Changes) -> Array:
    """The ids that tracks people had heard of have now."""
    tracks = before.tracks[: before.tally[HIGH]]
    ids = tracks["id"][(tracks["alive"] == 1) & (tracks["status"] != TrackStatus.TENTATIVE)]
    now, then = change.renamed[:, 0], change.renamed[:, 1]
    return np.concatenate([ids[ids < change.young], now[np.isin(then, ids)]])


def dropped(tracks: Tracks) -> Tracks:
    """The same tracks, as dropped."""
    return tracks.replace(status=np.full(len(tracks), TrackStatus.DROPPED))


def latest_of(parts: Sequence[Tracks]) -> Tracks:
    """Of each track the row told last, by id."""
    rows = [p for p in parts if len(p)]
    if not rows:
        return NO_TRACKS
    tracks = Tracks.concatenate(rows)
    if len(tracks) == 1 or bool(np.all(tracks.id[1:] > tracks.id[:-1])):
        return tracks
    _, last = np.unique(tracks.id[::-1], return_index=True)
    return tracks.take(len(tracks) - 1 - last)


def joined(found: Sequence[tuple[int, Followed]]) -> Followed:
    """Parts of a run as one; each with the number of its first step."""
    if len(found) == 1 and found[0][0] == 0:
        return found[0][1]
    return Followed(
        Tracks.concatenate([f.tracks for _, f in found]),
        np.concatenate([f.tracks_step + n for n, f in found]),
        Associations.concatenate([f.associations for _, f in found]),
        np.concatenate([f.associations_step + n for n, f in found]),
    )


def paired(followed: Followed, entries: Array, waiting: bool = False) -> dict[int, Associations]:
    """Associations by the number of the input, each row that of the report in its input; `waiting`: of late ones."""
    pairs, step = followed.associations, followed.associations_step
    if len(pairs) == 0:
        return {}
    if waiting:
        mine = np.flatnonzero(entries["waits"][step] == 1)
        pairs, step = pairs.take(mine), step[mine]
    own = np.where(entries["kind"][step] == SECTOR, pairs.row, entries["row"][step])
    pairs, source = pairs.replace(row=own), entries["source"][step]
    return {int(k): pairs.take(np.flatnonzero(source == k)) for k in np.unique(source)}
