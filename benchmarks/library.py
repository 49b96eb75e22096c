"""LIB-1 to LIB-5: the pattern library over a live picture, and what it learns from cases.

python -m benchmarks.library [--json]
"""

from __future__ import annotations

import importlib
import sys

from benchmarks.harness import Row, report

PARTS = ("coasts", "live", "learning")  # one module a matter: `library_NAME.rows()`


def rows() -> list[Row]:
    """All rows, one matter after the other."""
    return [row for part in PARTS for row in importlib.import_module(f"benchmarks.library_{part}").rows()]


if __name__ == "__main__":
    sys.exit(report(rows()))
