"""Every kind of violation, planted by a small change to a plan that keeps all the rules, is found and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mihari.core.geodesy import direct, inverse
from mihari.patrol.checker import KINDS
from mihari.patrol.plan import Plan, Sortie

NOBODY = frozenset[str]()
Change = Callable[[Any], Any]


def going_on(clean: Any) -> Any:
    """The same plan told anew at hour 2: what has landed is left out, what is under way is aloft, the rest the same."""
    begin, sorties = clean.at(2.0), []
    for sortie in clean.plan.sorties:
        if sortie.launch < begin < sortie.landing:
            lat, lon = whereabouts(sortie, begin)
            left = tuple(stop for stop in sortie.stops if stop.leave > begin)
            sorties.append(replace(sortie, start="", lat_deg=lat, lon_deg=lon, stops=left))
        elif sortie.launch >= begin:
            sorties.append(sortie)
    later = clean.with_plan(begin=begin, sorties=tuple(sorties))
    return later.with_told(before=clean.plan, frozen_until=clean.at(2.5))


def whereabouts(sortie: Sortie, time: float) -> tuple[float, float]:
    """Where a vehicle is that goes to its first stop or is there."""
    if not sortie.stops or sortie.stops[0].arrive <= time:
        return (sortie.stops[0].lat_deg, sortie.stops[0].lon_deg) if sortie.stops else (sortie.lat_deg, sortie.lon_deg)
    stop = sortie.stops[0]
    distance, bearing = inverse(sortie.lat_deg, sortie.lon_deg, stop.lat_deg, stop.lon_deg)
    lat, lon = direct(
        sortie.lat_deg, sortie.lon_deg, bearing, distance * (time - sortie.launch) / (stop.arrive - sortie.launch)
    )
    return float(lat), float(lon)


def another_runner(clean: Any) -> Any:
    """The runner lies still 166 km west of the field, where nobody hears the jet."""
    far = clean.with_section("look", "runner", lat_deg=25.6, lon_deg=124.25, speed_kn=0.0)
    return far.with_stop("scout", 0, lat_deg=25.6, lon_deg=124.25)


def late_relay(clean: Any) -> Any:
    """The gate is to be kept only from a few minutes before the V-BAT reaches the drifter."""
    return clean.with_section("station", "gate", from_h=2.75).with_stop("tb3-1", 0, arrive=clean.at(2.75))


def crowded_south(clean: Any) -> Any:
    return clean.with_section("ship", "south", offers=("any deck", "hull"))


def also_at_gate(clean: Any) -> Any:
    """The V-BAT looks in at the gate on its way home."""
    stop = clean.sortie("small").stops[0]
    gate = replace(stop, purpose="station", name="gate", lat_deg=26.0, lon_deg=127.4)
    gate = replace(gate, arrive=stop.leave + 2100, leave=stop.leave + 2160)
    return clean.with_sortie("small", stops=(stop, gate))


def in_the_past(clean: Any) -> Any:
    return going_on(clean).with_told().plus("boat", "field", 1.9, "field", 2.5)


def shifted_home(clean: Any) -> Any:
    """The TB3 lands where the ship was an hour before."""
    lat, lon = clean.place("north", clean.sortie("tb3-1").landing - 3600)
    return clean.with_sortie("tb3-1", end_lat_deg=lat, end_lon_deg=lon)


def around_cell_5(clean: Any) -> Any:
    """The boat looks at cell 5 instead: the island lies between."""
    there = clean.with_stop("boat", 0, name="5", lat_deg=25.51, lon_deg=126.301, arrive=clean.at(1.15))
    return there.with_sortie("boat", landing=clean.at(2.5))


PLANTED: list[tuple[str, str, frozenset[str], Change]] = [
    ("a vehicle nobody has", "unknown vehicle", NOBODY, lambda c: c.with_sortie("boat", vehicle="ghost")),
    ("two sorties at once", "overlap", NOBODY, lambda c: c.plus("diver", "south", 2.0, "south", 4.0)),
    ("launched before it is ready", "not ready", NOBODY, lambda c: c.with_section("asset", "tb3", stagger_h=2.5)),
    ("launched before the plan begins", "in the past", NOBODY, in_the_past),
    ("launched again too soon", "turnaround", NOBODY, lambda c: c.plus("diver", "south", 4.0, "south", 5.0)),
    ("out for too long", "endurance", NOBODY, lambda c: c.with_sortie("boat", landing=c.at(6.0))),
    ("on call and at a cell", "on call", NOBODY,
     lambda c: c.with_stop("scout", 0, purpose="cell", name="4", lat_deg=25.509, lon_deg=126.102)),
    ("on call and nothing to look at", "on call", NOBODY, lambda c: c.with_sortie("scout", stops=())),
    ("on call and only round a corner", "on call", NOBODY, lambda c: c.with_stop("scout", 0, purpose="way")),
    ("no time of landing", "never lands", NOBODY, lambda c: c.with_sortie("diver", landing=math.inf)),
    ("no place to land", "never lands", NOBODY, lambda c: c.with_sortie("diver", end="")),
    ("launched from nowhere", "unknown start", NOBODY, lambda c: c.with_sortie("boat", start="nowhere")),
    ("launched from where it did not land", "starts elsewhere", NOBODY,
     lambda c: c.plus("small", "south", 6.5, "south", 6.95)),
    ("aloft when the patrol begins", "starts elsewhere", NOBODY,
     lambda c: c.with_sortie("diver", start="", launch=c.at(0))),
    ("aloft and not in the plan before", "starts elsewhere", NOBODY,
     lambda c: going_on(c).with_sortie("tb3-2", start="", launch=c.at(1.9))),
    ("lands nowhere", "unknown landing place", NOBODY, lambda c: c.with_sortie("boat", end="nowhere")),
    ("lands where it may not", "lands elsewhere", NOBODY,
     lambda c: c.with_sortie("scout", end="south", end_lat_deg=25.2, end_lon_deg=126.5)),
    ("no deck for it to start from", "misfit at start", frozenset({"misfit at landing"}),
     lambda c: c.with_section("ship", "north", offers=("any deck", "hull"))),
    ("no deck for it to land on", "misfit at landing", NOBODY, crowded_south),
    ("starts 4 km from its port", "place missed at start", NOBODY, lambda c: c.with_sortie("boat", lat_deg=25.636)),
    ("lands where the ship was", "place missed at landing", NOBODY, shifted_home),
    ("two launches in ten minutes", "slot", NOBODY, lambda c: c.with_sortie("small", launch=c.at(0.1) + 600)),
    ("two on a deck for one", "spots", NOBODY, lambda c: c.with_section("ship", "north", spots=1)),
    ("a closed port to start from", "closed at start", NOBODY,
     lambda c: c.with_section("base", "field", closed_h=((0.1, 0.3),))),
    ("a closed port to come home to", "closed at landing", NOBODY,
     lambda c: c.with_section("base", "field", closed_h=((1.9, 2.1),))),
    ("launched in a gale", "wind at start", NOBODY, lambda c: c.plus("small", "north", 7.2, "field", 9.5)),
    ("back in a gale", "wind at landing", NOBODY, lambda c: c.plus("small", "north", 6.5, "north", 7.2)),
    ("launched from a rolling deck", "deck sea at start", NOBODY,
     lambda c: c.plus("small", "north", 7.6, "field", 9.5)),
    ("back on a rolling deck", "deck sea at landing", NOBODY, lambda c: c.with_sortie("tb3-2", landing=c.at(7.8))),
    ("a leg in too little time", "too fast", NOBODY, lambda c: c.with_sortie("tb3-1", launch=c.at(0.1) + 1000)),
    ("aloft far from its stop", "too fast", NOBODY,
     lambda c: going_on(c).with_told().with_sortie("tb3-1", lat_deg=25.9)),
    ("lands before it leaves", "out of order", NOBODY,
     lambda c: c.with_sortie("tb3-2", landing=c.sortie("tb3-2").stops[-1].leave - 60)),
    ("leaves before it arrives", "out of order", frozenset({"short stay"}),
     lambda c: c.with_stop("small", 0, leave=c.sortie("small").stops[0].arrive - 60)),
    ("arrives before it is launched", "out of order", NOBODY, lambda c: c.with_stop("tb3-1", 0, arrive=c.at(0.0))),
    ("a place that is no number", "no number", NOBODY, lambda c: c.with_stop("scout", 0, lat_deg=math.nan)),
    ("a stop for nothing", "unknown purpose", NOBODY, lambda c: c.with_stop("tb3-1", 1, purpose="picnic")),
    ("a boat in a storm", "rough sea", NOBODY, lambda c: c.plus("boat", "field", 5.0, "field", 7.8)),
    ("through an area in force", "keep-out leg", NOBODY, lambda c: c.with_section("keep_out", "range", to_h=8.0)),
    ("a stop in an area in force", "keep-out stop", NOBODY,
     lambda c: c.with_section(
         "keep_out", "range", corners=((25.95, 127.2), (26.05, 127.2), (26.05, 127.4), (25.95, 127.4)), to_h=1.9)),
    ("quickly through a small area", "keep-out leg", NOBODY,  # 3 km on the jet's way to the runner
     lambda c: c.with_section(
         "keep_out", "range", corners=((25.43, 126.0), (25.46, 126.0), (25.46, 126.04), (25.43, 126.04)))),
    ("an island in the way", "land", NOBODY, around_cell_5),
    ("a stop nobody hears", "no link at stop", NOBODY, another_runner),
    ("long unheard on the way", "no link on way", NOBODY, late_relay),
    ("nobody relays", "no link at stop", frozenset({"no link on way"}),
     lambda c: c.with_section("station", "gate", relay=False)),
    ("a ship that is lost hears nobody", "no link on way", frozenset({"no link at stop", "lost place"}),
     lambda c: c.with_told(lost_places={"north": c.at(0.5), "south": c.at(0.5), "field": c.at(0.5)})),
    ("a cell that is none", "unknown cell", NOBODY, lambda c: c.with_stop("tb3-1", 1, name="8")),
    ("a cell that is no number", "unknown cell", NOBODY, lambda c: c.with_stop("tb3-1", 1, name="-1")),
    ("a look from 4 km off", "far from cell", NOBODY, lambda c: c.with_stop("tb3-1", 1, lat_deg=25.726)),
    ("a look of 20 minutes for 30", "short look", NOBODY,
     lambda c: c.with_stop("boat", 0, leave=c.sortie("boat").stops[0].arrive + 1200)),
    ("a look that sees nothing", "blind look", NOBODY,
     lambda c: c.with_stop("tb3-1", 2, name="7", lat_deg=25.509, lon_deg=126.698).with_sortie(
         "tb3-1", landing=c.at(4.5))),
    ("looks after the end", "outside hours", NOBODY, lambda c: c.with_plan(end=c.at(3.3))),
    ("an end before the beginning", "wrong span", frozenset({"outside hours"}), lambda c: c.with_plan(end=c.at(-1.0))),
    ("no time at all", "wrong span", NOBODY, lambda c: c.with_plan(end=math.nan)),
    ("a vessel nobody asked for", "unknown vessel", NOBODY, lambda c: c.with_stop("small", 0, name="stranger")),
    ("11 km from a vessel", "vessel missed", NOBODY, lambda c: c.with_stop("small", 0, lon_deg=127.64)),
    ("with a vessel that sails away", "vessel missed", NOBODY,
     lambda c: c.with_section("look", "runner", stay_min=20.0).with_stop("scout", 0, leave=c.at(1.85))),
    ("with a vessel before it is known", "vessel before told", NOBODY,
     lambda c: c.with_section("look", "drifter", told_h=4.0)),
    ("too late with a vessel", "vessel late", NOBODY, lambda c: c.with_section("look", "drifter", by_h=2.0)),
    ("two minutes with a vessel", "short stay", NOBODY,
     lambda c: c.with_stop("small", 0, leave=c.sortie("small").stops[0].arrive + 120)),
    ("a station that is none", "unknown station", NOBODY,
     lambda c: c.with_stop("tb3-1", 1, purpose="station", name="door")),
    ("35 km from a station", "far from station", NOBODY,
     lambda c: c.with_stop("tb3-1", 1, purpose="station", name="gate")),
    ("a platform that cannot keep it", "unable at station", NOBODY, also_at_gate),
    ("nobody there for a while", "unmanned", NOBODY, lambda c: c.with_stop("tb3-2", 0, arrive=c.at(3.4))),
    ("gone before the end", "unmanned", NOBODY, lambda c: c.with_stop("tb3-2", 0, leave=c.at(4.9))),
    ("three minutes together", "short overlap", NOBODY, lambda c: c.with_stop("tb3-2", 0, arrive=c.at(3.15))),
    ("more launches than there are", "wrong figure", NOBODY, lambda c: c.with_plan(figures={"launches": 7.0})),
    ("what was under way is not told", "frozen", NOBODY, lambda c: going_on(c).without("diver")),
    ("what was under way turns round", "frozen", NOBODY,
     lambda c: going_on(c).with_sortie("small", stops=())),
    ("a stop under way is left out", "frozen", frozenset({"unmanned", "no link at stop", "no link on way"}),
     lambda c: going_on(c).with_sortie("tb3-1", stops=going_on(c).sortie("tb3-1").stops[1:])),
    ("a stop under way begins a minute sooner", "frozen", NOBODY,
     lambda c: going_on(c).with_stop("small", 0, arrive=c.sortie("small").stops[0].arrive - 60).with_told(
         before=c.plan, frozen_until=c.at(3.2))),
    ("a stop under way is drawn out", "frozen", NOBODY,
     lambda c: going_on(c).with_stop("small", 0, leave=c.sortie("small").stops[0].leave + 200).with_told(
         before=c.plan, frozen_until=c.at(3.2))),
    ("an earlier launch is forgotten", "frozen", NOBODY,
     lambda c: going_on(c).with_sortie("small", launch=c.at(1.5))),
    ("a landing that was near is put off", "frozen", NOBODY,
     lambda c: going_on(c).with_sortie("diver", landing=c.at(3.5)).with_told(
         before=c.plan, frozen_until=c.at(3.2))),
    ("a vehicle that is lost", "lost vehicle", NOBODY, lambda c: c.with_told(lost={"small": c.at(1.0)})),
    ("a ship that is lost", "lost place", NOBODY, lambda c: c.with_told(lost_places={"south": c.at(4.0)})),
]  # fmt: skip


def test_the_clean_plan_keeps_every_rule(clean: Any) -> None:
    assert clean.check() == []


def test_the_same_plan_told_anew_keeps_every_rule(clean: Any) -> None:
    assert going_on(clean).check() == []


@pytest.mark.parametrize(("kind", "follows", "change"), [p[1:] for p in PLANTED], ids=[p[0] for p in PLANTED])
def test_a_planted_violation_is_found_and_nothing_else(
    clean: Any, kind: str, follows: frozenset[str], change: Change
) -> None:
    found = change(clean).check()
    assert kind in {violation.kind for violation in found}
    assert {violation.kind for violation in found} <= {kind} | follows, [v.told for v in found]


def test_every_rule_has_a_kind_and_every_kind_is_planted() -> None:
    assert set(KINDS.values()) == set(range(1, 28))
    assert {kind for _, kind, _, _ in PLANTED} == set(KINDS)


@pytest.mark.parametrize("change", [p[3] for p in PLANTED], ids=[p[0] for p in PLANTED])
def test_a_violation_says_which_rule_and_what_it_is_in_one_sentence(clean: Any, change: Change) -> None:
    for violation in change(clean).check():
        assert violation.rule == KINDS[violation.kind]
        assert 15 < len(violation.told) < 220
        assert "\n" not in violation.told
        assert violation.vehicle in violation.told


def test_findings_come_by_rule_and_time_and_again_the_same(clean: Any) -> None:
    broken = clean.with_plan(end=clean.at(3.3)).with_told(lost={"small": clean.at(1.0), "boat": clean.at(0.5)})
    found = broken.check()
    assert [(v.rule, v.time) for v in found] == sorted((v.rule, v.time) for v in found)
    assert found == broken.check()


def test_a_plan_of_nothing_leaves_stations_unmanned_only(clean: Any) -> None:
    assert clean.with_plan(sorties=()).kinds() == {"unmanned"}
    alone = replace(clean, file=clean.file.model_copy(update={"station": ()}))
    assert alone.with_plan(sorties=()).check() == []


def test_the_plan_is_left_as_it_was(clean: Any) -> None:
    before = Plan(clean.plan.patrol, clean.plan.begin, clean.plan.end, tuple(clean.plan.sorties))
    clean.check()
    assert clean.plan == before
