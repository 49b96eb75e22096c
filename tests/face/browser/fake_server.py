"""A stand-in for the node: N made-up vessels as frames of docs/frames.md, with a door for tests to make trouble.

    python tests/face/browser/fake_server.py --port 8099 --vessels 300

`POST /control` with JSON: `{"pause": true}` (no frames at all), `{"freeze": true}` (heartbeats, but no newer picture),
`{"remove": [ids]}`, `{"coast": [ids]}`, `{"fade": [ids]}`, `{"ais_lost": [ids]}`, `{"distress": true}`, `{"gap": 3}`.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles

from mihari.coast.area import load
from mihari.coast.geojson import geojson
from mihari.core.picture import Category, Source, Vessels
from mihari.face import frames
from mihari.face.frames import Kind

PAGE = Path(__file__).parents[3] / "src/mihari/face/page"
LANES = [  # lat, lon, bearing, of ways between the Nansei islands
    (26.05, 127.45, 0.6), (26.45, 127.55, 3.7), (25.35, 126.2, 1.0), (25.0, 125.6, 4.2), (26.1, 127.0, 2.2), (25.7, 126.6, 5.4),
]  # fmt: skip
RADARS = [("Naha", 26.21, 127.65), ("Zamami", 26.24, 127.30)]
WORDS = ["KUROSHIO", "RYUKYU", "MIYAKO", "HAMAYU", "SUNRISE", "PACIFIC", "SHUREI", "TAKARA", "DAITO", "CORAL", "ORION"]
TAILS = ["MARU No.8", "STAR", "QUEEN", "EXPRESS", "MARU", "SPIRIT", "3", "No.21 MARU", "TRADER", "GLORY"]
JAPANESE = ["第八海龍丸", "くろしお", "琉球丸"]


class Sea:
    """N vessels on straight ways, moved by the clock."""

    def __init__(self, n: int, seed: int = 7) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.start, self.base = n, time.time(), math.floor(time.time()) - 86400.0
        lane = rng.integers(0, len(LANES), n)
        at = np.array(LANES)[lane]
        along, across = rng.uniform(-25e3, 60e3, n), rng.normal(0, 6e3, n)
        self.course = (at[:, 2] + rng.normal(0, 0.15, n) + rng.integers(0, 2, n) * math.pi) % (2 * math.pi)
        self.speed = np.abs(rng.normal(5.5, 2.5, n))
        self.speed[rng.random(n) < 0.12] = 0.05
        north = along * np.cos(at[:, 2]) - across * np.sin(at[:, 2])
        east = along * np.sin(at[:, 2]) + across * np.cos(at[:, 2])
        self.lat0 = at[:, 0] + north / 111195
        self.lon0 = at[:, 1] + east / 111195 / np.cos(np.radians(at[:, 0]))
        self.category = rng.choice(
            [1, 2, 3, 4, 5, 6, 7, 8, 0], n, p=[0.3, 0.12, 0.06, 0.25, 0.08, 0.03, 0.08, 0.04, 0.04]
        )
        self.source = rng.choice([1, 2, 3], n, p=[0.15, 0.25, 0.6])
        self.category[self.source == 1] = 0
        self.mmsi = np.where(self.source == 1, 0, 431000000 + np.arange(n))
        self.id = np.arange(1, n + 1)
        self.status = np.zeros(n, np.uint8)
        self.heading = np.where(self.source == 1, np.nan, self.course)
        self.heading[rng.random(n) < 0.2] = np.nan
        self.since = np.full(n, np.nan)  # when a vessel fell silent
        self.gone: set[int] = set()
        self.rng = rng

    def vessels(self, now: float) -> Vessels:
        """All of them at `now`."""
        dt = (
            np.where(np.isnan(self.since), now, np.minimum(now, self.since + (now - self.since) * (self.status < 2)))
            - self.start
        )
        lat = self.lat0 + self.speed * dt * np.cos(self.course) / 111195
        lon = self.lon0 + self.speed * dt * np.sin(self.course) / 111195 / np.cos(np.radians(self.lat0))
        silent = np.where(np.isnan(self.since), 0, now - self.since)
        age = self.id % 7 * 0.4
        heard = now - np.where(silent > 0, silent + 0.0, age)
        radar = np.where(self.source & 5 & np.uint8(1), np.where(self.status == 0, now - age % 2.5, heard), np.nan)
        ais = np.where(self.source & 2, heard, np.where(self.source & 4, now - silent, np.nan))
        growth = 40.0 + silent * 3
        keep = np.array([i not in self.gone for i in self.id])
        v = Vessels.of(
            self.n, id=self.id, track=self.id, time=now, lat_deg=lat, lon_deg=lon,
            east_mps=self.speed * np.sin(self.course), north_mps=self.speed * np.cos(self.course),
            cov_ee=growth**2, cov_en=0.3 * growth**2, cov_nn=(0.6 * growth) ** 2, existence=0.97, heading=self.heading,
            heard_radar=radar, heard_ais=ais, mmsi=self.mmsi, status=self.status, source=self.source, category=self.category,
            sensors=np.where(self.source & 1, 1, 0) | np.where(self.source & 2, 4, 0),
        )  # fmt: skip
        return v.take(np.flatnonzero(keep))

    def name(self, i: int) -> str:
        """A made-up ship's name."""
        if i % 97 == 5:
            return JAPANESE[i % len(JAPANESE)]
        return f"{WORDS[i % len(WORDS)]} {TAILS[i // 3 % len(TAILS)]}"

    def identities(self) -> dict[str, Any]:
        """Claims of all that have AIS; every 40th carries a second MMSI."""
        out = []
        for i in np.flatnonzero(self.mmsi > 0).tolist():
            first = {
                "mmsi": int(self.mmsi[i]), "weight": 1.0, "imo": 9000000 + i, "name": self.name(i), "call_sign": f"7J{i:04d}",
                "destination": "NAHA", "ship_type": 70, "length": 60.0 + i % 200, "beam": 12.0 + i % 20, "draught": 5.5, "device": "A",
                "navigation_status": 0, "subject": 0,
            }  # fmt: skip
            claims = [first]
            if i % 40 == 0:
                first["weight"] = 0.71
                claims.append(first | {"mmsi": 273000000 + i, "weight": 0.29, "name": "VOSTOK", "imo": 0})
            out.append({"vessel": i + 1, "claims": claims})
        return {"type": "identities", "identities": out}


class Trouble:
    """What a test has asked for."""

    def __init__(self) -> None:
        self.pause = self.freeze = False
        self.gap = 0


def make_app(sea: Sea, page: Path = PAGE, still: bool = False) -> FastAPI:
    """The application; `still` sends no deltas after the snapshot, only heartbeats with newer pictures."""
    app, trouble = FastAPI(), Trouble()
    area = load("nansei")

    @app.get("/api/v1/coastline")
    def coastline() -> Response:
        return Response(geojson(area), media_type="application/geo+json")

    @app.get("/api/v1/trails")
    def trails() -> dict[str, Any]:
        now = time.time()
        past = [sea.vessels(now - 10 * k) for k in range(60, 0, -3)]
        points = np.stack([np.stack([np.full(len(p), now), p.lat_deg, p.lon_deg], 1) for p in past], 1)
        return {"trails": [{"vessel": int(i), "points": points[k].tolist()} for k, i in enumerate(past[0].id[:2000])]}

    @app.get("/api/v1/vessels/{vessel}/trail")
    def trail(vessel: int) -> dict[str, Any]:
        now, k = time.time(), vessel - 1
        past = [sea.vessels(now - 30 * k) for k in range(120, 0, -1)]
        return {
            "vessel": vessel,
            "points": [[now, float(p.lat_deg[k]), float(p.lon_deg[k])] for p in past if k < len(p)],
        }

    @app.post("/control")
    async def control(request: Request) -> dict[str, bool]:
        order = await request.json()
        now = time.time()
        trouble.pause, trouble.freeze = order.get("pause", trouble.pause), order.get("freeze", trouble.freeze)
        trouble.gap += order.get("gap", 0)
        sea.gone |= set(order.get("remove", ()))
        for key, status in (("coast", 1), ("fade", 2)):
            for i in order.get(key, ()):
                sea.status[i - 1], sea.since[i - 1] = status, now - order.get("silent_s", 252)
        for i in order.get("ais_lost", ()):
            sea.source[i - 1], sea.since[i - 1] = Source.RADAR | Source.LOST_AIS, now - order.get("silent_s", 252)
        if order.get("distress"):
            sea.category[0], sea.source[0], sea.speed[0], sea.mmsi[0] = Category.DISTRESS, Source.AIS, 0.4, 970123456
        return {"ok": True}

    @app.websocket("/api/v1/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        sequence, began = 0, sea.start

        def stamp() -> dict[str, Any]:
            nonlocal sequence
            sequence += 1 + trouble.gap
            trouble.gap = 0
            now = time.time()
            return {
                "sequence": sequence,
                "picture": frozen[0] or int((now - began) * 2),
                "time": frozen[1] or now,
                "base": sea.base,
            }

        frozen: list[Any] = [0, 0.0]

        async def listen() -> None:
            while True:
                await socket.receive_text()

        listener = asyncio.create_task(listen())
        node = {
            "type": "node",
            "name": "Okinawa south",
            "area": "nansei",
            "box": [25.6, 126.6, 26.75, 128.1],
            "version": "0.1.0",
            "started": began,
            "exercise": False,
        }
        sensors = [
            {"index": k, "name": name, "kind": "radar", "lat_deg": lat, "lon_deg": lon, "range_m": 44448.0}
            for k, (name, lat, lon) in enumerate(RADARS)
        ] + [{"index": 2, "name": "AIS Naha", "kind": "ais", "lat_deg": 26.2, "lon_deg": 127.7, "range_m": 44448.0}]
        marks = [
            {"mmsi": 4310001, "subject": 1, "name": "NAHA BASE", "lat_deg": 26.2, "lon_deg": 127.68, "heard": time.time(), "off_position": False},
            {"mmsi": 994310002, "subject": 2, "name": "KEISE SHIMA", "lat_deg": 26.25, "lon_deg": 127.55, "heard": time.time(), "off_position": False},
            {"mmsi": 994310003, "subject": 2, "name": "NAKANOSE", "lat_deg": 26.12, "lon_deg": 127.5, "heard": time.time(), "off_position": True},
        ]  # fmt: skip
        try:
            for message in (node, {"type": "sensors", "sensors": sensors}):
                await socket.send_bytes(frames.encode_json(message, **stamp()))
            await socket.send_bytes(frames.encode_vessels(sea.vessels(time.time()), kind=Kind.SNAPSHOT, **stamp()))
            for message in (sea.identities(), {"type": "marks", "marks": marks}):
                await socket.send_bytes(frames.encode_json(message, **stamp()))
            told_gone: set[int] = set()
            turn = 0
            while not listener.done():
                await asyncio.sleep(0.5)
                turn += 1
                if trouble.pause:
                    continue
                now = time.time()
                if trouble.freeze:
                    frozen = frozen if frozen[0] else [int((now - began) * 2), now]
                    await socket.send_bytes(frames.encode_header(Kind.HEARTBEAT, **stamp()))
                    continue
                frozen = [0, 0.0]
                if still:
                    await socket.send_bytes(frames.encode_header(Kind.HEARTBEAT, **stamp()))
                else:
                    v = sea.vessels(now)
                    news = v.take(np.flatnonzero(v.id % 2 == turn % 2))
                    gone, told_gone = sea.gone - told_gone, set(sea.gone)
                    await socket.send_bytes(
                        frames.encode_vessels(news, kind=Kind.DELTA, removed=sorted(gone), **stamp())
                    )
                    near = np.flatnonzero((v.source & 1 > 0) & (sea.rng.random(len(v)) < 0.15))[:400]
                    jitter = sea.rng.normal(0, 0.0006, (2, len(near)))
                    await socket.send_bytes(
                        frames.encode_plots(
                            v.lat_deg[near] + jitter[0], v.lon_deg[near] + jitter[1], np.zeros(len(near)), **stamp()
                        )
                    )
                if turn % 2 == 0:
                    await socket.send_bytes(frames.encode_json({"type": "feeds", "feeds": feeds(sea, now)}, **stamp()))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            listener.cancel()

    app.mount("/", StaticFiles(directory=page, html=True))
    return app


def feeds(sea: Sea, now: float) -> list[dict[str, Any]]:
    """Health of four feeds: fine, refusing, waiting, ended."""
    n = int(now - sea.start)
    rows = [
        ("Naha AIS", "udp://:10110", "listening", "", 0.3, {"checksum": 3, "length": 1}, 41.0),
        ("Zamami AIS", "tcp://127.0.0.1:5631", "waiting", "connection refused; next try in 8 s", 95.0, {}, 0.0),
        ("Naha radar", "udp://239.192.0.2:8600?format=asterix", "listening", "", 0.1, {}, 12.8),
        ("Vernon log", "file:vernon.nm4.gz", "ended", "", 700.0, {"checksum": 926, "length": 1, "incomplete": 5}, 0.0),
    ]
    return [
        {"index": k, "name": name, "url": url, "state": state, "problem": problem, "last_heard": now - age, "received_bytes": n * 5000 + 10**6,
         "messages": n * 41 + 267158, "reports": n * 40, "other": 12, "refused": refused, "shed": 0, "bytes_per_s": rate * 90,
         "messages_per_s": rate, "last_refused": []}
        for k, (name, url, state, problem, age, refused, rate) in enumerate(rows)
    ]  # fmt: skip


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8099)
    options.add_argument("--vessels", type=int, default=300)
    options.add_argument("--still", action="store_true")
    given = options.parse_args()
    uvicorn.run(
        make_app(Sea(given.vessels), still=given.still),
        host="127.0.0.1",
        port=given.port,
        log_level="warning",
        ws="websockets-sansio",
    )
