"""A radar's surroundings -> false plots: noise anywhere on water in sight, waves near by. Poisson in number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.plot_kernels import plot_estimates
from mihari.simulate.ways import Floats, OnLand

SEA_CLUTTER_RANGE = 6000.0  # m, false plots from waves come from nearer than this
SEA_CLUTTER_SHARE = 0.3
RANGE_MIN = 150.0  # m, below it the receiver is still blind from the pulse
TURN = 2 * math.pi
ROUNDS = 20  # draws for places on lit water before fewer are taken


@dataclass(frozen=True, slots=True)
class FalsePlots:
    """Where a radar has them: `mean` a turn out to `range_max` m; `hidden` tells what land hides, `on_land` land."""

    mean: float
    range_max: float
    hidden: Callable[[Floats, Floats], NDArray[np.bool_]]
    on_land: OnLand

    def drawn(self, rng: np.random.Generator, place: tuple[float, float, float]) -> tuple[Floats, Floats]:
        """Slant ranges in m and bearings in rad of one turn's; `place`: lat_deg, lon_deg, height m of the antenna."""
        wanted = int(rng.poisson(self.mean))
        near = int(rng.binomial(wanted, SEA_CLUTTER_SHARE))
        far = self._on_lit_water(wanted - near, self._anywhere, rng, place)
        waves = self._on_lit_water(near, self._near, rng, place)
        slant, bearing = np.concatenate([far, waves], axis=1)
        return slant, bearing

    def _anywhere(self, n: int, rng: np.random.Generator) -> Floats:
        return np.sqrt(rng.uniform(RANGE_MIN**2, self.range_max**2, n))

    def _near(self, n: int, rng: np.random.Generator) -> Floats:
        return rng.uniform(RANGE_MIN, min(SEA_CLUTTER_RANGE, self.range_max), n)

    def _on_lit_water(
        self,
        wanted: int,
        ranges: Callable[[int, np.random.Generator], Floats],
        rng: np.random.Generator,
        place: tuple[float, float, float],
    ) -> Floats:
        """(2, wanted) slant range and bearing of random places on water in sight; fewer if there are none."""
        lat, lon, height = place
        kept: list[Floats] = []
        missing = wanted
        for _ in range(ROUNDS):
            if missing <= 0:
                break
            n = 2 * missing + 8
            slant, bearing = ranges(n, rng), rng.uniform(0, TURN, n)
            lit = ~self.hidden(slant, bearing)
            slant, bearing = slant[lit], bearing[lit]
            lat_deg, lon_deg, *_ = plot_estimates(lat, lon, height, np.maximum(slant, height + 1), bearing, 0.0, 0.0)
            water = ~self.on_land(lat_deg, lon_deg)
            kept.append(np.stack([slant[water], bearing[water]])[:, :missing])
            missing -= kept[-1].shape[1]
        return np.concatenate(kept, axis=1) if kept else np.zeros((2, 0))
