"""UDP datagrams -> chunks: unicast, broadcast and multicast (joined when the address is a group). RFC 768, RFC 1112."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import struct
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.inbox import GATHER_S, Inbox
from mihari.feeds.transport import Chunk, Clock

RECEIVE_BUFFER = 4 << 20  # bytes asked of the kernel: a radar's burst while Python is busy (the kernel may give less)
LARGEST = 65535  # bytes; no UDP datagram is longer, so none is cut by us
BURST = 64  # datagrams read per wake-up, so that one loud feed does not starve the others
PEERS = 16  # who is answered: those heard lately on a feed over which tasks go
PEER_S = 30.0  # one silent for longer may have another address by now
RXQ_OVFL = 40  # SO_RXQ_OVFL of Linux: the kernel tells how many datagrams it dropped


class UdpTransport:
    """Listens on a local address or a multicast group."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock) -> None:
        self.address, self.health, self.clock = address, health, clock
        self._dropped = 0  # by the kernel, as last told
        self._socket: socket.socket | None = None
        self._peers: dict[tuple[Any, ...], float] = {}  # when each was last heard, UTC s

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
        sock = self._socket = bind(self.address)
        inbox = Inbox(self.health, GATHER_S[self.address.format])
        loop.add_reader(sock.fileno(), self._read, sock, inbox)
        self.health.state, self.health.problem = "listening", ""
        bursts = inbox.bursts()
        try:
            async for burst in bursts:
                yield burst
        finally:
            loop.remove_reader(sock.fileno())
            self._socket = None
            sock.close()
            await bursts.aclose()

    def _read(self, sock: socket.socket, inbox: Inbox) -> None:
        for _ in range(BURST):
            try:
                data, extra, _, peer = sock.recvmsg(LARGEST, 64)
            except (BlockingIOError, InterruptedError):
                break
            except ConnectionError:  # an ICMP answer to something we never sent
                continue
            except OSError as error:
                asyncio.get_running_loop().remove_reader(sock.fileno())
                inbox.fail(BadInput(f"{self.address.text}: the socket broke: {error.strerror}"))
                break
            self._count_dropped(extra)
            if self.address.two_way:
                self._hear(peer)
            if data:
                inbox.push(Chunk(self.clock(), data))

    def _hear(self, peer: tuple[Any, ...]) -> None:
        """Whoever speaks may be answered; the longest silent goes where there are too many."""
        self._peers.pop(peer, None)
        self._peers[peer] = self.clock()
        if len(self._peers) > PEERS:
            del self._peers[next(iter(self._peers))]

    def send(self, piece: bytes, topic: str = "") -> None:
        """Answer: one datagram to everybody heard here lately, or to the group. Never waits; may be called anywhere."""
        sock, now = self._socket, self.clock()
        peers = [peer for peer, heard in list(self._peers.items()) if now - heard <= PEER_S]
        if self.address.multicast:
            peers = [(self.address.host, self.address.port)]
        if sock is None or not peers:
            self.health.unsent += 1
            return
        for peer in peers:
            try:
                sock.sendto(piece, socket.MSG_DONTWAIT, peer)
                self.health.passed_on(len(piece))
            except OSError:
                self.health.unsent += 1

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
