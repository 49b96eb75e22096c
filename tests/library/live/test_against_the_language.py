"""Random patterns over random ways: the matcher and the language tell the same intervals, to the second."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.library.live.ways import KNOWN, STEP_S, bodies, columns_of, definitions_of, patterns, told, updates, ways

from mihari.behaviours.language import Definitions
from mihari.core.columns import Array
from mihari.library.live import Matcher, compile
from mihari.library.live.matcher import ENDED, FIRED
from mihari.library.live.twin import Ways, told_by_language


def by_language(definitions: Definitions, of: list[tuple[Array, Array]], only: tuple[str, ...]) -> set[Any]:
    found = told_by_language(definitions, Ways(KNOWN, tuple(KNOWN.bases), of, STEP_S), only)
    return {(p, *row) for p, name in enumerate(only) for row in found[name]}


@settings(max_examples=50, deadline=None)
@given(st.lists(patterns, min_size=1, max_size=6), st.lists(ways, min_size=1, max_size=3), st.data())
def test_matcher_and_language_tell_the_same_intervals(
    texts: list[str], of: list[tuple[Array, Array]], data: st.DataObject
) -> None:
    definitions = definitions_of(texts)
    matcher = Matcher(compile(definitions, KNOWN), len(of), STEP_S)
    slots, times, rows = updates(of)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(slots)), max_size=4)))
    found: set[Any] = set()
    for first, last in zip([0, *cuts], [*cuts, len(slots)], strict=True):
        part = slice(first, last)
        found |= told(matcher.take(slots[part], times[part], columns_of(matcher, rows[part])), ENDED)
        if last and data.draw(st.booleans()):
            found |= told(matcher.advance(int(times[last - 1])), ENDED)
    found |= told(matcher.advance(1 << 40), ENDED)
    assert not matcher.programme.gated
    assert found == by_language(definitions, of, matcher.programme.names)


@pytest.mark.parametrize("clause", ["", "lasting at least 60 s", "ignoring breaks up to 30 s lasting more than 90 s"])
@settings(max_examples=30, deadline=None)
@given(body=bodies, samples=ways)
def test_a_pattern_is_told_with_the_first_update_by_which_the_language_tells_it(
    clause: str, body: str, samples: tuple[Array, Array]
) -> None:
    definitions = definitions_of([f"{body} {clause}"])
    matcher = Matcher(compile(definitions, KNOWN), 1, STEP_S)
    if not matcher.programme.names:
        return
    known: set[int] = set()
    for row, time in enumerate(samples[0].tolist()):
        events = matcher.take([0], [time], columns_of(matcher, samples[1][row : row + 1]))
        before = [(samples[0][: row + 1], samples[1][: row + 1])]
        now = {start for _, _, start, _ in by_language(definitions, before, matcher.programme.names)}
        assert {start for _, _, start, _ in told(events, FIRED)} == now - known
        known |= now
