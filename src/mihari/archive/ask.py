"""Questions to an archive's files, answered by DuckDB: where was this vessel, who was near, what was received.

Works on the archive of a running node, since files appear whole. Positions are what AIS told (`reports`) and what was
tracked (`tracks`, every few seconds, radar included).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from mihari.archive.catalogue import Catalogue
from mihari.archive.store import filed
from mihari.core.columns import Array

if TYPE_CHECKING:
    import duckdb
else:  # the native half alone: the package's Python half takes longer to import than a question to be answered
    try:
        import _duckdb as duckdb
    except ImportError:
        import duckdb

T = TypeVar("T")
EARTH = 6371008.8  # m, mean radius: great circles, 0.5 % off at worst
AIS_POSITION = 1  # ReportKind; a repeat heard by a second station is not asked for
TRIES = 3  # a file may be merged away between the listing and the reading
MEMORY = "1GB"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A vessel as it has named itself, and when."""

    mmsi: int
    imo: int
    name: str
    call_sign: str
    first: float  # UTC s
    last: float


@dataclass(frozen=True, slots=True)
class Nearby:
    """A vessel that was within a circle: `vessel` is its number in the picture (0: not told), `track` its track's."""

    mmsi: int  # 0: none told, seen by radar alone
    vessel: int
    name: str
    distance: float  # m, the least
    time: float  # UTC s of that
    first: float  # inside the circle
    last: float
    positions: int


def ask(sql: str, **given: Any) -> dict[str, Array]:
    """The answer of DuckDB as columns; `given` are the query's parameters."""
    with _database().cursor() as cursor:
        found = cursor.execute(sql, given).fetchnumpy()
    return {name: _filled(values) for name, values in found.items()}


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One database in memory for all questions; each asks through a cursor of its own, from any thread."""
    return duckdb.connect(config={"memory_limit": MEMORY})


def _filled(values: Any) -> Array:
    """Without the mask of what is null: NaN, 0 or None."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    empty = {"f": np.nan, "O": None, "U": ""}.get(values.dtype.kind, 0)
    return np.asarray(values.filled(empty))


def _tried(question: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return question()
        except (duckdb.IOException, FileNotFoundError):
            continue
    return question()


def _source(files: list[Path]) -> list[str]:
    return [str(path) for path in files]


def positions(reader: Catalogue, mmsi: int, begin: float, end: float) -> dict[str, Array]:
    """What AIS told of one MMSI: time (UTC s), lat_deg, lon_deg, speed (m/s), course and heading (rad), sensor."""

    def question() -> dict[str, Array]:
        files = _source(reader.files("reports", begin, end))
        if not files:
            return {}
        return ask(
            "SELECT time, lat_deg, lon_deg, speed, course, heading, sensor "
            "FROM read_parquet($files, union_by_name = true) "
            f"WHERE mmsi = $mmsi AND kind = {AIS_POSITION} AND time BETWEEN $begin AND $end ORDER BY time, step",
            files=files, mmsi=mmsi, begin=begin, end=end,
        )  # fmt: skip

    return _tried(question)


def tracked(reader: Catalogue, vessel: int, begin: float, end: float) -> dict[str, Array]:
    """Where one vessel of the picture was tracked: time, lat_deg, lon_deg, east_mps, north_mps, track, run."""

    def question() -> dict[str, Array]:
        vessels, tracks = _source(reader.files("vessels")), _source(reader.files("tracks", begin, end))
        if not vessels or not tracks:
            return {}
        return ask(
            f"WITH mine AS (SELECT {RUN_OF} AS run, track, min(\"at\") AS since FROM {_parquet('$vessels')} "
            "WHERE id = $vessel GROUP BY ALL) "
            f"SELECT time, lat_deg, lon_deg, east_mps, north_mps, t.id AS track, t.run FROM "
            f"(SELECT *, {RUN_OF} AS run FROM {_parquet('$tracks')} WHERE time BETWEEN $begin AND $end) t "
            "JOIN mine ON t.id = mine.track AND t.run = mine.run ORDER BY time",
            vessels=vessels, tracks=tracks, vessel=vessel, begin=begin, end=end,
        )  # fmt: skip

    return _tried(question)


# track and vessel numbers begin anew in each run; the folder above may bear numbers, too
RUN_OF = r"CAST(regexp_extract(filename, '[/\\][a-z]+-(\d+)-\d+-\d+-[-\d]+\.parquet$', 1) AS BIGINT)"


def _parquet(parameter: str) -> str:
    return f"read_parquet({parameter}, union_by_name = true, filename = true)"


def who(reader: Catalogue, text: str = "", mmsi: int = 0, imo: int = 0) -> list[Somebody]:
    """Vessels that called themselves so: part of a name or a call sign, an MMSI or an IMO number; newest first."""

    def question() -> list[Somebody]:
        files = _source(reader.files("claims"))
        if not files:
            return []
        found = ask(
            "SELECT mmsi, max(imo) AS imo, arg_max(name, time) FILTER (name IS NOT NULL) AS name, "
            "arg_max(call_sign, time) FILTER (call_sign IS NOT NULL) AS call_sign, "
            "min(time) AS first, max(time) AS last "
            f"FROM {_parquet('$files')} GROUP BY mmsi HAVING ($mmsi > 0 AND mmsi = $mmsi) "
            "OR ($imo > 0 AND max(imo) = $imo) OR ($text <> '' AND "
            "(bool_or(contains(upper(name), upper($text))) OR bool_or(upper(call_sign) = upper($text)))) "
            "ORDER BY last DESC, mmsi",
            files=files, text=text, mmsi=mmsi, imo=imo,
        )  # fmt: skip
        return [Somebody(*row) for row in _rows(found)]

    return _tried(question)


def names_of(reader: Catalogue, mmsis: list[int]) -> dict[int, str]:
    """The last name that each of these told."""

    def question() -> dict[int, str]:
        files = _source(reader.files("claims"))
        if not files or not mmsis:
            return {}
        found = ask(
            f"SELECT mmsi, arg_max(name, time) AS name FROM {_parquet('$files')} "
            "WHERE name IS NOT NULL AND list_contains($mmsis, mmsi) GROUP BY mmsi",
            files=files, mmsis=mmsis,
        )  # fmt: skip
        return {int(mmsi): str(name) for mmsi, name in _rows(found)}

    return _tried(question)


def near(reader: Catalogue, lat_deg: float, lon_deg: float, radius: float, begin: float, end: float) -> list[Nearby]:
    """Who was within `radius` m of a place between two times, nearest first: by AIS, else by track."""
    told = _tried(lambda: _told_near(reader, lat_deg, lon_deg, radius, begin, end))
    seen = _tried(lambda: _seen_near(reader, lat_deg, lon_deg, radius, begin, end))
    known = {each.mmsi for each in told}
    return sorted([*told, *(s for s in seen if s.mmsi not in known or not s.mmsi)], key=lambda n: n.distance)


def _told_near(reader: Catalogue, *circle: float) -> list[Nearby]:
    files = _source(reader.files("reports", circle[3], circle[4]))
    if not files:
        return []
    inside = _inside(
        "SELECT mmsi, time, lat_deg, lon_deg FROM read_parquet($files, union_by_name = true)",
        f"kind = {AIS_POSITION}", files, *circle,
    )  # fmt: skip
    names = names_of(reader, np.unique(inside["mmsi"]).tolist())
    return [Nearby(mmsi, 0, names.get(mmsi, ""), *_closest(inside, rows)) for mmsi, rows in _groups(inside, "mmsi")]


def _seen_near(reader: Catalogue, *circle: float) -> list[Nearby]:
    files = _source(reader.files("tracks", circle[3], circle[4]))
    vessels = _source(reader.files("vessels"))
    if not files or not vessels:
        return []
    inside = _inside(
        f"SELECT id, time, lat_deg, lon_deg, {RUN_OF} AS run FROM {_parquet('$files')}", "true", files, *circle
    )
    if not inside or not len(inside["id"]):
        return []
    tracks = sorted({(int(r), int(t)) for r, t in zip(inside["run"], inside["id"], strict=True)})
    known = ask(
        f"SELECT {RUN_OF} AS run, track, arg_max(id, \"at\") AS vessel, arg_max(mmsi, \"at\") AS mmsi "
        f"FROM {_parquet('$vessels')} WHERE list_contains($tracks, track) GROUP BY ALL",
        vessels=vessels, tracks=[t for _, t in tracks],
    )  # fmt: skip
    of = {(int(r), int(t)): (int(v), int(m)) for r, t, v, m in _rows(known)}
    found = []
    for (run, track), rows in _groups(inside, "run", "id"):
        if (run, track) in of:
            vessel, mmsi = of[run, track]
            found.append(Nearby(mmsi, vessel, "", *_closest(inside, rows)))
    return found


def _inside(
    select: str, where: str, files: list[str], lat_deg: float, lon_deg: float, radius: float, begin: float, end: float
) -> dict[str, Array]:
    """Positions in the circle, with their distance."""
    high = math.degrees(radius / EARTH)
    wide = min(high / max(math.cos(math.radians(min(abs(lat_deg) + high, 90.0))), 1e-9), 180.0)
    east = "lon_deg BETWEEN $west AND $east"
    if lon_deg - wide < -180 or lon_deg + wide > 180:  # over the antimeridian, or a pole
        east = "abs(((lon_deg - $lon + 540) % 360) - 180) <= $wide"
    found = ask(
        f"{select} WHERE {where} AND time BETWEEN $begin AND $end AND lat_deg BETWEEN $south AND $north AND {east}"
        + (" AND $lon = $lon AND $wide = $wide" if "$lon" not in east else " AND $west = $west AND $east = $east")
        + " ORDER BY time",
        files=files, begin=begin, end=end, south=lat_deg - high, north=lat_deg + high,
        west=lon_deg - wide, east=lon_deg + wide, lon=lon_deg, wide=wide,
    )  # fmt: skip
    distance = _distance(found["lat_deg"], found["lon_deg"], lat_deg, lon_deg)
    rows = distance <= radius
    return {name: values[rows] for name, values in found.items()} | {"distance": distance[rows]}


def _distance(lat_deg: Array, lon_deg: Array, to_lat_deg: float, to_lon_deg: float) -> Array:
    """Great-circle distance in m (haversine)."""
    a, b = np.radians(lat_deg), math.radians(to_lat_deg)
    half = np.radians(np.asarray(lon_deg) - to_lon_deg) / 2
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * math.cos(b) * np.sin(half) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def _groups(columns: dict[str, Array], *keys: str) -> Iterator[tuple[Any, Array]]:
    """(key, rows) of each group."""
    if not columns or not len(columns[keys[0]]):
        return
    table = np.column_stack([columns[k] for k in keys]).astype(np.int64)
    values, group = np.unique(table, axis=0, return_inverse=True)
    rows = np.split(np.argsort(group.ravel(), kind="stable"), np.cumsum(np.bincount(group.ravel()))[:-1])
    for value, mine in zip(values.tolist(), rows, strict=True):
        yield (value[0] if len(keys) == 1 else tuple(value)), mine


def _closest(inside: dict[str, Array], rows: Array) -> tuple[float, float, float, float, int]:
    distance, time = inside["distance"][rows], inside["time"][rows]
    k = int(distance.argmin())
    return float(distance[k]), float(time[k]), float(time.min()), float(time.max()), len(rows)


def _rows(columns: dict[str, Array]) -> Iterator[tuple[Any, ...]]:
    """Rows as Python values; what is null becomes 0 or ''."""
    lists = [["" if v is None else v for v in values.tolist()] for values in columns.values()]
    return zip(*lists, strict=True)


def raw(reader: Catalogue, begin: float, end: float, feed: int | None = None) -> Iterator[tuple[float, int, bytes]]:
    """(received, feed, bytes) of what came in between two times, in the order of arrival.

    `feed`: one of them, None all; -1: the batches that other nodes told, which are among no feed's.
    """
    import pyarrow.parquet as pq

    from mihari.archive.tables import Raw, of_table

    def opened(hour: Path) -> list[pq.ParquetFile]:  # all at once: a file that is merged away can be read on
        return [pq.ParquetFile(f.path) for f in filed([hour], "raw") if f.part.end >= begin and f.part.begin <= end]

    hours = dict.fromkeys(path.parent for path in reader.files("raw", begin, end))
    for file in (file for hour in hours for file in _tried(partial(opened, hour))):
        with file:
            table = file.read()
        rows = of_table(Raw, table)
        received, feeds = rows.received, rows.feed
        received = np.where(np.isfinite(received), received, -np.inf)  # of a recording, before anything had a time
        for k in np.flatnonzero((received >= begin) & (received <= end)).tolist():
            if feeds[k] >= 0 if feed is None else feeds[k] == feed:
                yield float(received[k]), int(feeds[k]), table.column("data")[k].as_py()
