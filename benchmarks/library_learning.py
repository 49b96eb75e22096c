"""LIB-1, LIB-2, LIB-5: what thirty labelled cases make of a threshold, and five cases of a new pattern.

    python -m benchmarks.library_learning --full     # all behaviours and draws, into results/library.json; an hour
    python -m benchmarks.library_learning            # the kept rows, one draw of one behaviour and of one kind repeated

Value and spread of each behaviour are kept; the short run fails where what is repeated lies outside them. `--full`
takes `thresholds` or `drafts` for one half of it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks import library_drafts as drafts
from benchmarks.harness import Row, report
from benchmarks.library_cases import FIGURES
from benchmarks.library_thresholds import DRAWS, LABELLED, SEED, UNSEEN, again, measured

RESULTS = Path(__file__).with_name("results") / "library.json"
REPEATED = "dark unheard"
REPEATED_KIND, FEWER, CLOSE = drafts.JUDGED[0], 15, 0.2  # cases each; of F1, that 15 in place of 100 may be off


def kept() -> dict[str, Any]:
    """What full runs have measured."""
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {}


def commit() -> str:
    """What is checked out."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def keep(part: str, found: dict[str, Any]) -> None:
    """Write one part; the others stay."""
    RESULTS.write_text(json.dumps(kept() | {part: found}, indent=1) + "\n")


def full_drafts() -> None:
    """Drafts of all kinds."""
    began, found = commit(), {}
    for kind in drafts.JUDGED:
        found[kind] = drafts.measured(kind)
        keep("drafts", {"commit": began, "seeds": drafts.DRAWS, "judges": drafts.JUDGES, "kinds": found})
        print(kind, found[kind], flush=True)


def full_thresholds() -> None:
    """Thresholds of all behaviours."""
    began, found = commit(), {}
    for name in FIGURES:
        found[name] = measured(name)
        keep("thresholds", {"commit": began, "seed": SEED, "draws": DRAWS, "behaviours": found})
        print(name, {k: v for k, v in found[name].items() if k != "draws"}, flush=True)


def threshold_rows() -> list[Row]:
    """LIB-1 and LIB-2, one draw repeated."""
    of = kept()["thresholds"]["behaviours"]
    repeated(of[REPEATED])
    recovered, lost = [b["recovered"] for b in of.values()], [b["lost"] for b in of.values()]
    drawn = f"{len(of)} behaviours, {DRAWS} draws of {LABELLED} labelled and {UNSEEN} unseen cases"
    what = f"{drawn}, twice and half the right value: share of the F1 gap recovered, median; the worst behaviour's "
    return [
        Row("LIB-1", what + f"{min(recovered):.2f}", None, None, statistics.median(recovered), 0.8, ">="),
        Row("LIB-2", f"{drawn}, the value is right: F1 lost, mean, worst behaviour", None, None, max(lost), 0.02, "<="),
    ]


def repeated(one: dict[str, Any]) -> None:
    """AssertionError where a draw is now outside what all draws of the behaviour were."""
    for how, value in again(REPEATED, one).items():
        low, high = min(one["draws"][how]), max(one["draws"][how])
        assert low - 1e-9 <= value <= high + 1e-9, f"{REPEATED}, {how}: {value:.3f}, not within {low:.3f} to {high:.3f}"


def draft_rows() -> list[Row]:
    """LIB-5, one draft repeated."""
    of = {kind: [one["f1"] for one in draws] for kind, draws in kept()["drafts"]["kinds"].items()}
    middle = {kind: statistics.median(f1) for kind, f1 in of.items()}
    again_ = drafts.scored(drafts.drafted(REPEATED_KIND, drafts.DRAWS[0]), drafts.judges(REPEATED_KIND, FEWER))["f1"]
    was = of[REPEATED_KIND][0]
    assert abs(again_ - was) <= CLOSE, f"{REPEATED_KIND}: F1 {again_:.2f} on {2 * FEWER} cases, {was:.2f} when kept"
    told = ", ".join(f"{kind} {f1:.2f} ({min(of[kind]):.2f} to {max(of[kind]):.2f})" for kind, f1 in middle.items())
    what = (
        f"drafted from 5 cases, F1 on 100 positive ones and 100 look-alikes of another coast, median of kinds: {told}"
    )
    return [Row("LIB-5", what, None, None, statistics.median(middle.values()), 0.8, ">=")]


def rows() -> list[Row]:
    """All rows."""
    return [*threshold_rows(), *draft_rows()]


if __name__ == "__main__":
    if "--full" in sys.argv:
        if "drafts" not in sys.argv:
            full_thresholds()
        if "thresholds" not in sys.argv:
            full_drafts()
    sys.exit(report(rows()))
