"""Who takes another's place under another name is found; who comes from elsewhere is not."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings
from open_sea import OpenSea

START = 1_700_000_000.0
OLD, NEW = 431_000_001, 431_000_002


def sailing(key: int, begin: float, end: float, beside: float = 0.0, course: float = 0.0) -> Sightings:
    """5 m/s along one line from the engine's start on, heard from `begin` to `end` s; `beside`: m to the east."""
    time = START + np.arange(begin, end, 30.0)
    gone = 5.0 * (time - START)
    return Sightings.of(
        len(time), key=key, time=time, lat_deg=26.0 + gone * np.cos(course) / 111_195.0,
        lon_deg=127.0 + beside / 99_900.0 + gone * np.sin(course) / 99_900.0, speed=5.0, course=course,
    )  # fmt: skip


def kinds(*ways: Sightings) -> list[tuple[tuple[int, ...], int]]:
    engine = Engine(OpenSea())
    every = Sightings.concatenate(ways)
    told = {}
    for now in np.arange(START, START + 3 * 3600, 60.0):
        engine.sight(every.take((every.time > now - 60) & (every.time <= now)))
        told |= {b.id: b for b in engine.step(now)}
    return [
        (b.vessels, b.start) for b in told.values() if b.kind == "identity_changed" and b.standing.name != "RETRACTED"
    ]


def test_another_name_in_the_place_of_one_that_falls_silent_is_told() -> None:
    assert kinds(sailing(OLD, 0, 6000), sailing(NEW, 6120, 10_000)) == [((NEW,), int(START) + 6120)]


@pytest.mark.parametrize(
    "newcomer",
    [
        sailing(NEW, 6120, 10_000, beside=700.0),
        sailing(NEW, 6120, 10_000, course=1.0),
        sailing(NEW, 7000, 10_000),
        sailing(NEW, 6120, 6600),
        sailing(999_000_002, 6120, 10_000),
    ],
    ids=["700 m beside", "another course", "too late", "for less than ten minutes", "no ship's number"],
)
def test_who_does_not_take_the_place_is_not_told(newcomer: Sightings) -> None:
    assert kinds(sailing(OLD, 0, 6000), newcomer) == []


def test_one_that_was_there_all_the_time_is_no_successor_nor_one_beside_a_vessel_that_goes_on() -> None:
    assert kinds(sailing(OLD, 0, 900), sailing(NEW, 960, 9000)) == []
    assert kinds(sailing(OLD, 0, 9000), sailing(NEW, 6120, 9000, beside=100.0)) == []
