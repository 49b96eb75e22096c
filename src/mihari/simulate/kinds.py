"""Kinds of vessel: how long, how fast, how they move and what they carry. Assumed, plausible distributions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from mihari.core.units import KNOT


class Style(IntEnum):
    """How a kind moves along its way."""

    STEADY = 0  # one speed
    VARYING = 1  # slows nearly to a drift and speeds up again
    STOPPING = 2  # between two ends, with a stop at each
    STILL = 3  # swings at anchor, or lies still


@dataclass(frozen=True, slots=True)
class Kind:
    """Lengths in m and speeds in m/s (lowest, highest); shares with AIS class A and B; M.1371-5 table 53 type."""

    length: tuple[float, float]
    speed: tuple[float, float]
    style: Style
    class_a: float
    class_b: float
    ship_type: int
    status: int  # navigation status under way, M.1371-5 table 47
    slenderness: float = 6.0  # length over beam
    turn: float = 0.02  # rad/s at most


def _kn(low: float, high: float) -> tuple[float, float]:
    return (low * KNOT, high * KNOT)


KINDS = {
    "cargo": Kind((70, 230), _kn(9, 17), Style.STEADY, 1.0, 0.0, 70, 0, 6.6, 0.015),
    "tanker": Kind((80, 250), _kn(9, 15), Style.STEADY, 1.0, 0.0, 80, 0, 6.2, 0.015),
    "tug": Kind((20, 38), _kn(6, 10), Style.STEADY, 1.0, 0.0, 52, 0, 3.2, 0.04),
    "ferry": Kind((28, 120), _kn(14, 30), Style.STOPPING, 1.0, 0.0, 60, 0, 5.5, 0.03),
    "pilot": Kind((10, 22), _kn(8, 25), Style.VARYING, 1.0, 0.0, 50, 0, 3.4, 0.1),
    "fishing": Kind((9, 32), _kn(1.5, 7), Style.VARYING, 0.5, 0.18, 30, 7, 4.2, 0.05),
    "pleasure": Kind((7, 16), _kn(4, 9), Style.VARYING, 0.1, 0.5, 37, 0, 3.2, 0.08),
    "boat": Kind((4, 9), _kn(5, 26), Style.VARYING, 0.0, 0.0, 90, 0, 2.8, 0.12),
    "anchored": Kind((60, 220), _kn(0.05, 0.2), Style.STILL, 1.0, 0.0, 70, 1, 6.4, 0.05),
    "moored": Kind((12, 90), (0.0, 0.0), Style.STILL, 0.8, 0.0, 70, 5, 5.0, 0.05),
}
