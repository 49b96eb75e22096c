"""IMC vehicles: plans handed over, refused, run, done, stopped; a vehicle that speaks by imcpy."""

from __future__ import annotations

from typing import Any

import pytest
from task_helpers import ALL, Bench, check

from mihari.alerts.records import Records
from mihari.core.asset import AssetKind, LinkState
from mihari.core.task import TaskKind
from mihari.formats.imc import Decoder, encode
from mihari.tasks.charge import Charge
from mihari.tasks.drivers import IMC, MAKINGS, MAVLINK
from mihari.tasks.flight import Craft
from mihari.tasks.imc import KINDS, SOURCE, ImcDriver
from mihari.tasks.mavlink import KINDS as MAVLINK_KINDS

imcpy = pytest.importorskip("imcpy")
SEARCH = ((26.20, 127.50), (26.21, 127.50), (26.21, 127.52))
AUV = Craft(AssetKind.UNDERWATER, -40.0)


class Diver:
    """A vehicle with address 30: takes plans as imcpy reads them, answers as imcpy packs it."""

    def __init__(self, bench: Bench, refuse: str = "") -> None:
        self.bench, self.refuse = bench, refuse
        self.plans: list[Any] = []
        self.running = ""
        self.ops: list[str] = []
        self._decoder = Decoder()

    def send(self, _: str, data: bytes) -> bool:
        told = imcpy.Packet.deserialize(data)
        assert (told.src, told.dst) == (SOURCE, 30)
        self.ops.append(told.op.name)
        if told.op.name == "START":
            self.plans.append(told.arg)
            self.running = "" if self.refuse else told.plan_id
        else:
            self.running = ""
        self.say(
            {"message": "PlanControl", "type": "FAILURE" if self.refuse else "SUCCESS", "op": told.op.name}
            | {"request_id": told.request_id, "plan_id": told.plan_id, "info": self.refuse}
        )
        return True

    def say(self, message: dict[str, Any]) -> None:
        """Over the wire, so that it is what a vehicle would have said."""
        wire = encode(message | {"time": self.bench.now, "source": 30, "destination": SOURCE})
        for one in self._decoder.feed(wire):
            self.bench.talk.heard("link", one)

    def state(self, state: str, percent: float = -1.0, outcome: str = "NONE", plan: str = "mihari-1") -> None:
        self.say({"message": "PlanControlState", "state": state, "plan_id": plan, "plan_eta_s": -1,
                  "plan_progress_percent": percent, "man_id": "1", "last_outcome": outcome})  # fmt: skip


@pytest.fixture
def bench(records: Records) -> Bench:
    one = Bench(records, Charge("tb3", "Mori", (), ALL))
    one.kind = AssetKind.UNDERWATER
    return one


def dive(bench: Bench, refuse: str = "") -> Diver:
    diver = Diver(bench, refuse)
    bench.vehicle.send = diver.send  # type: ignore[method-assign]
    bench.start(make=lambda: ImcDriver(AUV, 1.5, 30))
    return diver


def test_a_search_is_handed_over_run_and_done(bench: Bench, records: Records) -> None:
    diver = dive(bench)
    bench.propose(kind=TaskKind.SEARCH, places=SEARCH)
    bench.turn(5)
    assert diver.ops == []
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), diver.ops) == ("under way", ["START"])
    plan = diver.plans[0]
    steps = [one.data for one in plan.maneuvers]
    assert (plan.plan_id, [type(one).__name__ for one in steps]) == ("mihari-1", ["Goto"] * 3)
    import math

    found = [(math.degrees(one.lat), math.degrees(one.lon), one.z, one.speed) for one in steps]
    assert found == [pytest.approx((lat, lon, 40.0, 1.5)) for lat, lon in SEARCH]
    diver.state("EXECUTING", 42.0)
    bench.turn(3)
    assert (round(bench.task().progress, 2), bench.task().said) == (0.42, "mihari-1: 42 %, at step 1")
    diver.state("READY", outcome="SUCCESS")
    bench.turn(1)
    assert bench.states() == ["proposed", "accepted", "sent", "under way", "done"]
    check(records)


def test_a_plan_that_it_refuses_is_declined_in_its_own_words(bench: Bench) -> None:
    diver = dive(bench, refuse="not enough energy")
    bench.propose(kind=TaskKind.LISTEN, places=SEARCH[:1])
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), bench.task().turns[-1].why) == ("declined", "not enough energy")
    assert len(diver.plans) == 1


def test_hours_of_silence_under_water_lose_nothing(bench: Bench) -> None:
    diver = dive(bench)
    bench.propose(kind=TaskKind.SEARCH, places=SEARCH)
    bench.accept(1)
    bench.turn(1)
    diver.state("EXECUTING", 5.0)
    bench.turn(1)
    bench.link = LinkState.AWAY
    bench.turn(6 * 3600, step=60)
    assert bench.state() == "under way"
    bench.link = LinkState.UP
    diver.state("EXECUTING", 95.0)
    bench.turn(3)
    assert round(bench.task().progress, 2) == 0.95


def test_withdrawn_its_plan_is_stopped(bench: Bench) -> None:
    diver = dive(bench)
    bench.propose(kind=TaskKind.HOLD, places=SEARCH[:1])
    bench.accept(1)
    bench.turn(1)
    diver.state("EXECUTING")
    bench.turn(1)
    bench.withdraw(1)
    bench.turn(2)
    assert (diver.ops, bench.task().called_off, diver.running) == (["START", "STOP"], True, "")


@pytest.mark.parametrize(
    ("state", "outcome", "plan", "becomes"),
    [
        ("EXECUTING", "NONE", "mihari-1", "under way"), ("READY", "SUCCESS", "mihari-1", "done"),
        ("EXECUTING", "NONE", "another", "lost"),
    ],
)  # fmt: skip
def test_after_a_new_start_what_the_vehicle_says_decides(
    bench: Bench, state: str, outcome: str, plan: str, becomes: str
) -> None:
    diver = dive(bench)
    bench.propose(kind=TaskKind.SEARCH, places=SEARCH)
    bench.accept(1)
    bench.turn(1)
    bench.start(make=lambda: ImcDriver(AUV, 1.5, 30))
    for _ in range(70):
        diver.state(state, outcome=outcome, plan=plan)
        bench.turn(1, step=1)
    assert (bench.state(), diver.ops) == (becomes, ["START"])


def test_a_vehicle_that_never_answers_is_lost(bench: Bench) -> None:
    dive(bench)
    bench.vehicle.send = lambda feed, data: True  # type: ignore[method-assign]
    bench.start(make=lambda: ImcDriver(AUV, 1.5, 30))
    bench.propose(kind=TaskKind.SEARCH, places=SEARCH)
    bench.accept(1)
    bench.turn(25)
    assert (bench.state(), bench.task().turns[-1].why) == ("lost", "no answer to 5 requests")


def test_what_it_cannot_is_declined_before_anything_is_sent(bench: Bench) -> None:
    diver = dive(bench)
    bench.propose(kind=TaskKind.RETURN)
    bench.accept(1)
    bench.turn(1)
    assert (bench.state(), diver.ops) == ("declined", [])
    assert "knows no home" in bench.task().turns[-1].why


def test_the_kinds_that_are_offered_are_those_of_the_drivers() -> None:
    assert (KINDS, (*MAVLINK_KINDS, TaskKind.LAND)) == (IMC, MAVLINK)
    assert set(MAKINGS) == {"imc", "mavlink"}
