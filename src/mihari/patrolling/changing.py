"""What people ask of a patrol, and what comes of it: the plan changed at once and made better, what-ifs, take-overs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan, from_json, to_json
from mihari.patrolling import proposing, shelf
from mihari.patrolling.child import Answer, Child, Then
from mihari.patrolling.demanding import demanded, held
from mihari.patrolling.rolling import ready_again
from mihari.patrolling.shelf import Kept, Kind, State, Wish
from mihari.patrolling.wishes import changed_file, merged, told_of
from mihari.tasks.shelf import charge as charge_of

log = logging.getLogger("mihari.patrol")
OLD_S = 300.0  # so long after it was asked a what-if may come into force: until then vehicles go on as they were
UNDISTURBED = (Kind.PROPOSE, Kind.DEMAND)  # wait until the plan is not made better any more
BETTER_S = 15.0  # of search after something was changed, at most


class Patrol(Protocol):
    """What changes a plan needs of the patrol that it belongs to."""

    records: Records
    clock: Callable[[], float]
    kept: Kept | None

    def put(self, by: By, why: str, file: PatrolFile, plan: Plan) -> None:
        """Put a plan in force."""

    def open(self, kept: Kept, then: Then | None = None, failed: Then | None = None) -> None:
        """Prepare for changes of a plan, then go on."""

    def seen(self) -> dict[str, float]:
        """Cell -> UTC s of the last look."""


class Changing:
    """Orders of people to `patrol`, one after the other. `base`: has the plan in force prepared; `other`: free."""

    def __init__(self, patrol: Patrol, base: Child, other: Child, better: float) -> None:
        self.patrol, self._base, self._other = patrol, base, other
        self.changes = merged({}, {})  # what is lost, and vessels that are to be looked at
        self._most = min(BETTER_S, better)
        self._improving = 0  # the plan that is being made better, 0 none

    @property
    def improving(self) -> bool:
        """Whether a changed plan is still being made better."""
        return self._improving > 0

    def over(self) -> None:
        """Another plan is in force: nothing of the last one is made better any more."""
        self._improving = 0

    def hear(self) -> None:
        """Carry out what waits, as far as somebody is free for it."""
        with self.patrol.records.read() as connection:
            waiting = shelf.wishes(connection, State.WAITING)
        for wish in waiting:
            if wish.kind == Kind.WHAT_IF:
                if not self._other.busy and not self.improving:  # else it would be of a plan that is just replaced
                    self._imagine(wish)
            elif not self._base.busy and not (wish.kind in UNDISTURBED and self.improving):
                self._obey(wish)

    def go_on(self, by: By) -> None:
        """Another plan has taken over: what is lost and looked for holds for it too."""
        self.changes = merged(self.changes, {}, self.patrol.clock())
        if self.changes["places"] or self.changes["looks"]:
            self._change(by, "what is closed and looked for goes on", self.changes, None)

    def _improve(self, by: By, why: str) -> None:
        """Search on for a while after a change; what people ask meanwhile is answered all the same."""
        kept = self.patrol.kept
        assert kept is not None
        self._improving = kept.number

        def better(answer: Answer) -> None:
            if self._improving == kept.number:
                told = answer.get("plan")
                if told is not None and (plan := from_json(told)) != kept.plan:
                    self.patrol.put(By(by.who, self.patrol.clock()), f"{why}; improved", kept.file, plan)
                self._improving = 0

        def failed(answer: Answer) -> None:
            if self._improving == kept.number:
                self._improving = 0
                log.warning("the patrol's plan could not be improved: %s", answer["problem"])

        self._base.ask({"do": "improve", "seconds": self._most}, better, failed, beside=True)

    def _obey(self, wish: Wish) -> None:
        kept, now = self.patrol.kept, self.patrol.clock()
        assert kept is not None
        shelf.turn(self.patrol.records, wish.number, State.WORKING)
        if wish.kind == Kind.ADOPT:
            self._adopt(By(wish.who, now), wish)
            return
        if wish.kind == Kind.PROPOSE:
            self._propose(kept, wish, now)
            return
        if wish.kind == Kind.DEMAND:
            self._demand(kept, wish, By(wish.who, now))
            return
        by, why, changes = By(wish.who, now), told_of(wish), merged(self.changes, {str(wish.kind): wish.body}, now)
        if wish.kind == Kind.BACK and (file := ready_again(kept.file, wish.body["name"], now)) != kept.file:
            failed = self._failed_as_it_was(kept, wish)
            self.patrol.open(
                replace(kept, file=file), lambda _: self._change(by, why, changes, wish, file, failed), failed
            )
            return
        self._change(by, why, changes, wish)

    def _propose(self, kept: Kept, wish: Wish, now: float) -> None:
        """The tasks of a sortie are proposed to its operator."""
        records, vehicle, launch = self.patrol.records, str(wish.body["vehicle"]), float(wish.body["launch"])
        with records.read() as connection:
            charge = charge_of(connection, vehicle)
        try:
            sortie = proposing.sortie_to_propose(kept.plan, charge, vehicle, launch, now)
        except BadInput as problem:
            shelf.turn(records, wish.number, State.FAILED, problem=str(problem))
            return
        assert charge is not None

        def made(answer: Answer) -> None:
            wanted = [proposing.wanted_of(one) for one in answer["tasks"]]
            try:
                tasks, left_out = proposing.propose(records, By(wish.who, self.patrol.clock()), wanted)
            except BadInput as problem:
                shelf.turn(records, wish.number, State.FAILED, problem=str(problem))
                return
            shelf.turn(records, wish.number, State.DONE, {"tasks": tasks, "left_out": left_out})

        only = replace(kept.plan, sorties=(sortie,), past=(), seen={}, shortfalls=())
        order = {"do": "tasks", "plan": to_json(only), "kinds": list(map(str, charge.kinds))}
        self._base.ask(order, made, self._failed(wish))

    def _demand(self, kept: Kept, wish: Wish, by: By) -> None:
        """A zone is to be looked at every so many hours, or no more: all is prepared anew, then the plan is changed."""
        try:
            file = demanded(kept.file, self.changes, wish.body)
        except BadInput as problem:
            shelf.turn(self.patrol.records, wish.number, State.FAILED, problem=str(problem))
            return
        changes = merged(self.changes, {str(wish.kind): wish.body}, by.now)

        failed = self._failed_as_it_was(kept, wish)

        def opened(answer: Answer) -> None:
            if not wish.body["back"] and not held(answer["sheet"]["cells"], wish.body["corners"]):
                failed({"problem": f"{wish.body['name']} holds the middle of no cell: expected it in the patrol's sea"})
            else:
                self._change(by, told_of(wish), changes, wish, file, failed)

        self.patrol.open(replace(kept, file=file), opened, failed)

    def _change(
        self, by: By, why: str, changes: dict[str, Any], wish: Wish | None, file: PatrolFile | None = None,
        failed: Then | None = None,
    ) -> None:  # fmt: skip
        """The plan in force is changed, by what is lost now and whom to look at; `file`: that was prepared for it."""
        kept = self.patrol.kept
        assert kept is not None
        asked = self._now(changes)

        def changed(answer: Answer) -> None:
            plan = from_json(answer["plan"])
            self.changes = changes
            self.patrol.put(by, why, file or kept.file, plan)
            if wish is not None:
                told = to_json(plan)
                found = {"figures": told["figures"], "shortfalls": told["shortfalls"]}
                shelf.turn(self.patrol.records, wish.number, State.DONE, found)
            self._improve(by, why)

        self._base.ask({"do": "change", **asked}, changed, failed or self._failed(wish))

    def _failed(self, wish: Wish | None) -> Then:
        def failed(answer: Answer) -> None:
            log.warning("the patrol could not do what was asked: %s", answer["problem"])
            if wish is not None:
                shelf.turn(self.patrol.records, wish.number, State.FAILED, problem=answer["problem"])

        return failed

    def _failed_as_it_was(self, kept: Kept, wish: Wish) -> Then:
        """The same after another file was prepared for it: the one in force is prepared again."""

        def failed(answer: Answer) -> None:
            self._failed(wish)(answer)
            self.patrol.open(kept)

        return failed

    def _now(self, changes: dict[str, Any]) -> dict[str, Any]:
        """What a change begins with; vessels that somebody has been with are looked for no more."""
        kept, now = self.patrol.kept, self.patrol.clock()
        assert kept is not None
        done = {
            stop.name for s in kept.plan.sorties for stop in s.stops if stop.purpose == "vessel" and stop.leave <= now
        }
        changes["looks"] = [look for look in changes["looks"] if look["name"] not in done]
        return {"now": now, **changes, "seen": self.patrol.seen()}

    def _imagine(self, wish: Wish) -> None:
        """A plan as it would be, not put in force."""
        kept, now = self.patrol.kept, self.patrol.clock()
        assert kept is not None
        changes, file = merged(self.changes, wish.body, now), changed_file(kept.file, wish.body, now)
        shelf.turn(self.patrol.records, wish.number, State.WORKING)

        def imagined(answer: Answer) -> None:
            told = answer["plan"]
            found = {"plan": told, "figures": told["figures"], "before": answer["before"], "of": kept.number}
            found |= {"shortfalls": told["shortfalls"], "changes": changes, "file": file.model_dump(mode="json")}
            shelf.turn(self.patrol.records, wish.number, State.DONE, found)
            self._other.stop()  # its memory

        def failed(answer: Answer) -> None:
            self._failed(wish)(answer)
            self._other.stop()

        order = {**opening(kept.file, kept.plan), "do": "what if", "changed file": file.model_dump(mode="json")}
        order |= {"seconds": float(wish.body["seconds"]), "before": self._now(merged(self.changes, {}, now))}
        self._other.ask(order | self._now(changes), imagined, failed)

    def _adopt(self, by: By, wish: Wish) -> None:
        """The plan of a what-if comes into force, if the one it was made from still is."""
        records, kept = self.patrol.records, self.patrol.kept
        with records.read() as connection:
            asked = shelf.wish_of(connection, int(wish.body["number"]))
        if kept is None or asked.answer.get("of") != kept.number:
            told = f"plan {kept.number if kept else 0} is in force by now; expected a what-if of it: ask again"
            shelf.turn(records, wish.number, State.FAILED, problem=told)
            return
        file, plan = PatrolFile.model_validate(asked.answer["file"]), from_json(asked.answer["plan"])
        if (old := by.now - plan.begin) > OLD_S and plan.begin > kept.plan.begin:
            told = (
                f"what-if {asked.number} is {old / 60:.0f} min old, and vehicles have gone on as they were: ask again"
            )
            shelf.turn(records, wish.number, State.FAILED, problem=told)
            return
        self.changes = asked.answer["changes"]
        self.patrol.put(by, wish.body.get("reason") or f"what-if {asked.number}", file, plan)
        shelf.turn(records, wish.number, State.DONE, {"figures": asked.answer["figures"]})
        self.over()
        assert self.patrol.kept is not None
        self.patrol.open(self.patrol.kept)


def opening(file: PatrolFile, plan: Plan) -> dict[str, Any]:
    """The order that prepares for changes of a plan."""
    return {"do": "open", "file": file.model_dump(mode="json"), "plan": to_json(plan)}
