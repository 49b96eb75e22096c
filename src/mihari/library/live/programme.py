"""Patterns -> a programme that matches them as updates come: thresholds, borders, clauses, clocks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from mihari.behaviours.language import Definitions, Quantity
from mihari.behaviours.language.asking import parameters_of
from mihari.library.live.conditions import Conditions
from mihari.library.live.figures import Primitives
from mihari.library.live.formulas import TRUE, Clauses, clauses
from mihari.library.live.layout import Rules
from mihari.library.live.matching import Matched, Matching
from mihari.library.live.tables import bases_of, rules_of, thresholds_of
from mihari.library.pattern import Pattern, merged


@dataclass(frozen=True)
class Programme:
    """What patterns are matched by. Numbers of patterns in events are places in `matched`.

    `exact`: those of which events tell all; `gated`: name -> why, of those of which events tell where the exact engine
    must look; `always`: name -> why, of those for which it must look everywhere; `never`: those that cannot hold.
    """

    matched: Mapping[str, Matched]
    always: Mapping[str, str]
    never: tuple[str, ...]
    primitives: Primitives
    bases: tuple[str, ...]  # columns of an update
    figures: tuple[str, ...]
    rules: Rules

    @property
    def names(self) -> tuple[str, ...]:
        """Of the patterns, by number."""
        return tuple(self.matched)

    @property
    def exact(self) -> tuple[str, ...]:
        """Patterns of which events tell all."""
        return tuple(name for name, m in self.matched.items() if not m.why)

    @property
    def gated(self) -> dict[str, str]:
        """Patterns of which events tell where to look, and why no more."""
        return {name: m.why for name, m in self.matched.items() if m.why}

    @cached_property
    def digest(self) -> str:
        """Of all that the kept arrays depend on; 16 hex digits."""
        told = [
            repr((list(self.matched.items()), self.bases, self.figures)).encode(),
            *(a.tobytes() for a in self.rules),
        ]
        return hashlib.sha256(b"\0".join(told)).hexdigest()[:16]


def compile(
    patterns: Iterable[Pattern] | Definitions,
    primitives: Primitives,
    parameters: Mapping[str, float | str | Quantity] | None = None,
    only: Iterable[str] | None = None,
) -> Programme:
    """Patterns, or definitions (`only` those names), as a programme over what the primitives tell.

    >>> from mihari.behaviours.language import Vocabulary, parse
    >>> from mihari.library.live import Base, Primitives
    >>> known = Vocabulary({"near": (2, 0), "slow": (1, 0)}, measures={"speed": (1, 0, "kn")})
    >>> text = "idles(v) = speed(v) < 2 kn lasting at least 1 h  meets(a, b) = near(a, b) and speed(a) < 3 kn"
    >>> made = compile(parse(text, vocabulary=known), Primitives.of([Base("speed", "kn")]))
    >>> made.exact, made.gated
    (('idles',), {'meets': "'near' is not told by figures of one vessel"})
    """
    if isinstance(patterns, Definitions):
        definitions, names = patterns, list(only if only is not None else patterns.definitions)
    else:
        several = list(patterns)
        definitions, names = merged(several), [pattern.name for pattern in several]
    matching = Matching(definitions, Conditions(primitives, parameters_of(definitions, parameters or {})))
    found = {name: _short(matching.definition(definitions.definitions[name])) for name in names}
    always = {name: m.why for name, (m, _) in found.items() if m.body == TRUE}
    never = tuple(name for name, (_, told) in found.items() if () in told)
    matched = {name: m for name, (m, _) in found.items() if name not in always and name not in never}
    clauses_told = [found[name][1] for name in matched]
    thresholds = thresholds_of(clauses_told, primitives)
    return Programme(
        matched,
        always,
        never,
        primitives,
        bases_of(thresholds, primitives),
        tuple(thresholds),
        rules_of(clauses_told, list(matched.values()), thresholds, primitives),
    )


def _short(m: Matched) -> tuple[Matched, Clauses]:
    """With its clauses; where they are too many it is matched by nothing."""
    try:
        return m, clauses(m.body)
    except OverflowError as problem:
        return Matched(TRUE, why=str(problem), loose=True), []
