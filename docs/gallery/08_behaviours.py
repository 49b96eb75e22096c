"""Behaviours with known truth, and what only looks like them: where the vessels of eight happenings went.

    python docs/gallery/08_behaviours.py -o behaviours.png

Each column is a kind; above one that is real, below one that falls short of the definition. Thick: while it holds.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from chart import BLUE, GREY, ORANGE, arguments, plt, save

from mihari.simulate import Simulation, load
from mihari.simulate.traffic import Happening

KINDS = ("rendezvous", "loitering", "shadowing", "dash")
AROUND_S = 900.0  # drawn before and after
options = arguments(__doc__, "08_behaviours.png")
coast = Simulation(load("behaviours"))
events = coast.traffic.events
count = Counter((event.kind, event.innocent) for event in events)
for kind in sorted({event.kind for event in events}):
    print(f"{kind}: {count[kind, False]} real, {count[kind, True]} innocent")
print(f"{len(events)} events of {len(coast.vessels)} vessels")


def draw(axis: plt.Axes, event: Happening) -> None:
    """The vessels' ways in km around the middle of the happening."""
    rows = np.array(event.vessels[:2])
    middle = coast.traffic.motion.at((event.start + event.end) / 2, rows[:1])
    times = np.arange(max(event.start - AROUND_S, 0.0), event.end + AROUND_S, 10.0)
    for row, colour in zip(rows, (BLUE, ORANGE), strict=False):
        moving = coast.traffic.motion.at(times, np.full(len(times), row))
        east = (moving.lon_deg - middle.lon_deg) * 111.32 * np.cos(np.radians(middle.lat_deg))
        north = (moving.lat_deg - middle.lat_deg) * 110.8
        holds = (times >= event.start) & (times < event.end)
        axis.plot(east, north, color=colour, linewidth=0.8, alpha=0.6)
        axis.plot(east[holds], north[holds], color=colour, linewidth=2.6)
        axis.plot(east[0], north[0], "o", color=colour, markersize=4)
    axis.set_aspect("equal", adjustable="datalim")
    axis.tick_params(labelsize=7, colors=GREY)
    axis.grid(alpha=0.25)
    axis.set_title(f"{event.note}\n{(event.end - event.start) / 60:.0f} min", fontsize=8)


figure, axes = plt.subplots(2, len(KINDS), figsize=(12, 6.4), layout="constrained")
for column, kind in enumerate(KINDS):
    for row, innocent in enumerate((False, True)):
        alike = [event for event in events if event.kind == kind and event.innocent is innocent]
        draw(axes[row, column], max(alike, key=lambda event: event.note.startswith("short")))
    axes[1, column].set_xlabel(f"{kind}, km", fontsize=9)
axes[0, 0].set_ylabel("real", fontsize=10)
axes[1, 0].set_ylabel("innocent", fontsize=10)
save(figure, options.output)
