"""Whatever is put into a file by somebody with a key: one sentence, or a bundle that is judged; never a crash."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from exchange_coast import NOW, Coast, pattern
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.errors import BadInput
from mihari.library.exchange import Content, Trust, add_authority, make, parse, passed_on, verify, withdrawn
from mihari.library.exchange import manifest as m
from mihari.library.exchange.packing import packed, unpacked
from mihari.library.exchange.stix_reading import unstix, verify_stix
from mihari.library.exchange.stix_writing import stix

ODD = [
    None,
    "",
    "x",
    "0" * 64,
    -1,
    0,
    1e300,
    10**30,
    True,
    [],
    {},
    [[]],
    {"a": []},
    ["x"] * 5,
    "\ud800",
    "\x00",
    "9" * 5000,
]


@pytest.fixture
def trust(coast: Coast) -> Trust:
    coast.signer("naha")
    return add_authority(coast.folder / "trust.toml", "our coast", "authority/ca.pem", date(2026, 7, 1))


def whole(coast: Coast) -> bytes:
    """A bundle with all there is: cases, a record, groups, a withdrawal, two links."""
    signer = coast.signer("naha")
    gone = [withdrawn("creeps", "takes ferries", signer, NOW, versions=[1])]
    data = make("it", 1, [Content(pattern(), b"cases", {"fired": 7})], signer, NOW, ["coast"], "note", gone)
    return passed_on(parse(data, "it"), coast.signer("kume"), NOW + 60.0)


def places(told: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON document."""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(told: Any, chance: random.Random) -> Any:
    """The document with something odd in one place, or without that place, or with one more key there."""
    found = copy.deepcopy(told)
    *path, last = chance.choice(list(places(found)))
    inside = found
    for key in path:
        inside = inside[key]
    kind = chance.randrange(4)
    if kind == 0:
        del inside[last]
    elif kind == 1 and isinstance(inside, dict):
        inside["more"] = inside[last]
    else:
        inside[last] = chance.choice(ODD)
    return found


def as_bytes(told: Any) -> bytes:
    return json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def test_a_manifest_with_anything_in_it_is_refused_or_judged(coast: Coast, trust: Trust) -> None:
    members, chance, signer = unpacked(whole(coast), "it"), random.Random(3), coast.signer("kume")
    told, said = json.loads(members[m.MANIFEST]), list[str]()
    for _ in range(500):
        members[m.MANIFEST] = as_bytes(changed(told, chance))
        members[m.SIGNATURE] = signer.sign(members[m.MANIFEST])
        try:
            verify(parse(packed(members), "it"), trust, NOW + 60.0).whole()
        except BadInput as problem:
            said.append(str(problem))
    assert len(said) > 460
    assert not any("\n" in one for one in said)


def test_stix_with_anything_in_it_is_refused_or_judged(coast: Coast, trust: Trust) -> None:
    told, chance, said = json.loads(stix(parse(whole(coast), "it"))), random.Random(4), list[str]()
    for _ in range(300):
        try:
            found = unstix(as_bytes(changed(told, chance)), "it")
            verdict = verify_stix(found, trust, NOW + 60.0)
        except BadInput as problem:
            said.append(str(problem))
            continue
        said += [one.why for one in verdict.refused] + list(found.left_out.values())
        assert all(one.pattern == pattern() for one in verdict.accepted)
    assert len(said) > 60
    assert not any("\n" in one for one in said)


@pytest.mark.parametrize("version", [0, -1, 10**9 + 1, 2**70])
def test_a_version_that_no_record_can_keep_is_refused(coast: Coast, version: int) -> None:
    with pytest.raises(BadInput, match="version"):
        make("it", version, [Content(pattern())], coast.signer("naha"), NOW)
    with pytest.raises(BadInput, match="versions"):
        withdrawn("creeps", "takes ferries", coast.signer("naha"), NOW, versions=[version])


@given(st.binary(max_size=300))
def test_bytes_are_no_bundle(data: bytes) -> None:
    for begin in (b"", b"PK\x03\x04", b"PK\x05\x06"):
        with pytest.raises(BadInput):
            parse(begin + data, "it")


@given(st.dictionaries(st.from_regex(r"[a-z0-9_]{1,8}(/[a-z0-9_]{1,8}){0,2}\.[a-z]{1,4}", fullmatch=True),
                       st.binary(max_size=50), max_size=8))  # fmt: skip
def test_members_come_out_as_they_went_in(members: dict[str, bytes]) -> None:
    if members:
        assert unpacked(packed(members), "it") == members
