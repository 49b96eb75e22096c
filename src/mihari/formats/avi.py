"""JPEG pictures -> a clip as an AVI file of motion JPEG, and back. RIFF AVI 1.0, OpenDML only where it must be.

"AVI RIFF File Reference" and "Multimedia Programming Interface and Data Specifications 1.0" (Microsoft and IBM); one
stream, each picture a chunk `00dc`, an index `idx1`. `decode` of `encode` gives the same pictures and rate.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from mihari.core.errors import FormatError

MOST_BYTES = 1 << 30  # readers of AVI 1.0 give up at 1 to 2 GiB
HAS_INDEX, KEY_FRAME = 0x10, 0x10
RATE_SCALE = 1000
FRAMES_MAX = 100_000
START_OF_FRAME = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
BARE = frozenset((0x01, *range(0xD0, 0xD9)))  # markers without a length


def jpeg_size(picture: bytes) -> tuple[int, int]:
    """Width and height of a JPEG picture; FormatError where it is none. ITU-T T.81 B.2.2.

    >>> jpeg_size(bytes.fromhex("ffd8 ffe0 0002 ffc0 000b 08 0168 0280 01 011100"))
    (640, 360)
    """
    if picture[:2] != b"\xff\xd8":
        raise FormatError("syntax", "no JPEG picture: it does not begin with FF D8", picture[:16])
    at = 2
    while at + 4 <= len(picture):
        if picture[at] != 0xFF:
            break
        marker = picture[at + 1]
        if marker == 0xFF or marker in BARE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in START_OF_FRAME and at + 9 <= len(picture):
            height, width = struct.unpack_from(">HH", picture, at + 5)
            if width and height:
                return width, height
            break
        at += 2 + max(struct.unpack_from(">H", picture, at + 2)[0], 2)
    raise FormatError("syntax", "no JPEG picture: it has no start of frame", picture[:16])


def encode(pictures: Sequence[bytes], rate: float) -> bytes:
    """An AVI file of JPEG pictures of one size at `rate` a second. FormatError for none, or for what is no JPEG.

    >>> one = bytes.fromhex("ffd8 ffc0 000b 08 0008 0010 01 011100 ffd9")
    >>> decode(encode([one, one], 5.0)) == ([one, one], 5.0)
    True
    """
    if not pictures or not 0.001 <= rate <= 1000.0:
        raise FormatError("syntax", "a clip needs a picture at least, and a rate from 0.001 to 1000 a second")
    width, height = jpeg_size(pictures[0])
    if any(jpeg_size(one) != (width, height) for one in pictures[1:]):
        raise FormatError("syntax", "a clip needs pictures of one size")
    largest, count = max(map(len, pictures)), len(pictures)
    if sum(map(len, pictures)) + 64 * count > MOST_BYTES:
        raise FormatError("too_long", f"a clip of more than {MOST_BYTES >> 20} MiB")
    per_picture = max(round(1e6 / rate), 1)
    main = struct.pack("<14I", per_picture, int(largest * rate), 0, HAS_INDEX, count, 0, 1, largest, width, height,
                       0, 0, 0, 0)  # fmt: skip
    ticks = max(round(rate * RATE_SCALE), 1)
    stream = struct.pack("<4s4sIHHIIIIIIII4H", b"vids", b"MJPG", 0, 0, 0, 0, RATE_SCALE, ticks, 0, count,
                         largest, 0xFFFFFFFF, 0, 0, 0, width & 0xFFFF, height & 0xFFFF)  # fmt: skip
    bitmap = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    headers = _list(b"hdrl", _chunk(b"avih", main) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", bitmap)))
    return _list(b"AVI ", headers + _movie(pictures), b"RIFF")


def _movie(pictures: Sequence[bytes]) -> bytes:
    chunks, index, at = [], [], 4
    for one in pictures:
        chunks.append(_chunk(b"00dc", one))
        index.append(struct.pack("<4sIII", b"00dc", KEY_FRAME, at, len(one)))
        at += len(chunks[-1])
    return _list(b"movi", b"".join(chunks)) + _chunk(b"idx1", b"".join(index))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + b"\0" * (len(body) % 2)


def _list(kind: bytes, body: bytes, name: bytes = b"LIST") -> bytes:
    return _chunk(name, kind + body)


def decode(data: bytes) -> tuple[list[bytes], float]:
    """The pictures of such a file and their rate; FormatError where it is none, or is cut off."""
    if data[:4] != b"RIFF" or data[8:12] != b"AVI ":
        raise FormatError("syntax", "no AVI file: it does not begin with RIFF … AVI", data[:16])
    if struct.unpack_from("<I", data, 4)[0] > len(data) - 8:
        raise FormatError("incomplete", f"the AVI file is cut off at byte {len(data)}", data[-16:])
    pictures, rate = [], 0.0
    for name, body in _chunks(data, 12, 0):
        if name == b"strh" and len(body) >= 28:
            scale, ticks = struct.unpack_from("<II", body, 20)
            rate = ticks / scale if scale else 0.0
        elif name == b"00dc":
            pictures.append(body)
    if not pictures or not rate:
        raise FormatError("syntax", "no AVI file of motion JPEG", data[:16])
    return pictures, rate


def _chunks(data: bytes, at: int, deep: int) -> Iterator[tuple[bytes, bytes]]:
    """Chunks with their names, lists opened."""
    found = 0
    while at + 8 <= len(data) and found < FRAMES_MAX:
        name, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise FormatError("incomplete", f"the AVI file is cut off at byte {len(data)}", data[at : at + 16])
        body = data[at + 8 : at + 8 + size]
        if name == b"LIST" and deep < 3:
            yield from _chunks(body, 4, deep + 1)
        else:
            yield name, body
        at += 8 + size + size % 2
        found += 1
