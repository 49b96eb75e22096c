"""Columns <-> tables of other libraries: Arrow, and through it pandas, polars and whatever speaks its C interface.

Neither pandas nor polars is needed: they are imported where asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.errors import BadInput

Array = NDArray[Any]
LIBRARIES = ("arrow", "pandas", "polars")


def table_of(columns: Mapping[str, Array]) -> Any:
    """A `pyarrow.Table` with all columns, absent values as they are (NaN, -1, '').

    >>> table_of({"id": np.array([7]), "name": np.array(["Aya"])}).to_pylist()
    [{'id': 7, 'name': 'Aya'}]
    """
    import pyarrow as pa

    def arrow(values: Array) -> Any:
        return pa.array(values.astype(object), pa.string()) if values.dtype.kind == "U" else pa.array(values)

    return pa.table({name: arrow(values) for name, values in columns.items()})


def frame_of(table: Any, library: str) -> Any:
    """A `pyarrow.Table` as a frame of a library; BadInput in one sentence where it is not installed.

    >>> frame_of(table_of({"id": np.array([7])}), "excel")
    Traceback (most recent call last):
    mihari.core.errors.BadInput: frames: no library 'excel', expected one of arrow, pandas, polars
    """
    if library not in LIBRARIES:
        raise BadInput(f"frames: no library {library!r}, expected one of {', '.join(LIBRARIES)}")
    if library == "arrow":
        return table
    try:
        module = import_module(library)
    except ImportError:
        raise BadInput(f"frames: {library} is not installed (pip install {library}); 'arrow' needs nothing") from None
    return table.to_pandas() if library == "pandas" else module.from_arrow(table)


def library_of(frame: Any) -> str:
    """Of which library a frame is: 'arrow' for all that is neither pandas nor polars.

    >>> library_of({"time": [1.0]})
    'arrow'
    """
    name = type(frame).__module__.partition(".")[0]
    return name if name in LIBRARIES else "arrow"


def arrow_of(frame: Any) -> Any:
    """A `pyarrow.Table` of a frame: of one itself, of what has `__arrow_c_stream__`, of a mapping of columns.

    >>> arrow_of({"time": np.array([1.0, 2.0]), "mmsi": [7, 8]}).num_rows
    2
    """
    import pyarrow as pa

    try:
        if isinstance(frame, Mapping):
            return pa.table({name: pa.array(values) for name, values in frame.items()})
        if library_of(frame) == "pandas":
            return pa.Table.from_pandas(frame, preserve_index=False)
        if isinstance(frame, pa.Table | pa.RecordBatch) or hasattr(frame, "__arrow_c_stream__"):
            return pa.table(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError, ValueError) as error:
        raise BadInput(f"frame: no table of columns of one length ({' '.join(str(error).split())})") from None
    raise BadInput(f"frame: expected a table or a mapping of columns, found {type(frame).__name__}")


def columns_of(table: Any, specs: tuple[tuple[str, np.dtype[Any], Any], ...], what: str) -> dict[str, Array]:
    """The columns of a `pyarrow.Table` that `specs` names, nulls as the absent value; BadInput for others.

    Points in time become s UTC since 1970; without a zone they are taken for UTC.

    >>> table = arrow_of({"time": np.array(["1970-01-01T00:01"], "datetime64[ms]"), "id": [None]})
    >>> specs = (("time", np.dtype("f8"), np.nan), ("id", np.dtype("i8"), -1))
    >>> {name: values.tolist() for name, values in columns_of(table, specs, "Tracks").items()}
    {'time': [60.0], 'id': [-1]}
    >>> columns_of(arrow_of({"tiem": [1.0]}), specs, "Tracks")
    Traceback (most recent call last):
    mihari.core.errors.BadInput: frame: Tracks has no column 'tiem', expected some of time, id
    """
    expect(table.column_names, [name for name, _, _ in specs], what)
    known = {name: (dtype, absent) for name, dtype, absent in specs}
    return {name: values_of(table[name], *known[name], f"{what}.{name}") for name in table.column_names}


def expect(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """BadInput for the first name that is not known: a name misspelt would be a column that is silently absent."""
    known = list(known)
    for name in names:
        if name not in known:
            raise BadInput(f"frame: {what} has no column {name!r}, expected some of {', '.join(known)}")


def values_of(column: Any, dtype: np.dtype[Any], absent: Any, what: str) -> Array:
    """A column of a table as an array of `dtype`, nulls as `absent`; BadInput where it cannot be."""
    import pyarrow as pa

    try:
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("ns", column.type.tz)).cast(pa.int64())
            values = np.asarray(column.to_numpy(zero_copy_only=False), float) / 1e9
            return values.astype(dtype)
        if pa.types.is_null(column.type):
            return np.full(len(column), absent, dtype)
        if dtype.kind == "U":
            return np.array(["" if one is None else str(one) for one in column.to_pylist()], dtype)
        if column.null_count:
            column = column.cast(pa.float64()).fill_null(np.nan) if dtype.kind == "f" else column.fill_null(absent)
        values = np.asarray(column.to_numpy())
        if dtype.kind in "iu" and values.dtype.kind == "f" and not np.array_equal(values, np.trunc(values)):
            raise ValueError("a number that is not whole")
        return values.astype(dtype)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError, TypeError) as error:
        raise BadInput(f"frame: {what}: expected {dtype.name}, found {column.type} ({error})") from None
