"""Recordings of other makers: what is in them field by field, and where one is refused, every octet of it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import dpkt
import numpy as np
import pytest

from recordings import recording

sys.path.insert(0, str(Path(__file__).parent))

from mihari.formats.asterix import Editions, decode, decode_many, encode, to_dicts
from mihari.formats.asterix.aircraft import aircraft
from mihari.formats.asterix.decode import REASONS
from mihari.formats.asterix.program import OCTETS
from mihari.formats.asterix.radar import PlotKind, plots
from mihari.formats.asterix.service import services
from mihari.formats.asterix.system_tracks import system_tracks

SAMPLES = [  # file, category, edition it is read in, records
    ("cat001ed1.1.bin", 1, "1.4", 1),
    ("cat019ed1.3.bin", 19, "1.3", 1),
    ("cat020ed1.5.bin", 20, "1.11", 1),
    ("cat021ed0.26.bin", 21, "0.26", 1),
    ("cat021ed2.1.bin", 21, "2.1", 1),
    ("cat062ed1.12.bin", 62, "1.21", 1),
    ("cat062ed1.16.bin", 62, "1.16", 1),
    ("cat063ed1.0.bin", 63, "1.7", 1),
    ("cat065ed1.3.bin", 65, "1.6", 1),
]


@pytest.mark.parametrize(("name", "number", "edition", "records"), SAMPLES)
def test_a_sample_is_read_whole_equals_libasterix_and_is_written_again(
    name: str, number: int, edition: str, records: int
) -> None:
    import libasterix

    data = recording(f"formats/asterix/{name}").read_bytes()
    decoded = decode(data, Editions(default={number: edition}))
    assert (decoded.counts, len(decoded)) == ({}, records)
    read = to_dicts(decoded)
    assert [without_padding(one["items"]) for one in read] == libasterix.records(data, edition)
    assert encode(read) == data


def without_padding(items: dict[str, Any]) -> dict[str, Any]:
    """Items without the note that a field specification is longer than it needs to be (062/390 of one sample)."""
    return {
        name: {k: v for k, v in value.items() if k != OCTETS} if isinstance(value, dict) else value
        for name, value in items.items()
    }


def test_a_file_of_two_categories_is_read_whole() -> None:
    data = recording("formats/asterix/cat062cat065.raw").read_bytes()
    decoded = decode(data)
    assert decoded.counts == {}
    assert {t.category.number: len(t) for t in decoded.tables} == {62: 2, 65: 1}
    assert encode(to_dicts(decoded)) == data
    told = services(decoded)
    assert (told.message.tolist(), told.category.tolist()) == ([2], [65])
    tracks = system_tracks(decoded)
    assert np.isfinite(tracks.lat_deg).all()
    assert np.abs(tracks.east_mps).max() < 400


def datagrams(name: str) -> list[bytes]:
    with recording(f"formats/asterix/{name}").open("rb") as file:
        return [bytes(dpkt.ethernet.Ethernet(frame).data.data.data) for _, frame in dpkt.pcap.Reader(file)]


def test_the_capture_of_a_centre_is_read_whole() -> None:
    decoded = decode_many(datagrams("cat_062_065.pcap"))
    assert decoded.counts == {}
    assert {t.category.number: len(t) for t in decoded.tables} == {62: 2, 65: 1}
    assert services(decoded).message.tolist() == [2]


@pytest.mark.parametrize("edition", ["1.16", "1.21"])
def test_every_octet_of_a_capture_in_an_older_edition_is_read_or_refused_by_place(edition: str) -> None:
    """An older edition of 062, of which there is no table: most blocks are refused, none is lost silently."""
    data = datagrams("asterix.pcap")
    decoded = decode_many(data, editions=Editions(default={62: edition}))
    starts = np.concatenate([[0], np.cumsum([len(d) for d in data])])
    errors, (table,) = decoded.errors, decoded.tables
    assert decoded.counts == {"truncated": 43, "spec": 44}
    assert Counter(REASONS[r] for r in errors.reason.tolist()) == decoded.counts
    assert set(errors.category.tolist()) == {62}
    assert len(table) == 48
    covered = np.zeros(starts[-1], np.int64)  # by octet: heads of blocks, records read, what was refused
    for begin, end in blocks(data):
        covered[begin : begin + 3] += 1
        inside = table.records.offset[(table.records.offset >= begin) & (table.records.offset < end)].tolist()
        bad = errors.offset[(errors.offset >= begin) & (errors.offset < end)].tolist()
        stops = [*inside[1:], *bad, end]
        for record, stop in zip(inside, stops, strict=False):
            covered[record:stop] += 1
    for offset, octets in zip(errors.offset.tolist(), errors.octets.tolist(), strict=True):
        covered[offset : offset + octets] += 1
    assert (covered == 1).all()
    assert (np.searchsorted(starts, errors.offset, "right") - 1 == errors.datagram).all()


def blocks(data: list[bytes]) -> list[tuple[int, int]]:
    """(first, behind the last) octet of every data block."""
    whole, at, found = b"".join(data), 0, []
    while at < len(whole):
        end = at + int.from_bytes(whole[at + 1 : at + 3], "big")
        found.append((at, end))
        at = end
    return found


def test_a_refusal_tells_the_source_and_what_went_with_it() -> None:
    good = {"010": {"SAC": 25, "SIC": 7}, "040": 7}
    block = encode([{"category": 62, "items": good}] * 2)
    cut = block[:1] + (len(block) - 1).to_bytes(2, "big") + block[3:-1]
    errors = decode(cut + block).errors
    record = (len(block) - 3) // 2
    assert (errors.category.tolist(), errors.source.tolist()) == ([62], [25 << 8 | 7])
    assert (errors.offset.tolist(), errors.octets.tolist()) == ([3 + record], [record - 1])
    assert decode(b"\x3e\x00").errors.source.tolist() == [0xFFFF]


def test_the_plot_of_category_001() -> None:
    seen = plots(decode(recording("formats/asterix/cat001ed1.1.bin").read_bytes()))
    assert seen.source.tolist() == [1]
    assert seen.kind.tolist() == [PlotKind.TRANSPONDER]
    assert seen.range.tolist() == [127.4375 * 1852]  # tshark: 127.4375 NM, 256.61865234375°, 221.4296875 s, FL 380
    assert np.degrees(seen.bearing).tolist() == pytest.approx([256.61865234375])
    assert (seen.time_of_day.tolist(), seen.time_modulo.tolist()) == ([221.4296875], [512.0])


def test_aircraft_of_both_families_of_editions() -> None:
    old = decode(recording("formats/asterix/cat021ed0.26.bin").read_bytes(), Editions(default={21: "0.26"}))
    new = decode(recording("formats/asterix/cat021ed2.1.bin").read_bytes(), Editions(default={21: "2.1"}))
    mlat = decode(recording("formats/asterix/cat020ed1.5.bin").read_bytes())
    for decoded in (old, new, mlat):
        (seen,) = (aircraft(decoded),)
        assert len(seen) == 1
        assert abs(seen.lat_deg[0]) <= 90
        assert abs(seen.lon_deg[0]) <= 180
        assert 0 <= seen.time_of_day[0] < 86_400
        assert seen.address[0] > 0
