"""Edits -> the case that they make. Any order, any duplicates, any split over nodes: the same case, nothing lost.

A case is a set of edits, and a set knows neither order nor duplicates: so the fold is commutative, associative and
idempotent by what it is made of (Shapiro et al., "Conflict-free replicated data types", INRIA RR-7687, 2011: a
grow-only set; its last-writer-wins registers with every earlier word kept, and its two-phase set for lists).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mihari.cases.edit import EDITS_MAX, Edit, made
from mihari.cases.values import FIELDS, LISTS, WITHDRAW, WORDS, read
from mihari.core.errors import BadInput

Draft = tuple[str, Any]  # a field and what it shall say


@dataclass(frozen=True, slots=True)
class Said:
    """What one edit says, as far as it is understood here."""

    edit: Edit
    value: Any


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list. `withdrawn`: by whom, the first first; it stays in its place."""

    said: Said
    withdrawn: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """`words`: field -> what was said, the one that counts first; `lists`: field -> items; `strange`: not understood.

    `edits` are all of them, in their order.
    """

    uuid: str
    edits: tuple[Edit, ...] = ()
    words: dict[str, tuple[Said, ...]] = field(default_factory=dict)
    lists: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    strange: tuple[Edit, ...] = ()

    def word(self, name: str, otherwise: str = "") -> str:
        """What counts of a field."""
        said = self.words.get(name)
        return str(said[0].value) if said else otherwise

    def held(self, name: str) -> list[Any]:
        """What a list holds, without what was withdrawn."""
        return [item.said.value for item in self.lists.get(name, ()) if not item.withdrawn]

    @property
    def lamport(self) -> int:
        """The highest of its edits; 0 for none."""
        return self.edits[-1].lamport if self.edits else 0


def fold(edits: Iterable[Edit]) -> Case:
    """The case of these edits, which are of one case.

    >>> case = "00000000-0000-8000-8000-000000000001"
    >>> one = made(case, "naha", "Sato", 1, 1.79e9, "title", "Boat")
    >>> other = made(case, "kume", "Mori", 1, 1.79e9, "title", "Boat without lights")
    >>> fold([one, other, one]) == fold([other, one]), fold([one, other]).word("title")
    (True, 'Boat')
    """
    kept = sorted({edit.uuid: edit for edit in edits}.values(), key=lambda edit: edit.order)
    if len({edit.case for edit in kept}) > 1:
        raise BadInput("expected edits of one case")
    said: dict[str, list[Said]] = {}
    strange = []
    for edit in kept:
        try:
            said.setdefault(edit.field, []).append(Said(edit, read(edit.field, edit.told)))
        except BadInput:
            strange.append(edit)
    words = {name: tuple(reversed(said[name])) for name in WORDS if said.get(name)}
    return Case(kept[0].case if kept else "", tuple(kept), words, _lists(said), tuple(strange))


def _lists(said: dict[str, list[Said]]) -> dict[str, tuple[Item, ...]]:
    taken: dict[str, list[Said]] = {}
    for one in said.get(WITHDRAW, ()):
        taken.setdefault(one.value["item"], []).append(one)
    return {
        name: tuple(Item(one, tuple(taken.get(one.edit.uuid, ()))) for one in said[name])
        for name in LISTS
        if said.get(name)
    }


def drafted(case: Case, drafts: Iterable[Draft], author: str, who: str, time: float) -> list[Edit]:
    """Edits that say more of a case, each after all that it has; BadInput where one cannot be meant.

    A word that says what counts already is left out.
    """
    found: list[Edit] = []
    for name, value in drafts:
        if name not in FIELDS:
            raise BadInput(f"{name}: expected one of {', '.join(FIELDS)}")
        told = read(name, value)
        if name in WORDS and case.words.get(name) and case.word(name) == told:
            continue
        if name == WITHDRAW:
            _there(case, told["item"])
        if len(case.edits) + len(found) >= EDITS_MAX:
            raise BadInput(f"the case has {EDITS_MAX} edits, as many as one may have: expected a new case")
        lamport = min(case.lamport + len(found) + 1, EDITS_MAX)
        found.append(made(case.uuid, author, who, lamport, time, name, told))
    return found


def _there(case: Case, item: str) -> None:
    """BadInput where there is no such item, or it was withdrawn before."""
    mine = [one for items in case.lists.values() for one in items if one.said.edit.uuid == item]
    if not mine:
        raise BadInput(f"the case has no item {item[:40]}")
    if mine[0].withdrawn:
        raise BadInput(f"item {item} was withdrawn already, by {mine[0].withdrawn[0].edit.who}")
