"""Stations as they were kept and vessels as they were met, by positions of vehicles."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mihari.core.geodesy import direct
from mihari.patrol.attended import KEPT, Attended, Span, StationsKept, VesselsMet
from mihari.patrol.file import PatrolFile
from mihari.sensors.platform import profile

BEGIN = 1_795_219_200.0
FLEET = {"tb2": profile("tb2"), "relief": profile("tb2"), "boat": profile("ulaq")}


def file(**more: Any) -> PatrolFile:
    told: dict[str, Any] = {
        "name": "row", "start": "2026-11-21T00:00:00Z", "hours": 8,
        "area": {"lat_deg": 0.0, "lon_deg": 126.0, "along_km": 60, "across_km": 20},
        "demand": [{"name": "all", "every_h": 2}],
        "station": [{"name": "strait", "lat_deg": 0.0, "lon_deg": 126.0, "within_km": 10, "from_h": 1, "to_h": 3}],
        "look": [{"name": "dark", "lat_deg": 0.0, "lon_deg": 126.0, "speed_kn": 20, "course_deg": 90, "by_h": 3,
                  "told_h": 0.5, "stay_min": 10, "within_km": 5}],
    }  # fmt: skip
    return PatrolFile.model_validate(told | more)


def north(km: float) -> tuple[float, float]:
    lat, lon = direct(0.0, 126.0, 0.0, 1000.0 * km)
    return float(lat), float(lon)


def minutes(kept: StationsKept, vehicle: str, begin: float, end: float, km: float, every: float = 1.0) -> None:
    """Positions from one minute of the plan to another."""
    for k in range(int((end - begin) / every) + 1):
        kept.take(vehicle, BEGIN + 60 * (begin + k * every), *north(km))


def test_a_handover_without_a_gap_is_told_as_kept() -> None:
    kept = StationsKept(file(), FLEET)
    minutes(kept, "tb2", 50, 120, 9.0)
    minutes(kept, "relief", 110, 200, 2.0)
    (one,) = kept.told(BEGIN + 3600 * 5)
    assert (one.name, one.minutes, one.gaps) == ("strait", 120.0, ())


def test_minutes_without_anybody_are_gaps_from_the_beginning_of_the_watch_to_its_end() -> None:
    kept = StationsKept(file(), FLEET)
    minutes(kept, "tb2", 70, 100, 9.0)
    minutes(kept, "tb2", 101, 110, 11.0)
    minutes(kept, "relief", 115, 150, 2.0)
    (one,) = kept.told(BEGIN + 60 * 240)
    assert one.minutes == 30 + 35
    assert [((g.begin - BEGIN) / 60, (g.end - BEGIN) / 60) for g in one.gaps] == [(60, 70), (100, 115), (150, 180)]
    assert kept.told(BEGIN + 60 * 30) == []
    (early,) = kept.told(BEGIN + 60 * 80)
    assert [(g.end - BEGIN) / 60 for g in early.gaps] == [70]


def test_who_cannot_keep_a_station_or_is_not_heard_keeps_none() -> None:
    kept = StationsKept(file(), FLEET)
    minutes(kept, "boat", 60, 180, 1.0)
    minutes(kept, "stranger", 60, 180, 1.0)
    assert kept.told(BEGIN + 60 * 180)[0].minutes == 0
    minutes(kept, "tb2", 60, 180, 1.0, every=5.0)  # no word for five minutes: nobody knows
    assert kept.told(BEGIN + 60 * 180)[0].minutes == 0


def test_a_vessel_is_met_by_who_stays_with_it_as_it_goes() -> None:
    met = VesselsMet(file())
    for k in range(30):  # it makes 0.617 km a minute to the east from minute 30 on
        east = 0.6173 * (k + 10)
        met.take("tb2", BEGIN + 60 * (40 + k), *(float(x) for x in direct(0.0, 126.0, math.pi / 2, 1000 * (east + 3))))
    span = met.met()["dark"]
    assert ((span.begin - BEGIN) / 60, (span.end - BEGIN) / 60) == (40, 69)


@pytest.mark.parametrize(("begin", "length"), [(5, 20), (40, 8)])
def test_a_stay_before_it_was_told_of_or_too_short_is_none(begin: int, length: int) -> None:
    met = VesselsMet(file(), where=lambda look, time: north(0.0))
    for k in range(length):
        met.take("tb2", BEGIN + 60 * (begin + k), *north(1.0))
    assert met.met() == {}


def test_what_is_known_of_a_vessel_counts_not_what_was_told_of_it() -> None:
    met = VesselsMet(file(), where=lambda look, time: north(100.0))
    for k in range(20):
        met.take("tb2", BEGIN + 60 * (40 + k), *north(98.0))
    assert list(met.met()) == ["dark"]


def test_spans_that_come_late_join_those_they_touch_and_their_number_is_bounded() -> None:
    one = Attended(1.0)
    for time in (0.0, 60.0, 300.0, 360.0):
        one.take("a", time, 0.0)
    for time in (50.0, 110.0, 250.0, 310.0):
        one.take("b", time, 0.0)
    assert one.spans == [Span(0.0, 110.0), Span(250.0, 360.0)]
    for k in range(3 * KEPT):
        one.take("c", 1e4 + 1000.0 * k, 0.0)
    assert len(one.spans) == KEPT
