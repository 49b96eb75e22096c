"""Who will pass too near: each limit, at it and beyond it; a twin that looks at all pairs; whatever order."""

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.memory import Memory
from mihari.behaviours.pairs import Company
from mihari.behaviours.pairs.converging import CPA_M, TCPA_S, UNDER_WAY_MPS, Converging, pair_of
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from open_sea import OpenSea

START = 1_700_000_040
DEGREE = np.pi / 180 * 6371008.8


def sailing(key, x, y, east, north, seconds=120, lat0=0.0):
    """One ship, m and m/s around (lat0, 127)."""
    t = np.arange(0, seconds + 1, 30)
    lat = lat0 + (y + north * t) / DEGREE
    lon = 127.0 + (x + east * t) / DEGREE / np.cos(np.radians(lat0))
    return Sightings.of(len(t), key=key, time=START + t, lat_deg=lat, lon_deg=lon, speed=np.hypot(east, north))


def levels(*ships):
    """The levels that hold at the second minute, by pair of keys."""
    memory = Memory()
    company = Company(memory)
    company.take(memory.take(Sightings.concatenate(list(ships))))
    converging = Converging(company)
    names = np.array(converging.look(np.arange(len(memory))), np.int64)
    held = converging.timelines(names.tolist())
    now = {k for k, s, e in held if s <= START + 120 < e}
    keys = memory.keys[pair_of(names)]
    found = {}
    for k in sorted(now):
        found.setdefault(tuple(sorted(keys[k].tolist())), set()).add(int(names[k] & 1))
    return found


# head on at 5 m/s each along a meridian, `aside` m apart, nearest in `when` s at the second minute
def head_on(aside, when, speed=5.0):
    return (
        sailing(1, 0.0, 0.0, 0.0, speed),
        sailing(2, aside, 2 * speed * (120 + when), 0.0, -speed),
    )


@pytest.mark.parametrize(("level", "limit"), list(enumerate(CPA_M)))
def test_within_the_distance_and_not_beyond(level, limit):
    assert level in levels(*head_on(limit - 0.05, 300.0))[1, 2]
    assert level not in levels(*head_on(limit + 0.05, 300.0)).get((1, 2), set())


@pytest.mark.parametrize(("level", "limit"), list(enumerate(TCPA_S)))
def test_within_the_time_and_not_beyond(level, limit):
    assert level in levels(*head_on(100.0, limit - 0.1))[1, 2]
    assert level not in levels(*head_on(100.0, limit + 0.1)).get((1, 2), set())


def test_five_knots_are_under_way_and_less_is_not():
    assert levels(*head_on(0.0, 300.0, UNDER_WAY_MPS + 1e-3))
    assert not levels(*head_on(0.0, 300.0, UNDER_WAY_MPS - 1e-3))


def test_who_has_passed_or_keeps_beside_is_no_risk():
    assert not levels(*head_on(0.0, -130.0))
    assert not levels(sailing(1, 0.0, 0.0, 0.0, 6.0), sailing(2, 300.0, 0.0, 0.0, 6.0))


@pytest.mark.parametrize("seed", range(4))
def test_a_twin_that_looks_at_all_pairs_finds_the_same(seed):
    rng = np.random.default_rng(seed)
    n = 60
    x, y, speed = rng.uniform(-9000, 9000, n), rng.uniform(-9000, 9000, n), rng.uniform(1.0, 14.0, n)
    course = rng.uniform(0, 2 * np.pi, n)
    east, north = speed * np.sin(course), speed * np.cos(course)
    found = levels(*(sailing(k + 1, x[k], y[k], east[k], north[k]) for k in range(n)))
    x, y = x + 120 * east, y + 120 * north
    for i in range(n):
        for j in range(i + 1, n):
            r, v = np.array([x[j] - x[i], y[j] - y[i]]), np.array([east[j] - east[i], north[j] - north[i]])
            when = -r @ v / (v @ v)
            near = float(np.hypot(*(r + v * when)))
            edge = min(*(abs(near - c) for c in CPA_M), *(abs(when - t) for t in TCPA_S), abs(when))
            if edge < 0.5 or min(abs(speed[[i, j]] - UNDER_WAY_MPS)) < 0.01:
                continue
            fast = speed[i] >= UNDER_WAY_MPS and speed[j] >= UNDER_WAY_MPS
            held = {k for k in (0, 1) if fast and 0 <= when <= TCPA_S[k] and near <= CPA_M[k]}
            assert found.get((i + 1, j + 1), set()) == held


def test_across_the_antimeridian():
    a, b = head_on(100.0, 300.0)
    turned = [s.replace(lon_deg=(s.lon_deg + 53.0 + 180.0 - 0.0005) % 360.0 - 180.0) for s in (a, b)]
    assert levels(*turned) == levels(a, b)


def static(*keys):
    claims = Claims.of(len(keys), mmsi=list(keys), bow=100.0, stern=0.0, name="SHIP")
    return Batch(Reports.of(len(keys), time=START, kind=ReportKind.AIS_STATIC, claim=np.arange(len(keys))), claims)


def verdicts(ways, arrival):
    """What stands in the end, of reports that come in at `arrival`, looked at every minute."""
    engine = Engine(OpenSea())
    engine.hear(static(1, 2, 3))
    for now in np.arange(START, START + 9000, 60.0):
        engine.sight(ways.take((arrival > now - 60) & (arrival <= now)))
        engine.step(now)
    return {
        (b.kind, b.vessels, b.start, b.end)
        for b in engine.standing()
        if b.standing is not Standing.RETRACTED and b.kind.startswith("collision")
    }


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_arrival_says_nothing(seed):
    rng = np.random.default_rng(seed)
    ways = [sailing(k, x, y, e, n, 1800, 26.0) for k, x, y, e, n in (
        (1, 0.0, 0.0, 0.0, 6.0), (2, 100.0, 14_000.0, 0.0, -5.0), (3, -4000.0, 5000.0, 6.0, 0.5))]  # fmt: skip
    rows = Sightings.concatenate(ways)
    straight = verdicts(rows, rows.time)
    assert {v[0] for v in straight} == {"collision", "collision_close"}
    assert verdicts(rows, rows.time + rng.uniform(0, 5400, len(rows))) == straight
