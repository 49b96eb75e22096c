"""Fifty thousand made-up vessels on a straight coast with bays, each told every ten seconds: figures in columns.

A third lies at anchor or alongside and swings; merchant ships keep their course; fishing vessels steam, tow, haul and
turn; ferries go to and fro; small craft do as they like. Speeds and courses are noisy as receivers tell them.
"""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import numpy as np

from mihari.core.columns import Array

LONG_NM, WIDE_NM = 300.0, 120.0
MOORED, MERCHANT, FISHING, FERRY, SMALL = range(5)
SHARES = (0.34, 0.28, 0.2, 0.06, 0.12)
CATEGORIES = ("other", "cargo", "fishing", "passenger", "pleasure")
CHANGE_S = np.array([20_000.0, 7200.0, 2400.0, 1500.0, 900.0])  # how long a vessel keeps a speed, about
PACE_S = np.array([60.0, 300.0, 60.0, 90.0, 20.0])  # within which it comes to another speed
YAW = np.array([3.0, 0.08, 0.5, 0.15, 1.2])  # degrees, times the root of the seconds
TURNS_S = np.array([1e9, 7200.0, 900.0, 1500.0, 400.0])  # between turns, about
BASES = (
    "speed", "made_good", "crab", "hour", "turn", "gain", "offshore", "to_port", "to_cable", "to_border", "depth",
    "company", "slow", "length", "category",
)  # fmt: skip


class Places(NamedTuple):
    """Where what vessels are measured by lies, NM: ports on the shore, cables and a border across it."""

    ports: Array
    cables: Array
    border: float


class Coast:
    """The vessels; `tell` moves some of them to a time and tells what an update of each has. x: NM off, y: along."""

    def __init__(self, vessels: int, start: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.kind = rng.choice(len(SHARES), vessels, p=SHARES)
        self.x = np.where(self.kind == MOORED, rng.exponential(1.5, vessels), rng.gamma(1.5, 15.0, vessels)) % WIDE_NM
        self.y = rng.uniform(0.0, LONG_NM, vessels)
        self.length = np.round(np.array([60.0, 140.0, 22.0, 80.0, 11.0])[self.kind] * rng.lognormal(0.0, 0.4, vessels))
        self.course, self.drift = rng.uniform(0.0, 360.0, vessels), np.zeros(vessels)
        self.last = np.full(vessels, start, np.int64)
        self.wanted = self._wanted(np.arange(vessels))
        self.speed = self.wanted.copy()
        self.places = Places(np.sort(rng.uniform(0.0, LONG_NM, 40)), np.sort(rng.uniform(0.0, LONG_NM, 8)), 24.0)
        self.crowd = np.zeros((int(WIDE_NM) + 1, int(LONG_NM) + 1))
        np.add.at(self.crowd, (self.x.astype(int), self.y.astype(int)), 1.0)

    def copied(self, copies: int) -> Coast:
        """Of each vessel so many, that part from now on."""
        made = copy(self)
        for name in ("kind", "x", "y", "length", "course", "drift", "last", "wanted", "speed"):
            setattr(made, name, np.tile(getattr(self, name), copies))
        return made

    def tell(self, rows: Array, now: int) -> Array:
        """(rows, BASES) what vessels tell at `now`, s; `made_good` of the way since they told before."""
        x, y, speed, course = self.x[rows], self.y[rows], self.speed[rows], self.course[rows]
        seconds = np.maximum(now - self.last[rows], 1).astype(float)
        self._steer(rows, seconds)
        self._move(rows, seconds, now)
        away = np.hypot(self.x[rows] - x, self.y[rows] - y) + np.abs(self.rng.normal(0.0, 0.002, len(rows)))
        turned = np.abs((self.course[rows] - course + 180.0) % 360.0 - 180.0)
        heading = np.round(self.course[rows] + self.drift[rows])
        told = np.round(np.maximum(self.speed[rows] + self.rng.normal(0.0, 0.05, len(rows)), 0.0), 1)
        return np.column_stack([
            told,
            np.round(away / seconds * 3600.0, 1),
            np.abs((heading - np.round(self.course[rows], 1) + 180.0) % 360.0 - 180.0),
            np.full(len(rows), now / 3600.0 % 24.0),
            np.round(turned / seconds * 60.0, 2),
            np.round(np.abs(self.speed[rows] - speed) / seconds * 60.0, 2),
            *self._distances(rows),
            told < 2.0,
            self.length[rows],
            self.kind[rows],
        ])  # fmt: skip

    def _wanted(self, rows: Array) -> Array:
        """A speed that each would like, kn."""
        rng, kind, n = self.rng, self.kind[rows], len(rows)
        fishing = rng.choice([0.4, 3.2, 8.5], n, p=[0.2, 0.6, 0.2]) * rng.uniform(0.8, 1.2, n)
        ferry = np.where(rng.random(n) < 0.4, 0.1, rng.normal(18.0, 3.0, n))
        merchant = np.where(rng.random(n) < 0.1, rng.uniform(0.2, 3.0, n), rng.normal(12.0, 2.5, n))
        moored = np.where(rng.random(n) < 0.03, rng.uniform(1.0, 8.0, n), 0.1)
        wanted = np.choose(kind, [moored, merchant, fishing, ferry, rng.uniform(0.0, 24.0, n)])
        return np.asarray(np.maximum(wanted, 0.0))

    def _steer(self, rows: Array, seconds: Array) -> None:
        rng, kind, n = self.rng, self.kind[rows], len(rows)
        other = rng.random(n) < seconds / CHANGE_S[kind]
        self.wanted[rows[other]] = self._wanted(rows[other])
        near = np.exp(-seconds / PACE_S[kind])
        noise = rng.normal(0.0, 0.03, n) * np.sqrt(np.minimum(seconds, 60.0))
        self.speed[rows] = np.maximum(self.wanted[rows] + (self.speed[rows] - self.wanted[rows]) * near + noise, 0.0)
        turns = rng.random(n) < seconds / TURNS_S[kind]
        yaw = rng.normal(0.0, YAW[kind]) * np.sqrt(np.minimum(seconds, 600.0)) + turns * rng.normal(0.0, 70.0, n)
        self.course[rows] = (self.course[rows] + yaw) % 360.0
        self.drift[rows] = self.drift[rows] * np.exp(-seconds / 600.0) + rng.normal(0.0, 1.0, n)

    def _move(self, rows: Array, seconds: Array, now: int) -> None:
        way, course = self.speed[rows] * seconds / 3600.0, np.radians(self.course[rows])
        x, y = self.x[rows] + way * np.cos(course), self.y[rows] + way * np.sin(course)
        out = (x < 0.0) | (x > WIDE_NM) | (y < 0.0) | (y > LONG_NM)
        self.course[rows[out]] = (self.course[rows[out]] + 180.0) % 360.0
        self.x[rows], self.y[rows] = np.clip(x, 0.0, WIDE_NM), np.clip(y, 0.0, LONG_NM)
        self.last[rows] = now

    def _distances(self, rows: Array) -> list[Array]:
        """From shore, port, cable and border, NM; depth, m; how many lay within the mile when it all began."""
        x, y = self.x[rows], self.y[rows]
        offshore = x + 1.5 + np.sin(y / 7.0) + 0.4 * np.sin(y / 1.3)
        port, cable = np.hypot(x, _nearest(self.places.ports, y)), _nearest(self.places.cables, y)
        depth = 4.0 * offshore + 3.0 * np.sin(x / 2.0) * np.sin(y / 3.0)
        crowd = self.crowd[x.astype(int), y.astype(int)]
        border = np.abs(x - self.places.border + 5.0 * np.sin(y / 20.0))
        return [
            np.round(offshore, 3),
            np.round(port, 3),
            np.round(cable, 3),
            np.round(border, 3),
            np.round(depth, 1),
            crowd,
        ]


def _nearest(marks: Array, y: Array) -> Array:
    """How far the nearest of ascending marks is."""
    after = np.searchsorted(marks, y)
    below, above = marks[np.maximum(after - 1, 0)], marks[np.minimum(after, len(marks) - 1)]
    return np.asarray(np.minimum(np.abs(y - below), np.abs(above - y)))
