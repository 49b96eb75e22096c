"""LIB-4 and how well the starting patterns do, coast by coast: on cases that none of them was made or tuned on.

    python -m benchmarks.library_coasts --full     # all of them, into results/library_coasts.json; half an hour
    python -m benchmarks.library_coasts            # LIB-4, and one pattern on one coast repeated

Patterns and their own cases are of Nansei, seeds 1 to 4. Judged is with another seed there, and on the Aegean and the
Baltic, whose zones, ports, cables, traffic and receivers are others: 20 real happenings and 20 look-alikes each.
"""

from __future__ import annotations

import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, report
from mihari.library import load, starting
from mihari.library.cases import beside, load_cases
from mihari.library.played import played
from mihari.library.proof import prove

RESULTS = Path(__file__).with_name("results") / "library_coasts.json"
COASTS = ("nansei", "aegean", "baltic")
COUNT, SEED = 20, 2026
REPEATED = ("cable_crawl", "baltic")
MOST_S = 60.0


def judged(name: str, coast: str, count: int = COUNT) -> dict[str, Any]:
    """What a pattern found of `count` real happenings and of as many look-alikes, and which it took wrongly."""
    proof = prove(load(name), list(played(name, coast, count, SEED)))
    real = [v for v in proof.verdicts if v.case.positive]
    return {
        "found": sum(bool(v.told) for v in real),
        "real": len(real),
        "false": sum(bool(v.beside) if v.case.positive else not v.right for v in proof.verdicts),
        "alike": len(proof.verdicts) - len(real),
        "missed": sorted(v.case.name for v in real if not v.told),
        "taken": sorted(v.case.name for v in proof.verdicts if v.word == "false"),
    }


def full() -> None:
    """All patterns on all coasts."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    work = [(pattern.name, coast) for pattern in starting() for coast in COASTS]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.starmap(judged, work, chunksize=1)
    patterns: dict[str, dict[str, Any]] = {}
    for (name, coast), one in zip(work, found, strict=True):
        patterns.setdefault(name, {})[coast] = one
    told = {"commit": done.stdout.strip(), "seed": SEED, "count": COUNT, "patterns": patterns}
    RESULTS.write_text(json.dumps(told, indent=1) + "\n")


def kept() -> dict[str, Any]:
    """What the last full run found."""
    return json.loads(RESULTS.read_text())["patterns"]  # type: ignore[no-any-return]


def precision(one: dict[str, Any]) -> float:
    """Of what was told; NaN where nothing was."""
    told = one["found"] + one["false"]
    return one["found"] / told if told else float("nan")


def rows() -> list[Row]:
    """LIB-4, and the worst of the two coasts on which nothing was tuned."""
    name, coast = REPEATED
    again, before = judged(name, coast, 10), kept()[name][coast]
    wrong = set(again["missed"] + again["taken"]) - set(before["missed"] + before["taken"])
    assert not wrong, f"{name} on {coast}: {', '.join(sorted(wrong))} went well when all were judged"
    began = time.perf_counter()
    proofs = [prove(pattern, load_cases(beside(pattern.path))) for pattern in starting() if pattern.path]
    took = time.perf_counter() - began
    holds = sum(proof.holds for proof in proofs)
    cases = sum(len(proof.verdicts) for proof in proofs)
    others = [one for by_coast in kept().values() for coast, one in by_coast.items() if coast != COASTS[0]]
    recall = statistics.mean(one["found"] / one["real"] for one in others)
    right = statistics.mean(precision(one) for one in others if one["found"] + one["false"])
    what = (
        f"{holds} of {len(proofs)} starting patterns proved on {cases} cases, s; on two coasts that they were not "
        f"tuned on: mean recall {recall:.2f}, mean precision {right:.2f} (as many look-alikes as real ones)"
    )
    return [Row("LIB-4", what, took, None, took if holds == len(proofs) else float("inf"), MOST_S, "<=")]


if __name__ == "__main__":
    if "--full" in sys.argv:
        full()
        sys.exit(0)
    sys.exit(report(rows()))
