"""The kernels against the same in whole-column NumPy: any state, any view, whatever a browser shows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.news import NOTHING_SHOWN, News, Shown, news_for
from mihari.face.rows import NEVER, Rows
from mihari.face.state import FaceState
from mihari.face.view import View, inside_box

EDGE = [-90.0, -1.0, 0.0, 1.0, 90.0]
MERIDIANS = [-180.0, -179.0, 0.0, 10.0, 179.0, 180.0]
BOXES = st.tuples(*map(st.sampled_from, (EDGE[:3], MERIDIANS, EDGE[2:], MERIDIANS)))
VIEWS = st.builds(
    View,
    st.one_of(st.none(), BOXES),
    st.one_of(st.none(), st.integers(0, 2**32 - 1)),
    st.one_of(st.none(), st.integers(0, 255)),
)


def crowd(rng: np.random.Generator, n: int) -> Rows:
    """Rows of random numbers with ids 0…, positions on a grid that boxes meet."""
    rows = Rows(
        rng.integers(0, 2**32, (8, n), np.uint32),
        rng.integers(0, 2**16, (6, n), np.uint16),
        rng.integers(0, 256, (4, n), np.uint8),
    )
    rows.words[0] = rng.permutation(3 * n + 1)[:n]
    rows.lat[:], rows.lon[:] = rng.integers(-90, 91, n) * 10_000_000, rng.integers(-180, 181, n) * 10_000_000
    rows.octets[2] = rng.integers(0, 40, n)
    return rows


def mask_of(view: View, rows: Rows) -> np.ndarray:
    """`View.mask`, a column at a time."""
    mask = rows.id != NEVER
    if view.box is not None:
        south, west, north, east = (round(v * 1e7) for v in view.box)
        mask &= (rows.lat >= south) & (rows.lat <= north)
        mask &= (rows.lon >= west) & (rows.lon <= east) if west <= east else (rows.lon >= west) | (rows.lon <= east)
    if view.categories is not None:
        mask &= np.isin(rows.octets[2], [c for c in range(32) if view.categories >> c & 1])
    if view.sources is not None:
        mask &= rows.octets[1] & view.sources != 0
    return mask


def plain_news(state: FaceState, view: View, shown: Shown) -> tuple[Kind, bytes]:
    """Kind and payload of `news_for`, a column at a time."""
    mask, ids, first = mask_of(view, state.rows), state.rows.id, shown.epoch != state.epoch
    before = np.zeros(len(ids), bool)
    kept, removed = before.copy(), np.empty(0, np.uint32)
    if not first:
        n = len(shown.ids)
        before[:n] = shown.mask
        kept[:n] = shown.mask & (shown.ids == ids[:n])
        left = shown.ids[(before & ~(kept & mask))[:n]]
        removed = left[~np.isin(left, ids[mask])]
    picked = np.flatnonzero(mask & (first | (state.changed > shown.version) | ~kept))
    return Kind.SNAPSHOT if first else Kind.DELTA, frames.rows_payload(state.rows.take(picked), removed)


def same(news: News, plain: tuple[Kind, bytes]) -> None:
    assert (news.kind, bytes(news.payload)) == plain
    assert len(news.payload) == frames.payload_size(news.kind, news.count, news.removed)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60), VIEWS, VIEWS, st.booleans(), st.booleans())
def test_kernels_and_columns_give_the_same_news(
    seed: int, n: int, view: View, later: View, moves: bool, swaps: bool
) -> None:
    rng, state = np.random.default_rng(seed), FaceState()
    rows = crowd(rng, n)
    state.apply(rows_frame(Kind.SNAPSHOT, rows))
    first = news_for(state, view, NOTHING_SHOWN)
    same(first, plain_news(state, view, NOTHING_SHOWN))
    gone = rng.choice(rows.id, n // 3, replace=False) if swaps else []
    if moves or swaps:
        # some go, some come, some change; those that come back take slots of others
        again = crowd(rng, n // 2)
        again.words[0, : n // 4] = rng.choice(rows.id, n // 4, replace=False)
        _, once = np.unique(again.id, return_index=True)
        state.apply(rows_frame(Kind.DELTA, again.take(once), gone))
        back = rows.take(np.isin(rows.id, gone) & rng.integers(0, 2, n).astype(bool))
        state.apply(rows_frame(Kind.DELTA, back))
    same(news_for(state, later, first.shown), plain_news(state, later, first.shown))


def rows_frame(kind: Kind, rows: Rows, removed: object = ()) -> bytes:
    """A frame of `rows`."""
    return frames.encode_rows(kind, rows, np.array(removed, np.uint32), sequence=1, picture=1, time=9.0, base=1.0)


@given(BOXES)
def test_plots_and_vessels_are_inside_the_same_box(box: tuple[float, float, float, float]) -> None:
    rows = crowd(np.random.default_rng(5), 500)
    view = View(box)
    assert np.array_equal(inside_box(box, rows.lat, rows.lon), mask_of(view, rows))
    assert np.array_equal(view.mask(rows), mask_of(view, rows))
