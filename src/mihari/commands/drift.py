"""`mihari drift --object raft --place … --at … --until …`: where it may be, after searches, and where to look next."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.console import Number, as_json, print_json
from mihari.commands.drift_words import share
from mihari.commands.tasks import PlaceType, until_of
from mihari.core.errors import BadInput
from mihari.core.times import parse_time, told_time
from mihari.core.units import HOUR_S, KNOT, NAUTICAL_MILE

if TYPE_CHECKING:
    from mihari.commands.drift_found import Found

KINDS = (".svg", ".geojson", ".json")
SHOWN = 5  # cells that are listed; files have all
STEPS_MAX = 500  # changes of wind or current


class Steps(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """KNOTS,DEGREES, from a time on if that is told: `15,30@+6h`."""

    name = "steps"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float, str]:
        """(m/s, degrees, the time's words), or the sentence that says what was expected."""
        told, _, since = str(value).partition("@")
        try:
            knots, degrees = (float(part) for part in told.split(","))
        except ValueError:
            knots = degrees = float("nan")
        if not (0 <= knots <= 150 and 0 <= degrees <= 360):
            self.fail(f"expected KNOTS,DEGREES or KNOTS,DEGREES@TIME, found {value!r}", param, ctx)
        return knots * KNOT, degrees, since


class With(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """WHO=HOURS."""

    name = "with"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        """Who searches, and how long; or the sentence that says what was expected."""
        who, _, told = str(value).rpartition("=")
        try:
            hours = float(told)
        except ValueError:
            hours = -1.0
        if not (who and 0 < hours <= 1000):
            self.fail(f"expected WHO=HOURS as in tb3@500=2, found {value!r}", param, ctx)
        return who, hours


@click.command(
    epilog="""\b
Examples:
  mihari drift --objects raft
  mihari drift --object raft --place 26.1,127.2 --at 03:00 --until +6h --wind 18,30 --current 1,60 -o map.svg
  mihari drift --object person --place 26.1,127.2 --at 03:00 --until +3h --wind 12,0 --with boat=2 --with patrolboat=1
"""
)
@click.option("--objects", is_flag=False, flag_value="", metavar="[WORDS]", help="List what can be adrift; no map.")
@click.option("--object", "what", metavar="NAME", help="What is adrift: one of --objects.")
@click.option("--place", type=PlaceType(), metavar="LAT,LON", help="Where it was last.")
@click.option("--at", metavar="TIME", help="When: 2026-11-21T03:00Z, or 03:00 of today (UTC).")
@click.option("--until", metavar="TIME", help="For when the map is: a time, or +6h after --at.")
@click.option("--wind", type=Steps(), multiple=True, metavar="KN,FROM[@TIME]", help="At 10 m; again where it changes.")
@click.option("--current", type=Steps(), multiple=True, metavar="KN,TO[@TIME]", help="Of the water; likewise.")
@click.option("--place-sd", type=Number(most=50), default=0.5, show_default=True, metavar="NM", help="Of the place.")
@click.option("--wind-sd", type=Number(most=30), default=4.0, show_default=True, metavar="KN", help="Of the wind.")
@click.option("--current-sd", type=Number(most=5), default=0.3, show_default=True, metavar="KN", help="Of the current.")
@click.option("--searched", type=click.Path(path_type=Path), metavar="FILE.toml", help="What was searched in vain.")
@click.option("--with", "spent", type=With(), multiple=True, metavar="WHO=HOURS", help="Who can search next, how long.")
@click.option("--visibility", type=Number(0.0, True, 60), default=10.0, show_default=True, metavar="NM", help="By day.")
@click.option("--sea", type=Number(most=9), metavar="STATE", help="Douglas; default: what the wind raises.")
@click.option("--cell", type=Number(0.05, most=100), metavar="KM", help="Side of the map's cells; default: chosen.")
@click.option("--particles", type=click.IntRange(100, 200_000), default=10_000, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of the particles.")
@click.option("--coast", default="", metavar="NAME", help="Coastline to draw, one of `mihari map list`.")
@click.option("-o", "--output", "outputs", type=click.Path(dir_okay=False, path_type=Path), multiple=True,
              help="Write the map here: .svg, .geojson or .json; again for more.")  # fmt: skip
@as_json
def drift(objects: str | None, as_json: bool, outputs: Sequence[Path], **told: Any) -> None:
    """Where something adrift may be, after searches in vain, and where to look next.

    Leeway of the U.S. Coast Guard's classes in wind and current, by Monte Carlo; docs/drift.md has the method, the file
    of searches, and what is not known of the sea.
    """
    if objects is not None:
        _list(objects, as_json)
        return
    for path in outputs:
        if path.suffix.lower() not in KINDS:
            raise BadInput(f"{path}: expected a name that ends in {', '.join(KINDS)}")
    found = _found(**told)
    for path in outputs:
        _write(path, found, told["coast"])
    if as_json:
        print_json(found.told())
        return
    for line in lines_of(found):
        click.echo(line)
    for path in outputs:
        click.echo(f"written to {path}")


def _list(words: str, as_json: bool) -> None:
    from mihari.patrol.sought import found_objects

    found = found_objects(words)
    if as_json:
        print_json([{"name": one.leeway.name, "description": one.leeway.description, "source": one.leeway.source,
                     "length_m": one.length, "looked_for_as": one.name} for one in found])  # fmt: skip
        return
    for one in found:
        click.echo(f"{one.leeway.name:<22} {one.leeway.description}")
    if not found:
        raise BadInput(f"nothing that drifts is called {words!r}; `mihari drift --objects` lists all")


def _found(
    what: str | None, place: tuple[float, float] | None, at: str | None, until: str | None, **told: Any
) -> Found:
    """What the options ask for, worked out."""
    asked = {"--object": what, "--place": place, "--at": at, "--until": until}
    if missing := [name for name, value in asked.items() if value is None]:
        raise BadInput(f"{', '.join(missing)}: missing; expected what is adrift, where and when it was, until when")
    from mihari.commands.drift_found import Asked, find
    from mihari.patrol.sought import sought

    assert what is not None
    assert place is not None
    begin = parse_time(at or "", time.time())
    end = until_of(until or "", begin)
    if end is None or not begin < end <= begin + 30 * 24 * HOUR_S:
        raise BadInput("--until: expected a time after --at, at most 30 days")
    cell = told["cell"]
    return find(
        Asked(
            sought(what), place, begin, end, _steps("--wind", told["wind"], begin),
            _steps("--current", told["current"], begin), told["place_sd"] * NAUTICAL_MILE, told["wind_sd"] * KNOT,
            told["current_sd"] * KNOT, told["visibility"] * NAUTICAL_MILE, told["sea"], told["searched"],
            tuple(told["spent"]), 0.0 if cell is None else 1000 * cell, told["particles"], told["seed"],
        )
    )  # fmt: skip


def _steps(
    option: str, told: Sequence[tuple[float, float, str]], begin: float
) -> tuple[tuple[float, float, float], ...]:
    """(hour, m/s, degrees) of wind or current, one after the other; calm where none is told."""
    if len(told) > STEPS_MAX:
        raise BadInput(f"{option}: expected at most {STEPS_MAX} of them")
    made = []
    for speed, degrees, since in told:
        when = until_of(since, begin) if since else begin
        made.append((((when or begin) - begin) / HOUR_S, speed, degrees))
    if len({hour for hour, _, _ in made}) < len(made):
        raise BadInput(f"{option}: expected another time for each, as in 15,30@+6h")
    return tuple(sorted(made)) or ((0.0, 0.0, 0.0),)


def lines_of(found: Found) -> list[str]:
    """What is found, in words."""
    asked, cells, when = found.asked, found.map, told_time
    lat, lon = asked.place
    lines = [
        f"{asked.what.leeway.name} at {lat:.4f}, {lon:.4f} on {when(asked.begin)}; {asked.particles} particles",
        f"{when(asked.end)}: half the chance is within {cells.within(0.5) / 1e6:.0f} km², "
        f"nine tenths within {cells.within(0.9) / 1e6:.0f} km²",
    ]
    for name, chance in found.searched:
        lines.append(f"searched{' by ' + name if name else ''}: it would have been found with {share(chance)}")
    if found.searched:
        lines.append(f"all searches together: {share(found.before)}; the map is what is left")
    best = cells.chance.argsort()[::-1][:SHOWN]
    lines.append(f"most likely cells of {cells.side / 1000:g} km:")
    for k in best.tolist():
        middle = cells.corners[k].mean(axis=0)
        lines.append(f"  {middle[0]:9.4f} {middle[1]:10.4f}  {cells.chance[k]:6.2%}")
    return [*lines, *_next_lines(found)]


def _next_lines(found: Found) -> list[str]:
    if found.next is None:
        return []
    lines = []
    for k, (who, hours) in enumerate(found.searchers):
        there = found.next.hours[:, k] > 0
        size = int(there.sum()) * found.map.side**2
        times = who.width * who.speed * hours * HOUR_S / max(size, 1.0)
        lines.append(
            f"{who.name}, {hours:g} h: sweeps {who.width / NAUTICAL_MILE:.2f} NM wide at {who.speed / KNOT:.0f} kn, "
            f"{size / 1e6:.0f} km² of them {times:.2g} times over on average"
        )
    lines.append(f"then it is found with {share(found.next.found)}; with what was searched, {share(found.after)}")
    return lines


def _write(path: Path, found: Found, coast: str) -> None:
    from mihari.commands.drift_plot import geojson, picture
    from mihari.commands.score_plot import write

    made: dict[str, Callable[[], str]] = {
        ".svg": lambda: picture(found, coast),
        ".geojson": lambda: json.dumps(geojson(found)),
        ".json": lambda: json.dumps(found.told(), indent=1),
    }
    write(path, made[path.suffix.lower()]())
