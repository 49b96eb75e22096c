"""A node's part in the mesh: its pictures out, what others believe in, over a transport, in two threads of its own.

`offer` takes the newest own picture and returns at once; `foreign` is what the others believe, as of now. One thread
waits for frames, the other for pictures and for what is due; a lock keeps them apart.
"""

from __future__ import annotations

import logging
import math
import random
import threading
import time as clocks
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mihari.core.behaviour import Fleet
from mihari.core.cover import Cover
from mihari.core.errors import FormatError
from mihari.core.picture import Picture
from mihari.core.shared import Foreign
from mihari.mesh import coverage, fleets, rows, states
from mihari.mesh.author import Author
from mihari.mesh.batches import Batch, Kind
from mihari.mesh.clocks import offsets_from, own_error
from mihari.mesh.exchange import Authors, Exchange, News
from mihari.mesh.heard import Heard
from mihari.mesh.own import Own
from mihari.mesh.profiles import PROFILES, Profile
from mihari.mesh.standing import Kept
from mihari.mesh.status import Seen, node_state, status_of
from mihari.mesh.transport import Arrival, Down, Event, Refused, Transport, Up

log = logging.getLogger("mihari.mesh")
TELL_S = 15.0  # between two tellings of how this node is
TICK_S = 1.0
CLOCK_S = 2.0  # by which a clock may be wrong before people are told
JUMP_S = 5.0  # s later than usual that a batch may come before its author's clock is doubted
DOUBT_S, DOUBTFUL = 10.0, 2000  # s that it waits to be measured again, also by who is in between; batches that wait
ZERO = np.zeros(1, np.int64)  # the key of what there is one of
NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Self:
    """Who this node is: author id, name, certificate (DER), the run's number, release group, where it stands."""

    author: str
    name: str
    certificate: bytes
    epoch: int
    sign: Callable[[bytes], bytes]
    group: str = ""
    release: str = ""
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    seed: int | None = None  # of what is drawn; None: by chance


class Mesh:
    """`profile_of`: the profile of a link that has come up. `heed`: takes each batch that others tell, once.

    `clock`: UTC s; `steady`: s that only grow.
    """

    def __init__(
        self,
        me: Self,
        authors: Authors,
        transport: Transport,
        profile_of: Callable[[Up], Profile] = lambda up: PROFILES["lan"],
        clock: Callable[[], float] = clocks.time,
        steady: Callable[[], float] = clocks.monotonic,
        heed: Callable[[Batch], None] | None = None,
    ) -> None:
        self.me, self.authors, self.transport, self.clock, self.steady = me, authors, transport, clock, steady
        self.exchange = Exchange(
            me.author, me.certificate, me.epoch, authors, clock, random.Random(me.seed), me.release
        )
        self.author = Author(me.author, me.epoch, me.group, self.exchange.store, me.sign, self._put)
        self.heard = Heard()
        self.nodes: dict[str, dict[str, Any]] = {}  # by author: what it told of itself last
        self.heed = heed
        self._own, self._profile_of = Own(self.author), profile_of
        self._coverage, self._watching = coverage.Coverage(self.author), coverage.kept()
        self._fleets, self._gathered = fleets.Fleets(self.author), fleets.kept()
        self._kept: dict[int, Kept[Any]] = {Kind.COVERAGE: self._watching, Kind.FLEETS: self._gathered}
        self._covers: tuple[Cover, ...] = ()
        self._covers_made = 0
        self._place = me.lat_deg, me.lon_deg  # of its first sensor that has one: some move
        self._offered: Picture | None = None
        self._gone: list[int] = []
        self._told_at = self._tidied_at = self._clocks_at = self._due = -math.inf
        self._foreign: tuple[Foreign, ...] = ()
        self._made: dict[str, tuple[Any, Foreign]] = {}
        self._offsets: dict[str, float] = {}
        self._offsets_told: dict[str, float] = {}
        self._lags: dict[str, float] = {}  # author -> s that its batches take as a rule
        self._doubtful: list[tuple[float, float, Batch]] = []  # (until, offset known then, batch that seems late)
        self._asked: dict[str, float] = {}  # author -> steady s at which its clock was asked for out of turn
        self._last: dict[str, float] = {}  # author -> steady s at which it was heard of
        self._lock = threading.Lock()
        self._wake = threading.Condition(threading.Lock())
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=f"mesh {work.__name__}", daemon=True)
            for work in (self._receive, self._tell)
        ]
        self.failure: BaseException | None = None

    # life

    def start(self) -> None:
        """Tell who we are, and begin."""
        rows.warm()  # else the first batch would wait for it, and all that came with it
        with self._lock:
            self.announce()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Leave all links and end."""
        self._stopping = True
        self._awake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(2.0)
        self.transport.close()

    # what the node does with it

    def offer(self, picture: Picture) -> None:
        """The newest own picture; returns at once."""
        with self._wake:
            self._gone += picture.removed
            self._offered = picture
            self._wake.notify()

    def foreign(self) -> tuple[Foreign, ...]:
        """What all others believe, as far as it has come here."""
        return self._foreign

    def ahead(self, author: str) -> float:
        """Seconds by which an author's clock is ahead of ours, as links have measured it; 0 where none has."""
        return self._offsets.get(author, 0.0)

    def linked(self) -> bool:
        """Whether a link to any other node is up; may be asked by any thread."""
        return bool(self.exchange.links)

    def covers(self) -> tuple[Cover, ...]:
        """What all others watch with; the same tuple until something changes."""
        return self._covers

    def found(self, all_of_them: Iterable[Fleet]) -> None:
        """All fleets that this node has found, as they are now."""
        with self._lock:
            self._fleets.see(all_of_them, self.clock())
        self._awake()

    def foreign_fleets(self) -> list[tuple[str, str, Fleet]]:
        """(author, its name, fleet) of what others have found: ids and vessels by their numbers, times by our clock."""
        out = []
        with self._lock:
            for author in self._gathered.authors():
                ahead, cuts = self._offsets.get(author, 0.0), self._gathered.cuts(author)
                for key, fleet in self._gathered.of(author).items():
                    if self.clock() - (cuts[key] - ahead) < fleets.OVER_S:
                        out.append((author, self._named(author), replace(fleet, id=key, time=fleet.time - ahead)))
        return out

    def tell(self, kind: Kind, key: int, state: Mapping[str, Any]) -> None:
        """A state of this node's that all are to know, such as an alert; a later one of the same key replaces it."""
        with self._lock:
            self.author.tell(kind, np.array([key], np.int64), states.encode([dict(state)]), self.clock())
        self._awake()

    def withdraw(self, kind: Kind, keys: list[int]) -> None:
        """States that hold no longer."""
        with self._lock:
            self.author.forget(kind, keys)

    def record(self, kind: Kind, entry: Mapping[str, Any]) -> None:
        """An entry of a log that all are to have, such as a person's decision."""
        with self._lock:
            self.author.tell(kind, NONE, states.encode([dict(entry)]), self.clock())
        self._awake()

    def append(self, kind: Kind, body: bytes) -> None:
        """An entry of a log as bytes."""
        with self._lock:
            self.author.tell(kind, NONE, body, self.clock())
        self._awake()

    def put(self, kind: Kind, key: int, body: bytes) -> None:
        """A state as bytes; a later one of the same key replaces it."""
        with self._lock:
            self.author.tell(kind, np.array([key], np.int64), body, self.clock())
        self._awake()

    def held(self, kind: Kind) -> list[Batch]:
        """All batches of other nodes that hold, of one kind, each author's in their order."""
        with self._lock:
            streams = [h for h in self.exchange.store if h.stream.kind == kind and h.stream.author != self.me.author]
            return [h.batches[seq] for h in streams for seq in sorted(h.batches)]

    def status(self) -> dict[str, Any]:
        """Nodes, links, what waits and what was refused: see `mihari.mesh.status`."""
        with self._lock:
            place = (self.me.lat_deg, self.me.lon_deg)
            watching = {c.author: len(c.sensors) for c in self._covers} | {self.me.author: len(self._coverage)}
            seen = Seen(self.nodes, self._offsets, self._last, self.heard, self.own_clock_error, place, watching)
            return status_of(self.me.author, self.me.name, self.exchange, seen, self.steady(), self.clock())

    # threads

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            log.exception("the mesh stopped by a bug")
            self.failure = error

    def _awake(self) -> None:
        with self._wake:
            self._wake.notify()

    def _receive(self) -> None:
        while not self._stopping:
            event = self.transport.receive(0.5)
            if event is None:
                continue
            with self._lock:
                before = self._due
                self.take(event)
                self.flush()
                self._due = self.due()
            if self._due < before:
                self._awake()

    def _tell(self) -> None:
        ticked = -math.inf
        while not self._stopping:
            with self._wake:
                if self._offered is None:
                    self._wake.wait(max(0.0, min(self._due - self.steady(), TICK_S)))
                picture, self._offered = self._offered, None
                gone, self._gone = self._gone, []
            with self._lock:
                if picture is not None:
                    self.see(picture, gone)
                if self.steady() - ticked >= TICK_S:
                    ticked = self.steady()
                    self.pass_time()
                self.flush()
                self._due = self.due()

    def due(self) -> float:
        """Steady s at which something is due, if nothing happens before."""
        return min(self.exchange.due(self.steady()), self.author.due(self.clock()) - self.clock() + self.steady())

    # under the lock, or in tests without threads

    def announce(self) -> None:
        """Tell who we are."""
        self.author.tell(Kind.CERTIFICATE, ZERO, self.me.certificate, self.clock())

    def see(self, picture: Picture, gone: Iterable[int]) -> None:
        """A picture of this node's own, and the vessels that have left since the last."""
        self._place = next(((s.lat_deg, s.lon_deg) for s in picture.sensors if s.placed), self._place)
        self._own.see(picture, gone, self.clock())
        self._coverage.see(picture, self.clock())

    def take(self, event: Event) -> None:
        """One event of the transport."""
        now = self.steady()
        if isinstance(event, Arrival):
            self.exchange.arrived(event.peer, event.lane, event.frame, now)
        elif isinstance(event, Up):
            self.exchange.up(event.peer, self._profile_of(event), now, event.dialled or event.address)
            self._told_at = -math.inf
            log.info("link to %s is up", self._named(event.peer))
        elif isinstance(event, Down):
            self.exchange.down(event.peer, now)
            self._told_at = min(self._told_at, now - TELL_S + 1.0)
            log.warning("link to %s is gone", self._named(event.peer))
        elif isinstance(event, Refused):
            self.exchange.refused[event.peer, event.reason] += event.count
        self._take_news(now)

    def _named(self, author: str) -> str:
        return self.authors.name_of(author) or author

    def _take_news(self, now: float) -> None:
        news, self.exchange.news = self.exchange.news, []
        others = [n for n in news if n.peer]
        if others and now - self._clocks_at >= 0.2:
            self._see_clocks()
        for one in others:
            self._hear(one, now)
        self._see_covers()
        if others:
            self._see_foreign(now)

    def _hear(self, news: News, now: float) -> None:
        batch = news.batch
        self._last[batch.stream.author] = now
        if batch.stream.kind == Kind.NODE:
            try:
                self.nodes[batch.stream.author] = states.decode(batch.body, len(batch.keys))[0]
            except FormatError as problem:
                self.heard.refused[batch.stream.author, problem.reason] += 1
        elif (keeper := self._kept.get(batch.stream.kind)) is not None:
            try:
                keeper.take(batch)
            except FormatError as problem:
                self.heard.refused[batch.stream.author, problem.reason] += 1
                log.warning("%s told what cannot be read: %s", self._named(batch.stream.author), problem)
        else:
            self._believe(batch, now)
        if self.heed is not None:
            self.heed(batch)

    def _believe(self, batch: Batch, now: float) -> None:
        """Rows of another node, by our clock: less what its own is ahead, as measured or as the batch itself proves.

        One that comes from the future, or much later than those before it, may be of a clock that was set: it is
        measured again at once, and what seems late waits for that.
        """
        author = batch.stream.author
        known = self._offsets.get(author, 0.0)
        lag = self.clock() + known - batch.cut
        usual = self._lags.setdefault(author, lag)
        late = lag > usual + JUMP_S
        if (late or lag < -CLOCK_S) and now - self._asked.get(author, -math.inf) > 1.0:
            self._asked[author] = now
            if (link := self.exchange.links.get(author)) is not None:
                link.ping_due = now
        if late and len(self._doubtful) < DOUBTFUL:
            self._doubtful.append((now + DOUBT_S, known, batch))
            return
        self._lags[author] = usual + 0.1 * (lag - usual)
        early = lag < -CLOCK_S
        self.heard.take(batch, now, known - lag if early else known, guessed=early)

    def _believe_late(self, now: float) -> None:
        """What seemed late: once its author's clock is known to be another, or not."""
        waiting, self._doubtful = self._doubtful, []
        for until, before, batch in waiting:
            known = self._offsets.get(batch.stream.author, 0.0)
            if now < until and abs(known - before) < 1.0:
                self._doubtful.append((until, before, batch))
            else:
                self._lags[batch.stream.author] = self.clock() + known - batch.cut
                self.heard.take(batch, now, known)

    def pass_time(self) -> None:
        """What the passing of time does; to be called every second."""
        now, utc = self.steady(), self.clock()
        self.author.pass_time(utc)
        if now - self._told_at >= TELL_S:
            self._told_at = now
            about: dict[str, Any] = {"name": self.me.name, "release": self.me.release, "vessels": self._own.vessels}
            about |= dict(zip(("lat_deg", "lon_deg"), self._place, strict=True))
            body = states.encode([about | node_state(self.exchange.links.values(), now)])
            self.author.tell(Kind.NODE, ZERO, body, utc)
        if now - self._tidied_at >= TICK_S:
            self._tidied_at = now
            for stream, keys in self.exchange.tidy(now):
                others = self.exchange.store.of(stream.author, stream.kind)
                self.heard.forget(stream, keys, {k for h in others for k in h.rows})
                if stream.kind in self._kept:
                    self._kept[stream.kind].forget(stream, keys)
            for keeper in self._kept.values():
                keeper.end(self.exchange.store.epoch)
            self._see_covers()
            self._see_clocks()
            self._believe_late(now)
            self._see_foreign(now)

    def flush(self) -> None:
        """Send what is due. Called under the lock, or by tests that have no threads."""
        now, utc = self.steady(), self.clock()
        self.author.serve(self.exchange.grades, utc)
        self.author.cut(utc)
        for peer, data, lane in self.exchange.poll(now):
            if not self.transport.send(peer, data, lane):
                self.exchange.refused[peer, "not sent"] += 1
        self.exchange.news = [n for n in self.exchange.news if n.peer]

    def _put(self, batch: Batch) -> None:
        self.exchange.put(batch, self.steady())

    # clocks and beliefs

    def _see_clocks(self) -> None:
        self._clocks_at = self.steady()
        measured: dict[str, dict[str, float]] = {
            author: {p: float(o) for p, o in told.get("offsets", {}).items() if isinstance(o, int | float)}
            for author, told in self.nodes.items()
        }
        measured[self.me.author] = {p: k.clock.offset for p, k in self.exchange.links.items() if k.clock.samples}
        self._offsets = offsets_from(self.me.author, measured)
        for author, offset in self._offsets.items():
            self.heard.correct(author, offset)
        own = measured[self.me.author]
        if any(abs(offset - self._offsets_told.get(peer, 0.0)) > CLOCK_S for peer, offset in own.items()):
            self._offsets_told = own
            self._told_at = -math.inf  # who hears of this author through us must know

    @property
    def own_clock_error(self) -> float:
        """Seconds by which this node's clock seems to be ahead of most others'; 0 where it is not."""
        return own_error({a: o for a, o in self._offsets.items() if a != self.me.author}, CLOCK_S)

    def _see_covers(self) -> None:
        if self._covers_made != self._watching.changed:
            self._covers_made = self._watching.changed
            told = [(author, tuple(self._watching.of(author).values())) for author in self._watching.authors()]
            self._covers = tuple(Cover(author, self._named(author), sensors) for author, sensors in told if sensors)

    def _see_foreign(self, now: float) -> None:
        self._foreign = tuple(self._foreign_of(a, now) for a in sorted(self.heard.beliefs))

    def _foreign_of(self, author: str, now: float) -> Foreign:
        beliefs = self.heard.beliefs[author]
        source = self.exchange.sources.get(author)
        offset = self._offsets.get(author, math.nan)
        marks = beliefs.changed, "" if source is None else source.peer, round(offset, 2), math.floor(now)
        made = self._made.get(author)
        if made is None or made[0] != marks:
            told = Foreign(
                author, self._named(author), beliefs.shared(), beliefs.claims(), 0.0,
                through=self._named(marks[1]), lag=now - self._last.get(author, now),
            )  # fmt: skip
            made = self._made[author] = marks, told
        return made[1]
