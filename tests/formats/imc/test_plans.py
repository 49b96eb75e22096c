"""Plans as the vehicle's codec reads them, and the asking for one from start to end."""

from __future__ import annotations

import imcpy
import pytest

from mihari.core.errors import BadInput
from mihari.formats.imc import (
    PlanStart,
    Stage,
    decode,
    encode,
    follow,
    goto,
    loiter,
    plan,
    pop_up,
    progress,
    rows,
    start,
    stop,
)
from mihari.formats.imc.plan_start import AGAIN_S, ASKINGS, SILENT_S

STEPS = [
    goto(35.0, 139.0, speed=1.5, depth=2.0, timeout_s=600),
    loiter(35.01, 139.0, speed=1.0, radius=15.0, duration_s=60, clockwise=False),
    follow(35.0, 139.0, [(0.0, 0.0, 0.0), (100.0, 50.0, 0.0)], speed=1.25),
    rows(35.0, 139.0, speed=1.5, bearing=0.5, width=200.0, length=300.0, step=30.0, depth=3.0),
    pop_up(35.0, 139.0, speed=1.0, radius=20.0, duration_s=30),
]
VEHICLE, CONSOLE = 30, 16
STATE = {"message": "PlanControlState", "source": VEHICLE, "plan_id": "survey", "last_outcome": "NONE"}


def test_a_plan_is_read_by_the_vehicles_codec_step_by_step():
    made = plan("survey", STEPS, "north of the pier")
    message = imcpy.Packet.deserialize(
        encode(start(made, 7) | {"time": 1.7e9, "source": CONSOLE, "destination": VEHICLE})
    )
    assert (message.msg_name, message.op.name, message.type.name) == ("PlanControl", "START", "REQUEST")
    assert (message.request_id, message.plan_id, message.dst, message.flags) == (7, "survey", VEHICLE, 0)
    spec = message.arg
    assert (spec.plan_id, spec.description, spec.start_man_id) == ("survey", "north of the pier", "1")
    kinds = [(m.maneuver_id, m.data.msg_name) for m in spec.maneuvers]
    assert kinds == [("1", "Goto"), ("2", "Loiter"), ("3", "FollowPath"), ("4", "Rows"), ("5", "PopUp")]
    chain = [(t.source_man, t.dest_man, t.conditions) for t in spec.transitions]
    assert chain == [(str(k), str(k + 1), "ManeuverIsDone") for k in range(1, 5)]
    first, second, third, fourth, fifth = (m.data for m in spec.maneuvers)
    assert (first.lat, first.speed, first.z, first.timeout) == (
        pytest.approx(35.0 * 3.141592653589793 / 180),
        1.5,
        2.0,
        600,
    )
    assert (first.z_units.name, first.speed_units.name) == ("DEPTH", "METERS_PS")
    assert (second.radius, second.duration, second.direction.name, second.type.name) == (
        15.0,
        60,
        "CCLOCKW",
        "CIRCULAR",
    )
    assert [(p.x, p.y, p.z) for p in third.points] == [(0.0, 0.0, 0.0), (100.0, 50.0, 0.0)]
    assert (fourth.bearing, fourth.width, fourth.length, fourth.hstep) == (0.5, 200.0, 300.0, 30.0)
    assert (fifth.radius, fifth.duration) == (20.0, 30)
    told = decode(encode(start(made, 7) | {"time": 1.7e9}))
    assert [m["data"]["message"] for m in told["arg"]["maneuvers"]] == [k for _, k in kinds]
    ended = imcpy.Packet.deserialize(encode(stop("survey", 8) | {"time": 1.7e9}))
    assert (ended.op.name, ended.request_id, ended.plan_id, ended.arg) == ("STOP", 8, "survey", None)
    for wrong in ({"name": "", "steps": STEPS}, {"name": "x", "steps": []}):
        with pytest.raises(BadInput):
            plan(**wrong)
    with pytest.raises(BadInput):
        stop("x", 70_000)


def test_progress_in_words():
    def words(**fields) -> str:
        return progress(decode(encode(STATE | {"time": 0.0} | fields)))

    assert words(state="EXECUTING", plan_progress_percent=-1.0, plan_eta_s=-1) == "survey: running"
    assert words(state="EXECUTING", plan_progress_percent=99.6, man_id="5", plan_eta_s=4) == (
        "survey: 100 %, at step 5, about 4 s to go"
    )
    assert words(state="READY", last_outcome="FAILURE") == "survey: failed"
    assert words(state="READY", plan_id="") == "no plan: ready"
    assert words(state="INITIALIZING") == "survey: starting"
    assert words(state="BLOCKED") == "survey: the vehicle takes no plan"


def asked() -> PlanStart:
    return PlanStart(plan("survey", STEPS), vehicle=VEHICLE, source=CONSOLE, request_id=7)


def answer(kind: str, op: str = "START", number: int = 7, **more) -> dict:
    return {
        "message": "PlanControl", "source": VEHICLE, "destination": CONSOLE, "type": kind, "op": op,
        "request_id": number, "plan_id": "survey", "info": "",
    } | more  # fmt: skip


def test_a_plan_that_goes_well():
    it = asked()
    assert it.tick(0.0) == []
    (request,) = it.start(0.0)
    encode(request)
    assert (request["destination"], request["request_id"], request["op"]) == (VEHICLE, 7, "START")
    assert it.start(0.1) == []
    it.take(answer("IN_PROGRESS"), 0.5)
    assert it.stage == Stage.SENT
    it.take(answer("SUCCESS"), 1.0)
    assert it.stage == Stage.ACCEPTED
    it.take(STATE | {"state": "INITIALIZING"}, 1.5)
    assert it.stage == Stage.ACCEPTED
    it.take(STATE | {"state": "EXECUTING", "plan_progress_percent": 40.0, "plan_eta_s": 60}, 2.0)
    assert (it.stage, it.percent, it.because) == (Stage.RUNNING, 40.0, "survey: 40 %, about 60 s to go")
    it.take(STATE | {"state": "READY", "last_outcome": "SUCCESS"}, 90.0)
    assert (it.stage, it.percent, it.because) == (Stage.DONE, 100.0, "survey: done")
    assert it.tick(1000.0) == it.stop(1000.0) == []


def test_an_unanswered_request_is_repeated_and_then_the_vehicle_is_lost():
    it = asked()
    it.start(0.0)
    assert it.tick(AGAIN_S - 0.1) == []
    sent = [m for k in range(1, ASKINGS + 3) for m in it.tick(k * AGAIN_S)]
    assert len(sent) == ASKINGS - 1
    assert {m["request_id"] for m in sent} == {7}
    assert (it.stage, it.because) == (Stage.LOST, f"no answer to {ASKINGS} requests")
    it.take(STATE | {"state": "EXECUTING", "plan_progress_percent": 5.0}, 100.0)  # it had heard after all
    assert it.stage == Stage.RUNNING
    it.tick(100.0 + SILENT_S + 1)
    assert (it.stage, it.because) == (Stage.LOST, "silent for 31 s")


def test_a_vehicle_that_refuses_or_fails_says_why():
    it = asked()
    it.start(0.0)
    it.take(answer("FAILURE", info="battery too low"), 1.0)
    assert (it.stage, it.because) == (Stage.REFUSED, "battery too low")
    it = asked()
    it.start(0.0)
    it.take(STATE | {"state": "EXECUTING", "plan_progress_percent": 70.0}, 1.0)
    it.take(STATE | {"state": "READY", "last_outcome": "FAILURE"}, 2.0)
    assert (it.stage, it.percent, it.because) == (Stage.FAILED, 70.0, "survey: failed")
    it = asked()
    it.start(0.0)
    it.take(STATE | {"state": "EXECUTING"}, 1.0)
    it.take(STATE | {"state": "EXECUTING", "plan_id": "other"}, 2.0)
    assert (it.stage, it.because) == (Stage.FAILED, "the vehicle runs other instead")


def test_words_of_other_vehicles_requests_and_plans_change_nothing():
    it = asked()
    it.start(0.0)
    for other in (
        answer("SUCCESS", source=31), answer("SUCCESS", number=8), answer("SUCCESS", destination=17),
        answer("SUCCESS", op="STOP"), answer("SUCCESS", message="PlanDB"),
        STATE | {"state": "READY", "last_outcome": "SUCCESS"},  # of the plan before
        STATE | {"state": "EXECUTING", "plan_id": "other"}, STATE | {"state": "EXECUTING", "source": 31},
    ):  # fmt: skip
        it.take(other, 1.0)
        assert it.stage == Stage.SENT


def test_stopping_asks_until_it_is_answered():
    it = asked()
    assert it.stop(0.0) == []
    it.start(0.0)
    it.take(STATE | {"state": "EXECUTING"}, 1.0)
    (request,) = it.stop(2.0)
    assert (request["op"], request["request_id"]) == ("STOP", 8)
    (again,) = it.tick(2.0 + AGAIN_S)
    assert again["op"] == "STOP"
    it.take(answer("SUCCESS", op="STOP", number=8), 6.0)
    assert (it.stage, it.because) == (Stage.FAILED, "stopped on request")
