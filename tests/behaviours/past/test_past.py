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
from mihari.behaviours.memory.lists import Lists
from mihari.behaviours.memory.parting import cut_off
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


@pytest.mark.parametrize("seed", [2, pytest.param(1, marks=pytest.mark.slow)])
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


def shown(past: Past) -> tuple[list[object], ...]:
    """All findings of all vessels, and who met whom and when."""
    recalled = past.memory.recall(np.arange(len(past.memory)))
    rows = np.arange(len(past.meetings.pairs))
    met = past.meetings.timelines(rows, 500.0)
    columns = (recalled.founds, recalled.first, past.meetings.pairs, *met.columns().values())
    return tuple(column.tolist() for column in columns)


@pytest.mark.parametrize("cores", [1, 3, 64])
def test_how_many_cores_there_are_changes_nothing(monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    way = table(11, vessels=12)
    usual = shown(Past(way, shore=np.full(len(way), 9e4)))
    for module in ("past.meetings", "memory.memory"):
        monkeypatch.setattr(f"mihari.behaviours.{module}.cores", lambda: cores)
    assert len(usual[2]) > 10
    assert shown(Past(way, shore=np.full(len(way), 9e4))) == usual


def test_a_thread_that_finds_no_room_leaves_the_rest_to_later(monkeypatch: pytest.MonkeyPatch) -> None:
    way = table(11, vessels=12)
    usual = shown(Past(way, shore=np.full(len(way), 9e4)))

    def few(lists: Lists, parts: int) -> list[Lists]:
        return [lists._replace(free=cut_off(lists.links, lists.free, 40)) for _ in range(parts)]

    monkeypatch.setattr("mihari.behaviours.memory.memory.lent", few)
    past = Past(way, shore=np.full(len(way), 9e4))
    assert shown(past) == usual
    for lists in (past.memory.arrays.samples, past.memory.arrays.founds):
        free, block = 0, int(lists.free[0])
        while block != -1:
            free, block = free + 1, int(lists.links["next"][block])
        assert free == lists.free[1]


def test_nobody_meets_in_an_empty_table() -> None:
    assert len(Past(Sightings.empty(), shore=np.zeros(0)).meetings.pairs) == 0
