"""One TCP link: a loopback port, and what comes there carried to another address as a poor link would.

All connections of a link share its line (`line.Direction`). What the link cannot hold is not read, so the sender feels
it as it would feel the link: its own buffers fill. A cut keeps connections open and silent; what was sent meanwhile
comes when it heals. Lives in one event loop.
"""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from mihari.simulate.links.line import Direction, Loss, Shape
from mihari.simulate.links.sides import SMALL, Piece, Side


class Relay:
    """Listens on a loopback port, dials `to` for each connection, and carries both ways."""

    def __init__(self, name: str, to: tuple[str, int], shape: Shape) -> None:
        self.name, self.to = name, to
        self.ways = [Direction(shape, Loss.STALL, f"{name} {k}") for k in range(2)]
        self.connections = 0  # that were accepted
        self.port = 0
        self.sides: set[Side] = set()
        self._door: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: list[asyncio.TimerHandle | None] = [None, None]
        self._up = asyncio.Event()
        self._up.set()
        self.closed = False

    async def open(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0: any free one, see `port`."""
        door = self._socket()
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", port))
            self.port = door.getsockname()[1]
            door.listen(100)
        except BaseException:
            door.close()
            raise
        self._door = door
        asyncio.get_running_loop().add_reader(door, self._accept, door)

    async def close(self) -> None:
        """Close the port and all connections at once."""
        self.closed = True
        if self._door is not None:
            asyncio.get_running_loop().remove_reader(self._door)
            self._door.close()
        await asyncio.sleep(0)  # tasks that were just made begin: one that never did could not close its socket
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for timer in self._timers:
            if timer is not None:
                timer.cancel()
        for side in list(self.sides):
            if side.transport is not None:
                side.transport.abort()

    def _socket(self) -> socket.socket:
        """One that the system buffers little for where the line is slow; accepted connections inherit it."""
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        if self.ways[0].shape.rate:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        return made

    # connections

    def _accept(self, door: socket.socket) -> None:
        """A connection. Not by `create_server`, which leaks one that comes while it is being closed."""
        try:
            connection, _ = door.accept()
        except OSError:  # gone again
            return
        connection.setblocking(False)
        near, far = Side(self, self.ways[0]), Side(self, self.ways[1])
        near.other, far.other = far, near
        far.full = True  # nothing is read before it is there
        self.sides |= {near, far}
        self.connections += 1
        task = asyncio.get_running_loop().create_task(self._connect(near, far, connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, near: Side, far: Side, connection: socket.socket) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(lambda: near, connection)
        await self._dial(near, far)

    async def _dial(self, near: Side, far: Side) -> None:
        """The far end of a new connection: a round trip later, and not while the link is cut."""
        loop, door = asyncio.get_running_loop(), self._socket()
        try:
            await asyncio.sleep(2 * self.ways[0].shape.delay)
            await self._up.wait()
            await loop.sock_connect(door, self.to)
            await loop.create_connection(lambda: far, sock=door)
        except (OSError, asyncio.CancelledError):  # nobody listens there, or the link is being closed
            door.close()
            self.sides.discard(far)
            if near.transport is not None:
                near.transport.abort()
            return
        far.full = False
        near.look()

    def gone(self, side: Side) -> None:
        """A side has closed; the other closes when it has been told the rest."""
        self.sides.discard(side)
        if side.other in self.sides:
            self.sent(side, None)

    def sent(self, side: Side, piece: Piece) -> None:
        """A piece leaves a side for the other."""
        side.way.offer(_now(), (side.other, piece), len(piece or b""))
        self._set_timer(self.ways.index(side.way))

    def _set_timer(self, number: int) -> None:
        timer, due = self._timers[number], self.ways[number].next
        if self.closed or (timer is not None and timer.when() <= due):
            return
        if timer is not None:
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[number] = None if math.isinf(due) else loop.call_at(due, self._deliver, number)

    def _deliver(self, number: int) -> None:
        self._timers[number] = None
        for side, piece in self.ways[number].due(_now()):
            side.give(piece)
        self._look(number)

    def _look(self, number: int) -> None:
        """There may be room again."""
        for side in list(self.sides):
            if side.way is self.ways[number]:
                side.look()
        self._set_timer(number)

    # what people do to it

    def cut(self) -> None:
        """Connections stay, nothing moves on them; new ones are accepted and held."""
        self._up.clear()
        self._each(lambda way: way.cut())

    def heal(self) -> None:
        """It moves again: what was held first."""
        self._up.set()
        self._each(lambda way: way.heal(_now()))

    def reshape(self, **changes: float) -> None:
        """Both ways."""
        self._each(lambda way: way.reshape(**changes))

    def _each(self, what: Callable[[Direction], None]) -> None:
        for number, way in enumerate(self.ways):
            what(way)
            self._look(number)

    def stats(self) -> dict[str, Any]:
        """Of the way out (as dialled) and back, connections since the beginning, and whether it is cut."""
        out, back = (asdict(way.counts) for way in self.ways)
        return {"out": out, "back": back, "connections": self.connections, "down": self.ways[0].down}


def _now() -> float:
    return asyncio.get_running_loop().time()
