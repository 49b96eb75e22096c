"""Zones that are watched -> who entered, left, was too fast or stayed too long: zone.behaviour, zone by zone.

Each zone is evaluated by itself, of the vessels that its rule is about: by type, by flag (the first three digits of the
MMSI, ITU-R M.585) and by month (UTC). What was over before a rule stood is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from mihari.behaviours.algebra import OPEN, Steps, Timelines, intersection, only
from mihari.behaviours.language import Definition, Definitions, Events, Field, evaluate
from mihari.behaviours.language.units import Quantity
from mihari.behaviours.ledger import Entry, Ledger, Subject
from mihari.behaviours.memory.layout import AREA_BITS
from mihari.behaviours.places import Places
from mihari.behaviours.scene import Scene
from mihari.behaviours.speeding import speeding
from mihari.core.behaviour import mmsi_of
from mihari.core.columns import Array
from mihari.core.zones import Watch, Zone

KINDS = ("zone_enter", "zone_leave", "zone_speed", "zone_dwell")
EDGES = ("zone_enter", "zone_leave")  # of an instant: the season is that of their start
MID_UNIT = 1_000_000  # an MMSI of a vessel is MIDxxxxxx


@dataclass(frozen=True)
class ZoneFacts:
    """A scene as one zone's rule sees it: only the vessels that it is about."""

    scene: Scene
    watch: Watch
    bit: int  # of the area mask
    told: Mapping[Subject, list[Entry]] = field(default_factory=dict)  # of the rule so far
    months: tuple[int, ...] = ()  # in which time inside counts; () all year

    @property
    def vessels(self) -> int:
        """How many, as in the scene."""
        return self.scene.vessels

    @property
    def pairs(self) -> Array:
        """None: rules are of single vessels."""
        return np.zeros((0, 2), np.int64)

    @cached_property
    def about(self) -> Array:
        """(vessels,) whom the rule is about and who was inside."""
        inside = self.scene.of_flag(AREA_BITS + self.bit).key
        mask = np.zeros(self.scene.vessels, np.bool_)
        mask[inside] = True
        if self.watch.flags:
            mids = [mmsi_of(key) // MID_UNIT for key in self.scene.keys.tolist()]
            mask &= np.isin(mids, self.watch.flags)
        if self.watch.types:
            category = self.scene.attribute("category")
            mask &= np.any([category.is_word(word) for word in self.watch.types], axis=0)
        return mask

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding."""
        if name == "watched":
            inside = only(self.scene.of_flag(AREA_BITS + self.bit), self.about)
            return in_season(inside, self.months) if self.months else inside
        if name != "too_fast":
            return only(self.scene.timelines(name, words), self.about)
        if self.watch.speed_kn is None:
            return Timelines.empty()
        rows = np.flatnonzero(self.about)
        found = speeding(self.scene.memory, self.scene.slots[rows], self.bit, self.watch.speed_kn)
        found = _begun_before(Timelines(rows[found.key], found.start, found.end), self.scene, self.told)
        return in_season(found, self.months) if self.months else found

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A measure, and its unit."""
        return self.scene.steps(name, words)

    def events(self, name: str) -> Events:
        """There are none."""
        raise KeyError(name)

    def words(self, name: str) -> Sequence[str]:
        """There are none."""
        return ()

    def attribute(self, name: str) -> Field:
        """What is known of each vessel."""
        return self.scene.attribute(name)


class ZoneRules:
    """The rules of the zones that `places` watches now. A rule is named "kind zone"."""

    def __init__(self, places: Places, definitions: Definitions) -> None:
        self._places, self._definitions = places, definitions
        self._since: dict[str, int] = {}  # UTC s from which on a rule stands; 0: always
        self._last: dict[str, Watch] = {}  # of each zone's name, those that are gone included
        self._begun = False

    def rules(self) -> Iterator[tuple[str, str, Zone, Watch]]:
        """(name of the rule, kind, zone, its limits) of those that stand."""
        for zone in self._places.watched:
            watch = zone.watch
            if watch is not None:
                asked = (watch.enter, watch.leave, watch.speed_kn is not None, watch.dwell_min is not None)
                yield from (
                    (f"{kind} {zone.name}", kind, zone, watch) for kind, on in zip(KINDS, asked, strict=True) if on
                )

    def look(self, now: int) -> list[str]:
        """Notes which rules stand, UTC s of data; names of those that stand no more."""
        standing = {name: watch for name, _, _, watch in self.rules()}
        for name, watch in standing.items():
            self._since.setdefault(name, now if self._begun else 0)
            self._last[name] = watch
        gone = [name for name in self._since if name not in standing]
        for name in gone:
            del self._since[name]
        self._begun = self._begun or now > 0
        return gone

    def find(self, scene: Scene, ledger: Ledger) -> Iterator[tuple[str, Timelines]]:
        """When each rule holds, by its name, for the vessels of a scene; nothing where nothing was or is told of it."""
        facts: dict[str, ZoneFacts] = {}
        for name, kind, zone, watch in self.rules():
            bit = self._places.flag_of(zone.name)
            if bit is None:
                continue
            seen = facts.setdefault(zone.name, ZoneFacts(scene, watch, bit))
            if seen.about.any():
                yield name, self._found(name, kind, seen, ledger)
            elif ledger.holding(name):
                yield name, Timelines.empty()

    def _found(self, name: str, kind: str, facts: ZoneFacts, ledger: Ledger) -> Timelines:
        watch = facts.watch
        months = () if kind in EDGES else watch.months
        facts = replace(facts, months=months, told=ledger.holding(name))
        dwell = {} if watch.dwell_min is None else {"zone_dwell": Quantity(watch.dwell_min, "min")}
        found = evaluate(self._definitions, facts, dwell, only=[kind])[kind]
        if watch.months and kind in EDGES:
            found = begun_in_season(found, watch.months)
        since = self._since.get(name, 0)
        return found.take(_not_over(found, facts.scene, since)) if since else found

    def definition(self, name: str) -> Definition:
        """What is told of a rule: the definition of its kind with the zone's name, limit and urgency."""
        kind, _, zone = name.partition(" ")
        watch = self._last[name]
        limits = {"zone_speed": f"{watch.speed_kn or 0:g} kn", "zone_dwell": f"{watch.dwell_min or 0:g} min"}
        d = self._definitions.definitions[kind]
        because = d.because.replace("{limit}", limits.get(kind, "")).replace("{zone}", zone.replace("{", "("))
        return replace(d, urgency=watch.urgency, because=because)

    def state(self) -> dict[str, Any]:
        """As JSON values."""
        told = {name: [watch.speed_kn, watch.dwell_min, watch.urgency] for name, watch in self._last.items()}
        return {"since": self._since, "told": told, "begun": self._begun}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self._since, self._begun = dict(state["since"]), state["begun"]
        self._last = {
            name: Watch(speed_kn=speed, dwell_min=dwell, urgency=urgency)
            for name, (speed, dwell, urgency) in state["told"].items()
        }

    def forget(self, named: set[str]) -> None:
        """Let go of rules that stand no more and that nothing told is about."""
        self._last = {name: watch for name, watch in self._last.items() if name in self._since or name in named}


def _not_over(found: Timelines, scene: Scene, since: int) -> Array:
    """(n,) what went on at `since`, or had when the vessel was last heard, within the hour before."""
    heard = scene.memory.heard(scene.slots)[found.key]
    return np.asarray((found.end > since) | ((found.end >= heard) & (heard >= since - scene.memory.pace.step_s)))


def _begun_before(found: Timelines, scene: Scene, held: Mapping[Subject, list[Entry]]) -> Timelines:
    """What goes back as far as samples are remembered began when it was first told to."""
    start = found.start.copy()
    for row in np.flatnonzero(start < scene.now - scene.memory.pace.revise_s + scene.memory.pace.step_s).tolist():
        told = held.get((int(scene.keys[found.key[row]]),), [])
        earlier = [e.span.start for e in told if e.span.start < start[row] and (e.span.end or OPEN) >= start[row]]
        start[row] = min([int(start[row]), *earlier])
    return Timelines.made(found.key, start, found.end, join=True)


def begun_in_season(found: Timelines, months: tuple[int, ...]) -> Timelines:
    """The intervals that start in some months of the year, UTC."""
    month = found.start.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    return found.take(np.isin(month, months))


def in_season(found: Timelines, months: tuple[int, ...]) -> Timelines:
    """What of it lies in some months of the year, UTC.

    >>> may_31 = 1_780_185_600
    >>> in_season(Timelines.made([0], [may_31 + 80_000], [may_31 + 90_000]), (6,))
    Timelines(0: 1780272000 to 1780275600)
    """
    if len(found) == 0:
        return found
    first, last = (np.datetime64(int(t), "s").astype("datetime64[M]") for t in (found.start.min(), found.end.max()))
    every = np.arange(first, last + 1)
    every = every[np.isin(every.astype(np.int64) % 12 + 1, months)]
    starts, ends = (m.astype("datetime64[s]").astype(np.int64) for m in (every, every + 1))
    keys = np.unique(found.key)
    season = Timelines.made(
        np.repeat(keys, len(every)), np.tile(starts, len(keys)), np.tile(ends, len(keys)), join=True
    )
    return intersection(found, season)
