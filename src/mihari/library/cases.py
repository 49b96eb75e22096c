"""Cases that prove a pattern: anonymised tracks with what was true of them, and their file (Parquet).

A case is what a look-out heard and saw around a happening: AIS positions, what vessels told of themselves, what radar
alone held, and where it saw nobody. It is moved to 0° N 0° E (metres from its middle are kept, so are courses) and to
the first days of 2020, its hours by the sun kept; numbers, names and call signs are made up. What lay around each place
goes with it: metres to the shore, kinds of area, cover. So a case proves the same on every coast, and tells of none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from mihari.core.columns import Array, Columns, column
from mihari.core.errors import BadInput

FORMAT = 1
SUFFIX = ".cases.parquet"
MOST_CASES, MOST_ROWS, MOST_BYTES = 500, 2_000_000, 64 << 20
SPLIT = ["lat_deg", "lon_deg", "time", "shore"]  # kept byte by byte: like bytes beside each other take half the room
TOLD, HELD, UNSEEN, NAMED = range(4)  # an AIS position, held by radar alone, told where radar sees nobody, a claim


@dataclass(frozen=True, slots=True)
class Rows(Columns):
    """What came in, oldest first. NaN, -1, 0 and '' are absent; angles in rad; time UTC s; lengths in m."""

    case: Array = column("i2")  # place in the list of cases
    what: Array = column("u1")
    vessel: Array = column("i8", 0)  # MMSI, made up; of HELD a number of its own
    time: Array = column("f8")
    lat_deg: Array = column("f8")  # to 0.85 m
    lon_deg: Array = column("f8")
    speed: Array = column("f4")
    course: Array = column("f4")
    heading: Array = column("f4")
    status: Array = column("i1")
    station: Array = column("i2")
    shore: Array = column("f4")  # m to the shore, negative on land
    areas: Array = column("u4", 0)  # bits, as `behaviours.places` has them
    away_port: Array = column("f4")  # m to the nearest zone of a kind, 0 inside, as far as `behaviours.away` tells
    away_anchorage: Array = column("f4")
    away_fishing: Array = column("f4")
    away_cable: Array = column("f4")
    away_lane: Array = column("f4")
    away_waiting: Array = column("f4")
    away_closed: Array = column("f4")
    away_zone: Array = column("f4")
    subject: Array = column("u1")
    device: Array = column("U1")
    imo: Array = column("i4", 0)
    name: Array = column("U20")
    call_sign: Array = column("U7")
    ship_type: Array = column("i2")
    hull_length: Array = column("f4")
    draught: Array = column("f4")


@dataclass(frozen=True, slots=True)
class Case:
    """What is true: `positive`: the pattern holds for `vessels` (keys as in its rows) from `start` to `end`, UTC s.

    Of a negative one these are who only looks so. `coast`, `month` (0 not known) and `source` say where it is from.
    """

    name: str
    positive: bool
    vessels: tuple[int, ...]
    start: float
    end: float
    note: str = ""
    coast: str = ""
    month: int = 0
    source: str = ""
    rows: Rows = field(default_factory=Rows.empty, repr=False, compare=False)

    @property
    def last(self) -> float:
        """UTC s, of its last row."""
        return float(self.rows.time.max(initial=self.end))

    @classmethod
    def read(cls, told: dict[str, Any], rows: Rows) -> Self:
        """From what a file says of it; ValueError or TypeError where that is something else."""
        made = cls(**told | {"vessels": tuple(int(v) for v in told["vessels"])}, rows=rows)
        if not (isinstance(made.positive, bool) and isinstance(made.name, str) and made.start <= made.end):
            raise ValueError("expected a name, whether it is positive, and a time that ends after it begins")
        return made


def written(cases: Sequence[Case]) -> bytes:
    """The bytes of a file of cases.

    >>> found = read(written([Case("one", True, (7,), 5.0, 9.0, rows=Rows.of(2, vessel=7, time=[5.0, 6.0]))]))
    >>> found[0].name, found[0].rows.time.tolist()
    ('one', [5.0, 6.0])
    """
    rows = Rows.concatenate([c.rows.replace(case=np.full(len(c.rows), k)) for k, c in enumerate(cases)])
    rows = rows.take(np.lexsort((rows.time, rows.what, rows.vessel, rows.case)))  # each way by itself: half the room
    told = [{n: v for n, v in asdict(replace(c, rows=Rows.empty())).items() if n != "rows"} for c in cases]
    table = pa.table({name: pa.array(values.tolist() if values.dtype.kind == "U" else values)
                      for name, values in rows.columns().items()})  # fmt: skip
    kept = table.replace_schema_metadata({"mihari.cases": json.dumps({"format": FORMAT, "cases": told})})
    out = BytesIO()
    parquet.write_table(
        kept, out, compression="zstd", compression_level=19, version="2.6", use_byte_stream_split=SPLIT,
        use_dictionary=[name for name in kept.column_names if name not in SPLIT],
    )  # fmt: skip
    return out.getvalue()


def read(data: bytes, name: str = "cases") -> list[Case]:
    """The cases of a file. BadInput, that begins with `name`, where it is none, a later one, or too large."""
    if len(data) > MOST_BYTES:
        raise BadInput(f"{name}: {len(data)} bytes; expected at most {MOST_BYTES}")
    try:
        file = parquet.ParquetFile(BytesIO(data))
        told = json.loads((file.schema_arrow.metadata or {})[b"mihari.cases"])
        if told["format"] > FORMAT:
            raise BadInput(f"{name}: format {told['format']}; this version reads {FORMAT}")
        if file.metadata.num_rows > MOST_ROWS or len(told["cases"]) > MOST_CASES:
            raise BadInput(f"{name}: expected at most {MOST_CASES} cases and {MOST_ROWS} rows")
        table = file.read(columns=list(Rows.empty().columns()))
        rows = Rows.of(len(table), **{column_: _values(table[column_]) for column_ in table.column_names})
        rows = rows.take(np.lexsort((rows.vessel, rows.time, rows.case)))
        return [Case.read(one, rows.take(np.flatnonzero(rows.case == k))) for k, one in enumerate(told["cases"])]
    except (pa.ArrowInvalid, pa.ArrowException, KeyError, TypeError, ValueError, OSError, OverflowError) as problem:
        raise BadInput(f"{name}: no file of cases: {str(problem).splitlines()[0][:200]}") from None


def _values(of: Any) -> Array:
    return np.asarray(of.to_numpy(zero_copy_only=False))


def beside(pattern: Path) -> Path:
    """Where the cases of a pattern's file lie.

    >>> beside(Path("mine.toml")).name
    'mine.cases.parquet'
    """
    return pattern.with_suffix(SUFFIX)


def load_cases(path: str | Path) -> list[Case]:
    """The cases of a file; BadInput where it cannot be read."""
    try:
        return read(Path(path).read_bytes(), str(path))
    except OSError as problem:
        raise BadInput(f"{path}: {(problem.strerror or str(problem)).lower()}") from None


def counted(cases: Iterable[Case]) -> tuple[int, int]:
    """(positive, negative)."""
    signs = [case.positive for case in cases]
    return sum(signs), len(signs) - sum(signs)
