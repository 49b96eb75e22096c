"""Imports a bundle again and again and says so: python importer.py RECORDS BUNDLE TRUST. To be killed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from held_helpers import NOW, by

from mihari.alerts.records import Records
from mihari.library import importing
from mihari.library.exchange import Trust, read


def main(address: str, bundle: str, trust: str) -> None:
    """After a line on standard input, a line for each time that it is taken."""
    records = Records(address, lambda: NOW + 60).open()
    importing.proved = lambda *_: {"holds": True, "problem": "", "found": 3, "quiet": 5, "seconds": 0.0}
    print("ready", flush=True)
    sys.stdin.readline()
    for k in range(10_000):
        importing.take(records, by(f"Sato {k}"), read(bundle), Trust.load(trust), older=True)
        print(k, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
