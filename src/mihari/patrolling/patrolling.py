"""The patrol of a node: a thread that keeps a plan in force, changes it when something is lost or seen, rolls it on.

All that has to last lies in the records: plans with their patrol files, what people asked, looks at cells. Planning
itself is done by other processes.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from mihari.alerts.actions import By
from mihari.alerts.alert import SYSTEM
from mihari.alerts.records import Records
from mihari.core.asset import Asset
from mihari.core.errors import BadInput, MihariError
from mihari.core.patrol_section import PatrolSection
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan, from_json, to_json
from mihari.patrol.vehicles import vehicles_of
from mihari.patrolling import ages, shelf, timeline
from mihari.patrolling.child import Answer, Child
from mihari.patrolling.rolling import next_file
from mihari.patrolling.shelf import Kept, Kind, State, Wish
from mihari.patrolling.state import begin, why_given
from mihari.patrolling.wishes import changed_file, merged, told_of

log = logging.getLogger("mihari.patrol")
LOOK_S = 0.3  # between two looks at what people ask
SEEN_S = 20.0  # between two writings of the looks that were due
SAY_S = 2.0  # between two writings of how far a plan is
LAST_PART = 0.25  # of a patrol file's hours: when so much is left, the next plan is made
FLOWN_MAX = 20_000  # places of vehicles that wait to be looked through
BETTER_S = 15.0  # of search after something was changed, a slice at a time
SLICE_S = 3.0


class Patrolling:
    """`address`: of the records; `clock`: UTC s; `child`: makes a planning process. `start`, then `stop`; all else
    happens in its own thread, a `turn` after the other.
    """

    def __init__(
        self, section: PatrolSection, address: str, clock: Callable[[], float], child: Callable[[], Child] = Child
    ) -> None:
        self.section, self.clock = section, clock
        self.records = Records(address, clock)
        self.kept: Kept | None = None  # in force
        self.digest = ""
        self.changes: dict[str, Any] = merged({}, {})  # what is lost, and vessels that are to be looked at
        self.problem = ""
        self.said = ""  # how it began
        self.seen: ages.Looks = {}
        self.since = math.nan  # UTC s from which on somebody patrols
        self._base, self._other = child(), child()
        self._doing = ""
        self._rolled = 0  # the plan that the next one was made from
        self._better_s = 0.0  # search that is still to be done
        self._better_from: tuple[By, str] | None = None
        self._state: dict[str, Any] = {}
        self._said_at = self._seen_at = self._seen_to = -math.inf
        self._vehicles: frozenset[str] = frozenset()
        self._heard_at: dict[str, float] = {}  # when places of vehicles were heard last
        self._flown: deque[tuple[str, float, float, float, float]] = deque(maxlen=FLOWN_MAX)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="patrol", daemon=True)

    def start(self) -> None:
        """Begin, or go on where the node's last run ended."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was being planned is planned anew at the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(5.0)
        for child in (self._base, self._other):
            child.stop()
        self.records.close()

    def heard(self, assets: Iterable[Asset]) -> None:
        """Where vehicles are, as the node hears them; may be called from any thread and returns at once."""
        for one in assets:
            if one.name in self._vehicles and one.placed and one.time > self._heard_at.get(one.name, -math.inf):
                self._heard_at[one.name] = one.time
                self._flown.append((one.name, one.time, one.lat_deg, one.lon_deg, one.height))

    # the thread

    def _run(self) -> None:
        self._attempt(self.begin)
        while not self._stopping.wait(LOOK_S):
            self._attempt(self.turn)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BadInput as problem:
            self._fail(str(problem))
        except MihariError as problem:
            log.debug("the patrol waits for the records: %s", problem)  # which the desk tells
        except Exception:
            log.exception("the patrol could not go on")

    def turn(self) -> None:
        """Look once at all there is to do."""
        for child in (self._base, self._other):
            child.listen()
        if self.digest:
            self._take_over()
            self._hear_people()
            self._improve()
            self._roll()
            self._see()
        self._say()

    def begin(self) -> None:
        """Go on with the plan of the last run, else with the one of the node file, else make one."""
        self.records.open()
        how = begin(self.section, self.records, self.clock())
        self.said, self.since, self._seen_to = how.said, how.since, how.seen_to
        log.info("patrol %s %s", how.file.name, how.said)
        if how.kept is not None:
            self.changes, self.seen = how.changes or self.changes, how.seen or {}
            self.kept, self.digest = how.kept, how.digest
            self._vehicles = frozenset(v.name for v in vehicles_of(how.file))
            self._open(how.kept)
            return
        for key in ("sheet", "timeline", "seen"):
            shelf.tell(self.records, key, {})
        self.digest = how.digest
        if how.plan is None:
            self._make(how.file)
        else:
            self._put(By(SYSTEM, self.clock()), why_given(self.section), how.file, how.plan)
            assert self.kept is not None
            self._open(self.kept)

    # plans

    def _make(self, file: PatrolFile) -> None:
        self._doing = "making the first plan"

        def made(answer: Answer) -> None:
            self._doing = ""
            shelf.tell(self.records, "sheet", answer["sheet"])
            self._put(By(SYSTEM, self.clock()), "made at the start", file, from_json(answer["plan"]))

        order = {"do": "plan", "file": file.model_dump(mode="json"), "seconds": self.section.seconds}
        self._base.ask(order, made, self._broken)

    def _hold(self, kept: Kept) -> None:
        """It is in force from now on; what was flown before stays in the line of sorties."""
        follows = self.kept is not None and kept.plan.begin >= self.kept.plan.end
        with self.records.read() as connection:
            before = timeline.of_told(shelf.told(connection, "timeline").get("sorties", ()))
        self._vehicles = frozenset(v.name for v in vehicles_of(kept.file))
        sorties = timeline.folded(before, kept.plan, follows)
        shelf.tell(self.records, "timeline", {"number": kept.number, "sorties": timeline.told(sorties)})
        self.kept = kept

    def _open(self, kept: Kept) -> None:
        """Prepare for changes of the plan in force."""
        self._doing = "preparing"

        def opened(answer: Answer) -> None:
            self._doing = ""
            shelf.tell(self.records, "sheet", answer["sheet"])

        order = {"do": "open", "file": kept.file.model_dump(mode="json"), "plan": to_json(kept.plan)}
        self._base.ask(order, opened, self._broken)

    def _put(self, by: By, why: str, file: PatrolFile, plan: Plan) -> None:
        """A plan comes into force now, or when it begins."""
        number = shelf.put(self.records, self.digest, by, why, file, plan)
        self.problem = ""
        if self.kept is None or plan.begin <= max(self.clock(), self.kept.plan.begin):
            self._hold(Kept(number, by.now, by.who, why, file, plan))
        log.info("patrol plan %d: %s", number, why)

    def _take_over(self) -> None:
        """The next plan begins."""
        if self.kept is None or self.clock() < self.kept.plan.end or self._base.busy:
            return
        with self.records.read() as connection:
            found = shelf.in_force(connection, self.clock(), self.digest)
        if found is not None and found.number != self.kept.number and found.plan.end > self.clock():
            self._base.stop()
            self._better_s = 0.0
            self._hold(found)
            self._open(found)

    def _roll(self) -> None:
        """In the last part of a plan the next one is made."""
        kept, now = self.kept, self.clock()
        if kept is None or self._rolled == kept.number or self._other.busy or self._better_s > 0.0:
            return
        if now < kept.plan.end - LAST_PART * 3600 * kept.file.hours:
            return
        self._rolled = kept.number
        with self.records.read() as connection:
            coming = shelf.next_of(connection, now, self.digest)
            if coming > kept.number:
                return
        file = next_file(kept.file, kept.plan, self.changes["lost"])
        why = f"the next {file.hours:g} h after plan {kept.number}"

        def made(answer: Answer) -> None:
            self._put(By(SYSTEM, self.clock()), why, file, from_json(answer["plan"]))
            self._other.stop()  # its memory

        order = {"do": "plan", "file": file.model_dump(mode="json"), "seconds": self.section.seconds}
        self._other.ask(order, made, self._broken)

    def _change(self, by: By, why: str, wish: Wish) -> None:
        """The plan in force is changed: by what is lost now and whom to look at; a better one follows."""
        assert self.kept is not None
        file = self.kept.file

        def changed(answer: Answer) -> None:
            plan = from_json(answer["plan"])
            self._put(by, why, file, plan)
            shelf.turn(self.records, wish.number, State.DONE, self._figures(plan))
            self._better_s, self._better_from = min(BETTER_S, self.section.seconds), (by, why)

        def failed(answer: Answer) -> None:
            shelf.turn(self.records, wish.number, State.FAILED, problem=answer["problem"])

        self._base.ask({"do": "change", **self._now()}, changed, failed)

    def _now(self) -> dict[str, Any]:
        """What a change begins with; vessels that somebody has been with are not looked for any more."""
        assert self.kept is not None
        now = self.clock()
        done = {stop.name for s in self.kept.plan.sorties for stop in s.stops
                if stop.purpose == "vessel" and stop.leave <= now}  # fmt: skip
        self.changes["looks"] = [look for look in self.changes["looks"] if look["name"] not in done]
        seen = {str(row): look.time for row, look in self.seen.items()}
        return {"now": now, **self.changes, "seen": seen}

    def _improve(self) -> None:
        """Search on for a while after a change; what people ask meanwhile comes first."""
        if self._better_s <= 0.0 or self._base.busy or self.kept is None or self._better_from is None:
            return
        seconds = min(SLICE_S, self._better_s)
        self._better_s -= seconds
        over, file, (by, why) = self._better_s <= 0.0, self.kept.file, self._better_from

        def better(answer: Answer) -> None:
            plan = from_json(answer["plan"])
            if over and self.kept is not None and plan != self.kept.plan:
                self._put(By(by.who, self.clock()), f"{why}; improved", file, plan)

        def failed(answer: Answer) -> None:
            self._better_s = 0.0
            log.warning("the patrol's plan could not be improved: %s", answer["problem"])

        self._base.ask({"do": "improve", "seconds": seconds}, better, failed)

    @staticmethod
    def _figures(plan: Plan) -> dict[str, Any]:
        """An answer without the plan, which is in force."""
        return {"figures": to_json(plan)["figures"], "shortfalls": to_json(plan)["shortfalls"]}

    # what people ask

    def _hear_people(self) -> None:
        if self.kept is None or self._doing:
            return
        with self.records.read() as connection:
            waiting = shelf.wishes(connection, State.WAITING)
        for wish in waiting:
            if wish.kind == Kind.WHAT_IF:
                if not self._other.busy and self._better_s <= 0.0:  # else it would be of a plan that is just replaced
                    self._imagine(wish)
            elif not self._base.busy:
                self._obey(wish)

    def _obey(self, wish: Wish) -> None:
        shelf.turn(self.records, wish.number, State.WORKING)
        by = By(wish.who, self.clock())
        if wish.kind == Kind.ADOPT:
            self._adopt(by, wish)
        else:
            self.changes = merged(self.changes, {str(wish.kind): wish.body}, self.clock())
            self._change(by, told_of(wish), wish)

    def _imagine(self, wish: Wish) -> None:
        """A plan as it would be, not put in force."""
        assert self.kept is not None
        kept, changes = self.kept, merged(self.changes, wish.body, self.clock())
        file = changed_file(kept.file, wish.body, self.clock())
        shelf.turn(self.records, wish.number, State.WORKING)

        def imagined(answer: Answer) -> None:
            told = answer["plan"]
            found = {"plan": told, "figures": told["figures"], "before": answer["before"], "of": kept.number}
            found |= {"shortfalls": told["shortfalls"], "changes": changes, "file": file.model_dump(mode="json")}
            shelf.turn(self.records, wish.number, State.DONE, found)
            self._other.stop()

        def failed(answer: Answer) -> None:
            shelf.turn(self.records, wish.number, State.FAILED, problem=answer["problem"])

        seconds = float(wish.body.get("seconds", BETTER_S))
        before = self._now()
        order: dict[str, Any] = {"do": "what if", "file": kept.file.model_dump(mode="json"), "plan": to_json(kept.plan)}
        order |= {"changed file": file.model_dump(mode="json"), "seconds": seconds, "before": before}
        self._other.ask(order | before | changes, imagined, failed)

    def _adopt(self, by: By, wish: Wish) -> None:
        """The plan of a what-if comes into force, if the one it was made from still is."""
        with self.records.read() as connection:
            asked = shelf.wish_of(connection, int(wish.body["number"]))
        assert self.kept is not None
        if asked.answer.get("of") != self.kept.number:
            told = f"plan {self.kept.number} is in force by now; expected a what-if of it: ask again"
            shelf.turn(self.records, wish.number, State.FAILED, problem=told)
            return
        file, plan = PatrolFile.model_validate(asked.answer["file"]), from_json(asked.answer["plan"])
        self.changes = asked.answer["changes"]
        why = wish.body.get("reason") or f"what-if {asked.number}"
        self._put(by, why, file, plan)
        shelf.turn(self.records, wish.number, State.DONE, {"figures": asked.answer["figures"]})
        self._better_s = 0.0
        assert self.kept is not None
        self._open(self.kept)

    # how it goes

    def _see(self) -> None:
        """Keep the looks that were flown, and of vehicles that nobody hears those that were due; now and then."""
        now = self.clock()
        if self.kept is None or now - self._seen_at < SEEN_S:
            return
        self._look_through()
        first, heard = max(self._seen_to, self.since), frozenset(self._heard_at)
        for row, look in ages.planned([self.kept.plan], first, now, heard).items():
            ages.keep(self.seen, row, look)
        self._seen_at = self._seen_to = now
        told = {"looks": ages.told(self.seen), "since": self.since, "to": now, "heard": sorted(heard)}
        shelf.tell(self.records, "seen", told)

    def _look_through(self) -> None:
        """What vehicles saw on their ways, as the planner judges it."""
        if not self._flown or self._base.busy or self._doing:
            return
        fixes = [self._flown.popleft() for _ in range(len(self._flown))]

        def looked(answer: Answer) -> None:
            for row, at, vehicle in answer["looks"]:
                ages.keep(self.seen, int(row), ages.Look(float(at), str(vehicle), flown=True))

        told = [[name, *(None if math.isnan(part) else part for part in at)] for name, *at in fixes]
        self._base.ask({"do": "flown", "fixes": told}, looked, self._broken)

    def _broken(self, answer: Answer) -> None:
        self._doing = ""
        self._fail(answer["problem"])

    def _fail(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("patrol: %s", problem)
        self.problem = problem

    def _say(self) -> None:
        """Tell how it goes, when that has changed."""
        child = self._base if self._doing else self._other
        doing = self._doing or ("making the next plan or a what-if" if self._other.busy else "")
        improving = self._better_s > 0.0
        number = 0 if self.kept is None else self.kept.number
        told = {
            "digest": self.digest, "problem": self.problem, "said": self.said, "doing": doing, "number": number,
            "changes": self.changes, "improving": improving, "since": None if math.isnan(self.since) else self.since,
        }  # fmt: skip
        progress = {"share": round(child.share, 3), "text": child.text} if doing else {"share": 0.0, "text": ""}
        same = all(self._state.get(key) == value for key, value in told.items())
        if same and (self._state.get("progress") == progress or self.clock() - self._said_at < SAY_S):
            return
        self._state, self._said_at = told | {"progress": progress}, self.clock()
        try:
            shelf.tell(self.records, "state", self._state)
        except MihariError:
            self._state = {}
            raise
