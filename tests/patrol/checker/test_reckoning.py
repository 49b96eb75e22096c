"""What the checker reckons with, against numbers worked out by hand and against a brute-force twin."""

from __future__ import annotations

import ast
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mihari.patrol.checker
from mihari.core.geodesy import ecef, inverse
from mihari.core.units import KNOT
from mihari.patrol.checker.aerials import Aerial, along
from mihari.patrol.checker.pace import against_wind, over_sea
from mihari.patrol.checker.ways import way_of
from mihari.patrol.plan import Sortie, Stop
from mihari.sensors.horizon import horizon
from mihari.sensors.platform import profile
from mihari.sensors.weather import Weather


@pytest.mark.parametrize(("bearing_deg", "knots"), [(0, 105.0), (180, 145.0), (90, 123.390)])  # √(125² - 20²)
def test_wind_from_ahead_slows_and_from_behind_speeds_an_aircraft(bearing_deg: float, knots: float) -> None:
    speed = over_sea(profile("tb3"), Weather(wind=20 * KNOT, wind_from=0.0), [math.radians(bearing_deg)])
    assert speed[0] / KNOT == pytest.approx(knots, abs=0.01)


def test_wind_that_an_aircraft_cannot_stand_against_leaves_it_no_speed() -> None:
    assert against_wind(20.0, 25.0, 0.0, [0.0, math.pi / 2]).tolist() == [0.0, 0.0]
    assert against_wind(20.0, 25.0, 0.0, math.pi) == pytest.approx(45.0)


@pytest.mark.parametrize(
    ("platform", "weather", "share"),
    [
        ("patrolboat", Weather(sea_state=0.0), 1.0),
        ("patrolboat", Weather(sea_state=5.0), 0.6),  # 8 % a sea state
        ("ulaq", Weather(sea_state=8.0), 0.1),  # 12 % a sea state, but never less than a tenth
        ("voyager", Weather(wind=3.0, sea_state=2.0), 0.4 * 3.0 / (4 * KNOT)),
        ("voyager", Weather(wind=20.0, sea_state=4.0), 1.0),
        ("voyager", Weather(wind=0.5, sea_state=0.0), 0.5),  # 2 kn under motor
        ("slocum", Weather(sea_state=6.0), 1.0),
        ("auv", Weather(sea_state=6.0), 1.0),
    ],
)
def test_craft_make_their_share_of_cruise(platform: str, weather: Weather, share: float) -> None:
    craft = profile(platform)
    assert float(over_sea(craft, weather, 1.0)) == pytest.approx(share * craft.cruise)


def test_radio_goes_as_far_as_the_horizon_between_both_heights() -> None:
    assert float(horizon(5486.4, 20.0)) == pytest.approx(4122 * (math.sqrt(5486.4) + math.sqrt(20.0)), rel=1e-3)


def test_the_arc_over_the_chord_is_the_geodesic() -> None:
    lat, lon = np.array([25.0, 26.0, 24.0]), np.array([126.0, 128.5, 126.1])
    exact = inverse(25.5, 126.0, lat, lon)[0]
    assert along(ecef(lat, lon), ecef(25.5, 126.0)) == pytest.approx(exact, rel=1e-4)


def test_an_aerial_that_never_moves_is_where_it_is() -> None:
    assert Aerial(10.0, (0.0, 0.0)).where(np.array([0.0, 1.0])).tolist() == [6378137.0, 0.0, 0.0]


def test_a_way_waits_at_stops_and_goes_evenly_between_them() -> None:
    stop = Stop("cell", "0", 100.0, 200.0, 0.0, 1.0)
    way = way_of(Sortie("v", "a", 0.0, 0.0, 0.0, (stop,), "b", 400.0, 0.0, 2.0), begin=0.0)
    lat, lon = way.where([-5.0, 50.0, 150.0, 250.0, 500.0])
    assert lat == pytest.approx(0.0)
    assert lon == pytest.approx([0.0, 0.5, 1.0, 1.25, 2.0])


def test_who_is_aloft_when_the_plan_begins_is_followed_from_there() -> None:
    past, now = Stop("cell", "0", 10.0, 20.0, 0.0, 5.0), Stop("cell", "1", 90.0, 200.0, 0.0, 1.0)
    way = way_of(Sortie("v", "", 0.0, 0.0, 1.0, (past, now), "b", 300.0, 0.0, 2.0), begin=100.0)
    assert way.time.tolist() == [100.0, 100.0, 200.0, 300.0]
    assert way.lon_deg.tolist() == [1.0, 1.0, 1.0, 2.0]


def by_brute_force(setting: Any, step: float = 20.0) -> dict[str, float]:
    """`fresh` and `worst` by looking at every cell every 20 s."""
    ground, plan = setting.ground, setting.plan
    times = np.arange(plan.begin, plan.end, step) + step / 2
    starts = np.array([spell.start for spell in ground.spells])
    spell = np.array([int(np.flatnonzero(starts <= (t - setting.start) / 3600)[-1]) for t in times])
    whole = fresh = worst = 0.0
    for cell in range(len(ground.cells)):
        looks = [s.leave for o in plan.sorties for s in o.stops if s.purpose == "cell" and s.name == str(cell)]
        age = np.array([t - max(look for look in (plan.begin, *looks) if look <= t) for t in times]) / 3600
        weight = ground.weight[cell][spell]
        whole += weight.sum()
        fresh += weight[age <= ground.every_h[cell]].sum()
        worst = max(worst, (age[weight > 0] / ground.every_h[cell]).max(initial=0.0))
    return {"fresh": fresh / whole, "worst": worst}


@pytest.fixture
def with_figures(clean: Any) -> Any:
    """The clean plan with its figures; three cells weigh more or nothing, and two are demanded more often."""
    weight, every = clean.ground.weight.copy(), clean.ground.every_h.copy()
    weight[3], weight[5, 1:], weight[7], every[6:] = 7.0, 0.0, 0.0, (1.0, 0.5)
    setting = replace(clean, ground=replace(clean.ground, weight=weight, every_h=every))
    out = sum(min(s.landing, setting.plan.end) - s.launch for s in setting.plan.sorties) / 3600
    return setting.with_plan(figures={**by_brute_force(setting), "launches": 6.0, "hours": out, "bound": 0.9})


def test_figures_that_follow_from_the_sorties_are_right(with_figures: Any) -> None:
    assert with_figures.plan.figures["worst"] == pytest.approx(8.0, rel=1e-2)  # cell 6 is never looked at
    assert with_figures.check() == []


@pytest.mark.parametrize("name", ["fresh", "worst", "launches", "hours"])
def test_a_figure_that_is_one_percent_too_good_is_found(with_figures: Any, name: str) -> None:
    figures = dict(with_figures.plan.figures)
    figures[name] *= 1.01
    (found,) = with_figures.with_plan(figures=figures).check()
    assert (found.rule, found.kind) == (25, "wrong figure")
    assert name in found.told


def test_cells_that_nobody_asked_for_count_for_nothing(clean: Any) -> None:
    ground = replace(clean.ground, every_h=np.full_like(clean.ground.every_h, np.nan))
    assert replace(clean, ground=ground).with_plan(figures={"fresh": 0.3, "worst": 9.0}).check() == []


def test_a_weather_change_a_second_before_is_no_violation(clean: Any) -> None:
    landing = clean.at(7.5) + 0.5  # half a second after the sea has become too rough for decks
    assert clean.with_sortie("tb3-2", landing=landing).check() == []


def test_whatever_a_plan_says_the_checker_answers(clean: Any) -> None:
    rng = np.random.default_rng(7)
    values = [math.nan, math.inf, -1e18, 1e18, 0.0, clean.at(2.0), 91.0, -200.0, 25.6]
    for _ in range(60):
        sorties = []
        for sortie in clean.plan.sorties:
            stops = tuple(_spoilt(stop, rng, values) for stop in sortie.stops)
            sorties.append(_spoilt(replace(sortie, stops=stops), rng, values))
        clean.with_plan(sorties=tuple(sorties)).check()


def _spoilt(one: Any, rng: np.random.Generator, values: list[float]) -> Any:
    names = [name for name in one.__slots__ if isinstance(getattr(one, name), float)]
    name = names[int(rng.integers(len(names)))]
    return replace(one, **{name: values[int(rng.integers(len(values)))]}) if rng.random() < 0.3 else one


def test_two_thousand_stops_are_checked_in_seconds(clean: Any, trip: Any) -> None:
    sorties = []
    for i in range(34):
        one = trip(clean, "tb3-1", "north", 0.1 + i / 60)
        for k in range(60):  # eight hours to and fro, a stop every eight minutes
            one.cell(2 + k % 2, 1.0, 45.0)
        sorties.append(one.land("north", speed=45.0))
    began = time.perf_counter()
    kinds = clean.with_plan(sorties=tuple(sorties)).kinds()
    assert time.perf_counter() - began < 8.0
    assert "overlap" in kinds
    assert "too fast" not in kinds


def test_the_checker_knows_nothing_of_the_planner() -> None:
    may = {"cells", "checker", "file", "ground", "plan", "spells"}
    for path in Path(mihari.patrol.checker.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import) and "patrol" in ast.dump(node)]
        assert {m.split(".")[2] for m in modules if m.startswith("mihari.patrol.")} <= may, path.name
