"""What a patrol lives through: a planner that ends, plans that come late or never, records away, wrong clocks."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent))
from patrol_bench import START, AtOnce, Bench

from mihari.alerts import tables
from mihari.alerts.actions import By
from mihari.alerts.records import Unavailable
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.errors import BadInput
from mihari.patrolling import shelf, worker
from mihari.patrolling.child import Child
from mihari.patrolling.demanding import demanded
from mihari.patrolling.patrolling import RETRY_S
from mihari.patrolling.rolling import next_file
from mihari.patrolling.seeing import SILENT_S
from mihari.patrolling.shelf import Kept, Kind

HOUR = 3600.0


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).begin()


def ask(bench: Bench, kind: Kind, turns: int = 4, **body: Any) -> shelf.Wish:
    """What came of an order, some turns later."""
    number = shelf.ask(bench.patrol.records, By("Sato", bench.now), kind, body, str(kind)).number
    bench.turn(turns)
    with bench.patrol.records.read() as connection:
        return shelf.wish_of(connection, number)


def kept(bench: Bench) -> Kept:
    assert bench.patrol.kept is not None
    return bench.patrol.kept


def ending(child: Child, orders: int = 1) -> None:
    """The next orders end it before it answers."""
    assert isinstance(child, AtOnce)
    child.deaths = orders


def test_a_planner_that_ended_while_idle_is_made_ready_before_the_next_order(bench: Bench) -> None:
    assert isinstance(bench.patrol.base, AtOnce)
    bench.patrol.base.die()
    assert ask(bench, Kind.LOST, name="tb2", place=False, reason="").state == "done"
    assert bench.patrol.base.orders[:3] == ["plan", "open", "change"]


def test_a_first_plan_that_was_not_made_is_made_a_minute_later(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    ending(bench.patrol.base)
    bench.begin()
    assert (bench.patrol.kept, "ended before" in bench.patrol.problem) == (None, True)
    bench.turn(3, seconds=RETRY_S + 1)
    assert (kept(bench).number, bench.patrol.problem) == (1, "")


def test_a_next_plan_that_comes_late_takes_over_all_the_same(bench: Bench) -> None:
    bench.turn(4, seconds=8.1 * HOUR)
    assert kept(bench).plan.begin == START + 8 * HOUR
    assert bench.patrol.base.orders[-1] == "open"
    assert ask(bench, Kind.LOST, name="tb2", place=False, reason="").state == "done"


def test_a_next_plan_that_failed_is_made_a_minute_later_and_disturbs_nobody(bench: Bench) -> None:
    ending(bench.patrol._other)
    bench.now += 6.5 * HOUR
    bench.patrol._doing = "preparing"  # the other process's affair
    bench.turn(3)
    assert (bench.patrol._doing, "ended before" in bench.patrol.problem) == ("preparing", True)
    bench.patrol._doing = ""
    bench.turn(3, seconds=RETRY_S + 1)
    with bench.patrol.records.read() as connection:
        assert shelf.next_of(connection, bench.now, bench.patrol.digest) == 2


def test_the_next_plan_goes_by_the_weather_that_was_adopted_meanwhile(bench: Bench) -> None:
    bench.turn(1, seconds=START + 5.98 * HOUR - bench.now)
    found = ask(bench, Kind.WHAT_IF, lost=[], places=[], wind_kn=15.0, seconds=0.2)
    bench.turn(1, seconds=200.0)  # the next plan is asked for
    assert bench.patrol._other.busy
    shelf.ask(bench.patrol.records, By("Sato", bench.now), Kind.ADOPT, {"number": found.number, "plan": 1}, "adopt")
    bench.patrol.changing.hear()
    bench.turn(4)
    with bench.patrol.records.read() as connection:
        following = shelf.plan_of(connection, shelf.next_of(connection, bench.now, bench.patrol.digest))
    assert [w.wind_kn for w in following.file.weather] == [15.0]


def test_who_is_back_stays_ready_in_the_file_that_is_kept(bench: Bench) -> None:
    was = kept(bench)
    bench.patrol.kept = Kept(1, 0.0, "", "", next_file(was.file, was.plan, ["tb2"]), was.plan)
    bench.patrol.changing.changes["lost"] = ["tb2"]
    late = bench.patrol.kept.file.start.timestamp()
    bench.patrol.kept = Kept(1, 0.0, "", "", bench.patrol.kept.file, shifted(was.plan, late - START))
    bench.now = late + HOUR
    bench.patrol.open(bench.patrol.kept)
    bench.turn(2)
    assert ask(bench, Kind.BACK, 6, name="tb2", place=False, reason="").state == "done"
    assert [one.ready_h for one in kept(bench).file.asset if one.name == "tb2"] == [1.0]


def shifted(plan: Any, seconds: float) -> Any:
    """No sorties, so much later."""
    return type(plan)(plan.patrol, plan.begin + seconds, plan.end + seconds, ())


def test_a_zone_beyond_the_places_of_files_is_one_sentence(bench: Bench) -> None:
    told = {"name": "pole", "every_h": 2.0, "weight": 1.0, "vessel": "boat", "back": False}
    corners = [[89.5, 0.0], [89.5, 1.0], [89.6, 1.0]]
    with pytest.raises(BadInput, match=r"zone\.0\.0: .* less than or equal to 89"):
        demanded(kept(bench).file, {}, told | {"corners": corners})
    asked = {"who": "Sato", "name": "pole", "corners": corners}
    assert "corners" in bench.client().post("/patrol/demand", 422, **asked)["detail"]


def test_failures_that_the_records_do_not_take_are_told_later() -> None:
    child, told, away = AtOnce(), [], [True]

    def failed(answer: dict[str, Any]) -> None:
        if away:
            raise Unavailable(away.pop() and "away")
        told.append(answer["number"])

    for _ in range(2):
        child.ask({"do": "open"}, told.append, failed)
    child.die()
    with pytest.raises(Unavailable):
        child.listen()
    assert child.busy
    child.listen()
    assert (told, child.busy) == ([1, 2], False)


def test_an_answer_that_cannot_be_written_is_a_problem_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.Planner, "obey", lambda *_: {"figure": float("nan")})
    answers = io.StringIO()
    worker.serve(io.StringIO('{"do": "open", "number": 1}\n{"do": "open", "number": 2}\n'), answers)
    lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [(one["number"], "the planner failed" in one["problem"]) for one in lines] == [(1, True), (2, True)]


def test_a_plan_that_cannot_be_read_is_followed_by_a_new_one(bench: Bench) -> None:
    with bench.patrol.records.write() as (connection, _):
        connection.execute(sa.update(tables.plan).values(body="{}"))
    bench.again()
    assert (kept(bench).number, bench.patrol.problem) == (2, "")
    assert "plan 1 of the records cannot be read" in bench.patrol.said
    assert bench.client().get("/patrol")["plan"]["number"] == 2


def test_a_fix_of_the_future_mutes_nobody_and_who_is_silent_is_planned_with_again(bench: Bench) -> None:
    def fix(at: float) -> None:
        one = Asset("tb2", AssetKind.AIRCRAFT, time=at, lat_deg=26.0, lon_deg=126.0, height=5e3, link=LinkState.UP)
        bench.patrol.heard([one])

    def heard() -> list[str]:
        with bench.patrol.records.read() as connection:
            return list(shelf.told(connection, "seen")["heard"])

    fix(bench.now + 99 * HOUR)
    bench.turn(2, seconds=30.0)
    assert heard() == []
    fix(bench.now)
    bench.turn(2, seconds=30.0)
    assert heard() == ["tb2"]
    bench.turn(2, seconds=SILENT_S)
    assert heard() == []


def test_a_what_if_that_failed_leaves_no_process(bench: Bench) -> None:
    assert ask(bench, Kind.WHAT_IF, lost=["nobody"], places=[], wind_kn=None, seconds=0.2).state == "failed"
    assert not bench.patrol._other.alive
