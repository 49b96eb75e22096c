"""From a table of plots to a table of tracks in one call, and how well the tracks know themselves: GOSPA and NEES.

    python docs/gallery/11_tables.py -o tables.png

The table is made here: twelve boats, one radar, 75 turns, 40 false plots a turn. NEES is the squared error of place and
velocity over the covariance that the tracker states, 4 on average for an honest one (four dimensions).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from chart import BLUE, GREY, ORANGE, RED, arguments, legend, plt, save

from mihari.core import geodesy
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import TrackStatus
from mihari.lab import track_frame
from mihari.score.consistency import nees
from mihari.score.gospa import gospa_of_points

TURNS, BOATS, FALSE, NEAREST, FARTHEST = 75, 12, 40, 300.0, 6000.0
options = arguments(__doc__, "11_tables.png")
radar = Sensor(
    0, "pier", SensorKind.RADAR, 26.2, 127.6, range_min=NEAREST, range_max=FARTHEST,
    clutter=FALSE / (np.pi * (FARTHEST**2 - NEAREST**2)),
)  # fmt: skip
rng = np.random.default_rng(11)
time = 1.7e9 + radar.period * np.arange(TURNS)

# the truth: half of the boats hold on, the others turn once; m east and north of the radar
speed, course = rng.uniform(3, 9, BOATS), rng.uniform(0, 2 * np.pi, BOATS)
rate = np.zeros((TURNS, BOATS))
rate[30:50, ::2] = np.radians(2.0)
heading = course + radar.period * np.cumsum(rate, axis=0)
velocity = speed[:, None] * np.stack([np.sin(heading), np.cos(heading)], axis=-1)  # (turns, boats, 2)
away, round_ = np.sqrt(rng.uniform(1500**2, 4500**2, BOATS)), rng.uniform(0, 2 * np.pi, BOATS)
start = np.column_stack([away * np.sin(round_), away * np.cos(round_)])
places = start + radar.period * np.cumsum(velocity, axis=0)

# what the radar tells, as anybody's table
rows = []
for k in range(TURNS):
    seen = places[k][rng.random(BOATS) < radar.detection]
    far = np.sqrt(rng.uniform(NEAREST**2, FARTHEST**2, FALSE))
    distance = np.concatenate([np.hypot(*seen.T) + rng.normal(0, radar.range_sd, len(seen)), far])
    bearing = np.arctan2(*seen.T) + rng.normal(0, radar.bearing_sd, len(seen))
    bearing = np.concatenate([bearing, rng.uniform(0, 2 * np.pi, FALSE)]) % (2 * np.pi)
    rows.append(pd.DataFrame({"time": time[k], "scan": k, "range": distance, "bearing": bearing}))
plots = pd.concat(rows, ignore_index=True)

tracks = track_frame(plots, sensor=radar)
print(f"{len(plots)} rows of plots, {len(tracks)} rows of tracks, {tracks.id.nunique()} tracks begun")

plane = geodesy.TangentPlane.at(radar.lat_deg, radar.lon_deg)
tracks["east"], tracks["north"] = geodesy.to_plane(plane, geodesy.ecef(tracks.lat_deg, tracks.lon_deg))
confirmed = tracks[tracks.status == TrackStatus.CONFIRMED]
values, errors = np.full(TURNS, np.nan), np.full(TURNS, np.nan)
missed = false = 0
names = "enuv"
for k in range(TURNS):
    now = confirmed[(confirmed.moment - time[k]).abs() < 1e-3]
    found = gospa_of_points(places[k], now[["east", "north"]].to_numpy())
    values[k] = found.value
    if k >= 10:
        missed, false = missed + found.missed, false + found.false
    boat, track = found.pairs.T
    error = np.column_stack([places[k], velocity[k]])[boat]
    error -= now[["east", "north", "east_mps", "north_mps"]].to_numpy()[track]
    told = {a + b: now[f"cov_{a}{b}"].to_numpy()[track] for i, a in enumerate(names) for b in names[i:]}
    P = np.array([[told.get(a + b, told.get(b + a)) for b in names] for a in names]).transpose(2, 0, 1)
    errors[k] = 4 * np.mean(nees(error, P)) if len(P) else np.nan
late = slice(10, None)
there = BOATS * (TURNS - 10)
print(f"from turn 10 on: mean GOSPA {values[late].mean():.1f} m, missed {missed} and false {false} of {there}")
print(f"mean NEES {errors[late].mean():.1f} (4 is honest)")

figure, axes = plt.subplot_mosaic("ab;ac", figsize=(11.5, 5.6), layout="constrained", width_ratios=[1, 1.1])
east, north = plots.range * np.sin(plots.bearing), plots.range * np.cos(plots.bearing)
axes["a"].plot(east, north, ",", color=GREY, label="plots of all turns")
for n, (_, way) in enumerate(confirmed.groupby("id")):
    axes["a"].plot(way.east, way.north, color=BLUE, linewidth=2, label="confirmed tracks" if n == 0 else None)
axes["a"].plot(*places[-1].T, "o", color=RED, markersize=4, label="boats at the end")
axes["a"].plot(0, 0, "^", color="black", label="radar")
axes["a"].set(
    xlabel="east, m", ylabel="north, m", aspect="equal", xlim=(-FARTHEST, FARTHEST), ylim=(-FARTHEST, FARTHEST)
)
axes["a"].set_title("track_frame(plots, sensor=radar)", fontsize=10, family="monospace")
legend(axes["a"], fontsize=7)
turned = (radar.period * 30, radar.period * 50)
for name, what, told, level in (("b", values, "GOSPA, m", None), ("c", errors, "mean NEES", 4.0)):
    axes[name].plot(time - time[0], what, color=BLUE)
    axes[name].axvspan(*turned, color="#eeeeee", label="half of the boats turn, 2°/s")
    if level:
        axes[name].axhline(level, color=ORANGE, linestyle="--", label="honest: 4")
    axes[name].set(xlabel="time, s", ylabel=told, ylim=(0, None))
    axes[name].grid(color="#dddddd")
    legend(axes[name], fontsize=7)
save(figure, options.output)
