"""Where to look: bearings, elevations, limits, widths; against an independent formula and the simulated picture."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mihari.cameras.geometry import (
    RADIUS,
    Believed,
    angle_between,
    believed_of,
    horizon,
    pointing,
    predicted,
    seen_at,
    sight,
    view_for,
)
from mihari.cameras.mount import Mount, mount_of
from mihari.core.asset_sections import CameraSection
from mihari.core.geodesy import direct, inverse
from mihari.core.picture import Vessels
from mihari.simulate.cameras import Body, Hull, SimulatedCamera, straight_on

MOUNT = Mount(26.2, 127.6, 25.0)
NM = 1852.0


def vessel_at(bearing: float, distance: float, sd: float = 10.0, length: float = 60.0) -> Believed:
    lat_deg, lon_deg = direct(MOUNT.lat_deg, MOUNT.lon_deg, bearing, distance)
    return Believed(100.0, float(lat_deg), float(lon_deg), 0.0, 0.0, np.diag([sd**2, sd**2, 0.01, 0.01]), length)


@settings(max_examples=50)
@given(st.floats(0.0, 2 * math.pi - 1e-6), st.floats(0.1 * NM, 12 * NM), st.floats(-60.0, 70.0))
def test_bearing_and_elevation_are_those_of_the_geodesic_and_of_a_bent_earth(bearing, distance, lat_deg):
    mount = Mount(lat_deg, 179.95, 30.0)
    at = direct(lat_deg, 179.95, bearing, distance)
    seen = sight(mount, float(at[0]), float(at[1]))
    assert angle_between((seen.bearing, 0.0), (float(inverse(lat_deg, 179.95, *at)[1]), 0.0)) < 2e-5
    assert seen.elevation == pytest.approx(math.atan(-(30.0 / distance + distance / (2 * RADIUS))), abs=3e-5)
    assert seen.distance == pytest.approx(math.hypot(distance, 30.0), rel=1e-4)


def test_the_optical_horizon_is_nearer_than_the_radars():
    assert horizon(MOUNT) == pytest.approx(3.83e3 * 5.0, rel=2e-3)  # 3.83 km · sqrt(h / m)
    beyond = seen_at(MOUNT, vessel_at(1.0, 14 * NM))
    assert beyond.hidden == pytest.approx((14 * NM - horizon(MOUNT)) ** 2 / (2 * RADIUS), rel=0.01)
    assert beyond.elevation == pytest.approx(-math.sqrt(2 * 25.0 / RADIUS), abs=5e-5)  # the horizon's dip


@given(st.floats(-10.0, 10.0), st.floats(-4.0, 4.0), st.floats(0.1, 6.28), st.floats(-7.0, 7.0))
def test_a_pan_looks_to_its_bearing_and_stays_within_its_limits(bearing, north, half, near):
    mount = Mount(0.0, 0.0, north=north, pan=(-half, half))
    pan = mount.pan_for(bearing, near)
    turned = [bearing - north + k * 2 * math.pi for k in range(-4, 5)]
    there = [p for p in turned if -half < p < half]
    if pan is None:
        assert not [p for p in turned if -half + 1e-6 < p < half - 1e-6]
    else:
        assert -half - 1e-6 <= pan <= half + 1e-6
        assert angle_between((mount.bearing_at(pan), 0.0), (bearing, 0.0)) < 1e-6
        assert abs(pan - near) <= min((abs(p - near) for p in there), default=math.inf) + 1e-6


def test_the_section_tells_the_mount():
    section = CameraSection(
        name="pier", url="http://x/", lat_deg=1.0, lon_deg=2.0, height_m=3.0, north_deg=90.0, pan_deg=180.0,
        tilt_deg=(30.0, -60.0), view_deg=(50.0, 5.0), rate_deg_s=40.0, allowed_deg_s=10.0,
    )  # fmt: skip
    mount = mount_of(section)
    angles = [math.degrees(x) for x in (mount.north, *mount.pan, *mount.tilt)]
    told = [mount.lat_deg, mount.lon_deg, mount.height, *angles]
    assert told == pytest.approx([1.0, 2.0, 3.0, 90.0, -90.0, 90.0, 30.0, -60.0])
    assert [math.degrees(v) for v in (*mount.view, mount.rate, mount.fastest)] == pytest.approx([50, 5, 40, 10])
    assert (mount.endless, Mount(0.0, 0.0).endless) == (False, True)
    assert (mount.tilt_for(math.radians(31.0)), mount.tilt_for(0.5)) == (None, 0.5)


def test_the_picture_holds_the_vessel_and_its_uncertainty():
    for distance in (NM, 5 * NM):
        one = vessel_at(0.7, distance, sd=30.0, length=100.0)
        view = view_for(MOUNT, one, seen_at(MOUNT, one))
        assert view * distance * 0.6 == pytest.approx(100.0 + 4 * 30.0, rel=0.01)
    unknown = view_for(MOUNT, vessel_at(0.7, NM, 0.0, math.nan), seen_at(MOUNT, vessel_at(0.7, NM)))
    assert unknown * NM * 0.6 == pytest.approx(60.0, rel=0.01)


def test_a_near_vessel_of_unsure_distance_needs_height():
    lat_deg, lon_deg = direct(MOUNT.lat_deg, MOUNT.lon_deg, 0.0, 300.0)
    along = Believed(0.0, float(lat_deg), float(lon_deg), 0.0, 0.0, np.diag([0.0, 50.0**2, 0.0, 0.0]), 5.0)
    view = view_for(MOUNT, along, seen_at(MOUNT, along))
    assert MOUNT.height_of(view) == pytest.approx(4 * 50.0 * (25.0 / 300.0**2) / 0.6, rel=0.02)


def test_it_is_met_where_it_will_be():
    lat_deg, lon_deg = direct(MOUNT.lat_deg, MOUNT.lon_deg, 0.0, 2 * NM)
    one = Believed(100.0, float(lat_deg), float(lon_deg), 20.0, 0.0, np.diag([1.0, 1.0, 0.0, 0.0]))
    met = pointing(MOUNT, one, 101.0, (-1.0, 0.0), delay=0.4, rate=0.5)
    assert met is not None
    assert met.time == pytest.approx(101.4 + (met.pan + 1.0) / 0.5, abs=0.01)
    then = predicted(one, met.time)
    seen = sight(MOUNT, then.lat_deg, then.lon_deg)
    assert (met.pan, met.tilt) == pytest.approx((seen.bearing, seen.elevation), abs=1e-4)
    assert pointing(Mount(26.2, 127.6, pan=(1.0, 2.0)), one, 101.0, (1.0, 0.0)) is None


def test_a_row_of_the_picture_is_read_whole():
    names = ("ee", "en", "nn", "eu", "ev", "nu", "nv", "uu", "uv", "vv")
    told = {f"cov_{name}": np.array([float(k)]) for k, name in enumerate(names, 1)}
    rows = Vessels.of(1, id=np.array([7]), time=np.array([9.0]), lat_deg=np.array([26.0]), lon_deg=np.array([127.0]),
                   east_mps=np.array([1.0]), north_mps=np.array([-2.0]), **told)  # fmt: skip
    one = believed_of(rows, 0, 45.0)
    assert (one.id, one.time, one.lat_deg, one.lon_deg, one.east, one.north, one.length) == (7, 9, 26, 127, 1, -2, 45)
    assert one.covariance.tolist() == [[1, 2, 4, 5], [2, 3, 6, 7], [4, 6, 8, 9], [5, 7, 9, 10]]


@pytest.mark.parametrize(
    ("bearing", "miles", "zoom"), [(0.3, 1.0, 0.6), (4.0, 3.0, 0.9), (6.2, 0.3, 0.3), (2.0, 8.0, 1.0)]
)
def test_the_simulated_picture_shows_the_vessel_where_the_geometry_looks(bearing, miles, zoom):
    colour = (255, 0, 255)
    body = Body(MOUNT.lat_deg, MOUNT.lon_deg, MOUNT.height, 0.4)
    one = vessel_at(bearing, miles * NM)
    hull = Hull(one.lat_deg, one.lon_deg, bearing + math.pi / 2, 0.0, 60.0, 10.0, 15.0, colour)
    camera = SimulatedCamera(body, straight_on([hull], 0.0), lambda: 1000.0)
    mount = Mount(MOUNT.lat_deg, MOUNT.lon_deg, MOUNT.height, 0.4)
    seen = seen_at(mount, one)
    for axis, to in zip(camera.axes, (mount.pan_for(seen.bearing), seen.elevation, zoom), strict=True):
        axis.go(-1e6, to)
    picture = np.asarray(Image.open(io.BytesIO(camera.still())).convert("RGB")).astype(int)
    mine = (picture[..., 0] > 150) & (picture[..., 2] > 150) & (picture[..., 1] < 90)
    rows, columns = np.nonzero(mine)
    assert columns.mean() + 0.5 == pytest.approx(320, abs=2.0)
    assert rows.max() == pytest.approx(180, abs=2.5)  # the waterline
    focal = 320 / math.tan(mount.view_at(zoom) / 2)
    assert columns.max() - columns.min() + 1 == pytest.approx(focal * 60.0 / seen.distance, abs=3.0)
