"""`mihari library risk`: where patterns told something that was not false, as demands of a patrol."""

from __future__ import annotations

from pathlib import Path

import click

from mihari.commands.alerts import node, opened, where
from mihari.commands.console import Number, as_json, print_json
from mihari.core.errors import BadInput


@click.command(
    "risk",
    epilog="""\b
Examples:
  mihari library risk --node naha.toml
  mihari library risk --node naha.toml --days 90 --every 2 -o risk.toml
  cat risk.toml >> patrol.toml; mihari plan patrol.toml
""",
)
@click.option("--days", type=Number(0.0, above=True), default=365.0, show_default=True, help="So far back.")
@click.option("--around", type=Number(0.0, above=True, most=200.0), default=10.0, show_default=True, metavar="KM",
              help="So far around what was found.")  # fmt: skip
@click.option("--every", type=Number(0.0, above=True, most=240.0), default=4.0, show_default=True, metavar="HOURS",
              help="No longer between two looks.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE.toml; not one that is there.")
@where
@node
@as_json
def risk(
    days: float, around: float, every: float, output: Path | None, records: str, node_file: str, as_json: bool
) -> None:
    """Areas where patterns told something that nobody called false: tables for a patrol file."""
    from dataclasses import asdict

    from mihari.patrolling.risk import risks

    with opened(records, node_file) as there, there.read() as connection:
        found = risks(connection, there.clock(), days, around)
    text = "\n\n".join(one.table(every) for one in found)
    if output is not None:
        if output.exists():
            raise BadInput(f"{output}: is there already")
        output.write_text(f"{text}\n" if text else "")
    if as_json:
        print_json([asdict(one) for one in found])
    elif output is None:
        click.echo(text or f"no pattern told anything in {days:g} days that was not called false")
    else:
        click.echo(f"{output}: {len(found)} areas")
