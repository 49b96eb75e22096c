"""Bundles: the same input gives the same bytes; what was not written so, to the byte, is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import zipfile

import pytest
from exchange_coast import NOW, Coast, bundle, pattern

from mihari.core.errors import BadInput
from mihari.library import load
from mihari.library.exchange import Content, make, parse, read
from mihari.library.exchange import manifest as m
from mihari.library.exchange.packing import MEMBER_MOST, MEMBERS_MOST, packed, unpacked
from mihari.library.exchange.provenance import linked, withdrawn


def refusal(data: bytes) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(BadInput) as error:
        parse(data, "it")
    told = str(error.value)
    assert told.startswith("it: ")
    assert "\n" not in told
    return told


def signed_again(coast: Coast, data: bytes, change) -> bytes:  # type: ignore[no-untyped-def]
    """The bundle with another manifest, signed as it should be: what somebody may make who has a key."""
    members = unpacked(data, "it")
    told = change(json.loads(members[m.MANIFEST]))
    members[m.MANIFEST] = told if isinstance(told, bytes) else m.canonical(told) + b"\n"
    members[m.SIGNATURE] = coast.signer("naha").sign(members[m.MANIFEST])
    return packed(members)


def test_what_goes_in_comes_out(coast: Coast) -> None:
    one = Content(pattern(), b"PAR1 cases PAR1", {"nansei": {"autumn": {"fired": 7, "false": 5}}})
    data = make("nansei", 3, [one, Content(load("dark_rendezvous"))], coast.signer("naha"), NOW, ["coast"], "autumn")
    found = parse(data, "it")
    told = found.manifest
    assert (told.name, told.version, told.groups, told.note) == ("nansei", 3, ("coast",), "autumn")
    assert [entry.name for entry in told.patterns] == ["crawls", "dark_rendezvous"]
    assert found.text("crawls") == one.pattern.text
    assert (found.cases("crawls"), found.record("crawls")) == (one.cases, one.record)
    assert (found.cases("dark_rendezvous"), found.record("dark_rendezvous")) == (b"", {})
    assert found.signer.name == "naha"


def test_the_same_input_gives_the_same_bytes_in_whatever_order(coast: Coast) -> None:
    signer, both = coast.signer("naha"), [Content(pattern()), Content(load("dark_rendezvous"))]
    first = make("nansei", 1, both, signer, NOW, ["b", "a"])
    assert make("nansei", 1, both[::-1], signer, NOW, ["a", "b"]) == first


def test_others_can_open_it_with_the_tools_of_zip_files(coast: Coast) -> None:
    opened = zipfile.ZipFile(io.BytesIO(bundle(coast.signer("naha"))))
    assert opened.testzip() is None
    assert opened.read("patterns/crawls/pattern.toml").decode() == pattern().text
    told = json.loads(opened.read("manifest.json"))
    for path, member in told["members"].items():
        assert hashlib.sha256(opened.read(path)).hexdigest() == member["sha256"]


def test_every_changed_byte_is_refused(coast: Coast) -> None:
    data, chance = bundle(coast.signer("naha")), random.Random(1)
    for byte in range(len(data)):
        wrong = bytearray(data)
        wrong[byte] ^= chance.randrange(1, 256)
        assert refusal(bytes(wrong))


def test_every_bit_of_the_last_kilobyte_is_looked_at(coast: Coast) -> None:
    data = bundle(coast.signer("naha"))
    for bit in range(8 * (len(data) - 400), 8 * len(data)):
        wrong = bytearray(data)
        wrong[bit // 8] ^= 1 << bit % 8
        assert refusal(bytes(wrong))


@pytest.mark.parametrize("member", ["manifest.json", "manifest.sig", "signer.pem", "patterns/crawls/pattern.toml"])
def test_every_changed_byte_of_a_member_is_refused_with_its_checksum_put_right(coast: Coast, member: str) -> None:
    members, chance = unpacked(bundle(coast.signer("naha")), "it"), random.Random(2)
    for byte in range(len(members[member])):
        wrong = bytearray(members[member])
        wrong[byte] ^= chance.randrange(1, 256)
        assert refusal(packed({**members, member: bytes(wrong)}))


@pytest.mark.parametrize("cut", [0, 1, 3, 20, 100, 500, -1, -22, -100])
def test_a_part_of_a_file_is_refused(coast: Coast, cut: int) -> None:
    assert refusal(bundle(coast.signer("naha"))[:cut])


@pytest.mark.parametrize("more", [b"\0", b"PK\x05\x06", b"PK\x03\x04" + bytes(26)])
def test_something_behind_or_before_it_is_refused(coast: Coast, more: bytes) -> None:
    data = bundle(coast.signer("naha"))
    assert refusal(data + more)
    assert refusal(more + data)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("../outside.toml", "expected small letters, digits, _ and / in a path"),
        ("/etc/passwd", "expected small letters"),
        ("patterns/../../x.toml", "expected small letters"),
        ("patterns\\x.toml", "expected small letters"),
        ("c:x.toml", "expected small letters"),
        ("patterns/con\x00.toml", "expected small letters"),
        ("patterns/crawls/", "expected small letters"),
        ("Manifest.json", "expected small letters"),
        ("patterns/crawls/more.toml", "member 'patterns/crawls/more.toml' is not in the manifest"),
        ("x" * 200 + ".toml", "expected small letters"),
    ],
)
def test_a_member_where_none_belongs_is_refused(coast: Coast, path: str, told: str) -> None:
    members = unpacked(bundle(coast.signer("naha")), "it")
    assert told in refusal(packed({**members, path: b"x"}))


def test_a_member_that_is_there_twice_is_refused(coast: Coast) -> None:
    data = io.BytesIO(bundle(coast.signer("naha")))
    with zipfile.ZipFile(data, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("signer.pem", b"x")
    assert "member 'signer.pem' is there twice" in refusal(data.getvalue())


def test_a_link_is_refused_and_named(coast: Coast) -> None:
    data = bytearray(bundle(coast.signer("naha")))
    entry = data.index(b"PK\x01\x02")
    data[entry + 38 : entry + 42] = struct.pack("<I", 0o120777 << 16)
    assert "member 'manifest.json' is a link" in refusal(bytes(data))


def test_what_is_compressed_or_encrypted_is_refused_and_nothing_is_unpacked() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("manifest.json", bytes(50 << 20))
    assert "expected stored as it is, neither compressed nor encrypted" in refusal(data.getvalue())


def test_what_is_too_large_is_refused_by_its_header() -> None:
    header = struct.pack("<5H3I2H", 20, 0, 0, 0, 0x21, 0, MEMBER_MOST + 1, MEMBER_MOST + 1, 5, 0)
    assert "at most 64 MiB" in refusal(b"PK\x03\x04" + header + b"a.txt")


def test_too_many_members_are_refused() -> None:
    members = {f"a{number}.txt": b"" for number in range(MEMBERS_MOST + 1)}
    assert "at most 40000 members" in refusal(packed(members))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"format = 1\n", bytes(100), b"PK\x05\x06" + bytes(18)])
def test_other_files_are_refused(data: bytes) -> None:
    assert refusal(data)


def test_a_file_that_is_not_there_is_one_sentence(coast: Coast) -> None:
    with pytest.raises(BadInput, match="nothing: cannot be read: no such file"):
        read(coast.folder / "nothing")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t | {"format": 2}, "has format 2, made by a later version of Mihari; this one reads 1"),
        (lambda t: t | {"more": 1}, "manifest.json: more: "),
        (lambda t: t | {"version": "1"}, "manifest.json: is not written as manifests are"),
        (lambda t: t | {"made": "2027-13-01T00:00:00Z"}, "manifest.json: made: expected a time such as"),
        (lambda t: t | {"by": t["by"] | {"node": "kume"}}, "was made by kume, but signed by naha"),
        (lambda t: t | {"patterns": t["patterns"] * 2}, "pattern crawls is there twice"),
        (lambda t: t | {"patterns": []}, "member 'patterns/crawls/pattern.toml' belongs to no pattern in it"),
        (lambda t: t | {"members": {}}, "is not in the manifest"),
        (lambda t: t | {"members": t["members"] | {"a.txt": t["members"]["signer.pem"]}}, "member 'a.txt' is missing"),
        (lambda t: t | {"certificates": {"0" * 16: "x"}}, "certificate of 0000000000000000: expected certificates"),
        (lambda t: t | {"patterns": [t["patterns"][0] | {"digest": "0" * 64}]}, "crawls is not the one of which"),
        (lambda t: t | {"patterns": [t["patterns"][0] | {"provenance": []}]}, "patterns[0].provenance: "),
        (lambda _: b"{", "manifest.json: expected JSON"),
        (lambda _: b"[" * 100_000, "manifest.json: expected JSON"),
        (lambda _: b"[]", "manifest.json: "),
        (lambda t: json.dumps(t).encode(), "manifest.json: is not written as manifests are"),
        (lambda t: m.canonical(t).replace(b'"note": ""', b'"note": "", "note": "x"') + b"\n", "is not written as"),
    ],
)  # fmt: skip
def test_a_manifest_that_is_signed_but_not_right_is_refused(coast: Coast, change, told: str) -> None:  # type: ignore[no-untyped-def]
    assert told in refusal(signed_again(coast, bundle(coast.signer("naha")), change))


@pytest.mark.parametrize("record", [b"[1]", b"{", b"[" * 100_000, b"\xff"])
def test_a_record_that_is_no_table_is_refused(coast: Coast, record: bytes) -> None:
    members = unpacked(make("it", 1, [Content(pattern(), record={"a": 1})], coast.signer("naha"), NOW), "it")
    path = "patterns/crawls/record.json"
    told = {"sha256": hashlib.sha256(record).hexdigest(), "size": len(record)}
    wrong = signed_again(
        coast, packed({**members, path: record}), lambda t: t | {"members": t["members"] | {path: told}}
    )
    assert "a record that is one table in JSON" in refusal(wrong)


@pytest.mark.parametrize(("name", "said"), [("../x", "name"), ("", "name"), ("x" * 61, "name")])
def test_a_bundle_of_no_proper_name_is_not_made(coast: Coast, name: str, said: str) -> None:
    with pytest.raises(BadInput, match=f"bundle: {said}"):
        bundle(coast.signer("naha"), name=name)


def test_what_cannot_be_in_a_bundle_is_not_made(coast: Coast) -> None:
    signer = coast.signer("naha")
    with pytest.raises(BadInput, match="two patterns are called crawls"):
        bundle(signer, pattern(), pattern())
    with pytest.raises(BadInput, match="record: expected what JSON can hold"):
        make("it", 1, [Content(pattern(), record={"rate": float("nan")})], signer, NOW)
    with pytest.raises(BadInput, match=r"crawls: groups\[0\]"):
        bundle(signer, groups=["no such name"])


def test_chains_that_reach_further_than_they_may_are_not_made(coast: Coast) -> None:
    signer = coast.signer("naha")
    chain = linked("crawls", 1, "0" * 64, (), signer, NOW, ["coast"])
    assert len(linked("crawls", 1, "0" * 64, chain, signer, NOW, ["coast"])) == 2
    with pytest.raises(BadInput, match="crawls: is for coast only"):
        linked("crawls", 1, "0" * 64, chain, signer, NOW)


def test_a_withdrawal_needs_a_reason(coast: Coast) -> None:
    with pytest.raises(BadInput, match="withdrawal: reason: string should have at least 3"):
        withdrawn("crawls", "", coast.signer("naha"), NOW)
