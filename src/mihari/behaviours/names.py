"""What vessels say of themselves over time: claims -> the identity of each MMSI, its versions, and its device.

A version is accepted when it was told twice: one AIS message in some 200 damaged ones passes its checksum (a 16 bit CRC
is repeated by chance, and receivers flip bits in names). What is kept follows from the set of claims and their times.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import astuple, dataclass, field
from typing import Any

import numpy as np

from mihari.behaviours.numbers import imo_is_wrong
from mihari.core.columns import Array
from mihari.core.reports import Batch, Subject

DRAUGHT_M = 1.0  # less is trim, fuel, or a figure set right; ours
VERSIONS = 8  # of one MMSI; more than that is a device on a test bench
NAMES = 200_000  # MMSI; the longest unheard leave first
ACCEPTED = 2  # times that a version must have been told


@dataclass(slots=True)
class Version:
    """One set of static data: when it was told first and last (UTC s), and how often."""

    name: str = ""
    imo: int = 0
    call_sign: str = ""
    first: float = 0.0
    last: float = 0.0
    times: int = 0


@dataclass(slots=True)
class Draught:
    """A draught, m: since when it is told (UTC s), and how often one after the other."""

    metres: float
    since: float
    times: int = 1


@dataclass(slots=True)
class Name:
    """What an MMSI told: versions of its static data, type (-1 none), length m (0 none), device, subject, draughts."""

    versions: list[Version] = field(default_factory=list)
    ship_type: int = -1
    type_time: float = 0.0
    length: float = 0.0
    device: str = ""
    subject: int = 0
    draughts: list[Draught] = field(default_factory=list)  # the one that is told, and the one before it

    @property
    def accepted(self) -> list[Version]:
        """The versions that were told often enough to be believed, the oldest first."""
        return sorted((v for v in self.versions if v.times >= ACCEPTED), key=lambda v: (v.first, v.name))

    @property
    def name(self) -> str:
        """The name told last; "" for none."""
        told = [v for v in self.versions if v.name]
        return max(told, key=lambda v: (v.last, v.name)).name if told else ""


class Names:
    """MMSI -> `Name`.

    >>> from mihari.core.reports import Claims, Reports
    >>> names = Names()
    >>> batch = Batch(Reports.of(1, time=5.0, claim=0), Claims.of(1, mmsi=7, name=["MAAS"], ship_type=70))
    >>> names.take(batch), names.of(7).name, names.of(7).accepted
    ([7], 'MAAS', [])
    """

    def __init__(self, limit: int = NAMES) -> None:
        self._limit = limit
        self._of: dict[int, Name] = {}
        self._odd: set[int] = set()  # MMSI that told several versions, or an IMO number that cannot be

    def __len__(self) -> int:
        return len(self._of)

    def of(self, mmsi: int) -> Name:
        """What an MMSI told; nothing if it never spoke."""
        return self._of.get(mmsi) or Name()

    def retold(self, mmsi: int) -> float | None:
        """UTC s since when an MMSI tells what contradicts what it told before; None where it does not."""
        told = self.of(mmsi).accepted if mmsi in self._odd else []
        return min((b.first for k, b in enumerate(told) if any(_contradicts(a, b) for a in told[:k])), default=None)

    def wrong_imo(self, mmsi: int) -> float | None:
        """UTC s since when an MMSI tells an IMO number that cannot be; None where it does not, or no more."""
        told = [v for v in self.of(mmsi).accepted if v.imo] if mmsi in self._odd else []
        newest = max(told, key=lambda v: (v.last, v.imo), default=None)
        return newest.first if newest is not None and imo_is_wrong(newest.imo) else None

    def draught_changed(self, mmsi: int) -> float | None:
        """UTC s since when an MMSI tells another draught, by a metre or more, than before; None where it does not."""
        told = self.of(mmsi).draughts if mmsi in self._odd else []
        changed = len(told) == 2 and abs(told[1].metres - told[0].metres) >= DRAUGHT_M and told[1].times >= ACCEPTED
        return told[1].since if changed else None

    @property
    def odd(self) -> Set[int]:
        """The MMSI of whom `retold`, `wrong_imo` or `draught_changed` may have something to tell."""
        return self._odd

    def take(self, batch: Batch) -> list[int]:
        """Claims of a batch; the MMSI whose static data is new or accepted now."""
        claims, reports, news = batch.claims, batch.reports, []
        rows = np.flatnonzero((reports.claim >= 0) & (reports.claim < len(claims)))
        static = _static(batch)
        for row in rows.tolist():
            claim = int(reports.claim[row])
            mmsi = int(claims.mmsi[claim])
            name = self._of.get(mmsi)
            if name is None:
                name = self._of[mmsi] = Name()
                if len(self._of) > self._limit:
                    first = next(iter(self._of))
                    del self._of[first]
                    self._odd.discard(first)
            if not static[claim]:
                if not name.device:
                    name.device, name.subject = str(claims.device[claim]), int(claims.subject[claim])
                continue
            if self._told(name, batch, claim, float(reports.time[row])):
                news.append(mmsi)
        return sorted(set(news))

    def state(self) -> list[list[Any]]:
        """All that is known, as JSON values."""
        return [
            [
                mmsi,
                [astuple(v) for v in n.versions],
                n.ship_type,
                n.type_time,
                n.length,
                n.device,
                n.subject,
                [astuple(d) for d in n.draughts],
            ]
            for mmsi, n in self._of.items()
        ]

    def restore(self, state: list[list[Any]]) -> None:
        """Know this and nothing else."""
        self._of = {}
        for mmsi, versions, *rest, draughts in state:
            name = self._of[mmsi] = Name([Version(*v) for v in versions], *rest)
            name.draughts = [Draught(*d) for d in draughts]
        self._odd = {
            m
            for m, n in self._of.items()
            if len(n.versions) > 1 or len(n.draughts) > 1 or any(imo_is_wrong(v.imo) for v in n.versions)
        }

    def _told(self, name: Name, batch: Batch, claim: int, time: float) -> bool:
        claims = batch.claims
        name.subject = int(claims.subject[claim])
        name.device = str(claims.device[claim]) or name.device
        length = float(claims.bow[claim]) + float(claims.stern[claim])
        if claims.ship_type[claim] >= 0 and time >= name.type_time:
            name.ship_type, name.type_time = int(claims.ship_type[claim]), time
        if length > 0:
            name.length = length
        sunk = self._sunk(name, float(claims.draught[claim]), time)
        if len(name.draughts) > 1:
            self._odd.add(int(claims.mmsi[claim]))
        told = (str(claims.name[claim]), int(claims.imo[claim]), str(claims.call_sign[claim]))
        if not any(told):
            return sunk
        version = next((v for v in name.versions if _agrees(v, told)), None)
        if version is None:
            if len(name.versions) >= VERSIONS:
                return sunk
            version = Version(*told, first=time, last=time)
            name.versions.append(version)
        else:
            version.name, version.imo = version.name or told[0], version.imo or told[1]
            version.call_sign = version.call_sign or told[2]
        version.first, version.last = min(version.first, time), max(version.last, time)
        version.times += 1
        if len(name.versions) > 1 or imo_is_wrong(version.imo):
            self._odd.add(int(claims.mmsi[claim]))
        return sunk or version.times in (1, ACCEPTED)

    @staticmethod
    def _sunk(name: Name, metres: float, time: float) -> bool:
        """A draught that was told; whether another one is believed now. One that was told once is a slip."""
        if not metres > 0 or (name.draughts and time < name.draughts[-1].since):
            return False
        if name.draughts and abs(name.draughts[-1].metres - metres) < 0.05:
            name.draughts[-1].times += 1
            return len(name.draughts) > 1 and name.draughts[-1].times == ACCEPTED
        name.draughts = [*(d for d in name.draughts if d.times >= ACCEPTED), Draught(metres, time)][-2:]
        return False


def _contradicts(a: Version, b: Version) -> bool:
    """Whether two versions tell something that is not the same; what one of them leaves out says nothing."""
    return any(x != y for x, y in ((a.name, b.name), (a.imo, b.imo), (a.call_sign, b.call_sign)) if x and y)


def _agrees(version: Version, told: tuple[str, int, str]) -> bool:
    """Whether static data is of a version: what both tell is the same, and they share something."""
    pairs = ((version.name, told[0]), (version.imo, told[1]), (version.call_sign, told[2]))
    both = [a == b for a, b in pairs if a and b]
    return all(both) and (bool(both) or not any((version.name, version.imo, version.call_sign)))


def _static(batch: Batch) -> Array:
    """(claims,) whether a claim tells more than MMSI, status and device."""
    c = batch.claims
    told = (c.name != "") | (c.imo != 0) | (c.call_sign != "") | (c.ship_type >= 0) | np.isfinite(c.bow)
    named = (c.subject == Subject.VESSEL) | (c.subject == Subject.AID) | (c.subject >= Subject.SART)
    return np.asarray(told & named)


def number_of(mmsi: int) -> str:
    """What an MMSI is by its digits, ITU-R M.585: "ship" with maritime identification digits 201 to 775, or "other".

    Numbers that devices are sold with, or that somebody made up, are "invalid".

    >>> number_of(431000001), number_of(888888888), number_of(123456789), number_of(970123456), number_of(0)
    ('ship', 'invalid', 'invalid', 'other', 'none')
    """
    if mmsi == 0:
        return "none"
    text = f"{mmsi:09d}"
    if len(set(text)) <= 2 or text in ("123456789", "987654321", "012345678"):
        return "invalid"
    if 201 <= int(text[:3]) <= 775:
        return "ship"
    return "other" if text[0] in "0189" else "invalid"
