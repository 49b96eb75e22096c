"""A patrol file -> a plan: stations first, then the routes of everybody else, improved until the time is up."""

from __future__ import annotations

import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mihari.core.errors import BadInput, MihariError
from mihari.patrol.bound import bound
from mihari.patrol.file import PatrolFile
from mihari.patrol.ground import Ground, ground_of
from mihari.patrol.plan import Plan, Shortfall, Sortie
from mihari.patrol.problem import Problem, problem_of, without
from mihari.patrol.search.anneal import improve, start
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.made import empty_tours, empty_undo
from mihari.patrol.search.resume import send
from mihari.patrol.search.routes import NEVER
from mihari.patrol.search.world import BEGIN, BY, END, MOVES, RATE, SIZE, STAYS, WORTH, Tours, World
from mihari.patrol.stations import Manned, man
from mihari.patrol.told import figures_of, sorties_of
from mihari.patrol.vehicles import Vehicle, places_of, vehicles_of

Progress = Callable[[float, str], None]

HOT, COLD = 2.0, 0.05  # temperatures over the mean weight of a cell: hours of one cell that a move may lose
ENOUGH = 100  # moves for each look planned: with fewer to come it begins colder
ROUND, PROBE = 5_000, 500  # moves between two looks at the clock; to find out how long they take


@dataclass(frozen=True)
class Prepared:
    """A patrol file with what follows from it before any route: ground, stations manned, the problem of all others.

    `whole`: the same with those who keep stations.
    """

    file: PatrolFile
    ground: Ground
    manned: Manned
    problem: Problem
    whole: Problem


def prepare(file: PatrolFile) -> Prepared:
    """Everything a search needs. BadInput for what does not fit together in the file."""
    ground, vehicles = ground_of(file), vehicles_of(file)
    for place in places_of(file):
        if (many := sum(v.section.home == place.name for v in vehicles)) > place.spots:
            raise BadInput(f"{many} vehicles are at home at {place.name}, which has {place.spots} spots")
    manned = man(file, ground, vehicles)
    relays = tuple((station, vehicle.platform) for station, vehicle in manned.relays)
    whole = problem_of(file, ground, relays)
    return Prepared(file, ground, manned, without(whole, manned.vehicles), whole)


def make_plan(
    file: PatrolFile, seconds: float = 60.0, seed: int = 1, progress: Progress = lambda share, text: None,
    thorough: bool = False,
) -> Plan:  # fmt: skip
    """The best plan found in so many seconds (besides about ten of preparation), and why it does not meet what it does
    not; `thorough`: with more that would help. BadInput for a file that misfits.
    """
    from mihari.patrol.whynot import explain

    prepared = prepare(file)
    progress(0.0, "routes")
    plan = finished(prepared, search(prepared, seconds, seed, progress))
    progress(1.0, "why not more")
    return replace(plan, shortfalls=explain(prepared, plan, thorough))


def search(prepared: Prepared, seconds: float, seed: int, progress: Progress = lambda share, text: None) -> Tours:
    """Routes of all vehicles that keep no station."""
    world = prepared.problem.world
    tours = settled(prepared.problem, prepared.manned)
    anneal(world, tours, seconds, seed, progress)
    return tours


def settled(problem: Problem, manned: Manned) -> Tours:
    """Routes without tokens, with the movements of those who keep stations: nobody else may be in their slots."""
    tours = empty_tours(problem.world, settled=2 * len(manned.sorties) + len(manned.vehicles))
    names = [place.name for place in problem.places]
    begin = problem.file.start.timestamp()
    row = len(tours.row)
    count = 0
    for sortie in manned.sorties:
        for place, time in ((sortie.start, sortie.launch), (sortie.end, sortie.landing)):
            tours.move[row, count] = (time - begin) / 3600, names.index(place)
            count += 1
    tours.count[row, MOVES] = count
    stay(tours, problem, [v for v in vehicles_of(problem.file) if v.name in manned.vehicles], manned.sorties)
    return tours


def stay(
    tours: Tours, problem: Problem, keepers: Iterable[Vehicle], sorties: Sequence[Sortie],
    places: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Those who keep stations have their room where they stand before, between and after their sorties.

    places: where vehicles stand now (by default, at home).
    """
    at = places or {}
    found: list[tuple[float, int, float]] = []
    for v in keepers:
        found += stays_of(problem, [s for s in sorties if s.vehicle == v.name], at.get(v.name, v.section.home))
    row = len(tours.row)
    tours.stay[row, : len(found)] = np.array(found).reshape(-1, 3)
    tours.count[row, STAYS] = len(found)


def stays_of(problem: Problem, sorties: Iterable[Sortie], place: str) -> list[tuple[float, int, float]]:
    """Since when, where and until when (h) a vehicle stands somewhere; without sorties, at `place` for good."""
    names, begin = [p.name for p in problem.places], problem.file.start.timestamp()
    mine = sorted(sorties, key=lambda s: s.launch)
    since, place, found = -NEVER, mine[0].start if mine else place, []
    for sortie in mine:
        if place:
            found.append((since, names.index(place), (sortie.launch - begin) / 3600))
        since, place = (sortie.landing - begin) / 3600, sortie.end
    if place:
        found.append((since, names.index(place), NEVER))
    return found


def anneal(
    world: World, tours: Tours, seconds: float, seed: int, progress: Progress = lambda share, text: None
) -> None:
    """Routes from nothing, improved in place until the time is up."""
    if not start(world, tours):
        raise MihariError("the routes that the search began with cannot be done")
    fill(world, tours, np.array([seed * 7919 + 12345], np.uint64), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)
    send_all(world, tours)
    go_on(world, tours, seconds, seed, progress)


def send_all(world: World, tours: Tours) -> None:
    """Somebody to every vessel that is to be looked at and that nobody is sent to, those with the least time first."""
    undo = empty_undo(tours)
    for m in np.argsort(world.look[:, BY], kind="stable").tolist():
        if world.look[m, WORTH] > 0 and not np.isfinite(tours.reached[:, m]).any():
            send(world, tours, undo, m)


def go_on(
    world: World, tours: Tours, seconds: float, seed: int, progress: Progress = lambda share, text: None,
    hot: float = HOT,
) -> None:  # fmt: skip
    """Improve routes that are worked out already, in place, until the time is up; `hot`: where it begins at most.

    The best that were met are left: a hot search loses at first what it was given.
    """
    if not len(world.cell) or not len(tours.row):
        return
    undo, dice = empty_undo(tours), np.array([seed * 7919 + 12345], np.uint64)
    weight = float(world.weight[..., RATE].mean())
    began = clock.perf_counter()
    improve(world, tours, undo, dice, PROBE, weight * COLD, weight * COLD)
    moves = PROBE * seconds / max(clock.perf_counter() - began, 1e-9)
    best, kept = _worth(world, tours), _copied(tours)
    hot = max(hot * min(moves / (ENOUGH * (1 + int(tours.count[:, SIZE].sum()))), 1.0), COLD)
    while (share := (clock.perf_counter() - began) / max(seconds, 1e-9)) < 1.0:
        heat = weight * hot * (COLD / hot) ** share
        improve(world, tours, undo, dice, ROUND, heat, heat)
        if (worth := _worth(world, tours)) > best:
            best, kept = worth, _copied(tours)
        progress(share, f"fresh {fresh_share(world, kept):.1%}")
    for part, good in zip(tours, kept, strict=True):
        part[...] = good


def _worth(world: World, tours: Tours) -> tuple[int, float]:
    """Vessels that are reached and that nobody was with before, then weight times hours fresh."""
    asked = world.look[:, WORTH] > 0
    return int(np.isfinite(tours.reached[:, asked]).any(axis=0).sum()), float(tours.value.sum())


def _copied(tours: Tours) -> Tours:
    return Tours(*(part.copy() for part in tours))


def fresh_share(world: World, tours: Tours) -> float:
    """Share of the demanded weight and time in which cells are fresh."""
    edges = np.clip(np.append(world.edges[:-1], world.span[END]), world.span[BEGIN], world.span[END])
    whole = float((world.weight[..., RATE] * np.diff(edges)).sum())
    return float(tours.value.sum()) / whole if whole else 1.0


def finished(prepared: Prepared, tours: Tours) -> Plan:
    """The plan of routes, with its figures, the bound, and what it does not meet."""
    file, problem = prepared.file, prepared.problem
    sorties: list[Sortie] = [*prepared.manned.sorties, *sorties_of(problem, tours)]
    figures = figures_of(file, problem.ground, sorties) | {"bound": bound(problem.world)}
    begin = file.start.timestamp()
    seen = {stop.name for sortie in sorties for stop in sortie.stops if stop.purpose == "vessel"}
    missed = [
        Shortfall(
            f"look at {look.name}", "nobody free gets there in time and home again",
            "a later by_h, or a quicker or nearer vehicle on call",
        )
        for look in file.look if look.name not in seen
    ]  # fmt: skip
    ordered = tuple(sorted(sorties, key=lambda s: (s.launch, s.vehicle)))
    return Plan(file.name, begin, begin + 3600 * file.hours, ordered, figures, (*prepared.manned.shortfalls, *missed))
