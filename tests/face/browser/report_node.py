"""A real node that hears telephones, with a few vessels by AIS: python report_node.py PORT FOLDER.

Orders come as lines of JSON on standard input: `{"marker": "trawler", "who": "KAI", "lat_deg": 26.1, "lon_deg": 127.2,
"sd_m": 300, "ago_s": 7200, "id": "r1"}` (somebody's telephone), `{"deaf": true}` (the node file loses its feed of
reports), `{"deaf": false}`. Ends with its input.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from mihari.core.config import NodeConfig
from mihari.feeds.address import FeedAddress
from mihari.feeds.markers import marker, send
from mihari.formats.ais import encode
from mihari.node import Node

BOATS = 12


def free_ports(count: int) -> list[int]:
    """UDP ports that nobody has now."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def tables(port: int, folder: Path, ais: int, cot: int | None) -> dict[str, Any]:
    """The node's file; `cot` None: nobody hears reports."""
    feeds = [{"name": "ais", "url": f"udp://127.0.0.1:{ais}?format=ais"}]
    phone = {"name": "phones", "url": f"udp://127.0.0.1:{cot}?format=cot", "silent_s": 0}
    return {
        "node": {"name": "kume", "area": "nansei"},
        "face": {"port": port},
        "feed": feeds if cot is None else [*feeds, phone],
        "alerts": {"records": str(folder / "records.sqlite")},
        "sensor": [
            {"name": "kume", "kind": "ais", "lat_deg": 26.2, "lon_deg": 127.5},
            {"name": "Zampa", "kind": "ais", "lat_deg": 26.44, "lon_deg": 127.71},
        ],
    }


def sail(ais: int, over: threading.Event) -> None:
    """Boats that anchor around the station, heard every two seconds."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radio:
        while not over.wait(2.0):
            for k in range(BOATS):
                told = {"mmsi": 431000000 + k, "lat_deg": 26.05 + 0.03 * (k // 4), "lon_deg": 127.3 + 0.07 * (k % 4)}
                message = {"message_type": 1, "speed": 0.0, "status": 1} | told
                radio.sendto(b"".join(encode(message)), ("127.0.0.1", ais))


def main(port: int, folder: Path) -> None:
    """Until standard input ends."""
    ais, cot = free_ports(2)
    over = threading.Event()
    threading.Thread(target=sail, args=(ais, over), daemon=True).start()
    with Node(NodeConfig.model_validate(tables(port, folder, ais, cot))) as node:
        print("ready", flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            if "deaf" in order:
                node.reload(NodeConfig.model_validate(tables(port, folder, ais, None if order["deaf"] else cot)))
            else:
                where, at = (order["lat_deg"], order["lon_deg"]), time.time() - order.get("ago_s", 0.0)
                said = marker(order["marker"], order["who"], where, order["sd_m"], at, order.get("id", ""))
                send(said, FeedAddress.parse(f"udp://127.0.0.1:{cot}", "cot"))
            print("done", flush=True)
    over.set()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
