"""The clairvoyant tracker against a plain Kalman filter, and on what it is told."""

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.tracks import Believed
from mihari.score.clairvoyant import NOISE, SILENT_S, SPEED_SD, Reported, by_ais, by_radar, clairvoyant
from mihari.score.consistency import nees
from mihari.score.labelled import sender
from mihari.score.moments import Sailed
from mihari.score.near import points
from mihari.simulate.kinds import KINDS

METRE = 1 / 111_319.49  # degree of the equator


def on_the_equator(times, east, vessel=7, sd=10.0, lon_deg=0.0):
    """Positions east of a meridian, m."""
    return Reported.of(
        len(times), time=np.asarray(times, float), vessel=vessel, lat_deg=0.0,
        lon_deg=(lon_deg + np.asarray(east) * METRE + 180) % 360 - 180, cov_ee=sd**2, cov_nn=sd**2,
    )  # fmt: skip


def plain(times, east, sd, q, asked):
    """East and its rate at each time that is asked, by the textbook's one-dimensional filter."""
    x, P, found, k = np.array([east[0], 0.0]), np.diag([sd**2, SPEED_SD**2]), [], 0
    stops = [*times[1:], np.inf]
    for now, following, measured in zip(times, stops, [*east[1:], None], strict=True):
        while k < len(asked) and asked[k] < following:
            F = np.array([[1, asked[k] - now], [0, 1]])
            found.append((F @ x)[0])
            k += 1
        if measured is None:
            break
        dt = following - now
        F = np.array([[1, dt], [0, 1]])
        x, P = F @ x, F @ P @ F.T + q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        gain = P[:, 0] / (P[0, 0] + sd**2)
        x, P = x + gain * (measured - x[0]), P - np.outer(gain, P[0])
    return np.array(found)


@pytest.mark.parametrize("lon_deg", [0.0, 179.9999])
def test_it_is_the_textbook_s_filter(lon_deg):
    rng = np.random.default_rng(1)
    times = np.cumsum(rng.uniform(1, 4, 30))
    east = 8.0 * times + rng.normal(0, 10, 30)
    asked = np.arange(times[0], times[-1], 3.0)
    found = clairvoyant(on_the_equator(times, east, lon_deg=lon_deg), {7: 0.01}, asked)
    told = plain(times, east, 10.0, 0.01, asked)
    away = (found.lon_deg - lon_deg + 180) % 360 - 180
    assert found.time.tolist() == asked.tolist()
    assert away / METRE == pytest.approx(told, abs=1e-3)
    assert np.abs(found.lat_deg).max() < 1e-12


@pytest.mark.parametrize("lat_deg", [0.0, 60.0, -84.0])
def test_it_is_right_about_itself_where_its_model_holds(lat_deg):
    rng, vessels, steps, dt, q = np.random.default_rng(2), 300, 40, 2.5, 0.05
    root = np.linalg.cholesky(q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))
    state = np.stack([rng.uniform(3_000, 9_000, (2, vessels)), rng.normal(0, SPEED_SD, (2, vessels))], axis=1)
    places = []
    for _ in range(steps):
        state = np.stack([state[:, 0] + dt * state[:, 1], state[:, 1]], 1)
        state = state + np.einsum("ij,ajv->aiv", root, rng.normal(0, 1, (2, 2, vessels)))
        places.append(state.copy())
    plane = geodesy.TangentPlane.at(lat_deg, 20.0)
    reported = []
    for k, each in enumerate(places):
        lat, lon = geodesy.from_plane(plane, each[0, 0], each[1, 0])
        slant, bearing = geodesy.polar_of(lat_deg, 20.0, 30.0, lat, lon)
        slant, bearing = slant + rng.normal(0, 8, vessels), bearing + rng.normal(0, 0.0026, vessels)
        time = np.full(vessels, dt * k)
        reported.append(by_radar(lat_deg, 20.0, 30.0, 8.0, 0.0026, time, slant, bearing, np.arange(vessels)))
    last = dt * (steps - 1)
    found = clairvoyant(Reported.concatenate(reported), dict.fromkeys(range(vessels), q), np.array([last]))
    lat, lon = geodesy.from_plane(plane, places[-1][0, 0], places[-1][1, 0])
    east, north, _ = geodesy.axes(found.lat_deg, found.lon_deg)
    step = points(lat, lon)[found.id] - points(found.lat_deg, found.lon_deg)
    error = np.column_stack([(step * east).sum(1), (step * north).sum(1)])
    covariance = np.array([[found.cov_ee, found.cov_en], [found.cov_en, found.cov_nn]]).transpose(2, 0, 1)
    assert len(found) == vessels
    assert nees(error, covariance).mean() == pytest.approx(1.0, abs=0.2)


def test_a_track_begins_with_the_first_report_and_ends_when_nobody_could_say_where_it_is():
    asked = np.arange(0.0, 600.0, 10.0)
    found = clairvoyant(on_the_equator([95.0, 100.0, 105.0], [0.0, 50.0, 100.0]), {7: 0.1}, asked)
    assert found.time[0] == 100.0
    assert found.time[-1] >= 105.0 + SILENT_S - 10
    assert found.time[-1] < 300.0
    still = clairvoyant(on_the_equator(np.arange(0.0, 300.0, 5.0), np.zeros(60)), {7: 1e-6}, asked)
    assert still.time[-1] == 590.0  # an anchored vessel is still where it was


def test_the_velocity_that_ais_tells_is_believed():
    one = np.array([100.0])
    reported = by_ais(one, np.zeros(1), np.zeros(1), np.array([10.0]), np.array([np.pi / 2]), np.array([7]))
    found = clairvoyant(reported, {}, np.array([110.0]))
    assert found.lon_deg[0] / METRE == pytest.approx(100.0, rel=0.01)
    silent = by_ais(one, np.zeros(1), np.zeros(1), np.array([np.nan]), np.array([np.nan]), np.array([7]))
    assert clairvoyant(silent, {}, np.array([110.0])).lon_deg[0] == pytest.approx(0.0, abs=1e-9)


def test_false_plots_and_nothing_at_all_make_no_track():
    one = np.array([1.0])
    assert len(by_radar(0.0, 0.0, 10.0, 8.0, 0.003, one, one * 5000, one, np.array([-1]))) == 0
    assert isinstance(clairvoyant(Reported.empty(), {}, one), Believed)
    assert len(clairvoyant(Reported.empty(), {}, one)) == 0


def test_the_order_of_reports_does_not_matter_nor_do_other_vessels():
    rng = np.random.default_rng(3)
    a = on_the_equator(np.arange(0.0, 50.0, 5.0), rng.normal(0, 10, 10), vessel=3)
    b = on_the_equator(np.arange(2.0, 52.0, 5.0), 5000 + rng.normal(0, 10, 10), vessel=9)
    both = Reported.concatenate([a, b])
    asked = np.arange(0.0, 60.0, 10.0)
    mixed = clairvoyant(both.take(rng.permutation(20)), {}, asked)
    alone = clairvoyant(a, {}, asked)
    assert mixed.take(mixed.id == 3).lon_deg.tolist() == alone.lon_deg.tolist()
    assert (np.diff(mixed.time) >= 0).all()


def test_noise_is_told_for_kinds_that_the_simulator_has():
    assert set(NOISE) <= set(KINDS)


def test_one_mmsi_on_two_vessels_goes_to_the_nearest_and_a_false_position_to_none():
    truth = Sailed.of(
        4, vessel=[1, 2, 3, 4], lat_deg=0.0, lon_deg=np.array([0, 1000, 5000, 9000]) * METRE, east_mps=10.0,
        north_mps=0.0, mmsi=[111, 111, 333, 0],
    )  # fmt: skip
    told = points(np.zeros(5), np.array([20, 990, 2000, 4700, 9000]) * METRE)
    assert sender(np.array([111, 111, 111, 333, 0]), told, truth).tolist() == [1, 2, -1, 3, -1]
    assert sender(np.array([111]), told[:1], truth.take([])).tolist() == [-1]
