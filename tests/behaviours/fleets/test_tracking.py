"""How fleets form, grow, split, merge and end, and what of it is kept."""

import json

import numpy as np
import pytest
from hand import LON, START, FleetBook, Scene, block, changes, sail, sea

from mihari.behaviours.fleets import Change


def test_a_fleet_forms_after_ten_minutes_and_not_before():
    steps = sail(FleetBook(), lambda minute: block(5), 10)
    assert [len(step.fleets) for step in steps] == [0] * 10 + [1]
    assert steps[-1].fleets[0].members == (1, 2, 3, 4, 5)
    assert changes(steps)[0].change == Change.FORMED
    assert steps[-1].fleets[0].began == START


def test_four_vessels_are_no_fleet_and_five_are():
    assert sail(FleetBook(), lambda minute: block(4), 12)[-1].fleets == ()
    assert len(sail(FleetBook(), lambda minute: block(5), 12)[-1].fleets) == 1


def test_a_fleet_of_five_may_lose_one_but_not_two():
    for left, fleets in ((4, 1), (3, 0)):
        steps = sail(FleetBook(), lambda minute, left=left: block(5 if minute < 20 else left), 60)
        assert len(steps[-1].fleets) == fleets


def test_who_joins_is_a_member_after_ten_minutes():
    steps = sail(FleetBook(), lambda minute: block(9 if minute < 20 else 12), 30)
    assert [len(step.fleets[0].members) for step in steps[20:]] == [9] * 10 + [12]
    assert [c.because for c in changes(steps, Change.GREW)] == ["grown from 9 to 12 vessels"]
    assert len({step.fleets[0].id for step in steps[10:]}) == 1


def test_who_is_away_for_less_than_a_quarter_of_an_hour_stays_a_member():
    def scene(minute, until):
        stray = block(1, 20_000.0, first=100) if 20 <= minute < until else block(1, 0.0, -500.0, first=100)
        return sea(block(9), stray)

    for minutes, members in ((14, 10), (16, 9)):
        steps = sail(FleetBook(), lambda minute, m=minutes: scene(minute, 20 + m), 20 + minutes)
        assert len(steps[-1].fleets[0].members) == members


def test_vessels_that_nobody_sees_for_a_while_stay_members():
    steps = sail(FleetBook(), lambda minute: block(9) if minute % 20 < 12 else Scene.empty(), 60)
    assert [c.change for c in changes(steps)] == [Change.FORMED]
    assert len(steps[51].fleets[0].members) == 9
    assert steps[52].fleets == ()  # held, but nobody is in sight


def test_a_fleet_ends_a_quarter_of_an_hour_after_its_last_cluster():
    steps = sail(FleetBook(), lambda minute: block(9) if minute <= 20 else scattered(9), 40)
    assert [(c.change, (c.time - START) // 60) for c in changes(steps)] == [(Change.FORMED, 10), (Change.DISSOLVED, 35)]


def test_a_fleet_that_nobody_sees_any_more_ends_after_an_hour():
    steps = sail(FleetBook(), lambda minute: block(9) if minute <= 20 else Scene.empty(), 90)
    assert [(c.change, (c.time - START) // 60) for c in changes(steps)] == [(Change.FORMED, 10), (Change.DISSOLVED, 80)]


def test_a_fleet_is_whole_again_when_a_station_that_was_out_for_long_hears_it():
    heard = {minute: 9 if not 20 <= minute < 50 else 3 for minute in range(70)}
    steps = sail(FleetBook(), lambda minute: block(heard[minute]), 52)
    assert [len(steps[minute].fleets[0].members) for minute in (19, 51)] == [9, 9]
    assert [c.change for c in changes(steps)] == [Change.FORMED]


def scattered(count):
    """Vessels so far from each other that none has a neighbour."""
    return sea(*(block(1, 20_000.0 * k, first=k + 1) for k in range(count)))


def parting(minute):
    """Sixteen vessels of which six sail off to the east from minute 20 to 40."""
    away = min(max(minute - 20, 0), 20) * 60 * 1.5
    speed = 1.5 / (1852 / 3600) if 20 < minute <= 40 else 0.0
    return sea(block(10), block(6, 2000.0 + away, first=11, speed_kn=speed, course_deg=90.0))


def test_a_part_that_stays_away_becomes_a_fleet_of_its_own_and_the_larger_one_keeps_the_number():
    steps = sail(FleetBook(), parting, 70)
    before, split = steps[15].fleets, changes(steps, Change.SPLIT)
    assert [len(fleet.members) for fleet in before] == [16]
    assert len(split) == 1
    assert split[0].others == (before[0].id,)
    large, small = sorted(steps[-1].fleets, key=lambda fleet: -len(fleet.members))
    assert (large.id, large.members) == (before[0].id, tuple(range(1, 11)))
    assert (small.members, small.parents) == (tuple(range(11, 17)), (large.id,))
    assert len(changes(steps, Change.FORMED)) == 1


def test_two_fleets_that_meet_are_one_after_a_quarter_of_an_hour_and_the_larger_one_is_it():
    steps = sail(FleetBook(), lambda minute: parting(max(70 - minute, 0)), 100)
    large = max(steps[20].fleets, key=lambda fleet: len(fleet.members)).id
    merged = changes(steps, Change.MERGED)
    assert [(c.fleet, len(c.others)) for c in merged] == [(large, 1)]
    assert [(f.id, len(f.members), f.parents) for f in steps[-1].fleets] == [(large, 16, merged[0].others)]
    since = next(k for k, step in enumerate(steps) if len(step.fleets) == 1 and k > 15)
    assert merged[0].time == START + since * 60


def test_fleets_that_touch_for_a_while_stay_two():
    def scene(minute):
        away = 2500.0 if 20 <= minute < 30 else 6000.0
        return sea(block(9), block(9, away, first=50))

    steps = sail(FleetBook(), scene, 60)
    assert {len(step.fleets) for step in steps[10:]} == {2}
    assert [c.change for c in changes(steps)] == [Change.FORMED] * 2


def test_a_ship_that_passes_through_never_joins():
    def scene(minute):
        return sea(block(9), block(1, -20_000.0 + minute * 60 * 6.2, 400.0, first=77, speed_kn=12.0, course_deg=90.0))

    assert all(77 not in fleet.members for step in sail(FleetBook(), scene, 90) for fleet in step.fleets)


def test_a_fleet_under_way_keeps_its_number():
    def scene(minute):
        return block(12, minute * 60 * 4.6, speed_kn=9.0, course_deg=90.0)

    steps = sail(FleetBook(), scene, 120)
    assert [c.change for c in changes(steps)] == [Change.FORMED]
    assert steps[-1].fleets[0].cohesion == 1.0
    assert steps[-1].fleets[0].east_mps == pytest.approx(9 * 1852 / 3600)


def test_steps_of_five_minutes_find_the_same_members():
    one = sail(FleetBook(), parting, 70)
    other = sail(FleetBook(), parting, 70, every=5)
    assert [f.members for f in one[-1].fleets] == [f.members for f in other[-1].fleets]


def test_the_order_of_rows_changes_nothing():
    rng = np.random.default_rng(4)
    mixed = sail(FleetBook(), lambda minute: parting(minute).take(rng.permutation(16)), 70)
    assert mixed == sail(FleetBook(), parting, 70)


def test_going_on_from_a_state_is_going_on():
    one, other = FleetBook(), FleetBook()
    whole = sail(one, parting, 70)
    for cut in (0, 5, 10, 33, 41):
        book = FleetBook()
        sail(book, parting, cut)
        state = book.state()
        arrays, rest = state["members"], {k: v for k, v in state.items() if k != "members"}
        other.restore({"members": {k: v.copy() for k, v in arrays.items()}, **json.loads(json.dumps(rest))})
        assert sail(other, parting, 70, since=cut + 1) == whole[cut + 1 :]


def test_a_fleet_that_people_have_seen_keeps_its_number_when_late_data_moves_its_beginning():
    book = FleetBook()
    start = book.state()
    seen = sail(book, lambda minute: block(9) if minute >= 5 else block(3), 30)[-1].fleets
    for told, same in (((), False), (seen, True)):
        book.restore(start, told)
        again = sail(book, lambda minute: block(9), 30)[-1].fleets
        assert (again[0].id == seen[0].id) == same
        assert again[0].began == START


def test_rows_that_cannot_be_used_are_counted_and_the_others_are():
    bad = Scene.of(
        5, key=[20, 21, 0, 3, 22], lat_deg=[np.nan, 30.0, 30.0, 30.1, 95.0], lon_deg=LON, east_mps=[0, np.nan, 0, 0, 0],
        north_mps=0.0,
    )  # fmt: skip
    book = FleetBook()
    steps = sail(book, lambda minute: sea(block(9), bad), 12)
    assert steps[-1].refused == {"place": 2, "velocity": 1, "key": 1, "twice": 1}
    assert book.refused["place"] == 26
    assert steps[-1].fleets[0].members == tuple(range(1, 10))


@pytest.mark.parametrize("n", [0, 1])
def test_no_vessel_and_one_vessel_are_no_fleet(n):
    assert all(step.fleets == step.changes == () for step in sail(FleetBook(), lambda minute: block(n), 20))


def test_a_time_that_is_not_later_is_refused():
    book = FleetBook()
    book.step(START, block(1))
    with pytest.raises(ValueError, match="expected a time after 1800000000"):
        book.step(START, block(1))


def test_scenes_are_not_edited():
    scene = block(9)
    before = {name: column.copy() for name, column in scene.columns().items()}
    FleetBook().step(START, scene)
    assert all(np.array_equal(before[name], column, equal_nan=True) for name, column in scene.columns().items())


def test_a_fleet_across_the_antimeridian_is_one():
    scene = block(16).replace(lon_deg=(block(16).lon_deg - LON - 0.01 + 360.0) % 360.0 - 180.0)
    fleet = sail(FleetBook(), lambda minute: scene, 12)[-1].fleets[0]
    assert len(fleet.members) == 16
    assert abs(abs(fleet.lon_deg) - 180.0) < 0.02
