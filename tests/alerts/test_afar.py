"""What was found and decided at one node, at another: alerts converge, and nobody's word is lost."""

from __future__ import annotations

import pytest

from mihari.alerts import actions, ask
from mihari.alerts.actions import By
from mihari.alerts.afar import Afar, Decided, decided_of, decisions_after, heard, to_tell
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.behaviour import Behaviour, Urgency, unnamed
from mihari.core.errors import BadInput

A, B = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"


def gap(vessel: int = 431000001, **changed) -> Behaviour:
    told = {"urgency": Urgency.WARNING, "decided": 1000.0, "told": 1000.0}
    return Behaviour("gap/1", "gap", (vessel,), 900, None, 26.0, 127.0, "silent 3 h", **(told | changed))


class Node:
    """Records of one node, with what it found and what came from the other."""

    def __init__(self, folder, author: str) -> None:
        self.author = author
        self.records = Records(folder / f"{author}.sqlite", lambda: 5000.0).open()
        self.watch = Watch(self.records)
        self.watch.begin(1.0)
        self.afar = Afar(self.watch, author)

    def take(self, *behaviours: Behaviour, time: float = 1000.0) -> None:
        self.watch.take([(behaviours, (), time)])

    def acknowledge(self, who: str, time: float) -> None:
        self.watch.act(1, lambda book: actions.acknowledge(book, 1, By(who, time), "unit sent"))

    def decided(self) -> list[Decided]:
        with self.records.read() as connection:
            return list(decisions_after(connection, 0, 0.0, self.author))

    def alert(self) -> dict:
        with self.records.read() as connection:
            found = ask.one(connection, 1)
            assert found is not None
            return found

    def log(self) -> list[tuple[str, str]]:
        with self.records.read() as connection:
            return [(line["who"], line["what"]) for line in ask.log_lines(connection, 1)][::-1]


@pytest.fixture
def nodes(tmp_path):
    made = Node(tmp_path, A), Node(tmp_path, B)
    yield made
    for node in made:
        node.records.close()


def pass_on(one: Node, other: Node) -> None:
    for decided in one.decided():
        assert other.afar.apply(decided_of(decided.told(), one.author), f"node {one.author[0]}")


def test_a_behaviour_is_the_same_after_its_way_but_for_its_author():
    there = heard(to_tell(gap()), A, lambda _: 0)
    assert there.id == f"{A}:gap/1"
    assert (there.vessels, there.because, there.urgency) == (gap().vessels, gap().because, Urgency.WARNING)


def test_vessels_without_a_name_get_the_number_that_they_have_here():
    there = heard(to_tell(gap(unnamed(12))), A, {12: 40}.__getitem__)
    assert there.vessels == (unnamed(40),)


@pytest.mark.parametrize("told", [{}, {"id": 1}, to_tell(gap()) | {"evidence": 7}, to_tell(gap()) | {"urgency": 99}])
def test_what_is_no_behaviour_is_refused(told):
    with pytest.raises(BadInput):
        heard(told, A, lambda _: 0)


def test_what_two_nodes_find_of_a_vessel_is_one_alert_at_both(nodes):
    for one, other in (nodes, nodes[::-1]):
        one.take(gap())
        one.take(heard(to_tell(gap()), other.author, lambda _: 0))
        assert len(one.alert()["behaviours"]) == 2


def test_an_acknowledgement_reaches_the_other_node_and_says_where_it_was_given(nodes):
    a, b = nodes
    a.take(gap())
    b.take(heard(to_tell(gap()), A, lambda _: 0))
    a.acknowledge("Aiko", 1100.0)
    pass_on(a, b)
    assert b.alert()["acknowledged_by"] == "Aiko (node a)"
    pass_on(a, b)  # again: nothing more
    assert [line for line in b.log() if line[0] != "mihari"] == [("Aiko (node a)", "acknowledged")]
    assert b.decided() == []


def test_two_acknowledgements_at_the_same_time_are_both_in_both_logs(nodes):
    a, b = nodes
    a.take(gap())
    b.take(heard(to_tell(gap()), A, lambda _: 0))
    a.acknowledge("Aiko", 1100.0)
    b.acknowledge("Bunta", 1100.0)
    told = a.decided(), b.decided()
    for decided in told[0]:
        b.afar.apply(decided, "node a")
    for decided in told[1]:
        a.afar.apply(decided, "node b")
    own, others = ("Aiko", "acknowledged"), ("Bunta (node b)", "acknowledged as well")
    assert {own, others} <= set(a.log())
    own, others = ("Bunta", "acknowledged"), ("Aiko (node a)", "acknowledged as well")
    assert {own, others} <= set(b.log())
    for node in nodes:
        assert node.alert()["acknowledged"] is not None


def test_a_decision_about_an_alert_that_is_not_here_yet_waits(nodes):
    a, b = nodes
    a.take(gap())
    a.acknowledge("Aiko", 1100.0)
    (decided,) = a.decided()
    assert not b.afar.apply(decided, "node a")
    b.take(heard(to_tell(gap()), A, lambda _: 0))
    assert b.afar.apply(decided, "node a")
    assert b.alert()["acknowledged_by"] == "Aiko (node a)"


@pytest.mark.parametrize("what", ["raised", "started", "drop table"])
def test_only_decisions_of_people_are_taken(what):
    told = Decided(A, 1, "Aiko", what, 1.0, (), {}).told()
    with pytest.raises(BadInput):
        decided_of(told, A)
