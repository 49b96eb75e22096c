"""A local set by a table: octets -> dict by names, in the order of the wire, and back. SMPTE ST 336, 7.

What the table does not name, what its kind cannot read and what came twice stays octets under `tag_N` (a list of them
where it came more than once), so that nothing is lost on the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.klv.ber import read_items, write_item
from mihari.formats.klv.kinds import Kind
from mihari.formats.klv.st0601 import Item

RAW = re.compile(r"tag_(\d{1,9})")


class LocalSet(Kind):
    """The items that a local set may have; itself a kind, for sets within sets."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = tuple(items)
        self.by_tag = {item.tag: item for item in self.items}
        self.by_name = {item.name: item for item in self.items}

    def decode(self, data: bytes, legacy: bool = False) -> dict[str, Any]:
        """Names and values; FormatError where the items do not fill the set."""
        return self.of_items(read_items(data), legacy)

    def of_items(self, items: Iterable[tuple[int, bytes]], legacy: bool = False) -> dict[str, Any]:
        """The same from items cut already."""
        told: dict[str, Any] = {}
        for tag, raw in items:
            item = self.by_tag.get(tag)
            if item is None or item.name in told:
                keep(told, tag, raw)
                continue
            try:
                told[item.name] = item.kind.decode(raw, legacy)
            except (ValueError, FormatError):
                keep(told, tag, raw)
        return told

    def encode(self, value: Mapping[str, Any]) -> bytes:
        """The items in the order of the dict; KeyError for an unknown name, ValueError for a value that cannot be."""
        return b"".join(self._item(name, given) for name, given in value.items())

    def _item(self, name: str, given: Any) -> bytes:
        if raw := RAW.fullmatch(name):
            every = given if isinstance(given, list) else [given]
            return b"".join(write_item(int(raw[1]), octets_of(one)) for one in every)
        item = self.by_name[name]
        try:
            return write_item(item.tag, item.kind.encode(given))
        except (ValueError, TypeError, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from None


def octets_of(value: Any) -> bytes:
    """Octets, also from their hexadecimal text."""
    return bytes.fromhex(value) if isinstance(value, str) else bytes(value)


def keep(told: dict[str, Any], tag: int, raw: bytes) -> None:
    """Put an item's octets under `tag_N`."""
    name = f"tag_{tag}"
    if name not in told:
        told[name] = raw
    elif isinstance(told[name], list):
        told[name].append(raw)
    else:
        told[name] = [told[name], raw]
