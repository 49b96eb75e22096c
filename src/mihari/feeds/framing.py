"""Pieces of a byte stream -> whole lines or ASTERIX data blocks, for streams that are mixed or passed on. Pure."""

from __future__ import annotations

from typing import Protocol

LINE_LIMIT = 4096  # bytes, as in the AIS decoder: a sentence has 82 characters, with tag block and remarks hardly 400


class Framer(Protocol):
    """Cuts one stream. `refused` holds (reason, first bytes) of what was given up; whoever reads it empties it."""

    refused: list[tuple[str, bytes]]

    def take(self, data: bytes) -> list[bytes]:
        """The pieces that these bytes complete, in order."""
        ...

    def finish(self) -> list[bytes]:
        """What the end of the stream leaves, as far as it can be used."""
        ...


class Lines:
    r"""Lines with their CR LF. One beyond `LINE_LIMIT` is left out to its end; an unfinished one ends with the stream.

    >>> lines = Lines()
    >>> lines.take(b"!AI"), lines.take(b"VDM\r\n!x\n!y"), lines.finish()
    ([], [b'!AIVDM\r\n', b'!x\r\n'], [b'!y\r\n'])
    """

    def __init__(self) -> None:
        self.refused: list[tuple[str, bytes]] = []
        self._rest = b""
        self._skipping = False

    def take(self, data: bytes) -> list[bytes]:
        """The lines that these bytes complete; empty ones are left out."""
        *whole, rest = (self._rest + data).split(b"\n")
        made = []
        for line in whole:
            if self._skipping:
                self._skipping = False
            elif len(line) > LINE_LIMIT:
                self.refused.append(("too_long", line[:256]))
            elif line := line.rstrip(b"\r"):
                made.append(line + b"\r\n")
        if len(rest) > LINE_LIMIT and not self._skipping:
            self.refused.append(("too_long", rest[:256]))
            self._skipping = True
        self._rest = b"" if self._skipping else rest
        return made

    def finish(self) -> list[bytes]:
        """The last line, if it lacks its end."""
        return self.take(b"\n")


class Blocks:
    r"""ASTERIX data blocks: octet 1 is the category, octets 2 and 3 the length (EUROCONTROL-SPEC-0149-1, 5.1).

    >>> blocks = Blocks()
    >>> blocks.take(b"\x30\x00"), blocks.take(b"\x05ab\x22\x00"), blocks.finish(), blocks.refused
    ([], [b'0\x00\x05ab'], [], [('incomplete', b'"\x00')])
    """

    def __init__(self) -> None:
        self.refused: list[tuple[str, bytes]] = []
        self._rest = b""

    def take(self, data: bytes) -> list[bytes]:
        """The blocks that these bytes complete. A length below 3 is out of step for good: all that came is given up."""
        stream, at, made = self._rest + data, 0, []
        while at + 3 <= len(stream):
            length = int.from_bytes(stream[at + 1 : at + 3], "big")
            if length < 3:
                self.refused.append(("bad_length", stream[at : at + 256]))
                at = len(stream)
            elif at + length > len(stream):
                break
            else:
                made.append(stream[at : at + length])
                at += length
        self._rest = stream[at:]
        return made

    def finish(self) -> list[bytes]:
        """Nothing: half a block says nothing."""
        if self._rest:
            self.refused.append(("incomplete", self._rest[:256]))
        self._rest = b""
        return []


class AsItComes:
    """Bytes as they come, of formats that mark their own beginnings: whoever decodes them finds these again.

    >>> pieces = AsItComes()
    >>> pieces.take(b"\\xfeab\\n"), pieces.finish()
    ([b'\\xfeab\\n'], [])
    """

    def __init__(self) -> None:
        self.refused: list[tuple[str, bytes]] = []

    def take(self, data: bytes) -> list[bytes]:
        """The same bytes."""
        return [data] if data else []

    def finish(self) -> list[bytes]:
        """Nothing is held."""
        return []


LINES = ("ais", "nmea")


def framer(format: str) -> Framer:
    """What cuts a stream of that format."""
    if format == "asterix":
        return Blocks()
    return Lines() if format in LINES else AsItComes()
