"""`mihari map build|list`: coastlines of areas."""

from __future__ import annotations

from pathlib import Path

import click

from mihari.commands.console import as_json, print_json, progress


@click.group("map")
def map() -> None:
    """Coastlines: make one for your area, list those there are."""


@map.command(
    epilog="""\b
Example (needs the extra: pip install 'mihari[map]'):
  mihari map build --area hormuz --title 'Strait of Hormuz' --box 25,55,28,58 -o hormuz.area
  mihari run node.toml --area hormuz.area
"""
)
@click.option("--area", "name", required=True, help="Its name.")
@click.option("--title", default="", help="As people call it (default: the name).")
@click.option("--box", required=True, metavar="SOUTH,WEST,NORTH,EAST", help="Degrees; west may exceed east.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Default: NAME.area")
@click.option(
    "--resolution", type=click.Choice(list("fhilc")), default="f", show_default=True, help="Of GSHHG: f is full."
)
@as_json
def build(name: str, title: str, box: str, output: Path | None, resolution: str, as_json: bool) -> None:
    """Cut the coastline of a box from GSHHG, with its land mask."""
    from mihari.coast import build as cutting

    path = output or Path(f"{name}.area")
    with progress(f"cutting {name}", quiet=as_json) as advance:
        area = cutting.build(name, title or name, cutting.parse_box(box), path, resolution, advance)
    size, rings, vertices = path.stat().st_size, len(area.level), len(area.lat_deg)
    if as_json:
        counts = {"bytes": size, "rings": rings, "vertices": vertices}
        print_json({"area": name, "file": str(path), **counts, "notice": area.notice})
    else:
        click.echo(f"{path}: {rings} rings, {vertices} vertices, {size / 1e3:.0f} kB")
        click.echo(area.notice)


@map.command("list")
@as_json
def list_areas(as_json: bool) -> None:
    """The areas that can be named."""
    from mihari import coast

    rows = []
    for name in coast.areas():
        area = coast.load(name)
        box = [area.south_deg, area.west_deg, area.north_deg, area.east_deg]
        rows.append({"area": name, "title": area.title, "box": box, "notice": area.notice})
    if as_json:
        print_json(rows)
        return
    for row in rows:
        south, west, north, east = row["box"]
        click.echo(f"{row['area']:<9}{row['title']}  ({south:g} to {north:g} N, {west:g} to {east:g} E)")
