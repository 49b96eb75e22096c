"""The process that keeps namespaces and carries packets between their TUN devices: `python -m … keeper SOCKET`.

It is told what to do by lines on its Unix socket, see `control`, and further: `space NAME [CONGESTION]`,
`link NAME SPACE SPACE IP IP SHAPE`, `unlink NAME`. When its standard input ends, as it does with the program that
started it, or on SIGTERM, it takes down all that it made: so nothing is left behind by a test that crashes.
"""

from __future__ import annotations

import json
import math
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from mihari.core.errors import BadInput
from mihari.simulate.links.control import answer
from mihari.simulate.links.line import Direction, Loss, Shape
from mihari.simulate.links.tun import drop_orphans, drop_space, make_space, open_tun

AT_ONCE = 64  # packets read from one device before the others have their turn
LONGEST = 65_536  # bytes of an IP packet


class Tunnel:
    """Two TUN devices and the two directions between them."""

    def __init__(self, number: int, name: str, spaces: list[str], addresses: list[str], shape: Shape) -> None:
        here, there = addresses
        self.ends = [open_tun(f"{number}a-{os.getpid()}", spaces[0], here, there)]
        try:
            self.ends.append(open_tun(f"{number}b-{os.getpid()}", spaces[1], there, here))
        except BaseException:
            self.close()
            raise
        self.ways = [Direction(shape, Loss.DROP, f"{name} {k}") for k in range(2)]

    def take(self, end: int) -> None:
        """Read what was sent at one end."""
        way, now = self.ways[end], time.monotonic()
        for _ in range(AT_ONCE):
            try:
                packet = os.read(self.ends[end], LONGEST)
            except BlockingIOError:
                return
            way.offer(now, packet, len(packet))

    def deliver(self, now: float) -> float:
        """Write what has arrived at either end; when there is something to do next."""
        for way, to in zip(self.ways, reversed(self.ends), strict=True):
            if way.next <= now:
                for packet in way.due(now):
                    try:
                        os.write(to, packet)
                    except OSError:  # the device is down or its reader too slow: lost, as on any network
                        way.counts.lost += 1
        return min(way.next for way in self.ways)

    def cut(self) -> None:
        """Nothing gets through, either way."""
        for way in self.ways:
            way.cut()

    def heal(self) -> None:
        """It does again."""
        for way in self.ways:
            way.heal(time.monotonic())

    def reshape(self, **changes: float) -> None:
        """Both ways."""
        for way in self.ways:
            way.reshape(**changes)

    def stats(self) -> dict[str, Any]:
        """Of the way out (first to second end) and back, and whether it is cut."""
        out, back = (asdict(way.counts) for way in self.ways)
        return {"out": out, "back": back, "down": self.ways[0].down}

    def close(self) -> None:
        """The devices vanish with their descriptors."""
        for end in self.ends:
            os.close(end)


class Keeper:
    """All of it, in one thread that sleeps until a packet comes or is due."""

    def __init__(self, path: str) -> None:
        self.selector = selectors.SelectSelector()  # its times are exact to µs, those of epoll to ms
        self.tunnels: dict[str, Tunnel] = {}
        self.spaces: list[str] = []
        self.made = 0
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(path)
        os.chmod(path, 0o600)
        self.door.listen(8)
        self.path, self.ended = path, False
        self._on(self.door, self._accept)
        self._on(sys.stdin.fileno(), self._parent)

    def run(self) -> None:
        """Until standard input ends; then everything is taken down."""
        drop_orphans()
        try:
            while not self.ended:
                now = time.monotonic()
                due = min((tunnel.deliver(now) for tunnel in list(self.tunnels.values())), default=math.inf)
                wait = None if math.isinf(due) else max(due - time.monotonic(), 0.0)
                for ready, _ in self.selector.select(wait):
                    ready.data()
        finally:
            self.close()

    def close(self) -> None:
        """Links, namespaces with what runs in them, the socket."""
        for tunnel in self.tunnels.values():
            tunnel.close()
        for space in self.spaces:
            drop_space(space)
        self.door.close()
        os.unlink(self.path)
        with suppress(OSError):  # the folder was made for the socket; who made it may be gone
            os.rmdir(os.path.dirname(self.path))

    def _on(self, source: Any, what: Callable[[], object]) -> None:
        self.selector.register(source, selectors.EVENT_READ, what)

    def _parent(self) -> None:
        self.ended = not os.read(sys.stdin.fileno(), 1024)

    def _accept(self) -> None:
        """One line, one answer: whoever asks waits for it, so the loop never does for long."""
        asker, _ = self.door.accept()
        asker.settimeout(1.0)
        with asker, asker.makefile("rw", encoding="utf-8") as lines:
            try:
                lines.write(self.answer(lines.readline()) + "\n")
                lines.flush()
            except OSError:
                return

    def answer(self, line: str) -> str:
        """What to say to a line, when it has been done."""
        word, *rest = line.split(maxsplit=6) or [""]
        makes: dict[str, Callable[..., None]] = {"space": self._space, "link": self._link, "unlink": self._unlink}
        if word not in makes:
            return answer(self.tunnels, line)
        try:
            makes[word](*rest)
        except (BadInput, OSError, TypeError, ValueError) as error:
            return f"error: {error}"
        return "ok"

    def _space(self, name: str, congestion: str = "") -> None:
        self.spaces.append(name)
        make_space(name, congestion)

    def _link(self, name: str, one: str, other: str, here: str, there: str, shape: str) -> None:
        if name in self.tunnels:
            raise BadInput(f"there is a link named {name} already")
        self.made += 1
        tunnel = self.tunnels[name] = Tunnel(self.made, name, [one, other], [here, there], Shape(**json.loads(shape)))
        for k in range(2):
            self._on(tunnel.ends[k], lambda k=k: tunnel.take(k))  # type: ignore[misc]

    def _unlink(self, name: str) -> None:
        tunnel = self.tunnels.pop(name, None)
        if tunnel is not None:
            for end in tunnel.ends:
                self.selector.unregister(end)
            tunnel.close()


def main(path: str) -> None:
    """Run until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(path)
    print("ready", flush=True)
    keeper.run()


if __name__ == "__main__":
    main(sys.argv[1])
