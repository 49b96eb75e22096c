"""What radars say comes back; recordings of other editions are read or refused as documented."""

from __future__ import annotations

import sys
from pathlib import Path

import dpkt
import numpy as np
import pytest

from recordings import recording

sys.path.insert(0, str(Path(__file__).parent))

from mihari.formats.asterix import decode, decode_many, encode, encode_north, encode_plots, encode_sector
from mihari.formats.asterix.radar import PlotKind, full_time, plots, sectors, sites


def test_plots_come_back_on_the_grid_of_the_wire() -> None:
    n = 300
    rng = np.random.default_rng(2)
    time, slant, bearing = rng.uniform(0, 86399, n), rng.uniform(0, 4.7e5, n), rng.uniform(0, 2 * np.pi, n)
    amplitude = np.where(np.arange(n) % 3, np.rint(rng.uniform(-100, 0, n)), np.nan)
    datagrams = encode_plots(12, 34, time, slant, bearing, amplitude)
    assert max(map(len, datagrams)) <= 1400
    seen = plots(decode_many(datagrams))
    np.testing.assert_allclose(seen.time_of_day, time, atol=1 / 256 + 1e-9)
    np.testing.assert_allclose(seen.range, slant, atol=1852 / 512 + 1e-6)
    turn = (seen.bearing - bearing + np.pi) % (2 * np.pi) - np.pi
    assert np.abs(turn).max() <= np.pi / 65536 + 1e-9
    np.testing.assert_array_equal(seen.amplitude_dbm, amplitude)
    assert set(seen.kind.tolist()) == {PlotKind.PRIMARY}
    assert set(seen.source.tolist()) == {12 << 8 | 34}
    assert encode_plots(12, 34, time[:0], slant[:0], bearing[:0]) == []


def test_a_radar_tells_its_place_and_its_sectors() -> None:
    crossing = encode_sector(25, 12, 100.0, np.pi / 2, rotation_s=4.0, position=(-24.5, -124.25, -30.0))
    decoded = decode(crossing + encode_north(25, 12, 101.0))
    (lat_deg,), (lon_deg,), (height,) = (sites(decoded).columns()[n] for n in ("lat_deg", "lon_deg", "height"))
    assert (lat_deg, lon_deg, height) == (pytest.approx(-24.5, abs=2e-5), pytest.approx(-124.25, abs=2e-5), -30.0)
    told = sectors(decoded)
    assert told.message.tolist() == [2, 1]
    assert told.azimuth[0] == pytest.approx(np.pi / 2)
    assert np.isnan(told.azimuth[1])


def test_the_radar_of_the_capture_tells_where_it_stands() -> None:
    with recording("formats/asterix/cat_034_048.pcap").open("rb") as file:
        datagrams = [bytes(dpkt.ethernet.Ethernet(f).data.data.data) for _, f in dpkt.pcap.Reader(file)]
    decoded = decode_many(datagrams)
    (source,) = sites(decoded).source.tolist()
    assert source == 25 << 8 | 12
    assert np.bincount(plots(decoded).kind, minlength=6).tolist() == [0, 126, 0, 0, 0, 2]


def test_surface_movement_plots_are_given_in_polar_form_too() -> None:
    report = {"000": 1, "010": {"SAC": 0, "SIC": 7}, "020": {"TYP": 3}, "042": {"X": 300, "Y": -400}}
    status = {"000": 2, "010": {"SAC": 0, "SIC": 7}, "140": 128}
    seen = plots(decode(encode([{"category": 10, "items": items} for items in (report, status)])))
    assert seen.range.tolist() == [500.0]
    assert seen.bearing[0] == pytest.approx(np.arctan2(300, -400))
    assert seen.kind.tolist() == [PlotKind.PRIMARY]


def test_midnight_is_resolved_by_the_time_of_receipt() -> None:
    day = 20_000 * 86400.0
    assert full_time(np.array([86399.5]), day + 1.0).tolist() == [day - 0.5]
    assert full_time(np.array([0.5]), day - 0.25).tolist() == [day + 0.5]
    assert np.isnan(full_time(np.array([np.nan]), day)).all()


@pytest.mark.parametrize(
    ("name", "records", "counts"),
    [
        ("cat010ed0.31.bin", 1, {}),
        ("cat034ed1.26.bin", 1, {}),
        ("cat048ed1.15.bin", 1, {}),
        ("cat048ed1.23.bin", 1, {}),
        ("cat010ed0.24_sensis.bin", 0, {"truncated": 1}),
    ],
)
def test_single_records_of_other_editions_are_read_or_refused(name: str, records: int, counts: dict[str, int]) -> None:
    decoded = decode(recording(f"formats/asterix/{name}").read_bytes())
    assert (len(decoded), decoded.counts) == (records, counts)
