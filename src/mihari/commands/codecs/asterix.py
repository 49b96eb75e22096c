"""ASTERIX data blocks for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mihari.commands.codecs.codec import Codec, Part, array

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
        from mihari.formats.asterix.reports import told

        self._decoded = decoded
        self._told = told(decoded)
        self.messages = len(decoded)
        self.positions = len(self._told)

    def dicts(self) -> Iterable[dict[str, Any]]:
        """Wire numbers by item."""
        from mihari.formats.asterix import to_dicts

        return to_dicts(self._decoded)

    def table(self, schema: Any) -> Any:
        """Plots, tracks, aircraft and bearings, in SI."""
        import pyarrow as pa

        columns = self._told.columns()
        return pa.table({name: array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


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
        """Of plots, tracks, aircraft and bearings."""
        import pyarrow as pa

        from mihari.formats.asterix.reports import Told

        kinds = ((name, values.dtype) for name, values in Told.empty().columns().items())
        return pa.schema(
            [(name, pa.string() if kind.kind == "U" else pa.from_numpy_dtype(kind)) for name, kind in kinds]
        )

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        from mihari.formats.asterix import available

        editions = "; ".join(f"{n:03d} editions {', '.join(e)}" for n, e in sorted(available().items()))
        return {
            "title": "ASTERIX data blocks: radar plots, system tracks, aircraft, bearings and service messages",
            "covers": f"{editions}; other categories kept raw and counted",
            "standard": "EUROCONTROL-SPEC-0149",
        }


def _with_bytes(value: Any) -> Any:
    """Hexadecimal text of explicit items (RE, SP) back to bytes."""
    if isinstance(value, dict):
        return {
            k: bytes.fromhex(v) if isinstance(v, str) and k in ("RE", "SP") else _with_bytes(v)
            for k, v in value.items()
        }
    return [_with_bytes(v) for v in value] if isinstance(value, list) else value
