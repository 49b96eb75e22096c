"""What speaks for which purpose: a table of log likelihood ratios, natural, against a purpose that nobody knows.

A piece of evidence is a figure that is worth `low` at `at[0]` or beyond, `high` at `at[1]` or beyond, and in between
what lies between: 0.7 doubles the odds, 2.3 multiplies them by ten. A figure that is not known is worth nothing.
Weights follow by Bayes' rule as if pieces were independent, so each is kept small; `PRIORS` are the weights without any
evidence. All figures are ours (judgement), set on made-up fleets of seeds kept for tuning: see docs/fleets.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What a fleet may be for."""

    FISHING = "fishing"
    ANCHORAGE = "lying at an anchorage"
    QUEUE = "queueing for a port"
    SHELTER = "sheltering from the weather"
    WEATHER = "waiting for weather"
    BLOCKING = "blocking the way"
    ESCORT = "escorting one vessel"
    REGATTA = "a regatta or pleasure craft together"
    PASSAGE = "on passage along one route"
    RAFTING = "lying side by side"
    UNKNOWN = "unknown"


UNEXPLAINED = (Purpose.UNKNOWN, Purpose.BLOCKING, Purpose.RAFTING)  # not innocent, however well they fit

PRIORS = {
    Purpose.FISHING: 0.22,
    Purpose.ANCHORAGE: 0.10,
    Purpose.QUEUE: 0.08,
    Purpose.SHELTER: 0.05,
    Purpose.WEATHER: 0.05,
    Purpose.BLOCKING: 0.03,
    Purpose.ESCORT: 0.04,
    Purpose.REGATTA: 0.05,
    Purpose.PASSAGE: 0.12,
    Purpose.RAFTING: 0.04,
    Purpose.UNKNOWN: 0.22,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence; `says`: its sentence, with the figure in braces."""

    purpose: Purpose
    figure: str
    at: tuple[float, float]
    low: float
    high: float
    says: str


_TYPES = "{:.0%} fishing vessels by the types told"
_STILL = "{:.0%} lie still"
_SLOW = "{:.0%} slower than 4 kn"
_COURSE = "agreement of courses {:.2f}"
_LONGER = "{:.1f} times as long as wide"
_SHORE = "{:.1f} NM off the shore"
_WIND = "wind {:.0f} m/s"
_MERCHANTS = "{:.0%} cargo ships and tankers by the types told"
_SPEED = "median speed {:.1f} kn"
P = Purpose

EVIDENCE = (
    Piece(P.FISHING, "fishing_types", (0.2, 0.8), -2.0, 2.0, _TYPES),
    Piece(P.FISHING, "fishing_status", (0.1, 0.5), 0.0, 1.5, "{:.0%} tell that they fish"),
    Piece(P.FISHING, "fishing_speed", (0.1, 0.7), -0.3, 0.8, "{:.0%} at 1 to 6 kn"),
    Piece(P.FISHING, "one_course", (0.3, 0.9), 0.7, -0.7, _COURSE),
    Piece(P.FISHING, "in_ground", (0.2, 0.8), 0.0, 1.5, "{:.0%} on a known fishing ground"),
    Piece(P.FISHING, "in_anchorage", (0.2, 0.8), 0.0, -2.0, "{:.0%} in an anchorage"),
    Piece(P.FISHING, "longer", (4.0, 10.0), 0.0, -2.5, _LONGER),
    Piece(P.FISHING, "rafted", (0.2, 0.7), 0.0, -1.5, "{:.0%} within 100 m of the next"),
    Piece(P.FISHING, "speed_kn", (7.0, 12.0), 0.0, -2.0, _SPEED),
    Piece(P.FISHING, "wind", (11.0, 17.0), 0.0, -1.5, _WIND),
    Piece(P.ANCHORAGE, "in_anchorage", (0.2, 0.8), -2.0, 3.0, "{:.0%} in a known anchorage"),
    Piece(P.ANCHORAGE, "anchored", (0.2, 0.8), -2.0, 2.5, "{:.0%} at anchor or moored by the status told"),
    Piece(P.ANCHORAGE, "still", (0.5, 0.95), -3.0, 0.7, _STILL),
    Piece(P.ANCHORAGE, "shore_nm", (3.0, 12.0), 0.3, -1.5, _SHORE),
    Piece(P.QUEUE, "port_nm", (12.0, 4.0), -2.5, 1.0, "{:.1f} NM from a port"),
    Piece(P.QUEUE, "in_waiting", (0.2, 0.8), 0.0, 3.0, "{:.0%} in a waiting area"),
    Piece(P.QUEUE, "merchants", (0.2, 0.8), -2.0, 2.0, _MERCHANTS),
    Piece(P.QUEUE, "slow", (0.5, 0.95), -2.5, 0.5, _SLOW),
    Piece(P.QUEUE, "anchored", (0.5, 0.9), 0.0, -0.7, "{:.0%} at anchor or moored by the status told"),
    Piece(P.QUEUE, "arrivals_h", (0.2, 2.0), -0.3, 1.0, "came over {:.1f} h"),
    Piece(P.QUEUE, "shore_nm", (6.0, 20.0), 0.0, -2.0, _SHORE),
    Piece(P.SHELTER, "wind", (8.0, 14.0), -2.5, 2.5, _WIND),
    Piece(P.SHELTER, "shore_nm", (6.0, 1.5), -2.5, 1.5, _SHORE),
    Piece(P.SHELTER, "slow", (0.5, 0.95), -2.0, 0.5, _SLOW),
    Piece(P.SHELTER, "in_anchorage", (0.2, 0.8), 0.0, -0.7, "{:.0%} in a known anchorage"),
    Piece(P.WEATHER, "wind", (8.0, 14.0), -2.5, 1.8, _WIND),
    Piece(P.WEATHER, "wave", (1.5, 4.0), -1.5, 1.5, "waves of {:.1f} m"),
    Piece(P.WEATHER, "shore_nm", (1.5, 6.0), -1.5, 0.5, _SHORE),
    Piece(P.WEATHER, "slow", (0.5, 0.95), -2.0, 0.5, _SLOW),
    Piece(P.WEATHER, "longer", (4.0, 10.0), 0.0, -1.5, _LONGER),
    Piece(P.BLOCKING, "longer", (4.0, 10.0), -2.5, 3.0, _LONGER),
    Piece(P.BLOCKING, "slow", (0.5, 0.95), -2.5, 0.7, _SLOW),
    Piece(P.BLOCKING, "uneven", (1.0, 0.3), -0.7, 0.7, "spacings differ by {:.0%} of their median"),
    Piece(P.BLOCKING, "in_lane", (0.1, 0.5), 0.0, 2.0, "{:.0%} in a traffic lane"),
    Piece(P.BLOCKING, "vessels", (10.0, 40.0), -1.0, 1.0, "{:.0f} vessels"),
    Piece(P.BLOCKING, "in_anchorage", (0.2, 0.8), 0.0, -2.5, "{:.0%} in a known anchorage"),
    Piece(P.BLOCKING, "anchored", (0.5, 0.9), 0.0, -0.7, "{:.0%} at anchor or moored by the status told"),
    Piece(P.ESCORT, "one_large", (1.5, 3.0), -2.0, 2.0, "the longest is {:.1f} times as long as most"),
    Piece(P.ESCORT, "largest_central", (1.2, 0.4), -1.0, 1.2, "it is {:.1f} times as far out as most"),
    Piece(P.ESCORT, "speed_kn", (2.0, 5.0), -2.5, 0.5, _SPEED),
    Piece(P.ESCORT, "one_course", (0.7, 0.95), -1.5, 0.7, _COURSE),
    Piece(P.ESCORT, "vessels", (10.0, 20.0), 0.3, -2.5, "{:.0f} vessels"),
    Piece(P.REGATTA, "pleasure", (0.2, 0.8), -2.5, 2.5, "{:.0%} pleasure craft by the types told"),
    Piece(P.REGATTA, "sailing", (0.1, 0.5), 0.0, 1.5, "{:.0%} under sail by the status told"),
    Piece(P.REGATTA, "shore_nm", (5.0, 20.0), 0.3, -1.5, _SHORE),
    Piece(P.PASSAGE, "speed_kn", (4.0, 8.0), -3.5, 1.0, _SPEED),
    Piece(P.PASSAGE, "one_course", (0.7, 0.95), -2.5, 1.0, _COURSE),
    Piece(P.PASSAGE, "longer", (1.5, 4.0), -0.7, 0.7, _LONGER),
    Piece(P.PASSAGE, "lengthwise", (0.6, 0.95), -0.7, 0.7, "their line lies along the course by {:.2f}"),
    Piece(P.PASSAGE, "merchants", (0.2, 0.8), -0.7, 1.5, _MERCHANTS),
    Piece(P.PASSAGE, "in_lane", (0.2, 0.8), 0.0, 2.0, "{:.0%} in a traffic lane"),
    Piece(P.RAFTING, "rafted", (0.2, 0.7), -2.5, 3.7, "{:.0%} within 100 m of the next"),
    Piece(P.RAFTING, "slow", (0.5, 0.95), -2.5, 0.5, _SLOW),
    Piece(P.UNKNOWN, "untyped", (0.3, 0.9), 0.0, 1.5, "{:.0%} tell no type"),
)
