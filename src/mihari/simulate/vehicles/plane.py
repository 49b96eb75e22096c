"""Two places -> metres east and north, and back; headings against wind or current. Scalars, for one vehicle at a time.

On the ellipsoid, flat at the mean latitude: over 100 km right to some tens of metres, which guidance closes.
"""

from __future__ import annotations

import math

from mihari.core.geodesy import E2, A

TURN = 2 * math.pi


def per_degree(lat_deg: float) -> tuple[float, float]:
    """(north, east) metres in a degree of latitude and of longitude there.

    >>> [round(x) for x in per_degree(0.0)]
    [110574, 111319]
    """
    lat = math.radians(lat_deg)
    w = 1 - E2 * math.sin(lat) ** 2
    return math.radians(A * (1 - E2) / w**1.5), math.radians(A / math.sqrt(w) * max(math.cos(lat), 1e-6))


def moved(lat_deg: float, lon_deg: float, east: float, north: float) -> tuple[float, float]:
    """Where one is after so many metres east and north; longitude in [-180, 180).

    >>> [round(x, 4) for x in moved(0.0, 179.9999, 111.319, 110.574)]
    [0.001, -179.9991]
    """
    up, _ = per_degree(lat_deg)
    lat = lat_deg + north / up
    _, across = per_degree((lat + lat_deg) / 2)
    return lat, (lon_deg + east / across + 180.0) % 360.0 - 180.0


def offset(lat1_deg: float, lon1_deg: float, lat2_deg: float, lon2_deg: float) -> tuple[float, float]:
    """(east, north) in m from the first place to the second.

    >>> [round(x) for x in offset(0.0, 179.9999, 0.001, -179.9991)]
    [111, 111]
    """
    up, across = per_degree((lat1_deg + lat2_deg) / 2)
    return ((lon2_deg - lon1_deg + 180.0) % 360.0 - 180.0) * across, (lat2_deg - lat1_deg) * up


def half_turn(angle: float) -> float:
    """An angle in rad to [-π, π)."""
    return (angle + math.pi) % TURN - math.pi


def bearing_of(east: float, north: float) -> float:
    """Direction of a vector, rad in [0, 2π)."""
    return math.atan2(east, north) % TURN


def components(bearing: float, east: float, north: float) -> tuple[float, float]:
    """(along, right) of a vector as seen in the direction `bearing`.

    >>> [round(x, 9) for x in components(math.pi / 2, 3.0, 4.0)]  # looking east, north is to the left
    [3.0, -4.0]
    """
    sin, cos = math.sin(bearing), math.cos(bearing)
    return east * sin + north * cos, east * cos - north * sin


def crab(bearing: float, speed: float, east: float, north: float) -> float:
    """The heading (rad) at which one of `speed` goes along `bearing` while the medium drifts by (east, north) m/s.

    Where the drift is stronger than that, straight against its crosswise part.

    >>> round(math.degrees(crab(0.0, 50.0, 25.0, 0.0)))  # going north, wind from the west: 30° to the left
    330
    """
    _, right = components(bearing, east, north)
    return (bearing - math.asin(max(-1.0, min(1.0, right / max(speed, 1e-6))))) % TURN


def speed_made_good(bearing: float, speed: float, east: float, north: float) -> float:
    """Speed over ground along `bearing` of one that crabs so; negative where it is blown back.

    >>> speed_made_good(0.0, 50.0, 30.0, -10.0)  # 40 of 50 are left, less 10 of headwind
    30.0
    """
    along, right = components(bearing, east, north)
    return along + math.sqrt(max(speed**2 - right**2, 0.0))
