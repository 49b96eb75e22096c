"""Sightings against what the sensors' own laws say, and the chances of a radar against plain dice."""

from __future__ import annotations

import numpy as np
import pytest
from tests.rehearse.small import LAT, LON, line, patrol, still

from mihari.patrol.cells import cells_of
from mihari.patrol.spells import spells_of
from mihari.rehearse.judge import Judge
from mihari.rehearse.predict import holding
from mihari.sensors.platform import profile
from mihari.sensors.sweep import lateral_range

MANY = 1500


def judged(file, flown, offset, count=MANY, length=10.0, seed=1, **more):
    at, begin, end = line(file, offset, count=count, **more)
    judge = Judge(file, cells_of(file.area), flown)
    return judge.judge(at, begin, end, np.full(count, length), np.random.default_rng(seed))


@pytest.mark.parametrize("offset", [2000.0, 8000.0, 14_000.0])
def test_a_vessel_that_passes_is_seen_with_the_chance_at_its_nearest(offset):
    file = patrol()
    seen = judged(file, still(file, LAT, LON, names=("tb3",)), offset)
    spell = spells_of(file)[0]
    expected = float(lateral_range(profile("tb3"), 10.0, spell.weather, spell.night).at(offset))
    share = len(np.unique(seen.vessel)) / MANY
    assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / MANY) + 0.005


def test_who_circles_looks_once_and_who_comes_back_looks_again():
    file = patrol()
    count = len(still(file, LAT, LON, names=("tb3",)).times)
    turn = np.arange(count)[:, None] / 10
    circling = still(file, LAT + 0.008 * np.sin(turn), LON + 0.008 * np.cos(turn), names=("tb3",))
    once = judged(file, circling, 3000.0)
    assert len(once.vessel) == len(np.unique(once.vessel))
    to_and_fro = still(file, LAT, LON + 0.15 * np.sin(np.arange(count)[:, None] / 30), names=("tb3",))
    often = judged(file, to_and_fro, 3000.0)
    assert len(often.vessel) > 2 * len(np.unique(often.vessel))


def test_a_vehicle_in_its_hangar_sees_nothing():
    file = patrol()
    flown = still(file, LAT, LON, names=("tb3",))
    flown.out[:] = False
    assert len(judged(file, flown, 1000.0).vessel) == 0


def test_a_radar_holds_what_is_near_and_not_what_is_far():
    radar = [{"name": "mast", "lat_deg": LAT, "lon_deg": LON, "height_m": 110}]
    file = patrol(radar=radar)
    flown = still(file, LAT + 3.0, LON, names=("ulaq",), height=0.0)
    near, far = (judged(file, flown, offset, count=20, length=25.0) for offset in (5000.0, 60_000.0))
    assert set(near.by.tolist()) == {"mast"}
    assert len(np.unique(near.vessel)) == 20
    assert len(far.vessel) == 0


@pytest.mark.parametrize("chance", [0.1, 0.2, 0.35])
def test_five_of_ten_scans_come_as_often_as_dice_have_it(chance):
    rng = np.random.default_rng(3)
    scans, runs = 60, 4000
    plots = rng.uniform(size=(runs, scans)) < chance
    total = np.cumsum(np.pad(plots, ((0, 0), (10, 0))), axis=1)
    held = ((total[:, 10:] - total[:, :-10]) >= 5).any(axis=1).mean()
    rate = float(np.interp(chance, *holding()))
    assert abs(held - (1 - np.exp(-rate * (scans - 5)))) < 0.06
