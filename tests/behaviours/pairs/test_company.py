"""Who was near whom is what a plain search over all pairs and minutes finds, in whatever order sightings come."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from mihari.behaviours.memory import Memory
from mihari.behaviours.pairs import Company
from mihari.behaviours.sightings import Sightings

START = 1_700_000_040.0  # not on a minute of the grid
RADII = (50.0, 200.0, 250.0, 500.0)


def crowd(
    rng: np.random.Generator, vessels: int = 14, hours: float = 2.0, lat: float = 60.0, lon: float = 179.99
) -> Sightings:
    """Vessels that mill about within a mile, at the antimeridian; some names are told from two places."""
    parts = []
    for key in range(1, vessels + 1):
        time = START + np.cumsum(rng.choice([30.0, 60.0, 200.0, 3000.0, 3700.0], 300, p=[0.5, 0.38, 0.1, 0.01, 0.01]))
        time = time[time < START + hours * 3600]
        n = len(time)
        east, north = rng.normal(0, 400, 2)[:, None] + np.cumsum(rng.normal(0, 25, (2, n)), axis=1)
        away = 0.2 * (rng.random(n) < (0.4 if key % 5 == 0 else 0))
        longitude = (lon + east / 55_600 + 180) % 360 - 180
        parts.append(
            Sightings.of(n, key=key, time=time, lat_deg=lat + north / 111_195 + away, lon_deg=longitude, speed=1.0)
        )
    return Sightings.concatenate(parts)


def near(memory: Memory, company: Company, radius: float) -> dict[tuple[int, int], list[tuple[int, int]]]:
    rows = np.flatnonzero(company._used)
    told: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, start, end in company.timelines(rows, radius):
        a, b = sorted(int(memory.keys[slot]) for slot in company.pairs[rows[row]])
        told.setdefault((a, b), []).append((start, end))
    return told


def plain(memory: Memory, radius: float) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """All pairs at all minutes, one by one, from the samples."""
    places: dict[int, dict[int, tuple[int, int, int]]] = {}
    for key in memory.keys.tolist():
        last: dict[int, tuple[int, int, int]] = {}
        at: dict[int, tuple[int, int, int]] = {}
        for s in memory.samples(key):
            told_by, here = int(s["kind"]) >> 4, (int(s["t"]), int(s["lat"]), int(s["lon"]))
            if told_by in last and 0 < here[0] - last[told_by][0] <= 3600:
                (t0, la0, lo0), (t1, la1, lo1) = last[told_by], here
                voice = told_by + 64 * (t1 - t0 > 420)  # a place that was heard comes before one that was not
                for g in range(-(-t0 // 60) * 60, t1 + 1, 60):
                    w = float(g - t0) / float(t1 - t0)
                    turn = (lo1 - lo0 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
                    la = la0 + math.floor((la1 - la0) * float(g - t0) / float(t1 - t0) + 0.5)
                    lo = lo0 + math.floor(turn * float(g - t0) / float(t1 - t0) + 0.5)
                    assert 0 <= w <= 1
                    if g not in at or voice <= at[g][0]:
                        at[g] = (voice, la, lo)
            last[told_by] = here
        places[key] = at
    told: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b in itertools.combinations(sorted(places), 2):
        for g in sorted(places[a].keys() & places[b].keys()):
            (_, la0, lo0), (_, la1, lo1) = places[a][g], places[b][g]
            turn = (lo1 - lo0 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
            middle = math.radians((la0 + la1) * 0.5e-7)
            away = math.hypot(la1 - la0, turn * math.cos(middle)) * math.radians(1e-7) * 6371008.8
            if away <= radius:
                runs = told.setdefault((a, b), [])
                if runs and runs[-1][1] == g - 60:
                    runs[-1] = (runs[-1][0], g)
                else:
                    runs.append((g, g))
    return {pair: [(first - 30, last + 30) for first, last in runs] for pair, runs in told.items()}


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_a_plain_search_in_any_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sightings = crowd(rng)
    orders = [np.argsort(sightings.time, kind="stable"), rng.permutation(len(sightings))]
    for order, pieces in itertools.product(orders, (1, 40, 400)):
        memory = Memory()
        company = Company(memory)
        for rows in np.array_split(order, pieces):
            company.take(memory.take(sightings.take(rows)))
        for radius in RADII:
            expected = plain(memory, radius)
            assert near(memory, company, radius) == expected
        assert sum(map(len, expected.values())) > 30


def test_a_run_longer_than_the_ring_keeps_its_begin_and_what_is_over_is_forgotten() -> None:
    memory = Memory()
    company = Company(memory)
    n = 24 * 120
    time = START + np.arange(n) * 30.0
    parts = [
        Sightings.of(n, key=key, time=time, lat_deg=26.0 + left * 0.1, lon_deg=127.0 + key * 1e-4, speed=0.1)
        for key, left in ((1, 0), (2, 0), (3, time > START + 3600))
    ]
    sightings = Sightings.concatenate(parts)
    for rows in np.array_split(np.argsort(sightings.time, kind="stable"), 100):
        company.take(memory.take(sightings.take(rows)))
        memory.settle(float(sightings.time[rows[-1]]))
    told = near(memory, company, 200.0)
    assert list(told) == [(1, 2)]
    assert told[1, 2][0][0] < START + 120
    assert told[1, 2][0][1] > START + 23.9 * 3600
    assert len(company) == 1


def test_vessels_that_meet_nobody_are_left_out() -> None:
    memory = Memory()
    company = Company(memory)
    time = np.tile(START + np.arange(20) * 60.0, 2)
    taken = memory.take(Sightings.of(40, key=np.repeat([1, 2], 20), time=time, lat_deg=26.0, lon_deg=127.0))
    assert len(company.take(taken, skip=np.array([1]))) == 0
    assert len(company.take(taken)) == 1
