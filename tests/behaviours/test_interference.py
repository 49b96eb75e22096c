"""Vessels that jump at once are one finding of all of them, no false position each; few, far or apart are not."""

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing

START = 1_700_000_040
DEGREE = np.pi / 180 * 6371008.8
SHIPS = 431000001


def jumper(k, at=1800, lasts=1800, lat=26.0, seconds=5400):
    """The k-th vessel, 2 km north of the one before; its place is 0.5° off for a while from second `at` on."""
    t = np.arange(0, seconds, 30)
    off = (t >= at) & (t < at + lasts)
    return Sightings.of(
        len(t), key=SHIPS + k, time=START + t, lat_deg=lat + k * 2000 / DEGREE + 5 * t / DEGREE + 0.5 * off,
        lon_deg=127.0, speed=5.0, course=0.0, feed=0, offset=k * 1000 + np.arange(len(t)),
    )  # fmt: skip


def run(ways, arrival=None, step=60, engine=None):
    """An engine that has looked every `step` s; all that was told."""
    rows = Sightings.concatenate(ways)
    arrival = rows.time if arrival is None else arrival
    engine, told = engine or Engine(), []
    for now in np.arange(rows.time.min(), arrival.max() + 2 * step, step):
        engine.sight(rows.take((arrival > now - step) & (arrival <= now)))
        told += engine.step(now)
    return engine, [b for b in told if b.kind in ("interference", "spoofing")]


def standing(engine):
    kinds = ("interference", "spoofing")
    live = [b for b in engine.standing() if b.kind in kinds and b.standing is not Standing.RETRACTED]
    return {(b.kind, b.vessels, b.start - START, None if b.end is None else b.end - START) for b in live}


def keys(n):
    return tuple(SHIPS + k for k in range(n))


def test_five_that_jump_at_once_are_one_disturbance_and_four_are_four_false_positions():
    engine, told = run([jumper(k) for k in range(5)])
    ((kind, vessels, start, end),) = standing(engine)
    assert (kind, vessels, start, end) == ("interference", keys(5), 1800, 3570)  # up to the last false place
    assert {b.kind for b in told} == {"interference"}
    assert told[-1].because.startswith(
        "5 vessels within 2 NM of 26.12° N 127.00° E tell for 30 min places that they cannot have reached: "
        "MMSI 431000001 and 4 others"
    )
    assert (round(told[-1].lat_deg, 2), len(told[-1].evidence.path)) == (26.12, 5)
    assert dict(told[-1].evidence.facts) == {
        "lasted_s": 1770, "vessels": 5,
        **{f"MMSI {key}": "false position for 30 min, told here only" for key in keys(5)},
    }  # fmt: skip
    engine, _ = run([jumper(k) for k in range(4)])
    assert {(kind, vessels) for kind, vessels, _, _ in standing(engine)} == {("spoofing", (key,)) for key in keys(4)}


@pytest.mark.parametrize(("later", "held"), [(600, True), (630, False)])
def test_they_begin_within_ten_minutes_of_each_other(later, held):
    engine, _ = run([jumper(k) for k in range(4)] + [jumper(4, at=1800 + later)])
    assert ("interference" in {v[0] for v in standing(engine)}) == held


@pytest.mark.parametrize(("metres", "held"), [(49_990, True), (50_010, False)])
def test_they_were_within_fifty_kilometres_of_each_other(metres, held):
    far = jumper(0, lat=26.0 + (6000 + metres) / DEGREE)
    engine, _ = run([jumper(k) for k in range(4)] + [far.replace(key=far.key + 4)])
    assert ("interference" in {v[0] for v in standing(engine)}) == held


def test_who_joins_is_told_of_and_what_was_told_of_one_alone_is_taken_back():
    # four jump, 10 min later the fifth: by then the first are told as false positions
    engine, told = run([jumper(k) for k in range(4)] + [jumper(k, at=2390) for k in (4, 5)])
    ((kind, vessels, _, _),) = standing(engine)
    assert (kind, vessels) == ("interference", keys(6))
    taken_back = [b for b in told if b.kind == "spoofing" and b.standing is Standing.RETRACTED]
    assert {b.vessels for b in taken_back} == {(key,) for key in keys(4)}
    together = [b for b in told if b.kind == "interference"]
    assert len({b.id for b in together}) == 1
    assert [b.revision for b in together] == list(range(len(together)))


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_arrival_says_nothing(seed):
    rng = np.random.default_rng(seed)
    ways = [jumper(k, at=1800 + int(rng.integers(0, 300))) for k in range(6)] + [jumper(9, at=4000, seconds=7200)]
    straight, _ = run(ways)
    rows = Sightings.concatenate(ways)
    late, _ = run(ways, rows.time + rng.uniform(0, 9000, len(rows)))
    assert standing(late) == standing(straight)
    assert {v[0] for v in standing(straight)} == {"interference", "spoofing"}


def test_it_goes_on_from_a_state():
    ways = [jumper(k) for k in range(6)]
    rows = Sightings.concatenate(ways)
    cut = START + 3000
    whole, _ = run(ways)
    first, _ = run([rows.take(rows.time <= cut)])
    second = Engine()
    second.restore(first.state())
    run([rows.take(rows.time > cut)], engine=second)
    assert standing(second) == standing(whole)
