"""`mihari demo --speed`: a scenario recorded down to its bytes, then played to a node faster than it happens.

For what takes hours: a vehicle below the water that tells late, a fleet that gathers. Times are the scenario's, so the
node is one over recordings; it keeps an archive, from which it runs again what came late.
"""

from __future__ import annotations

import tempfile
import time
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import progress
from mihari.commands.demo import LIBRARY
from mihari.commands.demo_officer import Officer
from mihari.core.config import NodeConfig
from mihari.simulate.node_file import craft_tables, node_tables

RERUN_H = 8.0  # so late may come what is told of the past


def play(
    scenario: Any, speed: float, seconds: float | None, port: int, seed: int | None, browser: bool, archive: str
) -> None:
    """Record and play it; returns after `seconds`, else Ctrl-C ends it. BadInput for a scenario that cannot be."""
    from mihari.commands.run import keep_shown, wait
    from mihari.node import Node
    from mihari.simulate import Simulation
    from mihari.simulate.recordings import write_recordings

    chosen = scenario if seed is None else replace(scenario, seed=seed)
    with tempfile.TemporaryDirectory(prefix="mihari-demo-") as temporary:
        folder = Path(temporary)
        hours = chosen.duration / 3600.0
        click.echo(
            f"mihari: simulating {hours:.1f} h of {chosen.name}, played in {told(chosen.duration / speed)}", err=True
        )
        with progress(f"simulating {chosen.name}") as advance:
            write_recordings(Simulation(chosen), folder / "recorded", None, advance)
        kept = archive or str(folder / "archive")
        with Node(configuration(chosen, folder / "recorded", speed, port, kept)) as node:
            assert node.face is not None
            click.echo(f"mihari: the map is at {node.face.url} (Ctrl-C ends)", err=True)
            if browser:
                webbrowser.open(node.face.url)
            began = time.monotonic()
            with Officer(node.face.url):
                if wait(node, seconds):
                    keep_shown(None if seconds is None else seconds - (time.monotonic() - began))


def configuration(scenario: Any, recorded: Path, speed: float, port: int, archive: str) -> NodeConfig:
    """The node that plays what `write_recordings` wrote of a scenario to a folder."""
    tables = node_tables(scenario)
    vehicles = [
        craft_tables(craft, {kind: address(recorded / f"{kind}-{k}.pcap", speed, kind) for kind in craft.channels})
        for k, craft in enumerate(scenario.crafts)
    ]
    sensed = [
        *((f"AIS {k + 1}", recorded / f"ais-{k}.nmea", "ais") for k in range(len(scenario.stations))),
        *((f"radar {k + 1}", recorded / f"radar-{k}.pcap", "asterix") for k in range(len(scenario.radars))),
        *((f"satellite {k + 1}", recorded / f"sat-{k}.nmea", "ais") for k in range(len(scenario.satellites))),
    ]
    feeds = [{"name": name, "url": address(path, speed, kind), "format": kind} for name, path, kind in sensed]
    return NodeConfig.model_validate(
        {
            "node": tables["node"] | {"name": "demo", "rerun_h": RERUN_H},
            "feed": [*feeds, *(feed for one in vehicles for feed in one["feed"])],
            "vehicle": [vehicle for one in vehicles for vehicle in one["vehicle"]],
            "sensor": tables["sensor"],
            "face": {"port": port},
            "archive": {"enabled": True, "path": archive, "free_gb": 0.0},
            "alerts": {"records": "temporary"},
            "library": LIBRARY,
        }
    )


def address(path: Path, speed: float, kind: str) -> str:
    """The address of a recording at a speed.

    >>> address(Path("a") / "imc-0.pcap", 200.0, "imc")
    'pcap:a/imc-0.pcap?speed=200&format=imc'
    """
    scheme = "pcap" if path.suffix == ".pcap" else "file"
    return f"{scheme}:{path}?speed={speed:g}&format={kind}"


def told(seconds: float) -> str:
    """How long it takes, for people.

    >>> told(45.2), told(112.0)
    ('45 s', '2 min')
    """
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
