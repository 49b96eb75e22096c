"""A folder of Parquet files in RTEC's vocabulary -> columns of events; results -> Parquet.

`events` (event, t, vessel, speed, course, heading, area), `proximity` (vessel1, vessel2, start, end), `vessels`
(vessel, type), `areas` (area, type): known by their columns, whatever the files are called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from mihari.behaviours.algebra import OPEN
from mihari.behaviours.language import Field
from mihari.behaviours.rtec.facts import AREAS, CODE, UNITS, RtecColumns
from mihari.behaviours.rtec.recognise import Found
from mihari.core.columns import Array
from mihari.core.errors import BadInput

# kind of table -> the columns it must have, of which another kind has not all; in the order in which they are tried
KINDS = {
    "events": ("event", "t", "vessel"),
    "proximity": ("vessel1", "vessel2", "start", "end"),
    "areas": ("area", "type"),
    "vessels": ("vessel", "type"),
}
ALIASES = {
    "time": "t", "timestamp": "t", "mmsi": "vessel", "vessel_id": "vessel", "cog": "course", "sog": "speed",
    "vessel_1": "vessel1", "vessel_2": "vessel2", "area_type": "type", "areatype": "type", "vessel_type": "type",
    "shiptype": "type", "area_id": "area", "start_time": "start", "end_time": "end",
}  # fmt: skip
NO_HEADING = 511.0  # AIS: heading not available, ITU-R M.1371-5


@dataclass(frozen=True)
class Recorded:
    """What a folder holds; `left_out`: reason -> rows. `names`: of vessels by id, None where the ids are numbers."""

    columns: RtecColumns
    names: Sequence[str] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)


def read(folder: Path) -> Recorded:
    """The recording in a folder; one sentence where that cannot be."""
    tables = _tables(folder)
    events, left_out = tables["events"], Counter[str]()
    near = _proximity(tables["proximity"], events)
    known = pc.and_(pc.is_valid(events["t"]), pc.is_valid(events["vessel"]))
    left_out["events without time or vessel"] += events.num_rows - int(pc.sum(known).as_py() or 0)
    events = events.filter(known)
    ids, names = _ids([events["vessel"], near["vessel1"], near["vessel2"], tables["vessels"]["vessel"]])
    code, wanted = _codes(events, left_out)
    area, kinds = _areas(events["area"], tables["areas"], code, left_out)
    wanted &= ~np.isin(code, [CODE[name] for name in AREAS]) | (area >= 0)
    told = {name: _numbers(events, name, float) for name in UNITS}
    told["heading"][told["heading"] == NO_HEADING] = np.nan
    silent = wanted & (code == CODE["velocity"]) & np.isnan(told["speed"])
    left_out["velocities without a speed"] += int(silent.sum())
    wanted &= ~silent
    types = tables["vessels"]["type"].to_pylist()
    columns = RtecColumns(
        code[wanted], _numbers(events, "t", np.int64)[wanted], ids[0][wanted],
        told["speed"][wanted], told["course"][wanted], told["heading"][wanted], area[wanted],
        _spans(near, ids[1], ids[2], left_out), ids[3][::-1], Field.of_words(types[::-1]), kinds,
    )  # fmt: skip
    return Recorded(columns, names, {reason: n for reason, n in left_out.items() if n})


def _tables(folder: Path) -> dict[str, Any]:
    """The tables of a folder by kind; those that are not there are empty."""
    files = sorted(folder.glob("*.parquet"))
    if not folder.is_dir() or not files:
        raise BadInput(f"{folder}: no Parquet files here; expected events.parquet with {', '.join(KINDS['events'])}, …")
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for file in files:
        table = _read(file)
        found[_kind(file, table.column_names)].append(table)
    if not found["events"]:
        raise BadInput(
            f"{folder}: no events among {', '.join(f.name for f in files)}; expected a file with event, t, vessel"
        )
    return {kind: _whole(kind, several) for kind, several in found.items()}


def _read(file: Path) -> Any:
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{file}: not a Parquet file ({str(error).splitlines()[0]})") from None
    lower = [name.lower() for name in table.column_names]
    return table.rename_columns([ALIASES.get(name, name) if ALIASES.get(name) not in lower else name for name in lower])


def _kind(file: Path, names: Sequence[str]) -> str:
    """What a file holds: as its name says, if it has those columns, else as its columns say."""
    if file.stem in KINDS:
        missing = [name for name in KINDS[file.stem] if name not in names]
        if missing:
            raise BadInput(f"{file}: no column {', '.join(missing)}; expected {', '.join(KINDS[file.stem])}")
        return file.stem
    for kind, needed in KINDS.items():
        if set(needed) <= set(names):
            return kind
    raise BadInput(f"{file}: columns {', '.join(names)}; expected event, t, vessel; or vessel1, vessel2, start, end; "
                   "or vessel, type; or area, type")  # fmt: skip


def _whole(kind: str, several: Sequence[Any]) -> Any:
    """All tables of a kind as one, with all the columns that are asked of it."""
    optional = {"events": (*UNITS, "area", "vessel1", "vessel2", "start", "end")}.get(kind, ())
    columns = (*KINDS[kind], *optional)
    made = []
    for table in several:
        lacking = [name for name in columns if name not in table.column_names]
        for name in lacking:
            table = table.append_column(name, pa.nulls(table.num_rows))
        made.append(table.select(columns))
    if not made:
        return pa.table({name: pa.nulls(0) for name in columns})
    return pa.concat_tables(made, promote_options="permissive")


def _numbers(table: Any, name: str, kind: Any) -> Array:
    """A column of numbers; none: NaN, or 0 for whole ones; fractions of seconds are cut."""
    column = table[name]
    if pa.types.is_timestamp(column.type):
        column = pc.divide(pc.cast(column, pa.timestamp("us")).cast(pa.int64()), 1_000_000)
    try:
        values = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    except (pa.ArrowException, ValueError):
        raise BadInput(f"column {name}: expected numbers, found {column[0].as_py()!r}") from None
    if kind is not np.int64:
        return np.array(values, float)
    return np.floor(np.where(np.isfinite(values), values, 0)).astype(np.int64)


def _ids(columns: Sequence[Any]) -> tuple[list[Array], Sequence[str] | None]:
    """Ids of vessels as numbers: themselves where all are whole numbers or written so, else places in a list."""
    if all(pa.types.is_integer(c.type) or pa.types.is_null(c.type) for c in columns):
        return [np.array(pc.fill_null(pc.cast(c, pa.int64()), 0), np.int64) for c in columns], None
    texts = [_texts(c) for c in columns]
    every = pc.unique(pa.chunked_array([chunk for text in texts for chunk in text.chunks], pa.string()))
    if pc.all(pc.match_substring_regex(every.drop_null(), "^[0-9]{1,18}$")).as_py():
        return [np.array(pc.fill_null(pc.cast(t, pa.int64()), 0), np.int64) for t in texts], None
    return [np.array(pc.fill_null(pc.index_in(text, every), -1), np.int64) for text in texts], every.to_pylist()


def _texts(column: Any) -> Any:
    """Ids as text; whole numbers that came as floats lose their `.0`."""
    if pa.types.is_floating(column.type):
        column = pc.cast(column, pa.int64(), safe=False)
    return pc.cast(column, pa.string())


def _codes(events: Any, left_out: Counter[str]) -> tuple[Array, Array]:
    """(codes of events, which of them are known)."""
    names = pc.cast(events["event"], pa.string())
    code = np.array(pc.fill_null(pc.index_in(names, pa.array(list(CODE))), -1), np.int64)
    others = Counter(names.filter(pa.array(code < 0)).to_pylist())
    others.pop("proximity", None)
    left_out.update({f"events called {name}": n for name, n in others.items()})
    return code.astype(np.int8), code >= 0


def _areas(told: Any, table: Any, code: Array, left_out: Counter[str]) -> tuple[Array, list[tuple[str, ...]]]:
    """(number of the area of each event, -1: none; the kinds of each area). Without a table an area is its own kind."""
    areas = _texts(told)
    kinds: dict[str, list[str]] = {}
    for area, kind in zip(_texts(table["area"]).to_pylist(), _texts(table["type"]).to_pylist(), strict=True):
        kinds.setdefault(area, []).append(kind)
    if not kinds:
        kinds = {area: [area] for area in pc.unique(areas.drop_null()).to_pylist()}
    place = np.array(pc.fill_null(pc.index_in(areas, pa.array(list(kinds), pa.string())), -1), np.int64)
    lost = np.isin(code, [CODE[name] for name in AREAS]) & (place < 0)
    left_out["areas entered or left whose type is not told"] += int(lost.sum())
    return place, [tuple(dict.fromkeys(several)) for several in kinds.values()]


def _proximity(near: Any, events: Any) -> Any:
    """Rows of proximity, also those among the events."""
    among = events.filter(pc.equal(pc.cast(events["event"], pa.string()), "proximity"))
    first = (
        pc.coalesce(among["vessel1"], among["vessel"])
        if not pa.types.is_null(among["vessel1"].type)
        else among["vessel"]
    )
    more = pa.table({"vessel1": first, **{name: among[name] for name in ("vessel2", "start", "end")}})
    return pa.concat_tables([near, more], promote_options="permissive") if more.num_rows else near


def _spans(near: Any, first: Array, second: Array, left_out: Counter[str]) -> Array:
    """(n, 4) vessel, vessel, start, end; without an end it goes on."""
    start, end = _numbers(near, "start", np.int64), _numbers(near, "end", np.int64)
    end = np.where(np.array(pc.is_null(near["end"])), OPEN, end)
    right = np.array(pc.is_valid(near["start"])) & (start < end)
    left_out["proximities that end before they start"] += int((~right).sum())
    return np.stack([first, second, start, end], axis=1)[right]


def table_of(found: Sequence[Found], names: Sequence[str] | None) -> Any:
    """fluent, vessel1, vessel2 (null: none), value, start, end (null: it goes on)."""
    counts = [len(one.start) for one in found]
    known = None if names is None else pa.array(names)

    def ids(values: Array, absent: Array | None = None) -> Any:
        column = pa.array(values, pa.int64(), mask=absent)
        return column if known is None else pc.take(known, column)

    second = np.concatenate([np.zeros(len(o.start), np.int64) if o.second is None else o.second for o in found])
    absent = np.repeat([one.second is None for one in found], counts)
    end = np.concatenate([one.end for one in found])
    return pa.table({
        "fluent": pa.array(np.repeat([one.fluent for one in found], counts), pa.string()),
        "vessel1": ids(np.concatenate([one.first for one in found])),
        "vessel2": ids(second, absent),
        "value": pa.array(np.repeat([one.value for one in found], counts), pa.string()),
        "start": np.concatenate([one.start for one in found]),
        "end": pa.array(end, pa.int64(), mask=end >= OPEN),
    })  # fmt: skip


def write(found: Sequence[Found], names: Sequence[str] | None, file: Path) -> int:
    """Write the intervals to a Parquet file; how many there are."""
    table = table_of(found, names)
    try:
        pq.write_table(table, file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror or error})") from None
    return int(table.num_rows)
