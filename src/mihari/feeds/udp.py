"""UDP datagrams -> chunks: unicast, broadcast and multicast (joined when the address is a group). RFC 768, RFC 1112."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import struct
from collections.abc import AsyncGenerator, AsyncIterator

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.inbox import GATHER_S, Inbox
from mihari.feeds.transport import Chunk, Clock

RECEIVE_BUFFER = 4 << 20  # bytes asked of the kernel: a radar's burst while Python is busy (the kernel may give less)
LARGEST = 65535  # bytes; no UDP datagram is longer, so none is cut by us
BURST = 64  # datagrams read per wake-up, so that one loud feed does not starve the others
RXQ_OVFL = 40  # SO_RXQ_OVFL of Linux: the kernel tells how many datagrams it dropped


class UdpTransport:
    """Listens on a local address or a multicast group."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock) -> None:
        self.address, self.health, self.clock = address, health, clock
        self._dropped = 0  # by the kernel, as last told

    async def chunks(self) -> AsyncIterator[Chunk]:
        """One chunk per datagram, stamped at arrival. Raises BadInput when the port cannot be had."""
        bursts = self.bursts()
        try:
            async for burst in bursts:
                for chunk in burst:
                    yield chunk
        finally:
            await bursts.aclose()

    async def bursts(self) -> AsyncGenerator[list[Chunk]]:
        """The same, those together that came together."""
        loop = asyncio.get_running_loop()
        sock = bind(self.address)
        inbox = Inbox(self.health, GATHER_S[self.address.format])
        loop.add_reader(sock.fileno(), self._read, sock, inbox)
        self.health.state, self.health.problem = "listening", ""
        bursts = inbox.bursts()
        try:
            async for burst in bursts:
                yield burst
        finally:
            loop.remove_reader(sock.fileno())
            sock.close()
            await bursts.aclose()

    def _read(self, sock: socket.socket, inbox: Inbox) -> None:
        for _ in range(BURST):
            try:
                data, extra, _, _ = sock.recvmsg(LARGEST, 64)
            except (BlockingIOError, InterruptedError):
                break
            except ConnectionError:  # an ICMP answer to something we never sent
                continue
            except OSError as error:
                asyncio.get_running_loop().remove_reader(sock.fileno())
                inbox.fail(BadInput(f"{self.address.text}: the socket broke: {error.strerror}"))
                break
            self._count_dropped(extra)
            if data:
                inbox.push(Chunk(self.clock(), data))

    def _count_dropped(self, extra: list[tuple[int, int, bytes]]) -> None:
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == RXQ_OVFL and len(value) >= 4:
                told = struct.unpack("=I", value[:4])[0]
                self.health.shed += (told - self._dropped) & 0xFFFFFFFF
                self._dropped = told


def bind(address: FeedAddress) -> socket.socket:
    """A non-blocking socket bound to `address`, its group joined. Raises BadInput with the reason in one sentence."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        _grow(sock)
        if address.multicast:  # several listeners may share a group; a second unicast listener would steal datagrams
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address.host, address.port))
        if address.multicast:
            _join(sock, address)
    except OSError as error:
        sock.close()
        raise BadInput(f"{address.text}: {_why(error, address)}") from None
    return sock


def _grow(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    with contextlib.suppress(OSError):  # not Linux: the kernel's own losses stay unknown
        sock.setsockopt(socket.SOL_SOCKET, RXQ_OVFL, 1)


def _join(sock: socket.socket, address: FeedAddress) -> None:
    group = ipaddress.ip_address(address.host).packed
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group + struct.pack("@I", 0))
    else:
        interface = ipaddress.IPv4Address(address.interface or "0.0.0.0").packed
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + interface)


def _why(error: OSError, address: FeedAddress) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {address.port} is in use by another program"
    if error.errno == errno.EACCES:
        return f"port {address.port} may not be opened by this user (ports below 1024 need a right)"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address.host or address.interface} is not an address of this machine"
    if error.errno == errno.ENODEV:
        return f"no network interface here can join {address.host}; name one with interface=ADDRESS"
    return f"cannot listen there: {error.strerror or error}"
