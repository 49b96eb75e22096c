"""`mihari mesh status`: other nodes, the links to them and modems, asked of the running node over its API."""

from __future__ import annotations

import time
from typing import Any

import click

from mihari.commands.console import as_json, print_json
from mihari.commands.watch import asked
from mihari.core.errors import BadInput

EVERY_S = 1.0  # the node tells anew as often
URL = "http://127.0.0.1:8080"


@click.group(
    epilog="""\b
Examples:
  mihari mesh status
  mihari mesh status --node /etc/mihari/naha.toml --watch
"""
)
def mesh() -> None:
    """Other nodes with which a node shares its picture. Nothing is changed."""


@mesh.command(
    epilog="""\b
Examples:
  mihari mesh status
  mihari mesh status --watch
  mihari mesh status --node /etc/mihari/naha.toml
  mihari mesh status --url http://127.0.0.1:8081 --json
  ssh kume mihari mesh status
"""
)
@click.option("--url", default="", metavar="URL", help=f"Of the running node's map.  [default: {URL}]")
@click.option("--node", "node_file", default="", metavar="NODE.toml", help="Of the running node: its port is taken.")
@click.option("--watch", is_flag=True, help="Again every second, until Ctrl-C.")
@as_json
def status(url: str, node_file: str, watch: bool, as_json: bool) -> None:
    """Nodes, links and modems, as the running node has them.

    Of nodes: how many vessels each has told, with how many sensors it watches, when it was heard, through whom, by how
    much its clock is ahead of ours.
    Of links: to the neighbour and back in ms, batches that wait, bytes; from 110 columns on, bytes under way and
    frames that had to be sent again. Of modems: messages sent, vessels that wait to be told, messages heard, those that
    told nothing new, those refused, and how many vessels each node has told by it.
    """
    if url and node_file:
        raise BadInput("--url and --node: expected one of them")
    if watch and as_json:
        raise BadInput("--watch and --json: expected one of them")
    base = f"{(url or url_of(node_file)).rstrip('/')}/api/v1/"
    if as_json:
        print_json(look(base))
        return
    from rich.console import Console

    from mihari.commands.mesh_table import page

    console = Console()
    if not watch:
        console.print(page(look(base), console.width))
        return
    from rich.live import Live

    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            live.update(page(look(base), console.width), refresh=True)
            time.sleep(EVERY_S)


def look(base: str) -> dict[str, Any]:
    """What the node tells of the mesh, see `mihari.mesh.status`; BadInput where it is in none, or does not answer."""
    told = asked(base, "mesh", none_ok=True)
    if "links" not in told:
        raise BadInput(f"{base}: this node is in no mesh; expected one whose node file has [mesh] with enabled = true")
    return told


def url_of(node_file: str) -> str:
    """Where the map of a running node is, by its node file; the default without one."""
    if not node_file:
        return URL
    from mihari.core.config import load

    face = load(node_file).face
    if not face.enabled or not face.port:
        raise BadInput(f"{node_file}: [face]: its map is off, or on any free port; expected --url in its place")
    return f"http://{f'[{face.host}]' if ':' in face.host else face.host}:{face.port}"
