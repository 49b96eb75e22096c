"""The index against a pass over all tracks: it proposes everything that the exact test would take."""

import math

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.reports import Sector, Tick
from mihari.tracks import Tracker
from mihari.tracks.ais import may_explain, nearby
from mihari.tracks.gate import reaches, sorted_by_cell, surveyed
from mihari.tracks.in_step import in_step
from mihari.tracks.index import refile
from mihari.tracks.intake import PLOT, TOLD, given_of, told_of
from mihari.tracks.radar import CELL, sweep_of
from mihari.tracks.run import FILED_UNTIL
from tracks.scenes import T0, Vessel, ais, measured, radar, station, turn

PLACES = [(26.2, 127.6), (0.0, 180.0), (-60.0, -179.95), (89.9, 10.0), (-89.99, 0.0)]


def everywhere(tracker, origin, rng, vessels=150):
    """Vessels at rest, under way, far too fast and long unseen, by AIS and radar, around a place."""
    sensor = tracker.sensors[0]
    fleet = []
    for _ in range(vessels):
        speed = rng.choice([0.0, 5.0, 20.0, 35.0, 120.0, 290.0])
        course = rng.uniform(0, 2 * math.pi)
        place = rng.normal(0, 9000, 2)
        fleet.append((Vessel(*place, speed * math.sin(course), speed * math.cos(course), origin), speed, course))
    for t in (0.0, 10.0, 20.0):
        for n, (v, speed, course) in enumerate(fleet):
            lat, lon = v.at(t)
            subject = 4 if speed > 60 else 0
            if n % 3:
                tracker.step(ais(t, lat, lon, 431000000 + n, speed, course, subject=subject))
        plots = measured(sensor, [v.at(t) for v, _, _ in fleet], t, rng, clutter=60)
        for sector in turn(sensor, plots, t, 16):
            tracker.step(sector)
    return fleet


def heard_at(tracker, t, lat, lon, mmsi):
    """A report as kernels take it."""
    batch = ais(t, lat, lon, mmsi, 5.0, 1.0)
    given = given_of(batch.reports, batch.claims, np.zeros(0, np.uint8))
    return told_of(given, 0, 1, math.inf, 3, np.zeros(16, np.int64), tracker._constants[0])[0]


@pytest.mark.parametrize(
    "origin", [PLACES[1], *(pytest.param(p, marks=pytest.mark.slow) for p in (PLACES[0], *PLACES[2:]))]
)
def test_the_index_finds_what_a_pass_over_all_tracks_finds(origin):
    rng = np.random.default_rng(1)
    tracker = Tracker([radar(0, *origin, range_max=30_000.0), station(1)])
    everywhere(tracker, origin, rng)
    bank, s = tracker._bank, tracker._constants[0]
    found = np.empty(4 * len(bank.tracks) + 64, np.int64)
    none = np.zeros(0, PLOT)
    alive = np.flatnonzero(bank.tracks["alive"])
    assert len(alive) > 150
    told = plain = viewed = 0
    plane = geodesy.TangentPlane.at(*origin)
    for later in (0.0, 3.0, 14.0, 16.0, 60.0, 400.0, 1700.0):
        now = tracker.time + later
        if now > tracker._clock[FILED_UNTIL]:
            tracker._clock[FILED_UNTIL] = refile(bank, now, s)
        for _ in range(60):
            lat, lon = geodesy.from_plane(plane, *rng.normal(0, 12_000, 2))
            time = now - rng.uniform(0, s["late"])
            r = heard_at(tracker, time - T0, float(lat), float(lon), 431000000 + int(rng.integers(150)))
            expected = [i for i in alive if may_explain(bank.tracks[i], r, math.sqrt(r["covariance"][[0, 2]].sum()), s)]
            assert found[: nearby(bank, r, False, s, found)].tolist() == expected[:64]
            told += len(expected)
            own = [i for i in expected if bank.tracks["mmsi"][i] == r["mmsi"]]
            assert found[: nearby(bank, r, True, s, found)].tolist() == own
            plain += len(own)
            start = rng.uniform(0, 2 * math.pi)
            end = start + rng.choice([0.05, 0.2, 1.0, 3.0, 4.0, 2 * math.pi])
            sweep = sweep_of(tracker._radars, 0, time, start, end, math.nan, math.nan)
            seen = [i for i in alive if reaches(bank.tracks[i], sweep, float(s["reach"]), s)]
            assert surveyed(bank, none, sorted_by_cell(none, CELL), sweep, s)[0]["slot"].tolist() == seen
            viewed += len(seen)
    assert min(told, plain, viewed) > 100


def test_the_index_finds_the_track_in_step():
    rng = np.random.default_rng(2)
    origin = PLACES[0]
    tracker = Tracker([radar(0, *origin, range_max=30_000.0), station(1)])
    fleet = [Vessel(*rng.uniform(-9000, 9000, 2), *rng.normal(0, 6, 2), origin) for _ in range(60)]
    for k in range(20):
        t = 2.5 * k
        plots = measured(tracker.sensors[0], [v.at(t) for v in fleet], t, rng)
        for sector in turn(tracker.sensors[0], plots, t, 4):
            tracker.step(sector)
        for n, v in enumerate(fleet):
            if k >= 16 and k % 2:
                lat, lon = Vessel(v.east + 90.0, v.north, v.u, v.v, origin).at(t)
                course = math.atan2(v.u, v.v) % (2 * math.pi)
                tracker.step(ais(t, lat, lon, 431000000 + n, math.hypot(v.u, v.v), course))
    bank, s = tracker._bank, tracker._constants[0]
    found = np.empty(4 * len(bank.tracks) + 64, np.int64)
    hits = 0
    for i in np.flatnonzero((bank.tracks["alive"] == 1) & (bank.tracks["mmsi"] != 0)):
        near = in_step(bank, i, tracker.time, s, found)
        far = in_step(bank, i, tracker.time + 1000.0, s, found)  # as of long ago: all are looked at
        assert near == far
        hits += near >= 0
    assert hits > 10


def test_no_slot_is_lost_or_listed_twice():
    rng = np.random.default_rng(3)
    tracker = Tracker([radar(0, *PLACES[0], range_max=30_000.0), station(1)])
    everywhere(tracker, PLACES[0], rng)
    for t in range(30, 4000, 10):
        tracker.step(Tick(T0 + t))
        bank = tracker._bank
        alive = bank.tracks["alive"] == 1
        assert (alive == (bank.filed["slack"] >= 0)).all()
        cells, names = walked(bank.cells, bank.links["next"]), walked(bank.names, bank.links["name_next"])
        assert cells == np.flatnonzero(alive).tolist()
        assert names == np.flatnonzero(alive & (bank.tracks["mmsi"] != 0)).tolist()
    assert len(tracker) == 0


def walked(heads, following):
    """All slots that stand in lists, sorted."""
    slots = []
    for i in heads[heads >= 0].tolist():
        while i >= 0:
            slots.append(i)
            i = int(following[i])
    return sorted(slots)


def test_an_unplaced_question_is_no_endless_one():
    tracker = Tracker([radar(0), station(1)])
    r = np.zeros(1, TOLD)[0]
    r["covariance"] = 1e12, 0.0, 1e12
    assert nearby(tracker._bank, r, False, tracker._constants[0], np.empty(2000, np.int64)) == 0
    assert len(tracker.step(Sector(0, T0, T0, 0.0, 1.0, ais(0, 0, 0, 1).reports))) == 0
