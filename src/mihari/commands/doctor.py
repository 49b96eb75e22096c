"""`mihari doctor`: look for the usual mistakes of an installation, a machine and a node file; each with its cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from mihari.commands.advice import Advice, ok, problem, warning
from mihari.commands.console import as_json, print_json

PORT = 8080  # of the map, where neither an option nor a file says another


@click.command(
    epilog="""\b
Examples:
  mihari doctor
  mihari doctor /etc/mihari/naha.toml
"""
)
@click.argument("node_file", required=False, metavar="[NODE.toml]")
@click.option("--port", type=click.IntRange(1, 65535), help="The map's port (default: that of the file, or 8080).")
@as_json
def doctor(node_file: str | None, port: int | None, as_json: bool) -> None:
    """Find the usual mistakes of this installation, this machine and a node file. Exit code 2 for problems."""
    findings = list(examined(node_file, port))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for f in findings:
            click.echo(f"{f.state:<9}{f.what:<15}{f.found}")
            if f.cure:
                click.echo(f"{'':<24}{f.cure}")
    if any(f.state == "problem" for f in findings):
        raise SystemExit(2)


def examined(node_file: str | None, port: int | None) -> Iterator[Advice]:
    """Everything that is looked at, in order."""
    from mihari.commands import doctor_clock, doctor_installation, doctor_machine, doctor_running

    yield from doctor_installation.findings()
    yield doctor_clock.clock()
    yield from doctor_machine.findings()
    yield from doctor_running.findings(port or _port_of(node_file) or PORT)
    if node_file is not None:
        yield from _file(node_file)


def _port_of(node_file: str | None) -> int | None:
    """The map's port as a node file has it; None where it has none that can be read."""
    from mihari.core.config import examine
    from mihari.core.errors import BadInput

    try:
        config = examine(node_file)[0] if node_file is not None else None
    except BadInput:
        return None
    return config.face.port if config is not None else None


def _file(node_file: str) -> Iterator[Advice]:
    """What `mihari node check` finds; the map's port has been looked at already."""
    from mihari.commands.node_check import check_file
    from mihari.core.errors import BadInput

    try:
        found = [f for f in check_file(node_file) if not (f.key == "face.port" and f.level == "warning")]
    except BadInput as error:
        yield problem("node file", str(error), "give the path of a node file; `mihari node init` writes one")
        return
    for f in found:
        make = problem if f.level == "mistake" else warning
        yield make(
            "node file", f.sentence(node_file).replace(" warning:", "", 1), f"mend line {f.line}" if f.line else ""
        )
    if not found:
        yield ok("node file", f"{node_file} is good")
