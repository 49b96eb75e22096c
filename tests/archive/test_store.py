"""Which files count, and that a name stands for a whole file."""

from pathlib import Path

import pytest

from mihari.archive.store import Filed, Part, counting, filed, hour_of, hours_in, place, sweep_unfinished


def part(first, last, table="raw", run=1):
    return Part(table, run, first, last, 0, 9)


def test_a_merged_file_counts_instead_of_those_it_covers():
    files = [Filed(p, Path()) for p in (part(0, 3), part(4, 9), part(0, 9), part(10, 12), part(0, 3, "steps"))]
    assert [(f.part.table, f.part.first, f.part.last) for f in counting(files)] == [
        ("raw", 0, 9),
        ("raw", 10, 12),
        ("steps", 0, 3),
    ]


def test_another_run_or_another_kind_of_file_is_not_covered():
    state = Part("state", 1, 5, 5, 0, 1, "state")
    files = [Filed(p, Path()) for p in (part(0, 9), part(3, 4, run=2), state, Part("state", 1, 7, 7, 0, 1, "state"))]
    assert len(counting(files)) == 4


def test_an_interrupted_write_leaves_nothing_that_counts(tmp_path):
    def broken(path):
        path.write_bytes(b"half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        place(tmp_path, hour_of(0.0), part(0, 1), broken)
    assert filed(hours_in(tmp_path)) == []
    (tmp_path / hour_of(0.0) / f".{part(0, 1).name}.tmp").write_bytes(b"killed")
    assert sweep_unfinished(tmp_path) == 1
    assert list((tmp_path / hour_of(0.0)).iterdir()) == []


def test_foreign_files_are_passed_over(tmp_path):
    place(tmp_path, hour_of(0.0), part(0, 1), lambda path: path.write_bytes(b"x"))
    for name in ("notes.txt", "raw-1-2.parquet", ".DS_Store"):
        (tmp_path / hour_of(0.0) / name).write_text("?")
    (tmp_path / "lost+found").mkdir()
    assert [f.part for f in filed(hours_in(tmp_path))] == [part(0, 1)]
