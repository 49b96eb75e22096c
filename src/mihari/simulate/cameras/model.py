"""A camera that is not there, asked directly: the twin of a real one, without a network, on any clock."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence

from mihari.core.camera import CLIP_MAX_S, About, Aim
from mihari.formats.avi import encode as avi
from mihari.simulate.cameras.axis import Axis
from mihari.simulate.cameras.body import Body, Hull, Truth
from mihari.simulate.cameras.jpeg import encode as jpeg
from mihari.simulate.cameras.render import render

CLIP_RATE = 5.0  # pictures a second
KEEPS_TURNING_S = 5.0  # after which a turn ends by itself, as a camera's default timeout has it


def _nothing(_: float) -> Sequence[Hull]:
    return ()


class SimulatedCamera:
    """A `Camera` (`mihari.core.camera`) by its mechanics. `clock`: UTC s, must not go back; `delay`: s, there and back.

    `share`: of its full speed, the most it uses when it is told to aim.

    >>> now = [100.0]
    >>> one = SimulatedCamera(Body(rate=(0.5, 0.5, 0.5)), clock=lambda: now[0])
    >>> one.aim(1.0, -0.1, 0.0); now[0] = 101.0; one.where().pan
    0.5
    """

    def __init__(
        self, body: Body, truth: Truth = _nothing, clock: Callable[[], float] = lambda: 0.0, delay: float = 0.0,
        share: float = 1.0,
    ) -> None:  # fmt: skip
        self.body, self.truth, self.clock, self.delay, self.share = body, truth, clock, delay, share
        pan, tilt, zoom = body.rate
        self.pan = Axis(*body.pan, pan, body.endless)
        self.tilt = Axis(*body.tilt, tilt)
        self.zoom = Axis(0.0, 1.0, zoom)
        self.lock = threading.RLock()  # the server's threads share it

    @property
    def axes(self) -> tuple[Axis, Axis, Axis]:
        """Pan, tilt and zoom."""
        return self.pan, self.tilt, self.zoom

    def aim(self, pan: float, tilt: float, zoom: float) -> None:
        """As `Camera` has it."""
        self.go((pan, tilt, zoom), (self.share,) * 3, self.clock() + self.delay / 2)

    def move(self, pan_rate: float, tilt_rate: float, zoom_rate: float) -> None:
        """As `Camera` has it."""
        self.turn((pan_rate, tilt_rate, zoom_rate), self.clock() + self.delay / 2)

    def where(self) -> Aim:
        """As `Camera` has it: as of half the delay ago, when a question asked a delay ago was there."""
        time = self.clock() - self.delay / 2
        with self.lock:
            pan, tilt, zoom = (axis.at(time) for axis in self.axes)
            moving = any(axis.moving(time) for axis in self.axes)
        return Aim(pan, tilt, zoom, moving, time, self.delay)

    def still(self) -> bytes:
        """As `Camera` has it."""
        return self.seen_at(self.clock())

    def clip(self, seconds: float) -> bytes:
        """As `Camera` has it: of the time that ends now."""
        seconds = min(seconds, CLIP_MAX_S)
        count = max(round(seconds * CLIP_RATE), 1)
        end = self.clock()
        return avi([self.seen_at(end - (count - 1 - k) / CLIP_RATE) for k in range(count)], CLIP_RATE)

    def about(self) -> About:
        """As `Camera` has it."""
        return About("Mihari", "simulated camera", "1", "0", aims=True, turns=True, pictures=True, clock=0.0)

    def go(self, to: Sequence[float | None], shares: Sequence[float], time: float) -> None:
        """Each axis to its place at a share of its full speed; None: it stays as it is."""
        with self.lock:
            for axis, place, share in zip(self.axes, to, shares, strict=True):
                if place is not None:
                    axis.go(time, place, axis.fastest * min(max(share, 0.0), 1.0) or axis.fastest)

    def turn(self, rates: Sequence[float | None], time: float, seconds: float = KEEPS_TURNING_S) -> None:
        """Each axis at its rate for so long; None: it stays as it is."""
        with self.lock:
            for axis, rate in zip(self.axes, rates, strict=True):
                if rate is not None:
                    axis.turn(time, rate, time + seconds)

    def stop(self, axes: Sequence[bool], time: float) -> None:
        """Those axes stop."""
        with self.lock:
            for axis, wanted in zip(self.axes, axes, strict=True):
                if wanted:
                    axis.stop(time)

    def seen_at(self, time: float) -> bytes:
        """A still of that time, JPEG."""
        with self.lock:
            pan, tilt, zoom = (axis.at(time) for axis in self.axes)
        return jpeg(render(self.body, (pan, tilt, zoom), self.truth(time), math.floor(time * 100) / 100))
