"""A track that begins where another was lost goes by its number; nobody else does."""

from __future__ import annotations

import numpy as np
import pytest
from tests.open_sea import OpenSea

from mihari.behaviours.engine import Engine
from mihari.behaviours.heirs import LOST_S, REACH_MPS, SLACK_M, Heirs
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import UNNAMED

START = 1_700_000_000
METRES = 111_195.0


def held(*rows: tuple[int, float, float]) -> Sightings:
    """(picture id, s, m north) of tracks."""
    ids, time, north = (np.array(column) for column in zip(*rows, strict=True))
    return Sightings.of(len(ids), key=UNNAMED + ids, time=time, lat_deg=26.0 + north / METRES, lon_deg=127.0, kind=1)


def ids(sightings: Sightings) -> list[int]:
    return (sightings.key - UNNAMED).tolist()


@pytest.mark.parametrize(("since", "heir"), [(LOST_S, 5), (LOST_S + 1, 9)])
def test_a_track_is_an_heir_within_two_minutes(since: float, heir: int) -> None:
    heirs = Heirs()
    heirs.take(held((5, 100.0, 0.0)), 8)
    assert ids(heirs.take(held((9, 100.0 + since, 0.0)), 9)) == [heir]


@pytest.mark.parametrize(("beyond", "heir"), [(-1.0, 5), (1.0, 9)])
def test_an_heir_can_have_come_so_far(beyond: float, heir: int) -> None:
    heirs = Heirs()
    heirs.take(held((5, 100.0, 0.0)), 8)
    assert ids(heirs.take(held((9, 160.0, SLACK_M + REACH_MPS * 60.0 + beyond)), 9)) == [heir]


def test_a_track_that_was_there_before_is_no_heir() -> None:
    heirs = Heirs()
    heirs.take(held((5, 100.0, 0.0)), 9)
    assert ids(heirs.take(held((9, 140.0, 0.0)), 9)) == [9]


def test_one_that_is_still_seen_has_no_heir_and_a_lost_one_has_one() -> None:
    heirs = Heirs()
    heirs.take(held((5, 100.0, 0.0), (6, 100.0, 400.0)), 8)
    assert ids(heirs.take(held((5, 140.0, 0.0), (9, 140.0, 50.0), (10, 140.0, 500.0)), 10)) == [5, 6, 10]
    assert ids(heirs.take(held((9, 150.0, 50.0), (5, 150.0, 0.0)), 10)) == [6, 5]


def test_what_was_kept_goes_on() -> None:
    heirs, again = Heirs(), Heirs()
    heirs.take(held((5, 100.0, 0.0)), 8)
    heirs.take(held((9, 140.0, 0.0)), 9)
    again.restore(heirs.state())
    assert ids(again.take(held((9, 150.0, 0.0)), 9)) == [5]


def test_a_vessel_that_is_found_again_is_dark_without_a_break() -> None:
    class Covered(OpenSea):
        def areas(self, lat_deg, lon_deg):  # type: ignore[no-untyped-def]
            return np.full(len(lat_deg), 0xFFFFFFFF, np.uint32) & ~np.uint32(0xFF)

    engine, heirs = Engine(Covered()), Heirs()
    for t in range(0, 2400, 10):
        if not 1000 <= t < 1060:
            track = 5 if t < 1000 else 9
            engine.sight(heirs.take(held((track, START + t, t * 2.0)), track))
        engine.step(START + t + 5)
    dark = [e for e in engine.ledger.entries() if e.kind == "dark"]
    assert [(e.subject, e.span.start) for e in dark] == [((UNNAMED + 5,), START)]
