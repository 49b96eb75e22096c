"""kill -9 in the middle of saving cases: nothing half-done, nothing that was answered lost, every hash holds."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alert_helpers import check
from case_helpers import case_of, evening, opened

from mihari.alerts import tables
from mihari.alerts.records import Records
from mihari.cases import files, shelf
from mihari.cases.body import listed_object

PROGRAM = Path(__file__).with_name("saver.py")


@pytest.mark.timeout(180)
@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_kill_minus_nine_while_cases_are_saved(address: str, kills: int) -> None:
    records, rng = Records(address).open(), random.Random(6)
    evening(records)
    opened(records)
    said: set[int] = set()
    begun = start(address)
    for kill in range(kills):
        running, begun = begun, start(address) if kill < kills - 1 else None  # the next one gets ready meanwhile
        assert running is not None
        said |= killed(running, 1000 * (kill + 1), rng.uniform(0.05, 0.5))
        kept = {int(e["what"]) for e in case_of(records)["lists"]["evidence"] if e["kind"] == "file"}
        assert said <= kept, f"lost after kill {kill}: {said - kept}"
        whole(records)
    assert said, "nothing was said before any kill: it proves nothing"
    check(records)
    records.close()


def whole(records: Records) -> None:
    """Each list entry is that of its edits, all bytes are there with their hash, closing was done as one."""
    with records.read() as connection:
        me = shelf.author_there(connection)
        for told in shelf.listed(connection):
            kept = shelf.one(connection, told["number"])
            assert told == listed_object(kept.case, kept.number, kept.version, me)
        hashes = [row.sha256 for row in connection.execute(sa.select(tables.case_file.c.sha256))]
        orphans = connection.execute(
            sa.select(sa.func.count()).where(~tables.case_edit.c.case.in_(sa.select(tables.casebook.c.uuid)))
        ).scalar_one()
    assert orphans == 0
    assert all(files.bytes_of(records, sha256) for sha256 in hashes)
    case = case_of(records)
    assert all(one["here"] for one in case["lists"]["evidence"])
    if "done" in case["words"]:
        assert case["words"]["done"]["value"] == case["words"]["ended_by"]["value"]


def start(address: str) -> subprocess.Popen[str]:
    """One that saves, once it is let."""
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def killed(running: subprocess.Popen[str], first: int, after_s: float) -> set[int]:
    """What it said before it was killed, `after_s` after it began."""
    assert running.stdout is not None
    assert running.stdin is not None
    with running.stdout, running.stdin:
        assert running.stdout.readline() == "ready\n"
        running.stdin.write(f"{first}\n")
        running.stdin.flush()
        time.sleep(after_s)
        running.kill()
        running.wait()
        return {int(line) for line in running.stdout if line.endswith("\n") and line.strip().isdigit()}
