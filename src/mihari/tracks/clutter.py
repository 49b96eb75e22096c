"""How many false plots a radar gives, learned in rings of range while it turns."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.sensor import Sensor
from mihari.tracks.gate import Plots, Sweep
from mihari.tracks.settings import TrackerSettings

RINGS = 24  # of equal width: 1 NM at a range of 24 NM
LEAST = 1e-10  # false plots per m² and turn: one in 10,000 km²


class RingClutter:
    """Density of false plots per m² and turn by range: plots that no track explains, over the area swept.

    It starts from the sensor's own figure, which counts as `clutter_weight` plots per ring.
    """

    def __init__(self, sensor: Sensor, settings: TrackerSettings) -> None:
        self._edges = np.linspace(sensor.range_min, sensor.range_max, RINGS + 1)
        self._area = math.pi * np.diff(self._edges**2)
        self._turns = settings.clutter_turns
        self._swept = np.maximum(settings.clutter_weight / max(sensor.clutter, LEAST), 1.0)
        self._plots = np.full(RINGS, settings.clutter_weight)
        self._area_seen = np.full(RINGS, self._swept)

    @property
    def state(self) -> Array:
        """(3, RINGS + 1) edges, plots and area seen: all that was learned."""
        return np.stack([self._edges, np.append(self._plots, 0.0), np.append(self._area_seen, 0.0)])

    def restore(self, state: Array) -> None:
        """What was learned is that of `state` from now on."""
        self._edges, self._plots, self._area_seen = state[0].copy(), state[1, :RINGS].copy(), state[2, :RINGS].copy()
        self._area = math.pi * np.diff(self._edges**2)

    def _ring(self, plots: Plots) -> Array:
        middle = np.searchsorted(self._edges, np.hypot(plots.x, plots.y), side="right") - 1
        ring: Array = np.clip(middle, 0, RINGS - 1)
        return ring

    def density(self, plots: Plots) -> Array:
        """Density at each plot, per m²."""
        by_ring: Array = np.maximum(self._plots / self._area_seen, LEAST)
        return by_ring[self._ring(plots)]

    def learn(self, plots: Plots, unclaimed: Array, sweep: Sweep) -> None:
        """Takes one sector in: `unclaimed` is the probability that a plot is no track's."""
        turn = min(sweep.half / math.pi, 1.0)
        keep = math.exp(-turn / self._turns)
        self._plots = keep * self._plots + np.bincount(self._ring(plots), unclaimed, RINGS)
        self._area_seen = keep * self._area_seen + turn * self._area
