"""BEH-1 to BEH-4: precision, recall, false alerts and delay of seven behaviours on made-up coasts of 12 h.

    python -m benchmarks.behaviours_found --full     # seeds 11 to 20, two at a time; an hour
    python -m benchmarks.behaviours_found            # the kept rows, with one seed repeated

Seeds 1 to 6 have been judged once and then looked into, so they judge no more; thresholds are not tuned on seeds 11 to
20; 100 and up are for looking into. Radar is the real tracker, fed with plots of one radar of 10 s a turn; AIS is
reports as two stations hear them.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.behaviours_coast import Coast
from benchmarks.behaviours_judge import KINDS, Verdict, judge
from benchmarks.behaviours_run import run
from benchmarks.behaviours_truth import Twin, judged
from benchmarks.behaviours_ways import RUN_S
from benchmarks.harness import Row, report

RESULTS = Path(__file__).with_name("results") / "behaviours.json"
SEEDS = tuple(range(11, 21))
AT_ONCE = 2
BARS = {"BEH-1": (0.95, ">="), "BEH-2": (0.95, ">="), "BEH-3": (1.0, "<="), "BEH-4": (5.0, "<=")}
WHAT = {
    "BEH-1": "precision, worst kind",
    "BEH-2": "recall, worst kind",
    "BEH-3": "false alerts per 1,000 vessel-days and behaviour, worst",
    "BEH-4": "alert after the brute-force twin decides, and the wall time of its step, p95, s",
}


def vessel_days(coast: Coast) -> float:
    """Days that vessels were there."""
    return sum(max(min(float(v.t[-1]), RUN_S) - max(float(v.t[0]), 0.0), 0.0) for v in coast.vessels) / 86400.0


def measured(seed: int) -> dict[str, Any]:
    """One seed: by kind what was right, false, missed, near and how late."""
    began = time.perf_counter()
    coast = judged(seed)
    alerts, told = run(coast)
    verdicts = judge(alerts, Twin(coast, told.heard, told.seen).events())
    near_misses = {kind: len({v.group for v in coast.vessels if v.group.startswith(f"{kind} no")}) for kind in KINDS}
    return {
        "seed": seed,
        "vessel_days": vessel_days(coast),
        "wall_s": time.perf_counter() - began,
        "kinds": {kind: _told(v) | {"near_misses": near_misses[kind]} for kind, v in verdicts.items()},
    }


def _told(v: Verdict) -> dict[str, Any]:
    near = {f"yes {k}" for k in range(3)}
    events = [e for _, e in v.right] + v.missed
    return {
        "right": len(v.right),
        "false": len(v.false),
        "retracted": sum(a.retracted for a in v.false),
        "missed": len(v.missed),
        "near": sum(any(e.group.endswith(n) for n in near) and e.group.startswith(e.kind) for e in events),
        "late_s": [round(s, 2) for s in v.late],
        "faults": [f"false at {a.start:.0f} s, told at {a.told:.0f} s: {a.name}" for a in v.false]
        + [f"missed from {e.start:.0f} to {e.end:.0f} s: {e.group}" for e in v.missed],
    }


def together(seeds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All seeds: figures by kind, and the four values."""
    days = sum(s["vessel_days"] for s in seeds)
    kinds: dict[str, dict[str, Any]] = {}
    late: list[float] = []
    for kind in KINDS:
        sums: dict[str, int] = defaultdict(int)
        mine = [x for s in seeds for x in s["kinds"][kind]["late_s"]]
        for s in seeds:
            for name in ("right", "false", "retracted", "missed", "near", "near_misses"):
                sums[name] += s["kinds"][kind][name]
        late += mine
        alerts, truths = sums["right"] + sums["false"], sums["right"] + sums["missed"]
        kinds[kind] = {
            **sums,
            "precision": sums["right"] / alerts if alerts else 1.0,
            "recall": sums["right"] / truths if truths else math.nan,
            "false_per_1000_days": 1000.0 * sums["false"] / days,
            "late_p95_s": float(np.percentile(mine, 95)) if mine else math.nan,
        }
    values = {
        "BEH-1": min(k["precision"] for k in kinds.values()),
        "BEH-2": min(k["recall"] for k in kinds.values()),
        "BEH-3": max(k["false_per_1000_days"] for k in kinds.values()),
        "BEH-4": float(np.percentile(late, 95)) if late else math.nan,
    }
    return {"vessel_days": days, "values": values, "kinds": kinds}


def full(seeds: Sequence[int] = SEEDS) -> dict[str, Any]:
    """All seeds, each in a process of its own, into `results/behaviours.json`, which grows with each.

    A run that was cut off goes on where it was, as long as nothing was committed meanwhile.
    """
    words = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    kept: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    done: list[dict[str, Any]] = kept["seeds"] if kept.get("commit") == commit else []
    left = [s for s in seeds if s not in {one["seed"] for one in done}]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for ended in as_completed([pool.submit(_apart, seed) for seed in left]):
            done = sorted([*done, ended.result()], key=lambda one: one["seed"])
            print(line(ended.result()), flush=True)
            kept = {"commit": commit, "seeds": done, **together(done)}
            RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    return kept


def _apart(seed: int) -> dict[str, Any]:
    """A seed in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.behaviours_found", "--seed", str(seed)]
    told: dict[str, Any] = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    return told


def line(one: dict[str, Any]) -> str:
    """A seed in one line: right / false / missed of each kind."""
    told = ", ".join(f"{kind} {k['right']}/{k['false']}/{k['missed']}" for kind, k in one["kinds"].items())
    return f"seed {one['seed']}: {told}; {one['vessel_days']:.0f} vessel-days, {one['wall_s']:.0f} s"


def rows() -> list[Row]:
    """The rows of the last full run; without all seeds they do not hold."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else None
    if kept is None:
        what = "no full run yet: python -m benchmarks.behaviours_found --full"
        return [Row(name, f"{WHAT[name]}; {what}", None, None, math.nan, *bar) for name, bar in BARS.items()]
    found = []
    for name, (bar, sense) in BARS.items():
        value = kept["values"][name] if len(kept["seeds"]) == len(SEEDS) else math.nan
        what = f"{WHAT[name]}; {by_kind(name, kept)}; {len(kept['seeds'])} seeds, {kept['vessel_days']:.0f} vessel-days"
        found.append(Row(name, f"{what}, at {kept['commit']}", None, None, value, bar, sense))
    return found


def by_kind(name: str, kept: dict[str, Any]) -> str:
    """A row's figures of each kind."""
    field = {"BEH-1": "precision", "BEH-2": "recall", "BEH-3": "false_per_1000_days", "BEH-4": "late_p95_s"}[name]
    return ", ".join(f"{kind} {kept['kinds'][kind][field]:.3g}" for kind in KINDS)


def repeated(kept: dict[str, Any], seed: int = SEEDS[0]) -> list[str]:
    """One seed anew: what differs from what was kept; delays vary with the machine and do not count."""
    now = measured(seed)
    before = next(s for s in kept["seeds"] if s["seed"] == seed)
    names = ("right", "false", "missed")
    return [
        f"seed {seed}, {kind}: {name} {now['kinds'][kind][name]}, was {before['kinds'][kind][name]}"
        for kind in KINDS
        for name in names
        if now["kinds"][kind][name] != before["kinds"][kind][name]
    ]


def main(argv: Sequence[str]) -> int:
    """The exit code: 1 where a bar is missed, or a seed comes out otherwise than it was kept."""
    if "--seed" in argv:
        print(json.dumps(measured(int(argv[argv.index("--seed") + 1]))))
        return 0
    if "--full" in argv:
        full()
        return report(rows(), argv)
    code = report(rows(), argv)
    if RESULTS.exists():
        differs = repeated(json.loads(RESULTS.read_text()))
        print("\n".join(differs) or f"seed {SEEDS[0]} again: the same", file=sys.stderr)
        return 1 if differs else code
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
