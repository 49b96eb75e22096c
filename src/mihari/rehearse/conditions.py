"""Spells of a patrol -> wind, sea and spell at a moment, as they truly are while a plan is flown."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

from mihari.patrol.file import PatrolFile
from mihari.patrol.spells import Spell, spells_of
from mihari.simulate.vehicles import Sea, Wind

GUSTS = 0.1  # of the mean wind: standard deviation of gusts over open sea; usual 0.08 to 0.12


@dataclass(frozen=True)
class Conditions:
    """Weather and light of a patrol. `begin`: UTC s of its hour 0.

    >>> from mihari.patrol.file import load
    >>> nansei = Conditions.of(load("nansei"))
    >>> nansei.index(nansei.begin + 15 * 3600), nansei.sea(nansei.begin + 15 * 3600).state
    (2, 4.0)
    """

    begin: float
    spells: list[Spell]
    starts: list[float] = field(repr=False)
    winds: list[Wind] = field(repr=False)
    seas: list[Sea] = field(repr=False)

    @classmethod
    def of(cls, file: PatrolFile) -> Conditions:
        """Those that a file tells."""
        spells = spells_of(file)
        winds = [Wind.of(s.weather.wind, s.weather.wind_from, GUSTS * s.weather.wind) for s in spells]
        seas = [Sea(s.weather.sea) for s in spells]
        return cls(file.start.timestamp(), spells, [s.start for s in spells], winds, seas)

    def index(self, time: float) -> int:
        """Row of the spell at a time (UTC s); before the first and after the last: those."""
        return max(bisect.bisect_right(self.starts, (time - self.begin) / 3600) - 1, 0)

    def wind(self, time: float) -> Wind:
        """The wind at a time."""
        return self.winds[self.index(time)]

    def sea(self, time: float) -> Sea:
        """The sea at a time."""
        return self.seas[self.index(time)]
