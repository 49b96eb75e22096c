"""`mihari size PATROL.toml`: how many of which platform, as a curve, with what no fleet could exceed beside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihari.commands.console import Number, as_json, print_json, progress

if TYPE_CHECKING:
    from mihari.patrol.file import PatrolFile
    from mihari.patrol.sizing import Curve, Point
    from mihari.patrol.sizing.limit import Fewest


@click.command(
    epilog="""\b
Examples:
  mihari size nansei --plot size.svg
  mihari size island.toml --platform tb2@shimoji --platform vbat@north --cost tb2=900 --cost vbat=150
  mihari size island.toml --keep --target 90 --json
"""
)
@click.argument("patrol", metavar="PATROL.toml")
@click.option("--platform", "extra", multiple=True, metavar="PLATFORM@HOME", help="May be in the fleet, too.")
@click.option("--cost", "costs", multiple=True, metavar="NAME=COST", help="Of an hour out, of an asset or platform.")
@click.option("--target", type=Number(0.0, above=True, most=100.0), default=95.0, show_default=True,
              help="Percent of demanded weight and time that is fresh.")  # fmt: skip
@click.option("--most", type=click.IntRange(1, 200), default=30, show_default=True, help="No more vehicles than that.")
@click.option("--keep", is_flag=True, help="Begin with the fleet of the file instead of with nothing.")
@click.option("--seconds", type=Number(0.1, most=3600.0), default=2.0, show_default=True,
              help="Search for each fleet; counted in moves, so that a seed gives the same curve.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of the search.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the curve here (SVG).")
@as_json
def size(
    patrol: str, extra: tuple[str, ...], costs: tuple[str, ...], target: float, most: int, keep: bool, seconds: float,
    seed: int, plot: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """How many of which platform for this sea: fleets grown one vehicle at a time, each planned.

    Candidates are the file's assets that are not on call, and those that --platform names. Beside each plan stands what
    no plan of that fleet exceeds, and what no fleet of so many vehicles does. docs/sizing.md says how.
    """
    from mihari.commands import score_plot
    from mihari.patrol.file import load
    from mihari.patrol.sizing import candidates_of
    from mihari.patrol.sizing import size as sized

    if plot is not None:
        score_plot.checked(plot)
    file = load(patrol)
    candidates = candidates_of(file, extra, _costs(costs), most)
    first = {asset.name: asset.count for asset in file.asset if not asset.on_call} if keep else {}
    with progress("preparing", quiet=as_json) as advance:
        curve = sized(file, candidates, target / 100, most, seconds, seed, first, advance)
    if plot is not None:
        from mihari.commands.size_plot import picture

        score_plot.write(plot, picture(curve))
    if as_json:
        print_json(curve.to_json())
        return
    _show(curve, file)
    if plot is not None:
        click.echo(f"drawn in {plot}")


def _costs(told: tuple[str, ...]) -> dict[str, float]:
    """`tb2=900` and so on; a sentence for anything else."""
    costs = {}
    number = Number(0.0)
    for one in told:
        name, equals, cost = one.rpartition("=")
        if not equals or not name:
            raise click.BadParameter(f"expected NAME=COST, found {one!r}", param_hint="--cost")
        costs[name] = number.convert(cost, None, None)
    return costs


def _show(curve: Curve, file: PatrolFile) -> None:
    click.echo(f"{curve.patrol}: fresh share of weight and time, over {file.hours:g} h")
    click.echo("vehicles  one more              fresh  its bound  any fleet  cost/h  cost/day  a percent  unmanned")
    for p in curve.points:
        limit = f"{p.limit:9.1%}" if p.limit == p.limit else "        -"
        unmanned = f"{p.unmanned_h:.1f} h" if p.unmanned_h > 0 else ""
        click.echo(
            f"{p.count:8d}  {p.added or '(begin)':<20} {p.fresh:6.1%}  {p.bound:9.1%}  {limit}  {p.cost_per_h:6.5g}  "
            f"{p.cost_per_day:8.5g}  {_of_percent(p)}  {unmanned:>8}".rstrip()
        )
    click.echo(f"ended: {curve.why_ended}")
    met = curve.met
    target = f"{100 * curve.target:g} % is met by"
    if met is not None:
        click.echo(f"{target} {met.count} vehicles: {_fleet(met)}; cost {met.cost_per_h:g} an hour")
    else:
        best = curve.better or curve.points[-1]
        click.echo(f"{target} no plan here; the best fleet: {_fleet(best)}, fresh {best.fresh:.1%}")
    click.echo(
        f"at least, by the bound: {_fewest(curve.fewest, 'vehicles')}; cost {_fewest(curve.cheapest, 'an hour')}"
    )
    if curve.knee is not None:
        click.echo(f"from {curve.knee.count} vehicles on each further one brings less than the mean")


def _of_percent(point: Point) -> str:
    return f"{point.cost_of_percent:9.4g}" if point.count else " " * 9


def _fleet(point: Point) -> str:
    return ", ".join(f"{n} {name}" for name, n in point.vehicles.items()) or "nobody"


def _fewest(found: Fewest | None, of: str) -> str:
    if found is None:
        return f"no fleet of these candidates does it ({of})"
    made = ", ".join(f"{n:.3g} {name}" for name, n in found.vehicles.items())
    least = math.ceil(found.price - 1e-6) if of == "vehicles" else float(f"{found.price:.4g}")
    return f"{least:g} {of} ({made or 'nobody'})"
