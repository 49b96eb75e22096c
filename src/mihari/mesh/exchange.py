"""The exchange of state with neighbours: frames in, frames out, news for this node. Free of clocks, threads, sockets.

Each node holds the newest batches of all authors it has heard of (`Store`) and tells every neighbour what that one
wants and lacks. So news reach everybody by whatever links there are at the moment, also by somebody who carries them
from one place to the other. Who was away tells which batches it holds and gets the others; a summary every few seconds
mends what was lost on the way. Each author's news is taken from one neighbour (`routes`); alarms come by all.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mihari.core.errors import FormatError, MihariError
from mihari.mesh import batches, queueing, summaries, wire
from mihari.mesh.batches import EVERYWHERE, KNOWN, Batch, Kind, Stream
from mihari.mesh.bulk import BULK, carries
from mihari.mesh.grades import grade_of
from mihari.mesh.link import ACKED, Link, Ref
from mihari.mesh.profiles import PROFILES, Profile
from mihari.mesh.routes import HELD, Source, choose
from mihari.mesh.store import Held, Store
from mihari.mesh.transport import Lane
from mihari.mesh.wire import Ack, Extent, Hello, Part, Ping, Reach, Summary, Want

FLOOD = 4000.0  # frames a second that a neighbour may send: ten times a busy coast
BURST = 8000.0
CHOOSE_S = 0.5
UNPROVEN = 512  # batches held until their author's certificate comes
HELLO_S = 2.0  # until a hello is said again that nobody has answered; on a thin link it takes a tenth of a second
HELLO_WIDE_S = 0.2  # on loopback a joiner mostly stood 2.1 s without one; why the first is lost is not known
PING_S = 5.0
PING_THIN_S = 20.0  # on a thin link a ping and its answer, both ways, cost as much as ten vessels told
ACK_S = 0.05
ACK_THIN_S = 1.5  # a third of the window, or a loss, is acknowledged at once; the rest shares a frame
LEFT_S = 60.0  # a grade that is so much older than another is not told any more
Outgoing = tuple[str, bytes, Lane]


class Authors(Protocol):
    """Whose signatures are known."""

    def learn(self, certificate: bytes) -> tuple[str, str]:
        """(author, name) of a certificate (DER) that the authority has signed; BadInput else."""

    def verify(self, author: str, message: bytes, signature: bytes) -> bool:
        """Whether an author known has signed it."""

    def name_of(self, author: str) -> str:
        """The author's name; "" not known."""


@dataclass(frozen=True, slots=True)
class News:
    """A batch taken in, and from whom; `peer` "" : from this node itself."""

    batch: Batch
    peer: str


class Exchange:
    """One node's part in the mesh. `clock`: UTC s; every method takes `now`, steady s."""

    def __init__(
        self,
        author: str,
        certificate: bytes,
        epoch: int,
        authors: Authors,
        clock: Callable[[], float],
        rng: random.Random,
        release: str = "",
    ) -> None:
        self.author, self.certificate, self.epoch, self.authors = author, certificate, epoch, authors
        self.clock, self.rng, self.release = clock, rng, release
        self.store = Store()
        self.links: dict[str, Link] = {}
        self.sources: dict[str, Source] = {}
        self.news: list[News] = []
        self.refused: Counter[tuple[str, str]] = Counter()  # (peer, reason)
        self.again: Counter[str] = Counter()  # batches that said nothing new, by peer
        self.unknown: Counter[int] = Counter()  # batches of kinds that this release does not know, by kind
        self._orders: dict[str, int] = {}
        self._unproven: dict[str, list[tuple[Batch, str]]] = {}
        self._answers: list[tuple[str, Ping]] = []
        self._choose_due = -math.inf
        self._wanted: dict[str, set[int]] = {}

    # links

    def up(self, peer: str, profile: Profile, now: float, address: str = "") -> None:
        """A link has come up."""
        session = self.rng.randrange(1 << 16)
        self.links[peer] = Link(peer, profile, session, now, address=address, heard=now)
        self.links[peer].name = self.authors.name_of(peer)

    def down(self, peer: str, now: float) -> None:
        """A link is gone: what came by it is looked for elsewhere."""
        if self.links.pop(peer, None) is not None:
            self.sources = {a: s for a, s in self.sources.items() if s.peer != peer}
            self._choose_due = now

    # what this node tells

    def put(self, batch: Batch, now: float) -> None:
        """A batch of this node's own, signed."""
        self._take(batch, "", now)

    @property
    def grades(self) -> set[int]:
        """The grades that neighbours want of this node."""
        return {g for link in self.links.values() for g in link.wants.get(self.author, ())}

    # what comes in

    def arrived(self, peer: str, lane: Lane, data: bytes, now: float) -> None:
        """A frame from a neighbour."""
        link = self.links.get(peer)
        if link is None:
            self.refused[peer, "no link"] += 1
            return
        link.got_bytes += len(data)
        if not self._let_in(link, now):
            self.refused[peer, "flood"] += 1
            return
        try:
            frame = wire.decode(data)
        except FormatError as problem:
            self.refused[peer, problem.reason] += 1
            return
        link.heard = now
        self._sessions(link, frame.session)
        if frame.unknown:
            self.refused[peer, "unknown message"] += frame.unknown
        if frame.number:
            link.inbound.take(lane, frame.number, len(data), now)
        for part, body in frame.parts:
            self._hear(link, part, body, now)

    def _let_in(self, link: Link, now: float) -> bool:
        gained = (now - link.tokens_at) * FLOOD
        link.tokens = BURST if link.tokens_at == -math.inf else min(BURST, link.tokens + gained)
        link.tokens_at = now
        link.tokens -= 1
        if link.tokens < 0:
            link.tokens = 0
            return False
        return True

    def _sessions(self, link: Link, session: int) -> None:
        """The other side has begun anew: it knows nothing of what was told before."""
        if session == link.inbound.session:
            return
        if link.inbound.session >= 0:
            again = Link(link.peer, link.profile, self.rng.randrange(1 << 16), link.up_at, link.name, link.address)
            again.clock, again.heard, again.refused = link.clock, link.heard, link.refused
            again.tokens, again.tokens_at = link.tokens, link.tokens_at
            self.links[link.peer] = again
            again.inbound.begin(session)
            return
        link.inbound.begin(session)

    def _hear(self, link: Link, part: Part, body: wire.Message, now: float) -> None:
        link = self.links.get(link.peer, link)
        if isinstance(body, bytes):
            self._hear_batch(link, body, now)
        elif isinstance(body, Hello):
            self._hear_hello(link, body, now)
        elif isinstance(body, Summary):
            self._hear_summary(link, body, now)
        elif isinstance(body, Ack):
            if body.session == link.session:
                self._again(link, link.landed(body.highest, body.lost))
        elif part == Part.PING:
            self._answers.append((link.peer, Ping(body.sent, self.clock())))
        else:
            link.clock.heard(body.sent, body.answered, self.clock())

    def _again(self, link: Link, missing: list[Ref]) -> None:
        """Batches that did not arrive."""
        for stream, seq in missing:
            link.resent += 1
            link.wait(stream, seq)

    def _hear_hello(self, link: Link, hello: Hello, now: float) -> None:
        try:
            author, name = self.authors.learn(hello.certificate)
        except MihariError as problem:
            self.refused[link.peer, str(problem)] += 1
            return
        if author != link.peer:
            self.refused[link.peer, "a certificate of somebody else"] += 1
            return
        theirs = PROFILES.get(hello.profile)
        if theirs is not None and theirs.thin and not 0 < link.profile.rate <= theirs.rate:
            link.profile = theirs  # who called knows what it called by
        if not link.greeted:
            link.greeted, link.name = True, name
            link.summary_due = link.ping_due = now
            self._choose_due = now

    def _hear_batch(self, link: Link, raw: bytes, now: float) -> None:
        try:
            batch = batches.decode(raw)
        except FormatError as problem:
            self.refused[link.peer, problem.reason] += 1
            return
        why = "from myself" if batch.stream.author == self.author else self.store.why_not(batch)
        if why:
            self.refused[link.peer, why] += 1
            return
        held = self.store.get(batch.stream)
        if held is not None and batch.seq in held.batches:
            self._known_there(link, batch)
            self.again[link.peer] += 1
            return
        self._prove(link.peer, batch, now)

    def _known_there(self, link: Link, batch: Batch) -> None:
        """A neighbour that tells a batch has it."""
        seqs = link.waiting.get(batch.stream)
        if seqs is not None:
            seqs.pop(batch.seq, None)

    def _prove(self, peer: str, batch: Batch, now: float) -> None:
        author = batch.stream.author
        if batch.stream.kind == Kind.CERTIFICATE and not self.authors.name_of(author):
            try:
                if self.authors.learn(batch.body)[0] != author:
                    raise FormatError("certificate", "a certificate of somebody else")
            except MihariError:
                self.refused[peer, "certificate"] += 1
                return
        if not self.authors.name_of(author):
            waiting = self._unproven.setdefault(author, [])
            if sum(map(len, self._unproven.values())) < UNPROVEN:
                waiting.append((batch, peer))
            else:
                self.refused[peer, "unknown author"] += 1
            return
        if not self.authors.verify(author, batch.signed, batch.signature):
            self.refused[peer, "signature"] += 1
            return
        self._take(batch, peer, now)
        for late, through in self._unproven.pop(author, ()):
            self._prove(through, late, now)

    def _take(self, batch: Batch, peer: str, now: float) -> None:
        """A batch that is proven: keep it, tell this node, and the neighbours that want it."""
        author = batch.stream.author
        source = self.sources.get(author)
        if source is not None and source.peer == peer and batch.order > self._orders.get(author, 0):
            source.news = now
        if batch.stream.epoch > self.store.epoch(author):
            self._orders[author] = 0
        if not self.store.take(batch, now):
            self.again[peer] += 1
            return
        self._orders[author] = max(self._orders.get(author, 0), batch.order)
        if batch.stream.kind not in KNOWN:
            self.unknown[batch.stream.kind] += 1
        self.news.append(News(batch, peer))
        for link in self.links.values():
            if link.peer == peer:
                self._known_there(link, batch)
            elif link.peer != author and self._wants(link, batch.stream):
                link.wait(batch.stream, batch.seq)

    def _wants(self, link: Link, stream: Stream) -> bool:
        if stream.kind in EVERYWHERE:
            return link.greeted
        if not carries(link.profile, stream.kind):
            return False
        grades = link.wants.get(stream.author)
        if grades is None:
            return False
        return stream.kind != Kind.VESSELS or any(self._serving(stream.author, g) == stream.grade for g in grades)

    def _serving(self, author: str, grade: int) -> int:
        """The grade of an author's vessels that stands for a grade wanted: it, else the next coarser, else a finer."""
        if author == self.author:
            return grade  # it will be cut at once
        have = sorted({h.stream.grade for h in self.store.of(author, Kind.VESSELS) if len(h)})
        coarser = [g for g in have if g >= grade]
        return coarser[0] if coarser else have[-1] if have else grade

    # summaries

    def _hear_summary(self, link: Link, told: Summary, now: float) -> None:
        if told.part == 0:
            link.theirs = {r.author.hex(): r for r in told.reaches}
            wants = {w.author.hex(): set(w.grades) for w in told.wants}
            if wants != link.wants:
                link.wants = wants
                self._choose_due = now  # what they want we must want too
        for ask in told.asks:
            link.asked.add(summaries.stream_of(ask))
        if told.asks:
            link.summary_due = min(link.summary_due, now)
        extents = {summaries.stream_of(e): e for e in told.extents}
        link.extents.update(extents)
        self._compare(link, extents, last=told.part == told.parts - 1, now=now)

    def _compare(self, link: Link, extents: dict[Stream, Extent], last: bool, now: float) -> None:
        """Let wait what they lack of what they want."""
        for held in self.store:
            if held.stream.author != link.peer and self._wants(link, held.stream):
                summaries.compare(link, held, extents.get(held.stream), last, now)

    def _summary(self, link: Link) -> list[bytes]:
        """What this node tells a neighbour of what it can serve, wants and holds."""
        from_there = {a for a, s in self.sources.items() if s.peer == link.peer}
        mine = Reach(bytes.fromhex(self.author), self.epoch, 0, self._orders.get(self.author, 0))
        reaches = [mine] + [
            Reach(bytes.fromhex(a), self.store.epoch(a), self._cost(a), order)
            for a, order in sorted(self._orders.items())
            if a not in (link.peer, self.author) and a not in from_there
        ]
        least = grade_of(link.profile)
        wants = [
            Want(bytes.fromhex(a), sorted({max(g, least) for g in self._wanted.get(a, {0})}))
            for a in sorted(from_there)
        ]
        held = [
            h
            for h in self.store
            if (h.stream.author in from_there or h.stream.kind in EVERYWHERE) and h.stream.author != self.author
        ]
        return summaries.written(link, reaches, wants, held)

    def _cost(self, author: str) -> int:
        """What an author's news cost to come here; of one whom nobody reaches now, what was held of it."""
        source = self.sources.get(author)
        return HELD if source is None else source.cost

    # what goes out

    def poll(self, now: float) -> list[Outgoing]:
        """All frames that are due: to be sent in this order."""
        out: list[Outgoing] = []
        if now >= self._choose_due:
            self._choose(now)
        for link in list(self.links.values()):
            self._control(link, now, out)
            if link.greeted:
                self._urgent(link, out, now)
                self._live(link, out, now)
                self._bulk(link, out, now)
        for peer, message in self._answers:
            if peer in self.links:
                out.append(self._frame(self.links[peer], Lane.CONTROL, [wire.message(Part.PONG, message)]))
        self._answers.clear()
        return out

    def due(self, now: float) -> float:
        """Steady s at which `poll` should be called again, if nothing happens before."""
        times = [self._choose_due]
        for link in self.links.values():
            times += [link.hello_due, link.summary_due, link.ping_due, link.inbound.since + _ack_s(link)]
            if link.profile.thin and any(stream.kind in BULK for stream in link.waiting):
                times.append(link.bulk_due)
        return max(now, min(times, default=now + 1.0))

    def _control(self, link: Link, now: float, out: list[Outgoing]) -> None:
        messages: list[bytes] = []
        if now >= link.hello_due:
            hello = Hello(self.certificate, self.epoch, link.profile.name, self.release)
            messages.append(wire.message(Part.HELLO, hello))
            again = HELLO_S if link.profile.thin else HELLO_WIDE_S
            link.hello_due = now + again if not link.greeted else math.inf
        inbound = link.inbound
        acks = inbound.lost or inbound.unacked >= link.profile.window / 3 or now - inbound.since >= _ack_s(link)
        if inbound.session >= 0 and acks:
            highest = [inbound.highest.get(lane, 0) for lane in ACKED]
            messages.append(wire.message(Part.ACK, Ack(inbound.session, highest, inbound.acknowledged())))
        if link.greeted and now >= link.ping_due:
            messages.append(wire.message(Part.PING, Ping(self.clock())))
            seldom = PING_THIN_S if link.profile.thin else PING_S
            link.ping_due = now + (seldom if link.clock.sure else PING_S / 4)
        summaries: list[bytes] = []
        if link.greeted and now >= link.summary_due:
            summaries = self._summary(link)
            link.summary_due = now + link.profile.summary * self.rng.uniform(0.9, 1.1)
        if messages:
            out.append(self._frame(link, Lane.CONTROL, messages))
        out += [self._frame(link, Lane.CONTROL, [s]) for s in summaries]

    def _frame(
        self, link: Link, lane: Lane, messages: list[bytes], refs: list[Ref] | None = None, now: float = math.nan
    ) -> Outgoing:
        """A frame; one with `refs`, batches, is to be acknowledged."""
        number = 0 if refs is None else link.next_number(lane)
        data = wire.frame(link.session, number, messages)
        link.sent_bytes += len(data)
        if refs is not None:
            link.fly(lane, data, refs, now)
        return link.peer, data, lane

    def _urgent(self, link: Link, out: list[Outgoing], now: float) -> None:
        for ref, batch in queueing.urgent(link, self.store):
            queueing.tell(link, batch, now)
            out.append(self._frame(link, Lane.ALARM, [wire.message(Part.BATCH, batch.raw)], [ref], now))

    def _live(self, link: Link, out: list[Outgoing], now: float) -> None:
        most = 1250 if link.profile.thin else 16_000
        while link.waiting and link.room > 0:
            messages: list[bytes] = []
            refs: list[Ref] = []
            size = 0
            while size < most:
                found = queueing.next_one(link, self.store, now)
                if found is None:
                    break
                ref, batch = found
                if messages and size + len(batch.raw) > most:
                    link.waiting.setdefault(ref[0], {})[ref[1]] = None
                    link.order.appendleft(ref)
                    break
                queueing.tell(link, batch, now)
                messages.append(wire.message(Part.BATCH, batch.raw))
                refs.append(ref)
                size += len(batch.raw)
            if not messages:
                return
            out.append(self._frame(link, Lane.LIVE, messages, refs, now))

    def _bulk(self, link: Link, out: list[Outgoing], now: float) -> None:
        while (found := queueing.bulk(link, self.store, now)) is not None:
            ref, batch = found
            frame = self._frame(link, Lane.HISTORY, [wire.message(Part.BATCH, batch.raw)], [ref], now)
            link.bulk_due = max(link.bulk_due, now) + queueing.pause(link, len(frame[1]))
            out.append(frame)

    # what goes by itself

    def tidy(self, now: float) -> list[tuple[Stream, list[int]]]:
        """Let go of what authors have let go of, and of grades that come no more; the keys that are gone by it."""
        gone: list[tuple[Stream, list[int]]] = []
        for held in self.store:
            if held.stream.author == self.author:
                continue
            keys = held.enforce(now)
            if self._left(held, now):
                keys += list(held.rows)
                self.store.drop(held.stream)
            if keys:
                gone.append((held.stream, keys))
        return gone

    def _left(self, held: Held, now: float) -> bool:
        """Whether the vessels of this stream come in another grade by now."""
        if held.stream.kind != Kind.VESSELS:
            return False
        others = (h for h in self.store.of(held.stream.author, Kind.VESSELS) if h.stream.group == held.stream.group)
        return max(h.came for h in others) - held.came > LEFT_S

    # choices

    def _choose(self, now: float) -> None:
        self._choose_due = now + CHOOSE_S
        before = {a: s.peer for a, s in self.sources.items()}
        authors = {a for link in self.links.values() if link.greeted for a in (*link.theirs, link.peer)}
        for author in sorted(authors - {self.author}):
            found = choose(author, self.sources.get(author), self.links, self._orders.get(author, 0), now)
            if found is None:
                self.sources.pop(author, None)
            else:
                self.sources[author] = found
        for link in self.links.values():
            self._again(link, link.overdue(now))
            for stream in [s for s in link.waiting if not self._wants(link, s)]:
                del link.waiting[stream]
        wanted = {a: self._grades_for(a) for a in self.sources}
        after = {a: s.peer for a, s in self.sources.items()}
        changed = {a for a in before.keys() | after.keys() if before.get(a) != after.get(a)}
        changed |= {a for a in wanted if wanted[a] != self._wanted.get(a)}
        self._wanted = wanted
        for author in changed:
            for peer in {before.get(author), after.get(author)} - {None}:
                affected = self.links.get(peer or "")
                if affected is not None:
                    affected.summary_due = min(affected.summary_due, now)
                    affected.extents_told = {s for s in affected.extents_told if s.author != author}

    def _grades_for(self, author: str) -> set[int]:
        """The grades of an author that this node and those behind it want."""
        behind = (g for link in self.links.values() for g in link.wants.get(author, ()))
        return {0, *behind}


def _ack_s(link: Link) -> float:
    return ACK_THIN_S if link.profile.thin else ACK_S
