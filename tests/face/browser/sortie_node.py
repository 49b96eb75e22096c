"""A real node, `mihari run`, and an aircraft that speaks MAVLink and KLV to it: python sortie_node.py PORT FOLDER.

The aircraft is simulated in real time (`mihari.simulate.aboard`) and reached over UDP alone; a tanker is heard by AIS.
Prints "ready"; a line "silent" on standard input makes the aircraft fall silent, "heard" brings it back. Ends with its
input.
"""

from __future__ import annotations

import math
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from mihari.formats.ais import encode
from mihari.simulate.aboard.craft import STEP_S, Aboard
from mihari.simulate.aboard.imager import Hulls
from mihari.simulate.crafts import Craft
from mihari.simulate.vehicles import Body, Vehicle

FILE = """
[node]
name = "sortie"
[[feed]]
url = "udp://127.0.0.1:{mavlink}?format=mavlink"
name = "tb3 link"
[[feed]]
url = "udp://127.0.0.1:{klv}?format=klv"
name = "tb3 camera"
[[feed]]
url = "udp://127.0.0.1:{ais}?format=ais"
name = "ais"
[[vehicle]]
name = "tb3"
profile = "tb3"
operator = "Mori"
feeds = ["tb3 link", "tb3 camera"]
tasks = "tb3 link"
[face]
port = {port}
[alerts]
records = "{records}"
"""
PLACE = (26.0, 127.2)
TANKER = {"message_type": 1, "mmsi": 431000123, "lat_deg": 26.05, "lon_deg": 127.32, "speed": 0.0, "status": 1}
NAMED = {"message_type": 5, "mmsi": 431000123, "name": "KUMANO MARU", "ship_type": 80, "call_sign": "JK12"}


def free_ports(count: int) -> list[int]:
    """UDP ports that nobody has now."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Sortie:
    """The aircraft under way, and the radio between it and the node."""

    def __init__(self, mavlink: int, klv: int, ais: int) -> None:
        self.to = {"mavlink": ("127.0.0.1", mavlink), "klv": ("127.0.0.1", klv), "ais": ("127.0.0.1", ais)}
        self.radio = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.radio.bind(("127.0.0.1", 0))
        self.radio.setblocking(False)
        rng, start = np.random.default_rng(1), time.time()
        body = Body(*PLACE, height=1500.0, heading=1.0, course=1.0, airspeed=60.0, ground_speed=60.0)
        route = tuple((PLACE[0] + 0.1 * math.cos(k), PLACE[1] + 0.1 * math.sin(k)) for k in range(6))
        craft = Craft("tb3", "tb3", place=PLACE, route=route, loop=True, height=1500.0)
        self.aboard = Aboard(craft, 0, start, Vehicle("tb3", body, rng), rng)
        self.silent, self.over = False, threading.Event()

    def fly(self) -> None:
        """Half a second after the other, until it is over."""
        turn = 0
        while not self.over.wait(STEP_S):
            now = time.time()
            while (data := self._heard()) is not None:
                if not self.silent:
                    self.aboard.take("mavlink-0", data, now)
            for one in self.aboard.step(now, {}, Hulls.empty()):
                if not self.silent:
                    self.radio.sendto(one.data, self.to[one.channel.split("-")[0]])
            if turn % 8 == 0:
                for message in (TANKER, NAMED):
                    self.radio.sendto(b"".join(encode(message)), self.to["ais"])
            turn += 1

    def _heard(self) -> bytes | None:
        try:
            return self.radio.recv(65535)
        except (BlockingIOError, ConnectionError):
            return None


def main(port: int, folder: Path) -> None:
    """Until standard input ends."""
    mavlink, klv, ais = free_ports(3)
    file = folder / "node.toml"
    file.write_text(
        FILE.format(mavlink=mavlink, klv=klv, ais=ais, port=port, records=folder / "records.sqlite"), "utf-8"
    )
    node = subprocess.Popen(
        [sys.executable, "-m", "mihari", "run", str(file), "--no-browser"], stdout=subprocess.DEVNULL
    )
    sortie = Sortie(mavlink, klv, ais)
    threading.Thread(target=sortie.fly, daemon=True).start()
    print("ready", flush=True)
    for line in sys.stdin:
        sortie.silent = line.strip() == "silent"
        print("done", flush=True)
    sortie.over.set()
    node.terminate()
    node.wait(30)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
