"""What is heard and seen, in whatever order -> behaviours, new, revised, ended or retracted. Live and over archives.

`hear` and `see` only collect; `step` does the work of one moment, for the vessels that moved, fell silent or told
something new, and for the pairs among them. What is found after all has come in depends on what came, not on its order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mihari.behaviours.finder import Finder, Known
from mihari.behaviours.heirs import Heirs
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions
from mihari.behaviours.ledger import Entry, Ledger, Note, Span
from mihari.behaviours.lists import Lists
from mihari.behaviours.memory import Memory, Pace, Taken
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company, GridPace
from mihari.behaviours.places import Places
from mihari.behaviours.reception import Reception
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.sightings import SHADOW, Sightings, held, unseen
from mihari.behaviours.sightings import told as told_by
from mihari.behaviours.silences import TIMES_PACE
from mihari.behaviours.succession import Succession
from mihari.behaviours.zone_rules import KINDS as ZONE_KINDS
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.columns import Array
from mihari.core.picture import Picture
from mihari.core.reports import Batch
from mihari.core.zones import Zone

# s of silence at which a definition may begin to hold, or what went on ends; at 23,460 s reception is judged for good
DUE_S = (1800, 3600, 21_600, 23_460, 43_200, 43_201)
# in the order in which they are restored
PARTS = (
    "memory",
    "company",
    "reception",
    "names",
    "rolls",
    "succession",
    "heirs",
    "ledger",
    "finder",
)
SEE_S = 4.0  # how often radar's vessels are looked at: samples are 30 s apart, an alert should be there in 5 s
TIDY_S = 60
LAYOUT = 2  # of the state: another one is not gone on from
AGAIN_S = 1200  # samples are kept so much longer than they may be late: fleets are stepped again within this time


@dataclass(slots=True)
class Counts:
    """What went through: sightings, those too late to count, behaviours told. Of evaluations the finder knows."""

    sightings: int = 0
    too_late: int = 0
    told: int = 0


@dataclass(slots=True)
class _Waiting:
    sightings: list[Sightings] = field(default_factory=list)
    rezoned: list[Taken] = field(default_factory=list)
    renamed: set[int] = field(default_factory=set)
    jammed: list[Array] = field(default_factory=list)
    retold: list[int] = field(default_factory=list)
    notes: dict[int, list[Note]] = field(default_factory=dict)


class Engine:
    """Finds behaviours. One thread feeds it; its clock is the `now` that `step` is given, UTC s of data."""

    def __init__(
        self,
        places: Places | None = None,
        definitions: Definitions | None = None,
        pace: Pace | None = None,
        grid: GridPace | None = None,
    ) -> None:
        self.places = places or Places()
        self.definitions = definitions or built_in()
        self.memory = Memory(pace)
        self.company = Company(self.memory, grid)
        self.reception = Reception(self.company, self.memory.pace.revise_s)
        self.names = Names()
        self.lists = Lists()  # of vessels that people look for, and what is written down of others
        self.rolls = Rolls()
        self.succession = Succession(self.memory)
        self.heirs = Heirs()
        self.ledger = Ledger()
        self.counts = Counts()
        known = Known(self.names, self.places, self.reception, self.rolls, self.succession)
        self.finder = Finder(self.definitions, self.memory, self.company, known, self.ledger)
        self._waiting = _Waiting()
        self._leaving: list[Behaviour] = []
        self.tap: Callable[[Sightings], object] = len  # who else wants all sightings; nobody
        self._now = self._tidied = 0
        self._changed = math.inf
        self._seen = 0.0

    # what comes in

    def hear(self, batch: Batch) -> Sightings:
        """AIS and whatever else tells positions and names; the places that it tells."""
        self.reception.hear(batch)
        self._waiting.renamed.update(self.names.take(batch))
        self.finder.aids.hear(batch)
        sightings = told_by(batch)
        self.sight(sightings)
        return sightings

    def wants_picture(self, time: float) -> bool:
        """Whether it is time to look at what radar holds: every four seconds of data."""
        return not 0 <= time - self._seen < SEE_S

    def see(self, picture: Picture) -> None:
        """What radar holds."""
        self._seen = picture.time
        self.sight(self.heirs.take(held(picture), int(picture.vessels.id.max(initial=0))))
        self.sight(unseen(picture))

    def sight(self, sightings: Sightings) -> None:
        """Places of vessels."""
        if len(sightings):
            self.tap(sightings)
            self._waiting.sightings.append(sightings)

    def retell(self, spans: Iterable[tuple[int, float, float]], sightings: Sightings, why: str = "") -> int:
        """Where vessels were is better known now: between these times (key, UTC s, UTC s) as `sightings` tell it.

        What follows from it is revised or retracted at the next step, and says `why`. Returns how many samples were
        put aside.
        """
        gone = 0
        for key, begin, end in spans:
            gone += self.memory.erase(key, begin, end)
            self._waiting.retold.append(key)
            if why:
                self._waiting.notes.setdefault(key, []).append(Note(begin, end, why))
            self._changed = min(self._changed, begin)
        self.sight(sightings)
        return gone

    def rezone(self, zones: tuple[Zone, ...]) -> None:
        """Other zones from now on, and for what is remembered of the last hours."""
        moved = self.places.change(zones)
        if moved.bits or moved.ruled:
            self._waiting.rezoned.append(
                self.memory.rezone(self.places.in_zones, moved.bits, moved.anew, moved.ruled | moved.bits)
            )

    def redefine(self, definitions: Definitions) -> None:
        """Other definitions from now on; what went on by one that is gone ends at the next step."""
        stay = {*definitions.definitions, *ZONE_KINDS}
        gone = sorted(kind for kind in self.ledger.kinds() if kind.partition(" ")[0] not in stay)
        known = Known(self.names, self.places, self.reception, self.rolls, self.succession)
        self._leaving += [self._tell(e) for kind in gone for e in self._ended(kind)]
        before, self.definitions = self.finder.state(), definitions
        self.finder = Finder(definitions, self.memory, self.company, known, self.ledger)
        self.finder.restore(before)
        self._waiting.jammed.append(np.arange(len(self.memory)))

    def _ended(self, kind: str) -> list[Entry]:
        """What went on of a kind ends now."""
        ended: list[Entry] = []
        for subject, entries in list(self.ledger.holding(kind).items()):
            live = [e.span for e in entries if e.standing is not Standing.RETRACTED]
            over = [s if s.end is not None else Span(s.start, max(self._now, s.start + 1)) for s in live]
            ended += self.ledger.enter(kind, subject, over, self._now, 0)
        self.ledger.drop(kind)
        return ended

    def look_again(self, keys: Iterable[int]) -> None:
        """Vessels of whom something that others tell has changed."""
        slots = [slot for key in keys if (slot := self.memory.slots.get(key)) is not None]
        if slots:
            self._waiting.jammed.append(np.array(slots, np.int64))

    def changed_since(self) -> float:
        """Since when (UTC s) something is remembered that was not when this was last asked; infinity for never."""
        since, self._changed = self._changed, math.inf
        return since

    # what comes out

    def step(self, now: float) -> list[Behaviour]:
        """All that has come in, and the passing of time up to `now`; what is to be told of it."""
        before, self._now = self._now, max(self._now, int(now))
        waiting, self._waiting = self._waiting, _Waiting()
        touched, rows = self._take(waiting.sightings)
        if waiting.retold:
            waiting.rezoned.append(self.memory.again(waiting.retold))
        for taken in waiting.rezoned:
            touched = np.union1d(touched, taken.slots)
            rows = np.union1d(rows, self.company.take(taken))
        self._renamed_since(waiting.renamed)
        renamed = [slot for mmsi in waiting.renamed if (slot := self.memory.slots.get(mmsi)) is not None]
        slots = self._own(
            np.concatenate([touched, self._due(before), np.array(renamed, np.int64), *waiting.jammed]).astype(np.int64)
        )
        self.ledger.notes = waiting.notes
        changed = self.finder.find(slots, rows, self._now, self.lists)
        changed += self._moved({e.id for e in changed})
        self._waiting.jammed += self.finder.changed_by_others
        if self._now - self._tidied >= TIDY_S:
            self._tidy()
        self.counts.told += len(changed)
        leaving, self._leaving = self._leaving, []
        return [*leaving, *(self._tell(e) for e in changed)]

    def _moved(self, changed: set[str]) -> list[Entry]:
        """What holds as it was told, of vessels that were elsewhere: told again, with their ways as they are known."""
        if not self.ledger.notes:
            return []
        again = [self.ledger.again(e, self._now) for e in self.ledger.noted() if e.id not in changed]
        self.ledger.notes = {}
        return again

    def standing(self) -> list[Behaviour]:
        """All behaviours that are remembered, as they stand."""
        return [self._tell(e) for e in self.ledger.entries()]

    def _tell(self, e: Entry) -> Behaviour:
        return self.finder.announcer.tell(e, self._now, self.lists)

    def state(self) -> dict[str, Any]:
        """All that the next step meets, but what waits for it: arrays and JSON values."""
        parts = {name: getattr(self, name).state() for name in PARTS}
        return {**parts, "places": self.places.state(), "now": self._now, "seen": self._seen, "version": self._version}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; this is new. ValueError where it was made by another version of the program."""
        if state.get("version") != self._version:
            raise ValueError("made by another version of the definitions or their parameters")
        zones = self.places.zones
        self.places.restore(state["places"])
        for name in PARTS:
            getattr(self, name).restore(state[name])
        self.rezone(zones)  # the zones of now, not those of the state
        self._now, self._seen, self._tidied = state["now"], state["seen"], state["now"]

    @property
    def _version(self) -> str:
        """Changes with any definition or parameter."""
        paces = repr(self.memory.pace), repr(self.company.pace)
        return "|".join([str(LAYOUT), *self.finder.announcer.versions.values(), *paces])

    def _take(self, waiting: list[Sightings]) -> tuple[Array, Array]:
        """Slots of the vessels that moved, and rows of the pairs that did."""
        sightings = Sightings.concatenate(waiting)
        self.counts.sightings += len(sightings)
        if len(sightings) == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        sightings = sightings.take(self.memory.candidates(sightings))
        shore = self.places.shore(sightings.lat_deg, sightings.lon_deg)
        taken = self.memory.take(sightings, shore, self.places.areas(sightings.lat_deg, sightings.lon_deg))
        self.counts.too_late += taken.too_late
        if len(sightings):
            self._changed = min(self._changed, float(sightings.time.min()))
        self.finder.circles.take(taken)
        return taken.slots, self.company.take(taken)

    def _renamed_since(self, keys: set[int]) -> None:
        """What a vessel tells of itself counts for all that is remembered of it."""
        for key in keys:
            way = self.memory.samples(key)
            if len(way):
                self._changed = min(self._changed, float(way["t"][0]))

    def _own(self, slots: Array) -> Array:
        """The vessels themselves instead of their shadows, each once."""
        keys = self.memory.keys[slots]
        shadows = slots[keys >= SHADOW]
        own = [self.memory.slots.get(key - SHADOW, -1) for key in self.memory.keys[shadows].tolist()]
        found = np.unique(np.concatenate([slots[keys < SHADOW], np.array(own, np.int64)]).astype(np.int64))
        return found[found >= 0]

    def _due(self, before: int) -> Array:
        """Slots of the vessels whose silence has reached, since `before`, what a definition asks for."""
        heads = self.memory.arrays.heads[1][: len(self.memory)]
        last = heads["t"].astype(np.int64)
        due = np.zeros(len(last), np.bool_)
        own = np.maximum(TIMES_PACE * heads["pace"], DUE_S[0]).astype(np.int64) + 1
        for silence in (*DUE_S, self.memory.pace.step_s + 1, own):
            due |= (before - last < silence) & (self._now - last >= silence)
        return np.flatnonzero(due)

    def _tidy(self) -> None:
        self._tidied = self._now
        self.succession.settle(self._now)
        self.memory.settle(self._now - AGAIN_S)
        self.reception.forget(self._now)
        self.rolls.forget(self._now)
        self.ledger.forget(self._now - self.memory.pace.keep_s)
        self.finder.forget(self._now)
