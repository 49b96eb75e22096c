"""`mihari library share|offered`: bundles that nodes of the mesh offer one another, and that people take over."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.alerts import node, opened, where
from mihari.commands.console import as_json, print_json, why
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.alerts.records import Records
    from mihari.library.exchange import Bundle, Trust
    from mihari.library.offers import Offer


@click.command(
    "share",
    epilog="""\b
Examples:
  mihari library share nansei.mihari-library --who Sato --node naha.toml
  mihari library share --stop 9f3a12c07b44 --who Sato --node naha.toml
""",
)
@click.argument("file", metavar="[BUNDLE]", default="")
@click.option("--stop", "ended", default="", metavar="ID", help="Offer this one no longer; who has it keeps it.")
@click.option("--who", required=True, metavar="NAME", help="Who decides, as the log shall name them.")
@where
@node
def share(file: str, ended: str, who: str, records: str, node_file: str) -> None:
    """Offer a signed bundle to all nodes of the mesh, whoever signed it; a running node tells it within a second.

    It goes over LAN and cellular links; others hold it until one of their people takes it over.
    """
    from mihari.alerts.actions import By
    from mihari.library import offers

    if bool(file) == bool(ended):
        raise BadInput("expected a bundle's file, or --stop ID, one of them")
    by = By(who, time.time())
    with opened(records, node_file) as there:
        if ended:
            done = offers.stop(there, by, ended)
            click.echo(f"{done.id}: {done.about['name']} is offered no longer")
            return
        try:
            data = Path(file).read_bytes()
        except OSError as error:
            raise BadInput(f"{file}: cannot be read: {why(error)}") from None
        done = offers.share(there, by, data, file)
    click.echo(f"{done.id}: {done.told} offered to the mesh, signed by {done.about['signer']['name']}")


@click.command(
    "offered", epilog="\b\nExamples:\n  mihari library offered --node naha.toml\n  mihari library offered --json"
)
@where
@node
@as_json
def offered(records: str, node_file: str, as_json: bool) -> None:
    """Bundles that other nodes of the mesh offer, what is in them and whether they are believed; then this node's."""
    from mihari.library.offers import listed

    with opened(records, node_file) as there, there.read() as connection:
        theirs, own = listed(connection), listed(connection, own=True)
    if as_json:
        print_json({"offered": [row(one) for one in theirs], "own": [row(one) for one in own]})
        return
    for one in theirs:
        click.echo("\n".join(_told(one)))
    for one in own:
        click.echo(f"{one.id}  {one.about['name']}: {one.told}, offered by this node ({one.by})")
    if not theirs and not own:
        click.echo("nobody offers a bundle")


def trust_of(file: str, node_file: str) -> Trust:
    """The list of who is believed: the file, else the node's. BadInput where there is none."""
    from mihari.core.config import load
    from mihari.library.exchange import Trust

    file = file or (load(node_file).library.trust if node_file else "")
    if not file:
        raise BadInput("expected --trust FILE, the list of who is believed, or a --node whose [library] has trust")
    return Trust.load(Path(file).expanduser())


def brought(records: Records, file: str, name: str) -> tuple[Bundle, Offer | None]:
    """The bundle in a file, or the one of that id that another node offers."""
    from mihari.library.exchange import parse, read
    from mihari.library.offers import one

    if file:
        return read(file), None
    with records.read() as connection:
        offer, data = one(connection, name)
    return parse(data, f"bundle {offer.id} of {offer.by}"), offer


def row(one: Offer) -> dict[str, Any]:
    """An offer as plain values."""
    plain = {key: getattr(one, key) for key in ("id", "sha256", "node", "by", "time", "state", "size", "problem")}
    return plain | {"told": one.told, "about": dict(one.about)}


def _told(one: Offer) -> list[str]:
    """An offer in lines, in the order in which somebody reads it who decides."""
    about = one.about
    lines = [f"{one.id}  offered by {one.by}: {one.told} in {about.get('name')} {about.get('version')}, {one.state}"]
    lines += [f"  {one.problem}"] * bool(one.problem)
    believed = about.get("believed") or "whether that is to be believed was not asked: the node has no trust list"
    signer = about.get("signer") or {}
    lines.append(
        f"  signed by {signer.get('name')} ({signer.get('author')})" + f": {believed}" * (one.state == "offered")
    )
    refused = {(r["name"], r["version"]): r["why"] for r in about.get("refused", ())}
    for p in about.get("patterns", ()):
        wrong = refused.get((p["name"], p["version"]))
        lines.append(
            f"  {p['name']} {p['version']}: {p['title']}, made by {p['maker']}" + f"; refused: {wrong}" * bool(wrong)
        )
    for w in about.get("withdrawn", ()):
        which = f"version {', '.join(map(str, w['versions']))}" if w["versions"] else "all versions"
        lines.append(f"  {w['name']}: {which} withdrawn by {w['node']}: {w['reason']}")
    if one.state == "offered":
        lines.append(f"  to take it over: mihari library import --offered {one.id} --who NAME --node NODE.toml")
    return lines
