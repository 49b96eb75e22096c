"""Two nodes of the mesh's benchmarks and the link between them: namespaces, TUN devices, keys, processes."""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Any

from mihari.mesh.authority import make_authority, make_identity
from mihari.simulate.links import Namespaces, Shape, TunLink

PORT = 7447
ENDS_S = 30.0  # that a node is given to write down what it noted


def thin(kbit: float, delay: float, loss: float) -> Shape:
    """A link as the bars name them; its queue holds half a second, at least 16 kB."""
    rate = kbit * 125.0
    return Shape(delay, rate, loss, max(16_384, round(rate / 2)))


@dataclass
class Pair:
    """A node that tells, and one that hears; `notes` of both when they have ended. Bytes are of whole IP packets."""

    folder: Path
    spaces: Namespaces
    link: TunLink
    profile: str
    nodes: dict[str, Any] = field(default_factory=dict)

    def begin(self, name: str, **told: Any) -> None:
        """Start a node: `teller` listens, `hearer` dials it."""
        address = f"tls/{self.link.addresses[0]}:{PORT}"
        where = {"listen": [address]} if name == "teller" else {"links": [address]}
        more = {"name": name, "keys": str(self.folder), "profile": self.profile, "output": str(self.folder / name)}
        config = self.folder / f"{name}.json"
        config.write_text(json.dumps(where | more | told))
        words = [sys.executable, "-m", "benchmarks.mesh_node", str(config)]
        self.nodes[name] = self.spaces.popen(name, words, stdin=PIPE, stdout=PIPE, text=True)
        line = self.nodes[name].stdout.readline()
        if not line.startswith("ready"):
            raise RuntimeError(f"{name} of {self.link.name} did not begin")

    def end(self) -> tuple[Any, Any]:
        """What the two have noted."""
        for node in self.nodes.values():
            node.stdin.write("end\n")
            node.stdin.flush()
        for node in self.nodes.values():
            node.wait(ENDS_S)
        teller, hearer = (pickle.loads((self.folder / name).read_bytes()) for name in ("teller", "hearer"))
        return teller, hearer

    def bytes(self) -> float:
        """Bytes sent so far, both ways, what was lost included."""
        ways = self.link.stats()
        return sum(
            w["bytes"] * (1 + (w["lost"] + w["dropped"]) / max(w["packets"], 1)) for w in (ways["out"], ways["back"])
        )


@contextmanager
def pair(folder: Path, name: str, shape: Shape, profile: str, seed: int) -> Iterator[Pair]:
    """Two namespaces with a link; the losses are those of `seed`."""
    home = folder / f"{name}-{seed}"
    with ExitStack() as stack:
        spaces = stack.enter_context(Namespaces("teller", "hearer"))
        link = stack.enter_context(TunLink(spaces, "teller", "hearer", shape, f"{name}-{seed}"))
        home.mkdir()
        make_authority(home, "benchmark")
        for k, one in enumerate(("teller", "hearer")):
            make_identity(home, one, home, [link.addresses[k]])
        yield Pair(home, spaces, link, profile)


def until(moment: float) -> None:
    """Sleep until a UTC time."""
    time.sleep(max(0.0, moment - time.time()))
