"""Health over ASGI: metrics a Prometheus parser reads, /health for machines, alarms and stations in the API."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from made_up import MESH, NODE, Sea
from prometheus_client.parser import text_string_to_metric_families

from mihari.core.clocks import ClockHealth
from mihari.core.health import Alarm, FeedHealth, NodeHealth, OwnClock, StationCounts, StationHealth
from mihari.face import models
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.state import FaceState

TIME = 1_790_000_000.0
KUME = StationHealth(
    2,
    "KUME",
    "ais",
    TIME - 1,
    StationCounts(100, 60, 55, 5, 40),
    ClockHealth(7.1, "utc", 6.8, 7.1, 0.3, 7.0, 100),
    3e4,
    3.2e4,
)
AIS = FeedHealth(
    0, "stations", "udp://:10110", "listening", "", TIME - 1, 9000, 100, 90, 3, {"checksum": 4, "too_long": 1},
    stations=(KUME, StationHealth(3, "KERAMA", "ais")), noticed={"repeated": 2},
)  # fmt: skip
RADAR = FeedHealth(1, 'radar "K"', "udp://:8600", "connected")
WRONG = Alarm("clock:0:2", "warning", TIME - 60, None, "The clock of AIS station KUME is 7.1 s ahead.")
OVER = Alarm("silent:1", "alarm", TIME - 600, TIME - 500, "Feed radar is silent.")
ARCHIVE = {
    "state": "writing",
    "problem": "",
    "rows": 5,
    "bytes_written": 200,
    "lag": 0.5,
    "free_bytes": 10**10,
    "shed": 0,
}
WELL = NodeHealth(
    TIME, (WRONG, OVER), OwnClock(0.2, -3600.0, TIME - 900, 1), 12, 200_000, 0.02, 812, 402, 46, 300, dict(ARCHIVE)
)


def app_of(health: NodeHealth | None = WELL, *feeds: FeedHealth) -> Any:
    state = FaceState()
    picture = replace(Sea(30).picture(TIME), feeds=feeds or (AIS, RADAR), health=health)
    for raw in Composer(NODE).frames_for(picture, feeds=True):
        state.apply(raw)
    state.connected = True
    return create_app(state=state)


def get(app: Any, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.get(path)

    return asyncio.run(ask())


def samples(app: Any) -> dict[tuple[str, ...], float]:
    """(name, labels' values in order of their names) -> value."""
    families = text_string_to_metric_families(get(app, "/metrics").text)
    return {(s.name, *(v for _, v in sorted(s.labels.items()))): s.value for f in families for s in f.samples}


def test_metrics_are_what_prometheus_reads() -> None:
    answer = get(app_of(), "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = samples(app_of())
    assert found["mihari_info", "Naha", "0.1.0"] == 1
    assert found["mihari_feed_messages_total", "stations", "0"] == 100
    assert found["mihari_feed_refused_total", "stations", "0", "checksum"] == 4
    assert found["mihari_feed_up", 'radar "K"', "1"] == 1
    assert found["mihari_station_messages_witnessed_total", "stations", "0", "ais", "KUME"] == 55
    assert found["mihari_station_clock_offset_seconds", "stations", "0", "ais", "KUME"] == 7.1
    assert ("mihari_station_clock_offset_seconds", "stations", "0", "ais", "KERAMA") not in found
    assert found["mihari_queue_limit_rows",] == 200_000
    assert found["mihari_clock_jumps_total",] == 1
    assert found["mihari_archive_up",] == 1
    assert (found["mihari_alarms", "alarm"], found["mihari_alarms", "warning"]) == (0, 1)
    assert sum(v for k, v in found.items() if k[0] == "mihari_vessels") == 30


def test_metrics_of_the_mesh() -> None:
    found = samples(app_of(replace(WELL, mesh=MESH)))
    kume = ("kume", "a1b2c3d4e5f60718")
    assert found["mihari_mesh_link_waiting", *kume] == 5
    assert found["mihari_mesh_link_round_trip_seconds", *kume] == 0.012
    assert found["mihari_mesh_link_sent_bytes_total", *kume] == 1000
    assert found["mihari_mesh_link_got_bytes_total", *kume] == 2000
    assert found["mihari_mesh_node_heard_seconds", "a1b2c3d4e5f60718", "kume"] == 0.8
    assert ("mihari_mesh_node_heard_seconds", "c4c4", "kerama") not in found
    assert found["mihari_mesh_refused_total", "kume", "signature"] == 2
    assert found["mihari_mesh_modem_sent_total", "acoustic"] == 120
    assert found["mihari_mesh_modem_heard_total", "acoustic"] == 80
    assert found["mihari_mesh_modem_heard_seconds", "acoustic"] == 12.0
    assert not [key for key in samples(app_of()) if "mesh" in key[0]]


def test_metrics_are_few_whatever_a_node_hears() -> None:
    crowd = replace(AIS, stations=tuple(replace(KUME, sensor=k, name=f"S{k}") for k in range(64)))
    assert len(samples(app_of(WELL, *(replace(crowd, index=k) for k in range(8))))) < 8 * 64 * 8 + 300


def test_a_node_that_has_told_nothing_yet_has_metrics() -> None:
    state = FaceState()
    found = samples(create_app(state=state))
    assert found["mihari_up",] == 0
    assert get(create_app(state=state), "/health").status_code == 503


@pytest.mark.parametrize("path", ["/health", "/api/v1/health"])
def test_health_is_200_while_all_is_well_and_503_when_a_part_has_failed(path: str) -> None:
    well = get(app_of(), path)
    assert (well.status_code, well.json()["status"]) == (200, "ok")
    models.Health.model_validate_json(well.content)
    failed = get(app_of(WELL, AIS, replace(RADAR, state="failed", problem="udp://:8600: the port is in use")), path)
    assert failed.status_code == 503
    assert failed.json()["problems"] == ["udp://:8600: the port is in use"]
    stopped = replace(WELL, archive=ARCHIVE | {"state": "stopped", "problem": "the disk is full"})
    assert get(app_of(stopped), path).json()["problems"] == ["the disk is full"]
    assert get(app_of(stopped), path).status_code == 503


def test_alarms_and_stations_fit_their_models() -> None:
    alarms = models.Alarms.model_validate_json(get(app_of(), "/api/v1/alarms").content).alarms
    assert [(a.key, a.until) for a in alarms] == [("clock:0:2", None), ("silent:1", TIME - 500)]
    feeds = models.Feeds.model_validate_json(get(app_of(), "/api/v1/feeds").content).feeds
    assert [(s.name, s.heard, s.first, s.witnessed, s.alone) for s in feeds[0].stations] == [
        ("KUME", 100, 60, 55, 40),
        ("KERAMA", 0, 0, 0, 0),
    ]
    assert feeds[0].stations[0].clock.peers_s == 7.0


def test_metrics_and_health_are_for_this_machine_only() -> None:
    for path in ("/metrics", "/health"):
        answer = asyncio.run(_strange(app_of(), path))
        assert answer.status_code == 403


async def _strange(app: Any, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://evil.example") as client:
        return await client.get(path)
