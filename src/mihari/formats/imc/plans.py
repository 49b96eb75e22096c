"""Plans for a vehicle: steps -> PlanSpecification, PlanControl to start and stop it, PlanControlState in words. Pure.

A plan is a chain of manoeuvres, each left for the next when it is done. IMC 5.4: PlanSpecification (551), PlanManeuver
(552), PlanTransition (553), PlanControl (559), PlanControlState (560). People ask; the vehicle decides and may refuse.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mihari.core.errors import BadInput

Message = dict[str, Any]
DONE = "ManeuverIsDone"  # the condition of a transition


def goto(lat_deg: float, lon_deg: float, *, speed: float, depth: float = 0.0, timeout_s: int = 0) -> Message:
    """Go to a position at `speed` m/s, `depth` m below the surface; `timeout_s` 0: none."""
    return _at("Goto", lat_deg, lon_deg, speed, depth, timeout_s)


def loiter(
    lat_deg: float, lon_deg: float, *, speed: float, radius: float, duration_s: int, depth: float = 0.0,
    timeout_s: int = 0, clockwise: bool = True,
) -> Message:  # fmt: skip
    """Circle a position for `duration_s` (0: until told otherwise)."""
    turn = "CLOCKW" if clockwise else "CCLOCKW"
    more = {"type": "CIRCULAR", "radius": radius, "duration_s": duration_s, "direction": turn}
    return _at("Loiter", lat_deg, lon_deg, speed, depth, timeout_s) | more


def follow(
    lat_deg: float, lon_deg: float, points: Sequence[tuple[float, float, float]], *, speed: float, depth: float = 0.0,
    timeout_s: int = 0,
) -> Message:  # fmt: skip
    """Follow points given as (north, east, down) m from a position."""
    path = [{"message": "PathPoint", "x": x, "y": y, "z": z} for x, y, z in points]
    return _at("FollowPath", lat_deg, lon_deg, speed, depth, timeout_s) | {"points": path}


def rows(
    lat_deg: float, lon_deg: float, *, speed: float, bearing: float, width: float, length: float, step: float,
    depth: float = 0.0, timeout_s: int = 0,
) -> Message:  # fmt: skip
    """Mow an area of `width` by `length` m in rows `step` m apart from a corner, `bearing` rad."""
    more = {"bearing": bearing, "width": width, "length": length, "hstep": step, "alternation": 100, "coff": 0}
    return _at("Rows", lat_deg, lon_deg, speed, depth, timeout_s) | more


def pop_up(
    lat_deg: float, lon_deg: float, *, speed: float, radius: float, duration_s: int, depth: float = 0.0,
    timeout_s: int = 0,
) -> Message:  # fmt: skip
    """Come to the surface for a fix and stay up `duration_s`."""
    return _at("PopUp", lat_deg, lon_deg, speed, depth, timeout_s) | {"radius": radius, "duration_s": duration_s}


def _at(name: str, lat_deg: float, lon_deg: float, speed: float, depth: float, timeout_s: int) -> Message:
    where = {"lat_deg": lat_deg, "lon_deg": lon_deg, "z": depth, "z_units": "DEPTH"}
    return {"message": name, "timeout_s": timeout_s, **where, "speed": speed, "speed_units": "METERS_PS"}


def plan(name: str, steps: Sequence[Mapping[str, Any]], description: str = "") -> Message:
    """A PlanSpecification of manoeuvres one after the other; BadInput without a name or steps.

    >>> made = plan("survey", [goto(35.0, 139.0, speed=1.5), pop_up(35.0, 139.0, speed=1.5, radius=20, duration_s=30)])
    >>> made["start_man_id"], [(t["source_man"], t["dest_man"]) for t in made["transitions"]]
    ('1', [('1', '2')])
    """
    if not name or not steps:
        raise BadInput("a plan has a name and at least one step")
    numbers = [str(k) for k in range(1, len(steps) + 1)]
    return {
        "message": "PlanSpecification",
        "plan_id": name,
        "description": description,
        "start_man_id": numbers[0],
        "maneuvers": [
            {"message": "PlanManeuver", "maneuver_id": number, "data": dict(step)}
            for number, step in zip(numbers, steps, strict=True)
        ],
        "transitions": [
            {"message": "PlanTransition", "source_man": one, "dest_man": other, "conditions": DONE}
            for one, other in pairwise(numbers)
        ],
    }


def start(made: Mapping[str, Any], request_id: int) -> Message:
    """The PlanControl that hands a plan over and asks to start it; the header is the sender's to add."""
    return _control("START", str(made["plan_id"]), request_id) | {"arg": dict(made)}


def stop(plan_id: str, request_id: int) -> Message:
    """The PlanControl that asks to stop a plan."""
    return _control("STOP", plan_id, request_id)


def _control(op: str, plan_id: str, request_id: int) -> Message:
    if not 0 <= request_id < 1 << 16:
        raise BadInput(f"a request has a number from 0 to 65535, not {request_id}")
    return {"message": "PlanControl", "type": "REQUEST", "op": op, "request_id": request_id, "plan_id": plan_id}


def progress(state: Mapping[str, Any]) -> str:
    """A PlanControlState in words.

    >>> progress({"state": "EXECUTING", "plan_id": "survey", "plan_progress_percent": 42.4, "plan_eta_s": 310,
    ...           "man_id": "3", "last_outcome": "NONE"})
    'survey: 42 %, at step 3, about 310 s to go'
    >>> progress({"state": "READY", "plan_id": "survey", "last_outcome": "SUCCESS"})
    'survey: done'
    """
    name = state.get("plan_id") or "no plan"
    doing = state.get("state")
    if doing == "EXECUTING":
        percent, left = state.get("plan_progress_percent", -1.0), state.get("plan_eta_s", -1)
        parts = [f"{percent:.0f} %"] if percent >= 0 else ["running"]
        parts += [f"at step {state['man_id']}"] if state.get("man_id") else []
        parts += [f"about {left} s to go"] if left >= 0 else []
        return f"{name}: {', '.join(parts)}"
    ended = {"SUCCESS": "done", "FAILURE": "failed", "NONE": "ready"}.get(str(state.get("last_outcome")), "ready")
    return f"{name}: " + {"INITIALIZING": "starting", "BLOCKED": "the vehicle takes no plan"}.get(str(doing), ended)
