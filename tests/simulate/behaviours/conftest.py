"""A stage of real islands, one cast of every variant of every kind, and an independent eye for what its vessels do."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from mihari.coast import LandMask
from mihari.coast import load as load_area
from mihari.core.geodesy import inverse
from mihari.simulate import load
from mihari.simulate.behaviours import INJECTORS
from mihari.simulate.calls import Behaviour, Cable
from mihari.simulate.kinds import KINDS
from mihari.simulate.scenario import Scenario
from mihari.simulate.stage import Stage

DURATION = 14_400.0  # s
CABLE = Cable("south", ((26.0, 126.4), (25.85, 126.8), (25.7, 127.4)))
OUTAGE = (4000.0, 8000.0)
SEEDS = (1, 2)
FAR = {"outside radar cover": ((26.0, 126.4), 30.0), "station outage": ((26.2, 126.4), 15.0)}
PLAYED = [(kind, name) for kind, injector in INJECTORS.items() for name in (*injector.REAL, *injector.ALIKE)]


@dataclass(frozen=True)
class Seen:
    """One actor each second, by SciPy's splines: position, velocity and acceleration in m, status and heading told."""

    lat_deg: np.ndarray
    lon_deg: np.ndarray
    east: np.ndarray
    north: np.ndarray
    east_gain: np.ndarray
    north_gain: np.ndarray
    status: np.ndarray
    heading: np.ndarray  # NaN: along its course

    @property
    def speed_kn(self):
        return np.hypot(self.east, self.north) * 3600 / 1852

    @property
    def course(self):
        return np.arctan2(self.east, self.north)

    def to(self, other):
        """Metres along the geodesic."""
        return inverse(self.lat_deg, self.lon_deg, other.lat_deg, other.lon_deg)[0]


TIME = np.arange(DURATION + 1)


def seen(actor, time=TIME):
    path = actor.path
    if actor.ghost:
        return None
    assert path.time[0] <= 0
    assert path.time[-1] >= DURATION
    lat = CubicHermiteSpline(path.time, path.lat_deg, path.lat_rate)
    lon = CubicHermiteSpline(path.time, path.lon_deg, path.lon_rate)
    lat_deg, lon_deg = lat(time), lon(time)
    half = 0.005  # degrees either side: metres per degree here, from geodesics
    tall = inverse(lat_deg - half, lon_deg, lat_deg + half, lon_deg)[0] / (2 * half)
    wide = inverse(lat_deg, lon_deg - half, lat_deg, lon_deg + half)[0] / (2 * half)
    status = np.full(len(time), KINDS[actor.kind].status)
    heading = np.full(len(time), np.nan)
    for act in actor.acts:
        on = (time >= act.start) & (time <= act.end)
        status[on] = status[on] if act.status is None else act.status
        heading[on] = heading[on] if act.heading is None else act.heading
    rates = lon(time, 1) * wide, lat(time, 1) * tall, lon(time, 2) * wide, lat(time, 2) * tall
    return Seen(lat_deg, lon_deg, *rates, status, heading)


@dataclass(frozen=True)
class Played:
    """A cast, who made it, and what its actors do."""

    kind: str
    variant: str
    seed: int
    call: Behaviour
    cast: object
    seen: tuple

    @property
    def real(self):
        return self.variant in INJECTORS[self.kind].REAL

    @property
    def event(self):
        """The one that the variant is about."""
        return self.cast.events[0]


@pytest.fixture(scope="session")
def mask():
    return LandMask(load_area("nansei"))


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    strait = load("strait")
    failing = replace(strait.stations[0], outages=(OUTAGE,))
    return replace(strait, duration=DURATION, cables=(CABLE,), stations=(failing, strait.stations[1]))


@pytest.fixture(scope="session")
def stage(scenario, mask):
    return Stage.of(scenario, mask.on_land, mask.area.covers)


def called(kind, variant):
    """A call that suits the variant."""
    place, radius_nm = FAR.get(variant, ((25.9, 127.0), 20.0))
    return Behaviour(kind, place, radius_nm * 1852.0, start=300.0, end=DURATION - 300.0, variant=variant, size=25)


@pytest.fixture(scope="session")
def made(stage):
    """Casts by kind, variant and seed, made once."""
    kept = {}

    def make(kind, variant, seed):
        key = (kind, variant, seed)
        if key not in kept:
            call = called(kind, variant)
            cast = INJECTORS[kind].cast(stage, np.random.default_rng(seed), call)
            kept[key] = Played(kind, variant, seed, call, cast, tuple(seen(actor) for actor in cast.actors))
        return kept[key]

    return make


@pytest.fixture(params=[(*names, seed) for names in PLAYED for seed in SEEDS], ids=lambda p: "-".join(map(str, p)))
def played(request, made):
    """Every variant of every kind, with two seeds."""
    return made(*request.param)
