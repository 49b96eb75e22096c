"""Patrols at random: a sea, weather, bases, ships, a fleet, stations, areas that are closed, vessels to look at."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.geodesy import direct
from mihari.patrol.file import PatrolFile

ON_LAND = {"runway": ("tb2", "tb3", "anka3", "kizilelma", "seaguardian", "vbat", "patrolaircraft"),
           "port": ("ulaq", "bluebottle", "voyager", "patrolboat", "auv")}  # fmt: skip
ON_SHIPS = ("tb3", "vbat", "subcloud", "auv", "kizilelma")
OFFERS = ["short deck", "any deck", "hull"]


def patrol(seed: int) -> PatrolFile:
    """The patrol of a seed; about 10 to 60 cells, 1 to 8 vehicles."""
    rng = np.random.default_rng(seed)
    lat, lon = float(rng.uniform(-60, 60)), float(rng.uniform(-180, 180))

    def place(farthest_km: float) -> tuple[float, float]:
        bearing, way = rng.uniform(0, 2 * math.pi), 1000 * farthest_km * math.sqrt(rng.uniform())
        there = direct(lat, lon, bearing, way)
        return round(float(there[0]), 4), round(float(there[1]), 4)

    hours = float(rng.choice([8.0, 24.0, 36.0]))
    changes = sorted({0.0, *rng.uniform(1, hours, 2).round(1).tolist()})
    weather = [
        {"from_h": h, "wind_kn": float(rng.integers(0, 32)), "wind_from_deg": float(rng.integers(0, 360)),
         "visibility_nm": float(rng.integers(4, 20))}
        for h in changes
    ]  # fmt: skip
    demand = {"name": "all", "every_h": float(rng.choice([1.0, 2.0, 4.0])),
              "vessel": str(rng.choice(["boat", "fishing", "ship"]))}  # fmt: skip
    area = {"lat_deg": lat, "lon_deg": lon, "along_km": float(rng.integers(60, 250)),
            "across_km": float(rng.integers(40, 120)), "bearing_deg": float(rng.integers(0, 360))}  # fmt: skip
    told: dict[str, Any] = {
        "name": f"patrol {seed}", "start": "2026-11-21T03:00:00Z", "hours": hours, "area": area, "weather": weather,
        "demand": [demand], "base": [], "ship": [], "asset": [],
    }  # fmt: skip
    for b in range(int(rng.integers(1, 3))):
        kind = str(rng.choice(["runway", "port"]))
        there = place(150.0)
        shut = [[2.0, 3.5]] if rng.uniform() < 0.3 else []
        told["base"].append({"name": f"base {b}", "lat_deg": there[0], "lon_deg": there[1],
                             "offers": [kind, "port"], "mast_m": float(rng.integers(10, 200)),
                             "slot_min": float(rng.integers(5, 30)), "closed_h": shut})  # fmt: skip
    for s in range(int(rng.integers(0, 3))):
        first, then = place(80.0), place(80.0)
        told["ship"].append({"name": f"ship {s}", "way": [[0, *first], [hours, *then]], "offers": OFFERS,
                             "slot_min": float(rng.integers(5, 30)), "spots": int(rng.integers(2, 5))})  # fmt: skip
    ships = [ship["name"] for ship in told["ship"]]
    room = {ship["name"]: ship["spots"] for ship in told["ship"]}
    for a in range(int(rng.integers(1, 6))):
        count = int(rng.integers(1, 3))
        if ships and rng.uniform() < 0.5:
            home = str(rng.choice(ships))
            if room[home] < count:
                continue
            room[home] -= count
            lands = [other for other in ships if other != home]
            told["asset"].append({"name": f"craft {a}", "platform": str(rng.choice(ON_SHIPS)), "home": home,
                                  "count": count, "stagger_h": 0.5, "lands_at": lands,
                                  "on_call": bool(rng.uniform() < 0.2)})  # fmt: skip
        else:
            base = told["base"][int(rng.integers(len(told["base"])))]
            told["asset"].append({"name": f"craft {a}", "platform": str(rng.choice(ON_LAND[base["offers"][0]])),
                                  "home": base["name"], "count": count, "ready_h": float(rng.uniform(0, 2)),
                                  "on_call": bool(rng.uniform() < 0.1)})  # fmt: skip
    if not told["asset"]:
        told["asset"].append({"name": "craft", "platform": "patrolboat", "home": "base 0"})
    if rng.uniform() < 0.3:
        middle = place(40.0)
        corners = [direct(*middle, turn, 12_000.0) for turn in (0.3, 1.9, 3.4, 5.0)]
        told["keep_out"] = [{"name": "closed", "corners": [[float(a), float(b)] for a, b in corners],
                             "from_h": 2.0, "to_h": float(rng.integers(4, 12))}]  # fmt: skip
    if rng.uniform() < 0.4:
        middle = place(30.0)
        told["look"] = [{"name": "unknown", "lat_deg": middle[0], "lon_deg": middle[1],
                         "told_h": float(rng.uniform(0, 4)),
                         "speed_kn": float(rng.integers(0, 20)), "course_deg": float(rng.integers(0, 360)),
                         "by_h": float(rng.uniform(4, hours))}]  # fmt: skip
    return PatrolFile.model_validate(told)
