"""What becomes an alarm, in which words, and when it ends."""

from dataclasses import replace

import pytest

from mihari.core.clocks import ClockHealth
from mihari.core.health import FeedHealth, NodeHealth, OwnClock, StationCounts, StationHealth
from mihari.health import AlarmBook, Condition
from mihari.health.node_rules import of_node, of_own_clock, of_reach
from mihari.health.ranges import Reach
from mihari.health.rules import FeedLimits, Recent, of_feed, of_station

NOW = 10_000.0
WELL = FeedHealth(2, "cape", "udp://:10110", "listening", last_heard=NOW - 1, messages=1000)
LIMITS, NONE = FeedLimits(), frozenset()


def grown(**counts):
    recent = Recent()
    recent.add(0.0, {})
    recent.add(30.0, {f"{name}:2": n for name, n in counts.items()})
    return recent


def feed_says(feed, recent=None, limits=LIMITS, standing=NONE, since=0.0):
    return [(c.key, c.severity, c.text) for c in of_feed(feed, limits, NOW, since, recent or grown(), standing)]


def test_a_feed_that_is_well_says_nothing():
    assert feed_says(WELL, grown(good=1000, refused=3)) == []


def test_a_silent_feed_is_told_with_its_age_and_its_problem():
    silent = replace(WELL, last_heard=NOW - 95, problem="192.0.2.7:5631: connection refused")
    text = "Feed cape is silent, last heard 95.0 s ago (192.0.2.7:5631: connection refused)."
    assert feed_says(silent) == [("silent:2", "alarm", text)]


def test_a_recording_an_outgoing_feed_and_one_allowed_to_be_silent_are_never_silent():
    silent = replace(WELL, last_heard=NOW - 9000)
    assert feed_says(silent, limits=FeedLimits(live=False)) == []
    assert feed_says(silent, limits=FeedLimits(silent_s=0.0)) == []
    assert feed_says(replace(silent, outgoing=True)) == []
    assert feed_says(replace(silent, state="ended")) == []


def test_a_feed_never_heard_is_a_warning_after_the_same_time():
    assert feed_says(replace(WELL, last_heard=None), since=NOW - 30) == []
    ((key, severity, text),) = feed_says(replace(WELL, last_heard=None), since=NOW - 61)
    assert (key, severity) == ("silent:2", "warning")
    assert "not been heard since the start" in text


def test_a_failed_feed_says_why():
    failed = replace(WELL, state="failed", problem="udp://:10110: the port is in use")
    assert feed_says(failed) == [("failed:2", "alarm", "Feed cape has failed: udp://:10110: the port is in use.")]


def test_much_refused_is_a_warning_with_the_commonest_reason_and_ends_lower_than_it_begins():
    feed = replace(WELL, refused={"checksum": 90, "too_long": 3})
    assert feed_says(feed, grown(good=400, refused=95)) == []
    ((_, _, text),) = feed_says(feed, grown(good=400, refused=105))
    assert text == "21 % of what feed cape brings is refused, mostly for checksum."
    assert len(feed_says(feed, grown(good=400, refused=95), standing=frozenset({"refused:2"}))) == 1
    assert feed_says(feed, grown(good=4, refused=15)) == []  # a handful says nothing


def test_what_is_thrown_away_is_an_alarm():
    assert [k for k, _, _ in feed_says(WELL, grown(shed=7))] == ["shed:2"]


def station(**more):
    return StationHealth(5, "KERAMA", "ais", NOW - 2, StationCounts(heard=500, alone=500), **more)


def station_says(one, own=None, standing=NONE):
    return [(c.key, c.text) for c in of_station(WELL, one, LIMITS, NOW, own, standing)]


def test_a_station_seven_seconds_wrong_is_named():
    wrong = station(clock=ClockHealth(7.1, "utc", 7.0, 7.1, 0.1, 6.9, 100))
    text = "The clock of AIS station KERAMA is 7.1 s ahead, by the seconds that ships tell; "
    text += "against other stations 6.9 s ahead (feed cape)."
    assert station_says(wrong) == [("clock:2:5", text)]
    assert station_says(station(clock=ClockHealth(1.9, "utc"))) == []
    assert len(station_says(station(clock=ClockHealth(1.9, "utc")), standing=frozenset({"clock:2:5"}))) == 1


def test_a_radar_is_not_blamed_for_our_own_clock():
    radar = replace(station(clock=ClockHealth(-7.2, "receipt", -7.2)), kind="radar", name="kume")
    assert len(station_says(radar)) == 1
    assert station_says(radar, own=7.0) == []


def test_a_radar_that_falls_silent_while_its_feed_goes_on_is_an_alarm():
    radar = replace(station(), kind="radar", name="kume", last_heard=NOW - 61)
    ((key, text),) = station_says(radar)
    assert key == "silent:2:5"
    assert text.startswith("Radar kume is silent, last heard 61.0 s ago, while feed cape goes on")
    assert station_says(replace(radar, kind="ais")) == []  # few ships may be about: five times as long
    assert len(station_says(replace(radar, kind="ais", last_heard=NOW - 301))) == 1


def test_our_own_clock():
    (wrong,) = of_own_clock(OwnClock(-7.0), 2.0, NOW, NONE)
    assert (wrong.key, wrong.text) == ("clock", "This computer's clock is 7.0 s behind, by the seconds of ships.")
    (jumped,) = of_own_clock(OwnClock(0.1, 3600.0, NOW - 5, 1), 2.0, NOW, NONE)
    assert (jumped.key, jumped.text) == ("jump", "This computer's clock jumped 60 min ahead.")
    assert list(of_own_clock(OwnClock(0.1, 3600.0, NOW - 601, 1), 2.0, NOW, NONE)) == []


@pytest.mark.parametrize(
    ("archive", "keys"),
    [
        (None, []),
        ({"state": "writing", "free_bytes": 5e10}, []),
        ({"state": "stopped", "problem": "the disk is full"}, ["archive"]),
        ({"state": "writing", "free_bytes": 1e9}, ["disk"]),
        ({"state": "writing", "free_bytes": 5e10, "lag": 40.0}, ["archive-lag"]),
    ],
)
def test_the_archive(archive, keys):
    assert [c.key for c in of_node(NodeHealth(archive=archive), Recent())] == keys


def test_queue_and_lag():
    found = list(of_node(NodeHealth(queue_rows=150_000, queue_limit=200_000, lag_s=12.0), Recent()))
    assert [c.text for c in found] == [
        "The picture is 12.0 s behind what comes in.",
        "The queue to the pipeline is 75 % full.",
    ]


def test_more_than_can_be_kept_in_order():
    assert list(of_node(NodeHealth(overfull_s=61.0), Recent())) == []
    (found,) = of_node(NodeHealth(overfull_s=3.0), Recent())
    assert (found.key, found.severity) == ("overfull", "warning")
    assert found.text.endswith("what comes late is taken in as it comes.")


def test_a_shrunk_range_is_told_in_vessels_and_miles():
    reach = Reach(3, 6.0 * 1852, 12.0 * 1852, True, False, (), 8.4 * 1852, 9.0, 1.0)
    (found,) = of_reach(reach, "radar kume")
    text = "The range of radar kume has shrunk: 95 % of what it sees lies within 6.0 NM, usually within 12.0 NM; "
    text += "beyond 8 NM it sees 1 of 9 vessels."
    assert found.text == text
    assert list(of_reach(replace(reach, shrunk=False), "radar kume")) == []


# the book


def test_a_trouble_must_last_before_it_is_an_alarm_and_be_gone_before_it_ends():
    book, told = AlarmBook(), Condition("lag", "alarm", "late", hold_s=5.0)
    for t in (0.0, 3.0):
        book.update(NOW + t, t, [told])
    book.update(NOW + 4, 4.0, [])  # a moment without it: it begins anew
    for t in (5.0, 9.0):
        book.update(NOW + t, t, [told])
    assert book.alarms == ()
    book.update(NOW + 10, 10.0, [told])
    assert [a.since for a in book.alarms] == [NOW + 10]
    book.update(NOW + 15, 15.0, [])
    book.update(NOW + 16, 16.0, [told])  # flickers
    book.update(NOW + 25, 25.0, [])
    assert book.alarms[0].until is None
    book.update(NOW + 26, 26.0, [])
    assert book.alarms[0].until == NOW + 26


def test_a_clock_set_back_ends_no_alarm_and_starts_none():
    book = AlarmBook()
    book.update(NOW, 0.0, [Condition("a", "alarm", "a"), Condition("b", "alarm", "b", hold_s=60.0)])
    book.update(NOW - 86400, 1.0, [Condition("a", "alarm", "a"), Condition("b", "alarm", "b", hold_s=60.0)])
    assert [(a.key, a.until) for a in book.alarms] == [("a", None)]


def test_alarms_come_before_warnings_and_the_book_stays_small():
    book = AlarmBook()
    for k in range(500):
        book.update(NOW + 20 * k, 20.0 * k, [Condition(f"w{k}", "warning", "w"), Condition(f"a{k}", "alarm", "a")])
        book.update(NOW + 20 * k + 15, 20.0 * k + 15, [])
    book.update(NOW, 1e6, [Condition("w", "warning", "w"), Condition("a", "alarm", "a")])
    assert [a.key for a in book.alarms][:2] == ["a", "w"]
    assert len(book.alarms) < 60
    book.update(NOW, 1e6, [Condition(str(k), "alarm", "x") for k in range(1000)])
    assert len(book.standing) == 200


def test_patterns_that_cannot_be_read_are_a_warning():
    (found,) = of_node(
        NodeHealth(alerts={"unread": ["crawls version 2 cannot be read by this Mihari: x.", "y"]}), Recent()
    )
    assert found.severity == "warning"
    assert found.text == "Not looked for: pattern crawls version 2 cannot be read by this Mihari: x; and 1 more."
    assert list(of_node(NodeHealth(alerts={"unread": []}), Recent())) == []
