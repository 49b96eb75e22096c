"""Signatures: ours are accepted by pymavlink, its are accepted here; forged, replayed and missing ones are refused."""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import mavlink_peer as peer

from mihari.core.errors import BadInput
from mihari.formats.mavlink import Decoder, Encoder, decode_many, key_of, to_dicts
from mihari.formats.mavlink.signing import EPOCH, timestamp

KEY = bytes(range(32))
NOW = 1_790_000_000.0
NAMES = ["HEARTBEAT", "GLOBAL_POSITION_INT", "STATUSTEXT", "AIS_VESSEL", "COMMAND_LONG"]
REACHED = {"message": "MISSION_ITEM_REACHED", "seq": 3}


def signing(stamp: int = 1, link: int = 0) -> Any:
    mav = peer.sender(1, 1)
    mav.signing.secret_key, mav.signing.sign_outgoing = KEY, True
    mav.signing.timestamp, mav.signing.link_id = stamp, link
    return mav


def messages(count: int) -> list[Any]:
    rng = random.Random(1)
    return [peer.message(NAMES[i % len(NAMES)], rng) for i in range(count)]


def test_pymavlinks_signatures_are_accepted() -> None:
    frames = peer.frames(messages(500), signing(timestamp(NOW), 3))
    decoded = decode_many(frames, key=KEY, now=NOW)
    assert len(decoded) == 500
    assert not decoded.refused.counts
    assert all(d["signature"] == f[-13:].hex() for d, f in zip(to_dicts(decoded), frames, strict=True))


def test_our_signatures_are_accepted_by_pymavlink_and_are_the_same() -> None:
    sent = messages(500)
    theirs = peer.frames(sent, signing(timestamp(NOW) + 1, 9))
    encoder = Encoder(1, 1, key=KEY, link=9, stamp=timestamp(NOW))
    ours = [encoder.encode(d) for d in to_dicts(decode_many(theirs))]
    assert ours == theirs
    reader = peer.sender()
    reader.signing.secret_key = KEY
    read = reader.parse_buffer(b"".join(ours))
    assert [m.get_type() for m in read] == [m.get_type() for m in sent]
    assert all(m.get_signed() and m.get_link_id() == 9 for m in read)
    assert reader.signing.goodsig_count == 500


def test_a_forged_frame_is_refused_and_changes_nothing() -> None:
    encoder = Encoder(1, 1, key=KEY)
    frames = [encoder.encode(REACHED, now=NOW + n) for n in range(3)]
    forged = bytearray(Encoder(1, 1, key=bytes(32)).encode(REACHED, now=NOW + 9e8))
    decoder = Decoder(KEY)
    for bad in (forged, frames[1][:-1] + b"\0", frames[1][:-7] + b"\x7f" + frames[1][-6:]):
        assert len(decoder.feed(bytes(bad), NOW)) == 0
    assert decoder.refused.counts == {"signature": 3}
    assert [len(decoder.feed(f, NOW)) for f in frames] == [1, 1, 1]


def test_timestamps_never_fall_within_a_system_component_and_link() -> None:
    a = [Encoder(1, 1, KEY, link=0).encode(REACHED, now=NOW + n) for n in range(3)]
    other_link = Encoder(1, 1, KEY, link=1).encode(REACHED, now=NOW)
    other_component = Encoder(1, 2, KEY).encode(REACHED, now=NOW)
    decoder = Decoder(KEY)
    got = [len(decoder.feed(f, NOW)) for f in (a[0], a[0], a[2], a[1], other_link, other_component, other_link)]
    assert got == [1, 0, 1, 0, 1, 1, 0]
    assert decoder.refused.counts == {"replayed": 3}


def test_a_new_sender_may_be_a_minute_behind_and_no_more() -> None:
    decoder = Decoder(KEY)
    assert len(decoder.feed(Encoder(1, 1, KEY).encode(REACHED, now=NOW - 59.0), NOW)) == 1
    assert len(decoder.feed(Encoder(2, 1, KEY).encode(REACHED, now=NOW - 61.0), NOW)) == 0
    assert decoder.refused.counts == {"replayed": 1}
    again = Decoder(KEY, stamp=decoder.stamp)  # after a restart
    assert len(again.feed(Encoder(3, 1, KEY).encode(REACHED, now=NOW - 61.0))) == 0
    assert decoder.stamp == timestamp(NOW)


def test_unsigned_frames_pass_only_where_that_is_allowed() -> None:
    plain = Encoder(1, 1)
    frames = [plain.encode(REACHED), plain.encode({"message": "MISSION_REQUEST_LIST", "target_system": 1,
                                                  "target_component": 1})]  # fmt: skip
    decoder = Decoder(KEY, unsigned=["MISSION_REQUEST_LIST"])
    decoded = decoder.feed(b"".join(frames))
    assert list(decoded.tables) == ["MISSION_REQUEST_LIST"]
    assert decoder.refused.counts == {"unsigned": 1}
    assert decoder.refused.last[-1].data == frames[0]
    v1 = Encoder(1, 1, mavlink=1).encode(REACHED)
    assert len(decode_many(v1, key=KEY)) == 0


def test_refused_frames_count_as_lost_not_as_received() -> None:
    good, bad = Encoder(1, 1, key=KEY), Encoder(1, 1, key=bytes(32))
    frames = [(bad if n == 1 else good).encode(REACHED, now=NOW + n) for n in range(2)]
    good.packet = 2
    frames.append(good.encode(REACHED, now=NOW + 2))
    decoder = Decoder(KEY)
    decoder.feed(b"".join(frames), NOW)
    assert decoder.lost == {(1, 1): 1}


def test_without_a_key_signed_frames_are_read_unchecked() -> None:
    assert len(decode_many(Encoder(1, 1, key=KEY).encode(REACHED))) == 1


def test_stamps_rise_whatever_the_clock_does() -> None:
    encoder = Encoder(1, 1, key=KEY)
    stamps = []
    for now in (NOW, NOW, NOW - 3600.0, NOW + 1.0, float("nan")):
        frame = encoder.encode(REACHED, now) if now == now else encoder.encode(REACHED)
        stamps.append(int.from_bytes(frame[-12:-6], "little"))
    first = round((NOW - EPOCH) * 1e5)
    assert stamps == [first, first + 1, first + 2, first + 100_000, first + 100_001]


def test_the_signature_is_the_one_that_the_guide_describes() -> None:
    frame = Encoder(1, 1, key=KEY, link=2, stamp=99).encode(REACHED)
    assert frame[2] == 1
    assert frame[-13:-6] == b"\x02" + (100).to_bytes(6, "little")
    assert frame[-6:] == hashlib.sha256(KEY + frame[:-6]).digest()[:6]


def test_keys_have_32_bytes() -> None:
    with pytest.raises(BadInput, match="32 bytes, found 3"):
        Encoder(1, 1, key=b"abc")
    assert len(key_of("a passphrase")) == 32
