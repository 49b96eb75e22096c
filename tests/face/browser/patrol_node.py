"""A real node with a patrol that began two hours ago: python patrol_node.py PORT FOLDER [PATROL.toml [PLAN.json]].

Without a file it is the small patrol of these tests, with four boats in it. Its aircraft takes tasks, though nobody
hears it. A line on its standard input makes it find a loiterer in the west; it ends with it.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from patrol_bench import PATROL

from mihari.core.behaviour import Behaviour, Urgency
from mihari.core.config import NodeConfig
from mihari.formats.ais import encode
from mihari.node import Node

START = "2026-11-23T00:00:00Z"


def small(folder: Path) -> str:
    """The file of a small patrol, begun two hours ago."""
    begun = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:00Z")
    path = folder / "bay.toml"
    if not path.exists():
        path.write_text(PATROL.replace(START, begun).replace("hours = 8", "hours = 24"), encoding="utf-8")
    return str(path)


def sail(port: int, over: threading.Event) -> None:
    """Four boats of the bay, heard every two seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radio:
        while not over.wait(2.0):
            for k in range(4):
                told = {"mmsi": 431000000 + k, "lat_deg": 25.75 + 0.15 * k, "lon_deg": 126.05 + 0.12 * k}
                message = {"message_type": 1, "speed": 0.0, "status": 1} | told
                radio.sendto(b"".join(encode(message)), ("127.0.0.1", port))


def loiterer(now: float) -> Behaviour:
    """One of the boats, that nobody knows the purpose of."""
    return Behaviour(
        id="loitering:431000000:1", kind="loitering", vessels=(431000000,), start=int(now) - 3600, end=None,
        lat_deg=26.1, lon_deg=125.8, because="431000000 has loitered for 1 h", urgency=Urgency.WARNING, decided=now,
        told=now,
    )  # fmt: skip


def main(port: int, folder: Path, patrol: str = "", plan: str = "") -> None:
    """Run it."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        ais, link = one.getsockname()[1], two.getsockname()[1]
    start = "now" if patrol == "nansei" else "file"
    tables = {
        "node": {"name": "nansei", "area": "nansei"},
        "face": {"port": port},
        "feed": [
            {"name": "ais", "url": f"udp://127.0.0.1:{ais}?format=ais", "silent_s": 0},
            {"name": "link", "url": f"udp://127.0.0.1:{link}?format=mavlink", "silent_s": 0},
        ],
        "vehicle": [{"name": "tb2", "profile": "tb2", "operator": "Mori", "feeds": ["link"], "tasks": "link"}],
        "alerts": {"records": str(folder / "records.sqlite")},
        "patrol": {"file": patrol or small(folder), "plan": plan, "seconds": 2.0, "start": start},
    }
    over = threading.Event()
    threading.Thread(target=sail, args=(ais, over), daemon=True).start()
    with Node(NodeConfig.model_validate(tables)) as node:
        print("ready", flush=True)
        for _ in sys.stdin:
            assert node.desk is not None
            node.desk.take([loiterer(time.time())], [], time.time())
            print("done", flush=True)
    over.set()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5])
