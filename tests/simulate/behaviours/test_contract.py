"""What holds for every variant of every kind: water, ships' ways of moving, windows, and truth found by brute force."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline

from mihari.coast import load as load_area
from mihari.coast.shore import Shore
from mihari.core.geodesy import inverse
from mihari.sensors.ais_link import reception_chance
from mihari.simulate.behaviours import INJECTORS
from mihari.simulate.kinds import KINDS, Style

GAIN = {"cargo": 0.12, "tanker": 0.12, "anchored": 0.12, "tug": 0.3, "fishing": 0.3, "ferry": 0.3}  # m/s²
GAIN_BOAT = 1.0


def real(actors):
    return [k for k, actor in enumerate(actors) if not actor.ghost]


def runs(holds):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], holds.astype(int), [0]])))
    return [(float(a), float(min(b, len(holds) - 1))) for a, b in edges.reshape(-1, 2)]


def longest(holds):
    return max(runs(holds), key=lambda r: r[1] - r[0], default=(0.0, 0.0))


def test_every_vessel_is_on_water_all_the_time(played, mask):
    for k in real(played.cast.actors):
        seen = played.seen[k]
        assert not mask.on_land(seen.lat_deg, seen.lon_deg).any()
        assert mask.area.covers(seen.lat_deg, seen.lon_deg).all()


def test_every_vessel_moves_as_its_kind_does(played):
    for k in real(played.cast.actors):
        seen, name = played.seen[k], played.cast.actors[k].kind
        kind = KINDS[name]
        fastest = kind.speed[1] * (1.85 if kind.style is Style.VARYING else 1.02) * 3600 / 1852
        speed = seen.speed_kn
        assert speed.max() <= fastest
        gain = np.hypot(seen.east_gain, seen.north_gain)
        assert gain.max() <= GAIN.get(name, GAIN_BOAT)
        turn = (seen.east_gain * seen.north - seen.north_gain * seen.east) / np.maximum(speed * 1852 / 3600, 0.1) ** 2
        assert np.abs(turn[speed > 4]).max(initial=0) <= 1.05 * kind.turn
        step = inverse(seen.lat_deg[:-1], seen.lon_deg[:-1], seen.lat_deg[1:], seen.lon_deg[1:])[0]
        assert step.max() <= fastest * 1852 / 3600 + 0.5  # nobody jumps


def test_events_lie_in_the_window_and_name_vessels(played):
    names = range(len(played.cast.actors))
    assert played.cast.events
    for event in played.cast.events:
        assert event.actors
        assert all(k in names and not played.cast.actors[k].ghost for k in event.actors)
        if event.kind == played.kind:
            assert played.call.start <= event.start < event.end <= played.call.end
        assert not event.innocent or event.note


def test_a_real_one_is_real_and_a_look_alike_is_innocent(played):
    assert played.event.kind == played.kind
    assert played.event.innocent != played.real
    if played.variant == "short":
        assert played.event.note.startswith("short of ")


def test_same_seed_same_cast(played, stage):
    again = INJECTORS[played.kind].cast(stage, np.random.default_rng(played.seed), played.call)
    assert repr(again) == repr(played.cast)


# the definitions once more, from the sources and from nothing of the injectors: [start, end) where each holds


def ais_off(played, stage):
    """Told nothing for half an hour, under way, where stations hear it."""
    actor, seen = played.cast.actors[0], played.seen[0]
    silent = np.zeros(len(seen.lat_deg), bool)
    for act in actor.acts:
        silent[int(act.start) : int(act.end)] |= act.silent
    height = min(max((actor.length or 0) / 5, 3.0), 40.0)
    heard = np.zeros(len(silent), bool)
    for station in stage.stations:
        away = inverse(station.lat_deg, station.lon_deg, seen.lat_deg, seen.lon_deg)[0]
        hears = reception_chance(away[::60], station.height, height, actor.device == "B") > 0.89
        hears = np.repeat(hears, 60)[: len(TIME)]
        for start, end in station.outages:
            hears[int(start) : int(end)] = False
        heard |= hears
    return longest(silent & heard & (seen.speed_kn > 5)), 1800.0


def rendezvous(played, stage):
    """Within 500 m, both below 2 kn, half an hour, not at anchor."""
    a, b = played.seen
    lies = np.isin(a.status, (1, 5)) | np.isin(b.status, (1, 5))
    return longest((a.to(b) < 500) & (a.speed_kn < 2) & (b.speed_kn < 2) & ~lies), 1800.0


def loitering(played, stage):
    """Below 2 kn for an hour, neither anchored, moored nor fishing."""
    seen = played.seen[0]
    return longest((seen.speed_kn < 2) & ~np.isin(seen.status, (1, 5, 7))), 3600.0


def fleet(played, stage):
    """From a drift, four fifths of 20 or more above 4 kn within ten minutes: held as long as they go."""
    speed = np.array([seen.speed_kn for seen in played.seen])
    going = (speed > 4).sum(axis=0)
    enough = going >= np.ceil(0.8 * len(speed))
    together = longest(enough)
    first = float(np.flatnonzero(going)[0]) if going.any() else 0.0
    drifted = first > 0 and len(speed) >= 20
    if not enough.any() or not drifted or together[0] - first > 600:
        return (0.0, 0.0), 1.0
    return (first, together[1]), 1.0


def told(played, row, what):
    """Whose place or identity the device of `row` tells, each second."""
    rows = np.full(len(TIME), row)
    for act in played.cast.actors[row].acts:
        if (lent := getattr(act, what)) is not None:
            rows[(act.start <= TIME) & (act.end > TIME)] = lent
    return rows


def false_position(played, stage):
    """A place told more than a mile off, for ten minutes."""
    false = np.zeros(len(TIME), bool)
    places = told(played, 0, "place")
    for lent in set(places.tolist()) - {0}:
        ghost = ghostly(played.cast.actors[lent].path)
        off = inverse(played.seen[0].lat_deg, played.seen[0].lon_deg, *ghost)[0] > 1852
        false |= off & (places == lent)
    return longest(false), 600.0


def ghostly(path):
    """Where a path leads, which may begin late and end early."""
    time = np.clip(TIME, path.time[0], path.time[-1])
    lat = CubicHermiteSpline(path.time, path.lat_deg, path.lat_rate)(time)
    lon = CubicHermiteSpline(path.time, path.lon_deg, path.lon_rate)(time)
    return lat, lon


def cloned_identity(played, stage):
    """One MMSI from two places two miles apart, for ten minutes; numbers that nobody owns do not count."""
    first, second = told(played, 0, "identity"), told(played, 1, "identity")
    owned = np.array([a.mmsi is None for a in played.cast.actors])
    return longest((first == second) & owned[first] & (played.seen[0].to(played.seen[1]) > 2 * 1852)), 600.0


def changed_identity(played, stage):
    """Another name than before, begun under way and a mile off shore, for ten minutes."""
    found, seen = longest(told(played, 0, "identity") != 0), played.seen[0]
    begun = int(found[0])
    at_sea = stage.wet(seen.lat_deg[begun], seen.lon_deg[begun], 1852.0).all() and seen.speed_kn[begun] > 3
    return (found if at_sea else (0.0, 0.0)), 600.0


def loitering_cable(played, stage):
    """Below 2 kn within a kilometre of a cable, for half an hour, neither fishing nor restricted."""
    seen = played.seen[0]
    slow = (seen.speed_kn < 2) & ~np.isin(seen.status, (3, 7))
    tall, wide = (inverse(25.8, 127.0, 25.8 + a, 127.0 + b)[0] for a, b in ((1, 0), (0, 1)))  # m per degree there
    north, east = seen.lat_deg * tall, seen.lon_deg * wide
    away = np.full(len(TIME), np.inf)
    for cable in stage.cables:
        for (lat1, lon1), (lat2, lon2) in pairwise(cable.points):
            for share in np.linspace(0, 1, 1000):
                lat, lon = lat1 + share * (lat2 - lat1), lon1 + share * (lon2 - lon1)
                away = np.minimum(away, np.hypot(north - lat * tall, east - lon * wide))
    near = away < 1000
    return longest(slow & near), 1800.0


def shadowing(played, stage):
    """Within three miles of the leader and 500 m of its wake of half an hour, for an hour with two turns."""
    leader, follower = played.seen
    near = np.flatnonzero(leader.to(follower) < 3 * 1852)
    wake = np.zeros(len(TIME), bool)
    for back in range(0, 1801, 20):
        rows = near[near >= back]
        away = inverse(
            leader.lat_deg[rows - back], leader.lon_deg[rows - back], follower.lat_deg[rows], follower.lon_deg[rows]
        )
        wake[rows[away[0] < 500]] = True
    start, end = longest(wake)
    course = np.degrees(np.unwrap(leader.course[int(start) : int(end)]))[::60]
    legs, held = 1, course[0]
    for now, soon in pairwise(course):
        if abs(now - soon) < 1 and abs(now - held) > 20:  # on a new course, steadily
            legs, held = legs + 1, now
    return ((start, end) if legs > 2 else (0.0, 0.0)), 3600.0


def dash(played, stage):
    """A boat without AIS at 20 kn or more for five minutes, four fifths of its way towards the shore."""
    seen, shore = played.seen[0], Shore(load_area("nansei"))
    start, end = longest(seen.speed_kn > 20)
    if end == start or played.cast.actors[0].device != "":
        return (0.0, 0.0), 300.0
    ends = [int(start), int(end)]
    before, after = shore.distance(seen.lat_deg[ends], seen.lon_deg[ends])
    made = inverse(*(x[k] for k in ends for x in (seen.lat_deg, seen.lon_deg)))[0]
    towards = before - after > 0.8 * made and before > 3 * 1852
    return ((start, end) if towards else (0.0, 0.0)), 300.0


def drifting(played, stage):
    """A ship at 1 to 5 kn with 45° between heading and course, for ten minutes and 500 m."""
    seen, actor = played.seen[0], played.cast.actors[0]
    between = np.abs((seen.course - seen.heading + np.pi) % (2 * np.pi) - np.pi)
    start, end = longest((seen.speed_kn > 1) & (seen.speed_kn < 5) & (between > np.pi / 4))
    far = seen.speed_kn[int(start) : int(end)].sum() * 1852 / 3600 > 500
    return ((start, end) if far and actor.length >= 50 else (0.0, 0.0)), 600.0


def distress(played, stage):
    """970, 972 or 974 with status 14, for five minutes."""
    identity = told(played, 0, "identity")
    kinds = np.array([(a.mmsi or 0) // 1_000_000 for a in played.cast.actors])[identity]
    return longest(np.isin(kinds, (970, 972, 974)) & (played.seen[0].status == 14)), 300.0


FOUND = (
    ais_off,
    false_position,
    cloned_identity,
    changed_identity,
    rendezvous,
    loitering,
    loitering_cable,
    fleet,
    shadowing,
    dash,
    drifting,
    distress,
)
DEFINITIONS = {f.__name__: f for f in FOUND}
TIME = np.arange(14_401.0)


def test_truth_is_what_brute_force_finds(played, stage):
    (start, end), threshold = DEFINITIONS[played.kind](played, stage)
    if played.real:
        assert (start, end) == pytest.approx((played.event.start, played.event.end), abs=2.0)
        assert end - start > 1.02 * threshold
    else:
        assert end - start < 0.98 * threshold


def test_whoever_loiters_by_definition_has_an_event_for_it(played, mask):
    told = {(k, e.start, e.end) for e in played.cast.events if e.kind == "loitering" for k in e.actors}
    for k in real(played.cast.actors):
        seen = played.seen[k]
        for start, end in runs(seen.speed_kn < 2):
            middle = int((start + end) / 2)
            if end - start < 3600 or mask.near_land(seen.lat_deg[middle], seen.lon_deg[middle], 1.1 * 1852):
                continue
            assert any(row == k and a <= start + 302 and b >= end - 302 for row, a, b in told)
