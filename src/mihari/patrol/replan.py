"""Something has happened: a plan that begins now, at once, and a better one in the background.

What is under way goes on as it was for the first minutes; what is lost is not planned with; a vessel to be looked at
gets somebody who can be there in time. The answer comes from the routes as they were: what cannot be done any more is
left out of them, whoever loses least is sent to the vessels, and who is free fills up. `improve` then searches on.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from mihari.core.errors import BadInput
from mihari.patrol.bound import bound
from mihari.patrol.file import FOREVER_H, BaseSection, LookSection, PatrolFile, ShipSection
from mihari.patrol.maker import Known, hearing
from mihari.patrol.plan import Plan, Shortfall, Sortie
from mihari.patrol.planner import Prepared, go_on, send_all, stay, stays_of
from mihari.patrol.problem import Problem
from mihari.patrol.relief import Reliever, keeps
from mihari.patrol.resumed import resumed, tokens_of
from mihari.patrol.search.greedy import fill
from mihari.patrol.search.made import empty_tours
from mihari.patrol.search.resume import resume
from mihari.patrol.search.world import MOVES, SIZE, STAYS, TOKEN, WORTH, Tours
from mihari.patrol.stations import Movements
from mihari.patrol.told import figures_of, sorties_of
from mihari.patrol.underway import Underway, last_looks, since, straight_on, underway
from mihari.patrol.vehicles import vehicles_of
from mihari.sensors.platform import PlatformProfile

FROZEN_S = 300.0  # what is under way goes on so long: nobody is called back between two words
WARM = 0.15  # temperature at which a plan is searched on, over the mean weight of a cell
BEFORE_S = 4 * 3600.0  # movements longer ago concern nobody


class Replanner:
    """A plan in force, and what comes of it when things happen. One thread at a time."""

    def __init__(self, prepared: Prepared, plan: Plan) -> None:
        """BadInput for a plan that is not of this patrol."""
        if plan.patrol != prepared.file.name:
            raise BadInput(f"the plan is of {plan.patrol!r}, the patrol is {prepared.file.name!r}")
        places = {"", *(place.name for place in prepared.problem.places)}
        if other := next((s for s in plan.sorties if not {s.start, s.end} <= places), None):
            raise BadInput(f"{other.vehicle} starts or lands in the plan where the patrol has no base or ship")
        self.prepared, self.plan, self.file = prepared, plan, prepared.file
        self.lost: dict[str, float] = {}
        self.lost_places: dict[str, float] = {}
        self.known: Known = {}
        self._search: _Search | None = None

    def change(
        self, now: float, lost: Collection[str] = (), lost_places: Collection[str] = (),
        looks: Sequence[LookSection] = (), seen: Mapping[int, float] | None = None,
        closed: Mapping[str, float] | None = None,
    ) -> Plan:  # fmt: skip
        """The plan from `now` (UTC s) on; it is in force from then on.

        lost, lost_places: vehicles, bases and ships that are no more. looks: vessels to be looked at. seen: cells of
        the ground, and when each was really looked at last (UTC s). closed: decks and runways that are closed, until
        when (UTC s). BadInput for names that nobody knows and for a time outside the plan.
        """
        self._known(now, lost, [*lost_places, *(closed or {})])
        self.lost |= dict.fromkeys(lost, now)
        self.lost_places |= dict.fromkeys(lost_places, now)
        self.file = _with_closed(_with_looks(self.file, self.plan, looks, now), closed or {}, now)
        shut = _shut(self.file, now) | dict.fromkeys(self.lost_places, math.inf)
        last = last_looks(self.plan, now, {str(cell): time for cell, time in (seen or {}).items()})
        self._search = _Search(self, now, last, shut)
        self.plan = self._search.first()
        return self.plan

    def improve(self, seconds: float, seed: int = 1) -> Plan:
        """The plan that the last change led to, searched on for so long. BadInput where nothing has changed."""
        if self._search is None:
            raise BadInput("nothing has changed since the plan was made; expected `change` before `improve`")
        self.plan = self._search.improved(seconds, seed)
        return self.plan

    def _known(self, now: float, lost: Collection[str], lost_places: Collection[str]) -> None:
        if not self.plan.begin <= now < self.plan.end:
            raise BadInput("the time lies outside the plan; expected one between its beginning and its end")
        vehicles = [v.name for v in vehicles_of(self.file)]
        places = [place.name for place in self.prepared.problem.places]
        for kind, names, known in (("vehicle", lost, vehicles), ("base or ship", lost_places, places)):
            if unknown := next((name for name in names if name not in known), None):
                raise BadInput(f"no {kind} is called {unknown!r}; expected one of {', '.join(known)}")


def _with_looks(file: PatrolFile, plan: Plan, looks: Sequence[LookSection], now: float) -> PatrolFile:
    """The file with more vessels to be looked at; those that have been, or whose time is over, are left out.

    Whoever is with a vessel, or will be within minutes, follows what he sees: such a look stays as it is.
    """
    stops = [stop for s in plan.sorties for stop in s.stops if stop.purpose == "vessel"]
    done, busy = ({stop.name for stop in stops if (stop.leave <= now) == over} for over in (True, False))
    there = {stop.name for stop in stops if stop.arrive < now + FROZEN_S and stop.leave > now}
    told = [look for look in looks if look.name not in there]
    new, hour = {look.name for look in told}, (now - file.start.timestamp()) / 3600
    late = {look.name for look in file.look if look.by_h <= hour} | done
    kept = [look for look in file.look if look.name not in new and (look.name not in late or look.name in busy)]
    return file.model_copy(update={"look": (*kept, *told)})


def _with_closed(file: PatrolFile, closed: Mapping[str, float], now: float) -> PatrolFile:
    """The file with places that are closed from now on."""
    begin = file.start.timestamp()
    hours = {name: (((now - begin) / 3600, min((until - begin) / 3600, FOREVER_H)),) for name, until in closed.items()}
    changed = {
        key: tuple(
            place.model_copy(update={"closed_h": (*place.closed_h, *hours.get(place.name, ()))}) for place in places
        )
        for key, places in (("base", file.base), ("ship", file.ship))
    }
    return file.model_copy(update=changed) if hours else file


def _shut(file: PatrolFile, now: float) -> dict[str, float]:
    """Places that are closed at `now`, and until when (UTC s)."""
    begin = file.start.timestamp()
    places: list[BaseSection | ShipSection] = [*file.base, *file.ship]
    shut: dict[str, float] = {}
    for place in places:
        for first, last in sorted(place.closed_h):
            if begin + 3600 * first <= shut.get(place.name, now) < begin + 3600 * last:
                shut[place.name] = begin + 3600 * last
    return shut


class _Search:
    """Routes from one moment on."""

    def __init__(self, owner: Replanner, now: float, seen: Mapping[str, float], shut: Mapping[str, float]) -> None:
        prepared, plan = owner.prepared, owner.plan
        self.file, self.ground, self.now, self.seen = owner.file, prepared.ground, now, dict(seen)
        self.begin = self.file.start.timestamp()
        vehicles = {v.name: v for v in prepared.whole.vehicles if v.name not in owner.lost}
        states = underway(plan, vehicles.values(), self.begin, now, now + FROZEN_S, shut)
        self.all = {s.vehicle: s for s in states if s.head or s.place not in owner.lost_places}
        self.past = _past(plan, now)
        hears = hearing(self.file, owner.lost_places)
        keepers = self._relieve(Reliever(self.file, hears, self.ground, plan, vehicles, self.all, shut, now))
        self.states = {name: state for name, state in self.all.items() if name not in keepers}
        self.keepers = [v for v in prepared.whole.vehicles if v.name in keepers]
        relays = self._relays(prepared.whole)
        quiet = bool(owner.lost_places) or relays != prepared.whole.relays
        whole = replace(prepared.whole, relays=relays)
        hours = {name: (time - self.begin) / 3600 for name, time in self.seen.items()}
        now_h = (now - self.begin) / 3600
        while True:
            states = list(self.states.values())
            self.problem = resumed(whole, self.file, states, now_h, hours, owner.lost_places, quiet, owner.known)
            self.tours = self._tours(plan)
            stuck = np.zeros(len(states), np.bool_)
            resume(self.problem.world, self.tours, stuck)
            if not stuck.any():
                break
            for k in np.flatnonzero(stuck):
                self._stick(self.states.pop(self.problem.vehicles[k].name))

    def _stick(self, state: Underway) -> None:
        """A vehicle that can land nowhere in time goes on as it was told: people have to decide."""
        end = state.was.end if state.was else state.place
        because = f"{end} is closed, and nowhere else that it may land can be reached in time"
        would = f"{end} open when it comes, or another place in its lands_at"
        self.shortfalls.append(Shortfall(f"landing of {state.vehicle}", because, would))
        self.kept += [*state.settled, *((state.was,) if state.was else ())]
        self.keepers += [v for v in self.problem.vehicles if v.name == state.vehicle]

    def _relieve(self, reliever: Reliever) -> set[str]:
        """Everybody who keeps stations from now on; `kept`: their sorties, `shortfalls`: where nobody is."""
        keepers: set[str] = set()
        self.shortfalls: list[Shortfall] = []
        kept: list[Sortie] = []
        begun = [(s.end, s.landing) for station in self.file.station for s in reliever.out(station)]
        begun += [(state.was.end, state.was.landing) for state in self.all.values() if state.was]  # little room is left
        known = [*self._settled(reliever.plan), *begun]
        stand = {name: state.was.end if state.was else state.place for name, state in self.all.items()}
        moves = Movements([(place, (time - self.begin) / 3600) for place, time in known], stand)
        stations = [s for s in self.file.station if reliever.stands(s)]
        relays = [s for s in self.file.station if s.relay and s not in stations]
        for station in (*stations, *relays, *(s for s in self.file.station if s not in (*stations, *relays))):
            relief = reliever.of(station, keepers, moves)
            keepers |= relief.keepers
            kept += relief.sorties
            self.shortfalls += relief.shortfalls
            moves.add(relief.sorties, self.begin)
        told = {(s.vehicle, s.launch) for s in kept}
        self.kept = [since(s, reliever.plan.begin, self.now) for s in kept]
        under = [s for name in keepers for s in (*self.all[name].settled, self.all[name].was) if s]
        self.kept += [s for s in under if (s.vehicle, s.launch) not in told]
        return keepers

    def _relays(self, whole: Problem) -> tuple[tuple[str, PlatformProfile], ...]:
        """Stations that pass links on without a break, and by what."""
        gaps = {f.demand for f in self.shortfalls}
        platform = {v.name: v.platform for v in whole.vehicles}
        found = []
        for station in self.file.station:
            mine = [s for s in self.kept if keeps(s, station)]
            if station.relay and mine and f"station {station.name}" not in gaps:
                found.append((station.name, platform[mine[0].vehicle]))
        return tuple(found)

    def _tours(self, plan: Plan) -> Tours:
        """Routes as they were, with what is settled."""
        moves = self._movements(plan)
        tours = empty_tours(self.problem.world, settled=len(moves) + len(self.all))
        cells = {str(row): c for c, row in enumerate(self.problem.rows.tolist())}
        names = [place.name for place in self.problem.places]
        vessels = [look.name for look in self.file.look]
        heads = [s for state in self.states.values() for s in (*state.settled, state.head) if s]
        for stop in (stop for s in (*self.kept, *heads) for stop in s.stops):
            if stop.purpose == "vessel" and stop.name in vessels:
                self.problem.world.look[vessels.index(stop.name), WORTH] = 0.0  # somebody is with it, or will be
            elif stop.purpose == "cell" and stop.leave > self.now and (c := cells.get(stop.name)) is not None:
                tours.seen_h[c, tours.seen[c]] = (stop.leave - self.begin) / 3600
                tours.seen[c] += 1
        for c in range(len(cells)):
            tours.seen_h[c, : tours.seen[c]].sort()
        row = len(tours.row)
        for i, (place, time) in enumerate(moves):
            tours.move[row, i] = (time - self.begin) / 3600, names.index(place)
        tours.count[row, MOVES] = len(moves)
        stay(tours, self.problem, self.keepers, self.kept, {name: state.place for name, state in self.all.items()})
        self._as_planned(tours, plan)
        for k, vehicle in enumerate(self.problem.vehicles):
            tokens = tokens_of(self.problem, self.states[vehicle.name].rest)[: tours.row.shape[1] - 1]
            tours.row[k, : len(tokens), TOKEN] = tokens
            tours.count[k, SIZE] = len(tokens)
        return tours

    def _as_planned(self, tours: Tours, plan: Plan) -> None:
        """Where all would start, land and stand if they went on: who is worked out first leaves room for the others."""
        names = [place.name for place in self.problem.places]
        for k, vehicle in enumerate(self.problem.vehicles):
            mine = [s for s in plan.of(vehicle.name) if s.landing > self.now]
            ends = [(time, place) for s in mine for time, place in ((s.launch, s.start), (s.landing, s.end)) if place]
            moves = [((time - self.begin) / 3600, names.index(place)) for time, place in ends]
            stays = stays_of(self.problem, mine, self.states[vehicle.name].place)
            tours.move[k, : len(moves)] = np.array(moves).reshape(-1, 2)
            tours.stay[k, : len(stays)] = np.array(stays).reshape(-1, 3)
            tours.count[k, MOVES], tours.count[k, STAYS] = len(moves), len(stays)

    def _movements(self, plan: Plan) -> list[tuple[str, float]]:
        """Starts and landings that nothing changes any more, and those of who keeps stations."""
        more = [(s.start, s.launch) for s in self.kept if s.start] + [(s.end, s.landing) for s in self.kept]
        return list(dict.fromkeys((*more, *self._settled(plan))))

    def _settled(self, plan: Plan) -> list[tuple[str, float]]:
        """Starts and landings (place, UTC s) that nothing changes any more, those of the last hours included."""
        ends = [(s.end, s.landing) for s in (*plan.past, *plan.sorties) if s.landing <= self.now]
        ends += [(s.end, s.landing) for state in self.all.values() for s in state.settled]
        starts = [(s.start, s.launch) for s in plan.sorties if s.start and s.launch < self.now + FROZEN_S]
        return [move for move in (*starts, *ends) if move[1] > self.now - BEFORE_S]

    def first(self) -> Plan:
        """What can be done at once."""
        world, tours = self.problem.world, self.tours
        send_all(world, tours)
        fill(world, tours, np.array([1], np.uint64), np.zeros(len(tours.row), np.bool_), 1.0, 0.0)
        return self.told({})

    def improved(self, seconds: float, seed: int) -> Plan:
        """What a search finds from there."""
        go_on(self.problem.world, self.tours, seconds, seed, hot=WARM)
        return self.told({"bound": bound(self.problem.world)})

    def told(self, more: Mapping[str, float]) -> Plan:
        """The plan of the routes as they are."""
        heads = {name: state.head for name, state in self.states.items() if state.head}
        free = sorties_of(self.problem, self.tours, heads)
        for i, sortie in enumerate(free):
            head = heads.get(sortie.vehicle)
            if head is not None and sortie.launch == head.launch:
                free[i] = straight_on(sortie, self.states[sortie.vehicle], self.now)
        settled = [s for state in self.states.values() for s in state.settled]
        sorties = tuple(sorted((*self.kept, *settled, *free), key=lambda s: (s.launch, s.vehicle)))
        figures = figures_of(self.file, self.ground, sorties, self.now, self.seen)
        return Plan(
            self.file.name, self.now, self.begin + 3600 * self.file.hours, sorties, figures | dict(more),
            (*self.shortfalls, *_not_met(self.file, sorties, self.now)), self.seen, self.past,
        )  # fmt: skip


def _past(plan: Plan, now: float) -> tuple[Sortie, ...]:
    """Of each vehicle the last sortie that is over."""
    over = sorted((s for s in (*plan.past, *plan.sorties) if s.landing <= now), key=lambda s: s.landing)
    return tuple({s.vehicle: s for s in over}.values())


def _not_met(file: PatrolFile, sorties: Sequence[Sortie], now: float) -> list[Shortfall]:
    met = {stop.name for sortie in sorties for stop in sortie.stops if stop.purpose == "vessel"}
    hour = (now - file.start.timestamp()) / 3600
    return [
        Shortfall(
            f"look at {look.name}", "nobody free gets there in time and home again",
            "a later by_h, or a quicker or nearer vehicle on call",
        )
        for look in file.look if look.name not in met and look.by_h > hour
    ]  # fmt: skip
