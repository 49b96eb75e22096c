"""What a node watches with, told to the others: its placed sensors, one small row each. Layout: docs/mesh.md.

A sensor that stands still is told once in a run. One that moves is told again when it has gone `MOVED_M`, at most every
`AGAIN_S`: a ship's radar at 20 kn costs 5 bytes a second.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mihari.core.cover import KINDS, Watching
from mihari.core.errors import FormatError
from mihari.core.health import FeedHealth
from mihari.core.picture import Picture
from mihari.core.sensor import Sensor, SensorKind
from mihari.mesh.author import Author
from mihari.mesh.batches import Kind
from mihari.mesh.standing import Kept, Standing, whole, words
from mihari.mesh.unreadable import UNREADABLE

LOOK_S = 2.0  # between two looks at the sensors
MOVED_M, AGAIN_S = 300.0, 5.0
SILENT_S = 60.0  # without anything from it, as the alarm of a silent station has it
MOST = 256  # sensors told; a node with more tells the first ones
NAME = 40  # characters
DEGREE = 1e5  # steps of 1.1 m
METRES = 111_195.0  # per degree
NUMBERS = {name: number for number, name in KINDS.items()}


class Coverage:
    """Tells what this node watches with."""

    def __init__(self, author: Author) -> None:
        self._standing = Standing(author, Kind.COVERAGE, encode, differs)
        self._looked, self._begun = -math.inf, math.inf

    def __len__(self) -> int:
        return len(self._standing)

    def see(self, picture: Picture, now: float) -> None:
        """The node's own picture; `now`: UTC s."""
        if 0.0 <= now - self._looked < LOOK_S:
            return
        self._looked, self._begun = now, min(now, self._begun)
        self._standing.see(watched(picture, now, self._begun), now)


def kept() -> Kept[Watching]:
    """A keeper of what others tell."""
    return Kept(decode)


def watched(picture: Picture, now: float, begun: float) -> dict[int, Watching]:
    """A picture's placed sensors by key, as they are told. A node that has `begun` just now has not heard them yet."""
    heard, rest = _heard(picture.feeds), any(f.stations_more for f in picture.feeds)
    found: dict[int, Watching] = {}
    for sensor in picture.sensors:
        if sensor.placed and len(found) < MOST:
            at = heard.get(sensor.index, now if rest else begun)
            serving = min(now, picture.time) - at <= SILENT_S  # of recordings the picture's time
            key = key_of(sensor)
            while key in found:  # two of one name
                key += 1
            kind = KINDS[int(sensor.kind)]
            found[key] = Watching(sensor.name[:NAME], kind, sensor.lat_deg, sensor.lon_deg, sensor.range_max, serving)
    return found


def key_of(sensor: Sensor) -> int:
    """The key of a sensor's name: an AIS station and a radar may share one.

    >>> radar = Sensor(0, "kume", SensorKind.RADAR)
    >>> key_of(radar) == key_of(Sensor(3, "kume", SensorKind.AIR_RADAR)) != key_of(Sensor(0, "kume", SensorKind.AIS))
    True
    """
    text = f"{sensor.kind == SensorKind.AIS}:{sensor.name}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])


def _heard(feeds: Iterable[FeedHealth]) -> dict[int, float]:
    """When sensors were last heard, UTC s by index."""
    heard: dict[int, float] = {}
    for station in (s for feed in feeds for s in feed.stations):
        if station.last_heard is not None:
            heard[station.sensor] = max(station.last_heard, heard.get(station.sensor, -math.inf))
    return heard


def differs(told: Watching, now: Watching, since: float) -> bool:
    """Whether the others should be told again, `since` s after the last time."""
    if (told.name, told.kind, told.serving) != (now.name, now.kind, now.serving):
        return True
    if since < AGAIN_S:
        return False
    turn = (now.lon_deg - told.lon_deg + 180.0) % 360.0 - 180.0
    east = turn * math.cos(math.radians(now.lat_deg))
    moved = METRES * math.hypot(now.lat_deg - told.lat_deg, east)
    return moved > MOVED_M or abs(now.range_m - told.range_m) > max(0.01 * told.range_m, 1.0)


def encode(sensors: Sequence[Watching | None]) -> bytes:
    """One array a sensor, None for one that is gone.

    >>> kume = Watching("kume radar", "radar", 26.377, 126.771, 44448.0)
    >>> len(encode([kume])), decode(encode([kume, None]), 2) == [kume, None]
    (28, True)
    """
    return msgspec.msgpack.encode([None if s is None else _told(s) for s in sensors])


def _told(sensor: Watching) -> list[Any]:
    place = round(sensor.lat_deg * DEGREE), round(sensor.lon_deg * DEGREE)
    return [sensor.name, NUMBERS[sensor.kind], *place, round(sensor.range_m), int(sensor.serving)]


def decode(body: bytes, count: int) -> list[Watching | None]:
    """As encoded; FormatError where it is not so. What a later release appends to a sensor is read over."""
    try:
        told = msgspec.msgpack.decode(body, type=list[list[Any] | None])
    except UNREADABLE as error:
        raise FormatError("syntax", f"sensors: {error}", body[:64]) from None
    if len(told) != count:
        raise FormatError("length", f"sensors: {len(told)} for {count} keys", body[:64])
    return [None if values is None else _sensor(values) for values in told]


def _sensor(values: list[Any]) -> Watching:
    if len(values) < 6:
        raise FormatError("length", f"sensor of {len(values)} values: expected 6 or more")
    name, number, lat, lon, reach, serving = values[:6]
    return Watching(
        words(name, NAME, "sensor: name"),
        KINDS.get(whole(number, 0, 255, "sensor: kind"), "other"),
        whole(lat, -9_000_000, 9_000_000, "sensor: latitude") / DEGREE,
        whole(lon, -18_000_000, 18_000_000, "sensor: longitude") / DEGREE,
        float(whole(reach, 0, 2_000_000, "sensor: range")),
        bool(whole(serving, 0, 1, "sensor: serving")),
    )
