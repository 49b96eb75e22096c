"""A made-up sea for the browser tests: N vessels on straight ways between the Nansei islands, moved by the clock."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from mihari.core.picture import Vessels

LANES = [  # lat, lon, bearing of ways between the islands
    (26.05, 127.45, 0.6),
    (26.45, 127.55, 3.7),
    (25.35, 126.2, 1.0),
    (25.0, 125.6, 4.2),
    (26.1, 127.0, 2.2),
    (25.7, 126.6, 5.4),
]
RADARS = [("Naha", 26.21, 127.65), ("Zamami", 26.24, 127.30)]
WORDS = ["KUROSHIO", "RYUKYU", "MIYAKO", "HAMAYU", "SUNRISE", "PACIFIC", "SHUREI", "TAKARA", "DAITO", "CORAL", "ORION"]
TAILS = ["MARU No.8", "STAR", "QUEEN", "EXPRESS", "MARU", "SPIRIT", "3", "No.21 MARU", "TRADER", "GLORY"]
JAPANESE = ["第八海龍丸", "くろしお", "琉球丸"]
M_PER_DEG = 111195.0


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
        self.lat0 = at[:, 0] + north / M_PER_DEG
        self.lon0 = at[:, 1] + east / M_PER_DEG / np.cos(np.radians(at[:, 0]))
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
        lat = self.lat0 + self.speed * dt * np.cos(self.course) / M_PER_DEG
        lon = self.lon0 + self.speed * dt * np.sin(self.course) / M_PER_DEG / np.cos(np.radians(self.lat0))
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
            heard_radar=radar, heard_ais=ais, mmsi=self.mmsi, status=self.status, source=self.source,
            category=self.category, sensors=np.where(self.source & 1, 1, 0) | np.where(self.source & 2, 4, 0),
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
                "mmsi": int(self.mmsi[i]), "weight": 1.0, "imo": 9000000 + i, "name": self.name(i),
                "call_sign": f"7J{i:04d}", "destination": "NAHA", "ship_type": 70, "length": 60.0 + i % 200,
                "beam": 12.0 + i % 20, "draught": 5.5, "device": "A", "navigation_status": 0, "subject": 0,
            }  # fmt: skip
            claims = [first]
            if i % 40 == 0:
                first["weight"] = 0.71
                claims.append(first | {"mmsi": 273000000 + i, "weight": 0.29, "name": "VOSTOK", "imo": 0})
            out.append({"vessel": i + 1, "claims": claims})
        return {"type": "identities", "identities": out}


def clutter(rng: np.random.Generator, n: int) -> np.ndarray[Any, Any]:
    """False plots around the first radar, denser near it: (2, n) lat, lon in degrees."""
    away, angle = rng.uniform(0, 1, n) ** 1.5 * 0.35, rng.uniform(0, 2 * math.pi, n)
    return np.stack([RADARS[0][1] + away * np.cos(angle), RADARS[0][2] + away * np.sin(angle)])
