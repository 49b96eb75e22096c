"""What a MAVLink frame looks like on the wire, and why one is refused.

https://mavlink.io/en/guide/serialization.html#packet_format. Version 2: 0xFD, payload length, flags that must be
understood, flags that need not, packet number, system, component, message (3 octets), payload, checksum (2), signature
(13, where flag 0x01 is set). Version 1: 0xFE, payload length, packet number, system, component, message, payload,
checksum.
"""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.checksum import crc

V1, V2 = 0xFE, 0xFD
HEAD_V1, HEAD_V2 = 6, 10
CHECKSUM, SIGNATURE = 2, 13
SIGNED = 0x01  # the one flag that must be understood which there is
LONGEST = HEAD_V2 + 255 + CHECKSUM + SIGNATURE
SHORTEST = HEAD_V1 + CHECKSUM

REASONS = ("", "noise", "checksum", "truncated", "flags", "length", "unknown", "unsigned", "signature", "replayed")
NOISE, CHECK, TRUNCATED, FLAGS, LENGTH, UNKNOWN, UNSIGNED, FORGED, REPLAYED = range(1, len(REASONS))


def sum_tables() -> Array:
    """(8, 256) checksums that take eight octets at a time: row k is a table for an octet with k zeros behind it."""
    first = np.array([crc(bytes([n]), 0) for n in range(256)], np.uint16)
    tables = [first]
    for _ in range(7):
        last = tables[-1]
        tables.append((last >> 8) ^ first[last & 0xFF])
    return np.array(tables, np.uint16)
