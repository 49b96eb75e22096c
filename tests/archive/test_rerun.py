"""Reports that come too late for the ring are run again from the archive; the node and its replay go on from there."""

import itertools
import math
import time

import numpy as np
import pytest

from mihari.archive.reader import ArchiveReader
from mihari.archive.state import differing, pack, unpack
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Sector, Tick
from mihari.core.steps import Stretch
from mihari.core.tracks import TrackStatus
from mihari.keeping import Keeper
from mihari.pipeline import Pipeline
from mihari.rebuild import rebuild, tracked, verified
from mihari.rerun import REST, Asked, Reruns, rerun
from mihari.tracks.again import AgainTracker
from mihari.tracks.past import Past
from tracks.test_rewind import identical, scene, time_of
from tracks.test_state import SENSORS

RING = 16.0


@pytest.fixture(scope="module")
def sea():
    """(inputs of 110 s of two radars and AIS in the order they came, sensors)."""
    return scene(3, 44), SENSORS


def held_back(inputs, *, begin, end, until, share=0.4, kinds=(Batch, Sector), seed=0):
    """The same inputs, of which a share between two times comes before the first tick after `until` (s from start)."""
    rng, start = np.random.default_rng(seed), time_of(next(i for i in inputs if isinstance(i, Tick)))
    late = {
        n
        for n, one in enumerate(inputs)
        if isinstance(one, kinds) and begin < time_of(one) - start < end and rng.random() < share
    }
    place = next(n for n, one in enumerate(inputs) if isinstance(one, Tick) and one.time - start > until)
    rest = [(n, one) for n, one in enumerate(inputs) if n not in late]
    return [
        *(one for n, one in rest if n < place),
        *(inputs[n] for n in sorted(late)),
        *(one for n, one in rest if n >= place),
    ], len(late)


class Watch:
    """A node without feeds: pipeline, archive and reruns, fed one input after another."""

    def __init__(self, folder, sensors, hours=1.0):
        self.archive = Archive(ArchiveSettings(folder, free=0.0, snapshot=8.0))
        self.archive.open({"config": {}}, sensors)
        self.pipeline = Pipeline(sensors, None, ring=RING)
        self.keeper = Keeper(self.archive, self.pipeline)
        self.seconds = itertools.count(0.0, 3.0)
        self.told = []  # where tracks were
        asked = self.archive, self.pipeline, self.keeper, hours, lambda: next(self.seconds)
        self.reruns = Reruns(*asked, self.told.append)
        self.seen = {}  # number -> place of what people saw before something was run again

    def take(self, inputs):
        for given in inputs:
            if isinstance(given, Tick):
                while self.reruns.running and self.reruns._child.poll() is None:
                    time.sleep(0.05)
                if self.reruns.running:
                    self.seen = places(self.pipeline.tracks(given.time))
                done = self.reruns.done
                self.reruns.pass_time(given.time)
                if self.reruns.done > done:
                    self.found = places(self.pipeline.tracks(given.time))
            self.keeper.before()
            self.pipeline.take(given)
            self.keeper.after(given, False)


def places(tracks):
    sure = tracks.take(tracks.status == TrackStatus.CONFIRMED)
    return dict(zip(sure.id.tolist(), zip(sure.lat_deg.tolist(), sure.lon_deg.tolist(), strict=True), strict=True))


def in_order(inputs, sensors):
    """The pipeline for which nothing comes too late."""
    pipeline = Pipeline(sensors, None, ring=600.0)
    for given in inputs:
        pipeline.take(given)
    return pipeline


@pytest.fixture(scope="module")
def watched(sea, tmp_path_factory):
    """(what came, of which a part was too late, how much that was, the node that took it)."""
    inputs, sensors = sea
    came, count = held_back(inputs, begin=20.0, end=50.0, until=80.0)
    watch = Watch(tmp_path_factory.mktemp("watched") / "archive", sensors)
    watch.take(came)
    watch.archive.close()
    return came, count, watch


def test_what_came_too_late_is_in_the_tracks_at_last_and_numbers_stay(watched):
    came, count, watch = watched
    assert count > 20
    assert (watch.reruns.done, watch.reruns.failed) == (1, 0)
    assert watch.reruns.reports > 20
    assert identical(watch.pipeline.tracker.tracks(), in_order(came, SENSORS).tracker.tracks())
    both = watch.seen.keys() & watch.found.keys()
    assert len(both) > 0.8 * len(watch.seen) > 10
    for number in both:
        north, east = np.subtract(watch.found[number], watch.seen[number]) * 111e3
        assert math.hypot(north, east * 0.9) < 300.0


def test_a_replay_goes_on_as_the_node_did(watched):
    _, _, watch = watched
    reader, end = ArchiveReader(watch.archive.settings.folder), unpack(pack(watch.pipeline.state()))
    for begin in (0.0, watch.pipeline.time - 30.0, math.inf):
        found = rebuild(reader, begin, None)
        found.until(math.inf)
        assert differing(end, unpack(pack(found.pipeline.state()))) == []
    (run,) = reader.runs()
    (step,) = reader.reruns(run.number)
    checked = list(verified(reader, -math.inf, math.inf))
    assert len(checked) > 8
    assert all(c.differs == [] for c in checked)
    assert reader.at(run.number, step).step == step
    *_, last = tracked(reader, -math.inf, math.inf, 1.0)
    assert last.id.tolist() == watch.pipeline.tracker.believed(float(last.moment[0])).id.tolist()


@pytest.mark.slow
def test_a_second_time_begins_before_what_the_first_has_made_stale(sea, tmp_path):
    inputs, sensors = sea
    came, first = held_back(inputs, begin=15.0, end=40.0, until=64.0, seed=2)
    came, second = held_back(came, begin=30.0, end=60.0, until=90.0, seed=3, kinds=(Sector,))
    watch = Watch(tmp_path / "archive", sensors)
    for one in came:
        if len(watch.reruns._runs) < 2:
            watch.reruns._rest = -math.inf  # it need not wait between the two
        watch.take([one])
    assert first > 20
    assert second > 5
    assert watch.reruns.done == 2
    assert watch.reruns._rest - watch.reruns._runs[-1] >= 2.0 * REST * 3.0  # twice as long as after one of a tick
    assert identical(watch.pipeline.tracker.tracks(), in_order(came, sensors).tracker.tracks())


def test_what_is_older_than_is_asked_for_stays_where_it_came_in(sea, tmp_path):
    inputs, sensors = sea
    came, _ = held_back(inputs, begin=20.0, end=50.0, until=80.0)
    watch = Watch(tmp_path / "archive", sensors, hours=20.0 / 3600.0)
    watch.take(came)
    assert watch.reruns.done == watch.reruns.failed == 0
    assert watch.pipeline.tracker.late > 0


@pytest.mark.slow
def test_an_archive_that_lost_files_changes_nothing(sea, tmp_path, caplog):
    inputs, sensors = sea
    came, _ = held_back(inputs, begin=20.0, end=50.0, until=80.0)
    watch = Watch(tmp_path / "archive", sensors)
    half = len(came) // 2
    watch.take(came[:half])
    time.sleep(5.0)  # written
    for path in (tmp_path / "archive").rglob("*plots*.parquet"):
        path.unlink()
    watch.take(came[half:])
    assert (watch.reruns.done, watch.reruns.failed) == (0, 1)
    assert "reports that came too late are not in the tracks" in caplog.text
    assert not watch.reruns.running


def test_where_no_process_can_be_started_the_node_goes_on(sea, tmp_path, monkeypatch, caplog):
    def none(*_, **__):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("mihari.rerun.subprocess.Popen", none)
    inputs, sensors = sea
    came, _ = held_back(inputs, begin=20.0, end=50.0, until=80.0)
    watch = Watch(tmp_path / "archive", sensors)
    watch.take(came)
    assert watch.reruns.done == 0
    assert watch.reruns.failed >= 1
    assert "not in the tracks: cannot allocate memory" in caplog.text
    assert not watch.pipeline.tracker.holding


def test_where_tracks_were_is_what_a_run_in_order_has_seen(watched):
    came, _, watch = watched
    reader, told = ArchiveReader(watch.archive.settings.folder), watch.told[0]
    assert told.why.startswith(("plots that came", "AIS reports that came"))
    in_time = AgainTracker(SENSORS, ring=600.0)
    in_time.past = Past(told.begin)
    for one in came:  # one by one: what is late goes back
        in_time.run(Stretch.of([one]))
    (run,) = reader.runs()
    (step,) = reader.reruns(run.number)
    end = reader.at(run.number, step).time - RING - 10.0  # what came after is not known there
    expected, found = in_time.past.was(), told.was
    expected, found = (was.take(was.time < end) for was in (expected, found))
    assert len(found) > 20
    assert len(np.unique(found.id)) > 3
    assert differing(expected.columns(), found.columns()) == []


def test_asked_for_nothing_that_was_late_it_gives_the_state_that_was_there(sea, tmp_path):
    inputs, sensors = sea
    watch = Watch(tmp_path / "archive", sensors)
    watch.take(inputs)
    watch.archive.close()
    tracker = watch.pipeline.tracker
    order = tracker.hold()
    asked = Asked(str(tmp_path / "archive"), watch.archive.run, watch.archive.next_step - 1, order - 30.0, 0.0, order)
    again = rerun(ArchiveReader(tmp_path / "archive"), asked)
    footing = again.footing
    assert again.entries == 0
    was = {k: v for k, v in tracker.state().items() if k in footing.state}
    assert differing(was, footing.state) == []
    with pytest.raises(BadInput, match="does not reach"):
        rerun(ArchiveReader(tmp_path / "archive"), asked._replace(order=order + 1600.0))
