"""IEC 61162-1 and -450 sentences for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mihari.commands.codecs.codec import Codec, Part, array


class NmeaPart:
    """Sentences of one piece of a file."""

    def __init__(self, decoded: Any) -> None:
        self._decoded = decoded
        self.messages = len(decoded)
        self.positions = sum(int((t["lat_deg"] == t["lat_deg"]).sum()) for t in self._with_position())
        if decoded.ais is not None:
            self.positions += int(decoded.ais.has_position.sum())

    def _with_position(self) -> Iterator[Any]:
        return (t for t in self._decoded.tables.values() if "lat_deg" in t.names and "lon_deg" in t.names)

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By the names of the table of sentences."""
        from mihari.formats.nmea import to_dicts

        return to_dicts(self._decoded)

    def table(self, schema: Any) -> Any:
        """Sentences of known formatters, one after the other; what a formatter does not have is null."""
        import numpy as np
        import pyarrow as pa

        parts = []
        for name, told in self._decoded.tables.items():
            own = {"formatter": np.full(len(told), name), "talker": told.talker.astype("U2")}
            own |= {"time": told.time, "source": told.source, "line": told.line}
            own |= {n: told[n] for n in told.names if n in schema.names}
            nothing = pa.nulls(len(told))
            parts.append(
                pa.table(
                    {f.name: array(own[f.name], f.type) if f.name in own else nothing.cast(f.type) for f in schema},
                    schema=schema,
                )
            )
        return pa.concat_tables(parts) if parts else schema.empty_table()


class NmeaCodec(Codec):
    """Sentences, from plain files and from captures of datagrams with or without the header of IEC 61162-450."""

    captures = True

    def __init__(self) -> None:
        from mihari.formats.nmea import REASONS

        self._refused = dict.fromkeys(REASONS, 0)

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Sentences in any cut, or datagrams."""
        from mihari.formats.nmea import Decoder

        decoder = Decoder()
        for chunk in chunks:
            yield NmeaPart(decoder.datagram(chunk) if datagrams else decoder.feed(chunk))
        yield NmeaPart(decoder.finish())
        self.also_refused(decoder.refusals.counts)

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """Add what the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One sentence, with a tag block where the message has what stands in one."""
        from mihari.formats.nmea import encode

        return encode(message, tagged=True)

    def schema(self) -> Any:
        """Columns of all formatters side by side."""
        import pyarrow as pa

        from mihari.formats.nmea import SENTENCES
        from mihari.formats.nmea.fields import NUMERIC

        types: dict[str, Any] = {"formatter": pa.string(), "talker": pa.string(), "time": pa.float64()}
        types |= {"source": pa.string(), "line": pa.int64()}
        for sentence in SENTENCES.values():
            for f in sentence.fields:
                if f.name:
                    types.setdefault(f.name, pa.float64() if f.kind <= NUMERIC else pa.string())
        return pa.schema(list(types.items()))

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        from mihari.formats.nmea import SENTENCES

        return {
            "title": "Sentences of radars and own ship (IEC 61162-1), bare or in IEC 61162-450 datagrams",
            "covers": f"{', '.join(SENTENCES)}; VDM and VDO as in ais; other formatters kept raw and counted",
            "standard": "IEC 61162-1 edition 5, IEC 61162-450 edition 2, NMEA 0183 4.10 (tag blocks)",
        }
