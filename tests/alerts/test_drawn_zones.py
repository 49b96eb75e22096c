"""Zones in the records: drawn, changed, taken away by people; told by the node's file; each change in the audit."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from alert_helpers import T, by

from mihari.alerts import ask, layout, tables
from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.audit import verify
from mihari.alerts.desk import Desk
from mihari.alerts.records import Records
from mihari.alerts.zones import Drawn, changed_at, keep_file, listed, put, take_away
from mihari.core.errors import BadInput
from mihari.core.zones import MOST_WATCHED, Watch, Zone, feature_of

SQUARE = ((26.0, 127.0), (26.0, 127.1), (26.1, 127.1), (26.1, 127.0))
BANK = Zone("north bank", "fishing", (SQUARE,), watch=Watch(enter=True, urgency="warning"))
CABLE = Zone("cable 1", "cable", (SQUARE[:2],), width_m=300.0)


def there(records: Records) -> list[Drawn]:
    with records.read() as connection:
        return listed(connection)


def told(records: Records) -> list[tuple[str, str, str]]:
    """Who, what and text of the log's lines about zones; the audit holds."""
    with records.read() as connection:
        assert verify(connection).good
        return [(x["who"], x["what"], x["text"]) for x in ask.log_lines(connection) if "zone" in x["what"]]


def test_a_zone_is_drawn_changed_and_taken_away_and_each_is_audited(records: Records) -> None:
    one = put(records, by(), feature_of(BANK))
    assert (one.number, one.revision, one.zone, one.who) == (1, 1, BANK, "Sato")
    moved = replace(BANK, rings_deg=(SQUARE[:3],))
    two = put(records, by("Kudo", version=1), feature_of(moved), 1)
    assert there(records) == [two]
    assert (two.revision, two.zone) == (2, moved)
    with records.read() as connection:
        before = changed_at(connection)
    take_away(records, by(version=2), 1)
    assert there(records) == []
    with records.read() as connection:
        assert changed_at(connection) > before
        row = connection.execute(sa.select(tables.audit.c.before, tables.audit.c.after)).all()[1]
        assert "127.1" in row.before
        assert row.before != row.after
    assert told(records) == [
        ("Sato", "zone drawn", "the zone north bank was drawn (fishing, watched for enter; warning)"),
        ("Kudo", "zone changed", "the zone north bank: its corners were moved"),
        ("Sato", "zone taken away", "the zone north bank was taken away"),
    ]
    assert put(records, by(), feature_of(BANK)).number == 2  # no number is used again


def test_who_saw_an_older_revision_changes_nothing(records: Records) -> None:
    put(records, by(), feature_of(BANK))
    put(records, by("Kudo", version=1), feature_of(replace(BANK, kind="closed")), 1)
    kept = there(records)
    with pytest.raises(Conflict, match="Kudo has changed the zone north bank since you saw it"):
        put(records, by(version=1), feature_of(replace(BANK, name="mine")), 1)
    with pytest.raises(Conflict, match="Kudo has changed"):
        take_away(records, by(version=1), 1)
    assert there(records) == kept
    take_away(records, by("Kudo", version=2), 1)
    with pytest.raises(Unknown, match="the zone north bank was taken away by Kudo"):
        put(records, by(version=2), feature_of(BANK), 1)
    with pytest.raises(Unknown, match="there is no zone 7"):
        take_away(records, by(), 7)
    assert len(told(records)) == 3


def test_the_files_zones_are_the_base_and_drawn_ones_give_way_to_their_names(records: Records) -> None:
    put(records, by(), feature_of(replace(CABLE, width_m=900.0)))
    put(records, by(), feature_of(replace(BANK, name="mine")))
    keep_file(records, (BANK, CABLE), T)
    assert [(one.zone, one.from_file) for one in there(records)] == [
        (CABLE, True), (BANK, True), (replace(BANK, name="mine"), False),
    ]  # fmt: skip
    lines = len(told(records))
    keep_file(records, (BANK, CABLE), T)  # the next start, the same file: nothing to tell
    assert len(told(records)) == lines
    bank = next(one for one in there(records) if one.zone == BANK)
    with pytest.raises(Conflict, match="north bank is of the node's file: expected a change there, and a new start"):
        take_away(records, by(version=bank.revision), bank.number)
    with pytest.raises(Conflict, match="a zone named north bank is there already"):
        put(records, by(), feature_of(BANK))
    keep_file(records, (replace(BANK, kind="closed"),), T)
    assert [(one.zone.name, one.zone.kind) for one in there(records)] == [("north bank", "closed"), ("mine", "fishing")]


HOSTILE = "<img src=x onerror=\"document.title='owned'\">\u202e\x1b[2J'; DROP TABLE zone;--"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"properties": {"name": ""}}, "a zone needs a name"),
        ({"properties": {"name": "x", "kind": "castle"}}, "kind 'castle': expected one of port"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[127, 26], [127.1, 26]]]}}, "a polygon needs three corners"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[127, 26]] * 9]}}, "a polygon needs three corners"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[127, 96], [1, 2], [3, 4]]]}}, "corners are [longitude"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2]}}, "expected a Polygon or a LineString"),
        ({"geometry": []}, "a Polygon or a LineString"),
        ({"properties": []}, "a zone needs a name"),
        ({"properties": {"name": "x", "watch": {"speed_kn": -1}}}, "watch: speed_kn: expected a number above 0"),
        ({"properties": {"name": "x", "watch": {"flags": ["JP"]}}}, "watch: flags: expected a list of maritime"),
        ({"properties": {"name": "x", "watch": {"urgency": "loud"}}}, "watch: urgency: expected caution, warning"),
        ({"properties": {"name": "x", "watch": {"sink": True}}}, "watch: sink: expected enter, leave"),
        ({"properties": {"name": "x", "watch": "all"}}, "watch: expected an object"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_sentence(file: Records, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as problem:
        put(file, by(), {**feature_of(BANK), **change})
    assert sentence in str(problem.value)
    assert there(file) == []


def test_hostile_names_and_too_many_zones_do_no_harm(file: Records) -> None:
    one = put(file, by(HOSTILE), feature_of(replace(BANK, name=HOSTILE)))
    assert "\u202e" not in one.zone.name + one.who
    assert "\x1b" not in one.zone.name + one.who
    for k in range(1, MOST_WATCHED):
        put(file, by(), feature_of(replace(BANK, name=str(k))))
    with pytest.raises(BadInput, match="22 zones have a watch rule already, at most 22"):
        put(file, by(), feature_of(replace(BANK, name="one more")))
    put(file, by(), feature_of(CABLE))
    assert len(there(file)) == MOST_WATCHED + 1


def test_records_of_the_first_layout_get_the_table(file: Records) -> None:
    with file.write() as (connection, _):
        tables.zone.drop(connection)
        connection.execute(sa.update(tables.head).values(layout=1))
    layout.prepare(file.engine)
    put(file, by(), feature_of(BANK))
    assert len(there(file)) == 1


def test_the_desk_has_the_files_zones_at_once_and_drawn_ones_soon(address: str) -> None:
    desk = Desk(address, T, zones=(CABLE,))
    assert desk.zones == (CABLE,)
    desk.start()
    other = Records(address)  # the face, a process of its own
    put(other, by(), feature_of(BANK))
    until = time.monotonic() + 5.0
    while desk.zones != (CABLE, BANK) and time.monotonic() < until:
        time.sleep(0.05)
    assert desk.zones == (CABLE, BANK)
    desk.stop()
    again = Desk(address, T + 100.0, zones=(CABLE,))
    again.start()
    assert again.zones == (CABLE, BANK)  # as soon as it has started
    again.stop()
    other.close()
