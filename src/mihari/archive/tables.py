"""What the archive's tables hold, and columns -> Parquet -> columns. One `Columns` class per table.

    raw        bytes as they came, one row a datagram or a read of a stream
    steps      what the pipeline took, in the order in which it did: ticks, sectors, batches
    plots      radar reports, as measured; `reports` all others, with who speaks; `claims` what vessels say of them
    tracks     all confirmed tracks, every few seconds; `vessels` and `identities` the picture's changes
    events     configuration, sensors, versions, what was shed, decisions: JSON, with the step before which it happened

Columns are those of `mihari.core`: each means the same in memory, on disk and in the API. NaN is stored as null. What
is derived is computed on reading: a plot's position and covariance follow from its measurement and the radar's place;
where they do not (an aircraft's height, a position the radar told itself), they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.core.columns import Array, Columns, column, specs
from mihari.core.picture import Vessels
from mihari.core.reports import Claims, Reports
from mihari.core.tracks import Tracks

C = TypeVar("C", bound=Columns)

# Times and positions differ in each row: their bytes, sorted by significance, pack better than any dictionary.
SPLIT = ("time", "received", "at", "lat_deg", "lon_deg", "east_mps", "north_mps")
COUNTED = ("step", "offset")  # running numbers: their differences are small
LEVEL = 3  # of zstd: level 1 packs 6 % less, level 9 costs four times the time for 3 %
ROWS = 1 << 20  # in a row group of what is read in order
SOUGHT_ROWS = 1 << 16  # in a row group of what is sorted by vessel: one vessel's hour is found in few of them


@dataclass(frozen=True, slots=True)
class Raw(Columns):
    """Bytes are a column of their own (`data`), which NumPy does not hold well: see `raw_table`."""

    feed: Array = column("i2")  # -1: a batch of another node, as it is signed
    received: Array = column("f8")  # UTC s, the feed's clock
    time: Array = column("f8")  # UTC s of a capture; NaN elsewhere


@dataclass(frozen=True, slots=True)
class Steps(Columns):
    """One row per input of the pipeline, in order: its kind and how many rows of the other tables are its own."""

    step: Array = column("i8")
    kind: Array = column("u1")  # TICK, SECTOR, BATCH
    at: Array = column("f8")  # the pipeline's time after it, UTC s; never falls
    time: Array = column("f8")  # of a tick or sector
    received: Array = column("f8")  # of a sector
    sensor: Array = column("i2")  # of a sector
    start: Array = column("f8")  # of a sector, rad
    end: Array = column("f8")
    rows: Array = column("i4", 0)  # in `plots` (a sector) or `reports` (a batch)
    claims: Array = column("i4", 0)  # in `claims`
    published: Array = column("?")  # whether a picture was published after it
    lat_deg: Array = column("f8")  # of a sector: where its sensor was, if that moves
    lon_deg: Array = column("f8")
    near: Array = column("f8")  # of a sector: m between which it looked, if not all its range
    far: Array = column("f8")


TICK, SECTOR, BATCH = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Plots(Reports):
    """Reports of sectors. `derived`: position, covariance and variances follow from the measurement and the sensor."""

    step: Array = column("i8")
    derived: Array = column("?")


@dataclass(frozen=True, slots=True)
class Heard(Reports):
    """Reports of batches; `row` is the place in the batch. Who speaks is repeated from the claim, to ask by."""

    step: Array = column("i8")
    row: Array = column("i4")
    shift: Array = column("i4", 0)  # `claim` less `row`: nearly always 0; `claim` itself is not stored
    mmsi: Array = column("i4", 0)
    subject: Array = column("u1")
    device: Array = column("U1")
    status: Array = column("i1")


@dataclass(frozen=True, slots=True)
class Said(Claims):
    """Claims with more than who speaks; `row` is the place among the claims of the batch."""

    step: Array = column("i8")
    row: Array = column("i4")
    time: Array = column("f8")  # UTC s of the first report that points to it


@dataclass(frozen=True, slots=True)
class Kept(Tracks):
    """Confirmed tracks at a time."""

    step: Array = column("i8")


@dataclass(frozen=True, slots=True)
class Changed(Vessels):
    """Vessels of the picture whenever status, source, category or identity change, and when they leave (GONE)."""

    step: Array = column("i8")
    at: Array = column("f8")  # UTC s of the picture


@dataclass(frozen=True, slots=True)
class Named(Columns):
    """Identities of a vessel, best first, whenever they change."""

    step: Array = column("i8")
    at: Array = column("f8")
    vessel: Array = column("i8")
    rank: Array = column("i2")
    weight: Array = column("f4")
    mmsi: Array = column("i4", 0)
    imo: Array = column("i4", 0)
    name: Array = column("U20")
    call_sign: Array = column("U7")
    destination: Array = column("U20")
    ship_type: Array = column("i2")


TABLES: dict[str, type[Columns]] = {
    "steps": Steps,
    "plots": Plots,
    "reports": Heard,
    "claims": Said,
    "tracks": Kept,
    "vessels": Changed,
    "identities": Named,
}
# never left out of a file, so that a question can name them
ASKED = (
    "step", "time", "at", "received", "kind", "sensor", "id", "track", "vessel", "lat_deg", "lon_deg",
    "speed", "course", "heading", "east_mps", "north_mps", "mmsi", "imo", "name", "call_sign",
)  # fmt: skip
# Order of rows in closed hours. Ten minutes at a time, so that a moment is rebuilt without reading the whole hour.
BY_VESSEL = {"reports": ("floor(received / 600)", "mmsi", "time"), "tracks": ("floor(time / 600)", "id", "time")}
_EVENT: Any = [("step", pa.int64()), ("at", pa.float64()), ("kind", pa.string()), ("what", pa.string())]
EVENTS: pa.Schema = pa.schema(_EVENT)


def to_table(columns: Columns) -> pa.Table:
    """A batch as an Arrow table; columns that tell nothing are left out."""
    arrays, names = [], []
    for name, dtype, absent in specs(type(columns)):
        values = getattr(columns, name)
        if name not in ASKED and _silent(values, dtype, absent):
            continue
        arrays.append(_array(values, dtype))
        names.append(name)
    return pa.table(arrays, names=names)


def _silent(values: Array, dtype: np.dtype[Any], absent: Any) -> bool:
    if len(values) == 0:
        return True
    if dtype.kind == "f" and np.isnan(absent):
        return bool(np.isnan(values[0]) and np.isnan(values).all())
    return bool(values[0] == absent and (values == absent).all())


def _array(values: Array, dtype: np.dtype[Any]) -> pa.Array[Any]:
    if dtype.kind == "U":
        return pa.array(values.astype(object), pa.string(), mask=values == "")
    return pa.array(values, from_pandas=dtype.kind == "f")


def of_table(kind: type[C], table: pa.Table) -> C:
    """An Arrow table as a batch; columns that are not there are absent, those that are not known are passed over."""
    given: dict[str, Any] = {}
    for name, dtype, absent in specs(kind):
        if name in table.column_names:
            given[name] = _values(table.column(name), dtype, absent)
    return kind.of(table.num_rows, **given)


def _values(column: pa.ChunkedArray[Any], dtype: np.dtype[Any], absent: Any) -> Array:
    if column.null_count and dtype.kind != "f":  # parts that left the column out were merged with ones that have it
        column = column.fill_null(pa.scalar(absent, column.type))
    return np.asarray(column.to_numpy(), dtype=dtype)


def write(table: pa.Table, path: Path, rows: int = ROWS) -> None:
    """A table as a Parquet file."""
    with writer(table.schema, path) as file:
        file.write_table(table, row_group_size=rows)


def writer(schema: pa.Schema, path: Path) -> pq.ParquetWriter:
    """A Parquet file to be written piece by piece, with the archive's encodings."""
    split = [name for name in SPLIT if name in schema.names]
    packed = ["data"] if "data" in schema.names else []
    counted = [name for name in COUNTED if name in schema.names]
    repeated: Any = [name for name in schema.names if name not in (*split, *packed, *counted)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=LEVEL,
        use_dictionary=repeated,
        column_encoding=dict.fromkeys(split, "BYTE_STREAM_SPLIT")
        | dict.fromkeys(packed, "DELTA_LENGTH_BYTE_ARRAY")
        | dict.fromkeys(counted, "DELTA_BINARY_PACKED"),
        write_statistics=[name for name in schema.names if name not in packed],
        write_batch_size=1 << 14,
    )


def raw_table(raw: Raw, data: list[bytes]) -> pa.Table:
    """Received bytes with when and where."""
    return to_table(raw).append_column("data", pa.array(data, pa.binary()))
