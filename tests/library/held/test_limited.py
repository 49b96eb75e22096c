"""A proof in a process of its own: the same result, and stopped when it takes too much time or memory."""

from __future__ import annotations

import numpy as np
import pytest
from held_helpers import TEXT, VESSEL, cases, pattern

from mihari.core.errors import BadInput
from mihari.library import load
from mihari.library.cases import TOLD, Case, Rows, beside, read, written
from mihari.library.limited import Limits, proved
from mihari.library.proof import prove


def test_it_says_what_the_proof_says() -> None:
    told = proved("dawdles", TEXT, cases())
    here = prove(pattern(), read(cases()))
    assert (told["holds"], told["found"], told["quiet"]) == (here.holds, here.count("found"), here.count("quiet"))


def test_cases_that_no_pipe_holds_are_proved_in_time() -> None:
    one = load("dark_rendezvous")
    assert one.path is not None
    data = beside(one.path).read_bytes()
    assert len(data) > 1 << 16  # a pipe of Linux
    assert proved(one.name, one.text, data)["holds"]


def crowd(vessels: int) -> bytes:
    """So many within 500 m of each other for half an hour: all pairs of them."""
    rng, t = np.random.default_rng(3), np.arange(0.0, 1800.0, 60.0)
    place = rng.normal(0, 1e-3, (2, vessels))
    rows = Rows.of(
        vessels * len(t), what=TOLD, vessel=np.tile(VESSEL + np.arange(vessels), len(t)), shore=2e4,
        time=1_577_840_000.0 + np.repeat(t, vessels), lat_deg=np.tile(place[0], len(t)),
        lon_deg=np.tile(place[1], len(t)), speed=0.5, course=0.0,
    )  # fmt: skip
    return written([Case("all of them", True, (VESSEL,), 1_577_840_000.0, 1_577_841_800.0, rows=rows)])


PAIRS = TEXT.replace("dawdles(v) = speed(v)", "dawdles(v) = at least 900 vessels w: near_500m(v, w) and speed(v)")


def test_what_burns_time_is_stopped_and_named() -> None:
    with pytest.raises(BadInput, match=r"^dawdles: stopped: its proof took more than 3 s$"):
        proved("dawdles", PAIRS, crowd(3000), Limits(seconds=3.0))


def test_what_burns_memory_is_stopped_and_named() -> None:
    with pytest.raises(BadInput, match=r"^dawdles: stopped: its proof took \d+ MB of memory; at most 100$"):
        proved("dawdles", PAIRS, crowd(3000), Limits(seconds=60.0, megabytes=100.0))


def test_what_cannot_be_read_says_why() -> None:
    with pytest.raises(BadInput, match="no file of cases"):
        proved("dawdles", TEXT, b"nothing")
