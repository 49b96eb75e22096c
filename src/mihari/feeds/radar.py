"""ASTERIX datagrams -> `Sector`s and `Batch`es. EUROCONTROL-SPEC-0149. Pure, no sockets.

Plots of radars (001, 010, 015, 048) with their service messages (002, 034) become sectors (`turning.py`); what is told
without a turning antenna (tracks of other centres, aircraft, bearings of direction finders) looks and batches
(`told.py`). Nothing depends on how datagrams are grouped into calls: everything takes effect in the order of the bytes,
so a live hour and its replay give the same.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.told import Told, rows_told
from mihari.feeds.transport import Chunk
from mihari.feeds.turning import RADARS, Turning
from mihari.formats.asterix import Decoded, Editions, decode_many
from mihari.formats.asterix.radar import plots_and_records

__all__ = ["RADARS", "RadarFeed"]

REPEAT_S = 0.5  # the same datagram again within this came over two networks; the next turn brings other times
REMEMBERED = 256  # datagrams


class RadarFeed:
    """The stage of one feed of one or more radars or other ASTERIX sources, told apart by SAC/SIC.

    `editions`: which edition of a category a source speaks, where it is not the newest.
    """

    def __init__(
        self,
        index: int,
        sensors: SensorRegistry,
        health: Health,
        datagrams: bool = True,
        editions: Editions | None = None,
    ) -> None:
        self.index, self.sensors, self.health, self.datagrams = index, sensors, health, datagrams
        self.editions = editions
        self._turning = Turning(index, sensors, health)
        self._told = Told(index, sensors, health)
        self._recent: OrderedDict[bytes, float] = OrderedDict()
        self._offset = 0
        self._stream = b""

    def take(self, *chunks: Chunk) -> list[Batch | Sector]:
        """What these datagrams complete, in the order of the messages that completed it."""
        pieces = [piece for chunk in chunks for piece in self._pieces(chunk)]
        if not pieces:
            return []
        data = [piece.data for piece in pieces]
        received = np.array([piece.received if piece.time is None else piece.time for piece in pieces])
        decoded = decode_many(data, editions=self.editions)
        fresh = self._fresh(data, received)
        found, record = plots_and_records(decoded)
        told = rows_told(decoded)
        of_plots, of_told = self._offsets(record, fresh[found.datagram], told.record, fresh[told.datagram])
        closed: list[tuple[int, Batch | Sector]] = []
        closed += self._turning.take(decoded, found, record, of_plots, received, fresh)
        closed += self._told.take(told, of_told, received, fresh)
        self._count(chunks, decoded, data, len(found) + len(told.record), fresh)
        return [given for _, given in sorted(closed, key=lambda entry: entry[0])]

    def finish(self) -> list[Batch | Sector]:
        """What is still held when the input ends."""
        return [*self._turning.finish()]

    def _offsets(self, plots: Array, plots_kept: Array, told: Array, told_kept: Array) -> tuple[Array, Array]:
        """The running number of each report, in the order of its records; those of repeated datagrams count nothing."""
        record, kept = np.concatenate([plots, told]), np.concatenate([plots_kept, told_kept])
        order = np.argsort(record, kind="stable")
        offset = np.empty(len(record), np.int64)
        offset[order] = self._offset + np.cumsum(kept[order]) - 1
        self._offset += int(np.count_nonzero(kept))
        return offset[: len(plots)], offset[len(plots) :]

    # bytes

    def _pieces(self, chunk: Chunk) -> list[Chunk]:
        """Datagrams as they are; of a stream, the data blocks that are complete (their octets 2 and 3 say how long)."""
        if self.datagrams:
            return [chunk] if chunk.data else []
        if not chunk.data:
            self._stream = b""
            return []
        self._stream += chunk.data
        at, blocks = 0, []
        while at + 3 <= len(self._stream):
            length = int.from_bytes(self._stream[at + 1 : at + 3], "big")
            if length < 3:  # out of step for good: nothing in the bytes marks a beginning
                self.health.refuse(chunk.received, "bad_length", self._stream[at:])
                at = len(self._stream)
            elif at + length > len(self._stream):
                break
            else:
                blocks.append(Chunk(chunk.received, self._stream[at : at + length], chunk.time))
                at += length
        self._stream = self._stream[at:]
        return blocks

    def _fresh(self, data: list[bytes], received: Array) -> Array:
        """False for a datagram that came a moment ago already."""
        fresh = np.ones(len(data), dtype=bool)
        for i, (piece, t) in enumerate(zip(data, received.tolist(), strict=True)):
            before = self._recent.pop(piece, -math.inf)
            fresh[i] = not 0 <= t - before < REPEAT_S
            self._recent[piece] = t
            if len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return fresh

    def _count(self, chunks: tuple[Chunk, ...], decoded: Decoded, data: list[bytes], plots: int, fresh: Array) -> None:
        now, size = chunks[-1].received, sum(len(chunk.data) for chunk in chunks)
        other = decoded.counts.get("unknown_category", 0)
        self.health.heard(now, size, len(decoded), plots, other)
        self.health.notice("repeated", int(np.count_nonzero(~fresh)))
        broken = [data[i] for i in decoded.errors.datagram.tolist()[:1]]
        for reason, count in decoded.counts.items():
            if reason != "unknown_category":
                self.health.refuse(now, reason, broken[0] if broken else b"", count)
