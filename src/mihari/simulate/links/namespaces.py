"""Several machines on one: network namespaces, processes in them, and links between them that behave as told.

    with Namespaces("naha", "ship") as spaces, TunLink(spaces, "naha", "ship", SHAPES["satellite"]) as link:
        spaces.popen("ship", ["ping", link.addresses[0]])
        link.cut()

Needs root, iproute2 and /dev/net/tun (`missing` says what is not there). About 10,000 packets/s go through in Python;
for more, as between two nodes on one LAN, use loopback itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput
from mihari.simulate.links.line import PERFECT, Shape
from mihari.simulate.links.tun import PREFIX, missing

ENDS_S = 5.0  # a process that was told to end is given so long
_numbers = count(1)


class Namespaces:
    """Named namespaces, and the process that keeps them; all is taken down when the block is left."""

    def __init__(self, *names: str, congestion: str = "") -> None:
        """`congestion`: of TCP in all of them, as far as the system allows it; default: the system's."""
        if problem := missing():
            raise BadInput(f"network namespaces: {problem}")
        self.names, self.congestion = names, congestion
        number = next(_numbers)
        self._full = {name: f"{PREFIX}{os.getpid()}-{number}-{name}" for name in names}
        self._folder = tempfile.TemporaryDirectory(prefix="mihari-links-")
        self.control = Path(self._folder.name) / "control"  # a Unix socket: see `control` for what it understands
        self._keeper: subprocess.Popen[bytes] | None = None
        self._children: list[subprocess.Popen[Any]] = []
        self._links = 0

    def __enter__(self) -> Namespaces:
        command = [sys.executable, "-m", "mihari.simulate.links.keeper", str(self.control)]
        self._keeper = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )  # a session of its own: Ctrl-C must not end it before it has cleaned up
        try:
            assert self._keeper.stdout is not None
            if not self._keeper.stdout.readline().startswith(b"ready"):
                raise BadInput("the process that keeps the links ended before it began")
            for name in self.names:
                self.ask(f"space {self._full[name]} {self.congestion}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            end(child)
        if self._keeper is not None:
            for pipe in (self._keeper.stdin, self._keeper.stdout):
                if pipe is not None:
                    pipe.close()  # it ends, and takes everything down
            self._keeper.wait(30.0)
        self._folder.cleanup()

    def full(self, name: str) -> str:
        """What the system calls a namespace."""
        return self._full[name]

    def command(self, name: str, words: Sequence[str]) -> list[str]:
        """The command that runs `words` in a namespace."""
        return ["ip", "netns", "exec", self._full[name], *words]

    def popen(self, name: str, words: Sequence[str], **more: Any) -> subprocess.Popen[Any]:
        """Start a process in a namespace; it is ended when the block is left."""
        child = subprocess.Popen(self.command(name, words), **more)
        self._children.append(child)
        return child

    def ask(self, line: str) -> str:
        """Tell the keeper something; BadInput if it cannot."""
        return ask(self.control, line)

    def addresses(self) -> tuple[str, str]:
        """Two addresses for the next link's ends, of a network that these namespaces alone see."""
        self._links += 1
        high, low = divmod(self._links, 250)
        return f"10.{77 + high}.{low}.1", f"10.{77 + high}.{low}.2"


class TunLink:
    """A link between two namespaces: packets, with delay, rate, loss, a queue and cuts, both ways alike."""

    def __init__(self, spaces: Namespaces, one: str, other: str, shape: Shape = PERFECT, name: str = "") -> None:
        self.spaces, self.ends, self.shape, self.name = spaces, (one, other), shape, name or f"{one}-{other}"
        self.addresses = spaces.addresses()  # of `one` and `other`

    def __enter__(self) -> TunLink:
        ends = " ".join([*map(self.spaces.full, self.ends), *self.addresses])
        self.spaces.ask(f"link {self.name} {ends} {json.dumps(asdict(self.shape))}")
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(BadInput, OSError):
            self.spaces.ask(f"unlink {self.name}")

    def cut(self) -> None:
        """Nothing gets through any more; what is under way is lost."""
        self.spaces.ask(f"cut {self.name}")

    def heal(self) -> None:
        """It does again."""
        self.spaces.ask(f"heal {self.name}")

    def reshape(self, **changes: float) -> None:
        """Another `delay` s, `rate` bytes/s, `loss` 0 to 1 or `queue` bytes from the next packet on."""
        for word, value in changes.items():
            self.spaces.ask(f"{word} {self.name} {value}")

    def stats(self) -> dict[str, Any]:
        """`out` (from the first end to the second) and `back`, see `Stats`: IP packets and bytes; `down`: it is cut."""
        told: dict[str, Any] = json.loads(self.spaces.ask(f"stats {self.name}"))[self.name]
        return told


def ask(control: Path, line: str) -> str:
    """One line to a control socket, its answer; BadInput for `error: …`."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(10.0)
        door.connect(str(control))
        with door.makefile("rw", encoding="utf-8") as lines:
            lines.write(line + "\n")
            lines.flush()
            told = lines.readline().strip()
    if told.startswith("error: ") or not told:
        raise BadInput(told.removeprefix("error: ") or "no answer")
    return told


def end(child: subprocess.Popen[Any]) -> None:
    """End a process that was started here, and take its exit status."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(ENDS_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
