"""What RTEC's rules demand, case by case: strictness, instants, what ends what."""

from __future__ import annotations

from math import nan

import pytest
from rtec_cases import ours
from rtec_twin import Event, Recording, recognise

COAST, PORT, GROUNDS, ANCHORAGE = "coast", "port", "grounds", "roads"
KINDS = {
    COAST: {"nearCoast"},
    PORT: {"nearPorts"},
    GROUNDS: {"fishing"},
    ANCHORAGE: {"anchorage"},
    "grounds 2": {"fishing"},
}


def of(name, *events, near=(), types=None, vessel=1):
    """The intervals of a fluent: (value, start, end); the twin must agree on everything."""
    told = [
        e if isinstance(e, Event) else Event(e[0], e[1], 1, *e[2:3], area=e[3] if len(e) > 3 else "") for e in events
    ]
    r = Recording(told, list(near), {1: "cargo", **(types or {})}, KINDS)
    found = ours(r)
    assert found == recognise(r)
    return sorted(row[3:] for row in found if row[0] == name and row[1] == vessel)


def enters(t, area, vessel=1):
    return Event("entersArea", t, vessel, area=area)


def leaves(t, area, vessel=1):
    return Event("leavesArea", t, vessel, area=area)


def sails(t, speed, course=0.0, heading=511.0, vessel=1):
    return Event("velocity", t, vessel, speed, course, heading)


def happens(name, t, vessel=1):
    return Event(name, t, vessel)


@pytest.mark.parametrize(
    ("speed", "fast"), [(0.0, True), (0.1, False), (4.9, False), (5.0, True), (5.1, True), (30.0, True)]
)
def test_a_speed_of_exactly_0_or_5_knots_is_high_speed_near_the_coast(speed, fast):
    found = of("highSpeedNearCoast", enters(10, COAST), sails(20, speed), leaves(100, COAST))
    assert found == ([("true", 21, 101)] if fast else [])


def test_high_speed_ends_with_the_very_second_at_which_the_coast_is_left():
    assert of("withinArea", enters(10, COAST), leaves(100, COAST)) == [("nearCoast", 11, 101)]
    assert of("highSpeedNearCoast", enters(10, COAST), sails(20, 6.0), leaves(100, COAST)) == [("true", 21, 101)]


def test_entering_and_a_fast_velocity_at_one_second_do_not_start_it():
    assert of("highSpeedNearCoast", enters(20, COAST), sails(20, 6.0)) == []
    assert of("highSpeedNearCoast", enters(20, COAST), sails(21, 6.0)) == [("true", 22, None)]


def test_leaving_one_of_two_overlapping_areas_of_a_kind_ends_being_within_the_kind():
    found = of("withinArea", enters(10, GROUNDS), enters(20, "grounds 2"), leaves(30, GROUNDS), leaves(40, "grounds 2"))
    assert found == [("fishing", 11, 31)]


def test_silence_ends_everything_through_the_second_of_the_event():
    told = (enters(10, COAST), happens("slow_motion_start", 20), happens("gap_start", 50), happens("gap_end", 90))
    assert of("withinArea", *told) == [("nearCoast", 11, 51)]
    assert of("gap", *told) == [("farFromPorts", 51, 91)]
    assert of("lowSpeed", *told) == [("true", 21, 51)]


def test_a_gap_that_begins_while_near_a_port_is_near_ports():
    assert of("gap", enters(10, PORT), happens("gap_start", 50)) == [("nearPorts", 51, None)]
    assert of("gap", enters(50, PORT), happens("gap_start", 50)) == [("farFromPorts", 51, None)]


def test_another_value_ends_the_one_that_holds():
    told = (happens("stop_start", 10), enters(20, PORT), happens("stop_start", 30), happens("stop_end", 40))
    assert of("stopped", *told) == [("farFromPorts", 11, 31), ("nearPorts", 31, 41)]


def test_a_second_start_while_it_holds_changes_nothing():
    told = (happens("slow_motion_start", 10), happens("slow_motion_start", 30), happens("slow_motion_end", 50))
    assert of("lowSpeed", *told) == [("true", 11, 51)]


def test_the_end_wins_over_a_start_at_the_same_second():
    told = (happens("slow_motion_start", 10), happens("slow_motion_end", 30), happens("slow_motion_start", 30))
    assert of("lowSpeed", *told) == [("true", 11, 31)]


@pytest.mark.parametrize(
    ("speed", "value"),
    [(0.5, None), (0.6, "below"), (9.0, None), (9.1, "normal"), (15.0, None), (15.1, "above")],
)
def test_moving_speed_is_strict_on_both_sides(speed, value):
    assert of("movingSpeed", sails(10, speed)) == ([(value, 11, None)] if value else [])


def test_a_speed_on_the_border_changes_nothing_and_half_a_knot_ends_it():
    assert of("movingSpeed", sails(10, 5.0), sails(20, 9.0), sails(30, 0.5)) == [("below", 11, 31)]


def test_a_type_without_usual_speeds_never_moves():
    assert of("movingSpeed", sails(10, 5.0), types={1: "unheard-of"}) == []
    assert of("underWay", sails(10, 5.0), types={1: "unheard-of"}) == []


def test_under_way_joins_values_that_touch():
    assert of("underWay", sails(10, 5.0), sails(20, 10.0), sails(30, 20.0), sails(40, 0.1)) == [("true", 11, 41)]


@pytest.mark.parametrize(
    ("angle", "drifts"), [(40.0, False), (40.1, True), (180.0, True), (320.0, False), (319.9, True)]
)
def test_drifting_needs_more_than_forty_degrees(angle, drifts):
    found = of("drifting", sails(10, 10.0), sails(20, 10.0, 0.0, angle), sails(30, 10.0))
    assert found == ([("true", 21, 31)] if drifts else [])


def test_drifting_needs_the_vessel_to_be_under_way_the_second_before():
    assert of("drifting", sails(10, 10.0, 0.0, 90.0)) == []
    assert of("drifting", sails(10, 10.0), sails(11, 10.0, 0.0, 90.0)) == [("true", 12, None)]


def test_a_heading_that_is_not_told_ends_drifting():
    told = (sails(10, 10.0), sails(20, 10.0, 0.0, 90.0), sails(30, 10.0, 0.0, 511.0))
    assert of("drifting", *told) == [("true", 21, 31)]


def test_drifting_ends_with_being_under_way():
    told = (sails(10, 10.0), sails(20, 10.0, 0.0, 90.0), sails(30, 0.2, 0.0, 90.0))
    assert of("drifting", *told) == [("true", 21, 31)]


@pytest.mark.parametrize(("end", "long"), [(1810, False), (1811, True)])
def test_at_anchor_takes_more_than_half_an_hour(end, long):
    told = (enters(0, PORT), happens("stop_start", 10), happens("stop_end", end))
    assert of("anchoredOrMoored", *told) == ([("true", 11, end + 1)] if end - 10 > 1800 else [])
    assert long == (end - 10 > 1800)


def test_durations_are_taken_after_the_set_operations():
    # two stops far from ports in one anchorage with a break: none is long enough
    told = [enters(0, ANCHORAGE)]
    for t in (10, 1500):
        told += [happens("stop_start", t), happens("stop_end", t + 1400)]
    assert of("anchoredOrMoored", *told) == []


@pytest.mark.parametrize("after", [1799, 1800, 1801])
def test_a_turn_at_exactly_the_deadline_puts_it_off(after):
    told = [enters(0, GROUNDS), happens("change_in_heading", 10), happens("change_in_heading", 10 + after)]
    found = of("trawlingMovement", *told, types={1: "fishing"})
    if after <= 1800:
        assert found == [("false", 1811 + after, None), ("true", 11, 1811 + after)]
    else:
        assert found == [("false", 1811, 1812), ("false", 3612, None), ("true", 11, 1811), ("true", 1812, 3612)]


def test_leaving_the_grounds_ends_trawling_movement_without_making_it_false():
    told = [enters(0, GROUNDS), happens("change_in_heading", 10), leaves(100, GROUNDS)]
    assert of("trawlingMovement", *told, types={1: "fishing"}) == [("true", 11, 101)]


def test_trawling_is_for_fishing_vessels_and_lasts_more_than_an_hour():
    told = [enters(0, GROUNDS), sails(5, 4.0)]
    told += [happens("change_in_heading", t) for t in range(10, 3700, 600)]
    told += [sails(3611, 12.0)]  # trawling movement from 11, speed until and with 3611: 3,601 s
    assert of("trawling", *told, types={1: "fishing"}) == [("true", 11, 3612)]
    assert of("trawling", *told[:-1], sails(3610, 12.0), types={1: "fishing"}) == []
    assert of("trawling", *told, types={1: "tug"}) == of("trawlSpeed", *told, types={1: "tug"}) == []


@pytest.mark.parametrize(("speed", "found"), [(1.0, False), (1.1, True), (8.9, True), (9.0, False)])
def test_trawl_speed_is_strict_on_both_sides(speed, found):
    told = (enters(0, GROUNDS), sails(10, speed))
    assert bool(of("trawlSpeed", *told, types={1: "fishing"})) == found


def test_rescue_speed_is_neither_started_nor_ended_at_exactly_its_border():
    sar = {1: "sar"}
    assert of("sarSpeed", sails(10, 2.7), types=sar) == []
    assert of("sarSpeed", sails(10, 2.8), sails(20, 2.7), sails(30, 0.0), sails(40, 2.6), types=sar) == [
        ("true", 11, 41)
    ]


def test_rescue_movement_starts_with_the_change_of_speed():
    told = (happens("change_in_speed_start", 10), happens("change_in_speed_end", 50))
    assert of("sarMovement", *told, types={1: "sar"}) == [("false", 1811, None), ("true", 11, 1811)]


def test_searching_needs_more_than_an_hour():
    told = [happens("change_in_heading", t) for t in range(0, 9000, 1000)]
    assert of("inSAR", sails(5, 9.0), *told, sails(3606, 1.0), types={1: "sar"}) == [("true", 6, 3607)]
    assert of("inSAR", sails(5, 9.0), *told, sails(3605, 1.0), types={1: "sar"}) == []


def slow(vessel, start, end):
    return [happens("slow_motion_start", start, vessel), happens("slow_motion_end", end, vessel)]


@pytest.mark.parametrize(("near", "found"), [(240, []), (241, [("true", 100, 341)])])
def test_a_rendezvous_takes_more_than_240_seconds(near, found):
    told = [*slow(1, 0, 900), *slow(2, 0, 900)]
    assert of("rendezVous", *told, near=[(1, 2, 100, 100 + near)]) == found


def test_proximities_that_touch_stay_two():
    told = [*slow(1, 0, 900), *slow(2, 0, 900)]
    assert of("rendezVous", *told, near=[(1, 2, 100, 300), (1, 2, 300, 500)]) == []
    assert of("rendezVous", *told, near=[(1, 2, 100, 300), (1, 2, 300, 541)]) == [("true", 300, 541)]


@pytest.mark.parametrize("kind", ["tug", "pilotvessel"])
def test_tugs_and_pilots_have_no_rendezvous(kind):
    told = [*slow(1, 0, 900), *slow(2, 0, 900)]
    assert of("rendezVous", *told, near=[(1, 2, 100, 800)], types={2: kind}) == []


def test_pilots_board_for_any_time_away_from_the_coast():
    told = [*slow(1, 0, 900), *slow(2, 0, 900), enters(399, COAST), leaves(499, COAST)]
    found = of("pilotOps", *told, near=[(1, 2, 350, 501)], types={2: "pilotvessel"})
    assert found == [("true", 350, 400), ("true", 500, 501)]


@pytest.mark.parametrize(
    ("types", "tows"),
    [
        ({1: "tug"}, True),
        ({2: "tug"}, True),
        ({1: "tug", 2: "tug"}, False),
        ({1: "tug", 2: "pilotvessel"}, False),
        ({}, False),
    ],
)
def test_one_tug_and_no_pilot_make_a_tow(types, tows):
    told = [sails(0, 5.0), sails(0, 5.0, vessel=2)]
    assert bool(of("tugging", *told, near=[(1, 2, 10, 311)], types=types)) == tows
    assert of("tugging", *told, near=[(1, 2, 10, 310)], types=types) == []


def test_loitering_is_not_near_the_coast_and_not_at_anchor():
    told = [happens("slow_motion_start", 0), enters(2000, COAST), leaves(3000, COAST), happens("slow_motion_end", 4801)]
    assert of("loitering", *told) == [("true", 1, 2001), ("true", 3001, 4802)]
    assert of("loitering", *told[:-1], happens("slow_motion_end", 4800)) == [("true", 1, 2001)]


def test_what_is_not_told_starts_nothing():
    r = Recording([sails(10, 10.0), Event("velocity", 20, 1, 10.0, nan, 90.0)], [], {1: "cargo"}, KINDS)
    assert {row[0] for row in ours(r)} == {"movingSpeed", "underWay", "tuggingSpeed"}
