"""The demo with an aircraft has a patrol: of the waters of its scenario, with a vehicle of the aircraft's name."""

from __future__ import annotations

from mihari.commands.demo import configuration
from mihari.patrol.file import load as load_patrol
from mihari.patrol.vehicles import vehicles_of
from mihari.simulate import load


def test_seaward_is_patrolled_from_now_on_by_the_craft_that_fly_there():
    scenario = load("seaward")
    section = configuration(scenario, [1, 2], 0).patrol
    patrol = load_patrol(section.file)
    assert section.start == "now"
    assert {craft.name for craft in scenario.crafts} <= {v.name for v in vehicles_of(patrol)}
    ship = next(ship for ship in patrol.ship if ship.name == scenario.crafts[0].aboard)
    vessel = next(vessel for vessel in scenario.scripted if vessel.name == ship.name)
    assert ship.way[0][1:] == tuple(vessel.route[0])


def test_a_demo_without_a_patrol_has_none():
    assert configuration(load("strait"), [1, 2], 0).patrol.file == ""
