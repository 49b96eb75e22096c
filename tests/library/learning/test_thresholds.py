"""Thresholds from labelled cases: all values in one run say what each says alone; a suggestion is right and careful."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Quantity
from mihari.core.errors import BadInput
from mihari.library import load, merged
from mihari.library.cases import Case, beside, load_cases
from mihari.library.learning import Tried, chosen, tried, tune
from mihari.library.learning.thresholds import choices_of
from mihari.library.learning.values import Range, between, range_of
from mihari.library.learning.variants import changed
from mihari.library.proof import found, judged

PRESENT = Quantity(30.0, "min")
MINUTES = between("it", PRESENT, Quantity(7.5, "min"), Quantity(2.0, "h"))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    path = load("dark_rendezvous").path
    assert path is not None
    return load_cases(beside(path))


def crossing(minutes: np.ndarray, truth: np.ndarray, along: Range = MINUTES) -> Tried:
    """Cases that fire as long as the value is not above their own figure."""
    fired = np.log(minutes)[:, None] >= np.log(along.numbers)
    return Tried(fired, np.zeros_like(fired), truth)


def drawn(middle: float, count: int, seed: int) -> Tried:
    """Confirmed ones last 1.6 times as long as the middle, false ones as much less; one in eight is beyond it."""
    rng = np.random.default_rng(seed)
    truth = np.arange(count) % 2 == 0
    return crossing(middle * np.exp(np.where(truth, 0.5, -0.5) + rng.normal(0, 0.45, count)), truth)


@pytest.mark.parametrize("name", ["together", "slow_below"])
def test_all_values_in_one_run_tell_what_each_tells_alone(cases: list[Case], name: str) -> None:
    pattern = load("dark_rendezvous")
    definitions, some = merged([pattern]), cases[:3] + cases[-3:]
    choices = choices_of([range_of(pattern, name, 5)])
    at_once = tried(definitions, pattern.name, choices, some)
    for k, values in enumerate(choices):
        alone = changed(definitions, values)
        verdicts = [judged(case, found(case, alone), pattern.name) for case in some]
        assert at_once.fired[:, k].tolist() == [bool(v.told) for v in verdicts]
        assert at_once.beside[:, k].tolist() == [bool(v.beside) for v in verdicts]


def test_a_kind_that_the_engine_looks_for_by_its_name_is_run_once_for_each_value(cases: list[Case]) -> None:
    choices = choices_of([between("risk_seen", Quantity(2.0, "min"), Quantity(1.0, "min"), Quantity(2.0, "min"), 2)])
    assert tried(built_in(), "collision", choices, cases[:1]).fired.shape == (1, 2)


@pytest.mark.parametrize("middle", [15.0, 60.0])
def test_a_value_that_is_off_by_two_is_brought_back_by_thirty_cases(middle: float) -> None:
    found = chosen(drawn(middle, 30, 5), [MINUTES])
    suggested = MINUTES.numbers[found.best]
    assert abs(np.log(suggested / middle)) < 0.3
    assert found.gain[0] > 0.02
    low, high = found.likely
    assert MINUTES.numbers[low] <= suggested <= MINUTES.numbers[high]
    assert MINUTES.numbers[high] / MINUTES.numbers[low] < 3


def test_a_value_that_is_right_is_hardly_left() -> None:
    kept = [MINUTES.numbers[chosen(drawn(30.0, 30, seed), [MINUTES]).best] for seed in range(20)]
    assert np.median(np.abs(np.log(np.array(kept) / 30.0))) < 0.1
    assert np.max(np.abs(np.log(np.array(kept) / 30.0))) < 0.5


def test_cases_that_say_nothing_leave_the_value_as_it_is() -> None:
    truth = np.arange(30) % 2 == 0
    always = Tried(np.ones((30, len(MINUTES.values)), bool), np.zeros((30, len(MINUTES.values)), bool), truth)
    found = chosen(always, [MINUTES])
    assert found.best == MINUTES.at_present
    assert found.likely == (0, len(MINUTES.values) - 1)
    assert found.gain == (0.0, 0.0)


def test_false_alarms_of_others_count_against_a_value() -> None:
    one = drawn(30.0, 30, 5)
    low = np.broadcast_to(MINUTES.numbers < 30.0, one.fired.shape)
    assert chosen(replace(one, beside=low), [MINUTES]).best > chosen(one, [MINUTES]).best


def test_two_parameters_are_tried_together() -> None:
    first = between("one", PRESENT, Quantity(15.0, "min"), Quantity(60.0, "min"), 5)
    second = replace(first, name="two")
    truth = np.arange(40) % 2 == 0
    fired = np.zeros((40, len(first.values), len(second.values)), bool)
    fired[truth, :2] = True  # found with the first below its present value only
    fired[~truth, :, :2] = True  # false with the second below its present value
    found = chosen(Tried(fired.reshape(40, -1), np.zeros_like(fired).reshape(40, -1), truth), [first, second])
    values = choices_of([first, second])[found.best]
    assert values["one"].value < 30.0
    assert values["two"].value >= 30.0


def test_too_few_cases_are_refused(cases: list[Case]) -> None:
    pattern = load("dark_rendezvous")
    positive = [case for case in cases if case.positive]
    with pytest.raises(BadInput, match="expected 3 confirmed and 3 false cases at least"):
        tune(merged([pattern]), pattern.name, [range_of(pattern, "together")], positive)


def test_figures_are_those_of_the_verdicts(cases: list[Case]) -> None:
    pattern = load("dark_rendezvous")
    found = tune(merged([pattern]), pattern.name, [range_of(pattern, "together", 5)], cases)
    precision, recall, best = found.figures
    at = found.choice.present
    assert (precision[at], recall[at], best[at]) == (1.0, 1.0, 1.0)
    assert recall[-1] < 1.0, "two hours are more than some of them lasted"
