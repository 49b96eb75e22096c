"""What a vehicle heard of others (AIS_VESSEL, ADSB_VEHICLE) without what its flags say is not valid.

`to_dicts` keeps those fields as they came, so that a message can be encoded again; `valid` makes None of them.
https://mavlink.io/en/messages/common.html#AIS_FLAGS, #ADSB_FLAGS. A heading has no flag in AIS_VESSEL; AIS tells
"not available" as 511°, so from 360° on it is None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

TURN_RATE_SIGN_ONLY = 32
AIS = {
    2: ("COG",),
    4: ("velocity",),
    16: ("turn_rate",),
    64: ("dimension_bow", "dimension_stern", "dimension_port", "dimension_starboard"),
    2048: ("callsign",),
    4096: ("name",),
}
ADSB = {
    1: ("lat_deg", "lon_deg"),
    2: ("altitude",),
    4: ("heading",),
    8: ("hor_velocity",),
    16: ("callsign",),
    32: ("squawk",),
    128: ("ver_velocity",),
}


def valid(message: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of an AIS_VESSEL or ADSB_VEHICLE, as `to_dicts` gives it, with None for every field that is not valid.

    >>> told = valid({"message": "AIS_VESSEL", "COG": 1.0, "velocity": 5.0, "heading": 8.9, "flags": 4})
    >>> told["COG"], told["velocity"], told["heading"]
    (None, 5.0, None)
    """
    made, flags = dict(message), message["flags"]
    vessel = message["message"] == "AIS_VESSEL"
    for flag, keys in (AIS if vessel else ADSB).items():
        if not flags & flag:
            made.update(dict.fromkeys(keys))
    if vessel and flags & TURN_RATE_SIGN_ONLY:
        made["turn_rate"] = None
    if vessel and made["heading"] >= 2 * math.pi:
        made["heading"] = None
    return made
