"""Crossings: share of vessels seen at least once in a plan that is flown, beside what the plan itself predicts.

python -m benchmarks.patrol_crossings [--patrol nansei] [--plan plan.json] [--seconds 30] [--json]

A plan is made (or read), flown by physics in its weather, and 500 vessels cross its area for each of several seeds:
straight, evasive, small and dark. The prediction is made from the plan alone (`mihari.rehearse.predict`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.harness import Row, report
from mihari.patrol.file import PatrolFile, load
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Plan, read
from mihari.patrol.planner import make_plan
from mihari.rehearse.crossings import FAMILIES
from mihari.rehearse.flight import Flight, Flown
from mihari.rehearse.judge import Judge
from mihari.rehearse.predict import Prediction
from mihari.rehearse.rehearsal import AFTER_H, Kind, crossed, share_of, together, wilson

VESSELS = 500
FLIGHTS, SEEDS = (1, 2), (1, 2, 3)  # of gusts; of vessels and sightings, for each flight
BAR = 5.0  # points


def flown(file: PatrolFile, ground: Ground, plan: Plan, seed: int) -> Flown:
    """The plan in the air, with the gusts of a seed."""
    flight = Flight(file, plan, ground.cells.side, np.random.default_rng(seed))
    flight.until(flight.begin + 3600 * AFTER_H)
    return flight.flown


def runs(file: PatrolFile, plan: Plan, vessels: int = VESSELS) -> list[list[Kind]]:
    """All families, for each flight and seed."""
    ground = ground_of(file)
    prediction = Prediction(file, ground, plan)
    predicted = [prediction.of(family) for family in FAMILIES]
    found = []
    for flight in FLIGHTS:
        judge = Judge(file, ground.cells, flown(file, ground, plan, flight))
        for seed in SEEDS:
            rng = np.random.default_rng([flight, seed])
            found.append(
                [crossed(f, judge, ground, share_of(vessels, i), rng, predicted[i]) for i, f in enumerate(FAMILIES)]
            )
            share, _, told = together(found[-1])
            print(f"flight {flight}, seed {seed}: {share:.1%} of {vessels} seen, predicted {told:.1%}", file=sys.stderr)
    return found


def rows(found: list[list[Kind]]) -> list[Row]:
    """For each family and all: points between what was seen over all seeds and what was predicted."""
    made = []
    for name, groups in (
        *((family.name, [[run[i]] for run in found]) for i, family in enumerate(FAMILIES)),
        ("all", found),
    ):
        hits = sum(int(np.isfinite(kind.first).sum()) for group in groups for kind in group)
        of = sum(len(kind.first) for group in groups for kind in group)
        shares = [together(group)[0] for group in groups]
        predicted = together(groups[0])[2]
        low, high = wilson(hits, of)
        what = (
            f"{name}: {hits} of {of} seen, {hits / of:.1%} (95 %: {low:.1%} to {high:.1%}; single runs "
            f"{min(shares):.1%} to {max(shares):.1%}), predicted {predicted:.1%}; points apart"
        )
        apart = 100 * abs(hits / of - predicted)
        made.append(Row(f"PAT-MC {name}", what, 100 * hits / of, 100 * predicted, apart, BAR, "<="))
    return made


def main() -> int:
    """Make or read a plan, fly it, print the table."""
    parser = argparse.ArgumentParser(description="crossings seen, and predicted", add_help=False)
    parser.add_argument("--patrol", default="nansei")
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    given, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    file = load(given.patrol)
    plan = read(given.plan) if given.plan else make_plan(file, given.seconds)
    return report(rows(runs(file, plan)))


if __name__ == "__main__":
    sys.exit(main())
