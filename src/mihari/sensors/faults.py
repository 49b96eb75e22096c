"""What is wrong with a sensor, always or at times -> its measurements and times as it tells them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
TURN = 2 * np.pi


@dataclass(frozen=True, slots=True)
class Faults:
    """Systematic errors and outages of one sensor: m, rad, s. Noise is not among them.

    `clock_offset`: s that its clock is ahead at `clock_set` (UTC s); `clock_drift`: s gained per s since then;
    `outages`: (from, until) in UTC s, while which it tells nothing.

    >>> wrong = Faults(range_bias=40.0, clock_offset=1.5, clock_drift=1e-4, outages=((100.0, 160.0),))
    >>> wrong.clock([0.0, 1000.0]).tolist(), wrong.working([99.0, 100.0, 160.0]).tolist()
    ([1.5, 1001.6], [True, False, True])
    """

    range_bias: float = 0.0
    range_scale: float = 1.0  # told range over true: a wrong trigger or speed of light
    bearing_bias: float = 0.0
    clock_offset: float = 0.0
    clock_drift: float = 0.0
    clock_set: float = 0.0
    outages: tuple[tuple[float, float], ...] = ()

    def measured(self, slant_range: ArrayLike, bearing: ArrayLike) -> tuple[Floats, Floats]:
        """(range, bearing) as the radar measures what is there; bearing in [0, 2π).

        >>> [x.round(3).item() for x in Faults(range_bias=10.0, bearing_bias=-0.01).measured(1000.0, 0.005)]
        [1010.0, 6.278]
        """
        told = self.range_scale * np.asarray(slant_range, dtype=np.float64) + self.range_bias
        return told, np.mod(np.asarray(bearing, dtype=np.float64) + self.bearing_bias, TURN)

    def clock(self, time: ArrayLike) -> Floats:
        """What its clock shows at UTC s."""
        true = np.asarray(time, dtype=np.float64)
        return np.asarray(true + self.clock_offset + self.clock_drift * (true - self.clock_set))

    def working(self, time: ArrayLike) -> NDArray[np.bool_]:
        """Whether it tells anything at UTC s."""
        t = np.asarray(time, dtype=np.float64)
        out = np.zeros(t.shape, dtype=np.bool_)
        for start, end in self.outages:
            out |= (t >= start) & (t < end)
        return ~out


SOUND = Faults()
