"""Sizing: fleets share what is prepared, obey limits that can be worked out by hand, and are the same for a seed."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from tests.patrol.made import patrol

from mihari.core.errors import BadInput
from mihari.patrol.bound import bound
from mihari.patrol.checker import check
from mihari.patrol.file import PatrolFile
from mihari.patrol.planner import finished, prepare
from mihari.patrol.sizing import candidates_of, size
from mihari.patrol.sizing.curve import knee
from mihari.patrol.sizing.growing import Grower, unmanned_h
from mihari.patrol.sizing.limit import Limit
from mihari.patrol.sizing.stock import Stock
from mihari.sensors.platform import profile

FIELD = {"name": "field", "lat_deg": 26.6, "lon_deg": 126.0, "offers": ["runway"]}


def island(**told):
    """Cells of 20 km around 26 N, 126 E, a field 67 km north of the middle, calm and clear weather by day."""
    whole = {
        "name": "Island", "start": "2026-11-21T00:00:00Z", "hours": 8,
        "area": {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 80, "across_km": 40},
        "demand": [{"name": "all", "every_h": 1}], "base": [FIELD],
        "asset": [{"name": "tb2", "platform": "tb2", "home": "field", "cost_per_h": 3}],
    }  # fmt: skip
    return PatrolFile.model_validate(whole | told)


ONE_CELL = {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 20, "across_km": 20}
STRAIT = {"name": "strait", "lat_deg": 26.0, "lon_deg": 126.0, "from_h": 1}


def test_the_limit_of_one_cell_is_the_one_worked_out_by_hand():
    file = island(area=ONE_CELL)
    candidates = candidates_of(file)
    stock = Stock(file, candidates)
    limit = Limit(file, candidates, stock.problem)
    tb2 = profile("tb2")
    out = float(stock.problem.world.legs[0, 0, 1, 0])
    assert out == pytest.approx(66.6 / (3.6 * tb2.cruise), rel=0.01)
    between = 2 * out + tb2.turnaround / 3600  # from one look at the only cell to the next: home and out again
    aloft = min((tb2.endurance - tb2.reserve) / 3600 - 2 * out, 8 - out) + between
    looks = aloft / between
    for vehicles in (0.0, 0.5, 1.0):
        assert limit.fresh(np.ones(1), vehicles) == pytest.approx(min((1 + vehicles * looks) / 8, 1.0), rel=1e-6)
    fewest = limit.fewest(np.ones(1), 0.9)
    assert fewest.price == pytest.approx((0.9 * 8 - 1) / looks, rel=1e-6)
    assert fewest.vehicles == {"tb2": pytest.approx(fewest.price, abs=1e-3)}
    assert limit.fewest(np.array([3.0]), 0.9).price == pytest.approx(3 * fewest.price, rel=1e-6)


def test_a_fleet_put_together_is_what_the_planner_prepares_from_its_file():
    ship = {"name": "north", "way": [[0, 26.2, 126.3], [8, 25.9, 126.0]], "offers": ["any deck"], "spots": 3}
    assets = [
        {"name": "tb2", "platform": "tb2", "home": "field", "count": 2, "stagger_h": 0.5},
        {"name": "small", "platform": "vbat", "home": "north", "count": 3},
        {"name": "quick", "platform": "kizilelma", "home": "field", "on_call": True},
    ]
    file = island(ship=[ship], asset=assets, station=[STRAIT])
    stock = Stock(file, candidates_of(file))
    made = stock.fleet({"tb2": 2, "small": 3})
    asked = prepare(stock.file_of({"tb2": 2, "small": 3}))
    assert [v.name for v in made.problem.vehicles] == [v.name for v in asked.problem.vehicles]
    assert made.manned == asked.manned
    for name, ours, theirs in zip(made.problem.world._fields, made.problem.world, asked.problem.world, strict=True):
        if name not in ("legs", "dwell", "may", "air", "craft", "shut_at", "shut", "port"):
            np.testing.assert_array_equal(ours, theirs, name)
    kinds = [made.problem.kinds.index(kind) for kind in asked.problem.kinds]
    for name in ("legs", "dwell", "may", "air"):
        ours, theirs = getattr(made.problem.world, name), getattr(asked.problem.world, name)
        np.testing.assert_array_equal(ours[kinds], theirs, name)
    np.testing.assert_array_equal(made.problem.world.craft[:, 1:], asked.problem.world.craft[:, 1:])
    np.testing.assert_array_equal(made.problem.world.port[:, ::2], asked.problem.world.port[:, ::2])
    assert made.problem.world.port[:, 1].tolist() == [np.inf, 3.0]


@pytest.fixture(scope="module")
def curve():
    file = island()
    return size(file, candidates_of(file, ["vbat@field"], {"vbat": 1.0}), most=6, seconds=0.2)


def test_plans_stay_below_the_bound_and_bounds_below_what_any_fleet_can(curve):
    for point in curve.points:
        assert point.fresh <= point.bound + 1e-9
        assert point.bound <= point.limit + 1e-9
    for before, after in itertools.pairwise(curve.points):
        assert after.count == before.count + 1
        assert after.vehicles[after.added] == before.vehicles.get(after.added, 0) + 1
        assert after.fresh > before.fresh
        assert after.limit >= before.limit - 1e-9


@pytest.mark.parametrize("seed", [1, 5, 11, 16, 19])
def test_the_same_holds_of_patrols_at_random(seed):
    file = patrol(seed)
    candidates = candidates_of(file)
    stock = Stock(file, candidates)
    counts = {asset.name: asset.count for asset in file.asset if not asset.on_call}
    fleet = Grower(stock, 5_000, seed).planned(counts, None, 1.0)
    most = bound(fleet.fleet.problem.world)
    limit = Limit(file, candidates, stock.problem).fresh(np.ones(len(candidates)), sum(counts.values()))
    assert fleet.fresh <= most + 1e-9
    assert most <= limit + 1e-6


def test_the_target_is_met_by_no_fewer_than_the_limit_allows(curve):
    assert curve.why_ended == "the target is met"
    assert curve.met.fresh >= 0.95
    assert curve.met.count >= math.ceil(curve.fewest.price - 1e-6)
    assert curve.met.cost_per_h >= curve.cheapest.price - 1e-6


def test_the_same_seed_gives_the_same_curve(curve):
    file = island()
    again = size(file, candidates_of(file, ["vbat@field"], {"vbat": 1.0}), most=6, seconds=0.2)
    assert again.to_json() == curve.to_json()


def test_who_costs_less_for_what_he_brings_is_added_first():
    file = island()
    dear = size(file, candidates_of(file, ["vbat@field"], {"vbat": 50.0, "tb2": 1.0}), most=1, seconds=0.1)
    cheap = size(file, candidates_of(file, ["vbat@field"], {"vbat": 1.0, "tb2": 50.0}), most=1, seconds=0.1)
    assert dear.points[1].added == "tb2"
    assert cheap.points[1].added == "vbat@field"


def test_cost_is_that_of_the_hours_out():
    file = island()
    point = size(file, candidates_of(file, (), {"tb2": 900.0}), most=1, seconds=0.1).points[1]
    assert point.cost_per_h == 900.0
    assert 0.9 * 24 * 900 < point.cost_per_day <= 24 * 900  # it is out all day but for the first minutes
    assert point.cost_of_percent == pytest.approx(point.cost_per_day / (100 * point.fresh))


def test_nobody_is_added_where_the_target_is_met_by_nobody():
    curve = size(island(), candidates_of(island()), target=0.1, seconds=0.1)
    assert [p.count for p in curve.points] == [0]
    assert curve.points[0].fresh == pytest.approx(1 / 8)
    assert curve.met.count == 0


def test_no_home_takes_more_than_it_has_spots_for():
    file = island(base=[FIELD | {"spots": 1}])
    curve = size(file, candidates_of(file, ["vbat@field"]), seconds=0.1)
    assert curve.points[-1].count == 1
    assert curve.why_ended == "one more of no candidate makes the plan better"
    assert curve.met is None
    assert curve.fewest is None  # 1.01 vehicles are needed, and the limit knows that there is room for one


def test_stations_are_kept_before_cells_are_looked_at():
    curve = size(island(station=[STRAIT]), candidates_of(island()), most=3, seconds=0.1)
    nobody, one, two = curve.points[:3]
    assert nobody.unmanned_h == pytest.approx(7.0)
    assert math.isnan(nobody.limit)
    assert one.unmanned_h < 0.05
    assert one.fresh == pytest.approx(1 / 8)
    assert two.fresh > 0.8
    assert not nobody.meets(0.1)
    assert one.limit < 0.3  # of its 8 hours 7 belong to the station
    assert two.limit > two.bound


def test_hours_that_nobody_keeps_a_station_are_counted_with_those_between_watches():
    file = island(station=[STRAIT], asset=[{"name": "a", "platform": "tb2", "home": "field", "ready_h": 3}])
    prepared = prepare(file)
    arrives = (prepared.manned.sorties[0].stops[0].arrive - file.start.timestamp()) / 3600
    assert unmanned_h(file, prepared.manned) == pytest.approx(arrives - 1, abs=1e-6)


def test_a_fleet_that_is_too_large_is_told_a_smaller_one():
    file = island(asset=[{"name": "tb2", "platform": "tb2", "home": "field", "count": 4}])
    curve = size(file, candidates_of(file), first={"tb2": 4}, seconds=0.2)
    assert curve.points[0].vehicles == {"tb2": 4}
    assert curve.better.vehicles == {"tb2": 2}
    assert curve.met == curve.better


def test_what_nobody_knows_is_told_with_what_there_is():
    with pytest.raises(BadInput, match="expected PLATFORM@HOME, with a home of field; did you mean tb2@field"):
        candidates_of(island(), ["tb2@feild"])
    with pytest.raises(BadInput, match="a cost for 'tb3': expected one of tb2"):
        candidates_of(island(), (), {"tb3": 3.0})
    with pytest.raises(BadInput, match="needs a port or short deck"):
        candidates_of(island(), ["ulaq@field"])
    with pytest.raises(BadInput, match="nothing that a fleet could be made of"):
        candidates_of(island(asset=[]))


def test_the_knee_lies_highest_above_the_line_from_end_to_end():
    assert knee([0, 1, 2, 3, 4], [0.0, 0.5, 0.8, 0.9, 1.0]) == 2
    assert knee([0, 1, 2], [0.0, 0.5, 1.0]) is None
    assert knee([0, 1], [0.0, 0.5]) is None


def test_plans_of_fleets_that_grew_keep_the_rules():
    ships = [
        {"name": name, "way": [[0, lat, 126.3], [8, lat - 0.3, 126.0]], "offers": ["any deck"], "spots": 2}
        for name, lat in (("north", 26.2), ("south", 25.9))
    ]
    assets = [
        {"name": "tb2", "platform": "tb2", "home": "field"},
        {"name": "a", "platform": "vbat", "home": "north", "lands_at": ["south"]},
        {"name": "b", "platform": "vbat", "home": "south", "lands_at": ["north"]},
    ]
    file = island(hours=12, ship=ships, asset=assets, station=[STRAIT])
    grower = Grower(Stock(file, candidates_of(file)), 10_000, 1)
    fleet = grower.planned({}, None, 1.0)
    while sum(fleet.counts.values()) < 6 and (found := grower.grown(fleet, lambda text: None)):
        _, fleet = found
    assert sum(fleet.counts.values()) > 3
    plan = finished(fleet.fleet, fleet.tours)
    assert check(fleet.fleet.file, fleet.fleet.ground, plan) == []
    assert plan.figures["fresh"] == pytest.approx(fleet.fresh, abs=1e-6)
