"""Zones in the records: drawn on the map or told by the node's file, each change in one transaction with its audit.

The file's zones are the base: written anew at each start, not to be changed on the map. Whoever changes a drawn zone
says which revision was seen; if it has changed since, nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import shelf, tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import SYSTEM, Entry
from mihari.alerts.body import dumped
from mihari.alerts.book import Book
from mihari.alerts.records import Records
from mihari.alerts.text import NAME_MAX, clean
from mihari.core.errors import BadInput
from mihari.core.zones import MOST, MOST_WATCHED, Zone, feature_of, zone_of

GONE_KEPT = 500  # rows of zones that went; the audit keeps them all
Z = tables.zone.c


@dataclass(frozen=True, slots=True)
class Drawn:
    """A zone as the records have it. `time`: UTC s by the clock of its last change."""

    number: int
    revision: int
    zone: Zone
    from_file: bool
    who: str
    time: float

    def feature(self) -> dict[str, Any]:
        """As a GeoJSON Feature; `id` is its number."""
        feature = feature_of(self.zone)
        about = {"revision": self.revision, "from_file": self.from_file, "who": self.who, "time": self.time}
        return {**feature, "id": self.number, "properties": {**feature["properties"], **about}}


def changed_at(connection: sa.Connection) -> int:
    """The sequence of the last change of any zone; 0 for none."""
    return int(connection.execute(sa.select(sa.func.max(Z.changed))).scalar() or 0)


def listed(connection: sa.Connection) -> list[Drawn]:
    """All zones there are: those of the file first, then by name."""
    rows = connection.execute(sa.select(tables.zone).where(sa.not_(Z.gone))).all()
    return [_drawn(row) for row in sorted(rows, key=lambda row: (not row.from_file, row.name))]


def put(records: Records, by: By, feature: Any, number: int | None = None) -> Drawn:
    """A new zone (`number` None), or zone `number` as it shall be from now on; `by.version` is the revision seen."""
    zone = _told(feature)
    with records.write() as (connection, head):
        was = None if number is None else _seen(connection, number, by)
        _fits(connection, zone, 0 if number is None else number)
        if was is not None and was.zone == zone:
            return was
        after = _next(connection) if was is None else was.number
        one = Drawn(after, 1 if was is None else was.revision + 1, zone, False, by.who, records.clock())
        what, before = ("zone drawn", {}) if was is None else ("zone changed", was.feature())
        entry = Entry(what, _sentence(zone, was), by.who, by.now, 0, before, one.feature())
        _keep(connection, head, [(one, False)], entry, records.clock())
        return one


def take_away(records: Records, by: By, number: int) -> None:
    """Zone `number` is watched and drawn no more."""
    with records.write() as (connection, head):
        was = _seen(connection, number, by)
        entry = Entry("zone taken away", f"the zone {was.zone.name} was taken away", by.who, by.now, 0, was.feature())
        gone = replace(was, revision=was.revision + 1, who=by.who, time=records.clock())
        _keep(connection, head, [(gone, True)], entry, records.clock())
        old = sa.select(Z.number).where(Z.gone).order_by(Z.changed.desc()).offset(GONE_KEPT)
        stale = [row[0] for row in connection.execute(old) if row[0] < _next(connection) - 1]
        connection.execute(sa.delete(tables.zone).where(Z.number.in_(stale)))


def keep_file(records: Records, zones: Sequence[Zone], now: float) -> None:
    """The zones of the node's file, as they are at this start (UTC s of data); those that it has no more go.

    A zone on the map gives way to one of the file that has its name.
    """
    wanted, clock = {zone.name: zone for zone in zones}, records.clock()
    with records.write() as (connection, head):
        there, number = listed(connection), _next(connection)
        ours = {one.zone.name: one for one in there if one.from_file}
        changes = [(replace(one, revision=one.revision + 1, who=SYSTEM, time=clock), True) for one in there
                   if (one.zone.name not in wanted) == one.from_file]  # fmt: skip
        for name, zone in wanted.items():
            was = ours.get(name, Drawn(number, 0, zone, True, SYSTEM, clock))
            if was.revision == 0 or was.zone != zone:
                changes.append((replace(was, revision=was.revision + 1, zone=zone, time=clock), False))
                number += was.revision == 0
        if changes:
            gone = sum(went for _, went in changes)
            text = f"the node's file tells {len(wanted)} zones: {len(changes) - gone} new or changed, {gone} gone"
            _keep(connection, head, changes, Entry("zones of the file", text, SYSTEM, now), clock)


def _told(feature: Any) -> Zone:
    """The zone that a person has drawn, its name fit to be shown."""
    if isinstance(feature, Mapping) and isinstance(feature.get("properties"), Mapping):
        name = clean(str(feature["properties"].get("name") or ""), NAME_MAX)
        feature = {**feature, "properties": {**feature["properties"], "name": name}}
    return zone_of(feature)


def _fits(connection: sa.Connection, zone: Zone, number: int) -> None:
    """Conflict or BadInput where there is no room for this zone beside the others."""
    others = [one for one in listed(connection) if one.number != number]
    same = next((one for one in others if one.zone.name == zone.name), None)
    if same is not None:
        raise Conflict(f"a zone named {zone.name} is there already: expected another name")
    if len(others) >= MOST:
        raise BadInput(f"there are {len(others)} zones already, at most {MOST} are kept")
    watched = sum(one.zone.watch is not None for one in others)
    if zone.watch is not None and watched >= MOST_WATCHED:
        raise BadInput(f"{watched} zones have a watch rule already, at most {MOST_WATCHED} can have one")


def _seen(connection: sa.Connection, number: int, by: By) -> Drawn:
    """The zone as this person saw it."""
    row = connection.execute(sa.select(tables.zone).where(Z.number == number)).one_or_none()
    if row is None:
        raise Unknown(f"there is no zone {number}")
    if row.gone:
        raise Unknown(f"the zone {row.name} was taken away by {row.who}")
    if row.from_file:
        raise Conflict(f"the zone {row.name} is of the node's file: expected a change there, and a new start")
    if by.version is not None and by.version != row.revision:
        raise Conflict(f"{row.who} has changed the zone {row.name} since you saw it: look at it again, then decide")
    return _drawn(row)


def _drawn(row: Any) -> Drawn:
    return Drawn(row.number, row.revision, zone_of(orjson.loads(row.body)), row.from_file, row.who, row.time)


def _next(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(Z.number))).scalar() or 0) + 1


def _keep(
    connection: sa.Connection, head: Any, changes: Sequence[tuple[Drawn, bool]], entry: Entry, clock: float
) -> None:
    """Write zones, and whether they are gone, with the entry that tells it."""
    book = Book(head.run, next_alert=head.alert + 1, next_aside=head.aside + 1, entries=[entry])
    sequence = shelf.save(connection, head, book, clock)
    rows = [
        {"number": one.number, "revision": one.revision, "changed": sequence, "from_file": one.from_file, "gone": gone}
        | {"name": one.zone.name, "body": dumped(feature_of(one.zone)), "who": one.who, "time": one.time}
        for one, gone in changes
    ]
    connection.execute(sa.delete(tables.zone).where(Z.number.in_([row["number"] for row in rows])))
    connection.execute(sa.insert(tables.zone), rows)


def _sentence(zone: Zone, was: Drawn | None) -> str:
    if was is None:
        return f"the zone {zone.name} was drawn ({_about(zone)})"
    before, named = was.zone, f", before {was.zone.name}" if was.zone.name != zone.name else ""
    moved = "its corners were moved" if before.rings_deg != zone.rings_deg else ""
    other = (before.watch, before.kind, before.width_m) != (zone.watch, zone.kind, zone.width_m)
    ruled = f"it is {_about(zone)}" if other else ""
    what = " and ".join(part for part in (moved, ruled) if part) or "its name was changed"
    return f"the zone {zone.name}{named}: {what}"


def _about(zone: Zone) -> str:
    """Kind and rule in words.

    >>> from mihari.core.zones import Watch
    >>> _about(Zone("north bank", "fishing", watch=Watch(enter=True, speed_kn=12.0, urgency="warning")))
    'fishing, watched for enter, speed above 12 kn; warning'
    """
    watch = zone.watch
    if watch is None:
        return f"{zone.kind}, not watched"
    for_what = ["enter"] * watch.enter + ["leave"] * watch.leave
    for_what += [] if watch.speed_kn is None else [f"speed above {watch.speed_kn:g} kn"]
    for_what += [] if watch.dwell_min is None else [f"staying longer than {watch.dwell_min:g} min"]
    return f"{zone.kind}, watched for {', '.join(for_what) or 'nothing'}; {watch.urgency}"
