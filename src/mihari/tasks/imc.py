"""Tasks for IMC vehicles (LSTS' tool chain): plans handed over and started by PlanControl, watched by PlanControlState.

A plan is called by the number of its task, so that it is known again after a new start of the node. A vehicle under
water says nothing for hours: that is not told as a loss here, its link tells (`Runner`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mihari.core.asset import Asset, Place
from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskKind, TaskState
from mihari.formats.imc import PlanStart, Stage, encode, goto, loiter, plan
from mihari.tasks.driver import Told
from mihari.tasks.flight import AFLOAT_M, LOOK_S, Craft

S = TaskState
KINDS = (TaskKind.LOOK, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.LISTEN, TaskKind.RETURN, TaskKind.LAND)
HEARD = ("PlanControl", "PlanControlState")
SOURCE = 0x4D49  # we, among the ground stations' addresses (0x4000 to 0x5FFF)
UNKNOWN_S = 60.0  # a vehicle that speaks, of which nothing is known of our plan after a new start of the node
LONGEST_S = 65_000  # that a manoeuvre's time can tell (16 bits)
STATES = {Stage.ACCEPTED: S.UNDER_WAY, Stage.RUNNING: S.UNDER_WAY, Stage.DONE: S.DONE, Stage.FAILED: S.FAILED,
          Stage.REFUSED: S.DECLINED}  # fmt: skip


def plan_id(number: int) -> str:
    """What the plan of a task is called.

    >>> plan_id(12)
    'mihari-12'
    """
    return f"mihari-{number}"


def plan_of(task: Task, craft: Craft, speed: float, now: float) -> dict[str, Any]:
    """The plan of a task; BadInput where it is none. `speed`: m/s.

    >>> from mihari.core.asset import AssetKind
    >>> task = Task(7, "auv", TaskKind.SEARCH, "Sato", 0.0, places=((26.0, 127.0), (26.0, 127.1)))
    >>> made = plan_of(task, Craft(AssetKind.UNDERWATER, -30.0), 1.5, 0.0)
    >>> made["plan_id"], [(m["data"]["message"], m["data"]["z"]) for m in made["maneuvers"]]
    ('mihari-7', [('Goto', 30.0), ('Goto', 30.0)])
    """
    depth = max(0.0, -(craft.height if math.isnan(task.height) else task.height))
    return plan(plan_id(task.number), _steps(task, task.places, depth, speed, now), task.reason[:200])


def _steps(task: Task, places: Sequence[Place], depth: float, speed: float, now: float) -> list[dict[str, Any]]:
    if task.kind not in KINDS or (task.vessel and not places and task.kind != TaskKind.LAND):
        raise BadInput(f"an IMC vehicle cannot {task.kind} after a vessel: expected a place")
    if not places:
        raise BadInput(f"a task to {task.kind} needs a place: this vehicle knows no home")
    if task.kind == TaskKind.SEARCH:
        return [goto(*place, speed=speed, depth=depth) for place in places]
    if task.kind in (TaskKind.RETURN, TaskKind.LAND):
        return [goto(*places[0], speed=speed)]  # at the surface, where it can be taken up
    seconds = LOOK_S if task.kind == TaskKind.LOOK else task.until - now
    duration = round(min(max(seconds, 1.0), LONGEST_S)) if math.isfinite(seconds) else 0
    deep = 0.0 if task.kind == TaskKind.LOOK else depth
    return [loiter(*places[0], speed=speed, radius=AFLOAT_M / 4, duration_s=duration, depth=deep)]


class ImcDriver:
    """One task of an IMC vehicle. `system`: its address, 0 for whoever speaks on its feed; `speed`: m/s."""

    def __init__(self, craft: Craft, speed: float, system: int = 0) -> None:
        self.craft, self.speed, self.system = craft, speed, system
        self._task: Task | None = None
        self._asked: PlanStart | None = None
        self._told: list[Told] = []
        self._began = self._heard = math.nan
        self._again = self._stopping = False
        self._last: tuple[Stage, str, float | None] | None = None

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Make the plan, and ask for it; of one that the vehicle has already, wait for what it says."""
        self._task, self._began = task, now
        self._again = task.carried
        self._plan = plan_of(task, self.craft, self.speed, now)

    def hear(self, message: dict[str, Any], now: float) -> None:
        """What came on its feed."""
        if message.get("message") not in HEARD or not isinstance(message.get("source"), int):
            return
        self.system = self.system or int(message["source"])
        if message["source"] != self.system:
            return
        self._heard = now if math.isnan(self._heard) else self._heard
        if self._asked is None and self._again:
            self._make()
        if self._asked is not None:
            ended = self._again and message.get("plan_id") == self._plan["plan_id"] and message.get("state") == "READY"
            if ended and message.get("last_outcome") == "SUCCESS" and self._asked.stage == Stage.LOST:
                self._told.append(Told(S.DONE, 1.0, "it was done while the node was not there"))
            self._asked.take(message, now)

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """Packets to send now."""
        out: list[dict[str, Any]] = []
        if self._asked is None and not self._again and self.system:
            out += self._make().start(now)
        if self._asked is not None:
            out += self._asked.tick(now)
        if self._again and not self._stopping:
            known = self._asked is not None and self._asked.stage != Stage.LOST
            if not known and now - self._heard >= UNKNOWN_S:  # it speaks, but not of our plan
                self._told.append(Told(S.LOST, why="it does not tell that it still has the plan"))
                self._heard = math.inf
        elif not self.system and now - self._began >= UNKNOWN_S:
            self._told.append(Told(S.LOST, why="nobody speaks on its feed"))
            self._began = math.inf
        return [encode(one) for one in out] + self._stop(now)

    def told(self) -> list[Told]:
        """What was learnt."""
        asked, told = self._asked, self._told
        self._told = []
        if asked is None or (now := (asked.stage, asked.because, asked.percent)) == self._last:
            return told
        self._last = now
        share = math.nan if asked.percent is None else asked.percent / 100.0
        if self._stopping:
            given_up = asked.stage in (Stage.FAILED, Stage.DONE, Stage.REFUSED)
            return [*told, Told(S.WITHDRAWN, share, asked.because)] if given_up else told
        if asked.stage == Stage.LOST:
            never = not self._again and asked.because.startswith("no answer")
            return [*told, Told(S.LOST, why=asked.because)] if never else told
        return [*told, Told(STATES.get(asked.stage), share, asked.because)] if asked.stage in STATES else told

    def stop(self, now: float) -> None:
        """Ask the vehicle to stop the plan; it then does what its own rules say."""
        self._stopping, self._stop_at, self._last = True, now, None

    _stop_at = math.nan

    def _stop(self, now: float) -> list[bytes]:
        if not self._stopping or math.isnan(self._stop_at) or not self.system:
            return []
        self._stop_at = math.nan
        return [encode(one) for one in (self._asked or self._make()).stop(now)]

    def _make(self) -> PlanStart:
        """The asking; of a plan that the vehicle may have it is one that was lost, to be found again."""
        number = 2 * (0 if self._task is None else self._task.number) % 65536
        self._asked = PlanStart(self._plan, vehicle=self.system, source=SOURCE, request_id=number)
        if self._again:
            self._asked.stage = Stage.LOST
        return self._asked
