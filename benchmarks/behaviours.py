"""BEH-1 to BEH-8: behaviours. Each row stands in a module of its own.

    python -m benchmarks.behaviours                                      # the rows
    python -m benchmarks.behaviours --rtec EVENTS_DIR -o intervals.parquet   # RTEC's fluents of a recording of events

The second form takes events in RTEC's vocabulary from Parquet files; docs/behaviour-language.md tells which.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import behaviours_found, behaviours_live, behaviours_positions, behaviours_rtec
from benchmarks.harness import Row, report
from mihari.core.errors import MihariError


def rows(full: bool = False) -> list[Row]:
    """All rows."""
    return [*behaviours_found.rows(), *behaviours_positions.rows(), *behaviours_rtec.rows(), *behaviours_live.rows()]


def recognise(folder: Path, file: Path) -> None:
    """RTEC's fluents of the recording in a folder, to a Parquet file."""
    from mihari.behaviours import rtec
    from mihari.behaviours.rtec import files

    recorded = files.read(folder)
    for reason, count in recorded.left_out.items():
        print(f"left out: {count} {reason}", file=sys.stderr)
    count = files.write(rtec.recognise(recorded.columns), recorded.names, file)
    print(f"{count} intervals of {len(recorded.columns.time)} events: {file}")


def main(argv: Sequence[str]) -> int:
    """The exit code: 0, 1 where a bar is missed, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.behaviours")
    parser.add_argument("--rtec", type=Path, metavar="EVENTS_DIR", help="folder of Parquet files")
    parser.add_argument("-o", type=Path, metavar="FILE", default=Path("intervals.parquet"), help="where to write")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args(argv)
    if options.rtec is None:
        return report(rows(options.full), argv)
    try:
        recognise(options.rtec, options.o)
    except MihariError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
