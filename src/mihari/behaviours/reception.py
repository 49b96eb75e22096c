"""Who is heard where -> whether a silence says something: reception proven by others, and when nobody listened.

A vessel's silence counts only where others are heard meanwhile: within 10 km of the place where it was heard last, in
most of the first half hour; and as near to where it would be after that time, unless a station is sure to hear
it there. That excludes silence by distance, by a hill, by a receiver that is off (Welch et al.
2022 ask for ten positions a day of others in the cell; Global Fishing Watch excludes gaps where reception is poor).
Where reception is known to end (`context.rims`), a silence proves nothing, whoever else is heard.
A silence also says nothing while a station that heard the vessel in its last hour brings nothing at all, for two
minutes or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np

from mihari.behaviours.pairs import Company
from mihari.behaviours.sightings import station_of
from mihari.core.columns import Array
from mihari.core.reports import Batch

WITNESS_M = 10_000.0  # as far as a witness may be: AIS reaches 20 to 40 NM, so nobody is out of reach that near
WITNESS_S = 1800  # of a silence, in which somebody else must be heard
MOMENTS = np.arange(240, WITNESS_S, 240)  # s into it; anchored vessels report every three minutes
SHARE = 0.75  # of the moments that had a witness
LOOK_AGAIN_S = 600
BIN_S = 30
DOWN_S = 120  # no message of any vessel, base station or aid for so long: base stations alone speak every 10 s
KEEP_S = 172_800
KEEP_BINS = 1000  # at least, of each feed: what it is like, after a long outage as well
MOST_OUTAGES = 1000  # remembered of each feed: silences may be asked about for as long as they go on
REGULAR = 0.5  # a feed that fills less than half of its half minutes is no station with an ear on the coast


def nowhere(lat_deg: float, lon_deg: float, moment: float) -> bool:
    """Reception ends, by the moment (UTC s) when a silence begins, where nothing is learned."""
    return False


NO_OUTAGE = np.zeros((0, 2), np.int64)


def _holes(bins: Array, now: int = 0) -> Array:
    """(n, 2) UTC s: two minutes and more without anything between bins in which something was told, and up to `now`.

    >>> _holes(np.array([0, 1, 6, 7, 11])).tolist()
    [[60, 180]]
    """
    heard = bins * BIN_S
    ends = np.append(heard[1:], max(now, int(heard[-1])))
    holes = ends - (heard + BIN_S) >= DOWN_S
    return np.stack([heard[holes] + BIN_S, ends[holes]], axis=1)


class Reception:
    """Learned while listening; what it answers follows from the set of what was heard."""

    def __init__(self, company: Company, revise_s: int) -> None:
        self._company = company
        self._final_s = WITNESS_S + revise_s
        self.ends: Callable[[float, float, float], bool] = nowhere
        self._verdicts: dict[tuple[int, int], tuple[int, bool, int]] = {}
        self._bins: dict[int, set[int]] = defaultdict(set)
        self._past: dict[int, Array] = {}  # outages before the bins

    def hear(self, batch: Batch) -> None:
        """Any message tells that its feed is alive."""
        r = batch.reports
        known = np.isfinite(r.time)
        bins = (r.time[known] // BIN_S).astype(np.int64)
        for feed, when in set(zip(station_of(r)[known].tolist(), bins.tolist(), strict=True)):
            self._bins[feed].add(when)

    def forget(self, now: float) -> None:
        """Let go of what is too old."""
        oldest = int((now - KEEP_S) // BIN_S)
        for feed, bins in list(self._bins.items()):
            if len(bins) > KEEP_S // BIN_S + 3600 // BIN_S:
                self._let_go(feed, np.array(sorted(bins), np.int64), oldest)
        self._verdicts = {k: v for k, v in self._verdicts.items() if v[2] >= now - KEEP_S or self._lasts(*k, v[1])}

    def _let_go(self, feed: int, told: Array, oldest: int) -> None:
        """Keep the outages instead of the bins before `oldest`."""
        first = max(min(int(np.searchsorted(told, oldest)), len(told) - KEEP_BINS), 0)
        if self._regular(self._bins[feed]):
            past = np.concatenate([self._past.get(feed, NO_OUTAGE), _holes(told[: first + 1])])
            self._past[feed] = past[-MOST_OUTAGES:]
        self._bins[feed] = set(told[first:].tolist())

    def _lasts(self, slot: int, start: int, verdict: bool) -> bool:
        """Whether a silence that was proven goes on: nobody could prove it again when the vessel is back after days."""
        return verdict and self._company.heard(slot) == start

    def state(self) -> dict[str, Any]:
        """What was learned."""
        feeds = sorted(self._bins)
        heard = {str(feed): np.array(sorted(self._bins[feed]), np.int64) for feed in feeds}
        past = {str(feed): spans.copy() for feed, spans in sorted(self._past.items())}
        return {"bins": heard, "past": past, "verdicts": [[*key, *found] for key, found in self._verdicts.items()]}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else."""
        self._bins = defaultdict(set, {int(feed): set(bins.tolist()) for feed, bins in state["bins"].items()})
        self._past = {int(feed): spans for feed, spans in state["past"].items()}
        self._verdicts = {(a, b): (looked, found, used) for a, b, looked, found, used in state["verdicts"]}

    def down(self, station: int, now: int) -> Array:
        """(n, 2) intervals in which a station that listens all the time brought nothing, UTC s; none of the others."""
        bins = self._bins.get(station)
        if not bins or not self._regular(bins):
            return NO_OUTAGE
        told = np.array(sorted(bins), np.int64)
        return np.concatenate([self._past.get(station, NO_OUTAGE), _holes(told, now)])

    @staticmethod
    def _regular(bins: set[int]) -> bool:
        """Whether a feed listens all the time, its outages apart: most of what it brings comes without a break."""
        told = np.array(sorted(bins), np.int64)
        return len(told) > 10 and float(np.mean(np.diff(told) <= 2)) >= REGULAR

    def proven(
        self, slot: int, start: int, place: tuple[int, int], now: int, onward: tuple[int, int] | None = None
    ) -> bool:
        """Whether others were heard near a vessel's last `place` (1e-7 degrees) in the first half hour of its silence.

        And near `onward`, where it would be after that time; None: it is sure to be heard there. Nowhere where
        reception is known to end.
        Looked at anew from time to time while late sightings may change it, then kept.
        """
        key = (slot, start)
        looked, verdict, _ = self._verdicts.get(key, (0, False, 0))
        if not looked or (looked < start + self._final_s and now >= looked + LOOK_AGAIN_S):
            had, enough = self._witnessed(slot, start, place)
            if not looked or had == len(MOMENTS):  # else the first look saw more than this one
                looked, verdict = now, enough and (onward is None or self._witnessed(slot, start, onward)[1])
                verdict = verdict and not self.ends(place[0] * 1e-7, place[1] * 1e-7, start)
        self._verdicts[key] = (looked, verdict, now)
        return verdict

    def _witnessed(self, slot: int, start: int, place: tuple[int, int]) -> tuple[int, bool]:
        """(moments of a silence of which something is known, whether most of them had a witness near a place)."""
        had, seen = self._company.witnessed(start + MOMENTS, *place, WITNESS_M, slot)
        return had, had > 0 and seen >= SHARE * had
