"""The shore radar of the Trondheim canal, 2023: 876 recordings, 1.6 million plots of a turn in 1.25 s, without truth.

Of erlingh99/prosjektoppgave; CC0. Rows as written are s, m north, m east, about the frame's origin; the radar stands at
(-8, 0). Stamps are whole seconds; nearly every plot is in the file twice, decimetres apart (`recording.merged`).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mihari.core.columns import Array
from mihari.lab.recordings.recording import Looks, Places, Plots, Recording, file_of

NAME = "tracking/trondheim_canal_2023.npz"
ORIGIN, RADAR_EAST, RADAR_NORTH = (63.4389, 10.3991), 0.0, -8.0
LICENCE = "CC0, erlingh99/prosjektoppgave"


def load(longer_than_s: float = 0.0, base: Path | None = None) -> list[Recording]:
    """The recordings that last longer, in order of time, each a look for every stamp that has plots."""
    with np.load(file_of(NAME, base)) as file:
        parts = {name: file[name].astype(float) for name in sorted(file.files)}
    return [_recording(f"canal {name}", part) for name, part in parts.items() if _span(part) > longer_than_s]


def _span(part: Array) -> float:
    return float(np.ptp(part[:, 0])) if len(part) else -np.inf


def _recording(name: str, part: Array) -> Recording:
    stamps, look = np.unique(part[:, 0], return_inverse=True)
    order = np.argsort(look, kind="stable")
    looks = Looks.of(len(stamps), time=stamps, east=RADAR_EAST, north=RADAR_NORTH)
    plots = Plots.of(len(order), look=look[order], east=part[order, 2], north=part[order, 1])
    return Recording(name, LICENCE, ORIGIN, ("radar",), looks, plots, Places.empty())
