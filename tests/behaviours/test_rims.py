"""A silence where reception is known to end proves nothing, elsewhere it does; a fleet is no excuse for itself."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from mihari.archive.state import pack, unpack
from mihari.behaviours.context import Context
from mihari.behaviours.context.cells import COARSE, cells_at, parents
from mihari.behaviours.context.rims import Rim
from mihari.behaviours.context.summary import summary
from mihari.behaviours.context.view import layer
from mihari.behaviours.context.visits import VISIT
from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.columns import Array
from mihari.lookout import Lookout

START = 1_800_000_000 // 3600 * 3600
HOUR, DAY = 3600, 86_400
KNOT, NORTH_M = 0.514444, 111_195.0
SOUTH, RIM, MIDDLE = 26.0, 26.3, 26.15  # the station hears nobody north of the rim
PASSER, LONE, FLEET, QUAY = 431_000_000, 432_000_000, 433_000_000, 434_000_000
LEAVING_KN = 8.0


def sailing(key: int, begin: float, lat: float, north_kn: float, seconds: float) -> Sightings:
    """Along a meridian, a report every 90 s; at a quay every 3 min."""
    time = np.arange(0.0, seconds, 90.0 if north_kn else 180.0)
    lats = lat + north_kn * KNOT * time / NORTH_M
    columns = {"key": key, "time": START + begin + time, "lat_deg": lats, "lon_deg": 127.0, "status": 0}
    course = 0.0 if north_kn >= 0 else np.pi
    rows = Sightings.of(len(time), **columns, speed=abs(north_kn) * KNOT, course=course, offset=np.arange(len(time)))
    return rows.take(np.flatnonzero(rows.lat_deg < RIM))


@cache
def coast(days: int = 3) -> Sightings:
    """Every other hour somebody leaves or comes in; three lie at quays; on the last day one falls silent amid them.

    A fleet of twelve falls silent together on the first day, and another on the last, each at one place amid them.
    """
    last = (days - 1) * DAY
    told = [sailing(QUAY + k, 0.0, lat, 0.0, days * DAY) for k, lat in enumerate((26.05, MIDDLE, 26.295))]
    for k, begin in enumerate(range(HOUR, days * DAY - 6 * HOUR, 2 * HOUR)):
        far = RIM + 0.1
        kn = LEAVING_KN if k % 2 == 0 else -LEAVING_KN
        told.append(sailing(PASSER + k, begin, SOUTH if kn > 0 else far, kn, (far - SOUTH) * NORTH_M / abs(kn) / KNOT))
    told += [sailing(LONE, last + 4 * HOUR, SOUTH, LEAVING_KN, 4000.0)]
    for fleet, begin in enumerate((12 * HOUR, last + 9 * HOUR)):
        told += [sailing(FLEET + 100 * fleet + k, begin + 30.0 * k, 26.02, 8.0, 4000.0 - 30.0 * k) for k in range(12)]
    rows = Sightings.concatenate(told)
    return rows.take(np.argsort(rows.time, kind="stable"))


def looked(rows: Sightings, arrival: Array, rims: bool = True, every: int = 3600) -> tuple[Engine, Context]:
    """What is found and learned where sightings come at some times (UTC s), until seven hours after the last day."""
    engine, context = Engine(), Context()
    if rims:
        engine.reception.ends = context.reception_ends
    order = np.argsort(arrival, kind="stable")
    rows, arrival = rows.take(order), arrival[order]
    cuts = np.searchsorted(arrival, np.arange(START, START + 3 * DAY + 7 * HOUR, every) + every)
    for step, (first, last) in enumerate(pairwise([0, *cuts.tolist()])):
        now = START + (step + 1) * every
        engine.sight(rows.take(np.arange(first, last)))
        context.take(rows.take(np.arange(first, last)), now)
        context.step(now)
        engine.step(now)
    return engine, context


def gaps(engine: Engine) -> dict[int, list[float]]:
    """By vessel, when its gaps that stand began, hours since the start."""
    found: dict[int, list[float]] = {}
    for b in engine.standing():
        if b.kind == "gap" and b.standing is not Standing.RETRACTED:
            found.setdefault(b.vessels[0], []).append(round((b.start - START) / HOUR, 1))
    return found


def late_passers(found: dict[int, list[float]]) -> list[int]:
    """Vessels that left on the last day, of which a gap is told."""
    return [key for key, begun in found.items() if key // 1_000_000 == PASSER // 1_000_000 and max(begun) > 48.0]


@cache
def in_order() -> dict[int, list[float]]:
    rows = coast()
    return gaps(looked(rows, rows.time)[0])


def test_who_leaves_where_most_are_last_heard_has_no_gap() -> None:
    rows = coast()
    assert late_passers(gaps(looked(rows, rows.time, rims=False)[0]))  # the quay's vessel is a witness for them
    assert late_passers(in_order()) == []


def test_who_falls_silent_amid_the_others_is_told() -> None:
    assert in_order()[LONE]


def test_a_fleet_that_goes_dark_together_is_told_and_so_is_the_next_one_there() -> None:
    told = set(in_order())
    assert {FLEET + 100 + k for k in range(12)} <= told


def test_any_order_of_arrival_within_six_hours_finds_the_same() -> None:
    rows = coast()
    late = np.random.default_rng(1).uniform(0.0, 20_000.0, len(rows))
    assert gaps(looked(rows, rows.time + late)[0]) == in_order()


def test_how_often_is_looked_does_not_matter() -> None:
    rows = coast()
    assert gaps(looked(rows, rows.time, every=1800)[0]) == in_order()


def test_what_was_known_is_asked_for_after_a_restart_too() -> None:
    rows = coast()
    _, first = looked(rows, rows.time)
    again = Context()
    again.restore(unpack(pack(first.state())))
    assert summary(first.learned)["rims"]["6"] >= 1
    ending = [f["properties"]["ends"] for f in layer(first.learned, "reception")["features"]]
    assert 0 < sum(ending) < len(ending)
    for context in (first, again):
        known = [context.reception_ends(lat, 127.0, START + 3 * DAY) for lat in (RIM - 0.002, MIDDLE)]
        assert known == [True, False]
        assert not context.reception_ends(RIM - 0.002, 127.0, START + 8 * HOUR)  # too soon for anybody to know


def test_silences_of_one_hour_are_no_rim() -> None:
    """Twenty vessels vanish at one place within an hour; nothing is known of it however long after."""
    rows = Sightings.concatenate([sailing(FLEET + k, 60.0 * k, SOUTH, 6.0, 2000.0) for k in range(20)])
    witness = sailing(QUAY, 0.0, MIDDLE, 0.0, 2.0 * DAY)
    context = Context()
    context.take(Sightings.concatenate([rows, witness]), float(witness.time[-1]))
    context.step(START + 3.0 * DAY)
    table = context.learned.rims.large.table
    assert table.rows["ends"].max() > 19  # of twenty, two days ago
    assert not context.reception_ends(SOUTH + 0.05, 127.0, START + 3.0 * DAY)


def crossing(ending: int, passing: int, vessels: int = 10) -> Rim:
    """Hours in each of which some pass a cell at 10 kn and one appears there; all go to another, then fall silent."""
    rim, (here, there) = Rim(COARSE), cells_at(np.array([26.0, 27.0]), np.array([127.0, 127.0])).tolist()
    for hour in range(1000, 1000 + ending + 1):
        first = hour * 3600
        rows = np.zeros(3 * passing + 2, VISIT)
        rows["speed"] = 514
        keys = np.arange(passing) + (10_000 + hour * passing if passing else 0)
        rows["key"][: 3 * passing] = np.repeat(keys, 3)
        rows["cell"][: 3 * passing] = np.tile([there, here, there], passing)
        rows["first"][: 3 * passing] = np.tile([first, first + 60, first + 120], passing)
        rows["key"][-2:], rows["cell"][-2:] = hour % vessels + 1, [here, there]
        rows["first"][-2:] = [first + 60, first + 120]
        rows["last"] = rows["first"]
        rim.learn(rows[np.lexsort((rows["first"], rows["key"]))], hour)
    rim.note()
    return rim


@pytest.mark.parametrize(
    ("ending", "passing", "vessels", "known"),
    [(10, 0, 10, True), (9, 0, 10, False), (10, 8, 10, True), (10, 9, 10, False), (10, 0, 5, True), (10, 0, 4, False)],
)
def test_a_rim_takes_ten_hours_five_vessels_and_one_pass_in_ten(
    ending: int, passing: int, vessels: int, known: bool
) -> None:
    """The first hour has nobody before it, so nobody appears in it: its passes count, and none of them ends."""
    rim = crossing(ending, passing, vessels)
    cell = int(parents(cells_at(np.array([26.0]), np.array([127.0])), COARSE)[0])
    row = rim.table.rows[rim.table.known(np.array([cell]), np.array([0]))[0]]
    assert (row["ends"], row["passes"]) == (ending, (ending + 1) * (passing + 1))
    assert (cell in rim.at(2000)) == known
    assert cell not in rim.at(1000 + ending - 1)


def test_the_look_out_asks_what_the_coast_has_taught() -> None:
    lookout = Lookout()
    assert lookout.engine.reception.ends == lookout.context.reception_ends
