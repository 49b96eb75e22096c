"""Frames of single vessels, by whatever modem -> what each author believes, as far as it was told and is not too old.

Nobody acknowledges, and anybody may record a message and send it once more. So what is older than the row that a vessel
has is refused, as is what comes from the future, from long ago, or from more authors or vessels than a coast has. A
frame that says what is known already is counted and changes nothing: a row's age is that of its report, never that
of its coming.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.core.picture import Source, VesselStatus
from mihari.core.shared import Shared
from mihari.mesh import single

AUTHORS_MOST, VESSELS_MOST = 64, 500  # that modems may tell; a vehicle with a modem sees a few, and 500 take an hour
FUTURE_S = 5.0  # by which a row may be ahead of us: as of the union
FADE_S = 900.0  # two refreshes were lost, or the author is silent
FORGET_S = 1800.0  # as of the union
AGAIN, OWN = "again", "from myself"  # not believed, and nothing wrong: told twice against loss; our own modem's echo


@dataclass(slots=True)
class Voice:
    """One author. Times of its rows are by its own clock; `heard`: steady s; `modem`: by which it was heard last."""

    run: int
    heard: float
    modem: str
    newest: float = -math.inf  # time of its newest row
    rows: dict[int, Shared] = field(default_factory=dict)  # vessel -> one row; those that are gone stay, against replay
    by_link: set[int] = field(default_factory=set)  # of these, those that a link has told of too
    changed: int = 0
    _made: tuple[int, Shared] = (-1, Shared.empty())

    def all(self) -> Shared:
        """All rows, by vessel."""
        if self._made[0] != self.changed:
            self._made = self.changed, Shared.concatenate([self.rows[v] for v in sorted(self.rows)])
        return self._made[1]

    def end(self, vessels: Iterable[int]) -> None:
        """Vessels that are gone, as was told by another way."""
        for vessel in vessels:
            row = self.rows.get(vessel)
            if row is not None:
                self.rows[vessel] = row.replace(status=np.array([VesselStatus.GONE], np.uint8))
                self.by_link.discard(vessel)
                self.changed += 1


class Book:
    """`take` each frame; `rows` are what an author believes. `own`: our author id; `key`: the coast's.

    `ahead`: s by which an author's clock, named by its first 8 digits, is ahead of ours as far as is known.
    """

    def __init__(self, own: str, key: bytes, ahead: Callable[[str], float] = lambda author: 0.0) -> None:
        self.voices: dict[str, Voice] = {}  # by the first 8 digits of the author
        self._own, self._key, self._ahead = own[:8], key, ahead

    def take(self, frame: bytes, modem: str, now: float, utc: float) -> str:
        """Why a frame is not believed; "" where it is. `now`: steady s."""
        try:
            author, row = single.decode(frame, self._key)
        except FormatError as problem:
            return problem.reason
        if author == self._own:
            return OWN
        if abs(row.lat_deg[0]) > 90.0 or abs(row.lon_deg[0]) > 180.0:
            return "range"
        age = utc - (float(row.time[0]) - self._ahead(author))
        if age < -FUTURE_S or age > FORGET_S:
            return "future" if age < 0.0 else "old"
        return self._believe(author, single.run_of(frame), row, modem, now)

    def _believe(self, author: str, run: int, row: Shared, modem: str, now: float) -> str:
        voice, vessel, time = self.voices.get(author), int(row.vessel[0]), float(row.time[0])
        if voice is None and len(self.voices) >= AUTHORS_MOST:
            return "flood"
        if voice is None or voice.run != run:  # of another run: other vessels have the ids
            if voice is not None and time <= voice.newest:
                return "replayed"
            voice = self.voices[author] = Voice(run, now, modem)
        before = voice.rows.get(vessel)
        if before is None and len(voice.rows) >= VESSELS_MOST:
            return "flood"
        if before is not None and time <= before.time[0]:
            return AGAIN if time == before.time[0] else "replayed"
        voice.rows[vessel], voice.newest = row, max(voice.newest, time)
        voice.heard, voice.modem = now, modem
        voice.changed += 1
        return ""

    def rows(self, author: str, utc: float) -> Shared:
        """What an author believes, with times of our clock; who was not told of for long is shown as faded."""
        told = self.voices[author].all()
        if len(told) == 0:
            return told
        time = told.time - self._ahead(author)
        here = np.flatnonzero((utc - time <= FORGET_S) & (told.status < VesselStatus.GONE))
        told, time = told.take(here), time[here]
        return faded(told.replace(time=time), utc - time > FADE_S)

    def tidy(self, utc: float) -> None:
        """Forget what is too old, and authors of whom nothing is left; to be called every few seconds."""
        for author, voice in list(self.voices.items()):
            ahead = self._ahead(author)
            over = [v for v, row in voice.rows.items() if utc - (float(row.time[0]) - ahead) > FORGET_S]
            for vessel in over:
                del voice.rows[vessel]
                voice.by_link.discard(vessel)
            voice.changed += bool(over)
            if not voice.rows:
                del self.voices[author]


def faded(rows: Shared, which: Array, status: VesselStatus = VesselStatus.FADED) -> Shared:
    """Rows of which some are fresh no longer: nobody tells that anything holds them now.

    >>> old = faded(Shared.of(2, vessel=[1, 2], source=3), np.array([False, True]))
    >>> old.status.tolist(), old.source.tolist()
    ([0, 2], [3, 0])
    """
    if not which.any():
        return rows
    return rows.replace(
        status=np.where(which, np.maximum(rows.status, status), rows.status),
        source=np.where(which, rows.source & np.uint8(Source.EXERCISE), rows.source),
    )
