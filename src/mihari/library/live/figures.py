"""Figures of a vessel that patterns are matched by as they come: measures, findings, attributes, and each over a while.

A **base** is what an update tells: one number, NaN where it is not known; a finding is 0 or 1, a word its place in
`words`. A **figure** is a base as it is, or its mean, least, most or span over the last minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mihari.behaviours.language import Vocabulary
from mihari.behaviours.language.facts import WORD

PANES = 6  # of a window: what it covers is true to a sixth of it
STEPS = 32_766  # a base is kept over a while in steps of its resolution, at most so many either way
LONGEST_MIN = 720  # a sample a second for so long is summed up in 32 bits
STATISTICS = ("mean", "least", "most", "span")
# unit -> what a base is rounded to where it is kept over a while; half a step is less than any sensor's error
RESOLUTIONS = {"kn": 0.1, "m/s": 0.05, "km/h": 0.2, "NM": 0.02, "km": 0.05, "m": 5.0, "deg": 0.1, "rad": 0.002,
               "h": 0.01, "min": 0.1, "s": 1.0, "": 0.01}  # fmt: skip
ENOUGH_MIN = (5, 15, 60, 180)  # a manoeuvre, a tow's turn, a tow, a night's work


class Figure(NamedTuple):
    """What a comparison asks for: `base` as it is (no `statistic`), or over the last `window_s` seconds."""

    base: str
    statistic: str = ""
    window_s: int = 0


@dataclass(frozen=True, slots=True)
class Base:
    """What an update tells of a vessel. `of_leg`: known once the next update comes, as the speed from place to place.

    `words`: those of an attribute, by code; of none other is anything known. `resolution`: in `unit`.
    """

    name: str
    unit: str = ""
    finding: bool = False
    of_leg: bool = False
    words: tuple[str, ...] = ()
    resolution: float = 0.0

    @property
    def step(self) -> float:
        """What it is rounded to where it is kept over a while."""
        return self.resolution or RESOLUTIONS.get(self.unit, 0.01)


@dataclass(frozen=True, slots=True)
class Primitives:
    """All that patterns can be matched by: bases in the order of an update's columns, figures by their written name.

    >>> known = Primitives.of([Base("speed", "kn"), Base("slow", finding=True)], windows_min=(15,))
    >>> list(known.figures)[:3], known.figures["speed_mean_15min"]
    (['speed', 'speed_mean_15min', 'speed_least_15min'], Figure(base='speed', statistic='mean', window_s=900))
    """

    bases: Mapping[str, Base]
    figures: Mapping[str, Figure]

    @classmethod
    def of(cls, bases: Iterable[Base], windows_min: Iterable[int] = ENOUGH_MIN) -> Primitives:
        """Bases, and of those that are numbers each statistic over each window. ValueError for no such window."""
        windows = tuple(windows_min)
        if not all(1 <= minutes <= LONGEST_MIN for minutes in windows):
            raise ValueError(f"windows of {windows} min; expected 1 to {LONGEST_MIN}")
        known = {base.name: base for base in bases}
        figures: dict[str, Figure] = {}
        for base in known.values():
            figures[base.name] = Figure(base.name)
            if not base.finding and base.unit != WORD:
                figures |= {
                    f"{base.name}_{how}_{minutes}min": Figure(base.name, how, minutes * 60)
                    for minutes in windows
                    for how in STATISTICS
                }
        return cls(known, figures)

    def unit(self, name: str) -> str:
        """Of a figure."""
        return self.bases[self.figures[name].base].unit

    def added_to(self, vocabulary: Vocabulary) -> Vocabulary:
        """The vocabulary with the figures over a while, so that patterns can ask for them."""
        over = {name: (1, 0, self.unit(name)) for name, figure in self.figures.items() if figure.statistic}
        return Vocabulary(
            vocabulary.timelines, vocabulary.events, vocabulary.attributes, {**vocabulary.measures, **over}
        )


def primitives_of(
    vocabulary: Vocabulary,
    findings: Iterable[str] = (),
    words: Mapping[str, tuple[str, ...]] | None = None,
    of_leg: Iterable[str] = ("made_good",),
    windows_min: Iterable[int] = ENOUGH_MIN,
) -> Primitives:
    """What a vocabulary can tell of one vessel: measures, numbers known of it, and what is named here.

    `findings`: those that each sample decides, with their word: `inside(port)`; one that tells of silence is none of
    them, for there is no sample then.
    `words`: by attribute, those that it may have.

    >>> told = Vocabulary({"slow": (1, 0), "gone_dark": (1, 0)}, measures={"speed": (1, 0, "kn")})
    >>> list(primitives_of(told, ["slow"], windows_min=()).figures)
    ['speed', 'slow']
    """
    legs, told = frozenset(of_leg), words or {}
    measures = [(name, unit) for name, (v, w, unit) in vocabulary.measures.items() if (v, w) == (1, 0)]
    known = [(name, unit) for name, unit in vocabulary.attributes.items() if unit != WORD]
    bases = [Base(name, unit, of_leg=name in legs) for name, unit in (*measures, *known)]
    bases += [Base(name, finding=True, of_leg=name in legs) for name in findings]
    return Primitives.of([*bases, *(Base(name, WORD, words=told[name]) for name in told)], windows_min)
