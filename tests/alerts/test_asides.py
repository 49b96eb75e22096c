"""Set aside is bound to the time of the behaviour, never to a run of the detector."""

from __future__ import annotations

import pytest
from alert_helpers import A, B, Standing, T, Urgency, again, by, found, listed, tell, whats

from mihari.alerts import actions
from mihari.alerts.actions import Conflict


def aside(watch, now=T + 600.0, until=None):
    watch.act(1, lambda book: actions.set_aside(book, 1, by(now=now), "permitted", "licence 7", until))


def place(watch):
    return (listed(watch.records) or listed(watch.records, "aside"))[0]["place"]


def ended(b, end, **more):
    return again(b, end=end, standing=Standing.ENDED, **more)


def test_the_detector_runs_again_and_nothing_comes_back(watch, records):
    gap = found(end=T + 500)
    tell(watch, T + 500, gap)
    aside(watch)
    assert listed(records) == []
    tell(watch, T + 700, again(gap, because="the same, computed anew"))
    tell(watch, T + 800, found(end=T + 500, id="another id of the same"))
    tell(watch, T + 900)
    assert (listed(records), place(watch)) == ([], "aside")


@pytest.mark.parametrize(("end", "where"), [(T + 560, "aside"), (T + 561, "ended")])
def test_a_behaviour_that_is_revised_beyond_its_time_comes_back(watch, records, end, where):
    gap = found(end=T + 500)
    tell(watch, T + 500, gap)
    aside(watch)
    tell(watch, T + 900, ended(gap, end))
    assert place(watch) == where


@pytest.mark.parametrize(("start", "where"), [(T - 60, "aside"), (T - 61, "ended")])
def test_so_does_one_that_turns_out_to_have_begun_earlier(watch, records, start, where):
    gap = found(end=T + 500)
    tell(watch, T + 500, gap)
    aside(watch)
    tell(watch, T + 900, again(gap, start=start))
    assert place(watch) == where


def test_what_goes_on_is_aside_for_as_long_as_it_lasts_and_not_longer(watch, records):
    gap = found()
    tell(watch, T + 500, gap)
    aside(watch)
    tell(watch, T + 86400, again(gap, because="silent for a day"))
    assert place(watch) == "aside"
    over = ended(again(gap), T + 90000)
    tell(watch, T + 90000, over)
    assert place(watch) == "aside"
    tell(watch, T + 95000, ended(over, T + 95000))
    assert place(watch) == "ended"
    assert whats(records)[-1] == "revised"


def test_aside_until_a_time_comes_back_then_if_it_still_goes_on(watch, records):
    tell(watch, T + 500, found(urgency=Urgency.ALARM))
    aside(watch, until=T + 3600.0)
    tell(watch, T + 3599)
    assert place(watch) == "aside"
    tell(watch, T + 4000)
    assert (place(watch), listed(records)[0]["since"]) == ("unacknowledged", T + 3600)
    assert whats(records) == ["raised", "set aside", "comes back"]


def test_another_behaviour_brings_the_alert_back(watch):
    tell(watch, T + 500, found())
    aside(watch)
    tell(watch, T + 700, found("rendezvous", (A, B), T + 600))
    assert place(watch) == "unacknowledged"


def test_a_behaviour_that_becomes_more_urgent_comes_back(watch):
    gap = found()
    tell(watch, T + 500, gap)
    aside(watch)
    tell(watch, T + 700, again(gap, urgency=Urgency.ALARM))
    assert place(watch) == "unacknowledged"


def test_what_was_retracted_and_is_so_after_all_comes_back(watch):
    gap = found()
    tell(watch, T + 500, gap)
    aside(watch)
    tell(watch, T + 700, again(gap, standing=Standing.RETRACTED))
    assert place(watch) == "aside"
    tell(watch, T + 900, again(again(gap)))
    assert place(watch) == "unacknowledged"


def test_it_can_be_brought_back_by_hand_and_then_waits_again(watch, records):
    tell(watch, T + 500, found())
    aside(watch)
    with pytest.raises(Conflict, match="aside already"):
        aside(watch)
    watch.act(1, lambda book: actions.bring_back(book, 1, by("Kudo", T + 700.0)))
    told = listed(records)[0]
    assert (told["place"], told["since"], told["acknowledged"]) == ("unacknowledged", T + 700, None)


def test_nothing_that_is_aside_escalates_or_calls(watch, records):
    tell(watch, T + 500, found())
    aside(watch)
    tell(watch, T + 9000)
    told = listed(records, "aside")[0]
    assert (told["urgency"], told["calls"]) == ("warning", False)


def test_what_was_retracted_altogether_cannot_be_set_aside(watch):
    gap = found()
    tell(watch, T + 500, gap)
    tell(watch, T + 510, again(gap, standing=Standing.RETRACTED))
    with pytest.raises(Conflict, match="retracted altogether"):
        aside(watch)
