"""CRC-16/MCRF4XX of MAVLink frames, by the C code that Python has for another CRC.

`binascii.crc_hqx` has the same polynomial (0x1021) but takes the highest bit first; MCRF4XX takes the lowest first. So
octets go in with their bits reversed, and the sum comes out reversed.
https://mavlink.io/en/guide/serialization.html#checksum
"""

from __future__ import annotations

from binascii import crc_hqx

REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


def crc(octets: bytes, start: int = 0xFFFF) -> int:
    """The sum over `octets`.

    >>> hex(crc(b"123456789"))
    '0x6f91'
    """
    sum = crc_hqx(octets.translate(REVERSED), REVERSED[start & 0xFF] << 8 | REVERSED[start >> 8])
    return REVERSED[sum & 0xFF] << 8 | REVERSED[sum >> 8]
