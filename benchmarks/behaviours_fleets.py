"""What a step of the fleets costs: 50,000 vessels of which 5,000 are in 100 fleets, a step each minute of data.

    python -m benchmarks.behaviours_fleets

Prints the processor time of the median and of the largest step, after the fleets have formed and kernels are compiled.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from mihari.behaviours.fleets import FleetBook, Scene
from mihari.core.columns import Array

VESSELS, FLEETS, SIZE = 50_000, 100, 50
WARM, STEPS = 15, 25  # minutes
START = 1_800_000_000
METRES_A_DEGREE = 111_195.0
BOX = (20.0, 45.0, 120.0, 160.0)  # degrees: south, north, west, east
BAR_MS = 50.0


class Sea:
    """Ships on straight ways anywhere in a box, and fleets that drift."""

    def __init__(self, seed: int = 1, vessels: int = VESSELS) -> None:
        rng = np.random.default_rng(seed)
        south, north, west, east = BOX
        self.lat, self.lon = rng.uniform(south, north, vessels), rng.uniform(west, east, vessels)
        speed, course = rng.uniform(0, 8, vessels), rng.uniform(0, 2 * np.pi, vessels)
        inside = np.arange(FLEETS * SIZE)
        middle = inside // SIZE
        at = rng.uniform(south, north, FLEETS)[middle], rng.uniform(west, east, FLEETS)[middle]
        scatter = rng.normal(0, 1500.0 / METRES_A_DEGREE, (2, len(inside)))
        self.lat[inside], self.lon[inside] = at[0] + scatter[0], at[1] + scatter[1] / np.cos(np.radians(at[0]))
        speed[inside], course[inside] = 0.3, rng.uniform(0, 6, FLEETS)[middle]
        self.east, self.north = speed * np.sin(course), speed * np.cos(course)
        self.category = rng.integers(0, 9, vessels)
        self.told = rng.uniform(0, 1, vessels) < 0.7

    def scene(self, elapsed: float) -> Scene:
        """Everybody at that time, s."""
        lat = self.lat + self.north * elapsed / METRES_A_DEGREE
        lon = self.lon + self.east * elapsed / METRES_A_DEGREE / np.cos(np.radians(lat))
        return Scene.of(
            len(lat), key=np.arange(1, len(lat) + 1), lat_deg=lat, lon_deg=lon, east_mps=self.east,
            north_mps=self.north, category=self.category * self.told, told=self.told, shore_m=50_000.0,
        )  # fmt: skip


def measure(seed: int = 1, vessels: int = VESSELS) -> tuple[Array, int]:
    """Processor seconds of each step after the warm-up, and how many fleets there are."""
    sea, book, cost = Sea(seed, vessels), FleetBook(), []
    for minute in range(WARM + STEPS):
        scene = sea.scene(60.0 * minute)
        begin = time.process_time()
        step = book.step(START + 60 * minute, scene)
        cost.append(time.process_time() - begin)
    return np.array(cost[WARM:]), len(step.fleets)


def main() -> int:
    """Print the figures; 1 if the median is over the bar."""
    cost, fleets = measure()
    median, largest = 1e3 * statistics.median(cost.tolist()), 1e3 * float(cost.max())
    print(
        f"{VESSELS} vessels, {fleets} fleets: {median:.1f} ms a step (median of {len(cost)}), {largest:.1f} ms at most"
    )
    return int(median > BAR_MS)


if __name__ == "__main__":
    raise SystemExit(main())
