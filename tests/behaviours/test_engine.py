"""The engine finds the same whatever order reports come in, tells it once, and takes back what was not so."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from open_sea import OpenSea

START = 1_700_000_000.0
EARTH = 111_195.0


def lying(
    key: int, hours: float, lat: float = 26.0, lon: float = 127.0, speed: float = 0.3, every: float = 30.0
) -> Sightings:
    time = START + key + np.arange(0, hours * 3600, every)
    return Sightings.of(
        len(time),
        key=key,
        time=time,
        lat_deg=lat,
        lon_deg=lon,
        speed=speed,
        status=0,
        feed=0,
        offset=key * 10_000 + np.arange(len(time)),
    )


def coast(rng: np.random.Generator) -> Sightings:
    """Some that wait, two that meet, one that jumps, one name with two hulls, one that falls silent among others."""
    parts = [lying(k, 5.0, 26.0 + k * 0.02, speed=float(rng.choice([0.3, 4.0]))) for k in range(1, 9)]
    parts += [lying(20, 4.0, 26.5), lying(21, 4.0, 26.503)]
    jumper, twin = lying(30, 5.0, 27.0, speed=5.0), lying(31, 5.0, 27.2, speed=5.0)
    away = jumper.time > START + 7200
    parts.append(jumper.replace(lat_deg=jumper.lat_deg + 0.3 * away))
    odd = np.arange(len(twin)) % 2 == 1
    number = np.full(len(twin), 431000031)
    parts.append(twin.replace(key=number, lat_deg=twin.lat_deg + 0.1 * odd))
    silent = lying(40, 5.0, 26.06, speed=6.0)
    quiet = (silent.time > START + 3600) & (silent.time < START + 3 * 3600)
    parts.append(silent.take(~quiet))
    return Sightings.concatenate(parts)


def verdicts(engine: Engine) -> set[tuple[object, ...]]:
    return {(b.kind, b.vessels, b.start, b.end) for b in engine.standing() if b.standing is not Standing.RETRACTED}


def run(sightings: Sightings, arrival: np.ndarray, every: float = 120.0, end: float = 13.0) -> Engine:
    """Sightings at their arrival, a look every two minutes, until all is final."""
    engine = Engine(OpenSea())
    order = np.argsort(arrival, kind="stable")
    arrived = arrival[order]
    for now in np.arange(START, START + end * 3600, every):
        rows = order[np.searchsorted(arrived, now - every, side="right") : np.searchsorted(arrived, now, side="right")]
        engine.sight(sightings.take(rows))
        engine.step(now)
    return engine


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_arrival_up_to_six_hours_late_gives_the_same_behaviours(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sightings = coast(rng)
    straight = run(sightings, sightings.time)
    late = run(sightings, sightings.time + rng.uniform(0, 21_000, len(sightings)))
    assert late.counts.too_late == 0
    assert {v[0] for v in verdicts(straight)} >= {"loitering", "rendezvous", "spoofing", "identity", "gap"}
    assert verdicts(late) == verdicts(straight)


def test_what_was_found_too_early_is_retracted_visibly() -> None:
    engine = Engine(OpenSea())
    sightings = lying(5, 3.0)
    gone = (sightings.time > START + 1800) & (sightings.time < START + 5400)
    others = Sightings.concatenate([lying(6, 3.0, 26.02, speed=5.0), lying(7, 3.0, 26.03, speed=5.0)])
    told: list[Behaviour] = []
    mover = sightings.replace(speed=np.full(len(sightings), 6.0))
    for rows, now in ((~gone, START + 5400), (~gone, START + 10_800)):
        engine.sight(mover.take(rows & (mover.time <= now)))
        engine.sight(others.take(others.time <= now))
        told += [b for b in engine.step(now) if b.kind == "gap"]
    assert [(b.standing, b.revision) for b in told] == [(Standing.GOING_ON, 0), (Standing.ENDED, 1)]
    engine.sight(mover.take(gone))  # a second station had heard it all the time
    told = [b for b in engine.step(START + 10_801) if b.kind == "gap"]
    assert [(b.standing, b.revision) for b in told] == [(Standing.RETRACTED, 2)]
    assert told[0].because.startswith("retracted: ")


def test_a_behaviour_is_told_once_however_often_it_is_looked_at() -> None:
    engine = Engine(OpenSea())
    sightings = lying(5, 6.0)
    told = []
    for now in np.arange(START, START + 6 * 3600, 60.0):
        engine.sight(sightings.take((sightings.time > now - 60) & (sightings.time <= now)))
        told += [b for b in engine.step(now) if b.kind == "loitering"]
    assert [(b.standing, b.revision, b.end) for b in told] == [(Standing.GOING_ON, 0, None)]
    assert told[0].decided - told[0].start == pytest.approx(3600, abs=90)
    assert len(told[0].evidence.path[5]) > 10
    assert told[0].evidence.reports


def test_a_fishing_vessel_does_not_loiter_and_hostile_names_are_only_text() -> None:
    engine = Engine(OpenSea())
    name = "<script>'\";--%s{lasted}"[:20]
    claims = Claims.of(1, mmsi=5, name=[name], ship_type=30)
    static = Batch(Reports.of(2, time=START, kind=ReportKind.AIS_STATIC, claim=0), claims)
    engine.sight(Sightings.concatenate([lying(5, 3.0), lying(6, 3.0, 26.4)]))
    engine.hear(static)
    told = engine.step(START + 10_800)
    assert {b.vessels for b in told if b.kind == "loitering"} == {(6,)}
    assert engine.names.of(5).name == name


def test_nothing_in_nothing_out() -> None:
    engine = Engine(OpenSea())
    assert engine.step(START) == []
    assert engine.step(START - 100) == []
    assert engine.step(START + 100_000) == []


def test_garbage_survives_and_is_counted() -> None:
    engine = Engine(OpenSea())
    rng = np.random.default_rng(3)
    n = 3000
    engine.sight(
        Sightings.of(
            n, key=rng.integers(1, 50, n), time=START + rng.uniform(-1e6, 1e6, n), lat_deg=rng.uniform(-90, 90, n),
            lon_deg=rng.uniform(-180, 180, n), speed=rng.choice([np.nan, -5.0, 1e9, 3.0], n),
            status=rng.integers(-1, 16, n),
        )
    )  # fmt: skip
    engine.step(START)
    engine.step(START + 2e6)
    assert engine.counts.sightings == n
