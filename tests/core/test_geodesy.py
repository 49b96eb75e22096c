"""Geodesy against geographiclib, against brute force through 3-D geometry, and against itself there and back."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.core import geodesy
from mihari.core.geodesy import TangentPlane

WGS84 = Geodesic.WGS84
NM = 1852.0

latitudes = st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, -89.9999, 0.0, 60.0, 89.99999, 90.0]))
longitudes = st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, -179.999, 0.0, 179.9999, 180.0]))


def worldwide(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Points even over the sphere, then some at and beside the poles and the antimeridian."""
    rng = np.random.default_rng(seed)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    lon = rng.uniform(-180, 180, n)
    lat[:40] = np.where(np.arange(40) % 2, 90, -90) + np.repeat([0.0, 1e-9], 20) * np.tile([1, -1], 20)
    lat[40:80] = np.where(np.arange(40) % 2, 90, -90) * (1 - 10.0 ** -rng.uniform(3, 9, 40))
    lon[80:160] = np.where(np.arange(80) % 2, 180, -180) * (1 - 10.0 ** -rng.uniform(3, 9, 80))
    lon[160:200] = 180.0
    return lat, lon


def apart_m(lat1, lon1, lat2, lon2):
    """Straight distance in m: a yardstick without a seam."""
    return np.linalg.norm(geodesy.ecef(lat1, lon1) - geodesy.ecef(lat2, lon2), axis=-1)


def test_vectors_and_positions_are_each_others_inverse_everywhere():
    lat, lon = worldwide(5000, 1)
    assert apart_m(*geodesy.lat_lon(geodesy.n_vector(lat, lon)), lat, lon).max() < 1e-8
    height = np.random.default_rng(2).uniform(-11e3, 40e3, 5000)
    back_lat, back_lon, back_height = geodesy.from_ecef(geodesy.ecef(lat, lon, height))
    assert apart_m(back_lat, back_lon, lat, lon).max() < 1e-7
    assert np.abs(back_height - height).max() < 1e-7


def test_axes_are_orthonormal_and_right_handed_at_the_poles_too():
    lat, lon = worldwide(1000, 3)
    frame = np.stack(geodesy.axes(lat, lon), axis=-2)
    np.testing.assert_allclose(frame @ np.swapaxes(frame, -1, -2), np.eye(3) * np.ones((1000, 1, 1)), atol=1e-15)
    np.testing.assert_allclose(np.linalg.det(frame), 1.0, atol=1e-14)
    np.testing.assert_allclose(frame[:, 2], geodesy.n_vector(lat, lon), atol=1e-15)


@pytest.mark.parametrize("longest", [200 * NM, 15e6])
def test_direct_and_inverse_equal_geographiclib_to_a_millimetre(longest):
    lat, lon = worldwide(2000, 4)
    rng = np.random.default_rng(5)
    bearing, distance = rng.uniform(0, 2 * np.pi, 2000), rng.uniform(0, longest, 2000)
    distance[:100] *= 1e-6
    to_lat, to_lon = geodesy.direct(lat, lon, bearing, distance)
    truth = [WGS84.Direct(*row) for row in zip(lat, lon, np.degrees(bearing), distance, strict=True)]
    true_lat, true_lon = (np.array([t[k] for t in truth]) for k in ("lat2", "lon2"))
    assert apart_m(to_lat, to_lon, true_lat, true_lon).max() < 1e-3
    back, azimuth = geodesy.inverse(lat, lon, true_lat, true_lon)
    assert np.abs(back - distance).max() < 1e-3
    # a bearing is only as good as the end points; and at a pole it goes with the longitude
    error = np.abs(np.mod(azimuth - bearing + np.pi, 2 * np.pi) - np.pi) * np.minimum(distance, 1e6)
    assert error[200:].max() < 1e-2


def test_great_circle_keeps_its_stated_error():
    lat1, lon1 = worldwide(2000, 6)
    lat2, lon2 = worldwide(2000, 7)
    lat2, lon2 = lat2[::-1], lon2[::-1]
    distance, bearing = geodesy.great_circle(lat1, lon1, lat2, lon2)
    truth = [WGS84.Inverse(*row) for row in zip(lat1, lon1, lat2, lon2, strict=True)]
    true_distance = np.array([t["s12"] for t in truth])
    assert (np.abs(distance - true_distance) / true_distance).max() < 0.0056
    turn = np.mod(np.degrees(bearing) - [t["azi1"] for t in truth] + 180, 360) - 180
    usual = (true_distance < 10e6) & (np.abs(lat1) < 89.9) & (np.abs(lat2) < 89.9)
    assert np.abs(turn[usual]).max() < 0.2


def test_inverse_of_near_antipodes_is_absent_and_not_wrong():
    distance, bearing = geodesy.inverse(0.0, 0.0, 0.2, 179.9)
    assert math.isnan(distance)
    assert math.isnan(bearing)
    assert geodesy.inverse(12.0, 34.0, 12.0, 34.0)[0] == 0.0


@given(latitudes, longitudes, st.floats(-60e3, 60e3), st.floats(-60e3, 60e3))
def test_plane_and_back_is_the_same_place(lat, lon, x, y):
    plane = TangentPlane.at(lat, lon)
    back_x, back_y = geodesy.to_plane(plane, geodesy.ecef(*geodesy.from_plane(plane, x, y)))
    assert abs(back_x - x) < 1e-6
    assert abs(back_y - y) < 1e-6


@settings(max_examples=200)
@given(latitudes, longitudes, st.floats(0, 2 * math.pi), st.floats(0, 60e3), st.integers(0, 2**32 - 1))
def test_rebasing_there_and_back_changes_nothing(lat, lon, bearing, distance, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(4, 4)) * [[50], [50], [3], [3]]
    state, covariance = rng.normal(size=4) * [20e3, 20e3, 10, 10], root @ root.T
    old, new = TangentPlane.at(lat, lon), TangentPlane.at(*geodesy.direct(lat, lon, bearing, distance))
    moved, moved_covariance = geodesy.rebase(state, covariance, old, new)
    back, back_covariance = geodesy.rebase(moved, moved_covariance, new, old)
    np.testing.assert_allclose(back, state, rtol=0, atol=1e-6)
    np.testing.assert_allclose(back_covariance, covariance, rtol=1e-9, atol=1e-9)
    assert np.linalg.eigvalsh(moved_covariance).min() > -1e-9
    assert apart_m(*geodesy.from_plane(old, *state[:2]), *geodesy.from_plane(new, *moved[:2])) < 1e-6


def test_rebasing_turns_velocity_as_moving_the_points_does():
    lat, lon = worldwide(500, 8)
    rng = np.random.default_rng(9)
    state = rng.normal(size=(500, 4)) * [10e3, 10e3, 10, 10]
    old = TangentPlane.at(lat, lon)
    new = TangentPlane.at(*geodesy.direct(lat, lon, rng.uniform(0, 6, 500), 20e3))
    moved, _ = geodesy.rebase(state, np.zeros((500, 4, 4)), old, new)
    later = state + np.pad(state[:, 2:], ((0, 0), (0, 2)))
    moved_later, _ = geodesy.rebase(later, np.zeros((500, 4, 4)), old, new)
    np.testing.assert_allclose(moved_later[:, :2] - moved[:, :2], moved[:, 2:], atol=1e-6)


@pytest.mark.parametrize(
    ("lat", "lon", "course_deg"),
    [(60.0, 20.0, 45.0), (24.8, 179.7, 90.0), (89.7, -140.0, 10.0), (-89.9, 5.0, 200.0), (40.0, 25.0, 300.0)],
)
def test_constant_velocity_with_rebasing_stays_on_the_geodesic(lat, lon, course_deg):
    """100 km at 10 m/s, re-based every 5 km: within 0.05 m of geographiclib along and across."""
    course = math.radians(course_deg)
    plane = TangentPlane.at(lat, lon)
    state, covariance = np.array([0.0, 0.0, 10 * math.sin(course), 10 * math.cos(course)]), np.eye(4)
    for _ in range(20):
        state = state + 500.0 * np.array([state[2], state[3], 0.0, 0.0])
        new = TangentPlane.at(*geodesy.from_plane(plane, *state[:2]))
        state, covariance = geodesy.rebase(state, covariance, plane, new)
        speed = math.hypot(*state[2:])
        state[2:] *= 10 / speed  # the foreshortening of the plane, (d/R)²/2, is not what is tested here
        plane = new
    truth = WGS84.Direct(lat, lon, course_deg, 100e3)
    assert apart_m(*geodesy.from_plane(plane, *state[:2]), truth["lat2"], truth["lon2"]) < 0.05
    assert abs(speed - 10) < 1e-4
    np.testing.assert_allclose(covariance[:2, :2], np.eye(2), atol=1e-4)


def test_plots_and_polar_are_each_others_inverse_everywhere():
    lat, lon = worldwide(3000, 10)
    rng = np.random.default_rng(11)
    radar_height, height = rng.uniform(0, 1500, 3000), np.where(rng.random(3000) < 0.5, 0.0, 9000.0)
    slant_range, bearing = rng.uniform(12e3, 400e3, 3000), rng.uniform(0, 2 * np.pi, 3000)
    at_lat, at_lon = geodesy.plot_position(lat, lon, radar_height, slant_range, bearing, height)
    back_range, back_bearing = geodesy.polar_of(lat, lon, radar_height, at_lat, at_lon, height)
    assert np.abs(back_range - slant_range).max() < 1e-4
    turn = np.mod(back_bearing - bearing + np.pi, 2 * np.pi) - np.pi
    assert (np.abs(turn) * slant_range).max() < 1e-4


def test_a_plot_lies_where_geographiclib_says():
    """Antenna on the sea: the chord of the geodesic, and a normal section that is the geodesic to < 1 m at 45 km."""
    lat, lon = worldwide(1000, 12)
    rng = np.random.default_rng(13)
    bearing, distance = rng.uniform(0, 2 * np.pi, 1000), rng.uniform(500, 45e3, 1000)
    truth = [WGS84.Direct(*row) for row in zip(lat, lon, np.degrees(bearing), distance, strict=True)]
    true_lat, true_lon = (np.array([t[k] for t in truth]) for k in ("lat2", "lon2"))
    chord = apart_m(lat, lon, true_lat, true_lon)
    at_lat, at_lon = geodesy.plot_position(lat, lon, 0.0, chord, bearing)
    assert apart_m(at_lat, at_lon, true_lat, true_lon).max() < 0.5


def test_a_range_shorter_than_the_radars_height_gives_no_position():
    lat, lon = geodesy.plot_position(26.0, 127.0, 200.0, [150.0, 0.0, np.nan, 250.0], 1.0)
    assert np.isnan(lat).tolist() == [True, True, True, False]
    assert np.isnan(lon).tolist() == [True, True, True, False]


@pytest.mark.parametrize("bearing_sd_deg", [0.1, 0.5, 3.0, 10.0])
@pytest.mark.parametrize(
    ("lat", "lon", "height", "slant_range"),
    [(60.0, 20.0, 80.0, 44e3), (26.2, 127.7, 300.0, 5e3), (89.9, 170.0, 30.0, 30e3), (0.0, -179.9, 50.0, 44e3)],
)
def test_plot_moments_equal_quadrature_through_three_dimensions(lat, lon, height, slant_range, bearing_sd_deg):
    """Gauss-Hermite over the polar errors, each node sent through exact ECEF geometry to the true point's plane."""
    bearing_sd, range_sd, bearing = math.radians(bearing_sd_deg), 25.0, 1.1
    true_lat, true_lon = geodesy.plot_position(lat, lon, height, slant_range, bearing)
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()
    measured_range, measured_bearing = np.meshgrid(slant_range + range_sd * nodes, bearing + bearing_sd * nodes)
    weight = np.outer(weights, weights)
    at = geodesy.plot_position(lat, lon, height, measured_range, measured_bearing, bearing_sd=bearing_sd)
    x, y = geodesy.to_plane(TangentPlane.at(true_lat, true_lon), geodesy.ecef(*at))
    mean_x, mean_y = (weight * x).sum(), (weight * y).sum()
    made = geodesy.plot_covariance(lat, lon, height, slant_range, bearing, range_sd, bearing_sd)
    cross_sd = slant_range * bearing_sd
    assert math.hypot(mean_x, mean_y) < 0.02 * max(range_sd, cross_sd * bearing_sd)
    by_hand = np.array(
        [
            (weight * (x - mean_x) ** 2).sum(),
            (weight * (x - mean_x) * (y - mean_y)).sum(),
            (weight * (y - mean_y) ** 2).sum(),
        ]
    )
    exact = np.array([[by_hand[0], by_hand[1]], [by_hand[1], by_hand[2]]])
    ours = np.array([[made[0], made[1]], [made[1], made[2]]])
    # in units of the exact ellipse, so that the thin side counts as much as the long one
    root = np.linalg.inv(np.linalg.cholesky(exact))
    np.testing.assert_allclose(root @ ours @ root.T, np.eye(2), atol=0.01)


def test_the_estimate_is_position_and_covariance_in_one_go():
    lat, lon = worldwide(300, 15)
    rng = np.random.default_rng(16)
    slant_range, bearing, height = rng.uniform(2e3, 60e3, 300), rng.uniform(0, 6, 300), rng.uniform(0, 900, 300)
    place = (lat, lon, height, slant_range, bearing)
    for at_height in (0.0, 500.0):
        at_lat, at_lon, *cov = geodesy.plot_estimate(*place, 25.0, 0.01, at_height)
        expected = geodesy.plot_position(*place, at_height, bearing_sd=0.01)
        assert apart_m(at_lat, at_lon, *expected).max() < 1e-6
        np.testing.assert_allclose(cov, geodesy.plot_covariance(*place, 25.0, 0.01, at_height), rtol=1e-3, atol=1)


def test_plot_covariance_is_turned_by_the_meridians_at_60_north():
    """24 NM due east of a radar on 60° N the major axis stands 0.69° clockwise of the plot's own north."""
    cov = geodesy.plot_covariance(60.0, 20.0, 0.0, 24 * NM, math.pi / 2, 10.0, math.radians(0.3))
    turn = math.degrees(geodesy.ellipse(*cov)[2])
    expected = WGS84.Inverse(60.0, 20.0, *map(float, geodesy.plot_position(60.0, 20.0, 0.0, 24 * NM, math.pi / 2)))
    assert turn == pytest.approx(expected["azi2"] - 90.0, abs=0.01)
    assert 0.65 < turn < 0.75


def test_the_ellipse_holds_its_share_of_a_gaussian():
    rng = np.random.default_rng(14)
    covariance = np.array([[400.0, 150.0], [150.0, 100.0]])
    points = rng.multivariate_normal([0, 0], covariance, 200_000)
    for probability in (0.5, 0.95, 0.99):
        major, minor, turn = geodesy.ellipse(400.0, 150.0, 100.0, probability)
        along = points @ [np.sin(turn), np.cos(turn)]
        across = points @ [np.cos(turn), -np.sin(turn)]
        inside = ((along / major) ** 2 + (across / minor) ** 2 <= 1).mean()
        assert inside == pytest.approx(probability, abs=0.004)


def test_absent_positions_stay_absent():
    assert np.isnan(geodesy.great_circle(np.nan, 0.0, 1.0, 1.0)[0])
    assert np.isnan(geodesy.direct(0.0, 0.0, 0.0, np.nan)[0])
    assert np.isnan(geodesy.ecef(np.nan, 0.0)).any()
    assert np.isnan(geodesy.from_plane(TangentPlane.at(0.0, 0.0), 7e6, 0.0)[0])


def test_arguments_are_left_as_they_were():
    state, covariance = np.arange(4.0), np.eye(4)
    geodesy.rebase(state, covariance, TangentPlane.at(60.0, 20.0), TangentPlane.at(60.0, 20.5))
    assert state.tolist() == [0, 1, 2, 3]
    assert (covariance == np.eye(4)).all()
