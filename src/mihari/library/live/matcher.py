"""Updates of vessels -> when patterns begin and cease to hold, for as many of both as a coast has.

A sample tells what a vessel did from then until the next, if that comes within `step_s`: so an update tells of the time
before it, what is told stays told, and nothing has to be taken back. In between nothing is known: what held has ended
at the last sample. This is how the language reads measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.core.errors import BadInput
from mihari.library.live import layout
from mihari.library.live.layout import BLOCK, ENDED, EVENT, EVENTS, FIRED, LATE, NEVER, NONE, State
from mihari.library.live.match_kernels import advance, drop, take
from mihari.library.live.programme import Programme

STEP_S = 3600  # as the memory of behaviours: samples farther apart tell nothing of what was between
MOST_RUNS = 32_000_000  # 1 GB
COUNTED = ("late", "legs", "moves", "crossed", "looked", "turned")


@dataclass(frozen=True, slots=True)
class Events(Columns):
    """What was told, in the order in which it became known.

    `kind` FIRED: the pattern holds since `start`, and has lasted as it should by `end`, the time of the update that
    told it; ENDED: it held from `start` until `end`. What must last less than so long is told once it has ended, and
    only if it was. `pattern`: number in the programme; `vessel`: slot.
    """

    pattern: Array = column("i4")
    vessel: Array = column("i4")
    kind: Array = column("i8")
    start: Array = column("i8")
    end: Array = column("i8")

    @property
    def fired(self) -> Events:
        """Those of patterns that begin to be told."""
        return self.take(self.kind == FIRED)

    @property
    def ended(self) -> Events:
        """Those of intervals that are over."""
        return self.take(self.kind == ENDED)


class Matcher:
    """A programme over `slots` vessels. An update has a slot, a time (whole s UTC) and the programme's bases.

    Updates of a vessel must come in the order of time: late ones and second ones of the same second are left out and
    counted. `most_runs`: intervals that go on at once; beyond, the pattern that has most of them is stopped and named.

    >>> from mihari.behaviours.language import Vocabulary, parse
    >>> from mihari.library.live import Base, Primitives, compile
    >>> known = Vocabulary(measures={"speed": (1, 0, "kn")})
    >>> text = "waits(v) = speed(v) < 2 kn ignoring breaks up to 1 min lasting at least 5 min"
    >>> matcher = Matcher(compile(parse(text, vocabulary=known), Primitives.of([Base("speed", "kn")])), slots=1)
    >>> for time, speed in ((0, 1.0), (200, 5.0), (250, 1.0), (310, 9.0), (400, 9.0)):
    ...     told = matcher.take([0], [time], [[speed]])
    ...     print(time, told.kind.tolist(), told.start.tolist(), told.end.tolist())
    0 [] [] []
    200 [] [] []
    250 [] [] []
    310 [0] [0] [310]
    400 [1] [0] [310]
    """

    def __init__(self, programme: Programme, slots: int, step_s: int = STEP_S, most_runs: int = MOST_RUNS) -> None:
        self.programme, self.step_s, self.most_runs = programme, step_s, most_runs
        self.rules = programme.rules._replace(literals=programme.rules.literals.copy())
        self.arrays = layout.fresh(slots, self.rules, len(self.rules.clocks) // BLOCK + 64)
        self.stopped: list[str] = []
        self._tally = np.zeros(len(COUNTED) + 1, np.int64)
        self._events = np.zeros(max(4 * len(self.rules.clocks), 1 << 16), EVENT)
        self._moved = np.zeros((len(self.rules.figures), 3), np.int64)

    @property
    def counted(self) -> dict[str, int]:
        """Since the beginning: late updates, legs, ranks that moved, patterns at the borders crossed, those looked at,
        those that turned."""
        return dict(zip(COUNTED, self._tally[LATE:].tolist(), strict=True))

    @property
    def running(self) -> int:
        """Intervals that go on, breaks among them."""
        return int((self.arrays.blocks != NONE).sum())

    @property
    def nbytes(self) -> int:
        """Of all that is kept."""
        return sum(array.nbytes for array in self.arrays)

    def take(self, slots: Any, times: Any, columns: Any) -> Events:
        """Updates (n,) of vessels, in the order of time for each; `columns`: (n, bases), NaN where not known."""
        whose, when = self._of_slots(slots), np.ascontiguousarray(times, np.int64)
        told = np.ascontiguousarray(columns, np.float64)
        if when.shape != whose.shape or told.shape != (len(whose), len(self.programme.bases)):
            raise ValueError(
                f"times {when.shape}, columns {told.shape}; expected ({len(whose)},), "
                f"({len(whose)}, {len(self.programme.bases)})"
            )
        found, row = [], 0
        while row < len(whose):
            row = take(
                self.rules, self.arrays, whose, when, told, self.step_s, self._moved, self._events, self._tally, row
            )
            found.append(self._emptied())
            if row < len(whose):
                self._widen()
        return Events.concatenate(found) if found else Events.empty()

    def advance(self, now: int) -> Events:
        """Of vessels that have not been heard for `step_s`: what held has ended. What comes before `now` is late."""
        return self._parted(np.arange(len(self.arrays.vessels)), min(now, NEVER - 1))

    def forget(self, slots: Any) -> Events:
        """What was going on has ended, and nothing is known of these vessels any more: their slots are free."""
        gone = self._of_slots(slots)
        told = self._parted(gone, NEVER - 1)
        layout.emptied(self.arrays, gone)
        return told

    def state(self) -> dict[str, Array]:
        """All that is kept, as arrays, and of which programme."""
        told = {name: array.copy() for name, array in zip(State._fields, self.arrays, strict=True)}
        return told | {"programme": np.array(self.programme.digest), "tally": self._tally.copy(),
                       "stopped": np.array(self.stopped, "U60")}  # fmt: skip

    def restore(self, told: Mapping[str, Array]) -> None:
        """Go on from `state`; BadInput where it is of another programme or of another number of slots."""
        kept = {name: np.ascontiguousarray(told[name]) for name in State._fields if name in told}
        if str(told.get("programme", "")) != self.programme.digest or kept.keys() != set(State._fields):
            raise BadInput("what was kept is of other patterns: expected those that it was kept by")
        if len(kept["vessels"]) != len(self.arrays.vessels):
            raise BadInput(f"{len(kept['vessels']):,} vessels were kept; expected {len(self.arrays.vessels):,}")
        self.arrays = State(**{name: array.copy() for name, array in kept.items()})
        self._tally[:] = told["tally"]
        for name in told["stopped"].tolist():
            self._stop(self.programme.names.index(name))

    def _parted(self, slots: Array, now: int) -> Events:
        found, row = [], 0
        while row < len(slots):
            row = advance(self.rules, self.arrays, slots, now, self.step_s, self._events, self._tally, row)
            found.append(self._emptied())
        return Events.concatenate(found) if found else Events.empty()

    def _of_slots(self, slots: Any) -> Array:
        """Checked: kernels do not."""
        found = np.ascontiguousarray(slots, np.int64)
        most = len(self.arrays.vessels)
        if found.ndim != 1 or (len(found) and not 0 <= found.min() <= found.max() < most):
            raise ValueError(f"slots {found.shape} from {found.min()} to {found.max()}; expected 0 to {most - 1}")
        return found

    def _emptied(self) -> Events:
        """The events that wait."""
        waiting = self._events[: self._tally[EVENTS]]
        self._tally[EVENTS] = 0
        return Events(*(waiting[name].copy() for name in EVENT.names or ()))

    def _widen(self) -> None:
        """More room for running intervals; where there may be no more, the pattern that has most is stopped."""
        need = len(self.rules.clocks) // BLOCK + 2
        if self.arrays.free[1] >= need:
            return
        had = len(self.arrays.next_block)
        more = min(max(had // 4, need), self.most_runs // BLOCK - had)
        if more >= need:
            self.arrays = layout.widened(self.arrays, more)
            return
        running = self.arrays.blocks[self.arrays.blocks != NONE]
        self._stop(int(np.bincount(running, minlength=1).argmax()))

    def _stop(self, pattern: int) -> None:
        """A pattern that is matched no more."""
        self.stopped += [name for name in [self.programme.names[pattern]] if name not in self.stopped]
        own = slice(*self.rules.literal_first[pattern : pattern + 2])
        self.rules.literals["low"][own], self.rules.literals["high"][own] = 1, 0
        self.rules.literals["told"][own] = 2
        drop(self.arrays, pattern)


def names_of(events: Events, programme: Programme) -> Iterable[tuple[str, int, str, int, int]]:
    """(pattern, slot, "fired" or "ended", start, end) of each event, for people."""
    kinds = {FIRED: "fired", ENDED: "ended"}
    rows = zip(*(getattr(events, name).tolist() for name in EVENT.names or ()), strict=True)
    return ((programme.names[p], v, kinds[kind], start, end) for p, v, kind, start, end in rows)
