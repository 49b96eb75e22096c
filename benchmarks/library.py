"""LIB-3: the pattern library over a live picture.

python -m benchmarks.library [--json]
"""

from __future__ import annotations

import importlib
import sys

from benchmarks.harness import Row, report

PARTS = ("live",)  # one module a matter: `library_NAME.rows()`


def rows() -> list[Row]:
    """All rows, one matter after the other."""
    return [row for part in PARTS for row in importlib.import_module(f"benchmarks.library_{part}").rows()]


if __name__ == "__main__":
    sys.exit(report(rows()))
