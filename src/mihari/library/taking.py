"""The rows of a case -> an engine, hour by hour, as stations heard them and radar held them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import SightingKind, Sightings
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.library.cases import HELD, NAMED, TOLD, UNSEEN, Case, Rows

STEP_S = 3600.0  # of data between two looks; what is found does not depend on it


def taken_in(engine: Engine, case: Case) -> Iterator[int]:
    """Give all rows of a case to an engine, and step it each hour that has rows; the times of the steps, UTC s."""
    rows = case.rows
    edges = np.arange(rows.time.min(initial=case.start) + STEP_S, case.last, STEP_S)
    for part in np.split(np.arange(len(rows)), np.searchsorted(rows.time, edges)):
        if len(part):
            some = rows.take(part)
            engine.hear(heard(some))
            engine.sight(seen(some))
            engine.step(float(some.time[-1]))
            yield int(some.time[-1])


def heard(rows: Rows) -> Batch:
    """The AIS among rows."""
    some = rows.take(np.flatnonzero((rows.what == TOLD) | (rows.what == NAMED)))
    named = some.what == NAMED
    reports = Reports.of(
        len(some), time=some.time, kind=np.where(named, ReportKind.AIS_STATIC, ReportKind.AIS_POSITION),
        lat_deg=some.lat_deg, lon_deg=some.lon_deg, speed=some.speed, course=some.course, heading=some.heading,
        sensor=some.station, feed=0, offset=np.arange(len(some)), claim=np.arange(len(some)),
    )  # fmt: skip
    same = ("status", "subject", "device", "imo", "name", "call_sign", "ship_type", "draught")
    claims = Claims.of(
        len(some), mmsi=some.vessel, bow=some.hull_length, stern=np.where(named, 0.0, np.nan),
        **{name: getattr(some, name) for name in same},
    )  # fmt: skip
    return Batch(reports, claims)


def seen(rows: Rows) -> Sightings:
    """What radar holds, and where it sees nobody."""
    some = rows.take(np.flatnonzero((rows.what == HELD) | (rows.what == UNSEEN)))
    names = ("time", "lat_deg", "lon_deg", "speed", "course")
    kind = np.where(some.what == HELD, SightingKind.HELD, SightingKind.UNSEEN)
    return Sightings.of(len(some), key=some.vessel, kind=kind, **{name: getattr(some, name) for name in names})
