"""FMT-1 to FMT-5: our decoders of vehicles', sensors' and crews' formats beside the usual Python libraries.

python -m benchmarks.formats [--json]
"""

from __future__ import annotations

import importlib
import sys

from benchmarks.harness import Row, report

PARTS = ("mavlink", "klv", "nmea", "asterix", "cot")  # one module a format: `formats_NAME.rows()`


def rows() -> list[Row]:
    """All rows, one format after the other."""
    return [row for part in PARTS for row in importlib.import_module(f"benchmarks.formats_{part}").rows()]


if __name__ == "__main__":
    sys.exit(report(rows()))
