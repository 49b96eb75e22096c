"""kill -9 in the middle of acknowledging: nothing half-done, nothing acknowledged lost, the audit verifies."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest
from alert_helpers import A, T, check, found, listed, whats

from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.face.launch import Face

PROGRAM = Path(__file__).with_name("acknowledger.py")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("kills", [5, pytest.param(24, marks=pytest.mark.slow)])
def test_kill_minus_nine_while_acknowledging(address: str, kills: int) -> None:
    records, rng = Records(address).open(), random.Random(5)
    watch = Watch(records)
    watch.begin(T - 100.0)
    watch.take([([found(vessels=(A + k,)) for k in range(1500)], (), T + 60.0)])
    said: set[int] = set()
    begun = start(address)
    for kill in range(kills):
        running, begun = begun, start(address) if kill < kills - 1 else None  # the next one gets ready meanwhile
        assert running is not None
        said |= killed(running, rng.uniform(0.0, 0.25))
        done = {a["number"] for a in listed(records, "all") if a["acknowledged"] is not None}
        assert said <= done, f"lost after kill {kill}: {said - done}"
    assert said, "nothing was said before any kill: it proves nothing"
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


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_kill_minus_nine_of_the_face_while_people_acknowledge(tmp_path: Path) -> None:
    path, rng = tmp_path / "records.sqlite", random.Random(7)
    records = Records(path).open()
    watch = Watch(records)
    watch.begin(T - 100.0)
    watch.take([([found(vessels=(A + k,)) for k in range(600)], (), T + 60.0)])
    waiting = [a["number"] for a in listed(records)]
    said, kills = set[int](), 0
    with Face(str(tmp_path / "nobody"), 0, records=str(path)) as face:
        while kills < 4:
            for _ in range(rng.randint(5, 15)):
                assert acknowledged(face.url, waiting[-1])
                said.add(waiting.pop())
            killer = threading.Timer(rng.uniform(0.0, 0.05), os.kill, (face.pid, signal.SIGKILL))
            killer.start()
            while (number := waiting[-1]) and acknowledged(face.url, number):
                said.add(waiting.pop())
            killer.join()
            kills += 1
            answering(face.url)
            if number in done(records):  # done, though the answer was lost
                waiting.pop()
    assert len(said) >= 20
    assert said <= done(records)
    check(records)
    records.close()


def done(records: Records) -> set[int]:
    """The alerts that are acknowledged."""
    return {a["number"] for a in listed(records, "all") if a["acknowledged"] is not None}


def acknowledged(url: str, number: int) -> bool:
    """Acknowledge one over the API; False where no answer comes."""
    body = json.dumps({"who": "Sato", "version": 1, "reason": "unit sent"}).encode()
    ask = urllib.request.Request(
        f"{url}/api/v1/alerts/{number}/acknowledge", body, {"Content-Type": "application/json"}
    )  # fmt: skip
    try:
        urllib.request.urlopen(ask, timeout=10).close()
    except OSError:
        return False
    return True


def answering(url: str) -> None:
    """Wait until the face is there again."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/api/v1/alerts?limit=1", timeout=10).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the face did not come back")
