"""Fleets that other nodes found: in the records with their node, and what two nodes say of one fleet is one alert."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alert_helpers import A, T, fleet, found, listed

from mihari.alerts import ask
from mihari.alerts.afar import heard, to_tell
from mihari.alerts.desk import Desk
from mihari.alerts.once import brought_here, foreign_id, gathered

BOATS = tuple(range(A, A + 5))


@pytest.fixture
def desk(address):
    made = Desk(address, T - 100.0)
    made.start()
    yield made
    made.stop()


def theirs(number: int, members: tuple[int, ...], began: int = T) -> tuple[str, object]:
    """Of another node, as it is called here."""
    return "bb", brought_here(replace(fleet(number, members), began=began), "bb", "kume", int)


def of_theirs(number: int) -> object:
    """What they say that their fleet does."""
    told = found("fleet", BOATS, T, fleet=number)
    return heard(to_tell(told), "bb", int, lambda told: foreign_id("bb", told))


def test_they_are_told_with_their_node_and_the_younger_says_which_it_is(desk):
    desk.take([], gathered("aa", [fleet(3, BOATS)], [theirs(9, BOATS[1:], T - 60)]), T + 60.0)
    assert desk.settled()
    with desk.records.read() as connection:
        told = {f["id"]: (f["node"], f["same_as"]) for f in ask.fleets(connection)}
    elder = foreign_id("bb", 9)
    assert told == {3: ("", elder), elder: ("kume", 0)}


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_what_two_nodes_say_of_one_fleet_is_one_alert(desk, first):
    said = [found("massing", BOATS, T, fleet=3), of_theirs(9)]
    both = gathered("aa", [fleet(3, BOATS)], [theirs(9, BOATS[1:], T - 60)])
    for k, one in enumerate(said if first == "ours" else said[::-1]):
        desk.take([one], both, T + 60.0 + k)
    assert desk.settled()
    (alert,) = listed(desk.records)
    assert sorted(alert["kinds"]) == ["fleet", "massing"]


def test_another_fleet_of_theirs_is_another_alert_about_that_fleet(desk):
    both = gathered("aa", [fleet(3, BOATS)], [theirs(9, (A + 50, A + 51, A + 52))])
    desk.take([found("massing", BOATS, T, fleet=3), of_theirs(9)], both, T + 60.0)
    assert desk.settled()
    assert {a["fleet"] for a in listed(desk.records)} == {3, foreign_id("bb", 9)}
