"""TCP client against a server that comes and goes."""

import asyncio
import contextlib
import random
import socket
import threading

from feed_helpers import REAL, drained, free_port, running, told, until

from mihari.core.health import Health
from mihari.feeds import FeedAddress
from mihari.feeds.tcp import TcpTransport, backoff


class Server:
    """Accepts one client at a time and sends what it is told."""

    def __init__(self, port):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.client = None
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            self.client, _ = self.listener.accept()

    def send(self, data):
        until(lambda: self.client is not None)
        self.client.sendall(data)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        if self.client is not None:
            self.client.close()
        self.thread.join(5)


def test_a_restarted_server_is_found_again_and_half_a_line_is_not_joined_to_the_next():
    port = free_port(socket.SOCK_STREAM)
    server = Server(port)
    with running(f"tcp://127.0.0.1:{port}") as (hub, inputs):
        server.send(REAL + b"\r\n" + REAL[:20])
        until(lambda: hub.health()[0].messages == 1)
        assert hub.health()[0].state == "connected"
        server.close()
        until(lambda: hub.health()[0].state == "waiting")
        assert f"127.0.0.1:{port}: " in hub.health()[0].problem
        assert "next try in" in hub.health()[0].problem
        server = Server(port)
        server.send(REAL[20:] + b"\r\n" + REAL + b"\r\n")
        until(lambda: hub.health()[0].messages == 2)
        assert hub.health()[0].state == "connected"
        assert hub.health()[0].problem == ""
        assert hub.health()[0].noticed == {"connection lost": 1}
        server.close()
        found = drained(inputs)
    assert told(found) == [366730000] * 2


def test_nobody_listening_is_told_and_waits_grow_to_a_minute_with_jitter():
    port = free_port(socket.SOCK_STREAM)
    health, waits = Health(0, "t", "t"), []

    async def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 12:
            raise asyncio.CancelledError

    async def read():
        address = FeedAddress.parse(f"tcp://127.0.0.1:{port}", "ais")
        async for _ in TcpTransport(address, health, lambda: 0.0, random.Random(5), sleep).chunks():
            pass

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(read())
    assert health.state == "waiting"
    assert "nobody listens there" in health.problem
    plain = [min(2.0**n, 60.0) for n in range(12)]
    assert all(0.75 * p <= w <= 1.25 * p for w, p in zip(waits, plain, strict=True))
    assert len({w / p for w, p in zip(waits, plain, strict=True)}) == 12
    assert waits == [backoff(n + 1, r) for r in [random.Random(5)] for n in range(12)]
