"""Messages between neighbours ⇄ frames: several messages share a frame. Layout: docs/mesh.md.

A frame: version u1, session u2 (drawn by the sender when the link came up), number u4 (in its lane, from 1; 0: not
counted), then messages: kind u1, length u2, bytes. Everything but batches is MessagePack.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import msgspec

from mihari.core.errors import FormatError
from mihari.mesh.batches import LONGEST
from mihari.mesh.unreadable import UNREADABLE

VERSION = 1
HEAD = struct.Struct("<BHI")
PART = struct.Struct("<BH")
LONGEST_FRAME = 64 << 10


class Part(IntEnum):
    """Kinds of messages."""

    HELLO = 1
    SUMMARY = 2
    BATCH = 3
    ACK = 4
    PING = 5
    PONG = 6


class Hello(msgspec.Struct, array_like=True):
    """Who speaks: its certificate (DER), run, profile of the link as it sees it, release."""

    certificate: bytes
    epoch: int
    profile: str
    release: str = ""


class Reach(msgspec.Struct, array_like=True):
    """An author that the speaker can serve: its run, what its news cost to come here, its newest batch's order."""

    author: bytes
    epoch: int
    cost: int
    order: int


class Want(msgspec.Struct, array_like=True):
    """An author whose news the speaker wants from the listener, in these grades."""

    author: bytes
    grades: list[int]


class Extent(msgspec.Struct, array_like=True):
    """What the speaker holds of a stream: how many batches, their check, and, where told, which (`ids.pack`)."""

    author: bytes
    epoch: int
    kind: int
    grade: int
    group: str
    count: int
    check: int
    seqs: bytes | None = None


class Summary(msgspec.Struct, array_like=True):
    """What the speaker can serve, wants, and holds. `asks`: streams (as `Extent`s) of which it asks for the numbers.

    `part` of `parts`: long ones come in several; `reaches` and `wants` stand in the first.
    """

    reaches: list[Reach]
    wants: list[Want]
    extents: list[Extent]
    asks: list[Extent]
    part: int = 0
    parts: int = 1


class Ack(msgspec.Struct, array_like=True):
    """Frames that came: of which session, by lane the highest number, and the numbers that were skipped."""

    session: int
    highest: list[int]
    lost: list[tuple[int, int]]  # (lane, number)


class Ping(msgspec.Struct, array_like=True):
    """`sent`: UTC s of the one who asks. The answer repeats it and tells the time of the one who answers."""

    sent: float
    answered: float = 0.0


Message = Hello | Summary | Ack | Ping | bytes
_TYPES: dict[Part, type] = {
    Part.HELLO: Hello, Part.SUMMARY: Summary, Part.ACK: Ack, Part.PING: Ping, Part.PONG: Ping,
}  # fmt: skip
_DECODERS: dict[Part, msgspec.msgpack.Decoder[Message]] = {
    part: msgspec.msgpack.Decoder(kind) for part, kind in _TYPES.items()
}
_ENCODER = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame taken apart."""

    session: int
    number: int
    parts: tuple[tuple[Part, Message], ...]
    unknown: int = 0  # messages of kinds that this release does not know


def message(part: Part, body: Message) -> bytes:
    """A message with its head."""
    data = body if isinstance(body, bytes) else _ENCODER.encode(body)
    return PART.pack(part, len(data)) + data


def frame(session: int, number: int, messages: list[bytes]) -> bytes:
    """A frame of messages."""
    return HEAD.pack(VERSION, session, number) + b"".join(messages)


def decode(data: bytes) -> Frame:
    """A frame taken apart; FormatError for what is none.

    >>> got = decode(frame(7, 3, [message(Part.PING, Ping(100.0)), message(Part.BATCH, b"abc")]))
    >>> got.session, got.number, got.parts[0][1].sent, got.parts[1]
    (7, 3, 100.0, (<Part.BATCH: 3>, b'abc'))
    """
    if len(data) > LONGEST_FRAME:
        raise FormatError("too_long", f"frame of {len(data)} bytes: expected at most {LONGEST_FRAME}", data[:64])
    if len(data) < HEAD.size:
        raise FormatError("length", f"frame of {len(data)} bytes: shorter than its head", data)
    version, session, number = HEAD.unpack_from(data)
    if version != VERSION:
        raise FormatError("version", f"frame of version {version}: this release reads {VERSION}", data[:64])
    parts: list[tuple[Part, Message]] = []
    unknown = 0
    for kind, body in _split(data):
        if kind not in Part._value2member_map_:
            unknown += 1
        elif kind == Part.BATCH:
            parts.append((Part.BATCH, body))
        else:
            parts.append((Part(kind), _message(Part(kind), body)))
    return Frame(session, number, tuple(parts), unknown)


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = HEAD.size
    while at < len(data):
        if at + PART.size > len(data):
            raise FormatError("length", "frame: a message's head is cut short", data[:64])
        kind, size = PART.unpack_from(data, at)
        at += PART.size
        if at + size > len(data) or size > LONGEST:
            raise FormatError("length", "frame: a message is longer than its frame", data[:64])
        yield kind, data[at : at + size]
        at += size


def _message(part: Part, body: bytes) -> Message:
    try:
        found: Message = _DECODERS[part].decode(body)
    except UNREADABLE as error:
        raise FormatError("syntax", f"{part.name.lower()}: {error}", body[:64]) from None
    return found
