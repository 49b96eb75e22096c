"""decode(encode(m)) = m on the wire's grid, and encode(decode(b)) = b, for every type of the table."""

from __future__ import annotations

import pyais
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.core.errors import FormatError
from mihari.formats.ais import decode_bytes, decode_payload, encode, encode_payload, to_dicts
from mihari.formats.ais.layout import LAYOUTS, SPARE, TEXT, Layout
from mihari.formats.ais.plain import ALPHABET, take, value_of


@st.composite
def payloads(draw: st.DrawFn, layout: Layout, spares: bool) -> tuple[int, int]:
    """A payload of a layout with arbitrary bits in every field; spare bits zero unless `spares`."""
    low, high = draw(st.sampled_from(layout.lengths))
    count = draw(st.integers(low, high))
    bits = draw(st.integers(0, (1 << count) - 1))
    for field in layout.fields:
        fixed = {"message_type": layout.message_type, "part": layout.part}.get(field.name)
        if field.kind == SPARE and not spares:
            fixed = 0
        if field.name == "mmsi":
            fixed = 980_000_000 + draw(st.integers(0, 9_999_999)) if layout.auxiliary else take(bits, count, 12, 26)
        if fixed is not None and field.first < count:
            shift = count - field.first - field.width
            mask = (1 << field.width) - 1
            bits = bits & ~(mask << shift) | (fixed & mask) << shift if shift >= 0 else bits >> -shift << -shift
    return bits, count


@st.composite
def messages(draw: st.DrawFn, layout: Layout) -> dict[str, object]:
    """A message with values on the wire's grid, some of them absent."""
    found: dict[str, object] = {"message_type": layout.message_type, "repeat": draw(st.integers(0, 3))}
    for field in layout.fields:
        if field.name in found or field.kind == SPARE or (field.name != "mmsi" and draw(st.integers(0, 5)) == 0):
            continue
        if field.kind == TEXT:
            letters = st.text(ALPHABET[1:], max_size=min(field.width // 6, 160))
            text = draw(letters).strip(" ")
            if text:
                found[field.name] = text
            continue
        low = -field.limit if field.kind in ("signed", "turn") else 0
        raw = draw(st.integers(low, field.limit))
        value = value_of(field, raw)
        if value is not None:
            found[field.name] = value
    if layout.part >= 0:
        found["part"] = layout.part
        found["mmsi"] = 98_000_0000 + 7 if layout.auxiliary else int(found["mmsi"]) % 970_000_000
    return found


def wire(bits: int, count: int) -> bytes:
    return b"".join(encode({"message_type": take(bits, count, 0, 6), "payload": _hex(bits, count), "bits": count}))


def _hex(bits: int, count: int) -> str:
    size = -(-count // 8)
    return (bits << (8 * size - count)).to_bytes(size, "big").hex()


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.message_type}{'AB'[layout.part]}")
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_accepted_frame_is_encoded_to_the_same_bits(layout, data):
    bits, count = data.draw(payloads(layout, spares=True))
    decoded = decode_bytes(wire(bits, count))
    assert len(decoded.messages) == 1
    assert decoded.messages.payload(0) == (bits, count)
    (message,) = to_dicts(decoded.messages, exact=True)
    assert encode_payload(message) == (bits, count)
    again = decode_bytes(b"".join(encode(message)))
    assert again.messages.payload(0) == (bits, count)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.message_type}{'AB'[layout.part]}")
@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_message_survives_the_wire(layout, data):
    message = data.draw(messages(layout))
    decoded = decode_bytes(b"".join(encode(message)))
    assert not len(decoded.refused)
    (found,) = to_dicts(decoded.messages)
    told = {name: value for name, value in found.items() if name in layout.by_name}
    left_out = {name: told[name] for name in told.keys() - message.keys()}
    assert {name: told[name] for name in message} == {name: pytest.approx(v) for name, v in message.items()}
    assert all(not value for value in left_out.values()), left_out  # codes without a "not available" are sent as zero


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 63), st.integers(38, 400), st.data())
def test_raw_types_keep_their_bits(kind, count, data):
    if kind in {layout.message_type for layout in LAYOUTS}:
        kind = 8
    bits = kind << (count - 6) | data.draw(st.integers(0, (1 << (count - 6)) - 1))
    decoded = decode_bytes(wire(bits, count))
    (message,) = to_dicts(decoded.messages)
    assert message["message_type"] == kind
    assert encode_payload(message) == (bits, count)
    assert decode_payload(bits, count)["payload"] == message["payload"]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.message_type}{'AB'[layout.part]}")
def test_columns_read_extreme_bits_like_the_plain_decoder(layout):
    for ones in (False, True):
        count = layout.lengths[0][1] if layout.message_type != 14 else 64
        bits = (1 << count) - 1 if ones else 0
        head = layout.message_type << (count - 6)
        bits = bits & ((1 << (count - 6)) - 1) | head
        if layout.part >= 0:
            bits = bits & ~(3 << (count - 40)) | layout.part << (count - 40)
        mmsi = 980_000_007 if layout.auxiliary else 227_000_000
        bits = bits & ~(((1 << 30) - 1) << (count - 38)) | mmsi << (count - 38)
        messages = decode_bytes(wire(bits, count)).messages
        (plain,) = to_dicts(messages)
        for field in layout.fields:
            if field.kind == SPARE:
                continue
            column = messages.field(field.name)[0]
            told = plain.get(field.name)
            if told is None:
                assert column in ("", -1) or column != column, field.name
            else:
                assert column == told, field.name


def test_pyais_reads_our_sentences():
    message = {
        "message_type": 5, "mmsi": 431_000_123, "imo": 9_383_663, "name": "KUROSHIO MARU", "call_sign": "JA12",
        "destination": "NAHA", "draught": 7.4, "bow": 100, "stern": 20, "port": 9, "starboard": 11, "ship_type": 70,
    }  # fmt: skip
    sentences = [b"!" + s.split(b"!")[1].strip() for s in encode(message, sequence=4, station="NAHA", time=1.0e9)]
    peer = pyais.decode(*sentences)
    assert (peer.shipname, peer.destination, peer.draught, peer.imo) == ("KUROSHIO MARU", "NAHA", 7.4, 9_383_663)
    assert (peer.to_bow, peer.to_stern, peer.to_port, peer.to_starboard) == (100, 20, 9, 11)


def test_sentences_stay_within_82_characters():
    sentences = encode({"message_type": 14, "mmsi": 431_000_123, "text": "X" * 160}, sequence=9)
    assert len(sentences) > 1
    assert all(len(sentence) <= 82 for sentence in sentences)


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_type": 1, "mmsi": 1, "lat_deg": 91.5},
        {"message_type": 1, "mmsi": 1, "status": 16},
        {"message_type": 5, "mmsi": 1, "name": "A" * 21},
        {"message_type": 5, "mmsi": 1, "name": "é"},
        {"message_type": 8, "mmsi": 1},
        {"message_type": 8, "mmsi": 1, "payload": "zz", "bits": 8},
        {"message_type": 1, "mmsi": 1, "bits": 100},
    ],
)
def test_what_ais_cannot_carry_is_a_clear_error(wrong):
    with pytest.raises(FormatError):
        encode(wrong)
