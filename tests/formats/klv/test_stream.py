"""KLV as a stream: cut anywhere, with junk, wrong lengths and other sets between; and hostile input for every door."""

import random

import numpy as np
import pytest

from formats.klv.packets import KEY_0601, item, packet, random_items
from mihari.formats.klv import Decoded, Decoder, TsDecoder, decode_many, to_dicts
from mihari.formats.klv.decode import LONGEST
from mihari.formats.klv.st0601 import ITEMS
from mihari.formats.refusals import Refusals

TAGS = [one.tag for one in ITEMS]


def made(count: int, seed: int = 7) -> list[bytes]:
    rng = random.Random(seed)
    return [packet(random_items(rng, TAGS, 0.4)) for _ in range(count)]


def cut(decoded: Decoded) -> list[bytes]:
    return [decoded.buffer[a : a + n] for a, n in zip(decoded.sets.at, decoded.sets.size, strict=True)]


@pytest.mark.parametrize("size", [1, 16, 17, 100, 5000])
def test_where_the_stream_is_cut_makes_no_difference(size):
    packets = made(30)
    stream = b"noise" + b"".join(packets[:10]) + b"\x06\x0e" + b"".join(packets[10:])
    decoder, got, offsets = Decoder(), [], []
    for i in range(0, len(stream), size):
        decoded = decoder.feed(stream[i : i + size])
        got += cut(decoded)
        offsets += decoded.sets.offset.tolist()
    assert len(decoder.finish()) == 0
    assert got == packets
    assert [stream[at : at + len(one)] for at, one in zip(offsets, packets, strict=True)] == packets
    assert decoder.refusals.octets == {"junk": 7}
    whole = decode_many(stream)
    assert np.array_equal(whole.sets.offset, offsets)


def test_refused_octets_and_sets_account_for_every_octet():
    packets = made(6)
    broken = bytearray(packets[1])
    broken[-1] ^= 0xFF
    other = bytes.fromhex("060e2b34020b01010e01030199000000") + b"\x02\x01\x02"
    stream = packets[0] + bytes(broken) + b"junk" + other + packets[2] + packets[3][:50]
    refusals = Refusals()
    decoded = decode_many(stream, refusals=refusals)
    assert cut(decoded) == [packets[0], packets[2]]
    assert refusals.counts == {"checksum": 1, "junk": 2, "unknown_set": 1, "truncated": 1}
    assert sum(refusals.octets.values()) + sum(map(len, cut(decoded))) == len(stream)


def test_a_set_whose_length_is_too_great_does_not_swallow_the_sets_after_it():
    packets = made(8)
    wrong = bytearray(packets[0])
    at = 16 if wrong[16] < 128 else 17
    wrong[at : at + 1] = b"\xff" if at == 17 else b"\x7f"
    stream = bytes(wrong) + b"".join(packets[1:])
    assert cut(decode_many(stream)) == packets[1:]
    decoder = Decoder()
    assert [one for i in range(0, len(stream), 64) for one in cut(decoder.feed(stream[i : i + 64]))] == packets[1:]


@pytest.mark.parametrize("told", ["83ffffff", "84ffffffff", "80", "85ffffffffff"])
def test_a_length_that_cannot_be_is_not_waited_for(told):
    good = made(1)[0]
    decoder = Decoder()
    assert cut(decoder.feed(KEY_0601 + bytes.fromhex(told) + good)) == [good]
    assert decoder.refused["too_long"] == 1


def test_what_is_held_is_bounded_whatever_comes():
    decoder = Decoder()
    head = KEY_0601 + b"\x83" + (LONGEST - 100).to_bytes(3, "big")
    held = 0
    for _ in range(40):
        decoder.feed(head + bytes(10_000))
        held = max(held, len(decoder._rest))
    assert held <= LONGEST + 30_000
    good = made(1)[0]
    for _ in range(20):
        decoder.feed(bytes(10_000))
    assert cut(decoder.feed(good)) == [good]


def test_items_that_do_not_fill_their_set_refuse_it():
    refusals = Refusals()
    body = item(2, bytes(8)) + b"\x05\x20\x01"
    data = KEY_0601 + bytes([len(body)]) + body
    assert len(decode_many(data + packet([(2, bytes(8))]), refusals=refusals)) == 1
    assert refusals.counts == {"structure": 1}
    assert len(decode_many(data, strict=False)) == 0


def test_nothing_in_nothing_out():
    assert len(decode_many(b"")) == 0
    assert list(to_dicts(decode_many(b""))) == []
    assert len(Decoder().finish()) == 0
    assert len(TsDecoder().finish()) == 0
    assert Decoded.joined([]).numbers.shape == (len(Decoded.empty().numbers), 0)


def test_joined_parts_are_as_decoded_at_once():
    packets = made(20)
    parts = [decode_many(b"x" * i + one) for i, one in enumerate(packets)]
    joined, whole = Decoded.joined(parts), decode_many(b"".join(packets))
    assert list(to_dicts(joined)) == list(to_dicts(whole))
    assert np.array_equal(joined.numbers, whole.numbers, equal_nan=True)
    assert joined.octets(3) == whole.octets(3)
