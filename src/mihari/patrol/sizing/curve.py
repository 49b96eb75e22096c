"""The result of sizing: fleets, each with one vehicle more, what they reach, and what no fleet so large could."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mihari.patrol.sizing.limit import Fewest


@dataclass(frozen=True, slots=True)
class Point:
    """A fleet: vehicles of each candidate, what was `added` last ("": nothing), and its figures.

    fresh: share of weight and time, planned. bound: that no plan of this fleet exceeds. limit: that no fleet of so many
    vehicles exceeds; NaN: none of them keeps the stations. cost_per_h: with all of them out; cost_per_day: of the hours
    that the plan has them out. unmanned_h: hours of stations that nobody keeps, in all.
    """

    vehicles: dict[str, int]
    added: str
    fresh: float
    bound: float
    limit: float
    cost_per_h: float
    cost_per_day: float
    unmanned_h: float

    @property
    def count(self) -> int:
        """How many vehicles."""
        return sum(self.vehicles.values())

    @property
    def cost_of_percent(self) -> float:
        """A day, for each percent of fresh; infinite where nothing is."""
        return self.cost_per_day / (100 * self.fresh) if self.fresh > 0 else math.inf

    def meets(self, target: float) -> bool:
        """Whether it is as fresh as asked for, with all stations kept."""
        return self.fresh >= target and self.unmanned_h < 0.05


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in the order of growth; `better`: the last one after exchanges, None where none was better.

    fewest, cheapest: what the limit allows for the target, by number and by cost per hour; None: nothing does.
    """

    patrol: str
    target: float
    points: tuple[Point, ...]
    better: Point | None
    fewest: Fewest | None
    cheapest: Fewest | None
    why_ended: str

    @property
    def met(self) -> Point | None:
        """The first fleet whose plan meets the target; the one after exchanges where that does."""
        grown = next((point for point in self.points if point.meets(self.target)), None)
        return self.better if self.better is not None and self.better.meets(self.target) else grown

    @property
    def knee(self) -> Point | None:
        """Where more vehicles begin to bring less; None for curves without a bend."""
        at = knee([p.count for p in self.points], [p.fresh for p in self.points])
        return None if at is None else self.points[at]

    def to_json(self) -> dict[str, Any]:
        """Everything, for machines; what is no number is None."""

        def told(point: Point | None) -> dict[str, Any] | None:
            if point is None:
                return None
            figures = asdict(point) | {"count": point.count, "cost_of_percent": point.cost_of_percent}
            return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in figures.items()}

        fewest, cheapest = (None if f is None else asdict(f) for f in (self.fewest, self.cheapest))
        return {
            "patrol": self.patrol, "target": self.target, "points": [told(p) for p in self.points],
            "better": told(self.better), "met": told(self.met), "knee": told(self.knee), "fewest": fewest,
            "cheapest": cheapest, "why_ended": self.why_ended,
        }  # fmt: skip


def knee(x: Sequence[float], y: Sequence[float]) -> int | None:
    """The point that lies highest above the line from the first to the last (Satopää et al. 2011); None for none.

    >>> knee([0, 1, 2, 3, 4], [0.0, 0.5, 0.8, 0.9, 1.0])
    2
    """
    if len(x) < 3 or x[-1] <= x[0] or y[-1] <= y[0]:
        return None
    across = (np.asarray(x, float) - x[0]) / (x[-1] - x[0])
    up = (np.asarray(y, float) - y[0]) / (y[-1] - y[0])
    above = up - across
    return int(above.argmax()) if above.max() > 1e-9 else None
