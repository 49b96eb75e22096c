"""Makes a backup, or restores one, again and again: python over_and_over.py backup|restore FROM TO. To be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from mihari.backup import Wanted, restore, write


def main(what: str, source: Path, target: Path) -> None:
    """After a line on standard input, a line for each time that it is done."""
    print("ready", flush=True)
    sys.stdin.readline()
    for k in range(10_000):
        if what == "backup":
            write(Wanted(source), target, over=True)
        else:
            restore(source, target, over=True)
        print(k, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
