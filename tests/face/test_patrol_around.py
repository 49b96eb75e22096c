"""The sea around an alert is patrolled, over ASGI on real records: it goes with the fleet, and ends with the alert."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import again, fleet, found
from patrol_bench import START, Bench
from test_alerts_api import Client

from mihari.alerts.watch import Watch
from mihari.core.behaviour import Fleet, Standing
from mihari.patrolling.around import FOLLOW_S

NOW = START + 3600.0
BOATS = tuple(412_000_000 + k for k in range(1, 9))
MASSING = found("massing", BOATS, int(NOW) - 600, fleet=3, lat_deg=26.0, lon_deg=125.9)
ASKED = {"who": "Sato", "name": "around alert 1", "alert": 1, "around_km": 10.0, "every_h": 0.5}


def at(lon_deg: float, time: float) -> Fleet:
    """The fleet, about six km wide."""
    outline = tuple((26.0 + north, lon_deg + east) for north, east in ((-0.03, 0), (0, 0.03), (0.03, 0), (0, -0.03)))
    return replace(fleet(3, BOATS, time=time), lon_deg=lon_deg, outline_deg=outline)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path, now=NOW).begin()
    watch = Watch(made.patrol.records)
    watch.begin(NOW)
    watch.take([([MASSING], [at(125.9, NOW)], NOW)])
    return made


@pytest.fixture
def client(bench: Bench) -> Client:
    return bench.client()


def told(bench: Bench, *what: Any, seconds: float = FOLLOW_S + 1.0) -> None:
    """The watch hears of it some time later, and the patrol has its turns."""
    bench.now += seconds
    Watch(bench.patrol.records).take([(*what, bench.now)])
    bench.turn(16)


def due(client: Client) -> list[float]:
    """Longitudes of the cells that are due every half hour."""
    cells = client.get("/patrol/cells")["cells"]
    return sorted({round(one["lon_deg"], 1) for one in cells if one["every_h"] == 0.5})


def demands(client: Client) -> list[dict[str, Any]]:
    return list(client.get("/patrol")["changes"]["demands"])


def test_the_sea_around_a_fleet_is_patrolled_and_goes_with_it(client: Client, bench: Bench) -> None:
    number = client.post("/patrol/demand", 202, **ASKED)["number"]
    bench.turn(16)
    assert client.get(f"/patrol/asked/{number}")["state"] == "done"
    first, (area,) = due(client), demands(client)
    assert first
    assert max(abs(lon - 125.9) for lon in first) < 0.2
    assert (area["alert"], area["around_km"], area["weight"], area["vessel"]) == (1, 10.0, 1.0, "fishing")
    plan = client.get("/patrol")["plan"]["number"]
    told(bench, [], [at(125.92, NOW + 700)])  # two km: not worth another plan
    assert client.get("/patrol")["plan"]["number"] == plan
    told(bench, [], [at(126.15, NOW + 1400)], seconds=FOLLOW_S / 2)  # too soon to be looked at
    assert due(client) == first
    told(bench, [], [at(126.2, NOW + 2100)])
    assert min(due(client)) > 126.0
    assert client.get("/patrol")["plan"]["why"].startswith("around alert 1 every 0.5 h: alert 1 is 30 km farther on")
    assert client.get("/patrol")["plan"]["who"] == "mihari"
    bench.again()
    assert min(due(client)) > 126.0
    assert client.get("/audit")["good"]


def test_after_a_restart_of_the_watch_another_fleet_of_that_number_is_not_followed(
    client: Client, bench: Bench
) -> None:
    client.post("/patrol/demand", 202, **ASKED)
    bench.turn(16)
    told(bench, [], [at(126.2, NOW + 700)])
    there = due(client)
    assert min(there) > 126.0
    Watch(bench.patrol.records).begin(bench.now + 1.0)
    told(bench, [], [at(126.5, bench.now + 700)])
    assert due(client) == there  # nor does it go back to where the alert began


def test_it_ends_with_the_alert(client: Client, bench: Bench) -> None:
    client.post("/patrol/demand", 202, **ASKED)
    bench.turn(16)
    over = again(MASSING, end=int(bench.now), standing=Standing.ENDED)
    told(bench, [over], [])
    assert len(demands(client)) == 1
    told(bench, [], [], seconds=3700.0)
    assert (due(client), demands(client)) == ([], [])
    assert client.get("/patrol")["plan"]["why"].startswith("around alert 1 no more: alert 1 has been over for an hour")


def test_it_ends_where_the_patrol_cannot_follow(client: Client, bench: Bench) -> None:
    client.post("/patrol/demand", 202, **ASKED)
    bench.turn(16)
    told(bench, [], [at(132.0, NOW + 700)])
    assert len(demands(client)) == 1  # as it was, for now
    told(bench, [], [at(132.1, NOW + 1400)])
    assert demands(client) == []
    assert "holds the middle of no cell" in client.get("/patrol")["plan"]["why"]


def test_alerts_that_cannot_be_patrolled_around(client: Client, bench: Bench) -> None:
    assert client.post("/patrol/demand", 404, **(ASKED | {"alert": 7}))["detail"] == "there is no alert 7"
    version = client.get("/alerts/1")["version"]
    version = client.post("/alerts/1/acknowledge", who="Sato", version=version, reason="unit sent")["version"]
    client.post("/alerts/1/close", who="Sato", version=version, outcome="innocent", note="regatta")
    closed = client.post("/patrol/demand", 422, **ASKED)["detail"]
    assert closed == "alert 1 is closed: expected one that is open"
    assert client.get("/patrol")["asked"] == []
