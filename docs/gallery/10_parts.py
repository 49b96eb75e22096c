"""Whose plot is whose? Two boats cross at a small angle among false plots: one tracker, three associations in turn.

    python docs/gallery/10_parts.py -o parts.png

For a minute the boats are within 30 m of each other, and the radar is off by 8 m. The nearest neighbour decides at each
scan and often leaves with the wrong boat; the others keep both answers until the boats part. GOSPA (order 2, cutoff
100 m) does not see that: it asks where boats are, not which is which. Figures are those of 20 runs.
"""

from __future__ import annotations

import numpy as np
from chart import BLUE, GREEN, GREY, ORANGE, RED, arguments, legend, plt, save

from mihari.lab import (
    BeliefPropagation,
    ConstantVelocity,
    ExactJoint,
    Held,
    LabTracker,
    NearestNeighbour,
    Scan,
    everywhere,
)
from mihari.score.gospa import gospa_of_points

SCANS, PERIOD, SD, DETECTION, FALSE, SIDE = 90, 2.0, 8.0, 0.9, 30, 800.0
ASIDE, SEEDS, BEFORE = 0.5, range(20), 20  # m/s, runs, the scan after 40 s
options = arguments(__doc__, "10_parts.png")
ASSOCIATIONS = {"nearest": NearestNeighbour(), "exact": ExactJoint(), "propagation": BeliefPropagation()}
WORDS = {"nearest": "nearest neighbour", "exact": "joint, exact", "propagation": "belief propagation"}
COLOURS = {"nearest": ORANGE, "exact": GREEN, "propagation": BLUE}


def ways() -> np.ndarray:
    """(scans, 2, 2) m east and north of both boats, which hold on."""
    time = PERIOD * np.arange(SCANS)
    east, off = -720.0 + 8.0 * time, ASIDE * (time - 90.0)
    return np.stack([np.column_stack([east, off]), np.column_stack([east, -off])], axis=1)


def scans(truth: np.ndarray, seed: int) -> list[Scan]:
    """What the radar tells: each boat nine times in ten, and false plots over a square of 1.6 km."""
    rng, looks = np.random.default_rng(seed), []
    for k, places in enumerate(truth):
        seen = places[rng.random(2) < DETECTION]
        plots = np.concatenate(
            [seen + rng.normal(0, SD, seen.shape), rng.uniform(-SIDE, SIDE, (rng.poisson(FALSE), 2))]
        )
        covariances = np.tile(np.eye(2) * SD**2, (len(plots), 1, 1))
        looks.append(Scan(PERIOD * k, plots, covariances, everywhere(DETECTION), FALSE / (2 * SIDE) ** 2))
    return looks


def whose(held: Held, places: np.ndarray) -> list[int]:
    """Of each boat the id of the nearest track; -1 where none is within 40 m."""
    if len(held) == 0:
        return [-1] * len(places)
    away = np.linalg.norm(held.places[None] - places[:, None], axis=2)
    return [int(held.id[row.argmin()]) if row.min() < 40.0 else -1 for row in away]


truth = ways()
kept = dict.fromkeys(ASSOCIATIONS, 0)
value = {name: np.zeros((len(SEEDS), SCANS)) for name in ASSOCIATIONS}
shown: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
for row, seed in enumerate(SEEDS):
    looks = scans(truth, seed)
    for name, association in ASSOCIATIONS.items():
        tracker = LabTracker(motion=ConstantVelocity(0.02), association=association)
        held = [tracker.step(look).confirmed for look in looks]
        value[name][row] = [gospa_of_points(truth[k], one.places).value for k, one in enumerate(held)]
        kept[name] += whose(held[BEFORE], truth[BEFORE]) == whose(held[-1], truth[-1])
        if row == 0:
            shown[name] = [(one.id, one.places) for one in held]

figure, axes = plt.subplots(2, 2, figsize=(11.5, 6.4), layout="constrained")
for ax, name in zip(axes.flat, ASSOCIATIONS, strict=False):
    for boat in range(2):
        ax.plot(*truth[:, boat].T, color=GREY, linewidth=4, alpha=0.35, label="truth" if boat == 0 else None)
    ids = sorted({int(i) for one, _ in shown[name] for i in one})
    for n, track in enumerate(ids):
        way = np.array([places[one == track][0] for one, places in shown[name] if track in one])
        ax.plot(
            *way.T, ".-", markersize=3, linewidth=1, color=(BLUE, ORANGE, GREEN, RED)[n % 4], label=f"track {track}"
        )
    ax.set(xlim=(-740, 740), ylim=(-62, 62), xlabel="east, m", ylabel="north, m")
    ax.set_title(f"{WORDS[name]}: {len(ids)} tracks of 2 boats (run 1)", fontsize=10)
    ax.grid(color="#dddddd")
    legend(ax, loc="upper center", fontsize=7, ncols=3)
for name, run in value.items():
    settled = run[:, 15:].mean()
    axes[1, 1].plot(
        PERIOD * np.arange(SCANS),
        run.mean(0),
        color=COLOURS[name],
        label=f"{WORDS[name]}: {settled:.1f} m; ids kept in {kept[name]} runs",
    )
    print(f"{WORDS[name]}: mean GOSPA from 30 s on {settled:.1f} m, ids kept in {kept[name]} of {len(SEEDS)} runs")
apart = np.abs(value["exact"] - value["propagation"]).max()
print(f"exact and belief propagation differ by {apart:.2f} m at most")
axes[1, 1].set(xlabel="time, s", ylabel="GOSPA, m", ylim=(0, None))
axes[1, 1].set_title("mean of 20 runs; figures from 30 s on", fontsize=10)
axes[1, 1].grid(color="#dddddd")
legend(axes[1, 1], fontsize=7)
save(figure, options.output)
