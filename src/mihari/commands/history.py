"""`mihari history`: where was it, who was near, the picture at a time; from an archive, also of a running node."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np

from mihari.archive.times import span
from mihari.commands.console import Number, as_json, print_json
from mihari.core.errors import BadInput
from mihari.core.times import parse_time, told_time

KNOT = 1852.0 / 3600.0
SHOWN = 40  # rows printed for people; --json and -o give all
SUFFIXES = (".csv", ".parquet", ".geojson", ".kml", ".gpx")
MAPS = (".geojson", ".kml", ".gpx")  # what maps read, with trails
F = Callable[..., Any]


def times(command: F) -> F:
    """--from and --to."""
    command = click.option("--to", "end", metavar="TIME", help="Until then; default: the archive's end.")(command)
    return click.option("--from", "begin", metavar="TIME", help="From then: 2026-11-20T17:05, 17:05, -10min.")(command)


@click.group(
    epilog="""\b
Examples:
  mihari history /srv/mihari/archive vessel 431000123 --from -1h
  mihari history /srv/mihari/archive vessel 'ASAHI MARU' -o track.csv
  mihari history /srv/mihari/archive near 26.21 127.66 --radius-km 2 --from 17:00 --to 18:00
  mihari history /srv/mihari/archive picture --at 17:05:30 --json
  mihari history /srv/mihari/archive picture --at 17:05:30 --from -30min -o then.kml
  mihari history /srv/mihari/archive raw --from 17:00 --to 17:01 -o evidence.bin
"""
)
@click.argument("archive", type=click.Path(path_type=Path))
@click.pass_context
def history(ctx: click.Context, archive: Path) -> None:
    """Ask ARCHIVE, a folder written by `mihari run --archive`, about the past. Times are UTC."""
    ctx.obj = archive


@history.command()
@click.argument("who")
@times
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    help="Write all positions to a .csv, .parquet, .geojson, .kml or .gpx file.",
)
@as_json
@click.pass_obj
def vessel(archive: Path, who: str, begin: str | None, end: str | None, output: Path | None, as_json: bool) -> None:
    """Where was WHO: an MMSI, IMO number, name, call sign, or #7 for vessel 7 of the picture."""
    from mihari.archive.whereabouts import whereabouts

    _writable(output)
    reader, first, last = _opened(archive, begin, end)
    chosen, found = whereabouts(reader, who, first, last)
    columns = _told(found)
    if output is not None and output.suffix in (".kml", ".gpx"):
        _mapped(output, *_one(chosen, columns))
    elif output is not None:
        written(output, columns)
    if as_json:
        print_json({"vessel": chosen, "positions": _rows(columns)})
        return
    count = len(columns.get("time", ()))
    name = ", ".join(f"{k} {v}" for k, v in chosen.items() if v)
    click.echo(f"{name}: {count} positions from {told_time(first)} to {told_time(last)}")
    _table(columns)
    if output is not None:
        click.echo(f"wrote {count} positions to {output}")


@history.command()
@click.argument("lat_deg", type=float)
@click.argument("lon_deg", type=float)
@click.option("--radius-km", type=Number(0.0, above=True), default=2.0, show_default=True)
@times
@as_json
@click.pass_obj
def near(
    archive: Path, lat_deg: float, lon_deg: float, radius_km: float, begin: str | None, end: str | None, as_json: bool
) -> None:
    """Who was within a circle around LAT_DEG LON_DEG (write a negative one after `--`)."""
    from mihari.archive.ask import near as nearby

    if not (abs(lat_deg) <= 90 and abs(lon_deg) <= 180):
        raise BadInput(f"{lat_deg:g} {lon_deg:g}: expected degrees north (-90 to 90) and east (-180 to 180)")
    reader, first, last = _opened(archive, begin, end)
    found = nearby(reader, lat_deg, lon_deg, 1000.0 * radius_km, first, last)
    if as_json:
        keys = ("mmsi", "vessel", "name", "distance", "time", "first", "last", "positions")
        print_json([{k: getattr(n, k) for k in keys} for n in found])
        return
    click.echo(f"{len(found)} vessels within {radius_km:g} km from {told_time(first)} to {told_time(last)}")
    for n in found[:SHOWN]:
        who = f"{n.mmsi:09d} {n.name}" if n.mmsi else f"#{n.vessel}, by radar"
        click.echo(f"  {n.distance:7.0f} m  {told_time(n.time)}  {who.strip()}")
    _more(len(found))


@history.command()
@click.option("--at", metavar="TIME", help="The moment; default: the archive's end.")
@click.option("--from", "begin", metavar="TIME", help="Also where each was from then on, in the file of -o.")
@click.option(
    "-o",
    "output",
    type=click.Path(path_type=Path),
    help="Write the vessels to a .csv, .parquet, .geojson, .kml or .gpx file.",
)
@as_json
@click.pass_obj
def picture(archive: Path, at: str | None, begin: str | None, output: Path | None, as_json: bool) -> None:
    """The picture at a time, rebuilt bit for bit from the nearest snapshot."""
    from mihari.archive.reader import ArchiveReader
    from mihari.rebuild import land_of, picture_digest, rebuild

    _writable(output)
    reader = ArchiveReader(archive)
    _, last = span(reader, None, None)
    moment = last if at is None else parse_time(at, last)
    since = None if begin is None else parse_time(begin, moment)
    if since is not None and (output is None or output.suffix not in MAPS):
        raise BadInput("--from: expected -o with a .geojson, .kml or .gpx file, which hold trails")
    if since is not None and since > moment:
        raise BadInput(f"--from: {told_time(since)} lies after {told_time(moment)}")
    first = reader.snapshot(moment)
    if first.time > moment:
        raise BadInput(f"{archive}: begins at {told_time(first.time)}, after {told_time(moment)}")
    if moment > last:
        click.echo(f"mihari: {archive} ends at {told_time(last)}: its last picture", err=True)
    pipeline = rebuild(reader, moment, land_of(first), end=moment).pipeline
    shown = pipeline.picture()
    columns = _vessels(shown)
    if output is not None and output.suffix in MAPS:
        from mihari.archive.trails import trails
        from mihari.formats.exports import vessels_of

        ids = shown.vessels.id.tolist()
        _mapped(output, vessels_of(shown), {} if since is None else trails(reader, ids, since, moment))
    elif output is not None:
        written(output, columns)
    if as_json:
        print_json({"time": shown.time, "picture_hash": picture_digest(shown), "vessels": _rows(columns)})
        return
    click.echo(f"{len(shown.vessels)} vessels at {told_time(shown.time)}")
    _table(columns)


@history.command()
@click.option("--feed", type=int, help="Only this feed, by its number.")
@times
@click.option(
    "-o", "output", type=click.Path(path_type=Path), required=True, help="Where the bytes go, one after another."
)
@click.pass_obj
def raw(archive: Path, feed: int | None, begin: str | None, end: str | None, output: Path) -> None:
    """The bytes as they came in, for evidence or another decoder."""
    from mihari.archive import ask

    reader, first, last = _opened(archive, begin, end)
    first = first if begin else -math.inf  # a recording's first bytes came before anything had a time
    count = size = 0
    try:
        with output.open("wb") as f:
            for _, _, data in ask.raw(reader, first, last, feed):
                f.write(data)
                count, size = count + 1, size + len(data)
    except OSError as error:
        raise _unwritable(output, error) from None
    click.echo(f"wrote {count} pieces, {size} bytes, to {output}")


@history.command()
@times
@as_json
@click.pass_obj
def events(archive: Path, begin: str | None, end: str | None, as_json: bool) -> None:
    """Runs, holes, sensors and decisions, in order."""
    from mihari.archive.reader import ArchiveReader

    reader = ArchiveReader(archive)
    first, last = span(reader, begin, end)
    found = [e for e in reader.events(end=last) if not first > e[1]]
    if as_json:
        print_json([{"step": s, "time": t, "kind": k, "what": w} for s, t, k, w in found])
        return
    for _, time, kind, what in found:
        click.echo(f"{told_time(time)}  {kind:8}  {_brief(kind, what)}")


def _brief(kind: str, what: dict[str, Any]) -> str:
    if kind == "begin":
        return f"version {what.get('version', '?')}, {len(what.get('sensors', ()))} sensors"
    if kind == "sensors":
        return f"{len(what.get('sensors', ()))} sensors"
    return ", ".join(f"{k} {v}" for k, v in what.items())


def _opened(archive: Path, begin: str | None, end: str | None) -> tuple[Any, float, float]:
    from mihari.archive.catalogue import Catalogue

    reader = Catalogue(archive)
    return (reader, *span(reader, begin, end))


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    """Speeds and courses as people say them."""
    if "speed" in columns:
        kn, deg = columns["speed"] / KNOT, np.degrees(columns["course"])
    elif "east_mps" in columns:
        east, north = columns["east_mps"], columns["north_mps"]
        kn, deg = np.hypot(east, north) / KNOT, np.degrees(np.arctan2(east, north)) % 360
    else:
        return {}
    kept = {k: columns[k] for k in ("time", "lat_deg", "lon_deg")}
    return kept | {"speed_kn": np.round(kn, 1), "course_deg": np.round(deg, 1)}


def _vessels(shown: Any) -> dict[str, Any]:
    v = shown.vessels
    names = [shown.identities[i].claims[0].name if i in shown.identities else "" for i in v.id.tolist()]
    kn, deg = np.hypot(v.east_mps, v.north_mps) / KNOT, np.degrees(np.arctan2(v.east_mps, v.north_mps)) % 360
    moving = {"time": v.time, "lat_deg": v.lat_deg, "lon_deg": v.lon_deg}
    told = {"speed_kn": np.round(kn, 1), "course_deg": np.round(deg, 1), "vessel": v.id, "mmsi": v.mmsi}
    return moving | told | {"status": v.status, "source": v.source, "name": np.array(names)}


def _rows(columns: dict[str, Any]) -> list[dict[str, Any]]:
    lists = {k: np.asarray(v).tolist() for k, v in columns.items()}
    return [
        {k: (None if isinstance(v, float) and math.isnan(v) else v) for k, v in zip(lists, row, strict=True)}
        for row in zip(*lists.values(), strict=True)
    ]


def _table(columns: dict[str, Any]) -> None:
    """The last rows, for people."""
    rows = _rows(columns)
    for row in rows[-SHOWN:]:
        kn, deg = row.get("speed_kn"), row.get("course_deg")
        moving = f"{kn:5.1f} kn" if kn is not None else "      "
        course = f" {deg:5.1f}°" if deg is not None else ""
        who = f"  #{row['vessel']} {row['mmsi'] or ''} {row['name']}".rstrip() if "vessel" in row else ""
        click.echo(f"  {told_time(row['time'])}  {row['lat_deg']:10.5f} {row['lon_deg']:11.5f}  {moving}{course}{who}")
    _more(len(rows))


def _more(count: int) -> None:
    if count > SHOWN:
        click.echo(f"  ({count - SHOWN} more: --json or -o gives all)")


def _writable(path: Path | None) -> None:
    """BadInput for an output that cannot come to be: told before the question, which takes time, is asked."""
    if path is not None and path.suffix not in SUFFIXES:
        raise BadInput(f"{path}: expected a name that ends in .csv, .parquet, .geojson, .kml or .gpx")
    if path is not None and not path.parent.is_dir():
        raise BadInput(f"{path}: expected a file in a folder that is there")


def _unwritable(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}")


def written(path: Path, columns: dict[str, Any]) -> None:
    """A file by its suffix; BadInput where it cannot be written."""
    try:
        _write(path, columns)
    except OSError as error:
        raise _unwritable(path, error) from None


def _mapped(path: Path, vessels: Any, trails: Any) -> None:
    """A file for other people's maps, by its suffix; BadInput where it cannot be written."""
    from mihari.formats.exports import geojson, gpx, kml

    writers: dict[str, Callable[[Any, Any], bytes]] = {".geojson": geojson, ".kml": kml, ".gpx": gpx}
    try:
        path.write_bytes(writers[path.suffix](vessels, trails))
    except OSError as error:
        raise _unwritable(path, error) from None


def _one(chosen: dict[str, Any], columns: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """One vessel where it was last, and its trail."""
    if not len(columns.get("time", ())):
        return {}, {}
    id = chosen.get("vessel") or chosen["mmsi"]
    last = {"id": [id], "name": [chosen.get("name", "")], "mmsi": [chosen.get("mmsi", 0)]}
    last |= {name: [columns[name][-1]] for name in ("time", "lat_deg", "lon_deg")}
    last |= {"speed": [columns["speed_kn"][-1] * KNOT], "course": [math.radians(columns["course_deg"][-1])]}
    return last, {id: columns}


def _write(path: Path, columns: dict[str, Any]) -> None:
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({k: pa.array(v) for k, v in columns.items()}), path)
    elif path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as f:
            out = csv.writer(f)
            out.writerow(columns)
            out.writerows(zip(*(np.asarray(v).tolist() for v in columns.values()), strict=True))
    else:
        import orjson

        features = [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row["lon_deg"], row["lat_deg"]]},
                "properties": row,
            }
            for row in _rows(columns)
        ]
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
