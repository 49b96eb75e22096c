"""What people say of two vessels of the picture -> decisions that name them as all nodes do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mihari.alerts.actions import By
from mihari.alerts.pairs import pair, split
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.shared import Decision, Verdict
from mihari.deciding import Deciding
from mihari.mesh.batches import Kind, Stream, decode, encode

RUN = 100.0


class Said:
    """A node's records and its part in deciding, with a picture that tests change."""

    def __init__(self, folder: Path) -> None:
        self.records = Records(folder / "r.sqlite").open()
        Watch(self.records).begin(RUN)
        self.there: dict[int, tuple[str, int]] = {}
        self.fused: dict[int, list[tuple[str, int]]] = {}
        self.told: list[Any] = []
        me = SimpleNamespace(author="aa", name="naha")
        mesh: Any = SimpleNamespace(
            me=me, heed=None, steady=time.monotonic, record=lambda kind, value: self.told.append(value)
        )
        self.deciding = Deciding(
            mesh, folder, lambda author: {"bb": "ie", "cc": "kume"}.get(author, ""), self.there.get,
            lambda vessel: self.fused.get(vessel, []), lambda author, number: 0, time.time,
        )  # fmt: skip
        self.deciding.start(str(folder / "r.sqlite"), RUN)

    def say(self, one: int, other: int, same: bool, at: float) -> tuple[Decision, ...]:
        """A word, and what has been decided as soon as it is known."""
        pair(self.records, By("Aiko", at), one, other, same)
        return self.decided(at)

    def decided(self, at: float, pairs: int = 1) -> tuple[Decision, ...]:
        """What has been decided as soon as the word of that time is known, which is about so many pairs."""
        for _ in range(200):
            if sum(told["time"] == at for told in self.told) >= pairs:
                break
            time.sleep(0.05)
        return self.deciding.pairs


@pytest.fixture
def said(tmp_path: Path) -> Iterator[Said]:
    one = Said(tmp_path)
    yield one
    one.deciding.stop()
    one.records.close()


def test_two_that_became_one_can_be_said_to_be_two_again(said: Said) -> None:
    said.there |= {3: ("aa", 3), 9: ("bb", 41)}
    (same,) = said.say(3, 9, True, 1.0)
    assert (same.verdict, same.one, same.other, same.who) == (Verdict.SAME, ("aa", 3), ("bb", 41), "Aiko (naha)")
    del said.there[9]  # they are one row now, which goes by the other node's name
    said.there[3] = ("bb", 41)
    (two,) = said.say(9, 3, False, 2.0)
    assert (two.verdict, two.one, two.other) == (Verdict.DIFFERENT, ("aa", 3), ("bb", 41))
    assert [told["verdict"] for told in said.told] == [Verdict.SAME, Verdict.DIFFERENT]


def test_the_archive_keeps_what_others_told_but_for_what_lies_in_the_records(said: Said) -> None:
    kept: list[int] = []
    said.deciding.keep = lambda batch: kept.append(batch.stream.kind)
    for kind in (Kind.VESSELS, Kind.CASES, Kind.PATTERNS, Kind.PIECES, Kind.FILES, Kind.NODE):
        stream = Stream("00112233445566bb", 1, kind)
        said.deciding.heed(decode(encode(stream, 1, 1, 1, 100.0, np.array([1]), b"") + bytes(64)))
    assert kept == [Kind.VESSELS, Kind.NODE]


def test_what_one_node_holds_of_a_vessel_can_be_said_to_be_another(said: Said) -> None:
    said.fused[3] = [("aa", 3), ("bb", 41), ("cc", 7)]
    split(said.records, By("Aiko", 1.0), 3, "ie", "seen both")
    parted = {(d.one, d.other): (d.verdict, d.note) for d in said.decided(1.0, 2)}
    assert parted == {
        (("bb", 41), ("aa", 3)): (Verdict.DIFFERENT, "seen both"),
        (("bb", 41), ("cc", 7)): (Verdict.DIFFERENT, "seen both"),
    }
    assert len(said.told) == 2  # to all other nodes
    split(said.records, By("Aiko", 2.0), 3, "naha")  # this node itself, whose name its neighbours' keys do not tell
    assert {d.one for d in said.decided(2.0, 2) if d.time == 2.0} == {("aa", 3)}
    split(said.records, By("Aiko", 3.0), 3, "nobody")
    time.sleep(1.0)
    assert len(said.deciding.pairs) == 3  # of three pairs: the last word of each
