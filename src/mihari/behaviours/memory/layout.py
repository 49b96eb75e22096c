"""How vessels are remembered: one sample per vessel, 30 s and cell; voices; findings. Layouts of the arrays.

**Sample**: the first sighting of a vessel in its bin of 30 s and in its cell of 0.02°. Which sightings are samples
follows from the set of all sightings, not from the order in which they came; that makes late arrival harmless. A name
that is told from two places is in two cells, so both are sampled.

**Voice**: a train of samples that one hull can have sailed. A sample that no voice of its vessel can have reached
begins a new one. Most vessels have one voice.

**Finding**: an interval [start, end) of whole seconds in which a flag holds for a voice. A flag that is decided by two
samples in a row holds from the first until the second, if they are at most an hour apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

VOICES = 3  # one hull, another with its name, and one place that was told by mistake
BLOCK = 32  # samples or findings in a block of a list
NONE = -1
UNKNOWN = 65535  # of the unsigned 16 bit fields
UNKNOWN_SHORE = -32768
SHORE_UNIT = 20.0  # m of the `shore` field: up to 655 km, negative on land

# flags decided by two samples in a row (bit of the mask); from bit 32 on: inside area k
FLAGS = (
    "present",  # heard at least once an hour
    "stopped",
    "slow",
    "trawling_speed",
    "drifting_speed",
    "fast",
    "crosswise",  # heading across the course
    "turning",
    "says_anchored",
    "says_moored",
    "says_fishing",
    "says_restricted",
    "says_not_under_command",
    "says_distress",
    "on_land",
    "off_shore_1nm",
    "off_shore_20nm",
    "off_shore_50nm",
    "two_places",  # another voice of the same name is heard as well
    "displaced",  # since an impossible jump
    "held",  # by radar, no AIS
    "shoreward",  # the shore comes nearer about as fast as the vessel sails
    "off_shore_3nm",
    "off_shore_10km",
    "says_off_position",  # an aid to navigation
)
SILENT = 30  # not a flag of samples: no sample for `silent_s` or longer
AREA_BITS = 32  # bits 32 to 63
BIT = {name: k for k, name in enumerate(FLAGS)}

SAMPLE = np.dtype(
    [
        ("t", "u4"),  # UTC s, whole
        ("lat", "i4"),  # 1e-7 degrees
        ("lon", "i4"),
        ("areas", "u4"),  # bit k: inside area k
        ("offset", "u4"),  # of the report, its lower 32 bits
        ("speed", "u2"),  # cm/s; UNKNOWN
        ("course", "u2"),  # 0.01 degrees
        ("heading", "u2"),
        ("shore", "i2"),  # SHORE_UNIT
        ("feed", "i2"),
        ("station", "i2"),
        ("status", "i1"),
        ("kind", "u1"),  # SightingKind; 16 times the voice it belongs to is added
    ],
    align=True,
)
FOUND = np.dtype(
    [
        ("start", "u4"),
        ("end", "u4"),
        ("lat0", "i4"),  # where the leg or the silence began
        ("lon0", "i4"),
        ("lat1", "i4"),  # where the finding ended
        ("lon1", "i4"),
        ("rows", "u2"),  # samples of the leg so far, at most 65535; of a silence: the pace before it, s
        ("flag", "u1"),
        ("voice", "u1"),  # of a silence: 1 if the vessel was slow when last heard
        ("station", "i2"),  # of a silence: who heard the vessel last
        ("other", "i2"),  # and who else within an hour before; the same where nobody did
        ("speed", "u2"),  # before a silence, cm/s, and 0.01 degrees; UNKNOWN
        ("course", "u2"),
    ],
    align=True,
)
VOICE = np.dtype(
    [
        ("mask", "u8"),  # flags that hold since `runs`
        ("t", "u4"),  # of the last sample; 0: no voice
        ("begun", "u4"),  # of the first sample of the leg
        ("lat", "i4"),
        ("lon", "i4"),
        ("lat0", "i4"),  # of the first sample of the leg
        ("lon0", "i4"),
        ("rows", "u4"),  # samples of the leg
        ("areas", "u4"),
        ("speed", "u2"),
        ("course", "u2"),
        ("heading", "u2"),
        ("shore", "i2"),
        ("status", "i1"),
        ("kind", "u1"),
        ("displaced", "u1"),
    ],
    align=True,
)
# the newest sample of a vessel; pace: s between its samples, an average over the last eight or so
HEAD = np.dtype(
    [
        ("t", "u4"),
        ("lat", "i4"),
        ("lon", "i4"),
        ("rows", "u4"),
        ("pace", "f4"),
        ("other_t", "u4"),  # when another station than the last was the one that heard the vessel
        ("voice", "u2"),
        ("station", "i2"),
        ("other", "i2"),
    ],
    align=True,
)
VESSEL = np.dtype(
    [
        ("key", "i8"),
        ("first", "i4"),  # blocks of samples, oldest and newest
        ("last", "i4"),
        ("samples", "i4"),
        ("found_first", "i4"),  # blocks of findings
        ("found_last", "i4"),
        ("founds", "i4"),
        ("settled", "i4"),  # of them, those that no late sighting can change
        ("touched", "u1"),
    ],
    align=True,
)


@dataclass(frozen=True, slots=True)
class Pace:
    """Parameters of remembering and of the flags, in SI units; each with the reason for its value."""

    sample_s: int = 30  # class B under way reports every 30 s (M.1371-5 table 2)
    cell_deg: float = 0.02  # 1.2 NM: two hulls with one name nearer than that are one to us
    revise_s: int = 21_600  # sightings up to 6 h late revise what was found
    keep_s: int = 172_800  # findings are kept for two days: the longest definition asks for 12 h before
    step_s: int = 3600  # samples farther apart tell nothing of what was between (GFW pipe-encounters, MAX_GAP_HOURS 1)
    seen_s: int = 120  # the same for what the picture tells every ten seconds: longer apart, it was not so between
    reach_mps: float = 30.9  # 60 kn: faster than any vessel but a few racing boats
    slack_m: float = 500.0  # AIS places are good to 10 m, their times to seconds: 15 s at 60 kn
    confirm_rows: int = 3  # samples that make a voice more than a slip
    voice_s: int = 360  # a voice is still there for two reports of an anchored class A vessel (3 min)
    apart_m: float = 1852.0  # two places of one name nearer than a mile may be two aerials, or a bad fix
    silent_s: int = 600  # shorter silences are kept by nobody
    unknown_s: int = 1800  # after so long a silence nobody knows that a vessel stayed slow; as the shortest gap told
    stopped_mps: float = 0.257222  # 0.5 kn (GFW anchorages: stop end 0.5 kn)
    slow_mps: float = 1.028889  # 2 kn (GFW encounters and loitering)
    trawl_low_mps: float = 1.028889  # 2 kn; trawlers tow at 2 to 5 kn (Mazzarella et al. 2014)
    trawl_high_mps: float = 2.572222  # 5 kn
    drift_low_mps: float = 0.51  # 1 kn (DMA AisAbnormal), in the whole cm/s that samples have: 1.0 kn is one
    drift_high_mps: float = 2.572222  # 5 kn (DMA AisAbnormal)
    fast_mps: float = 10.288889  # 20 kn: what AIS tells as 20.0 kn, 1029 cm/s, is fast
    crosswise_rad: float = 0.7854  # a hair above 45°: more than that (DMA AisAbnormal)
    turning_rad_s: float = 0.00873  # 0.5°/s: 30° in a minute
    shoreward: float = 0.8  # cosine of 37°: at least so much of the way sailed brings the shore nearer

    def numbers(self) -> Any:
        """The parameters as one record for kernels."""
        names = list(self.__dataclass_fields__)
        kinds = [(name, "i8" if isinstance(getattr(self, name), int) else "f8") for name in names]
        return np.array([tuple(getattr(self, name) for name in names)], dtype=np.dtype(kinds))
