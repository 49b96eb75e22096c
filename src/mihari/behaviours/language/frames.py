"""What the variables of an expression stand for: rows of vessels, of pairs, or the whole scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from mihari.behaviours.language.facts import Facts
from mihari.core.columns import Array


@dataclass(frozen=True)
class Frame:
    """As many rows as there are keys; `vessels`: variable -> row of its vessel in each, None: row k is vessel k.

    `pair`: the variables of a pair in the order of the facts, () where there is none; `word`: variable -> word.
    """

    rows: int
    vessels: Mapping[str, Array | None]
    pair: tuple[str, ...] = ()
    word: Mapping[str, str] = field(default_factory=dict)


def frame_of(facts: Facts, vessels: tuple[str, ...], word: Mapping[str, str], swapped: bool = False) -> Frame:
    """No variables: the scene; one: all vessels; two: all pairs, `swapped`: with the second vessel as the first."""
    if len(vessels) == 0:
        return Frame(1, {}, word=word)
    if len(vessels) == 1:
        return Frame(facts.vessels, {vessels[0]: None}, word=word)
    (a, b), pairs = vessels, facts.pairs
    first, second = (1, 0) if swapped else (0, 1)
    return Frame(len(pairs), {a: pairs[:, first], b: pairs[:, second]}, (b, a) if swapped else (a, b), word)


def turned(facts: Facts) -> Array:
    """(pairs,) the row of the same pair the other way round; -1 where there is none.

    >>> from mihari.behaviours.language.facts import MemoryFacts
    >>> turned(MemoryFacts(3, np.array([[0, 1], [1, 2], [1, 0]]))).tolist()
    [2, -1, 0]
    """
    pairs, n = facts.pairs, max(facts.vessels, 1)
    if not len(pairs):
        return np.empty(0, np.int64)
    here, there = pairs[:, 0] * n + pairs[:, 1], pairs[:, 1] * n + pairs[:, 0]
    order = np.argsort(here, kind="stable")
    found = order[np.minimum(np.searchsorted(here[order], there), len(here) - 1)]
    return np.where(here[found] == there, found, -1)
