"""Plans: vessels first, nobody in vain, never worse than what the search began with."""

from __future__ import annotations

from mihari.patrol.file import PatrolFile
from mihari.patrol.planner import finished, prepare, search

TOLD = {
    "name": "two cells", "start": "2026-11-21T00:00:00Z", "hours": 6.0,
    "area": {"lat_deg": 25.0, "lon_deg": 126.0, "along_km": 40.0, "across_km": 20.0},
    "demand": [{"name": "all", "every_h": 2.0}],
    "base": [{"name": "field", "lat_deg": 25.0, "lon_deg": 126.4, "offers": ["runway"]}],
    "asset": [{"name": "a", "platform": "tb2", "home": "field"}],
}  # fmt: skip
CALLED = [{"name": "fast", "platform": "kizilelma", "home": "field", "count": 2, "on_call": True}]
VESSEL = {"name": "v", "lat_deg": 25.4, "lon_deg": 126.0, "speed_kn": 15.0, "course_deg": 350.0, "by_h": 3.0}


def planned(seconds, **changes):
    prepared = prepare(PatrolFile.model_validate(TOLD | changes))
    return finished(prepared, search(prepared, seconds, 1))


def test_a_longer_search_is_never_worse_than_the_first_plan():
    first = planned(0.0).figures["fresh"]
    assert first > 0.99  # one aircraft, two cells, two hours
    assert planned(0.3).figures["fresh"] >= first


def test_one_of_two_on_call_goes_to_a_vessel():
    plan = planned(0.3, asset=[*TOLD["asset"], *CALLED], look=[VESSEL])
    assert [stop.name for s in plan.sorties for stop in s.stops if stop.purpose == "vessel"] == ["v"]
    assert not plan.shortfalls


def test_a_vessel_is_met_where_no_cell_is_to_be_looked_at():
    nothing = [{"name": "all", "every_h": 2.0, "weight": 0.0}]
    plan = planned(0.1, demand=nothing, asset=CALLED, look=[VESSEL])
    assert [stop.name for s in plan.sorties for stop in s.stops] == ["v"]
    assert len(plan.sorties) == 1


def test_a_vessel_nearly_as_fast_as_who_looks_is_met():
    slow = [{"name": "slow", "platform": "vbat", "home": "field", "lands_at": []}]
    base = [TOLD["base"][0] | {"offers": ["any deck", "small boat", "runway"]}]
    towards = VESSEL | {"lat_deg": 25.2, "speed_kn": 25.0, "course_deg": 100.0, "by_h": 5.0}
    plan = planned(0.1, asset=slow, base=base, look=[towards])
    assert any(stop.name == "v" for s in plan.sorties for stop in s.stops)
