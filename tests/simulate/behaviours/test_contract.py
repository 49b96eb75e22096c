"""What holds for every variant of every kind: water, ships' ways of moving, windows, and truth found by brute force."""

import numpy as np
import pytest

from mihari.core.geodesy import inverse
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
        reach = 4121.5 * (station.height**0.5 + height**0.5) * (10**-0.2 if actor.device == "B" else 1)
        hears = away < 0.81 * reach
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


DEFINITIONS = {f.__name__: f for f in (ais_off, rendezvous, loitering, fleet)}


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
