"""`mihari task plan`: which sorties are proposed, what the API is told, what is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.patrol.island import ISLAND

from mihari.commands.tasks import task as command
from mihari.commands.tasks_plan import propose_plan
from mihari.core.errors import BadInput
from mihari.core.task import Task, TaskKind
from mihari.face.task_models import Proposal
from mihari.patrol.plan import Plan, Sortie, Stop, read, write
from mihari.patrolling.proposing import LATE_S
from mihari.tasks.body import task_object

BEGIN = 1_795_219_200.0  # 2026-11-21T00:00Z
NOBODY = "tb2-2 takes no tasks: the node file names no operator who could accept them"
KINDS = ["look", "search", "hold", "land"]


class Api:
    """A node that takes tasks of tb2-1, and knows tb2-2 without an operator."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.tasks: list[dict[str, Any]] = []

    def __call__(self, path: str, told: dict[str, Any] | None) -> dict[str, Any]:
        if told is None:
            takes = [{"asset": "tb2-1", "operator": "Mori", "kinds": KINDS, "accepts": []}]
            takes.append({"asset": "tb2-2", "operator": "", "kinds": KINDS, "accepts": []})
            return {"takes": takes, "tasks": list(self.tasks)}
        Proposal.model_validate(told)  # what the API itself asks of it
        self.told.append(told)
        places = tuple((lat, lon) for lat, lon in told["places"])
        task = Task(len(self.told), told["asset"], TaskKind(told["kind"]), told["who"], BEGIN, places, told["vessel"])
        self.tasks.append(task_object(replace(task, begin=told["begin"], until=told["until"])))
        return self.tasks[-1]


@pytest.fixture
def made(tmp_path: Path) -> tuple[str, Path]:
    file, plan = tmp_path / "island.toml", tmp_path / "plan.json"
    file.write_text(ISLAND + "count = 2\n")
    stops = tuple(Stop("cell", str(n), BEGIN + 600 * n + 900, BEGIN + 600 * n + 900, 26.0, 126.0) for n in range(3))

    def sortie(vehicle: str, hour: float) -> Sortie:
        begin = BEGIN + 3600 * hour
        return Sortie(vehicle, "field", begin, 26.3, 126.2, stops, "field", begin + 7200, 26.3, 126.2)

    sorties = (sortie("tb2-1", 0.0), sortie("tb2-1", 5.0), sortie("tb2-2", 0.0))
    write(Plan("Island", BEGIN, BEGIN + 8 * 3600, sorties), plan)
    return str(file), plan


def test_tasks_of_sorties_that_leave_soon_are_proposed_for_their_times(made: tuple[str, Path]) -> None:
    api = Api()
    found = propose_plan(*made, "Sato", (), 3.0, {}, BEGIN - 300, api)
    assert [(one["asset"], one["kind"], one["begin"]) for one in api.told] == [
        ("tb2-1", "search", BEGIN), ("tb2-1", "land", BEGIN),
    ]  # fmt: skip
    assert found.left_out == ["tb2-1: sorties later than 3 h from now", NOBODY]
    assert round(api.told[0]["height_m"]) == 5486
    assert (api.told[1]["height_m"], api.told[1]["places"], api.told[0]["who"]) == (api.told[0]["height_m"], [], "Sato")


def test_what_has_left_is_left_out_and_of_one_vehicle_alone_if_that_is_asked(made: tuple[str, Path]) -> None:
    api = Api()
    found = propose_plan(*made, "Sato", ("tb2-1",), 24.0, {}, BEGIN + 3600, api)
    assert {one["begin"] for one in api.told} == {BEGIN + 5 * 3600}
    assert found.left_out == ["tb2-1: sorties that were to leave before now", "tb2-1: what was to be over by now"]


def test_who_is_aloft_already_is_asked_until_shortly_after_the_plan_began(made: tuple[str, Path]) -> None:
    plan = read(made[1])
    aloft = replace(plan.sorties[0], start="", launch=BEGIN - 7200)
    write(replace(plan, sorties=(aloft,)), made[1])
    api = Api()
    assert propose_plan(*made, "Sato", (), 3.0, {}, BEGIN + LATE_S, api).left_out == []
    assert {one["begin"] for one in api.told} == {BEGIN - 7200}
    late = propose_plan(*made, "Sato", (), 3.0, {}, BEGIN + LATE_S + 1, Api())
    assert (late.tasks, late.left_out) == ([], ["tb2-1: sorties that were to leave before now"])


def test_what_is_open_already_is_not_proposed_twice(made: tuple[str, Path]) -> None:
    api = Api()
    propose_plan(*made, "Sato", (), 3.0, {}, BEGIN - 300, api)
    again = propose_plan(*made, "Sato", (), 3.0, {}, BEGIN - 200, api)
    assert (again.tasks, len(api.told)) == ([], 2)
    assert "tb2-1: what is proposed already" in again.left_out


def test_without_a_node_and_with_names_that_are_none_it_is_one_sentence(made: tuple[str, Path]) -> None:
    ask = ["plan", made[0], str(made[1]), "--who", "Sato", "--url", "http://127.0.0.1:9"]
    with pytest.raises(BadInput, match="no node answers there"):
        CliRunner().invoke(command, ask, catch_exceptions=False)
    wrong = CliRunner().invoke(command, [*ask, "--known", "dark"])
    assert wrong.exit_code == 2
    assert "expected NAME=ID" in wrong.output
    told = json.loads(made[1].read_text())
    told["sorties"][0]["vehicle"] = "kite"
    made[1].write_text(json.dumps(told))
    assert (
        "kite: the node file has no [[vehicle]] of this name, so nobody can be asked"
        in propose_plan(*made, "Sato", (), 3.0, {}, BEGIN - 300, Api()).left_out
    )
