"""`Decoded` -> dicts by names, and dicts -> bytes: whole local sets with key, length and checksum. ST 0601, ST 0903.

A dict has `set` ("0601" or "0903"), then the items in the order of the wire; `checksum_ok` only where it is False,
`pts` and `pid` only out of MPEG-TS. None says "out of range" or "unknown"; what has no name is `tag_N` with its octets.
Written back, a set that was canonical (shortest lengths and tag numbers, lengths of values as in the tables, checksum
last and right) is the same octets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
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
    sets, rows = decoded.sets, decoded.numbers.T.tolist()
    columns = [a.tolist() for a in (sets.standard, sets.checksum_ok, sets.pts, sets.pid, sets.first, sets.items)]
    items = decoded.items.tolist()
    for i, (standard, ok, pts, pid, first, count) in enumerate(zip(*columns, strict=True)):
        cut = items[first : first + count]
        told: dict[str, Any] = {"set": STANDARDS[standard]}
        if not ok:
            told["checksum_ok"] = False
        if pid >= 0:
            told |= {"pts": None if math.isnan(pts) else pts, "pid": pid}
        if standard == 1:
            cut_items = [(tag, decoded.buffer[at : at + size]) for tag, at, size in _body(cut)]
            told |= st0903.VMTI.of_items(cut_items)
        else:
            _datalink(told, _body(cut), decoded.buffer, rows[i])
        yield told


def _body(cut: list[list[int]]) -> list[list[int]]:
    """The items without the checksum that ends them."""
    return cut[:-1] if cut and cut[-1][0] == st0601.CHECKSUM else cut


def _datalink(told: dict[str, Any], cut: list[list[int]], buffer: bytes, row: list[float]) -> None:
    """ST 0601: numbers from their columns, the rest by its kind."""
    for tag, at, size in cut:
        item = DATALINK.by_tag.get(tag)
        if item is None or item.name in told:
            keep(told, tag, buffer[at : at + size])
            continue
        slot = st0601.SLOT.get(item.name)
        if slot is not None and row[slot] == row[slot]:
            whole = item.kind.code in (COUNT, SIGNED)
            told[item.name] = int(row[slot]) if whole else row[slot]
            continue
        raw = buffer[at : at + size]
        if slot is not None:
            _nothing(told, item, raw)
            continue
        try:
            told[item.name] = item.kind.decode(raw)
        except (ValueError, FormatError):
            keep(told, tag, raw)


def _nothing(told: dict[str, Any], item: st0601.Item, raw: bytes) -> None:
    """A number that is none: None for the octets that the tag writes for it, others as they are."""
    try:
        known = item.kind.decode(raw) is None and item.kind.encode(None) == raw
    except (ValueError, TypeError):
        known = False
    if known:
        told[item.name] = None
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
