"""Small files -> larger ones; hours that are over -> one file a table, sorted by vessel; what is too old -> gone.

pyarrow writes the parts, in the order in which they came; DuckDB sorts closed hours, since it does with 400 MB of
memory what takes pyarrow 1.2 GB (4.2 million reports; 7.2 s against 6.7 s of processor time, files of equal size).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from mihari.archive.store import Filed, Part, filed, hours_in, place, size_of, sync_folder
from mihari.archive.tables import BY_VESSEL, ROWS, SOUGHT_ROWS, writer

SMALL = 4 << 20  # bytes: larger files are merged only when their hour is over
TOGETHER = 32  # small files of a table that are merged: about a minute's
MEMORY = "400MB"
CLOSED = ".closed"  # in the folder of an hour in which nothing more will be done
# Snapshots are thinned as they age: (age in s of their hour, spacing in s of those that stay).
THINNED = ((86400.0, 600), (7200.0, 60))


@dataclass(frozen=True, slots=True)
class Retention:
    """`keep` in s (0: for ever) and `quota` in bytes (0: no limit)."""

    keep: float = 0.0
    quota: float = 0.0


def tidied(root: Path, current: str, stopping: Callable[[], bool] = lambda: False) -> None:
    """Merge in the current hour, close those before it."""
    for folder in hours_in(root):
        if stopping():
            return
        if folder == root / current:
            for files in _small(folder):
                merged(root, current, files)
        elif not (folder / CLOSED).exists() and str(folder.relative_to(root)) < current:
            close_hour(root, str(folder.relative_to(root)), stopping)


def _by_table(files: Iterable[Filed]) -> list[list[Filed]]:
    parts = sorted((f for f in files if f.part.suffix == "parquet"), key=lambda f: f.part)
    return [list(group) for _, group in groupby(parts, key=lambda f: (f.part.table, f.part.run))]


def _small(folder: Path) -> list[list[Filed]]:
    """Groups of small files that are many enough to be merged, no larger one between them: it would seem covered."""
    groups = []
    for files in _by_table(filed([folder])):
        for small, group in groupby(files, key=lambda f: f.path.stat().st_size < SMALL):
            found = list(group)
            if small and len(found) >= TOGETHER:
                groups.append(found)
    return groups


def merged(root: Path, hour: str, files: list[Filed]) -> Filed:
    """One file instead of several, rows in their order; the several are deleted."""
    parts = [f.part for f in files]
    whole = _spanning(parts)
    path = place(root, hour, whole, lambda path: _join(files, path))
    _delete([f.path for f in files if f.path != path])
    return Filed(whole, path)


def _spanning(parts: list[Part]) -> Part:
    one = parts[0]
    return Part(
        one.table,
        one.run,
        min(p.first for p in parts),
        max(p.last for p in parts),
        min(p.begin for p in parts),
        max(p.end for p in parts),
    )


def _join(files: list[Filed], path: Path) -> None:
    readers = [pq.ParquetFile(f.path) for f in files]
    try:
        schema = pa.unify_schemas([r.schema_arrow for r in readers])
        with writer(schema, path) as out:
            held: list[pa.Table] = []
            for reader in readers:
                held.append(_with_all(reader.read(), schema))
                if sum(t.num_rows for t in held) >= ROWS:
                    out.write_table(pa.concat_tables(held), row_group_size=ROWS)
                    held = []
            if held:
                out.write_table(pa.concat_tables(held), row_group_size=ROWS)
    finally:
        for reader in readers:
            reader.close()


def _with_all(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with columns it left out, as nulls."""
    for field in schema:
        if field.name not in table.column_names:
            table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(schema.names)


def close_hour(root: Path, hour: str, stopping: Callable[[], bool] = lambda: False) -> None:
    """One file a table and run; reports and tracks sorted by vessel, so that one vessel's hour lies in one place."""
    folder = root / hour
    for files in _by_table(filed([folder])):
        if stopping():
            return
        order = BY_VESSEL.get(files[0].part.table)
        if order is None and len(files) > 1:
            merged(root, hour, files)
        elif order is not None and not _is_sorted(files):
            whole = place(root, hour, _spanning([f.part for f in files]), _sorting(files, order))
            _delete([f.path for f in files if f.path != whole])
    _drop_covered(folder)
    _close(folder)


def _close(folder: Path) -> None:
    """Marked as done, unless the writer has put something in meanwhile: it takes the mark away after what it writes."""
    (folder / CLOSED).touch()
    if any(len(files) > 1 for files in _by_table(filed([folder]))):
        (folder / CLOSED).unlink(missing_ok=True)
    sync_folder(folder)


def _is_sorted(files: list[Filed]) -> bool:
    """Whether this is what `_sorting` made: DuckDB signs its files."""
    return len(files) == 1 and "DuckDB" in (pq.read_metadata(files[0].path).created_by or "")


def _sorting(files: list[Filed], order: tuple[str, ...]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with duckdb.connect(config={"memory_limit": MEMORY, "threads": 1}) as connection:
            connection.execute(f"SET temp_directory = '{_quoted(path.parent / '.sorting')}'")
            connection.execute(
                f"COPY (SELECT * FROM read_parquet($files, union_by_name = true) ORDER BY {', '.join(order)}) "
                f"TO '{_quoted(path)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, "
                f"ROW_GROUP_SIZE {SOUGHT_ROWS}, PARQUET_VERSION v2)",
                {"files": [str(f.path) for f in files]},
            )
        shutil.rmtree(path.parent / ".sorting", ignore_errors=True)

    return write


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _drop_covered(folder: Path) -> None:
    """Delete files that others cover: a kill came between the writing of the large one and the end of the small."""
    counts = {f.path for f in filed([folder])}
    for name in folder.iterdir():
        if Part.of(name.name) and name not in counts:
            name.unlink(missing_ok=True)


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def retained(root: Path, rule: Retention, now: float) -> int:
    """Delete hours that are too old, then the oldest until the quota holds, and thin out old snapshots.

    Returns the bytes that stay. The newest hour always stays.
    """
    from mihari.archive.store import hour_of

    hours = hours_in(root)
    sizes = {folder: size_of(folder) for folder in hours}
    for folder in hours[:-1]:
        too_old = rule.keep and str(folder.relative_to(root)) < hour_of(now - rule.keep)
        too_much = rule.quota and sum(sizes.values()) > rule.quota
        if too_old or too_much:
            _remove(folder)
            del sizes[folder]
    for folder in sizes:
        hour = str(folder.relative_to(root))
        spacing = next((spacing for age, spacing in THINNED if hour < hour_of(now - age)), 0)
        if spacing:
            _thin(folder, spacing)
    return sum(sizes.values())


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if not any(folder.parent.iterdir()):
        folder.parent.rmdir()


def _thin(folder: Path, spacing: int) -> None:
    """Of the snapshots keep the first of each run and one per `spacing` s."""
    states = sorted((f for f in filed([folder], "state")), key=lambda f: (f.part.run, f.part.first))
    kept: Part | None = None
    for each in states:
        if (
            kept is not None
            and each.part.run == kept.run
            and each.part.begin < kept.begin + spacing
            and each.part.first
        ):
            each.path.unlink(missing_ok=True)
        else:
            kept = each.part
