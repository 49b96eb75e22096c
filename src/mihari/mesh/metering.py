"""Bytes that a TCP link brought and that made no frame: Zenoh throws too long a message away and tells nobody.

Linux counts what a connection received (TCP_INFO, `tcpi_bytes_received` of RFC 4898's tcpEStatsAppHCThruOctetsReceived)
and what of it is unread. Elsewhere, and of QUIC, nothing is known.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Iterator

RECEIVED_AT = 128  # offset of tcpi_bytes_received (u64) in struct tcp_info, since Linux 4.1
FRAME_OVERHEAD = 256  # bytes; headers of Zenoh and TLS for one frame, rather too many
TALK = 2048.0  # bytes/s; keep-alives, declarations
LEAST = 4 << 20  # bytes; more than waits between the system and us


def received(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(local end, remote end), as tls/HOST:PORT -> bytes that this process read from that connection."""
    found = {}
    for connection in _connections():
        with contextlib.suppress(OSError, struct.error):
            here, there = (_place(end) for end in (connection.getsockname(), connection.getpeername()))
            for src, dst in wanted:
                if (src.partition("/")[2], dst.partition("/")[2]) == (here, there):
                    found[src, dst] = _read(connection)
    return found


def _connections() -> Iterator[socket.socket]:
    """This process's sockets, to be looked at only."""
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/self/fd"):
            try:
                seen = socket.socket(fileno=int(name))
            except OSError:
                continue
            try:
                if seen.family in (socket.AF_INET, socket.AF_INET6) and seen.type == socket.SOCK_STREAM:
                    yield seen
            finally:
                seen.detach()  # it is Zenoh's


def _read(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    unread = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.FIONREAD, bytes(4)))[0]
    return int(struct.unpack_from("Q", told, RECEIVED_AT)[0]) - int(unread)


def _place(end: tuple[str, int]) -> str:
    host, port, *_ = end
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Meter:
    """One link's account: what it brought less what was made of it.

    >>> meter = Meter()
    >>> meter.waste(read=5_000, frames=10, octets=3_000, now=0.0), meter.waste(9_000_000, 10, 3_000, 1.0)
    (0, 8992952)
    >>> meter.waste(9_000_000, 10, 3_000, 2.0)
    0
    """

    def __init__(self) -> None:
        self._base = 0.0  # bytes that are accounted for already
        self._begin: float | None = None

    def waste(self, read: int, frames: int, octets: int, now: float) -> int:
        """Bytes that made no frame since this told of any; 0 while they are few. All counts since the link is up."""
        self._begin = now if self._begin is None else self._begin
        explained = octets + frames * FRAME_OVERHEAD + (now - self._begin) * TALK
        beyond = read - explained - self._base
        if beyond < LEAST:
            self._base += min(0.0, beyond)  # what was allowed and not used hides nothing later
            return 0
        self._base += beyond
        return int(beyond)
