"""Streams: any cut gives the same messages, damage costs only what it hit, every byte is taken or counted."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

from mihari.formats.mavlink import Decoded, Decoder, decode_many, encode, to_dicts
from mihari.formats.mavlink.checksum import crc
from mihari.formats.mavlink.frames import LONGEST

NAMES = ["HEARTBEAT", "ATTITUDE", "GLOBAL_POSITION_INT", "STATUSTEXT", "AIS_VESSEL", "PARAM_VALUE"]
FRAMES = peer.frames([peer.message(NAMES[i % 6], random.Random(i)) for i in range(60)], peer.sender())
REACHED = {"message": "MISSION_ITEM_REACHED", "sysid": 7, "compid": 1, "seq": 3}


def reached(packet: int, seq: int = 3) -> bytes:
    return encode({**REACHED, "packet": packet, "seq": seq})


def octets(decoded: Decoded) -> int:
    return sum(decoded.refused.octets.values())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, 1000])
def test_any_cut_gives_the_same_messages(size: int) -> None:
    data = b"noise" + b"".join(FRAMES)
    decoder = Decoder()
    parts = [decoder.feed(data[i : i + size]) for i in range(0, len(data), size)] + [decoder.finish()]
    told = [message for part in parts for message in to_dicts(part)]
    assert told == to_dicts(decode_many(data))
    assert [encode(m) for m in told] == FRAMES
    assert decoder.messages == 60
    assert decoder.refused.octets == {"noise": 5}
    offsets = sorted(o for part in parts for table in part.tables.values() for o in table.offset.tolist())
    assert offsets == [5 + sum(map(len, FRAMES[:i])) for i in range(60)]


def test_signatures_are_told_whatever_the_cut() -> None:
    from mihari.formats.mavlink import Encoder

    frame = Encoder(1, 1, key=bytes(32), stamp=77).encode(REACHED)
    decoder = Decoder()
    assert len(decoder.feed(FRAMES[0] + frame[:15])) == 1
    (told,) = to_dicts(decoder.feed(frame[15:]))
    assert encode(told) == frame
    assert told["signature"] == frame[-13:].hex()


@pytest.mark.parametrize("at", range(len(reached(0))))
def test_one_flipped_byte_costs_its_message_only(at: int) -> None:
    for flip in (0x01, 0x80, 0xFF):
        bad = bytearray(reached(1))
        bad[at] ^= flip
        decoded = decode_many(reached(0) + bytes(bad) + reached(2) + reached(3))
        packets = decoded["MISSION_ITEM_REACHED"].seq.tolist()
        assert packets[0] == 0
        assert packets[-2:] == [2, 3]
        assert len(packets) == 3
        assert octets(decoded) + sum(len(u.frame) for u in decoded.unknown) == len(bad)


def test_frames_lost_in_noise_are_found_and_every_byte_is_accounted_for() -> None:
    rng = random.Random(5)
    for _ in range(200):
        pieces, good = [], []
        for _ in range(12):
            frame = rng.choice(FRAMES)
            if rng.random() < 0.4:
                noise = bytes(b for b in rng.randbytes(rng.randrange(60)) if b not in (0xFD, 0xFE))
                pieces.append(noise)
            pieces.append(frame)
            good.append(frame)
        data = b"".join(pieces)
        decoded = decode_many(data)
        assert [encode(m) for m in to_dicts(decoded)] == good
        assert octets(decoded) == len(data) - sum(map(len, good))
        assert set(decoded.refused.counts) <= {"noise"}


def test_noise_of_frame_starts_hides_no_frame() -> None:
    rng = random.Random(6)
    for _ in range(200):
        noise = bytes(rng.choice((0xFD, 0xFE, 0, 1, rng.randrange(256))) for _ in range(rng.randrange(80)))
        good = [reached(n) for n in range(3)]
        decoded = decode_many(good[0] + noise + good[1] + good[2])
        assert decoded["MISSION_ITEM_REACHED"].seq.tolist() == [0, 1, 2]
        assert octets(decoded) + sum(len(u.frame) for u in decoded.unknown) == len(noise)


def test_what_was_refused_is_kept_with_its_place() -> None:
    bad = bytearray(reached(1))
    bad[-1] ^= 1
    decoder = Decoder()
    decoder.feed(reached(0))
    decoder.feed(b"abc" + reached(1) + bytes(bad) + reached(2))
    noise, sum = decoder.refused.last
    assert (noise.offset, noise.length, noise.reason, noise.data) == (13, 3, "noise", b"abc")
    assert (sum.offset, sum.length, sum.reason, sum.data) == (29, 13, "checksum", bytes(bad))


def test_a_frame_that_its_datagram_cuts_off_is_truncated() -> None:
    decoded = decode_many([reached(0)[:-1], reached(1), b"\xfd", b""])
    assert decoded.refused.counts == {"truncated": 2}
    assert decoded.refused.octets == {"truncated": 13}
    table = decoded["MISSION_ITEM_REACHED"]
    assert (table.datagram.tolist(), table.offset.tolist()) == ([1], [12])


def test_flags_that_nobody_knows_refuse_a_frame() -> None:
    frame = bytearray(reached(1))
    frame[2] = 0x02
    body = bytes(frame[1:-2])
    frame[-2:] = crc(body + bytes([11])).to_bytes(2, "little")
    decoded = decode_many(bytes(frame) + reached(2))
    assert decoded.refused.counts == {"flags": 1}
    assert decoded["MISSION_ITEM_REACHED"].seq.tolist() == [2]
    assert octets(decoded) == 13


def test_flags_that_may_be_unknown_are_kept() -> None:
    (told,) = to_dicts(decode_many(encode({**REACHED, "compat_flags": 5})))
    assert told["compat_flags"] == 5
    assert encode(told)[3] == 5


def test_version_1_is_read_and_written() -> None:
    rng = random.Random(3)
    names = [n for n in peer.KINDS if peer.KINDS[n].id < 256]
    messages = [peer.message(name, rng, extensions=False) for name in names]
    frames = peer.frames(messages, peer.sender(4, 5), mavlink1=True)
    decoded = decode_many(frames)
    assert len(decoded) == len(names) > 150
    dicts = to_dicts(decoded)
    for told, sent in zip(dicts, messages, strict=True):
        assert (told["message"], told["mavlink"], told["sysid"], told["compid"]) == (sent.msgname, 1, 4, 5)
    for frame, again in zip(frames, [encode(d) for d in dicts], strict=True):
        assert again in frame or again[2:-2] == frame[2 : len(again) - 2]  # without extensions that are zero
        assert to_dicts(decode_many(again)) == to_dicts(decode_many(frame))
        assert [m.get_type() for m in peer.read(again)] == [m.get_type() for m in peer.read(frame)]


def test_a_short_payload_is_no_version_1() -> None:
    frame = bytearray.fromhex("fe010001010000") + b"\0\0"
    frame[-2:] = crc(bytes(frame[1:-2]) + bytes([50])).to_bytes(2, "little")
    assert decode_many(bytes(frame)).refused.counts == {"length": 1}


def unknown(number: int = 60_123, payload: bytes = b"abc") -> bytes:
    head = bytes([0xFD, len(payload), 0, 0, 9, 3, 4]) + number.to_bytes(3, "little")
    return head + payload + b"??"


@pytest.mark.parametrize("number", [3, 60_123, 70_000, 2**24 - 1])
def test_unknown_messages_are_kept_raw(number: int) -> None:
    frame = unknown(number)
    decoded = decode_many(reached(0) + frame + reached(1))
    (u,) = decoded.unknown
    assert (u.id, u.sysid, u.compid, u.seq, u.offset, u.order, u.frame) == (number, 3, 4, 9, 13, 1, frame)
    told = to_dicts(decoded)
    assert [m["message"] for m in told] == ["MISSION_ITEM_REACHED", number, "MISSION_ITEM_REACHED"]
    assert b"".join(map(encode, told)) == reached(0) + frame + reached(1)
    assert not decoded.refused.counts


def test_an_unknown_message_swallows_no_known_one() -> None:
    liar = unknown(payload=bytes(40))[:-20]  # says 40 octets, but the next frame begins within
    decoded = decode_many(liar + reached(0) + reached(1) + reached(2))
    assert decoded["MISSION_ITEM_REACHED"].seq.tolist() == [0, 1, 2]
    assert decoded.refused.octets == {"unknown": len(liar)}
    decoder = Decoder()
    data = liar + reached(0) + reached(1) + reached(2)
    found = [decoder.feed(data[i : i + 1]) for i in range(len(data))]
    assert sum(len(d) for d in found) + len(decoder.finish()) == 3


def test_an_unknown_message_of_a_stream_waits_for_what_follows() -> None:
    decoder = Decoder()
    assert len(decoder.feed(unknown())) == 0
    assert len(decoder.feed(unknown())) == 1
    assert len(decoder.finish()) == 1
    assert not decoder.refused.counts


def test_payloads_longer_than_we_know_them_keep_their_end() -> None:
    payload = (3).to_bytes(2, "little") + b"new"
    body = bytes([len(payload), 0, 0, 0, 1, 1, 46, 0, 0]) + payload
    frame = b"\xfd" + body + crc(body + bytes([11])).to_bytes(2, "little")
    (told,) = to_dicts(decode_many(frame))
    assert (told["seq"], told["beyond"]) == (3, b"new".hex())
    assert encode(told) == frame


def test_gaps_in_packet_numbers_are_lost_packets_of_their_sender() -> None:
    other = [encode({**REACHED, "sysid": 9, "packet": n}) for n in (10, 11)]
    decoder = Decoder()
    decoder.feed(reached(254) + other[0] + reached(255) + reached(0))
    assert decoder.lost == {(7, 1): 0, (9, 1): 0}
    decoder.feed(reached(3) + other[1] + reached(3))  # two lost; the same again is not 255 lost
    assert decoder.lost == {(7, 1): 2, (9, 1): 0}


def test_what_is_held_is_bounded() -> None:
    decoder = Decoder()
    for _ in range(200):
        decoder.feed(b"\xfd\xff\x00" * 300)
        assert len(decoder._rest) <= 2 * LONGEST
    decoder.finish()
    assert decoder._rest == b""
    assert len(decoder.refused.last) <= 64


@pytest.mark.parametrize("empty", [b"", [], [b""], [b"", b""]])
def test_nothing_gives_nothing(empty: Any) -> None:
    decoded = decode_many(empty)
    assert (len(decoded), to_dicts(decoded), decoded.refused.counts, decoded.lost) == (0, [], {}, {})


def damaged(data: bytes, rng: random.Random) -> bytes:
    """With a few octets changed, lost, doubled or put in."""
    made = bytearray(data)
    for _ in range(rng.randrange(1, 12)):
        at = rng.randrange(len(made))
        what = rng.randrange(4)
        if what == 0:
            made[at] = rng.choice((0xFD, 0xFE, rng.randrange(256)))
        elif what == 1:
            del made[at : at + rng.randrange(1, 30)]
        elif what == 2:
            made[at:at] = rng.randbytes(rng.randrange(1, 30))
        else:
            made[at:at] = made[at : at + rng.randrange(1, 60)]
    return bytes(made)


def test_in_damaged_streams_every_message_that_pymavlink_finds_is_found() -> None:
    rng = random.Random(8)
    more = 0
    for _ in range(150):
        data = damaged(b"".join(FRAMES), rng)
        reader = peer.sender()
        reader.robust_parsing = True
        theirs = [bytes(m.get_msgbuf()) for m in reader.parse_buffer(data) if m.get_type()[:3] not in ("BAD", "UNK")]
        decoded = decode_many(data)
        told = to_dicts(decoded)
        ours = [encode(m) for m in told if isinstance(m["message"], str)]
        assert not set(theirs) - set(ours)
        more += len(ours) - len(theirs)
        taken = sum(map(len, map(encode, told)))
        assert taken + octets(decoded) == len(data)
    assert more > 0  # pymavlink skips the length that a broken frame claims
