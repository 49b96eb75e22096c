"""The toy of the patrol notes: 48 cells of 20 km, intervals of 1, 2 and 4 h, two boats, two small aircraft and 0 to 3
larger ones, 24 h; as a `World`, with its score, its bound, and two peers.

The score is the mean over cells of the share of time in which the last look is no older than demanded; all cells count
as looked at when the day begins. Distances are plain km on a plane.
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from mihari.patrol.routing import Job, Van, route
from mihari.patrol.search.world import CUM, RATE, World

Floats = NDArray[np.float64]

SIDE, COLUMNS, ROWS, HOURS = 20.0, 15, 4, 24.0
RADARS, RADAR_KM = np.array([[50.0, 0.0], [150.0, 0.0], [250.0, 0.0]]), 35.0
BASES = {"A": (30.0, -10.0), "B": (270.0, -10.0), "S": (150.0, 50.0)}


@dataclass(frozen=True, slots=True)
class Craft:
    """One vehicle: its base, km/h, hours of endurance and on the ground, hour of its first start."""

    base: tuple[float, float]
    speed: float
    endurance: float
    turn: float
    first: float


def cells() -> tuple[Floats, Floats]:
    """Middles of the cells (n, 2) that no radar sees, km, and their intervals (n,), h."""
    grid = np.array([[(i + 0.5) * SIDE, (j + 0.5) * SIDE] for j in range(ROWS) for i in range(COLUMNS)])
    seen = np.linalg.norm(grid[:, None] - RADARS[None], axis=2).min(axis=1) <= RADAR_KM
    grid = grid[~seen]
    return grid, np.where(grid[:, 1] < 30, 1.0, np.where(grid[:, 1] < 60, 2.0, 4.0))


def fleet(fixed_wing: int) -> list[Craft]:
    """So many aircraft of 20 h from two airfields, and from a ship two of 4 h and two boats."""
    large = [Craft(BASES["AB"[k % 2]], 130.0, 20.0, 2.0, float(k // 2)) for k in range(fixed_wing)]
    small = [Craft(BASES["S"], 110.0, 4.0, 0.5, k * 0.5) for k in range(2)]
    return large + small + [Craft(BASES["S"], 28.0, 24.0, 4.0, 0.0) for _ in range(2)]


def score(looks: Sequence[Sequence[float]]) -> float:
    """Mean share of time in which cells are fresh; `looks`: hours, by cell."""
    total = 0.0
    _, every = cells()
    for cell, hours in enumerate(looks):
        gaps = np.diff(np.sort(np.concatenate([[0.0], hours, [HOURS]])))
        total += float(np.minimum(gaps, every[cell]).sum()) / HOURS
    return total / len(looks)


def world(crafts: list[Craft]) -> World:
    """The toy for our search."""
    grid, every = cells()
    count, vehicles = len(grid), len(crafts)
    bases = sorted({c.base for c in crafts})
    kinds = sorted({(c.speed, c.endurance) for c in crafts})
    apart = np.linalg.norm(grid[:, None] - grid[None], axis=2)
    away = np.array([np.linalg.norm(grid - np.array(base), axis=1) for base in bases])
    legs = np.full((len(kinds), 1, count + len(bases), count + len(bases)), np.inf, np.float32)
    for n, (speed, _) in enumerate(kinds):
        legs[n, 0, :count, :count] = np.where(apart > 0, apart, np.inf) / speed
        legs[n, 0, count:, :count], legs[n, 0, :count, count:] = away / speed, away.T / speed
    craft, back = np.zeros((vehicles, 10)), np.zeros((vehicles, 1, count))
    for k, c in enumerate(crafts):
        base = bases.index(c.base)
        craft[k, :7] = kinds.index((c.speed, c.endurance)), c.endurance, c.turn, 0, base, c.first, math.inf
        back[k, 0] = away[base] / c.speed + 1e-6
    cell, weight = np.zeros((count, 5)), np.zeros((count, 1, 2))
    cell[:, 0], cell[:, 2], weight[:, 0, RATE], weight[:, 0, CUM] = every, 1.0, 1.0, 0.0
    port, way, air = np.zeros((len(bases), 3)), np.zeros((len(bases), 4)), np.full((len(kinds), 1, 4), np.inf)
    port[:, 1], way[:, 1] = np.inf, 1.0
    air[:, 0, 0], air[:, 0, 1:3] = [speed for speed, _ in kinds], 0.0
    return World(
        span=np.array([0.0, HOURS, HOURS, 0.0]), cell=cell, edges=np.array([0.0, HOURS]), weight=weight, legs=legs,
        dwell=np.zeros((len(kinds), 1, count), np.float32),
        may=np.ones((len(kinds), 1, 1 + len(bases), count + len(bases)), bool),
        way_at=np.arange(len(bases) + 1), way=way, air=air, port=port,
        shut_at=np.zeros(len(kinds) * len(bases) + 1, np.int64), shut=np.zeros((0, 2)), craft=craft, back=back,
        lands=np.array([[base == c.base for base in bases] for c in crafts]),
        first=np.ones((vehicles, count + len(bases)), bool), look=np.zeros((0, 4)),
        near=np.ascontiguousarray(np.argsort(apart, axis=1, kind="stable")[:, 1:17]),
    )  # fmt: skip


def bound(crafts: list[Craft]) -> float:
    """Upper limit of the score: fluid looks, each sortie less the way out and home (see `mihari.patrol.bound`)."""
    grid, every = cells()
    count, vehicles = len(grid), len(crafts)
    objective = np.zeros(count * vehicles + count)
    objective[count * vehicles :] = -1.0 / count
    rows, limits = [], []
    for k, c in enumerate(crafts):
        nearest = np.linalg.norm(grid - np.array(c.base), axis=1).min()
        air, start = 0.0, c.first
        while start < HOURS:
            air += max(0.0, min(c.endurance, HOURS - start) - 2 * nearest / c.speed + SIDE / c.speed)
            start += c.endurance + c.turn
        row = np.zeros_like(objective)
        row[k * count : (k + 1) * count] = SIDE / c.speed
        rows.append(row)
        limits.append(air)
    for j in range(count):
        row = np.zeros_like(objective)
        row[count * vehicles + j] = 1.0
        row[j : count * vehicles : count] = -every[j] / HOURS
        rows.append(row)
        limits.append(every[j] / HOURS)
    limit = [(0.0, None)] * (count * vehicles) + [(0.0, 1.0)] * count
    return float(-linprog(objective, A_ub=np.array(rows), b_ub=limits, bounds=limit, method="highs").fun)


def restarts(crafts: list[Craft], seconds: float, seed: int) -> float:
    """Peer: the best of greedy plans with other weights and noise, until the time is up."""
    rng = np.random.default_rng(seed)
    best, began = score(greedy(crafts, 1.0, 1.0, 0.0, rng)), time.perf_counter()
    while time.perf_counter() - began < seconds:
        noise = float(rng.choice([0.0, 0.05, 0.15, 0.3]))
        best = max(best, score(greedy(crafts, rng.uniform(0.3, 2.5), rng.uniform(0.0, 4.0), noise, rng)))
    return best


def greedy(
    crafts: list[Craft], near: float, urgent: float, noise: float, rng: np.random.Generator
) -> list[list[float]]:
    """Peer: whoever is free first goes where age over way is largest, with fuel to come home."""
    grid, every = cells()
    apart = np.linalg.norm(grid[:, None] - grid[None], axis=2)
    home = [np.linalg.norm(grid - np.array(c.base), axis=1) for c in crafts]
    seen, looks = np.zeros(len(grid)), [[] for _ in grid]  # type: ignore[var-annotated]
    queue = [(c.first, k, -1, c.first) for k, c in enumerate(crafts)]
    heapq.heapify(queue)
    while queue:
        now, k, at, lifted = heapq.heappop(queue)
        c = crafts[k]
        if now >= HOURS:
            continue
        takes = np.maximum(home[k] if at < 0 else apart[at], 1e-9) / c.speed
        there = now + takes
        able = (there + home[k] / c.speed <= lifted + c.endurance) & (there > seen + 0.02) & (there < HOURS)
        if at >= 0:
            able[at] = False
        if not able.any():
            if at >= 0:
                free = now + home[k][at] / c.speed + c.turn
                heapq.heappush(queue, (free, k, -1, free))
            continue
        age = (there - seen) / every
        gain = np.clip(age, 1e-6, 1.0) ** urgent * np.where(age > 1, 1 + 0.3 * np.minimum(age - 1, 2), 1.0)
        gain = gain * np.minimum(there - seen, every) / (takes + 0.02) ** near
        gain = np.where(able, gain * np.exp(noise * rng.standard_normal(len(grid))), -1.0)
        j = int(gain.argmax())
        seen[j] = there[j]
        looks[j].append(float(there[j]))
        heapq.heappush(queue, (float(there[j]), k, j, lifted))
    return looks


def windows(crafts: list[Craft], seconds: float, seed: int, share: float = 0.5) -> float:
    """Peer: PyVRP, a visit with a window for each interval, `share` of it wide, one vehicle a sortie."""
    grid, every = cells()
    rng = np.random.default_rng(seed)
    bases = sorted({c.base for c in crafts})
    speeds = sorted({c.speed for c in crafts})
    places = np.concatenate([grid, np.array(bases)])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    jobs = []
    for j, interval in enumerate(every):
        hour = rng.uniform(0.3, 1.0) * interval
        while hour < HOURS:
            jobs.append(Job(j, float(interval), max(0.0, hour - share * interval), min(hour, HOURS)))
            hour += interval * (1 - share / 2)
    vans = []
    for c in crafts:
        base, hour = len(grid) + bases.index(c.base), c.first
        while hour < HOURS:
            vans.append(Van(speeds.index(c.speed), base, base, hour, hour + c.endurance, c.endurance))
            hour += c.endurance + c.turn
    looks: list[list[float]] = [[] for _ in grid]
    for one in route([apart / speed for speed in speeds], jobs, vans, seconds, seed):
        for job, hour in zip(one.jobs, one.times, strict=True):
            looks[jobs[job].location].append(hour)
    return score(looks)
