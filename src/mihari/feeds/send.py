"""Bytes -> UDP datagrams, to one address or a multicast group."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.transport import Chunk


class UdpSender:
    """Sends datagrams to a `udp://HOST:PORT` address; an empty host is this machine (127.0.0.1).

    Multicast leaves by the address's `interface`, else by `interface` (default: loopback, so that a simulation does not
    reach the network by mistake), and is heard by listeners on this machine too. `wait`: for room in a full buffer of
    the system; else the datagram counts as lost.
    """

    def __init__(self, address: FeedAddress | str, interface: str = "127.0.0.1", wait: bool = True) -> None:
        if isinstance(address, str):
            address = FeedAddress.parse(address, format="ais")
        if address.scheme not in ("udp", "udp450"):
            raise BadInput(f"{address.text}: expected udp://HOST:PORT to send to")
        self.address = address
        self._to = (address.host or "127.0.0.1", address.port)
        self._socket = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self._flags = 0 if wait else socket.MSG_DONTWAIT
        self.lost = 0  # datagrams that the network refused
        if address.multicast and self._socket.family == socket.AF_INET:
            by = ipaddress.IPv4Address(address.interface or interface).packed
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, by)
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)

    def send(self, data: bytes) -> None:
        """Send one datagram. One that the network refuses is counted in `lost`: UDP promises nothing.

        Raises BadInput for more than 65,507 bytes, which no datagram holds.
        """
        if len(data) > 65507:
            raise BadInput(f"{self.address.text}: {len(data)} bytes do not fit into one datagram (65507 at most)")
        try:
            self._socket.sendto(data, self._flags, self._to)
        except OSError:
            self.lost += 1

    def heard(self, most: int = 64) -> list[bytes]:
        """Datagrams that came back to where these leave from, without waiting."""
        found: list[bytes] = []
        while len(found) < most:
            try:
                found.append(self._socket.recv(65535, socket.MSG_DONTWAIT))
            except OSError:
                break
        return found

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def __enter__(self) -> UdpSender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class UdpOutput:
    """An output of datagrams. What the network refuses is counted as unsent, and told until one goes through again."""

    def __init__(self, address: FeedAddress, health: Health) -> None:
        self.address, self.health = address, health
        self._sender: UdpSender | None = None

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Nothing, until it is cancelled; meanwhile the socket is open."""
        self._sender = UdpSender(self.address, interface="0.0.0.0", wait=False)  # 0.0.0.0: the system's choice
        try:
            self.health.state, self.health.problem = "connected", ""
            await asyncio.Event().wait()
            yield Chunk(0.0, b"")
        finally:
            self._sender.close()
            self._sender = None

    def send(self, piece: bytes, topic: str = "") -> None:
        """Send one datagram at once."""
        lost = 0 if self._sender is None else self._sender.lost
        if self._sender is not None:
            self._sender.send(piece)
        if self._sender is None or self._sender.lost > lost:
            self.health.unsent += 1
            self.health.state = "waiting"
            self.health.problem = f"{self.address.name}: the network does not take what is sent there"
        else:
            self.health.state, self.health.problem = "connected", ""
            self.health.passed_on(len(piece))
