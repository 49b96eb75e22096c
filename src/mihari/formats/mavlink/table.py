"""All messages of one kind out of some bytes: who sent them, where they stood, and every field as a column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.formats.mavlink.definition import Field, Message
from mihari.formats.mavlink.dialect import known, message_of

SYSTEM, COMPONENT, PACKET, VERSION, LENGTH, FLAGS = range(6)


@dataclass(frozen=True)
class Table:
    """The messages of one kind, n rows in the order of the bytes.

    `order`: which message of all it was; `offset`: of its first byte; `datagram`: which one held it; `head`: (n, 6).
    """

    slot: int
    order: Array
    offset: Array
    datagram: Array
    head: Array
    payload: Array  # (n * size,) octets, filled up with zeros

    def __len__(self) -> int:
        return len(self.order)

    @property
    def name(self) -> str:
        """Of the message."""
        return known().names[self.slot]

    @cached_property
    def message(self) -> Message:
        """Its definition."""
        return message_of(known().ids[self.slot])

    @property
    def sysid(self) -> Array:
        """System of each sender."""
        return self.head[:, SYSTEM]

    @property
    def compid(self) -> Array:
        """Component of each sender."""
        return self.head[:, COMPONENT]

    @property
    def seq(self) -> Array:
        """Packet number of each."""
        return self.head[:, PACKET]

    @cached_property
    def rows(self) -> Array:
        """The payloads as they are on the wire: a structured array of wire numbers, by the names of the fields."""
        return self.payload.view(self.message.dtype)

    def raw(self, name: str) -> Array:
        """Wire numbers of the field `name` (its own name or its key): (n,), (n, count) for arrays, bytes for text."""
        return self.rows[self.message.by_key[name].name]

    def __getitem__(self, name: str) -> Array:
        """Values of the field `name`: floats in the unit of its key, NaN where not known; whole numbers as they are
        where they are neither scaled nor ever absent; bytes for text."""
        field = self.message.by_key[name]
        return values(field, self.rows[field.name])

    def columns(self) -> dict[str, Array]:
        """Every field by its key, as `table[key]` gives it."""
        return {f.key: values(f, self.rows[f.name]) for f in self.message.fields}


def values(field: Field, raw: Array) -> Array:
    """Wire numbers -> values.

    >>> values(Field("vel", "uint16", unit="cm/s", absent=65535), np.array([150, 65535], "<u2"))
    array([1.5, nan])
    """
    if field.text or (field.scale.whole and field.absent is None):
        return raw
    told: Any = raw.astype(np.float64) * field.scale.numerator / field.scale.denominator
    if field.absent is not None:
        told[raw == field.absent] = np.nan
    return told  # type: ignore[no-any-return]
