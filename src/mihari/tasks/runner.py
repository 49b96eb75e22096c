"""Accepted tasks -> vehicles, by a thread of its own: drivers run, bytes go out, turns go into the records.

Order of things: the turn "sent" is in the records before the first byte leaves. While the records do not answer nothing
is sent. Before every byte the gate is asked (`charge.barred`), with the node file as it is now.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from mihari.alerts import ask
from mihari.alerts.alert import SYSTEM
from mihari.alerts.records import Records
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.config import NodeConfig
from mihari.core.errors import MihariError
from mihari.core.picture import Picture
from mihari.core.task import CARRIED, Task, TaskKind, TaskState, Turn
from mihari.feeds.talk import Talk
from mihari.tasks import book, shelf
from mihari.tasks.charge import acceptance, barred
from mihari.tasks.driver import Driver, Post, Told
from mihari.tasks.drivers import CameraMaking, Making, posts_of

log = logging.getLogger("mihari.tasks")
EVERY_S = 0.5
IDLE_S = 5.0  # where there is nothing that takes tasks
STOP_S = 10.0  # a vehicle is told so long to give up what was withdrawn
PROGRESS_S = 2.0  # between two notes of mere progress
STOPPED_S = 5.0
CALLED_OFF_MAX = 200  # withdrawn tasks, the newest, among which those are looked for that a vehicle may still have
UNHEARD = (LinkState.NEVER, LinkState.LOST)
Send = Callable[[str, bytes], bool | None]
S = TaskState


@dataclass(slots=True)
class Run:
    """A task that a vehicle is told of. `ends`: steady s at which telling it to stop is given up; NaN: it goes on."""

    number: int
    driver: Driver
    ends: float = math.nan
    noted: float = -math.inf  # steady s of the last note of progress
    pending: Told | None = None  # progress that is noted later
    bug: str = ""  # by which its driver failed
    unheard: bool = False  # the vehicle could not be told to stop

    @property
    def stopping(self) -> bool:
        """Whether it is being called off."""
        return not math.isnan(self.ends)


class Runner:
    """`send(feed, bytes)` takes what goes out, False where the feed has no connection; `talk` has what came back.

    `clock`: UTC s; `steady`: s that only grow.
    """

    def __init__(
        self,
        records: Records,
        posts: Iterable[Post],
        talk: Talk,
        send: Send,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.records, self.talk, self.clock, self.steady = records, talk, clock, steady
        self.unsent = 0  # pieces that had no connection
        self.problem = ""
        self._posts = {post.asset: post for post in posts}
        self._send = send
        self._picture: Picture | None = None
        self._charged = False  # whether the records know who answers for what
        self._open = False
        self._sequence = -1
        self._tasks: dict[int, Task] = {}
        self._audited: dict[int, Task | None] = {}
        self._runs: dict[str, Run] = {}
        self._since: dict[tuple[int, int], float] = {}  # (number, version) -> steady s at which it was seen first
        self._free: dict[str, float] = {}  # asset -> steady s since when it has nothing to do
        self._lost: dict[str, float] = {}  # asset -> steady s since when its link is lost
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tasks", daemon=True)

    # life

    def start(self) -> None:
        """Begin; records that do not answer are waited for."""
        self._thread.start()

    def stop(self) -> None:
        """End; vehicles go on with what they have, and are asked after the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(STOPPED_S)
        self.records.close()

    def news(self, picture: Picture) -> None:
        """The newest picture, as people see it; returns at once."""
        self._picture = picture

    def reconfigure(self, posts: Iterable[Post]) -> None:
        """From now on the node file names these vehicles and cameras, and who answers for them."""
        self._posts, self._charged = {post.asset: post for post in posts}, False

    def health(self) -> dict[str, Any]:
        """How it is: problem of the records, tasks with vehicles, pieces that could not be sent, answers shed."""
        told = {"problem": self.problem, "under_way": len(self._runs)}
        return told | {"unsent": self.unsent, "shed": self.talk.shed}

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception:
                log.exception("tasks: a look failed by a bug")
            self._stopping.wait(EVERY_S if self._posts or not self._charged else IDLE_S)

    # one look

    def look(self) -> None:
        """All that is due now."""
        now, steady, posts = self.clock(), self.steady(), self._posts
        self._listen(now, posts)
        try:
            self._read(posts)
            self._prune(steady)
            links = self._links(posts, steady)
            for task in sorted(self._tasks.values(), key=lambda one: one.number):
                if task.state == S.PROPOSED:
                    self._proposed(task, posts.get(task.asset), now, steady)
                elif task.asset not in posts and not task.over:
                    self._orphaned(task, now)
            for post in posts.values():
                self._serve(post, links[post.asset], now, steady)
            self.problem = ""
        except (MihariError, sa.exc.SQLAlchemyError) as problem:
            if not self.problem:
                log.warning("tasks wait for the records: %s", problem)
            self.problem = str(problem)

    def _listen(self, now: float, posts: Mapping[str, Post]) -> None:
        """What came back, to whoever has a task on that feed; what nobody waits for is let go."""
        for feed in {post.feed for post in posts.values() if post.feed}:
            heard = self.talk.taken(feed)
            for asset, run in self._runs.items():
                if heard and asset in posts and posts[asset].feed == feed:
                    self._guarded(run, partial(_hear, run.driver, heard, now))

    def _read(self, posts: Mapping[str, Post]) -> None:
        if not self._open:
            self.records.open()
            self._open = True
        if not self._charged:
            shelf.keep_charges(self.records, [post.charge for post in posts.values()])
            self._charged = True
        with self.records.read() as connection:
            sequence = int(ask.head_of(connection)["sequence"])
            if sequence == self._sequence:
                return
            tasks = {task.number: task for task in shelf.listed(connection, shelf.OPEN, limit=shelf.OPEN_MAX)}
            for task in shelf.listed(connection, [S.WITHDRAWN], limit=CALLED_OFF_MAX):
                if task.carried and not task.called_off:
                    tasks[task.number] = task
            for run in self._runs.values():
                found = tasks.get(run.number) or shelf.one(connection, run.number)
                if found is not None:
                    tasks[run.number] = found
            beyond = [task.number for task in tasks.values() if acceptance(task) is not None]
            self._audited = {number: shelf.audited(connection, number) for number in beyond}
            self._tasks, self._sequence = tasks, sequence

    def _prune(self, steady: float) -> None:
        there = {(task.number, task.version) for task in self._tasks.values()}
        self._since = {key: self._since.get(key, steady) for key in there}

    def _links(self, posts: Mapping[str, Post], steady: float) -> dict[str, LinkState]:
        links = {}
        for post in posts.values():
            link = self._asset(post).link
            link = LinkState.UP if post.kind == AssetKind.CAMERA and link == LinkState.NEVER else link
            links[post.asset] = link  # a camera is asked, it does not tell
            if link in UNHEARD:
                self._lost.setdefault(post.asset, steady)
            else:
                self._lost.pop(post.asset, None)
        return links

    def _asset(self, post: Post) -> Asset:
        found = () if self._picture is None else self._picture.assets
        return next((one for one in found if one.name == post.asset), Asset(post.asset, post.kind))

    # one task

    def _proposed(self, task: Task, post: Post | None, now: float, steady: float) -> None:
        charge = None if post is None else post.charge
        if book.beforehand(task, charge, now) is not None:
            self._change(task, lambda one: book.beforehand(one, charge, now))
            return
        age = self._age(task, now, steady)
        if book.passed(task, now, age, LinkState.UP, 0.0) is not task:
            self._change(task, lambda one: book.passed(one, now, age, LinkState.UP, 0.0))

    def _orphaned(self, task: Task, now: float) -> None:
        """The node file has its asset no more: nothing can be told to it."""
        why = f"the node file has no vehicle or camera called {task.asset} any more"
        state = S.LOST if task.state in CARRIED else S.WITHDRAWN
        self._runs.pop(task.asset, None)
        self._end(task, state, why, now)

    def _serve(self, post: Post, link: LinkState, now: float, steady: float) -> None:
        mine = sorted((one for one in self._tasks.values() if one.asset == post.asset), key=lambda one: one.number)
        run = self._runs.get(post.asset)
        if run is not None:
            run = self._looked_after(run, post, mine, link, now, steady)
        if run is None:
            run = self._taken_up(post, mine, link, now)
        if run is None:
            self._free.setdefault(post.asset, steady)
        else:
            self._free.pop(post.asset, None)
            if not run.unheard:
                self._tick(run, post, now, steady)
        for task in mine:
            if task.state == S.ACCEPTED or task.state in CARRIED:
                self._pass(task, post, link, now, steady)

    def _looked_after(
        self, run: Run, post: Post, mine: list[Task], link: LinkState, now: float, steady: float
    ) -> Run | None:
        """The run if it goes on; called off where its task was withdrawn, or shall make way for coming back."""
        task = self._tasks.get(run.number)
        if task is not None and run.bug and not task.over:
            why = f"an error in this program ({run.bug})"
            task = self._end(task, S.FAILED, why, now) or task
        home = next((one for one in mine if one.kind == TaskKind.RETURN and _due(one, now)), None)
        if task is not None and home is not None and not task.over and not self._barred(home, post):
            turn, why = acceptance(home), f"task {home.number} calls it back"
            who = SYSTEM if turn is None else turn.who
            task = self._end(task, S.WITHDRAWN, why, now, who) or task
        if task is None or run.bug or (task.over and task.state != S.WITHDRAWN) or task.called_off:
            self._runs.pop(post.asset, None)
            return None
        if task.state == S.WITHDRAWN:
            self._call_off(run, task, post, link, now, steady)
        return self._runs.get(post.asset)

    def _call_off(self, run: Run, task: Task, post: Post, link: LinkState, now: float, steady: float) -> None:
        """Tell the vehicle that it shall not do it after all, for as long as it may hear that."""
        unheard = link in (*UNHEARD, LinkState.AWAY)
        if not run.stopping or (run.unheard and not unheard):
            run.driver.stop(now)
        if not run.stopping or unheard:
            run.ends = steady + STOP_S
        run.unheard = unheard
        if steady >= run.ends:
            self._called_off(run, task, post, confirmed=False)

    def _called_off(self, run: Run, task: Task, post: Post, confirmed: bool) -> None:
        self._runs.pop(post.asset, None)
        self._change(task, partial(book.called_off, confirmed=confirmed))

    def _taken_up(self, post: Post, mine: list[Task], link: LinkState, now: float) -> Run | None:
        """The next task: one that the vehicle has, or has to be told to give up, from before a new start of the node;
        else the first accepted, but coming back before all others.
        """
        carried = [one for one in mine if one.state in CARRIED or (one.state == S.WITHDRAWN and not one.called_off)]
        for older in carried[:-1]:
            if older.over:
                self._change(older, partial(book.called_off, confirmed=False))
            else:
                self._end(older, S.LOST, f"task {carried[-1].number} was taken up in its place", now)
        read = (one for one in mine if one.number in self._audited)  # what was accepted in this look comes at the next
        waiting = sorted((one for one in read if _due(one, now)), key=lambda one: one.kind != TaskKind.RETURN)
        for task in [*carried[-1:], *waiting]:
            if why := self._barred(task, post):
                self._bar(task, why, now)
                continue
            return None if link in (*UNHEARD, LinkState.AWAY) else self._begun(task, post, now)
        return None

    def _bar(self, task: Task, why: str, now: float) -> None:
        """The gate is shut for this one: nothing of it is sent, and it is over."""
        log.warning("task %d is not sent: %s", task.number, why)
        if task.over:
            self._change(task, partial(book.called_off, confirmed=False))
        else:
            self._end(task, S.WITHDRAWN, f"not sent: {why}", now)

    def _begun(self, task: Task, post: Post, now: float) -> Run | None:
        driver = post.make()
        try:
            driver.begin(task, self._asset(post), now)
        except MihariError as problem:
            self._end(task, S.LOST if task.state in CARRIED else S.DECLINED, str(problem), now)
            return None
        run = Run(task.number, driver)
        if task.state == S.WITHDRAWN:
            driver.stop(now)
            run.ends = self.steady() + STOP_S
        if task.state == S.ACCEPTED:
            sent = self._change(task, lambda one: one.turned(Turn(max(now, one.since), S.SENT, SYSTEM)))
            if sent is None or sent.state != S.SENT:
                return None
        self._runs[post.asset] = run
        return run

    def _tick(self, run: Run, post: Post, now: float, steady: float) -> None:
        task = self._tasks.get(run.number)
        if task is None:
            return
        if why := self._barred(task, post):
            self._runs.pop(post.asset, None)
            self._bar(task, why, now)
            return
        pieces: list[bytes] = []
        self._guarded(run, lambda: pieces.extend(run.driver.tick(now, self._picture)))
        for piece in pieces:
            if self._send(post.feed, piece) is False:
                self.unsent += 1
        told = [run.pending] if run.pending is not None else []
        run.pending = None
        self._guarded(run, lambda: told.extend(run.driver.told()))
        for one in told:
            self._learnt(run, post, one, now, steady)

    def _learnt(self, run: Run, post: Post, told: Told, now: float, steady: float) -> None:
        task = self._tasks.get(run.number)
        if task is None:
            return
        if run.stopping:
            if told.state == S.WITHDRAWN:
                self._called_off(run, task, post, confirmed=True)
            return
        after = book.told(task, told.state, told.progress, told.why, now, post.asset)
        if after.turns == task.turns and steady - run.noted < PROGRESS_S:
            run.pending = told
            return
        run.noted = steady
        self._change(task, lambda one: book.told(one, told.state, told.progress, told.why, now, post.asset))

    def _pass(self, task: Task, post: Post, link: LinkState, now: float, steady: float) -> None:
        task = self._tasks.get(task.number, task)
        age = self._age(task, now, steady)
        lost = steady - self._lost.get(post.asset, steady)
        free = steady - self._free.get(post.asset, steady)
        if book.passed(task, now, age, link, lost, free) is not task:
            self._change(task, lambda one: book.passed(one, now, age, link, lost, free))

    # helpers

    def _age(self, task: Task, now: float, steady: float) -> float:
        """Seconds in this state, by the clock or by the steady one, whichever says more: clocks are set back."""
        return max(now - task.since, steady - self._since.get((task.number, task.version), steady))

    def _barred(self, task: Task, post: Post) -> str:
        return barred(task, post.charge, self._audited.get(task.number))

    def _change(self, task: Task, step: Callable[[Task], Task | None]) -> Task | None:
        """The task after a step, as the records have it then; None where nothing was to be changed."""
        after = shelf.change(self.records, task.number, step)
        if after is not None:
            self._tasks[after.number] = after
        return after

    def _end(self, task: Task, state: TaskState, why: str, now: float, who: str = SYSTEM) -> Task | None:
        return self._change(task, lambda one: book.told(one, state, math.nan, why, now, who, said=False))

    def _guarded(self, run: Run, work: Callable[[], None]) -> None:
        """Work of a driver; a bug in it ends its task, and no other."""
        try:
            work()
        except Exception as bug:
            log.exception("the driver of task %d failed by a bug", run.number)
            run.bug = type(bug).__name__


def runner_of(
    config: NodeConfig,
    address: str,
    talk: Talk,
    send: Send,
    makings: Mapping[str, Making] | None = None,
    cameras: CameraMaking | None = None,
    clock: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
) -> Runner:
    """The runner of a node: the vehicles and cameras of its file, the records at this address (as `Desk.address`)."""
    return Runner(Records(address, clock), posts_of(config, makings, cameras), talk, send, clock, steady)


def _due(task: Task, now: float) -> bool:
    """Whether it is accepted and its time has come."""
    return task.state == S.ACCEPTED and task.begin <= now


def _hear(driver: Driver, heard: list[dict[str, Any]], now: float) -> None:
    for message in heard:
        driver.hear(message, now)
