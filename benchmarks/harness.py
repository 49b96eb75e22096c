"""What every benchmark shares: a row of a table of bars, fair timing in pairs, and printing it.

Times are medians of at least five runs after a warm-up, ours and the peer's taken in turn so that a busy machine
disturbs both alike; only their ratio is held against the bar.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measured line: `value` is held against `bar` in the `sense` `>=` or `<=`; `what` explains ours and peer."""

    id: str
    what: str
    ours: float | None
    peer: float | None
    value: float
    bar: float
    sense: str

    @property
    def holds(self) -> bool:
        """Whether the bar is met."""
        return self.value >= self.bar if self.sense == ">=" else self.value <= self.bar


def seconds(function: Callable[[], Any]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def pairs(ours: Callable[[], Any], peer: Callable[[], Any], runs: int = 5) -> tuple[float, float]:
    """Median seconds of ours and of the peer, measured in turn after one warm-up of each."""
    ours(), peer()
    timed = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    return statistics.median(t[0] for t in timed), statistics.median(t[1] for t in timed)


def ratio(id: str, what: str, ours: Callable[[], Any], peer: Callable[[], Any], bar: float, runs: int = 5) -> Row:
    """A row whose value is how many times faster ours is than the peer."""
    mine, theirs = pairs(ours, peer, runs)
    return Row(id, what, mine, theirs, theirs / mine, bar, ">=")


def report(rows: Sequence[Row], argv: Sequence[str] | None = None) -> int:
    """Print the rows (`--json` for machines); the exit code tells whether all bars hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--full", action="store_true")
    options, _ = parser.parse_known_args(argv)
    if options.json:
        print(json.dumps({"rows": [asdict(r) | {"holds": r.holds} for r in rows]}, indent=1))
    else:
        for r in rows:
            peer = "" if r.peer is None else f"  peer {r.peer:.4g}"
            ours = "" if r.ours is None else f"  ours {r.ours:.4g}"
            print(
                f"{'ok  ' if r.holds else 'MISS'} {r.id:8} {r.value:10.4g} {r.sense} {r.bar:<8g}{ours}{peer}  {r.what}"
            )
    return 0 if all(r.holds for r in rows) else 1
