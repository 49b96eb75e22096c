"""Bytes of IMC packets -> dicts: streams cut anywhere, with resynchronisation. Pure, bounded."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.errors import FormatError
from mihari.formats.imc import framing
from mihari.formats.imc.messages import FIELDS
from mihari.formats.imc.plain import decode, ids, known
from mihari.formats.refusals import Refusals

REASONS = ("sync", "header", "checksum", "incomplete", "nested", "field")
_OF_VERDICT = {
    framing.NOISE: "sync",
    framing.BAD_HEADER: "header",
    framing.CHECKSUM: "checksum",
    framing.CUT: "incomplete",
}


class Decoder:
    """IMC from a stream of bytes cut anywhere. `other` counts the messages that are not in the table, by name.

    `raw`: whether those are given too, as their bytes. A start that turns out to be none costs its first byte only.

    >>> from mihari.formats.imc import encode
    >>> wire = encode({"message": "Heartbeat", "time": 1.7e9, "source": 30})
    >>> decoder = Decoder()
    >>> decoder.feed(b"noise" + wire[:10]), [m["source"] for m in decoder.feed(wire[10:])], decoder.refusals.counts
    ([], [30], {'sync': 1})
    """

    def __init__(self, *, raw: bool = False) -> None:
        self.raw = raw
        self.refusals = Refusals()
        self.other: dict[str, int] = {}
        self.packets = 0
        self._rest = b""
        self._offset = 0  # of the first byte of `_rest` in the stream

    def feed(self, data: bytes, complete: bool = False) -> list[dict[str, Any]]:
        """The messages that `data` completes, each with the `offset` of its packet; `complete`: nothing comes after."""
        whole = self._rest + data
        bytewise, powers = framing.tables()
        rows = np.zeros((len(whole) + 1, 4), np.int64)
        count, done = framing.packets(np.frombuffer(whole, np.uint8), complete, known(), bytewise, powers, rows)
        found = []
        for start, length, verdict, big in rows[:count].tolist():
            piece = whole[start : start + length]
            if verdict == framing.PACKET:
                found += self._taken(piece, self._offset + start, bool(big))
            else:
                self.refusals.add(self._offset + start, piece[:64], _OF_VERDICT[verdict], length)
        self._rest = whole[done:]
        self._offset += done
        return found

    def finish(self) -> list[dict[str, Any]]:
        """End of the stream: what waited for more is searched for packets inside it."""
        return self.feed(b"", complete=True)

    def _taken(self, packet: bytes, offset: int, big: bool) -> list[dict[str, Any]]:
        self.packets += 1
        name = ids()[int.from_bytes(packet[2:4], "big" if big else "little")]
        if name not in FIELDS:
            self.other[name] = self.other.get(name, 0) + 1
            return [{"message": name, "offset": offset, "raw": packet.hex()}] if self.raw else []
        try:
            return [decode(packet, big) | {"offset": offset}]
        except FormatError as error:
            self.refusals.add(offset, packet, error.reason)
            return []
