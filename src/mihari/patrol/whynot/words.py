"""How explanations name things: cells, hours, fleets, lists."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground

FEW = 4  # things of a list that are named


def cells(ground: Ground, rows: Sequence[int]) -> str:
    """How many cells, where about, and the first of their numbers.

    "3 cells about 26.1° N 125.9° E (12, 13, 27)"
    """
    at = np.asarray(rows, dtype=np.int64)
    lat, lon = ground.cells.lat_deg[at], ground.cells.lon_deg[at]
    turned = lon[0] + (lon - lon[0] + 180) % 360 - 180
    numbers = ", ".join(str(row) for row in at[:FEW]) + (", …" if len(at) > FEW else "")
    many = "cell" if len(at) == 1 else f"{len(at)} cells about"
    return f"{many} {place(float(lat.mean()), float(turned.mean()))} ({numbers})"


def place(lat_deg: float, lon_deg: float) -> str:
    """A position to a tenth of a degree.

    >>> place(-26.04, 181.0)
    '26.0° S 179.0° W'
    """
    lon = (lon_deg + 180) % 360 - 180
    return f"{abs(lat_deg):.1f}° {'N' if lat_deg >= 0 else 'S'} {abs(lon):.1f}° {'E' if lon >= 0 else 'W'}"


def clock(file: PatrolFile, hour: float) -> str:
    """An hour of the plan as a time of day, UTC; with its date where the plan is longer than a day."""
    time = datetime.fromtimestamp(file.start.timestamp() + 3600 * hour, UTC)
    return time.strftime("%H:%M" if hour < 24 else "%d %b %H:%M")


def spans(file: PatrolFile, hours: Sequence[tuple[float, float]]) -> str:
    """Stretches of the plan: "08:40 to 13:40 and 17:00 to 18:00"."""
    told = [f"{clock(file, start)} to {clock(file, min(end, file.hours))}" for start, end in hours[:FEW]]
    return " and ".join(told) + (f" and {len(hours) - FEW} more times" if len(hours) > FEW else "")


def duration(hours: float) -> str:
    """How long, to the minute or half hour.

    >>> duration(0.33), duration(2.02), duration(7.26)
    ('20 min', '2 h', '7.3 h')
    """
    return f"{60 * hours:.0f} min" if hours < 1.95 else f"{hours:.2g} h"


def names(found: Sequence[str], word: str = "and") -> str:
    """A list as people say it.

    >>> names(["a"]), names(["a", "b", "c"]), names(list("abcdefg"), "or")
    ('a', 'a, b and c', 'a, b, c, d or one of 3 others')
    """
    if len(found) > FEW:
        rest = f"one of {len(found) - FEW} others" if word == "or" else f"{len(found) - FEW} others"
        return ", ".join(found[:FEW]) + f" {word} {rest}"
    return f" {word} ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def percent(share: float) -> str:
    """A share as whole percent, rounded down: what is below a target never looks as if it met it.

    >>> percent(0.9499), percent(1.0)
    ('94 %', '100 %')
    """
    return f"{math.floor(100 * share + 1e-6):d} %"


def mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The weighted mean; 0 where nothing weighs anything."""
    return float((values * weights).sum() / weights.sum()) if weights.sum() else 0.0
