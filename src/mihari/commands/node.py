"""`mihari node init|check|schema`: write a node file, explain its mistakes, help editors with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput


@click.group("node")
def node() -> None:
    """Node files: write one with every key explained, check one, a schema for editors."""


@node.command(
    epilog="""\b
Examples:
  mihari node init naha.toml --area nansei --ais udp://:10110 --station KUME
  mihari node init naha.toml --radar 'udp://239.192.0.2:8600?interface=127.0.0.1'
  mihari node init naha.toml --name naha --mesh --authority coast --host naha.example
  mihari node init diver.toml --name diver --library nansei.mihari-library --trust trust.toml --who Sato
  mihari node init naha.toml --library starting --active --who Sato
  mihari node init -o -
"""
)
@click.argument("path", default="node.toml")
@click.option("-o", "--output", help="Instead of PATH; - prints it.")
@click.option("--name", default="", help="What the node is called.")
@click.option("--area", default="", help="Coastline: nansei, aegean, or an area file.")
@click.option("--ais", multiple=True, metavar="ADDRESS", help="A feed of AIS sentences; may be repeated.")
@click.option("--radar", multiple=True, metavar="ADDRESS", help="A feed of ASTERIX plots; may be repeated.")
@click.option("--station", multiple=True, metavar="NAME", help="An AIS station, as in the tag block; may be repeated.")
@click.option("--mesh", is_flag=True, help="Share the picture with other nodes: makes this node's keys too.")
@click.option("--authority", default="", metavar="DIR", help="The coast's; made if there is none. Default: authority.")
@click.option("--host", multiple=True, metavar="NAME", help="By which other nodes reach this one; may be repeated.")
@click.option(
    "--library",
    "library",
    multiple=True,
    metavar="starting|FILE|none",
    help="Patterns to hold, proved now; may be repeated.  [default: starting, on trial, at the first start]",
)
@click.option("--trust", default="", metavar="FILE", help="With --library FILE: the list of who is believed.")
@click.option("--who", default="", metavar="NAME", help="Who decides on the library, as the log shall name them.")
@click.option("--active", is_flag=True, help="Patterns raise alerts at once, instead of being on trial.")
@click.option("--force", is_flag=True, help="Write over a file that is there; never over keys.")
def init(
    path: str,
    output: str | None,
    name: str,
    area: str,
    ais: tuple[str, ...],
    radar: tuple[str, ...],
    station: tuple[str, ...],
    mesh: bool,
    authority: str,
    host: tuple[str, ...],
    library: tuple[str, ...],
    trust: str,
    who: str,
    active: bool,
    force: bool,
) -> None:
    """Write a node file with every section and key, its unit, bounds and default, to PATH (node.toml).

    The patterns that come with Mihari are on trial at a new node: what they would tell is counted and told to nobody.
    """
    from mihari.commands import node_library
    from mihari.commands.console import progress
    from mihari.core.config import NodeConfig
    from mihari.core.template import SCHEMA_FILE, render, schema_of

    path = output or path
    patterns = node_library.chosen(library, trust, who, active)
    tables = chosen(name, area, ais, radar, station) | patterns.tables
    if patterns.now:
        node_library.refuse_passing(path, tables["feed"])
    if mesh:
        from mihari.commands.node_keys import mesh_tables

        tables |= mesh_tables(Path(path), name or NodeConfig().node.name, authority, host, force)
    elif authority or host:
        raise BadInput("--authority and --host go with --mesh")
    text = render(NodeConfig, tables)
    if path == "-":
        click.echo(text, nl=False)
        return
    written = Path(path)
    _write(written, text, force)
    _write(written.with_name(SCHEMA_FILE), _json(schema_of(NodeConfig)), force=True)
    click.echo(
        f"{path} written, and {SCHEMA_FILE} beside it for editors; `mihari run {path}` starts the node", err=True
    )
    if patterns.now:
        with progress("holding patterns") as advance:
            node_library.begin(patterns, NodeConfig.model_validate(tables), written, advance)


def chosen(
    name: str, area: str, ais: tuple[str, ...], radar: tuple[str, ...], station: tuple[str, ...]
) -> dict[str, Any]:
    """What the new file sets; BadInput for an address or an area that there is not."""
    from mihari import coast
    from mihari.core.config import NodeConfig
    from mihari.feeds.address import FeedAddress

    if area:
        coast.load(area)
    feeds = [*((url, "ais") for url in ais), *((url, "asterix") for url in radar)] or [("udp://:10110", "ais")]
    for url, format in feeds:
        FeedAddress.parse(url, format)
    tables = {
        "node": {key: value for key, value in (("name", name), ("area", area)) if value},
        "feed": [{"url": url, "format": format} for url, format in feeds],
        "sensor": [{"name": one, "kind": "ais", "station": one} for one in station],
    }
    for key, most in (("--name", [name]), ("--station", station)):
        if any(len(value) > 40 for value in most):
            raise BadInput(f"{key}: expected at most 40 characters")
    NodeConfig.model_validate(tables)
    return tables


def _json(value: dict[str, Any]) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str, force: bool) -> None:
    from mihari.commands.console import why

    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadInput(f"{path}: is there already; --force writes over it") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {why(error)}") from None


@node.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write it there instead of printing it.")
def schema(output: Path | None) -> None:
    """Print the JSON schema of node files, for editors."""
    from mihari.core.config import NodeConfig
    from mihari.core.template import schema_of

    if output is None:
        print_json(schema_of(NodeConfig))
    else:
        _write(output, _json(schema_of(NodeConfig)), force=True)


@node.command()
@click.argument("path", metavar="NODE.toml")
@as_json
def check(path: str, as_json: bool) -> None:
    """Explain every mistake of a node file, and what on this machine stands in its way. Exit code 2 for mistakes."""
    from mihari.commands.node_check import check_file

    findings = check_file(path)
    mistakes = sum(finding.level == "mistake" for finding in findings)
    if as_json:
        print_json({"file": path, "good": not mistakes, "findings": [finding.row() for finding in findings]})
    else:
        for finding in findings:
            click.echo(finding.sentence(path))
        warnings = len(findings) - mistakes
        told = f"{_count(mistakes, 'mistake')}, {_count(warnings, 'warning')}"
        click.echo(f"{path}: {told}" if findings else f"{path}: good")
    if mistakes:
        raise SystemExit(2)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
