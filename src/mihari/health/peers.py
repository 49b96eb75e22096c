"""Messages that two stations brought -> by how much each station's clock differs from those of the others."""

from __future__ import annotations

from statistics import median

from mihari.core.clocks import Window
from mihari.feeds.witnesses import Pairs

PAIRS = 1024  # of stations that are compared
PER_BATCH = 32  # messages looked at in one batch
SAMPLES = 64


class PeerClocks:
    """Compares the times that two stations tell of one message.

    >>> import numpy as np
    >>> peers = PeerClocks()
    >>> for k in range(30): peers.hear(float(k), Pairs(np.array([0]), np.array([1]), np.array([7.0])))
    >>> peers.offsets()
    {0: -7.0, 1: 7.0}
    """

    def __init__(self) -> None:
        self._windows: dict[tuple[int, int], Window] = {}

    def hear(self, time: float, pairs: Pairs) -> None:
        """The pairs of one batch, received at `time`."""
        rows = zip(pairs.first.tolist(), pairs.second.tolist(), pairs.ahead.tolist(), strict=True)
        for (first, second, ahead), _ in zip(rows, range(PER_BATCH), strict=False):
            key = (min(first, second), max(first, second))
            if key not in self._windows and len(self._windows) >= PAIRS:
                continue
            window = self._windows.setdefault(key, Window(1, SAMPLES))
            window.add(time, (ahead if second > first else -ahead,))

    def offsets(self) -> dict[int, float]:
        """Station -> s by which it is ahead of the others, in the middle of all pairs."""
        found: dict[int, list[float]] = {}
        for (low, high), window in self._windows.items():
            ahead = window.middle(0)
            if ahead is not None:
                found.setdefault(low, []).append(-ahead)
                found.setdefault(high, []).append(ahead)
        return {station: median(values) for station, values in sorted(found.items())}
