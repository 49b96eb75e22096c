"""Why-not: one planted cause each, which is named; what is told to help, applied, makes it possible."""

from __future__ import annotations

import math
import re

import pytest
from tests.patrol.made import patrol

from mihari.patrol.bound import bound
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import ground_of
from mihari.patrol.planner import finished, prepare, search
from mihari.patrol.reach import link_reach
from mihari.patrol.whynot import explain, remedies
from mihari.sensors.platform import profile

FIELD = {"name": "field", "lat_deg": 26.6, "lon_deg": 126.0, "offers": ["runway", "port"], "mast_m": 100}
FAR = FIELD | {"lat_deg": 28.0}
TWO_CELLS = {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 40, "across_km": 20}
TB2 = {"name": "tb2", "platform": "tb2", "home": "field"}
BOAT = {"name": "boat", "platform": "ulaq", "home": "field"}
VBAT = {"name": "vbat", "platform": "vbat", "home": "field"}
AROUND = [[25.7, 125.5], [25.7, 126.5], [26.3, 126.5], [26.3, 125.5]]
RARELY = [{"name": "strait", "every_h": 200}]  # nothing is asked for that is not met from the beginning
POST = {"name": "post", "lat_deg": 26.0, "lon_deg": 126.0, "from_h": 1}
GHOST = {"name": "ghost", "lat_deg": 25.8, "lon_deg": 126.0, "told_h": 1, "by_h": 3}


def island(**told):
    """Two cells of 20 km, 67 km south of a field, calm and clear by day, one tb2, looks every 2 h."""
    whole = {
        "name": "Island", "start": "2026-11-21T00:00:00Z", "hours": 8, "area": TWO_CELLS,
        "demand": [{"name": "strait", "every_h": 2}], "base": [FIELD], "asset": [TB2],
    }  # fmt: skip
    return PatrolFile.model_validate(whole | told)


def made(file):
    """A first plan, and what it is made from."""
    prepared = prepare(file)
    return prepared, finished(prepared, search(prepared, 0.0, 1))


def why(file):
    """What a first plan does not meet."""
    return explain(*made(file))


def only(file):
    """The one sentence that there is."""
    told = why(file)
    assert len(told) == 1, told
    return told[0]


def test_nothing_is_said_of_demands_that_are_met():
    assert why(island()) == ()
    assert why(island(demand=RARELY)) == ()
    assert why(island(demand=RARELY, station=[POST])) == ()


# cells that nobody can look at


def test_cloud_below_the_cameras_is_named_and_a_radar_helps():
    cloud = [{"cloud_base_m": 300}]
    told = only(island(weather=cloud))
    assert told.demand == "strait: 2 cells about 26.0° N 126.0° E (0, 1)"
    assert "tb2 would see a fishing (25 m) with a chance of 0.00 at most in 6 passes, 0.8 is asked for" in told.because
    assert "the cause is cloud at 300 m" in told.because
    assert "seaguardian at field" in told.would
    assert why(island(weather=cloud, asset=[TB2 | {"platform": "seaguardian"}])) == ()


def test_haze_is_named():
    told = only(island(weather=[{"visibility_nm": 0.5}]))
    assert "the cause is a visibility of 0.5 NM" in told.because


def test_a_class_that_nobody_sees_well_enough_can_be_had_with_less_certainty():
    boat = {"name": "strait", "every_h": 2, "vessel": "boat"}
    area = {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 200, "across_km": 100, "cell_km": 100}
    file = island(area=area, demand=[boat | {"every_h": 7}], detect=0.999, asset=[VBAT])
    told = why(file)[0]
    assert "vbat would see a boat (10 m)" in told.because
    assert "even by day in clear and calm weather" in told.because
    detect = float(re.search(r"detect = ([0-9.]+)", told.would).group(1))
    again = why(file.model_copy(update={"detect": detect}))
    assert not any("would see a boat" in one.because for one in again)


def test_a_keep_out_over_the_cells_is_named():
    told = only(island(keep_out=[{"name": "firing", "corners": AROUND}]))
    assert told.because == "it lies in keep-out firing"
    assert told.would.startswith("without keep-out firing")


def test_a_sea_too_rough_for_the_craft_is_named_and_a_larger_one_helps():
    rough = [{"sea_state": 5.5}]
    told = only(island(asset=[BOAT], weather=rough))
    assert told.because == "the sea state is 5.5: ulaq stays in port above 5"
    assert "patrolboat at field" in told.would
    assert not any(
        "stays in port" in one.because for one in why(island(asset=[BOAT | {"platform": "patrolboat"}], weather=rough))
    )


def test_links_that_do_not_reach_are_told_with_the_miss_and_an_aerial_helps():
    told = only(island(base=[FAR]))
    assert re.match(r"tb2 is not heard there: field hears it as far as 150 km, which is \d\d km short", told.because)
    assert told.would.startswith("an aerial (50 m) within 120 km of it or ")
    aerial = {"name": "aerial", "lat_deg": 27.0, "lon_deg": 126.0, "mast_m": 50, "offers": []}
    assert why(island(base=[FAR, aerial], demand=[{"name": "strait", "every_h": 7}])) == ()


@pytest.mark.parametrize(("lat_deg", "first"), [(26.17, "a mast of 50 m at field"), (26.23, "an aerial")])
def test_a_mast_is_told_of_with_a_margin(lat_deg, first):
    file = island(base=[FIELD | {"lat_deg": lat_deg, "lon_deg": 126.0, "mast_m": 10}], asset=[BOAT])
    cell, boat = remedies.Cell(file, ground_of(file), (), 0, file.asset), profile("ulaq")
    away = cell.away_km(lat_deg, 126.0)
    assert link_reach(boat, 10) < 1000 * away < link_reach(boat, 50)
    assert next(remedies.aerials(cell, boat)).words.startswith(first)


def aerials(south, north):
    return [
        {"name": f"aerial {i}", "lat_deg": lat, "lon_deg": 126.0, "mast_m": 400, "offers": []}
        for i, lat in enumerate(south + 0.7 * k for k in range(int((north - south) / 0.7) + 1))
    ]


def test_out_of_range_is_told_with_the_miss_and_a_second_landing_place_helps():
    bases = [FIELD | {"lat_deg": 30.2}, *aerials(26.0, 30.2), FIELD | {"name": "south", "offers": ["runway"]}]
    file = island(hours=24, base=bases, asset=[VBAT], demand=[{"name": "strait", "every_h": 20}])
    told = only(file)
    assert re.search(r"out of range: vbat of field would be out 1\d h and has 10 h, about \d+ km short", told.because)
    assert "vbat of field landing at south as well" in told.would
    landing = island(hours=24, base=bases, asset=[VBAT | {"lands_at": ["south"]}],
                     demand=[{"name": "strait", "every_h": 20}])  # fmt: skip
    assert why(landing) == ()


def test_who_is_too_slow_for_the_plan_is_told_how_far_it_is():
    told = only(island(asset=[BOAT | {"platform": "voyager"}]))
    assert re.match(r"voyager of field would not be there before the end: it is \d+ h away", told.because)
    assert "patrolboat at field" in told.would


def test_a_wall_of_keep_out_is_named():
    wall = {"name": "wall", "corners": [[26.3, 124], [26.3, 128], [26.4, 128], [26.4, 124]]}
    told = only(island(keep_out=[wall]))
    assert told.because == "there is no way there for tb2 of field clear of keep-out wall"
    assert told.would.startswith("without keep-out wall")


def test_a_fleet_that_is_not_free_is_told_and_one_more_helps():
    told = only(island(asset=[TB2 | {"on_call": True}]))
    assert told.because == "nobody is free: all keep stations or are on call"
    assert told.would.startswith("1 more tb2 at field")
    assert why(island(asset=[TB2 | {"on_call": True}, TB2 | {"name": "more"}])) == ()


# at times, too often, too few


def test_hours_that_nobody_sees_are_told():
    told = only(island(weather=[{}, {"from_h": 3, "cloud_base_m": 300}], demand=[{"name": "strait", "every_h": 1}]))
    assert told.demand == "strait: 2 cells about 26.0° N 126.0° E (0, 1), from 03:00 to 08:00"
    assert "the cause is cloud at 300 m" in told.because
    assert "seaguardian at field" in told.would


def test_hours_in_which_an_area_is_closed_are_told():
    told = only(island(keep_out=[{"name": "firing", "corners": AROUND, "from_h": 3, "to_h": 8}]))
    assert told.demand.endswith("from 02:00 to 08:00")
    assert told.because == "it lies in keep-out firing"


def test_a_demand_that_nobody_could_meet_alone_is_told_with_the_interval_that_can():
    file = island(demand=[{"name": "strait", "every_h": 0.1}])
    told = only(file)
    assert "every 0.1 h is more than all who are free can do" in told.because
    assert "and 4 h before the next" in told.because
    every = float(re.search(r"every ([0-9.]+) h$", told.would).group(1))
    assert every > 0.1
    slower = why(island(demand=[{"name": "strait", "every_h": every}]))
    assert not any("more than all who are free can do" in one.because for one in slower)


def test_too_few_are_told_with_the_bound_and_what_it_would_take():
    area = TWO_CELLS | {"along_km": 160, "across_km": 40}
    file = island(area=area, demand=[{"name": "strait", "every_h": 1}])
    told = only(file)
    assert told.demand.startswith("fresh cells: strait ")
    prepared, plan = made(file)
    most, fresh = bound(prepared.problem.world), plan.figures["fresh"]
    assert f"no more than {math.floor(100 * most)} %" in told.because
    assert f"the plan keeps {math.floor(100 * fresh)} %" in told.because
    more = int(re.search(r"at least (\d+) more tb2 at field", told.would).group(1))
    times = float(re.search(r"all intervals ([0-9.]+) times as long", told.would).group(1))

    def most_of(count, every):
        changed = island(area=area, demand=[{"name": "strait", "every_h": every}], asset=[TB2 | {"count": count}])
        return bound(prepare(changed).problem.world)

    assert most_of(1 + more, 1.0) >= 0.95 > most_of(more, 1.0)
    assert most_of(1, times) >= 0.95


# stations


def test_a_station_that_names_other_platforms_is_told():
    told = only(island(demand=RARELY, station=[POST | {"platforms": ["tb3"]}]))
    assert told.demand == "station post, 01:00 to 08:00"
    assert told.because == "tb2 of field is none of tb3"
    assert told.would == "1 tb3 at field"
    tb3 = {"name": "tb3", "platform": "tb3", "home": "field"}
    assert why(island(demand=RARELY, station=[POST | {"platforms": ["tb3"]}], asset=[TB2, tb3])) == ()


def test_boats_do_not_keep_stations_that_name_no_platform():
    told = only(island(demand=RARELY, station=[POST], asset=[BOAT]))
    assert told.because == "ulaq of field is no aircraft, and the station names no other platform"


def test_a_station_too_soon_is_told_with_when_it_can_be():
    told = only(island(demand=RARELY, station=[POST], asset=[TB2 | {"ready_h": 3}]))
    assert told.demand == "station post, 01:00 to 03:31"
    assert told.because.startswith("nobody can be there sooner: tb2 of field is ready at 3 h and needs 31 min to it")
    later = float(re.search(r"from_h = ([0-9.]+)", told.would).group(1))
    assert later == pytest.approx(3.6)
    assert why(island(demand=RARELY, station=[POST | {"from_h": later}], asset=[TB2 | {"ready_h": 3}])) == ()


def test_too_few_for_watches_without_a_gap_are_told_with_how_many_it_takes():
    told = only(island(hours=24, demand=RARELY, station=[POST], asset=[VBAT]))
    assert told.demand == "station post, 09:30 to 12:37 and 21:09 to 22 Nov 00:00"
    assert "it takes 2 for watches without a gap, and 1 is free" in told.because
    assert told.would.startswith("1 more vbat at field")
    assert why(island(hours=24, demand=RARELY, station=[POST], asset=[VBAT | {"count": 2}])) == ()


def test_a_station_out_of_link_is_told_with_the_miss():
    told = only(island(demand=RARELY, station=[POST | {"lat_deg": 24.5}]))
    assert re.match(r"tb2 of field is not heard there: \d+ km beyond the reach of field", told.because)


def test_a_station_in_a_keep_out_is_told_with_its_hours():
    area = {"name": "firing", "corners": AROUND, "from_h": 3, "to_h": 7}
    told = only(island(demand=RARELY, station=[POST], keep_out=[area]))
    assert told.because == "tb2 of field may not be there from 02:00 to 06:45: keep-out firing"
    assert told.would.startswith("without keep-out firing")


def test_wind_at_home_is_named_with_what_the_platform_bears():
    told = only(island(demand=RARELY, station=[POST], weather=[{"wind_kn": 32}]))
    assert told.because == "tb2 of field neither starts nor lands from 00:00 to 08:00: the wind is 32 kn, it bears 30"
    tb3 = {"name": "tb3", "platform": "tb3", "home": "field"}
    assert told.would.startswith("1 tb3 at field")
    assert why(island(demand=RARELY, station=[POST], weather=[{"wind_kn": 32}], asset=[TB2, tb3])) == ()


def test_a_home_that_is_closed_is_named():
    told = only(island(demand=RARELY, station=[POST], base=[FIELD | {"closed_h": [[0, 8]]}]))
    assert told.because == "tb2 of field neither starts nor lands from 00:00 to 08:00: field closed"
    assert told.would.startswith("field open at all hours")


def test_who_could_but_keeps_another_station_is_told():
    told = only(island(demand=RARELY, station=[POST, POST | {"name": "other"}]))
    assert told.because == "tb2 could, but keep other stations"
    assert told.would.startswith("1 more tb2 at field")
    two = island(demand=RARELY, station=[POST, POST | {"name": "other"}], asset=[TB2 | {"count": 2}])
    assert why(two) == ()


# vessels


def called(*looks, asset=VBAT, **told):
    """Vessels to look at, and one vehicle on call for them; what a short search leaves unmet."""
    file = island(demand=RARELY, asset=[asset | {"on_call": True}], look=list(looks), **told)
    prepared = prepare(file)
    return explain(prepared, finished(prepared, search(prepared, 0.1, 1)))


def test_vessels_that_are_met_are_not_spoken_of():
    assert called(GHOST) == ()


def test_a_vessel_reached_too_late_is_told_with_when_and_the_hour_that_can_be():
    late = GHOST | {"by_h": 1.5}
    (told,) = called(late)
    assert told.demand == "look at ghost by 01:30"
    assert told.because == "the first who could be there is vbat of field, at 02:04: 34 min late"
    assert told.would == "by_h = 2.1 or tb3 at field"
    assert called(GHOST | {"by_h": 2.1}) == ()
    assert called(late, asset=TB2 | {"platform": "tb3"}) == ()


def test_who_would_not_come_home_again_is_told_and_another_landing_place_helps():
    far = GHOST | {"lat_deg": 22.0, "by_h": 7.5}
    south = FIELD | {"name": "south", "lat_deg": 22.1, "offers": ["runway"], "mast_m": 400}
    bases = [FIELD, south, *aerials(22.0, 26.0)]
    (told,) = called(far, base=bases)
    assert (
        told.because
        == "vbat of field would be there at 07:09, but it would be out of endurance before it is home again"
    )
    assert told.would.startswith("vbat of field landing elsewhere, too, there at 07:09")
    assert called(far, base=bases, asset=VBAT | {"lands_at": ["south"]}) == ()


def test_a_closed_home_is_blamed_for_being_late():
    (told,) = called(GHOST, base=[FIELD | {"closed_h": [[0.5, 3]]}])
    assert told.because.endswith("64 min late; field is closed before")
    assert told.would.startswith("field open for vbat or by_h = 4.1")


def test_a_vessel_too_fast_for_everybody_is_told_with_the_speed_that_it_takes():
    fast = GHOST | {"speed_kn": 40, "course_deg": 180}
    (told,) = called(fast)
    assert told.because == "it goes 40 kn, and nobody is a fifth quicker: 45 kn at most, 48 are needed"
    assert told.would == "seaguardian at field"
    assert called(fast, asset=TB2 | {"platform": "seaguardian"}) == ()


def test_a_vessel_that_leaves_while_one_stays_is_told_with_how_near_can_be_had():
    (told,) = called(GHOST | {"speed_kn": 10, "stay_min": 120, "within_km": 10, "by_h": 5})
    assert told.because.startswith("it goes 37 km while somebody stays 120 min where it is half-way")
    assert told.would == "within_km = 19"
    assert called(GHOST | {"speed_kn": 10, "stay_min": 120, "within_km": 19, "by_h": 5}) == ()


def test_a_vessel_beyond_the_links_is_told():
    (told,) = called(GHOST | {"lat_deg": 25.0, "by_h": 6})
    assert told.because == "vbat of field would be there at 03:08, but it would not be heard there or on the way"
    assert told.would.startswith("aerials along the way for vbat of field")
    assert called(GHOST | {"lat_deg": 25.0, "by_h": 6}, base=[FIELD, *aerials(25.0, 26.6)]) == ()


def test_a_vessel_in_a_keep_out_is_told():
    (told,) = called(GHOST, keep_out=[{"name": "firing", "corners": AROUND}])
    assert told.because == "vbat of field would be there at 02:04, but keep-out firing is in the way"


def test_weather_that_keeps_everybody_home_is_told():
    (told,) = called(GHOST, weather=[{"wind_kn": 30}])
    assert told.because.endswith("but the wind is 30 kn, it bears 25")
    assert "calmer weather for vbat of field" in told.would


def test_fleets_without_eyes_are_told():
    (told,) = called(GHOST, asset=BOAT | {"platform": "auv"})
    assert told.because == "no vehicle has a camera or radar to look at a vessel with"
    assert told.would == "ulaq at field"


def test_one_who_cannot_be_at_two_vessels_at_once_is_told_with_one_more():
    (told,) = called(GHOST, GHOST | {"name": "other", "lat_deg": 27.4})
    assert "vbat of field alone could be there at 02:04, but has something else to do in this plan" in told.because
    assert told.would == "one more vbat at field, on call"
    assert called(GHOST, GHOST | {"name": "other", "lat_deg": 27.4}, asset=VBAT | {"count": 2}) == ()


def test_who_asks_for_more_is_told_more():
    prepared, plan = made(island(weather=[{"cloud_base_m": 300}]))
    (quick,), (thorough,) = explain(prepared, plan), explain(prepared, plan, thorough=True)
    assert quick.because == thorough.because
    assert quick.would == "seaguardian at field or patrolaircraft at field"
    assert thorough.would == "seaguardian at field, patrolaircraft at field, kizilelma at field or patrolboat at field"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_patrols_at_random_are_explained_and_no_cell_twice(seed):
    prepared = prepare(patrol(seed))
    plan = finished(prepared, search(prepared, 0.1, 1))
    told = explain(prepared, plan)
    assert len(told) <= 12
    for one in told:
        assert one.demand
        assert one.because
        assert "nan" not in f"{one.because} {one.would}".split()
        assert "inf" not in f"{one.because} {one.would}".split()
    figures = plan.figures["fresh"]
    if figures < 0.94:
        assert any("cell" in one.demand for one in told)


def test_explanations_are_the_same_again_and_leave_the_plan_alone():
    file = island(weather=[{"cloud_base_m": 300}], station=[POST | {"platforms": ["tb3"]}])
    prepared, plan = made(file)
    assert explain(prepared, plan) == explain(prepared, plan)
    assert plan.shortfalls == made(file)[1].shortfalls
