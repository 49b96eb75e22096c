"""MISB KLV, alone or in MPEG transport streams, for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mihari.commands.codecs.codec import Codec, Part, array

SYNC, PACKET, PROBE = 0x47, 188, 3  # how a transport stream begins: the sync octet, thrice in a row


class KlvPart:
    """A batch of local sets."""

    def __init__(self, decoded: Any) -> None:
        import numpy as np

        self._decoded = decoded
        self.messages = len(decoded)
        self.positions = int((~np.isnan(decoded["sensor_lat_deg"]) & ~np.isnan(decoded["sensor_lon_deg"])).sum())

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By names, octets where an item has no meaning here."""
        from mihari.formats.klv import to_dicts

        return to_dicts(self._decoded)

    def table(self, schema: Any) -> Any:
        """Every numeric and text item of ST 0601; absent is null."""
        import pyarrow as pa

        from mihari.formats.klv.st0601 import SLOT

        sets, columns = self._decoded.sets, {}
        for name in schema.names:
            kind = schema.field(name).type
            if name == "set":
                columns[name] = pa.array([("0601", "0903")[i] for i in sets.standard.tolist()], kind)
            elif name in SLOT:
                columns[name] = array(self._decoded[name], kind)
            elif name in ("pts", "pid", "offset"):
                columns[name] = array(getattr(sets, name), kind)
            elif name == "checksum_ok":
                columns[name] = pa.array(sets.checksum_ok, kind)
            else:
                columns[name] = pa.array(self._decoded.texts(name), kind)
        return pa.table(columns, schema=schema)


class KlvCodec(Codec):
    """Local sets of ST 0601 and ST 0903, from KLV or from MPEG-TS: what the file is, its first octets tell."""

    captures = True

    def __init__(self) -> None:
        from mihari.formats.klv.refused import REASONS

        self._refused = dict.fromkeys(REASONS[1:], 0)

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Bytes in any cut; datagrams (of MPEG-TS over UDP, or of KLV) one after the other."""
        from mihari.formats.klv import Decoder, TsDecoder

        decoder: Any = None
        begun = b""
        for chunk in chunks:
            if decoder is None:
                begun += chunk
                if len(begun) <= PROBE * PACKET:
                    continue
                decoder, chunk = (TsDecoder if is_transport(begun) else Decoder)(), begun
            yield KlvPart(decoder.feed(chunk))
        if decoder is None:
            decoder = (TsDecoder if is_transport(begun) else Decoder)()
            yield KlvPart(decoder.feed(begun))
        yield KlvPart(decoder.finish())
        for reason, count in decoder.refused.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def also_refused(self, counts: Any) -> None:
        """Add what the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One local set with its key and checksum, as KLV alone."""
        from mihari.formats.klv import encode

        return encode(message)

    def schema(self) -> Any:
        """A column for every numeric and text item of ST 0601."""
        import pyarrow as pa

        from mihari.formats.klv.st0601 import ITEMS, SLOT

        fields: list[Any] = [("set", pa.string()), ("offset", pa.int64()), ("checksum_ok", pa.bool_())]
        fields += [("pts", pa.float64()), ("pid", pa.int32())]
        fields += [(item.name, pa.float64() if item.name in SLOT else pa.string()) for item in ITEMS]
        return pa.schema(fields)

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        from mihari.formats.klv.st0601 import ITEMS

        return {
            "title": "MISB KLV of cameras in the air: UAS datalink and VMTI local sets, alone or in MPEG-TS",
            "covers": f"ST 0601: {len(ITEMS)} items and VMTI, others kept raw; ST 0903: all items, image data raw; "
            "MPEG-TS: asynchronous and synchronous KLV streams",
            "standard": "MISB ST 0601.8-19, ST 0903.3-6, ST 1201, ST 1402, SMPTE ST 336, ISO/IEC 13818-1",
        }


def is_transport(data: bytes) -> bool:
    """Whether octets begin a transport stream.

    >>> is_transport(b"G" + bytes(187) + b"G"), is_transport(b"\\x06\\x0e\\x2b\\x34")
    (True, False)
    """
    return len(data) >= PACKET and set(data[: PROBE * PACKET : PACKET]) == {SYNC}
