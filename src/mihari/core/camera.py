"""The seam to a camera that turns and zooms: where it looks, and the few things it is asked. Angles in rad.

`pan` counts clockwise from the camera's own zero, which looks to the true bearing `north_deg` of its section; `tilt` is
an elevation, up positive; `zoom` goes from 0, the widest picture, to 1, the narrowest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from mihari.core.errors import MihariError

CLIP_MAX_S = 30.0  # of moving pictures at a time: at 10 stills a second of 300 kB that is 90 MB


class CameraAway(MihariError):
    """The camera does not answer, or does not do what it is asked, for now: it is worth trying again."""


class CameraRefuses(CameraAway):
    """The camera answers and says no: a wrong password, a movement that it cannot make."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a camera looks, as it told itself.

    `time`: UTC s at which that held, by our clock, halfway between question and answer; `delay`: s from one to the
    other; `moving`: None where it does not tell.
    """

    pan: float
    tilt: float
    zoom: float
    moving: bool | None = None
    time: float = math.nan
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class About:
    """What a camera says it is, and what it can be asked; `clock`: s by which its clock is ahead, NaN unknown."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    aims: bool = False  # goes to an absolute place
    turns: bool = False  # turns at a rate until it is stopped
    pictures: bool = False  # gives stills
    stream: str = ""  # where its moving pictures are, without user and password
    clock: float = math.nan


class Camera(Protocol):
    """A camera. Every method may take as long as its timeout, and raises `CameraAway` where it cannot."""

    def aim(self, pan: float, tilt: float, zoom: float) -> None:
        """Go there, at the rate that is allowed; answers when the camera has understood, not when it has arrived."""

    def move(self, pan_rate: float, tilt_rate: float, zoom_rate: float) -> None:
        """Turn at these rates, rad/s and 1/s, until told otherwise or for a few seconds; zeros stop it."""

    def where(self) -> Aim:
        """Where it looks."""

    def still(self) -> bytes:
        """What it sees, as JPEG."""

    def clip(self, seconds: float) -> bytes:
        """What it sees for so long, at most `CLIP_MAX_S`: an AVI file of JPEG pictures."""

    def about(self) -> About:
        """What it is."""
