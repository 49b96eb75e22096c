"""Random patterns and random ways, for tests that hold the matcher against the language."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from mihari.behaviours.language import Definitions, Vocabulary, parse
from mihari.behaviours.language.facts import WORD
from mihari.core.columns import Array
from mihari.library.live import Base, Matcher, Primitives

STEP_S = 100
KNOWN = Primitives.of(
    [
        Base("speed", "kn"),
        Base("made_good", "kn", of_leg=True),
        Base("slow", finding=True),
        Base("inside(port)", finding=True, of_leg=True),
        Base("length", "m"),
        Base("trade", WORD, words=("pilot", "rescue", "tug")),
    ],
    windows_min=(1, 5),
)
PLAIN = Vocabulary(
    timelines={"slow": (1, 0), "inside": (1, 1), "near": (2, 0), "dark": (1, 0)},
    attributes={"length": "m", "trade": WORD},
    measures={"speed": (1, 0, "kn"), "made_good": (1, 0, "kn")},
)
VOCABULARY = KNOWN.added_to(PLAIN)
CHANGING = ["speed", "made_good", *(n for n, f in KNOWN.figures.items() if f.statistic and f.base != "length")]

numbers = st.builds(
    "{} {}".format, st.integers(0, 8).map(lambda k: k / 2), st.sampled_from(["kn", "kn", "m/s", "km/h"])
)
comparisons = st.one_of(
    st.builds("{}(v) {} {}".format, st.sampled_from(CHANGING), st.sampled_from(["<", "<=", ">", ">="]), numbers),
    st.builds("{} <= {}(v) < {}".format, numbers, st.sampled_from(CHANGING), numbers),
    st.sampled_from(["slow(v)", "inside(v, port)"]),
)
conditions = st.one_of(
    st.builds("length(v) {} {} m".format, st.sampled_from(["<", ">="]), st.integers(0, 3)),
    st.builds("trade(v) is {}".format, st.sampled_from(["tug", "not tug", "one of {tug, pilot}", "known", "unknown"])),
    st.builds("not length(v) > {} m".format, st.integers(0, 3)),
)
bodies = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("({} and not {})".format, inner, inner),
        st.builds("({} without ({}))".format, inner, inner),
        st.builds("({} and {})".format, inner, conditions),
        st.builds("({} without ({}))".format, inner, conditions),
    ),
    max_leaves=5,
)
tens = st.integers(0, 15).map(lambda k: 10 * k)  # s, as the samples are apart
clauses = st.lists(tens.map("ignoring breaks up to {} s".format), max_size=2).flatmap(
    lambda joins: st.lists(
        st.builds("lasting {} {} s".format, st.sampled_from(["at least", "more than", "less than"]), tens),
        max_size=2,
    ).map(lambda lasts: " ".join([*joins, *lasts]))
)
patterns = st.builds("{} {}".format, bodies, clauses)


def way(seed: int) -> tuple[Array, Array]:
    """A vessel's samples: values that stay a while, on thresholds and beside them; gaps about as long as tell nothing.

    >>> times, columns = way(1)
    >>> bool((np.diff(times) > 0).all()), columns.shape[1]
    (True, 6)
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 120))
    times = 1000 + np.cumsum(
        rng.choice([10, 20, 30, 60, 99, 100, 101, 150, 400], n, p=[0.7, *[0.05] * 4, *[0.025] * 4])
    )
    stays = rng.random((n, 4)) < 0.7
    told = np.column_stack(
        [rng.choice([*np.arange(0.0, 5.0, 0.25), np.nan], (n, 2)), rng.choice([0, 1, np.nan], (n, 2))]
    )
    for row in range(1, n):
        told[row] = np.where(stays[row], told[row - 1], told[row])
    known = [rng.choice([1.0, 2.5, np.nan]), rng.choice([0.0, 1.0, 2.0, np.nan])]
    return times, np.column_stack([told, np.broadcast_to(known, (n, 2))])


ways = st.integers(0, 1 << 32).map(way)


def definitions_of(texts: list[str]) -> Definitions:
    return parse("\n".join(f"p{k}(v) = {text}" for k, text in enumerate(texts)), vocabulary=VOCABULARY)


def updates(of: list[tuple[Array, Array]]) -> tuple[Array, Array, Array]:
    """All samples in the order of time."""
    slots = np.repeat(np.arange(len(of)), [len(t) for t, _ in of])
    times, rows = np.concatenate([t for t, _ in of]), np.concatenate([c for _, c in of])
    order = np.argsort(times, kind="stable")
    return slots[order], times[order], rows[order]


def columns_of(matcher: Matcher, rows: Array) -> Array:
    """Only the bases that the programme asks for."""
    return rows[:, [list(KNOWN.bases).index(name) for name in matcher.programme.bases]]


def told(events: Any, kind: int) -> set[tuple[int, int, int, int]]:
    """(pattern, vessel, start, end)."""
    rows = events.take(events.kind == kind)
    return set(zip(*(getattr(rows, n).tolist() for n in ("pattern", "vessel", "start", "end")), strict=True))
