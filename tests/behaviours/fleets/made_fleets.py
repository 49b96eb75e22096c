"""Made-up fleets of every purpose: scenes and surroundings from a seed, for choosing and for judging the evidence.

They are caricatures with scatter, drawn from what the sources in docs/fleets.md tell; no fleet of the world is in them.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from mihari.behaviours.fleets import Area, AreaKind, FleetBook, Scene, Surroundings
from mihari.behaviours.fleets.evidence import Purpose
from mihari.core.behaviour import UNNAMED
from mihari.core.picture import Category

KN, NM, START, STEP = 1852 / 3600, 1852.0, 1_800_000_000, 300
LAT, LON = 30.0, 125.0
SCALE = 111_195.0


@dataclass
class Made:
    """A fleet: places in m around the middle, motion in kn and rad, who they say they are, and when they came."""

    east: np.ndarray
    north: np.ndarray
    speed_kn: np.ndarray
    course: np.ndarray
    category: np.ndarray
    told: np.ndarray
    shore_nm: float
    status: int = -1
    status_share: float = 0.0
    hull: np.ndarray | None = None
    wind: float = math.nan
    wave: float = math.nan
    areas: tuple = ()
    arrives_s: np.ndarray | None = None
    wanders: bool = False
    steps: int = 4
    keys: np.ndarray = field(init=False)

    def __post_init__(self):
        self.keys = np.where(self.told, 431_000_000, UNNAMED) + np.arange(1, len(self.east) + 1)

    def scene(self, rng, elapsed):
        n = len(self.east)
        course = self.course + (rng.uniform(0, 2 * np.pi, n) if self.wanders else 0.0)
        speed = self.speed_kn * KN
        vx, vy = speed * np.sin(course), speed * np.cos(course)
        x, y = (self.east, self.north) if self.wanders else (self.east + vx * elapsed, self.north + vy * elapsed)
        lat = LAT + y / SCALE
        status = np.where(self.told & (np.arange(n) < self.status_share * n), self.status, np.where(self.told, 0, -1))
        scene = Scene.of(
            n,
            key=self.keys,
            lat_deg=lat,
            lon_deg=LON + x / SCALE / np.cos(np.radians(lat)),
            east_mps=vx,
            north_mps=vy,
            category=np.where(self.told, self.category, 0),
            status=status,
            shore_m=self.shore_nm * NM,
            told=self.told,
            hull_length=np.nan if self.hull is None else np.where(self.told, self.hull, np.nan),
        )
        here = np.ones(n, bool) if self.arrives_s is None else self.arrives_s <= elapsed
        return scene.take(here)

    def explained(self, rng):
        book, around = FleetBook(), Surroundings(self.areas, self.wind, self.wave)
        for k in range(self.steps):
            step = book.step(START + k * STEP, self.scene(rng, k * STEP), around)
        return max(step.fleets, key=lambda fleet: len(fleet.members)) if step.fleets else None


def disc(rng, n, spacing):
    out, turn = spacing * np.sqrt(n / math.pi) * np.sqrt(rng.uniform(0, 1, n)), rng.uniform(0, 2 * np.pi, n)
    return out * np.sin(turn), out * np.cos(turn)


def line(rng, n, spacing, columns=1, scatter=0.1):
    along = (np.arange(n) // columns - n / columns / 2) * spacing + rng.normal(0, scatter * spacing, n)
    across = (np.arange(n) % columns) * spacing + rng.normal(0, scatter * spacing, n)
    turn = rng.uniform(0, np.pi)
    return along * np.sin(turn) + across * np.cos(turn), along * np.cos(turn) - across * np.sin(turn), turn


def told(rng, n, low, high):
    return rng.uniform(0, 1, n) < rng.uniform(low, high)


def mixed(rng, n, *categories):
    return rng.choice([int(c) for c in categories], n)


def here(kind, radius_nm, name="", north_nm=0.0):
    return Area(LAT + north_nm * NM / SCALE, LON, radius_nm * NM, kind, name)


def maybe(rng, chance, *areas):
    return areas if rng.uniform() < chance else ()


def calm(rng):
    return {"wind": rng.choice([math.nan, rng.uniform(1, 9)]), "wave": rng.choice([math.nan, rng.uniform(0.2, 1.5)])}


def fishing(rng):
    n = int(rng.integers(8, 120))
    drifts = rng.uniform() < 0.4
    speed = np.full(n, rng.uniform(0.3, 0.9)) if drifts else rng.uniform(0.3, 4.0, n)
    return Made(
        *disc(rng, n, rng.uniform(250, 700)),
        speed,
        np.full(n, rng.uniform(0, 6)),
        np.where(rng.uniform(0, 1, n) < 0.93, Category.FISHING, Category.OTHER),
        told(rng, n, 0.4, 0.95),
        rng.uniform(4, 80),
        status=7,
        status_share=rng.choice([0.0, 0.5]),
        wanders=not drifts,
        hull=rng.uniform(12, 40, n),
        areas=maybe(rng, 0.3, here(AreaKind.FISHING_GROUND, 15, "Bank")),
        **calm(rng),
    )


def anchorage(rng):
    n = int(rng.integers(5, 30))
    return Made(
        *disc(rng, n, rng.uniform(400, 900)),
        rng.uniform(0, 0.4, n),
        rng.uniform(0, 6, n),
        mixed(rng, n, Category.CARGO, Category.CARGO, Category.TANKER, Category.SERVICE, Category.OTHER),
        told(rng, n, 0.85, 1.0),
        rng.uniform(0.5, 4),
        status=1,
        status_share=rng.uniform(0.7, 1.0),
        hull=rng.uniform(60, 220, n),
        areas=maybe(rng, 0.7, here(AreaKind.ANCHORAGE, 4, "Roads")),
        **calm(rng),
    )


def queue(rng):
    n = int(rng.integers(6, 25))
    return Made(
        *disc(rng, n, rng.uniform(600, 1000)),
        rng.uniform(0.1, 3, n),
        rng.uniform(0, 6, n),
        mixed(rng, n, Category.CARGO, Category.TANKER),
        told(rng, n, 0.9, 1.0),
        rng.uniform(2, 8),
        status=1,
        status_share=rng.uniform(0, 0.5),
        hull=rng.uniform(90, 300, n),
        wanders=True,
        areas=(
            here(AreaKind.PORT, 1, "Harbour", rng.uniform(4, 7)),
            *maybe(rng, 0.5, here(AreaKind.WAITING_AREA, 4, "Outer")),
        ),
        arrives_s=np.sort(rng.uniform(0, 7200, n)) * (np.arange(n) > 4),
        steps=28,
        **calm(rng),
    )


def shelter(rng):
    n = int(rng.integers(6, 40))
    return Made(
        *disc(rng, n, rng.uniform(300, 700)),
        rng.uniform(0, 1.5, n),
        rng.uniform(0, 6, n),
        mixed(rng, n, Category.FISHING, Category.CARGO, Category.PLEASURE, Category.TANKER),
        told(rng, n, 0.6, 1.0),
        rng.uniform(0.3, 2),
        status=1,
        status_share=rng.uniform(0, 0.6),
        wind=rng.uniform(13, 22),
        wave=rng.uniform(1, 3),
        hull=rng.uniform(15, 150, n),
    )


def weather(rng):
    n = int(rng.integers(6, 40))
    return Made(
        *disc(rng, n, rng.uniform(500, 900)),
        np.full(n, rng.uniform(0.5, 3)),
        np.full(n, rng.uniform(0, 6)),
        mixed(rng, n, Category.FISHING, Category.CARGO, Category.TANKER, Category.OTHER),
        told(rng, n, 0.6, 1.0),
        rng.uniform(5, 50),
        wind=rng.uniform(13, 22),
        wave=rng.uniform(3, 7),
        hull=rng.uniform(25, 200, n),
    )


def blocking(rng):
    n = int(rng.integers(20, 120))
    east, north, turn = line(rng, n, rng.uniform(400, 900), int(rng.integers(1, 3)))
    return Made(
        east,
        north,
        rng.uniform(0, 1.2, n),
        np.full(n, turn),
        np.full(n, int(rng.choice([Category.FISHING, Category.OTHER]))),
        told(rng, n, 0.2, 0.9),
        rng.uniform(8, 160),
        hull=rng.uniform(25, 60, n),
        areas=maybe(rng, 0.4, here(AreaKind.LANE, 8, "Lane")),
        wind=rng.choice([math.nan, rng.uniform(2, 16)]),
    )


def escort(rng):
    n = int(rng.integers(5, 9))
    turn = np.arange(n) / (n - 1) * 2 * np.pi
    out = np.where(np.arange(n) > 0, rng.uniform(500, 1200, n), 0.0)
    return Made(
        out * np.sin(turn),
        out * np.cos(turn),
        np.full(n, rng.uniform(6, 14)),
        np.full(n, rng.uniform(0, 6)),
        np.where(np.arange(n) == 0, Category.TANKER, Category.SERVICE),
        np.arange(n) < rng.integers(3, n + 1),
        rng.uniform(3, 60),
        hull=np.where(np.arange(n) == 0, rng.uniform(120, 300), rng.uniform(20, 50)),
        **calm(rng),
    )


def regatta(rng):
    n = int(rng.integers(8, 60))
    return Made(
        *disc(rng, n, rng.uniform(150, 500)),
        rng.uniform(4, 6.5) + rng.normal(0, 0.4, n),
        rng.uniform(0, 6) + rng.normal(0, 0.15, n),
        np.where(rng.uniform(0, 1, n) < 0.92, Category.PLEASURE, Category.OTHER),
        told(rng, n, 0.3, 0.8),
        rng.uniform(0.5, 8),
        status=8,
        status_share=rng.choice([0.0, 0.8]),
        hull=rng.uniform(8, 16, n),
        **calm(rng),
    )


def passage(rng):
    n = int(rng.integers(8, 20))
    east, north, turn = line(rng, n, rng.uniform(600, 1000), 2)
    return Made(
        east,
        north,
        np.full(n, rng.uniform(9, 14)),
        np.full(n, turn),
        mixed(rng, n, Category.CARGO, Category.TANKER, Category.CARGO),
        told(rng, n, 0.8, 1.0),
        rng.uniform(3, 60),
        hull=rng.uniform(80, 220, n),
        areas=maybe(rng, 0.4, here(AreaKind.LANE, 20, "Lane")),
        **calm(rng),
    )


def rafting(rng):
    n = int(rng.integers(6, 40))
    east, north = disc(rng, n, 500)
    row = np.arange(n) // 5
    return Made(
        east[row * 5] + (np.arange(n) % 5) * rng.uniform(12, 40),
        north[row * 5],
        rng.uniform(0, 0.4, n),
        rng.uniform(0, 6, n),
        mixed(rng, n, Category.FISHING, Category.OTHER, Category.CARGO),
        told(rng, n, 0.1, 0.8),
        rng.uniform(3, 50),
        hull=rng.uniform(30, 60, n),
        **calm(rng),
    )


def unknown(rng):
    n = int(rng.integers(20, 120))
    return Made(
        *disc(rng, n, rng.uniform(250, 800)),
        np.full(n, rng.uniform(0.2, 1.5)),
        np.full(n, rng.uniform(0, 6)),
        mixed(rng, n, Category.FISHING, Category.OTHER, Category.UNKNOWN, Category.UNKNOWN),
        told(rng, n, 0.0, 0.25),
        rng.uniform(5, 80),
        **calm(rng),
    )


MAKERS = {
    Purpose.FISHING: fishing,
    Purpose.ANCHORAGE: anchorage,
    Purpose.QUEUE: queue,
    Purpose.SHELTER: shelter,
    Purpose.WEATHER: weather,
    Purpose.BLOCKING: blocking,
    Purpose.ESCORT: escort,
    Purpose.REGATTA: regatta,
    Purpose.PASSAGE: passage,
    Purpose.RAFTING: rafting,
    Purpose.UNKNOWN: unknown,
}


def drawn(purpose, seed):
    """The fleet of that purpose and seed, as a book sees and explains it; None where it sees none."""
    rng = np.random.default_rng([seed, list(MAKERS).index(purpose)])
    return MAKERS[purpose](rng).explained(rng)
