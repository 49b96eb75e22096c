"""`Decoded` -> dicts by names, and dicts -> bytes: whole local sets with key, length and checksum. ST 0601, ST 0903.

A dict has `set` ("0601" or "0903"), then the items in the order of the wire; `checksum_ok` only where it is False,
`pts` and `pid` only out of MPEG-TS. None says "out of range" or "unknown"; what has no name is `tag_N` with its octets.
Written back, a set that was canonical (shortest lengths and tag numbers, lengths of values as in the tables, checksum
last and right) is the same octets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.klv import st0601, st0903
from mihari.formats.klv.ber import write_length
from mihari.formats.klv.decode import STANDARDS, Decoded
from mihari.formats.klv.kinds import COUNT, SIGNED
from mihari.formats.klv.localset import LocalSet, keep

DATALINK = LocalSet((*st0601.ITEMS, st0601.Item(st0601.VMTI, "vmti", st0903.VMTI)))
ABOUT = ("set", "checksum_ok", "pts", "pid")  # keys that are no items
CHECKSUM_OCTETS = 4  # item 1: tag, length and two octets


def to_dicts(decoded: Decoded) -> Iterator[dict[str, Any]]:
    """Each local set as a dict.

    >>> from mihari.formats.klv import decode_many
    >>> packet = encode({"set": "0601", "time": 1.5e9, "sensor_lat_deg": None, "tag_60": b"\\xaf\\xd8"})
    >>> list(to_dicts(decode_many(packet)))
    [{'set': '0601', 'time': 1500000000.0, 'sensor_lat_deg': None, 'tag_60': b'\\xaf\\xd8'}]
    """
    sets, rows, buffer = decoded.sets, decoded.numbers.T.tolist(), decoded.buffer
    columns = [a.tolist() for a in (sets.standard, sets.checksum_ok, sets.pts, sets.pid, sets.first, sets.items)]
    tags, at, size = decoded.items.T.tolist()
    for i, (standard, ok, pts, pid, first, count) in enumerate(zip(*columns, strict=True)):
        last = first + count
        if count and tags[last - 1] == st0601.CHECKSUM:
            last -= 1
        told: dict[str, Any] = {"set": STANDARDS[standard]}
        if not ok:
            told["checksum_ok"] = False
        if pid >= 0:
            told |= {"pts": None if math.isnan(pts) else pts, "pid": pid}
        cut = zip(tags[first:last], at[first:last], size[first:last], strict=True)
        if standard == 1:
            told |= st0903.VMTI.of_items([(tag, buffer[p : p + n]) for tag, p, n in cut])
        else:
            _datalink(told, cut, buffer, rows[i])
        yield told


# tag -> (name, slot of its number or -1, whether it is whole)
_ROWS = {
    item.tag: (item.name, st0601.SLOT.get(item.name, -1), item.kind.code in (COUNT, SIGNED)) for item in DATALINK.items
}


def _datalink(told: dict[str, Any], cut: Iterable[tuple[int, int, int]], buffer: bytes, row: list[float]) -> None:
    """ST 0601: numbers from their columns, the rest by its kind."""
    for tag, at, size in cut:
        name, slot, whole = _ROWS.get(tag, ("", -1, False))
        if not name or name in told:
            keep(told, tag, buffer[at : at + size])
        elif slot >= 0 and (value := row[slot]) == value:
            told[name] = int(value) if whole else value
        else:
            _other(told, DATALINK.by_tag[tag], slot >= 0, buffer[at : at + size])


def _other(told: dict[str, Any], item: st0601.Item, number: bool, raw: bytes) -> None:
    """What is no number: texts, nested sets; None for the octets that a number's tag writes for it."""
    try:
        value = item.kind.decode(raw)
        known = not number or (value is None and item.kind.encode(None) == raw)
    except (ValueError, TypeError, FormatError):
        known = False
    if known:
        told[item.name] = value
    else:
        keep(told, item.tag, raw)


def encode(message: Mapping[str, Any]) -> bytes:
    """A local set with its universal key and checksum, from a dict as `to_dicts` gives it; `set` is "0601" by default.

    Items come in the order of the dict, `time` first as the standards ask, the checksum last. KeyError for an unknown
    name, ValueError for a value that its item cannot hold.

    >>> encode({"time": 0.0}).hex()
    '060e2b34020b01010e010301010000000e0208000000000000000001025e53'
    """
    standard = message.get("set", STANDARDS[0])
    if standard not in STANDARDS:
        raise FormatError("set", f"no local set {standard!r}, expected one of {', '.join(STANDARDS)}")
    body = {k: v for k, v in message.items() if k not in ABOUT}
    if "time" in body:
        body = {"time": body["time"]} | body
    key, items = ((st0601.KEY, DATALINK), (st0903.KEY, st0903.VMTI))[STANDARDS.index(standard)]
    value = items.encode(body)
    begun = key + write_length(len(value) + CHECKSUM_OCTETS) + value + b"\x01\x02"
    return begun + checksum(begun).to_bytes(2, "big")


def checksum(data: bytes) -> int:
    """Sum of big-endian words of 16 bits, modulo 2^16 (ST 0601, 6.5.1).

    >>> hex(checksum(bytes.fromhex("010203")))
    '0x402'
    """
    return ((sum(data[0::2]) << 8) + sum(data[1::2])) & 0xFFFF
