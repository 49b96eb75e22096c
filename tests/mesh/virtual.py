"""Nodes and links in virtual time: the exchange between them, frame by frame, with delay, rate, loss and cuts."""

from __future__ import annotations

import hashlib
import heapq
import random
from dataclasses import dataclass, field

import numpy as np

from mihari.core.shared import Shared
from mihari.mesh.author import Author
from mihari.mesh.batches import Kind
from mihari.mesh.exchange import Exchange
from mihari.mesh.heard import Heard
from mihari.mesh.profiles import PROFILES
from mihari.mesh.transport import Lane


class Signatures:
    """Stands in for certificates and keys: an author signs with its id. The real ones have tests of their own."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def learn(self, certificate: bytes) -> tuple[str, str]:
        author, name = certificate.decode().split("/")
        self.names[author] = name
        return author, name

    def verify(self, author: str, message: bytes, signature: bytes) -> bool:
        return signature == sign(author, message)

    def name_of(self, author: str) -> str:
        return self.names.get(author, "")


def sign(author: str, message: bytes) -> bytes:
    return hashlib.sha512(author.encode() + message).digest()


@dataclass
class Wire:
    """One direction of a link."""

    delay: float
    rate: float
    loss: float
    cut: bool = False
    free: float = 0.0
    bytes: int = 0
    waiting: list = field(default_factory=list)


class Member:
    """One node of a virtual mesh."""

    def __init__(self, name: str, net: Net) -> None:
        self.name, self.net = name, net
        self.id = hashlib.sha256(name.encode()).hexdigest()[:16]
        self.epoch = 0
        self.skew = 0.0
        self.begin()

    def begin(self) -> None:
        self.epoch += 1
        certificate = f"{self.id}/{self.name}".encode()
        rng = random.Random(f"{self.name}{self.epoch}")
        self.exchange = Exchange(self.id, certificate, self.epoch, Signatures(), self.utc, rng)
        self.author = Author(
            self.id, self.epoch, "", self.exchange.store, lambda m: sign(self.id, m),
            lambda raw: self.exchange.put(raw, self.net.now),
        )  # fmt: skip
        self.author.tell(Kind.CERTIFICATE, np.array([0]), certificate, self.utc())
        self.heard = Heard()

    def utc(self) -> float:
        return 1e9 + self.net.now + self.skew

    def see(self, shared: Shared, gone: tuple[int, ...] = ()) -> None:
        self.author.see(shared, gone, {0} | self.exchange.grades, self.utc())

    def take_news(self) -> None:
        for news in self.exchange.news:
            if news.peer:
                self.heard.take(news.batch, self.net.now)
        self.exchange.news.clear()

    def picture(self, other: Member) -> Shared:
        beliefs = self.heard.beliefs.get(other.id)
        return Shared.empty() if beliefs is None else beliefs.shared()


class Net:
    """A mesh of members; `run` until a time."""

    def __init__(self, seed: int = 1) -> None:
        self.now = 0.0
        self.rng = random.Random(seed)
        self.members: dict[str, Member] = {}
        self.wires: dict[tuple[str, str], Wire] = {}
        self.profiles: dict[tuple[str, str], str] = {}
        self._heap: list = []
        self._count = 0
        self.ticks: list = []
        self.dues: dict[str, float] = {}

    def member(self, name: str) -> Member:
        self.members[name] = Member(name, self)
        return self.members[name]

    def link(self, a: str, b: str, profile: str = "lan", delay: float = 0.001, rate: float = 0.0, loss: float = 0.0):
        for pair in ((a, b), (b, a)):
            self.wires[pair] = Wire(delay, rate, loss)
            self.profiles[pair] = profile
        self._connect(a, b)

    def _connect(self, a: str, b: str) -> None:
        for x, y in ((a, b), (b, a)):
            one, other = self.members[x], self.members[y]
            one.exchange.up(other.id, PROFILES[self.profiles[x, y]], self.now, y)

    def cut(self, a: str, b: str, noticed: float = 3.0) -> None:
        for x, y in ((a, b), (b, a)):
            self.wires[x, y].cut = True
            self.at(self.now + noticed, lambda x=x, y=y: self._down(x, y))

    def _down(self, x: str, y: str) -> None:
        if self.wires[x, y].cut:
            self.members[x].exchange.down(self.members[y].id, self.now)

    def heal(self, a: str, b: str, after: float = 1.0) -> None:
        for pair in ((a, b), (b, a)):
            wire = self.wires[pair]
            wire.cut, wire.free = False, self.now

        def again() -> None:
            for x, y in ((a, b), (b, a)):
                self.members[x].exchange.down(self.members[y].id, self.now)
            self._connect(a, b)

        self.at(self.now + after, again)

    def at(self, time: float, what) -> None:
        self._count += 1
        heapq.heappush(self._heap, (time, self._count, what))

    def every(self, period: float, what) -> None:
        def again() -> None:
            what()
            self.at(self.now + period, again)

        self.at(self.now + period, again)

    def send(self, x: str, y: str, data: bytes, lane: Lane) -> None:
        wire = self.wires.get((x, y))
        if wire is None or wire.cut:
            return
        size = len(data) + 90
        wire.bytes += size
        start = max(self.now, wire.free)
        wire.free = start + (size / wire.rate if wire.rate else 0.0)
        if wire.loss and self.rng.random() < wire.loss * (size // 1300 + 1):
            wire.free += 2 * wire.delay + 0.2  # sent again, and what follows waits
        self.at(wire.free + wire.delay, lambda: self._deliver(x, y, data, lane, wire))

    def _deliver(self, x: str, y: str, data: bytes, lane: Lane, wire: Wire) -> None:
        if not wire.cut:
            self.members[y].exchange.arrived(self.members[x].id, lane, data, self.now)
            self.dues[y] = self.now

    def run(self, until: float) -> None:
        names = {m.id: n for n, m in self.members.items()}
        while True:
            for name, member in self.members.items():
                if self.dues.get(name, 0.0) <= self.now:
                    for peer, data, lane in member.exchange.poll(self.now):
                        self.send(name, names[peer], data, lane)
                    member.take_news()
                    self.dues[name] = max(member.exchange.due(self.now), self.now + 1e-4)
            due = min(self.dues.values(), default=until)
            upcoming = self._heap[0][0] if self._heap else until
            step = min(due, upcoming, until)
            self.now = max(step, self.now)
            if self.now >= until:
                return
            while self._heap and self._heap[0][0] <= self.now:
                heapq.heappop(self._heap)[2]()
            self.dues = {n: (self.now if d <= self.now else d) for n, d in self.dues.items()}
