"""A made-up bench: records, a vehicle in memory, clocks turned by hand, and what people do."""

from __future__ import annotations

from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.actions import By
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.picture import Picture, Vessels
from mihari.core.task import Task, TaskKind
from mihari.feeds.talk import Talk
from mihari.tasks import book, shelf
from mihari.tasks.charge import ALL, Charge
from mihari.tasks.driver import Post
from mihari.tasks.memory import MemoryDriver, MemoryVehicle
from mihari.tasks.runner import Runner
from mihari.tasks.shelf import Wanted

T = 1_790_000_000.0
MORI = Charge("tb3", "Mori", (), ALL)
PLACE = ((26.2, 127.5),)


def picture(*assets: Asset, vessels: Vessels | None = None, time: float = T) -> Picture:
    """A picture with these assets."""
    none = Vessels.of(0, **{name: np.empty(0) for name in ()}) if vessels is None else vessels
    return Picture(time, 1, none, assets=assets)


class Bench:
    """One node's tasks without a node: `turn(s)` lets time pass by steps of half a second."""

    def __init__(self, records: Records, charge: Charge = MORI, answer: str = "accepted", why: str = "") -> None:
        self.records, self.now, self.steady = records, T, 0.0
        records.clock = lambda: self.now
        self.talk = Talk()
        self.vehicle = MemoryVehicle(self.talk.heard, answer, why)
        self.kind, self.link, self.charge = AssetKind.AIRCRAFT, LinkState.UP, charge
        self.start()

    def start(self, **drivers: Any) -> None:
        """A new start of the node."""
        post = Post(self.charge, self.kind, "link", drivers.get("make", MemoryDriver))
        self.runner = Runner(self.records, [post], self.talk, self.vehicle.send, lambda: self.now, lambda: self.steady)
        self.look()

    def look(self) -> None:
        """One look of the runner."""
        asset = Asset("tb3", self.kind, operator=self.charge.operator, link=self.link, lat_deg=26.0, lon_deg=127.0)
        self.runner.news(picture(asset, time=self.now))
        self.runner.look()

    def turn(self, seconds: float = 0.5, step: float = 0.5) -> None:
        """Let time pass."""
        for _ in range(round(seconds / step)):
            self.now += step
            self.steady += step
            self.look()

    def propose(self, who: str = "Sato", kind: TaskKind = TaskKind.LOOK, **more: Any) -> Task:
        """Somebody proposes."""
        told = {"places": PLACE} if kind == TaskKind.LOOK else {}
        return shelf.propose(self.records, By(who, self.now), Wanted("tb3", kind, **told | more))

    def accept(self, number: int, who: str = "Mori", **more: Any) -> Task:
        """Somebody accepts."""
        return shelf.decide(self.records, By(who, self.now, **more), number, book.accept)

    def refuse(self, number: int, who: str = "Mori") -> Task:
        """Somebody refuses."""
        return shelf.decide(self.records, By(who, self.now), number, book.refuse, "not today")

    def withdraw(self, number: int, who: str = "Mori") -> Task:
        """Somebody withdraws."""
        return shelf.decide(self.records, By(who, self.now), number, book.withdraw)

    def task(self, number: int = 1) -> Task:
        """The task as it is kept."""
        with self.records.read() as connection:
            found = shelf.one(connection, number)
        assert found is not None
        return found

    def state(self, number: int = 1) -> str:
        """Its state."""
        return str(self.task(number).state)

    def states(self, number: int = 1) -> list[str]:
        """All states it has been in, in order."""
        return ["proposed", *(str(turn.state) for turn in self.task(number).turns)]

    @property
    def asked(self) -> list[str]:
        """What the vehicle was told, in order."""
        return [str(one["ask"]) for one in self.vehicle.asked]


def check(records: Records) -> None:
    """The audit holds, log and audit tell the same, and the last row of each task is the task as it is kept."""
    with records.read() as connection:
        verdict = verify(connection)
        assert verdict.good, verdict.sentence
        rows = connection.execute(sa.select(tables.audit).order_by(tables.audit.c.row)).mappings().all()
        lines = connection.execute(sa.select(tables.log).order_by(tables.log.c.id)).mappings().all()
        kept = connection.execute(sa.select(tables.task)).mappings().all()
    assert [(r["who"], r["what"], r["text"]) for r in rows] == [(n["who"], n["what"], n["text"]) for n in lines]
    last = {}
    for row in rows:
        if row["what"].startswith("task "):
            told = orjson.loads(row["after"])["task"]
            last[told["number"]] = told
            assert row["what"] == f"task {told['state']}"
    for row in kept:
        told = orjson.loads(row["body"])
        assert told["turns"] == last[row["number"]]["turns"]
        assert told["state"] == row["state"]
