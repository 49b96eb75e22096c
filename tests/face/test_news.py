"""Pictures in, screens out, without sockets: whatever is skipped, a screen comes to show the newest picture."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import NODE, SENSORS, Sea
from screen import Screen, expected

from mihari.core.picture import ClaimedIdentity, Identity, Picture, Vessels, VesselStatus
from mihari.face import frames
from mihari.face.compose import Composer
from mihari.face.frames import Kind
from mihari.face.news import NOTHING_SHOWN, news_for
from mihari.face.state import FaceState
from mihari.face.view import View, parse_view

ONE = st.tuples(
    st.integers(1, 6),
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.integers(0, 3),
    st.integers(0, 10),
    st.integers(0, 31),
)
SEAS = st.lists(ONE, max_size=6, unique_by=lambda v: v[0]).map(sorted)
BOXES = st.one_of(
    st.none(),
    st.tuples(st.floats(-90, 0), st.floats(-180, 180), st.floats(0, 90), st.floats(-180, 180)).map(list),
)
VIEWS = st.fixed_dictionaries(
    {
        "type": st.just("view"),
        "box": BOXES,
        "categories": st.one_of(st.none(), st.lists(st.integers(0, 10))),
        "sources": st.one_of(st.none(), st.integers(0, 31)),
    }
)


class Pipeline:
    """Turns made-up seas into pictures with honest `changed` numbers."""

    def __init__(self) -> None:
        self.sequence, self.last = 0, {}

    def picture(self, sea: list[tuple], time: float) -> Picture:
        self.sequence += 1
        self.last = {v[0]: (v, c) for v, c in ((v, self._changed(v)) for v in sea)}
        columns = zip(*sea, strict=True) if sea else ([],) * 6
        names = ("id", "lat_deg", "lon_deg", "status", "category", "source")
        vessels = Vessels.of(
            len(sea), **dict(zip(names, map(list, columns), strict=True)), existence=0.5,
            changed=(changed := [self.last[v[0]][1] for v in sea]), time=time - self.sequence + np.array(changed),
        )  # fmt: skip
        identities = {v[0]: Identity(v[0], (ClaimedIdentity(v[3] + 1, 1.0),), self.last[v[0]][1]) for v in sea}
        return Picture(time, self.sequence, vessels, identities, sensors=SENSORS)

    def _changed(self, vessel: tuple) -> int:
        before = self.last.get(vessel[0])
        return before[1] if before and before[0] == vessel else self.sequence


class Follower:
    """A browser behind a state, which looks only now and then."""

    def __init__(self, state: FaceState) -> None:
        self.state, self.shown, self.screen, self.view = state, NOTHING_SHOWN, Screen(), View()

    def look(self) -> None:
        news = news_for(self.state, self.view, self.shown)
        self.shown = news.shown
        if news:
            header = frames.encode_header(
                news.kind,
                sequence=self.screen.sequence + 1,
                count=news.count,
                removed=news.removed,
                base=self.state.base,
            )
            self.screen.take(header + bytes(news.payload))


def visible(picture: Picture, view: dict) -> Vessels:
    """The vessels of a picture a view lets through, worked out one by one."""
    return picture.vessels.take([k for k in range(len(picture.vessels)) if _passes(picture.vessels, k, view)])


def _passes(vessels: Vessels, k: int, view: dict) -> bool:
    if vessels.status[k] == VesselStatus.GONE:
        return False
    if view["categories"] is not None and vessels.category[k] not in view["categories"]:
        return False
    if view["sources"] is not None and not vessels.source[k] & view["sources"]:
        return False
    if view["box"] is None:
        return True
    south, west, north, east = (round(v * 1e7) for v in view["box"])
    if view["box"][3] - view["box"][1] >= 360:
        west, east = -1_800_000_000, 1_800_000_000
    west = -1_800_000_000 if west == 1_800_000_000 else west  # one meridian, counted from the west
    lat, lon = round(vessels.lat_deg[k] * 1e7), round(vessels.lon_deg[k] * 1e7)
    between = west <= lon <= east if west <= east else lon >= west or lon <= east
    return south <= lat <= north and between


EVERYTHING = {"type": "view", "box": None, "categories": None, "sources": None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(SEAS, st.booleans(), st.booleans(), st.one_of(st.none(), VIEWS)), min_size=1, max_size=8))
def test_any_pictures_seen_by_any_view_now_and_then_end_in_the_newest(steps: list) -> None:
    pipeline, composer, state = Pipeline(), Composer(NODE), FaceState()
    follower, view = Follower(state), EVERYTHING
    for k, (sea, told, looks, new_view) in enumerate(steps):
        if new_view is not None:
            view = new_view
            follower.view = parse_view(view)
        picture = pipeline.picture(sea, 1e9 + k)
        last = k == len(steps) - 1
        if told or last:
            for raw in composer.frames_for(picture):
                state.receive(raw)
        if looks or last:
            state.settle()
            follower.look()
    assert follower.screen.shown == expected(visible(picture, view), state.base)
    drawn = visible(picture, EVERYTHING)
    assert state.ids.tolist() == drawn.id.tolist()
    assert {v: state.identities.get(v)["claims"][0]["mmsi"] for v in drawn.id.tolist()} == {
        v: picture.identities[v].claims[0].mmsi for v in drawn.id.tolist()
    }


def test_only_what_changed_is_told_again() -> None:
    sea, composer, state = Sea(100), Composer(NODE), FaceState()
    for raw in composer.frames_for(sea.picture(1e9)):
        state.apply(raw)
    kinds = [frames.decode(f).kind for f in composer.frames_for(sea.picture(1e9 + 1, np.arange(5)))]
    assert kinds[0] == Kind.DELTA
    delta = frames.decode(composer.frames_for(sea.picture(1e9 + 2, np.arange(7)))[0])
    assert (delta.kind, delta.count, delta.removed) == (Kind.DELTA, 7, 0)


def test_a_vessel_without_a_place_is_not_shown_until_it_has_one() -> None:
    composer, state = Composer(NODE), FaceState()
    unplaced = Vessels.of(1, id=4, time=1e9, changed=1)
    for picture in (
        Picture(1e9, 1, unplaced),
        Picture(1e9, 2, unplaced.replace(lat_deg=np.array([1.0]), lon_deg=np.array([2.0]))),
    ):
        for raw in composer.frames_for(picture):
            state.apply(raw)
        assert len(state) == picture.sequence - 1


def test_when_time_goes_back_all_starts_over() -> None:
    composer, state = Composer(NODE), FaceState()
    for time in (2e9, 1e9):
        for raw in composer.frames_for(Pipeline().picture([(1, 0.0, 0.0, 0, 0, 0)], time)):
            state.apply(raw)
    assert state.epoch == 2
    assert state.time == 1e9
    assert len(state) == 1


def test_slots_are_used_again_and_a_screen_is_not_confused() -> None:
    pipeline, composer, state = Pipeline(), Composer(NODE), FaceState()
    follower = Follower(state)
    for k, ids in enumerate(([1, 2], [2, 3], [3, 4], [1, 4])):
        picture = pipeline.picture([(i, 0.0, float(i), 0, 0, 0) for i in ids], 1e9 + k)
        for raw in composer.frames_for(picture):
            state.apply(raw)
        if k != 1:
            follower.look()
    assert follower.screen.shown == expected(picture.vessels, state.base)
    assert len(state.rows) == 2


def test_trails_hold_where_a_moving_vessel_was_and_stay_bounded() -> None:
    pipeline, composer, state = Pipeline(), Composer(NODE), FaceState()
    for k in range(0, 1500, 3):
        for raw in composer.frames_for(
            pipeline.picture([(1, k * 1e-4, 0.0, 0, 0, 0), (2, 0.0, 9.0, 0, 0, 0)], 1e9 + k)
        ):
            state.apply(raw)
    times, places = state.trails.of(int(state.slots_of([1])[0]))
    assert len(times) == 96
    assert set(np.diff(times).tolist()) == {120}  # the first report 10 s or more after the last point
    assert math.isclose(places[-1, 0] / 1e7, 0.149, abs_tol=0.001)
    assert len(state.trails.of(int(state.slots_of([2])[0]))[0]) == 1


def test_a_box_may_cross_the_antimeridian() -> None:
    state = FaceState()
    sea = Vessels.of(4, id=[1, 2, 3, 4], lat_deg=0.0, lon_deg=[179.5, -179.5, 0.0, -180.0])
    state.apply(frames.encode_vessels(sea))
    view = parse_view({"type": "view", "box": [-1, 179, 1, 181], "categories": None, "sources": None})
    assert view.mask(state.rows).tolist()[:4] == [True, True, False, True]
