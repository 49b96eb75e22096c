"""MAVLink frames for `mihari decode` and `encode`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mihari.commands.codecs.codec import Codec, Part

POSITIONS = ("GLOBAL_POSITION_INT", "GPS_RAW_INT", "AIS_VESSEL", "ADSB_VEHICLE")


class MavlinkPart:
    """A batch of MAVLink messages."""

    def __init__(self, decoded: Any) -> None:
        self._decoded = decoded
        self.messages = len(decoded)
        self.positions = sum(len(decoded[name]) for name in POSITIONS if name in decoded)

    def dicts(self) -> Iterable[dict[str, Any]]:
        """By the keys of the fields."""
        from mihari.formats.mavlink import to_dicts

        return ({k: _json(v) for k, v in record.items()} for record in to_dicts(self._decoded))

    def table(self, schema: Any) -> Any:
        """Where vehicles are and what they hear, message by message."""
        import pyarrow as pa

        tables = [_positions(self._decoded[name], schema) for name in POSITIONS if name in self._decoded]
        return pa.concat_tables(tables) if tables else schema.empty_table()


def _positions(table: Any, schema: Any) -> Any:
    import pyarrow as pa

    own = {"message": [table.name] * len(table), "sysid": table.sysid, "compid": table.compid, "offset": table.offset}
    fields = {f.key: f.name for f in table.message.fields}
    own |= {name: table[name] for name in ("lat_deg", "lon_deg")}
    alt = "alt" if "alt" in fields else "altitude" if "altitude" in fields else None
    if alt:
        own["alt"] = table[alt]
    if "time_boot_ms" in fields:
        own["time_boot_ms"] = table["time_boot_ms"]
    none = pa.nulls(len(table))
    return pa.table([pa.array(own[f.name], f.type) if f.name in own else none.cast(f.type) for f in schema], schema)


def _json(value: Any) -> Any:
    """Octets that are no text as {"hex": …}, which `_value` turns back."""
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _value(value: Any) -> Any:
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


class MavlinkCodec(Codec):
    """MAVLink frames, from captures or plain files of frames one after the other."""

    captures = True

    def __init__(self) -> None:
        from mihari.formats.mavlink import REASONS

        self._refused = dict.fromkeys(REASONS[1:], 0)

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Frames in any cut; in a capture none goes on into the next datagram."""
        from mihari.formats.mavlink import Decoder

        decoder = Decoder()
        for chunk in chunks:
            yield MavlinkPart(decoder.feed(chunk, complete=datagrams))
        yield MavlinkPart(decoder.finish())
        self.also_refused(decoder.refused.fresh())

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """Add what the capture's reader refused."""
        for reason, count in counts.items():
            self._refused[reason] = self._refused.get(reason, 0) + count

    def refused(self) -> dict[str, int]:
        """By reason."""
        return dict(self._refused)

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One frame."""
        from mihari.formats.mavlink import encode

        return encode({k: _value(v) for k, v in message.items()})

    def schema(self) -> Any:
        """Of the positions."""
        import pyarrow as pa

        fields = [("message", pa.string()), ("sysid", pa.uint8()), ("compid", pa.uint8()), ("offset", pa.int64())]
        fields += [("lat_deg", pa.float64()), ("lon_deg", pa.float64()), ("alt", pa.float64())]
        return pa.schema([*fields, ("time_boot_ms", pa.uint32())])

    @staticmethod
    def about() -> dict[str, str]:
        """For `mihari formats`."""
        return {
            "title": "MAVLink frames of vehicles: state, positions, missions, commands, what they hear and see",
            "covers": "version 2 and 1 of all messages of the dialects common and ardupilotmega; others kept raw",
            "standard": "MAVLink 2 (mavlink.io/en/guide/serialization.html)",
        }
