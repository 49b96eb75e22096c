"""A glider comes up with bearings six hours old: where a dark boat was, and whom it met, as thought and as known now.

    python docs/gallery/12_late_bearings.py -o late_bearings.png

A far radar sees the boat roughly; another that drifts there tells where it is by AIS. What the glider heard is run
again from the archive where it belongs: the past track is sharper, and what was found on the rough one is revised.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, arguments, legend, plt, save
from late_sea import HEARS, LEAVES, MEETS, START, Sea
from late_watch import Watch, Way
from matplotlib.patches import Ellipse

from mihari.core.behaviour import Behaviour, Standing
from mihari.core.reports import Sector

NEAR = 500.0  # m, of a rendezvous
options = arguments(__doc__, "12_late_bearings.png")
sea = Sea(seed=2, apart=300.0)


def span(b: Behaviour) -> str:
    """From when to when, in minutes."""
    return f"{(b.start - START) / 60:.0f} min to {(b.end or b.told) / 60 - START / 60:.0f} min"


with tempfile.TemporaryDirectory() as folder:
    watch = Watch(sea, Path(folder)).run()
thought, known, before, after = watch.thought, watch.known, watch.before, watch.meetings()
print(f"{watch.reruns.reports} looks are {watch.told[0].why}; run again {watch.reruns.done} time")
print(f"before: {thought.judged(sea)}")
print(f"after: {known.judged(sea)}")
for when, found in (("before", before), ("after", after)):
    for b in found:
        print(f"rendezvous {when}: {b.standing.name}, {span(b)}: {b.because}")
    if not found:
        print(f"rendezvous {when}: none")


def draw(axis: plt.Axes, way: Way, colour: str, title: str) -> None:
    """A track with its 95 % ellipses each five minutes."""
    here = way.during(MEETS - 300, LEAVES + 120)
    for first in np.flatnonzero(np.diff(here.time // 300, prepend=-1)):
        spread, turn = np.linalg.eigh(here.covariance[first])
        wide, high = 2 * np.sqrt(5.991 * spread)
        angle = math.degrees(math.atan2(turn[1, 0], turn[0, 0]))
        axis.add_patch(Ellipse(here.place[first], wide, high, angle=angle, fill=False, color=colour, alpha=0.5))
    axis.plot(*here.place.T, ".", color=colour, markersize=2, label="thought to be")
    times = np.arange(MEETS - 300, LEAVES + 120, 10.0)
    axis.plot(*np.array([sea.dark(t) for t in times]).T, color="black", linewidth=1.2, label="dark boat, truth")
    axis.plot(*np.array([sea.boat(t) for t in times]).T, color=GREEN, linewidth=2, label="boat that tells")
    axis.set(title=title, xlim=(-3000, 5200), ylim=(-3400, 3400), xlabel="m east", ylabel="m north")
    axis.set_aspect("equal")
    axis.grid(color="#dddddd")


figure = plt.figure(figsize=(12, 8.2), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(2.2, 1))
left, right = top.subplots(1, 2)
draw(left, thought, ORANGE, f"thought at the time\n{thought.judged(sea)}")
draw(
    right,
    known,
    BLUE,
    f"known {watch.told[0].why.removeprefix('bearings that came ').removesuffix(' late')} later\n{known.judged(sea)}",
)
for one in [given for given in sea.inputs() if isinstance(given, Sector) and given.sensor == 2][::3]:
    here = sea.glider(one.time - START)
    for bearing in one.reports.bearing.tolist():
        way = here + np.outer([0.0, 7000.0], [math.sin(bearing), math.cos(bearing)])
        right.plot(*way.T, color=GREY, linewidth=0.4, alpha=0.7)
right.plot(*np.array([sea.glider(t) for t in HEARS]).T, color=RED, linewidth=3, label="glider")
legend(left, loc="lower right")
legend(right, loc="lower right")
axis = bottom.subplots()
for way, colour in ((thought, ORANGE), (known, BLUE)):
    apart = np.linalg.norm(way.place - np.array([sea.boat(t) for t in way.time]), axis=1)
    axis.plot(way.time / 60, apart, ".", color=colour, markersize=2)
times = np.arange(0.0, LEAVES + 1200, 10.0)
axis.plot(times / 60, [np.linalg.norm(sea.dark(t) - sea.boat(t)) for t in times], color="black", linewidth=1)
axis.axhline(NEAR, color=GREY, linestyle="--", linewidth=0.8)
for row, (found, colour, name) in enumerate(((before, ORANGE, "before"), (after, BLUE, "after"))):
    height = -250.0 - 300.0 * row
    axis.text(31, height, f"rendezvous, {name}", fontsize=8, va="center", color=colour)
    for b in found:
        if b.standing is not Standing.RETRACTED:
            span = [
                (b.start - START) / 60,
                (b.end or b.told) / 60 - START / 60 if b.end is None else (b.end - START) / 60,
            ]
            axis.plot(span, [height] * 2, color=colour, linewidth=6, solid_capstyle="butt")
axis.set(xlim=(30, (LEAVES + 900) / 60), ylim=(-750, 3000), xlabel="min", ylabel="m from the boat that tells")
axis.grid(color="#dddddd")
save(figure, options.output)
