"""Figures of pairs: how far apart two vessels are, and how fast one passes the other, from their samples."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import files, read
from mihari.behaviours.measures import Measures
from mihari.behaviours.memory import Memory
from mihari.behaviours.places import Places
from mihari.behaviours.scene import VOCABULARY
from mihari.behaviours.sightings import Sightings
from mihari.core.units import KNOT
from mihari.core.zones import Zone

BEGIN = 1_800_000_000
A, B = 431000001, 431000002
METRE = 1 / 111_195.0  # degrees of latitude


def sailed(key: int, start: float, north_m: float, kn: float, lon_deg: float = 127.0, every: float = 60.0) -> Sightings:
    """Northward from a place on the equator, for an hour."""
    times = start + np.arange(0.0, 3600.0, every)
    lat = (north_m + kn * KNOT * times) * METRE
    lon = (lon_deg + 180.0) % 360.0 - 180.0
    return Sightings.of(len(times), key=key, time=BEGIN + times, lat_deg=lat, lon_deg=lon, speed=kn * KNOT)


def figures(name: str, *ways: Sightings) -> list[tuple[int, int, float]]:
    memory = Memory()
    for way in ways:
        memory.take(way)
    slots = np.arange(len(memory))
    found, _ = Measures(memory, slots, np.array([[0, 1]])).steps(name)
    times = (found.start - BEGIN).tolist(), (found.end - BEGIN).tolist()
    return sorted(zip(*times, found.value.tolist(), strict=True))


def test_one_overtakes_the_other() -> None:
    ways = sailed(A, 0.0, 0.0, 10.0), sailed(B, 0.0, 1852.0, 4.0)
    speeds = figures("relative_speed", *ways)
    assert [value for *_, value in speeds] == pytest.approx([6.0] * len(speeds))
    apart = figures("apart", *ways)
    assert [value for *_, value in apart] == pytest.approx([abs(1 - 6 * (k + 0.5) / 60) for k in range(59)], abs=0.006)


def test_samples_of_the_two_need_not_be_of_one_time() -> None:
    apart = figures("apart", sailed(A, 0.0, 0.0, 6.0), sailed(B, 25.0, 1852.0, 6.0, every=45.0))
    assert [value for *_, value in apart] == pytest.approx([1.0] * len(apart), abs=0.006)
    assert apart[0][:2] == (25, 60)
    assert all(first[1] == second[0] for first, second in itertools.pairwise(apart))


def test_the_date_line_lies_between_them() -> None:
    ways = sailed(A, 0.0, 0.0, 6.0, lon_deg=179.99), sailed(B, 0.0, 0.0, 6.0, lon_deg=180.01)
    assert [value for *_, value in figures("apart", *ways)] == pytest.approx([1.2] * 59, abs=0.01)


def test_a_definition_asks_for_them_and_for_the_distance_to_a_kind_of_zone(tmp_path) -> None:
    mine = tmp_path / "mine.behaviour"
    told = '\n  title "It"\n  because "for {lasted}"\n'
    mine.write_text(
        "passed(a, b) = near_500m(a, b) and relative_speed(a, b) >= 5 kn and apart(a, b) < 0.2 NM"
        + told
        + "off_port(v) = distance(v, port) > 5 NM and speed(v) > 8 kn"
        + told
    )
    port = Zone("naha", "port", (((-0.02, 126.98), (-0.02, 127.02), (0.02, 127.02), (0.02, 126.98)),))
    engine = Engine(Places(zones=(port,)), read([*files(), mine], VOCABULARY))
    for key, north, kn in ((A, 0.0, 10.0), (B, 1852.0, 4.0)):
        engine.sight(sailed(key, 0.0, north, kn, every=30.0))
    found = {b.kind: b for b in engine.step(BEGIN + 3600.0)}
    assert (found["passed"].start - BEGIN, found["passed"].vessels) == (pytest.approx(480, abs=31), (A, B))
    assert found["passed"].end - BEGIN == pytest.approx(720, abs=31)
    assert found["off_port"].vessels == (A,)
    assert found["off_port"].start - BEGIN == pytest.approx((5 + 1.2) / 10 * 3600, abs=100)
