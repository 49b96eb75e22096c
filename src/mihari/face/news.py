"""The face's state, a view and what a browser shows -> the vessels it must be told of. Pure, whole columns at a time.

What a browser shows is remembered as the id in each slot, so one comparison finds those that came, changed, left the
view or gave their slot to another; however much was skipped, the news lead to the newest state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.face.frames import Kind, rows_payload
from mihari.face.rows import NEVER, Words
from mihari.face.state import FaceState
from mihari.face.view import View


@dataclass(frozen=True, eq=False, slots=True)
class Shown:
    """What a browser shows: the id in each slot (0xFFFFFFFF none) as of a version of the state."""

    ids: Words
    version: int
    epoch: int


@dataclass(frozen=True, slots=True)
class News:
    """One frame's worth: everything but the header's sequence number, so browsers can share it."""

    kind: Kind
    count: int
    removed: int
    payload: bytes
    shown: Shown

    def __bool__(self) -> bool:
        return self.kind == Kind.SNAPSHOT or self.count > 0 or self.removed > 0


NOTHING_SHOWN = Shown(np.empty(0, np.uint32), -1, -1)


def news_for(state: FaceState, view: View, shown: Shown) -> News:
    """What brings a browser that shows `shown` to the newest `state` within `view`."""
    rows, changed = state.rows, state.changed
    ids = np.where(view.mask(rows), rows.id, np.uint32(NEVER))
    here = ids != NEVER
    now_shown = Shown(ids, state.version, state.epoch)
    if shown.epoch != state.epoch:
        picked = np.flatnonzero(here)
        return News(Kind.SNAPSHOT, len(picked), 0, rows_payload(rows.take(picked)), now_shown)
    before = _as_long(shown.ids, len(ids))
    other = before != ids
    picked = np.flatnonzero(here & (other | (changed > shown.version)))
    removed = _removed(before, ids, other)
    return News(Kind.DELTA, len(picked), len(removed), rows_payload(rows.take(picked), removed), now_shown)


def _removed(before: Words, ids: Words, other: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Words:
    """Ids shown before and not now; one that only moved to another slot stays."""
    left = other & (before != NEVER)
    if not left.any():
        return before[:0]
    return np.setdiff1d(before[left], ids[other])


def _as_long(ids: Words, length: int) -> Words:
    """`ids` with empty slots appended: the state has grown since."""
    if len(ids) == length:
        return ids
    return np.concatenate([ids, np.full(length - len(ids), NEVER, np.uint32)])
