"""IMAPB, floating-point numbers as unsigned integers of a told length and range. MISB ST 1201, 8.

The top bit is 0 for a number of the range (or it stands alone: the upper end of a range whose width is a power of two);
otherwise the first octet says what else it is: infinities, not a number, below or above the range.
"""

from __future__ import annotations

import math
from functools import lru_cache

NAN = 0xD0  # first octet of a positive quiet not-a-number, the others zero
CLOSE = 4 * 2.0**-52  # of a number's size: what rounding may move it


@lru_cache(maxsize=256)
def constants(low: float, high: float, octets: int) -> tuple[float, float]:
    """(steps per unit, offset of zero in steps) of ST 1201's forward mapping.

    The offset puts zero exactly on a step where the range contains it.

    >>> constants(0.0, 100.0, 3)
    (65536.0, 0.0)
    """
    steps = math.ldexp(1.0, 8 * octets - 1 - math.ceil(math.log2(high - low)))
    offset = steps * low - math.floor(steps * low) if low < 0 < high else 0.0
    return steps, offset


def decode(data: bytes, low: float, high: float) -> float:
    """The number; NaN for whatever is none of the range (infinities, not a number, out of range).

    >>> round(decode(bytes.fromhex("3a6667"), -19.2, 19.2), 5), decode(bytes.fromhex("d000"), 0.0, 180.0)
    (10.0, nan)
    """
    if not 0 < len(data) <= 8:
        raise ValueError(f"IMAPB of {len(data)} octets")
    steps, offset = constants(low, high, len(data))
    number = float(int.from_bytes(data, "big"))
    if number > steps * (high - low) + offset + CLOSE * steps * max(abs(low), abs(high)):
        return math.nan
    return min((number - offset) / steps + low, high)


def encode(value: float | None, low: float, high: float, octets: int) -> bytes:
    """The octets of a number of the range, of not-a-number for None or NaN; ValueError out of range.

    ST 1201 cuts the fraction of a step off; a number that rounding put just below its own step stays on it.

    >>> encode(10.1, 0.0, 100.0, 3).hex(), encode(10.0, -19.2, 19.2, 3).hex(), encode(None, 0.0, 1.0, 2).hex()
    ('0a1999', '3a6667', 'd000')
    """
    if value is None or math.isnan(value):
        return bytes([NAN]) + bytes(octets - 1)
    steps, offset = constants(low, high, octets)
    exact = steps * (value - low) + offset  # the lowest step may lie a little below the range
    tolerance = CLOSE * steps * max(abs(low), abs(value))
    if not (-tolerance <= exact and value <= high):
        raise ValueError(f"{value} is not between {low:g} and {high:g}")
    nearest = round(exact)
    return (nearest if abs(exact - nearest) <= tolerance else math.floor(exact)).to_bytes(octets, "big")
