"""Two nodes of the mesh's benchmarks and the link between them: namespaces, TUN devices, keys, processes."""

from __future__ import annotations

import json
import pickle
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from benchmarks.mesh_notes import Notes
from mihari.mesh.authority import make_authority, make_identity
from mihari.simulate.links import Namespaces, Shape, TunLink
from mihari.simulate.links.namespaces import end

PORT = 7447
ENDS_S = 30.0  # that a node is given to write down what it noted
NODES = ("teller", "hearer")


def thin(kbit: float, delay: float, loss: float) -> Shape:
    """A link as the bars name them; half a second may wait for it, at least 16 kB."""
    rate = kbit * 125.0
    return Shape(delay, rate, loss, max(16_384, round(rate / 2)))


@dataclass
class Pair:
    """A node that tells, and one that hears. `link`: None where both are on this machine's loopback."""

    folder: Path
    address: str  # of the teller
    profile: str
    popen: Callable[..., Popen[str]]
    link: TunLink | None = None
    nodes: dict[str, Popen[str]] = field(default_factory=dict)

    def begin(self, name: str, **told: Any) -> str:
        """Start a node: `teller` listens, `hearer` dials it. What it says when it is ready."""
        where = {"listen": [self.address]} if name == "teller" else {"links": [self.address]}
        more = {"name": name, "keys": str(self.folder), "profile": self.profile, "output": str(self.folder / name)}
        config = self.folder / f"{name}.json"
        config.write_text(json.dumps(where | more | told))
        words = [sys.executable, "-m", "benchmarks.mesh_node", str(config)]
        node = self.nodes[name] = self.popen(name, words, stdin=PIPE, stdout=PIPE, text=True)
        assert node.stdout is not None
        line = node.stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"{name} in {self.folder} did not begin")
        return line.removeprefix("ready").strip()

    def end(self) -> tuple[Notes, Notes]:
        """What the two have noted."""
        for node in self.nodes.values():
            assert node.stdin is not None
            node.stdin.write("end\n")
            node.stdin.flush()
        for node in self.nodes.values():
            node.wait(ENDS_S)
        teller, hearer = (pickle.loads((self.folder / name).read_bytes()) for name in NODES)
        return teller, hearer

    def bytes(self) -> float:
        """Bytes of IP packets sent so far, both ways, what was lost included."""
        assert self.link is not None
        ways = self.link.stats()
        told = (ways["out"], ways["back"])
        return float(sum(w["bytes"] * (1.0 + (w["lost"] + w["dropped"]) / max(w["packets"], 1)) for w in told))


@contextmanager
def pair(folder: Path, name: str, shape: Shape, profile: str, seed: int) -> Iterator[Pair]:
    """Two nodes in namespaces with a link; the losses are those of `seed`."""
    with ExitStack() as stack:
        spaces = stack.enter_context(Namespaces(*NODES))
        link = stack.enter_context(TunLink(spaces, *NODES, shape, f"{name}-{seed}"))
        home = _keys(folder / f"{name}-{seed}", link.addresses)
        yield Pair(home, f"tls/{link.addresses[0]}:{PORT}", profile, spaces.popen, link)


@contextmanager
def near(folder: Path, name: str) -> Iterator[Pair]:
    """Two nodes on this machine's loopback."""
    started: list[Popen[str]] = []

    def popen(_: str, words: Sequence[str], **more: Any) -> Popen[str]:
        started.append(Popen(words, **more))
        return started[-1]

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        yield Pair(_keys(folder / name, ()), f"tls/127.0.0.1:{port}", "lan", popen)
    finally:
        for node in started:
            end(node)


def _keys(home: Path, addresses: Sequence[str]) -> Path:
    home.mkdir()
    make_authority(home, "benchmark")
    for k, one in enumerate(NODES):
        make_identity(home, one, home, addresses[k : k + 1])
    return home


def until(moment: float) -> None:
    """Sleep until a UTC time."""
    time.sleep(max(0.0, moment - time.time()))
