"""`mihari library stix export|import`: bundles to STIX 2.1 and patterns back from it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.library.exchange.stix_reading import Envelope


@click.group(
    "stix",
    epilog="""\b
Examples:
  mihari library stix export nansei.mihari-library -o nansei.json
  mihari library stix import nansei.json -o patterns --trust trust.toml
""",
)
def stix() -> None:
    """STIX 2.1, in which others exchange what they know of threats: a bundle's patterns to it and back."""


@stix.command("export")
@click.argument("file", metavar="BUNDLE")
@click.option("-o", "--output", required=True, metavar="FILE", help="The STIX bundle to write (JSON).")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def export(file: str, output: str, force: bool) -> None:
    """A bundle's patterns as indicators, with who made them, for whom, and how to look; proof cases stay behind."""
    from mihari.library.exchange import read, write_whole
    from mihari.library.exchange.stix_writing import stix as written

    bundle = read(file)
    write_whole(Path(output), written(bundle), force)
    click.echo(f"{output}: {len(bundle.manifest.patterns)} indicators of {bundle.manifest.name}")


@stix.command("import")
@click.argument("file", metavar="FILE")
@click.option("-o", "--output", required=True, metavar="FOLDER", help="For the pattern files, NAME.toml.")
@click.option("--trust", default="", metavar="FILE", help="Take only patterns whose maker is believed.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@as_json
def import_stix(file: str, output: str, trust: str, force: bool, as_json: bool) -> None:
    """The patterns in a STIX bundle, to the letter, as files. What is left out is told, with why.

    Exit code 2 where a pattern of ours is refused. Without a trust list, only whether they are as they were signed.
    """
    from mihari.library.exchange import write_whole
    from mihari.library.exchange.stix_reading import read_stix

    envelope = read_stix(file)
    taken, refused = _judged(envelope, trust)
    texts = {Path(output) / f"{name}.toml": envelope.told.texts[name] for name in taken}
    if there := [path for path in texts if path.exists() and not force]:
        raise BadInput(f"{there[0]}: is there already; --force writes over it")
    _made(Path(output))
    for path, text in texts.items():
        write_whole(path, text.encode())
    if as_json:
        print_json({"written": list(map(str, texts)), "refused": refused, "left_out": dict(envelope.left_out)})
    else:
        told = [*map(str, texts), *(f"refused: {name}: {why}" for name, why in refused.items())]
        click.echo("\n".join([*told, *(f"left out: {one}: {why}" for one, why in envelope.left_out.items())]))
    if refused:
        raise SystemExit(2)


def _judged(envelope: Envelope, trust: str) -> tuple[list[str], dict[str, str]]:
    """Names of patterns that are taken, and why others are not."""
    from mihari.library.exchange import Trust
    from mihari.library.exchange.provenance import check_chain
    from mihari.library.exchange.stix_reading import verify_stix

    if trust:
        verdict = verify_stix(envelope, Trust.load(trust), time.time())
        return [one.pattern.name for one in verdict.accepted], {one.name: one.why for one in verdict.refused}
    taken: list[str] = []
    refused: dict[str, str] = {}
    for entry in envelope.told.patterns:
        try:
            check_chain(entry)
            taken.append(entry.name)
        except BadInput as problem:
            refused[entry.name] = str(problem)
    return taken, refused


def _made(folder: Path) -> None:
    from mihari.commands.console import why

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be made: {why(error)}") from None
