"""Times that sensors tell -> by how much each sensor's clock is wrong, and whether it is ours. Pure, bounded.

Three comparisons, each a median of the last minutes:
- `receipt`: the time told less our time of receipt. A delayed network or a wrong clock of ours looks the same.
- `utc`: the time told against the UTC second that AIS positions carry (0 to 59, ITU-R M.1371-5 table 48): the ships'
  satellite receivers tell it, so it needs no clock of ours; it is known modulo a minute.
- `own`: our time of receipt against that same second.
Nothing is corrected: what is wrong is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array

WINDOW = 240  # samples: four minutes of one a second
RECENT_S = 600.0  # older samples say nothing of now
LEAST = 20  # samples; fewer make no median worth an alarm
AGE_S = 0.75  # a position is sent up to 2 s after its second, which is told truncated: 1 s in the middle ashore
SPREAD_S = 4.0  # between the quartiles; beyond it the seconds do not belong to the times told (satellites, replays)
OURS_S = 5.0  # our clock is trusted with the minute while its seconds agree with those of the ships
MINUTE = 60.0
STATIONS = 256  # sensors watched per feed
JUDGED = 16  # sensors judged anew in one call of `health`: a median of each costs a third of a millisecond
PER_CALL = 32  # samples looked at per call and feed, evenly chosen: enough for every station within seconds


@dataclass(frozen=True, slots=True)
class ClockHealth:
    """How a sensor's clock compares, s; positive: it is ahead. None: too few samples, or samples that disagree."""

    offset_s: float | None = None  # the best of those below
    by: str = ""  # which: "utc", "receipt"; "" none
    receipt_s: float | None = None  # ahead of our time of receipt (negative: behind, or its network is slow)
    utc_s: float | None = None  # ahead of the second that ships tell; modulo a minute unless `receipt_s` settles it
    own_s: float | None = None  # our clock ahead of the second that ships tell, with the network's delay
    peers_s: float | None = None  # ahead of the other stations that heard the same messages
    samples: int = 0


def wrapped(seconds: Array) -> Array:
    """Seconds modulo a minute, from -30 to 30.

    >>> wrapped(np.array([7.0, 53.0, -59.0])).tolist()
    [7.0, -7.0, 1.0]
    """
    turned: Array = (seconds + MINUTE / 2) % MINUTE - MINUTE / 2
    return turned


class Window:
    """The last `size` samples of a few figures with the time of each, which may jump.

    >>> w = Window(2, size=100)
    >>> for k in range(30): w.add(float(k), (7.0, 1.0 if k % 2 else math.nan))
    >>> w.middle(0), w.middle(1)
    (7.0, None)
    """

    def __init__(self, figures: int, size: int = WINDOW) -> None:
        self._values: Array = np.full((figures, size), np.nan)
        self._times: Array = np.full(size, -np.inf)
        self.count = 0

    def add(self, time: float, values: tuple[float, ...]) -> None:
        """One sample of each figure; NaN where there is none."""
        at = self.count % self._times.size
        self._values[:, at], self._times[at] = values, time
        self.count += 1

    def recent(self, figure: int) -> Array:
        """The samples of a figure within the last minutes of the newest."""
        if self.count == 0:
            return np.zeros(0)
        newest = self._times[(self.count - 1) % self._times.size]
        values: Array = self._values[figure][np.abs(newest - self._times) <= RECENT_S]
        return values[np.isfinite(values)]

    def middle(self, figure: int) -> float | None:
        """Their median; None where there are too few."""
        values = self.recent(figure)
        return float(np.median(values)) if len(values) >= LEAST else None

    def minute(self, figure: int) -> float | None:
        """The median of a figure known modulo a minute; None where there are too few, or they disagree."""
        values = self.recent(figure)
        if len(values) < LEAST:
            return None
        turn = values * (2 * math.pi / MINUTE)
        centre = math.atan2(float(np.sin(turn).mean()), float(np.cos(turn).mean())) * MINUTE / (2 * math.pi)
        around = wrapped(values - centre)
        low, middle, high = np.percentile(around, (25, 50, 75)).tolist()
        return None if high - low > SPREAD_S else float(wrapped(np.array(centre + middle)))


class ClockWatch:
    """The clocks of one feed's sensors. `hear` in the feed's thread, `health` in any.

    >>> watch, n = ClockWatch(), np.arange(40.0)
    >>> watch.hear(np.zeros(40, int), told=1000.0 + n + 7.0, received=1000.0 + n + 0.2, second=(1000.0 + n - 1) % 60)
    >>> watch.hear(np.zeros(40, int), told=1040.0 + n + 7.0, received=1040.0 + n + 0.2, second=(1040.0 + n - 1) % 60)
    >>> clock = watch.health()[0]
    >>> round(clock.offset_s, 2), clock.by, round(clock.receipt_s, 2), round(clock.own_s, 2)
    (7.25, 'utc', 6.8, 0.45)
    """

    def __init__(self) -> None:
        self._windows: dict[int, Window] = {}
        self._judged: dict[int, tuple[int, ClockHealth]] = {}  # sensor -> samples then, what was found; oldest first

    def hear(self, sensor: Array, told: Array, received: Array | float, second: Array | None = None) -> None:
        """Times told by `sensor` (n,), NaN where none is told; `received` NaN in a recording; `second` 0 to 59."""
        rows = np.arange(len(sensor)) if len(sensor) <= PER_CALL else _spread(len(sensor))
        told, received = told[rows], np.broadcast_to(np.asarray(received, float), sensor.shape)[rows]
        seconds = np.full(len(rows), np.nan) if second is None else second[rows].astype(float)
        seconds[~((seconds >= 0) & (seconds < MINUTE))] = np.nan
        figures = (told - received, wrapped(told - seconds - AGE_S), wrapped(received - seconds - AGE_S))
        when = np.where(np.isfinite(received), received, told)
        for s, t, *values in zip(sensor[rows].tolist(), when.tolist(), *(f.tolist() for f in figures), strict=True):
            window = self._windows.get(s)
            if window is None:
                if len(self._windows) >= STATIONS:
                    continue
                window = self._windows[s] = Window(3)
            if math.isfinite(t):
                window.add(t, tuple(values))

    def health(self) -> dict[int, ClockHealth]:
        """Sensor -> how its clock compares; of many sensors those judged longest ago are judged anew."""
        windows = list(self._windows.items())
        news = [(s, w) for s, w in windows if s not in self._judged]
        news += [(s, self._windows[s]) for s, (count, _) in self._judged.items() if self._windows[s].count > count]
        for s, window in news[: max(JUDGED, len(news) // 8)]:
            self._judged.pop(s, None)
            self._judged[s] = (window.count, _judged(window))
        return {s: self._judged[s][1] for s, _ in windows if s in self._judged}


def _spread(n: int) -> Array:
    return np.linspace(0, n - 1, PER_CALL).astype(np.intp)


def _judged(window: Window) -> ClockHealth:
    receipt, utc, own = window.middle(0), window.minute(1), window.minute(2)
    if utc is not None and receipt is not None and own is not None:
        utc += MINUTE * round(
            (receipt + own - utc) / MINUTE
        )  # told less second = told less receipt + receipt less second
    offset, by = (utc, "utc") if utc is not None else (receipt, "receipt" if receipt is not None else "")
    return ClockHealth(offset, by, receipt, utc, own, None, min(window.count, WINDOW))
