"""ST 0601 packets written here from nothing but the standard's rules, so that our encoder is not its own judge."""

from __future__ import annotations

import random

from mihari.formats.klv.kinds import Imapb
from mihari.formats.klv.st0601 import ITEMS, NUMBERS

KEY_0601 = bytes.fromhex("060e2b34020b01010e01030101000000")
KEY_0903 = bytes.fromhex("060e2b34020b01010e01030306000000")
WORDS = ("", "A", "Mission 12", "EO Nose", "WGS-84", "沿岸 7", "x" * 127)


def length(octets: int) -> bytes:
    """BER."""
    if octets < 128:
        return bytes([octets])
    return b"\x81" + bytes([octets]) if octets < 256 else b"\x82" + octets.to_bytes(2, "big")


def item(tag: int, value: bytes) -> bytes:
    number = bytes([tag]) if tag < 128 else bytes([0x80 | tag >> 7, tag & 0x7F])
    return number + length(len(value)) + value


def packet(items: list[tuple[int, bytes]], key: bytes = KEY_0601) -> bytes:
    """Key, length, items, checksum."""
    body = b"".join(item(tag, value) for tag, value in items)
    data = key + length(len(body) + 4) + body + b"\x01\x02"
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[i : i + 2], "big") for i in range(0, len(padded), 2))
    return data + (total % 65536).to_bytes(2, "big")


def random_items(rng: random.Random, tags: list[int], share: float = 0.7) -> list[tuple[int, bytes]]:
    """Time first, then some of the tags with random octets of their length; no reserved values."""
    items = [(2, rng.randrange(10**15, 2 * 10**15).to_bytes(8, "big"))]
    numbers = {one.tag: one.kind for one in NUMBERS}
    for one in ITEMS:
        if one.tag == 2 or one.tag not in tags or rng.random() > share:
            continue
        kind = numbers.get(one.tag)
        if kind is None:
            items.append((one.tag, rng.choice(WORDS).encode()))
            continue
        raw = rng.randbytes(kind.octets)
        if one.tag == 72:
            raw = rng.randrange(2 * 10**15).to_bytes(8, "big")
        elif isinstance(kind, Imapb):
            most = int.from_bytes(kind.encode(kind.high * kind.factor), "big")
            raw = rng.randrange(most + 1).to_bytes(kind.octets, "big")
        elif one.tag == 136:
            raw = rng.randrange(-128, 128).to_bytes(1, "big", signed=True)
        elif raw == b"\x80" + bytes(kind.octets - 1):
            raw = bytes(kind.octets)
        items.append((one.tag, raw))
    return items
