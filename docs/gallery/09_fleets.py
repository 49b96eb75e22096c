"""The life of a fleet: it forms, drifts and leaves together; what it may be for, and what people are told.

    python docs/gallery/09_fleets.py -o fleets.png

Left: outlines of all fleets every hour, the members of the one that leaves, and ordinary traffic. Right: its speed
and cohesion, and the weights of its purposes. Scenes come from the truth of a simulated coast, one a minute.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, area_for, arguments, box_of, chart, legend, plt, save

from mihari.behaviours.fleets import FleetBook, Scene
from mihari.core.behaviour import UNNAMED
from mihari.core.picture import Category
from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.simulate import Simulation, load
from mihari.simulate.calls import Behaviour

HOURS, SEED, SIZE = 4.0, 104, 60
TYPES = {"cargo": Category.CARGO, "tanker": Category.TANKER, "fishing": Category.FISHING, "ferry": Category.PASSENGER,
         "pleasure": Category.PLEASURE, "tug": Category.SERVICE, "anchored": Category.CARGO}  # fmt: skip
options = arguments(__doc__, "09_fleets.png")
calls = tuple(
    Behaviour("fleet", (25.95, 126.62), 9 * NAUTICAL_MILE, variant=variant, size=SIZE)
    for variant in ("departure", "drifting")
)
coast = Simulation(replace(load("strait"), seed=SEED, duration=HOURS * 3600, behaviours=calls))
vessels, rows, start = coast.vessels, np.arange(len(coast.vessels)), int(coast.scenario.start)
speaks = vessels.has_ais
key = np.where(speaks, vessels.mmsi.astype(np.int64), UNNAMED + rows)
category = np.where(speaks, [TYPES.get(kind, Category.OTHER) for kind in vessels.kind], Category.UNKNOWN)


def scene(elapsed: float) -> Scene:
    """What a picture without errors would hold."""
    at = coast.traffic.motion.at(elapsed, rows)
    return Scene.of(
        len(rows), key=key, lat_deg=at.lat_deg, lon_deg=at.lon_deg, east_mps=at.east_mps, north_mps=at.north_mps,
        category=category, status=np.where(speaks, vessels.status, -1), told=speaks, shore_m=25_000.0,
        hull_length=np.where(speaks, vessels.hull_length, np.nan),
    )  # fmt: skip


book = FleetBook()
steps = [book.step(start + 60 * minute, scene(60.0 * minute)) for minute in range(int(HOURS * 60) + 1)]
told = [b for step in steps for b in step.behaviours]
for step in steps:
    for change in step.changes:
        print(f"{(change.time - start) // 60:4d} min: {change.change} {change.fleet}: {change.because}")
for b in told:
    print(f"{(int(b.told) - start) // 60:4d} min: {b.kind}, revision {b.revision}: {b.because}")
departure = next(b for b in told if b.kind == "fleet")
truth = next(event for event in coast.traffic.events if event.kind == "fleet" and not event.innocent)
same = len(set(departure.vessels) & set(key[list(truth.vessels)].tolist())) / len(truth.vessels)
print(
    f"told {departure.decided - start - truth.start:.0f} s after the first left, with {100 * same:.0f} % of its vessels"
)

figure = plt.figure(figsize=(12, 7), layout="constrained")
grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
axis, speed, weights = (
    figure.add_subplot(grid[:, 0]), figure.add_subplot(grid[0, 1]), figure.add_subplot(grid[1, 1]),
)  # fmt: skip
life = [(k, fleet) for k, step in enumerate(steps) for fleet in step.fleets if fleet.id == departure.fleet]
corners = np.array([corner for _, fleet in life for corner in fleet.outline_deg])
box = box_of(*corners.T, share=1.0, margin=0.25)
chart(axis, box, area_for(box))
members = np.flatnonzero(np.isin(key, departure.vessels))
when = np.arange(0.0, HOURS * 3600, 60.0)
for row in rows:
    way = coast.traffic.motion.at(when, np.full(len(when), row))
    mine = row in members
    axis.plot(way.lon_deg, way.lat_deg, color=BLUE if mine else GREY, linewidth=0.5, alpha=0.5 if mine else 0.3)
colours = plt.get_cmap("viridis")(np.linspace(0, 0.9, len(steps)))
for k in range(10, len(steps), 60):
    for fleet in steps[k].fleets:
        ring = np.array([*fleet.outline_deg, fleet.outline_deg[0]])
        axis.plot(ring[:, 1], ring[:, 0], color=colours[k], linewidth=1.6, zorder=4)
        if fleet.id == departure.fleet:
            axis.annotate(f"{k} min", ring[ring[:, 0].argmax()][::-1], fontsize=8, ha="center", va="bottom", zorder=5)
axis.plot(departure.lon_deg, departure.lat_deg, "*", color=RED, markersize=13, zorder=6, label="departure told")
legend(axis, loc="upper right")
axis.set_title(f"{len(departure.vessels)} vessels, outlines of fleets every hour", fontsize=10)

minutes = [k for k, _ in life]
speed.plot(minutes, [np.hypot(f.east_mps, f.north_mps) / KNOT for _, f in life], color=BLUE, label="common speed, kn")
speed.plot(minutes, [10 * f.cohesion for _, f in life], color=GREEN, label="cohesion, tenths")
for b in (b for b in told if b.fleet == departure.fleet):
    speed.axvline((b.told - start) / 60, color=RED, linewidth=1.0, linestyle="-" if b.revision == 0 else ":")
speed.set_title("red: departure told, revised, ended (dotted)", fontsize=10)
speed.legend(fontsize=8)
speed.grid(alpha=0.3)
best = sorted({e.purpose for _, f in life for e in f.explanations if e.weight > 0.05})
table = np.array([[next(e.weight for e in f.explanations if e.purpose == p) for p in best] for _, f in life]).T
palette = [BLUE, ORANGE, GREEN, RED, "#9467bd", "#e6ab02", "#66a61e", "#17becf"]
weights.stackplot(minutes, np.vstack([table, 1 - table.sum(axis=0)]), labels=[*best, "others"],
                  colors=[*palette[: len(best)], "#dddddd"], alpha=0.85)  # fmt: skip
weights.set_ylim(0, 1)
weights.set_xlim(speed.get_xlim())
weights.set_xlabel("min", fontsize=9)
weights.set_title("weights of its purposes", fontsize=10)
weights.legend(fontsize=8, loc="lower left", framealpha=0.92)
save(figure, options.output)
