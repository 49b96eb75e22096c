"""A large fleet in open water that nothing explains: at the edges of its definition, and as it ends."""

import numpy as np
import pytest
from hand import START, FleetBook, Scene, behaviours, block, sail

from mihari.behaviours.fleets import Surroundings
from mihari.behaviours.fleets.evidence import UNEXPLAINED, Purpose
from mihari.core.behaviour import Standing, Urgency
from mihari.core.picture import Category


def dark(n=30, shore_m=30_000.0, **more):
    return block(n, speed_kn=0.4, told=0, shore_m=shore_m, **more)


def told(scene, minutes=60, **more):
    return behaviours(sail(FleetBook(), scene if callable(scene) else lambda minute: scene, minutes, **more), "massing")


def test_it_is_told_half_an_hour_after_the_fleet_formed():
    (only,) = told(dark())
    assert (only.start, only.decided) == (START + 600, START + 2400)
    assert only.urgency == Urgency.CAUTION
    assert "30 vessels have kept together for 40 min in open water, 16 NM off the nearest shore" in only.because
    assert "30 of 30 tell no AIS, and no innocent purpose fits well" in only.because
    assert only.evidence.facts["without_ais"] == 30
    assert only.innocent[0].startswith(("fishing", "lying", "queueing", "waiting", "sheltering", "escorting"))


@pytest.mark.parametrize(("n", "count"), [(20, 1), (19, 0)])
def test_twenty_vessels_mass_and_nineteen_do_not(n, count):
    assert len(told(dark(n))) == count


@pytest.mark.parametrize(("shore_m", "count"), [(5556.0, 0), (5557.0, 1), (np.inf, 1), (np.nan, 0)])
def test_open_water_is_more_than_three_miles_off_and_known_to_be(shore_m, count):
    assert len(told(dark(shore_m=shore_m))) == count


def test_a_fishing_fleet_does_not_mass():
    assert told(block(60, speed_kn=0.4, category=Category.FISHING)) == []


@pytest.mark.parametrize(("left", "ended"), [(16, False), (15, True)])
def test_it_ends_below_four_fifths(left, ended):
    last = told(lambda minute: dark() if minute < 50 else dark(30).take(np.arange(left)), 120)[-1]
    assert (last.standing == Standing.ENDED) == ended


def test_it_ends_when_an_innocent_purpose_is_told():
    def scene(minute):
        return dark() if minute < 50 else block(30, speed_kn=0.4, category=Category.FISHING)

    last = told(scene, 90)[-1]
    assert last.standing == Standing.ENDED
    assert "now fishing fits: for it: 97 % fishing vessels by the types told" in last.because


def test_it_ends_with_the_fleet():
    last = told(lambda minute: dark() if minute < 50 else Scene.empty(), 120)[-1]
    assert (last.standing, last.end) == (Standing.ENDED, START + 109 * 60)


def test_it_is_revised_when_a_quarter_more_have_come():
    first, second = told(lambda minute: dark() if minute < 50 else dark(38), 90)
    assert (first.id, len(first.vessels), len(second.vessels)) == (second.id, 30, 38)
    assert (second.revision, second.start, second.decided) == (1, first.start, first.decided)


def test_a_line_of_vessels_that_stand_still_is_a_warning():
    rows = np.arange(60)
    line = dark(60).replace(lat_deg=30.0 + rows * 0.0045, lon_deg=np.full(60, 125.0), east_mps=np.zeros(60))
    (only,) = told(line, around=Surroundings(wind=15.0))
    assert only.urgency == Urgency.WARNING
    assert "blocking the way fits best" in only.because
    assert Purpose.BLOCKING in UNEXPLAINED
