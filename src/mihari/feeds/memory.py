"""The in-memory twin of every transport: chunks from a list, for tests and for parts that already hold the bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator

from mihari.feeds.transport import Chunk


class MemoryTransport:
    """Gives the chunks it was made with, then ends.

    >>> [c.data for c in MemoryTransport([Chunk(0.0, b"a"), Chunk(1.0, b"b")]).read()]
    [b'a', b'b']
    """

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self._chunks = tuple(chunks)

    def read(self) -> Iterator[Chunk]:
        """The chunks, without an event loop."""
        return iter(self._chunks)

    async def chunks(self) -> AsyncIterator[Chunk]:
        """The chunks."""
        for chunk in self._chunks:
            yield chunk
