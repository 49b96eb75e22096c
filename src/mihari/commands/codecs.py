"""The wire formats as `mihari decode` and `encode` see them: bytes in, parts with dicts and tables out, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import orjson

from mihari.core.errors import BadInput, FormatError


class Part(Protocol):
    """Some decoded messages."""

    messages: int
    positions: int

    def dicts(self) -> Iterable[dict[str, Any]]:
        """Each message as a plain dict."""

    def table(self, schema: Any) -> Any:
        """All of them as a pyarrow Table of `schema`."""


class Codec:
    """One wire format, both ways; counts what it refuses."""

    captures = False  # whether pcap files hold it

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Bytes -> parts; `datagrams`: each chunk is one datagram, else the chunks are cut anywhere."""
        raise NotImplementedError

    def refused(self) -> dict[str, int]:
        """Reason -> how many, every reason of the format, also those at 0."""
        raise NotImplementedError

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """What was refused before the bytes got here (damaged captures)."""

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One message back to bytes."""
        raise NotImplementedError

    def schema(self) -> Any:
        """The pyarrow schema of its tables."""
        raise NotImplementedError

    @staticmethod
    def about() -> dict[str, str]:
        """`title`, `covers`, `standard`."""
        raise NotImplementedError

    def encode_line(self, line: str, place: str) -> bytes:
        """One JSON line back to bytes; BadInput names the place (file and line)."""
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadInput(f"{place}: not JSON: {error}") from None
        if not isinstance(message, dict):
            raise BadInput(f"{place}: expected a JSON object")
        try:
            return self.encode_message(message)
        except FormatError as error:
            raise BadInput(f"{place}: {error}") from None
        except KeyError as error:
            raise BadInput(f"{place}: cannot be encoded: {error} is missing or unknown") from None
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise BadInput(f"{place}: cannot be encoded: {error}") from None


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
            columns[name] = _array(values, schema.field(name).type)
        return pa.table(columns, schema=schema)


def _array(values: Any, kind: Any) -> Any:
    """NumPy -> pyarrow with absent values (NaN, -1, '') as null."""
    import numpy as np
    import pyarrow as pa

    if values.dtype.kind == "S":
        values = values.astype("U")
    if values.dtype.kind == "f":
        absent = np.isnan(values)
    elif values.dtype.kind == "i":
        absent = values == -1
    elif values.dtype.kind == "U":
        absent = values == ""
    else:
        absent = None
    return pa.array(values.tolist() if values.dtype.kind == "U" else values, type=kind, mask=absent)


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


HELD = 1 << 20  # bytes decoded at a time


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut a stream of data blocks between blocks, by the length each tells in its second and third octet.

    >>> list(_blocks([bytes.fromhex("30000522"), bytes.fromhex("33300004aa")]))
    [b'0\\x00\\x05"30\\x00\\x04\\xaa']
    """
    rest = b""
    for chunk in chunks:
        rest += chunk
        at = 0
        while len(rest) - at >= 3:
            length = max(int.from_bytes(rest[at + 1 : at + 3], "big"), 3)  # a shorter one is refused by the decoder
            if len(rest) - at < length:
                break
            at += length
        if at:
            yield rest[:at]
            rest = rest[at:]
    if rest:
        yield rest


class AsterixPart:
    """A batch of ASTERIX records."""

    def __init__(self, decoded: Any) -> None:
        from mihari.formats.asterix.radar import plots

        self._decoded = decoded
        self.messages = len(decoded)
        self.positions = len(plots(decoded))

    def dicts(self) -> Iterable[dict[str, Any]]:
        """Wire numbers by item."""
        from mihari.formats.asterix import to_dicts

        return to_dicts(self._decoded)

    def table(self, schema: Any) -> Any:
        """The plots, in SI."""
        import pyarrow as pa

        from mihari.formats.asterix.radar import plots

        columns = plots(self._decoded).columns()
        return pa.table({name: _array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


class AsterixCodec(Codec):
    """ASTERIX data blocks, from captures or plain files of datagrams one after the other."""

    captures = True

    def __init__(self) -> None:
        self._refused: dict[str, int] = {}

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Each chunk of a capture is a datagram; a plain file is cut between its data blocks."""
        from mihari.formats.asterix import decode_many

        held: list[bytes] = []
        size = 0
        for chunk in chunks if datagrams else _blocks(chunks):
            held.append(chunk)
            size += len(chunk)
            if size >= HELD:
                yield self._part(decode_many(held))
                held, size = [], 0
        if held:
            yield self._part(decode_many(held))

    def _part(self, decoded: Any) -> Part:
        self.also_refused(decoded.counts)
        return AsterixPart(decoded)

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """Add what the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One record as one data block."""
        from mihari.formats.asterix import encode

        return encode([_with_bytes(message)])

    def schema(self) -> Any:
        """Of the plots."""
        import pyarrow as pa

        from mihari.formats.asterix.radar import Plots

        return pa.schema([(name, pa.from_numpy_dtype(array.dtype)) for name, array in Plots.empty().columns().items()])

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        from mihari.formats.asterix import available

        editions = "; ".join(f"{n:03d} editions {', '.join(e)}" for n, e in sorted(available().items()))
        return {
            "title": "ASTERIX data blocks: radar plots, tracks and service messages",
            "covers": f"{editions}; other categories kept raw and counted",
            "standard": "EUROCONTROL-SPEC-0149 parts 2b, 4, 7",
        }


def _with_bytes(value: Any) -> Any:
    """Hexadecimal text of explicit items (RE, SP) back to bytes."""
    if isinstance(value, dict):
        return {
            k: bytes.fromhex(v) if isinstance(v, str) and k in ("RE", "SP") else _with_bytes(v)
            for k, v in value.items()
        }
    return [_with_bytes(v) for v in value] if isinstance(value, list) else value


CODECS: dict[str, type[Codec]] = {"ais": AisCodec, "asterix": AsterixCodec}
