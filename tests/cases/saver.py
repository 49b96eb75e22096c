"""Says one thing after the other of case 1, a file with each: python saver.py RECORDS. To be killed."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from case_helpers import by, opened

from mihari.alerts.actions import Conflict
from mihari.alerts.records import Records
from mihari.cases import decide


def main(address: str) -> None:
    """After a line on standard input, a line for each save once it is answered."""
    records = Records(address).open()
    print("ready", flush=True)
    start = int(sys.stdin.readline())
    for k in range(start, start + 100_000):
        decide.add_file(records, by(), 1, f"{k}.txt", b"%d " % k * 20_000, str(k))
        print(k, flush=True)
        if k % 3 == 0:
            decide.close(records, by(), 1, "benign", {"done": str(k), "ended_by": str(k)})
            decide.reopen(records, by(), 1)
            with contextlib.suppress(Conflict):  # opened before it was killed
                opened(records, 2)
            decide.close(records, by(), max_case(records), "false", {})


def max_case(records: Records) -> int:
    """The newest case."""
    from mihari.cases import shelf

    with records.read() as connection:
        return max(one["number"] for one in shelf.listed(connection))


if __name__ == "__main__":
    main(sys.argv[1])
