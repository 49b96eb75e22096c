"""What was learned from earlier records never changes what is read: one large buffer against one datagram at a time."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import made

from mihari.formats.asterix import Decoded, Editions, decode, decode_many, encode, to_dicts
from mihari.formats.asterix.editions import category

READING = sys.modules["mihari.formats.asterix.decode"]
OTHER_EDITION = Editions(sources={(48, (1, 2)): "1.27", (34, (1, 2)): "1.27"})


def damaged(datagram: bytes, rng: random.Random) -> bytes:
    """Mostly as it is; else cut short, or with one octet changed."""
    place = rng.randrange(len(datagram))
    choice = rng.random()
    if choice < 0.1:
        return datagram[:place]
    changed = datagram[:place] + rng.randbytes(1) + datagram[place + 1 :]
    return changed if choice < 0.25 else datagram


def datagrams(rng: random.Random, kinds: int, count: int) -> list[bytes]:
    """`count` datagrams of records of a few kinds each category, half of them from the source of another edition."""
    known = [made.drawn_record(category(number, "1.27" if number != 10 else "1.1"), rng)
             for number in (48, 34, 10) for _ in range(kinds)]  # fmt: skip
    for record in known[::2]:
        record["items"] = {**record["items"], "010": {"SAC": 1, "SIC": 2}}
    records = [[rng.choice(known) for _ in range(rng.randint(1, 3))] for _ in range(count)]
    return [damaged(encode(some), rng) for some in records]


def told(decoded: Decoded, first_datagram: int = 0) -> tuple[list[Any], list[Any]]:
    records = [
        (r["datagram"] + first_datagram, r["category"], r["edition"], r["items"], r.get("field_octets"))
        for r in to_dicts(decoded)
    ]
    errors = zip(decoded.errors.datagram.tolist(), decoded.errors.category.tolist(), decoded.errors.reason.tolist(),
                 strict=True)  # fmt: skip
    return records, [(datagram + first_datagram, *rest) for datagram, *rest in errors]


@pytest.mark.parametrize(("states", "trace", "kinds"), [(4096, 64, 6), (4096, 64, 200), (50, 64, 20), (4096, 6, 6)])
def test_a_shape_met_before_is_read_like_one_never_seen(
    states: int, trace: int, kinds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(READING, "STATES", states)
    monkeypatch.setattr(READING, "TRACE", trace)
    sent = datagrams(random.Random(kinds), kinds, 600)
    assert max(map(len, sent)) < READING.WORTH_LEARNING < len(b"".join(sent))
    alone = [told(decode(datagram, OTHER_EDITION), number) for number, datagram in enumerate(sent)]
    records, errors = told(decode_many(sent, editions=OTHER_EDITION))
    assert records == [record for some, _ in alone for record in some]
    assert errors == [error for _, some in alone for error in some]
    assert len(records) > 500
    assert len(errors) > 30
