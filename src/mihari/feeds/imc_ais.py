"""IMC AisInfo (IMC 5.4, 1014) -> one report and one claim: what a vehicle heard at the surface. Pure.

The message repeats what a vessel told, not its bits, so it cannot be matched with the same one that a station on the
coast heard. It does not tell how exact the position is: taken at twice a plain AIS position's error.
"""

from __future__ import annotations

import math
import re
from typing import Any

from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.units import KNOT, wrap_turn
from mihari.feeds.ais import PLAIN_SD, SUBJECT
from mihari.formats.ais.subjects import subjects
from mihari.formats.imc import position

SD = 2 * PLAIN_SD
NO_SPEED_KN, NO_COURSE_DEG = 102.3, 360.0  # ITU-R M.1371-5, table 48: not available from there on
SIDES = {"bow": "a", "stern": "b", "port": "c", "starboard": "d"}


def heard_vessel(
    message: dict[str, Any], feed: int, offset: int, sensor: int, time: float, received: float
) -> Batch | None:
    """The batch of one AisInfo; None without a position or an MMSI.

    >>> told = {"message": "AisInfo", "mmsi": "431000001", "lat_deg": 26.0, "lon_deg": 127.0, "course_deg": 90.0,
    ...         "speed_kn": 10.0, "name": "ASAHI", "callsign": "", "nav_status": 0, "type_and_cargo": 70,
    ...         "sensor_class": "A", "a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0, "draught": 0.0}
    >>> batch = heard_vessel(told, 0, 0, 3, 1.0, 2.0)
    >>> batch.claims.mmsi.tolist(), batch.reports.speed.round(3).tolist()
    ([431000001], [5.144])
    """
    where = position(message)
    if where is None or not re.fullmatch("[0-9]{1,9}", message["mmsi"]) or int(message["mmsi"]) == 0:
        return None
    speed, course = float(message["speed_kn"]), float(message["course_deg"])
    reports = Reports.of(
        1,
        feed=feed,
        offset=offset,
        time=time,
        received=received,
        sensor=sensor,
        kind=ReportKind.AIS_POSITION,
        lat_deg=where[0],
        lon_deg=where[1],
        cov_ee=SD**2,
        cov_en=0.0,
        cov_nn=SD**2,
        speed=speed * KNOT if 0 <= speed < NO_SPEED_KN - 0.05 else math.nan,
        course=float(wrap_turn(math.radians(course))) if 0 <= course < NO_COURSE_DEG else math.nan,
        claim=0,
    )
    return Batch(reports, _claims(message))


def _claims(message: dict[str, Any]) -> Claims:
    mmsi, status = int(message["mmsi"]), int(message["nav_status"])
    sides = {ours: float(message[theirs]) for ours, theirs in SIDES.items()}
    known = any(value > 0 for value in sides.values()) and all(0 <= value < 1023 for value in sides.values())
    device = message["sensor_class"].strip().upper()[-1:]
    return Claims.of(
        1,
        mmsi=mmsi,
        subject=SUBJECT[subjects([mmsi], [1], [status])],
        device=device if device in ("A", "B") else "",
        status=status if 0 <= status <= 15 else -1,
        name=message["name"].strip()[:20],
        call_sign=message["callsign"].strip()[:7],
        ship_type=int(message["type_and_cargo"]) or -1,
        draught=float(message["draught"]) if message["draught"] > 0 else math.nan,
        **(sides if known else {}),
    )
