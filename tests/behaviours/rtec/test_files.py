"""Parquet files in, Parquet file out: whatever the types of ids and the order of columns; mistakes in one sentence."""

from __future__ import annotations

import subprocess
import sys
from math import isnan
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rtec_cases import made
from rtec_twin import recognise

from mihari.behaviours.rtec import files
from mihari.behaviours.rtec import recognise as ours
from mihari.core.errors import BadInput

ROOT = Path(__file__).parents[3]


def save(folder, r, vessel=int, seconds=int, heading=lambda h: h, near_among_events=False, names=None):
    names = names or {kind: f"{kind}.parquet" for kind in files.KINDS}
    rows = [
        {"heading": heading(e.heading), "area": e.area or None, "event": e.name, "t": seconds(e.t), "speed": e.speed,
         "vessel": vessel(e.vessel), "course": e.course}
        for e in r.events
    ]  # fmt: skip
    near = [{"end": e, "vessel2": vessel(b), "start": s, "vessel1": vessel(a)} for a, b, s, e in r.near]
    if near_among_events:
        rows += [{"event": "proximity", "t": seconds(n["end"]), "vessel": n.pop("vessel1"), **n} for n in near]
    else:
        pq.write_table(pa.Table.from_pylist(near), folder / names["proximity"])
    columns = list(dict.fromkeys(key for row in rows for key in row))
    pq.write_table(pa.table({c: [row.get(c) for row in rows] for c in columns}), folder / names["events"])
    types = [{"type": kind, "vessel": vessel(v)} for v, kind in r.types.items()]
    pq.write_table(pa.Table.from_pylist(types), folder / names["vessels"])
    areas = [{"type": kind, "area": area} for area, several in r.kinds.items() for kind in several]
    pq.write_table(pa.Table.from_pylist(areas), folder / names["areas"])


def found(folder):
    recorded = files.read(folder)
    table = files.table_of(ours(recorded.columns), recorded.names)
    return {
        tuple(row[c] for c in ("fluent", "vessel1", "vessel2", "value", "start", "end")) for row in table.to_pylist()
    }


def expected(r, vessel=int):
    return {(f, vessel(a), None if b is None else vessel(b), v, s, e) for f, a, b, v, s, e in recognise(r)}


R = made(11, 400, 20_000)


@pytest.mark.parametrize(
    ("how", "vessel"),
    [
        ({}, int),
        ({"vessel": lambda v: f"ship {v}"}, lambda v: f"ship {v}"),
        ({"vessel": str}, int),
        ({"seconds": float, "heading": lambda h: None if h == 511 else h}, int),
        ({"heading": lambda h: float("nan") if h == 511 else h}, int),
        ({"near_among_events": True}, int),
        ({"names": dict(zip(files.KINDS, ("a.parquet", "b.parquet", "c.parquet", "d.parquet"), strict=True))}, int),
    ],
)
def test_the_same_recording_in_other_clothes_gives_the_same_intervals(tmp_path, how, vessel):
    save(tmp_path, R, **how)
    assert found(tmp_path) == expected(R, vessel)


def test_the_command_writes_the_columns_and_leaves_open_ends_empty(tmp_path):
    save(tmp_path, R)
    out = tmp_path / "out" / "intervals.parquet"
    out.parent.mkdir()
    command = [sys.executable, "-m", "benchmarks.behaviours", "--rtec", str(tmp_path), "-o", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    table = pq.read_table(out)
    assert table.column_names == ["fluent", "vessel1", "vessel2", "value", "start", "end"]
    assert [str(t) for t in table.schema.types] == ["string", "int64", "int64", "string", "int64", "int64"]
    rows = {tuple(row.values()) for row in table.to_pylist()}
    assert rows == expected(R)
    assert any(row[-1] is None for row in rows)


def test_what_cannot_be_used_is_left_out_and_counted(tmp_path):
    rows: list[dict[str, Any]] = [
        {"event": "velocity", "t": 10, "vessel": 1, "speed": 10.0},
        {"event": "coord", "t": 10, "vessel": 1},
        {"event": "velocity", "vessel": 1, "speed": 3.0},
        {"event": "entersArea", "t": 10, "vessel": 1, "area": "x"},
        {"event": "velocity", "t": 20, "speed": 3.0},
        {"event": "velocity", "t": 30, "vessel": 1},
    ]
    table = pa.table({c: [row.get(c) for row in rows] for c in ("event", "t", "vessel", "speed", "area")})
    pq.write_table(table, tmp_path / "events.parquet")
    pq.write_table(pa.table({"area": ["port"], "type": ["nearPorts"]}), tmp_path / "areas.parquet")
    near = pa.table({"vessel1": [1, 1], "vessel2": [2, 2], "start": [5, 50], "end": [5, None]})
    pq.write_table(near, tmp_path / "proximity.parquet")
    recorded = files.read(tmp_path)
    assert recorded.left_out == {
        "events without time or vessel": 2,
        "events called coord": 1,
        "areas entered or left whose type is not told": 1,
        "velocities without a speed": 1,
        "proximities that end before they start": 1,
    }
    assert recorded.columns.time.tolist() == [10]
    assert isnan(recorded.columns.course[0])
    assert len(recorded.columns.near) == 1


def test_without_a_table_of_areas_an_area_is_its_own_kind(tmp_path):
    table = pa.table({"event": ["entersArea"], "t": [10], "vessel": ["A"], "area": ["nearPorts"]})
    pq.write_table(table, tmp_path / "events.parquet")
    assert found(tmp_path) == {("withinArea", "A", None, "nearPorts", 11, None)}


def mistake(tmp_path):
    with pytest.raises(BadInput) as told:
        files.read(tmp_path)
    return str(told.value).replace(str(tmp_path), "DIR")


def test_mistakes_are_told_in_one_sentence(tmp_path):
    assert mistake(tmp_path / "no") == "DIR: no Parquet files here; expected events.parquet with event, t, vessel, …"
    (tmp_path / "events.parquet").write_bytes(b"not a table")
    assert mistake(tmp_path).startswith("DIR/events.parquet: not a Parquet file (")
    pq.write_table(pa.table({"event": ["velocity"], "vessel": [1]}), tmp_path / "events.parquet")
    assert mistake(tmp_path) == "DIR/events.parquet: no column t; expected event, t, vessel"
    pq.write_table(pa.table({"event": ["velocity"], "vessel": [1], "t": ["noon"]}), tmp_path / "events.parquet")
    assert mistake(tmp_path) == "column t: expected numbers, found 'noon'"
    (tmp_path / "events.parquet").unlink()
    pq.write_table(pa.table({"x": [1]}), tmp_path / "what.parquet")
    assert mistake(tmp_path) == (
        "DIR/what.parquet: columns x; expected event, t, vessel; or vessel1, vessel2, start, end; or vessel, type; "
        "or area, type"
    )


def test_bad_input_ends_the_command_with_code_two(tmp_path):
    command = [sys.executable, "-m", "benchmarks.behaviours", "--rtec", str(tmp_path / "no"), "-o", "x"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
