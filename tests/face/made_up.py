"""Made-up moving pictures for the tests of the face; `python tests/face/made_up.py` is a node to look at."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path

import numpy as np

from mihari.core.health import FeedHealth
from mihari.core.picture import Category, ClaimedIdentity, Identity, Mark, Picture, Source, Vessels, VesselStatus
from mihari.core.reports import Reports
from mihari.core.sensor import Sensor, SensorKind

NAHA = (26.2, 127.5)
NODE = {
    "name": "Naha", "area": "nansei", "box": [23.8, 123.8, 27.6, 129.6], "version": "0.1.0",
    "started": 1_790_000_000.0, "exercise": False,
}  # fmt: skip
SENSORS = (
    Sensor(0, "naha radar", SensorKind.RADAR, 26.21, 127.68, 100.0, "25/12"),
    Sensor(1, "naha ais", SensorKind.AIS, 26.21, 127.68, 50.0, "naha"),
)

MESH = {
    "time": 1_790_000_000.0,
    "me": {"author": "5f3a9c0172e4b8d6", "name": "naha", "clock_error_s": 0.0},
    "nodes": [
        {
            "author": "a1b2c3d4e5f60718", "name": "kume", "lat_deg": 26.34, "lon_deg": 126.77, "vessels": 118,
            "epoch": 3, "heard_s": 0.8, "cost": 1, "through": "kume", "clock_offset_s": 0.02, "release": "0.1.0",
            "links": [{"peer": "c4c4", "name": "kerama", "profile": "radio", "round_trip_s": 0.2, "waiting": 3.0}],
        },
        {
            "author": "c4c4", "name": "kerama", "lat_deg": None, "lon_deg": None, "vessels": 0, "epoch": 1,
            "heard_s": None, "cost": None, "through": "", "clock_offset_s": None, "release": "", "links": [],
        },
    ],
    "links": [
        {
            "peer": "a1b2c3d4e5f60718", "name": "kume", "address": "tls/kume.example:7447", "profile": "lan",
            "greeted": True, "up_s": 900.0, "silent_s": 0.4, "round_trip_s": 0.012, "clock_offset_s": 0.02,
            "waiting": 5, "under_way": 1200, "sent_bytes": 1000, "got_bytes": 2000, "resent": 3, "again": 0,
        }
    ],
    "missing": [{"address": "tls/kerama.example:7447", "profile": "lan", "since_s": 95.0}],
    "modems": [
        {
            "name": "acoustic", "listen": "udp/127.0.0.1:7450", "send": "udp/127.0.0.1:7451", "sent": 120, "heard": 80,
            "again": 9, "refused": 2, "waiting": 3, "sent_s": 8.0, "heard_s": 12.0, "problem": "",
            "authors": [{"author": "1a2b3c4d00000000", "name": "modem 1a2b3c4d", "vessels": 4, "heard_s": 12.0}],
        }
    ],
    "refused": {"kume": {"signature": 2, "syntax": 1}},
    "unknown": {"99": 4},
}  # fmt: skip


class Sea:
    """`n` vessels around Naha that move; `picture` says where they are at a time."""

    def __init__(self, n: int, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.n, self.sequence = n, 0
        self.lat, self.lon = NAHA[0] + rng.uniform(-1.5, 1.5, n), NAHA[1] + rng.uniform(-1.5, 1.5, n)
        speed, course = rng.uniform(0, 12, n), rng.uniform(0, 2 * math.pi, n)
        self.east, self.north = speed * np.sin(course), speed * np.cos(course)
        self.category = rng.integers(0, 9, n)
        self.source = rng.choice(
            [Source.RADAR, Source.AIS, Source.RADAR | Source.AIS, Source.RADAR | Source.LOST_AIS], n
        )
        self.status = rng.choice([VesselStatus.LIVE] * 8 + [VesselStatus.COASTING, VesselStatus.FADED], n)
        self.size = rng.uniform(20, 20000, n)
        self.mmsi = np.where(self.source & (Source.AIS | Source.LOST_AIS), 431_000_000 + np.arange(n), 0)
        self.start = 0.0
        self.changed = np.zeros(n, np.int64)
        self.at = np.zeros(n)

    def vessels(self, now: float, rows: np.ndarray | None = None) -> Vessels:
        """The vessels at `now` (UTC s); only `rows` (all by default) have moved since the last call."""
        self.start = self.start or now
        rows = np.arange(self.n) if rows is None else rows
        self.at[rows], self.changed[rows] = now, self.sequence
        self.at[self.at == 0] = now
        dt = self.at - self.start
        return Vessels.of(
            self.n,
            id=np.arange(1, self.n + 1), track=np.arange(self.n), time=self.at,
            lat_deg=self.lat + self.north * dt / 111_000, lon_deg=self.lon + self.east * dt / 99_000,
            east_mps=self.east, north_mps=self.north, cov_ee=self.size, cov_en=self.size * 0.3, cov_nn=self.size * 0.5,
            existence=0.97, heading=np.arctan2(self.east, self.north) % (2 * math.pi),
            heard_radar=np.where(self.source & Source.RADAR, self.at - 1, np.nan),
            heard_ais=np.where(self.mmsi > 0, self.at - 5, np.nan),
            mmsi=self.mmsi, status=self.status, source=self.source, category=self.category,
            sensors=self.source & 3, changed=self.changed,
        )  # fmt: skip

    def picture(self, now: float, rows: np.ndarray | None = None) -> Picture:
        """The next picture, at `now`."""
        self.sequence += 1
        vessels = self.vessels(now, rows)
        if self.sequence == 1:
            self.identities = {
                int(i): Identity(int(i), (ClaimedIdentity(int(m), 1.0, name=f"MARU {i}", call_sign=f"J{i}"),), 1)
                for i, m in zip(vessels.id, vessels.mmsi, strict=True)
                if m
            }
        plots = vessels.take(rows if rows is not None else np.arange(min(self.n, 200)))
        return Picture(
            now, self.sequence, vessels, self.identities,
            {4310001: Mark(4310001, 1, "NAHA BASE", 26.2, 127.67, now)},
            Reports.of(len(plots), lat_deg=plots.lat_deg, lon_deg=plots.lon_deg, sensor=0),
            SENSORS, (FeedHealth(0, "radar", "udp://:8600", "listening", last_heard=now),),
        )  # fmt: skip


CATEGORIES = len(Category)


def main() -> None:
    """Publish a moving sea of 300 vessels, a sixteenth of it at a time, until interrupted."""
    import argparse

    from mihari.face.launch import Face
    from mihari.face.page import PAGE
    from mihari.face.publish import Publisher

    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--vessels", type=int, default=300)
    parser.add_argument("--page", type=Path, default=PAGE)
    options = parser.parse_args()
    sea, turn = Sea(options.vessels), 0
    with Publisher(node=NODE) as publisher, Face(publisher.address, options.port, page=options.page) as face:
        print(face.url, flush=True)
        while True:
            publisher.publish(sea.picture(time.time(), np.arange(turn % 16, options.vessels, 16)))
            turn += 1
            time.sleep(2.5 / 16)


if __name__ == "__main__":
    sys.exit(main())
