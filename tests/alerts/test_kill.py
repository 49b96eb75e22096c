"""kill -9 in the middle of acknowledging: nothing half-done, nothing acknowledged lost, the audit verifies."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alert_helpers import A, T, check, found, listed, whats

from mihari.alerts.records import Records
from mihari.alerts.watch import Watch

KILLS = 24
PROGRAM = Path(__file__).with_name("acknowledger.py")


@pytest.mark.timeout(120)
def test_kill_minus_nine_while_acknowledging(address: str) -> None:
    records, rng = Records(address).open(), random.Random(5)
    watch = Watch(records)
    watch.begin(T - 100.0)
    watch.take([([found(vessels=(A + k,)) for k in range(1500)], (), T + 60.0)])
    said: set[int] = set()
    begun = start(address)
    for kill in range(KILLS):
        running, begun = begun, start(address) if kill < KILLS - 1 else None  # the next one gets ready meanwhile
        assert running is not None
        said |= killed(running, rng.uniform(0.0, 0.25))
        done = {a["number"] for a in listed(records, "all") if a["acknowledged"] is not None}
        assert said <= done, f"lost after kill {kill}: {said - done}"
    assert len(said) > KILLS
    for number in sorted(done)[:: max(1, len(done) // 50)]:
        assert whats(records, number) == ["raised", "acknowledged"]
    check(records)
    records.close()


def start(address: str) -> subprocess.Popen[str]:
    """One that acknowledges, once it is let."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def killed(running: subprocess.Popen[str], after_s: float) -> set[int]:
    """What it said before it was killed, `after_s` after it began."""
    assert running.stdout is not None
    assert running.stdin is not None
    with running.stdout, running.stdin:
        assert running.stdout.readline() == "ready\n"
        running.stdin.write("go\n")
        running.stdin.flush()
        time.sleep(after_s)
        running.kill()
        running.wait()
        return {int(line) for line in running.stdout if line.endswith("\n") and line.strip().isdigit()}
