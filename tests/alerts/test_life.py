"""The life of an alert, over SQLite and PostgreSQL: raised, joined, revised, retracted, decided about, over."""

from __future__ import annotations

import pytest
from alert_helpers import A, B, Standing, T, Urgency, again, by, found, listed, one, tell, whats

from mihari.alerts import actions
from mihari.alerts.actions import Conflict, Unknown
from mihari.core.errors import BadInput


def acknowledge(watch, number=1, reason="unit sent", **more):
    return watch.act(number, lambda book: actions.acknowledge(book, number, by(**more), reason))


def test_gap_dark_and_spoofing_of_one_vessel_are_one_alert_at_the_highest_urgency(watch, records):
    tell(watch, T + 60, found("gap"))
    tell(watch, T + 90, found("dark", start=T + 60, urgency=Urgency.ALARM))
    tell(watch, T + 99, found("spoofing", start=T + 70, urgency=Urgency.CAUTION))
    (alert,) = listed(records)
    assert alert["kinds"] == ["gap", "dark", "spoofing"]
    assert (alert["urgency"], alert["because"], alert["version"]) == ("alarm", f"dark of {A}", 3)
    assert whats(records) == ["raised", "joined", "joined"]


def test_the_order_is_unacknowledged_then_over_then_acknowledged_by_urgency_then_newest(watch, records):
    for k, urgency in enumerate((1, 4, 2, 3, 3)):
        tell(watch, T + k, found(vessels=(A + k,), urgency=Urgency(urgency)))
    tell(watch, T + 9, again(found(vessels=(A + 3,), urgency=Urgency.ALARM), end=T + 9, standing=Standing.ENDED))
    acknowledge(watch, 2)
    assert [a["number"] for a in listed(records)] == [5, 3, 1, 4, 2]
    assert [a["place"] for a in listed(records)] == ["unacknowledged"] * 3 + ["ended", "settled"]
    assert [a["calls"] for a in listed(records)] == [True, True, False, True, False]


def test_what_is_over_stays_until_it_is_acknowledged_and_leaves_twelve_hours_later(watch, records):
    gap = found()
    tell(watch, T + 60, gap)
    tell(watch, T + 300, again(gap, end=T + 300, standing=Standing.ENDED))
    tell(watch, T + 30 * 3600)
    assert listed(records)[0]["place"] == "ended"
    acknowledge(watch, now=T + 30 * 3600.0)
    tell(watch, T + 42 * 3600 - 1)
    assert [a["place"] for a in listed(records)] == ["settled"]
    tell(watch, T + 42 * 3600)
    assert listed(records) == []
    assert listed(records, "closed")[0]["closed"] == T + 42 * 3600
    assert whats(records) == ["raised", "ended", "acknowledged", "closed"]


def test_a_caution_that_is_over_asks_for_nothing(watch, records):
    tell(watch, T + 60, found(end=T + 50, urgency=Urgency.CAUTION))
    assert listed(records)[0]["place"] == "settled"


@pytest.mark.parametrize("after_s", [299.0, 300.0])
def test_a_warning_becomes_an_alarm_after_five_minutes_and_not_a_second_sooner(watch, records, after_s):
    tell(watch, T + 60, found())
    tell(watch, T + 60 + after_s)
    assert listed(records)[0]["urgency"] == ("alarm" if after_s >= 300 else "warning")
    tell(watch, T + 5000)
    assert listed(records)[0]["escalated"] == T + 360  # when it was due, whenever somebody looked


@pytest.mark.parametrize("urgency", [Urgency.CAUTION, Urgency.ALARM, Urgency.EMERGENCY])
def test_nothing_but_a_warning_escalates(watch, records, urgency):
    tell(watch, T + 60, found(urgency=urgency))
    tell(watch, T + 9000)
    assert listed(records)[0]["urgency"] == urgency.name.lower()


def test_an_acknowledged_warning_does_not_escalate(watch, records):
    tell(watch, T + 60, found())
    acknowledge(watch)
    tell(watch, T + 9000)
    told = listed(records)[0]
    assert (told["urgency"], told["acknowledged_by"], told["reason"]) == ("warning", "Sato", "unit sent")


def test_what_is_acknowledged_twice_is_a_conflict_and_changes_nothing(watch, records):
    tell(watch, T + 60, found())
    acknowledge(watch)
    before = one(records)
    with pytest.raises(Conflict, match="acknowledged already, by Sato"):
        acknowledge(watch, who="Kudo")
    assert one(records) == before


def test_a_decision_about_an_alert_that_has_changed_is_refused(watch, records):
    tell(watch, T + 60, found())
    tell(watch, T + 70, found("dark"))
    with pytest.raises(Conflict, match="look at it again"):
        acknowledge(watch, version=1)
    acknowledge(watch, version=2)
    with pytest.raises(Unknown, match="there is no alert 9"):
        acknowledge(watch, 9)


def test_a_new_behaviour_has_to_be_acknowledged_anew_unless_it_is_a_caution(watch, records):
    tell(watch, T + 60, found())
    acknowledge(watch)
    tell(watch, T + 700, found("loitering", start=T + 100, urgency=Urgency.CAUTION))
    assert listed(records)[0]["place"] == "settled"
    tell(watch, T + 800, found("rendezvous", (A, B), start=T + 200))
    told = listed(records)[0]
    assert (told["place"], told["since"], told["acknowledged"]) == ("unacknowledged", T + 800, None)


def test_the_five_minutes_of_a_warning_count_from_when_it_became_one(watch, records):
    gap = found(urgency=Urgency.CAUTION)
    tell(watch, T + 60, gap)
    tell(watch, T + 7200, again(gap, urgency=Urgency.WARNING))
    tell(watch, T + 7400, found("dark", start=T + 7300))
    assert (listed(records)[0]["urgency"], listed(records)[0]["since"]) == ("warning", T + 7200)
    tell(watch, T + 7500)
    assert listed(records)[0]["urgency"] == "alarm"


def test_a_revision_that_changes_only_figures_disturbs_nobody(watch, records):
    gap = found()
    tell(watch, T + 60, gap)
    acknowledge(watch)
    tell(watch, T + 700, again(gap, because="silent for 12 min"))
    told = one(records)
    assert (told["place"], told["because"]) == ("settled", "silent for 12 min")
    assert whats(records) == ["raised", "acknowledged"]


def test_a_behaviour_that_becomes_more_urgent_has_to_be_acknowledged_anew(watch, records):
    gap = found()
    tell(watch, T + 60, gap)
    acknowledge(watch)
    tell(watch, T + 700, again(gap, urgency=Urgency.ALARM))
    assert listed(records)[0]["place"] == "unacknowledged"
    assert whats(records)[-1] == "revised"


def test_an_older_revision_that_comes_late_changes_nothing(watch, records):
    gap = found()
    newer = again(again(gap), because="newest")
    assert tell(watch, T + 60, newer) == {}
    assert tell(watch, T + 70, again(gap, because="older")) == {"an older revision": 1}
    assert listed(records)[0]["because"] == "newest"


def test_what_was_retracted_is_shown_and_never_gone(watch, records):
    gap = found()
    tell(watch, T + 60, gap, found("dark", urgency=Urgency.ALARM))
    tell(
        watch, T + 70, again(found("dark", urgency=Urgency.ALARM), standing=Standing.RETRACTED, because="AIS came late")
    )
    told = one(records)
    assert (told["urgency"], told["kinds"], told["retracted"]) == ("warning", ["gap"], False)
    assert [b["standing"] for b in told["behaviours"]] == ["retracted", "going_on"]
    assert told["log"][-1]["text"] == "retracted: AIS came late"
    tell(watch, T + 80, again(gap, standing=Standing.RETRACTED))
    told = one(records)
    assert (told["retracted"], told["place"]) == (True, "ended")


def test_what_was_retracted_before_anybody_heard_of_it_raises_nothing(watch, records):
    assert tell(watch, T, found(standing=Standing.RETRACTED)) == {"retracted before it was told": 1}
    assert tell(watch, T, found(vessels=())) == {"about no vessel": 1}
    assert listed(records, "all") == []


def test_assign_comment_escalate_and_close_are_in_the_log_with_who_did_it(watch, records):
    tell(watch, T + 60, found())
    watch.act(1, lambda book: actions.assign(book, 1, by("Sato"), "patrol boat 7"))
    watch.act(1, lambda book: actions.comment(book, 1, by("Kudo"), "no answer on channel 16"))
    watch.act(1, lambda book: actions.escalate(book, 1, by("Kudo"), Urgency.EMERGENCY, "fire seen"))
    assert (one(records)["urgency"], one(records)["by_hand"], one(records)["calls"]) == ("emergency", True, True)
    watch.act(1, lambda book: actions.close(book, 1, by("Sato"), "distress", "towed in"))
    told = one(records)
    assert (told["place"], told["outcome"], told["closed_by"], told["acknowledged_by"]) == (
        "closed", "distress", "Sato", "Sato"
    )  # fmt: skip
    lines = [(line["who"], line["text"]) for line in told["log"]][1:]
    assert lines == [
        ("Sato", "assigned to patrol boat 7"),
        ("Kudo", "no answer on channel 16"),
        ("Kudo", "escalated to emergency: fire seen"),
        ("Sato", "it was: distress: towed in"),
    ]


def test_a_closed_alert_comes_back_when_it_turns_worse_and_not_when_it_ends(watch, records):
    gap = found()
    tell(watch, T + 60, gap)
    watch.act(1, lambda book: actions.close(book, 1, by(), "innocent"))
    tell(watch, T + 700, again(gap, end=T + 700, standing=Standing.ENDED))
    assert listed(records) == []
    tell(watch, T + 800, again(again(gap), urgency=Urgency.ALARM))
    told = listed(records)[0]
    assert (told["place"], told["outcome"], told["closed"]) == ("unacknowledged", "", None)


def test_what_comes_after_a_closed_alert_is_a_new_one(watch, records):
    tell(watch, T + 60, found())
    watch.act(1, lambda book: actions.close(book, 1, by(), "innocent"))
    tell(watch, T + 700, found("dark"))
    assert [a["number"] for a in listed(records)] == [2]
    assert [r["number"] for r in one(records, 2)["related"]] == [1]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda b: actions.acknowledge(b, 1, by(), "because"), "reason: expected one of seen, watching"),
        (lambda b: actions.acknowledge(b, 1, by(), "other", "x" * 2001), "note: expected at most 2000 characters"),
        (lambda b: actions.close(b, 1, by(), "aliens"), "outcome: expected one of innocent"),
        (lambda b: actions.comment(b, 1, by(), " \x00 \n"[2:]), "text: expected some words"),
        (lambda b: actions.escalate(b, 1, by(), Urgency.WARNING), "expected alarm or emergency"),
        (lambda b: actions.set_aside(b, 1, by(), "permitted", until=T), "until: expected a time after"),
        (lambda b: actions.bring_back(b, 1, by()), "is not set aside"),
        (lambda b: actions.assign(b, 1, by(), ""), "assigned to nobody already"),
        (lambda b: actions.acknowledge(b, 1, by("  "), "other"), "who: expected the name"),
    ],
)
def test_what_cannot_be_decided_is_one_sentence_and_changes_nothing(watch, records, act, sentence):
    tell(watch, T + 60, found())
    before = one(records)
    with pytest.raises(BadInput, match=sentence):
        watch.act(1, act)
    assert one(records) == before


def test_after_a_new_start_what_went_on_is_no_longer_followed_until_it_is_told_again(watch, records):
    gap = found(revision=4)
    tell(watch, T + 60, gap)
    acknowledge(watch)
    watch.begin(T + 1000.0)
    assert (listed(records)[0]["going_on"], whats(records)[-1]) == (False, "not followed")
    tell(watch, T + 1100, found())  # the same again, counted from nought
    told = listed(records)[0]
    assert (told["going_on"], told["place"]) == (True, "settled")
    watch.begin(T + 1000.0)  # the same node: nothing happens
    assert whats(records)[-1] == "goes on"
