"""KLV of an aircraft's camera: looks that say what they saw and where they saw nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.core.asset import AssetKind
from mihari.core.health import Health
from mihari.core.sensor import SensorKind
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.feeds.klv import CORRELATED_S, KlvFeed
from mihari.feeds.vehicles import Listed, VehicleRoll
from mihari.formats.klv import encode, mux

BOAT = {"lat_deg": 26.02, "lon_deg": 127.0, "height": 0.0, "sigma_east": 20.0, "sigma_north": 40.0, "sigma_up": 0.0,
        "rho_east_north": 0.5, "rho_east_up": 0.0, "rho_north_up": 0.0}  # fmt: skip
CORNERS = [(26.03, 126.98), (26.03, 127.02), (26.01, 127.01), (26.01, 126.99)]


def packet(time: float, vmti: dict | None, place: tuple[float, float] = (26.0, 127.0)) -> bytes:  # type: ignore[type-arg]
    names = [f"corner_{what}_{k}_deg" for k in range(1, 5) for what in ("lat", "lon")]
    corners = dict(zip(names, [v for corner in CORNERS for v in corner], strict=True))
    told = {"set": "0601", "time": time, "sensor_lat_deg": place[0], "sensor_lon_deg": place[1],
            "sensor_true_altitude": 1000.0, "platform_heading": 0.5, **corners, "version": 19}  # fmt: skip
    return encode(told if vmti is None else {**told, "vmti": vmti})


def found(*targets: dict) -> dict:  # type: ignore[type-arg]
    listed = [{"id": k + 1, "location": one} for k, one in enumerate(targets)]
    return {"version": 6, "targets_in_frame": len(listed), **({"targets": listed} if listed else {})}


@pytest.fixture
def feed():  # type: ignore[no-untyped-def]
    sensors = SensorRegistry()
    sensors.roll = VehicleRoll([Listed("tb3", AssetKind.AIRCRAFT, ("eye",), system=1)])
    return KlvFeed(0, "eye", sensors, Health(0, "eye", ""))


def test_a_picture_with_detections_is_a_look_of_the_vehicles_imager(feed) -> None:  # type: ignore[no-untyped-def]
    [look] = feed.take(Chunk(1000.3, packet(1000.0, found(BOAT))))
    sensor = feed.sensors[look.sensor]
    assert (sensor.name, sensor.kind) == ("tb3 imager", SensorKind.IMAGER)
    assert (look.time, look.received) == (pytest.approx(1000.0), 1000.3)
    assert (look.lat_deg, look.lon_deg) == (pytest.approx(26.0, abs=1e-6), pytest.approx(127.0, abs=1e-6))
    assert look.reports.lat_deg.tolist() == [pytest.approx(26.02, abs=1e-6)]
    factor = look.reports.cov_nn[0] / (40.0**2 + 4.0)
    assert factor == pytest.approx(1.0, rel=0.01)  # the first look stands alone
    assert look.reports.cov_ee[0] == pytest.approx(20.0**2 + 4.0, rel=0.01)
    assert look.reports.cov_en[0] == pytest.approx(400.0, rel=0.01)


def test_the_look_lies_within_the_picture(feed) -> None:  # type: ignore[no-untyped-def]
    [look] = feed.take(Chunk(1000.3, packet(1000.0, found())))
    assert len(look.reports) == 0
    assert 1100 < look.near < look.far < 3400
    left, right = (look.start + math.pi) % (2 * math.pi) - math.pi, look.end
    assert -0.6 < left < 0 < right < 0.6


def test_a_picture_without_a_processor_says_nothing_of_what_is_not_there(feed) -> None:  # type: ignore[no-untyped-def]
    assert feed.take(Chunk(1000.3, packet(1000.0, None))) == []
    [(told, kind)] = feed.sensors.roll.drained()
    assert (told.asset, kind, len(told.looks)) == ("tb3", AssetKind.AIRCRAFT, 4)
    assert told.height == pytest.approx(1000.0, abs=1)


def test_looks_that_err_alike_count_for_one_together(feed) -> None:  # type: ignore[no-untyped-def]
    looks = [look for k in range(5) for look in feed.take(Chunk(1000.0 + k, packet(1000.0 + k, found(BOAT))))]
    assert len(looks) == 5
    factors = [look.reports.cov_ee[0] / looks[0].reports.cov_ee[0] for look in looks]
    np.testing.assert_allclose(factors, [1.0, *[CORRELATED_S] * 4], rtol=0.01)


def test_thirty_frames_a_second_are_one_look_a_second(feed) -> None:  # type: ignore[no-untyped-def]
    times = [1000.0 + k / 30 for k in range(91)]
    looks = [look for t in times for look in feed.take(Chunk(t, packet(t, found(BOAT))))]
    assert 3 <= len(looks) <= 4


def test_in_a_transport_stream_cut_anywhere_it_is_the_same() -> None:
    packets = [packet(1000.0 + k, found(BOAT)) for k in range(6)]
    stream = mux(packets, [float(k) for k in range(6)])
    told = []
    for size in (len(stream), 188 * 7, 100):
        stage = open_stage(FeedAddress.parse("tcp://127.0.0.1:9?format=klv"), 0, SensorRegistry(), Health(0, "", ""))
        cut = [stream[k : k + size] for k in range(0, len(stream), size)]
        looks = [look for piece in cut for look in stage.take(Chunk(1010.0, piece))]
        told.append([(look.time, look.near, look.reports.lat_deg.tolist()) for look in looks])
    assert len(told[0]) >= 5
    assert told[1][:5] == told[0][:5] == told[2][:5]


def test_broken_bytes_are_counted_and_the_next_picture_is_taken(feed) -> None:  # type: ignore[no-untyped-def]
    whole = packet(1000.0, found(BOAT))
    broken = bytearray(whole)
    broken[40] ^= 0xFF
    looks = feed.take(Chunk(1000.0, bytes(broken)), Chunk(1002.0, packet(1002.0, found(BOAT))))
    assert len(looks) == 1
    assert sum(feed.health.snapshot(1002.0).refused.values()) >= 1
    assert feed.health.last_refused
