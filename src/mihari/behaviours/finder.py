"""Vessels and pairs of which something is new -> entries of the ledger that are new or different.

Most definitions are evaluated together over one scene. Some need more than a scene has, and have modules of their own:
zones one by one, pairs that close in or follow each other, aids to navigation, jumps that many share.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mihari.behaviours.aids import KINDS as AID_KINDS
from mihari.behaviours.aids import Aids
from mihari.behaviours.algebra import Timelines
from mihari.behaviours.announcing import Announcer
from mihari.behaviours.circles import Circles
from mihari.behaviours.collisions import KINDS as COLLISION_KINDS
from mihari.behaviours.collisions import Collisions
from mihari.behaviours.disturbed import Disturbed
from mihari.behaviours.entering import enter
from mihari.behaviours.jamming import KIND as INTERFERENCE
from mihari.behaviours.jamming import Jamming
from mihari.behaviours.language import Definitions, evaluate, needs
from mihari.behaviours.ledger import Entry, Ledger, Span, Subject
from mihari.behaviours.lists import Lists
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.pairs import Company
from mihari.behaviours.places import Places
from mihari.behaviours.reception import Reception
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.scene import Scene
from mihari.behaviours.shadows import KIND as SHADOWING
from mihari.behaviours.shadows import Shadows
from mihari.behaviours.succession import Succession
from mihari.behaviours.zone_rules import KINDS as ZONE_KINDS
from mihari.behaviours.zone_rules import ZoneRules
from mihari.core.behaviour import Standing
from mihari.core.columns import Array

PARTS = ("zone_rules", "jamming", "disturbed", "aids", "circles", "shadows")  # in the order in which they are restored


class Known(NamedTuple):
    """What scenes know beside the memory."""

    names: Names
    places: Places
    reception: Reception
    rolls: Rolls
    succession: Succession


class Finder:
    """All definitions, and what those need that a scene alone does not tell. `evaluated`, `pairs`: how many so far."""

    def __init__(
        self, definitions: Definitions, memory: Memory, company: Company, known: Known, ledger: Ledger
    ) -> None:
        self._definitions, self._needs = definitions, needs(definitions)
        self._memory, self._company, self._known_of, self._ledger = memory, company, known, ledger
        self.circles = Circles(memory)
        self.zone_rules = ZoneRules(known.places, definitions)
        self.collisions = Collisions(memory, company, known.names, definitions)
        self.shadows = Shadows(memory, company, definitions)
        self.jamming = Jamming(memory)
        self.disturbed = Disturbed(memory, self.jamming)
        self.aids = Aids(known.names, definitions)
        parts = memory, known.names, self.zone_rules, self.disturbed, self.aids, self.shadows
        self.announcer = Announcer(definitions, *parts)
        apart = {*ZONE_KINDS, *COLLISION_KINDS, *AID_KINDS, SHADOWING}
        self._plain = [name for name in self.announcer.definitions if name not in apart]
        self.changed_by_others: list[Array] = []  # slots of other vessels that are to be looked at next time
        self.evaluated = self.pairs = 0
        self._now, self._lists = 0, Lists()

    def find(self, slots: Array, rows: Array, now: int, lists: Lists) -> list[Entry]:
        """For vessels (slots) and pairs (rows of the company) of which something is new; `now`: UTC s."""
        self._now, self._lists, self.changed_by_others = now, lists, []
        changed = self._unruled()
        changed += self._evaluate(slots, rows) if len(slots) else []
        return changed + self._aided() + self._shadowed()

    def forget(self, now: int) -> None:
        """Let go of what is too old at `now`, UTC s."""
        before = now - self._memory.pace.keep_s
        self.aids.settle(now)
        self.zone_rules.forget(self._ledger.kinds())
        for part in (self.jamming, self.shadows, self.circles):
            part.forget(before)
        self.disturbed.forget({e.id for held in self._ledger.holding(INTERFERENCE).values() for e in held})

    def state(self) -> dict[str, Any]:
        """Of all parts that remember: arrays and JSON values."""
        return {name: getattr(self, name).state() for name in PARTS}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; this is new."""
        for name in PARTS:
            getattr(self, name).restore(state[name])

    def _evaluate(self, slots: Array, moved: Array) -> list[Entry]:
        rows = np.union1d(moved, self._company.of_vessels(slots))
        everybody = np.union1d(slots, self._company.pairs[rows].ravel())
        apart = (self.jamming.timelines, self._lists, self.circles.timelines, self.shadows.accompanied)
        scene = Scene(self._memory, self._company, *self._known_of, everybody, rows, self._now, *apart)
        others = np.setdiff1d(self.jamming.take(scene), everybody)
        self.changed_by_others = [others] if len(others) else []
        self.evaluated += len(everybody)
        self.pairs += len(rows)
        absent = scene.absent
        asked = [name for name in self._plain if not self._needs[name] & absent]
        nowhere = dict.fromkeys(self._plain, Timelines.empty())
        found = nowhere | evaluate(self._definitions, scene, only=asked)
        subjects = [self._subjects(scene, pairs) for pairs in (False, True)]
        known_until = [self._known(scene, pairs) for pairs in (False, True)]
        changed: list[Entry] = []
        for name in self._plain:
            pairs = len(self.announcer.definitions[name].vessels) == 2
            if name == INTERFERENCE:
                changed += self._disturbances(everybody, found[name], known_until[False])
                continue
            changed += self._enter(name, subjects[pairs], found[name], known_until[pairs])
        for rule, timelines in self.zone_rules.find(scene, self._ledger):
            changed += self._enter(rule, subjects[False], timelines, known_until[False])
        for kind, meeting, timelines in self.collisions.find(scene, self._ledger):
            changed += self._enter(kind, self._subjects(meeting, True), timelines, self._known(meeting, True))
        return changed

    def _disturbances(self, slots: Array, found: Timelines, known: Array) -> list[Entry]:
        going = (found.end >= known[found.key]) | (found.end >= self._now)
        settled = self._now - self._memory.pace.revise_s
        return self.disturbed.enter(slots, found, going, self._ledger, self._now, settled)

    def _aided(self) -> list[Entry]:
        """Aids to navigation that are off station."""
        found = self.aids.find(self._now, self._ledger, self._scene)
        if found is None:
            return []
        scene, holds = found
        subjects, known = self._subjects(scene, False), self._known(scene, False)
        return [e for kind, timelines in holds.items() for e in self._enter(kind, subjects, timelines, known)]

    def _shadowed(self) -> list[Entry]:
        """Vessels that follow others."""
        found = self.shadows.find(self._now, self._ledger, self._scene)
        if found is None:
            return []
        scene, holds = found
        return self._enter(SHADOWING, self._subjects(scene, True), holds, self._known(scene, True))

    def _scene(self, memory: Memory, slots: Array) -> Scene:
        """Some vessels without their pairs."""
        return Scene(memory, self._company, *self._known_of, slots, np.zeros(0, np.int64), self._now)

    def _unruled(self) -> list[Entry]:
        """What goes on by rules that stand no more ends now."""
        changed: list[Entry] = []
        for rule in self.zone_rules.look(self._now):
            for subject, entries in list(self._ledger.holding(rule).items()):
                live = [e.span for e in entries if e.standing is not Standing.RETRACTED]
                over = [s if s.end is not None else Span(s.start, max(self._now, s.start + 1)) for s in live]
                changed += self._ledger.enter(rule, subject, over, self._now, 0)
        return changed

    def _subjects(self, scene: Scene, pairs: bool) -> list[Subject]:
        if pairs:
            return [(min(a, b), max(a, b)) for a, b in scene.keys[scene.pairs].tolist()]
        return [(key,) for key in scene.keys.tolist()]

    def _known(self, scene: Scene, pairs: bool) -> Array:
        """Up to when is known what each vessel or pair does, UTC s; what holds until then goes on."""
        voices = scene.memory.arrays.voices[1][scene.slots]["t"].astype(np.int64)
        last = voices.max(axis=1, initial=0)
        live = np.where(last[:, None] - voices <= self._memory.pace.voice_s, voices, last[:, None]).min(axis=1)
        known = np.where(self._now - last <= self._memory.pace.step_s, live, self._now)
        return known if not pairs else known[scene.pairs].min(axis=1) - self._company.pace.every_s

    def _enter(self, kind: str, subjects: list[Subject], found: Timelines, known: Array) -> list[Entry]:
        going = (found.end >= known[found.key]) | (found.end >= self._now)
        return enter(self._ledger, kind, subjects, found, going, self._now, self._now - self._memory.pace.revise_s)
