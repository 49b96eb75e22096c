"""Mission items as dicts of MISSION_ITEM_INT, in MAV_FRAME_GLOBAL_RELATIVE_ALT_INT: altitudes are metres above home.

A `MissionUpload` adds their numbers and addressee. https://mavlink.io/en/messages/common.html#mav_commands tells what
the parameters of each command are.
"""

from __future__ import annotations

from typing import Any

from mihari.formats.mavlink import words

Item = dict[str, Any]


def item(
    command: int,
    lat_deg: float | None = None,
    lon_deg: float | None = None,
    alt: float = 0.0,
    params: tuple[float | None, float | None, float | None, float | None] = (0.0, 0.0, 0.0, 0.0),
) -> Item:
    """Any command as a mission item; `params`: the first four, None for "not told" (NaN)."""
    made: Item = {"message": "MISSION_ITEM_INT", "seq": 0, "target_system": 0, "target_component": 0}
    made |= {"frame": words.RELATIVE_ALTITUDE, "command": command, "current": 0, "autocontinue": 1}
    made |= {f"param{number}": value for number, value in enumerate(params, 1)}
    return made | {"lat_deg": lat_deg, "lon_deg": lon_deg, "z": alt, "mission_type": words.MISSION}


def waypoint(
    lat_deg: float, lon_deg: float, alt: float, hold: float = 0.0, accept_radius: float = 0.0,
    pass_radius: float = 0.0, yaw_deg: float | None = None,
) -> Item:  # fmt: skip
    """Go there; `hold`: s to stay (rotary wing, rover), `accept_radius`: m at which it counts as reached,
    `pass_radius`: m to pass by (negative: counter-clockwise), `yaw_deg`: None keeps what the vehicle does by itself.

    >>> waypoint(41.0, 29.0, 50.0)["command"], waypoint(41.0, 29.0, 50.0)["param4"]
    (16, None)
    """
    return item(words.WAYPOINT, lat_deg, lon_deg, alt, (hold, accept_radius, pass_radius, yaw_deg))


def takeoff(
    alt: float, lat_deg: float | None = None, lon_deg: float | None = None, pitch_deg: float = 0.0,
    yaw_deg: float | None = None,
) -> Item:  # fmt: skip
    """Climb to `alt`, where it stands or on the way to a place; `pitch_deg`: least pitch of fixed wings."""
    return item(words.TAKEOFF, lat_deg, lon_deg, alt, (pitch_deg, 0.0, 0.0, yaw_deg))


def loiter_time(lat_deg: float, lon_deg: float, alt: float, seconds: float, radius: float = 0.0) -> Item:
    """Circle there for a time; `radius`: m, negative for counter-clockwise, 0 for the vehicle's own."""
    return item(words.LOITER_TIME, lat_deg, lon_deg, alt, (seconds, 0.0, radius, None))


def loiter_unlimited(lat_deg: float, lon_deg: float, alt: float, radius: float = 0.0) -> Item:
    """Circle there until told otherwise."""
    return item(words.LOITER_UNLIMITED, lat_deg, lon_deg, alt, (0.0, 0.0, radius, None))


def land(
    lat_deg: float | None = None, lon_deg: float | None = None, alt: float = 0.0, abort_alt: float = 0.0,
    yaw_deg: float | None = None,
) -> Item:  # fmt: skip
    """Land there, without a place where it is; `abort_alt`: m to climb to if landing fails, 0 for the vehicle's own."""
    return item(words.LAND, lat_deg, lon_deg, alt, (abort_alt, 0.0, 0.0, yaw_deg))


def return_to_launch() -> Item:
    """Go home."""
    return item(words.RETURN_TO_LAUNCH)


def region_of_interest(lat_deg: float, lon_deg: float, alt: float = 0.0, gimbal: int = 0) -> Item:
    """Keep the camera on a place from here on; `gimbal`: its device id, 0 for all."""
    return item(words.REGION_OF_INTEREST, lat_deg, lon_deg, alt, (float(gimbal), 0.0, 0.0, 0.0))
