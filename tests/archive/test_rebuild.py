"""Any moment of the archive again: tracks and picture bit for bit, from any snapshot, with one thread or two."""

import math

import numpy as np
import pytest

from mihari.archive.reader import ArchiveReader
from mihari.archive.state import differing, pack, save_state, unpack
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.columns import specs
from mihari.core.errors import BadInput
from mihari.core.reports import Tick
from mihari.core.tracks import Tracks
from mihari.pipeline import Pipeline
from mihari.playback import Playback
from mihari.rebuild import digest, land_of, picture_digest, rebuild, tracked, verified

T0 = 1_795_143_600.0


def rebuilt(folder, time, threads=1, **more):
    reader = ArchiveReader(folder)
    return rebuild(reader, time, land_of(reader.snapshot(time)), threads, **more)


@pytest.mark.parametrize("threads", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_the_whole_state_at_the_end_is_the_node_s_own(kept, threads):
    folder, node = kept
    for begin in (0.0, node.pipeline.time - 15.0, math.inf):  # from the first, a middle and the last snapshot
        found = rebuilt(folder, begin, threads)
        found.until(math.inf)
        assert differing(unpack(pack(node.pipeline.state())), unpack(pack(found.pipeline.state()))) == []


def test_every_tick_has_the_tracks_it_had(kept):
    folder, node = kept
    found, told = rebuilt(folder, 0.0), {}
    for step in found.each():
        if type(step.given).__name__ == "Tick":
            told[step.given.time] = digest(found.pipeline.tracker.tracks(step.given.time))
    assert len(node.moments) > 30
    for moment in node.moments:
        assert told[moment.time] == digest(moment.tracks)


@pytest.mark.slow
def test_every_snapshot_follows_from_the_one_before(kept):
    checked = list(verified(ArchiveReader(kept[0]), -math.inf, math.inf))
    assert len(checked) >= 3
    assert all(c.differs == [] for c in checked)
    assert sum(c.steps for c in checked) > 1000


def test_a_snapshot_that_was_tampered_with_is_found(kept, tmp_path):
    import shutil

    folder = shutil.copytree(kept[0], tmp_path / "copy")
    reader = ArchiveReader(folder)
    each = reader._states()[2]
    snapshot = reader._load(each)
    tracks = snapshot.pipeline["compiler"]["rows"]["lat_deg"].copy()
    tracks[5] = np.nextafter(tracks[5], 90.0)
    snapshot.pipeline["compiler"]["rows"]["lat_deg"] = tracks
    from mihari.core.sensor import sensor_told

    sensors = [sensor_told(s) for s in snapshot.sensors]
    save_state({"pipeline": snapshot.pipeline, "sensors": sensors, "about": snapshot.about}, each.path)
    wrong = [c for c in verified(reader, -math.inf, math.inf) if c.differs]
    assert wrong[0].differs == ["compiler.rows.lat_deg"]


@pytest.mark.slow
def test_the_same_moment_gives_the_same_picture_whichever_snapshot_it_comes_from(kept):
    folder, node = kept
    time = node.pipeline.time - 12.4
    near, far = rebuilt(folder, time), rebuilt(folder, 0.0)
    far.until(time)
    assert near.snapshot.step > far.snapshot.step
    assert picture_digest(near.pipeline.picture()) == picture_digest(far.pipeline.picture())


def test_a_damaged_snapshot_is_one_sentence(kept, tmp_path):
    import shutil

    folder = shutil.copytree(kept[0], tmp_path / "copy")
    for path in folder.rglob("*.state"):
        path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadInput, match="not a readable snapshot"):
        rebuilt(folder, 0.0)


def test_what_is_no_archive_is_one_sentence(tmp_path):
    with pytest.raises(BadInput, match="no such archive"):
        ArchiveReader(tmp_path / "none")
    with pytest.raises(BadInput, match="is no archive"):
        ArchiveReader(tmp_path)


def ticked(folder, *stretches):
    """An archive of ticks alone; each stretch is (begin, end) of the node's clock."""
    archive = Archive(ArchiveSettings(folder, free=0.0, snapshot=5.0))
    archive.open({"config": {}})
    pipeline = Pipeline(())
    for begin, end in stretches:
        for k in range(begin, end):
            if archive.due(pipeline.time):
                archive.snapshot(pipeline.state(), pipeline.time)
            pipeline.take(Tick(T0 + k))
            archive.took(Tick(T0 + k), pipeline.time, False)
    archive.close()
    return ArchiveReader(folder)


def test_a_moment_is_found_although_the_clock_was_wrong_for_a_while(tmp_path):
    reader = ticked(tmp_path / "a", (0, 12), (4000, 4006), (12, 30))
    (run,) = reader.runs()
    assert reader.step_at(run.number, T0 + 5.5) == 5
    assert reader.step_at(run.number, T0 + 13.0) == 12 + 6 + 1
    assert reader.step_at(run.number, T0 - 1.0) == -1
    found = rebuild(reader, T0 + 13.0, None)
    assert found.pipeline.time == T0 + 13.0
    assert found.snapshot.step <= 19
    assert all(c.differs == [] for c in verified(reader, -math.inf, math.inf))


def test_what_was_played_goes_on_with_the_next_run(tmp_path):
    for begin, end in ((0, 8), (100, 108)):
        ticked(tmp_path / "a", (begin, end))
    reader = ArchiveReader(tmp_path / "a")
    played = Playback(reader, T0 + 3.0, T0 + 104.0, math.inf, port=None)
    played.start()
    assert [step.given.time - T0 for step in played.play()] == [4, 5, 6, 7, 100, 101, 102, 103, 104]
    played.stop()


def plain(believed):
    """Without what is written beside the tracks."""
    return Tracks(**{name: getattr(believed, name) for name, _, _ in specs(Tracks)})


def test_its_reports_in_stretches_are_the_tracks_the_node_had(kept):
    had = {moment.time: digest(moment.tracks) for moment in kept[1].moments}
    found = [t for t in tracked(ArchiveReader(kept[0]), -math.inf, math.inf) if len(t)]
    times = [float(t.time.max()) for t in found]
    assert len(times) >= 3
    same = [digest(plain(t)) == had[float(np.max(t.time))] for t in found if float(np.max(t.time)) in had]
    assert same
    assert all(same)
