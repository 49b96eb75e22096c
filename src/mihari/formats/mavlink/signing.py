"""Message signing of MAVLink 2: 13 octets behind the checksum that only holders of the link's key can make.

https://mavlink.io/en/guide/message_signing.html: link (1 octet), timestamp (6 octets, 10 µs since 2015-01-01 UTC), and
the first 6 octets of SHA-256 over the key (32 octets), the frame with its checksum, link and timestamp. Timestamps rise
with every frame of a (system, component, link), so that a recorded frame is worth nothing; a sender that was not heard
before may be at most a minute behind.
"""

from __future__ import annotations

import hashlib
import hmac
import math

from mihari.core.errors import BadInput
from mihari.formats.mavlink.frames import FORGED, REPLAYED, SIGNATURE

EPOCH = 1420070400.0  # 2015-01-01 in UTC seconds
PER_S = 100_000  # timestamps count 10 µs
BEHIND = 60 * PER_S  # how old the first frame of a sender may be
LAST = (1 << 48) - 1
MAC = 6
STREAMS = 65536  # senders whose timestamps are remembered


def timestamp(now: float) -> int:
    """UTC seconds as signatures count them.

    >>> timestamp(1420070401.5)
    150000
    """
    return min(max(round((now - EPOCH) * PER_S), 0), LAST)


def checked_key(key: bytes) -> bytes:
    """A key of 32 octets. Raises `BadInput` for another length."""
    if len(key) != 32:
        raise BadInput(f"MAVLink signing: the key must have 32 bytes, found {len(key)}")
    return bytes(key)


def key_of(passphrase: str) -> bytes:
    """The key that ground stations make of a passphrase: its SHA-256."""
    return hashlib.sha256(passphrase.encode()).digest()


def mac(key: bytes, frame: bytes, link: int, stamp: int) -> bytes:
    """The six octets over a frame that ends with its checksum."""
    return hashlib.sha256(key + frame + bytes([link]) + stamp.to_bytes(6, "little")).digest()[:MAC]


class Signer:
    """Signs the frames of one link. `stamp` goes on counting from the last one used, which its owner keeps."""

    def __init__(self, key: bytes, link: int = 0, stamp: int = 0) -> None:
        self._key, self.link, self.stamp = checked_key(key), link, stamp

    def sign(self, frame: bytes, now: float = math.nan) -> bytes:
        """The signature of a frame whose flag says that it has one; `now`: UTC s, without it the stamp rises by one."""
        self.stamp = self.stamp + 1 if math.isnan(now) else max(self.stamp + 1, timestamp(now))
        return bytes([self.link]) + self.stamp.to_bytes(6, "little") + mac(self._key, frame, self.link, self.stamp)


class Verifier:
    """Checks signed frames of any sender that holds the key."""

    def __init__(self, key: bytes, stamp: int = 0) -> None:
        self._key, self.stamp = checked_key(key), stamp  # stamp: the newest known here
        self.streams: dict[tuple[int, int, int], int] = {}

    def heard(self, now: float) -> None:
        """The time here, UTC s: what a new sender's timestamp is held against."""
        if not math.isnan(now):
            self.stamp = max(self.stamp, timestamp(now))

    def fault(self, frame: bytes, system: int, component: int) -> int:
        """Why a signed frame is refused (`FORGED`, `REPLAYED`), 0 for nothing. What is refused changes nothing here."""
        link, stamp = frame[-SIGNATURE], int.from_bytes(frame[-12:-MAC], "little")
        if not hmac.compare_digest(mac(self._key, frame[:-SIGNATURE], link, stamp), frame[-MAC:]):
            return FORGED
        stream = (system, component, link)
        last = self.streams.get(stream)
        if stamp + BEHIND < self.stamp if last is None else stamp <= last:
            return REPLAYED
        if last is None and len(self.streams) >= STREAMS:
            self.streams.pop(next(iter(self.streams)))
        self.streams[stream] = stamp
        self.stamp = max(self.stamp, stamp)
        return 0
