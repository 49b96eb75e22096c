"""Whatever comes in: counted by reason, bounded, never an exception."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.formats.asterix import decode, decode_many, encode, to_dicts
from mihari.formats.asterix.decode import KEPT_ERRORS, REASONS
from mihari.formats.asterix.editions import available
from mihari.formats.asterix.radar import plots, sectors, sites
from recordings import recording

PLOT = encode([{"category": 48, "items": {"010": {"SAC": 1, "SIC": 2}, "040": {"RHO": 5, "THETA": 6}}}])


def all_of_it(data: bytes) -> dict[str, int]:
    decoded = decode(data)
    to_dicts(decoded), plots(decoded), sectors(decoded), sites(decoded)
    assert set(decoded.counts) <= set(REASONS[1:])
    assert len(decoded) <= len(data)
    return decoded.counts


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_counted(data: bytes) -> None:
    decoded = decode(data)
    assert bool(data) == bool(all_of_it(data) or len(decoded))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(available())), st.binary(max_size=200))
def test_random_bytes_behind_a_good_head_are_counted(category: int, body: bytes) -> None:
    all_of_it(bytes([category]) + (3 + len(body)).to_bytes(2, "big") + body)


def test_every_prefix_of_real_datagrams_is_counted() -> None:
    with recording("formats/asterix/cat_034_048.pcap").open("rb") as file:
        import dpkt

        for _, frame in list(dpkt.pcap.Reader(file))[:12]:
            datagram = bytes(dpkt.ethernet.Ethernet(frame).data.data.data)
            for length in range(1, len(datagram)):
                assert set(all_of_it(datagram[:length])) <= {"trailing", "truncated"}


@pytest.mark.parametrize(
    ("length", "reason"), [(0, "bad_length"), (1, "bad_length"), (2, "bad_length"), (65535, "truncated")]
)
def test_a_lying_block_length_costs_the_rest_of_the_datagram_only(length: int, reason: str) -> None:
    bad = PLOT + bytes([48]) + length.to_bytes(2, "big") + PLOT[3:] + PLOT
    decoded = decode_many([bad, PLOT])
    assert decoded.counts == {reason: 1}
    assert len(decoded) == 2
    assert decoded.errors.offset.tolist() == [len(PLOT)]


def test_a_broken_record_costs_its_block_and_no_other() -> None:
    short = bytes([48, 0, 3 + 7 + 3]) + PLOT[3:] + PLOT[3:6]
    decoded = decode(short + PLOT)
    assert decoded.counts == {"truncated": 1}
    assert len(decoded) == 2
    assert decoded.of(48)[0]["040/RHO"].tolist() == [5 * 1852 / 256] * 2


def test_other_categories_are_kept_and_counted() -> None:
    other = bytes([247, 0, 5, 1, 2])
    decoded = decode(PLOT + other + PLOT)
    assert decoded.counts == {"unknown_category": 1}
    assert (decoded.others.category.tolist(), decoded.others.offset.tolist()) == ([247], [len(PLOT)])
    assert decoded.others.octets.tolist() == [5]
    assert len(decoded) == 2


def test_undefined_bits_an_empty_record_and_an_empty_block_are_refused() -> None:
    assert decode(bytes.fromhex("30000400")).counts == {"spec": 1}  # no item at all
    assert decode(bytes.fromhex("0a000701010108")).counts == {"spec": 1}  # 010 has no 26th item
    assert decode(bytes.fromhex("300003")).counts == {"bad_length": 1}
    assert decode(bytes.fromhex("3000080101010102")).counts != {}  # five octets of field specification
    assert decode(b"").counts == {}


def test_memory_for_errors_is_bounded_and_counts_go_on() -> None:
    many = KEPT_ERRORS + 50
    decoded = decode_many([b"\x30\x00\x00"] * many)
    assert decoded.counts == {"bad_length": many}
    assert len(decoded.errors) == KEPT_ERRORS


def test_an_explicit_item_is_kept_as_bytes_and_its_zero_length_refused() -> None:
    block = encode([{"category": 48, "items": {"040": {"RHO": 1, "THETA": 2}, "SP": b"\x01\x02", "RE": b"x"}}])
    (table,) = decode(block).of(48)
    assert list(table.bytes("SP")) == [(0, b"\x01\x02")]
    assert list(table.bytes("RE")) == [(0, b"x")]
    assert np.isnan(table["140"]).all()
    broken = block.replace(b"\x03\x01\x02", b"\x00\x01\x02")
    assert decode(broken).counts == {"bad_length": 1}
