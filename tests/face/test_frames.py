"""The wire's grid both ways, its layout byte by byte, and what is no frame."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mihari.core.errors import FormatError
from mihari.core.picture import Vessels
from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.news import payload_of
from mihari.face.rows import CHI2_95, Rows, rows_of, vessels_of

BASE = 1_790_000_000.0


@st.composite
def vessels(draw: st.DrawFn, most: int = 9) -> Vessels:
    n = draw(st.integers(0, most))

    def column(low: float, high: float, nan: bool = False) -> np.ndarray:
        values = st.floats(low, high)
        return draw(arrays(np.float64, n, elements=st.one_of(values, st.just(math.nan)) if nan else values))

    def integers(low: int, high: int) -> np.ndarray:
        return draw(arrays(np.int64, n, elements=st.integers(low, high)))

    return Vessels.of(
        n,
        id=draw(st.lists(st.integers(0, 2**32 - 2), min_size=n, max_size=n, unique=True).map(sorted)),
        lat_deg=column(-90, 90), lon_deg=column(-180, 180), time=column(BASE, BASE + 1e8),
        heard_radar=column(BASE - 100, BASE + 1e8, nan=True), heard_ais=column(BASE, BASE + 1e8, nan=True),
        east_mps=column(-900, 900, nan=True), north_mps=column(-900, 900), heading=column(-7, 7, nan=True),
        cov_ee=column(0, 1e12, nan=True), cov_en=column(-1e3, 1e3), cov_nn=column(0, 1e12),
        mmsi=integers(0, 999_999_999), status=integers(0, 2), source=integers(0, 31), category=integers(0, 10),
        sensors=integers(0, 2**32 - 1), existence=column(0, 1, nan=True),
    )  # fmt: skip


@settings(max_examples=40)
@given(vessels(), st.lists(st.integers(0, 2**32 - 2)))
def test_what_is_decoded_encodes_to_the_same_bytes(sea: Vessels, removed: list[int]) -> None:
    wire = frames.encode_vessels(sea, kind=Kind.DELTA, removed=removed, sequence=4, picture=9, time=BASE + 1, base=BASE)
    again, gone = frames.decode_vessels(wire)
    assert gone == removed
    assert frames.encode_vessels(
        again, kind=Kind.DELTA, removed=gone, sequence=4, picture=9, time=BASE + 1, base=BASE
    ) == wire  # fmt: skip


@settings(max_examples=40)
@given(vessels())
def test_what_is_decoded_is_within_half_a_step_of_what_was_told(sea: Vessels) -> None:
    again, _ = frames.decode_vessels(frames.encode_vessels(sea, base=BASE))
    assert (again.id == sea.id).all()
    assert (again.mmsi == sea.mmsi).all()
    assert (again.sensors == sea.sensors).all()
    np.testing.assert_allclose(again.lat_deg, sea.lat_deg, atol=0.501e-7)
    np.testing.assert_allclose(again.lon_deg, sea.lon_deg, atol=0.501e-7)
    np.testing.assert_allclose(again.time, sea.time, atol=0.051)
    np.testing.assert_array_equal(np.isnan(again.heard_ais), np.isnan(sea.heard_ais))
    slow = np.hypot(sea.east_mps, sea.north_mps) < 655
    np.testing.assert_allclose(again.east_mps[slow], sea.east_mps[slow], atol=0.04)
    turned = np.isfinite(sea.heading)
    error = np.angle(np.exp(1j * (again.heading[turned] - sea.heading[turned])))
    assert (np.abs(error) <= 1.6 * 2 * math.pi / 65536).all()
    assert (np.isnan(again.heading) == ~turned).all()


def test_the_columns_lie_where_the_layout_says() -> None:
    sea = Vessels.of(
        3, id=[1, 2, 3], lat_deg=[1.0, -2.0, 3.0], lon_deg=[4.0, 5.0, -180.0], time=100.5, east_mps=[0, 10, 0],
        north_mps=[5, 0, 0], status=[0, 1, 2], existence=1.0, cov_ee=100.0, cov_en=0.0, cov_nn=400.0,
    )  # fmt: skip
    wire = frames.encode_vessels(sea, removed=[9], sequence=7, picture=8, time=101.0, base=100.0)
    assert struct.unpack_from("<4sHHIIIIdd", wire) == (b"MIH1", 1, 1, 7, 3, 1, 8, 101.0, 100.0)
    at = 40
    assert struct.unpack_from("<3I", wire, at) == (1, 2, 3)
    assert struct.unpack_from("<3i", wire, at + 12) == (10_000_000, -20_000_000, 30_000_000)
    assert struct.unpack_from("<3i", wire, at + 24) == (40_000_000, 50_000_000, -1_800_000_000)
    assert struct.unpack_from("<3I", wire, at + 36) == (5, 5, 5)
    assert struct.unpack_from("<3I", wire, at + 48) == (0xFFFFFFFF,) * 3
    halves = at + 8 * 12
    assert struct.unpack_from("<4H", wire, halves) == (500, 1000, 0, 0)  # the fourth fills up to 4 bytes
    assert struct.unpack_from("<4H", wire, halves + 8) == (0, 16384, 0, 0)
    assert struct.unpack_from("<4H", wire, halves + 16) == (0xFFFF,) * 3 + (0,)
    major, minor = round(20 * math.sqrt(CHI2_95)), round(10 * math.sqrt(CHI2_95))
    assert struct.unpack_from("<H", wire, halves + 24) == (major,)
    assert struct.unpack_from("<H", wire, halves + 32) == (minor,)
    octets = halves + 6 * 8
    assert wire[octets : octets + 4] == bytes([0, 1, 2, 0])
    assert wire[octets + 12 : octets + 16] == bytes([255, 255, 255, 0])
    assert wire[octets + 16 :] == struct.pack("<I", 9)


@pytest.mark.parametrize(("east", "north", "bearing"), [(1.0, 4.0, 0.0), (4.0, 1.0, math.pi / 2)])
def test_the_ellipse_points_along_its_larger_axis(east: float, north: float, bearing: float) -> None:
    rows = rows_of(Vessels.of(1, id=1, lat_deg=0, lon_deg=0, cov_ee=east * 1e4, cov_en=0.0, cov_nn=north * 1e4), 0.0)
    assert rows.halves[5, 0] == round(bearing / (2 * math.pi) * 65536)


def test_the_ellipse_of_a_slanted_covariance_points_north_east() -> None:
    rows = rows_of(Vessels.of(1, id=1, lat_deg=0, lon_deg=0, cov_ee=2e4, cov_en=1e4, cov_nn=2e4), 0.0)
    assert rows.halves[5, 0] == 65536 // 8
    assert rows.halves[3, 0] == round(math.sqrt(3e4 * CHI2_95))


@given(st.binary(max_size=200))
def test_random_bytes_are_refused_or_decoded_never_worse(junk: bytes) -> None:
    for raw in (junk, b"MIH1" + junk, frames.encode_header(Kind.DELTA, count=3) + junk):
        try:
            frame = frames.decode(raw)
        except FormatError:
            continue
        if frame.kind in (Kind.SNAPSHOT, Kind.DELTA):
            vessels_of(frames.decode_rows(frame)[0], 0.0)


def test_a_frame_cut_short_is_refused() -> None:
    wire = frames.encode_vessels(Vessels.of(2, id=[1, 2], lat_deg=0, lon_deg=0))
    for cut in (10, 60, len(wire) - 1):
        with pytest.raises(FormatError):
            frames.decode(wire[:cut])


def test_plots_and_messages_come_back() -> None:
    lat, lon, sensor = frames.decode_plots(frames.decode(frames.encode_plots([1.5, -2, 3], [4, 180, -180], [0, -1, 2])))
    assert (lat.tolist(), lon.tolist()) == (
        [15_000_000, -20_000_000, 30_000_000],
        [40_000_000, 1_800_000_000, -1_800_000_000],
    )
    assert sensor.tolist() == [0, 65535, 2]
    message = {"type": "node", "name": "那覇"}
    assert frames.decode_json(frames.decode(frames.encode_json(message))) == message
    with pytest.raises(FormatError):
        frames.decode_json(frames.decode(frames.encode_header(Kind.JSON, count=2) + b"[]"))


def test_picking_rows_is_taking_them() -> None:
    sea = Vessels.of(7, id=range(7), lat_deg=np.arange(7.0), lon_deg=0.0, status=np.arange(7) % 3)
    rows = rows_of(sea, 0.0)
    for picked in ([], [3], [0, 2, 6], [1, 2, 3, 4]):
        chosen = np.array(picked, np.uint32)
        taken = Rows(*(t[:, chosen] for t in (rows.words, rows.halves, rows.octets)))
        assert bytes(payload_of(rows, chosen, np.array([8], np.uint32))) == frames.rows_payload(taken, [8])
