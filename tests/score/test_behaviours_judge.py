"""The judge of BEH-1 to BEH-4 on made-up alerts, and the brute-force truth of a made-up coast."""

import math
from dataclasses import replace

import pytest
from benchmarks import behaviours_found as found
from benchmarks.behaviours_judge import judge
from benchmarks.behaviours_run import Alert
from benchmarks.behaviours_truth import Event, Twin, doubtful, judged

EVENT = Event("rendezvous", (7, 9), 1000.0, 4000.0, decides=2800.0)
ALERT = Alert("rendezvous", (7, 9), 1010.0, 3990.0, told=2803.0, wall=0.5)


def counts(alerts: list[Alert], events: list[Event], kind: str = "rendezvous") -> tuple[int, int, int]:
    v = judge(alerts, events)[kind]
    return len(v.right), len(v.false), len(v.missed)


def test_an_alert_on_the_same_vessels_at_an_overlapping_time_is_right_and_late_by_data_and_wall_time() -> None:
    verdict = judge([ALERT], [EVENT])["rendezvous"]
    assert (verdict.precision, verdict.recall) == (1.0, 1.0)
    assert verdict.late == [pytest.approx(3.5)]


def test_a_second_alert_on_one_truth_is_false() -> None:
    assert counts([ALERT, replace(ALERT, start=3000.0, told=3500.0)], [EVENT]) == (1, 1, 0)


def test_another_vessel_another_kind_and_another_time_are_false() -> None:
    for other in (replace(ALERT, vessels=(7, 8)), replace(ALERT, start=4001.0, end=None), replace(ALERT, end=999.0)):
        assert counts([other], [EVENT]) == (0, 1, 1)
    assert counts([replace(ALERT, kind="loitering")], [EVENT]) == (0, 0, 1)
    assert counts([replace(ALERT, kind="loitering")], [EVENT], "loitering") == (0, 1, 0)


def test_a_retracted_alert_is_false_and_leaves_the_truth_to_the_one_that_stands() -> None:
    assert counts([replace(ALERT, retracted=True, told=100.0)], [EVENT]) == (0, 1, 1)
    assert counts([replace(ALERT, retracted=True, told=100.0), ALERT], [EVENT]) == (1, 1, 0)


def test_a_false_place_told_by_two_definitions_is_one_alert_and_two_echoes_of_one_hull_are_two() -> None:
    for kind, wanted in (("spoofing", (1, 0, 0)), ("dark", (1, 1, 0))):
        event, alert = replace(EVENT, kind=kind, vessels=(7,)), replace(ALERT, kind=kind, vessels=(7,))
        assert counts([alert, replace(alert, told=3000.0)], [event], kind) == wanted


def test_half_of_a_fleet_by_jaccard_is_the_fleet_and_less_is_not() -> None:
    event = Event("fleet", tuple(range(20)), 0.0, 1000.0, 500.0)
    for members, right in ((range(10), 1), (range(9), 0), (range(40), 1), (range(41), 0)):
        alert = Alert("fleet", tuple(members), 0.0, None, 510.0, 0.0)
        assert counts([alert], [event], "fleet")[0] == right


def test_a_coast_has_five_truths_of_each_kind_and_as_many_near_misses_none_in_doubt() -> None:
    coast = judged(100)
    events = Twin(coast).events()
    assert doubtful(coast) == []
    assert not any(" no " in e.group and e.group.startswith(e.kind) for e in events)
    for kind in ("gap", "dark", "spoofing", "identity", "rendezvous", "loitering", "fleet"):
        assert sum(e.kind == kind for e in events) >= 4
        assert len({v.group for v in coast.vessels if v.group.startswith(f"{kind} no")}) >= 4
    assert found.vessel_days(coast) >= 200.0


def test_without_a_full_run_the_rows_do_not_hold(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(found, "RESULTS", found.Path(str(tmp_path)) / "none.json")
    assert [(row.id, math.isnan(row.value), row.holds) for row in found.rows()] == [
        (f"BEH-{k}", True, False) for k in (1, 2, 3, 4)
    ]
