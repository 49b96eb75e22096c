"""What goes out next on a link: alarms, then what the other side misses most.

On a thin link a batch is worth the seconds that its vessels have not been told of there, a vessel never told of most,
for each byte; what newer batches have overtaken is worth nothing and is not sent (after "age of information", Kaul,
Yates and Gruteser 2012, eq. 1: the mean age is what the reader of a picture suffers from).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from mihari.mesh.batches import URGENT, Batch, Kind, Stream
from mihari.mesh.bulk import ALONE, BULK, SHARE, UNDER_WAY, first
from mihari.mesh.link import OVERHEAD, Link, Ref
from mihari.mesh.store import Held, Store
from mihari.mesh.transport import Lane

NEW_S = 900.0  # a vessel never told of counts as one not told of for so long
JUDGE_S = 1.0  # between two judgements of what waits
WORTH = {Kind.VESSELS: 1.0, Kind.IDENTITIES: 0.05}  # after the last place never told; before news of half a minute
OTHER = 0.3


def urgent(link: Link, store: Store) -> Iterator[tuple[Ref, Batch]]:
    """What overtakes all else, oldest first; it is taken out of what waits."""
    for stream in sorted((s for s in link.waiting if s.kind in URGENT), key=lambda s: (s.kind != Kind.CERTIFICATE, s)):
        for seq in sorted(link.waiting.pop(stream)):
            batch = _alive(store, stream, seq)
            if batch is not None:
                yield (stream, seq), batch


def next_one(link: Link, store: Store, now: float) -> tuple[Ref, Batch] | None:
    """The batch to send next, taken out of what waits; None where nothing does."""
    if link.profile.thin and (now - link.judged >= JUDGE_S or not link.order):
        link.order, link.judged = judge(link, store, now), now
    while True:
        ref = _first(link)
        if ref is None:
            return None
        stream, seq = ref
        if link.waiting.get(stream, {}).pop(seq, 0) == 0:
            continue  # overtaken meanwhile
        if not link.waiting[stream]:
            del link.waiting[stream]
        batch = _alive(store, stream, seq)
        if batch is not None:
            return ref, batch


def _first(link: Link) -> Ref | None:
    if link.profile.thin:
        return link.order.popleft() if link.order else None
    live = (s for s in link.waiting if s.kind not in BULK)
    for stream in sorted(live, key=lambda s: s.kind == Kind.IDENTITIES):  # a name can wait for a place
        for seq in link.waiting[stream]:
            return stream, seq
    return None


def judge(link: Link, store: Store, now: float) -> deque[Ref]:
    """All that waits, what is worth most first; what says nothing any more is forgotten."""
    worth: list[tuple[float, Ref]] = []
    for stream, seqs in list(link.waiting.items()):
        if stream.kind in BULK:
            continue
        held = store.get(stream)
        if held is None:
            del link.waiting[stream]
            continue
        for seq in [s for s in seqs if s not in held.batches]:
            del seqs[seq]
        told = link.told.get((stream.author, stream.kind), {})
        factor = WORTH.get(Kind(stream.kind), OTHER) if stream.kind in Kind._value2member_map_ else OTHER
        worth += [(factor * _missed(held, seq, told, now), (stream, seq)) for seq in seqs]
    worth.sort(key=lambda pair: (-pair[0], pair[1][1]))
    return deque(ref for _, ref in worth)


def _missed(held: Held, seq: int, told: dict[int, float], now: float) -> float:
    """Seconds by which the other side is behind in the vessels of a batch, together, for each byte of it."""
    batch = held.batches[seq]
    rows = held.rows
    waits = (min(now - told.get(k, now - NEW_S), NEW_S) for k in batch.keys.tolist() if rows.get(k) == seq)
    return (sum(waits) + 1.0) / len(batch.raw)


def bulk(link: Link, store: Store, now: float) -> tuple[Ref, Batch] | None:
    """The batch to send next of what may wait, taken out of it; None where there is none, or no room for it yet."""
    if link.profile.thin and now < link.bulk_due:
        return None
    if link.under_way_in(Lane.HISTORY) >= (link.profile.window // 2 if link.profile.thin else UNDER_WAY):
        return None
    for stream in first(link.waiting):
        waiting = link.waiting[stream]
        while waiting:
            seq = next(iter(waiting))
            del waiting[seq]
            batch = _alive(store, stream, seq)
            if batch is not None:
                return (stream, seq), batch
        del link.waiting[stream]
    return None


def pause(link: Link, size: int) -> float:
    """Seconds from a frame of bulk of so many bytes to the next one on this link."""
    if not link.profile.thin:
        return 0.0
    alone = all(stream.kind in BULK for stream in link.waiting)
    return (size + OVERHEAD) / (link.profile.rate * (ALONE if alone else SHARE))


def tell(link: Link, batch: Batch, now: float) -> None:
    """A batch is sent: its keys are told of now."""
    if link.profile.thin and not batch.stream.log:
        told = link.told.setdefault((batch.stream.author, batch.stream.kind), {})
        told.update(dict.fromkeys(batch.keys.tolist(), now))


def _alive(store: Store, stream: Stream, seq: int) -> Batch | None:
    held = store.get(stream)
    return None if held is None else held.batches.get(seq)
