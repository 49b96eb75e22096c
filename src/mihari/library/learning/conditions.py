"""Cases that are alike -> the plain conditions that may be common to them, each with the figures that were seen.

A condition is asked of one vessel, of both vessels of a pair, or of either. Bounds of measures and lengths are those
that were seen, and beyond: of n values drawn evenly from a range the next lies outside those seen as often as it would
if these were wider by 1 / (n - 1) of their range at either end (David & Nagaraja, Order Statistics, 2003, section 2).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mihari.behaviours.language import Quantity
from mihari.behaviours.measures import MEASURES
from mihari.behaviours.scene import NEAR
from mihari.core.columns import Array
from mihari.core.zones import KINDS
from mihari.library.learning.watching import Watched

# what is asked of a vessel as it is; none that follows from the place of stations
FINDINGS = (
    "slow", "crosswise", "shoreward", "held", "off_shore_1nm", "off_shore_3nm", "on_land", "silent", "silent_in_cover",
    "lost_under_way", "two_places", "displaced", "unseen_in_cover", "took_over", "retold", "draught_changed",
    "wrong_imo", "number_never_given", "circling", "accompanied", "says_anchored", "says_moored", "says_fishing",
    "says_restricted", "says_not_under_command",
)  # fmt: skip
# what one of two may do while the other does not
OF_ONE = ("held", "silen", "lost", "two_places", "displaced", "unseen", "took_over", "retold", "draught", "category")
# what explains much of what vessels do: where it is never so in the cases, it may tell others from them
ORDINARY = (
    "says_anchored", "says_moored", "says_fishing", "says_restricted", "says_not_under_command",
    *(f"inside {kind}" for kind in ("port", "anchorage", "waiting", "lane")),
)  # fmt: skip
MEASURED = ("speed", "mean_speed", "straightness", "turned", "crab")
WORKERS = "{pilot, tug, rescue, tender, police}"
QUANTILES = (0.05, 0.95)  # of a measure's time within a case: the rest is the error of fixes
SHORTER = 0.75  # of the shortest vessel and time, at least: what is too small tells little, what is too large misses
SLACK = 0.05  # of a bound, for the same reason
FAMILIES = {
    "speed": ("slow", "stopped", "trawling_speed", "drifting_speed", "fast", "speed", "mean_speed"),
    "way": ("straightness", "turned", "circling"),
    "heading": ("crosswise", "crab"),
    "shore": ("off_shore", "on_land"),
    "silence": ("silent", "lost"),
    "near": ("near",),
    "work": ("category", "trade"),
    "status": ("says",),
    "place told": ("two_places", "displaced", "unseen_in_cover"),
}
V = "{v}"  # stands for a vessel


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a condition: its name, its value, and the least and most that were seen in the cases."""

    name: str
    value: Quantity
    least: Quantity
    most: Quantity


@dataclass(frozen=True, slots=True)
class Condition:
    """`text`: as the definition has it, figures by name; `about`: in words; `trait`: of a vessel as such."""

    text: str
    about: str
    figures: tuple[Figure, ...] = ()
    trait: bool = False
    pair: str = ""  # both, either or ''

    @property
    def family(self) -> str:
        """What it is about; of what is about the same, one condition is enough."""
        name = re.match(r"[( ]*(?:\w+ <= )?(\w+)\(", self.text)
        word = name[1] if name else self.text
        return next((family for family, prefixes in FAMILIES.items() if word.startswith(prefixes)), word)

    @property
    def asked(self) -> str:
        """The text with numbers in place of names, beside something that changes with time."""
        text = self.text
        for figure in self.figures:
            text = text.replace(f" {figure.name} ", f" {figure.value} ")
        if not self.trait:
            return text
        return f"{there(bool(self.pair))} and {text}"


def there(pair: bool) -> str:
    """What holds while a vessel, or both, are heard or seen at all."""
    return "present(a) and present(b)" if pair else "present(v)"


def called(finding: str, vessel: str) -> str:
    """A finding of a vessel, areas included.

    >>> called("slow", "v"), called("inside port", "a")
    ('slow(v)', 'inside(a, port)')
    """
    name, _, word = finding.partition(" ")
    return f"{name}({vessel}, {word})" if word else f"{name}({vessel})"


def candidates(cases: Sequence[Watched], pair: bool) -> list[Condition]:
    """All that may be asked, the plainest first; what holds in all cases is for others to find out."""
    found = [Condition(f"{near}(a, b)", f"within {NEAR[near]:.0f} m of each other", pair="both") for near in NEAR]
    found = found if pair else []
    for name in (*FINDINGS, *(f"inside {kind}" for kind in KINDS)):
        found += _of_vessels(called(name, "{v}"), name.replace("_", " "), pair)
    found += _lengths(cases, pair)
    found += _categories(cases, pair)
    found += _of_vessels(f"trade({V}) is not one of {WORKERS}", "no pilot, tug, rescue, tender or police", pair, True)
    for name in MEASURED:
        found += _bounds(name, _seen(cases, name, pair), pair, len(cases))
    return found


def _of_vessels(
    text: str, about: str, pair: bool, trait: bool = False, figures: tuple[Figure, ...] = ()
) -> Iterator[Condition]:
    """Of one vessel; of a pair both, and either."""
    if not pair:
        yield Condition(text.replace("{v}", "v"), about, figures, trait)
        return
    a, b = text.replace("{v}", "a"), text.replace("{v}", "b")
    yield Condition(f"{a} and {b}", f"both: {about}", figures, trait, "both")
    if text.startswith(OF_ONE) and " not " not in text:
        yield Condition(f"({a} or {b})", f"one of the two: {about}", figures, trait, "either")


def _lengths(cases: Sequence[Watched], pair: bool) -> Iterator[Condition]:
    """Lengths from the shortest that was seen on."""
    told = [some.scene.attribute("length").values[some.own] for some in cases]
    seen = [float(np.nanmin(x)) for x in told if np.isfinite(x).any()]
    if len(seen) < len(cases):
        return
    low = min(min(seen) / (max(seen) / min(seen)) ** (1.0 / (len(seen) - 1)), SHORTER * min(seen))
    figure = Figure(
        "length_from", _round(low, "m", down=True), Quantity(round(min(seen)), "m"), Quantity(round(max(seen)), "m")
    )
    yield from _of_vessels("length({v}) >= length_from ", "as long", pair, True, (figure,))


def _categories(cases: Sequence[Watched], pair: bool) -> Iterator[Condition]:
    """Each that was seen, for all cases to be so; and no fishing where none was."""
    seen: set[str] = set()
    for some in cases:
        told = some.scene.attribute("category")
        seen |= {told.words[k] for k in told.values[some.own].tolist() if k >= 0}
    seen -= {"unknown"}
    for word in sorted(seen):
        yield from _of_vessels(f"category({V}) is {word}", f"a {word} vessel", pair, True)
    if "fishing" not in seen:
        yield from _of_vessels("category({v}) is not fishing", "no fishing vessel", pair, True)


def _seen(cases: Sequence[Watched], name: str, pair: bool) -> Array:
    """(vessels, 2) quantiles of a measure in each case's time; of a case about one vessel the one with most of it."""
    found = []
    for some in cases:
        steps, _ = some.scene.steps(name)
        known = np.isfinite(steps.value)
        spans = []
        rows = np.unique(some.scene.pairs[some.pairs_own]) if pair else np.flatnonzero(some.own)
        for row in rows.tolist():
            mine = known & (steps.key == row)
            lasts = np.minimum(steps.end[mine], some.case.end) - np.maximum(steps.start[mine], some.case.start)
            inside = lasts > 0
            if inside.any():
                spans.append((float(lasts[inside].sum()), _quantiles(steps.value[mine][inside], lasts[inside])))
        spans = sorted(spans, key=lambda span: -span[0])[: 2 if pair else 1]
        found += [quantiles for _, quantiles in spans]
    return np.array(found).reshape(-1, 2)


def _quantiles(values: Array, lasts: Array) -> tuple[float, float]:
    """Of a figure that has each value for so long."""
    order = np.argsort(values)
    share = np.cumsum(lasts[order]) / lasts.sum()
    low, high = (values[order][np.searchsorted(share, q - 1e-12)] for q in QUANTILES)
    return float(low), float(high)


def _bounds(name: str, seen: Array, pair: bool, cases: int) -> Iterator[Condition]:
    """Below what was seen, from there on, and between."""
    if len(seen) < cases:
        return
    unit, about = MEASURES[name].unit, MEASURES[name].about
    beyond = 1.0 / (cases - 1)
    low, high = float(seen[:, 0].min()), float(seen[:, 1].max())
    under = low - beyond * float(np.ptp(seen[:, 0])) - SLACK * abs(low)
    over = high + beyond * float(np.ptp(seen[:, 1])) + SLACK * abs(high)
    least, most = Quantity(round(low, 2), unit), Quantity(round(high, 2), unit)
    above = Figure(f"{name}_from", _round(under, unit, down=True), least, most)
    below = Figure(f"{name}_below", _round(over, unit, down=False), least, most)
    yield from _of_vessels(f"{name}({V}) < {below.name} ", about, pair, figures=(below,))
    if above.value.value > 0:
        yield from _of_vessels(f"{name}({V}) >= {above.name} ", about, pair, figures=(above,))
        both = f" {above.name} <= {name}({V}) < {below.name} "
        yield from _of_vessels(both, about, pair, figures=(above, below))


def _round(value: float, unit: str, down: bool) -> Quantity:
    """Two digits, away from what was seen.

    >>> print(_round(87.6, "m", True), _round(1.234, "kn", False), _round(-3.0, "kn", True))
    87 m 1.3 kn 0 kn
    """
    if value <= 0:
        return Quantity(0.0, unit)
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return Quantity(
        round((math.floor if down else math.ceil)(value / step + (1e-9 if down else -1e-9)) * step, 9), unit
    )
