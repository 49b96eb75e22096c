"""Cursor-on-Target events for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from mihari.commands.codecs.codec import Codec, Part


class CotPart:
    """A batch of events."""

    def __init__(self, events: Sequence[Any]) -> None:
        self._events = events
        self.messages = len(events)
        self.positions = sum(event.has_position for event in events)

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By the names of `Event`; what is absent is left out."""
        return ({k: v for k, v in asdict(event).items() if v not in (None, "")} for event in self._events)

    def table(self, schema: Any) -> Any:
        """Every field; absent is null."""
        import pyarrow as pa

        rows = [{k: None if v == "" else v for k, v in asdict(event).items()} for event in self._events]
        return pa.Table.from_pylist(rows, schema=schema)


class CotCodec(Codec):
    """CoT events: XML or TAK protobuf frames one after another, or datagrams of a capture."""

    captures = True

    def __init__(self) -> None:
        from mihari.formats.cot import REASONS

        self._refused = dict.fromkeys(REASONS, 0)

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Each chunk of a capture is one event; a plain file is a stream."""
        if datagrams:
            yield CotPart(list(self._datagrams(chunks)))
            return
        from mihari.formats.cot import Stream

        stream = Stream()
        for chunk in chunks:
            yield CotPart(stream.feed(chunk))
        yield CotPart(stream.finish())
        self.also_refused(stream.refusals.counts)

    def _datagrams(self, chunks: Iterable[bytes]) -> Iterator[Any]:
        from mihari.core.errors import FormatError
        from mihari.formats.cot import Event, of_datagram

        for chunk in chunks:
            try:
                found = of_datagram(chunk)
            except FormatError as error:
                self.also_refused({error.reason: 1})
            else:
                if isinstance(found, Event):
                    yield found

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """Add what the stream or the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One event as XML, with its declaration."""
        from mihari.core.errors import FormatError
        from mihari.formats.cot import Event, build

        if unknown := message.keys() - {f.name for f in fields(Event)}:
            raise FormatError("event", f"unknown: {', '.join(sorted(unknown))}")
        return build(Event(**message)) + b"\n"

    def schema(self) -> Any:
        """Of the fields of `Event`."""
        import pyarrow as pa

        from mihari.formats.cot import Event

        kinds = {"float": pa.float64(), "int": pa.int64(), "str": pa.string()}
        return pa.schema([(f.name, kinds[str(f.type).removesuffix(" | None")]) for f in fields(Event)])

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        return {
            "title": "Cursor on Target (CoT), the language of TAK: XML events and protobuf version 1",
            "covers": "events of any type, streams and datagrams; contact, track, group, status and remarks as "
            "fields, other details kept as XML; encodes XML",
            "standard": "MITRE CoT Event-PUBLIC.xsd 2.0 (2003), TAK protocol version 1",
        }
