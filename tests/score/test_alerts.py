"""Alerts against events: each rule by hand, and the whole against a plain count."""

import math

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from mihari.core.errors import BadInput
from mihari.score.alert_files import alerted, happened
from mihari.score.alerts import EARLY_S, LATE_S, Alerted, Happened, by_kind, matches, score_alerts
from mihari.score.tables import Followed


def alert(kind, vessels, start, end=math.nan, raised=math.nan):
    return Alerted(kind, frozenset(vessels), start, end, raised)


def event(kind, vessels, start, end=math.nan, innocent=False):
    return Happened(kind, frozenset(vessels), start, end, innocent)


FLEET = event("fleet", range(100), 1000.0, 5000.0)


@pytest.mark.parametrize(
    ("given", "is_it"),
    [
        (alert("fleet", range(100), 2000.0), True),
        (alert("fleet", [7], 2000.0), True),
        (alert("fleet", range(50, 150), 2000.0), True),  # half of them
        (alert("fleet", range(51, 151), 2000.0), False),  # fewer than half
        (alert("fleet", range(10_000), 2000.0), False),  # everybody is nobody
        (alert("fleet", [], 2000.0), False),
        (alert("rendezvous", range(100), 2000.0), False),
        (alert("fleet", range(100), 5000.0 + LATE_S), True),
        (alert("fleet", range(100), 5001.0 + LATE_S), False),
        (alert("fleet", range(100), 500.0, 999.0), False),  # over before it began
        (alert("fleet", range(100), 500.0, 1000.0), True),
        (alert("fleet", range(100), 500.0), True),  # begun too early, still going on
        (alert("fleet", range(100), 1000.0 - EARLY_S), True),
        (alert("fleet", range(100), 999.0 - EARLY_S), False),  # told long before: nobody could know
        (alert("fleet", range(100), 0.0, 3000.0), False),
        (alert("fleet", range(100), 500.0, 900.0, raised=1500.0), True),  # told of earlier signs when it happened
    ],
)
def test_an_alert_is_about_an_event_or_not(given, is_it):
    assert matches(given, FLEET) is is_it


def test_an_event_that_goes_on_is_never_too_old():
    assert matches(alert("dark", [1], 1e9), event("dark", [1], 0.0))


def test_an_alert_that_a_true_event_explains_was_not_fooled_by_the_innocent_one_beside_it():
    events = [event("dark", [1], 0.0, 100.0), event("dark", [1], 50.0, 100.0, innocent=True)]
    found = score_alerts([alert("dark", [1], 60.0)], events, 1.0)
    assert (found.right, found.fooled, found.alike) == (1, 0, 1)


def test_latency_counts_from_the_start_of_what_happened_to_when_it_was_told_first():
    events = [event("dark", [1], 0.0, 900.0), event("dark", [2], 100.0, 900.0)]
    alerts = [
        alert("dark", [1], 10.0, raised=400.0),
        alert("dark", [1], 20.0, raised=300.0),
        alert("dark", [2], 100.0, raised=200.0),
    ]
    found = score_alerts(alerts, events, 1.0)
    assert (found.latency_mean, found.latency_median) == (200.0, 200.0)
    assert (found.right, found.repeats, found.found) == (3, 1, 2)


def test_an_alert_that_never_ends_finds_no_later_event_and_one_of_first_signs_has_no_negative_latency():
    events = [event("dark", [1], 86_400.0 * day, 86_400.0 * day + 900.0) for day in range(5)]
    found = score_alerts([alert("dark", [1], -60.0)], events, 1.0)
    assert (found.found, found.right, found.latency_mean) == (1, 1, 0.0)


def test_one_alert_may_find_two_events():
    found = score_alerts([alert("dark", [1, 2], 10.0)], [event("dark", [1], 0.0), event("dark", [2], 0.0)], 1.0)
    assert (found.found, found.precision, found.recall) == (2, 1.0, 1.0)


def test_false_alerts_are_told_for_1000_vessel_days():
    found = score_alerts([alert("dark", [k], 0.0) for k in range(3)], [], vessel_days=10_000 * 3.0)
    assert found.false_per_1000_vessel_days == pytest.approx(0.1)
    assert math.isnan(found.recall)
    assert math.isnan(score_alerts([], [], 0.0).false_per_1000_vessel_days)


def test_the_counts_equal_a_plain_count_over_all_pairs():
    rng = np.random.default_rng(1)

    def some():
        return str(rng.choice(["a", "b"])), rng.integers(0, 6, rng.integers(1, 4)).tolist()

    for _ in range(50):
        events = [event(*some(), t, t + 500, bool(rng.random() < 0.4)) for t in rng.uniform(0, 9000, 8).tolist()]
        alerts = [alert(*some(), t, t + 100) for t in rng.uniform(0, 9000, 8).tolist()]
        found = score_alerts(alerts, events, 1.0, late=300.0)
        true = [[matches(a, e, 300.0) and not e.innocent for e in events] for a in alerts]
        alike = [[matches(a, e, 300.0) and e.innocent for e in events] for a in alerts]
        assert found.right == sum(any(row) for row in true)
        assert found.found == sum(any(column) for column in zip(*true, strict=True))
        assert found.fooled == sum(any(b) and not any(a) for a, b in zip(true, alike, strict=True))
        kinds = by_kind(alerts, events, 1.0, late=300.0)
        for name in ("alerts", "right", "repeats", "fooled", "events", "found", "alike"):
            assert sum(getattr(one, name) for one in kinds.values()) == getattr(found, name)


def test_files_of_the_simulator_and_of_alerts_are_read(tmp_path):
    from mihari.simulate.labels import EVENTS

    row = {"kind": "dark", "vessels": [4], "start": 10.0, "end": None, "innocent": True, "note": ""}
    parquet.write_table(pa.Table.from_pylist([row], schema=EVENTS), tmp_path / "events.parquet")
    (one,) = happened(tmp_path / "events.parquet")
    assert (one.kind, one.vessels, one.start, one.innocent) == ("dark", {4}, 10.0, True)
    assert math.isnan(one.end)
    path = tmp_path / "alerts.parquet"
    parquet.write_table(pa.table({"kind": ["dark"], "tracks": [[40, 41]], "start": [12.0], "raised": [25.0]}), path)
    followed = Followed.of(3, time=[10.0, 20.0, 30.0], track=40, holds=[4, 5, 6])
    (told,) = alerted(path, followed)
    assert told.vessels == {5, -42}  # held at 25 s; the other never held a vessel
    assert told.told == 25.0
    parquet.write_table(pa.table({"kind": ["dark"], "start": [12.0]}), path)
    with pytest.raises(BadInput, match="vessels, or tracks"):
        alerted(path, followed)
    parquet.write_table(pa.table({"kind": ["dark", None], "vessels": [[1], [2]], "start": [12.0, 1.0]}), path)
    with pytest.raises(BadInput, match="row 2 of alerts"):
        alerted(path, followed)
    parquet.write_table(pa.table({"kind": ["dark"], "vessels": [[1]], "start": ["noon"]}), path)
    with pytest.raises(BadInput, match="start"):
        alerted(path, followed)


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ({"start": [math.nan]}, "row 1 of alerts: expected a start in UTC s"),
        ({"start": [math.inf]}, "expected a start"),
        ({"start": [True]}, "expected a start"),
        ({"end": ["noon"]}, "expected end in UTC s, or null"),
        ({"raised": [-math.inf]}, "expected raised in UTC s, or null"),
        ({"vessels": [["x"]]}, "expected vessels as a list of whole numbers"),
        ({"vessels": [4]}, "expected vessels as a list"),
        ({"tracks": [[None]]}, "expected tracks as a list of whole numbers"),
    ],
)
def test_alerts_with_values_that_cannot_be_are_refused_with_their_row(tmp_path, column, told):
    path = tmp_path / "alerts.parquet"
    parquet.write_table(pa.table({"kind": ["dark"], "tracks": [[4]], "start": [1.0]} | column), path)
    with pytest.raises(BadInput, match=told):
        alerted(path, Followed.empty())
