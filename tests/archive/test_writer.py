"""The archive while it is written: whole after a close, bounded when the disk is full, with a hole that is told."""

import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mihari.archive import ask
from mihari.archive.reader import ArchiveReader
from mihari.archive.store import filed, hours_in
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Claims, Reports, Tick

T0 = 1_795_143_600.0


def settings(folder, **more):
    return ArchiveSettings(folder, free=0.0, **more)


def batch(k, rows=1):
    reports = Reports.of(rows, claim=np.arange(rows), time=T0 + k, received=T0 + k, kind=1, lat_deg=26.0, lon_deg=127.0)
    return Batch(reports, Claims.of(rows, mmsi=431000000 + k))


def fed(archive, numbers, rows=1):
    """A second each: a batch and a tick."""
    for k in numbers:
        if archive.due(T0 + k):
            archive.snapshot({"n": k}, T0 + k)
        archive.took(batch(k, rows), T0 + k, False)
        archive.heard(0, T0 + k, None, b"!AIVDM %d\r\n" % k)
        archive.took(Tick(T0 + k), T0 + k, True)


def mmsis(folder):
    reader = ArchiveReader(folder)
    found = []
    for run in reader.runs():
        first = next(s for s in reader.snapshots() if s.run == run.number)
        found += [m for step, _ in reader.steps(first) if isinstance(step.given, Batch) for m in step.given.claims.mmsi]
    return [int(m) - 431000000 for m in found]


def until(holds, patience=30.0):
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_all_that_came_in_is_there_after_a_close_and_readable_before(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({"version": "1"})
    fed(archive, range(5))
    until(lambda: archive.health().rows > 0)
    assert mmsis(tmp_path / "a") == list(range(5))
    fed(archive, range(5, 9))
    archive.close()
    assert mmsis(tmp_path / "a") == list(range(9))
    assert archive.health().state == "closed"
    reader = ArchiveReader(tmp_path / "a")
    assert [kind for _, _, kind, _ in reader.events()] == ["begin", "end"]
    assert reader.snapshot(T0 + 100).pipeline == {"n": 0}


def test_a_second_node_run_is_a_run_of_its_own(tmp_path):
    for begin in (0, 100):
        archive = Archive(settings(tmp_path / "a"), clock=lambda: T0)  # within one second
        archive.open({})
        fed(archive, range(begin, begin + 3))
        archive.close()
    assert mmsis(tmp_path / "a") == [0, 1, 2, 100, 101, 102]
    assert len(ArchiveReader(tmp_path / "a").runs()) == 2


def test_two_nodes_do_not_write_to_one_archive(tmp_path):
    first, second = Archive(settings(tmp_path / "a")), Archive(settings(tmp_path / "a"))
    first.open({})
    with pytest.raises(BadInput, match="another node is writing to it"):
        second.open({})
    first.close()
    second.open({})
    second.close()


def test_hours_have_folders_of_their_own(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    fed(archive, [0, 3599, 3600, 3601])
    archive.close()
    found = {str(p.parent.relative_to(tmp_path / "a")) for p in (tmp_path / "a").rglob("reports-*")}
    assert found == {"2026-11-20/03", "2026-11-20/04"}
    assert mmsis(tmp_path / "a") == [0, 3599, 3600, 3601]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written: not a directory"):
        Archive(settings(tmp_path / "file" / "a")).open({})


def test_too_little_free_space_stops_it_with_a_sentence_and_nothing_else(tmp_path):
    archive = Archive(ArchiveSettings(tmp_path / "a", free=1e18))
    archive.open({})
    fed(archive, range(3))
    until(lambda: archive.health().state == "stopped")
    assert "nothing is archived until there is room" in archive.health().problem
    archive.close(5.0)
    assert not list((tmp_path / "a").rglob("*.parquet"))


def test_what_the_disk_does_not_take_is_held_up_to_a_bound_then_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.archive.writer.HELD_ROWS", 50)
    monkeypatch.setattr("mihari.archive.writer.FLUSH_S", 0.1)
    monkeypatch.setattr("mihari.archive.writer.RETRY_S", 0.1)
    room = {"free": 0}
    monkeypatch.setattr(
        "mihari.archive.writer.shutil.disk_usage", lambda path: shutil._ntuple_diskusage(0, 0, room["free"])
    )
    archive = Archive(ArchiveSettings(tmp_path / "a", free=1.0))
    archive.open({})
    fed(archive, range(100))
    until(lambda: archive.health().state == "stopped")
    assert archive._sealed_weight() <= 50
    assert archive.health().shed > 100
    room["free"] = 10
    until(lambda: archive.health().state == "writing")
    fed(archive, range(200, 205))
    archive.close()
    assert mmsis(tmp_path / "a")[-5:] == list(range(200, 205))
    hole = [what for _, _, kind, what in ArchiveReader(tmp_path / "a").events() if kind == "hole"]
    assert len(hole) == 1
    assert hole[0]["inputs"] > 100
    assert hole[0]["why"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system")
def test_a_full_disk_stops_the_archive_and_it_goes_on_when_there_is_room(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.archive.writer.RETRY_S", 0.1)
    monkeypatch.setattr("mihari.archive.writer.FLUSH_S", 0.2)
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    try:
        filler = disk / "filler"
        archive = Archive(settings(disk / "a"))
        archive.open({})
        fed(archive, range(3))
        until(lambda: archive.health().rows > 0)
        filler.write_bytes(b"x" * (shutil.disk_usage(disk).free - 4096))
        fed(archive, range(3, 6), rows=5000)
        until(lambda: archive.health().state == "stopped")
        assert "no space left" in archive.health().problem
        filler.unlink()
        until(lambda: archive.health().state == "writing")
        until(lambda: not archive._sealed)
        archive.close()
        assert sorted(set(mmsis(disk / "a"))) == list(range(6))  # what waited was written
        assert not list(disk.rglob("*.tmp"))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_recording_waits_for_the_disk_instead_of_shedding(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.archive.writer.HELD_ROWS", 60)
    monkeypatch.setattr("mihari.archive.writer.FLUSH_ROWS", 20)
    archive = Archive(settings(tmp_path / "a"), patient=True)
    archive.open({})
    for k in range(300):
        fed(archive, [k])
        for _ in range(4):
            archive.heard(0, T0 + k, None, b"more")
    archive.close()
    assert archive.health().shed == 0
    assert mmsis(tmp_path / "a") == list(range(300))
    assert sum(1 for _ in ask.raw(ArchiveReader(tmp_path / "a"), T0, T0 + 300)) == 1500


def test_runs_have_numbers_of_their_own_when_the_clock_is_set_back(tmp_path):
    for k, now in enumerate((T0, T0 - 3600, T0 - 3600)):  # three starts, the clock an hour back after the first
        archive = Archive(settings(tmp_path / "a"), clock=lambda now=now: now)
        archive.open({})
        fed(archive, [now - T0 + k])
        archive.close()
    assert len(ArchiveReader(tmp_path / "a").runs()) == 3
    assert mmsis(tmp_path / "a") == [0, -3599, -3598]


def test_a_clock_that_is_set_back_leaves_no_hour_without_snapshots(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    fed(archive, [7200, 7201, 0, 1, 30, 61, 90])
    archive.close()
    assert [s.pipeline["n"] for s in ArchiveReader(tmp_path / "a").snapshots()] == [7200, 0, 61]


def test_a_time_that_no_calendar_holds_stops_nothing(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    for at in (T0, 1e15, -1e15, T0 + 1):
        if archive.due(at):
            archive.snapshot({"n": 0}, at)
        archive.took(Tick(at), at, False)
    archive.close()
    assert [
        step.given.time
        for step, _ in ArchiveReader(tmp_path / "a").steps(next(ArchiveReader(tmp_path / "a").snapshots()))
    ] == [T0, 1e15, -1e15, T0 + 1]


def test_nothing_is_snapshot_again_and_again_before_there_is_a_time(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    asked = []
    for _ in range(4):
        asked.append(archive.due(-np.inf))
        if asked[-1]:
            archive.snapshot({}, -np.inf)
        archive.took(Batch(Reports.empty(), Claims.empty()), -np.inf, False)
    archive.close()
    assert asked == [True, False, False, False]


def test_the_end_of_a_run_is_told_also_when_nothing_is_held(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    fed(archive, range(2))
    with archive._changed:
        archive._seal()
    until(lambda: archive.health().rows > 0 and not archive._sealed)
    archive.close()
    archive.close()
    assert [kind for _, _, kind, _ in ArchiveReader(tmp_path / "a").events()] == ["begin", "end"]


def test_bytes_of_nodes_that_never_took_anything_are_kept_from_each(tmp_path):
    for k in range(2):
        archive = Archive(settings(tmp_path / "a"), clock=lambda: T0)
        archive.open({})
        archive.heard(0, T0, None, b"?%d" % k)
        archive.close()
    assert [data for _, _, data in ask.raw(ArchiveReader(tmp_path / "a"), T0 - 1, T0 + 1)] == [b"?0", b"?1"]


def test_what_was_decided_in_a_hole_is_told_by_the_next_run(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.archive.writer.HELD_ROWS", 10)
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    fed(archive, [0])
    archive.note("decision", {"n": 1})
    fed(archive, [1], rows=100)  # more than may be held
    archive.note("decision", {"n": 2})
    fed(archive, [2])
    archive.close()
    told = [(kind, what.get("n")) for _, _, kind, what in ArchiveReader(tmp_path / "a").events()]
    assert [t for t in told if t[0] == "decision"] == [("decision", 1), ("decision", 2)]
    assert sum(kind == "hole" for kind, _ in told) == 1


def test_readers_meet_every_step_once_while_it_is_written_merged_and_closed(tmp_path, monkeypatch):
    for name, value in (("writer.FLUSH_S", 0.02), ("writer.TIDY_S", 0.02), ("tidy.TOGETHER", 3)):
        monkeypatch.setattr(f"mihari.archive.{name}", value)
    archive, found, ended = Archive(settings(tmp_path / "a")), [], threading.Event()
    archive.open({})

    def read():
        while not ended.is_set():
            if (tmp_path / "a").is_dir() and filed(hours_in(tmp_path / "a"), "steps"):
                reader = ArchiveReader(tmp_path / "a")
                numbers = [step.number for step, _ in reader.steps(reader.snapshot(0.0))]
                found.append(numbers == list(range(len(numbers))) and reader.events()[0][2] == "begin")

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for k in range(150):
                fed(archive, [100 * k])  # four hours of it
                time.sleep(0.02)
            archive.close()
        finally:
            ended.set()
        for each in readers:
            each.result(30)
    assert len(found) > 10
    assert all(found)
    assert mmsis(tmp_path / "a") == [100 * k for k in range(150)]


def test_what_the_queue_threw_away_is_told_when_it_grows(tmp_path):
    from mihari.keeping import Keeper
    from mihari.pipeline import Pipeline

    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    keeper = Keeper(archive, Pipeline(()))
    for k, shed in enumerate([{}, {"naha": 3}, {"naha": 3}, {"naha": 5}]):
        keeper.before()
        keeper.pipeline.take(Tick(T0 + k))
        keeper.shed(shed)
        keeper.after(Tick(T0 + k), False)
    archive.close()
    assert [w for _, _, kind, w in ArchiveReader(tmp_path / "a").events() if kind == "shed"] == [
        {"naha": 3},
        {"naha": 5},
    ]
