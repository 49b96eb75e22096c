"""Dicts -> frames. `encode` of what `to_dicts` gives is the frame that was decoded, byte for byte, where that frame is
canonical: its payload ends before its trailing zeros (version 2; at least one octet is left) or has its full length
(version 1), text has no octets behind its end, NaN is the quiet NaN without a payload.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.mavlink.checksum import crc
from mihari.formats.mavlink.definition import Message
from mihari.formats.mavlink.dialect import message_named
from mihari.formats.mavlink.frames import SIGNED, V1, V2
from mihari.formats.mavlink.payload import payload
from mihari.formats.mavlink.signing import Signer

HEAD_2 = struct.Struct("<7BHB")


def encode(message: Mapping[str, Any]) -> bytes:
    """The frame of one message, in the form that `to_dicts` gives.

    `message` is its name; `sysid`, `compid` (1 by default), `packet` (0) and `mavlink` (2) make the head. Extensions
    may be left out, and fields that have a number for "not known". Raises `FormatError`: no such message, a field that
    is missing, unknown or out of range.

    >>> encode({"message": "MISSION_ITEM_REACHED", "sysid": 7, "compid": 1, "packet": 5, "seq": 3}).hex()
    'fd0100000507012e0000037a64'
    """
    return _encode(message, None, math.nan)


class Encoder:
    """Frames of one sender, numbered in turn, signed where it has a key.

    `key`: 32 bytes; `link`: which of its links this is; `stamp`: the last timestamp used, which must never fall: keep
    `signer.stamp` over restarts, or give `now` (UTC s) with each message.

    >>> encoder = Encoder(245, 190)
    >>> [encoder.encode({"message": "MISSION_ITEM_REACHED", "seq": 3})[4] for _ in range(3)]
    [0, 1, 2]
    """

    def __init__(
        self, sysid: int, compid: int, key: bytes | None = None, link: int = 0, stamp: int = 0, mavlink: int = 2
    ) -> None:
        self.sysid, self.compid, self.mavlink = sysid, compid, mavlink
        self.packet = 0  # the next one
        self.signer = None if key is None else Signer(key, link, stamp)

    def encode(self, message: Mapping[str, Any], now: float = math.nan) -> bytes:
        """The next frame of this sender; what `message` says of sender, number and signature is not used."""
        head = {"sysid": self.sysid, "compid": self.compid, "packet": self.packet, "mavlink": self.mavlink}
        bare = {name: value for name, value in message.items() if name not in ("signature", "compat_flags")}
        frame = _encode({**bare, **head}, self.signer, now)
        self.packet = (self.packet + 1) & 0xFF
        return frame


def _encode(message: Mapping[str, Any], signer: Signer | None, now: float) -> bytes:
    if "message" not in message:
        raise FormatError("missing", "MAVLink: a message needs its name under 'message'")
    name = message["message"]
    if isinstance(name, int) and "frame" in message:
        return bytes.fromhex(message["frame"])
    definition = message_named(name)
    octets = payload(definition, message)
    try:
        if message.get("mavlink", 2) == 1:
            return _frame_1(definition, octets, message)
        return _frame_2(definition, octets, message, signer, now)
    except (ValueError, TypeError, struct.error) as error:
        raise FormatError("range", f"MAVLink: {name}: its head: {error}") from None


def _frame_1(definition: Message, octets: bytes, message: Mapping[str, Any]) -> bytes:
    if definition.id > 0xFF:
        raise FormatError("range", f"MAVLink: {definition.name} cannot be sent by version 1")
    if not any(octets[definition.base :]):
        octets = octets[: definition.base]
    sender = message.get("packet", 0), message.get("sysid", 1), message.get("compid", 1)
    head = bytes([V1, len(octets), *sender, definition.id])
    return _checked(head + octets, definition)


def _frame_2(
    definition: Message, octets: bytes, message: Mapping[str, Any], signer: Signer | None, now: float
) -> bytes:
    octets = octets.rstrip(b"\0") or octets[:1]
    get, number = message.get, definition.id
    signature = bytes.fromhex(get("signature", "")) if signer is None and "signature" in message else b""
    flags = SIGNED if signer or signature else 0
    head = HEAD_2.pack(
        V2, len(octets), flags, get("compat_flags", 0), get("packet", 0), get("sysid", 1), get("compid", 1),
        number & 0xFFFF, number >> 16,
    )  # fmt: skip
    frame = _checked(head + octets, definition)
    return frame + (signer.sign(frame, now) if signer else signature)


def _checked(frame: bytes, definition: Message) -> bytes:
    return frame + crc(frame[1:] + bytes([definition.crc_extra])).to_bytes(2, "little")
