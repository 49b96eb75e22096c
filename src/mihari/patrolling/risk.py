"""What patterns told here and what became of it -> areas that a patrol should look at more often: `[[demand]]` tables.

Findings that lie within twice `around_km` of each other, or of one between them, are one area. An area weighs 1, and as
much again for each finding that people confirmed, a third of it for one on which nobody has said anything; what people
called false does not count. It is a suggestion in the words of the patrol file: people decide what goes into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from scipy.cluster.hierarchy import fcluster, linkage

from mihari.alerts import tables
from mihari.core.geodesy import inverse
from mihari.library.record import CONFIRMED, FALSE, area
from mihari.patrolling.around import grown, middle

DAY_S = 86_400.0
OPEN = 1 / 3  # of a finding of which nobody has said what it was: our judgement, most alerts are innocent
MOST_WEIGHT = 10.0
MOST_AREAS = 10
MOST_FOUND = 3000  # the newest; the distances of all pairs are worked out
F, B, A = tables.pattern_fired.c, tables.behaviour.c, tables.alert.c


@dataclass(frozen=True, slots=True)
class Risk:
    """An area: `corners` (lat_deg, lon_deg each), weight, how much each pattern found there, confirmed and open."""

    name: str
    corners: Sequence[Sequence[float]]
    weight: float
    patterns: dict[str, int]
    confirmed: int
    open: int

    def table(self, every_h: float) -> str:
        """As it stands in a patrol file.

        >>> risk = Risk("risk 26N 127E", [[26.0, 127.0], [26.1, 127.0], [26.0, 127.1]], 2.0, {"night_dash": 1}, 1, 0)
        >>> print(risk.table(2.0))
        # confirmed 1, open 0: night_dash 1
        [[demand]]
        name = "risk 26N 127E"
        every_h = 2
        weight = 2
        vessel = "fishing"
        zone = [[26.0, 127.0], [26.1, 127.0], [26.0, 127.1]]
        """
        told = ", ".join(f"{name} {count}" for name, count in self.patterns.items())
        corners = ", ".join(f"[{lat}, {lon}]" for lat, lon in self.corners)
        return (
            f'# confirmed {self.confirmed}, open {self.open}: {told}\n[[demand]]\nname = "{self.name}"\n'
            f'every_h = {every_h:g}\nweight = {self.weight:g}\nvessel = "fishing"\nzone = [{corners}]'
        )


def risks(connection: sa.Connection, now: float, days: float = 365.0, around_km: float = 10.0) -> list[Risk]:
    """The areas of the last `days` before `now`, UTC s; the one that weighs most first."""
    outcomes = sa.select(F.id, A.outcome).join_from(tables.pattern_fired, tables.behaviour, F.id == B.id)
    outcome = {row.id: row.outcome for row in connection.execute(outcomes.join(tables.alert, B.alert == A.number))}
    query = sa.select(F.id, F.name, F.lat_deg, F.lon_deg).where(F.first >= now - days * DAY_S, ~F.silent, ~F.retracted)
    newest = connection.execute(query.order_by(F.first.desc()).limit(MOST_FOUND)).all()
    rows = [row for row in newest if outcome.get(row.id, "") not in FALSE and np.isfinite(row.lat_deg)]
    if not rows:
        return []
    lat, lon = (np.array([getattr(row, name) for row in rows], float) for name in ("lat_deg", "lon_deg"))
    groups = _groups(lat, lon, 2.0 * around_km)
    found = []
    for group in np.unique(groups):
        mine = [row for row, one in zip(rows, groups, strict=True) if one == group]
        corners = grown([(row.lat_deg, row.lon_deg) for row in mine], around_km)
        names = [row.name for row in mine]
        confirmed = sum(outcome.get(row.id, "") in CONFIRMED for row in mine)
        weight = min(1.0 + confirmed + OPEN * (len(mine) - confirmed), MOST_WEIGHT)
        counts = {name: names.count(name) for name in sorted(set(names))}
        name = f"risk {area(*middle(corners))}"
        found.append(Risk(name, corners, round(weight, 1), counts, confirmed, len(mine) - confirmed))
    return _named(sorted(found, key=lambda one: -one.weight)[:MOST_AREAS])


def _groups(lat_deg: np.ndarray, lon_deg: np.ndarray, apart_km: float) -> np.ndarray:
    """(n,) the number of each place's group: those that are linked by steps of at most so many km."""
    if len(lat_deg) == 1:
        return np.ones(1, np.int64)
    first, second = np.triu_indices(len(lat_deg), 1)
    metres, _ = inverse(lat_deg[first], lon_deg[first], lat_deg[second], lon_deg[second])[:2]
    return np.asarray(fcluster(linkage(np.asarray(metres), "single"), 1000.0 * apart_km, "distance"))


def _named(some: list[Risk]) -> list[Risk]:
    """Each with a name of its own."""
    taken: dict[str, int] = {}
    named = []
    for one in some:
        count = taken[one.name] = taken.get(one.name, 0) + 1
        name = one.name if count == 1 else f"{one.name} {count}"
        named.append(Risk(name, one.corners, one.weight, one.patterns, one.confirmed, one.open))
    return named
