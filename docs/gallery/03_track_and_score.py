"""Track a simulated strait and hold the tracks against the truth: GOSPA over time.

    python docs/gallery/03_track_and_score.py -o score.png

GOSPA (order 2, cutoff 100 m, alpha 2) grows with position errors, missed vessels and false tracks alike.
"""

from __future__ import annotations

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, arguments, chart, inputs, legend, plt, save, simulation

from mihari.core.reports import Tick
from mihari.pipeline import Pipeline
from mihari.score import confirmed_at, score_tracks, under_cover

SECONDS = 120.0
options = arguments(__doc__, "03_track_and_score.png")
strait = simulation()
given, registry = inputs(strait, strait.stream(SECONDS))
pipeline = Pipeline(registry.all(), strait.mask.on_land)
times, scores, tracks, truth = [], [], pipeline.tracker.tracks(), strait.truth(strait.scenario.start)
for item in given:
    pipeline.take(item)
    if isinstance(item, Tick) and item.time % 2 == 0:
        truth, tracks = strait.truth(item.time), pipeline.tracker.tracks(item.time)
        times.append(item.time - strait.scenario.start)
        scores.append(score_tracks(truth, tracks, registry.all()))
last = scores[-1]
mean = np.mean([score.gospa for score in scores[-15:]])
print(f"{last.vessels} vessels in radar range, {last.confirmed} tracks, {last.missed} missed, {last.false} false")
print(f"mean GOSPA of the last 30 s: {mean:.0f} m; RMS position error {last.rms:.1f} m")

figure, axes = plt.subplot_mosaic([["map", "far"], ["map", "near"]], figsize=(11.5, 5.8), layout="constrained",
                                  width_ratios=[1.35, 1])  # fmt: skip
left = axes["map"]
chart(left, (25.95, 126.5, 26.75, 127.65))
seen = under_cover(truth, registry.all())
confirmed = confirmed_at(tracks)
left.plot(
    truth.lon_deg[~seen], truth.lat_deg[~seen], "o", mfc="none", color=GREY, markersize=5, label="truth, no radar"
)
left.plot(truth.lon_deg[seen], truth.lat_deg[seen], "o", mfc="none", color=ORANGE, markersize=6, label="truth")
left.plot(confirmed.lon_deg, confirmed.lat_deg, ".", color=BLUE, markersize=4.5, label="track")
for sensor in registry.all()[:2]:
    left.plot(sensor.lon_deg, sensor.lat_deg, "^", color="black", markersize=7)
left.set_title(f"after {SECONDS:.0f} s (triangles: radars)", fontsize=10)
legend(left)
axes["far"].plot(times, [s.gospa for s in scores], color=BLUE, label="GOSPA, m")
for values, colour, label in (
    ([s.missed for s in scores], ORANGE, "missed vessels, number"),
    ([s.false for s in scores], RED, "false tracks, number"),
    ([s.rms for s in scores], GREEN, "RMS error of those found, m"),
):
    axes["near"].plot(times, values, color=colour, label=label)
axes["far"].set(ylim=(0, None), ylabel="GOSPA, m")
axes["near"].set(xlabel="time since the start, s", ylabel="number, or m", ylim=(0, 40))
axes["far"].set_title(f"{last.vessels} vessels within radar range", fontsize=10)
for name in ("far", "near"):
    axes[name].set_xlim(0, SECONDS)
    axes[name].grid(color="#dddddd")
    legend(axes[name])
save(figure, options.output)
