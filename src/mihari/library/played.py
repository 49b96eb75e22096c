"""A pattern's name, a coast and a seed -> cases that are simulated after what is written of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from mihari.behaviours.places import Places
from mihari.behaviours.sightings import SHADOW, SightingKind, Sightings
from mihari.core.behaviour import unnamed
from mihari.core.reports import Batch
from mihari.core.sensor import Sensor, SensorKind
from mihari.library.cases import Case
from mihari.library.cutting import Intake, cut
from mihari.simulate.episodes import COASTS, PLAYS, Coast, episodes
from mihari.simulate.episodes.making import Made

T0 = 1_790_000_000.0  # some day in 2026, UTC; cases keep of it the hour by the sun alone
HOUR_S = 3600.0


def played(pattern: str, coast: str, count: int, seed: int = 1) -> Iterator[Case]:
    """`count` positive and `count` negative cases of a pattern on a coast. KeyError where nothing is played for it."""
    places = around(coast)
    for made in episodes(pattern, coast, count, seed):
        yield case_of(pattern, made, places)


@lru_cache(maxsize=4)
def around(name: str) -> Places:
    """What lies where around a coast, its sensors known."""
    coast = COASTS[name]
    places = Places(coast.mask.area, coast.zones)
    sensors = [
        Sensor(k, r.name, SensorKind.RADAR, r.lat_deg, r.lon_deg, r.height, range_max=min(r.range_max, r.reach * 1.2))
        for k, r in enumerate(coast.radars)
    ]
    sensors += [
        Sensor(len(sensors) + k, s.name, SensorKind.AIS, s.lat_deg, s.lon_deg, s.height)
        for k, s in enumerate(coast.stations)
    ]
    places.know(tuple(sensors))
    return places


def case_of(pattern: str, made: Made, places: Places) -> Case:
    """The case of an episode."""
    episode, event = made.episode, made.episode.events[0]
    begin = _begin(pattern, COASTS[made.coast], made.seed)
    intake = Intake()
    r = episode.heard.reports
    intake.hear(Batch(r.replace(time=r.time + begin), episode.heard.claims))
    e = episode.echoes
    held = e.mmsi == 0
    columns = {name: getattr(e, name) for name in ("lat_deg", "lon_deg", "speed", "course")}
    intake.see(
        Sightings.of(
            len(e), key=np.where(held, unnamed(1) + e.actor.astype(np.int64), SHADOW + e.mmsi.astype(np.int64)),
            kind=np.where(held, SightingKind.HELD, SightingKind.UNSEEN), time=e.time + begin, **columns,
        )
    )  # fmt: skip
    keys = [key for k in event.actors for key in (episode.mmsi[k], unnamed(1) + k) if key]
    sign = "real" if made.real else "alike"
    name = f"{made.coast} {sign} {made.seed}: {made.variant}"
    source = f"simulated: {pattern}, {made.coast}, seed {made.seed}"
    start, end = begin + event.start, begin + event.end
    case = Case(name, made.real, tuple(keys), start, end, event.note, made.coast, 0, source)
    around_it = PLAYS[pattern].margin_h * HOUR_S
    return cut(case, intake, places, max(begin, start - around_it), min(begin + episode.duration, end + around_it))


def _begin(pattern: str, coast: Coast, seed: int) -> float:
    """UTC s of the begin of an episode: at the play's hour by the sun, else at any."""
    hour = PLAYS[pattern].hour
    if hour is None:
        hour = float(np.random.default_rng([seed, 24]).uniform(0, 24))
    lon_deg = coast.spots["open"][1]
    day = T0 // (24 * HOUR_S) * 24 * HOUR_S
    return float(np.floor(day + ((hour - lon_deg / 15.0) % 24.0) * HOUR_S))
