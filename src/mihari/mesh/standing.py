"""States by key that stand until they change or go: what an author tells of them, and what its readers keep.

What goes is told as a state that says so: it is known at once everywhere, while a floor would say it with the next
batch only, which may never come. Of the states that one author told of a key, that of the greatest `order` holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np

from mihari.core.errors import FormatError
from mihari.mesh.author import Author
from mihari.mesh.batches import Batch, Kind, Stream

T = TypeVar("T")
AT_ONCE = 8  # states in a batch: half a kilobyte, which holds up an alarm on 64 kbit/s for a sixteenth of a second
KEYS = 2000  # of one author, those that are gone among them


class Standing(Generic[T]):
    """One kind of states of this node's own.

    `differs`: of what was told, what is, and the s in between: whether the others should be told. `forget`: s after
    which what is gone need not be said any more; only for kinds of which everything is told again by then, or a reader
    who was away would never learn it. `at_once`: states in a batch.
    """

    def __init__(
        self, author: Author, kind: Kind, encode: Callable[[Sequence[T | None]], bytes],
        differs: Callable[[T, T, float], bool], forget: float = math.inf, at_once: int = AT_ONCE,
    ) -> None:  # fmt: skip
        self._at_once = at_once
        self._author, self._kind, self._encode, self._differs, self._forget = author, kind, encode, differs, forget
        self._told: dict[int, tuple[T, float]] = {}  # key -> (state, UTC s at which it was told)
        self._gone: dict[int, float] = {}  # key -> UTC s at which that was told

    def __len__(self) -> int:
        return len(self._told)

    def see(self, states: Mapping[int, T], now: float) -> None:
        """All states as they are now, UTC s: tell what differs and what has gone."""
        due: dict[int, T | None] = {k: s for k, s in states.items() if self._due(k, s, now)}
        due |= dict.fromkeys(self._told.keys() - states.keys())
        if not due:
            return
        over = [k for k, at in self._gone.items() if now - at > self._forget]
        if over:
            self._author.forget(self._kind, over)
            for key in over:
                del self._gone[key]
        keys = sorted(due)
        for at in range(0, len(keys), self._at_once):
            some = keys[at : at + self._at_once]
            body = self._encode([due[k] for k in some])
            self._author.tell(self._kind, np.array(some, np.int64), body, now)
        for key, state in due.items():
            self._keep(key, state, now)

    def _due(self, key: int, state: T, now: float) -> bool:
        told = self._told.get(key)
        return told is None or self._differs(told[0], state, abs(now - told[1]))

    def _keep(self, key: int, state: T | None, now: float) -> None:
        if state is None:
            del self._told[key]
            self._gone[key] = now
        else:
            self._told[key] = state, now
            self._gone.pop(key, None)


@dataclass(slots=True)
class _Run(Generic[T]):
    """One run of an author: key -> (order, state, UTC s of its batch by the author's clock)."""

    epoch: int
    rows: dict[int, tuple[int, T | None, float]] = field(default_factory=dict)


class Kept(Generic[T]):
    """What all others have told of one kind. `changed` grows with each change."""

    def __init__(self, decode: Callable[[bytes, int], list[T | None]]) -> None:
        self._decode = decode
        self._runs: dict[str, _Run[T]] = {}
        self.changed = 0

    def take(self, batch: Batch) -> None:
        """One batch; FormatError where its body cannot be read, and nothing has changed."""
        author, epoch = batch.stream.author, batch.stream.epoch
        told = self._decode(batch.body, len(batch.keys))
        run = self._runs.get(author)
        if run is not None and run.epoch > epoch:
            return
        if run is None or run.epoch < epoch:
            run = _Run(epoch)
        if len(run.rows.keys() | set(batch.keys.tolist())) > KEYS:
            raise FormatError("keys", f"{batch.stream.kind}: more than {KEYS} states of one node")
        self._runs[author] = run
        for key, state in zip(batch.keys.tolist(), told, strict=True):
            if key not in run.rows or run.rows[key][0] < batch.order:
                run.rows[key] = batch.order, state, batch.cut
        self.changed += 1

    def forget(self, stream: Stream, keys: Iterable[int]) -> None:
        """Keys that the author's floor has passed."""
        run = self._runs.get(stream.author)
        if run is not None and run.epoch == stream.epoch:
            for key in keys:
                run.rows.pop(key, None)
            self.changed += 1

    def end(self, epoch_of: Callable[[str], int]) -> None:
        """Let go of runs that are over; `epoch_of`: the newest run of an author that was heard of."""
        over = [author for author, run in self._runs.items() if run.epoch < epoch_of(author)]
        for author in over:
            del self._runs[author]
            self.changed += 1

    def of(self, author: str) -> dict[int, T]:
        """What an author says now, by key."""
        run = self._runs.get(author)
        return {} if run is None else {k: s for k, (_, s, _) in sorted(run.rows.items()) if s is not None}

    def cuts(self, author: str) -> dict[int, float]:
        """UTC s, by the author's clock, at which it told each key last."""
        run = self._runs.get(author)
        return {} if run is None else {k: cut for k, (_, _, cut) in run.rows.items()}

    def authors(self) -> list[str]:
        """Who has told anything, in order."""
        return sorted(self._runs)


def whole(value: Any, low: int, high: int, what: str) -> int:
    """A whole number between two, both possible; FormatError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise FormatError("range", f"{what} {str(value)[:40]!r}: expected a whole number from {low} to {high}")


def words(value: Any, most: int, what: str) -> str:
    """Printable text, cut after `most` characters; FormatError for what is none."""
    if not isinstance(value, str):
        raise FormatError("syntax", f"{what} {str(value)[:40]!r}: expected text")
    return "".join(c for c in value[:most] if c.isprintable())
