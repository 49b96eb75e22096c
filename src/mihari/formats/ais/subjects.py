"""What a message is about: a vessel, a station, an aid, an aircraft or a distress device. ITU-R M.585-9, M.1371-5."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array

SUBJECTS = ("vessel", "station", "aid", "aircraft", "sart", "mob", "epirb")
VESSEL, STATION, AID, AIRCRAFT, SART, MOB, EPIRB = range(len(SUBJECTS))
DISTRESS = (SART, MOB, EPIRB)

_STATION_TYPES = (4, 11, 16, 17, 20, 22, 23)  # sent by base stations; 11 also answers for a vessel, see below
_ACTIVE_DISTRESS = 14  # navigation status of an active AIS-SART, MOB or EPIRB (M.1371-5 table 48)


def subjects(mmsi: Any, message_type: Any, status: Any) -> Array:
    """(n,) indices into SUBJECTS for columns of MMSI, message type and navigation status (-1 if not told).

    The MMSI decides first (970 AIS-SART, 972 man overboard, 974 EPIRB, 00 coast station, 99 aid, 111 aircraft), then
    status 14, then the type of message.
    """
    mmsi, kind, status = np.asarray(mmsi, np.int64), np.asarray(message_type), np.asarray(status)
    three, two = mmsi // 1_000_000, mmsi // 10_000_000
    tests = [
        three == 970, three == 972, three == 974, status == _ACTIVE_DISTRESS, two == 99, kind == 21,
        (mmsi >= 0) & (two == 0), three == 111, kind == 9,
        np.isin(kind, _STATION_TYPES) & ((kind != 11) | (two == 0)),
    ]  # fmt: skip
    found = [SART, MOB, EPIRB, SART, AID, AID, STATION, AIRCRAFT, AIRCRAFT, STATION]
    return np.select(tests, found, VESSEL).astype(np.uint8)


def subject_of(mmsi: int, message_type: int, status: int = -1) -> str:
    """The same for one message, by name.

    >>> subject_of(972_123_456, 1, 14), subject_of(2_288_225, 4), subject_of(227_006_760, 5)
    ('mob', 'station', 'vessel')
    """
    return SUBJECTS[int(subjects([mmsi], [message_type], [status])[0])]
