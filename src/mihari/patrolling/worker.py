"""A process that plans: orders as lines of JSON on standard input, progress and answers on standard output.

Planning takes a core for seconds to minutes, and the node's own loop must not wait for it. The process keeps what was
prepared, so that a change is answered at once. It ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from mihari.core.errors import BadInput, MihariError
from mihari.core.task import TaskKind
from mihari.patrol.file import LookSection, PatrolFile
from mihari.patrol.flown import Looks
from mihari.patrol.plan import Plan, from_json, to_json
from mihari.patrol.planner import Prepared, finished, prepare, search
from mihari.patrol.replan import Replanner
from mihari.patrol.tasking import Tasking
from mihari.patrol.vehicles import vehicles_of
from mihari.patrolling import proposing
from mihari.patrolling.sheet import sheet_of

Answer = dict[str, Any]
Tell = Callable[[float, str], None]
BESIDE = ("improve",)
EVERY_S = 1.0  # between two lines of progress
NICE = 10  # below the node and its face


class Planner:
    """What is prepared, and the plan that is changed."""

    def __init__(self) -> None:
        self.prepared: Prepared | None = None
        self.plan: Plan | None = None
        self._changed: Replanner | None = None
        self._looks: dict[str, Looks] = {}  # of vehicles that are heard

    def obey(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        """Carry out one order; BadInput for one that cannot be, KeyError for what is none."""
        answer: dict[str, Callable[[Mapping[str, Any], Tell], Answer]] = {
            "plan": self._make, "open": self._open, "change": self._change, "improve": self._improve,
            "what if": self._what_if, "flown": self._flown, "tasks": self._tasks,
        }  # fmt: skip
        return answer[str(order["do"])](order, tell)

    def _make(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        sheet = self._prepare(order, tell)
        assert self.prepared is not None
        tours = search(self.prepared, float(order["seconds"]), int(order.get("seed", 1)), tell)
        self.plan = finished(self.prepared, tours)
        self._rehearse()
        return {"plan": to_json(self.plan), "sheet": sheet}

    def _open(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        sheet = self._prepare(order, tell)
        self.plan = from_json(order["plan"])
        self._rehearse()
        return {"sheet": sheet}

    def _rehearse(self) -> None:
        """Change nothing, once: what has to be loaded and compiled for a change is there when somebody waits for it."""
        assert self.prepared is not None
        assert self.plan is not None
        with contextlib.suppress(BadInput):
            Replanner(self.prepared, self.plan).change(self.plan.begin + 1.0)

    def _prepare(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        tell(0.0, "coverage of the sea")
        file = PatrolFile.model_validate(order["file"])
        self.prepared, self._changed, self._looks = prepare(file), None, {}
        return sheet_of(file, self.prepared.ground)

    def _change(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        if self.prepared is None or self.plan is None:
            raise BadInput("there is no plan yet that could be changed")
        now, begin = float(order["now"]), self.prepared.file.start.timestamp()
        looks = tuple(look_of(one, begin) for one in order["looks"])
        seen = {int(row): float(at) for row, at in order["seen"].items()}
        self._changed = Replanner(self.prepared, self.plan)
        self.plan = self._changed.change(
            now, lost=tuple(order["lost"]), lost_places=tuple(order["places"]), looks=looks, seen=seen
        )
        return {"plan": to_json(self.plan)}

    def _improve(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        changed = self._changed
        if changed is None:
            raise BadInput("nothing was changed that could be improved")
        plan = changed.improve(float(order["seconds"]))
        if changed is not self._changed:
            return {}  # something else has changed meanwhile
        self.plan = plan
        return {"plan": to_json(plan)}

    def _what_if(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        """The plan as it would be changed, and `before`, the figures from now on where nothing happens."""
        self._open(order, tell)
        self._change(order["before"], tell)
        before = self._improve({"seconds": float(order["seconds"]) / 2}, tell)["plan"]["figures"]
        tell(0.0, "what would be")
        if order["changed file"] == order["file"]:
            self.plan = from_json(order["plan"])
        else:
            self._open({**order, "file": order["changed file"]}, tell)
        self._change(order, tell)
        return {**self._improve({"seconds": float(order["seconds"]) / 2}, tell), "before": before}

    def _flown(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        """The looks that are whole by now: cell, UTC s, vehicle."""
        if self.prepared is None:
            raise BadInput("nothing is prepared yet by which looks could be judged")
        found = []
        for name, time_s, lat, lon, height in order["fixes"]:
            if name not in self._looks:
                platform = next(v.platform for v in vehicles_of(self.prepared.file) if v.name == name)
                self._looks[name] = Looks(self.prepared.file, self.prepared.ground, platform)
            high = math.nan if height is None else height
            found += [(one.cell, one.end, name) for one in self._looks[name].take(time_s, lat, lon, high)]
        return {"looks": found}

    def _tasks(self, order: Mapping[str, Any], tell: Tell) -> Answer:
        """The tasks of the only sortie of a plan, for a vehicle that takes these kinds."""
        if self.prepared is None:
            raise BadInput("nothing is prepared yet by which tasks could be made")
        plan, kinds = from_json(order["plan"]), [TaskKind(kind) for kind in order["kinds"]]
        tasking = Tasking(self.prepared.file, self.prepared.ground, plan, takes=kinds)
        return {"tasks": [proposing.told(one) for one in tasking.of(plan.sorties[0])]}


def look_of(told: Mapping[str, Any], begin: float) -> LookSection:
    """A vessel to be looked at, its times (UTC s) as hours of a plan that begins at `begin`."""
    told_h, by_h = max((float(told["time"]) - begin) / 3600, 0.0), (float(told["by"]) - begin) / 3600
    return LookSection(
        name=told["name"], lat_deg=told["lat_deg"], lon_deg=told["lon_deg"], speed_kn=told["speed_kn"],
        course_deg=told["course_deg"], told_h=told_h, by_h=by_h, stay_min=told["stay_min"],
        within_km=told["within_km"],
    )  # fmt: skip


def serve(orders: TextIO, answers: TextIO) -> None:
    """Orders one after the other until there are no more; each ends with one line that says `done` or `problem`."""
    planner, last, saying = Planner(), 0.0, threading.Lock()

    def say(line: str) -> None:
        with saying:
            print(line, file=answers, flush=True)

    def tell(share: float, text: str) -> None:
        nonlocal last
        if share == 0.0 or time.monotonic() - last >= EVERY_S:
            last = time.monotonic()
            say(json.dumps({"share": share, "text": text}))

    def obey(order: Mapping[str, Any]) -> None:
        number = {"number": order["number"]}
        try:
            line = json.dumps(number | {"done": planner.obey(order, tell)}, allow_nan=False)
        except MihariError as problem:
            line = json.dumps(number | {"problem": str(problem)})
        except Exception as bug:
            line = json.dumps(number | {"problem": f"the planner failed: {type(bug).__name__}: {bug}"})
        say(line)

    for line in orders:
        order = json.loads(line)
        if order["do"] in BESIDE:  # its kernels let go of the interpreter: others are answered meanwhile
            threading.Thread(target=obey, args=(order,), daemon=True).start()
        else:
            obey(order)


if __name__ == "__main__":
    os.nice(NICE)
    told, sys.stdout = sys.stdout, sys.stderr  # what others print must not stand between the lines
    serve(sys.stdin, told)
