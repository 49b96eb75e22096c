"""Merging, closing hours, keeping within age and quota: no row is lost, none is told twice, whenever it is killed."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from mihari.archive import tidy
from mihari.archive.store import Part, filed, hour_of, hours_in, place
from mihari.archive.tables import TABLES, to_table, write
from mihari.archive.tidy import Retention, close_hour, retained, tidied

T0 = 1_795_143_600.0
HOUR = hour_of(T0)


def parts(root, count=40, rows=5, hour=HOUR, table="reports"):
    rng = np.random.default_rng(3)
    for k in range(count):
        step = np.arange(k * rows, (k + 1) * rows)
        more = {"device": "A"} if k % 3 == 0 else {}  # a column that is left out of the others
        more = (
            {"mmsi": rng.integers(1, 9, rows), **more} if table == "reports" else {"sensor": rng.integers(1, 9, rows)}
        )
        heard = TABLES[table].of(rows, step=step, time=T0 + step, received=T0 + step, **more)
        part = Part(table, 1, k * rows, (k + 1) * rows - 1, int(T0), int(T0) + 1)
        place(root, hour, part, lambda path, heard=heard: write(to_table(heard), path))


def rows_of(root, table="reports"):
    key = "mmsi" if table == "reports" else "sensor"
    found = [pq.read_table(f.path, columns=["step", key]) for f in filed(hours_in(root), table)]
    return [(s, m) for t in found for s, m in zip(t["step"].to_pylist(), t[key].to_pylist(), strict=True)]


def test_many_small_files_become_one_with_the_same_rows_in_their_order(tmp_path):
    parts(tmp_path)
    before = rows_of(tmp_path)
    tidied(tmp_path, HOUR)
    assert rows_of(tmp_path) == before
    assert len(list((tmp_path / HOUR).glob("*.parquet"))) == 1


def test_a_closed_hour_is_sorted_by_vessel_and_closed_once(tmp_path):
    parts(tmp_path)
    before = rows_of(tmp_path)
    tidied(tmp_path, hour_of(T0 + 7200))
    after = rows_of(tmp_path)
    assert sorted(after) == sorted(before)
    assert [m for _, m in after] == sorted(m for _, m in before)
    (path,) = (tmp_path / HOUR).glob("reports-*")
    made = path.stat().st_mtime_ns
    tidied(tmp_path, hour_of(T0 + 7200))
    assert path.stat().st_mtime_ns == made
    assert not (tmp_path / HOUR / ".sorting").exists()


def test_what_must_stay_in_order_stays_in_order(tmp_path):
    parts(tmp_path, table="plots")
    before = rows_of(tmp_path, "plots")
    close_hour(tmp_path, HOUR)
    assert rows_of(tmp_path, "plots") == before


@pytest.mark.parametrize("when", ["before the small ones are deleted", "while they are"])
def test_a_kill_while_merging_neither_loses_nor_doubles(tmp_path, monkeypatch, when):
    parts(tmp_path)
    before = rows_of(tmp_path)

    def killed(paths):
        for path in list(paths)[: 0 if "before" in when else 7]:
            path.unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(tidy, "_delete", killed)
    with pytest.raises(KeyboardInterrupt):
        tidied(tmp_path, HOUR)
    assert rows_of(tmp_path) == before
    monkeypatch.undo()
    tidied(tmp_path, hour_of(T0 + 7200))
    assert sorted(rows_of(tmp_path)) == sorted(before)
    assert len(list((tmp_path / HOUR).glob("*.parquet"))) == 1


def hours(root, count=6):
    return [hour_of(T0 + 3600 * k) for k in range(count)]


def test_what_is_too_old_goes_and_the_newest_hour_stays(tmp_path):
    for hour in hours(tmp_path):
        parts(tmp_path, 1, hour=hour)
    retained(tmp_path, Retention(keep=2 * 3600.0), T0 + 5 * 3600)
    assert [str(h.relative_to(tmp_path)) for h in hours_in(tmp_path)] == hours(tmp_path)[3:]
    retained(tmp_path, Retention(keep=1.0), T0 + 500 * 3600)
    assert [str(h.relative_to(tmp_path)) for h in hours_in(tmp_path)] == hours(tmp_path)[-1:]


def test_the_oldest_hours_go_until_the_quota_holds(tmp_path):
    for hour in hours(tmp_path):
        parts(tmp_path, 1, hour=hour)
    used = retained(tmp_path, Retention(), T0)
    left = retained(tmp_path, Retention(quota=used / 2), T0)
    assert left <= used / 2
    assert [str(h.relative_to(tmp_path)) for h in hours_in(tmp_path)] == hours(tmp_path)[3:]


def test_old_snapshots_are_thinned_and_the_first_of_a_run_stays(tmp_path):
    for run in (1, 2):
        for k in range(20):
            part = Part("state", run, k, k, int(T0) + 60 * k, int(T0) + 60 * k, "state")
            place(tmp_path, HOUR, part, lambda path: path.write_bytes(b"s"))
    retained(tmp_path, Retention(), T0 + 7000)
    assert len(filed(hours_in(tmp_path), "state")) == 40
    retained(tmp_path, Retention(), T0 + 3 * 86400)
    assert [(f.part.run, f.part.first) for f in filed(hours_in(tmp_path), "state")] == [
        (1, 0),
        (1, 10),
        (2, 0),
        (2, 10),
    ]


def test_a_large_file_between_small_ones_is_not_taken_for_covered(tmp_path, monkeypatch):
    parts(tmp_path, 80)
    large = next(f.path for f in filed(hours_in(tmp_path)) if f.part.first == 200)
    monkeypatch.setattr(tidy, "SMALL", 1 << 20)
    large.write_bytes(bytes(1 << 20))
    tidied(tmp_path, HOUR)
    names = [f.part for f in filed(hours_in(tmp_path))]
    assert [(p.first, p.last) for p in names] == [(0, 199), (200, 204), (205, 399)]


def test_steps_of_an_hour_to_which_a_clock_was_set_back_are_not_covered_by_the_hour_around(tmp_path):
    def put(hour, first, last):
        heard = TABLES["reports"].of(last - first + 1, step=np.arange(first, last + 1), time=T0, received=T0, mmsi=1)
        place(tmp_path, hour, Part("reports", 1, first, last, int(T0), int(T0)), lambda p: write(to_table(heard), p))

    put(HOUR, 0, 9)
    put(hour_of(T0 - 3600), 10, 19)  # set back
    put(HOUR, 20, 29)
    before = rows_of(tmp_path)
    tidied(tmp_path, hour_of(T0 + 7200))
    assert sorted(rows_of(tmp_path)) == sorted(before)


def test_what_is_written_into_an_hour_while_it_is_closed_is_tidied_next(tmp_path, monkeypatch):
    parts(tmp_path)
    dropped = tidy._drop_covered

    def meanwhile(folder):
        dropped(folder)
        late = TABLES["reports"].of(1, step=[200], time=T0, received=T0, mmsi=1)
        part = Part("reports", 1, 200, 200, int(T0), int(T0))
        place(tmp_path, HOUR, part, lambda path: write(to_table(late), path))

    monkeypatch.setattr(tidy, "_drop_covered", meanwhile)
    tidied(tmp_path, hour_of(T0 + 7200))
    monkeypatch.undo()
    tidied(tmp_path, hour_of(T0 + 7200))
    assert len(filed(hours_in(tmp_path), "reports")) == 1
    assert (tmp_path / HOUR / tidy.CLOSED).exists()
