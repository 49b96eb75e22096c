"""Sorties of a plan as tasks: searches, stations, vessels, their places, heights, times and reasons."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import great_circle
from mihari.core.task import MOST_PLACES, Task, TaskKind, check_task
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import ground_of
from mihari.patrol.plan import Plan, Sortie, Stop
from mihari.patrol.tasking import GRACE_S, Proposal, Tasking

BEGIN = 1_795_219_200.0  # 2026-11-21T00:00Z
FILE = PatrolFile.model_validate(
    {
        "name": "Island", "start": "2026-11-21T00:00:00Z", "hours": 8,
        "area": {"lat_deg": 26.0, "lon_deg": 126.0, "along_km": 80, "across_km": 40},
        "demand": [{"name": "all", "every_h": 1}],
        "base": [{"name": "field", "lat_deg": 26.3, "lon_deg": 126.2, "offers": ["runway", "port"]},
                 {"name": "other", "lat_deg": 26.2, "lon_deg": 125.8, "offers": ["runway"]}],
        "ship": [{"name": "north", "way": [[0, 26.5, 126.0], [8, 26.5, 127.0]], "offers": ["short deck"]}],
        "asset": [{"name": "tb2", "platform": "tb2", "home": "field"},
                  {"name": "tb3", "platform": "tb3", "home": "north", "lands_at": ["field"]},
                  {"name": "sail", "platform": "voyager", "home": "field"},
                  {"name": "boat", "platform": "ulaq", "home": "field"}],
    }
)  # fmt: skip
GROUND = ground_of(FILE)
FLIES = [kind for kind in TaskKind if kind != TaskKind.LAND]


def stop(purpose: Any, name: str, arrive: float, stay: float = 0.0) -> Stop:
    if purpose == "cell":
        lat, lon = float(GROUND.cells.lat_deg[int(name)]), float(GROUND.cells.lon_deg[int(name)])
    else:
        lat, lon = 26.05, 126.05
    return Stop(purpose, name, BEGIN + 60 * arrive, BEGIN + 60 * (arrive + stay), lat, lon)


def tasks(*stops: Stop, vehicle: str = "tb2", **more: Any) -> list[Proposal]:
    sortie = Sortie(vehicle, "field", BEGIN, 26.3, 126.2, stops, "field", BEGIN + 5 * 3600, 26.3, 126.2)
    return told(sortie, **({"takes": FLIES} | more))


def told(sortie: Sortie, **more: Any) -> list[Proposal]:
    plan = Plan("Island", BEGIN, BEGIN + 8 * 3600, (sortie,))
    found = Tasking(FILE, GROUND, plan, **more).of(sortie)
    for one in found:
        w = one.wanted
        check_task(Task(1, w.asset, w.kind, "plan", BEGIN, w.places, w.vessel, w.height, w.until, w.reason))
        assert w.begin == sortie.launch
    return found


def test_cells_in_turn_are_one_search_of_their_places_at_the_height_that_looks_are_reckoned_from() -> None:
    stops = [stop("cell", str(n), 20 + 10 * n) for n in (0, 1, 5)]
    (one,) = tasks(*stops)
    assert (one.wanted.asset, one.wanted.kind, one.stops) == ("tb2", TaskKind.SEARCH, (0, 1, 2))
    assert one.wanted.places == tuple((s.lat_deg, s.lon_deg) for s in stops)
    assert round(one.wanted.height) == 5486  # 18,000 ft
    assert one.wanted.until == stops[-1].leave + GRACE_S
    assert one.wanted.reason == (
        "plan Island of 2026-11-21T00:00:00Z, sortie from field at 2026-11-21T00:00:00Z: cells 0, 1, 5"
    )


def test_a_cell_that_takes_two_passes_is_passed_twice_in_the_time_that_is_planned() -> None:
    second = stop("cell", "1", 30, stay=20e3 / 36.0 / 60)  # a TB2 makes 36 m/s: one more length of 20 km
    (one,) = tasks(stop("cell", "0", 20), second, stop("cell", "2", 60))
    assert len(one.wanted.places) == 1 + 4 + 1
    ends = one.wanted.places[1:5]
    way = sum(float(great_circle(*a, *b)[0]) for a, b in itertools.pairwise(ends))
    assert way == pytest.approx(40e3, rel=0.01)  # two lengths, the way across included
    offs = [float(great_circle(second.lat_deg, second.lon_deg, *place)[0]) for place in ends]
    assert offs == pytest.approx([math.hypot(7500, 5000)] * 4, rel=0.01)


def test_a_cell_alone_is_passed_from_one_end_to_the_other() -> None:
    (one,) = tasks(stop("cell", "3", 30))
    assert len(one.wanted.places) == 2
    assert float(great_circle(*one.wanted.places[0], *one.wanted.places[1])[0]) == pytest.approx(20e3, rel=0.01)


def test_stations_are_held_until_the_watch_ends_and_cells_go_on_after_them() -> None:
    watch = stop("station", "strait", 60, stay=120)
    found = tasks(stop("cell", "0", 20), stop("cell", "1", 30), watch, stop("cell", "2", 200), stop("cell", "3", 210))
    assert [one.wanted.kind for one in found] == ["search", "hold", "search"]
    assert [one.stops for one in found] == [(0, 1), (2,), (3, 4)]
    assert (found[1].wanted.until, found[1].wanted.places) == (watch.leave, ((26.05, 126.05),))
    assert found[1].wanted.reason.endswith("station strait")


@pytest.mark.parametrize(
    ("known", "takes", "stay", "kind", "vessel"),
    [
        ({}, FLIES, 10, "look", 0), ({"dark": 17}, FLIES, 10, "follow", 17),
        ({"dark": 17}, (TaskKind.LOOK,), 10, "look", 17), ({"dark": 17}, FLIES, 2, "look", 17),
    ],
)  # fmt: skip
def test_a_vessel_is_followed_for_its_stay_where_the_picture_has_it_else_looked_for_where_it_should_be(
    known: dict[str, int], takes: Any, stay: float, kind: str, vessel: int
) -> None:
    (one,) = tasks(stop("vessel", "dark", 30, stay=stay), known=known, takes=takes)
    assert (one.wanted.kind, one.wanted.vessel) == (kind, vessel)
    assert one.wanted.places == (() if vessel else ((26.05, 126.05),))


def test_long_searches_are_split_with_all_places_in_their_order() -> None:
    stops = [stop("cell", str(n % 8), 20 + n) for n in range(2 * MOST_PLACES + 1)]
    found = tasks(*stops)
    assert [len(one.wanted.places) for one in found] == [134, 133, 134]
    assert [number for one in found for number in one.stops] == list(range(len(stops)))
    assert [place for one in found for place in one.wanted.places] == [(s.lat_deg, s.lon_deg) for s in stops]


def test_craft_on_the_water_are_told_no_height() -> None:
    (one,) = tasks(stop("cell", "0", 20), stop("cell", "1", 30), vehicle="boat")
    assert math.isnan(one.wanted.height)


def test_what_is_not_of_the_patrol_file_is_refused() -> None:
    with pytest.raises(BadInput, match="no vehicle called 'kite'"):
        tasks(stop("cell", "0", 20), vehicle="kite")
    with pytest.raises(BadInput, match="has 8 cells; expected a number below that, found '99'"):
        tasks(Stop("cell", "99", BEGIN, BEGIN, 26.0, 126.0))


@pytest.mark.parametrize(
    ("vehicle", "start", "end", "known", "places", "vessel"),
    [
        ("tb2", "field", "field", {}, (), 0),  # its autopilot knows the way home
        ("tb2", "field", "other", {}, ((26.2, 126.6),), 0),
        ("tb2", "", "field", {}, ((26.2, 126.6),), 0),  # aloft already: nobody knows where from
        ("sail", "field", "field", {}, ((26.2, 126.6),), 0),  # speaks IMC, which knows no home
        ("tb3", "north", "north", {}, ((26.2, 126.6),), 0),  # the deck sails on: not where it was launched
        ("tb3", "field", "north", {"north": 31}, ((26.2, 126.6),), 31),
    ],
)
def test_in_the_end_it_lands_where_the_plan_says(
    vehicle: str, start: str, end: str, known: dict[str, int], places: Any, vessel: int
) -> None:
    way = stop("cell", "0", 20), stop("cell", "1", 30)
    found = told(Sortie(vehicle, start, BEGIN, 26.3, 126.2, way, end, BEGIN + 18_000, 26.2, 126.6), known=known)
    assert [one.wanted.kind for one in found] == ["search", "land"]
    last = found[-1]
    assert (last.wanted.places, last.wanted.vessel, last.stops) == (places, vessel, ())
    assert last.wanted.until == BEGIN + 18_000 + GRACE_S
    assert last.wanted.reason.endswith(f"lands at {end}")
