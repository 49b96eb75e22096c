"""The face's state, a view and what a browser shows -> the vessels it must be told of. Pure, whole columns at a time.

What a browser shows is remembered as a mask of slots with the ids they held, so a few comparisons find the vessels that
came, changed, left the view or gave their slot to another; however much was skipped, the news lead to the newest state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.face.frames import Kind, payload_size
from mihari.face.pick import Mask, compared, numbered, packed
from mihari.face.rows import Rows, Words
from mihari.face.state import FaceState
from mihari.face.view import View


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
    kind = Kind.DELTA if shown.epoch == state.epoch else Kind.SNAPSHOT
    before = shown if kind == Kind.DELTA else NOTHING_SHOWN
    ids = state.slot_ids
    mask = view.mask(state.tables, len(ids))
    slots, removed = _differences(state, mask, before)
    payload = payload_of(state.tables, slots, removed)
    return News(kind, len(slots), len(removed), payload, Shown(mask, ids, state.version, state.epoch))


def _differences(state: FaceState, mask: Mask, before: Shown) -> tuple[Words, Words]:
    """The slots in `mask` to tell of, and the ids to take off."""
    ids, news, left = state.slot_ids, np.empty(len(mask), np.bool_), np.empty(len(before.mask), np.bool_)
    told, gone = compared(ids, state.changed, mask, before.version, before.ids, before.mask, news, left)
    slots = np.empty(told + 1, np.uint32)
    numbered(news, slots)
    removed = before.ids[left] if gone else before.ids[:0]
    if gone and before.ids is not ids:  # one that only moved to another slot stays
        removed = removed[np.isin(removed, ids[mask], assume_unique=True, invert=True)]
    return slots[:told], removed


def payload_of(tables: Rows, slots: Words, removed: Words) -> memoryview:
    """A snapshot's or delta's payload: the rows of contiguous `tables` at `slots`, and the `removed` ids."""
    payload = np.empty(payload_size(Kind.DELTA, len(slots), len(removed)) // 4, np.uint32)
    payload[len(payload) - len(removed) :] = removed
    parts = payload, payload.view(np.uint16), payload.view(np.uint8)
    packed(tables.words, tables.halves, tables.octets, slots, *parts)
    return parts[2].data


def warm() -> None:
    """Load the kernels, or compile them: some 3 s when they are not in the cache."""
    news_for(FaceState(), View(), NOTHING_SHOWN)
