"""When the states of tracks were asked for -> metadata of a track file, and back: an empty moment is a moment, too.

A track file has rows only where there were tracks. Without its begin and its end, whoever finds nothing is not judged.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mihari.core.errors import BadInput
from mihari.core.tracks import Believed

KEY = "mihari.asked"  # in the Parquet file's own metadata
LEAST_S = 1.0  # tracks are asked for at whole seconds of data time


@dataclass(frozen=True, slots=True)
class Asked:
    """Tracks were asked for from `begin` to `end` (UTC s), both included, every `every` s."""

    begin: float
    end: float
    every: float

    def metadata(self) -> dict[str, str]:
        """What the file tells of it."""
        return {KEY: json.dumps(asdict(self))}

    @classmethod
    def of(cls, metadata: Mapping[bytes, bytes] | None, path: Path) -> Asked | None:
        """What the metadata of the file `path` tell; None where they are silent, BadInput where they make no sense.

        >>> told = Asked(0.0, 60.0, 10.0).metadata()
        >>> Asked.of({key.encode(): text.encode() for key, text in told.items()}, Path("t.parquet"))
        Asked(begin=0.0, end=60.0, every=10.0)
        """
        text = (metadata or {}).get(KEY.encode())
        if text is None:
            return None
        try:
            told = json.loads(text)
            asked = cls(*(float(told[name]) for name in ("begin", "end", "every")))
        except (ValueError, TypeError, KeyError, OverflowError):
            asked = cls(math.nan, math.nan, math.nan)
        if not (-math.inf < asked.begin <= asked.end < math.inf and LEAST_S <= asked.every < math.inf):
            raise BadInput(f"{path}: metadata {KEY}: expected begin, end (UTC s) and every (s, at least {LEAST_S:g})")
        return asked

    def between(self, before: float, after: float, first: float, last: float) -> Iterator[float]:
        """The times asked for after `before` and ahead of `after`, from `first` to `last` at most.

        >>> list(Asked(0.0, 60.0, 10.0).between(20.0, 51.0, 25.0, 99.0))
        [30.0, 40.0]
        """
        stop = min(after - self.every / 2, math.nextafter(min(self.end, last), math.inf))
        if not first < stop:
            return
        number = max(1, math.ceil((first - before) / self.every))
        while (time := before + number * self.every) < stop:
            yield time
            number += 1


def whole(
    told: Iterable[tuple[float, Believed]], asked: Asked, first: float, last: float
) -> Iterator[tuple[float, Believed]]:
    """(time, tracks) in order, with an empty one wherever tracks were asked for and none is told.

    From `first` to `last` (UTC s) at most.

    >>> rows = [(10.0, Believed.of(3)), (40.0, Believed.of(1))]
    >>> [(time, len(tracks)) for time, tracks in whole(rows, Asked(0.0, 60.0, 10.0), 0.0, 50.0)]
    [(0.0, 0), (10.0, 3), (20.0, 0), (30.0, 0), (40.0, 1), (50.0, 0)]
    """
    before = asked.begin - asked.every
    for time, tracks in told:
        for empty in asked.between(before, time, first, last):
            yield empty, Believed.empty()
        yield time, tracks
        before = max(before, time)
    for empty in asked.between(before, math.inf, first, last):
        yield empty, Believed.empty()
