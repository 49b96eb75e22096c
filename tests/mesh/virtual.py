"""Nodes of a mesh in virtual time: the real thing but for threads, over links in memory that delay, lose, are cut."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable

import numpy as np

from mihari.core.picture import Picture, Vessels
from mihari.core.shared import Shared
from mihari.mesh.memory import MemoryNetwork
from mihari.mesh.mesh import Mesh, Self
from mihari.mesh.profiles import PROFILES


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


def author_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


class VirtualClock:
    now = 0.0


class Member:
    """One node. `skew`: s by which its clock is ahead."""

    def __init__(self, name: str, net: Net) -> None:
        self.name, self.net, self.id = name, net, author_of(name)
        self.epoch, self.skew, self.sequence = 0, 0.0, 0
        self.begin()

    def begin(self) -> None:
        """Start, or start again knowing nothing."""
        if self.epoch:
            self.mesh.transport.close()
        self.epoch += 1
        me = Self(self.id, self.name, f"{self.id}/{self.name}".encode(), self.epoch, lambda m: sign(self.id, m), seed=1)
        transport = self.net.network.join(self.id)
        self.mesh = Mesh(
            me, Signatures(), transport, lambda up: PROFILES[self.net.profiles[self.id, up.peer]], self.utc,
            lambda: self.net.clock.now,
        )  # fmt: skip
        self.mesh.announce()
        self.ticked = -1.0

    def utc(self) -> float:
        return 1e9 + self.net.clock.now + self.skew

    def see(self, vessels: Vessels, gone: tuple[int, ...] = ()) -> None:
        """Vessels of its own picture."""
        self.sequence += 1
        changed = np.full(len(vessels), self.sequence)
        picture = Picture(self.utc(), self.sequence, vessels.replace(changed=changed), removed=gone)
        self.mesh.see(picture, gone)

    def step(self) -> None:
        while (event := self.mesh.transport.receive(0)) is not None:
            self.mesh.take(event)
        if self.net.clock.now - self.ticked >= 1.0:
            self.ticked = self.net.clock.now
            self.mesh.pass_time()
        self.mesh.flush()

    def picture(self, other: Member) -> Shared:
        """What this node knows of another's vessels."""
        beliefs = self.mesh.heard.beliefs.get(other.id)
        return Shared.empty() if beliefs is None else beliefs.shared()


class Net:
    """A mesh of members; `run` until a time."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = VirtualClock()
        self.network = MemoryNetwork(self.clock)
        self.rng = np.random.default_rng(seed)
        self.members: dict[str, Member] = {}
        self.profiles: dict[tuple[str, str], str] = {}
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    @property
    def now(self) -> float:
        return self.clock.now

    def member(self, name: str) -> Member:
        self.members[name] = Member(name, self)
        return self.members[name]

    def link(self, a: str, b: str, profile: str = "lan", delay: float = 0.001, kbit: float = 0.0, loss: float = 0.0):
        one, other = author_of(a), author_of(b)
        self.profiles[one, other] = self.profiles[other, one] = profile
        lease = PROFILES[profile].lease
        self.network.link(one, other, delay, kbit * 125.0, loss, rng=self.rng, lease=lease)

    def cut(self, a: str, b: str) -> None:
        self.network.cut(author_of(a), author_of(b))

    def heal(self, a: str, b: str) -> None:
        self.network.heal(author_of(a), author_of(b))

    def at(self, time: float, what: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (time, self._count, what))

    def every(self, period: float, what: Callable[[], None]) -> None:
        def again() -> None:
            what()
            self.at(self.now + period, again)

        self.at(self.now + period, again)

    def run(self, until: float) -> None:
        while True:
            for member in self.members.values():
                member.step()
            if self.now >= until:
                return
            soonest = self.network.soonest()
            dues = [max(m.mesh.due(), self.now + 0.002) for m in self.members.values()]
            ticks = [m.ticked + 1.0 for m in self.members.values()]
            ahead = [*dues, *ticks, until, *([] if soonest is None else [soonest])]
            ahead += [self._heap[0][0]] if self._heap else []
            self.clock.now = max(self.now + 1e-5, min(ahead))
            while self._heap and self._heap[0][0] <= self.now:
                heapq.heappop(self._heap)[2]()
