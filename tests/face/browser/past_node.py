"""A real node with an archive: recordings of the simulated strait, played faster than they were, and its map.

python tests/face/browser/past_node.py FOLDER PORT SECONDS SPEED
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from mihari.commands.demo import configuration
from mihari.core.config import NodeConfig
from mihari.node import Node
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings


def main(folder: Path, port: int, seconds: float, speed: float) -> None:
    """Runs until it is killed."""
    scenario = load("strait")
    (folder / "recordings").mkdir(parents=True)
    write_recordings(Simulation(scenario), folder / "recordings", seconds)
    files = sorted(p for p in (folder / "recordings").iterdir() if p.suffix in (".pcap", ".nmea"))
    tables = configuration(scenario, [1, 2], port).model_dump(mode="json")
    kinds = {".nmea": "file", ".pcap": "pcap"}
    tables["feed"] = [{"url": f"{kinds[p.suffix]}:{p}?speed={speed:g}", "name": p.stem} for p in files]
    tables["archive"] = {"enabled": True, "path": str(folder / "archive"), "free_gb": 0.0}
    with Node(NodeConfig.model_validate(tables)) as node:
        node.wait()
        signal.pause()  # the map goes on answering


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
