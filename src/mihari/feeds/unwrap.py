"""Datagrams of IEC 61162-450 -> their sentences, before the stage that decodes them. Pure, no sockets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.feeds.stage import Stage
from mihari.feeds.transport import Chunk
from mihari.formats.lwe import SENTENCES, kind_of, lines_of


class Unwrapped:
    """A stage of sentences that come with the header of IEC 61162-450.

    `strict`: a datagram without any header is refused ("header"); else it is taken for bare sentences.
    """

    def __init__(self, stage: Stage, health: Health, strict: bool) -> None:
        self.stage, self.health, self.strict = stage, health, strict

    def take(self, *chunks: Chunk) -> Sequence[Batch | Sector]:
        """What the sentences in these datagrams bring."""
        bare = [made for chunk in chunks if (made := self._bare(chunk)) is not None]
        return self.stage.take(*bare) if bare else ()

    def finish(self) -> Sequence[Batch | Sector]:
        """What was still open."""
        return self.stage.finish()

    def _bare(self, chunk: Chunk) -> Chunk | None:
        kind = kind_of(chunk.data)
        if kind == "sentences":
            self.health.received_bytes += len(SENTENCES)  # the stage counts the rest
            return replace(chunk, data=lines_of(chunk.data))
        if kind == "other":
            self.health.heard(chunk.received, len(chunk.data), other=1)
        elif self.strict and chunk.data:
            self.health.heard(chunk.received, len(chunk.data))
            self.health.refuse(chunk.received, "header", chunk.data)
        else:
            return chunk
        return None
