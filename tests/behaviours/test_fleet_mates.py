"""Two of a fleet that lie near each other have met nobody: in it, behind it, and where it has moved on to."""

from __future__ import annotations

import pytest
from tests.open_sea import OpenSea

from mihari.behaviours.engine import Engine
from mihari.behaviours.rolls import MATES_S
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Fleet

START = 1_700_000_000
KEYS = (431_000_001, 431_000_002)


def told(members: dict[int, tuple[int, ...]], until: int, near: int = 0) -> list[str]:
    """Rendezvous of two that lie 300 m apart from `near` s on, and 3 km before; fleets of `members` until `until` s."""
    engine = Engine(OpenSea())
    for t in range(0, near + 3 * 3600, 60):
        lon = [127.0, 127.003 if t >= near else 127.03]
        speed = 0.2 if t < until or t >= near else 5.0
        for number, keys in members.items() if t < until else ():
            fleet = Fleet(number, START + t, START, keys, 26.0, 127.0, (), 0.0, 0.0, 1.0)
            engine.rolls.count([fleet], START + t)
        engine.sight(Sightings.of(2, key=KEYS, time=START + t, lat_deg=26.0, lon_deg=lon, speed=speed))
        engine.step(START + t)
    return [e.kind for e in engine.ledger.entries() if e.kind == "rendezvous"]


def test_two_of_no_fleet_meet() -> None:
    assert told({}, 0) == ["rendezvous"]


def test_two_that_stay_behind_when_their_fleet_leaves_have_met_nobody() -> None:
    assert told({1: KEYS}, 3600) == []


@pytest.mark.parametrize(("after", "met"), [(MATES_S - 120, []), (MATES_S + 120, ["rendezvous"])])
def test_two_of_a_fleet_that_has_moved_on_have_met_nobody_for_two_hours(after: int, met: list[str]) -> None:
    assert told({1: KEYS}, 600, 600 + after) == met


def test_two_of_two_fleets_meet_when_they_have_left_them() -> None:
    assert told({1: KEYS[:1], 2: KEYS[1:]}, 600, 3600) == ["rendezvous"]
