"""What a node holds: on trial until a person makes it active, one version at most; all of it in log and audit."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from held_helpers import NOW, VESSEL, by, cases, pattern

from mihari.alerts import ask, tables
from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.core.behaviour import Behaviour, Standing, Urgency
from mihari.core.errors import BadInput
from mihari.library import importing, record, shelf, watched
from mihari.library.shelf import Shelved

GOOD = {"holds": True, "problem": "", "found": 3, "quiet": 5}


@pytest.fixture
def records(tmp_path: Path):
    one = Records(tmp_path / "records.sqlite", lambda: NOW).open()
    yield one
    one.close()


def hold(records: Records, version: int = 1, proof: dict = GOOD, **told) -> None:
    shelf.take_over(records, by(), [Shelved(pattern(version), "trial", proof=proof, **told)])


def states(records: Records) -> list[tuple[int, str]]:
    with records.read() as connection:
        return [(s.pattern.file.version, s.state) for s in shelf.listed(connection)]


def test_it_is_on_trial_until_somebody_makes_it_active(records: Records) -> None:
    hold(records)
    assert states(records) == [(1, "trial")]
    shelf.set_state(records, by("Mori"), "dawdles", "active", why="five of five were right")
    with records.read() as connection:
        held = shelf.one(connection, "dawdles")
        log = [(line["who"], line["what"]) for line in ask.log_lines(connection)]
    assert (held.state, held.who, held.why) == ("active", "Mori", "five of five were right")
    assert log == [("Sato", "pattern trial"), ("Mori", "pattern active")]


def test_a_newer_version_replaces_the_active_one_only_when_it_is_made_active(records: Records) -> None:
    hold(records)
    shelf.set_state(records, by(), "dawdles", "active")
    hold(records, 2)
    assert states(records) == [(2, "trial"), (1, "active")]
    shelf.set_state(records, by(), "dawdles", "active", 2)
    assert states(records) == [(2, "active"), (1, "replaced")]


def test_what_is_not_proven_here_is_not_made_active(records: Records) -> None:
    hold(records, proof={"holds": False, "problem": "2 of 8 cases: yes 1 missed"})
    with pytest.raises(Conflict, match="its proof does not hold here: 2 of 8 cases"):
        shelf.set_state(records, by(), "dawdles", "active")


def test_what_is_withdrawn_stays_so_and_what_is_unknown_is_told(records: Records) -> None:
    hold(records)
    shelf.set_state(records, by(), "dawdles", "withdrawn", why="takes ferries for smugglers")
    with pytest.raises(Conflict, match="was withdrawn \\(takes ferries for smugglers\\)"):
        shelf.set_state(records, by(), "dawdles", "active")
    with pytest.raises(Unknown, match="no pattern dawdle"):
        shelf.set_state(records, by(), "dawdle", "active")
    with pytest.raises(Conflict, match="is withdrawn already"):
        shelf.set_state(records, by(), "dawdles", "withdrawn")


def test_a_withdrawal_that_was_brought_hits_what_is_held_and_is_kept(records: Records) -> None:
    hold(records)
    body = {"told": {"name": "dawdles"}, "everywhere": False}
    shelf.take_over(records, by(), [], [{"body": body, "hits": [("dawdles", 1)]}])
    shelf.take_over(records, by(), [], [{"body": body, "hits": []}])
    assert states(records) == [(1, "withdrawn")]
    with records.read() as connection:
        assert shelf.withdrawals(connection) == [body]


def found(name: str, start: int, standing: Standing = Standing.ENDED, **more) -> Behaviour:
    told = {"decided": NOW, "told": NOW, "lat_deg": 26.5, "lon_deg": 127.5, "because": "it dawdles"} | more
    return Behaviour(id=name, kind="dawdles", vessels=(VESSEL,), start=start, end=start + 60, urgency=Urgency.WARNING,
                     standing=standing, **told)  # fmt: skip


def test_a_running_look_out_is_told_of_each_change_once(records: Records) -> None:
    watching = watched.Watched()
    watching.look(records)
    nothing = watching.now
    assert nothing.definitions is None
    hold(records)
    watching.look(records)
    assert watching.now.silent == {"dawdles"}
    assert "dawdles" in watching.now.definitions.definitions
    before = watching.now
    watching.look(records)
    assert watching.now is before
    shelf.set_state(records, by(), "dawdles", "active")
    watching.look(records)
    assert watching.now.silent == frozenset()
    shelf.set_state(records, by(), "dawdles", "withdrawn")
    watching.look(records)
    assert watching.now.definitions is None


def spoilt(records: Records, name: str = "dawdles") -> None:
    """The text of a pattern as a later Mihari may have written it."""
    with records.write() as (connection, _):
        text = sa.select(tables.pattern.c.text).where(tables.pattern.c.name == name).limit(1)
        later = connection.execute(text).scalar_one().replace("speed(v)", "swiftness(v)")
        connection.execute(sa.update(tables.pattern).where(tables.pattern.c.name == name).values(text=later))


def test_what_cannot_be_read_is_named_and_the_others_are_looked_for(records: Records) -> None:
    hold(records)
    shelf.take_over(records, by(), [Shelved(pattern(dawdles="crawls"), "trial", proof=GOOD)])
    spoilt(records)
    watching = watched.Watched()
    watching.look(records)
    assert watching.now.silent == {"crawls"}
    (told,) = watching.now.unread
    assert told.startswith("dawdles version 1 cannot be read by this Mihari: ")
    assert "swiftness" in told
    with records.read() as connection:
        held, unread = shelf.read(connection)
        with pytest.raises(BadInput, match=r"dawdles version 1 cannot be read by this Mihari: .*swiftness"):
            shelf.one(connection, "dawdles")
    assert [s.pattern.name for s in held] == ["crawls"]
    assert [(one.name, one.version, one.state) for one in unread] == [("dawdles", 1, "trial")]


def test_what_cannot_be_read_is_not_made_active_and_can_be_withdrawn(records: Records) -> None:
    hold(records)
    spoilt(records)
    with pytest.raises(BadInput, match="cannot be read"):
        shelf.set_state(records, by(), "dawdles", "active")
    assert shelf.set_state(records, by(), "dawdles", "withdrawn").told == "dawdles version 1"
    watching = watched.Watched()
    watching.look(records)
    assert watching.now.unread == ()
    with records.read() as connection:
        assert verify(connection).good


def test_the_cases_come_where_they_are_asked_for(records: Records) -> None:
    hold(records, cases=b"some")
    hold(records, 2)
    with records.read() as connection:
        assert [s.cases for s in shelf.listed(connection)] == [b"", b""]
        assert shelf.one(connection, "dawdles", 1).cases == b"some"
        assert (shelf.cases_of(connection, "dawdles"), shelf.cases_of(connection, "crawls")) == (b"some", b"")


def test_what_is_active_is_not_given_another_text_unseen(records: Records) -> None:
    hold(records)
    shelf.set_state(records, by(), "dawdles", "active")
    other = Shelved(pattern(far="off"), "trial", proof=GOOD)
    with pytest.raises(Conflict, match="another text is active as dawdles version 1"):
        shelf.take_over(records, by(), [other])
    shelf.set_state(records, by(), "dawdles", "trial")
    (held,) = shelf.take_over(records, by(), [other])
    assert held.state == "trial"


def test_what_patterns_told_is_counted_by_area_and_month(records: Records) -> None:
    hold(records)
    watching = watched.Watched()
    watching.look(records)
    watching.take([found("a", 1_790_000_000), found("b", 1_790_000_000 + 40 * 86_400, lat_deg=-3.2)])
    watching.take([found("a", 1_790_000_000, Standing.RETRACTED)])
    watching.look(records)
    with records.read() as connection:
        told = record.record(connection, "dawdles")
    assert (told["fired"], told["silent"], told["retracted"]) == (1, 1, 1)
    assert {a: one["fired"] for a, one in told["by_area"].items()} == {"26N 127E": 0, "4S 127E": 1}
    assert list(told["by_month"]) == ["9", "10"]


def test_records_of_several_nodes_add_up() -> None:
    one = {"fired": 3, "confirmed": 2, "by_area": {"26N 127E": {"fired": 3}}, "by_month": {"9": {"fired": 3}}}
    both = record.together([one, one, {}])
    assert (both["fired"], both["confirmed"], both["by_area"]["26N 127E"]["fired"]) == (6, 4, 6)


def test_an_own_pattern_is_proved_before_it_is_held(records: Records) -> None:
    held = importing.add(records, by(), pattern(), cases())
    assert held.proof["holds"]
    unproven = importing.add(records, by(), pattern(2), b"")
    assert unproven.proof["problem"].startswith("expected 3 positive and 5 negative cases at least, found 0 positive")
    assert states(records) == [(2, "trial"), (1, "trial")]


def test_what_is_active_is_not_put_on_trial_nor_changed_by_being_added_again(records: Records) -> None:
    importing.add(records, by(), pattern(), cases(), state="active")
    assert importing.add(records, by(), pattern(), cases()).state == "active"
    with pytest.raises(Conflict, match="the node holds dawdles version 1: expected version = 2, found 1"):
        importing.add(records, by(), pattern(far="off"), cases())
    shelf.set_state(records, by(), "dawdles", "withdrawn", why="ferries")
    with pytest.raises(Conflict, match="was withdrawn: expected another version"):
        importing.add(records, by(), pattern(), cases())
    assert states(records) == [(1, "withdrawn")]


def test_the_audit_holds_after_all_of_it(records: Records) -> None:
    hold(records)
    shelf.set_state(records, by(), "dawdles", "active")
    with records.read() as connection:
        assert verify(connection).good
