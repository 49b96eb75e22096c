"""The patrol of a node: begun, gone on with after a restart, changed when something is lost, rolled on, told."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "face"))
from patrol_bench import PATROL, START, Bench
from tests.patrol.made import patrol

from mihari.alerts.actions import By
from mihari.alerts.records import Unavailable
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.patrol.checker import check
from mihari.patrol.file import load
from mihari.patrol.plan import Plan, write
from mihari.patrol.planner import finished, prepare, search
from mihari.patrolling import shelf
from mihari.patrolling.ages import Look, cell_rows, fresh_now
from mihari.patrolling.rolling import moved, next_file
from mihari.patrolling.shelf import Kind

HOUR = 3600.0


def told(bench: Bench, key: str) -> dict:
    with bench.patrol.records.read() as connection:
        return shelf.told(connection, key)


def plan_of(bench: Bench) -> Plan:
    assert bench.patrol.kept is not None
    return bench.patrol.kept.plan


def asked(bench: Bench, kind: Kind, **body) -> shelf.Wish:
    """What somebody asks, some turns later."""
    by = By("Sato", bench.now)
    number = shelf.ask(bench.patrol.records, by, kind, body, str(kind)).number
    bench.turn(3)
    with bench.patrol.records.read() as connection:
        return shelf.wish_of(connection, number)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).begin()


def test_a_plan_is_made_kept_and_told(bench: Bench) -> None:
    state, sheet = told(bench, "state"), told(bench, "sheet")
    assert (state["number"], state["problem"], state["doing"]) == (1, "", "")
    assert state["said"] == "begins at 2026-11-23T00:00:00Z, as its file says"
    assert len(sheet["cells"]) == 12
    assert [v["name"] for v in sheet["vehicles"]] == ["tb2", "boat-1", "boat-2"]
    assert {s["vehicle"] for s in told(bench, "timeline")["sorties"]} <= {"tb2", "boat-1", "boat-2"}


def test_a_restart_goes_on_with_the_same_plan_and_what_is_lost(bench: Bench) -> None:
    asked(bench, Kind.LOST, name="tb2", place=False, reason="engine")
    bench.turn(12)
    before = bench.patrol.kept
    bench.again()
    assert bench.patrol.kept is not None
    assert before is not None
    assert bench.patrol.kept.number == before.number > 1
    assert bench.patrol.kept.plan == before.plan
    assert bench.patrol.changing.changes["lost"] == ["tb2"]
    assert bench.patrol.base.orders == ["open"]
    assert "goes on with plan" in told(bench, "state")["said"]


def test_another_file_is_another_patrol(bench: Bench) -> None:
    Path(bench.section.file).write_text(PATROL.replace("every_h = 2", "every_h = 3"), encoding="utf-8")
    bench.again()
    assert bench.patrol.base.orders == ["plan"]
    assert told(bench, "sheet")["cells"][0]["every_h"] == 3.0


def test_now_moves_all_hours_of_the_patrol_and_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path, now=START + 100 * HOUR, start="now").begin()
    assert plan_of(bench).begin == START + 100 * HOUR + 60.0  # the next full minute after the search
    assert told(bench, "state")["said"] == (
        "begins now, at 2026-11-27T04:01:00Z, in place of 2026-11-23T00:00:00Z as its file says"
    )


def test_a_plan_of_the_node_file_is_taken_and_moved(bench: Bench, tmp_path: Path) -> None:
    write(plan_of(bench), tmp_path / "plan.json")
    other = tmp_path / "other"
    other.mkdir()
    begun = Bench(other, now=START + 50 * HOUR, start="now", plan=str(tmp_path / "plan.json")).begin()
    assert begun.patrol.base.orders == ["open"]
    assert plan_of(begun) == moved(plan_of(bench), 50 * HOUR)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"file": "nowhere.toml"}, "nowhere.toml"),
        ({"plan": "nowhere.json"}, "nowhere.json"),
        (
            {},
            'patrol bay was over at 2026-11-23T08:00:00Z; expected a file that is not, or [patrol] with start = "now"',
        ),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path: Path, section: dict, sentence: str) -> None:
    bench = Bench(tmp_path, now=START + 9 * HOUR, **section).begin()
    assert sentence in told(bench, "state")["problem"]
    assert bench.patrol.kept is None


def test_a_plan_of_another_patrol_is_refused(bench: Bench, tmp_path: Path) -> None:
    write(replace(plan_of(bench), patrol="elsewhere"), tmp_path / "plan.json")
    other = tmp_path / "other"
    other.mkdir()
    begun = Bench(other, plan=str(tmp_path / "plan.json")).begin()
    assert "a plan of 'elsewhere'; expected one of 'bay'" in told(begun, "state")["problem"]


def test_what_is_lost_is_not_planned_with_until_it_is_back(bench: Bench) -> None:
    bench.turn(seconds=HOUR)
    assert asked(bench, Kind.LOST, name="tb2", place=False, reason="engine").state == "done"
    assert [s.vehicle for s in plan_of(bench).sorties if s.vehicle == "tb2"] == []
    cut = [s for s in told(bench, "timeline")["sorties"] if s["vehicle"] == "tb2"]
    assert [(s["end"], s["landing"]) for s in cut if s["landing"] == bench.now] == [("", bench.now)]
    bench.turn(12)
    assert asked(bench, Kind.BACK, name="tb2", place=False, reason="").state == "done"
    bench.turn(12)
    assert bench.patrol.changing.changes["lost"] == []
    assert any(s.vehicle == "tb2" for s in plan_of(bench).sorties)


def test_a_vessel_is_reached_and_then_looked_for_no_more(bench: Bench) -> None:
    look = {"name": "dark one", "lat_deg": 26.0, "lon_deg": 126.0, "speed_kn": 5.0, "course_deg": 90.0}
    look |= {"time": bench.now, "by": bench.now + 2 * HOUR, "stay_min": 10.0, "within_km": 10.0}
    assert asked(bench, Kind.LOOK, **look).state == "done"
    stops = [stop for s in plan_of(bench).sorties for stop in s.stops if stop.purpose == "vessel"]
    stop = min(stops, key=lambda one: one.arrive)
    assert (stop.name, stop.arrive <= bench.now + 2 * HOUR) == ("dark one", True)
    assert len(bench.patrol.changing.changes["looks"]) == 1
    bench.now = stop.leave + 60.0
    asked(bench, Kind.LOST, name="boat-1", place=False, reason="")
    assert bench.patrol.changing.changes["looks"] == []


def test_what_if_changes_nothing_until_somebody_takes_it_over(bench: Bench) -> None:
    before = bench.patrol.kept
    answer = asked(bench, Kind.WHAT_IF, lost=["tb2"], places=[], wind_kn=None, seconds=0.2)
    assert (answer.state, bench.patrol.kept) == ("done", before)
    assert answer.answer["figures"]["fresh"] < answer.answer["before"]["fresh"]
    assert asked(bench, Kind.ADOPT, number=answer.number, plan=1, reason="").state == "done"
    assert bench.patrol.kept is not None
    assert (bench.patrol.kept.who, bench.patrol.changing.changes["lost"]) == ("Sato", ["tb2"])
    late = asked(bench, Kind.ADOPT, number=answer.number, plan=1, reason="")
    assert (late.state, "is in force by now" in late.problem) == ("failed", True)


def test_other_wind_is_asked_about_and_not_believed(bench: Bench) -> None:
    answer = asked(bench, Kind.WHAT_IF, lost=[], places=[], wind_kn=60.0, seconds=0.2)
    assert answer.answer["figures"]["fresh"] < answer.answer["before"]["fresh"]
    assert bench.patrol.kept is not None
    assert bench.patrol.kept.file.weather == ()


def test_the_next_plan_is_made_in_the_last_quarter_and_takes_over(bench: Bench) -> None:
    bench.turn(3, seconds=5.9 * HOUR)
    assert told(bench, "state")["number"] == 1
    bench.turn(3, seconds=0.2 * HOUR)
    with bench.patrol.records.read() as connection:
        assert shelf.next_of(connection, bench.now, bench.patrol.digest) == 2
    assert plan_of(bench).begin == START
    bench.turn(3, seconds=2 * HOUR)
    assert (plan_of(bench).begin, plan_of(bench).end) == (START + 8 * HOUR, START + 16 * HOUR)
    assert bench.again().patrol.base.orders == ["open"]
    assert plan_of(bench).begin == START + 8 * HOUR


def test_what_is_lost_and_closed_holds_for_the_next_plan_too(bench: Bench) -> None:
    asked(bench, Kind.LOST, name="tb2", place=False, reason="engine")
    asked(bench, Kind.LOST, name="pier", place=True, reason="storm")
    bench.turn(3)
    bench.turn(3, seconds=6.5 * HOUR)
    bench.turn(8, seconds=2 * HOUR)
    assert bench.patrol.kept is not None
    assert (plan_of(bench).end, bench.patrol.kept.why) == (
        START + 16 * HOUR, "what is closed and looked for goes on; improved",
    )  # fmt: skip
    assert {s.vehicle for s in plan_of(bench).sorties} <= {"boat-1", "boat-2"}
    assert all("pier" not in (s.start, s.end) for s in plan_of(bench).sorties)
    assert asked(bench, Kind.BACK, name="tb2", place=False, reason="").state == "done"
    bench.turn(3)
    assert "tb2" in {s.vehicle for s in plan_of(bench).sorties}


def test_records_that_do_not_answer_are_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise Unavailable("away")

    with monkeypatch.context() as broken:
        broken.setattr(shelf, "put", away)
        shelf.ask(bench.patrol.records, By("Sato", bench.now), Kind.LOST, {"name": "tb2", "place": False}, "lost")
        bench.turn(4)
        assert plan_of(bench).begin == START
    bench.turn(3)
    assert plan_of(bench).begin == bench.now
    assert bench.patrol.changing.changes["lost"] == ["tb2"]


def test_vehicles_that_are_heard_tell_themselves_what_they_saw(bench: Bench) -> None:
    cell = told(bench, "sheet")["cells"][0]
    for k in range(61):  # to and fro over one cell, slowly
        place = (cell["lat_deg"], cell["lon_deg"] - 0.1 + 0.2 * k / 60)
        at = bench.now + 60.0 * k
        bench.patrol.heard([Asset("tb2", AssetKind.AIRCRAFT, time=at, lat_deg=place[0], lon_deg=place[1],
                                  height=5000.0, link=LinkState.UP)])  # fmt: skip
    bench.turn(3, seconds=HOUR)
    bench.turn(3, seconds=60.0)
    looks = told(bench, "seen")["looks"]
    flown = {row for row, (_, vehicle, real) in looks.items() if vehicle == "tb2" and real}
    assert str(cell["row"]) in flown
    assert not [row for row, (_, vehicle, real) in looks.items() if vehicle == "tb2" and not real]


def test_ages_and_the_fresh_share_by_hand() -> None:
    cells = [{"row": r, "every_h": 1.0, "weight": 1.0, "watched": w} for r, w in ((1, 0.0), (2, 0.0), (3, 1.0))]
    rows = cell_rows(cells, {1: Look(START + HOUR, "tb2")}, {}, START, START + 1.5 * HOUR)
    assert [(row["late"], row["age_s"], row["held"]) for row in rows] == [
        (0.5, 1800.0, False), (1.5, 5400.0, False), (0.0, 0.0, True),
    ]  # fmt: skip
    assert fresh_now(rows) == pytest.approx(2 / 3)


@pytest.mark.parametrize("seed", range(4))
def test_the_next_hours_begin_where_the_last_ended(seed: int) -> None:
    prepared = prepare(patrol(seed))
    plan = finished(prepared, search(prepared, 0.1, seed))
    following = next_file(prepared.file, plan)
    later = prepare(following)
    found = finished(later, search(later, 0.1, seed))
    assert [v.told for v in check(later.file, later.ground, found)] == []
    homes = {asset.name: asset.home for asset in following.asset}
    assert all(plan.of(name)[-1].end == home for name, home in homes.items() if plan.of(name))
    assert found.begin == plan.end


def test_the_file_that_comes_with_mihari_rolls_on() -> None:
    file = load("nansei")
    empty = Plan(file.name, file.start.timestamp(), file.start.timestamp() + 24 * HOUR, ())
    following = next_file(file, empty, lost=["tb3-1"])
    assert [w.from_h for w in following.weather] == [0.0]
    assert {a.name: a.ready_h >= 24 for a in following.asset if a.name.startswith("tb3")} == {
        "tb3-1": True, "tb3-2": False, "tb3-south": False,
    }  # fmt: skip
