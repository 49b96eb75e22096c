"""What a whole table shows at once is what the live engine finds in it, minute by minute."""

from __future__ import annotations

import numpy as np
import pytest
from tests.behaviours.memory.test_memory import wander
from tests.open_sea import OpenSea

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import built_in, told
from mihari.behaviours.ledger import Span
from mihari.behaviours.memory import Memory
from mihari.behaviours.past import FROM_POSITIONS, NOT_FROM_POSITIONS, Past
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.zones import Zone

START = 1_700_000_040.0
PORT = Zone("quay", "port", (((25.99, 126.99), (25.99, 127.01), (26.01, 127.01), (26.01, 126.99)),))
ROADS = Zone("roads", "anchorage", (((26.4, 126.9), (26.4, 127.2), (26.6, 127.2), (26.6, 126.9)),))


def table(seed: int, vessels: int = 30, hours: float = 11.0) -> Sightings:
    """Vessels that sail, lie and drift about five meeting places, fall silent, and share numbers."""
    rng = np.random.default_rng(seed)
    parts = []
    for key in range(211_000_001, 211_000_001 + vessels):
        time = np.sort(rng.choice(int(hours * 3600), rng.integers(200, 700), replace=False)).astype(float)
        for _ in range(rng.integers(0, 3)):
            away = rng.uniform(0, hours * 3600)
            time = time[(time < away) | (time > away + rng.choice([1200, 5000, 25_000]))]
        legs = rng.choice([0.0, 0.4, 1.5, 4.0, 9.0], 12, p=[0.3, 0.3, 0.1, 0.2, 0.1])
        speed = legs[np.minimum((time / 3600).astype(int), 11)]
        course = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.05, len(time)))
        step = np.diff(time, prepend=time[:1]) * speed
        north, east = np.cumsum(step * np.cos(course)), np.cumsum(step * np.sin(course))
        place = rng.integers(0, 5)
        lat = 26.0 + 0.12 * place + (rng.normal(0, 150) + north) / 111_195
        lon = 127.0 + (rng.normal(0, 150) + east) / 100_000
        if key % 9 == 0:
            lat = lat + (rng.random(len(time)) < 0.4) * 0.3
        if key % 7 == 0:
            lon = lon + (time > 20_000) * (time < 26_000) * 0.5
        parts.append(Sightings.of(len(time), key=key, time=START + time, lat_deg=lat, lon_deg=lon))
    rows = Sightings.concatenate(parts)
    return rows.take(rng.permutation(len(rows)))


def live(rows: Sightings, every: float) -> dict[str, set[tuple[tuple[int, ...], Span]]]:
    """What the engine holds at the end."""
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    engine, last = Engine(OpenSea(zones=(PORT, ROADS))), START
    for now in [*np.arange(START + every, rows.time[-1], every), rows.time[-1]]:
        engine.sight(rows.take((rows.time >= last) & (rows.time <= now)))
        engine.step(last := now)
    found: dict[str, set[tuple[tuple[int, ...], Span]]] = {name: set() for name in FROM_POSITIONS}
    for e in engine.ledger.entries():
        if e.kind in found and e.standing is not Standing.RETRACTED:
            found[e.kind].add((e.subject, e.span))
    return found


def at_once(rows: Sightings) -> dict[str, set[tuple[tuple[int, ...], Span]]]:
    past = Past(rows, OpenSea(zones=(PORT, ROADS)))
    found = {}
    for name, when in past.found().items():
        keys = past.subjects(name, when).tolist()
        spans = zip(when.start.tolist(), when.end.tolist(), strict=True)
        found[name] = {(tuple(k for k in key if k), Span(a, b)) for key, (a, b) in zip(keys, spans, strict=True)}
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_table_at_once_gives_what_the_live_engine_finds(seed: int) -> None:
    rows = table(seed)
    expected, found = live(rows, 300.0), at_once(rows)
    for name in {*FROM_POSITIONS} - {"interference"}:  # which the engine tells once of all vessels together
        going = {(who, s.start) for who, s in expected[name] if s.end is None}
        left = {(who, Span(s.start, None if (who, s.start) in going else s.end)) for who, s in found[name]}
        assert left == expected[name], name


def test_the_tables_of_these_tests_show_most_kinds() -> None:
    shown = {name for seed in (1, 2) for name, when in at_once(table(seed)).items() if when}
    assert shown >= {"gap_6h", "loitering", "rendezvous", "identity", "spoofing", "anchored", "moored", "port_visit"}


def test_every_definition_is_found_from_positions_or_said_to_need_more() -> None:
    assert {*FROM_POSITIONS} | NOT_FROM_POSITIONS.keys() == {d.name for d in told(built_in())}


@pytest.mark.parametrize("seed", range(3))
def test_a_memory_filled_at_once_remembers_what_one_fed_in_order_does(seed: int) -> None:
    rows = wander(np.random.default_rng(seed))
    filled, fed = Memory(), Memory()
    shore = np.linspace(-5000.0, 90_000.0, len(rows))
    taken = filled.fill(rows, shore)
    fed.take(rows, shore)
    assert taken.same > 0
    for key in fed.slots:
        a, b = filled.recall(np.array([filled.slots[key]])), fed.recall(np.array([fed.slots[key]]))
        assert sorted(a.founds.tolist()) == sorted(b.founds.tolist())
        assert filled.samples(key).tolist() == fed.samples(key).tolist()


@pytest.mark.parametrize("cores", [1, 3, 64])
def test_how_many_cores_there_are_changes_nothing(monkeypatch, cores):
    way = table(11, vessels=12)
    usual = Past(way, shore=np.full(len(way), 9e4)).meetings
    monkeypatch.setattr("mihari.behaviours.past.meetings.cores", lambda: cores)
    found = Past(way, shore=np.full(len(way), 9e4)).meetings
    assert len(usual.pairs) > 10
    assert found.pairs.tolist() == usual.pairs.tolist()
    rows = np.arange(len(usual.pairs))
    theirs = usual.timelines(rows, 500.0)
    for name, column in found.timelines(rows, 500.0).columns().items():
        assert column.tolist() == getattr(theirs, name).tolist()


def test_nobody_meets_in_an_empty_table():
    assert len(Past(Sightings.empty(), shore=np.zeros(0)).meetings.pairs) == 0
