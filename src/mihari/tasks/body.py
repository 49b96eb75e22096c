"""Task <-> the JSON that the records keep, and what the API tells of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mihari.core.task import Task, TaskKind, TaskState, Turn


def task_object(task: Task) -> dict[str, Any]:
    """A task as plain values: what the records keep and the API tells.

    >>> task = Task(1, "tb3", TaskKind.LOOK, "Sato", 100.0, places=((26.0, 127.0),))
    >>> task_of(task_object(task)) == task, task_object(task)["until"], task_object(task)["state"]
    (True, None, 'proposed')
    """
    return {
        "number": task.number,
        "asset": task.asset,
        "kind": str(task.kind),
        "state": str(task.state),
        "since": task.since,
        "over": task.over,
        "version": task.version,
        "who": task.who,
        "time": task.time,
        "places": [list(place) for place in task.places],
        "vessel": task.vessel,
        "height_m": _number(task.height),
        "begin": _number(task.begin),
        "until": _number(task.until),
        "reason": task.reason,
        "alert": task.alert,
        "progress": _number(task.progress),
        "said": task.said,
        "called_off": task.called_off,
        "turns": [{"time": t.time, "state": str(t.state), "who": t.who, "why": t.why} for t in task.turns],
    }


def task_of(told: Mapping[str, Any]) -> Task:
    """The task that `task_object` told. ValueError, KeyError or TypeError where it told none."""
    return Task(
        number=int(told["number"]),
        asset=str(told["asset"]),
        kind=TaskKind(told["kind"]),
        who=str(told["who"]),
        time=float(told["time"]),
        places=tuple((float(lat), float(lon)) for lat, lon in told["places"]),
        vessel=int(told["vessel"]),
        height=math.nan if told["height_m"] is None else float(told["height_m"]),
        until=math.inf if told["until"] is None else float(told["until"]),
        reason=str(told["reason"]),
        alert=int(told["alert"]),
        begin=-math.inf if told.get("begin") is None else float(told["begin"]),
        progress=math.nan if told["progress"] is None else float(told["progress"]),
        said=str(told["said"]),
        called_off=bool(told["called_off"]),
        turns=tuple(Turn(float(t["time"]), TaskState(t["state"]), str(t["who"]), str(t["why"])) for t in told["turns"]),
    )


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
