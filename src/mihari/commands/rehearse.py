"""`mihari rehearse PATROL.toml --plan plan.json`: the plan flown in simulation, what it would see, what goes wrong."""

from __future__ import annotations

from pathlib import Path

import click

from mihari.commands.console import Number, as_json, print_json, progress


@click.command(
    epilog="""\b
Examples:
  mihari rehearse nansei --plan plan.json -o rehearsal.svg
  mihari rehearse nansei --plan plan.json --lose tb3-1@6 --close north@10 --replan 5
  mihari rehearse nansei --plan plan.json --wind 32@8 --look 25.1,126.4,12,210@9 --json
"""
)
@click.argument("patrol", metavar="PATROL.toml")
@click.option(
    "--plan", "plan_path", required=True, type=click.Path(path_type=Path), help="As `mihari plan -o` wrote it."
)
@click.option("--lose", multiple=True, metavar="VEHICLE@H", help="A vehicle is lost at this hour.")
@click.option("--close", multiple=True, metavar="PLACE@H", help="A base or deck is closed from this hour on.")
@click.option("--wind", multiple=True, metavar="KN[,SEA]@H", help="From then on it blows so, with this sea state.")
@click.option("--look", multiple=True, metavar="LAT,LON,KN,COURSE@H", help="A vessel appears that is to be looked at.")
@click.option("--replan", type=Number(0.1, most=600.0), metavar="S", help="Plan again after each, and search so long.")
@click.option("--vessels", type=click.IntRange(3, 20_000), default=500, show_default=True, help="That cross the area.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of gusts, vessels and sightings.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Draw it here (SVG).")
@as_json
def rehearse(
    patrol: str, plan_path: Path, lose: tuple[str, ...], close: tuple[str, ...], wind: tuple[str, ...],
    look: tuple[str, ...], replan: float | None, vessels: int, seed: int, output: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """A plan flown in simulation: what it would have seen, and whether it holds when things go wrong.

    Every vehicle is flown by physics in the patrol's weather; vessels cross the area straight, evasive, or small and
    dark. docs/rehearse.md says what is judged how.
    """
    from mihari.commands import score_plot
    from mihari.commands.plan import writable

    if output is not None:
        writable(score_plot.checked(output))
    from mihari.patrol.file import load
    from mihari.patrol.plan import read
    from mihari.rehearse.faults import fault
    from mihari.rehearse.rehearsal import rehearse as fly
    from mihari.rehearse.told import sentences, to_json

    file, plan = load(patrol), read(plan_path)
    faults = [
        *(fault("lost", words) for words in lose), *(fault("closed", words) for words in close),
        *(fault("wind", words) for words in wind), *(fault("look", words) for words in look),
    ]  # fmt: skip
    with progress("flying", quiet=as_json) as advance:
        done = fly(file, plan, faults, vessels, seed, replan, advance)
    if output is not None:
        from mihari.commands.rehearse_plot import picture

        score_plot.write(output, picture(done))
    if as_json:
        print_json(to_json(done))
        return
    for line in sentences(done):
        click.echo(line)
    if output is not None:
        click.echo(f"drawn in {output}")
