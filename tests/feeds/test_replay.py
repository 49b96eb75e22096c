"""Recordings on one timeline, with ticks, paced."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.health import Health
from mihari.core.reports import Batch, Claims, Reports, Sector, Tick
from mihari.feeds import InputQueue, merge, pace, timed, with_ticks
from mihari.feeds.inputs import TickRun
from mihari.feeds.replay import HOLE_S, Cutter, with_runs


def batch(*times, feed=0):
    n = len(times)
    claims = Claims.of(n, mmsi=np.arange(n) + 100)
    return Batch(Reports.of(n, feed=feed, offset=np.arange(n), time=np.array(times), claim=np.arange(n)), claims)


def written(inputs):
    """A short form: ticks as T5, batches as their times."""
    return [f"T{i.time:g}" if isinstance(i, Tick) else i.reports.time.tolist() for i in inputs]


def replayed(*batches, health=None, **options):
    return list(with_ticks(merge([timed(batches, 0, health)]), **options))


def test_a_tick_stands_at_every_second_between_reports_holes_included():
    assert written(replayed(batch(10.0, 10.5, 11.0, 14.2))) == [
        [10.0], "T10", [10.5, 11.0], "T11", "T12", "T13", "T14", [14.2], "T15",
    ]  # fmt: skip


def test_each_piece_keeps_its_claims():
    pieces = [i for i in replayed(batch(1.0, 2.0, 2.5, 2.6, 4.0)) if isinstance(i, Batch)]
    assert [p.claims.mmsi[p.reports.claim].tolist() for p in pieces] == [[100], [101], [102, 103], [104]]
    shared = Batch(Reports.of(3, time=[1.0, 2.0, 3.0], claim=[1, -1, 1]), Claims.of(2, mmsi=[7, 8]))
    cut = Cutter(shared)
    assert [cut(i, i + 1).claims.mmsi.tolist() for i in range(3)] == [[8], [], [8]]
    assert cut(1, 3).reports.claim.tolist() == [-1, 0]
    with pytest.raises(ValueError, match="read-only"):
        cut(1, 3).reports.claim[0] = 5


def test_recordings_are_merged_by_time_then_by_feed():
    one, two = batch(1.0, 2.0, 5.0), batch(1.0, 2.5, 4.9, feed=1)
    merged = list(merge([timed([one], 0), timed([two], 1)]))
    assert [(t, int(b.reports.feed[0])) for t, b in merged] == [
        (1.0, 0),
        (1.0, 1),
        (2.0, 0),
        (2.5, 1),
        (4.9, 1),
        (5.0, 0),
    ]


def test_a_single_absurd_time_makes_no_ticks_and_is_counted():
    health = Health(0, "", "")
    inputs = replayed(batch(10.0, 10.0 + 20 * 365 * 86400, 10.4, math.nan, 11.5), health=health)
    assert written(inputs) == [[10.0, 10.0], "T10", [10.4, 10.4], "T11", [11.5], "T12"]
    assert health.noticed == {"absurd time": 2}


def test_an_absurd_time_at_the_end_of_a_batch_is_judged_by_the_next_batch():
    health = Health(0, "", "")
    inputs = replayed(batch(10.0, 5e9), batch(10.5), batch(10.6), health=health)
    assert written(inputs) == [[10.0, 10.0], "T10", [10.5], [10.6], "T11"]
    assert health.noticed == {"absurd time": 1}


def test_a_first_time_in_the_future_does_not_swallow_the_rest():
    assert written(replayed(batch(9e9, 10.0, 12.0)))[0] == [10.0, 10.0]


def test_days_without_reports_are_crossed_when_two_reports_agree():
    day = 3 * HOLE_S
    ticks = [i for i in replayed(batch(0.5, 1.0, day + 0.5, day + 0.7)) if isinstance(i, Tick)]
    assert len(ticks) == day + 1


def test_a_hole_of_years_between_two_recordings_has_no_ticks_inside():
    years = 4e8
    assert written(replayed(batch(0.5, 1.0, years + 0.5, years + 0.7))) == [
        [0.5, 1.0], f"T{years:g}", [years + 0.5, years + 0.7], f"T{years + 1:g}",
    ]  # fmt: skip


def test_times_that_fall_back_make_no_ticks_and_keep_their_value():
    health = Health(0, "", "")
    inputs = replayed(batch(HOLE_S * 2, HOLE_S * 2 + 0.5, 50.0, HOLE_S * 2 + 1.5), health=health)
    assert health.noticed == {"backwards": 1}
    assert 50.0 in [t for i in inputs if isinstance(i, Batch) for t in i.reports.time.tolist()]
    assert sum(isinstance(i, Tick) for i in inputs) <= 3


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, min_value=None), max_size=30), st.integers(0, 3))
def test_whatever_the_times_nothing_is_lost_and_order_holds(times, cut):
    batches = [b for b in (batch(*times[:cut]), batch(*times[cut:])) if len(b.reports)]
    runs = list(with_runs(merge([timed(batches, 0)])))
    assert sum(len(i.reports) for i in runs if isinstance(i, Batch)) == len(times)
    ticks = [i for i in runs if isinstance(i, TickRun)]
    assert all(a.last < b.first for a, b in itertools.pairwise(ticks))
    assert all(t.last - t.first <= 40 * 86400 for t in ticks)
    assert all(np.isfinite(i.reports.time).all() for i in runs if isinstance(i, Batch))


def test_idle_ticks_are_skipped_but_the_last_before_an_input_is_not():
    inputs = [(0.5, batch(0.5)), (1000.5, batch(1000.5))]
    assert written(with_ticks(inputs, lambda: math.inf)) == [[0.5], "T1000", [1000.5], "T1001"]
    due = iter([1.0, 400.0, 998.5])
    assert written(with_ticks(inputs, lambda: next(due, math.inf))) == [
        [0.5], "T1", "T400", "T999", "T1000", [1000.5], "T1001",
    ]  # fmt: skip


def test_the_queue_gives_the_same_ticks_as_the_plain_way():
    inputs = [(0.5, batch(0.5)), (30.5, batch(30.5)), (31.0, batch(31.0))]
    steps = {"at": 0}

    def due():
        steps["at"] += 7
        return float(steps["at"])

    plain = written(with_ticks(inputs, due))
    steps["at"] = 0
    waiting = InputQueue(next_due=due)
    for item in with_runs(inputs):
        waiting.put(item)
    waiting.close()
    queued = []
    while len(waiting):
        queued.append(waiting.get())
    assert written(queued) == plain


def test_a_million_ticks_are_one_entry_of_the_queue():
    waiting = InputQueue(next_due=lambda: math.inf)
    waiting.put(TickRun(1, 1_000_000))
    assert len(waiting) == 1
    assert waiting.get(timeout=0) == Tick(1_000_000.0)
    assert len(waiting) == 0


def test_sectors_have_their_place_on_the_timeline():
    sector = Sector(0, 2.5, 2.6, 0.0, 0.2, Reports.of(1, time=2.4))
    assert [type(i).__name__ for i in with_ticks(merge([timed([batch(1.0)], 0), timed([sector], 1)]))] == [
        "Batch", "Tick", "Tick", "Sector", "Tick",
    ]  # fmt: skip


def test_pace_lets_data_time_pass_at_the_given_speed():
    now, slept = [100.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds / 2  # returns early: is called again

    list(pace([Tick(5.0), Tick(6.0), Tick(9.0)], 2.0, lambda: now[0], sleep))
    assert now[0] == pytest.approx(102.0, abs=0.01)
    assert slept[0] == pytest.approx(0.5)
    slept.clear()
    assert len(list(pace([Tick(5.0), Tick(6.0)], math.inf, lambda: 0.0, sleep))) == 2
    assert slept == []


def test_pace_stops_when_told():
    assert len(list(pace([Tick(5.0), Tick(1e6)], 1.0, lambda: 0.0, lambda s: True))) == 1


def test_the_same_recordings_give_the_same_timeline():
    rng = random.Random(1)
    times = [sorted(rng.uniform(0, 50) for _ in range(200)) for _ in range(3)]
    once, again = (
        written(with_ticks(merge([timed([batch(*t, feed=i)], i) for i, t in enumerate(times)]))) for _ in range(2)
    )
    assert once == again
