"""A fleet that leaves together: at the edges of its definition, told once, revised, ended."""

from dataclasses import replace

import numpy as np
import pytest
from hand import KN, START, FleetBook, Scene, behaviours, block, sail, sea

from mihari.behaviours.fleets import Area, AreaKind, Parameters, Surroundings
from mihari.behaviours.fleets.departure import departed
from mihari.behaviours.fleets.roster import Members
from mihari.core.behaviour import Standing, Urgency

P = Parameters()
TIME = 100_000


def drifters(left, off_deg=0.0, speed_kn=8.0):
    """Members that got under way at `left` s (NaN: not), on courses `off_deg` from north."""
    left = np.array(left, float)
    course, speed = np.radians(np.broadcast_to(off_deg, len(left))), np.where(np.isnan(left), 0.3, speed_kn) * KN
    east, north = speed * np.sin(course), speed * np.cos(course)
    return Members.of(len(left), key=np.arange(1, len(left) + 1), left=left, east=east, north=north, drifted=TIME)


def leaving(n, gone, within, before=60.0):
    """n drifters of which `gone` left evenly within that many s, the last of them `before` s ago."""
    return [*(TIME - before - within + np.linspace(0, within, gone)), *[np.nan] * (n - gone)]


@pytest.mark.parametrize(("within", "found"), [(600.0, True), (601.0, False)])
def test_four_fifths_leave_within_ten_minutes(within, found):
    assert (departed(1, drifters(leaving(30, 24, within)), TIME, P) is not None) == found


@pytest.mark.parametrize(("gone", "found"), [(24, True), (23, False)])
def test_it_is_four_fifths_and_not_one_vessel_less(gone, found):
    assert (departed(1, drifters(leaving(30, gone, 300.0)), TIME, P) is not None) == found


@pytest.mark.parametrize(("off", "found"), [(29.0, True), (31.0, False)])
def test_each_is_within_thirty_degrees_of_the_common_course(off, found):
    courses = np.where(np.arange(30) % 2, off, -off)
    assert (departed(1, drifters(leaving(30, 30, 300.0), courses), TIME, P) is not None) == found


@pytest.mark.parametrize(("before", "found"), [(300.0, True), (301.0, False)])
def test_they_are_on_one_course_within_five_minutes_of_leaving(before, found):
    assert (departed(1, drifters(leaving(30, 24, 300.0, before)), TIME, P) is not None) == found


@pytest.mark.parametrize(("ahead", "found"), [(301.0, True), (300.0, False)])
def test_one_that_left_long_before_the_others_does_not_begin_their_time(ahead, found):
    others = leaving(29, 29, 590.0)
    assert (departed(1, drifters([min(others) - ahead, *others]), TIME, P) is not None) == found


def fleet(minute, n=30, gone=30, begin=40, every_s=12.0, speed_kn=8.0, course_deg=90.0, drift_kn=0.5, precise=False):
    """A fleet that drifts north and of which `gone` vessels leave one after the other, `every_s` s apart."""
    left = np.where(np.arange(n) < gone, begin * 60.0 + np.arange(n) * every_s, np.inf)
    under = np.clip(minute * 60.0 - left, 0.0, None)
    ramp = np.clip(under / 60.0, 0.0, 1.0)
    speed, course = drift_kn + (speed_kn - drift_kn) * ramp, np.where(ramp > 0, course_deg, 0.0)
    at = block(n, speed_kn=speed, course_deg=course)
    way = speed_kn * KN * np.clip(under - 30.0, 0.0, None) * (ramp > 0)
    exact = np.ceil(START + left + 60.0 * (P.under_way_kn - drift_kn) / (speed_kn - drift_kn))
    return at.replace(
        lon_deg=at.lon_deg + way * np.sin(np.radians(course_deg)) / 96_298.0,
        lat_deg=at.lat_deg + way * np.cos(np.radians(course_deg)) / 111_195.0,
        under_way=np.where(precise & (speed > P.under_way_kn), exact, np.nan),
    )


def told(minutes=80, every=1, parameters=None, around=None, **given):
    book = FleetBook(parameters)
    return behaviours(sail(book, lambda minute: fleet(minute, **given), minutes, every, around=around), "fleet")


def test_it_is_told_when_four_fifths_have_left_and_revised_when_all_have():
    first, second = told()
    assert (first.revision, second.revision, first.id) == (0, 1, second.id)
    assert (first.standing, first.end, first.urgency) == (Standing.GOING_ON, None, Urgency.CAUTION)
    assert abs(first.start - (START + 2400 + 28)) <= 12  # 4 kn are reached 28 s after one begins
    assert first.decided == START + 2400 + 300 + 60  # 23 x 12 s + 28 s = 304 s: the step after
    assert len(first.vessels) == 30
    assert first.evidence.facts["course_deg"] == 90
    assert "of 30 vessels that drifted together got under way from 08:40 UTC on" in first.because
    assert "course 090° at 8.0 kn" in first.because
    assert second.score == 1.0
    assert second.decided == first.decided


@pytest.mark.parametrize(("n", "count"), [(20, 1), (19, 0)])
def test_twenty_vessels_are_a_fleet_that_matters_and_nineteen_are_not(n, count):
    assert len({b.id for b in told(n=n, gone=n)}) == count


@pytest.mark.parametrize(("gone", "count"), [(24, 1), (23, 0)])
def test_four_fifths_of_thirty_are_twenty_four(gone, count):
    assert len({b.id for b in told(gone=gone)}) == count


@pytest.mark.parametrize(("every_s", "count"), [(25.0, 1), (27.3, 0)])
def test_a_departure_just_within_ten_minutes_is_told_and_one_just_beyond_is_not(every_s, count):
    """23 × 25 s = 575 s, 23 × 27.3 s = 628 s: steps of a minute tell them apart by the line between two speeds."""
    assert len({b.id for b in told(every_s=every_s)}) == count


@pytest.mark.parametrize(("every_s", "count"), [(26.0, 1), (26.2, 0)])
def test_steps_of_five_minutes_do_as_well_where_the_caller_knows_when_each_got_under_way(every_s, count):
    """23 × 26 s = 598 s, 23 × 26.2 s = 602.6 s."""
    assert len({b.id for b in told(minutes=90, every=5, every_s=every_s, precise=True)}) == count


@pytest.mark.parametrize(("drift_kn", "count"), [(1.99, 1), (2.01, 0)])
def test_more_than_two_knots_is_no_drifting(drift_kn, count):
    assert len({b.id for b in told(drift_kn=drift_kn)}) == count


@pytest.mark.parametrize(("speed_kn", "count"), [(4.02, 1), (3.98, 0)])
def test_four_knots_are_under_way(speed_kn, count):
    assert len({b.id for b in told(speed_kn=speed_kn)}) == count


def test_a_fleet_that_leaves_in_all_directions_is_not_told():
    book = FleetBook()

    def scene(minute):
        return fleet(minute).replace(**{
            name: np.where(np.arange(30) % 3 == 0, -column, column)
            for name, column in fleet(minute).columns().items() if name == "east_mps"
        })  # fmt: skip

    assert behaviours(sail(book, scene, 80), "fleet") == []


def test_it_ends_when_fewer_than_half_are_under_way_and_a_second_departure_is_another_one():
    def scene(minute):
        if minute < 70:
            return fleet(minute)
        rest = fleet(70)
        return rest.replace(east_mps=np.where(np.arange(30) < (minute - 69) * 5, 0.1, rest.east_mps))

    steps = sail(FleetBook(), scene, 100)
    last = behaviours(steps, "fleet")[-1]
    assert (last.standing, last.end) == (Standing.ENDED, START + 73 * 60)
    assert "at 09:13 UTC only 10 of 30 were still on one course" in last.because
    assert len({b.id for b in behaviours(steps, "fleet")}) == 1


@pytest.mark.parametrize("back", [50, 58])
def test_one_that_nobody_saw_leave_is_told_when_it_is_seen_again(back):
    steps = sail(FleetBook(), lambda minute: fleet(minute) if not 30 <= minute < back else Scene.empty(), back + 8)
    first, *_ = behaviours(steps, "fleet")
    assert START + 60 * back <= first.told <= START + 60 * (back + 2)
    assert abs(first.start - (START + 40 * 60)) <= 60
    assert len(first.vessels) == 30


def test_it_ends_where_its_vessels_were_last_seen():
    book = FleetBook()
    steps = sail(book, lambda minute: fleet(minute) if minute <= 60 else Scene.empty(), 90)
    last = behaviours(steps, "fleet")[-1]
    assert (last.standing, last.end, last.told) == (Standing.ENDED, START + 3600, START + 4500)
    assert [b for b in book.going_on() if b.kind == "fleet"] == []


def test_what_lies_ahead_is_named_and_a_zone_within_the_hour_is_a_warning():
    for kind, urgency in ((AreaKind.ZONE, Urgency.WARNING), (AreaKind.PORT, Urgency.CAUTION)):
        around = Surroundings((Area(30.02, 125.2, 5000.0, kind, "Testing"),))
        first = told(around=around)[0]
        assert first.urgency == urgency
        assert f"towards {kind} Testing" in first.because


def test_a_shore_within_the_hour_is_a_warning():
    near = sail(FleetBook(), lambda minute: fleet(minute).replace(shore_m=np.full(30, 9000.0)), 60)
    assert behaviours(near, "fleet")[0].urgency == Urgency.WARNING


def test_parameters_are_adjustable():
    fewer = replace(P, departing_fewest=10)
    assert len({b.id for b in told(n=12, gone=12, parameters=fewer)}) == 1


def test_two_fleets_that_leave_are_two():
    def scene(minute):
        other = fleet(minute, begin=45)
        return sea(fleet(minute), other.replace(key=other.key + 500, lat_deg=other.lat_deg + 0.5))

    assert len({b.id for b in behaviours(sail(FleetBook(), scene, 80), "fleet")}) == 2
