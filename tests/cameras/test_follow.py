"""A follower on the simulated camera: how far off it points, over speeds, distances, ways and delays; and its ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from mihari.cameras.follow import Follower, Seen
from mihari.cameras.geometry import Believed, angle_between, sight
from mihari.cameras.mount import Mount
from mihari.core.camera import Aim, CameraAway
from mihari.core.geodesy import direct
from mihari.simulate.cameras import Body, Hull, SimulatedCamera, straight_on
from mihari.simulate.cameras.body import Truth

T0, NM, KN = 1790000000.0, 1852.0, 1852 / 3600
RATE = math.radians(60.0)
BODY = Body(north=0.3, rate=(RATE, RATE / 2, 0.5))
MOUNT = Mount(BODY.lat_deg, BODY.lon_deg, BODY.height, BODY.north, rate=RATE)
STEP_S, SETTLED_S = 1.0, 10.0


class Tracker:
    """A picture's row every 3 s, half a second old, with errors that last for some rows, as told by its covariance."""

    def __init__(self, truth: Truth, hull: Hull, sd: float, rng: np.random.Generator) -> None:
        self.truth, self.hull, self.sd, self.rng = truth, hull, sd, rng
        self.place, self.velocity = rng.normal(0, sd, 2), rng.normal(0, 0.3, 2)
        self.row: Believed | None = None

    def at(self, now: float) -> Believed:
        if self.row is None or now - self.row.time >= 3.5:
            self.place = 0.8 * self.place + 0.6 * self.rng.normal(0, self.sd, 2)
            self.velocity = 0.8 * self.velocity + 0.6 * self.rng.normal(0, 0.3, 2)
            there = self.truth(now - 0.5)[0]
            lat_deg, lon_deg = direct(there.lat_deg, there.lon_deg, math.atan2(*self.place), math.hypot(*self.place))
            speed, course = self.hull.speed, self.hull.course
            east, north = speed * math.sin(course) + self.velocity[0], speed * math.cos(course) + self.velocity[1]
            covariance = np.diag([self.sd**2, self.sd**2, 0.09, 0.09])
            self.row = Believed(now - 0.5, float(lat_deg), float(lon_deg), east, north, covariance, self.hull.length)
        return self.row


@dataclass
class Run:
    """`off`: pointing errors as shares of the picture's width, after it has settled."""

    off: np.ndarray
    seen: list[Seen]
    follower: Follower
    camera: SimulatedCamera


def hull_on(way: str, speed_kn: float, miles: float, bearing: float, seconds: float) -> Hull:
    """Crossing: abeam at that distance in the middle; closing: from that distance towards the camera."""
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, bearing, miles * NM)
    course = bearing + (math.pi / 2 if way == "crossing" else math.pi + 0.05)
    if way == "crossing":
        lat_deg, lon_deg = direct(lat_deg, lon_deg, course, -speed_kn * KN * seconds / 2)
    return Hull(float(lat_deg), float(lon_deg), course, speed_kn * KN, 30.0)


def followed(way: str, speed_kn: float, miles: float, delay: float, seed: int = 1, sd: float = 20.0) -> Run:
    rng = np.random.default_rng(seed)
    seconds = 60.0 if way == "crossing" else min(60.0, 0.5 * miles * NM / (speed_kn * KN))
    hull = hull_on(way, speed_kn, miles, rng.uniform(0, 2 * math.pi), seconds)
    truth, now = straight_on([hull], T0), [T0]
    camera = SimulatedCamera(BODY, truth, lambda: now[0], delay)
    follower, tracker = Follower(camera, MOUNT, STEP_S), Tracker(truth, hull, sd, rng)
    off, seen = [], []
    for k in range(int(seconds / STEP_S)):
        now[0] = T0 + k * STEP_S
        seen.append(follower.step(now[0], tracker.at(now[0])).seen)
        for part in (0.0, 0.33, 0.66):
            time = now[0] + part * STEP_S
            if time >= T0 + SETTLED_S:
                there = truth(time)[0]
                true = sight(MOUNT, there.lat_deg, there.lon_deg)
                pan, tilt, zoom = (axis.at(time) for axis in camera.axes)
                off.append(
                    angle_between((MOUNT.bearing_at(pan), tilt), (true.bearing, true.elevation)) / MOUNT.view_at(zoom)
                )
    return Run(np.array(off), seen, follower, camera)


@pytest.mark.parametrize("delay", [0.1, 1.0])
@pytest.mark.parametrize("miles", [1.0, 5.0, 10.0])
@pytest.mark.parametrize("speed_kn", [5.0, 20.0, 40.0])
@pytest.mark.parametrize("way", ["crossing", "closing"])
def test_a_vessel_stays_in_the_middle_half_of_the_picture(way, speed_kn, miles, delay):
    run = followed(way, speed_kn, miles, delay)
    assert np.quantile(run.off, 0.95) < 0.25, (np.median(run.off), run.off.max())
    assert np.median(run.off) < 0.12
    assert run.off.max() < 0.5
    assert all(seen == Seen.IN_VIEW for seen in run.seen[int(SETTLED_S) :])


def test_the_errors_are_those_of_the_tracker_and_not_of_the_follower():
    """With a tracker that knows, what is left is the steps: half a period of the vessel's own motion."""
    for miles in (1.0, 5.0):
        run = followed("crossing", 40.0, miles, 1.0, sd=1.0)
        step = 40.0 * KN / (miles * NM) * STEP_S / 2
        assert np.quantile(run.off, 0.95) * MOUNT.view_at(run.camera.zoom.at(T0 + 60)) < 1.3 * step + 0.001


def test_the_delay_is_learned_from_the_answers():
    run = followed("crossing", 10.0, 3.0, 0.7)
    assert run.follower.delay == pytest.approx(0.7)


def test_without_lead_a_fast_vessel_is_left_behind():
    """What lead is worth: the same run with the vessel's velocity taken away points off by more."""
    led = followed("crossing", 40.0, 1.0, 1.0, sd=5.0)

    class Still(Tracker):
        def at(self, now: float) -> Believed:
            row = super().at(now)
            return Believed(row.time, row.lat_deg, row.lon_deg, 0.0, 0.0, row.covariance, row.length)

    rng = np.random.default_rng(1)
    hull = hull_on("crossing", 40.0, 1.0, rng.uniform(0, 2 * math.pi), 60.0)
    truth, now, off = straight_on([hull], T0), [T0], []
    camera = SimulatedCamera(BODY, truth, lambda: now[0], 1.0)
    follower, tracker = Follower(camera, MOUNT, STEP_S), Still(truth, hull, 5.0, rng)
    for k in range(60):
        now[0] = T0 + k
        step = follower.step(now[0], tracker.at(now[0]))
        there = truth(step.aim.time)[0]
        true = sight(MOUNT, there.lat_deg, there.lon_deg)
        if k >= SETTLED_S:
            looks = MOUNT.bearing_at(step.aim.pan), step.aim.tilt
            off.append(angle_between(looks, (true.bearing, true.elevation)) / step.view)
    assert np.median(off) > 3 * np.median(led.off)


def standing(bearing: float, miles: float, time: float = T0) -> Believed:
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, bearing, miles * NM)
    return Believed(time, float(lat_deg), float(lon_deg), 0.0, 0.0, np.diag([25.0, 25.0, 0.01, 0.01]), 30.0)


def on_clock(mount: Mount = MOUNT, body: Body = BODY) -> tuple[list[float], SimulatedCamera, Follower]:
    now = [T0]
    camera = SimulatedCamera(body, clock=lambda: now[0])
    return now, camera, Follower(camera, mount)


def test_it_turns_there_and_then_has_it_in_view():
    now, _, follower = on_clock()
    assert follower.step(T0, standing(3.0, 2.0)).seen == Seen.TURNING
    now[0] = T0 + 5.0
    found = follower.step(now[0], standing(3.0, 2.0))
    assert (found.seen, found.error < 1e-3) == (Seen.IN_VIEW, True)
    assert found.sight.distance == pytest.approx(2 * NM, rel=1e-3)


def test_the_rate_is_learned_where_it_is_slower_than_told():
    slow = Body(rate=(0.2, 0.2, 1.0))
    now, _, follower = on_clock(Mount(BODY.lat_deg, BODY.lon_deg, BODY.height, rate=RATE), slow)
    for k in range(6):
        now[0] = T0 + k
        follower.step(now[0], standing(2.5, 2.0, now[0]))
    assert follower.rate == pytest.approx(0.2, rel=0.05)


def test_a_vessel_without_news_is_lost_and_the_camera_stops():
    now, camera, follower = on_clock()
    follower.step(T0, standing(3.0, 2.0))
    now[0] = T0 + 0.5
    assert follower.step(now[0], None).seen == Seen.LOST
    assert not camera.where().moving
    assert follower.step(now[0], standing(3.0, 2.0, T0 - 200.0)).seen == Seen.LOST


def test_beyond_the_limits_or_the_horizon_it_is_out_of_reach():
    _, _, narrow = on_clock(Mount(BODY.lat_deg, BODY.lon_deg, BODY.height, pan=(-1.0, 1.0)), Body(pan=(-1.0, 1.0)))
    assert narrow.step(T0, standing(3.0, 2.0)).seen == Seen.OUT_OF_REACH
    _, _, follower = on_clock()
    assert follower.step(T0, standing(3.0, 25.0)).seen == Seen.OUT_OF_REACH


def test_the_end_stops_the_camera_and_is_the_end():
    now, camera, follower = on_clock()
    follower.step(T0, standing(3.0, 2.0))
    now[0] = T0 + 0.5
    assert camera.where().moving
    assert follower.end() == ""
    assert not camera.where().moving
    with pytest.raises(ValueError, match="ended"):
        follower.step(T0 + 1.0, standing(3.0, 2.0))


class Gone:
    """A camera that is away."""

    def where(self) -> Aim:
        raise CameraAway("camera pier: does not answer within 5 s")

    def move(self, *_: float) -> None:
        raise CameraAway("camera pier: does not answer within 5 s")


def test_a_camera_that_is_away_is_told_and_tried_again():
    follower = Follower(Gone(), MOUNT)
    found = follower.step(T0, standing(3.0, 2.0))
    assert (found.seen, found.said) == (Seen.AWAY, "camera pier: does not answer within 5 s")
    assert follower.end() == "camera pier: does not answer within 5 s"
    now, camera, _ = on_clock()
    follower = Follower(Gone(), MOUNT)
    follower.step(T0, standing(3.0, 2.0))
    follower.camera = camera
    follower.step(T0, standing(3.0, 2.0))
    now[0] = T0 + 5.0
    assert follower.step(now[0], standing(3.0, 2.0)).seen == Seen.IN_VIEW
