"""Network captures (pcap, pcapng, also gzipped) -> one chunk per UDP datagram, with the capture's time."""

from __future__ import annotations

import asyncio
import io
import struct
from collections.abc import AsyncIterator, Iterator
from gzip import GzipFile
from typing import IO, Any

import dpkt

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds.address import FeedAddress
from mihari.feeds.file import open_recording
from mihari.feeds.packets import Packets
from mihari.feeds.transport import Chunk, Clock

Readable = IO[bytes] | GzipFile
LONGEST = 1 << 20  # bytes in one captured packet; tools cut at 262144. A longer one is a damaged length


class PcapTransport:
    """A capture read from start to end. A damaged one gives what could be read, then a count in health."""

    def __init__(self, address: FeedAddress, health: Health, clock: Clock) -> None:
        self.address, self.health, self.clock = address, health, clock

    def read(self) -> Iterator[Chunk]:
        """One chunk per UDP datagram, `time` the capture's."""
        with open_recording(self.address.path) as stream:
            reader = self._reader(stream)
            self.health.state = "connected"
            packets = Packets(reader.datalink())
            for time, frame in self._frames(reader):
                yield from (Chunk(self.clock(), payload, time) for payload in packets.take(time, frame))
            packets.end()
        for reason, count in packets.refused.items():
            self.health.refuse(self.clock(), reason, count=count)
        self.health.other += packets.other

    async def chunks(self) -> AsyncIterator[Chunk]:
        """The same, giving other feeds their turn."""
        for number, chunk in enumerate(self.read()):
            yield chunk
            if number % 64 == 0:
                await asyncio.sleep(0)

    def _reader(self, stream: Readable) -> Any:
        try:
            return dpkt.pcap.UniversalReader(_Careful(stream))
        except (dpkt.Error, ValueError, struct.error, IndexError, EOFError, OSError):
            raise BadInput(f"{self.address.path}: expected a pcap or pcapng capture") from None

    def _frames(self, reader: Any) -> Iterator[tuple[float, bytes]]:
        frames = iter(reader)
        while True:
            try:
                time, frame = next(frames)
            except StopIteration:
                return
            except (dpkt.Error, ValueError, struct.error, LookupError, EOFError, OSError, ArithmeticError):
                self.health.refuse(self.clock(), "capture")  # cut short or damaged from here on
                return
            yield float(time), frame


class _Careful(io.RawIOBase):
    """A stream whose reads are whole or end in EOFError, and never longer than a packet can be."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.name = "capture"

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LONGEST:
            raise EOFError
        data = self._stream.read(size)
        if data and len(data) < size:
            raise EOFError
        if not data and size:
            return b""
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)
