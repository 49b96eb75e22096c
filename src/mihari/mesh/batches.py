"""Batches ⇄ bytes: the append-only, versioned, signed envelope of all that nodes tell each other. Layout: docs/mesh.md.

A batch belongs to a stream: an author's, of one run of it (`epoch`), one kind, one grade of accuracy and one release
group. Batches of a stream are numbered 1, 2, 3 (`seq`). Streams of kinds below `FIRST_LOG` are states: of each key the
row in the newest batch holds, and `floor` is the oldest batch that still holds any; who never got a newer row of a key
below the floor knows by that that the key is gone. The others are logs: every batch from `floor` on holds.

Anybody may pass a batch on, and nobody can change it: the signature (Ed25519) is its author's. `keys` stand beside the
body, so that who cannot read a body, because it is sealed or of a kind unknown to him, still keeps and serves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import msgspec
import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.mesh import ids
from mihari.mesh.unreadable import UNREADABLE

VERSION = 1
SIGNATURE = 64
LONGEST = 60_000  # bytes of a batch; a longer one is refused unread
FIRST_LOG = 64


class Kind(IntEnum):
    """What a batch carries. Numbers never change their meaning; new kinds get new ones."""

    VESSELS = 1
    IDENTITIES = 2
    COVERAGE = 3
    FLEETS = 4
    ALERTS = 5
    NODE = 6  # how the author is: name, place, links, clocks
    CERTIFICATE = 7  # by which the author's signatures are known
    PLANS = 8
    TASKS = 9
    PATTERNS = 10  # bundles of patterns that the author offers
    PIECES = 11  # of the bytes of such bundles
    FILES = 12  # bytes of evidence that edits of cases name
    DECISIONS = 64
    ACTIONS = 65  # acknowledgements and what else people do about alerts
    CASES = 66  # edits of cases


KNOWN = frozenset(int(k) for k in Kind)
URGENT = frozenset({Kind.ALERTS, Kind.CERTIFICATE, Kind.DECISIONS, Kind.ACTIONS})  # overtake, go to every neighbour
EVERYWHERE = URGENT | {Kind.NODE}


class Stream(NamedTuple):
    """Which stream: the author's id (16 hexadecimal digits), its run, the kind, the grade, the release group."""

    author: str
    epoch: int
    kind: int
    grade: int = 0
    group: str = ""

    @property
    def log(self) -> bool:
        """Whether every batch holds, not only the newest of each key."""
        return self.kind >= FIRST_LOG


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    """A batch as it is signed. Later versions append fields: who does not know them reads over them."""

    version: int
    author: bytes  # 8
    epoch: int
    kind: int
    grade: int
    group: str
    seq: int
    order: int  # counts all batches of the author's run: of two rows of a key the one of the greater order is newer
    floor: int
    cut: float  # UTC s by the author's clock
    keys: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with its bytes as they came. `keys`: (n,) i8, ascending."""

    stream: Stream
    seq: int
    order: int
    floor: int
    cut: float
    keys: Array
    body: bytes
    raw: bytes
    version: int = VERSION

    @property
    def signed(self) -> bytes:
        """What the signature is of."""
        return self.raw[:-SIGNATURE]

    @property
    def signature(self) -> bytes:
        """64 bytes."""
        return self.raw[-SIGNATURE:]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Envelope)


def encode(stream: Stream, seq: int, order: int, floor: int, cut: float, keys: Array, body: bytes) -> bytes:
    """A batch as it is to be signed; `keys` ascending."""
    author = bytes.fromhex(stream.author)
    return _ENCODER.encode(
        Envelope(
            VERSION, author, stream.epoch, stream.kind, stream.grade, stream.group, seq, order, floor, cut,
            ids.pack(keys), body,
        )
    )  # fmt: skip


def decode(raw: bytes) -> Batch:
    """A batch of its bytes, its signature not yet looked at; FormatError tells what does not fit.

    >>> stream = Stream("00112233445566aa", 9, Kind.VESSELS)
    >>> batch = decode(encode(stream, 1, 1, 1, 100.0, np.array([7, 9]), b"rows") + bytes(64))
    >>> batch.stream.kind, batch.keys.tolist(), batch.body
    (1, [7, 9], b'rows')
    """
    if len(raw) > LONGEST:
        raise FormatError("too_long", f"batch of {len(raw)} bytes: expected at most {LONGEST}", raw[:64])
    if len(raw) <= SIGNATURE:
        raise FormatError("length", f"batch of {len(raw)} bytes: shorter than its signature", raw)
    try:
        told = _DECODER.decode(raw[:-SIGNATURE])
    except UNREADABLE as error:
        raise FormatError("syntax", f"batch: {error}", raw[:64]) from None
    _check(told, raw)
    stream = Stream(told.author.hex(), told.epoch, told.kind, told.grade, told.group)
    keys = ids.unpack(told.keys)
    return Batch(stream, told.seq, told.order, told.floor, told.cut, keys, told.body, bytes(raw), told.version)


def _check(told: Envelope, raw: bytes) -> None:
    whole = 0 < told.seq < 1 << 48 and 0 < told.order < 1 << 48 and 0 <= told.floor <= told.seq
    small = 0 <= told.kind < 256 and 0 <= told.grade < 16 and len(told.group) <= 20 and 0 <= told.epoch < 1 << 40
    if len(told.author) != 8 or not whole or not small or not np.isfinite(told.cut):
        raise FormatError("syntax", "batch: a figure of its envelope is out of bounds", raw[:64])
