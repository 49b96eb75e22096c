"""STIX 2.1: what is written keeps the standard's rules; patterns come back to the letter; what was changed does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from exchange_coast import NOW, Coast, pattern
from stix_rules import broken

from mihari.core.errors import BadInput
from mihari.library import load
from mihari.library.exchange import Content, Trust, add_authority, make, parse, passed_on, revoke, withdrawn
from mihari.library.exchange.stix_reading import Envelope, read_stix, unstix, verify_stix
from mihari.library.exchange.stix_writing import EXTENSION, stix

RECORD = {"nansei": {"autumn": {"fired": 7, "false": 5, "who": []}}}


@pytest.fixture
def made(coast: Coast) -> bytes:
    """A bundle of two patterns for one group, with a withdrawal, passed on by another node."""
    signer = coast.signer("naha")
    contents = [Content(pattern(), b"cases", RECORD), Content(load("dark_rendezvous"))]
    gone = [withdrawn("creeps", "takes ferries", signer, NOW, versions=[1])]
    data = make("nansei", 3, contents, signer, NOW, ["coast"], "autumn", gone)
    return stix(parse(passed_on(parse(data, "it"), coast.signer("kume"), NOW + 60.0), "it"))


@pytest.fixture
def trust(coast: Coast) -> Trust:
    coast.signer("naha")
    return add_authority(coast.folder / "trust.toml", "our coast", "authority/ca.pem", date(2026, 7, 1))


def one_of(told: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in told["objects"] if one["type"] == kind and one.get("name") != "Mihari")


def test_what_is_written_keeps_the_rules(made: bytes) -> None:
    assert broken(json.loads(made)) == []


def test_a_bundle_without_patterns_keeps_them_too(coast: Coast) -> None:
    signer = coast.signer("naha")
    data = make("gone", 1, [], signer, NOW, revokes=[withdrawn("crawls", "takes ferries", signer, NOW)])
    told = stix(parse(data, "it"))
    assert broken(json.loads(told)) == []
    assert unstix(told, "it").told.revokes[0].name == "crawls"


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("indicator", lambda o: o.pop("pattern_type"), "3.2: lacks pattern_type"),
        ("indicator", lambda o: o.update(valid_from="2026-07-01"), "2.16: valid_from"),
        ("indicator", lambda o: o.update(created="2026-07-01T00:00:00Z"), "3.2: created to the millisecond"),
        ("indicator", lambda o: o.update(id="indicator--1"), "2.9: id"),
        ("indicator", lambda o: o.update(labels=[]), "2.12: labels is an empty list"),
        ("indicator", lambda o: o.update(x_more=1), "3.2: has x_more"),
        ("indicator", lambda o: o.update(created_by_ref=o["id"]), "3.2: created_by_ref is of a identity"),
        ("indicator", lambda o: o.update(external_references=[{"source_name": "x"}]), "2.7: an external reference"),
        ("relationship", lambda o: o.update(relationship_type="indicates"), "4.3.2: a relationship"),
        ("marking-definition", lambda o: o.update(modified=o["created"]), "7.2.1: a marking"),
        ("extension-definition", lambda o: o.pop("schema"), "3.2: lacks schema"),
        ("identity", lambda o: o.update(identity_class="node"), "10: identity_class"),
        ("grouping", lambda o: o.update(object_refs=["indicator--x"]), "3.3: object_refs leads nowhere"),
        ("course-of-action", lambda o: o.update(spec_version="2.0"), "3.2: spec_version"),
    ],
)
def test_the_rules_find_what_is_wrong(
    made: bytes, kind: str, change: Callable[[dict[str, Any]], object], rule: str
) -> None:
    told = json.loads(made)
    change(one_of(told, kind))
    assert any(found.startswith(rule) for found in broken(told))


def test_the_same_bundle_gives_the_same_bytes_and_another_other_ids(coast: Coast, made: bytes) -> None:
    signer = coast.signer("naha")
    data = make("nansei", 3, [Content(pattern())], signer, NOW)
    assert stix(parse(data, "a")) == stix(parse(data, "b"))
    first, other = json.loads(stix(parse(data, "it"))), json.loads(made)
    assert first["id"] != other["id"]
    assert one_of(first, "indicator")["id"] == one_of(other, "indicator")["id"]


def test_an_indicator_says_what_a_pattern_says(made: bytes) -> None:
    told = json.loads(made)
    one, file = one_of(told, "indicator"), pattern().file
    assert (one["name"], one["pattern"], one["pattern_type"]) == (file.title, file.definition, "mihari")
    assert (one["valid_from"], one["labels"]) == ("2027-01-15T08:00:00.000Z", ["mihari-active", "urgency-caution"])
    assert one["external_references"] == [{"source_name": "nobody", "description": "nobody"}]
    assert "- who it is" in one_of(told, "course-of-action")["description"]
    assert one_of(told, "marking-definition")["definition"] == {"statement": "Release group: coast"}


def test_patterns_come_back_to_the_letter(made: bytes, trust: Trust) -> None:
    found = unstix(made, "it")
    assert found.left_out == {}
    assert found.told.texts == {one.name: one.text for one in (pattern(), load("dark_rendezvous"))}
    assert found.records == {"crawls": RECORD, "dark_rendezvous": {}}
    verdict = verify_stix(found, trust, NOW)
    verdict.whole()
    assert [one.pattern.digest for one in verdict.accepted] == [pattern().digest, load("dark_rendezvous").digest]
    assert verdict.withdrawals[0].told.reason == "takes ferries"


def test_a_text_with_odd_letters_comes_back_to_the_letter(coast: Coast) -> None:
    one = pattern(**{"Goes slowly": "Fährt langsam, 船 \\u0001 \\U0001F6A2"})
    data = make("it", 1, [Content(one)], coast.signer("naha"), NOW)
    assert unstix(stix(parse(data, "it")), "it").told.texts["crawls"] == one.text


def left(made: bytes, change: Callable[[dict[str, Any]], object]) -> Envelope:
    told = json.loads(made)
    change(one_of(told, "indicator"))
    return unstix(json.dumps(told).encode(), "it")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda o: o.update(pattern_type="stix"), "its pattern is in the language stix, not in ours"),
        (lambda o: o.pop("pattern_type"), "its pattern is in the language None"),
        (lambda o: o.update(revoked=True), "was revoked by who made it"),
        (lambda o: o.pop("extensions"), "lacks the extension in which the file of the pattern is"),
        (lambda o: o.update(extensions=[1]), "lacks the extension"),
        (lambda o: o.update(pattern="crawls(v) = stopped(v)"), "is not the definition in the file of crawls"),
        (lambda o: o["extensions"][EXTENSION].update(file="format = 1"), "the file of crawls was changed"),
        (lambda o: o["extensions"][EXTENSION].update(file="\ud800"), "the file of crawls was changed"),
        (lambda o: o["extensions"][EXTENSION].update(record="[1]"), "record: expected a table in JSON"),
        (lambda o: o["extensions"][EXTENSION].update(version=0), "extension: version: "),
        (lambda o: o["extensions"][EXTENSION].pop("provenance"), "extension: provenance: "),
    ],
)
def test_what_is_no_pattern_of_ours_is_left_out_and_told(
    made: bytes, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    found = left(made, change)
    assert list(found.told.texts) == ["dark_rendezvous"]
    assert any(why in one for one in found.left_out.values())


def test_two_of_one_name_are_told(made: bytes) -> None:
    told = json.loads(made)
    told["objects"].append(copy.deepcopy(one_of(told, "indicator")))
    assert "pattern crawls is there twice" in unstix(json.dumps(told).encode(), "it").left_out.values()


@pytest.mark.parametrize(
    "change", [lambda e: e.update(version=2), lambda e: e["provenance"][0].update(node="aka"),
               lambda e: e["provenance"].pop(0), lambda e: e["provenance"][0].update(groups=["all"])]
)  # fmt: skip
def test_a_chain_that_was_changed_is_refused(
    made: bytes, trust: Trust, change: Callable[[dict[str, Any]], object]
) -> None:
    found = left(made, lambda o: change(o["extensions"][EXTENSION]))
    verdict = verify_stix(found, trust, NOW)
    assert [one.name for one in verdict.refused] == ["crawls"]
    assert "the signature does not hold" in verdict.refused[0].why


def test_a_maker_who_is_not_believed_is_refused(made: bytes, coast: Coast, trust: Trust) -> None:
    later = revoke(trust.file, coast.signer("naha").author.id, date(2026, 8, 1), "stolen")
    verdict = verify_stix(unstix(made, "it"), later, NOW)
    assert verdict.accepted == ()
    with pytest.raises(BadInput, match=r"the key of naha .* was revoked on 2026-08-01: stolen; and 2 more"):
        verdict.whole()


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"{}", b'{"type": "bundle"}', b"[" * 100_000, b'{"type": "report", "objects": []}',
             b"\xff\xfe"]
)  # fmt: skip
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"it: expected a STIX 2\.1 bundle"):
        unstix(data, "it")


def test_an_older_edition_is_refused() -> None:
    told = {"type": "bundle", "id": "x", "objects": [{"type": "indicator", "id": "indicator--1"}]}
    with pytest.raises(BadInput, match=r"indicator--1: expected spec_version 2\.1, found 2\.0, or none is told"):
        unstix(json.dumps(told).encode(), "it")


def test_a_file_that_is_not_there_is_one_sentence(coast: Coast) -> None:
    with pytest.raises(BadInput, match="cannot be read: no such file"):
        read_stix(coast.folder / "nothing.json")


@pytest.mark.parametrize("odd", [1, "x", [1], {"a": 1}, None])
@pytest.mark.parametrize("key", ["certificates", "revokes"])
def test_an_envelope_that_is_odd_is_left_out_and_its_patterns_lack_their_authors(
    made: bytes, trust: Trust, key: str, odd: object
) -> None:
    told = json.loads(made)
    one_of(told, "grouping")["extensions"][EXTENSION][key] = odd
    found = unstix(json.dumps(told).encode(), "it")
    assert len(found.left_out) == 1
    assert verify_stix(found, trust, NOW).accepted == ()
