"""Texts by number ⇄ bodies of batches: short ones share a body, a long one is cut over several.

A body is MessagePack: a list of [number, which part, of how many, bytes]. Bodies stay so short that an alarm never
stands behind one for long, also on a thin link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from mihari.core.errors import FormatError
from mihari.mesh.unreadable import UNREADABLE

BODY = 2_000  # bytes: a quarter of a second of 64 kbit/s
PARTS = 100  # of one text


class Part(msgspec.Struct, array_like=True, frozen=True):
    """Part `at` of `of`, counted from 0, of the text with that number."""

    number: int
    at: int
    of: int
    text: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Part])


def bodies(texts: Iterable[tuple[int, bytes]], most: int = BODY) -> Iterator[bytes]:
    """The bodies that tell these texts, each text under its number.

    >>> told = [decode(body) for body in bodies([(1, b"ab"), (2, b"cdefg"), (3, b"h")], most=3)]
    >>> [[(part.number, part.at, part.of, part.text) for part in some] for some in told]
    [[(1, 0, 1, b'ab')], [(2, 0, 2, b'cde')], [(2, 1, 2, b'fg'), (3, 0, 1, b'h')]]
    """
    some: list[Part] = []
    size = 0
    for number, text in texts:
        of = max(1, -(-len(text) // most))
        for at in range(of):
            part = Part(number, at, of, text[at * most : (at + 1) * most])
            if some and size + len(part.text) > most:
                yield _ENCODER.encode(some)
                some, size = [], 0
            some.append(part)
            size += len(part.text)
    if some:
        yield _ENCODER.encode(some)


def decode(body: bytes) -> list[Part]:
    """The parts of a body; FormatError where it has none that can be."""
    try:
        found = _DECODER.decode(body)
    except UNREADABLE as error:
        raise FormatError("syntax", f"parts of texts: {error}", body[:64]) from None
    if not all(0 <= part.at < part.of <= PARTS and 0 <= part.number < 1 << 62 for part in found):
        raise FormatError("range", "parts of texts: expected the part to be one of those there are", body[:64])
    return found
