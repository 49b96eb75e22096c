"""What is one alert and what is not."""

from __future__ import annotations

import itertools

import pytest
from alert_helpers import A, B, C, D, Standing, T, Urgency, again, by, check, fleet, found, listed, one

from mihari.alerts import actions
from mihari.alerts.watch import Watch
from mihari.core.behaviour import unnamed

HOUR = 3600


@pytest.fixture
def watch(file):
    one = Watch(file)
    one.begin(T - 100.0)
    yield one
    check(file)


def groups(watch):
    """The kinds and vessels of each alert, by its number."""
    told = sorted(listed(watch.records, "all"), key=lambda a: a["number"])
    return [[(b["kind"], *keys(b["vessels"])) for b in one(watch.records, a["number"])["behaviours"]] for a in told]


def keys(vessels):
    return [v["mmsi"] or v["vessel"] for v in vessels]


def test_a_vessel_that_meets_ten_others_over_a_day_does_not_chain_them(watch):
    for k in range(10):
        start = T + 2 * HOUR * k
        watch.take([([found("rendezvous", (A, B + k), start, start + HOUR)], (), start + HOUR)])
    for k in range(1, 10):
        watch.take([([found("gap", (B + k,), T + 2 * HOUR * k + HOUR)], (), T + 24.0 * HOUR)])
    told = groups(watch)
    assert [len(alert) for alert in told] == [10, *[1] * 9]  # A's day is one story, the others' affairs are theirs


def test_a_chain_of_meetings_is_not_one_alert(watch):
    pairs = [(A, B), (B, C), (C, D), (D, D + 1), (D + 1, D + 2)]
    for k, pair in enumerate(pairs):
        watch.take([([found("rendezvous", pair, T + k)], (), T + 60.0 + k)])
    assert [len(alert) for alert in groups(watch)] == [2, 2, 1]


def test_what_either_of_two_does_after_they_met_is_in_their_alert(watch):
    watch.take([([found("rendezvous", (A, B))], (), T + 60.0)])
    watch.take([([found("gap", (A,), T + 100), found("gap", (B,), T + 200)], (), T + 300.0)])
    assert len(groups(watch)) == 1


@pytest.mark.parametrize(("apart_s", "alerts"), [(6 * HOUR, 1), (6 * HOUR + 1, 2)])
def test_more_than_six_hours_later_is_another_story(watch, apart_s, alerts):
    watch.take([([found("gap", end=T + 600)], (), T + 600.0)])
    watch.take([([found("gap", start=T + 600 + apart_s)], (), T + 600.0 + apart_s)])
    assert len(groups(watch)) == alerts


def test_what_goes_on_for_days_is_still_the_same_story(watch):
    watch.take([([found("gap")], (), T + 60.0)])
    watch.take([([found("dark", start=T + 90 * HOUR)], (), T + 90.0 * HOUR)])
    assert len(groups(watch)) == 1


def test_many_displaced_at_once_are_one_alert_that_takes_in_none_of_their_own(watch):
    many = tuple(range(A, A + 30))
    watch.take([([found("interference", many)], (), T + 60.0)])
    watch.take([([found("gap", (A,), T + 100), found("interference", many[3:], T + 200)], (), T + 300.0)])
    assert [[b[0] for b in alert] for alert in groups(watch)] == [["interference", "interference"], ["gap"]]


def test_a_crowd_with_less_than_half_in_common_is_another_one(watch):
    watch.take([([found("interference", tuple(range(A, A + 10)))], (), T + 60.0)])
    watch.take([([found("interference", tuple(range(A + 4, A + 14)), T + 1)], (), T + 70.0)])
    assert len(groups(watch)) == 2


def test_what_a_fleet_does_is_one_alert_through_splits_and_merges_and_takes_in_no_members_affairs(watch):
    boats = tuple(range(A, A + 12))
    watch.take([([found("massing", boats, fleet=3)], [fleet(3, boats)], T + 60.0)])
    later = found("common course", boats[:6], T + 500, fleet=4)
    watch.take([([later, found("gap", (A,), T + 400)], [fleet(4, boats[:6], parents=(3,))], T + 600.0)])
    watch.take([([found("massing", boats, T + 700, fleet=9)], [fleet(9, boats)], T + 800.0)])
    assert [[b[0] for b in alert] for alert in groups(watch)] == [["massing", "common course"], ["gap"], ["massing"]]


def test_fleets_and_vessels_without_a_number_mean_nothing_after_a_new_start(watch):
    boats = tuple(range(A, A + 12))
    dark = found("dark", (unnamed(7),))
    watch.take([([dark, found("massing", boats, fleet=3)], [fleet(3, boats)], T + 60.0)])
    watch.begin(T + 1000.0)
    other = found("loitering", (unnamed(7),), T + 1100)
    watch.take([([other, found("massing", boats, T + 1100, fleet=3)], [fleet(3, boats)], T + 1200.0)])
    assert len(groups(watch)) == 4


def test_of_several_alerts_the_one_with_most_vessels_in_common_is_joined_then_the_gravest_then_the_oldest(watch):
    watch.take([([found("gap", (A,), urgency=Urgency.ALARM)], (), T + 60.0)])
    watch.take([([found("gap", (B,))], (), T + 61.0)])
    watch.take([([found("rendezvous", (C, D))], (), T + 62.0)])
    watch.take([([found("shadowing", (B, C, D), T + 1)], (), T + 70.0)])
    watch.take([([found("rendezvous", (A, B), T + 2)], (), T + 80.0)])
    assert [[b[0] for b in alert] for alert in groups(watch)] == [
        ["gap", "rendezvous"],
        ["gap"],
        ["rendezvous", "shadowing"],
    ]


def test_the_order_within_what_is_told_together_does_not_matter(tmp_path):
    from mihari.alerts.records import Records

    told = [found("gap"), found("dark", start=T + 9), found("rendezvous", (A, B), T + 5), found("gap", (B,), T + 2)]
    seen = set()
    for k, order in enumerate(itertools.permutations(told)):
        records = Records(tmp_path / f"{k}.sqlite", clock=lambda: 5.0).open()
        watch = Watch(records)
        watch.begin(T - 100.0)
        watch.take([(order, (), T + 60.0)])
        with records.read() as connection:
            seen.add(connection.exec_driver_sql("SELECT hash FROM head").scalar_one())
        records.close()
    assert len(seen) == 1


def test_how_what_was_told_is_cut_into_transactions_does_not_matter(tmp_path):
    from mihari.alerts.records import Records

    gap = found("gap")
    batches = [([gap], (), T + 60.0), ((), (), T + 500.0), ([found("dark", start=T + 9)], (), T + 600.0)]
    batches += [([again(gap, end=T + 700, standing=Standing.ENDED)], (), T + 700.0), ((), (), T + 9e4)]
    seen = set()
    for k, cut in enumerate(([batches], [[b] for b in batches], [batches[:2], batches[2:]])):
        records = Records(tmp_path / f"{k}.sqlite", clock=lambda: 5.0).open()
        watch = Watch(records)
        watch.begin(T - 100.0)
        for some in cut:
            watch.take(some)
        with records.read() as connection:
            seen.add(connection.exec_driver_sql("SELECT hash FROM head").scalar_one())
        records.close()
    assert len(seen) == 1


def test_an_alert_holds_no_more_than_two_hundred_behaviours(watch):
    for k in range(0, 205, 5):
        watch.take([([found("gap", start=T + k + j) for j in range(5)], (), T + 300.0 + k)])
    assert [len(alert) for alert in groups(watch)] == [200, 5]
    watch.act(2, lambda book: actions.acknowledge(book, 2, by(), "other"))
