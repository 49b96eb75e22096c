"""A stage that survives a bug in a decoder: loud, counted, and the feed goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.stage import Stage, open_stage
from mihari.feeds.transport import Chunk

log = logging.getLogger("mihari.feeds")
LOUD = 10  # tracebacks logged per feed; further ones are only counted


class _GuardedStage:
    """The chunks in which a bug showed are refused as "internal error", and a fresh stage goes on."""

    def __init__(self, make: Callable[[], Stage], health: Health) -> None:
        self._make, self._health, self._stage, self._bugs = make, health, make(), 0

    def take(self, *chunks: Chunk) -> Sequence[Batch | Sector]:
        try:
            return self._stage.take(*chunks)
        except Exception:
            self._bugs += 1
            if self._bugs <= LOUD:
                log.exception("feed %s: a bug while decoding %d chunks", self._health.url, len(chunks))
            for chunk in chunks:
                self._health.refuse(chunk.received, "internal error", chunk.data)
            self._stage = self._make()
            return ()

    def finish(self) -> Sequence[Batch | Sector]:
        return self._stage.finish()


def guarded_stage(address: FeedAddress, index: int, sensors: SensorRegistry, health: Health) -> Stage:
    """The stage of a live feed, with a guard against bugs."""
    return _GuardedStage(lambda: open_stage(address, index, sensors, health), health)
