"""Just inside a limit a plan keeps the rule, just outside it does not."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mihari.core.geodesy import inverse
from mihari.core.units import KNOT


@pytest.mark.parametrize(("share", "kinds"), [(1.005, set()), (1.02, {"too fast"})])
def test_a_percent_of_speed_is_allowed_and_no_more(clean: Any, share: float, kinds: set[str]) -> None:
    trip = clean.sortie("tb3-1")
    distance, bearing = inverse(trip.lat_deg, trip.lon_deg, 26.0, 127.3)
    off = float(bearing) - math.radians(30)
    wind = 10 * KNOT
    speed = math.sqrt((125 * KNOT) ** 2 - (wind * math.sin(off)) ** 2) - wind * math.cos(off)
    arrive = trip.launch + float(distance) / speed / share
    assert clean.with_stop("tb3-1", 0, arrive=arrive).kinds() == kinds


@pytest.mark.parametrize(("minutes", "kinds"), [(15.0, set()), (14.9, {"slot"})])
def test_a_slot_is_as_long_as_it_is(clean: Any, minutes: float, kinds: set[str]) -> None:
    launch = clean.sortie("tb3-1").launch + 60 * minutes
    assert clean.with_sortie("small", launch=launch).kinds() == kinds


@pytest.mark.parametrize(("spots", "kinds"), [(2, set()), (1, {"spots"})])
def test_who_has_left_takes_no_spot(clean: Any, spots: int, kinds: set[str]) -> None:
    assert clean.with_section("ship", "north", spots=spots).kinds() == kinds  # two of three are back at the end


@pytest.mark.parametrize(("start", "kinds"), [("south", set()), ("north", {"starts elsewhere"})])
def test_a_vehicle_starts_again_from_where_it_landed(clean: Any, start: str, kinds: set[str]) -> None:
    away = clean.with_sortie("small", end="south", end_lat_deg=25.2, end_lon_deg=126.5)
    assert away.plus("small", start, 6.5, start, 6.95).kinds() == kinds


@pytest.mark.parametrize(("part", "kinds"), [(0.13, set()), (0.5, {"land"}), (0.87, set())])  # of 22 km
def test_land_is_touched_near_the_ends_of_a_leg_only(clean: Any, island: Any, part: float, kinds: set[str]) -> None:
    lat, lon = 25.6 + part * 0.09, 125.9 + part * 0.201  # between the field and cell 0
    corners = [(lat + up, lon + right) for up, right in ((-0.01, -0.01), (-0.01, 0.01), (0.01, 0.01), (0.01, -0.01))]
    cells = replace(clean.ground.cells, land=island(*corners))
    assert replace(clean, ground=replace(clean.ground, cells=cells)).kinds() == kinds


@pytest.mark.parametrize(("west_deg", "kinds"), [(127.2995, set()), (127.297, {"keep-out stop"})])  # 50 m, 300 m
def test_the_edge_of_an_area_is_a_hundred_metres_wide(clean: Any, west_deg: float, kinds: set[str]) -> None:
    corners = ((25.9, west_deg), (26.01, west_deg), (26.01, 127.5), (25.9, 127.5))
    assert clean.with_section("keep_out", "range", corners=corners, to_h=1.9).kinds() == kinds


@pytest.mark.parametrize(("height_ft", "kinds"), [(5000, set()), (1000, {"no link at stop", "no link on way"})])
def test_the_horizon_ends_a_link_that_would_go_farther(
    clean: Any, tmp_path: Path, height_ft: int, kinds: set[str]
) -> None:
    text = (resources.files("mihari.sensors") / "platforms" / "vbat.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("link_range", "working_height"))]
    told = 'assumed = true, reason = "for this test" }'  # 133 km to the ship: 183 km from 5,000 ft, 95 km from 1,000
    lines.insert(5, f"link_range_km = {{ value = 400, {told}")
    lines.insert(5, f"working_height_ft = {{ value = {height_ft}, {told}")
    path = tmp_path / "high.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    alone = clean.with_section("station", "gate", relay=False).with_section("base", "field", mast_m=0.0)
    assert alone.with_section("asset", "small", platform=str(path)).kinds() == kinds


def test_who_relays_does_not_hear_himself(clean: Any) -> None:
    far = clean.with_section("station", "gate", lon_deg=128.4)  # 200 km from the ships; a TB3 is heard at 150
    away = far.with_stop("tb3-1", 0, lon_deg=128.4).check()
    assert ("no link at stop", "tb3-1") in {(violation.kind, violation.vehicle) for violation in away}


@pytest.mark.parametrize(("more_s", "unheard"), [(1.0, False), (-1.0, True)])
def test_who_was_near_a_stop_when_all_aerials_were_lost_does_it_as_told(
    clean: Any, more_s: float, unheard: bool
) -> None:
    begin, arrive = clean.at(0.75), clean.sortie("small").stops[0].arrive
    told = {"before": clean.plan, "lost_places": dict.fromkeys(("north", "south", "field"), begin)}
    later = clean.with_plan(begin=begin).with_told(**told, frozen_until=arrive + more_s)
    assert (("no link at stop", "small") in {(v.kind, v.vehicle) for v in later.check()}) == unheard
    longer = later.with_stop("small", 0, leave=clean.sortie("small").stops[0].leave + 600.0)
    assert ("no link at stop", "small") in {(v.kind, v.vehicle) for v in longer.check()}


@pytest.mark.parametrize(("dwell", "blind"), [([0, math.inf, 0], True), ([math.inf, 0, math.inf], False)])
def test_the_weather_at_the_beginning_of_a_look_counts(clean: Any, dwell: list[float], blind: bool) -> None:
    tb3 = clean.ground.dwell_h["tb3"].copy()
    tb3[3] = dwell
    ground = replace(clean.ground, dwell_h={**clean.ground.dwell_h, "tb3": tb3})
    late = replace(clean, ground=ground).with_stop("tb3-1", 1, arrive=clean.at(7.2), leave=clean.at(7.3))
    assert ("blind look" in late.kinds()) == blind


def third(clean: Any, trip: Any) -> Any:
    """The clean plan, with a third TB3 at the gate for 12 minutes while the first is there."""
    one = trip(clean, "tb3-3", "north", 1.0).to("station", "gate", (26.0, 127.3), 12.0, by=1.6).land("north", by=2.6)
    return clean.with_section("asset", "tb3", count=3).with_plan(sorties=(*clean.plan.sorties, one))


def test_somebody_who_looks_in_at_a_station_changes_nothing(clean: Any, trip: Any) -> None:
    assert third(clean, trip).check() == []
    assert third(clean, trip).with_stop("tb3-3", 0, leave=clean.at(1.65)).check() == []


@pytest.mark.parametrize(("minutes", "kinds"), [(10.0, set()), (9.9, {"short overlap"})])
def test_both_are_at_a_station_for_the_overlap(clean: Any, minutes: float, kinds: set[str]) -> None:
    leaves = clean.sortie("tb3-1").stops[0].leave
    assert clean.with_stop("tb3-2", 0, arrive=leaves - 60 * minutes).kinds() == kinds


@pytest.mark.parametrize(("east_m", "kinds"), [(2990, set()), (3050, {"far from cell"})])
def test_three_kilometres_from_a_cell_are_near_enough(clean: Any, east_m: float, kinds: set[str]) -> None:
    stop = clean.sortie("tb3-1").stops[1]
    lon = stop.lon_deg - east_m / (111_320 * math.cos(math.radians(stop.lat_deg)))
    assert clean.with_stop("tb3-1", 1, lon_deg=lon).kinds() == kinds


@pytest.mark.parametrize("changes", [{"speed_kn": 0.0}, {"course_deg": 270.0}, {"told_h": 0.0}])
def test_a_vessel_is_met_where_it_has_sailed_to(clean: Any, changes: dict[str, float]) -> None:
    assert clean.with_section("look", "runner", **changes).kinds() == {"vessel missed"}


def test_a_plan_before_that_had_just_launched_takes_the_slot(clean: Any) -> None:
    begin = clean.at(0.75)  # three minutes after the V-BAT was launched
    aloft = [s for s in clean.plan.sorties if s.launch < begin]
    rest = tuple(s for s in clean.plan.sorties if s.launch >= begin and s.vehicle != "tb3-2")
    later = clean.with_plan(begin=begin, sorties=rest).with_told(
        before=clean.plan, lost={s.vehicle: begin for s in aloft}
    )
    soon = later.plus("tb3-2", "north", 0.8, "north", 5.0)
    assert "slot" in soon.kinds()
    assert "slot" not in later.plus("tb3-2", "north", 1.0, "north", 5.0).kinds()


def test_figures_of_infinity_are_wrong(clean: Any) -> None:
    assert clean.with_plan(figures={"worst": np.inf}).kinds() == {"wrong figure"}
