"""What a node holds of all streams: the batches that still say something. Any of them may be served to any neighbour.

Of a state, a batch lives as long as one of its keys has no newer row; of a log, until the author's floor passes it.
Taking a batch in twice changes nothing, and the order in which batches come does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from mihari.core.columns import Array
from mihari.mesh.batches import Batch, Stream
from mihari.mesh.bulk import BULK, BULK_MOST

STREAMS = 1024  # held at most; beyond: refused
KEYS = 200_000  # of one stream
BYTES = 256 << 20  # of all batches together
GRACE_S = 20.0  # a key below the floor is kept so long: its newer row may be on the way


@dataclass(slots=True)
class Held:
    """One stream. `rows`: key -> seq of the batch that holds its newest row."""

    stream: Stream
    batches: dict[int, Batch] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    alive: dict[int, int] = field(default_factory=dict)  # seq -> how many keys of the batch still hold
    head: int = 0
    floor: int = 0
    cut: float = -np.inf  # UTC s by the author's clock, of the newest batch
    came: float = -np.inf  # steady s at which it came here
    size: int = 0
    check: int = 0  # xor of `mixed` over the batches that live
    floors: list[tuple[float, int]] = field(default_factory=list)  # (steady s, floor) still to be enforced

    def __len__(self) -> int:
        return len(self.batches)

    def take(self, batch: Batch, now: float) -> bool:
        """Take a batch in; False where it says nothing new."""
        if batch.seq in self.batches or batch.seq < self.floor:
            return False
        if self.stream.log:
            held = 1
        else:
            rows, seq, keys = self.rows, batch.seq, batch.keys.tolist()
            before = Counter(map(rows.get, keys))  # None: of those told for the first time
            if max((s for s in before if s is not None), default=0) > seq:
                keys = [k for k in keys if rows.get(k, 0) < seq]
                before = Counter(map(rows.get, keys))
            if not keys:
                return False
            for earlier, count in before.items():
                self._leave(earlier or 0, count)
            rows.update(dict.fromkeys(keys, seq))
            held = len(keys)
        self.batches[batch.seq], self.alive[batch.seq] = batch, held
        self.size += len(batch.raw)
        self.check ^= mixed(batch.seq)
        if batch.seq > self.head:
            self.head, self.cut, self.came = batch.seq, batch.cut, now
        if batch.floor > max(self.floor, self.floors[-1][1] if self.floors else 0):
            self.floors.append((now, batch.floor))
        return True

    def _leave(self, seq: int, count: int = 1) -> None:
        """So many keys of this batch have a newer row."""
        if seq:
            self.alive[seq] -= count
            if self.alive[seq] == 0:
                self._drop(seq)

    def _drop(self, seq: int) -> None:
        self.size -= len(self.batches.pop(seq).raw)
        del self.alive[seq]
        self.check ^= mixed(seq)

    def enforce(self, now: float, grace: float = GRACE_S) -> list[int]:
        """Let go of what the author's floor has passed; the keys that are gone by it."""
        floor = self.floor
        while self.floors and now - self.floors[0][0] >= grace:
            floor = self.floors.pop(0)[1]
        return self.raise_floor(floor) if floor > self.floor else []

    def raise_floor(self, floor: int) -> list[int]:
        """Let go of batches below; the keys that are gone by it."""
        self.floor = floor
        below = [seq for seq in self.batches if seq < floor]
        gone: list[int] = []
        for seq in below:
            keys = self.batches[seq].keys.tolist()
            gone += [k for k in keys if self.rows.get(k) == seq]
            self._drop(seq)
        for key in gone:
            del self.rows[key]
        return gone

    def forget(self, keys: list[int]) -> None:
        """The author lets go of keys of its own: their rows hold no longer."""
        for key in keys:
            self._leave(self.rows.pop(key, 0))

    @property
    def oldest(self) -> int:
        """The floor that the author may tell: the oldest batch that holds; the next one if none does."""
        return min(self.batches, default=self.head + 1)

    def seqs(self) -> Array:
        """Of the batches that live, ascending."""
        return np.array(sorted(self.batches), np.int64)


def mixed(seq: int) -> int:
    """A number's bits well mixed (splitmix64, Steele 2014), for sums that tell sets apart.

    >>> mixed(1) == mixed(2), mixed(0)
    (False, 0)
    """
    x = seq & 0xFFFFFFFFFFFFFFFF
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return x ^ (x >> 31)


class Store:
    """All streams of all authors. `refused` counts what was not taken, by reason."""

    def __init__(self) -> None:
        self._held: dict[Stream, Held] = {}
        self._epochs: dict[str, int] = {}
        self.refused: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Held]:
        return iter(list(self._held.values()))

    def __contains__(self, stream: object) -> bool:
        return stream in self._held

    def get(self, stream: Stream) -> Held | None:
        """A stream, if anything is held of it."""
        return self._held.get(stream)

    def open(self, stream: Stream) -> Held:
        """A stream, begun if nothing is held of it."""
        return self._held.setdefault(stream, Held(stream))

    def epoch(self, author: str) -> int:
        """The newest run of an author that was heard of; 0 none."""
        return self._epochs.get(author, 0)

    def why_not(self, batch: Batch) -> str:
        """The reason for which a batch is not taken, "" if it may be: a run that is over, or no room."""
        if batch.stream.epoch < self.epoch(batch.stream.author):
            return "replayed"
        held = self._held.get(batch.stream)
        if held is None and len(self._held) >= STREAMS:
            return "streams"
        bulk = BULK.get(batch.stream.kind)
        if bulk is not None and self._too_much(batch, bulk.most):
            return "bulk"
        if held is not None and len(held.rows) + len(batch.keys) > KEYS:
            return "keys"
        return "bytes" if self.size + len(batch.raw) > BYTES else ""

    def _too_much(self, batch: Batch, most: int) -> bool:
        """Whether its author's batches of that kind, or all bulk together, would be more than is held with this one."""
        mine = sum(h.size for h in self.of(batch.stream.author, batch.stream.kind))
        bulk = sum(h.size for stream, h in self._held.items() if stream.kind in BULK)
        return mine + len(batch.raw) > most or bulk + len(batch.raw) > BULK_MOST

    def take(self, batch: Batch, now: float) -> bool:
        """Take a batch in, once its signature is known to hold; False where it says nothing new."""
        author, epoch = batch.stream.author, batch.stream.epoch
        if epoch > self.epoch(author):
            self._epochs[author] = epoch
            for stream in [s for s in self._held if s.author == author and s.epoch < epoch]:
                del self._held[stream]
        return self.open(batch.stream).take(batch, now)

    def drop(self, stream: Stream) -> None:
        """Forget a stream."""
        self._held.pop(stream, None)

    def of(self, author: str, kind: int | None = None) -> list[Held]:
        """An author's streams, of one kind or all."""
        return [h for s, h in self._held.items() if s.author == author and kind in (None, s.kind)]

    @property
    def size(self) -> int:
        """Bytes of all batches."""
        return sum(h.size for h in self._held.values())
