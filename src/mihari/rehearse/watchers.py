"""Vehicles as they were flown -> the ways of vessels, those that evade among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.patrol.cells import Cells
from mihari.rehearse.crossings import Crossings
from mihari.rehearse.evasion import BY_DAY, BY_NIGHT, STEP_S, evade
from mihari.rehearse.judge import Judge

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gone:
    """m vessels as they went. at: times (k,) UTC s -> unit vectors (m, k, 3); begin, end (m,) UTC s."""

    crossings: Crossings
    at: Callable[[Floats], Floats]
    begin: Floats
    end: Floats


def gone(cast: Crossings, cells: Cells, judge: Judge) -> Gone:
    """How crossings go while a flight is in the air."""
    if not cast.family.evasive:
        return Gone(cast, cast.at, cast.begin, cast.end)
    times = np.arange(judge.times[0], cast.latest + STEP_S, STEP_S)
    row = np.clip(np.searchsorted(judge.times, times, side="right") - 1, 0, len(judge.times) - 1)
    night = np.array([spell.night for spell in judge.conditions.spells])[judge.spell[row]]
    slant = np.where(night, BY_NIGHT, BY_DAY)[:, None]
    height = np.maximum(judge.height[row], 0.0)
    notices = judge.out[row] & (judge.height[row] > -1.0)  # what lies under water is not noticed
    within = np.where(notices, np.sqrt(np.maximum(slant**2 - height**2, 0.0)), 0.0)
    ways = evade(cast, cells, times, judge.vehicle[row], within)
    return Gone(cast, ways.at, ways.begin, ways.end)
