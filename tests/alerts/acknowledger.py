"""Acknowledges one alert after the other and says so: python acknowledger.py RECORDS. To be killed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from alert_helpers import by, listed

from mihari.alerts import actions
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch


def main(address: str) -> None:
    """After a line on standard input, a line for each alert once it is acknowledged."""
    watch = Watch(Records(address).open())
    print("ready", flush=True)
    sys.stdin.readline()
    for number in [a["number"] for a in listed(watch.records, limit=100)]:
        watch.act(number, lambda book, n=number: actions.acknowledge(book, n, by(), "unit sent", "x" * 500))
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
