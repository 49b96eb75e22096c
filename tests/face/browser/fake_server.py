"""A stand-in for the node: N made-up vessels as frames of docs/frames.md, with a door for tests to make trouble.

    python tests/face/browser/fake_server.py --port 8099 --vessels 300

`POST /control` with JSON: `{"pause": true}` (no frames at all), `{"freeze": true}` (heartbeats, but no newer picture),
`{"remove": [ids]}`, `{"coast": [ids]}`, `{"fade": [ids]}`, `{"ais_lost": [ids]}`, `{"distress": id}`, `{"gap": 3}`,
`{"health": "well"}` (or failed, clock, own, archive, range), `{"mesh": "well"}` (or trouble, or
`""`: in none), each with `"silent_s"` where it matters.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fake_health import FakeHealth
from fake_mesh import cover
from fake_sea import RADARS, Sea, clutter
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.staticfiles import StaticFiles

from mihari.coast.area import load
from mihari.coast.geojson import geojson
from mihari.core.picture import Category, Source
from mihari.face import frames
from mihari.face.frames import Kind
from mihari.face.guard import Guard

PAGE = Path(__file__).parents[3] / "src/mihari/face/page"
STEP_S = 0.5


class Trouble:
    """What a test has asked for."""

    def __init__(self, sea: Sea) -> None:
        self.sea, self.pause, self.freeze, self.gap = sea, False, False, 0
        self.health = FakeHealth(sea.start)

    def obey(self, order: dict[str, Any]) -> None:
        """Carry out one order."""
        sea, since = self.sea, time.time() - order.get("silent_s", 252)
        self.pause, self.freeze = order.get("pause", self.pause), order.get("freeze", self.freeze)
        self.gap += order.get("gap", 0)
        sea.gone |= set(order.get("remove", ()))
        self.health.trouble = order.get("health", self.health.trouble)
        self.health.mesh = order.get("mesh", self.health.mesh)
        for key, status in (("coast", 1), ("fade", 2)):
            for i in order.get(key, ()):
                sea.status[i - 1], sea.since[i - 1] = status, since
        for i in order.get("ais_lost", ()):
            sea.source[i - 1], sea.since[i - 1] = Source.RADAR | Source.LOST_AIS, since
        if i := order.get("distress"):
            sea.category[i - 1], sea.source[i - 1] = Category.DISTRESS, Source.AIS
            sea.speed[i - 1], sea.mmsi[i - 1] = 0.4, 970123456


class Stream:
    """One browser's frames."""

    def __init__(self, socket: WebSocket, sea: Sea, trouble: Trouble, still: bool) -> None:
        self.socket, self.sea, self.trouble, self.still = socket, sea, trouble, still
        self.sequence, self.frozen_at, self.told_gone = 0, 0.0, set(sea.gone)

    def stamp(self) -> dict[str, Any]:
        """Sequence number, picture and times of the next frame."""
        self.sequence += 1 + self.trouble.gap
        self.trouble.gap = 0
        now = self.frozen_at or time.time()
        picture = int((now - self.sea.start) * 2)
        return {"sequence": self.sequence, "picture": picture, "time": now, "base": self.sea.base}

    async def tell(self, *messages: dict[str, Any]) -> None:
        """Send JSON frames."""
        for message in messages:
            await self.socket.send_bytes(frames.encode_json(message, **self.stamp()))

    async def begin(self) -> None:
        """Node, sensors, the snapshot, names, marks."""
        await self.tell(node(self.sea), sensors())
        vessels = self.sea.vessels(time.time())
        await self.socket.send_bytes(frames.encode_vessels(vessels, kind=Kind.SNAPSHOT, **self.stamp()))
        await self.tell(self.sea.identities(), marks())

    async def go_on(self) -> None:
        """A step every half second."""
        turn = 0
        while True:
            await asyncio.sleep(STEP_S)
            turn += 1
            if self.trouble.pause:
                continue
            self.frozen_at = (self.frozen_at or time.time()) if self.trouble.freeze else 0.0
            if self.trouble.freeze or self.still:
                await self.socket.send_bytes(frames.encode_header(Kind.HEARTBEAT, **self.stamp()))
                continue
            await self.step(turn)
            if turn % 2 == 0:
                feeds, health = self.trouble.health.told(time.time())
                watched = cover(self.trouble.health.mesh)
                await self.tell({"type": "feeds", "feeds": feeds}, {"type": "health", "health": health}, watched)

    async def step(self, turn: int) -> None:
        """Half of the vessels, plots, those that are gone."""
        vessels, rng = self.sea.vessels(time.time()), self.sea.rng
        news = vessels.take(np.flatnonzero(vessels.id % 2 == turn % 2))
        gone, self.told_gone = sorted(self.sea.gone - self.told_gone), set(self.sea.gone)
        delta = frames.encode_vessels(news, kind=Kind.DELTA, removed=gone, **self.stamp())
        await self.socket.send_bytes(delta)
        near = np.flatnonzero((vessels.source & 1 > 0) & (rng.random(len(vessels)) < 0.15))[:400]
        place = np.stack([vessels.lat_deg[near], vessels.lon_deg[near]]) + rng.normal(0, 0.0006, (2, len(near)))
        place = np.concatenate([place, clutter(rng, 25)], axis=1)
        await self.socket.send_bytes(frames.encode_plots(*place, np.zeros(place.shape[1]), **self.stamp()))


def make_app(sea: Sea, page: Path = PAGE, still: bool = False) -> FastAPI:
    """The application; `still` sends no deltas after the snapshot, only heartbeats with newer pictures."""
    app, trouble, area = FastAPI(), Trouble(sea), load("nansei")

    @app.get("/api/v1/coastline")
    def coastline() -> Response:
        return Response(geojson(area), media_type="application/geo+json")

    @app.get("/api/v1/trails")
    def trails() -> dict[str, Any]:
        past = [sea.vessels(time.time() - 10 * k) for k in range(60, 0, -3)]
        points = np.stack([np.stack([p.time, p.lat_deg, p.lon_deg], 1) for p in past], 1)
        return {"trails": [{"vessel": int(i), "points": points[k].tolist()} for k, i in enumerate(past[0].id[:2000])]}

    @app.get("/api/v1/vessels/{vessel}/trail")
    def trail(vessel: int) -> dict[str, Any]:
        past = [sea.vessels(time.time() - 30 * k) for k in range(120, 0, -1)]
        rows = [p.take(np.flatnonzero(p.id == vessel)) for p in past]
        points = [[float(p.time[0]), float(p.lat_deg[0]), float(p.lon_deg[0])] for p in rows if len(p)]
        return {"vessel": vessel, "points": points}

    @app.post("/control")
    async def control(request: Request) -> dict[str, bool]:
        trouble.obey(await request.json())
        return {"ok": True}

    @app.websocket("/api/v1/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        one = Stream(socket, sea, trouble, still)
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await one.begin()
            await one.go_on()

    app.mount("/", StaticFiles(directory=page, html=True))
    app.add_middleware(Guard)  # the headers that the real face sends: no inline styles, nothing from elsewhere
    return app


def node(sea: Sea) -> dict[str, Any]:
    """What the node tells of itself."""
    told = {"name": "Okinawa south", "area": "nansei", "box": [25.6, 126.6, 26.75, 128.1], "version": "0.1.0"}
    return {"type": "node", "started": sea.start, "exercise": False} | told


def sensors() -> dict[str, Any]:
    """Two radars and an AIS station."""
    rows = [(name, "radar", lat, lon) for name, lat, lon in RADARS] + [("AIS Naha", "ais", 26.2, 127.7)]
    keys = ("index", "name", "kind", "lat_deg", "lon_deg", "range_m")
    return {
        "type": "sensors",
        "sensors": [dict(zip(keys, (k, *row, 44448.0), strict=True)) for k, row in enumerate(rows)],
    }


def marks() -> dict[str, Any]:
    """A base station, an aid, and one off its position."""
    rows = [
        (4310001, 1, "NAHA BASE", 26.2, 127.68, False),
        (994310002, 2, "KEISE SHIMA", 26.25, 127.55, False),
        (994310003, 2, "NAKANOSE", 26.12, 127.5, True),
    ]
    keys = ("mmsi", "subject", "name", "lat_deg", "lon_deg", "off_position")
    return {"type": "marks", "marks": [dict(zip(keys, row, strict=True)) | {"heard": time.time()} for row in rows]}


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8099)
    options.add_argument("--vessels", type=int, default=300)
    options.add_argument("--still", action="store_true")
    given = options.parse_args()
    app = make_app(Sea(given.vessels), still=given.still)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", ws="websockets-sansio")
