"""What the readers of categories share: values that an edition may lack, sources, rows in the order of the bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from mihari.core.columns import Array, Columns
from mihari.formats.asterix.decode import Decoded, Table

ICAO = np.array(list(" ABCDEFGHIJKLMNOPQRSTUVWXYZ".ljust(48) + "0123456789".ljust(16)))  # Annex 10 vol. IV, 3.1.2.9.1.2
Batch = TypeVar("Batch", bound=Columns)


def value(table: Table, *paths: str) -> Array:
    """(records,) in SI units: record by record the first of these values that came, NaN without any."""
    found = np.full(len(table), np.nan)
    for path in paths:
        if path in table:
            found = np.where(np.isnan(found), table[path], found)
    return found


def number(table: Table, path: str, absent: int = -1) -> Array:
    """(records,) wire numbers, `absent` where the value did not come or the edition has none."""
    return table.raw(path, absent) if path in table else np.full(len(table), absent, np.int64)


def told(table: Table, path: str, *values: int) -> Array:
    """(records,) bool: whether the value came and is one of these."""
    there: Array = np.isin(number(table, path), values)
    return there


def source_of(table: Table) -> Array:
    """(records,) SAC << 8 | SIC, 65535 where absent."""
    sac, sic = number(table, "010/SAC", 0xFF), number(table, "010/SIC", 0xFF)
    source: Array = (sac << 8 | sic).astype(np.uint16)
    return source


def text(table: Table, path: str) -> Array:
    """(records,) U text of a value in the six-bit or the eight-bit alphabet, '' where absent.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"390": {"CS": int.from_bytes(b"JF-123 ", "big")}}
    >>> table, = decode(encode([{"category": 62, "items": items}])).of(62)
    >>> text(table, "390/CS").tolist()
    ['JF-123']
    """
    if path not in table:
        return np.full(len(table), "", "U1")
    cells = table.cells(path)
    width = 6 if cells.leaf.element.text == "icao" else 8
    shifts = np.arange(cells.leaf.element.bits - width, -1, -width, dtype=np.uint64)
    codes = (cells.raw.astype(np.uint64)[:, None] >> shifts & np.uint64((1 << width) - 1)).astype(np.intp)
    letters = ICAO[codes] if width == 6 else np.array(list(map(chr, range(128))))[codes & 0x7F]
    joined = letters.astype("U1").reshape(len(codes), -1).view(f"U{len(shifts)}").ravel() if len(codes) else np.zeros(0)
    found = np.full(len(table), "", f"U{len(shifts)}")
    found[cells.rows] = np.char.strip(joined.astype(f"U{len(shifts)}"), " \0")
    return found


Rows = Callable[[Table], Array]  # (records,) bool: which rows of a table a reader gives


def in_order(
    kind: type[Batch], decoded: Decoded, readers: Mapping[int, tuple[Callable[[Table], Batch], Rows]]
) -> tuple[Batch, Array]:
    """The rows that readers make of their categories' tables, in the order of the bytes, and the record of each.

    `readers`: category -> (reader, which rows of the table it gives).
    """
    tables = [t for t in decoded.tables if t.category.number in readers]
    if not tables:
        return kind.empty(), np.zeros(0, np.int64)
    batch = kind.concatenate([readers[t.category.number][0](t) for t in tables])
    record = np.concatenate([t.records.record[readers[t.category.number][1](t)] for t in tables])
    if len(tables) == 1:
        return batch, record
    order = np.argsort(record, kind="stable")
    return batch.take(order), record[order]


def every(table: Table) -> Array:
    """All rows."""
    return np.ones(len(table), bool)


def polar(table: Table, slant: str, bearing: str, cartesian: str = "042") -> tuple[Array, Array]:
    """Measured range and bearing; from the Cartesian position (x east, y north) where there is no polar one."""
    x, y = value(table, f"{cartesian}/X"), value(table, f"{cartesian}/Y")
    return first(value(table, slant), np.hypot(x, y)), first(value(table, bearing), np.arctan2(x, y) % (2 * np.pi))


def first(*choices: Array) -> Array:
    """Cell by cell the first that is not NaN."""
    found = choices[0]
    for other in choices[1:]:
        found = np.where(np.isnan(found), other, found)
    return found


def spread(sd_x: Array, sd_y: Array, covariance: Array) -> Sequence[Array]:
    """Variances by east and north with their covariance, NaN where a standard deviation is absent; no more than both
    allow, as rounding on the wire may tell."""
    ee, nn = sd_x**2, sd_y**2
    most = 0.999 * sd_x * sd_y
    en = np.where(np.isnan(covariance), 0.0, covariance)
    return ee, np.where(np.isnan(most), np.nan, np.clip(en, -most, most)), nn
