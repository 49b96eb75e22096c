"""FMT-2: ST 0601 packets to values against klvdata, the same packets on both sides.

Packets hold every item that klvdata gives a value for, numbers drawn over their range, texts of 20 letters. It raises
on tags 96 and 103 to 105 (it takes IMAPB for a plain number) and does not know 106 and above: those are left out. It
reads one stream of packets, and each element's value is fetched; ours become columns, and every text a string. Both
first have to give the same values.

python -m benchmarks.formats_klv [--json]
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from typing import Any

import klvdata
import numpy as np

from benchmarks.harness import Row, ratio, report
from mihari.formats.klv import Decoded, decode_many, encode
from mihari.formats.klv.kinds import Count, Number, Signed, Time
from mihari.formats.klv.st0601 import ITEMS

PACKETS = 1000
RAISES, UNKNOWN_FROM = {96, 103, 104, 105}, 106
ELSE = {39, 43, 44, 77, 93}  # read by klvdata, but not as the standard says: not compared (tests/formats/klv)
USED = [item for item in ITEMS if item.tag not in RAISES and item.tag < UNKNOWN_FROM]
TEXTS = [item.name for item in USED if not isinstance(item.kind, Number)]


def packets(count: int = PACKETS, seed: int = 1) -> bytes:
    """One after the other in one buffer."""
    rng = random.Random(seed)
    return b"".join(encode({item.name: value(item.kind, rng) for item in USED}) for _ in range(count))


def value(kind: Any, rng: random.Random) -> Any:
    """One that the item can hold."""
    if isinstance(kind, Time):
        return rng.randrange(1_500_000_000, 1_800_000_000)
    if isinstance(kind, Count | Signed):
        return rng.randrange(127) * int(kind.factor)
    if isinstance(kind, Number):
        return rng.uniform(kind.low, kind.high) * kind.factor
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=20))


def ours(data: bytes) -> tuple[Decoded, list[list[str | None]]]:
    """Columns, and the strings of all texts."""
    decoded = decode_many(data)
    return decoded, [decoded.texts(name) for name in TEXTS]


def theirs(data: bytes) -> list[dict[int, Any]]:
    """Every element's value by tag."""
    return [{e.TAG: e.value.value for e in one.items.values()} for one in klvdata.StreamParser(data)]


def differences(data: bytes) -> list[str]:
    """Names whose values the two do not share; empty when equal."""
    decoded, told = decode_many(data), theirs(data)
    found = [] if len(decoded) == len(told) else [f"{len(decoded)} packets, theirs {len(told)}"]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for item in USED:
        if item.tag in ELSE:
            continue
        other = [one[item.tag] for one in told]
        kind = item.kind
        if not isinstance(kind, Number):
            same = decoded.texts(item.name) == other
        else:
            numbers = [(v - epoch).total_seconds() if isinstance(v, datetime) else v * kind.factor for v in other]
            same = np.allclose(decoded[item.name], numbers, rtol=1e-12, atol=1e-9)
        if not same:
            found.append(item.name)
    return found


def rows() -> list[Row]:
    """FMT-2."""
    data = packets()
    wrong = differences(data)
    if wrong:
        raise AssertionError(f"FMT-2: values differ from klvdata's: {', '.join(wrong)}")
    what = f"ST 0601, {PACKETS} packets of {len(USED)} items, to columns and strings, against klvdata: s"
    return [ratio("FMT-2", what, lambda: ours(data), lambda: theirs(data), 8.0)]


if __name__ == "__main__":
    sys.exit(report(rows()))
