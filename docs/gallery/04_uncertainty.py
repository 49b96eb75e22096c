"""Does the tracker know how wrong it is? One vessel's 95 % ellipses, and NEES, by radar only and by radar and AIS.

    python docs/gallery/04_uncertainty.py -o uncertainty.png

NEES is the squared position error divided by the covariance that the tracker states. Of an honest tracker it is 2 on
average, and below 5.99 in 95 of 100 cases (chi-square, 2 degrees of freedom). Tracks more than 300 m from every vessel
are not among them; single values count for 50 at most.
"""

from __future__ import annotations

import math

import numpy as np
from chart import BLUE, GREY, METRES_A_DEGREE, ORANGE, arguments, inputs, legend, plt, save, simulation
from matplotlib.patches import Ellipse

from mihari.core.polar import ellipse
from mihari.core.reports import Tick
from mihari.pipeline import Pipeline
from mihari.score import confirmed_at, gospa

SECONDS, SETTLED = 90.0, 45.0
options = arguments(__doc__, "04_uncertainty.png")
strait = simulation()
start = strait.scenario.start
datagrams = list(strait.stream(SECONDS))


def errors(channels: str) -> dict[str, np.ndarray]:
    """Every confirmed track beside its vessel, each 5 s: time, vessel, error east and north (m), covariance (m²)."""
    given, registry = inputs(strait, (d for d in datagrams if d.channel.startswith(tuple(channels.split()))))
    pipeline, rows = Pipeline(registry.all(), strait.mask.on_land), []
    for item in given:
        pipeline.take(item)
        if not isinstance(item, Tick) or item.time % 5:
            continue
        truth, tracks = strait.truth(item.time), confirmed_at(pipeline.tracker.tracks(item.time))
        by_radar = item.time - tracks.heard_radar < 10.0
        tracks = tracks.take(by_radar)
        for k, m in gospa(truth.lat_deg, truth.lon_deg, tracks.lat_deg, tracks.lon_deg, cutoff=300.0).pairs:
            east = math.cos(math.radians(truth.lat_deg[k])) * METRES_A_DEGREE * (tracks.lon_deg[m] - truth.lon_deg[k])
            north = METRES_A_DEGREE * (tracks.lat_deg[m] - truth.lat_deg[k])
            P = tracks.cov_ee[m], tracks.cov_en[m], tracks.cov_nn[m]
            heard_ais = math.isfinite(tracks.heard_ais[m])
            rows.append((item.time - start, truth.vessel[k], east, north, *P, heard_ais))
    columns = dict(zip(("time", "vessel", "east", "north", "ee", "en", "nn", "ais"), np.array(rows).T, strict=True))
    det = columns["ee"] * columns["nn"] - columns["en"] ** 2
    e, n = columns["east"], columns["north"]
    columns["nees"] = (columns["nn"] * e**2 - 2 * columns["en"] * e * n + columns["ee"] * n**2) / det
    return columns


both, radar = errors("radar ais"), errors("radar")
# of the vessels that both runs hold all the time from `SETTLED` on, with AIS in the first: the worst measured one
late = [run["time"] > SETTLED for run in (both, radar)]
moments = len(np.unique(both["time"][late[0]]))
held = [
    {v for v in np.unique(run["vessel"]) if np.sum(own & (run["vessel"] == v) & (run["ais"] == want)) == moments}
    for run, own, want in ((both, late[0], 1), (radar, late[1], 0))
]
vessel = max(sorted(held[0] & held[1]), key=lambda v: np.median((radar["ee"] + radar["nn"])[radar["vessel"] == v]))
kind = strait.vessels.kind[int(vessel)]

figure, (left, right) = plt.subplots(1, 2, figsize=(11.5, 5.4), layout="constrained", width_ratios=[1, 1.25])
for run, colour, label in ((radar, ORANGE, "radar only"), (both, BLUE, "radar and AIS")):
    own = (run["vessel"] == vessel) & (run["time"] > SETTLED)
    left.plot(run["east"][own], run["north"][own], ".", color=colour, label=f"{label}: error of the track")
    for k in np.flatnonzero(own)[::4]:
        major, minor, turn = ellipse(run["ee"][k], run["en"][k], run["nn"][k])
        left.add_patch(
            Ellipse((0, 0), 2 * minor, 2 * major, angle=-math.degrees(turn), fill=False, color=colour, alpha=0.6)
        )
left.plot(0, 0, "+", color="black", markersize=12, label="the truth")
left.set_aspect("equal")
left.autoscale_view()
left.set(xlabel="error east, m", ylabel="error north, m")
left.set_title(f"vessel {vessel:.0f} ({kind}), {SECONDS - SETTLED:.0f} s; lines: 95 % ellipses", fontsize=10)
left.grid(color="#dddddd")
legend(left, loc="upper left", fontsize=6)
for run, colour, label in ((radar, ORANGE, "radar only"), (both, BLUE, "radar and AIS")):
    moments = np.unique(run["time"])
    means = [np.mean(np.minimum(run["nees"][run["time"] == t], 50)) for t in moments]
    settled = run["time"] > SETTLED
    inside = 100 * np.mean(run["nees"][settled] < 5.99)
    median = np.median(np.hypot(run["east"], run["north"])[settled])
    right.plot(moments, means, color=colour, label=f"{label}: {inside:.0f} % inside, median error {median:.0f} m")
    print(f"{label}: {inside:.1f} % inside the 95 % ellipse, median error {median:.1f} m, {settled.sum()} samples")
right.axhline(2, color=GREY, linestyle="--", label="honest: mean 2, 95 % inside")
right.set(xlabel="time since the start, s", ylabel="mean NEES of all tracks seen by radar", ylim=(0, None))
right.set_title(f"all vessels seen by radar; figures from {SETTLED:.0f} s on", fontsize=10)
right.grid(color="#dddddd")
legend(right, loc="lower right")
save(figure, options.output)
