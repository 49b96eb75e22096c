"""Edits of cases over the mesh, in virtual time: apart and together again, late, through others, over thin links."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pytest
from msgspec.msgpack import encode
from tests.mesh.test_exchange import vessels
from tests.mesh.virtual import Member, Net

from mihari.alerts.actions import By, Unknown
from mihari.alerts.records import Records, Unavailable
from mihari.carrying.cases import CaseEdits
from mihari.cases import decide, evidence, exchange, files, shelf, tellers
from mihari.cases.case import Said
from mihari.cases.edit import Edit, edit_object, made
from mihari.cases.files import Blob
from mihari.cases.sections import edits_hash
from mihari.core.errors import BadInput
from mihari.mesh import parts
from mihari.mesh.batches import Kind
from mihari.mesh.transport import Lane

BY = By("Sato", 1.79e9)


class Office:
    """A node of the mesh with its records, where people write."""

    def __init__(self, member: Member, folder: Path) -> None:
        self.member = member
        self.records = Records(folder / f"{member.name}.sqlite", member.utc).open()
        self.begin()

    def begin(self) -> None:
        self.edits = CaseEdits(self.member.mesh, self.records, self.member.mesh.authors.name_of)

    def look(self) -> None:
        self.edits.tell()
        self.edits.take()

    def open(self, title: str) -> str:
        return shelf.open_case(self.records, BY, [("title", title)]).case.uuid

    def note(self, text: str, number: int = 1) -> None:
        decide.add(self.records, BY, number, "note", {"text": text})

    def notes(self) -> set[str]:
        return {note["text"] for kept in self.kept() for note in kept.case.held("note")}

    def evidence(self) -> list[Said]:
        return [item.said for kept in self.kept() for item in kept.case.lists["evidence"]]

    def kept(self) -> list[shelf.Kept]:
        with self.records.read() as connection:
            return [shelf.one(connection, told["number"]) for told in shelf.listed(connection)]

    def hashes(self) -> dict[str, str]:
        return {kept.case.uuid: edits_hash(kept.case.edits) for kept in self.kept()}

    def say(self, edit: Edit) -> None:
        """Tell an edit, whoever made it."""
        (body,) = parts.bodies([(edit.lamport, orjson.dumps(edit_object(edit)))])
        self.member.mesh.append(Kind.CASES, body)


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[dict[str, Office]]:
    """Makes an office for each member that is asked for."""
    made: dict[str, Office] = {}
    yield made
    for one in made.values():
        one.records.close()


def coast(offices: dict[str, Office], folder: Path, names: str, *links: str, profile: str = "lan", **more) -> Net:
    """A mesh of members with offices that look every half second."""
    net = Net()
    for name in names:
        offices[name] = Office(net.member(name), folder)
    for one, other in links:
        net.link(one, other, profile, **more)
    net.every(0.5, lambda: [office.look() for office in offices.values()])
    return net


def test_edited_apart_both_hold_the_same_once_the_link_is_back(offices, tmp_path):
    net = coast(offices, tmp_path, "ab", "ab")
    a, b = offices["a"], offices["b"]
    a.open("Boat without lights")
    net.run(5.0)
    assert a.hashes() == b.hashes()
    net.cut("a", "b")
    net.run(15.0)
    a.note("of a")
    decide.edit(a.records, BY, 1, {"analysis": "a drill"})
    b.note("of b")
    decide.edit(b.records, BY, 1, {"analysis": "no drill"})
    decide.close(b.records, BY, 1, "confirmed", {})
    net.run(20.0)
    assert a.hashes() != b.hashes()
    net.heal("a", "b")
    net.run(40.0)
    assert a.hashes() == b.hashes()
    assert a.notes() == b.notes() == {"of a", "of b"}
    words = a.kept()[0].case.words["analysis"]
    assert {one.value for one in words} == {"a drill", "no drill"}
    assert a.edits.refused == b.edits.refused == 0


def test_an_edit_that_trips_the_program_is_refused_once_and_the_others_are_kept(offices, tmp_path, monkeypatch):
    net = coast(offices, tmp_path, "ab", "ab")
    take, tripped = exchange.take, []

    def trips(records, edits, *more):
        if any("a trap" in edit.value for edit in edits):
            tripped.append(len(edits))
            raise RuntimeError("nobody thought of that")
        return take(records, edits, *more)

    monkeypatch.setattr(exchange, "take", trips)
    offices["a"].open("of a")
    offices["a"].note("a trap")
    offices["a"].note("good")
    net.run(20.0)
    b = offices["b"]
    assert b.notes() == {"good"}
    assert b.edits.problem.endswith("an edit of a case: not kept by an error in this program (RuntimeError)")
    assert (b.edits.refused, tripped[-1]) == (1, 1)
    assert len(tripped) <= 2  # with the others, then alone


def test_three_nodes_in_a_row_and_one_that_joins_late(offices, tmp_path):
    net = coast(offices, tmp_path, "abc", "ab", "bc")
    offices["a"].open("of a")
    offices["c"].open("of c")
    net.run(6.0)
    for name in "abc":
        for number in (1, 2):
            offices[name].note(f"{name}{number}", number)
    net.run(12.0)
    offices["d"] = Office(net.member("d"), tmp_path)
    net.link("c", "d")
    net.run(25.0)
    assert all(office.hashes() == offices["a"].hashes() for office in offices.values())
    assert offices["d"].notes() == {f"{name}{number}" for name in "abc" for number in (1, 2)}
    assert len(offices["d"].hashes()) == 2


def test_a_node_that_was_started_anew_tells_all_of_its_own_again_and_nothing_comes_twice(offices, tmp_path):
    net = coast(offices, tmp_path, "ab", "ab")
    a, b = offices["a"], offices["b"]
    for k in range(30):
        a.open(f"case {k}")
    net.run(5.0)
    told = b.edits.came
    assert told == len(a.kept()) * 2  # a title and a status each
    a.member.begin()
    a.begin()
    net.run(30.0)
    assert a.hashes() == b.hashes()
    assert b.edits.came == told
    assert a.edits.told == told


def test_a_long_edit_is_cut_and_put_together(offices, tmp_path):
    net = coast(offices, tmp_path, "ab", "ab", profile="radio", kbit=64.0, delay=0.2, loss=0.05)
    a, b = offices["a"], offices["b"]
    a.open("Boat")
    a.note("見" * 10_000)
    net.run(60.0)
    assert b.notes() == {"見" * 10_000}
    longest = max(len(batch.raw) for batch in b.member.mesh.held(Kind.CASES))
    assert longest < parts.BODY + 300


def test_small_evidence_comes_with_its_bytes_and_large_with_its_hash(offices, tmp_path):
    net = coast(offices, tmp_path, "abc", "ab", "bc")
    a, c = offices["a"], offices["c"]
    a.open("Boat")
    small, large = b"track" * 40_000, b"clip" * 100_000
    for data in (small, large, b"x"):
        decide.add_file(a.records, BY, 1, "it.bin", data, "it")
    net.run(6.0)
    there = {one.value["sha256"]: one.value for one in c.evidence()}
    assert len(there) == 3
    assert files.bytes_of(c.records, Blob(small, "").sha256) == small
    assert files.bytes_of(c.records, Blob(b"x", "").sha256) == b"x"
    with pytest.raises(Unknown):
        files.bytes_of(c.records, Blob(large, "").sha256)
    assert a.edits.status()["files"] == {"told": 2, "taken": 0, "left": 1, "problem": ""}
    assert c.edits.status()["files"] == {"told": 0, "taken": 2, "left": 0, "problem": ""}


def test_bytes_that_no_edit_names_are_not_kept(offices, tmp_path):
    net = coast(offices, tmp_path, "ab", "ab")
    a, b = offices["a"], offices["b"]
    data = b"whatever"
    a.member.mesh.put(Kind.FILES, 16, encode([hashlib.sha256(data).digest(), 0, 1, data]))
    a.member.mesh.put(Kind.FILES, 32, encode([hashlib.sha256(data).digest(), 0, 1, b"something else"]))
    a.member.mesh.put(Kind.FILES, 48, b"nonsense")
    net.run(4.0)
    assert b.member.mesh.heard.refused[a.member.id, "evidence"] == 2
    assert evidence.wanted(b.records, [Blob(data, "").sha256]) == evidence.Wanted(set(), set())
    a.open("Boat")
    decide.add_file(a.records, BY, 1, "it.bin", data, "it")
    net.run(8.0)
    assert files.bytes_of(b.records, Blob(data, "").sha256) == data


def test_evidence_waits_while_there_is_no_room_and_edits_come_all_the_same(offices, tmp_path, monkeypatch):
    net = coast(offices, tmp_path, "ab", "ab")
    a, b = offices["a"], offices["b"]

    def full(records, blob):
        raise BadInput("no room for evidence: 9 bytes are allowed, 9 are kept")

    hold = evidence.hold
    monkeypatch.setattr(evidence, "hold", full)
    a.open("Boat")
    decide.add_file(a.records, BY, 1, "it.bin", b"data", "it")
    net.run(4.0)
    assert len(b.evidence()) == 1
    assert "no room for evidence" in str(b.edits.status())
    monkeypatch.setattr(evidence, "hold", hold)
    net.run(6.0)
    assert files.bytes_of(b.records, Blob(b"data", "").sha256) == b"data"


def test_an_edit_of_another_node_is_refused_in_one_sentence_and_the_rest_is_taken(offices, tmp_path):
    net = coast(offices, tmp_path, "abc", "ab", "bc")
    a, b, c = (offices[name] for name in "abc")
    case = a.open("Boat")
    net.run(5.0)
    before = b.hashes()
    a.say(made(case, c.member.id, "Mori", 9, 1.79e9, "title", "not said at c"))
    a.say(made(case, b.member.id, "Mori", 10, 1.79e9, "title", "not said at b"))
    a.member.mesh.append(Kind.CASES, b"nonsense")
    net.run(8.0)
    assert b.hashes() == c.hashes() == before
    assert (b.edits.refused, c.edits.refused) == (3, 3)
    assert b.member.mesh.heard.refused[a.member.id, "case edit"] == 3
    assert b.edits.problem.startswith("refused of a: an edit of a case: it was made at node ")
    assert b.edits.problem.endswith("expected each node to tell its own; and 1 more")
    a.note("still heard")
    net.run(12.0)
    assert b.notes() == c.notes() == {"still heard"}


def test_records_older_than_the_mesh_keep_their_name_and_nobody_else_may_use_it(offices, tmp_path):
    old = Records(tmp_path / "a.sqlite").open()
    case = shelf.open_case(old, BY, [("title", "before the mesh")]).case.uuid
    with old.read() as connection:
        name = shelf.author_there(connection)
    old.close()
    net = coast(offices, tmp_path, "abc", "ab", "bc")
    net.run(5.0)
    assert [kept.case.word("title") for kept in offices["c"].kept()] == ["before the mesh"]
    offices["b"].say(made(case, name, "Mori", 9, 1.79e9, "title", "by somebody else"))
    net.run(8.0)
    assert offices["c"].edits.refused == 1
    assert [kept.case.word("title") for kept in offices["c"].kept()] == ["before the mesh"]


def test_new_keys_give_the_records_a_new_name(tmp_path):
    records = Records(tmp_path / "r.sqlite").open()
    assert tellers.sign_as(records, "00112233445566aa") == "00112233445566aa"
    assert tellers.sign_as(records, "00112233445566bb") == "00112233445566bb"
    with records.read() as connection:
        assert shelf.author_there(connection) == "00112233445566bb"
    records.close()


def test_what_cannot_be_kept_now_is_asked_for_again(offices, tmp_path, monkeypatch):
    net = coast(offices, tmp_path, "ab", "ab")
    a, b = offices["a"], offices["b"]
    a.open("Boat")
    take = exchange.take
    calls = []

    def busy(*given):
        calls.append(given)
        raise Unavailable("the records are busy")

    monkeypatch.setattr(exchange, "take", busy)
    net.members.pop("b")  # so that its failure is caught here
    offices.pop("b")
    net.members["b"] = b.member
    net.run(3.0)
    with pytest.raises(Unavailable):
        b.look()
    monkeypatch.setattr(exchange, "take", take)
    b.look()
    assert calls
    assert b.hashes() == a.hashes()
    b.records.close()


@pytest.mark.slow
def test_a_casebook_leaves_a_thin_link_to_the_vessels(offices, tmp_path):
    net = coast(offices, tmp_path, "ab", "ab", profile="radio", kbit=64.0, delay=0.1)
    a, b = offices["a"], offices["b"]
    rng = np.random.default_rng(1)
    sizes: dict[Lane, int] = dict.fromkeys(Lane, 0)
    send = a.member.mesh.transport.send

    def counted(peer: str, frame: bytes, lane: Lane) -> bool:
        sizes[lane] += len(frame)
        return send(peer, frame, lane)

    a.member.mesh.transport.send = counted
    a.open("Boat")
    for k in range(40):
        a.note(rng.bytes(1000).hex() + str(k))

    def turn() -> None:
        """All vessels change their course each second: more than the link holds."""
        a.member.see(vessels(300, a.member.utc(), seed=int(net.now)))

    net.every(1.0, turn)
    net.run(40.0)
    assert 0.05 < sizes[Lane.HISTORY] / sum(sizes.values()) < 0.13
    assert 4 < len(b.notes()) < 40
