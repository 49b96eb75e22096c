"""decode(encode(m)) = m, encode(decode(b)) = b, and libasterix reads the same."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import dpkt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings import recording

sys.path.insert(0, str(Path(__file__).parent))
import made

from mihari.core.errors import FormatError
from mihari.formats.asterix import Editions, decode, decode_many, encode, encode_datagrams, to_dicts
from mihari.formats.asterix.editions import available, category

EDITIONS = [(number, edition) for number, editions in available().items() for edition in editions]
NEWEST = [(number, editions[-1]) for number, editions in available().items()]
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def capture() -> list[bytes]:
    with recording("formats/asterix/cat_034_048.pcap").open("rb") as file:
        return [bytes(dpkt.ethernet.Ethernet(frame).data.data.data) for _, frame in dpkt.pcap.Reader(file)]


def read(block: bytes, number: int, edition: str) -> list[dict]:
    decoded = decode(block, Editions(default={number: edition}))
    assert decoded.counts == {}
    return [r["items"] for r in to_dicts(decoded)]


@pytest.mark.parametrize(("number", "edition"), NEWEST)
def test_what_is_encoded_decodes_to_itself_and_libasterix_agrees(number: int, edition: str) -> None:
    import libasterix

    @MANY
    @given(st.lists(made.record(category(number, edition)), min_size=1, max_size=5))
    def holds(records: list[dict]) -> None:
        block = encode(records)
        items = [r["items"] for r in records]
        assert read(block, number, edition) == items
        assert libasterix.records(block, edition) == items

    holds()


@pytest.mark.parametrize(("number", "edition"), EDITIONS)
def test_every_item_alone_makes_the_round_trip_in_every_edition(number: int, edition: str) -> None:
    import libasterix

    definition, rng = category(number, edition), random.Random(1)
    for profile, uap in enumerate(definition.uaps):
        for item in uap:
            for _ in range(3 if item is not None else 0):
                items = made.in_profile(definition, profile, {item.name: made.drawn(item.content, rng)})
                block = encode([{"category": number, "edition": edition, "items": items}])
                assert read(block, number, edition) == [items]
                assert libasterix.records(block, edition) == [items]


def test_every_record_of_the_capture_equals_libasterix() -> None:
    import libasterix

    datagrams = capture()
    decoded = decode_many(datagrams)
    assert {t.category.number: len(t) for t in decoded.tables} == {34: 34, 48: 128}
    theirs = []
    for datagram in datagrams:
        while datagram:
            length = int.from_bytes(datagram[1:3], "big")
            theirs += libasterix.records(datagram[:length], category(datagram[0]).edition)
            datagram = datagram[length:]
    assert [r["items"] for r in to_dicts(decoded)] == theirs


def test_the_capture_encodes_to_its_own_bytes() -> None:
    datagrams = capture()
    assert encode_datagrams(to_dicts(decode_many(datagrams))) == datagrams


def test_field_specifications_with_empty_octets_are_given_back_as_they_came() -> None:
    padded = bytes.fromhex("30000c910100" + "0c22") + b"\x80\x00\x40\x00"
    assert encode(to_dicts(decode(padded))) == padded


def test_a_wrong_name_or_value_is_refused_by_name() -> None:
    for items in ({"999": 1}, {"040": {"RHO": 65536}}, {"040": {"R": 1}}, {}, {"RE": bytes(255)}, {"030": []}):
        with pytest.raises(FormatError):
            encode([{"category": 48, "items": items}])


def test_a_source_with_an_older_edition_is_read_with_it() -> None:
    frl = {"010": {"SAC": 1, "SIC": 2}, "090": {"V": 0, "G": 0, "FL": -4}}
    other = {"010": {"SAC": 1, "SIC": 3}, "090": {"V": 0, "G": 0, "FL": -4}}
    block = encode([{"category": 48, "items": frl}, {"category": 48, "items": other}])
    decoded = decode(block, Editions(sources={(48, (1, 2)): "1.27"}))
    records = to_dicts(decoded)
    assert [r["edition"] for r in records] == ["1.27", "1.32"]
    assert [r["items"]["090"]["FL"] for r in records] == [(1 << 14) - 4, -4]
    assert encode(records[:1]) + encode(records[1:]) == encode([records[0]]) + encode([records[1]])


def test_a_newer_extension_is_refused_by_an_older_edition() -> None:
    block = encode([{"category": 48, "items": {"020": {"TYP": 1, "ACASXV": {"EP": 1, "VAL": 1}}}}])
    assert decode(block).counts == {}
    assert decode(block, Editions(default={48: "1.31"})).counts == {"spec": 1}
