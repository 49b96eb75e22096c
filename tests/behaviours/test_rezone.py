"""Zones that come, go and move while the look-out runs: what is remembered follows them, as if they had been there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mihari.archive.state import pack, unpack
from mihari.behaviours.engine import Engine
from mihari.behaviours.places import KIND_BITS, Places
from mihari.behaviours.sightings import Sightings
from mihari.core.zones import MOST_WATCHED, Watch, Zone

START = 1_700_000_000
SQUARE = ((26.0, 127.0), (26.0, 127.1), (26.1, 127.1), (26.1, 127.0))
ROADS = Zone("roads", "anchorage", (SQUARE,), watch=Watch(enter=True))
EAST = Zone("east", "fishing", (tuple((lat, lon + 0.1) for lat, lon in SQUARE),), watch=Watch(leave=True))


def sail(engine: Engine, begin_h: float, end_h: float) -> None:
    """Five vessels go east at 10 kn, each 6 NM behind the other, and come back every four hours."""
    for now in np.arange(START + begin_h * 3600, START + end_h * 3600, 60.0):
        way = (now - START) * 5.14 / 100_000.0 - np.arange(5) * 0.06
        lon = 126.9 + 0.4 * np.abs((way / 0.4 + 1) % 2 - 1)
        engine.sight(Sightings.of(5, key=np.arange(5) + 1, time=now, lat_deg=26.05, lon_deg=lon, speed=5.14))
        engine.step(now + 1)


def inside(engine: Engine, flag: int) -> list[tuple[int, int, int]]:
    """Vessel, start, end of all findings under an area flag."""
    found = engine.memory.recall(np.arange(len(engine.memory)))
    whose = np.repeat(engine.memory.keys, np.diff(found.first))
    mine = found.founds["flag"] == 32 + flag
    columns = [a[mine].tolist() for a in (whose, found.founds["start"], found.founds["end"])]
    return sorted(zip(*columns, strict=True))


def flag(engine: Engine, name: str) -> int:
    found = engine.places.flag_of(name)
    assert found is not None
    return found


def test_a_zone_drawn_now_counts_for_the_hours_that_are_kept() -> None:
    always, late = Engine(Places(zones=(ROADS, EAST))), Engine(Places(zones=(ROADS,)))
    for engine in (always, late):
        sail(engine, 0.0, 4.0)
    late.rezone((ROADS, EAST))
    assert inside(late, flag(late, "east")) == inside(always, flag(always, "east"))
    for engine in (always, late):
        sail(engine, 4.0, 6.0)
    for name in ("roads", "east"):
        found = inside(always, flag(always, name))
        assert len(found) >= 8
        assert inside(late, flag(late, name)) == found
    fishing = inside(always, 2)
    assert inside(late, 2) == fishing
    assert fishing


def test_a_zone_that_is_moved_is_where_it_is_now() -> None:
    moved = replace(EAST, rings_deg=(tuple((lat, lon + 0.05) for lat, lon in EAST.rings_deg[0]),))
    always, late = Engine(Places(zones=(moved,))), Engine(Places(zones=(EAST,)))
    for engine in (always, late):
        sail(engine, 0.0, 3.0)
    assert inside(late, flag(late, "east")) != inside(always, flag(always, "east"))
    late.rezone((moved,))
    assert inside(late, flag(late, "east")) == inside(always, flag(always, "east"))


def test_the_place_of_a_zone_that_went_is_clean_for_the_next() -> None:
    engine = Engine(Places(zones=(ROADS, EAST)))
    sail(engine, 0.0, 9.0)  # part of it is settled
    first, second = flag(engine, "roads"), flag(engine, "east")
    before = inside(engine, second)
    engine.rezone((EAST,))
    assert engine.places.flag_of("roads") is None
    far = Zone("far", "zone", (tuple((lat + 9.0, lon) for lat, lon in SQUARE),), watch=Watch(enter=True))
    engine.rezone((EAST, far))
    assert flag(engine, "far") == first
    assert inside(engine, first) == []
    assert flag(engine, "east") == second
    assert inside(engine, second) == before


def test_another_rule_of_the_same_area_runs_nobody_again_but_looks_at_those_in_it() -> None:
    places = Places(zones=(ROADS, EAST))
    moved = places.change((replace(ROADS, watch=Watch(dwell_min=30.0)), EAST))
    assert (moved.bits, moved.anew, moved.ruled) == (0, 0, 1 << KIND_BITS)
    engine = Engine(Places(zones=(ROADS,)))
    sail(engine, 0.0, 2.0)
    before = inside(engine, KIND_BITS)
    engine.rezone((replace(ROADS, watch=Watch(speed_kn=5.0)),))
    evaluated = engine.finder.evaluated
    engine.step(START + 2 * 3600 + 2)
    assert engine.finder.evaluated - evaluated == len({vessel for vessel, _, _ in before}) > 0
    assert inside(engine, KIND_BITS) == before


def test_a_lookout_that_is_put_back_has_the_zones_of_now() -> None:
    stopped, always = Engine(Places(zones=(ROADS,))), Engine(Places(zones=(EAST, ROADS)))
    for engine in (stopped, always):
        sail(engine, 0.0, 3.0)
    again = Engine(Places(zones=(EAST, ROADS)))  # the file was edited between the runs
    again.restore(unpack(pack(stopped.state())))
    for name in ("roads", "east"):
        assert inside(again, flag(again, name)) == inside(always, flag(always, name)) != []


@pytest.mark.parametrize("count", [MOST_WATCHED, MOST_WATCHED + 5])
def test_as_many_are_watched_as_there_are_bits(count: int) -> None:
    places = Places(zones=tuple(replace(ROADS, name=f"zone {k}") for k in range(count)))
    assert len(places.watched) == MOST_WATCHED
    assert len({places.flag_of(zone.name) for zone in places.watched}) == MOST_WATCHED
