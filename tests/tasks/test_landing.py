"""Coming in to land: home, over a place, over a ship that sails; who takes over; what IMC vehicles are told."""

from __future__ import annotations

import math
from typing import Any

import pytest
from task_helpers import ALL, Bench, T
from test_imc import AUV, Diver
from test_mavlink_driver import AUTO, MANUAL, Autopilot, fresh, order

from mihari.alerts.records import Records
from mihari.core.asset import AssetKind
from mihari.core.errors import BadInput
from mihari.core.task import Task, TaskKind, TaskState, Turn, check_task
from mihari.tasks.charge import Charge
from mihari.tasks.drivers import MAKINGS
from mihari.tasks.flight import Craft, distance
from mihari.tasks.imc import ImcDriver
from mihari.tasks.landing import LandingDriver

DECK = (26.1, 127.0)


def coming(task: Task, **more: Any) -> Autopilot:
    return Autopilot(task, driver=LandingDriver, **more)


def repositions(craft: Autopilot) -> list[Any]:
    return [(when, one) for when, one in craft.of("COMMAND_INT") if one.command == 192]


def test_home_is_its_own_autopilots_way_home_and_done_when_it_has_landed() -> None:
    craft = coming(fresh(TaskKind.LAND))
    craft.turn(5)
    assert [one.command for _, one in craft.of("COMMAND_LONG")] == [20]
    assert craft.states[-1] == "under way"
    craft.say("EXTENDED_SYS_STATE", landed_state=1, vtol_state=0)
    craft.turn(1)
    assert (craft.states[-1], craft.told[-1].why) == ("done", "it has landed")


def test_to_a_ship_it_is_led_where_she_will_be_and_never_told_to_land_on_a_place_of_the_sea() -> None:
    craft = coming(fresh(TaskKind.LAND, vessel=7, places=(DECK,)))
    craft.turn(30)
    told = repositions(craft)
    assert len(told) >= 5
    for _, one in told:
        assert (one.frame, one.z) == (5, 500.0)
        assert distance(DECK, (one.x / 1e7, one.y / 1e7)) == pytest.approx(50.0, abs=1.0)  # 10 m/s, five seconds
    sent = {one.get_type() for _, one in craft.sent}
    assert sent == {"HEARTBEAT", "COMMAND_INT"}
    assert {one.command for _, one in craft.of("COMMAND_INT")} == {192}
    assert craft.told[-1].why == "on its way there"
    craft.place = DECK
    craft.turn(3)
    assert craft.told[-1].why == "it is there, to be taken down"
    craft.say("EXTENDED_SYS_STATE", landed_state=1, vtol_state=0)
    craft.turn(1)
    assert craft.states[-1] == "done"


def test_a_ship_that_the_picture_does_not_have_is_looked_for_where_she_was_expected() -> None:
    craft = coming(fresh(TaskKind.LAND, vessel=7, places=(DECK,)))
    craft.vessel = None
    craft.turn(10)
    _, one = repositions(craft)[0]
    assert (one.x / 1e7, one.y / 1e7) == pytest.approx(DECK, abs=1e-6)
    lost = coming(fresh(TaskKind.LAND, vessel=7))
    lost.vessel = None
    lost.turn(130)
    assert (lost.states, repositions(lost)) == (["failed"], [])


@pytest.mark.parametrize(("place", "state"), [(DECK, "done"), ((26.5, 127.0), "failed")])
def test_a_pilot_who_takes_over_brings_it_down_there_but_not_elsewhere(place: Any, state: str) -> None:
    craft = coming(fresh(TaskKind.LAND, places=(DECK,)))
    craft.place = place
    craft.turn(5)
    craft.mode = MANUAL
    craft.turn(2)
    assert (craft.states[-1], craft.told[-1].why) == (state, "its pilot has taken it over")
    sent = len(repositions(craft))
    craft.turn(100)
    assert len(repositions(craft)) == sent


def test_a_place_is_told_once_a_minute_at_most_and_a_refusal_is_told() -> None:
    craft = coming(fresh(TaskKind.LAND, places=(DECK,)))
    craft.turn(110)
    assert len(repositions(craft)) == 2
    craft = coming(fresh(TaskKind.LAND, places=(DECK,)), result=2)
    craft.turn(5)
    assert craft.states[-1] == "declined"


def test_a_boat_has_landed_when_it_lies_there() -> None:
    craft = coming(fresh(TaskKind.LAND, places=(DECK,)), craft=Craft(AssetKind.SURFACE, 0.0))
    craft.place, craft.speed = DECK, 0.1
    craft.turn(70)
    assert (craft.states[-1], craft.told[-1].why) == ("done", "it lies there")


def test_after_a_new_start_it_is_led_on() -> None:
    going = order(TaskKind.LAND, places=(DECK,)).turned(Turn(T, TaskState.UNDER_WAY, "tb3"))
    craft = coming(going)
    craft.turn(3)
    assert len(repositions(craft)) == 1
    home = coming(order(TaskKind.LAND).turned(Turn(T, TaskState.UNDER_WAY, "tb3")))
    home.mode = AUTO
    home.turn(5)
    assert home.of("COMMAND_LONG") == []
    home.say("EXTENDED_SYS_STATE", landed_state=1, vtol_state=0)
    home.turn(1)
    assert home.states[-1] == "done"


def test_an_imc_vehicle_comes_up_where_it_is_to_be_taken_up(records: Records) -> None:
    bench = Bench(records, Charge("tb3", "Mori", (), ALL))
    bench.kind = AssetKind.UNDERWATER
    diver = Diver(bench)
    bench.vehicle.send = diver.send  # type: ignore[method-assign]
    bench.start(make=lambda: ImcDriver(AUV, 1.5, 30))
    bench.propose(kind=TaskKind.LAND, places=(DECK,), vessel=7)
    bench.accept(1)
    bench.turn(1)
    (step,) = [one.data for one in diver.plans[0].maneuvers]
    assert (math.degrees(step.lat), math.degrees(step.lon), step.z) == pytest.approx((*DECK, 0.0))


def test_it_waits_for_what_is_under_way_while_return_does_not(bench: Bench) -> None:
    bench.propose(places=((26.2, 127.5),))
    bench.propose(kind=TaskKind.LAND)
    bench.accept(1)
    bench.accept(2)
    bench.turn(5)
    assert (bench.state(1), bench.state(2)) == ("under way", "accepted")
    bench.propose(kind=TaskKind.RETURN)
    bench.accept(3)
    bench.turn(15)
    assert bench.state(1) == "withdrawn"
    assert bench.state(3) == "under way"


def test_more_places_than_one_are_no_landing_and_both_protocols_can_be_told() -> None:
    with pytest.raises(BadInput, match="a task to land has one place at most"):
        check_task(Task(1, "tb3", TaskKind.LAND, "Sato", T, places=(DECK, DECK)))
    assert all(TaskKind.LAND in making.kinds for making in MAKINGS.values())
