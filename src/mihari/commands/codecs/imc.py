"""IMC packets for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mihari.commands.codecs.codec import Codec, Part

HEAD = ("source", "source_entity", "destination", "destination_entity")


class ImcPart:
    """Messages of one piece of a file."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        from mihari.formats.imc import position

        self._told = messages
        self.messages = len(messages)
        self._places = [position(message) for message in messages]
        self.positions = sum(place is not None for place in self._places)

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By the names of the table of messages."""
        return self._told

    def table(self, schema: Any) -> Any:
        """Header, position and the message's own fields as JSON."""
        import orjson
        import pyarrow as pa

        rows = []
        for message, place in zip(self._told, self._places, strict=True):
            row = {name: message.get(name) for name in ("message", "time", "offset", *HEAD)}
            row["lat_deg"], row["lon_deg"] = place or (None, None)
            rest = {k: v for k, v in message.items() if k not in row}
            row["fields"] = orjson.dumps(rest, default=lambda octets: octets.hex()).decode()
            rows.append(row)
        return pa.Table.from_pylist(rows, schema=schema)


class ImcCodec(Codec):
    """IMC packets, from plain files and from captures of datagrams."""

    captures = True

    def __init__(self) -> None:
        from mihari.formats.imc import REASONS

        self._refused = dict.fromkeys(REASONS, 0)

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Packets in any cut, or datagrams, which end what they begin."""
        from mihari.formats.imc import Decoder

        decoder = Decoder(raw=True)
        for chunk in chunks:
            yield ImcPart(decoder.feed(chunk, complete=datagrams))
        yield ImcPart(decoder.finish())
        self.also_refused(decoder.refusals.counts)

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """Add what the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One packet."""
        from mihari.formats.imc import encode

        return encode(message)

    def schema(self) -> Any:
        """The same for all messages; what only some have is JSON in `fields`."""
        import pyarrow as pa

        numbers = [(name, pa.int32()) for name in HEAD]
        place: list[Any] = [("lat_deg", pa.float64()), ("lon_deg", pa.float64()), ("fields", pa.string())]
        return pa.schema([("message", pa.string()), ("time", pa.float64()), ("offset", pa.int64()), *numbers, *place])

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        from mihari.formats.imc import FIELDS

        return {
            "title": "IMC packets: underwater and surface vehicles of LSTS' tool chain",
            "covers": f"{', '.join(FIELDS)}; other messages kept raw and counted",
            "standard": "LSTS IMC 5.4 (IMC.xml), both byte orders in, least byte first out",
        }
