"""Disturbances as they stand -> entries of the ledger, one for all vessels of each, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mihari.behaviours.algebra import OPEN, Timelines
from mihari.behaviours.jamming import KIND, Disturbance, Jamming
from mihari.behaviours.language import Definition
from mihari.behaviours.ledger import Entry, Ledger, Span, Subject
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.telling import called
from mihari.core.behaviour import Behaviour
from mihari.core.columns import Array
from mihari.core.times import duration
from mihari.core.units import NAUTICAL_MILE

NAMED = 40  # vessels that the evidence names; the others are counted
AGAIN_S = 60  # more vessels are told of a minute after the last telling at the earliest


class Disturbed:
    """Keeps who belongs to which entry. An entry's subject is the vessel that jumped first."""

    def __init__(self, memory: Memory, jamming: Jamming) -> None:
        self._memory, self._jamming = memory, jamming
        self._of: dict[
            str, tuple[Subject, float, float, float]
        ] = {}  # id -> vessels, middle, m from it to the farthest

    def enter(
        self, slots: Array, found: Timelines, going: Array, ledger: Ledger, now: int, settled: int
    ) -> list[Entry]:
        """What the definition found for some vessels (rows of slots); entries that are new or different."""
        spans: dict[int, list[tuple[int, int | None]]] = {}
        for (row, start, end), on in zip(found, going.tolist(), strict=True):
            spans.setdefault(row, []).append((start, None if on else end))
        held = ledger.holding(KIND)
        if not held and not spans:
            return []
        for row, slot in enumerate(slots.tolist()):
            self._jamming.note(slot, spans.get(row, []))
        by_anchor: dict[Subject, list[Disturbance]] = {subject: [] for subject in held}
        for one in self._jamming.disturbances():
            by_anchor.setdefault((int(self._memory.keys[one.anchor]),), []).append(one)
        changed: list[Entry] = []
        for subject, ones in by_anchor.items():
            new = ledger.enter(KIND, subject, [Span(d.start, d.end) for d in ones], now, settled)
            for one in ones:
                entry = next((e for e in held[subject] if e.span == Span(one.start, one.end)), None)
                if entry is not None:
                    new += self._members(entry, one, ledger, now, entry in new)
            changed += new
        return changed

    def _members(self, entry: Entry, one: Disturbance, ledger: Ledger, now: int, new: bool) -> list[Entry]:
        """Notes who belongs to an entry; the entry again where that is news."""
        keys = tuple(sorted(int(self._memory.keys[slot]) for slot in one.slots))
        known = self._of.get(entry.id)
        if known is not None and known[0] == keys:
            return []
        if not new and now - entry.told < AGAIN_S:
            return []
        self._of[entry.id] = (keys, *self._jamming.around(one))
        return [] if new else [ledger.again(entry, now)]

    def entry(self, entry: Entry) -> Entry:
        """With all its vessels."""
        return replace(entry, subject=self._of[entry.id][0])

    def definition(self, entry: Entry, definition: Definition) -> Definition:
        """With how many there are, and where."""
        keys, lat, lon, reach = self._of[entry.id]
        area = (
            f"within {reach / NAUTICAL_MILE:.0f} NM of {abs(lat):.2f}° {'NS'[lat < 0]} {abs(lon):.2f}° {'EW'[lon < 0]}"
        )
        told = {"count": str(len(keys)), "area": area, "others": f" and {len(keys) - 1} others"}
        because = definition.because
        for name, value in told.items():
            because = because.replace("{" + name + "}", value)
        return replace(definition, because=because)

    def told(self, b: Behaviour, names: Names) -> Behaviour:
        """With where it is, and in its evidence whose own false position it stands for."""
        lat_deg, lon_deg = self._of[b.id][1:3]
        end = OPEN if b.end is None else b.end
        facts: dict[str, float | int | str] = {"lasted_s": b.evidence.facts["lasted_s"], "vessels": len(b.vessels)}
        for key in b.vessels[:NAMED]:
            slot = self._memory.slots.get(key, -1)
            spans = self._jamming.false_positions(slot, b.start, end)
            off = sum((b.evidence.last if e is None else e) - s for s, e in spans)
            lasted = f" for {duration(off)}" if spans else ""  # after two days it is forgotten
            facts[called(key, names)] = f"false position{lasted}, told here only"
        if len(b.vessels) > NAMED:
            facts["others"] = len(b.vessels) - NAMED
        return replace(b, lat_deg=lat_deg, lon_deg=lon_deg, evidence=replace(b.evidence, facts=facts))

    def forget(self, known: set[str]) -> None:
        """Let go of all entries but those that are known still."""
        self._of = {name: told for name, told in self._of.items() if name in known}

    def state(self) -> dict[str, Any]:
        """As JSON values."""
        return {name: [list(told[0]), *told[1:]] for name, told in self._of.items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Know this and nothing else."""
        self._of = {name: (tuple(keys), lat, lon, reach) for name, (keys, lat, lon, reach) in state.items()}
