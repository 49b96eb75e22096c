"""What is known better hours later takes the place of what was remembered, of the right vessel, and says why."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.memory import Memory
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.behaviour import Behaviour, Standing, unnamed
from mihari.retelling import GATE_M, NOTICED_M, Retelling, retelling
from mihari.tracks.past import Was
from open_sea import OpenSea

START = 1_700_000_000.0
EARTH = 111_195.0
BOAT, DARK = 431_000_777, unnamed(5)
WHY = "bearings that came 5.9 h late"


def lying(key: int, north: float, minutes: float = 60.0, begin: float = 0.0, every: float = 10.0) -> Sightings:
    """Lies still, so many m north of 26°."""
    time = START + begin + np.arange(0.0, minutes * 60, every)
    kind = SightingKind.TOLD if key == BOAT else SightingKind.HELD
    return Sightings.of(
        len(time), key=key, time=time, lat_deg=26.0 + north / EARTH, lon_deg=127.0, speed=0.1, kind=kind
    )


def was(track: int, north: float, minutes: float = 60.0, begin: float = 0.0) -> Was:
    rows = lying(1, north, minutes, begin)
    return Was.of(
        len(rows), id=track, time=rows.time, lat_deg=rows.lat_deg, lon_deg=rows.lon_deg, east_mps=0.1, north_mps=0.0
    )


def looked(*parts: Sightings) -> Engine:
    """An engine an hour later."""
    engine = Engine(OpenSea())
    engine.sight(Sightings.concatenate(list(parts)))
    engine.step(START + 3700)
    return engine


def retold(engine: Engine, past: Was, keys: dict[int, int]) -> tuple[Retelling, list[Behaviour]]:
    fresh = itertools.count(100)
    found = retelling(past, keys, engine.memory, lambda: next(fresh), START, START + 3700)
    engine.retell(found.spans, found.sightings, WHY)
    return found, [b for b in engine.step(START + 3800) if b.kind == "rendezvous"]


def meetings(engine: Engine) -> list[Behaviour]:
    return [b for b in engine.standing() if b.kind == "rendezvous"]


def test_a_meeting_that_never_was_is_retracted_and_says_why() -> None:
    engine = looked(lying(BOAT, 0.0), lying(DARK, 300.0))
    assert [b.standing for b in meetings(engine)] == [Standing.GOING_ON]
    _, (told,) = retold(engine, was(9, 1500.0), {9: DARK})
    assert (told.standing, told.revision) == (Standing.RETRACTED, 1)
    assert told.because.startswith("retracted: ")
    assert told.because.endswith(f"; taken back: {WHY}")
    assert told.evidence.facts["came late"] == WHY
    again = Engine(OpenSea())
    again.restore(engine.state())
    assert [b.because for b in meetings(again)] == [told.because]


def test_a_meeting_that_was_missed_is_found_and_says_why() -> None:
    engine = looked(lying(BOAT, 0.0), lying(DARK, 1500.0))
    assert meetings(engine) == []
    _, (told,) = retold(engine, was(9, 300.0), {9: DARK})
    assert (told.standing, told.revision, told.vessels) == (Standing.GOING_ON, 0, (BOAT, DARK))
    assert told.because.endswith(f"; found by {WHY}")


def test_a_meeting_that_began_later_is_revised() -> None:
    engine = looked(lying(BOAT, 0.0), lying(DARK, 300.0))
    past = Was.concatenate([was(9, 900.0, 20.0), was(9, 300.0, 40.0, 1200.0)])
    (before,) = meetings(engine)
    _, (told,) = retold(engine, past, {9: DARK})
    assert (told.id, told.revision, told.standing) == (before.id, 1, Standing.GOING_ON)
    assert before.start - START <= 60
    assert told.start - START == pytest.approx(1200, abs=60)
    assert told.because.endswith(f"; revised: {WHY}")


def test_what_holds_as_before_is_told_again_with_the_way_as_it_is_known() -> None:
    engine = looked(lying(BOAT, 0.0), lying(DARK, 300.0))
    (before,) = meetings(engine)
    _, (told,) = retold(engine, was(9, 100.0), {9: DARK})
    assert (told.start, told.end, told.revision) == (before.start, before.end, 1)
    north = [(lat - 26.0) * EARTH for _, lat, _ in told.evidence.path[DARK]]
    assert max(north) < 101.0
    assert retold(engine, was(9, 100.0), {9: DARK})[1] == []


def test_who_was_where_it_was_thought_is_not_retold() -> None:
    engine = looked(lying(BOAT, 0.0), lying(DARK, 300.0))
    found, told = retold(engine, was(9, 300.0 + 0.8 * NOTICED_M), {9: DARK})
    assert (found.spans, len(found.sightings), told) == ([], 0, [])


def test_a_track_that_is_no_more_is_the_vessel_that_was_nearest_and_another_is_new() -> None:
    engine = looked(lying(DARK, 300.0), lying(unnamed(6), 5000.0))
    past = Was.concatenate([was(20, 900.0), was(21, 4500.0), was(22, 5000.0 + 3 * GATE_M)])
    found, _ = retold(engine, past, {})
    assert found.track == {20: DARK, 21: unnamed(6), 22: unnamed(100)}
    assert found.vessels == [unnamed(100)]
    ways = [engine.memory.samples(key) for key in found.track.values()]
    north = [(float(way["lat"][0]) * 1e-7 - 26.0) * EARTH for way in ways]
    assert north == pytest.approx([900.0, 4500.0, 5000.0 + 3 * GATE_M], abs=1.0)


def test_two_tracks_of_one_time_are_two_vessels() -> None:
    engine = looked(lying(DARK, 300.0))
    found, _ = retold(engine, Was.concatenate([was(20, 400.0), was(21, 900.0)]), {})
    assert found.track == {20: DARK, 21: unnamed(100)}


def test_what_was_held_to_be_two_vessels_and_was_one_is_no_meeting_of_it_with_itself() -> None:
    first, second = lying(unnamed(6), 350.0, 50.0), lying(DARK, 300.0, 60.0)
    engine = looked(first, second)
    assert len(meetings(engine)) == 1
    found, (told,) = retold(engine, was(9, 320.0), {9: DARK})
    assert {span.key for span in found.spans} == {unnamed(6)}
    assert told.standing is Standing.RETRACTED
    assert len(engine.memory.samples(unnamed(6))) == 0


def test_what_was_remembered_while_it_was_run_again_goes_with_the_rest() -> None:
    memory = Memory()
    memory.take(lying(DARK, 900.0, 62.0))
    found = retelling(was(9, 300.0), {9: DARK}, memory, lambda: 1, START, START + 3720)
    assert [(span.key, span.end) for span in found.spans] == [(DARK, START + 3720)]


def test_nothing_in_nothing_out() -> None:
    found = retelling(Was.empty(), {}, Memory(), lambda: 1, START, START)
    assert (found.spans, len(found.sightings), found.vessels) == ([], 0, [])
