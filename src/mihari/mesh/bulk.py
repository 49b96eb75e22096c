"""What may wait for all else: people's cases, offers of patterns, bytes of files. Which links carry it, and how much.

It goes in the lowest lane, a tenth of a thin link at most while anything else waits there, and what of it would take
minutes does not go by that link at all. So a casebook of megabytes never stands before a vessel that has turned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mihari.mesh.batches import Kind, Stream
from mihari.mesh.profiles import Profile

SHARE, ALONE = 0.1, 0.5  # of a thin link's rate: while something else waits there, and while nothing does
BULK_MOST = 160 << 20  # bytes of all nodes together: of 256 MiB, the rest is for what is live
UNDER_WAY = 256 << 10  # bytes of a wide link, likewise lost to what comes next: 20 ms of 100 Mbit/s


@dataclass(frozen=True, slots=True)
class Bulk:
    """`least`: bytes/s that a thin link must carry to carry it; `most`: bytes that are held of one node's."""

    least: float
    most: int


BULK: dict[int, Bulk] = {
    Kind.CASES: Bulk(1_000.0, 32 << 20),  # not over acoustic links: a note would take a minute of them
    Kind.PATTERNS: Bulk(1_000.0, 64 << 10),
    Kind.FILES: Bulk(200_000.0, 20 << 20),
    Kind.PIECES: Bulk(200_000.0, 20 << 20),  # LAN and cellular: 8 MiB are 4 minutes of satellite with nothing else
}


def carries(profile: Profile, kind: int) -> bool:
    """Whether a link carries this kind.

    >>> from mihari.mesh.profiles import PROFILES
    >>> [name for name, profile in PROFILES.items() if carries(profile, Kind.PIECES)]
    ['lan', 'cellular']
    """
    return kind not in BULK or not profile.thin or profile.rate >= BULK[kind].least


def first(waiting: Iterable[Stream]) -> list[Stream]:
    """Streams of bulk in the order in which they go: what is small first.

    >>> [s.kind for s in first([Stream("aa", 1, 11), Stream("aa", 1, 1), Stream("aa", 1, 66)])]
    [66, 11]
    """
    return sorted((s for s in waiting if s.kind in BULK), key=lambda s: (BULK[s.kind].least, s.kind != Kind.CASES, s))
