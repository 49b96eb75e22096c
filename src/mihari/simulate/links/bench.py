"""TCP links of any number in one thread, for demos and tests without root, with a control socket for people.

with LinkBench() as bench:
    ship = bench.add("ship", ("127.0.0.1", 7447), SHAPES["satellite"])
    ...                                      # whoever dials 127.0.0.1:ship.port reaches 7447, slowly
    ship.cut()
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from mihari.simulate.links.control import answer
from mihari.simulate.links.line import PERFECT, Shape
from mihari.simulate.links.relay import Relay

T = TypeVar("T")
PATIENCE_S = 10.0  # for what the thread is asked to do


class LinkBench:
    """Its links by name; all are closed when the block is left. Its methods may be called from any thread."""

    def __init__(self, control: str | Path | None = None) -> None:
        """`control`: where its Unix socket is to be, see `control` for what it understands; None: there is none."""
        self.control = None if control is None else Path(control)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self.links: dict[str, Relay] = {}
        self._door: asyncio.Server | None = None

    def __enter__(self) -> LinkBench:
        self._thread.start()
        if self.control is not None:
            self._wait(self._listen(self.control))
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def add(self, name: str, to: tuple[str, int], shape: Shape = PERFECT, port: int = 0) -> TcpLink:
        """A link that listens on 127.0.0.1:`port` (0: any free one) and leads to `to`."""
        return TcpLink(self, self._wait(self._open(name, to, shape, port)))

    def cut(self, name: str = "*") -> None:
        """Cut one link, or all."""
        self._told(f"cut {name}")

    def heal(self, name: str = "*") -> None:
        """Heal one link, or all."""
        self._told(f"heal {name}")

    def rate(self, name: str, rate: float) -> None:
        """Bytes/s each way; 0: no limit."""
        self._told(f"rate {name} {rate}")

    def loss(self, name: str, loss: float) -> None:
        """Chance that a packet is lost, 0 to 1."""
        self._told(f"loss {name} {loss}")

    def stats(self) -> dict[str, dict[str, Any]]:
        """Of each link, see `Relay.stats`."""
        return self.call(lambda: {name: relay.stats() for name, relay in self.links.items()})

    def call(self, what: Callable[[], T]) -> T:
        """Do something in the thread of the links."""

        async def done() -> T:
            return what()

        return self._wait(done())

    def _told(self, line: str) -> None:
        told = self.call(lambda: answer(self.links, line))
        if told.startswith("error: "):
            raise ValueError(told.removeprefix("error: "))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    async def _open(self, name: str, to: tuple[str, int], shape: Shape, port: int) -> Relay:
        if name in self.links:
            raise ValueError(f"there is a link named {name} already")
        relay = Relay(name, to, shape)
        await relay.open(port)
        self.links[name] = relay
        return relay

    async def _listen(self, path: Path) -> None:
        self._door = await asyncio.start_unix_server(self._ask, path)
        os.chmod(path, 0o600)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lines from whoever opened the control socket, an answer to each."""
        try:
            while line := await reader.readline():
                writer.write(answer(self.links, line.decode(errors="replace")).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError):  # gone, or a line without end
            pass
        finally:
            writer.close()

    async def _close(self) -> None:
        if self._door is not None and self.control is not None:
            self._door.close()
            self.control.unlink(missing_ok=True)
        for relay in self.links.values():
            await relay.close()
        await _rounds()  # connections that are just being made are, and close their sockets
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await _rounds()


async def _rounds() -> None:
    """Let what is ready in the loop run, and what follows from it."""
    for _ in range(5):
        await asyncio.sleep(0)


class TcpLink:
    """One link of a bench."""

    def __init__(self, bench: LinkBench, relay: Relay) -> None:
        self.name, self.port, self._bench, self._relay = relay.name, relay.port, bench, relay

    def cut(self) -> None:
        """Connections stay open and silent; what is sent is held, new ones are accepted and held."""
        self._bench.call(self._relay.cut)

    def heal(self) -> None:
        """What was held goes on its way."""
        self._bench.call(self._relay.heal)

    def reshape(self, **changes: float) -> None:
        """Another `delay` s, `rate` bytes/s, `loss` 0 to 1 or `queue` bytes from the next piece on."""
        self._bench.call(lambda: self._relay.reshape(**changes))

    def stats(self) -> dict[str, Any]:
        """`out` (as dialled) and `back`, see `Stats`; `connections`, `down`."""
        return self._bench.call(self._relay.stats)
