"""Some vessels and pairs of them as the language asks for them: findings, attributes, areas, silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from mihari.behaviours.algebra import Steps, Timelines, only
from mihari.behaviours.language import Events, Field, Vocabulary
from mihari.behaviours.language.facts import WORD
from mihari.behaviours.lists import Lists
from mihari.behaviours.measures import DISTANCE, MEASURES, Measures
from mihari.behaviours.memory import FLAGS, Memory, Recalled
from mihari.behaviours.memory.layout import SILENT
from mihari.behaviours.names import Names, number_of
from mihari.behaviours.numbers import never_given
from mihari.behaviours.pair_measures import PAIR_MEASURES
from mihari.behaviours.pairs.converging import LEVELS
from mihari.behaviours.places import AIS_COVER, RADAR_COVER, Places
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.sightings import SHADOW
from mihari.behaviours.silences import NAMES as SILENCES
from mihari.behaviours.silences import Ears, Silences, silences
from mihari.behaviours.succession import Succession
from mihari.core.behaviour import mmsi_of
from mihari.core.columns import Array
from mihari.core.picture import Category
from mihari.core.zones import KINDS
from mihari.picture.claims import category_of

NEAR = {"near_50m": 50.0, "near_200m": 200.0, "near_250m": 250.0, "near_500m": 500.0}
FOLLOWING = ("follows", "turns_together")  # of the pairs that `shadows` looks at; elsewhere they never hold
OF_COVER = {"ais_cover": AIS_COVER, "radar_cover": RADAR_COVER}
# of ship types that do their work beside others, M.1371-5 table 53
TRADES = {50: "pilot", 51: "rescue", 31: "tug", 32: "tug", 52: "tug", 53: "tender", 55: "police"}
OF_NAMES = ("number_never_given", "wrong_imo", "retold", "draught_changed")
# of the zone whose rule is evaluated, of aids to navigation: without one they never hold
ELSEWHERE = ("watched", "too_fast", "far_off_station")
OF_OTHERS = ("unseen_in_cover", "in_fleet", "took_over", "jammed", "circling", "accompanied")
OF_VESSELS = (*FLAGS, *SILENCES, *OF_COVER, *OF_OTHERS, *ELSEWHERE, *OF_NAMES)
OF_PAIRS = (*NEAR, *LEVELS, *FOLLOWING, "fleet_mates")
VOCABULARY = Vocabulary(
    timelines=dict.fromkeys(OF_VESSELS, (1, 0)) | dict.fromkeys(OF_PAIRS, (2, 0)) | {"inside": (1, 1)},
    attributes={"category": WORD, "length": "m", "device": WORD, "named": WORD, "number": WORD, "trade": WORD}
    | {"watch_listed": WORD, "register": WORD},
    measures={name: (1, 0, measure.unit) for name, measure in MEASURES.items()}
    | {DISTANCE: (1, 1, "NM")}
    | {name: (2, 0, measure.unit) for name, measure in PAIR_MEASURES.items()},
)


class Meets(Protocol):
    """Who was near whom: rows of `pairs` (slots a < b of the memory), and from when to when."""

    @property
    def pairs(self) -> Array: ...  # noqa: D102

    def timelines(self, rows: Array, radius: float) -> Timelines:
        """From when to when the pairs `rows` were at most `radius` m apart; key: place in `rows`."""


@dataclass(frozen=True)
class Scene:
    """Facts of vessels (slots of the memory) at `now`, UTC s of data; `company_rows`: pairs among them, in company."""

    memory: Memory
    company: Meets
    names: Names
    places: Places
    reception: Ears
    rolls: Rolls
    succession: Succession
    slots: Array
    company_rows: Array
    now: int
    jammed: Callable[[Array], Timelines] = lambda slots: Timelines.empty()  # when places of vessels (slots) are off
    lists: Lists = field(default_factory=Lists)
    circles: Callable[[Array], Timelines] = lambda slots: Timelines.empty()  # when they run round circles
    company_kept: Callable[[Array], Timelines] = lambda slots: Timelines.empty()  # when others keep their place by them

    @property
    def vessels(self) -> int:
        """How many."""
        return len(self.slots)

    @cached_property
    def pairs(self) -> Array:
        """(n, 2) rows of vessels."""
        if len(self.company_rows) == 0:
            return np.zeros((0, 2), np.int64)
        return np.searchsorted(self.slots, self.company.pairs[self.company_rows])

    @cached_property
    def recalled(self) -> Recalled:
        """All findings of the vessels."""
        return self.memory.recall(self.slots)

    @cached_property
    def keys(self) -> Array:
        """Vessel keys, by row."""
        return self.memory.keys[self.slots]

    @cached_property
    def _row(self) -> Array:
        return np.repeat(np.arange(len(self.slots)), np.diff(self.recalled.first))

    @cached_property
    def _by_flag(self) -> dict[int, Array]:
        """Rows of the findings of each flag."""
        flags = self.recalled.founds["flag"]
        order = np.argsort(flags, kind="stable")
        cuts = np.searchsorted(flags[order], np.arange(65))
        return {flag: order[cuts[flag] : cuts[flag + 1]] for flag in range(64) if cuts[flag + 1] > cuts[flag]}

    @property
    def absent(self) -> frozenset[str]:
        """Findings that none of the vessels and pairs has: where a definition needs one of them, it does not hold."""
        here = self._by_flag
        found = {name for k, name in enumerate(FLAGS) if k not in here}
        found |= {name for name, bit in OF_COVER.items() if 32 + bit not in here}
        found |= {f"inside({kind})" for k, kind in enumerate(KINDS) if 32 + k not in here}
        if len(self.company_rows) == 0:
            found |= NEAR.keys()
        if len(self._circling) == 0:
            found.add("circling")
        if len(self._accompanied) == 0:
            found.add("accompanied")
        heads = self.memory.arrays.heads[1][self.slots]
        quiet = self.now - heads["t"].astype(np.int64) >= self.memory.pace.silent_s
        if SILENT not in here and not quiet.any():
            found |= set(SILENCES)
        return frozenset(found)

    def of_flag(self, flag: int) -> Timelines:
        """When a flag holds; voices of one name together."""
        rows = self._by_flag.get(flag)
        if rows is None:
            return Timelines.empty()
        founds = self.recalled.founds
        return Timelines.made(self._row[rows], founds["start"][rows], founds["end"][rows], join=True)

    def timelines(self, name: str, words: tuple[str, ...] = ()) -> Timelines:
        """A finding, by row of vessel or of pair."""
        if name == "inside":
            return self._inside(words[0])
        if name in LEVELS or name in FOLLOWING:
            return Timelines.empty()
        if name == "fleet_mates":
            return self.rolls.mates(self.keys[self.pairs])
        if name in NEAR:
            return self.company.timelines(self.company_rows, NEAR[name])
        if name in OF_COVER:
            return self.of_flag(32 + OF_COVER[name])
        if name == "unseen_in_cover":
            return self._unseen
        if name == "took_over":
            return self.succession.timelines(self.slots)
        if name == "jammed":
            return self.jammed(self.slots)
        if name == "circling":
            return self._circling
        if name == "accompanied":
            return self._accompanied
        if name == "in_fleet":
            return self.rolls.of(self.keys)
        if name == "number_never_given":
            return only(self.of_flag(FLAGS.index("present")), never_given(self.keys))
        if name in OF_NAMES:
            return self._since_told(getattr(self.names, name))
        if name in ELSEWHERE:
            return Timelines.empty()
        if name in SILENCES:
            return self._silences.timelines(name)
        return self.of_flag(FLAGS.index(name))

    def steps(self, name: str, words: tuple[str, ...] = ()) -> tuple[Steps, str]:
        """A measure, by row of vessel or of pair, and its unit."""
        return self._measures.steps(name, words)

    def events(self, name: str) -> Events:
        """There are none: all is told by timelines."""
        raise KeyError(name)

    def words(self, name: str) -> Sequence[str]:
        """There are none."""
        return ()

    def attribute(self, name: str) -> Field:
        """What is known of each vessel."""
        if name in ("watch_listed", "register"):
            return self._of_lists(name)
        known = [self.names.of(mmsi_of(key)) for key in self.keys.tolist()]
        if name == "length":
            return Field(np.array([n.length or np.nan for n in known]), "m")
        if name == "device":
            return Field.of_words([n.device or None for n in known])
        if name == "named":
            return Field.of_words(["yes" if mmsi_of(key) else "no" for key in self.keys.tolist()])
        if name == "number":
            return Field.of_words([number_of(mmsi_of(key)) for key in self.keys.tolist()])
        if name == "trade":
            return Field.of_words([TRADES.get(n.ship_type, "other" if n.ship_type > 0 else "unknown") for n in known])
        if name == "category":
            told = [Category(category_of(n.ship_type, n.subject)).name.lower() for n in known]
            return Field.of_words(told)
        raise KeyError(name)

    def _of_lists(self, name: str) -> Field:
        """Whether lists have a vessel; where there is no list nobody is looked up."""
        if not (self.lists.watching if name == "watch_listed" else self.lists.registered):
            return Field(np.full(self.vessels, -1), WORD)
        look, word = (self.lists.watched, "yes") if name == "watch_listed" else (self.lists.differing, "differs")
        mmsis = [mmsi_of(key) for key in self.keys.tolist()]
        return Field.of_words([word if mmsi and look(mmsi, self.names.of(mmsi)) else None for mmsi in mmsis])

    def _inside(self, word: str) -> Timelines:
        if word in KINDS:
            return self.of_flag(32 + KINDS.index(word))
        flag = self.places.flag_of(word)
        return Timelines.empty() if flag is None else self.of_flag(32 + flag)

    def _since_told(self, since: Callable[[int], float | None]) -> Timelines:
        """From when an MMSI tells something until it was heard last."""
        odd = self.names.odd
        rows = [(row, began) for row, key in enumerate(self.keys.tolist() if odd else ()) if key in odd
                and (began := since(key)) is not None]  # fmt: skip
        key = np.array([row for row, _ in rows], np.int64)
        return Timelines.made(key, np.array([began for _, began in rows], np.int64), self.memory.heard(self.slots[key]))

    @cached_property
    def _measures(self) -> Measures:
        return Measures(self.memory, self.slots, self.pairs, self.places.away)

    @cached_property
    def _circling(self) -> Timelines:
        return self.circles(self.slots)

    @cached_property
    def _accompanied(self) -> Timelines:
        return self.company_kept(self.slots)

    @cached_property
    def _unseen(self) -> Timelines:
        """When a vessel tells to be where radar would see it, and radar does not."""
        slots = [self.memory.slots.get(SHADOW + key, -1) for key in self.keys.tolist()]
        rows = np.array([row for row, slot in enumerate(slots) if slot >= 0], np.int64)
        if len(rows) == 0:
            return Timelines.empty()
        found = self.memory.recall(np.array([slots[row] for row in rows], np.int64))
        whose = np.repeat(rows, np.diff(found.first))
        here = found.founds["flag"] == 32 + RADAR_COVER
        return Timelines.made(whose[here], found.founds["start"][here], found.founds["end"][here], join=True)

    @cached_property
    def _silences(self) -> Silences:
        """Silences of vessels that tell a name, over or going on until now, and what is known of them."""
        found = silences(self.memory, self.slots, self.recalled, self.now)
        return Silences(found, self.recalled, self.slots, self.reception, self.places, self.now)


def beside(scene: Scene) -> dict[str, Any]:
    """The fields of a scene, for one of a kind that knows more."""
    return {name: getattr(scene, name) for name in Scene.__dataclass_fields__}
