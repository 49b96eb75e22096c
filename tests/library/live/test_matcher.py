"""What the matcher keeps, refuses, forgets and carries over."""

from __future__ import annotations

import numpy as np
import pytest
from tests.library.live.ways import KNOWN, PLAIN, STEP_S, VOCABULARY, columns_of, told, updates, way

from mihari.behaviours.language import parse
from mihari.behaviours.memory import FLAGS
from mihari.behaviours.scene import VOCABULARY as SCENE
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.library import starting
from mihari.library.live import Matcher, Programme, compile, primitives_of
from mihari.library.live.changing import changed
from mihari.library.live.matcher import ENDED, FIRED, names_of

WAYS = [way(seed) for seed in range(40)]
TEXT = """
idle(v) = speed(v) < 2 kn ignoring breaks up to 30 s lasting at least 60 s
short(v) = speed(v) < 2 kn lasting less than 60 s
calm(v) = speed_mean_5min(v) < 2 kn and speed_span_1min(v) < 1 kn
"""


def programme(text: str = TEXT) -> Programme:
    return compile(parse(text, vocabulary=VOCABULARY), KNOWN)


def of_speeds(matcher: Matcher, *told: tuple[int, float]) -> list[tuple[str, str, int, int]]:
    """Events of vessel 0 after samples (time, speed); it tells nothing else."""
    found = []
    for time, speed in told:
        row = np.array([[speed if name == "speed" else np.nan for name in matcher.programme.bases]])
        found += [(n, k, s, e) for n, _, k, s, e in names_of(matcher.take([0], [time], row), matcher.programme)]
    return found


def all_of(matcher: Matcher, chosen: slice = slice(None)) -> set[tuple[int, int, int, int]]:
    slots, times, rows = (x[chosen] for x in updates(WAYS))
    return told(matcher.take(slots, times, columns_of(matcher, rows)), ENDED)


def test_what_has_lasted_is_told_once_and_what_ends_within_its_breaks_goes_on() -> None:
    matcher = Matcher(
        programme("idle(v) = speed(v) < 2 kn ignoring breaks up to 30 s lasting at least 60 s"), 1, STEP_S
    )
    found = of_speeds(matcher, (0, 1), (50, 1), (70, 9), (100, 1), (150, 9), (180, 9), (181, 9))
    assert found == [("idle", "fired", 0, 70), ("idle", "ended", 0, 150)]


def test_what_must_last_less_is_told_when_it_has_ended() -> None:
    matcher = Matcher(programme("short(v) = speed(v) < 2 kn lasting less than 60 s"), 1, STEP_S)
    found = of_speeds(matcher, (0, 1), (50, 9), (60, 1), (110, 1), (120, 9), (130, 9))
    assert found == [("short", "ended", 0, 50)]


def test_late_and_second_updates_change_nothing_and_are_counted() -> None:
    matcher, twin = Matcher(programme(), len(WAYS), STEP_S), Matcher(programme(), len(WAYS), STEP_S)
    slots, times, rows = updates(WAYS)
    twice = np.sort(np.concatenate([np.arange(len(slots)), np.arange(0, len(slots), 3)]))
    columns = columns_of(matcher, rows)
    again = told(matcher.take(slots[twice], times[twice], columns[twice]), ENDED)
    assert (again, matcher.counted["late"]) == (all_of(twin), len(twice) - len(slots))


def test_an_update_from_before_a_vessel_was_given_up_is_late() -> None:
    matcher = Matcher(programme(), 1, STEP_S)
    of_speeds(matcher, (0, 1), (50, 1))
    matcher.advance(151)
    of_speeds(matcher, (149, 1))
    assert matcher.counted["late"] == 1


def test_a_silent_vessel_ends_at_its_last_sample_once_no_break_can_be_filled() -> None:
    matcher = Matcher(
        programme("idle(v) = speed(v) < 2 kn ignoring breaks up to 300 s lasting at least 60 s"), 1, STEP_S
    )
    of_speeds(matcher, (0, 1), (80, 1))
    told_at = [len(matcher.advance(now)) for now in (180, 181, 380, 381)]
    assert told_at == [0, 0, 0, 1]


def test_one_that_comes_back_within_the_break_goes_on() -> None:
    matcher = Matcher(
        programme("idle(v) = speed(v) < 2 kn ignoring breaks up to 300 s lasting at least 60 s"), 1, STEP_S
    )
    of_speeds(matcher, (0, 1), (80, 1))
    matcher.advance(200)
    of_speeds(matcher, (250, 1), (300, 1))
    assert told(matcher.advance(10_000), ENDED) == {(0, 0, 0, 300)}


def test_state_goes_on_elsewhere_as_if_nothing_had_happened() -> None:
    matcher, other, whole = (Matcher(programme(), len(WAYS), STEP_S) for _ in range(3))
    half = len(updates(WAYS)[0]) // 2
    first = all_of(matcher, slice(0, half))
    other.restore(matcher.state())
    assert first | all_of(other, slice(half, None)) == all_of(whole)


@pytest.mark.parametrize(("text", "slots"), [("other(v) = speed(v) < 3 kn", 40), (TEXT, 41)])
def test_state_of_other_patterns_or_vessels_is_refused(text: str, slots: int) -> None:
    with pytest.raises(BadInput):
        Matcher(programme(text), slots).restore(Matcher(programme(), 40).state())


def test_a_forgotten_vessel_ends_what_goes_on_and_its_slot_begins_anew() -> None:
    matcher = Matcher(programme("idle(v) = speed(v) < 2 kn lasting at least 60 s"), 1, STEP_S)
    of_speeds(matcher, (1000, 1), (1080, 1))
    gone = told(matcher.forget([0]), ENDED)
    assert (gone, of_speeds(matcher, (10, 1), (80, 1))) == ({(0, 0, 1000, 1080)}, [("idle", "fired", 10, 80)])


def test_nothing_is_left_running_of_vessels_that_are_gone() -> None:
    matcher = Matcher(programme(), len(WAYS), STEP_S)
    all_of(matcher)
    matcher.forget(np.arange(len(WAYS)))
    assert (matcher.running, int(matcher.arrays.free[1])) == (0, len(matcher.arrays.next_block))


def test_many_patterns_take_room_as_they_run_and_give_it_back() -> None:
    text = "\n".join(f"p{k}(v) = speed(v) < {1 + k / 1000} kn ignoring breaks up to {k} s" for k in range(600))
    matcher = Matcher(programme(text), len(WAYS), STEP_S)
    found = all_of(matcher) | told(matcher.advance(1 << 40), ENDED)
    one = {(v, s, e) for p, v, s, e in found if p == 431}
    alone = Matcher(programme("p431(v) = speed(v) < 1.431 kn ignoring breaks up to 431 s"), len(WAYS), STEP_S)
    assert one == {(v, s, e) for _, v, s, e in all_of(alone) | told(alone.advance(1 << 40), ENDED)}


def test_the_pattern_that_runs_most_is_stopped_and_named_when_there_is_no_more_room() -> None:
    many = "\n".join(f"seldom{k}(v) = speed(v) > {9 + k} kn" for k in range(30))
    matcher = Matcher(programme(f"burns(v) = speed(v) < 9 kn\n{many}"), 5_000, STEP_S, most_runs=3_200)
    slots = np.tile(np.arange(5_000), 3)
    events = matcher.take(slots, np.repeat([0, 10, 20], 5_000), np.ones((15_000, 1)))
    assert (matcher.stopped, len(events.fired) < 5_000, matcher.running) == (["burns"], True, 0)


def test_a_changed_library_keeps_what_runs_of_the_patterns_that_stay() -> None:
    stays = TEXT.replace("short(v) = speed(v) < 2 kn", "short(v) = speed(v) < 3 kn")
    matcher, whole = Matcher(programme(), len(WAYS), STEP_S), Matcher(programme(), len(WAYS), STEP_S)
    half = len(updates(WAYS)[0]) // 2
    first = {row for row in all_of(matcher, slice(0, half)) if row[0] != 1}
    new = changed(matcher, programme(stays))
    later = {row for row in all_of(new, slice(half, None)) if row[0] != 1}
    assert first | later == {row for row in all_of(whole) if row[0] != 1}


def test_a_pattern_that_is_new_begins_with_the_next_update() -> None:
    matcher = Matcher(programme("idle(v) = speed(v) < 2 kn lasting at least 60 s"), 1, STEP_S)
    of_speeds(matcher, (0, 1), (80, 1))
    new = changed(matcher, programme("fresh(v) = speed(v) < 3 kn"))
    assert of_speeds(new, (90, 1)) == [("fresh", "fired", 80, 90)]


@pytest.mark.parametrize("slots", [[-1], [40], [[0]]])
def test_slots_that_there_are_none_of_are_refused(slots: list[int]) -> None:
    matcher = Matcher(programme(), 40)
    with pytest.raises(ValueError, match="slots"):
        matcher.take(slots, [0], np.ones((1, len(matcher.programme.bases))))


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="columns"):
        Matcher(programme(), 40).take([0], [0], np.ones((1, 9)))


def test_nothing_told_nothing_happens() -> None:
    matcher = Matcher(programme(), 40)
    nothing: Array = np.empty((0, len(matcher.programme.bases)))
    assert len(matcher.take([], [], nothing)) == 0


def test_no_pattern_matches_nothing() -> None:
    matcher = Matcher(programme("p(v) = dark(v)"), 2)
    assert len(matcher.take([0, 0], [0, 10], np.empty((2, 0)))) == 0


def test_primitives_are_what_a_vocabulary_tells_of_one_vessel_and_what_samples_decide() -> None:
    known = primitives_of(PLAIN, ["slow"], {"trade": ("tug",)}, windows_min=())
    assert list(known.figures) == ["speed", "made_good", "length", "slow", "trade"]


def test_the_patterns_that_come_with_mihari_are_gated_or_matched() -> None:
    several = starting()
    made = compile(several, primitives_of(SCENE, FLAGS))
    assert {*made.exact, *made.gated, *made.always, *made.never} == {pattern.name for pattern in several}


def test_a_figure_beyond_all_bounds_counts_as_the_bound_over_a_while() -> None:
    text = "p(v) = speed_most_1min(v) >= 3276.6 kn and speed_most_1min(v) < 3276.7 kn"
    matcher = Matcher(programme(text), 1, STEP_S)
    assert of_speeds(matcher, (-10, np.inf), (0, 1), (10, 1)) == [("p", "fired", -10, 0)]


@pytest.mark.parametrize("minutes", [0, 721])
def test_windows_that_cannot_be_kept_are_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="expected 1 to 720"):
        primitives_of(PLAIN, windows_min=(minutes,))


def test_events_are_told_in_words() -> None:
    matcher = Matcher(programme("p(v) = speed(v) < 3 kn"), 1)
    events = matcher.take([0, 0], [0, 10], [[1.0], [1.0]])
    assert (list(names_of(events, matcher.programme)), events.kind.tolist()) == ([("p", 0, "fired", 0, 10)], [FIRED])
