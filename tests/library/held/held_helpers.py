"""A pattern of slow vessels with its proof, cheap to run; bundles of it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from mihari.alerts.actions import By
from mihari.core.units import KNOT
from mihari.library.cases import TOLD, Case, Rows, written
from mihari.library.pattern import Pattern, examined

sys.path.insert(0, str(Path(__file__).parents[1] / "exchange"))

NOW = 1_800_000_000.0
VESSEL = 431000001
TEXT = '''
format = 1
name = "dawdles"
version = 1
title = "Dawdles"
status = "active"
urgency = "warning"
description = "A vessel that goes slower than it need, far from the shore, for a while."
because = "{v} dawdles for {lasted}"
innocent = ["waits for its berth"]
references = ["ours: made up for a test"]
definition = """
dawdles(v) = speed(v) < crawl and offshore(v) > 3 NM lasting at least while_
"""
[[parameter]]
name = "crawl"
value = "3 kn"
least = "1 kn"
most = "5 kn"
source = "ours"
[[parameter]]
name = "while_"
value = "10 min"
least = "5 min"
most = "1 h"
source = "ours"
[look]
sensor = ["camera"]
place = "from anywhere"
checklist = ["what it does"]
'''.replace("while_", "dawdled")


def pattern(version: int = 1, **changes: str) -> Pattern:
    """The pattern; words may be replaced."""
    text = TEXT.replace("version = 1", f"version = {version}")
    for old, new in changes.items():
        text = text.replace(old, new)
    found, mistakes = examined(text, "dawdles.toml")
    assert found is not None, mistakes
    return found


def case(name: str, knots: float, minutes: float = 30.0) -> Case:
    """One vessel at one speed."""
    t = np.arange(0.0, minutes * 60.0, 30.0)
    rows = Rows.of(
        len(t), what=TOLD, vessel=VESSEL, time=1_577_840_000.0 + t, lat_deg=t * knots * KNOT / 111_195.0, lon_deg=0.0,
        speed=knots * KNOT, course=0.0, shore=20_000.0, device="A", subject=0,
    )  # fmt: skip
    return Case(name, knots < 3, (VESSEL,), float(rows.time[0]), float(rows.time[-1]), rows=rows)


def cases(good: bool = True) -> bytes:
    """Three that are and five that are not, or a set that contradicts the pattern."""
    slow = 2.0 if good else 8.0
    some = [case(f"yes {k}", slow - 0.2 * k) for k in range(3)] + [case(f"no {k}", 6.0 + k) for k in range(5)]
    return written(some if good else [Case(c.name, True, c.vessels, c.start, c.end, rows=c.rows) for c in some])


def by(who: str = "Sato") -> By:
    return By(who, NOW)
