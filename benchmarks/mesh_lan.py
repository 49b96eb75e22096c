"""Two nodes on one LAN, here the machine's loopback, over TLS: delay to the other node and to its screen; a joiner."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np

from benchmarks import mesh_notes as notes
from benchmarks.face_delay import Browser
from benchmarks.harness import Row
from benchmarks.mesh_links import near
from benchmarks.mesh_node import PARTS

VESSELS = 10_000
MEASURE_S = 20.0


def lan(folder: Path) -> list[Row]:
    """MESH-1 and MESH-9."""
    with near(folder, "lan") as two:
        two.begin("teller", sees={"crowd": VESSELS}, watch=True)
        time.sleep(5.0)
        two.begin("hearer")
        time.sleep(5.0)
        begin = time.time()
        time.sleep(MEASURE_S)
        end = time.time()
        time.sleep(1.0)
        teller, hearer = two.end()
    late = notes.delays(teller, hearer, PARTS, begin, end) * 1e3
    up = next((at for at, _ in hearer.links), math.inf)
    joined = notes.same_after(teller, hearer, up)
    p50, p99 = (float(np.percentile(late, q)) for q in (50, 99))
    cost = f"{_cost(teller, end)} and {_cost(hearer, end)}"
    told = (
        f"{VESSELS} vessels at 1 Hz over TLS: ms, offered -> at the other node, p50 (p99 {p99:.1f}; {cost} of a core)"
    )
    begun = up - hearer.started
    return [
        Row("MESH-1", told, p50, None, p50, 5.0, "<="),
        Row(
            "MESH-9",
            f"late joiner, {VESSELS} vessels: s from link up (after {begun:.2f}) until it has all",
            joined,
            None,
            joined,
            1.0,
            "<=",
        ),
    ]


def screen(folder: Path) -> list[Row]:
    """MESH-2."""
    with near(folder, "screen") as two:
        two.begin("teller", sees={"crowd": VESSELS})
        browser = Browser(two.begin("hearer", face=True))
        browser.start()
        time.sleep(10.0)
        begin = time.time()
        time.sleep(MEASURE_S)
        end = time.time()
        time.sleep(3.0)
        teller, hearer = two.end()
    until = notes.on_screen(hearer.shown, browser.seen)
    late = notes.delays(teller, hearer, PARTS, begin, end, until) * 1e3
    p50, p99 = (float(np.percentile(late, q, method="higher")) for q in (50, 99))
    rate = sum(begin <= at < end for at, _ in hearer.shown) / (end - begin)
    told = (
        f"{browser.vessels} vessels at 1 Hz over TLS, offered -> in the other node's browser, ms, p99 (p50 {p50:.0f};"
    )
    told += f" {rate:.0f} pictures/s there; nodes {_cost(teller, end)} and {_cost(hearer, end)} of a core)"
    return [Row("MESH-2", told, p99, None, p99, 500.0, "<=")]


def _cost(node: notes.Notes, end: float) -> str:
    return f"{100 * node.processor / (end - node.started):.0f} %"
