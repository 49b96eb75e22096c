"""IEC 61162-450 datagrams <-> sentences with their tag blocks ("light-weight Ethernet"). Pure.

A datagram is the header `UdPbC` and a zero byte, then one or more lines: a tag block in backslashes (`s:` who speaks,
`n:` a line number from 1 to 999) and a sentence, each ended by CR LF. IEC 61162-450 edition 2, 7.2; NMEA 0183 4.10.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

SENTENCES = b"UdPbC\0"
OTHERS = (b"RaUdP\0", b"RrUdP\0", b"NkPgN\0")  # files (raw, re-transmittable) and NMEA 2000: not ours
LARGEST = 1472  # bytes of a datagram that an Ethernet frame holds: 1500 less the headers of IP and UDP
LAST_NUMBER = 999


def kind_of(datagram: bytes) -> str:
    r"""What a datagram carries: "sentences", "other" (files, NMEA 2000), or "" where no known header stands.

    >>> kind_of(b"UdPbC\0\\s:AI0001*1A\\!AIVDM"), kind_of(b"RaUdP\0"), kind_of(b"!AIVDM")
    ('sentences', 'other', '')
    """
    if datagram.startswith(SENTENCES):
        return "sentences"
    return "other" if datagram.startswith(OTHERS) else ""


def lines_of(datagram: bytes) -> bytes:
    """The lines of a datagram of sentences, without the header."""
    return datagram[len(SENTENCES) :]


def tag_block(content: bytes) -> bytes:
    r"""A tag block from its content, with the checksum (exclusive or of its bytes, two hexadecimal digits).

    >>> tag_block(b"s:AI0001,n:1")
    b'\\s:AI0001,n:1*09\\'
    """
    return b"\\%b*%02X\\" % (content, functools.reduce(operator.xor, content, 0))


class Encoder:
    r"""Lines -> datagrams; `source` says who speaks: two letters of a talker and four digits.

    A line that has a tag block already keeps it: a second one goes before it, as the standard allows for a relay.

    >>> Encoder("AI0001").datagrams([b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n"])
    [b'UdPbC\x00\\s:AI0001,n:1*09\\!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\r\n']
    """

    def __init__(self, source: str) -> None:
        self.source = source.encode("ascii")
        self._number = 0

    def datagrams(self, lines: Iterable[bytes]) -> list[bytes]:
        """As few datagrams as hold all lines, none beyond `LARGEST` unless a single line is."""
        made: list[bytes] = []
        for line in lines:
            tagged = self._tagged(line.rstrip(b"\r\n"))
            if made and len(made[-1]) + len(tagged) <= LARGEST:
                made[-1] += tagged
            else:
                made.append(SENTENCES + tagged)
        return made

    def _tagged(self, line: bytes) -> bytes:
        self._number = self._number % LAST_NUMBER + 1
        return tag_block(b"s:%b,n:%d" % (self.source, self._number)) + line + b"\r\n"
