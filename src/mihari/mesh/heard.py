"""News from other nodes -> what each of them believes (`Foreign`), from batches in any order and of several grades.

Of the rows that one author told of a vessel, that of the greatest `order` holds. When an author begins a new run, what
it told before stays for a while: it tells its vessels under new ids, and nobody's screen should be empty meanwhile.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from mihari.core.columns import Array, specs
from mihari.core.errors import FormatError
from mihari.core.picture import ClaimedIdentity, VesselStatus
from mihari.core.shared import Shared
from mihari.mesh import identities, rows
from mihari.mesh.batches import Batch, Kind, Stream
from mihari.mesh.grades import GRADES

Claims = tuple[ClaimedIdentity, ...]
CLOCK_S = 0.25  # s by which clocks may differ without anybody's noticing: delays of links are not told from it
LATE_S = 60.0  # s that a batch from the future took to come, at most
TIMES = ("time", "heard_radar", "heard_ais")
BUILT_S = 60.0  # s in which the error of a grade builds up, about


@dataclass(slots=True)
class Beliefs:
    """One author's vessels: columns by place, with the order of each row; identities by vessel."""

    epoch: int
    place: dict[int, int] = field(default_factory=dict)
    columns: dict[str, Array] = field(
        default_factory=lambda: {n: np.full(64, absent, dtype) for n, dtype, absent in specs(Shared)}
    )
    order: Array = field(default_factory=lambda: np.zeros(64, np.int64))
    guessed: Array = field(default_factory=lambda: np.full(64, np.nan))  # s ahead that a row's clock seemed to be
    names: dict[int, Claims] = field(default_factory=dict)
    born: dict[int, float] = field(default_factory=dict)
    cut: float = -math.inf  # UTC s by the author's clock, of the newest batch
    came: float = -math.inf  # steady s at which it came
    changed: int = 0  # grows with each change
    timed: bool = False  # whether its rows have times of our clock: its own is compared with ours
    _made: tuple[int, Shared] | None = None
    _claims: tuple[int, dict[int, Claims]] = (-1, {})
    _renamed: int = 0

    def take_rows(self, shared: Shared, order: int, guessed: float = math.nan) -> None:
        """Rows of one batch; `guessed`: s by which its author's clock seemed to be ahead, NaN where that is known."""
        vessels = shared.vessel.tolist()
        places = list(map(self.place.get, vessels))
        if None in places:
            places = [here if (here := self.place.get(v)) is not None else self._place(v) for v in vessels]
        at = np.array(places, np.intp)
        newer = self.order[at] < order
        if not newer.all():
            at, shared = at[newer], shared.take(newer)
        for name, column in shared.columns().items():
            if name not in ("born", "mmsi"):
                self.columns[name][at] = column
        self.order[at], self.guessed[at] = order, guessed
        self.changed += 1

    def _place(self, vessel: int) -> int:
        """A place for a vessel that has none."""
        given = self.place[vessel] = len(self.place)
        if given >= len(self.order):
            self._widen()
        self._begin(vessel, given)
        return given

    def _begin(self, vessel: int, at: int) -> None:
        for name, _, absent in specs(Shared):
            self.columns[name][at] = absent
        self.order[at], self.guessed[at] = 0, math.nan
        self.columns["vessel"][at] = vessel
        self.columns["born"][at] = self.born.get(vessel, math.nan)
        self.columns["mmsi"][at] = _mmsi(self.names.get(vessel, ()))

    def _widen(self) -> None:
        self.columns = {n: np.concatenate([c, np.zeros_like(c)]) for n, c in self.columns.items()}
        self.order = np.concatenate([self.order, np.zeros_like(self.order)])
        self.guessed = np.concatenate([self.guessed, np.full_like(self.guessed, np.nan)])

    def take_names(self, vessels: list[int], named: list[identities.Named]) -> None:
        """Identities of one batch."""
        for vessel, (born, claims) in zip(vessels, named, strict=True):
            self.names[vessel], self.born[vessel] = claims, born
            at = self.place.get(vessel)
            if at is not None:
                self.columns["born"][at], self.columns["mmsi"][at] = born, _mmsi(claims)
        self.changed += 1
        self._renamed += 1

    def shift(self, seconds: float) -> None:
        """All rows later by so many s."""
        for name in TIMES:
            self.columns[name] += seconds
        self.changed += 1

    def settle(self, ahead: float) -> None:
        """The clock of this author is measured: what was guessed before, by batches from the future, is set right.

        A batch tells that a clock is ahead by its cut, less what it took to come: never by more than it is.
        """
        late = ahead - self.guessed
        at = np.flatnonzero((late > -CLOCK_S) & (late < LATE_S))
        if len(at):
            for name in TIMES:
                self.columns[name][at] -= late[at]
            self.guessed[at] = math.nan
            self.changed += 1

    def forget(self, vessels: Iterable[int]) -> None:
        """Vessels that the author has let go of."""
        gone = set(vessels) & self.place.keys()
        if not gone:
            return
        kept = [(v, at) for v, at in self.place.items() if v not in gone]
        order = np.array([at for _, at in kept], np.intp)
        for column in self.columns.values():
            column[: len(order)] = column[order]
        self.order[: len(order)], self.guessed[: len(order)] = self.order[order], self.guessed[order]
        self.place = {v: k for k, (v, _) in enumerate(kept)}
        for vessel in gone:
            self.names.pop(vessel, None)
            self.born.pop(vessel, None)
        self.changed += 1
        self._renamed += 1

    def claims(self) -> dict[int, Claims]:
        """What vessels call themselves; the same dictionary until something changes."""
        if self._claims[0] != self._renamed:
            self._claims = self._renamed, dict(self.names)
        return self._claims[1]

    def shared(self) -> Shared:
        """The vessels that are there, by id."""
        if self._made is None or self._made[0] != self.changed:
            n = len(self.place)
            here = np.flatnonzero((self.order[:n] > 0) & (self.columns["status"][:n] != VesselStatus.GONE))
            here = here[np.argsort(self.columns["vessel"][here], kind="stable")]
            self._made = self.changed, Shared(**{name: column[here] for name, column in self.columns.items()})
        return self._made[1]


def _mmsi(claims: Claims) -> int:
    return claims[0].mmsi if claims else 0


class Heard:
    """What all others have told. `refused` counts bodies that cannot be read, by author and reason."""

    def __init__(self) -> None:
        self.beliefs: dict[str, Beliefs] = {}
        self.refused: Counter[tuple[str, str]] = Counter()

    def take(self, batch: Batch, now: float, ahead: float = 0.0, guessed: bool = False) -> None:
        """One batch of vessels or identities; others are left alone.

        `ahead`: s by which its author's clock is ahead of ours: rows are kept with times of ours; `guessed`: by this
        batch itself, which comes from the future.
        """
        kind, author = batch.stream.kind, batch.stream.author
        if kind not in (Kind.VESSELS, Kind.IDENTITIES):
            return
        beliefs = self.beliefs.get(author)
        if beliefs is None or beliefs.epoch < batch.stream.epoch:
            beliefs = self.beliefs[author] = Beliefs(batch.stream.epoch)
        try:
            if kind == Kind.VESSELS:
                told = _sound(rows.decode(batch.body, batch.keys, batch.cut - ahead))
                told = widened(told, GRADES[min(batch.stream.grade, len(GRADES) - 1)].error)
                beliefs.take_rows(told, batch.order, ahead if guessed else math.nan)
            else:
                beliefs.take_names(batch.keys.tolist(), identities.decode(batch.body, len(batch.keys)))
        except FormatError as problem:
            self.refused[author, problem.reason] += 1
            return
        beliefs.cut, beliefs.came = batch.cut, now
        beliefs.timed |= abs(ahead) > CLOCK_S

    def correct(self, author: str, ahead: float) -> None:
        """An author's clock is `ahead` s ahead of ours, as is known now; what it told before it was known moves."""
        beliefs = self.beliefs.get(author)
        if beliefs is not None and not beliefs.timed:
            beliefs.timed = True
            if abs(ahead) > CLOCK_S:
                beliefs.shift(-ahead)
        elif beliefs is not None:
            beliefs.settle(ahead)

    def forget(self, stream: Stream, keys: Iterable[int], held: set[int]) -> None:
        """Keys of a stream that are gone; `held`: those that other grades of the author still hold."""
        beliefs = self.beliefs.get(stream.author)
        if beliefs is None or beliefs.epoch != stream.epoch:
            return
        if stream.kind == Kind.VESSELS:
            beliefs.forget(set(keys) - held)


def widened(shared: Shared, error: float) -> Shared:
    """Rows of a grade: as unsure as whoever reckons on from them, who is not told of errors below `error`, m.

    Such an error lies anywhere below it, so a third is its standard deviation; it builds up within a minute or so.

    >>> told = widened(Shared.of(1, vessel=1, cov_ee=100.0, cov_nn=100.0, cov_uu=0.04, cov_vv=0.04), 30.0)
    >>> float(told.cov_ee[0]), round(float(told.cov_uu[0]), 3)
    (200.0, 0.068)
    """
    if error == 0.0:
        return shared
    place, motion = (error / 3.0) ** 2, (error / 3.0 / BUILT_S) ** 2
    wider = {"cov_ee": place, "cov_nn": place, "cov_uu": motion, "cov_vv": motion}
    return shared.replace(**{name: getattr(shared, name) + more for name, more in wider.items()})


def _sound(shared: Shared) -> Shared:
    """The rows, if they can be true; FormatError else: nobody draws a vessel at 200 degrees north."""
    fine = (np.abs(shared.lat_deg) <= 90.0) & (np.abs(shared.lon_deg) <= 180.0)
    if not fine.all():
        raise FormatError("range", "vessels: a position off the Earth")
    return shared
