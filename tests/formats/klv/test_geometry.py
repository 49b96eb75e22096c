"""Footprints and detections: against pymap3d, against hand-made scenes, and their covariances by Monte Carlo."""

import math

import numpy as np
import pytest
from pymap3d import los

from mihari.core import geodesy
from mihari.formats.klv import Errors, decode_many, detections, encode, footprint, to_dicts
from mihari.formats.klv.detections import covariance
from mihari.formats.klv.geometry import camera_of, sea
from recordings import recording

LEVEL = {
    "time": 1.7e9,
    "platform_heading": math.radians(40.0),
    "platform_pitch_full": 0.0,
    "platform_roll_full": 0.0,
    "sensor_lat_deg": 26.0,
    "sensor_lon_deg": 127.0,
    "sensor_true_altitude": 1500.0,
    "sensor_horizontal_fov": math.radians(10.0),
    "sensor_vertical_fov": math.radians(8.0),
    "sensor_relative_azimuth": math.radians(30.0),
    "sensor_relative_elevation": math.radians(-20.0),
    "sensor_relative_roll": 0.0,
}
SIZE = {"frame_width_px": 1280, "frame_height_px": 720}


def over_the_wire(message):
    (told,) = to_dicts(decode_many(encode(message)))
    return told


def metres(lat, lon, lat0, lon0):
    """(east, north) of a point from another, m."""
    distance, bearing = geodesy.inverse(lat0, lon0, lat, lon)[:2]
    return float(distance * np.sin(bearing)), float(distance * np.cos(bearing))


@pytest.mark.parametrize("azimuth", [0.0, 75.0, 200.0])
@pytest.mark.parametrize("depression", [4.0, 10.0, 45.0, 89.0])
@pytest.mark.parametrize("height", [200.0, 3000.0, 12000.0])
def test_the_line_of_sight_meets_the_sea_where_pymap3d_says(azimuth, depression, height):
    frame = LEVEL | {
        "sensor_true_altitude": height,
        "sensor_relative_azimuth": math.radians(azimuth),
        "sensor_relative_elevation": -math.radians(depression),
    }
    camera = camera_of(frame)
    lat, lon, h = geodesy.from_ecef(sea(camera.origin, camera.axes[0]))
    bearing = 40.0 + azimuth
    theirs = los.lookAtSpheroid(26.0, 127.0, height, bearing, 90.0 - depression)
    assert (float(lat), float(lon)) == pytest.approx((float(theirs[0]), float(theirs[1])), abs=2e-8)
    assert abs(float(h)) < 1e-3


def test_roll_and_pitch_of_platform_and_sensor_turn_the_image_as_they_should():
    """Right wing down sends the look to the left of the nose up and the look to the right down."""
    right = LEVEL | {"sensor_relative_azimuth": math.pi / 2, "sensor_relative_elevation": 0.0}
    up = geodesy.axes(26.0, 127.0)[2]
    assert camera_of(right | {"platform_roll_full": 0.1}).axes[0] @ up == pytest.approx(-math.sin(0.1))
    assert camera_of(right | {"platform_pitch_full": 0.1}).axes[0] @ up == pytest.approx(0.0, abs=1e-12)
    ahead = LEVEL | {"sensor_relative_azimuth": 0.0, "sensor_relative_elevation": 0.0}
    assert camera_of(ahead | {"platform_pitch_full": 0.1}).axes[0] @ up == pytest.approx(math.sin(0.1))
    rolled = camera_of(ahead | {"sensor_relative_roll": 0.2})
    assert rolled.axes[1] @ up == pytest.approx(-math.sin(0.2))  # the image's right side goes down
    assert rolled.axes[2] @ up == pytest.approx(-math.cos(0.2))


def test_the_short_attitude_tags_are_used_where_the_full_ones_are_absent_or_out_of_range():
    short = LEVEL | {
        "platform_pitch": 0.05,
        "platform_roll": -0.1,
        "platform_pitch_full": None,
        "platform_roll_full": None,
    }
    full = LEVEL | {"platform_pitch_full": 0.05, "platform_roll_full": -0.1}
    assert camera_of(short).axes == pytest.approx(camera_of(full).axes)
    assert camera_of({k: v for k, v in short.items() if k != "platform_roll"}) is None


def test_full_corners_come_before_offsets_and_offsets_before_the_camera():
    full = {
        f"corner_{s}_{n}_deg": 26.0 + n + (100.0 if s == "lon" else 0.0) for s in ("lat", "lon") for n in (1, 2, 3, 4)
    }
    offsets = {f"offset_corner_{s}_{n}_deg": 0.01 * n for s in ("lat", "lon") for n in (1, 2, 3, 4)}
    center = {"frame_center_lat_deg": 26.5, "frame_center_lon_deg": 179.98}
    seen = footprint(LEVEL | offsets | center | full)
    assert (seen.how, seen.lat_deg.tolist(), seen.lon_deg.tolist()) == ("full", [27, 28, 29, 30], [127, 128, 129, 130])
    seen = footprint(LEVEL | offsets | center)
    assert seen.how == "offsets"
    assert seen.lat_deg == pytest.approx([26.51, 26.52, 26.53, 26.54])
    assert seen.lon_deg == pytest.approx([179.99, -180.0, -179.99, -179.98])  # over the antimeridian
    assert footprint(LEVEL).how == "computed"
    assert footprint({k: v for k, v in LEVEL.items() if k != "sensor_vertical_fov"}) is None


def test_computed_corners_lie_where_their_own_lines_of_sight_meet_the_sea():
    """The upper edge of a level camera is 4° above the line of sight in its middle; corners by pymap3d."""
    seen = footprint(over_the_wire(LEVEL))
    assert not seen.cut.any()
    x, y = math.tan(math.radians(5.0)), math.tan(math.radians(4.0))
    for corner, (right, down) in enumerate([(-x, -y), (x, -y), (x, y), (-x, y)]):
        ahead, below = math.cos(math.radians(20.0)), math.sin(math.radians(20.0))
        forward, fall = ahead - down * below, below + down * ahead
        bearing = 70.0 + math.degrees(math.atan2(right, forward))
        tilt = math.degrees(math.atan2(math.hypot(right, forward), fall))
        theirs = los.lookAtSpheroid(26.0, 127.0, 1500.0, bearing, tilt)
        off = metres(seen.lat_deg[corner], seen.lon_deg[corner], float(theirs[0]), float(theirs[1]))
        assert math.hypot(*off) < 1.0  # steps of the wire: 0.15 m of height is 0.6 m along, 1.4 mdeg of field 0.3 m


def test_corners_above_the_horizon_are_cut_at_its_distance():
    frame = LEVEL | {"sensor_relative_elevation": math.radians(-2.0)}
    seen = footprint(frame)
    assert seen.cut.tolist() == [True, True, False, False]
    distance, _ = geodesy.inverse(26.0, 127.0, seen.lat_deg, seen.lon_deg)
    assert distance[:2] == pytest.approx(math.sqrt(2 * 6.37e6 * 1500.0), rel=0.005)  # 138 km
    assert footprint(LEVEL | {"sensor_relative_elevation": math.radians(30.0)}) is None


def vmti(**items):
    return SIZE | {"targets": [{"id": 7} | items]}


def test_a_location_with_deviations_is_taken_as_told():
    location = {
        "lat_deg": 26.2, "lon_deg": 127.3, "height": 0.0, "sigma_east": 20.0, "sigma_north": 10.0, "sigma_up": 5.0,
        "rho_east_north": 0.5, "rho_east_up": 0.0, "rho_north_up": 0.0,
    }  # fmt: skip
    found = detections(over_the_wire(LEVEL | {"vmti": vmti(location=location, confidence_percent=80)}))
    (one,) = found
    assert (one.id, one.how, one.told, one.confidence, one.time) == (7, "location", True, 0.8, 1.7e9)
    assert (one.lat_deg, one.lon_deg) == pytest.approx((26.2, 127.3), abs=1e-6)
    assert (one.cov_ee, one.cov_en, one.cov_nn) == pytest.approx((400.0, 100.0, 100.0), rel=2e-3)
    assert math.isnan(one.size)


def test_a_location_alone_needs_no_parent():
    location = {"lat_deg": 26.2, "lon_deg": 127.3, "height": 0.0}
    packet = over_the_wire({"set": "0903", "time": 5.0, "targets": [{"id": 1, "location": location}]})
    (one,) = detections(packet, errors=Errors(location=30.0))
    assert (one.time, one.cov_ee, one.cov_en, one.cov_nn, one.told) == (5.0, 900.0, 0.0, 900.0, False)
    assert math.isnan(one.confidence)


def test_an_offset_is_relative_to_the_frame_centre_of_the_parent():
    frame = LEVEL | {"frame_center_lat_deg": 26.01, "frame_center_lon_deg": 127.04}
    nested = over_the_wire(frame | {"vmti": vmti(offset_lat_deg=0.01, offset_lon_deg=-0.005)})
    (one,) = detections(nested)
    assert (one.how, one.told) == ("offset", False)
    assert (one.lat_deg, one.lon_deg) == pytest.approx((26.02, 127.035), abs=1e-5)
    alone = over_the_wire({"set": "0903"} | vmti(offset_lat_deg=0.01, offset_lon_deg=-0.005))
    assert detections(alone) == []
    (again,) = detections(alone, parent=over_the_wire(frame))
    assert (again.lat_deg, again.lon_deg, again.cov_ee) == (one.lat_deg, one.lon_deg, one.cov_ee)


def test_a_pixel_is_told_by_row_and_column_or_by_its_number():
    """ST 0903: numbers count from 1 along the rows; the middle of the image is on the line of sight."""
    by_row = detections(LEVEL | {"vmti": vmti(row_px=361, column_px=641)})
    by_number = detections(LEVEL | {"vmti": vmti(centroid_px=360 * 1280 + 641)})
    assert by_row == by_number
    (one,) = by_row
    camera = camera_of(LEVEL)
    lat, lon, _ = geodesy.from_ecef(sea(camera.origin, camera.axes[0]))
    step = math.hypot(*metres(one.lat_deg, one.lon_deg, float(lat), float(lon)))
    assert 0 < step < 3.0  # half a pixel right and down at 4.1 km: 0.3 m across, 1 m along


def test_a_box_of_pixels_has_the_size_it_covers_across_the_line_of_sight():
    box = vmti(centroid_px=360 * 1280 + 641, top_left_px=350 * 1280 + 592, bottom_right_px=370 * 1280 + 691)
    (one,) = detections(LEVEL | {"vmti": box})
    away = 1500.0 / math.sin(math.radians(20.0))
    assert one.size == pytest.approx(100 * 2 * math.tan(math.radians(5.0)) / 1280 * away, rel=0.01)


def test_a_box_of_offsets_has_the_length_of_its_diagonal():
    frame = LEVEL | {"frame_center_lat_deg": 26.01, "frame_center_lon_deg": 127.04}
    corners = {"top_left_offset_lat_deg": 0.001, "top_left_offset_lon_deg": 0.0}
    corners |= {"bottom_right_offset_lat_deg": 0.0, "bottom_right_offset_lon_deg": 0.0}
    (one,) = detections(frame | {"vmti": vmti(offset_lat_deg=0.0, offset_lon_deg=0.0, **corners)})
    assert one.size == pytest.approx(110.8, abs=0.2)


def test_what_has_no_place_on_the_sea_is_left_out():
    sky = LEVEL | {"sensor_relative_elevation": 0.1}
    assert detections(sky | {"vmti": vmti(row_px=1, column_px=1)}) == []
    assert detections(LEVEL | {"vmti": vmti(row_px=721, column_px=1)}) == []
    assert detections(LEVEL | {"vmti": vmti()}) == []
    assert detections(LEVEL) == []


def test_the_time_is_utc_where_leap_seconds_are_told():
    """ST 0601 tag 136: add it to tag 2."""
    packet = LEVEL | {"leap_seconds": -5, "vmti": vmti(centroid_px=360 * 1280 + 641)}
    assert detections(over_the_wire(packet))[0].time == 1.7e9 - 5


def test_labels_and_tracks_come_along():
    target = {"tracker": {"track_id": bytes(range(16))}, "objects": [{"label": "fishing vessel"}], "row_px": 361}
    (one,) = detections(over_the_wire(LEVEL | {"vmti": vmti(**target, column_px=641)}))
    assert (one.label, one.track) == ("fishing vessel", bytes(range(16)).hex())


def test_the_public_vmti_sample_has_pixels_without_a_camera_and_so_no_places():
    told = list(to_dicts(decode_many(recording("formats/misb/0903.bin").read_bytes())))
    assert [len(one["targets"]) for one in told] == [2, 2, 2, 2, 2]
    assert [detections(one) for one in told] == [[]] * 5
    (first, _) = detections(told[0], parent=LEVEL)
    assert (first.id, first.confidence, first.how) == (0, 0.15, "pixel")


def rotated(ray, axis_angle):
    """A ray turned by a rotation vector (Rodrigues)."""
    angle = np.linalg.norm(axis_angle)
    k = axis_angle / angle
    return ray * np.cos(angle) + np.cross(k, ray) * np.sin(angle) + k * (k @ ray) * (1 - np.cos(angle))


@pytest.mark.parametrize(("depression", "height"), [(4.0, 1500.0), (20.0, 3000.0), (70.0, 500.0)])
def test_the_first_order_covariance_is_that_of_drawn_errors(depression, height):
    """NEES of 4000 draws from the exact geometry: 2 for two dimensions, to 5 %."""
    rng = np.random.default_rng(3)
    errors = Errors(attitude=2e-3, position=5.0, height=8.0, pixel=3.0)
    camera = camera_of(LEVEL | {"sensor_relative_elevation": -math.radians(depression), "sensor_true_altitude": height})
    ray, per_pixel = camera.axes[0], 2e-4 * camera.axes[1:]
    cov = covariance(camera.origin, ray, errors, per_pixel)
    local = np.stack(geodesy.axes(26.0, 127.0))
    point = sea(camera.origin, ray)
    east, north, _ = geodesy.axes(*geodesy.from_ecef(point)[:2])
    off = []
    for _ in range(4000):
        origin = camera.origin + rng.normal(size=3) * [5.0, 5.0, 8.0] @ local
        drawn = rotated(ray + rng.normal(size=2) * 3.0 @ per_pixel, 2e-3 * rng.normal(size=3))
        away = sea(origin, drawn) - point
        off.append([away @ east, away @ north])
    nees = np.einsum("ni,ij,nj->n", off, np.linalg.inv(cov), off)
    assert nees.mean() == pytest.approx(2.0, rel=0.05)


def test_detections_of_noisy_packets_are_consistent_with_their_covariances():
    """End to end: a camera whose told attitude and place are wrong as assumed; NEES per dimension near 1.

    The ship's pixel is taken by the true camera; packets tell the wrong one, and go over the wire.
    """
    rng = np.random.default_rng(11)
    errors = Errors(attitude=3e-3, position=5.0, height=10.0, pixel=2.0)
    true = LEVEL | {"sensor_relative_azimuth": 0.0, "sensor_relative_elevation": math.radians(-12.0)}
    camera = camera_of(true, SIZE)
    nees = []
    for _ in range(400):
        row, column = rng.integers(100, 620), rng.integers(100, 1180)
        ship = sea(camera.origin, camera.rays(np.array([(2 * column - 1) / 1280 - 1, (2 * row - 1) / 720 - 1])))
        lat, lon, _ = geodesy.from_ecef(ship)
        east, north, up = rng.normal(size=3) * [5.0, 5.0, 10.0]
        at = geodesy.direct(26.0, 127.0, math.atan2(east, north), math.hypot(east, north))
        told = true | {
            "sensor_lat_deg": float(at[0]), "sensor_lon_deg": float(at[1]), "sensor_true_altitude": 1500.0 + up,
            "platform_heading": true["platform_heading"] + 3e-3 * rng.normal(),
            "platform_pitch_full": 3e-3 * rng.normal(), "platform_roll_full": 3e-3 * rng.normal(),
        }  # fmt: skip
        seen = {"row_px": round(row + 2.0 * rng.normal()), "column_px": round(column + 2.0 * rng.normal())}
        (one,) = detections(over_the_wire(told | {"vmti": vmti(**seen)}), errors=errors)
        away = np.array(metres(one.lat_deg, one.lon_deg, float(lat), float(lon)))
        cov = np.array([[one.cov_ee, one.cov_en], [one.cov_en, one.cov_nn]])
        nees.append(away @ np.linalg.solve(cov, away) / 2)
    assert np.mean(nees) == pytest.approx(1.0, abs=0.15)  # 3 standard deviations of the mean of 400
