"""Named members <-> the bytes of a zip file, of which there is one form only. PKWARE APPNOTE 6.3.10, 4.3.

Members are stored, not compressed, in the order of their names, with the same time, without flags, extra fields and
comments. So the members determine every byte of the file: what is read is packed again, and a file that differs in a
single byte is refused. Nothing can swell when it is unpacked, and nothing can hide between the members.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from zlib import crc32

from mihari.core.errors import BadInput

FILE_MOST = 256 << 20  # bytes: 10,000 patterns with proofs of 25 kB each
MEMBER_MOST = 64 << 20  # bytes: as much as a file of cases may have
MEMBERS_MOST = 40_000  # 10,000 patterns with three members each, and some; a zip of this form can have 65,535
PATH = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*\.[a-z]+")  # none that leaves the folder, none of another case
PATH_MOST = 100  # characters
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
VERSION = 20  # 2.0: the least that has folders
MIDNIGHT, DAY = 0, 0x21  # 1 January 1980, the first that the format knows
MODE = 0o100644 << 16  # a plain file
LINK, KIND = 0o120000, 0o170000


def packed(members: Mapping[str, bytes]) -> bytes:
    """The file with these members. The same members give the same bytes, on any machine.

    >>> import io, zipfile
    >>> data = packed({"b.txt": b"two", "a.txt": b"one"})
    >>> zipfile.ZipFile(io.BytesIO(data)).namelist(), packed({"a.txt": b"one", "b.txt": b"two"}) == data
    (['a.txt', 'b.txt'], True)
    """
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for path in sorted(members):
        name, content = path.encode(), members[path]
        told = (VERSION, 0, 0, MIDNIGHT, DAY, crc32(content), len(content), len(content), len(name), 0)
        parts += [LOCAL + struct.pack("<5H3I2H", *told), name, content]
        directory.append(CENTRAL + struct.pack("<6H3I5H2I", 3 << 8 | VERSION, *told, 0, 0, 0, MODE, at) + name)
        at += 30 + len(name) + len(content)
    listed = b"".join(directory)
    end = END + struct.pack("<4H2IH", 0, 0, len(members), len(members), len(listed), at, 0)
    return b"".join([*parts, listed, end])


def unpacked(data: bytes, file: str) -> dict[str, bytes]:
    """The members of a file that `packed` has made; BadInput, with `file`, for any other. Nothing touches the disk.

    >>> unpacked(packed({"a.txt": b"one"}), "it.zip")
    {'a.txt': b'one'}
    >>> unpacked(packed({"../a.txt": b"one"}), "it.zip")
    Traceback (most recent call last):
    mihari.core.errors.BadInput: it.zip: member '../a.txt': expected small letters, digits, _ and / in a path
    """
    if len(data) > FILE_MOST:
        raise BadInput(f"{file}: expected at most {FILE_MOST >> 20} MiB, found more")
    if not data.startswith(LOCAL):
        raise BadInput(f"{file}: expected a bundle of patterns, which begins as zip files do")
    members: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == LOCAL:
        path, begin, end = _local(data, at, file)
        if path in members:
            raise BadInput(f"{file}: member '{path}' is there twice")
        if len(members) == MEMBERS_MOST:
            raise BadInput(f"{file}: expected at most {MEMBERS_MOST} members, found more")
        members[path] = data[begin:end]
        at = end
    if packed(members) != data:
        raise BadInput(f"{file}: {_odd(data, packed(members), at)}")
    return members


def _local(data: bytes, at: int, file: str) -> tuple[str, int, int]:
    """A member's path, and where its content begins and ends, by its local header."""
    if at + 30 > len(data):
        raise BadInput(f"{file}: ends in the middle of a member")
    _, flags, method, _, _, checksum, size, plain, length, extra = struct.unpack_from("<5H3I2H", data, at + 4)
    path = data[at + 30 : at + 30 + length].decode("ascii", "replace")
    if flags or method or extra or size != plain:
        raise BadInput(f"{file}: member {_shown(path)}: expected stored as it is, neither compressed nor encrypted")
    if size > MEMBER_MOST:
        raise BadInput(f"{file}: member {_shown(path)}: expected at most {MEMBER_MOST >> 20} MiB")
    if len(path) > PATH_MOST or not PATH.fullmatch(path):
        raise BadInput(f"{file}: member {_shown(path)}: expected small letters, digits, _ and / in a path")
    begin = at + 30 + length
    if begin + size > len(data):
        raise BadInput(f"{file}: ends in the middle of member '{path}'")
    if crc32(data[begin : begin + size]) != checksum:
        raise BadInput(f"{file}: member '{path}' was changed: its checksum does not hold")
    return path, begin, begin + size


def _odd(data: bytes, expected: bytes, directory: int) -> str:
    """In what a file differs from the one of its members."""
    while data[directory : directory + 4] == CENTRAL and directory + 46 <= len(data):
        *_, length, extra, comment, _, _, mode, _ = struct.unpack_from("<6H3I5H2I", data, directory + 4)
        if mode >> 16 & KIND == LINK:
            return (
                f"member {_shown(data[directory + 46 : directory + 46 + length].decode('ascii', 'replace'))} is a link"
            )
        directory += 46 + length + extra + comment
    byte = next(
        (k for k, (a, b) in enumerate(zip(data, expected, strict=False)) if a != b), min(len(data), len(expected))
    )
    return f"was changed: byte {byte} is not as bundles are written"


def _shown(path: str) -> str:
    return repr(path if len(path) <= PATH_MOST else f"{path[:PATH_MOST]}...")
