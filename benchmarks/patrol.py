"""PAT-1 to 5, 7 and 8: patrol planning beside restarts of a greedy plan, PyVRP with windows, and bounds.

python -m benchmarks.patrol [--only toy|nansei|replan] [--json]; PAT-6: python -m benchmarks.patrol_routes
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable

from benchmarks import patrol_nansei as nansei
from benchmarks import patrol_replan as replan
from benchmarks import patrol_toy as toy
from benchmarks.harness import Row, report
from mihari.patrol.bound import bound
from mihari.patrol.planner import anneal, finished, search
from mihari.patrol.search.made import empty_tours

SECONDS, NANSEI_SECONDS = 10.0, 60.0
SEEDS = (1, 2, 3)
TOY_SEEDS = range(1, 8)  # a single search of the toy is up to a hundredth off
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
        scores = sorted(ours(fixed_wing, seed) for seed in TOY_SEEDS)
        greedy, windows = toy.restarts(crafts, SECONDS, 1), toy.windows(crafts, SECONDS, 1)
        peer, best = max((greedy, "restarts of a greedy plan"), (windows, "PyVRP with windows"))
        spread = f"{scores[0]:.4f} to {scores[-1]:.4f} over {len(scores)} seeds"
        what = f"toy, {fixed_wing} fixed wing, fresh fraction in 10 s ({spread}); {best}; bound {toy.bound(crafts):.3f}"
        rows.append(Row(f"PAT-{number}", what, statistics.median(scores), peer, statistics.median(scores), bar, ">="))
        say(what)
    return rows


def nansei_row(say: Callable[[str], None] = lambda text: None) -> Row:
    """PAT-5: share of the gap between the better peer and the bound that our plan closes, median over seeds."""
    prepared = nansei.nansei()
    limit = bound(prepared.problem.world)
    nansei.ours(prepared, 0.1, 1)  # compiles
    scores = sorted(nansei.ours(prepared, NANSEI_SECONDS, seed) for seed in SEEDS)
    greedy, count = nansei.restarts(prepared, NANSEI_SECONDS, 1)
    windows = max(nansei.windows(prepared, NANSEI_SECONDS, 1, share) for share in (0.25, 0.5))
    peer, best = max((greedy, f"{count} greedy plans"), (windows, "PyVRP with windows"))
    middle = statistics.median(scores)
    what = (
        f"Nansei, {NANSEI_SECONDS:g} s, share of the gap closed: ours {middle:.4f} ({scores[0]:.4f} to "
        f"{scores[-1]:.4f} over {len(scores)} seeds), greedy {greedy:.4f}, PyVRP {windows:.4f}, bound "
        f"{limit:.4f}; best peer: {best}"
    )
    say(what)
    return Row("PAT-5", what, middle, peer, (middle - peer) / (limit - peer), 0.25, ">=")


def replan_rows(say: Callable[[str], None] = lambda text: None) -> list[Row]:
    """PAT-7 and PAT-8."""
    prepared = nansei.nansei()
    plan = finished(prepared, search(prepared, 20.0, 1))
    first = replan.soon(prepared, plan, 200, 1)
    what = (
        f"changes of Nansei's plan until the first that can be flown, s: median "
        f"{statistics.median(first.seconds):.2f}, worst {max(first.seconds):.2f}; "
        f"{first.wrong} of {len(first.seconds)} break a rule; "
        f"{first.met} of {first.asked} vessels are met"
    )
    say(what)
    lost = replan.losses(prepared, plan, (3.5, 6.0, 9.0, 13.0), 5.0, 1)
    middle, worst = replan.typical(lost)
    told = (
        f"fresh share lost in the 2 h after an aircraft is, {len(lost)} losses: median {middle:.4f}, worst {worst:.4f}"
    )
    say(told)
    return [
        Row("PAT-7", what, first.p99, None, first.p99, 1.0, "<="), Row("PAT-8", told, worst, None, worst, 0.05, "<="),
    ]  # fmt: skip


def main() -> int:
    """All rows, or those of --only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["toy", "nansei", "replan"], help="only these rows")
    parser.add_argument("--json", action="store_true")
    told, rest = parser.parse_known_args()
    rows: list[Row] = []
    say = (lambda text: None) if told.json else print
    if told.only in (None, "toy"):
        rows += toy_rows(say)
    if told.only in (None, "nansei"):
        rows.append(nansei_row(say))
    if told.only in (None, "replan"):
        rows += replan_rows(say)
    return report(rows, [*rest, *(["--json"] if told.json else [])])


if __name__ == "__main__":
    sys.exit(main())
