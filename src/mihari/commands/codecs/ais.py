"""AIS sentences for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mihari.commands.codecs.codec import Codec, Part, array


class AisPart:
    """A batch of AIS messages."""

    def __init__(self, messages: Any) -> None:
        self._messages = messages
        self.messages = len(messages)
        self.positions = int(messages.has_position.sum())

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By the names of the field table."""
        from mihari.formats.ais import to_dicts

        return to_dicts(self._messages)

    def table(self, schema: Any) -> Any:
        """Position reports and static data side by side; absent is null."""
        import numpy as np
        import pyarrow as pa

        messages, static = self._messages, self._messages.static
        columns: dict[str, Any] = {}
        for name in schema.names:
            if name == "station":
                values = messages.station
            elif name in AIS_STATIC:
                told = getattr(static, name)
                values = np.full(len(messages), AIS_STATIC[name], dtype=told.dtype)
                values[static.row] = told
            else:
                values = getattr(messages, name)
            columns[name] = array(values, schema.field(name).type)
        return pa.table(columns, schema=schema)


AIS_KINEMATIC = {
    "message_type": "uint8", "mmsi": "int32", "repeat": "uint8", "time": "float64", "station": "string",
    "line": "int64", "own": "bool", "talker": "string", "lat_deg": "float64", "lon_deg": "float64",
    "speed": "float64", "course": "float64", "heading": "float64", "turn": "float64", "status": "int8",
    "second": "int8", "accuracy": "int8", "raim": "int8",
}  # fmt: skip
AIS_STATIC: dict[str, Any] = {
    "imo": -1, "call_sign": "", "name": "", "ship_type": -1, "aid_type": -1, "bow": -1, "stern": -1, "port": -1,
    "starboard": -1, "draught": float("nan"), "destination": "",
}  # fmt: skip


class AisCodec(Codec):
    """AIS sentences (AIVDM, AIVDO and all talkers)."""

    def __init__(self) -> None:
        from mihari.formats.ais import REASONS

        self._refused = dict.fromkeys(REASONS, 0)
        self._sequence = 0

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Sentences in any cut."""
        from mihari.formats.ais import Decoder

        decoder = Decoder()
        for chunk in chunks:
            yield AisPart(decoder.feed(chunk))
        yield AisPart(decoder.finish())
        self._refused.update(decoder.refused)

    def refused(self) -> dict[str, int]:
        """By reason, in the order in which a sentence is judged."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """All sentences of one message; multi-part ones are numbered in turn."""
        from mihari.formats.ais import encode

        self._sequence = (self._sequence + 1) % 10
        return b"".join(encode(message, sequence=self._sequence))

    def schema(self) -> Any:
        """Kinematic columns of every message, static ones where a message has them."""
        import pyarrow as pa

        types: dict[str, Any] = {
            "int8": pa.int8(),
            "uint8": pa.uint8(),
            "int32": pa.int32(),
            "int64": pa.int64(),
            "bool": pa.bool_(),
        }
        types |= {"float64": pa.float64(), "string": pa.string()}
        fields: list[Any] = [(name, types[kind]) for name, kind in AIS_KINEMATIC.items()]
        for name, absent in AIS_STATIC.items():
            kind = "string" if absent == "" else "int32" if absent == -1 else "float64"
            fields.append((name, types[kind]))
        return pa.schema(fields)

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        return {
            "title": "AIS sentences (VDM, VDO of any talker), multi-part, tag blocks, trailing receive times",
            "covers": "message types 1-5, 9, 14, 18, 19, 21, 24 A/B, 27; others kept raw with their type",
            "standard": "ITU-R M.1371-5 annex 8, IEC 61162-1, NMEA 0183 4.10 (tag blocks)",
        }
