"""Patterns that mean nearly the same: renamed, with another figure, or found by other conditions."""

from __future__ import annotations

import pytest

from mihari.library import load
from mihari.library.cases import Case, beside, load_cases
from mihari.library.learning.atoms import atoms
from mihari.library.learning.similar import Likeness, similar
from mihari.library.pattern import Pattern, examined, merged

DARK = load("dark_rendezvous")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    assert DARK.path is not None
    return load_cases(beside(DARK.path))


def changed(name: str, *changes: tuple[str, str]) -> Pattern:
    """The pattern under another name, with changes of its text."""
    text = DARK.text.replace("dark_rendezvous", name)
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    pattern, mistakes = examined(text, f"{name}.toml")
    assert mistakes == []
    assert pattern is not None
    return pattern


def alike(pattern: Pattern, cases: list[Case]) -> Likeness:
    found = similar([DARK, pattern], cases, 0.0)
    assert len(found) == 1
    return found[0]


def test_the_same_under_other_names_is_the_same(cases: list[Case]) -> None:
    same = changed("night", ("lies", "rests"), ("unheard", "mute"), ("(a, b)", "(b, a)"), ("together", "as_long"))
    found = alike(same, cases)
    assert (found.figures, found.conditions, found.times) == (1.0, 1.0, 1.0)
    assert (found.only_first, found.only_second) == ((), ())


def test_another_figure_is_told(cases: list[Case]) -> None:
    longer = changed("night", ('value = "30 min"', 'value = "35 min"'))
    found = alike(longer, cases)
    assert found.conditions == 1.0
    assert found.only_first == ("lasting at least 30 min",)
    assert found.only_second == ("lasting at least 35 min",)
    assert found.of_second == 1.0
    assert found.of_first == pytest.approx(2 / 6), "two of six lasted so long"
    assert "night finds 33% of what dark_rendezvous finds on 12 cases" in found.told


def test_the_same_figure_in_another_unit_is_the_same(cases: list[Case]) -> None:
    assert alike(changed("night", ('value = "30 min"', 'value = "1800 s"')), cases[:1]).figures == 1.0


def test_other_conditions_that_find_the_same_are_told(cases: list[Case]) -> None:
    other = changed(
        "night", ("unheard(v) = held(v) and ais_cover(v)", "unheard(v) = held(v)"), ("near_500m", "near_250m")
    )
    found = alike(other, cases)
    assert found.figures < 1.0
    assert found.times > 0.3


def test_two_that_are_two_are_not_told(cases: list[Case]) -> None:
    assert similar([DARK, load("cable_crawl")], cases) == []


def test_where_nothing_is_found_it_is_said(cases: list[Case]) -> None:
    never = changed("night", ('value = "30 min"', 'value = "2 h"'))
    found = similar([never, changed("other", ('value = "30 min"', 'value = "2 h"'))], cases[:2], 0.0)[0]
    assert "neither finds anything on 2 cases" in found.told


def test_parts_are_written_out_and_brackets_of_or_stay_one() -> None:
    found = atoms(merged([DARK]), DARK.name)
    assert "(ais_cover(a) and held(a) or ais_cover(b) and held(b))" in found
    assert {"speed(a) < 2 kn", "not inside(b, port)", "lasting at least 30 min", "near_500m(a, b)"} <= found
