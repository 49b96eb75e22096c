"""What is found of fleets does not depend on when, within hours, and in which order reports come."""

from __future__ import annotations

import numpy as np
import pytest
from tests.open_sea import OpenSea

from mihari.behaviours.fleets.rerun import Told
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.picture import Vessels
from mihari.core.reports import Tick
from mihari.lookout import Lookout

START = 1_700_000_040
HOURS = 4
EVERY_S = 120


def boats() -> Sightings:
    """24 boats that drift for three hours and leave together to the north within eight minutes."""
    parts = []
    for k in range(24):
        time = np.arange(10.0 + k, 3600.0 * HOURS, 60.0)
        leaves = 3 * 3600.0 + 20.0 * k
        under_way = np.maximum(time - leaves, 0.0)
        lat = 26.0 + (k // 6) * 0.004 + (0.15 * np.minimum(time, leaves) + 4.0 * under_way) / 111_195.0
        parts.append(
            Sightings.of(
                len(time), key=431_000_001 + k, time=START + time, lat_deg=lat, lon_deg=127.0 + (k % 6) * 0.004
            )
        )
    return Sightings.concatenate(parts)


def found(arrivals: np.ndarray, rows: Sightings) -> tuple[set[tuple], list[Behaviour]]:
    """(what stands at the end, all that was told) of reports that arrive at those times."""
    lookout, told = Lookout(), []
    lookout.engine.places.__class__ = OpenSea
    order = np.argsort(arrivals, kind="stable")
    rows, arrivals = rows.take(order), arrivals[order]
    for now in range(START + EVERY_S, START + 3600 * (HOURS + 6) + 1200, EVERY_S):
        lookout.sight(rows.take((arrivals >= now - EVERY_S) & (arrivals < now)))
        result = lookout.take(Tick(float(now)), Vessels.empty)
        told += [b for b in result.behaviours if b.kind in ("fleet", "massing")]
    last = {b.id: b for b in told}
    return {(b.kind, b.vessels, b.start, b.end) for b in last.values() if b.standing is not Standing.RETRACTED}, told


@pytest.fixture(scope="module")
def in_order() -> set[tuple]:
    rows = boats()
    stands, told = found(rows.time, rows)
    assert {kind for kind, *_ in stands} >= {"fleet"}
    assert all(b.standing is not Standing.RETRACTED for b in told)
    return stands


@pytest.mark.parametrize("late_s", [300.0, pytest.param(5.5 * 3600, marks=pytest.mark.slow)])
def test_late_reports_change_nothing_in_the_end(in_order: set[tuple], late_s: float) -> None:
    rows = boats()
    rng = np.random.default_rng(int(late_s))
    assert found(rows.time + rng.uniform(0.0, late_s, len(rows)), rows)[0] == in_order


@pytest.mark.slow
def test_a_station_whose_reports_come_hours_late_is_worked_in_and_told(in_order: set[tuple]) -> None:
    rows = boats()
    late = rows.key % 2 == 0
    stands, told = found(rows.time + np.where(late, 2 * 3600.0, 0.0), rows)
    assert stands == in_order
    fleet = next(b for b in told if b.kind == "fleet")
    assert fleet.told >= START + 5 * 3600


@pytest.mark.slow
def test_each_revision_that_people_see_is_later_than_the_one_before() -> None:
    rows = boats()
    rng = np.random.default_rng(3)
    _, told = found(rows.time + rng.uniform(0.0, 3 * 3600.0, len(rows)), rows)
    seen: dict[str, int] = {}
    for b in told:
        assert b.revision > seen.get(b.id, -1)
        seen[b.id] = b.revision
    assert Told().again(0, [], 0.0) == []
