"""Craft of a demo's scenario: their ports, what their node's file says of them, what they are asked to do.

What a person would do on the map is done here once, through the same API: a task is proposed and, because the node file
says so beforehand, accepted, sent and flown.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mihari.commands.demo_asking import Asking
from mihari.core.task import TaskKind
from mihari.simulate.crafts import Craft
from mihari.simulate.node_file import craft_tables

OPERATOR = "demo"  # who answers for the demo's vehicles
ACCEPTS = tuple(kind.value for kind in TaskKind)
FOLLOWED_S = 90.0
FRESH_S = 30.0  # a vessel seen so lately is looked at closer


@dataclass(frozen=True, slots=True)
class Wired:
    """A craft with the UDP port of each of its channels on loopback."""

    craft: Craft
    ports: dict[str, int]
    stills: int  # where its pictures are

    @property
    def sends(self) -> list[str]:
        """What the simulator sends where."""
        return [f"{self.craft.name}/{kind}=udp://127.0.0.1:{port}" for kind, port in self.ports.items()]

    @property
    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """`feed` and `vehicle` of the node that hears it."""
        urls = {kind: f"udp://127.0.0.1:{port}" for kind, port in self.ports.items()}
        return craft_tables(self.craft, urls, OPERATOR, ACCEPTS, f"http://127.0.0.1:{self.stills}/")


def wired(crafts: Sequence[Craft], ports: Sequence[int], stills: int) -> list[Wired]:
    """Ports for every channel of every craft; `ports` has as many as there are channels."""
    left = iter(ports)
    return [Wired(craft, {kind: next(left) for kind in craft.channels}, stills) for craft in crafts]


def channels_of(crafts: Sequence[Craft]) -> int:
    """How many ports they need."""
    return sum(len(craft.channels) for craft in crafts)


class Proposer(Asking):
    """Asks the craft of one node for what the demo shows: search where each is to search, then a still of who is found.

    `address`: of the node's API.
    """

    def __init__(self, address: str, crafts: Sequence[Craft]) -> None:
        super().__init__(address)
        self.crafts = [craft for craft in crafts if craft.searches]
        self._searched: set[str] = set()
        self._pictured: set[int] = set()

    @property
    def idle(self) -> bool:
        """Without craft."""
        return not self.crafts

    def step(self) -> None:
        """One look at the picture."""
        assets = {one["name"]: one for one in self.get("/assets")["assets"]}
        for craft in self.crafts:
            told = assets.get(craft.name)
            if told is None or told["lat_deg"] is None:
                continue
            if craft.name not in self._searched:
                where = {"places": [list(place) for place in craft.searches], "height_m": craft.height}
                self._propose(craft.name, "search", where)
                self._searched.add(craft.name)
            else:
                self._picture(craft)

    def _picture(self, craft: Craft) -> None:
        """A still of the first vessel without a name that nobody but the aircraft sees."""
        for vessel in self.get("/vessels?source=seen&limit=20")["vessels"]:
            names = vessel["sources"]
            alone = "seen" in names and "ais" not in names and "radar" not in names
            if alone and vessel["id"] not in self._pictured and time.time() - vessel["time"] < FRESH_S:
                self._pictured.add(vessel["id"])
                height = {"vessel": vessel["id"], "height_m": craft.height}
                self._propose(craft.name, "follow", height | {"until": time.time() + FOLLOWED_S})
                self._propose(craft.name, "still", {"vessel": vessel["id"]})
                return

    def _propose(self, asset: str, kind: str, about: dict[str, Any]) -> None:
        self.post("/tasks", {"asset": asset, "kind": kind, "who": OPERATOR, "reason": "the demo asks"} | about)
