"""PAT-1 to PAT-8: patrol planning beside restarts of a greedy plan, PyVRP with windows, OR-Tools, and bounds.

python -m benchmarks.patrol [--json]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable

from benchmarks import patrol_toy as toy
from benchmarks.harness import Row, report
from mihari.patrol.planner import anneal
from mihari.patrol.search.made import empty_tours

SECONDS = 10.0
SEEDS = (1, 2, 3)
BARS = {0: 0.66, 1: 0.81, 2: 0.895, 3: 0.95}


def ours(fixed_wing: int, seed: int, seconds: float = SECONDS) -> float:
    """Score of our plan for the toy."""
    world = toy.world(toy.fleet(fixed_wing))
    tours = empty_tours(world)
    anneal(world, tours, seconds, seed)
    return toy.score([tours.seen_h[c, : tours.seen[c]].tolist() for c in range(len(tours.seen))])


def toy_rows(say: Callable[[str], None] = lambda text: None) -> list[Row]:
    """PAT-1 to PAT-4: median over seeds, the better of the two peers beside it."""
    ours(0, 1, 0.1)  # compiles
    rows = []
    for number, (fixed_wing, bar) in enumerate(BARS.items(), 1):
        crafts = toy.fleet(fixed_wing)
        scores = sorted(ours(fixed_wing, seed) for seed in SEEDS)
        greedy, windows = toy.restarts(crafts, SECONDS, 1), toy.windows(crafts, SECONDS, 1)
        peer, best = max((greedy, "restarts of a greedy plan"), (windows, "PyVRP with windows"))
        spread = f"{scores[0]:.4f} to {scores[-1]:.4f} over {len(scores)} seeds"
        what = f"toy, {fixed_wing} fixed wing, fresh fraction in 10 s ({spread}); {best}; bound {toy.bound(crafts):.3f}"
        rows.append(Row(f"PAT-{number}", what, statistics.median(scores), peer, statistics.median(scores), bar, ">="))
        say(what)
    return rows


if __name__ == "__main__":
    sys.exit(report(toy_rows()))
