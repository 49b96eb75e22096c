"""The seam to the network: frames ⇄ neighbours. Two methods; behind them Zenoh, NATS JetStream or memory.

A transport carries frames between this node and those that it has a link with, its neighbours, each known by the
author id in its certificate. It routes nothing: who is further away is reached because every node passes on what it
holds (`mihari.mesh.exchange`). Frames of one lane arrive in order or not at all while a link is up; a link that comes
back is a new link.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

FRAME_MAX = 64 << 10  # bytes; the longest that is sent or taken


class Lane(IntEnum):
    """What overtakes what on a link that is full, first to last."""

    ALARM = 0
    CONTROL = 1  # acknowledgements, summaries
    LIVE = 2
    HISTORY = 3


@dataclass(frozen=True, slots=True)
class Up:
    """A link to a neighbour has come up. `address`: the remote end, as people write it; `dialled`: we called."""

    peer: str  # author id, 16 hexadecimal digits
    address: str = ""
    dialled: str = ""  # the configured address that this link came of; "" where the neighbour called


@dataclass(frozen=True, slots=True)
class Down:
    """The link to a neighbour is gone."""

    peer: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame from a neighbour."""

    peer: str
    lane: Lane
    frame: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """Something came in that is no frame: too long, from nobody known, too much; with the reason in a few words."""

    peer: str  # "" not known
    reason: str
    size: int = 0  # bytes, of all of them
    count: int = 1  # of a flood, many are told as one


Event = Up | Down | Arrival | Refused


class Transport(Protocol):
    """A node's end of its links; made open, ended by `close`."""

    def send(self, peer: str, frame: bytes, lane: Lane) -> bool:
        """Hand a frame over for a neighbour, never waiting; False where there is no link or no room for it.

        ValueError for one longer than `FRAME_MAX`: that is a bug of the caller.
        """

    def receive(self, timeout: float) -> Event | None:
        """The next event, or None after `timeout` s."""

    def close(self) -> None:
        """Leave all links."""
