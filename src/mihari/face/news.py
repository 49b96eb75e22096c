"""The face's state, a view and what a browser shows -> the vessels it must be told of. Pure, whole columns at a time.

What a browser shows is remembered as a mask of slots with the ids they held, so a few comparisons find the vessels that
came, changed, left the view or gave their slot to another; however much was skipped, the news lead to the newest state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.face.frames import Kind, rows_payload
from mihari.face.rows import Words
from mihari.face.state import FaceState
from mihari.face.view import Mask, View


@dataclass(frozen=True, eq=False, slots=True)
class Shown:
    """What a browser shows as of a version of the state: `mask` of slots, and the `ids` that were in the slots then."""

    mask: Mask
    ids: Words
    version: int
    epoch: int


@dataclass(frozen=True, slots=True)
class News:
    """One frame's worth: everything but the header, so browsers can share it."""

    kind: Kind
    count: int
    removed: int
    payload: memoryview
    shown: Shown

    def __bool__(self) -> bool:
        return self.kind == Kind.SNAPSHOT or self.count > 0 or self.removed > 0


NOTHING_SHOWN = Shown(np.empty(0, np.bool_), np.empty(0, np.uint32), -1, -1)


def news_for(state: FaceState, view: View, shown: Shown) -> News:
    """What brings a browser that shows `shown` to the newest `state` within `view`."""
    mask = view.mask(state.rows, state.category_bits)
    now_shown = Shown(mask, state.slot_ids, state.version, state.epoch)
    if shown.epoch != state.epoch:
        picked, removed, kind = np.flatnonzero(mask), state.ids[:0], Kind.SNAPSHOT
    else:
        kept = _kept(shown, state.slot_ids)
        picked = np.flatnonzero(mask & ((state.changed > shown.version) | ~kept))
        removed, kind = _removed(shown, now_shown, kept), Kind.DELTA
    payload = rows_payload(state.tables, removed, picked)
    return News(kind, len(picked), len(removed), payload, now_shown)


def _kept(shown: Shown, ids: Words) -> Mask:
    """Slots that are shown and still hold the same vessel, as long as `ids`."""
    if shown.ids is ids:
        return shown.mask
    n = len(shown.ids)
    kept = np.zeros(len(ids), np.bool_)
    kept[:n] = shown.mask & (shown.ids == ids[:n])
    return kept


def _removed(before: Shown, now: Shown, kept: Mask) -> Words:
    """Ids shown before and not now; one that only moved to another slot stays."""
    n = len(before.ids)
    left = before.mask & ~(kept & now.mask)[:n]
    if not left.any():
        return before.ids[:0]
    ids = before.ids[left]
    if before.ids is now.ids:
        return ids
    return ids[np.isin(ids, now.ids[now.mask], assume_unique=True, invert=True)]
