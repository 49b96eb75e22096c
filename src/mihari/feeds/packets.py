"""Captured link-layer frames -> UDP payloads, IP fragments reassembled. RFC 791, RFC 8200, RFC 768, IEEE 802.1Q."""

from __future__ import annotations

import struct
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

# offset of the network packet by link type (https://www.tcpdump.org/linktypes.html), for those without an EtherType
BARE = {0: 4, 12: 0, 14: 0, 101: 0, 108: 4, 228: 0, 229: 0}
ETHERNET, SLL, SLL2 = 1, 113, 276
VLAN = (0x8100, 0x88A8, 0x9100)
OPEN_GROUPS = 64  # fragmented packets held at a time; the oldest is given up, and counted, beyond it
PATIENCE_S = 30.0  # of capture time for the missing fragments (RFC 1122, 3.3.2: 60 to 120 s on the open internet)
UDP, FRAGMENT_HEADER = 17, 44


@dataclass(slots=True)
class _Group:
    started: float
    parts: dict[int, bytes] = field(default_factory=dict)
    total: int | None = None

    def whole(self) -> bytes | None:
        if self.total is None:
            return None
        made = bytearray()
        for offset in sorted(self.parts):
            if offset > len(made):
                return None
            made[offset:] = self.parts[offset]
        return bytes(made[: self.total]) if len(made) >= self.total else None


class Packets:
    """Takes frames of one link type. Counts what it refuses: "fragment", "packet", "link type"; `other` is not UDP."""

    def __init__(self, link_type: int) -> None:
        self.link_type = link_type
        self.refused: Counter[str] = Counter()
        self.other = 0
        self._groups: OrderedDict[tuple[bytes, bytes, int], _Group] = OrderedDict()

    def take(self, time: float, frame: bytes) -> Iterator[bytes]:
        """The UDP payload that this frame brings or completes, if any. `time` in s orders the fragments."""
        try:
            start = self._network(frame)
            payload = None if start is None else self._datagram(time, frame[start:])
        except (struct.error, IndexError):
            self.refused["packet"] += 1
            return
        if payload:
            yield payload

    def end(self) -> None:
        """No more frames: count what was never completed."""
        self.refused["fragment"] += len(self._groups)
        self.refused += Counter()  # drops a zero
        self._groups.clear()

    def _network(self, frame: bytes) -> int | None:
        """Where the IP packet starts in the frame; None where there is none."""
        if self.link_type in BARE:
            return BARE[self.link_type]
        if self.link_type == ETHERNET:
            at = 12
        elif self.link_type == SLL:
            at = 14
        elif self.link_type == SLL2:
            at = 0
        else:
            self.refused["link type"] += 1
            return None
        kind = int.from_bytes(frame[at : at + 2], "big")
        while self.link_type == ETHERNET and kind in VLAN:
            at += 4
            kind = int.from_bytes(frame[at : at + 2], "big")
        if kind not in (0x0800, 0x86DD):
            self.other += 1
            return None
        return 20 if self.link_type == SLL2 else at + 2

    def _datagram(self, time: float, packet: bytes) -> bytes | None:
        version = packet[0] >> 4
        if version == 4:
            return self._ip4(time, packet)
        if version == 6:
            return self._ip6(time, packet)
        raise IndexError("not an IP packet")

    def _ip4(self, time: float, packet: bytes) -> bytes | None:
        header = (packet[0] & 15) * 4
        length, number, where = struct.unpack_from("!HHH", packet, 2)
        source, destination = packet[12:16], packet[16:20]
        if packet[9] != UDP:
            self.other += 1
            return None
        body = packet[header : length or None]  # 0: the capturing card was to fill it in
        if header < 20 or len(body) < (length or header) - header:
            raise IndexError("shorter than it says")
        if where & 0x3FFF:
            return self._part(time, (source, destination, number), (where & 0x1FFF) * 8, bool(where & 0x2000), body)
        return _udp(body)

    def _ip6(self, time: float, packet: bytes) -> bytes | None:
        length, following = struct.unpack_from("!HB", packet, 4)
        source, destination = packet[8:24], packet[24:40]
        body = packet[40 : 40 + length]
        if len(body) < length:
            raise IndexError("shorter than it says")
        if following == FRAGMENT_HEADER:
            inner, where, number = struct.unpack_from("!BxHI", body)
            if inner == UDP:
                return self._part(time, (source, destination, number), where & 0xFFF8, bool(where & 1), body[8:])
        if following == UDP:
            return _udp(body)
        self.other += 1
        return None

    def _part(self, time: float, key: tuple[bytes, bytes, int], offset: int, more: bool, body: bytes) -> bytes | None:
        group = self._groups.setdefault(key, _Group(time))
        if offset + len(body) <= 65535:
            group.parts.setdefault(offset, body)
            if not more:
                group.total = offset + len(body)
        whole = group.whole()
        if whole is not None:
            del self._groups[key]
            return _udp(whole)
        while self._groups and (
            len(self._groups) > OPEN_GROUPS or time - next(iter(self._groups.values())).started > PATIENCE_S
        ):
            self._groups.popitem(last=False)
            self.refused["fragment"] += 1
        return None


def _udp(body: bytes) -> bytes:
    """The payload of a UDP datagram; what follows its stated length (padding of short frames) is left off."""
    length = struct.unpack_from("!H", body, 4)[0] or len(body)
    if length < 8 or length > len(body):
        raise IndexError("shorter than it says")
    return body[8:length]
