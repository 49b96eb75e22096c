"""`python -m mihari.simulate.links`: emulated TCP links by hand, until Ctrl-C."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mihari.core.errors import BadInput
from mihari.simulate.links.bench import LinkBench
from mihari.simulate.links.control import answer
from mihari.simulate.links.line import SHAPES


@click.command(
    epilog="""\b
Examples:
  python -m mihari.simulate.links ship=7501:7447:satellite
  python -m mihari.simulate.links north=7501:7447:lan uav=7502:7448:radio --control links.sock
Then type, or write to the control socket (with socat, say):
  cut ship
  heal ship
  rate ship 8000
  loss * 0.02
  stats
"""
)
@click.argument("links", nargs=-1, required=True, metavar="NAME=PORT:TO:SHAPE…")
@click.option("--control", type=click.Path(path_type=Path), help="A Unix socket that takes the same lines.")
def main(links: tuple[str, ...], control: Path | None) -> None:
    """Listen on each PORT of 127.0.0.1 and carry what comes to port TO, as a link of that SHAPE would.

    SHAPE is lan, cellular, satellite, radio or acoustic. What is typed changes links: delay in s, rate in bytes/s.
    """
    with LinkBench(control) as bench:
        for text in links:
            name, port, to, shape = _parts(text)
            bench.add(name, ("127.0.0.1", to), SHAPES[shape], port)
        try:
            for line in sys.stdin:
                click.echo(bench.call(lambda line=line: answer(bench.links, line)))  # type: ignore[misc]
        except KeyboardInterrupt:
            return


def _parts(text: str) -> tuple[str, int, int, str]:
    name, _, rest = text.partition("=")
    port, to, shape = (*rest.split(":"), "", "")[:3]
    if not (name and port.isdigit() and to.isdigit() and shape in SHAPES):
        raise BadInput(f"{text}: expected NAME=PORT:TO:SHAPE, SHAPE one of {', '.join(SHAPES)}")
    return name, int(port), int(to), shape


if __name__ == "__main__":
    try:
        main()
    except BadInput as error:
        raise SystemExit(f"mihari: {error}") from None
