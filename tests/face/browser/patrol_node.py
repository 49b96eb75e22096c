"""A real node with a patrol: python patrol_node.py PORT FOLDER [PATROL.toml [PLAN.json [now or file]]]."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

from mihari.core.config import NodeConfig
from mihari.node import Node


def main(port: int, folder: Path, patrol: str = "nansei", plan: str = "", start: str = "now") -> None:
    """It ends with its standard input."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        ais = free.getsockname()[1]
    tables = {
        "node": {"name": "nansei", "area": "nansei"},
        "face": {"port": port},
        "feed": [{"name": "ais", "url": f"udp://127.0.0.1:{ais}?format=ais", "silent_s": 0}],
        "alerts": {"records": str(folder / "records.sqlite")},
        "patrol": {"file": patrol, "plan": plan, "seconds": 5.0, "start": start},
    }
    with Node(NodeConfig.model_validate(tables)):
        print("ready", flush=True)
        for _ in sys.stdin:
            print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:6])
