"""What a simulated sensor sends: bytes, when they leave, and on which channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Datagram:
    """One datagram: `time` UTC s when it is sent, `channel` such as "radar-0" or "ais-1", and its bytes."""

    time: float
    channel: str
    data: bytes
