"""Drafts from a handful of cases: they parse, prove what they were made from, and give a reason for each condition."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from mihari.behaviours.language import Quantity
from mihari.core.errors import BadInput
from mihari.library import load
from mihari.library.cases import TOLD, Case, Rows, beside, load_cases
from mihari.library.learning.conditions import Condition, Figure, candidates
from mihari.library.learning.draft_text import definition, figures, reasons, written
from mihari.library.learning.drafting import Drafted, draft
from mihari.library.learning.watching import watched
from mihari.library.pattern import Pattern, examined
from mihari.library.proof import prove

BEGIN = 1_577_923_200.0
Cases = tuple[list[Case], list[Case]]


def starting(name: str) -> Cases:
    """(positive, negative) cases of a pattern that comes with Mihari."""
    path = load(name).path
    assert path is not None
    cases = load_cases(beside(path))
    return [case for case in cases if case.positive], [case for case in cases if not case.positive]


@pytest.fixture(scope="module")
def two() -> tuple[Drafted, list[Case], list[Case]]:
    """Of two vessels: meetings with somebody whom nobody hears, beside transfers of tankers."""
    real, alike = starting("dark_rendezvous")
    others = [case for some in starting("tanker_transfer") for case in some]
    return draft(real[:5], [*alike[:3], *others]), real, alike


@pytest.fixture(scope="module")
def one() -> tuple[Drafted, list[Case], list[Case]]:
    """Of one vessel: who crawls over a cable, beside tankers and what is alike."""
    real, alike = starting("cable_crawl")
    others = [case for some in starting("tanker_transfer") for case in some]
    return draft(real[:4], others), real, alike


def pattern_of(found: Drafted, cases: list[Case]) -> Pattern:
    """The file that people get, read as any other."""
    pattern, mistakes = examined(written(found, "made", [case.name for case in cases]), "made.toml")
    assert mistakes == []
    assert pattern is not None
    return pattern


def waiting(kn: float, seed: int, minutes: int = 40) -> Case:
    """One vessel that makes so many knots to the north, far from anything."""
    rng = np.random.default_rng(seed)
    t = BEGIN + 60.0 * np.arange(minutes)
    rows = Rows.of(
        minutes, what=TOLD, vessel=431_000_001, time=t, lat_deg=kn * np.arange(minutes) / 3600.0, lon_deg=0.0,
        speed=np.maximum(kn + rng.normal(0, 0.05, minutes), 0.0) * 1852 / 3600, course=0.0, shore=3e4, device="A",
    )  # fmt: skip
    return Case(f"{kn} kn", True, (431_000_001,), float(t[0]), float(t[-1]), rows=rows)


@pytest.mark.parametrize("which", ["one", "two"])
def test_a_draft_is_a_pattern_that_proves_the_cases_it_was_made_from(
    which: str, request: pytest.FixtureRequest
) -> None:
    found, real, _ = request.getfixturevalue(which)
    pattern = pattern_of(found, real)
    assert pattern.file.status == "draft"
    assert 1 <= len(found.reasons) <= 5
    assert prove(pattern, real).count("found") == len(real)


def test_what_is_common_to_meetings_in_the_dark_is_found(two: tuple[Drafted, list[Case], list[Case]]) -> None:
    found, _, alike = two
    texts = [reason.condition.text for reason in found.reasons]
    assert found.pair
    assert texts[0].startswith("near_")
    assert "(held(a) or held(b))" in texts
    assert prove(pattern_of(found, []), alike).count("quiet") >= len(alike) - 1


def test_what_is_common_to_vessels_over_a_cable_is_found(one: tuple[Drafted, list[Case], list[Case]]) -> None:
    found, _, alike = one
    assert not found.pair
    assert found.reasons[0].condition.text == "inside(v, cable)"
    assert {"says_fishing", "says_restricted"} <= set(found.without)
    assert prove(pattern_of(found, []), alike).count("quiet") >= len(alike) - 2


def test_each_condition_says_in_how_many_cases_and_of_how_many_others_it_holds(
    one: tuple[Drafted, list[Case], list[Case]],
) -> None:
    found, _, _ = one
    told = reasons(found)
    assert len(told) == len(found.reasons)
    assert "in 4 of 4 cases, for" in told[0]
    assert f"of {found.background} others as long" in told[0]
    left = [reason.left for reason in found.reasons]
    assert left == sorted(left, reverse=True), "each condition leaves fewer of the others"


def test_figures_carry_what_was_seen(one: tuple[Drafted, list[Case], list[Case]]) -> None:
    found, real, _ = one
    lasts = next(figure for figure in figures(found) if figure.name == "lasts")
    shortest = min(case.end - case.start for case in real[:4])
    assert lasts.value.seconds <= 0.75 * found.seen[0]
    assert lasts.value.seconds < shortest
    assert all(p.source.startswith("seen in the cases") for p in pattern_of(found, []).file.parameter)


def test_what_a_person_must_write_says_so(two: tuple[Drafted, list[Case], list[Case]]) -> None:
    file = pattern_of(two[0], []).file
    for text in (file.title, file.description, *file.innocent, file.look.place):
        assert "TO BE WRITTEN" in text


def test_bounds_are_wider_than_what_was_seen() -> None:
    seen = [watched(waiting(kn, k)) for k, kn in enumerate((3.0, 3.4, 4.0))]
    bound = next(c for c in candidates(seen, False) if c.text.startswith("speed(v) < "))
    assert 3.9 < bound.figures[0].most.value < 4.2
    assert 4.4 < bound.figures[0].value.value < 5.0, "as much again as half of the range, and 5 %"


def test_a_draft_of_speeds_tells_them_from_others() -> None:
    found = draft(
        [waiting(kn, k) for k, kn in enumerate((3.0, 3.4, 3.7))], [waiting(kn, 9) for kn in (9.0, 10.0, 11.0)]
    )
    assert [reason.condition.family for reason in found.reasons] == ["speed"]
    assert found.left == 0
    assert "lasting at least lasts" in definition(found, "made")


def test_the_same_cases_give_the_same_draft(two: tuple[Drafted, list[Case], list[Case]]) -> None:
    found, real, alike = two
    others = [case for some in starting("tanker_transfer") for case in some]
    assert draft(real[:5], [*alike[:3], *others]) == found


@pytest.mark.parametrize("count", [2, 9])
def test_a_handful_is_three_to_eight(count: int) -> None:
    with pytest.raises(BadInput, match="expected 3 to 8 cases that are alike"):
        draft([waiting(3.0, 1)] * count, [])


def test_cases_with_nothing_in_common_are_refused() -> None:
    cases = [waiting(kn, 1) for kn in (0.1, 9.0, 30.0)]
    with pytest.raises(BadInput, match="nothing in common that few others have"):
        draft(cases, [replace(case, positive=False) for case in cases])


def test_quotes_in_names_do_not_break_the_file(one: tuple[Drafted, list[Case], list[Case]]) -> None:
    pattern, mistakes = examined(written(one[0], "made", ['a "quoted"\\name', "b\nc"]), "made.toml")
    assert (pattern is None, mistakes) == (False, [])


def test_conditions_are_asked_with_numbers_and_written_with_names() -> None:
    figure = Figure("speed_below", Quantity(2.0, "kn"), Quantity(0.5, "kn"), Quantity(1.5, "kn"))
    condition = Condition("speed(v) < speed_below ", "slow", (figure,))
    assert condition.asked.strip() == "speed(v) < 2 kn"
    assert condition.family == "speed"
    assert math.isclose(figure.value.value, 2.0)
