"""Fleets that a node has found, told to the others, one state each. Layout: docs/mesh.md.

A fleet that sails on as it was told needs no news: it is told when its members, its motion or what explains it change,
and every `AGAIN_S`, by which readers know that it is still there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mihari.core.behaviour import Explanation, Fleet, mmsi_of, picture_id, unnamed
from mihari.core.errors import FormatError
from mihari.mesh.author import Author
from mihari.mesh.batches import Kind
from mihari.mesh.standing import Kept, Standing, whole, words
from mihari.mesh.unreadable import UNREADABLE

AGAIN_S = 300.0
OVER_S = 3 * AGAIN_S  # a fleet not told for so long is left out: its author has gone
FORGET_S = 3600.0
OFF_M = 500.0  # that whoever reckons on may be wrong
MOST, MEMBERS, CORNERS, WHYS, PARENTS = 100, 200, 32, 3, 8  # told of one node; of one fleet
PURPOSE, BECAUSE = 40, 160  # characters
DEGREE = 1e5
METRES = 111_195.0  # per degree


class Fleets:
    """Tells the fleets that this node has found."""

    def __init__(self, author: Author) -> None:
        self._standing = Standing(author, Kind.FLEETS, encode, differs, FORGET_S, at_once=1)

    def see(self, fleets: Iterable[Fleet], now: float) -> None:
        """All that there are, as they are; `now`: UTC s."""
        largest = sorted(fleets, key=lambda fleet: -len(fleet.members))[:MOST]
        self._standing.see({fleet.id: fleet for fleet in largest}, now)


def kept() -> Kept[Fleet]:
    """A keeper of what others tell; its fleets have no id yet, and vessels by the numbers of their author."""
    return Kept(decode)


def differs(told: Fleet, now: Fleet, since: float) -> bool:
    """Whether the others should be told again, `since` s after the last time."""
    if since >= AGAIN_S or set(told.members) != set(now.members) or abs(told.cohesion - now.cohesion) > 0.1:
        return True
    if [x.purpose for x in told.explanations[:1]] != [x.purpose for x in now.explanations[:1]]:
        return True
    passed, cos = now.time - told.time, math.cos(math.radians(now.lat_deg))
    north = (now.lat_deg - told.lat_deg) * METRES - told.north_mps * passed
    east = ((now.lon_deg - told.lon_deg + 180.0) % 360.0 - 180.0) * METRES * cos - told.east_mps * passed
    return not math.hypot(north, east) <= OFF_M


def encode(fleets: Sequence[Fleet | None]) -> bytes:
    """One array a fleet, None for one that is no more.

    >>> two = Fleet(0, 100.0, 40, (431000001, unnamed(12)), 26.0, 127.0, ((26.0, 127.0), (26.1, 127.0)), 2.5, -1.0, 0.6)
    >>> len(encode([two])), decode(encode([two, None]), 2) == [two, None]
    (59, True)
    """
    return msgspec.msgpack.encode([None if f is None else _told(f) for f in fleets])


def _place(lat_deg: float, lon_deg: float) -> list[int]:
    return [round(lat_deg * DEGREE), round(((lon_deg + 180.0) % 360.0 - 180.0) * DEGREE)]


def _told(fleet: Fleet) -> list[Any]:
    corners = [_place(*corner) for corner in fleet.outline_deg[:: math.ceil(len(fleet.outline_deg) / CORNERS) or 1]]
    whys = [[x.purpose, round(100 * x.weight), x.because] for x in fleet.explanations[:WHYS]]
    return [
        fleet.time, fleet.began, [mmsi_of(v) or -picture_id(v) for v in fleet.members[:MEMBERS]],
        *_place(fleet.lat_deg, fleet.lon_deg), round(100 * fleet.east_mps), round(100 * fleet.north_mps),
        round(100 * fleet.cohesion), corners, whys, list(fleet.parents[:PARENTS]),
    ]  # fmt: skip


def decode(body: bytes, count: int) -> list[Fleet | None]:
    """As encoded; FormatError where it is not so. What a later release appends to a fleet is read over."""
    try:
        told = msgspec.msgpack.decode(body, type=list[list[Any] | None])
    except UNREADABLE as error:
        raise FormatError("syntax", f"fleets: {error}", body[:64]) from None
    if len(told) != count:
        raise FormatError("length", f"fleets: {len(told)} for {count} keys", body[:64])
    return [None if values is None else _fleet(values) for values in told]


def _fleet(values: list[Any]) -> Fleet:
    if len(values) < 11:
        raise FormatError("length", f"fleet of {len(values)} values: expected 11 or more")
    time, began, members, lat, lon, east, north, cohesion, corners, whys, parents = values[:11]
    if not isinstance(time, int | float) or not math.isfinite(time):
        raise FormatError("range", f"fleet: time {str(time)[:40]!r}: expected UTC s")
    return Fleet(
        0,
        float(time),
        whole(began, 0, 1 << 40, "fleet: began"),
        tuple(_vessel(v) for v in _list(members, MEMBERS, "members")),
        *_degrees([lat, lon]),
        tuple(_degrees(corner) for corner in _list(corners, CORNERS, "corners")),
        whole(east, -20_000, 20_000, "fleet: motion") / 100.0,
        whole(north, -20_000, 20_000, "fleet: motion") / 100.0,
        whole(cohesion, 0, 100, "fleet: cohesion") / 100.0,
        tuple(_why(why) for why in _list(whys, WHYS, "explanations")),
        tuple(whole(p, 0, 1 << 50, "fleet: parent") for p in _list(parents, PARENTS, "parents")),
    )


def _list(value: Any, most: int, what: str) -> list[Any]:
    if isinstance(value, list) and len(value) <= most:
        return value
    raise FormatError("syntax", f"fleet: {what}: expected a list of at most {most}")


def _vessel(number: Any) -> int:
    told = whole(number, -(1 << 39), 999_999_999, "fleet: member")
    return told if told > 0 else unnamed(-told)


def _degrees(place: Any) -> tuple[float, float]:
    lat, lon = _pair(place)
    return whole(lat, -9_000_000, 9_000_000, "latitude") / DEGREE, whole(lon, -18_000_000, 18_000_000, "lon") / DEGREE


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, list) and len(value) == 2:
        return value[0], value[1]
    raise FormatError("syntax", f"fleet: {str(value)[:40]!r}: expected a latitude and a longitude")


def _why(value: Any) -> Explanation:
    if not isinstance(value, list) or len(value) < 3:
        raise FormatError("syntax", f"fleet: {str(value)[:40]!r}: expected purpose, weight, because")
    weight = whole(value[1], 0, 100, "fleet: weight") / 100.0
    return Explanation(words(value[0], PURPOSE, "fleet: purpose"), weight, words(value[2], BECAUSE, "fleet: because"))
