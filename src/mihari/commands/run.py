"""`mihari run`: a node from a file or from addresses; ends on Ctrl-C, or with its recordings (`--until-end`)."""

from __future__ import annotations

import math
import time
import webbrowser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, print_json
from mihari.commands.notify import Service
from mihari.core.config import NodeConfig, load
from mihari.core.errors import BadInput

LOOK_S = 0.5  # how often it is looked whether a feed has failed


@click.command(
    epilog="""\b
Examples:
  mihari run node.toml
  mihari run --ais udp://:10110
  mihari run --ais tcp://192.0.2.7:5631 --radar 'udp://239.192.0.2:8600' --area nansei
  mihari run --ais serial:/dev/ttyUSB0?baud=38400 --ais udp450://TGTD
  mihari run --ais 'mqtt://user:password@broker/ais/#?qos=1' --radar tcp-listen://127.0.0.1:8600
  mihari run node.toml --archive /srv/mihari/archive
  mihari run --ais 'file:monday.nm4.gz?speed=max' --until-end --summary
"""
)
@click.argument("node_file", required=False, metavar="[NODE.toml]")
@click.option("--ais", multiple=True, metavar="ADDRESS", help="A feed of AIS sentences; may be repeated.")
@click.option("--radar", multiple=True, metavar="ADDRESS", help="A feed of ASTERIX plots; may be repeated.")
@click.option("--area", default="", help="Coastline: nansei, aegean, or an area file.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the map and API on 127.0.0.1 (default 8080).")
@click.option("--archive", default="", metavar="DIR", help="Keep everything there; see mihari history and replay.")
@click.option("--for", "seconds", type=Number(0.1), metavar="SECONDS", help="End after so many seconds.")
@click.option("--until-end", is_flag=True, help="End when all recordings have been read; no map.")
@click.option("--summary", is_flag=True, help="Print a JSON summary at the end.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def run(
    node_file: str | None,
    ais: tuple[str, ...],
    radar: tuple[str, ...],
    area: str,
    port: int | None,
    archive: str,
    seconds: float | None,
    until_end: bool,
    summary: bool,
    no_browser: bool,
) -> None:
    """Run a node: feeds in, one picture, the map and the API on 127.0.0.1. A file, or addresses for a start."""
    config = configured(node_file, ais, radar, area, port, face=not until_end, archive=archive)
    if not config.feed:
        raise BadInput("nothing to listen to: give a node file with [[feed]], or --ais or --radar with an address")
    again = partial(configured, node_file, ais, radar, area, port, not until_end, archive) if node_file else None
    serve(config, seconds, until_end, summary, browser=not no_browser, watched=(node_file, again) if again else None)


def configured(
    node_file: str | None,
    ais: tuple[str, ...],
    radar: tuple[str, ...],
    area: str,
    port: int | None,
    face: bool = True,
    archive: str = "",
) -> NodeConfig:
    """The node's configuration from a file and what the command line adds to it."""
    tables: dict[str, Any] = load(node_file).model_dump(by_alias=True) if node_file else {}
    feeds = [{"url": url, "format": "ais"} for url in ais] + [{"url": url, "format": "asterix"} for url in radar]
    tables["feed"] = [*tables.get("feed", ()), *feeds]
    if area:
        tables["node"] = {**tables.get("node", {}), "area": area}
    told = {} if port is None else {"port": port}
    tables["face"] = {**tables.get("face", {}), **told}
    if not face:
        tables["face"]["enabled"] = False
    if archive:
        tables["archive"] = {**tables.get("archive", {}), "enabled": True, "path": archive}
    return NodeConfig.model_validate(tables)


def serve(
    config: NodeConfig,
    seconds: float | None,
    until_end: bool,
    summary: bool,
    browser: bool,
    ended: Callable[[Any], dict[str, Any]] | None = None,
    watched: tuple[str | None, Callable[[], NodeConfig]] | None = None,
) -> None:
    """Run a node until its end, its time or Ctrl-C, then print the summary; `ended` adds to it.

    `watched`: a node file and what reads it again, for a node that is to follow its changes.
    """
    from mihari.health.logs import logging_to

    with logging_to(config.health):
        _serve(config, seconds, until_end, summary, browser, ended, watched)


def _serve(
    config: NodeConfig,
    seconds: float | None,
    until_end: bool,
    summary: bool,
    browser: bool,
    ended: Callable[[Any], dict[str, Any]] | None,
    watched: tuple[str | None, Callable[[], NodeConfig]] | None,
) -> None:
    from mihari.feeds.file import open_recording
    from mihari.node import Node

    node, stopped = Node(config), False
    service = Service(node.progress)
    look = _follow(node, *watched) if watched else _nothing  # before the start: a hangup must not end it
    began = time.monotonic()
    if until_end and any(feed.address.live for feed in node.hub.feeds):
        raise BadInput("--until-end needs recordings only (file: or pcap: without follow=1)")
    for feed in node.hub.feeds:
        if feed.address.recorded:  # a misspelt name is told before anything starts
            open_recording(feed.address.path).close()
    try:
        node.start()
        if node.face is not None:
            click.echo(f"mihari: the map is at {node.face.url} (Ctrl-C ends)", err=True)
            if browser and Path("/usr/bin").exists():
                webbrowser.open(node.face.url)
        service.ready(_status(node))
        try:
            wait(node, seconds, look) if until_end or seconds is not None else _until_stopped(node, look)
        except KeyboardInterrupt:
            stopped = True
    finally:
        service.stopping()
        node.stop()
    if summary:
        from mihari.commands.summary import node_summary

        print_json({**node_summary(node, time.monotonic() - began), **(ended(node) if ended else {})})
    if stopped:
        raise KeyboardInterrupt


def _status(node: Any) -> str:
    feeds = len(node.hub.feeds)
    told = f"{feeds} feed{'' if feeds == 1 else 's'}"
    return told if node.face is None else f"{told}, the map is at {node.face.url}"


def _follow(node: Any, path: str | None, make: Callable[[], NodeConfig]) -> Callable[[], object]:
    """What looks whether the node file has changed."""
    from mihari.commands.reload import NodeFile

    file = NodeFile(str(path), node, make)
    file.on_hangup()
    return file.look


def _nothing() -> None:
    """Nothing to look at."""


def wait(node: Any, seconds: float | None = None, look: Callable[[], object] = _nothing) -> bool:
    """`node.wait`, telling of each feed that fails when it does. BadInput when none is left and none was ever heard.

    `look` is called about twice a second.
    """
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    told: set[int] = set()
    while True:
        left = deadline - time.monotonic()
        ended: bool = node.wait(max(min(LOOK_S, left), 0.0))
        _complain(node, told)
        look()
        if ended or left <= LOOK_S:
            return ended


def _until_stopped(node: Any, look: Callable[[], object]) -> None:
    wait(node, None, look)
    if node.config.face.enabled:
        keep_shown()


def keep_shown(seconds: float | None = None) -> None:
    """Recordings are through: the last picture stays on the screen, at most so long."""
    click.echo("mihari: all input has been read; the picture stays until Ctrl-C", err=True)
    deadline = math.inf if seconds is None else time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        time.sleep(min(left, 3600.0))


def _complain(node: Any, told: set[int]) -> None:
    """Say which feeds have failed since the last call (`told`: those said already)."""
    feeds = node.hub.health()
    failed = [feed for feed in feeds if feed.state == "failed"]
    if failed and len(failed) == len(feeds) and all(feed.last_heard is None for feed in feeds):
        raise BadInput(failed[0].problem)
    for feed in failed:
        if feed.index not in told:
            told.add(feed.index)
            click.echo(f"mihari: {feed.problem}", err=True)
