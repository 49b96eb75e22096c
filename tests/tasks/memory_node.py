"""A real node with a vehicle in memory on its feed: `memory_node.py NODE.toml`; prints its URL, ends with its input.

The vehicle takes what it is told, tells half a second later that it is half done, and half a second after that done.
"""

import sys
import threading
import time

from mihari import dispatch
from mihari.core.asset import Asset, LinkState
from mihari.core.config import load
from mihari.node import Node
from mihari.tasks import drivers, runner
from mihari.tasks.charge import ALL
from mihari.tasks.memory import MemoryDriver, MemoryVehicle


class Heard(runner.Runner):
    """A runner that hears its vehicles, as it would by telemetry in the picture."""

    def _asset(self, post):
        now = time.time()
        return Asset(post.asset, post.kind, link=LinkState.UP, time=now, heard=now, lat_deg=26.0, lon_deg=127.0)


def main():
    """Until standard input ends."""
    memory = {"mavlink": drivers.Making(ALL, lambda section: MemoryDriver())}
    dispatch.makings_with = lambda keep: memory
    node = Node(load(sys.argv[1]))
    vehicle = MemoryVehicle(node.talk.heard)
    runner.Runner = Heard
    node.hub.send = vehicle.send  # instead of the feed's connection
    node.start()

    def fly():
        flown = 0
        while True:
            time.sleep(0.5)
            if vehicle.task:
                flown += 1
                vehicle.tell("progress", share=0.5, why="half way") if flown % 4 else vehicle.tell("done")
                vehicle.task = vehicle.task if flown % 4 else 0

    threading.Thread(target=fly, daemon=True).start()
    print(node.face.url, flush=True)
    sys.stdin.read()
    print("asked", [one["ask"] for one in vehicle.asked], flush=True)
    node.stop()


if __name__ == "__main__":
    main()
