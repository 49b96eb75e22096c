"""The planning process: it answers, tells how far it is, tells what cannot be, and its end is no end of the patrol."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "face"))
from patrol_bench import PATROL

from mihari.core.toml_text import read_tables
from mihari.patrol.file import PatrolFile
from mihari.patrolling.child import Child

PATIENCE_S = 120.0


@pytest.fixture
def child() -> Iterator[Child]:
    one = Child()
    yield one
    one.stop()


def heard(child: Child, until: Callable[[], bool]) -> None:
    """Listen until something is so."""
    late = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < late
        child.listen()
        time.sleep(0.02)


def answer(child: Child, order: dict[str, Any]) -> dict[str, Any]:
    """What it answers, or tells as a problem."""
    told: list[dict[str, Any]] = []
    child.ask(order, told.append, told.append)
    heard(child, lambda: bool(told))
    return told[0]


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    tables, _ = read_tables("bay.toml", PATROL)
    return PatrolFile.model_validate(tables).model_dump(mode="json")


@pytest.mark.slow
def test_it_plans_and_changes_and_its_end_is_told(child: Child, file: dict[str, Any]) -> None:
    texts = set()
    made: list[dict[str, Any]] = []
    child.ask({"do": "plan", "file": file, "seconds": 0.3}, made.append, made.append)
    heard(child, lambda: bool(texts.add(child.text) or made))
    assert made[0]["plan"]["patrol"] == "bay"
    assert "coverage of the sea" in texts
    assert not child.busy
    begin = made[0]["plan"]["begin"]
    change = {"do": "change", "now": begin + 60.0, "lost": ["tb2"], "places": [], "looks": [], "seen": {}}
    assert {s["vehicle"] for s in answer(child, change)["plan"]["sorties"]} == {"boat-1", "boat-2"}
    assert "lies outside the plan" in answer(child, change | {"now": 0.0})["problem"]
    assert child._process is not None
    os.kill(child._process.pid, signal.SIGKILL)
    assert "ended before it answered" in answer(child, change)["problem"]
    assert "no plan yet" in answer(child, change)["problem"]  # another process, which has nothing prepared
