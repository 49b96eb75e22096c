"""`mihari plan PATROL.toml -o plan.json`: who looks where and when, with its figures and the gap to the bound."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, as_json, print_json, progress
from mihari.commands.console import why as why_not
from mihari.core.errors import BadInput

SHOWN = 12  # sorties that are listed; the file has all


@click.command(
    epilog="""\b
Examples:
  mihari plan nansei -o plan.json
  mihari plan island.toml --seconds 300 --why
  mihari plan island.toml --check plan.json
"""
)
@click.argument("patrol", metavar="PATROL.toml")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan here (JSON).")
@click.option("--seconds", type=Number(0.1, most=86400.0), default=60.0, show_default=True, help="Search for so long.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True,
              help="Of the search: another one finds other plans.")  # fmt: skip
@click.option("--why", is_flag=True, help="Try more changes that would make possible what is not: some seconds more.")
@click.option("--check", "check", type=click.Path(path_type=Path), help="Make none: hold this plan against the rules.")
@as_json
def plan(
    patrol: str, output: Path | None, seconds: float, seed: int, why: bool, check: Path | None, as_json: bool
) -> None:
    """Who looks where and when: a plan for a day or three.

    PATROL.toml says which sea is to be looked at how often, and what there is to do it with; "nansei" comes with
    Mihari. docs/patrol.md has its keys and the rules that every plan keeps.
    """
    from mihari.patrol.file import load

    file = load(patrol)
    if check is not None:
        _check(file, check, as_json)
        return
    if output is not None:
        writable(output)
    from mihari.patrol.plan import to_json
    from mihari.patrol.planner import make_plan

    with progress("preparing", quiet=as_json) as advance:
        made = make_plan(file, seconds, seed, advance, why)
    if output is not None:
        _write(made, output)
    if as_json:
        print_json(to_json(made))
        return
    _show(made)
    if output is not None:
        click.echo(f"written to {output}")


def writable(path: Path) -> None:
    """BadInput where no file can come to be: told before the search, which takes time."""
    if not path.parent.is_dir():
        raise BadInput(f"{path}: expected a file in a folder that is there")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise BadInput(f"{path}: expected a file that may be written")


def _write(made: Any, path: Path) -> None:
    from mihari.patrol.plan import write

    try:
        write(made, path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {why_not(error)}") from None


def _show(made: Any) -> None:
    f = made.figures
    gap = 1 - f["fresh"] / f["bound"] if f["bound"] else 0.0
    click.echo(f"{made.patrol}: {len(made.sorties)} sorties, {f['hours']:.0f} h out, {f['launches']:.0f} launches")
    click.echo(f"fresh {f['fresh']:.1%} of weight and time; no plan can pass {f['bound']:.1%} (gap {gap:.1%})")
    click.echo(f"worst age {f['worst']:.1f} times the demanded interval; cost {f['cost']:.0f}")
    for one in made.shortfalls:
        click.echo(f"not met: {one.demand}: {one.because}" + (f"; what would help: {one.would}" if one.would else ""))
    from mihari.core.times import told_time

    for sortie in made.sorties[:SHOWN]:
        stops = f"{len(sortie.stops)} stops" if len(sortie.stops) != 1 else sortie.stops[0].name
        click.echo(
            f"  {told_time(sortie.launch)[5:16]} {sortie.vehicle:<16} {sortie.start or 'aloft':<10} "
            f"{sortie.hours:5.1f} h  {stops:<14} to {sortie.end}"
        )
    if len(made.sorties) > SHOWN:
        click.echo(f"  and {len(made.sorties) - SHOWN} more")


def _check(file: Any, path: Path, as_json: bool) -> None:
    from mihari.patrol.checker import check
    from mihari.patrol.ground import ground_of
    from mihari.patrol.plan import read

    found = check(file, ground_of(file), read(path))
    if as_json:
        print_json([{"rule": v.rule, "vehicle": v.vehicle, "time": v.time, "told": v.told} for v in found])
    elif found:
        for v in found:
            click.echo(f"rule {v.rule}: {v.told}")
    else:
        click.echo("the plan keeps all rules")
    if found:
        raise SystemExit(1)
