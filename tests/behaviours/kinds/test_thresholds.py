"""Each behaviour holds at its threshold and not a second short of it: value and strictness of every parameter."""

from typing import NamedTuple

import numpy as np
import pytest
from kind_stories import (
    EDGE,
    FAST,
    HELD,
    IN_ZONE,
    OTHER,
    RADAR,
    SHIP,
    START,
    Coast,
    aid,
    beside,
    circles,
    crossing,
    followed,
    found,
    jumped,
    jumped_together,
    lone,
    nearing,
    off_shore,
    silent,
    static,
    two_hulls,
    unseen,
    way,
)

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import built_in, parameters_of, told
from mihari.behaviours.lists import Listed, Lists

MINUTE, HOUR = 60, 3600
SLOW = {"speed": 0.5}
loiters = lone(SLOW, FAST)
trawls, trawls_closed = (
    lone({"speed": 1.8}, FAST, ship_type=30, lon_deg=lon) for lon in (127.01, IN_ZONE["closed"])
)  # fmt: skip
dark = lone({"kind": HELD}, {"kind": 0}, key=RADAR)
drifts = lone({"speed": 1.5, "course": np.pi / 2, "heading": 0.0}, {"speed": 0.1}, length=60.0)
over_cable = lone(SLOW, FAST, lon_deg=IN_ZONE["cable"])
runs = lone({"speed": 12.0}, {"speed": 9.0}, key=RADAR, kind=HELD, lat_deg=lambda t: off_shore(40_000 - 12 * t))
lies_anchored, lies_moored = (lone({"speed": 0.1, "status": status}, FAST) for status in (1, 5))

inside, outside = {"lon_deg": EDGE + 0.001}, {"lon_deg": EDGE - 0.001}
enters, leaves = lone(inside, outside), lone(outside, inside)

berthed, sails_by = (
    {"lon_deg": IN_ZONE["port"] - 0.249, "speed": 0.1},
    {"lon_deg": IN_ZONE["port"] - 0.251, "speed": 5.0},
)
says_off = aid({"status": 1}, {"status": 0})
is_off = aid({"lat_deg": off_shore(60_501)}, {"lat_deg": off_shore(60_000)})


class Case(NamedTuple):
    """What a definition asks of time: at least, more than or (breaks) up to so many s; `step`: the finest there is."""

    kind: str
    parameter: str
    how: str
    seconds: int
    story: object
    step: int = 1
    lasts: int = 0  # of breaks: how long all of it must last


CASES = [
    Case("anchored", "lies", "at least", 30 * MINUTE, lies_anchored),
    Case("anchored", "swings", "up to", 15 * MINUTE, lies_anchored, lasts=30 * MINUTE),
    Case("moored", "lies", "at least", 30 * MINUTE, lies_moored),
    Case("moored", "swings", "up to", 15 * MINUTE, lies_moored, lasts=30 * MINUTE),
    Case("dark", "unheard", "at least", 20 * MINUTE, dark),
    Case("dark", "dark_rests", "up to", 3 * MINUTE, dark, lasts=20 * MINUTE),
    Case("dash", "ran", "at least", 5 * MINUTE, runs),
    Case("distress", "calls", "at least", 1 * MINUTE, lone({"status": 14}, {"status": 0})),
    Case("drifting", "drifted", "at least", 10 * MINUTE, drifts),
    Case("drifting", "drift_rests", "up to", 2 * MINUTE, drifts, lasts=10 * MINUTE),
    Case("identity", "both", "at least", 10 * MINUTE, two_hulls),
    Case("identity", "turns", "up to", 6 * MINUTE, two_hulls, lasts=10 * MINUTE),
    Case("loitering", "waited", "at least", 1 * HOUR, loiters),
    Case("loitering", "rests", "up to", 5 * MINUTE, loiters, lasts=1 * HOUR),
    Case("loitering_far", "carriers", "at least", 4 * HOUR, loiters),
    Case("loitering_far", "rests", "up to", 5 * MINUTE, loiters, lasts=4 * HOUR),
    Case("loitering_cable", "lingers", "at least", 30 * MINUTE, over_cable),
    Case("loitering_cable", "cable_rests", "up to", 5 * MINUTE, over_cable, lasts=30 * MINUTE),
    Case("rendezvous", "meeting", "at least", 30 * MINUTE, beside(300)),
    Case("rendezvous", "drift_apart", "up to", 3 * MINUTE, beside(300), lasts=30 * MINUTE),
    Case("rendezvous_gfw", "gfw_meeting", "at least", 2 * HOUR, beside(300)),
    Case("rendezvous_gfw", "drift_apart", "up to", 3 * MINUTE, beside(300), lasts=2 * HOUR),
    Case("rendezvous_skylight", "skylight_meeting", "more than", 30 * MINUTE, beside(200)),
    Case("rendezvous_starboard", "starboard_close", "at least", 10 * MINUTE, nearing(40), step=60),
    Case("rendezvous_starboard", "starboard_far", "at least", 30 * MINUTE, nearing(150), step=60),
    Case("spoofing", "elsewhere", "at least", 10 * MINUTE, jumped),
    Case("spoofing", "elsewhere", "at least", 10 * MINUTE, unseen),
    Case("spoofing", "fixes", "up to", 2 * MINUTE, unseen, lasts=10 * MINUTE),
    Case("spoofing_land", "inland", "at least", 10 * MINUTE,
         lone({"lat_deg": off_shore(-1500)}, {"lat_deg": off_shore(-900)})),
    Case("trawling", "towed", "more than", 1 * HOUR, trawls),
    Case("trawling", "hauls", "up to", 10 * MINUTE, trawls, lasts=1 * HOUR),
    Case("trawling_closed", "towed_closed", "more than", 20 * MINUTE, trawls_closed),
    Case("trawling_closed", "hauls", "up to", 10 * MINUTE, trawls_closed, lasts=20 * MINUTE),
    Case("collision", "risk_seen", "at least", 2 * MINUTE, crossing(8000), step=60),
    Case("collision_close", "risk_seen", "at least", 2 * MINUTE, crossing(4000), step=60),
    Case("interference", "disturbed", "at least", 5 * MINUTE, jumped_together),
    Case("shadowing", "shadowed", "at least", 2 * HOUR, followed),
    Case("shadowing", "shadow_turns", "up to", 20 * MINUTE, followed, lasts=2 * HOUR),
    Case("spoofing_circle", "circled", "at least", 90 * MINUTE, circles, step=300),
    Case("off_position", "told_off", "at least", 10 * MINUTE, says_off),
    Case("off_position", "off_rests", "up to", 6 * MINUTE, says_off, lasts=10 * MINUTE),
    Case("off_station", "swept_off", "at least", 30 * MINUTE, is_off),
    Case("off_station", "off_rests", "up to", 6 * MINUTE, is_off, lasts=30 * MINUTE),
    Case("zone_enter", "zone_seen", "at least", 1 * MINUTE, enters),
    Case("zone_enter", "zone_edge", "up to", 5 * MINUTE, enters, lasts=1 * MINUTE),
    Case("zone_leave", "zone_edge", "more than", 5 * MINUTE, leaves),
    Case("zone_speed", "zone_seen", "at least", 1 * MINUTE, lone({"speed": 5.15}, {"speed": 5.14}, **inside)),
    Case("zone_dwell", "zone_dwell", "more than", 60 * MINUTE, enters),
    Case("zone_dwell", "zone_edge", "up to", 5 * MINUTE, enters, lasts=70 * MINUTE),
]  # fmt: skip
SILENCES = [
    ("gap", "coastal_gap", "at least", 30 * MINUTE),
    ("gap_6h", "gap_tracked", "at least", 6 * HOUR),
    ("disabled", "disabling", "at least", 12 * HOUR),
    ("gap_12h", "gap_published", "more than", 12 * HOUR),
]
SUCCESSIONS = [("identity_changed", "another_name", "at least", 10 * MINUTE)]
TOLD = [
    ("identity_number", "told_long", "at least", 10 * MINUTE),
    ("identity_imo", "told_long", "at least", 10 * MINUTE),
    ("identity_retold", "told_long", "at least", 10 * MINUTE),
]
LISTED = [(kind, "list_rests", "up to", 6 * HOUR) for kind in ("watch_list", "register_differs")]
VISITS = [
    (kind, parameter, how, seconds)
    for kind in ("port_visit", "port_visit_entered", "port_visit_whole")
    for parameter, how, seconds in (("port_silence", "up to", 4 * HOUR), ("port_left", "at least", 10 * MINUTE))
]
ZONES = [("zone_leave", "zone_told", "for", 10 * MINUTE)]
AGAIN = [("shadowing", "shadow_again", "up to", 6 * HOUR)]
LENGTHS = [("drifting", "large", "at least", 50)]  # m


def named(case):
    return f"{case[0]}-{case[1]}-{getattr(case[4], '__name__', '') if len(case) > 4 else ''}"


def spans_of(case, seconds):
    """Nothing, the thing for so long, nothing; or the thing, a break of so long, the thing."""
    if case.how != "up to":
        return [(5 * MINUTE, False), (seconds, True), (10 * MINUTE, False)]
    part = case.lasts * 6 // 10  # too short alone
    return [(5 * MINUTE, False), (part, True), (seconds, False), (part, True), (10 * MINUTE, False)]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_behaviour_holds_at_its_threshold_and_not_a_step_short_of_it(case):
    enough, short = {
        "at least": (case.seconds, case.seconds - case.step),
        "more than": (case.seconds + case.step, case.seconds),
        "up to": (case.seconds, case.seconds + case.step),
    }[case.how]
    assert found(case.kind, *case.story(spans_of(case, short))) == []
    told = found(case.kind, *case.story(spans_of(case, enough)))
    assert len(told) == 1
    start, end = told[0]
    assert end - start == (enough if case.how != "up to" else 2 * (case.lasts * 6 // 10) + enough)


@pytest.mark.parametrize("heard_again", [True, False])
@pytest.mark.parametrize(("kind", "parameter", "how", "seconds"), SILENCES)
def test_a_silence_is_told_at_its_length_over_or_still_going_on(kind, parameter, how, seconds, heard_again):
    enough = seconds + (how == "more than")
    for lasted, held in ((enough, True), (enough - 1, False)):
        now = None if heard_again else 7200 + lasted
        told = found(kind, silent(lasted, heard_again=heard_again, off=100_000), now=now)
        assert told == ([(7200, 7200 + lasted if heard_again else None)] if held else [])


@pytest.mark.parametrize(("kind", "parameter", "how", "seconds"), SILENCES)
def test_a_silence_that_goes_on_is_told_in_the_very_second(kind, parameter, how, seconds):
    enough = seconds + (how == "more than")
    engine = Engine(Coast())
    for one in silent(enough, heard_again=False, off=100_000):
        engine.sight(one.take(one.time <= START + 7200 + enough - 100))
    last = START + 7200
    told = [[b.kind for b in engine.step(now) if b.kind == kind] for now in (last, last + enough - 1, last + enough)]
    assert told == [[], [], [kind]]


@pytest.mark.parametrize(("moments", "held"), [(6, True), (5, False)])
def test_a_witness_is_heard_at_three_quarters_of_the_moments_of_the_first_half_hour(moments, held):
    gone, other = silent(3700)
    assert bool(found("gap", [gone, other.take(other.time <= START + 7200 + 240 * moments)])) == held


@pytest.mark.parametrize(("seconds", "held"), [(600, True), (599, False)])
def test_another_name_is_heard_for_ten_minutes(seconds, held):
    sails = {"speed": 5.0, "course": 0.0, "lat_deg": lambda t: off_shore(50_000 + 5 * t)}
    old, new = way(SHIP, [(6000, sails)]), way(OTHER, [(6120, None), (seconds, sails), (1, sails)])
    assert found("identity_changed", [old, new]) == ([(6120, None)] if held else [])


@pytest.mark.parametrize(("length", "held"), [(50.0, True), (49.0, False)])
def test_large_is_fifty_metres_and_longer(length, held):
    sightings, _ = drifts([(300, False), (900, True), (600, False)])
    assert bool(found("drifting", sightings, [static(SHIP, length)])) == held


@pytest.mark.parametrize(("seconds", "held"), [(600, True), (599, False)])
@pytest.mark.parametrize("kind", [case[0] for case in TOLD])
def test_what_cannot_be_or_was_otherwise_is_told_for_ten_minutes(kind, seconds, held):
    """A vessel that is heard all the time tells other static data from its 300th second on."""
    key, begins = (217000007, 0) if kind == "identity_number" else (SHIP, 300)
    own = way(key, [(begins + seconds, FAST), (1, FAST)])
    other = {"name": "OTHER", "imo": 9074728 if kind == "identity_imo" else 9074729}
    batches = [static(key), static(key), static(key, at=300, **other), static(key, at=310, **other)]
    assert found(kind, [own], [] if key != SHIP else batches) == ([(begins, None)] if held else [])


def test_what_is_told_once_is_believed_of_nobody():
    own = way(SHIP, [(3600, FAST)])
    once = [static(SHIP), static(SHIP), static(SHIP, at=300, name="OTHER", imo=9074728)]
    assert found("identity_retold", [own], once) == found("identity_imo", [own], once) == []


IN, OUT = 20 * MINUTE, 20 * MINUTE


def visits(kind, *parts):
    return found(kind, [way(SHIP, list(parts))])


@pytest.mark.parametrize(("seconds", "count"), [(600, 2), (599, 1)])
def test_a_port_is_left_by_who_is_out_of_it_for_ten_minutes(seconds, count):
    for kind in ("port_visit", "port_visit_entered", "port_visit_whole"):
        way_of = ((OUT, sails_by), (IN, berthed), (seconds, sails_by), (IN, berthed), (OUT, sails_by))
        assert len(visits(kind, *way_of)) == count


@pytest.mark.parametrize(("seconds", "count"), [(4 * HOUR, 1), (4 * HOUR + 1, 2)])
def test_a_silence_in_port_of_four_hours_is_part_of_the_visit(seconds, count):
    parts = ((OUT, sails_by), (IN, berthed), (seconds - 30, None), (IN, berthed), (OUT, sails_by))
    assert len(visits("port_visit", *parts)) == count
    assert visits("port_visit_entered", *parts)[0][0] == OUT
    whole = [(OUT, OUT + 2 * IN + seconds - 30)] if count == 1 else []  # without its begin and end it is not whole
    assert visits("port_visit_whole", *parts) == whole


def test_what_was_seen_of_a_port_visit():
    moving = berthed | {"speed": 3.0}
    stays, comes, goes = (IN, berthed), (OUT, sails_by), (OUT, sails_by)
    kinds = ("port_visit", "port_visit_entered", "port_visit_whole")
    for parts, seen in (
        ((stays, goes), 1),
        ((comes, stays), 2),
        ((comes, stays, goes), 3),
        ((comes, (IN, moving), goes), 0),
    ):
        assert [bool(visits(kind, *parts)) for kind in kinds] == [k < seen for k in range(3)]


@pytest.mark.parametrize(("positions", "held"), [(14, True), (13, False)])
def test_who_is_switched_off_was_heard_fourteen_times_in_the_twelve_hours_before(positions, held):
    times = [*(START - 1800 * np.arange(positions)[::-1]), *(START + 43_200 + 30 * np.arange(4))]
    gone = way(SHIP, [(30 * len(times), FAST)], lat_deg=off_shore(95_000)).replace(time=np.array(times, float))
    assert bool(found("disabled", [gone], now=44_000)) == held


@pytest.mark.parametrize(("metres", "held"), [(92_601.0, True), (92_599.0, False)])
def test_who_is_switched_off_was_more_than_fifty_miles_from_shore(metres, held):
    assert bool(found("disabled", silent(12 * HOUR, off=metres))) == held


def test_having_left_is_told_for_ten_minutes():
    sightings, batches = leaves([(600, False), (1800, True)])
    assert found("zone_leave", sightings, batches) == [(600, 1200)]


@pytest.mark.parametrize(("seconds", "count"), [(6 * HOUR, 1), (6 * HOUR + 1, 2)])
@pytest.mark.parametrize("kind", [case[0] for case in LISTED])
def test_who_is_heard_again_within_six_hours_has_not_come_anew(kind, seconds, count):
    engine = Engine(Coast())
    engine.lists = Lists([Listed("wanted", SHIP)], [Listed("register", SHIP, name="MAAS")])
    for batch in (static(SHIP, name="OTHER"), static(SHIP, name="OTHER", at=10)):
        engine.hear(batch)
    for way_of in ([(61, FAST)], [(60 + seconds, None), (61, FAST)]):
        engine.sight(way(SHIP, way_of))
        engine.step(START + 121 + seconds * (len(way_of) - 1))
    assert [b.kind for b in engine.standing()].count(kind) == count


@pytest.mark.parametrize(("seconds", "held"), [(6 * HOUR, True), (6 * HOUR + 600, False)])
def test_a_second_turn_together_begins_within_six_hours_of_the_end_of_the_first(seconds, held):
    """A turn counts from 20 min before it to 30 min after it."""
    ways, _ = followed([(300, False), (8 * HOUR, True)], turns=(2760, 2760 + 3000 + seconds))
    engine = Engine(Coast())
    for now in range(START, START + 9 * HOUR, 600):
        for one in ways:
            engine.sight(one.take((one.time >= now - 600) & (one.time < now)))
        engine.step(now)
    assert ("shadowing" in {b.kind for b in engine.standing()}) == held


# what a silence must be


@pytest.mark.parametrize(("seconds", "held"), [(2160, True), (2159, False)])
def test_a_silence_is_a_gap_from_twelve_of_the_vessels_own_intervals_on(seconds, held):
    assert bool(found("gap", silent(seconds, every=180))) == held


@pytest.mark.parametrize(("metres", "held"), [(9_999.9, True), (10_000.1, False)])
def test_a_witness_of_a_silence_is_within_ten_kilometres(metres, held):
    assert bool(found("gap", silent(3600, witness=metres))) == held


@pytest.mark.parametrize(("speed", "held"), [(1.03, True), (1.02, False)])
def test_a_gap_begins_at_two_knots_and_more(speed, held):
    assert bool(found("gap", silent(3600, speed=speed))) == held


def test_every_parameter_of_every_definition_is_measured_here():
    all_of_them = (*CASES, *SILENCES, *SUCCESSIONS, *LENGTHS, *ZONES, *TOLD, *LISTED, *VISITS, *AGAIN)
    measured = {(case[0], case[1]) for case in all_of_them}
    definitions = built_in()
    asked = {(d.name, p.name) for d in told(definitions) for p in parameters_of(d, definitions)}
    assert asked == measured
    assert {p for _, p in asked} == set(definitions.parameters)  # and none is idle


def test_no_definition_hides_a_number():
    from mihari.behaviours.language.syntax import Number, parts

    for d in built_in().definitions.values():
        assert not [part for part in parts(d.body) if isinstance(part, Number)], d.name
