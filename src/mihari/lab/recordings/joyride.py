"""joyride.mat: a boat that manoeuvres, seen by the X-band radar of another; 238 scans in 638 s, with both boats' truth.

Of Hem, Brekke and Tokle, published with their tracker VIMMJIPDA; CC0. Where on Earth is not told; the plane's origin is
the radar's mean place.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mihari.lab.recordings.recording import Looks, Places, Recording, file_of, in_plane

NAME = "tracking/joyride/joyride.mat"
EAST, EAST_MPS, NORTH, NORTH_MPS = 2, 3, 0, 1  # columns of a state as written: north, its rate, east, its rate


def load(base: Path | None = None) -> Recording:
    """The recording; `base`: the folder of recordings, by default the one that `$MIHARI_DATA` names."""
    from scipy.io import loadmat

    found = loadmat(file_of(NAME, base))
    boat, radar = (found[name].astype(float) for name in ("target", "telemetron"))
    middle = radar[:, [EAST, NORTH]].mean(axis=0)
    time = found["time"].ravel().astype(float)
    own = radar[:, [EAST, NORTH]] - middle
    cells = []
    for (cell,) in found["measurements"]:
        rows = np.asarray(cell, float).reshape(-1, 2)
        cells.append(rows[np.isfinite(rows).all(axis=1)][:, ::-1] - middle)
    truth = Places.of(
        len(time), time=time, vessel=0, east=boat[:, EAST] - middle[0], north=boat[:, NORTH] - middle[1],
        east_mps=boat[:, EAST_MPS], north_mps=boat[:, NORTH_MPS],
    )  # fmt: skip
    looks = Looks.of(len(time), time=time, east=own[:, 0], north=own[:, 1])
    plots = in_plane(np.arange(len(time)), cells)
    return Recording("joyride", "CC0 1.0, Hem, Brekke and Tokle", None, ("radar",), looks, plots, truth)
