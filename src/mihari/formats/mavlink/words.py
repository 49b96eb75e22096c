"""Numbers of MAVLink's enumerations that commands and missions use, and their names.

https://mavlink.io/en/messages/common.html: MAV_RESULT, MAV_MISSION_RESULT, MAV_MISSION_TYPE, MAV_FRAME, MAV_CMD.
"""

from __future__ import annotations

RESULTS = (
    "ACCEPTED", "TEMPORARILY_REJECTED", "DENIED", "UNSUPPORTED", "FAILED", "IN_PROGRESS", "CANCELLED",
    "COMMAND_LONG_ONLY", "COMMAND_INT_ONLY", "COMMAND_UNSUPPORTED_MAV_FRAME", "NOT_IN_CONTROL",
)  # fmt: skip
ACCEPTED, TEMPORARILY_REJECTED, IN_PROGRESS = 0, 1, 5
MISSION_RESULTS = (
    "ACCEPTED", "ERROR", "UNSUPPORTED_FRAME", "UNSUPPORTED", "NO_SPACE", "INVALID", "INVALID_PARAM1", "INVALID_PARAM2",
    "INVALID_PARAM3", "INVALID_PARAM4", "INVALID_PARAM5_X", "INVALID_PARAM6_Y", "INVALID_PARAM7", "INVALID_SEQUENCE",
    "DENIED", "OPERATION_CANCELLED",
)  # fmt: skip
MISSION_ACCEPTED, MISSION_CANCELLED = 0, 15
MISSION, FENCE, RALLY = 0, 1, 2  # MAV_MISSION_TYPE
RELATIVE_ALTITUDE = 6  # MAV_FRAME_GLOBAL_RELATIVE_ALT_INT
WAYPOINT, LOITER_UNLIMITED, LOITER_TIME, RETURN_TO_LAUNCH, LAND, TAKEOFF = 16, 17, 19, 20, 21, 22  # MAV_CMD_NAV_…
REGION_OF_INTEREST = 195  # MAV_CMD_DO_SET_ROI_LOCATION


def word(names: tuple[str, ...], number: int) -> str:
    """The name of a number in words.

    >>> word(MISSION_RESULTS, 4), word(RESULTS, 77)
    ('no space', 'result 77')
    """
    return names[number].lower().replace("_", " ") if number < len(names) else f"result {number}"
