"""A node's own vessels -> signed batches, in the grades that somebody wants, when there is something to tell.

Grade 0 tells every change at once. The others tell a vessel when whoever reckons on from what was told last would be
wrong by more than the grade's error, when its status changes, and again after `REFRESH_S`: so the oldest batch that
still says something is never older, and what an author holds stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from mihari.core.columns import Array, specs
from mihari.core.picture import VesselStatus
from mihari.core.shared import Shared
from mihari.mesh import batches, rows
from mihari.mesh.batches import Batch, Kind, Stream
from mihari.mesh.grades import GRADES
from mihari.mesh.reckoning import away
from mihari.mesh.store import Store

REFRESH_S = 300.0  # a vessel at anchor is told so often: 1,000 of them are 1 % of a 64 kbit/s link
LINGER_S = 600.0  # a grade is cut so long after a link that wants it was lost: it may come back
STATE = ("time", "lat_deg", "lon_deg", "east_mps", "north_mps")


class Slots:
    """Vessels -> places in columns; a place left is given again. `room` only grows."""

    def __init__(self) -> None:
        self.of: dict[int, int] = {}
        self._free: list[int] = []
        self.room = 256

    def take(self, vessels: list[int]) -> Array:
        """The places of vessels; new ones get theirs."""
        places = list(map(self.of.get, vessels))
        if None in places:
            places = [at if (at := self.of.get(v)) is not None else self._new(v) for v in vessels]
        return np.array(places, np.intp)

    def _new(self, vessel: int) -> int:
        given = self.of[vessel] = self._free.pop() if self._free else len(self.of)
        while given >= self.room:
            self.room *= 2
        return given

    def leave(self, vessel: int) -> int:
        """A vessel is gone; the place that it had."""
        place = self.of.pop(vessel)
        self._free.append(place)
        return place


def _wider(columns: dict[str, Array], room: int) -> dict[str, Array]:
    """Columns with room for so many."""
    made = {}
    for name, column in columns.items():
        made[name] = np.zeros(room, column.dtype)
        made[name][: len(column)] = column
    return made


@dataclass(slots=True)
class Told:
    """What one grade has told of each vessel, columns by place (`at`: UTC s, 0 never), and who waits to be told."""

    columns: dict[str, Array] = field(
        default_factory=lambda: {n: np.zeros(256) for n in (*STATE, "at")} | {"code": np.zeros(256, np.int64)}
    )
    waiting: dict[int, float] = field(default_factory=dict)  # vessel -> UTC s since when
    ended: dict[int, float] = field(default_factory=dict)  # vessel that is gone -> UTC s at which it is forgotten
    wanted: float = 0.0  # UTC s at which somebody wanted it last

    def widen(self, room: int) -> None:
        """Room for so many vessels."""
        if room > len(self.columns["at"]):
            self.columns = _wider(self.columns, room)

    def wrong(self, shared: Shared, at: Array, error: float) -> Array:
        """Which of these vessels whoever reckons on has wrong: by more than `error` m, or in what they are."""
        if error == 0.0:
            return np.ones(len(shared), bool)
        columns = self.columns
        off = away({name: columns[name][at] for name in STATE}, shared)
        return np.asarray((columns["at"][at] == 0.0) | ~(off <= error) | (columns["code"][at] != _code(shared)))

    def keep(self, shared: Shared, at: Array, now: float) -> None:
        """These have been told as they are here."""
        for name in STATE:
            self.columns[name][at] = getattr(shared, name)
        self.columns["at"][at] = now
        self.columns["code"][at] = _code(shared)

    def stale(self, now: float) -> set[int]:
        """Places of vessels that were told long ago."""
        at = self.columns["at"]
        return set(np.flatnonzero((at > 0.0) & (at < now - REFRESH_S)).tolist())


def _code(shared: Shared) -> Array:
    """What a vessel is, as one number: a change of it is told at once."""
    source = shared.source & 0x1F
    code = shared.status.astype(np.int64) | source.astype(np.int64) << 2 | shared.category.astype(np.int64) << 8
    return np.asarray(code)


class Author:
    """Cuts, numbers and signs what one node tells. `put` takes each batch, with its stream's batches in `store`."""

    def __init__(
        self, author: str, epoch: int, group: str, store: Store, sign: Callable[[bytes], bytes],
        put: Callable[[Batch], None],
    ) -> None:  # fmt: skip
        self.author, self.epoch, self.group = author, epoch, group
        self._store, self._sign, self._put = store, sign, put
        self._order = 0
        self._seqs: dict[Stream, int] = {}
        self._told: dict[int, Told] = {}
        self._slots = Slots()
        self._rows = {n: np.zeros(256, dtype) for n, dtype, _ in specs(Shared)}  # all vessels as they are
        self.vessels = 0  # rows told, all grades together

    # vessels

    def see(self, shared: Shared, gone: Iterable[int], now: float) -> None:
        """Vessels that have changed, as they are, and those that are gone; `now`: UTC s."""
        at = self._write(shared)
        ended = [v for v in gone if v in self._slots.of]
        self._rows["status"][self._slots.take(ended)] = VesselStatus.GONE
        for grade, told in self._told.items():
            told.widen(self._slots.room)
            for vessel in shared.vessel[told.wrong(shared, at, GRADES[grade].error)].tolist():
                told.waiting.setdefault(vessel, now)
            for vessel in ended:
                told.waiting[vessel] = now
                told.ended[vessel] = now + REFRESH_S
        self.cut(now)

    def serve(self, grades: Iterable[int], now: float) -> None:
        """The grades that are wanted now; one that nobody has wanted for long is not cut any more."""
        for grade in grades:
            told = self._told.get(grade)
            if told is None:
                status = self._rows["status"]
                there = (v for v, at in self._slots.of.items() if status[at] != VesselStatus.GONE)
                told = self._told[grade] = Told(waiting=dict.fromkeys(there, now))
                told.widen(self._slots.room)
            told.wanted = now
        for grade in [g for g, t in self._told.items() if now - t.wanted > LINGER_S]:
            del self._told[grade]
            held = self._store.open(self._stream(Kind.VESSELS, grade))
            held.forget(list(held.rows))

    def _write(self, shared: Shared) -> Array:
        """Keep vessels as they are; their places."""
        at = self._slots.take(shared.vessel.tolist())
        if self._slots.room > len(self._rows["vessel"]):
            self._rows = _wider(self._rows, self._slots.room)
        for name, column in shared.columns().items():
            self._rows[name][at] = column
        return at

    def pass_time(self, now: float) -> None:
        """Tell again what was told long ago, forget what is gone; to be called every second or so."""
        for grade, told in self._told.items():
            due = told.stale(now)
            if due:
                stale = (v for v, at in self._slots.of.items() if at in due and v not in told.ended)
                told.waiting.update({v: now for v in stale if v not in told.waiting})
            over = [v for v, until in told.ended.items() if until <= now and v not in told.waiting]
            for vessel in over:
                del told.ended[vessel]
            if over:
                self._store.open(self._stream(Kind.VESSELS, grade)).forget(over)
        self._let_go()
        self.cut(now)

    def _let_go(self) -> None:
        """Vessels that are gone, and that everybody was told of."""
        places = set(np.flatnonzero(self._rows["status"] == VesselStatus.GONE).tolist())
        held = {v for told in self._told.values() for v in (*told.ended, *told.waiting)}
        for vessel in [v for v, at in self._slots.of.items() if at in places and v not in held] if places else ():
            at = self._slots.leave(vessel)
            self._rows["status"][at] = 0
            for told in self._told.values():
                told.columns["at"][at] = 0.0

    def cut(self, now: float) -> None:
        """Make batches of who waits, where a batch is full or has waited for others long enough."""
        for grade, told in self._told.items():
            profile = GRADES[grade]
            while told.waiting:
                oldest = next(iter(told.waiting.values()))  # who waits longest stands first
                if len(told.waiting) < profile.rows and now - oldest < profile.hold - 1e-9:
                    break
                vessels = sorted(islice(told.waiting, profile.rows))
                for vessel in vessels:
                    del told.waiting[vessel]
                self._cut(grade, told, vessels, now)

    def due(self, now: float) -> float:
        """UTC s at which the next batch has waited long enough for others."""
        waiting = ((GRADES[g].hold, t.waiting) for g, t in self._told.items() if t.waiting)
        return min((next(iter(w.values())) + hold for hold, w in waiting), default=now + 60.0)

    def _cut(self, grade: int, told: Told, vessels: list[int], now: float) -> None:
        at = self._slots.take(vessels)
        shared = Shared(**{name: column[at] for name, column in self._rows.items()})
        told.keep(shared, at, now)
        self.vessels += len(shared)
        self.tell(Kind.VESSELS, shared.vessel, rows.encode(shared, now), now, grade)

    # anything

    def tell(self, kind: int, keys: Array, body: bytes, now: float, grade: int = 0) -> None:
        """One batch; `keys` ascending (of a log: none)."""
        stream = self._stream(kind, grade)
        held = self._store.open(stream)
        seq = self._seqs[stream] = self._seqs.get(stream, 0) + 1
        self._order += 1
        floor = min(held.oldest, seq)
        signed = batches.encode(stream, seq, self._order, floor, now, keys, body)
        raw = signed + self._sign(signed)
        self._put(Batch(stream, seq, self._order, floor, now, keys, body, raw))
        if held.floor < floor:
            held.raise_floor(floor)

    def forget(self, kind: int, keys: list[int]) -> None:
        """Keys of a state that hold no longer: the floor of the stream's next batch says so."""
        self._store.open(self._stream(kind, 0)).forget(keys)

    def _stream(self, kind: int, grade: int) -> Stream:
        return Stream(self.author, self.epoch, int(kind), grade, self.group)
