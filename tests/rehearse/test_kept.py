"""Stations to the tick, freshness as the checker of plans has it, faults in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.patrol.made import patrol as at_random
from tests.rehearse.small import LAT, LON, TB2, patrol, plan, still, tour

from mihari.core.errors import BadInput
from mihari.patrol.cells import cells_of
from mihari.patrol.planner import finished, prepare, search
from mihari.patrol.replan import Replanner
from mihari.patrol.told import freshness
from mihari.rehearse.conditions import Conditions
from mihari.rehearse.faults import fault, turned
from mihari.rehearse.fresh import fresh_over_time, planned_looks, with_seen
from mihari.rehearse.manned import manned
from mihari.rehearse.rehearsal import rehearse

STATION = {"name": "gap", "lat_deg": LAT, "lon_deg": LON, "within_km": 10, "from_h": 1, "to_h": 2}


def test_a_station_is_kept_while_somebody_is_near():
    file = patrol(station=[STATION])
    (kept,) = manned(file, still(file, LAT, LON))
    assert (kept.gap_min, kept.gaps) == (0.0, ())


def test_a_gap_at_a_station_is_told_to_the_tick():
    file = patrol(station=[STATION])
    flown = still(file, LAT, LON, names=("tb3",))
    hour = (flown.times - file.start.timestamp()) / 3600
    flown.out[(hour >= 1.25) & (hour < 1.5)] = False
    (kept,) = manned(file, flown)
    assert kept.gap_min == pytest.approx(15.0)
    assert [(t - file.start.timestamp()) / 3600 for t in kept.gaps[0]] == pytest.approx([1.25, 1.5])


def test_who_cannot_keep_a_station_does_not_by_being_there():
    file = patrol(station=[STATION])
    (kept,) = manned(file, still(file, LAT, LON, names=("ulaq",), height=0.0))
    assert kept.gap_min == pytest.approx(60.0)


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_a_plan_is_as_fresh_as_it_says(seed):
    prepared = prepare(at_random(seed))
    made = finished(prepared, search(prepared, 0.1, seed))
    looks = with_seen(prepared.ground, made, planned_looks(made, made.begin), made.begin, prepared.file.hours)
    share, worst = freshness(prepared.ground, looks, 0.0, prepared.file.hours)
    assert share == pytest.approx(made.figures["fresh"], abs=1e-6)
    assert worst == pytest.approx(made.figures["worst"], rel=1e-6)
    hours = np.linspace(0, prepared.file.hours, 3001)
    mean = fresh_over_time(prepared.ground, looks, hours)
    if len(prepared.ground.spells) == 1:
        assert mean.mean() == pytest.approx(share, abs=0.01)


def test_a_changed_plan_is_as_fresh_as_it_says_and_so_is_its_flight():
    file = patrol(asset=[TB2])
    first = plan(file, tour(file, cells_of(file.area)))
    changed = Replanner(prepare(file), first).change(first.begin + 1.5 * 3600.0)
    old = min((changed.begin - changed.seen.get(name, changed.begin)) / 3600 for name in changed.seen)
    assert old > 0
    went = rehearse(file, changed, vessels=3)
    assert went.fresh_planned == pytest.approx(changed.figures["fresh"], abs=1e-6)
    assert went.fresh_flown == pytest.approx(changed.figures["fresh"], abs=0.03)
    assert went.worst_flown == pytest.approx(changed.figures["worst"], rel=0.05)
    forgotten = rehearse(file, replace(changed, seen={}), vessels=3)
    assert forgotten.fresh_flown > went.fresh_flown + 0.03
    over_time = fresh_over_time(went.ground, went.planned_looks, np.linspace(1.5, file.hours, 3001))
    assert over_time.mean() == pytest.approx(went.fresh_planned, abs=0.01)
    assert over_time[0] == 1.0  # nothing is older than an hour yet
    assert np.isnan(fresh_over_time(went.ground, went.planned_looks, np.array([0.1]))).all()


def test_weather_that_turns_turns_at_its_hour_and_raises_the_sea():
    file = patrol()
    then = Conditions.of(turned(file, (fault("wind", "30@2"),)))
    before, after = (then.begin + 3600 * h for h in (1.9, 2.1))
    assert then.wind(before).speed == pytest.approx(Conditions.of(file).wind(before).speed)
    assert then.wind(after).speed == pytest.approx(30 * 1852 / 3600)
    assert then.sea(after).state > then.sea(before).state
    rough = Conditions.of(turned(file, (fault("wind", "20,5@2"),)))
    assert rough.sea(after).state == 5.0
    assert turned(file, (fault("lost", "tb2@1"),)) is file


@pytest.mark.parametrize("words", ["", "@", "tb2@", "tb2@nan", "tb2@-1", "@4"])
def test_words_that_tell_no_fault_are_refused(words):
    with pytest.raises(BadInput, match="expected WHAT@HOUR"):
        fault("lost", words)
