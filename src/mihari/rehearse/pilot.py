"""A vehicle and its sorties -> orders, moment by moment: on time to each stop if it can, home before it must.

It knows the plan, the wind, and where it is. Who is early flies slower or waits, who is late faster, within limits;
who is much too late leaves looks at cells out. A cell that takes several passes is flown in parallel tracks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mihari.core.units import KNOT
from mihari.patrol.file import LookSection
from mihari.patrol.plan import Sortie, Stop
from mihari.patrol.vehicles import Vehicle as Planned
from mihari.rehearse.conditions import Conditions
from mihari.simulate.vehicles import Body, Deck, Land, Leg, Loiter, Refused, Through, Vehicle, Wind
from mihari.simulate.vehicles.energy import bingo
from mihari.simulate.vehicles.plane import bearing_of, moved, offset

SLOWEST, FASTEST = 0.85, 1.08  # of cruise: as much slower or faster a schedule is kept; 1.08 takes 26 % more power
SLOWEST_CRAFT = 0.5
MARGIN_MIN_SPEED = 1.15  # over the least speed
CHAINED = 4  # stops that guidance knows ahead, so that it cuts corners as it should
REACHED_M = 1200.0  # so near a cell's place has been reached; at a corner, half a cell from it
LATE_S = 1200.0  # who is later than that leaves out a cell
EARLY_S = 180.0  # who would be earlier than that waits
AGAIN_S = 300.0  # speed is thought over so often
FORESEES_S = 60.0  # so often it asks whether it will come home in the weather to come
FORESEEN_H = (0.0, 1.0, 2.0, 3.0)
CHASE_S = 60.0  # a vessel's place likewise
ON_TIME_S = 90.0  # no more than that early or late at cruise: it stays at cruise


@dataclass
class Visit:
    """How a stop went: UTC s of arrival and of leaving; NaN: not done, then `why`."""

    vehicle: str
    stop: Stop
    arrived: float = math.nan
    left: float = math.nan
    why: str = ""


@dataclass
class Turn:
    """How a sortie went: launched, landed (UTC s; NaN: not), where, energy left (0 to 1), what kept it from it."""

    sortie: Sortie
    launched: float = math.nan
    landed: float = math.nan
    place: str = ""
    energy: float = math.nan
    why: str = ""


@dataclass
class Pilot:
    """Flies the `sorties` of one vehicle; `command` before every step. `turns`, `visits`: how it went so far.

    forecast: the weather that the plan reckons with. side: m along and across a cell. vessels: those that can be looked
    at. shut: whether a place is closed at a time.
    """

    planned: Planned
    vehicle: Vehicle
    sorties: list[Sortie]
    forecast: Conditions
    side: tuple[float, float]
    vessels: Mapping[str, LookSection]
    shut: Callable[[str, float], bool]
    turns: list[Turn] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    at: int = 0
    thought: float = -math.inf
    out: bool = False

    @property
    def sortie(self) -> Sortie | None:
        """The sortie that it is on, or the next."""
        return self.sorties[0] if self.sorties else None

    @property
    def stop(self) -> Stop | None:
        """Where it goes to or is; None: home."""
        sortie = self.sortie
        return sortie.stops[self.at] if sortie is not None and self.at < len(sortie.stops) else None

    @property
    def busy_at(self) -> str:
        """The place where it starts or lands now, or soon."""
        v = self.vehicle
        starting = v.phase == "parked" and v.order is not None and bool(v.why or self.out)
        return v.target if starting or v.phase in ("take-off", "rise", "climb-out", "approach", "roll-out") else ""

    def command(self, now: float, wind: Wind, decks: Mapping[str, Deck]) -> None:
        """Give its vehicle the order for the next moment, if it is a new one."""
        v = self.vehicle
        if v.phase == "parked":
            if self.out and math.isfinite(self.turns[-1].launched):
                self._landed(now)
            self._start(now, wind)
        elif v.phase == "lost":
            self._give_up("out of energy")
        elif self.sortie is not None:
            self._out(now, wind, decks)

    def take(self, sorties: Sequence[Sortie], now: float) -> None:
        """Another plan from now on: what is done is done. Who is out and is in it no more comes home."""
        was = self.sortie if self.out else None
        self.thought = -math.inf
        if was is None:
            self.sorties = [s for s in sorties if s.start and s.launch > now - LATE_S]
            return
        current = next((s for s in sorties if not s.start or s.launch == was.launch), None)
        later = [s for s in sorties if s is not current and s.launch > now]
        if current is None:
            self.sorties, self.at = [was, *later], len(was.stops)
            return
        self.sorties, self.at = [current, *later], 0
        self.turns[-1].sortie = current
        self.vehicle.home = current.end
        begun = {_id(visit.stop): visit for visit in self.visits}
        while (stop := self.stop) is not None and stop.arrive <= now and (visit := begun.get(_id(stop))) is not None:
            if math.isnan(visit.left) and not visit.why:
                visit.stop = stop  # still there
                return
            self.at += 1

    def _start(self, now: float, wind: Wind) -> None:
        v, sortie = self.vehicle, self.sortie
        while sortie is not None and sortie.launch <= now and not self.out and (why := self._hindered(sortie, now)):
            self.turns.append(Turn(sortie, why=why))
            self.visits += [Visit(self.planned.name, stop, why=why) for stop in sortie.stops]
            self.sorties.pop(0)
            sortie = self.sortie
        if sortie is None or now < sortie.launch or self.out:
            return
        self.at, self.out = 0, True
        self.turns.append(Turn(sortie))
        self._go(now, wind)
        v.home = sortie.end

    def _hindered(self, sortie: Sortie, now: float) -> str:
        """Why a sortie cannot begin; "" if it can, or may still."""
        if sortie.start and sortie.start != self.vehicle.target:
            return f"is at {self.vehicle.target}, not at {sortie.start}"
        if now > sortie.launch + 3 * LATE_S:
            return "is not ready in time"
        return f"{sortie.start} is closed" if self.shut(sortie.start, now) else ""

    def _landed(self, now: float) -> None:
        """Stands again: what it did not do is told."""
        v, turn = self.vehicle, self.turns[-1]
        turn.landed, turn.place, turn.energy = now, v.target, v.body.energy
        self._leave_out("went home for want of energy" if v.bingo else "no time left")
        self.sorties.pop(0)
        self.at, self.out, v.order, v.bingo = 0, False, None, False

    def _give_up(self, why: str) -> None:
        """It is lost."""
        if self.sortie is None:
            return
        if self.out:
            self.turns[-1].why = "; ".join(part for part in (self.turns[-1].why, why) if part)
        self._leave_out(why)
        for sortie in self.sorties[1 if self.out else 0 :]:
            self.turns.append(Turn(sortie, why=why))
            self.visits += [Visit(self.planned.name, stop, why=why) for stop in sortie.stops]
        self.sorties = []

    lose = _give_up

    def _leave_out(self, why: str) -> None:
        while (stop := self.stop) is not None:
            if self.visits and self.visits[-1].stop is stop:
                self.visits[-1].why = why
            else:
                self.visits.append(Visit(self.planned.name, stop, why=why))
            self.at += 1

    def _out(self, now: float, wind: Wind, decks: Mapping[str, Deck]) -> None:
        v, turn = self.vehicle, self.turns[-1]
        if math.isnan(turn.launched):
            turn.launched = now
        if self._must(now, decks):
            v.command(Land(v.home))
            v.bingo = True
        if v.phase != "under way":
            if v.phase == "homing" and self.shut(v.target, now):
                self._elsewhere(now, decks)
            return
        while (stop := self.stop) is not None:
            if not self._with(stop, now, wind):
                return
            self.at, self.thought = self.at + 1, -math.inf
        self._home(now, decks)

    def _must(self, now: float, decks: Mapping[str, Deck]) -> bool:
        """Whether it must go home now, by the weather that is foreseen until it would be there."""
        v = self.vehicle
        if v.phase != "under way" or v.profile.kind != "aircraft" or now % FORESEES_S >= 10.0 or v.home not in decks:
            return False
        deck = decks[v.home]
        times = [now + 3600 * h for h in FORESEEN_H]
        return any(bingo(v.profile, v.body, deck, self.forecast.wind(time), self.forecast.sea(time)) for time in times)

    def _home(self, now: float, decks: Mapping[str, Deck]) -> None:
        sortie = self.sortie
        assert sortie is not None
        if self.shut(sortie.end, now):
            self._elsewhere(now, decks)
        elif not isinstance(self.vehicle.order, Land):
            self.vehicle.command(Land(sortie.end))

    def _elsewhere(self, now: float, decks: Mapping[str, Deck]) -> None:
        """To the nearest other place that is open to it; else it circles where it is and thinks again."""
        section, body = self.planned.section, self.vehicle.body
        offered = [name for name in (section.home, *section.lands_at) if not self.shut(name, now)]
        if not offered:
            if now - self.thought >= AGAIN_S:
                self._order(Loiter(body.lat_deg, body.lon_deg), now)
            return
        best = min(offered, key=lambda name: math.hypot(*offset(*_at(body), decks[name].lat_deg, decks[name].lon_deg)))
        self.turns[-1].why = f"{self.vehicle.target or 'its deck'} is closed: diverts to {best}"
        self.vehicle.home = best
        self.vehicle.command(Land(best))

    def _with(self, stop: Stop, now: float, wind: Wind) -> bool:
        """One moment of a stop; whether it is over."""
        visit = self.visits[-1] if self.visits and self.visits[-1].stop is stop else None
        if stop.purpose in ("cell", "way"):
            return self._cell(stop, visit, now, wind)
        place = self._place(stop, now)
        away = math.hypot(*offset(*_at(self.vehicle.body), *place))
        near = REACHED_M if stop.purpose == "station" else 500.0 * self.vessels[stop.name].within_km
        if visit is None and away < near:
            visit = Visit(self.planned.name, stop, now)
            self.visits.append(visit)
            self.thought = -math.inf
        if visit is not None and now >= stop.leave:
            visit.left = now
            return True
        if visit is None and now > stop.leave + LATE_S:
            self.visits.append(Visit(self.planned.name, stop, why="too late"))
            return True
        again = CHASE_S if stop.purpose == "vessel" else AGAIN_S if visit is None else math.inf
        if now - self.thought >= again:
            if visit is None:
                self._go(now, wind)
            else:
                self._order(Loiter(*place), now)
        return False

    def _cell(self, stop: Stop, visit: Visit | None, now: float, wind: Wind) -> bool:
        v = self.vehicle
        if visit is not None:  # in its tracks, since half a cell before its place
            if not v.done and now < visit.arrived + stop.leave - stop.arrive + self.side[0] / v.profile.cruise / 2:
                return False
            visit.left = now
            return True
        if now > stop.leave + LATE_S:
            self.visits.append(Visit(self.planned.name, stop, why="too late"))
            return True
        away = math.hypot(*offset(*_at(v.body), stop.lat_deg, stop.lon_deg))
        passes = 1 + round((stop.leave - stop.arrive) * v.profile.cruise / self.side[0])
        if passes > 1 and away < self.side[0] / 2:
            self.visits.append(Visit(self.planned.name, stop, now))
            self._order(Through(self._tracks(stop, passes)), now)
            return False
        passed = isinstance(v.order, Through) and v.guidance.leg >= 1 and self.thought > -math.inf
        if away < REACHED_M or (passed and away < self.side[0] / 2):  # fast ones cut corners
            self.visits.append(Visit(self.planned.name, stop, now, now))
            return True
        if now - self.thought >= AGAIN_S or passed:
            self._go(now, wind)
        return False

    def _tracks(self, stop: Stop, passes: int) -> tuple[Leg, ...]:
        """Parallel tracks over a cell, as long in all as the plan has time for, on from where it comes."""
        along, across = self.side
        spacing = across / passes
        half = max(along - (passes - 1) / passes * spacing, 0.3 * along) / 2
        body = self.vehicle.body
        course = bearing_of(*offset(*_at(body), stop.lat_deg, stop.lon_deg))
        legs = []
        for i in range(passes):
            right = (i - (passes - 1) / 2) * spacing
            for ahead in (-half, half) if i % 2 == 0 else (half, -half):
                east = ahead * math.sin(course) + right * math.cos(course)
                north = ahead * math.cos(course) - right * math.sin(course)
                legs.append(Leg(*moved(stop.lat_deg, stop.lon_deg, east, north)))
        return tuple(legs)

    def _place(self, stop: Stop, now: float) -> tuple[float, float]:
        """Where a stop is now: vessels go on."""
        if stop.purpose != "vessel":
            return stop.lat_deg, stop.lon_deg
        return vessel_at(self.vessels[stop.name], (now - self.forecast.begin) / 3600)

    def _go(self, now: float, wind: Wind) -> None:
        """To the next stops; or wait, if that would be far too early."""
        sortie, stop = self.sortie, self.stop
        assert sortie is not None
        if stop is None:
            self._order(Through((Leg(sortie.end_lat_deg, sortie.end_lon_deg),)), now)
            return
        speed, early = self._speed(stop, now, wind)
        body = self.vehicle.body
        if early > EARLY_S and self.vehicle.phase != "parked":
            self._order(Loiter(body.lat_deg, body.lon_deg), now)
            return
        legs = [Leg(*self._place(stop, now), speed=speed)]
        for later in sortie.stops[self.at + 1 : self.at + CHAINED]:
            if later.purpose not in ("cell", "way") or stop.leave - stop.arrive > ON_TIME_S:
                break
            legs.append(Leg(later.lat_deg, later.lon_deg))
        self._order(Through(tuple(legs)), now)

    def _speed(self, stop: Stop, now: float, wind: Wind) -> tuple[float, float]:
        """m/s through air or water that bring it there on time, within limits, and s that it is early even so."""
        one = self.vehicle.profile
        east, north = offset(*_at(self.vehicle.body), *self._place(stop, now))
        way, left = math.hypot(east, north), stop.arrive - now
        if one.kind != "aircraft":
            low, high, blow = SLOWEST_CRAFT * one.cruise, one.max_speed, (0.0, 0.0)
        else:
            low = max(SLOWEST * one.cruise, MARGIN_MIN_SPEED * one.min_speed)
            high, blow = min(FASTEST * one.cruise, one.max_speed), (wind.east, wind.north)
        ahead = (east * blow[0] + north * blow[1]) / max(way, 1.0)  # of the wind along its way
        early = left - way / max(one.cruise + ahead, 0.1 * one.cruise)
        if abs(early) <= ON_TIME_S:
            return one.cruise, 0.0
        part = 1 / max(left, 1.0)
        needed = math.hypot(east * part - blow[0], north * part - blow[1])
        return min(max(needed, low), high), left - way / max(low + ahead, 0.1 * one.cruise)

    def _order(self, order: Through | Loiter, now: float) -> None:
        """Command it; a way that is too far for what is left is known by the energy that it watches: then home."""
        self.thought = now
        try:
            self.vehicle.command(order)
        except Refused as problem:
            self._leave_out(str(problem))


def _id(stop: Stop) -> tuple[str, str, int]:
    return stop.purpose, stop.name, round(stop.arrive)


def _at(body: Body) -> tuple[float, float]:
    return body.lat_deg, body.lon_deg


def vessel_at(look: LookSection, hour: float) -> tuple[float, float]:
    """lat_deg, lon_deg at an hour of a vessel that is to be looked at.

    >>> one = LookSection(name="a", lat_deg=25.0, lon_deg=126.0, speed_kn=10.0, course_deg=0.0, by_h=9.0)
    >>> [round(x, 3) for x in vessel_at(one, 6.0)]
    [26.003, 126.0]
    """
    way = look.speed_kn * KNOT * 3600 * (hour - look.told_h)
    course = math.radians(look.course_deg)
    return moved(look.lat_deg, look.lon_deg, way * math.sin(course), way * math.cos(course))


def pilot_of(
    planned: Planned, sorties: Sequence[Sortie], start: Deck | Body, rng: np.random.Generator,
    forecast: Conditions, side: tuple[float, float], vessels: Mapping[str, LookSection],
    shut: Callable[[str, float], bool],
) -> Pilot:  # fmt: skip
    """The pilot of a vehicle that stands on a deck, or is under way on its first sortie (then from a `Body`)."""
    home = sorties[0].end if isinstance(start, Body) else ""
    vehicle = Vehicle(planned.platform, start, rng, home)
    made = Pilot(planned, vehicle, list(sorties), forecast, side, vessels, shut)
    if isinstance(start, Body):
        made.out = True
        made.turns.append(Turn(sorties[0], launched=sorties[0].launch))
    return made
