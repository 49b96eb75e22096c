"""Who keeps stations: by ways that are open and heard, in a sea that is borne, where there is room to land."""

from __future__ import annotations

from typing import Any

import pytest

from mihari.core.errors import BadInput
from mihari.patrol.checker import check
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan
from mihari.patrol.planner import finished, prepare, search
from mihari.patrol.replan import Replanner

GATE = {"name": "gate", "lat_deg": 26.0, "lon_deg": 126.6, "within_km": 10, "from_h": 2, "overlap_min": 5}
SEA: dict[str, Any] = {
    "name": "Strait", "start": "2026-11-21T00:00:00Z", "hours": 12,
    "area": {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 120, "across_km": 60, "bearing_deg": 90},
    "demand": [{"name": "all", "every_h": 4}],
    "base": [{"name": "field", "lat_deg": 26.0, "lon_deg": 125.5, "offers": ["runway", "port"]}],
    "asset": [{"name": "tb2", "platform": "tb2", "home": "field", "count": 2}],
    "station": [GATE],
}  # fmt: skip


def planned(**told: Any) -> tuple[Plan, list[str]]:
    """A plan of the strait, changed so, and what in it breaks a rule besides what it tells."""
    prepared = prepare(PatrolFile.model_validate(SEA | told))
    plan = finished(prepared, search(prepared, 0.1, 1))
    told_of = {short.demand for short in plan.shortfalls}
    cannot = {"unmanned", "short overlap"} if "station gate" in told_of else set()
    return plan, [v.told for v in check(prepared.file, prepared.ground, plan) if v.kind not in cannot]


def test_it_is_kept_without_a_gap() -> None:
    plan, wrong = planned()
    assert (plan.shortfalls, wrong) == ((), [])


@pytest.mark.parametrize(("to_h", "kept"), [(24, False), (3, True)])
def test_nobody_goes_to_it_through_a_closed_area(to_h: float, kept: bool) -> None:
    wall = {"name": "wall", "corners": [(24.5, 126.0), (27.5, 126.0), (27.5, 126.1), (24.5, 126.1)], "from_h": 0}
    plan, wrong = planned(keep_out=[wall | {"to_h": to_h}])
    watches = [stop for s in plan.sorties for stop in s.stops if stop.purpose == "station"]
    assert wrong == []
    assert bool(watches) == kept
    assert plan.shortfalls  # later than it is asked for, or never


def test_craft_are_home_before_the_sea_is_too_rough() -> None:
    weather = [{"sea_state": 3, "wind_kn": 10}, {"from_h": 6, "sea_state": 7, "wind_kn": 30}]
    boats = [{"name": "boat", "platform": "patrolboat", "home": "field", "count": 2}]
    plan, wrong = planned(
        weather=weather, asset=boats, station=[GATE | {"lon_deg": 125.8, "platforms": ["patrolboat"]}]
    )
    assert wrong == []
    assert {stop.name for s in plan.sorties for stop in s.stops} >= {"gate"}
    assert max(s.landing for s in plan.sorties) <= plan.begin + 6 * 3600


def test_keepers_land_where_there_is_room_for_them() -> None:
    ship = {"name": "ship", "way": [(0, 26.1, 126.4), (12, 26.1, 126.5)], "offers": ["any deck"], "spots": 1}
    keepers = [
        {"name": "a", "platform": "vbat", "home": "ship", "lands_at": ["field"]},
        {"name": "b", "platform": "vbat", "home": "field", "lands_at": ["ship"]},
    ]
    plan, wrong = planned(ship=[ship], asset=keepers, hours=24)
    assert wrong == []
    assert any(stop.name == "gate" for s in plan.sorties for stop in s.stops)


def test_a_station_that_only_a_relay_hears_is_kept_where_another_station_relays() -> None:
    far = GATE | {"lon_deg": 127.5, "from_h": 4, "platforms": ["tb2"]}
    relay = GATE | {"name": "relay", "lon_deg": 126.4, "relay": True, "platforms": ["anka3"], "from_h": 1}
    assets = [
        {"name": "tb2", "platform": "tb2", "home": "field", "count": 2},
        {"name": "high", "platform": "anka3", "home": "field", "count": 2},
    ]
    alone, _ = planned(asset=assets, station=[far])
    both, wrong = planned(asset=assets, station=[far, relay])
    assert [short.demand for short in alone.shortfalls] == ["station gate"]
    assert not any(stop.name == "gate" for s in alone.sorties for stop in s.stops)
    assert any(stop.name == "gate" for s in both.sorties for stop in s.stops)
    assert wrong == []


def test_before_it_is_to_be_kept_nobody_misses_it() -> None:
    prepared = prepare(PatrolFile.model_validate(SEA | {"asset": SEA["asset"][:1], "station": [GATE | {"from_h": 6}]}))
    plan = finished(prepared, search(prepared, 0.1, 1))
    keepers = {s.vehicle for s in plan.sorties for stop in s.stops if stop.name == "gate"}
    after = Replanner(prepared, plan).change(plan.begin + 3600, lost=["tb2-1", "tb2-2"])
    assert keepers
    assert [short.because for short in after.shortfalls if short.demand == "station gate"] == [
        "nobody is there for 360 min in all"
    ]


def test_areas_of_one_name_are_two() -> None:
    def wall(lon: float, first: float) -> dict[str, Any]:
        corners = [(24.5, lon), (27.5, lon), (27.5, lon + 0.1), (24.5, lon + 0.1)]
        return {"name": "wall", "corners": corners, "from_h": first, "to_h": first + 3}

    _, wrong = planned(keep_out=[wall(125.8, 5), wall(126.2, 5.5)], station=[])
    assert wrong == []


def test_a_home_with_less_room_than_vehicles_is_named() -> None:
    ship = {"name": "ship", "way": [(0, 26.1, 126.4), (12, 26.1, 126.5)], "offers": ["any deck"], "spots": 1}
    crowd = [{"name": "v", "platform": "vbat", "home": "ship", "count": 2}]
    with pytest.raises(BadInput, match="2 vehicles are at home at ship, which has 1 spots"):
        planned(ship=[ship], asset=crowd)
