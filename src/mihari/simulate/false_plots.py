"""A radar's surroundings -> false plots on the water in sight: as many a turn as its noise and the waves give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.plot_kernels import plot_estimates
from mihari.sensors.false_alarms import FalseAlarms
from mihari.simulate.ways import Floats, OnLand

SEA_CLUTTER_RANGE = 6000.0  # m, false plots from waves come from nearer than this
SEA_CLUTTER_SHARE = 0.3
RANGE_MIN = 150.0  # m, below it the receiver is still blind from the pulse
TURN = 2 * np.pi
ROUNDS = 20  # draws for places on lit water before fewer are taken

Ranges = Callable[[int, np.random.Generator], Floats]


@dataclass(frozen=True, slots=True)
class Draw:
    """A Poisson number of false plots, `mean` a turn, at slant ranges (m) drawn by `ranges`.

    `filled`: the mean is that on lit water, whatever its size; else what falls on land or in its shadow is lost.
    """

    mean: float
    ranges: Ranges
    filled: bool


def noise_and_waves(mean: float, range_max: float) -> list[Draw]:
    """`mean` a turn, whatever is hidden: most anywhere on the water (even in area), some near, from waves."""

    def anywhere(n: int, rng: np.random.Generator) -> Floats:
        return np.sqrt(rng.uniform(RANGE_MIN**2, range_max**2, n))

    def near(n: int, rng: np.random.Generator) -> Floats:
        return rng.uniform(RANGE_MIN, min(SEA_CLUTTER_RANGE, range_max), n)

    waves = mean * SEA_CLUTTER_SHARE  # a Poisson number split at random is two Poisson numbers
    return [Draw(mean - waves, anywhere, True), Draw(waves, near, True)]


def spread(density: FalseAlarms) -> Draw:
    """As a radar's physics has them over open water."""

    def ranges(n: int, rng: np.random.Generator) -> Floats:
        return np.interp(rng.random(n) * density.expected, density.below, density.ranges)

    return Draw(density.expected, ranges, False)


@dataclass(frozen=True, slots=True)
class FalsePlots:
    """What is drawn each turn; `hidden(range, bearing)` tells what land hides, `on_land` what is land."""

    draws: Sequence[Draw]
    hidden: Callable[[Floats, Floats], NDArray[np.bool_]]
    on_land: OnLand

    def drawn(self, rng: np.random.Generator, place: tuple[float, float, float]) -> tuple[Floats, Floats]:
        """Slant ranges in m and bearings in rad of one turn's; `place`: lat_deg, lon_deg, height m of the antenna."""
        found = [self._places(draw, rng, place) for draw in self.draws]
        slant, bearing = np.concatenate(found, axis=1)
        return slant, bearing

    def _places(self, draw: Draw, rng: np.random.Generator, place: tuple[float, float, float]) -> Floats:
        """(2, n) slant range and bearing of random places on water in sight; fewer if there are none."""
        wanted = int(rng.poisson(draw.mean))
        if not draw.filled:
            return self._on_lit_water(draw.ranges(wanted, rng), rng, place)
        kept: list[Floats] = [np.zeros((2, 0))]
        for _ in range(ROUNDS):
            if wanted <= 0:
                break
            found = self._on_lit_water(draw.ranges(2 * wanted + 8, rng), rng, place)[:, :wanted]
            kept.append(found)
            wanted -= found.shape[1]
        return np.concatenate(kept, axis=1)

    def _on_lit_water(self, slant: Floats, rng: np.random.Generator, place: tuple[float, float, float]) -> Floats:
        """Those of these ranges, at random bearings, that are on water in sight."""
        lat, lon, height = place
        bearing = rng.uniform(0, TURN, len(slant))
        lit = ~self.hidden(slant, bearing)
        slant, bearing = slant[lit], bearing[lit]
        lat_deg, lon_deg, *_ = plot_estimates(lat, lon, height, np.maximum(slant, height + 1), bearing, 0.0, 0.0)
        water = ~self.on_land(lat_deg, lon_deg)
        return np.stack([slant[water], bearing[water]])
