"""The seam to the world: a `Transport` gives `Chunk`s of bytes as they come in; everything behind it is pure."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress

Clock = Callable[[], float]  # UTC s since 1970
Sleep = Callable[[float], Awaitable[None]]  # asyncio.sleep or a test's stand-in


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they came: one datagram, or what one read of a stream gave.

    `received` is UTC s, stamped at arrival by the feed's clock; `time` the time of a capture, None elsewhere.
    Empty `data` marks a break in a stream (a connection lost, a file rotated): what was half read will not be finished.
    """

    received: float
    data: bytes
    time: float | None = None


class Transport(Protocol):
    """Where bytes come from. `chunks` ends when the input does; it raises `BadInput` where the input cannot be used."""

    def chunks(self) -> AsyncIterator[Chunk]:
        """Chunks in the order of arrival. Cancelling the iteration releases sockets and files."""
        ...


@runtime_checkable
class Bursts(Protocol):
    """A transport that also gives chunks together that came together, so that they are decoded at one go."""

    def bursts(self) -> AsyncGenerator[list[Chunk]]:
        """The same chunks as `chunks`."""
        ...


@runtime_checkable
class Outgoing(Protocol):
    """A transport that also sends over the same connection."""

    def send(self, piece: bytes, topic: str = "") -> None:
        """Queue one whole line, data block or datagram; never waits, sheds the oldest. `topic`: MQTT only."""
        ...


@runtime_checkable
class Recording(Protocol):
    """A transport with an end that needs no event loop: files and captures."""

    def read(self) -> Iterator[Chunk]:
        """The same chunks as `chunks`, without waiting."""
        ...


def open_transport(address: FeedAddress, health: Health, clock: Clock, rng: random.Random | None = None) -> Transport:
    """The transport for `address`; nothing is opened before its chunks are asked for.

    `rng` jitters the back-off of reconnecting transports (default: seeded by the address, so still repeatable).
    """
    # late imports: a node that listens to UDP needs no capture reader
    rng = rng or random.Random(address.text)
    if address.scheme in ("udp", "udp450"):
        from mihari.feeds.udp import UdpTransport

        return UdpTransport(address, health, clock)
    if address.scheme == "tcp":
        from mihari.feeds.tcp import TcpTransport

        return TcpTransport(address, health, clock, rng)
    if address.scheme == "tcp-listen":
        from mihari.feeds.listen import TcpListenTransport

        return TcpListenTransport(address, health, clock)
    if address.scheme == "serial":
        from mihari.feeds.serial_line import SerialTransport

        return SerialTransport(address, health, clock, rng)
    if address.scheme in ("mqtt", "mqtts"):
        from mihari.feeds.mqtt import MqttTransport

        return MqttTransport(address, health, clock, rng)
    if address.scheme == "stdin":
        from mihari.feeds.stdin import StdinTransport

        return StdinTransport(health, clock)
    return open_file(address, health, clock)


def open_output(address: FeedAddress, health: Health, clock: Clock, rng: random.Random) -> Transport:
    """The transport of an output that has a connection of its own: it gives next to nothing, and sends."""
    if address.scheme in ("udp", "udp450"):
        from mihari.feeds.send import UdpOutput

        return UdpOutput(address, health)
    if address.scheme in ("mqtt", "mqtts"):
        from mihari.feeds.mqtt import MqttTransport

        return MqttTransport(address, health, clock, rng, subscribe=False)
    return open_transport(address, health, clock, rng)


def open_file(address: FeedAddress, health: Health, clock: Clock) -> Transport:
    """The transport for a `file:` or `pcap:` address."""
    if address.scheme == "pcap":
        from mihari.feeds.pcap import PcapTransport

        return PcapTransport(address, health, clock)
    if address.scheme == "file":
        from mihari.feeds.file import FileTransport, GrowingFileTransport

        return GrowingFileTransport(address, health, clock) if address.follow else FileTransport(address, health, clock)
    raise BadInput(f"{address.text}: nothing here reads {address.scheme}: addresses")
