"""Reading back what is not as it should be: clocks set back, flushes cut short, files that leave meanwhile."""

import math

import numpy as np
import pytest
from test_writer import T0, batch, fed, settings

from mihari.archive import ask, reader, tidy
from mihari.archive.reader import ArchiveReader
from mihari.archive.store import Part, filed, hour_of, hours_in, place
from mihari.archive.tables import Changed, Heard, Kept, Said, to_table, write
from mihari.archive.writer import Archive
from mihari.core.errors import BadInput
from mihari.core.reports import Tick


def archived(folder, times, **more):
    archive = Archive(settings(folder, **more))
    archive.open({})
    for group in times:  # a flush each
        fed(archive, group)
        with archive._changed:
            archive._seal()
    archive.close()
    return ArchiveReader(folder)


def steps_of(found, end=math.inf):
    first = next(found.snapshots())
    return [step.number for step, _ in found.steps(first, found.step_at(first.run, end))]


def test_a_moment_between_a_report_and_the_first_tick_of_its_file_has_the_report(tmp_path):
    archive = Archive(settings(tmp_path / "a"))
    archive.open({})
    fed(archive, [0])
    with archive._changed:
        archive._seal()
    archive.took(batch(5), T0 + 5, False)
    archive.took(Tick(T0 + 9), T0 + 9, False)
    archive.close()
    assert steps_of(ArchiveReader(tmp_path / "a"), T0 + 7) == [0, 1, 2]


def test_the_last_step_by_then_is_found_although_the_clock_was_ahead_and_set_back(tmp_path):
    found = archived(tmp_path / "a", [[0, 1], [7200], [2, 3]])
    assert steps_of(found, T0 + 2) == list(range(8))


def test_a_run_that_goes_back_to_an_hour_that_was_over_is_whole_and_in_order(tmp_path):
    found = archived(tmp_path / "a", [[0, 1], [-3600, -3599], [2, 3]])
    expected = list(range(12))
    assert steps_of(found) == expected
    tidy.tidied(tmp_path / "a", hour_of(T0 + 7200))
    assert len(filed(hours_in(tmp_path / "a"), "steps")) == 2
    assert steps_of(found) == expected
    assert steps_of(found, T0 + 2) == list(range(10))


def test_a_snapshot_whose_steps_a_kill_left_unwritten_does_not_count(tmp_path):
    found = archived(tmp_path / "a", [[0, 1], [60, 61], [120, 121]], snapshot=1.0)
    assert len(list(found.snapshots())) == 6
    last = filed(hours_in(tmp_path / "a"), "steps")[-1]
    last.path.unlink()
    kept = [s.step for s in found.snapshots()]
    assert kept == [0, 2, 4, 6, 8]  # the one before step 8 follows from the steps that are there
    assert found.snapshot(T0 + 1e6).step == 8
    for path in (tmp_path / "a").rglob("steps-*"):
        path.unlink()
    with pytest.raises(BadInput, match="holds no snapshot"):
        found.snapshot(T0)


def test_steps_whose_rows_are_gone_are_one_sentence_instead_of_fewer_vessels(tmp_path):
    found = archived(tmp_path / "a", [[0, 1], [2, 3]])
    filed(hours_in(tmp_path / "a"), "reports")[1].path.unlink()
    with pytest.raises(BadInput, match=r"steps 4 to 7 have 0 of 2 rows in reports; expected all"):
        steps_of(found)


def merging_meanwhile(monkeypatch, module, folder):
    """The first look into the folders is answered, then the hour is closed before anything is read."""
    looks, seen = module.filed, []

    def look(folders, table=""):
        answer = looks(folders, table)
        if not seen:
            seen.append(answer)
            tidy.tidied(folder, hour_of(T0 + 7200))
        return answer

    monkeypatch.setattr(module, "filed", look)


def test_events_are_read_while_their_files_are_merged_away(tmp_path, monkeypatch):
    found = archived(tmp_path / "a", [[0], [1], [2]])
    expected = found.events()
    merging_meanwhile(monkeypatch, reader, tmp_path / "a")
    assert found.events() == expected


def test_bytes_are_read_while_their_files_are_merged_away(tmp_path, monkeypatch):
    found = archived(tmp_path / "a", [[0], [1], [2]])
    expected = list(ask.raw(found, T0, T0 + 9))
    assert len(expected) == 3
    merging_meanwhile(monkeypatch, ask, tmp_path / "a")
    assert list(ask.raw(found, T0, T0 + 9)) == expected


def test_runs_are_told_apart_in_a_folder_with_numbers_in_its_name(tmp_path):
    root = tmp_path / "naha-1-2-3-archive"
    for run, lat_deg in ((7, 26.0), (8, 27.0)):  # the same numbers of vessel and track in both
        at = T0 + run
        tracks = Kept.of(1, step=0, id=5, time=at, lat_deg=lat_deg, lon_deg=127.0)
        vessels = Changed.of(1, step=0, at=at, id=run, track=5)
        for name, rows in (("tracks", tracks), ("vessels", vessels)):
            part = Part(name, run, 0, 0, int(at), int(at))
            place(root, hour_of(at), part, lambda path, rows=rows: write(to_table(rows), path))
    found = ask.tracked(ArchiveReader(root), 7, T0, T0 + 99)
    assert found["lat_deg"].tolist() == [26.0]
    assert found["run"].tolist() == [7]


def test_ten_thousand_vessels_in_a_circle_are_grouped_in_one_pass():
    rng = np.random.default_rng(1)
    mmsi = rng.integers(1, 10_000, 300_000)
    found = dict(ask._groups({"mmsi": mmsi}, "mmsi"))
    assert sum(len(rows) for rows in found.values()) == len(mmsi)
    assert all((mmsi[rows] == key).all() for key, rows in found.items())


def test_every_question_can_be_asked_of_vessels_that_have_told_next_to_nothing(tmp_path):
    reports = Heard.of(1, step=0, time=T0, received=T0, lat_deg=26.0, lon_deg=127.0, mmsi=431000001)
    said = Said.of(1, step=0, time=T0, mmsi=431000001, destination="NAHA")
    tracks, vessels = Kept.of(1, step=0, id=5, time=T0, lat_deg=26.0, lon_deg=127.0), Changed.of(1, step=0, at=T0)
    for name, rows in (("reports", reports), ("claims", said), ("tracks", tracks), ("vessels", vessels)):
        part = Part(name, 7, 0, 0, int(T0), int(T0))
        place(tmp_path, hour_of(T0), part, lambda path, rows=rows: write(to_table(rows), path))
    found = ArchiveReader(tmp_path)
    assert [s.mmsi for s in ask.who(found, mmsi=431000001)] == [431000001]
    assert ask.names_of(found, [431000001]) == {}
    assert ask.near(found, 26.0, 127.0, 100.0, T0, T0) == []  # no position of AIS, no vessel of that track
    assert len(ask.positions(found, 431000001, T0, T0)["time"]) == 0
    assert len(ask.tracked(found, 1, T0, T0)["time"]) == 0
