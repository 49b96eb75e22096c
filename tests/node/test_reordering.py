"""A feed with a reorder lag: its reports come out by their times, as they are, and none is lost."""

import numpy as np

from mihari.core.reports import Batch, Claims, Reports, Sector, Tick
from mihari.reordering import Reordering


def told(times, feed=0, mmsi=None):
    n = len(times)
    mmsi = np.arange(n) + 1 if mmsi is None else mmsi
    return Batch(Reports.of(n, feed=feed, time=times, claim=np.arange(n)), Claims.of(n, mmsi=mmsi))


def played(waiting, given):
    return [out for one in given for out in waiting.take(one)]


def test_reports_of_a_feed_that_waits_come_out_by_their_times_each_with_its_claims():
    rng = np.random.default_rng(1)
    times = rng.uniform(100, 110, 40)
    late = times + rng.uniform(0, 5, 40)
    given = []
    for second in range(100, 122):
        rows = np.flatnonzero((late >= second) & (late < second + 1))
        given += [told(times[rows], mmsi=rows + 1), Tick(second + 1.0)]
    out = played(Reordering({0: 5.0}), given)
    reports = [one for one in out if isinstance(one, Batch) and len(one.reports)]
    found = np.concatenate([one.reports.time for one in reports])
    names = np.concatenate([one.claims.mmsi[one.reports.claim] for one in reports])
    assert (np.diff(found) >= 0).all()
    assert (times[names - 1] == found).all()
    assert sorted(names.tolist()) == list(range(1, 41))


def test_other_feeds_and_wrong_times_do_not_wait():
    waiting = Reordering({0: 5.0})
    assert played(waiting, [told([10.0], feed=1)])[0].reports.time.tolist() == [10.0]
    batch, _ = played(waiting, [told([10.0, np.nan, 5000.0]), Tick(11.0)])
    assert len(batch.reports) == 2
    assert [len(one.reports) for one in waiting.flush()] == [1]


def test_sectors_of_a_feed_that_waits_keep_their_order_empty_ones_too():
    plots = Reports.of(1, feed=0, time=9.0)
    sectors = [Sector(3, t, t, 0.0, 1.0, plots if t == 9.0 else Reports.empty()) for t in (9.0, 9.5, 8.5)]
    out = played(Reordering({0: 2.0}), [*sectors, Tick(11.0), Tick(12.0)])
    assert [one.time for one in out] == [8.5, 9.0, 11.0, 9.5, 12.0]
