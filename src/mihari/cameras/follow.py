"""A camera and a vessel as the picture believes it -> the camera stays on it. Time is an argument, the vessel too.

Each step asks the camera where it looks, says whether the vessel is in view, and sends the camera to where the vessel
will be in the middle of the time until the next step. What is learned on the way: the delay of the network (median of
the last answers) and the rate at which the camera really turns.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

from mihari.cameras.geometry import Believed, Pointing, Sight, angle_between, pointing, predicted, seen_at
from mihari.cameras.mount import TURN, Mount
from mihari.core.camera import Aim, Camera, CameraAway

DELAYS_KEPT = 9
STALE_S = 120.0  # without news of the vessel for so long it is lost: at 20 kn it may be anywhere within 1.2 km
GONE_S = 30.0  # without an answer of the camera for so long
LEAST_SHARE = 0.04  # of the view, below which a correction is not worth the motors' wear
ZOOM_SLACK = 0.05  # of its way, by which a zoom may be off and the picture is still worth taking
MOTION_MIN = 0.02  # rad between two answers, from which a rate is learned


class Seen(StrEnum):
    """How it stands with the vessel and the camera."""

    TURNING = "turning to it"
    IN_VIEW = "in view"
    OUT_OF_VIEW = "out of view"  # the camera is where it was sent, and the vessel is not in the picture
    LOST = "lost"  # nothing was heard of the vessel for too long, or nobody knows where it is
    OUT_OF_REACH = "out of reach"  # beyond the camera's limits, or under the horizon altogether
    AWAY = "camera away"


@dataclass(frozen=True, slots=True)
class Following:
    """A step's outcome. `error`: rad between where the camera looks and the vessel; `view`: width of the picture.

    `settled`: it has the vessel near the middle and the zoom that is wanted, so a picture is worth taking.
    """

    seen: Seen
    time: float
    error: float = math.nan
    view: float = math.nan
    aim: Aim | None = None
    sight: Sight | None = None
    said: str = ""  # what the camera said where it is away
    settled: bool = False


@dataclass(slots=True)
class Follower:
    """Keeps a vessel in view. `period`: s between steps; `hull`: m of its height that may be hidden."""

    camera: Camera
    mount: Mount
    period: float = 1.0
    hull: float = 10.0
    _delays: deque[float] = field(default_factory=lambda: deque(maxlen=DELAYS_KEPT))
    _last: Aim | None = None
    _sent: Pointing | None = None
    _rate: float = 0.0  # learned, rad/s; 0: not yet
    _heard: float = math.nan  # when the camera answered last
    _ended: bool = False

    @property
    def delay(self) -> float:
        """s from a question to its answer, as learned."""
        return median(self._delays) if self._delays else 0.0

    @property
    def rate(self) -> float:
        """At which it turns: learned where it is slower than told."""
        return min(self._rate or math.inf, self.mount.fastest)

    def step(self, now: float, vessel: Believed | None) -> Following:
        """One look and one correction. `now`: UTC s; the vessel as the picture believes it, None: it has none."""
        if self._ended:
            raise ValueError("this follower has ended")
        try:
            aim = self._asked(now)
            if vessel is None or now - vessel.time > STALE_S:
                self._hold()
                return Following(Seen.LOST, now, aim=aim, view=self.mount.view_at(aim.zoom))
            return self._corrected(now, vessel, aim)
        except CameraAway as problem:
            self._sent = None
            return Following(Seen.AWAY, now, said=str(problem))

    def end(self) -> str:
        """Stop the camera. What it said where it could not be stopped, '' otherwise; its own timeout stops it then."""
        self._ended = True
        try:
            self.camera.move(0.0, 0.0, 0.0)
        except CameraAway as problem:
            return str(problem)
        return ""

    def _asked(self, now: float) -> Aim:
        aim = self.camera.where()
        self._delays.append(aim.delay)
        before, self._last, self._heard = self._last, aim, now
        if before is not None and aim.moving and before.moving and aim.time > before.time:
            moved = max(abs((aim.pan - before.pan + math.pi) % TURN - math.pi), abs(aim.tilt - before.tilt))
            if moved > MOTION_MIN:
                self._rate = max(self._rate * 0.9, moved / (aim.time - before.time))
        return aim

    def _corrected(self, now: float, vessel: Believed, aim: Aim) -> Following:
        then = seen_at(self.mount, predicted(vessel, aim.time))
        looks = self.mount.bearing_at(aim.pan), aim.tilt
        error, view = angle_between(looks, (then.bearing, then.elevation)), self.mount.view_at(aim.zoom)
        ahead = self.period / 2
        wanted = pointing(self.mount, vessel, now, (aim.pan, aim.tilt), self.delay / 2, self.rate, ahead)
        if wanted is None or then.hidden > self.hull:
            self._hold()
            return Following(Seen.OUT_OF_REACH, now, error, view, aim, then)
        if self._worth(wanted, aim, view):
            self.camera.aim(wanted.pan, wanted.tilt, wanted.zoom)
            self._sent = wanted
        inside = self._inside(looks, then, view)
        underway = self._sent is not None and now < self._sent.time + self.period
        seen = Seen.IN_VIEW if inside else Seen.TURNING if underway or aim.moving else Seen.OUT_OF_VIEW
        settled = inside and error < view / 4 and abs(aim.zoom - wanted.zoom) < ZOOM_SLACK
        return Following(seen, now, error, view, aim, then, settled=settled)

    def _inside(self, looks: tuple[float, float], then: Sight, view: float) -> bool:
        turn = (then.bearing - looks[0] + math.pi) % TURN - math.pi
        high = self.mount.height_of(view)
        return abs(turn) * math.cos(looks[1]) < view / 2 and abs(then.elevation - looks[1]) < high / 2

    def _worth(self, wanted: Pointing, aim: Aim, view: float) -> bool:
        """Whether a correction is seen: by where it was sent last, or where it looks."""
        sent = aim if self._sent is None else self._sent
        off = angle_between((wanted.pan, wanted.tilt), (sent.pan, sent.tilt))
        adrift = not aim.moving and angle_between((aim.pan, aim.tilt), (wanted.pan, wanted.tilt)) > view / 4
        return off > LEAST_SHARE * view or adrift or abs(wanted.zoom - sent.zoom) > 0.02

    def _hold(self) -> None:
        """Stop where it is, once."""
        if self._sent is not None:
            self.camera.move(0.0, 0.0, 0.0)
            self._sent = None
