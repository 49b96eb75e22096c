"""`mihari demo`: a simulated strait on real wire bytes, the node, the map, and at the end how good the picture was.

The simulator is a process of its own that sends AIS sentences and ASTERIX datagrams to loopback; the node knows no more
than a real one would. The truth stays with the simulator until the end, when the score is made from it.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, print_json
from mihari.commands.demo_crafts import Proposer, Wired, channels_of, wired
from mihari.commands.demo_officer import Officer
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput

START_S = 60.0  # the simulator lays out its traffic; longer on a machine that compiles
LIBRARY = {"starting": "active"}  # of a demo's nodes that have a map
SCORED_S = 30.0  # the ticks of the last half minute are scored


@click.command(
    epilog="""\b
Examples:
  mihari demo
  mihari demo --alone
  mihari demo --for 60 --summary --no-browser
  mihari demo --archive demo-archive
  mihari demo --scenario below --speed 120
"""
)
@click.option(
    "--for", "seconds", type=Number(1.0), metavar="SECONDS", help="End after so many seconds (default: Ctrl-C)."
)
@click.option("--alone", is_flag=True, help="One node with all sensors; also with --summary, --archive, …")
@click.option("--summary", is_flag=True, help="Print at the end, as JSON, how good the picture was.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Of the map; 0: any free.")
@click.option("--scenario", default="strait", show_default=True, help="A built-in scenario or a TOML file.")
@click.option("--seed", type=int, help="Instead of the scenario's.")
@click.option(
    "--speed", type=Number(1.0, most=10_000.0), metavar="TIMES",
    help="Record the scenario first, then play it so many times faster than it happens.",
)  # fmt: skip
@click.option("--archive", default="", metavar="DIR", help="Keep everything there, for mihari history and replay.")
def demo(
    seconds: float | None,
    alone: bool,
    summary: bool,
    no_browser: bool,
    port: int,
    scenario: str,
    seed: int | None,
    speed: float | None,
    archive: str,
) -> None:
    """Simulate a strait with 300 vessels and show the living map.

    Three stations, a patrol ship, two aircraft and an underwater vehicle watch it, each a node of its own, with links
    between them as poor as such links are; the stations and the ship have a map. Alone: one node with two radars and
    two AIS stations.
    """
    if speed is not None and summary:
        raise BadInput("--speed and --summary: expected one of them; mihari track and mihari score judge recordings")
    if speed is None and not (alone or summary or archive or scenario != "strait" or seed is not None):
        from mihari.commands.coast_demo import coast

        coast(seconds, port, not no_browser)
        return
    from mihari.simulate import load

    chosen = load(scenario)
    if speed is not None:
        from mihari.commands.demo_played import play

        play(chosen, speed, seconds, port, seed, not no_browser, archive)
        return
    with tempfile.TemporaryDirectory(prefix="mihari-demo-") as folder:
        truth = Path(folder) / "truth.parquet"
        told, stopped = _run(chosen, scenario, truth, seconds, port, seed, summary, not no_browser, archive)
    if summary:
        print_json(told)
    if stopped:
        raise KeyboardInterrupt


def _run(
    chosen: Any,
    name: str,
    truth: Path,
    seconds: float | None,
    port: int,
    seed: int | None,
    score: bool,
    browser: bool,
    archive: str,
) -> tuple[dict[str, Any], bool]:
    from mihari.commands.probe import Probe
    from mihari.commands.run import wait
    from mihari.commands.summary import node_summary
    from mihari.node import Node

    click.echo("mihari: starting (the first time on a machine compiles for a minute)", err=True)
    _warm()
    ports, stopped = free_ports(3 + channels_of(chosen.crafts)), False
    crafts = wired(chosen.crafts, ports[3:], free_ports(1, tcp=True)[0])
    config = configuration(chosen, ports, port, crafts)
    if archive:
        config = config.model_copy(
            update={"archive": config.archive.model_copy(update={"enabled": True, "path": archive})}
        )
    node = Node(config, score=score)
    try:
        node.start()
        assert node.face is not None
        sends = [f"ais=udp://127.0.0.1:{ports[0]}", f"radar=udp://127.0.0.1:{ports[1]}"]
        sends += [send for craft in crafts for send in craft.sends]
        stills = crafts[0].stills if crafts else 0
        with (
            simulator(name, sends, truth if score else None, seed, stills),
            Proposer(node.face.url, chosen.crafts),
            Officer(node.face.url),
        ):
            click.echo(f"mihari: the map is at {node.face.url} (Ctrl-C ends)", err=True)
            if browser:
                webbrowser.open(node.face.url)
            began = time.monotonic()
            with Probe(node) if score else contextlib.nullcontext() as probe:
                try:
                    wait(node, seconds)
                except KeyboardInterrupt:
                    stopped = True
            took = time.monotonic() - began
            sensors = node.registry.all()
    finally:
        node.stop()
    if not score:
        return {}, stopped
    told = node_summary(node, took)
    told.pop("mmsi")
    from mihari.commands.judge import judged

    judgement = judged(truth, list(node.moments), sensors, SCORED_S)
    return {**told, **judgement, **(probe.latency() if probe else {})}, stopped


def configuration(scenario: Any, ports: list[int], port: int, crafts: Sequence[Wired] = ()) -> NodeConfig:
    """The node that listens to a simulated coast: its radars' places, UDP feeds on loopback, those of craft.

    `ports`: of AIS, of radars and, where there is a third, of telephones, by which a form on the map reports.
    """
    from mihari.simulate.node_file import node_tables

    tables = node_tables(scenario)
    return NodeConfig.model_validate(
        {
            "node": tables["node"] | {"name": "demo"},
            "feed": [
                {"name": "AIS stations", "url": f"udp://127.0.0.1:{ports[0]}", "format": "ais"},
                {"name": "radars", "url": f"udp://127.0.0.1:{ports[1]}", "format": "asterix"},
                *(telephones(port) for port in ports[2:3]),
                *(feed for craft in crafts for feed in craft.tables["feed"]),
            ],
            "vehicle": [vehicle for craft in crafts for vehicle in craft.tables["vehicle"]],
            "sensor": tables["sensor"],
            "face": {"port": port},
            "alerts": {"records": "temporary"},
            "library": LIBRARY,
            "patrol": patrol_of(scenario.name),
        }
    )


def patrol_of(scenario: str) -> dict[str, Any]:
    """`[patrol]` of a demo whose scenario has a patrol of the same name; from now on, for what sails is there now."""
    from mihari.patrol.file import built_in

    return {"file": scenario, "start": "now", "seconds": 10.0} if scenario in built_in() else {}


def telephones(port: int) -> dict[str, Any]:
    """A feed for what people report: nothing for hours is as it should be."""
    return {"name": "telephones", "url": f"udp://127.0.0.1:{port}", "format": "cot", "silent_s": 0}


def _warm() -> None:
    """Compile in this process, so that the pipeline's first sector is as quick as the last."""
    from mihari.commands import warm

    warm.compile_all()


def free_ports(count: int, tcp: bool = False) -> list[int]:
    """Ports of 127.0.0.1 that nobody has now, of UDP or TCP."""
    import socket

    kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    sockets = [socket.socket(socket.AF_INET, kind) for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [int(s.getsockname()[1]) for s in sockets]
    for s in sockets:
        s.close()
    return ports


@contextlib.contextmanager
def simulator(
    name: str, sends: Sequence[str], truth: Path | None = None, seed: int | None = None, stills: int = 0
) -> Iterator[float]:
    """The simulator's process; gives the UTC s at which it begins, is ended when the block is left.

    `sends`: what goes where, see `--send`; `stills`: where pictures of craft are served. It writes its truth at the end
    if a path is given, and ends by itself when this process does, because its standard input ends.
    """
    command = [sys.executable, "-m", "mihari", "simulate", name, "--live", "--ready", "--with-parent"]
    command += [] if truth is None else ["--truth", str(truth)]
    command += ["--duration", "100000000", *(word for send in sends for word in ("--send", send))]
    command += [] if seed is None else ["--seed", str(seed)]
    command += ["--stills-port", str(stills)] if stills else []
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert child.stdout is not None
        told = child.stdout.readline().split()
        if told[:1] != [b"ready"]:
            raise BadInput(f"the simulator of {name} ended before it began")
        yield float(told[1])
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.wait(START_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
