"""Vessels ⇄ bytes: 31 each, and one or two for their ids. Columns one after the other, as docs/mesh.md has them.

What a vessel calls itself goes separately (`mihari.mesh.identities`): it changes rarely. Standard deviations are
rounded up and correlations a little towards zero, so that no covariance comes out surer than it went in.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.core.shared import Shared

VERSION = 1
ROW = 31  # bytes of a vessel
AGE_S = 0.05  # step of ages; 65535 of them are 54 minutes, longer than any vessel is kept
SD_LEAST, SD_STEP = 0.02, 0.055  # sd = SD_LEAST · exp(SD_STEP · n), n = 0 to 255: 2 cm to 25 km, 5.5 % apart
EASE = 0.985  # correlations times this: rounding must not make a covariance indefinite
HEARD_LEAST, HEARD_STEP = 0.1, 0.055  # the same for ages of what was heard: 0.1 s to 33 hours; 0: never
METRES = 111_195.0  # one degree of latitude on the mean sphere, for moves of centimetres
GRID = 1e7
NO_HEADING = 0xFFFF
UNSURE = 1e9  # m², of a variance that is not known
READ = (
    "time", "lat_deg", "lon_deg", "east_mps", "north_mps", "cov_ee", "cov_en", "cov_eu", "cov_ev", "cov_nn", "cov_nu",
    "cov_nv", "cov_uu", "cov_uv", "cov_vv", "existence", "heading", "heard_radar", "heard_ais",
)  # fmt: skip
CODES = ("status", "source", "category")


def encode(rows: Shared, cut: float) -> bytes:
    """Vessels as their batch carries them; `cut`: UTC s of the batch, from which ages count. Ids go beside them.

    >>> rows = Shared.of(1, vessel=7, time=100.0, lat_deg=41.0, lon_deg=29.0, east_mps=3.0, north_mps=-1.0,
    ...     cov_ee=100.0, cov_nn=25.0, cov_en=30.0, cov_uu=1.0, cov_vv=1.0, existence=1.0)
    >>> packed = encode(rows, 100.0)
    >>> len(packed), round(float(decode(packed, np.array([7]), 100.0).lon_deg[0]), 6)
    (32, 29.0)
    """
    from mihari.mesh.packing import pack

    made = np.empty(1 + ROW * len(rows), np.uint8)
    made[0] = VERSION
    columns: list[Any] = [getattr(rows, name) for name in (*READ, *CODES)]
    pack(made[1:], cut, *columns)
    return made.tobytes()


def decode(packed: bytes | memoryview, vessels: Array, cut: float) -> Shared:
    """The vessels of a batch, with their ids. FormatError where the length does not fit or the version is another."""
    from mihari.mesh.packing import unpack

    n = len(vessels)
    if len(packed) < 1 + ROW * n or packed[0] != VERSION:  # a later writer may append columns
        raise FormatError("length", f"vessels: {len(packed)} bytes for {n} of them", bytes(packed[:64]))
    read, codes = np.empty((len(READ), n)), np.empty((len(CODES), n), np.uint8)
    unpack(np.frombuffer(packed, np.uint8)[1:], n, cut, read, codes)
    return Shared.of(n, vessel=vessels, **dict(zip((*READ, *CODES), (*read, *codes), strict=True)))


def warm() -> None:
    """Compile what writes and reads rows, once a version."""
    decode(encode(Shared.of(1, vessel=1, time=0.0, lat_deg=0.0, lon_deg=0.0), 0.0), np.zeros(1, np.int64), 0.0)
