"""The patrol of a node: a thread that keeps a plan in force, changes it when something is lost or seen, rolls it on.

All that has to last lies in the records: plans with their patrol files, what people asked, looks at cells. Planning
itself is done by other processes.
"""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Callable, Iterable
from typing import Any

from mihari.alerts.actions import By
from mihari.alerts.alert import SYSTEM
from mihari.alerts.records import Records
from mihari.alerts.text import SENTENCE_MAX
from mihari.core.asset import Asset
from mihari.core.errors import BadInput, MihariError
from mihari.core.patrol_section import PatrolSection
from mihari.core.times import told_time
from mihari.patrol.file import PatrolFile
from mihari.patrol.plan import Plan, from_json
from mihari.patrol.vehicles import vehicles_of
from mihari.patrolling import proposing, shelf, timeline
from mihari.patrolling.around import Following
from mihari.patrolling.changing import Changing, opening
from mihari.patrolling.child import Answer, Child, Then
from mihari.patrolling.rolling import next_file
from mihari.patrolling.seeing import Seeing
from mihari.patrolling.shelf import Kept
from mihari.patrolling.state import Beginning, begin, why_given

log = logging.getLogger("mihari.patrol")
LOOK_S = 0.3  # between two looks at what people ask
SAY_S = 2.0  # between two writings of how far a plan is
RETRY_S = 60.0  # after a plan could not be made or prepared: a machine that is short of memory gets some air
LAST_PART = 0.25  # of a patrol file's hours: when so much is left, the next plan is made


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
        self.problem = ""
        self.said = ""  # how it began
        self.base, self._other = child(), child()
        self.seeing = Seeing(self.records)
        self.following = Following(self.records)
        self.changing = Changing(self, self.base, self._other, section.seconds)
        self._doing = ""
        self._rolled = 0  # the plan that the next one was made from
        self._ready = False  # the base planner has the plan in force prepared
        self._begin_at = self._open_at = self._roll_at = -math.inf  # not before that, UTC s
        self._state: dict[str, Any] = {}
        self._said_at = -math.inf
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
        for child in (self.base, self._other):
            child.stop()
        self.records.close()

    def heard(self, assets: Iterable[Asset]) -> None:
        """Where vehicles are, as the node hears them; may be called from any thread and returns at once."""
        self.seeing.heard(assets)

    def seen(self) -> dict[str, float]:
        """Cell -> UTC s of the last look."""
        return self.seeing.times()

    # the thread

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_S):
            self.attempt(self.turn)

    def attempt(self, work: Callable[[], None]) -> None:
        """Do it; what cannot be is told, and what the records cannot take for now is tried again next time."""
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
        if not self.digest and self.clock() >= self._begin_at:
            self._begin()
        for child in (self.base, self._other):
            child.listen()
        if self.kept is not None:
            self._take_over()
            self._reopen()
            if self._settled:
                self.following.turn(self.kept.file, self.changing.changes["demands"], self.clock())
                self.changing.hear()
            self._roll()
            if self._settled:
                self.seeing.turn(self.kept.plan, self.base, self._unseen, self.clock())
        self._say()

    @property
    def _settled(self) -> bool:
        """Whether the base planner waits for orders about the plan in force."""
        return not self._doing and self._ready and self.base.alive

    def _begin(self) -> None:
        """Go on with the plan of the last run, else with the one of the node file, else make one."""
        try:
            self._look_up()
        except BadInput:
            self._begin_at = math.inf  # for people to mend
            raise
        except MihariError:
            self.digest = ""  # the records did not answer: all of it once more
            raise

    def _look_up(self) -> None:
        """Begin by what the records keep."""
        self.records.open()
        with self.records.read() as connection:
            before = shelf.told(connection, "state")
        if before and not self._state:  # of the last run: nobody shall take it for this one's
            shelf.tell(self.records, "state", before | {"doing": "beginning", "problem": "", "improving": False})
        how = begin(self.section, self.records, self.clock())
        self.said, self.seeing.since, self.seeing.to = how.said, how.since, how.seen_to
        log.info("patrol %s %s", how.file.name, how.said)
        if how.kept is None:
            for key in ("sheet", "timeline", "seen"):
                shelf.tell(self.records, key, {})
        self.digest = how.digest
        self._go_on(how)

    def _go_on(self, how: Beginning) -> None:
        if how.kept is not None:
            self.changing.changes, self.seeing.looks = how.changes or self.changing.changes, how.seen or {}
            self.kept = how.kept
            self.seeing.vehicles = frozenset(v.name for v in vehicles_of(how.file))
            self.open(how.kept)
        elif how.plan is None:
            self._make(how.file)
        else:
            self.put(By(SYSTEM, self.clock()), why_given(self.section), how.file, how.plan)
            assert self.kept is not None
            self.open(self.kept)

    # plans

    def _make(self, file: PatrolFile) -> None:
        self._doing, self.problem = "making the first plan", ""

        def made(answer: Answer) -> None:
            shelf.tell(self.records, "sheet", answer["sheet"])
            self.put(By(SYSTEM, self.clock()), "made at the start", file, from_json(answer["plan"]))
            self._doing, self._ready = "", True

        def broken(answer: Answer) -> None:
            self._broken(answer)
            self.digest, self._begin_at = "", self.clock() + RETRY_S

        order = {"do": "plan", "file": file.model_dump(mode="json"), "seconds": self.section.seconds}
        self.base.ask(order, made, broken)

    def open(self, kept: Kept, then: Then | None = None, failed: Then | None = None) -> None:
        """Prepare for changes of a plan, then go on."""
        self._doing, self._ready = "preparing", False

        def opened(answer: Answer) -> None:
            shelf.tell(self.records, "sheet", answer["sheet"])
            self._doing, self._ready, self.problem = "", True, ""
            if then is not None:
                then(answer)

        def broken(answer: Answer) -> None:
            self._doing, self._open_at = "", self.clock() + RETRY_S
            (failed or self._broken)(answer)

        self.base.ask(opening(kept.file, kept.plan), opened, broken)

    def put(self, by: By, why: str, file: PatrolFile, plan: Plan) -> None:
        """A plan comes into force now, or takes over later; proposals of those that it replaces are withdrawn."""
        now = self.kept is None or (
            not _follows(plan, self.kept) and plan.begin <= max(self.clock(), self.kept.plan.begin)
        )
        begins = "" if now else f"{told_time(plan.begin)},"  # else it replaces only the one that was to take over
        proposing.withdraw(self.records, by, f"plan {plan.patrol} of {begins}", f"another plan: {why}"[:SENTENCE_MAX])
        number = shelf.put(self.records, self.digest, by, why, file, plan)
        self.problem = ""
        if now:
            self._hold(Kept(number, by.now, by.who, why, file, plan))
        log.info("patrol plan %d: %s", number, why)

    def _hold(self, kept: Kept) -> None:
        """It is in force from now on; what was flown before stays in the line of sorties."""
        follows = self.kept is not None and _follows(kept.plan, self.kept)
        with self.records.read() as connection:
            before = timeline.of_told(shelf.told(connection, "timeline").get("sorties", ()))
        sorties = timeline.folded(before, kept.plan, follows)
        shelf.tell(self.records, "timeline", {"number": kept.number, "sorties": timeline.told(sorties)})
        self.seeing.vehicles = frozenset(v.name for v in vehicles_of(kept.file))
        self.kept = kept

    def _take_over(self) -> None:
        """The next plan begins, or is there at last after the one before it has ended."""
        if self.kept is None or self.clock() < self.kept.plan.end or self.base.busy:
            return
        with self.records.read() as connection:
            found = shelf.in_force(connection, self.clock(), self.digest)
        if found is not None and found.number != self.kept.number:
            self._hold(found)
            self.changing.over()
            self.open(found)
            self.changing.go_on(By(SYSTEM, self.clock()))

    def _reopen(self) -> None:
        """The base planner has ended, or could not prepare the plan in force: once more, before any other order."""
        if self.kept is None or self._doing or self._settled or self.base.busy or self.clock() < self._open_at:
            return
        self._open_at = self.clock() + RETRY_S  # one that ends again and again does not take all of the machine
        self.open(self.kept)

    def _roll(self) -> None:
        """In the last part of a plan the next one is made."""
        kept, now = self.kept, self.clock()
        if kept is None or self._rolled == kept.number or self._other.busy or self.changing.improving:
            return
        if now < self._roll_at or now < kept.plan.end - LAST_PART * 3600 * kept.file.hours:
            return
        with self.records.read() as connection:
            coming = shelf.next_of(connection, now, self.digest)
        self._rolled = kept.number
        if coming > kept.number:
            return
        file = next_file(kept.file, kept.plan, self.changing.changes["lost"])
        why = f"the next {file.hours:g} h after plan {kept.number}"

        def made(answer: Answer) -> None:
            if self.kept is not None and self.kept.number == kept.number:
                self.put(By(SYSTEM, self.clock()), why, file, from_json(answer["plan"]))
            else:
                self._rolled = 0  # another plan is in force meanwhile: once more, from that one
            self._other.stop()  # its memory

        def broken(answer: Answer) -> None:
            self._rolled, self._roll_at = 0, self.clock() + RETRY_S
            self._fail(answer["problem"])
            self._other.stop()

        order = {"do": "plan", "file": file.model_dump(mode="json"), "seconds": self.section.seconds}
        self._other.ask(order, made, broken)

    # how it goes

    def _broken(self, answer: Answer) -> None:
        self._doing = ""
        self._fail(answer["problem"])

    def _unseen(self, answer: Answer) -> None:
        self._fail(answer["problem"])

    def _fail(self, problem: str) -> None:
        if problem != self.problem:
            log.warning("patrol: %s", problem)
        self.problem = problem

    def _say(self) -> None:
        """Tell how it goes, when that has changed."""
        child, since = self.base if self._doing else self._other, self.seeing.since
        doing = self._doing or ("making the next plan or a what-if" if self._other.busy else "")
        told = {
            "digest": self.digest, "problem": self.problem, "said": self.said, "doing": doing,
            "number": 0 if self.kept is None else self.kept.number, "changes": self.changing.changes,
            "improving": self.changing.improving, "since": None if math.isnan(since) else since,
        }  # fmt: skip
        progress = {"share": round(child.share, 3), "text": child.text} if doing else {"share": 0.0, "text": ""}
        same = all(self._state.get(key) == value for key, value in told.items())
        if same and (self._state.get("progress") == progress or 0 <= self.clock() - self._said_at < SAY_S):
            return
        state = json.loads(json.dumps(told | {"progress": progress}))  # as it is now: changes may change
        shelf.tell(self.records, "state", state)
        self._state, self._said_at = state, self.clock()


def _follows(plan: Plan, kept: Kept) -> bool:
    """Whether it takes over where a plan ends; to the second, as the times of files are to the microsecond."""
    return plan.begin >= kept.plan.end - 1.0
