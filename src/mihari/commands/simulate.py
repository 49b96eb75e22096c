"""`mihari simulate`: a scenario to recordings with truth, or live to sockets."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihari.commands.console import Number, as_json, print_json, progress
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.simulate import Scenario


@click.command(
    epilog="""\b
Examples:
  mihari simulate --list
  mihari simulate strait -o recorded --duration 600
  mihari simulate strait --live --send ais=udp://127.0.0.1:10110 --send radar=udp://127.0.0.1:8600
  mihari simulate coast --live --send kume/ais=udp://:10110 --send kume/radar=udp://:8600 --send patrol=udp://:10111
"""
)
@click.argument("scenario", required=False)
@click.option("--list", "lists", is_flag=True, help="The scenarios that come with the program, and what each is for.")
@click.option("--schema", "prints_schema", is_flag=True, help="The JSON schema of scenario files, for editors.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A folder for captures, AIS logs and the truth.")
@click.option("--duration", type=Number(1.0, most=1e8), metavar="SECONDS", help="How long (default: the scenario's).")
@click.option("--live", is_flag=True, help="Play it now, to --send addresses.")
@click.option(
    "--send", multiple=True, metavar="NAME=ADDRESS", help="ais, radar, radar-0, a site or SITE/ais to udp://HOST:PORT."
)
@click.option(
    "--speed", type=Number(0.0, above=True), default=1.0, show_default=True, metavar="TIMES",
    help="Times real time, with --live.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="NUMBER", help="Instead of the scenario's.")
@click.option("--truth", type=click.Path(path_type=Path), help="With --live: where the truth goes at the end.")
@click.option(
    "--stills-port", type=click.IntRange(0, 65535), default=0, help="With --live: where pictures of craft are served."
)
@click.option("--ready", is_flag=True, hidden=True)
@click.option("--with-parent", is_flag=True, hidden=True)
@as_json
def simulate(
    scenario: str | None,
    lists: bool,
    prints_schema: bool,
    output: Path | None,
    duration: float | None,
    live: bool,
    send: tuple[str, ...],
    speed: float,
    seed: int | None,
    truth: Path | None,
    stills_port: int,
    ready: bool,
    with_parent: bool,
    as_json: bool,
) -> None:
    """Simulate SCENARIO (the name of a built-in one, or a TOML file) down to the bytes on the wire."""
    from dataclasses import replace

    from mihari.simulate import load

    if lists or prints_schema:
        _list(as_json) if lists else _schema()
        return
    if scenario is None:
        raise BadInput("which? give the name of a scenario (see --list) or a TOML file")
    chosen = load(scenario)
    if seed is not None:
        chosen = replace(chosen, seed=seed)
    if live:
        from mihari.commands.live import Senders, play_live

        if not send:
            raise BadInput("where to? --live needs --send NAME=udp://HOST:PORT")
        play_live(chosen, Senders(send, chosen), speed, truth, ready, with_parent, duration, stills_port)
    elif output is None:
        raise BadInput("where to? give a folder with -o, or --live with --send")
    else:
        _record(chosen, output, duration, as_json)


def _list(as_json: bool) -> None:
    from mihari.simulate import builtin_names, load

    found = [load(name) for name in builtin_names()]
    if as_json:
        print_json([{"name": s.name, "version": s.version, "about": s.about} for s in found])
        return
    for s in found:
        click.echo(f"{s.name:<16}{s.about}")


def _schema() -> None:
    from mihari.simulate.schema import schema

    print_json(schema())


def _record(scenario: Scenario, output: Path, duration: float | None, as_json: bool) -> None:
    from mihari.simulate import Simulation
    from mihari.simulate.recordings import write_recordings
    from mihari.simulate.scenario import check_time

    check_time(scenario.start, duration or scenario.duration, scenario.file)
    began = time.perf_counter()
    with progress(f"simulating {scenario.name}", quiet=as_json) as advance:
        files = write_recordings(Simulation(scenario), output, duration, advance)
    told = {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "duration_s": duration or scenario.duration,
        "files": [str(path) for path in files],
        "seconds": round(time.perf_counter() - began, 2),
    }
    if as_json:
        print_json(told)
    else:
        for path in files:
            click.echo(path)
