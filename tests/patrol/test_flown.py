"""Ways that vehicles went -> looks, by chance and by rule; cases whose answers can be worked out by hand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from mihari.core.geodesy import direct
from mihari.core.task import TaskKind
from mihari.patrol import flown
from mihari.patrol.file import PatrolFile
from mihari.patrol.flown import Looked, Looks
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Sortie
from mihari.patrol.planner import make_plan
from mihari.patrol.tasking import Tasking
from mihari.sensors.platform import profile
from mihari.sensors.sweep import STEP, LateralRange
from mihari.simulate.vehicles import Deck, Leg, Return, Through, Vehicle

BEGIN = 1_795_219_200.0  # 2026-11-21T00:00Z, morning in Japan
TB2 = profile("tb2")


def sea(**more: Any) -> PatrolFile:
    """A row of three cells of 20 km from west to east about 0 N 126 E, looked at by a TB2."""
    told: dict[str, Any] = {
        "name": "row", "start": "2026-11-21T00:00:00Z", "hours": 8, "detect": 0.8,
        "area": {"lat_deg": 0.0, "lon_deg": 126.0, "along_km": 60, "across_km": 20, "bearing_deg": 90},
        "demand": [{"name": "all", "every_h": 2}],
        "base": [{"name": "field", "lat_deg": 0.3, "lon_deg": 126.0, "offers": ["runway"]}],
        "asset": [{"name": "tb2", "platform": "tb2", "home": "field"}],
    }  # fmt: skip
    return PatrolFile.model_validate(told | more)


def at(east_km: float, north_km: float) -> tuple[float, float]:
    lat, lon = direct(0.0, 126.0, math.atan2(east_km, north_km), 1000 * math.hypot(east_km, north_km))
    return float(lat), float(lon)


def way(*corners: tuple[float, float], speed: float = 40.0, every: float = 10.0, begin: float = BEGIN) -> Any:
    """Positions every so many s along straight legs between corners (km east, north)."""
    made, time = [], begin
    for (x1, y1), (x2, y2) in itertools.pairwise(corners):
        steps = max(round(1000 * math.hypot(x2 - x1, y2 - y1) / speed / every), 1)
        for k in range(steps):
            part = k / steps
            made.append((time, *at(x1 + part * (x2 - x1), y1 + part * (y2 - y1))))
            time += every
    return [*made, (time, *at(*corners[-1]))]


@pytest.fixture
def definite(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is seen that passes within 6 km, nothing else."""
    curve = LateralRange(np.where(np.arange(200) * STEP <= 6000.0, 1.0, 0.0))
    monkeypatch.setattr(flown, "lateral_range", lambda *args: curve)


def looks_flown(file: PatrolFile, ground: Ground, positions: Iterable[tuple[float, float, float]]) -> list[Looked]:
    """All looks of a TB2 along a way: positions (UTC s, lat_deg, lon_deg)."""
    looks = Looks(file, ground, TB2)
    return [found for position in positions for found in looks.take(*position)] + looks.close()


def rows(found: list[Looked]) -> list[int]:
    return [one.cell for one in found]


def test_a_pass_through_the_middles_looks_at_each_cell_once_with_the_share_that_its_swath_covers(
    definite: None,
) -> None:
    file = sea(detect=0.6)
    found = looks_flown(file, ground_of(file), way((-60, 0), (60, 0), speed=100.0))
    assert rows(found) == [0, 1, 2]
    # of seven rows of points 2.86 km apart five lie within 6 km of the line; 0.6 are six columns of seven
    assert [one.chance for one in found] == pytest.approx([30 / 49] * 3, abs=1e-6)
    # the sixth lies 5.71 km beyond the middle; of it a point 5.71 km off is 200 m farther again 1.5 km later
    ends = [BEGIN + 1000 * (60 + x + 5.71 + 1.52) / 100 for x in (-20, 0, 20)]
    assert [one.end for one in found] == pytest.approx(ends, abs=10)


def test_what_passes_too_far_off_is_no_look(definite: None) -> None:
    file = sea()
    ground = ground_of(file)
    assert looks_flown(file, ground, way((-60, 12), (60, 12))) == []
    assert looks_flown(file, ground, way((-60, 40), (60, 40))) == []


def test_two_passes_together_see_what_neither_does_alone(definite: None) -> None:
    file = sea(detect=0.9, demand=[{"name": "all", "every_h": 2}])
    ground = ground_of(file)
    there, both = way((-35, 5), (35, 5)), way((-35, 5), (35, 5), (35, -5), (-35, -5))
    assert [one.chance >= 0.9 for one in looks_flown(file, ground, there)] == []
    found = looks_flown(file, ground, both)
    assert rows(found) == [2, 1, 0]  # on the way back
    assert [one.chance for one in found] == pytest.approx([1.0] * 3, abs=0.1)
    assert all(one.begin < BEGIN + 1750 < one.end for one in found)


def test_passes_farther_apart_than_the_interval_do_not_add_up(definite: None) -> None:
    file = sea(detect=0.9)
    late = way((35, -5), (-35, -5), begin=BEGIN + 3 * 3600)
    assert looks_flown(file, ground_of(file), [*way((-35, 5), (35, 5)), *late]) == []


def test_chances_of_passes_multiply_and_one_pass_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    half = LateralRange(np.full(200, 0.5))  # to 50 km, alike
    monkeypatch.setattr(flown, "lateral_range", lambda *args: half)
    file = sea(detect=0.7)
    ground = ground_of(file)
    assert [one.chance for one in looks_flown(file, ground, way((-60, 40), (60, 40)))] == []
    found = looks_flown(file, ground, way((-100, 40), (100, 40), (100, 41), (-100, 41)))
    assert rows(found) == [2, 1, 0]
    assert [one.chance for one in found] == pytest.approx([0.75] * 3, abs=0.05)  # 1 - ½ ½


def test_a_plans_look_counts_though_the_chance_stays_below_what_is_demanded(definite: None) -> None:
    file = sea(detect=0.8)
    ground = ground_of(file)
    assert np.all(ground.dwell_h["tb2"] == 0.0)
    found = looks_flown(file, ground, way((-60, 2), (60, 2)))
    assert rows(found) == [0, 1, 2]
    assert [one.chance for one in found] == pytest.approx([4 / 7] * 3, abs=0.08)
    assert [one.begin for one in found] == pytest.approx([BEGIN + 1000 * x / 40 for x in (30, 50, 70)], abs=20)


def test_an_aircraft_that_climbs_or_is_lost_looks_at_nothing() -> None:
    file = sea()
    ground = ground_of(file)
    low, cut = Looks(file, ground, TB2), Looks(file, ground, TB2)
    line = way((-60, 0), (60, 0))
    assert [one for place in line for one in low.take(*place, height=300.0)] == []
    assert [one for place in (line[0], line[-1]) for one in cut.take(*place)] == []


def test_positions_out_of_their_order_or_of_no_place_are_passed_over() -> None:
    file = sea()
    ground = ground_of(file)
    line = way((-60, 0), (60, 0))
    wrong = (math.nan, 0.0, 126.0), (BEGIN + 9e5, 99.0, 0.0)
    spoilt = [p for k, one in enumerate(line) for p in (one, line[max(k - 30, 0)], *wrong)]
    assert looks_flown(file, ground, spoilt) == looks_flown(file, ground, line)


def test_who_stays_about_a_place_keeps_its_look_fresh_and_each_circle_does_not_count_anew() -> None:
    file = sea()
    circle = [at(3 * math.sin(k / 10), 3 * math.cos(k / 10)) for k in range(2500)]
    found = looks_flown(file, ground_of(file), [(BEGIN + 8.0 * k, *place) for k, place in enumerate(circle)])
    times = [one.end for one in found if one.cell == 1]
    gaps = np.diff(times)
    assert len(times) > 5
    assert gaps.max() < 2400
    assert gaps.min() > 300


def test_positions_of_one_way_give_the_same_looks_however_often_they_are_told() -> None:
    file = sea()
    ground = ground_of(file)
    often, seldom = (looks_flown(file, ground, way((-60, 1), (60, 1), every=s)) for s in (2.0, 40.0))
    assert rows(often) == rows(seldom)
    assert [one.end for one in often] == pytest.approx([one.end for one in seldom], abs=60)
    assert [one.chance for one in often] == pytest.approx([one.chance for one in seldom], abs=0.05)


def flown_by_the_tasks(platform: str, file: PatrolFile, ground: Ground, sortie: Sortie, tasking: Tasking) -> Any:
    """The way of a simulated vehicle that does the tasks of its sortie: positions every 10 s, with heights."""
    base = file.base[0]
    decks = {"field": Deck("field", "runway", base.lat_deg, base.lon_deg, length=3000.0)}
    vehicle = Vehicle(platform, decks["field"], np.random.default_rng(1))
    time, made = sortie.launch, []
    searches = [one.wanted for one in tasking.of(sortie) if one.wanted.kind == TaskKind.SEARCH]
    legs = tuple(Leg(*place, one.height) for one in searches for place in one.places)
    for order in (Through(legs), Return()):
        vehicle.command(order)
        while not vehicle.done:
            body = vehicle.step(10.0, decks=decks)
            time += 10.0
            made.append((time, body.lat_deg, body.lon_deg, body.height))
            assert time < sortie.landing + 3600
    return made


def test_a_simulated_vehicle_that_flies_its_sortie_has_looked_at_the_cells_that_were_planned() -> None:
    file = sea(hours=3, area={"lat_deg": 0.0, "lon_deg": 126.0, "along_km": 60, "across_km": 40, "bearing_deg": 90})
    ground = ground_of(file)
    plan = make_plan(file, seconds=0.5)
    (sortie,) = plan.sorties
    looks = Looks(file, ground, TB2)
    track = flown_by_the_tasks("tb2", file, ground, sortie, Tasking(file, ground, plan))
    found = [one for place in track for one in looks.take(*place)] + looks.close()
    planned = [(int(stop.name), stop.leave) for stop in sortie.stops]
    assert len(planned) > 8
    late = [
        min((abs(one.end - leave) for one in found if one.cell == cell), default=math.inf) for cell, leave in planned
    ]
    assert max(late) < 600  # half a cell takes 280 s
    assert np.median([one.chance for one in found]) >= 0.8
    assert len(found) < 2 * len(planned)
