"""How a patrol begins: by its file and plan, now or as told, or where the node's last run ended."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihari.alerts.actions import Unknown
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.core.patrol_section import PatrolSection
from mihari.core.times import told_time
from mihari.patrol.file import PatrolFile, load
from mihari.patrol.plan import Plan, read, to_json
from mihari.patrolling import ages, shelf
from mihari.patrolling.rolling import begun_at, moved
from mihari.patrolling.shelf import Kept, State
from mihari.patrolling.wishes import merged

MINUTE = 60.0
PREPARING_S = 30.0  # before the search itself; a patrol that begins now begins when its plan is there


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a patrol begins with. `kept`: the plan of the last run; else `plan`, of the node file, or None: make one.

    `since`: UTC s from which on somebody patrols; `seen_to`: up to which looks are kept in `seen`; `said`: how it
    begins, for people.
    """

    digest: str
    file: PatrolFile
    said: str
    since: float
    kept: Kept | None = None
    plan: Plan | None = None
    changes: dict[str, Any] | None = None
    seen: ages.Looks | None = None
    seen_to: float = -math.inf


def begin(section: PatrolSection, records: Records, now: float) -> Beginning:
    """Go on with the plan of the last run, else begin. BadInput for a file or plan that cannot be, or that is over."""
    file = load(section.file)
    given = read(section.plan) if section.plan else None
    if given is not None and given.patrol != file.name:
        raise BadInput(f"[patrol] {section.plan}: a plan of {given.patrol!r}; expected one of {file.name!r}")
    digest = digest_of(file, given, section)
    kept, lost = _kept(records, now, digest)
    with records.read() as connection:
        state = shelf.told(connection, "state")
        seen, left = shelf.told(connection, "seen"), shelf.wishes(connection, State.WORKING)
    for wish in left:
        shelf.turn(records, wish.number, State.FAILED, problem="the node was stopped before it was done")
    if kept is None or kept.plan.end <= now:
        started, said = _started(file, given, section, now)
        first = started.start.timestamp()
        plan = None if given is None else moved(given, first - given.begin)
        return Beginning(digest, started, f"{said}; {lost}" if lost else said, first, plan=plan)
    same = state.get("digest") == digest
    return Beginning(
        digest, kept.file, f"goes on with plan {kept.number}, made {told_time(kept.time)}",
        float(seen.get("since", kept.plan.begin)) if same else kept.plan.begin, kept,
        changes=merged(state.get("changes", {}), {}) if same else None,
        seen=ages.of_told(seen.get("looks", {})) if same else None,
        seen_to=float(seen.get("to", -math.inf)) if same else -math.inf,
    )  # fmt: skip


def _kept(records: Records, now: float, digest: str) -> tuple[Kept | None, str]:
    """The plan in force, or why there is none any more: where it or the next one cannot be read, all begins anew."""
    try:
        with records.read() as connection:
            kept, following = shelf.in_force(connection, now, digest), shelf.next_of(connection, now, digest)
            if following:
                shelf.plan_of(connection, following)
            return kept, ""
    except Unknown as problem:
        shelf.set_aside(records, digest)
        return None, str(problem)


def _started(file: PatrolFile, given: Plan | None, section: PatrolSection, now: float) -> tuple[PatrolFile, str]:
    """The file with the time at which it begins here, and that in words."""
    first = file.start.timestamp()
    if section.start == "now":
        planning = 0.0 if given is not None else section.seconds + PREPARING_S
        here = math.ceil((now + planning) / MINUTE) * MINUTE
        said = f"begins now, at {told_time(here)}, in place of {told_time(first)} as its file says"
        return begun_at(file, here), said
    over = first + 3600 * file.hours
    if over <= now:
        expected = 'expected a file that is not, or [patrol] with start = "now"'
        raise BadInput(f"patrol {file.name} was over at {told_time(over)}; {expected}")
    return file, f"begins at {told_time(first)}, as its file says"


def digest_of(file: PatrolFile, plan: Plan | None, section: PatrolSection) -> str:
    """What a patrol is known by: another file, plan or way to begin is another patrol."""
    told = [file.model_dump_json(), section.start, "" if plan is None else str(to_json(plan))]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def why_given(section: PatrolSection) -> str:
    """Why a plan of the node file is in force."""
    return f"as {Path(section.plan).name} has it"
