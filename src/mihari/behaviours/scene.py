"""Some vessels and pairs of them as the language asks for them: findings, attributes, areas, silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mihari.behaviours.algebra import Timelines, only
from mihari.behaviours.language import Events, Field, Vocabulary
from mihari.behaviours.language.facts import WORD
from mihari.behaviours.lists import Lists
from mihari.behaviours.memory import FLAGS, Memory, Recalled
from mihari.behaviours.memory.layout import SILENT
from mihari.behaviours.names import Names, number_of
from mihari.behaviours.numbers import never_given
from mihari.behaviours.pairs import Company
from mihari.behaviours.pairs.converging import LEVELS
from mihari.behaviours.places import AIS_COVER, RADAR_COVER, Places
from mihari.behaviours.reception import WITNESS_S, Reception
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.sightings import SHADOW
from mihari.behaviours.succession import Succession
from mihari.core.behaviour import mmsi_of
from mihari.core.columns import Array
from mihari.core.picture import Category
from mihari.core.zones import KINDS
from mihari.picture.claims import category_of

NEAR = {"near_50m": 50.0, "near_200m": 200.0, "near_250m": 250.0, "near_500m": 500.0}
OF_COVER = {"ais_cover": AIS_COVER, "radar_cover": RADAR_COVER}
SILENCES = (
    "silent",
    "silent_beyond_pace",
    "silent_in_cover",
    "lost_under_way",
    "lost_far_out",
    "lost_well_heard",
    "receiver_down",
)
# of ship types that do their work beside others, M.1371-5 table 53
TRADES = {50: "pilot", 51: "rescue", 31: "tug", 32: "tug", 52: "tug", 53: "tender", 55: "police"}
TIMES_PACE = 12  # a silence is one only beyond twelve of a vessel's own intervals (mission note: eykon's wording rule)
LONG_S = 21_600  # shorter silences are not asked whether they began far out and well heard
FAR_OUT_M = 92_600.0  # 50 NM (Welch et al. 2022)
BEFORE_S, HEARD_BEFORE = 43_200, 14  # 14 positions in 12 h (Welch et al. 2022)
OF_NAMES = ("number_never_given", "wrong_imo", "retold")
OF_ZONES = ("watched", "too_fast")  # of the zone whose rule is evaluated; without one they never hold
OF_VESSELS = (*FLAGS, *SILENCES, *OF_COVER, "unseen_in_cover", "in_fleet", "took_over", "jammed", *OF_ZONES, *OF_NAMES)
VOCABULARY = Vocabulary(
    timelines=dict.fromkeys(OF_VESSELS, (1, 0)) | dict.fromkeys((*NEAR, *LEVELS), (2, 0)) | {"inside": (1, 1)},
    attributes={"category": WORD, "length": "m", "device": WORD, "named": WORD, "number": WORD, "trade": WORD}
    | {"watch_listed": WORD, "register": WORD},
)


@dataclass(frozen=True)
class Scene:
    """Facts of vessels (slots of the memory) at `now`, UTC s of data; `company_rows`: pairs among them, in company."""

    memory: Memory
    company: Company
    names: Names
    places: Places
    reception: Reception
    rolls: Rolls
    succession: Succession
    slots: Array
    company_rows: Array
    now: int
    jammed: Callable[[Array], Timelines] = lambda slots: Timelines.empty()  # when places of vessels (slots) are off
    lists: Lists = field(default_factory=Lists)

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
        if name in LEVELS:
            return Timelines.empty()
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
        if name == "in_fleet":
            return self.rolls.of(self.keys)
        if name == "number_never_given":
            return only(self.of_flag(FLAGS.index("present")), never_given(self.keys))
        if name in OF_NAMES:
            return self._since_told(self.names.wrong_imo if name == "wrong_imo" else self.names.retold)
        if name in OF_ZONES:
            return Timelines.empty()
        if name in SILENCES:
            return self._silences[name]
        return self.of_flag(FLAGS.index(name))

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
    def _silences(self) -> dict[str, Timelines]:
        """Silences of vessels that tell a name, over or going on until now, and what is known of them."""
        founds = self.recalled.founds
        over = self._by_flag.get(SILENT, np.zeros(0, np.int64))
        over = over[self.keys[self._row[over]] < 10**9]  # a lost echo is no silence
        heads = self.memory.arrays.heads[1][self.slots]
        quiet = self.now - heads["t"].astype(np.int64) >= self.memory.pace.silent_s
        still = np.flatnonzero(quiet & (heads["rows"] > 0) & (self.keys < 10**9))
        key = np.concatenate([self._row[over], still])
        start = np.concatenate([founds["start"][over], heads["t"][still]]).astype(np.int64)
        end = np.concatenate([founds["end"][over].astype(np.int64), np.full(len(still), self.now)])
        pace = np.concatenate([founds["rows"][over], heads["pace"][still]])
        slow = np.concatenate([founds["voice"][over] == 1, self.memory.slow_when_heard(self.slots[still])])
        lat = np.concatenate([founds["lat0"][over], heads["lat"][still]])
        lon = np.concatenate([founds["lon0"][over], heads["lon"][still]])
        beyond = end - start >= TIMES_PACE * pace
        heard = np.zeros(len(key), np.bool_)
        for i in np.flatnonzero(beyond & (end - start >= WITNESS_S)).tolist():
            place = (int(lat[i]), int(lon[i]))
            heard[i] = self.reception.proven(int(self.slots[key[i]]), int(start[i]), place, self.now)
        lately = heads["t"].astype(np.int64) - heads["other_t"] <= self.memory.pace.step_s
        others = np.where(lately & (heads["other_t"] > 0), heads["other"], heads["station"])
        stations = np.stack(
            [
                np.concatenate([founds["station"][over], heads["station"][still]]),
                np.concatenate([founds["other"][over], others[still]]),
            ],
            axis=1,
        )
        out = self._out(key, start, end, stations, np.stack([lat, lon], axis=1))
        long = np.flatnonzero(end - start >= LONG_S)
        far, often = long[self._far_out(lat[long], lon[long])], long[self._well_heard(key[long], start[long])]
        return {
            "lost_far_out": Timelines.made(key[far], start[far], end[far]),
            "lost_well_heard": Timelines.made(key[often], start[often], end[often]),
            "silent": Timelines.made(key, start, end),
            "silent_beyond_pace": Timelines.made(key[beyond], start[beyond], end[beyond]),
            "silent_in_cover": Timelines.made(key[heard], start[heard], end[heard]),
            "lost_under_way": Timelines.made(key[~slow], start[~slow], end[~slow]),
            "receiver_down": out,
        }

    def _far_out(self, lat: Array, lon: Array) -> Array:
        """(n,) whether places (1e-7 degrees) are more than 50 NM from shore; where none is known, they are."""
        shore = self.places.shore(lat * 1e-7, lon * 1e-7) if len(lat) else None
        return np.ones(len(lat), np.bool_) if shore is None else ~(shore <= FAR_OUT_M)

    def _well_heard(self, key: Array, start: Array) -> Array:
        """(n,) whether vessels (rows) had 14 samples or more in the 12 h before; counted evenly over each stretch."""
        founds, legs = self.recalled.founds, self._by_flag.get(FLAGS.index("present"), np.zeros(0, np.int64))
        rows = self._row[legs]
        begin, over, count = (founds[name][legs].astype(np.float64) for name in ("start", "end", "rows"))
        found = np.zeros(len(key), np.bool_)
        for i, (k, t) in enumerate(zip(key.tolist(), start.tolist(), strict=True)):
            share = (np.minimum(over, t) - np.maximum(begin, t - BEFORE_S)) / (over - begin)
            found[i] = (count * np.clip(share, 0.0, 1.0))[rows == k].sum() >= HEARD_BEFORE
        return found

    def _out(self, key: Array, start: Array, end: Array, stations: Array, place: Array) -> Timelines:
        """When silences say nothing because nobody listened; stations: (n, 2) that heard the vessel lately.

        Where stations are sure to hear the vessel at its last place (n, 2; 1e-7 degrees), it is while all of them are
        out. Elsewhere nobody knows who would have heard it: a silence says nothing if one that did was out.
        """
        rows: list[tuple[int, int, int]] = []
        for k, first, last, pair, where in zip(
            key.tolist(), start.tolist(), end.tolist(), stations.tolist(), place.tolist(), strict=True
        ):
            lately = [self._outages(one, first, last) for one in set(pair)]
            if not any(lately):
                continue
            sure = self.places.cover.sure_stations(where[0] * 1e-7, where[1] * 1e-7)
            spans = [self._outages(one, first, last) for one in sure]
            if spans:
                rows += [(k, begin, over) for begin, over in _common(spans)]
            else:
                rows.append((k, first, last))
        found = np.array(rows, np.int64).reshape(-1, 3)
        return Timelines.made(found[:, 0], found[:, 1], found[:, 2], join=True)

    def _outages(self, station: int, first: int, last: int) -> list[tuple[int, int]]:
        """Those of one station within a silence."""
        if station not in self._down:
            self._down[station] = self.reception.down(station, self.now)
        spans = self._down[station]
        within = spans[(spans[:, 1] > first) & (spans[:, 0] < last)].tolist()
        return [(max(begin, first), min(over, last)) for begin, over in within]

    @cached_property
    def _down(self) -> dict[int, Array]:
        return {}


def _common(spans: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """What all lists of intervals share.

    >>> _common([[(0, 10), (20, 30)], [(5, 25)]])
    [(5, 10), (20, 25)]
    """
    shared = spans[0]
    for other in spans[1:]:
        shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in other if max(a, c) < min(b, d)]
    return shared
