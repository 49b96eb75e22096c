"""Which messages are known, and what they are made of: ours from `definitions`, the others from pymavlink.

`KNOWN` tells what framing needs of every message (CRC_EXTRA, lengths), so pymavlink is imported only when the fields of
a message without a definition of ours are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.formats.mavlink.definition import DEFINITIONS, Field, Message, own

IDS = 1 << 16  # all known messages have numbers below


@dataclass(frozen=True)
class Known:
    """What frames are checked with, a row a message: `slot` (65536,) is the row of a number or -1."""

    ids: tuple[int, ...]
    names: tuple[str, ...]
    slot: Array
    seal: Array
    base: Array
    size: Array
    row: dict[str, int]


@cache
def known() -> Known:
    """Of all messages of the dialects."""
    lines = (DEFINITIONS / "known.txt").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if line and line[0] != "#"]
    ids = tuple(int(r[0]) for r in rows)
    names = tuple(r[1] for r in rows)
    slot = np.full(IDS, -1, np.int16)
    slot[list(ids)] = np.arange(len(ids))
    seal, base, size = np.array([[int(n) for n in r[2:]] for r in rows], np.int64).T.copy()
    return Known(ids, names, slot, seal, base, size, {name: i for i, name in enumerate(names)})


@cache
def message_of(number: int) -> Message:
    """The definition of a known message."""
    return own().get(number) or _of_pymavlink(number)


def message_named(name: Any) -> Message:
    """The definition of the message called `name`; FormatError where there is none.

    >>> message_named("HEARTBEAT").size
    9
    """
    row = known().row.get(name)
    if row is None:
        raise FormatError("unknown_message", f"MAVLink: there is no message {name!r}")
    return message_of(known().ids[row])


def _of_pymavlink(number: int) -> Message:
    from pymavlink.dialects.v20 import ardupilotmega

    told = ardupilotmega.mavlink_map[number]
    base = int(known().base[known().slot[number]])
    fields: list[Field] = []
    octets = 0
    for place, name in enumerate(told.ordered_fieldnames):
        type = told.fieldtypes[told.fieldnames.index(name)].removesuffix("_t")
        unit = told.fieldunits_by_name.get(name, "-")
        made = Field(name, type, told.array_lengths[place], unit, None, octets >= base)
        octets += made.octets
        fields.append(made)
    return Message(number, told.msgname, told.crc_extra, tuple(fields))
