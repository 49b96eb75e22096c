"""What a person told -> one look of that person, with one area, for all doors by which people's words come in. Pure."""

from __future__ import annotations

import math

from mihari.core.person_report import PersonReport
from mihari.core.reports import ReportKind, Reports, Sector


def look_of_report(report: PersonReport, feed: int, offset: int, sensor: int, received: float) -> Sector:
    """The look of a report; `sensor`: the person's. All round, for a person says where a vessel is, not where none is.

    >>> report = PersonReport(5.0, "KAI", 26.0, 127.0, 100.0, 0.0, 400.0, what="skiff", speed=4.0)
    >>> look = look_of_report(report, 0, 7, 3, 9.0)
    >>> look.time, look.reports.cov_nn.tolist(), look.reports.speed.tolist(), look.reports.offset.tolist()
    (5.0, [400.0], [4.0], [7])
    """
    reports = Reports.of(
        1,
        feed=feed,
        offset=offset,
        time=report.time,
        received=received,
        sensor=sensor,
        kind=ReportKind.AREA,
        lat_deg=report.lat_deg,
        lon_deg=report.lon_deg,
        cov_ee=report.cov_ee,
        cov_en=report.cov_en,
        cov_nn=report.cov_nn,
        speed=math.nan if report.speed is None else report.speed,
        course=math.nan if report.course is None else report.course,
    )
    return Sector(sensor, report.time, received, 0.0, 0.0, reports)
