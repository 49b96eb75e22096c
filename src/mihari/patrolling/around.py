"""An open alert that is patrolled around -> the area about its fleet or place, which goes where they go."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from scipy.spatial import ConvexHull

from mihari.alerts import ask, tables
from mihari.alerts.actions import By, Unknown
from mihari.alerts.alert import SYSTEM, Alert
from mihari.alerts.records import Records
from mihari.alerts.shelf import alert_of
from mihari.core.errors import BadInput
from mihari.core.geodesy import direct, inverse
from mihari.core.units import wrap_lon_deg
from mihari.patrol.file import PatrolFile
from mihari.patrolling import shelf
from mihari.patrolling.demanding import Cell, complete
from mihari.patrolling.shelf import Kind, State, Wish
from mihari.patrolling.wishes import told_of

SIDES = 12  # of the circle about each corner
FOLLOW_S = 600.0  # between two looks at where alerts have gone
OVER_S = 3600.0  # so long after its end an alert is patrolled around no more
HIGHEST = 89.0  # latitude of a corner; no patrol lies beyond
MOVED = 0.5  # of how far around: from there on the area follows
Corners = Sequence[Sequence[float]]


def alert_to_patrol(connection: sa.Connection, number: int) -> Alert:
    """The alert of that number. Unknown where there is none, BadInput where it is closed."""
    row = connection.execute(sa.select(tables.alert).where(tables.alert.c.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no alert {number}")
    alert = alert_of(row)
    if alert.closed is not None:
        raise BadInput(f"alert {number} is closed: expected one that is open")
    return alert


def area(connection: sa.Connection, alert: Alert, around_km: float) -> dict[str, Any]:
    """What lies within so many km of an alert's fleet as it is now, else of its place: `corners`, and where it is, `at`
    (lat_deg, lon_deg each).
    """
    corners = outline(connection, alert) or [(alert.lat_deg, alert.lon_deg)]
    return {"corners": grown(corners, around_km), "at": list(middle(corners))}


def outline(connection: sa.Connection, alert: Alert) -> Corners:
    """The corners (lat_deg, lon_deg) of an alert's fleet as it is now; none where there is no such fleet any more."""
    same = alert.fleet and alert.run == ask.head_of(connection)["run"]  # numbers of fleets begin anew with the node
    fleets = [one for one in ask.fleets(connection) if same and one["id"] == alert.fleet]
    found: Corners = fleets[0]["outline_deg"] if fleets else ()
    return found


def grown(corners: Corners, around_km: float) -> list[list[float]]:
    """The convex polygon about all that is within so many km of some corners.

    >>> square = grown([(0.0, 179.9)], 111.2)
    >>> len(square), max(lat for lat, _ in square) < 1.01, {lon > 0 for _, lon in square} == {True, False}
    (12, True, True)
    """
    lat, lon = np.array(corners, float)[:, :2].T
    turns = np.linspace(0.0, 2 * np.pi, SIDES, endpoint=False)
    lats, lons = direct(lat[:, None], lon[:, None], turns, 1000.0 * around_km)
    about = float(lon[0])
    points = np.column_stack(
        [np.clip(np.ravel(lats), -HIGHEST, HIGHEST), np.ravel(wrap_lon_deg(np.asarray(lons) - about))]
    )
    hull = points[ConvexHull(points).vertices]
    return [[round(float(a), 5), round(float(wrap_lon_deg(b + about)), 5)] for a, b in hull]


def middle(corners: Corners) -> tuple[float, float]:
    """About the middle of a polygon (lat_deg, lon_deg).

    >>> middle([(0.0, 179.0), (2.0, -179.0)])
    (1.0, 180.0)
    """
    lat, lon = np.array(corners, float)[:, :2].T
    return float(lat.mean()), float(lon[0] + wrap_lon_deg(lon - lon[0]).mean())


def following(
    connection: sa.Connection, demand: Mapping[str, Any], cells: Sequence[Cell], file: PatrolFile, now: float
) -> dict[str, Any] | None:
    """What the patrol is to be asked about an area that goes with an alert, with the reason; None: nothing.

    `demand`: as it was asked last; `now`: UTC s.
    """
    number = int(demand["alert"])
    try:
        alert = alert_to_patrol(connection, number)
    except BadInput as problem:
        return {**demand, "back": True, "reason": str(problem).partition(":")[0]}
    if not alert.going_on and now - (alert.last or now) > OVER_S:
        return {**demand, "back": True, "reason": f"alert {number} has been over for an hour"}
    if alert.fleet and not outline(connection, alert):
        return None  # where the fleet was last is nearer to it than where its alert began
    around_km = float(demand["around_km"])
    there = area(connection, alert, around_km)
    off = float(inverse(*there["at"], *demand["at"])[0]) / 1000
    if off < MOVED * around_km:
        return None
    told = complete({**demand, **there}, cells, file)
    return {**told, "back": False, "reason": f"alert {number} is {off:.0f} km farther on"}


class Following:
    """Keeps areas around alerts where these are: by asking for them anew, as people ask."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._at = -math.inf  # not before that, UTC s
        self._asked: dict[str, int] = {}  # area -> the number of what was asked last about it

    def turn(self, file: PatrolFile, demands: Sequence[Mapping[str, Any]], now: float) -> None:
        """Ask for areas whose alerts have moved on; no more for those that are over, or that the patrol cannot follow.

        `demands`: of the plan in force; `now`: UTC s.
        """
        around = [one for one in demands if one.get("alert")]
        if not around or now < self._at:
            return
        self._at = now + FOLLOW_S
        with self._records.read() as connection:
            cells = shelf.told(connection, "sheet").get("cells", ())
            wanted = [told for one in around if (told := following(connection, one, cells, file, now))]
            last = {told["name"]: self._last(connection, told["name"]) for told in wanted}
        for told in wanted:
            before = last[told["name"]]
            if before is not None and before.state in (State.WAITING, State.WORKING):
                continue
            if before is not None and before.state == State.FAILED:
                told |= {"back": True, "reason": before.problem}
            text = told_of(Wish(0, now, SYSTEM, Kind.DEMAND, State.WAITING, told, {}, ""))
            self._asked[told["name"]] = shelf.ask(self._records, By(SYSTEM, now), Kind.DEMAND, told, text).number

    def _last(self, connection: sa.Connection, name: str) -> Wish | None:
        try:
            return shelf.wish_of(connection, self._asked.get(name, 0))
        except Unknown:
            return None
