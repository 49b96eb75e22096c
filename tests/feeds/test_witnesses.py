"""One AIS message that several stations bring is one report."""

import numpy as np
import pytest

from mihari.core.reports import Batch, Claims, ReportKind, Reports, Tick
from mihari.feeds.witness_table import new_table
from mihari.feeds.witnesses import Witnesses


def batch(*rows, feed=0):
    """Rows of (sensor, received, key)."""
    sensor, received, key = (np.array(c) for c in zip(*rows, strict=True))
    n = len(rows)
    reports = Reports.of(
        n, feed=feed, sensor=sensor, received=received, time=received, key=key.astype(np.uint64),
        kind=ReportKind.AIS_POSITION, claim=np.arange(n),
    )  # fmt: skip
    return Batch(reports, Claims.of(n, mmsi=431000001))


def kinds(given):
    return ["." if k == ReportKind.AIS_POSITION else "r" for k in given.reports.kind.tolist()]


def test_the_first_station_brings_the_report_and_the_others_witness_it():
    witnesses = Witnesses()
    assert kinds(witnesses.take(batch((0, 1.0, 5), (1, 1.2, 5), (2, 4.0, 5), (1, 4.0, 6)))) == [".", "r", "r", "."]
    counts = witnesses.counts()
    assert (counts[0, 0].heard, counts[0, 0].first, counts[0, 0].witnessed, counts[0, 0].alone) == (1, 1, 1, 0)
    assert (counts[0, 1].heard, counts[0, 1].first, counts[0, 1].witnessed, counts[0, 1].alone) == (2, 1, 1, 1)
    assert (counts[0, 2].heard, counts[0, 2].first, counts[0, 2].witnessed, counts[0, 2].alone) == (1, 0, 1, 0)


def test_the_same_station_on_two_feeds_is_two_witnesses():
    witnesses = Witnesses()
    assert kinds(witnesses.take(batch((3, 1.0, 5), feed=0))) == ["."]
    assert kinds(witnesses.take(batch((3, 1.1, 5), feed=1))) == ["r"]
    assert set(witnesses.counts()) == {(0, 3), (1, 3)}


def test_a_vessel_that_says_the_same_again_is_heard_again_by_all():
    witnesses = Witnesses()
    rows = [(0, 1.0, 5), (1, 1.1, 5), (0, 4.0, 5), (1, 4.1, 5), (1, 7.0, 5), (0, 7.1, 5)]
    assert kinds(witnesses.take(batch(*rows))) == [".", "r", ".", "r", ".", "r"]


def test_a_datagram_that_comes_twice_is_one_report_and_no_witness():
    witnesses = Witnesses()
    assert kinds(witnesses.take(batch((0, 1.0, 5), (0, 1.01, 5), (1, 1.1, 5), (1, 1.2, 5)))) == [".", "r", "r", "r"]
    counts = witnesses.counts()
    assert (counts[0, 0].repeated, counts[0, 1].repeated, counts[0, 1].witnessed) == (1, 1, 1)


def test_beyond_the_window_and_after_a_clock_set_back_it_is_news():
    witnesses = Witnesses(window_s=20.0)
    assert kinds(witnesses.take(batch((0, 100.0, 5), (1, 120.1, 5), (0, 50.0, 5), (1, 50.2, 5)))) == [
        ".",
        ".",
        ".",
        "r",
    ]


def test_reports_without_a_key_and_ticks_pass_untouched():
    witnesses, tick, plain = Witnesses(), Tick(1.0), batch((0, 1.0, 0), (1, 1.0, 0))
    assert witnesses.take(tick) is tick
    assert witnesses.take(plain) is plain
    assert witnesses.counts() == {}


def test_what_a_caller_handed_in_is_not_changed():
    given = batch((0, 1.0, 5), (1, 1.1, 5))
    Witnesses().take(given)
    assert kinds(given) == [".", "."]


def test_the_time_by_which_one_station_leads_another_is_told():
    witnesses, given = Witnesses(), batch((0, 10.0, 5), (1, 10.0, 5))
    witnesses.take(Batch(given.reports.replace(time=[10.0, 17.0]), given.claims))
    pairs = witnesses.pairs
    assert (pairs.first.tolist(), pairs.second.tolist(), pairs.ahead.tolist()) == ([0], [1], [7.0])


@pytest.mark.parametrize("seed", range(5))
def test_any_traffic_is_judged_as_by_a_list_of_all_that_was_heard(seed):
    rng = np.random.default_rng(seed)
    received = np.cumsum(rng.exponential(0.2, 3000))
    rows = list(zip(rng.integers(0, 4, 3000), received, rng.integers(1, 60, 3000), strict=True))
    witnesses, judged = Witnesses(), []
    for cut in range(0, 3000, 37):
        judged += kinds(witnesses.take(batch(*rows[cut : cut + 37])))
    assert judged == list(plainly(rows))


def plainly(rows, window=20.0, again=0.5):
    """Key -> when its transmission began, and when each station brought it."""
    open_ = {}
    for station, t, key in rows:
        began, brought = open_.get(key, (-np.inf, {}))
        if t - began <= window and station in brought and t - brought[station] < again:
            yield "r"
        elif t - began <= window and station not in brought:
            brought[station] = t
            yield "r"
        else:
            open_[key] = (t, {station: t})
            yield "."


def test_memory_is_bounded_and_the_oldest_gives_way():
    witnesses = Witnesses()
    witnesses._table = new_table(64)
    rng = np.random.default_rng(1)
    for k in range(50):
        keys = rng.integers(1, 2**63, 1000)
        assert set(kinds(witnesses.take(batch(*((k % 2, float(k), key) for key in keys))))) == {"."}
    assert len(witnesses._table) == 64 * 8
    newest = keys[-1]
    assert kinds(witnesses.take(batch((2, 50.0, newest)))) == ["r"]


def test_five_thousand_invented_stations_are_counted_within_bounds():
    witnesses = Witnesses()
    for feed in range(5):
        witnesses.take(batch(*((s, 1.0, 7) for s in range(1000)), feed=feed))
    counts = witnesses.counts()
    assert len(counts) == 4096
    assert counts[0, 0] == type(counts[0, 0])(heard=1, first=1, witnessed=1)
