"""Tag blocks and datagrams of IEC 61162-450 around sentences. IEC 61162-450 edition 2, 7.2; NMEA 0183 4.10, 7.

The kernels of AIS read source, time and group on the hot path; this is the whole of a block, and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.ais.sentences import checksum
from mihari.formats.lwe import LARGEST, LAST_NUMBER, SENTENCES, tag_block

MILLISECONDS = 1e11  # in s it would be the year 5138: whoever says more means ms
GROUPS = {  # transmission group -> multicast address and port, IEC 61162-450 table 4; TGTD carries talkers AI and RA
    name: (f"239.192.0.{number}", 60000 + number)
    for number, name in enumerate(
        ("MISC", "TGTD", "SATD", "NAVD", "VDRD", "RCOM", "TIME", "PROP", *(f"USR{n}" for n in range(1, 9))), 1
    )
}
_NAMES = {"s": "source", "d": "destination", "t": "text", "i": "text"}
_SOURCE = re.compile(r"[A-Z]{2}\d{4}", re.ASCII)


def tags_of(block: bytes) -> dict[str, Any]:
    r"""What a tag block says, without its backslashes: source, destination, `time` (UTC s), line number, group.

    `group` is (number of the line, lines, id). Empty if the checksum is absent or wrong; what does not read is left
    out. The sum may be one or two hexadecimal digits of either case; `c` may be in s or ms.

    >>> tags_of(b"g:1-2-7,s:RA0001,d:EI0001,n:12,c:1700000000250*5e")
    {'group': (1, 2, 7), 'source': 'RA0001', 'destination': 'EI0001', 'line_number': 12, 'time': 1700000000.25}
    """
    content, star, told = block.rpartition(b"*")
    if not star or not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", told) or int(told, 16) != int(checksum(content), 16):
        return {}
    found: dict[str, Any] = {}
    for part in content.decode("latin-1").split(","):
        key, colon, value = part.partition(":")
        if not colon or not value:
            continue
        if key == "c" and value.replace(".", "", 1).isdecimal() and value.isascii():
            number = float(value)
            found["time"] = number / 1000.0 if number >= MILLISECONDS else number
        elif key == "n" and value.isascii() and value.isdecimal():
            found["line_number"] = int(value[:9])
        elif key == "g" and re.fullmatch(r"[0-9]{1,4}-[0-9]{1,4}-[0-9]{1,9}", value):
            one, of, group = map(int, value.split("-"))
            found["group"] = (one, of, group)
        elif key in _NAMES:
            found[_NAMES[key]] = value
    return found


def block_of(message: Mapping[str, Any]) -> bytes:
    r"""The tag block of what `tags_of` gave; empty if there is nothing to say. Times with a fraction are in ms.

    >>> block_of({"source": "RA0001", "time": 1700000000.0})
    b'\\s:RA0001,c:1700000000*28\\'
    """
    parts = []
    if "group" in message:
        parts.append("g:" + "-".join(str(int(n)) for n in message["group"]))
    parts += [f"{key}:{message[name]}" for key, name in (("s", "source"), ("d", "destination")) if message.get(name)]
    if "line_number" in message:
        parts.append(f"n:{int(message['line_number'])}")
    if message.get("time") is not None:
        time = float(message["time"])
        parts.append(f"c:{int(time)}" if time == int(time) else f"c:{round(time * 1000)}")
    return tag_block(",".join(parts).encode("latin-1")) if parts else b""


def datagram_450(
    sentences: Iterable[bytes], source: str, *, destination: str = "", time: float | None = None, number: int = 1,
    grouped: int | None = None,
) -> list[bytes]:  # fmt: skip
    r"""Sentences -> datagrams `UdPbC`, as few as hold them all and none beyond 1,472 bytes.

    `source` and `destination`: two letters and four digits; `time`: UTC s, written in ms if it is not whole;
    `number`: of the first line (1 to 999, then 1 again); `grouped`: the id of the group that the sentences make.
    FormatError for a source that is none.

    >>> datagram_450([b"$HEHDT,271.3,T*28\r\n"], "HE0001", time=1700000000.25)
    [b'UdPbC\x00\\s:HE0001,n:1,c:1700000000250*48\\$HEHDT,271.3,T*28\r\n']
    """
    for name in (source, destination):
        if (name or name is source) and not _SOURCE.fullmatch(name):
            raise FormatError("header", f"{name!r}: expected two capital letters and four digits")
    lines = [line.rstrip(b"\r\n") for line in sentences]
    made: list[bytes] = []
    for k, line in enumerate(lines):
        parts = [f"g:{k + 1}-{len(lines)}-{grouped}"] if grouped is not None else []
        parts += [f"s:{source}"] + ([f"d:{destination}"] if destination else [])
        parts.append(f"n:{(number - 1 + k) % LAST_NUMBER + 1}")
        if time is not None:
            parts.append(f"c:{int(time)}" if time == int(time) else f"c:{round(time * 1000)}")
        tagged = tag_block(",".join(parts).encode("ascii")) + line + b"\r\n"
        if made and len(made[-1]) + len(tagged) <= LARGEST:
            made[-1] += tagged
        else:
            made.append(SENTENCES + tagged)
    return made
