"""Bytes -> UDP datagrams, to one address or a multicast group."""

from __future__ import annotations

import ipaddress
import socket

from mihari.core.errors import BadInput
from mihari.feeds.address import FeedAddress


class UdpSender:
    """Sends datagrams to a `udp://HOST:PORT` address; an empty host is this machine (127.0.0.1).

    Multicast leaves by `interface` (default: loopback, so that a simulation does not reach the network by mistake)
    and is heard by listeners on this machine too.
    """

    def __init__(self, address: FeedAddress | str) -> None:
        if isinstance(address, str):
            address = FeedAddress.parse(address, format="ais")
        if address.scheme != "udp":
            raise BadInput(f"{address.text}: expected udp://HOST:PORT to send to")
        self.address = address
        self._to = (address.host or "127.0.0.1", address.port)
        self._socket = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        self.lost = 0  # datagrams that the network refused
        if address.multicast and self._socket.family == socket.AF_INET:
            by = ipaddress.IPv4Address(address.interface or "127.0.0.1").packed
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
            self._socket.sendto(data, self._to)
        except OSError:
            self.lost += 1

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()

    def __enter__(self) -> UdpSender:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
