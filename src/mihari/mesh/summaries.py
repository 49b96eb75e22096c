"""What two neighbours tell each other of what they hold, so that what was lost on the way is mended.

A stream is told by how many of its batches live and a check over their numbers; where two sides differ, and no news
are on their way that would explain it, one asks the other for the numbers, and lets wait what it lacks.
"""

from __future__ import annotations

from mihari.mesh import ids, wire
from mihari.mesh.batches import Stream
from mihari.mesh.link import Link
from mihari.mesh.store import Held
from mihari.mesh.wire import Extent, Part, Reach, Summary, Want

ASK_S = 0.2  # until a difference is asked about: others may show meanwhile
THIN_MOST, WIDE_MOST = 1100, 30_000  # bytes of one message


def compare(link: Link, held: Held, told: Extent | None, last: bool, now: float) -> None:
    """Let wait what the other side lacks of a stream that it wants; `told`: what it says of it in this summary.

    `last`: with this message all of the summary is known.
    """
    stream = held.stream
    if told is None:
        if last and stream not in link.extents:
            lacks(link, held, set())
    elif told.seqs is not None:
        link.doubts.discard(stream)
        lacks(link, held, set(ids.unpack(told.seqs).tolist()))
    elif (told.count, told.check) != (len(held), held.check) and not busy(link, stream):
        link.doubts.add(stream)
        link.summary_due = min(link.summary_due, now + ASK_S)


def lacks(link: Link, held: Held, theirs: set[int]) -> None:
    """All that the other side has not, and that is not under way, is to be told."""
    flying = {ref for flight in link.flights.values() for ref in flight.refs}
    waiting = link.waiting.get(held.stream, {})
    for seq in [s for s in waiting if s in theirs]:
        del waiting[seq]
    for seq in held.batches:
        if seq not in theirs and (held.stream, seq) not in flying:
            link.wait(held.stream, seq)


def busy(link: Link, stream: Stream) -> bool:
    """Whether news of the stream are on their way there: then the two sides differ, and rightly."""
    flying = any(s == stream for flight in link.flights.values() for s, _ in flight.refs)
    return flying or bool(link.waiting.get(stream))


def written(link: Link, reaches: list[Reach], wants: list[Want], held: list[Held]) -> list[bytes]:
    """The messages of a summary; what was asked for, and what they are told of first, with its numbers."""
    extents = [extent_of(h, h.stream in link.asked or h.stream not in link.extents_told) for h in held]
    link.extents_told |= {stream_of(e) for e in extents}
    asks = [Extent(bytes.fromhex(s.author), s.epoch, s.kind, s.grade, s.group, 0, 0) for s in sorted(link.doubts)]
    link.asked.clear()
    link.doubts.clear()
    return parted(reaches, wants, extents, asks, link.profile.thin)


def extent_of(held: Held, numbers: bool) -> Extent:
    """What is held of a stream, with the numbers of its batches or without."""
    s = held.stream
    seqs = ids.pack(held.seqs()) if numbers else None
    return Extent(bytes.fromhex(s.author), s.epoch, s.kind, s.grade, s.group, len(held), held.check, seqs)


def stream_of(e: Extent) -> Stream:
    """The stream that an extent is of."""
    return Stream(e.author.hex(), e.epoch, e.kind, e.grade, e.group)


def parted(
    reaches: list[Reach], wants: list[Want], extents: list[Extent], asks: list[Extent], thin: bool
) -> list[bytes]:
    """A summary in as many messages as it takes."""
    most = THIN_MOST if thin else WIDE_MOST
    groups: list[list[Extent]] = [[]]
    size = 40 + 24 * len(reaches) + 16 * len(wants) + 24 * len(asks)
    for extent in extents:
        each = 40 + len(extent.group) + len(extent.seqs or b"")
        if groups[-1] and size + each > most:
            groups.append([])
            size = 40
        groups[-1].append(extent)
        size += each
    return [
        wire.message(
            Part.SUMMARY,
            Summary(reaches if k == 0 else [], wants if k == 0 else [], g, asks if k == 0 else [], k, len(groups)),
        )
        for k, g in enumerate(groups)
    ]
