"""A case is cut from what was heard and seen: it names nobody and no place, and its pattern tells of it as before."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.places import Places
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.core.zones import Zone
from mihari.library.cases import Case, read, written
from mihari.library.cutting import Intake, cut
from mihari.library.pattern import examined, merged
from mihari.library.proof import prove

BEGIN = 1_790_000_000.0
LURKER, FERRY = 416005678, 416001234
PORT = Zone("naha", "port", (((26.0, 127.6), (26.0, 127.7), (26.1, 127.7), (26.1, 127.6)),))
TEXT = '''
format = 1
name = "lurks"
version = 1
title = "Lurks off a port"
status = "active"
urgency = "caution"
description = "Lies some miles off a port, and somebody passes fast."
because = "{v} lies off a port for {lasted}"
innocent = ["waiting"]
references = ["ours: made up for a test"]
definition = """
lurks(v) = distance(v, port) > near_by and distance(v, port) < far and speed(v) < 1 kn lasting at least 30 min
"""
[[parameter]]
name = "near_by"
value = "2 NM"
least = "1 NM"
most = "3 NM"
source = "ours"
[[parameter]]
name = "far"
value = "4 NM"
least = "3 NM"
most = "5 NM"
source = "ours"
[look]
sensor = ["camera"]
place = "from anywhere"
checklist = ["who it is"]
'''


def heard() -> Batch:
    """One lies 3 NM west of the port for an hour; a ferry runs past."""
    times = BEGIN + 30.0 * np.arange(120)
    west = 127.6 - 3 * NAUTICAL_MILE / 111_195.0 / np.cos(np.radians(26.05))
    who = np.repeat([LURKER, FERRY], len(times))
    lat = np.concatenate([np.full(120, 26.05), 25.9 + 0.003 * np.arange(120)])
    speed = np.repeat([0.2, 20.0], 120) * KNOT
    reports = Reports.of(
        240, time=np.tile(times, 2), kind=ReportKind.AIS_POSITION, lat_deg=lat, lon_deg=west, speed=speed, course=0.0,
        sensor=0, claim=np.arange(240),
    )  # fmt: skip
    claims = Claims.of(240, mmsi=who, name=np.where(who == LURKER, "HAKUHO MARU", "FERRY"), imo=9074729, ship_type=70)
    return Batch(reports, claims)


@pytest.fixture(scope="module")
def case() -> Case:
    intake = Intake()
    intake.hear(heard())
    told = Case("one", True, (LURKER,), BEGIN, BEGIN + 3600.0)
    return cut(told, intake, Places(zones=(PORT,)), BEGIN - 60.0, BEGIN + 3660.0)


def test_it_names_nobody_and_no_place(case: Case) -> None:
    data = written([case])
    assert not {LURKER, FERRY} & set(case.rows.vessel.tolist())
    assert not {LURKER, FERRY} & set(case.vessels)
    assert abs(case.rows.lat_deg).max() < 1.0
    assert abs(case.rows.lon_deg).max() < 1.0
    assert case.rows.time.max() < 1_600_000_000, "of another year"
    for name in (b"HAKUHO", b"416005678", b"9074729"):
        assert name not in data


def test_the_hour_by_the_sun_stays(case: Case) -> None:
    by_the_sun = (BEGIN / 3600.0 + 127.5 / 15.0) % 24.0
    assert (case.rows.time.min() / 3600.0 + case.rows.lon_deg[0] / 15.0) % 24.0 == pytest.approx(by_the_sun, abs=0.1)


def test_how_far_zones_were_goes_with_it_to_a_tenth_of_a_mile(case: Case) -> None:
    (again,) = read(written([case]))
    mine = again.rows.take(np.flatnonzero(np.isin(again.rows.vessel, again.vessels)))
    away = mine.away_port[np.isfinite(mine.away_port)] / NAUTICAL_MILE
    assert away == pytest.approx(np.full(len(away), 3.0), abs=0.2)
    assert np.isnan(again.rows.away_cable).all(), "there is none"


def test_a_pattern_tells_of_it_what_it_told_of_the_sea_itself(case: Case) -> None:
    pattern, mistakes = examined(TEXT, "lurks.toml")
    assert pattern is not None, mistakes
    engine = Engine(Places(zones=(PORT,)), merged([pattern]))
    engine.hear(heard())
    (there,) = [b for b in engine.step(BEGIN + 3600.0) if b.kind == "lurks"]
    (verdict,) = prove(pattern, read(written([case]))).verdicts
    assert verdict.word == "found"
    assert verdict.told[0].start - verdict.case.start == pytest.approx(there.start - BEGIN, abs=1.0)
