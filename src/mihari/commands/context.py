"""`mihari context`: what a coast has taught, from what a node keeps or learned from recordings, archives and tables."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.console import as_json, print_json, progress
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.behaviours.context import Learned
    from mihari.core.sensor import Sensor

KEPT = ".context"
KNOT = 1852.0 / 3600.0


@click.command(
    epilog="""\b
Examples:
  mihari context ~/.local/share/mihari/records/naha.context
  mihari context monday.nm4.gz --layer reception -o reception.geojson
  mihari context /srv/mihari/archive --from -24h --at 26.2,127.6 --type cargo --speed 18
"""
)
@click.argument("files", nargs=-1, required=True)
@click.option("--layer", "layer_name", help="One layer as GeoJSON: traffic, reception, radar or anchorages.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE.geojson of --layer.")
@click.option("--at", "place", metavar="LAT,LON", help="What is usual there.")
@click.option("--type", "category", default="cargo", show_default=True, help="Category of vessel, for --at.")
@click.option("--speed", "speed_kn", type=float, help="kn: how usual it is, for --at.")
@click.option("--course", "course_deg", type=float, help="Degrees: how usual it is, for --at.")
@click.option("--node", "node_file", help="NODE.toml: names and places of stations and radars.")
@click.option("--from", "begin", metavar="TIME", help="Of an archive: 2026-11-20T17:05, 17:05, or -10min.")
@click.option("--to", "end", metavar="TIME", help="Of an archive.")
@as_json
def context(
    files: tuple[str, ...],
    layer_name: str | None,
    output: Path | None,
    place: str | None,
    category: str,
    speed_kn: float | None,
    course_deg: float | None,
    node_file: str | None,
    begin: str | None,
    end: str | None,
    as_json: bool,
) -> None:
    """Tell what a coast has taught: traffic, reception, what radars see, anchorages.

    FILES: what a node keeps (NAME.context beside its records), recordings, tables of positions, or an archive's folder.
    """
    from mihari.behaviours.context.view import LAYERS, layer

    if layer_name is not None and layer_name not in LAYERS:
        raise BadInput(f"--layer {layer_name}: expected one of {', '.join(LAYERS)}")
    if (output is None) != (layer_name is None) and not as_json:
        raise BadInput("--layer and -o go together: expected both or none")
    asked = None if place is None else _asked(place, category)
    learned, sensors = _learned(files, node_file, begin, end, as_json)
    if layer_name is not None:
        made = layer(learned, layer_name, sensors)
        if output is None:
            return print_json(made)
        return _write(made, output, as_json)
    if asked is not None:
        return _say_usual(learned, asked, speed_kn, course_deg, as_json)
    return _say(learned, sensors, as_json)


def _asked(place: str, category: str) -> tuple[float, float, Any]:
    from mihari.core.picture import Category

    try:
        lat, lon = (float(part) for part in place.split(","))
    except ValueError:
        lat, lon = 91.0, 0.0
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise BadInput(f"--at {place}: expected latitude,longitude in degrees, such as 26.2,127.6")
    try:
        return lat, lon, Category[category.upper().replace(" ", "_").replace("-", "_")]
    except KeyError:
        raise BadInput(f"--type {category}: expected one of {', '.join(c.name.lower() for c in Category)}") from None


def _learned(
    files: tuple[str, ...], node_file: str | None, begin: str | None, end: str | None, quiet: bool
) -> tuple[Learned, tuple[Sensor, ...]]:
    """From a kept file, or by looking through recordings."""
    from mihari.core.config import load

    if all(name.endswith(KEPT) for name in files):
        if len(files) > 1:
            raise BadInput("expected one kept file; what several nodes have learned is not joined")
        sensors = tuple(s.sensor(i) for i, s in enumerate(load(node_file).sensor)) if node_file else ()
        return _kept(Path(files[0])), sensors
    from mihari.detecting import Source
    from mihari.learning import learned_from

    source = Source.of(files, node_file, None, None, begin, end)
    began = time.perf_counter()
    with progress("learning", quiet=quiet) as advance:
        found = learned_from(source, lambda share, reports: advance(share, f"learning, {reports} reports"))
    if found is None:
        raise BadInput(f"{files[0]}: nothing in it that could teach anything")
    if not quiet:
        click.echo(f"{source.reports} reports in {time.perf_counter() - began:.1f} s", err=True)
    return found


def _kept(path: Path) -> Learned:
    from mihari.archive.state import load_state
    from mihari.behaviours.context import Context

    kept = Context()
    try:
        kept.restore(load_state(path))
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not what a node has learned: {error}") from None
    return kept.now()


def _write(made: dict[str, Any], output: Path, json: bool) -> None:
    import orjson

    try:
        output.write_bytes(orjson.dumps(made))
    except OSError as error:
        raise BadInput(f"{output}: {str(error.strerror or error).lower()}") from None
    told = {"output": str(output), "features": len(made["features"]), "left_out": made["left_out"]}
    if json:
        print_json(told)
    else:
        click.echo(f"{output}: {told['features']} areas, {told['left_out']} left out", err=True)


def _say_usual(
    learned: Learned, asked: tuple[float, float, Any], speed_kn: float | None, course_deg: float | None, json: bool
) -> None:
    import math
    from dataclasses import asdict

    from mihari.behaviours.context.traffic import told

    lat, lon, category = asked
    usual = learned.traffic.usual(
        lat, lon, category, None if speed_kn is None else speed_kn * KNOT,
        None if course_deg is None else math.radians(course_deg),
    )  # fmt: skip
    heard = learned.hearing.of(lat, lon)
    if json:
        found = {"enough": usual.enough, "unusual_speed": usual.unusual_speed, "unusual_course": usual.unusual_course}
        return print_json({"usual": asdict(usual) | found, "reception": asdict(heard) | {"proven": heard.proven_good}})
    click.echo(told(usual, category, usual.low_kn if speed_kn is None else speed_kn))
    if usual.share_course is not None and usual.enough:
        word = "unusual" if usual.unusual_course else "usual"
        click.echo(f"{word} course: {usual.share_course:.1%} of them went that way")
    share = f"{heard.share:.0%}" if heard.due else "nothing known"
    click.echo(f"reception: {share} of {heard.due:.0f} periods of 6 min, {heard.vessels} vessels")
    return None


def _say(learned: Learned, sensors: tuple[Sensor, ...], json: bool) -> None:
    """What there is, in numbers."""
    from mihari.behaviours.context.summary import summary, written

    told = summary(learned, sensors)
    if json:
        print_json(told)
    else:
        click.echo(written(told))
