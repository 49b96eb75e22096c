"""Drift: means by hand from the lines of the leeway list, spread by Taylor's formula."""

import math

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import inverse
from mihari.core.units import FOOT, HOUR_S, KNOT, NAUTICAL_MILE
from mihari.patrol import drift as module
from mihari.patrol.drift import Current, Start, Wind, drift
from mihari.patrol.effort import found, several_resources, sweep_rate
from mihari.sensors.leeway import Fit, Leeway, leeway
from mihari.sensors.lookout import sweep_width

HERE = Start(36.0, 28.0)
CALM, STILL = Wind(0.0), Current()
NOTHING = Fit(0.0, 0.0, 0.0)
STRAIGHT = Leeway("straight", "goes downwind and nowhere else", Fit(0.03, 0.0, 0.0), NOTHING, NOTHING)
BARE = Leeway("bare", "feels no wind", NOTHING, NOTHING, NOTHING)


def run(what, start=HERE, wind=CALM, current=STILL, hours=(6.0,), n=4000, seed=7, **more):
    return drift(what, start, wind, current, hours, n, np.random.default_rng(seed), **more)


def metres(found, start=HERE):
    """East and north of the start, (m, n)."""
    distance, bearing = inverse(start.lat_deg, start.lon_deg, found.lat_deg, found.lon_deg)
    return distance * np.sin(bearing), distance * np.cos(bearing)


def taylor(sd, memory_h, hours):
    """Standard deviation in m of where a velocity error sd leads (Taylor 1921)."""
    t = np.asarray(hours) / memory_h
    return sd * memory_h * HOUR_S * np.sqrt(2 * (t - 1 + np.exp(-t)))


def test_without_wind_and_current_everything_stays():
    found = run(leeway("person"), hours=(0.0, 5.0, 48.0), n=100)
    assert (found.lat_deg == 36.0).all()
    assert (found.lon_deg == 28.0).all()


def test_the_current_takes_all_along_alike():
    found = run(leeway("raft"), current=Current(east=0.5, north=-0.25), hours=(2.0, 4.0), n=5)
    east, north = metres(found)
    assert east == pytest.approx(np.array([[3600.0] * 5, [7200.0] * 5]), rel=1e-3)
    assert north == pytest.approx(np.array([[-1800.0] * 5, [-3600.0] * 5]), rel=1e-3)


def test_a_day_to_the_north_is_as_long_as_the_geodesic():
    found = run(BARE, current=Current(north=1.0), hours=(24.0,), n=1)
    assert metres(found)[1][0, 0] == pytest.approx(86_400.0, abs=1.0)


@pytest.mark.parametrize(
    ("name", "down", "right", "left"),
    [
        ("motor boat", 0.0315 * 10, 0.0129 * 10, -0.0129 * 10),
        ("raft", 0.035 * 10 - 0.018, 0.0078 * 10 - 0.036, -0.0047 * 10 - 0.001),
        ("person, survival suit", 0.0171 * 10 + 0.0112, 0.0136 * 10 - 0.033, -0.0013 * 10 - 0.0265),
    ],
)
def test_the_mean_of_each_side_is_the_line_of_the_list(name, down, right, left):
    found = run(leeway(name), wind=Wind(10.0), n=20_000, jibing=0.0)  # from the north: right of downwind is west
    east, north = metres(found)
    to_right, seconds = found.to_right[0], 6 * HOUR_S
    slack = 5 * 0.07 * seconds / math.sqrt(10_000)  # five standard errors of the largest scatter here
    assert north.mean() == pytest.approx(-down * seconds, abs=slack)
    assert east[0, to_right].mean() == pytest.approx(-right * seconds, abs=slack)
    assert east[0, ~to_right].mean() == pytest.approx(-left * seconds, abs=slack)
    assert 0.48 < to_right.mean() < 0.52


def test_wind_from_the_east_blows_to_the_west():
    east, north = metres(run(STRAIGHT, wind=Wind(10.0, math.pi / 2), n=3))
    assert east == pytest.approx(np.full((1, 3), -0.3 * 6 * HOUR_S), rel=1e-3)
    assert np.abs(north).max() < 5.0


def test_the_scatter_of_the_leeway_is_that_of_the_list_at_10_mps():
    _, north = metres(run(leeway("motor boat"), wind=Wind(10.0), hours=(3.0, 6.0), n=20_000))
    assert north.std(axis=1) == pytest.approx(0.022 * HOUR_S * np.array([3.0, 6.0]), rel=0.02)


@pytest.mark.parametrize("memory_h", [0.5, 3.0, math.inf])
def test_errors_of_the_current_spread_as_taylor_has_it(memory_h):
    hours = np.array([1.0, 6.0, 24.0])
    spread = 0.2 * hours * HOUR_S if math.isinf(memory_h) else taylor(0.2, memory_h, hours)
    found = run(BARE, current=Current(sd=0.2), hours=hours, n=20_000, memory_h=memory_h)
    for part in metres(found):
        assert part.std(axis=1) == pytest.approx(spread, rel=0.03)
        assert np.abs(part.mean(axis=1)).max() < 5 * spread.max() / math.sqrt(20_000)


def test_errors_of_the_wind_spread_by_the_share_that_leeway_takes():
    found = run(STRAIGHT, wind=Wind(8.0, sd=2.0), hours=(12.0,), n=20_000)
    for part in metres(found):
        assert part.std() == pytest.approx(0.03 * taylor(2.0, module.MEMORY_H, 12.0), rel=0.03)


def test_the_length_of_a_step_does_not_matter(monkeypatch):
    found = [run(STRAIGHT, wind=Wind(8.0, sd=2.0), current=Current(0.1, 0.2, 0.1), hours=(9.0,), n=20_000)]
    monkeypatch.setattr(module, "STEP_H", 0.5)
    found.append(run(STRAIGHT, wind=Wind(8.0, sd=2.0), current=Current(0.1, 0.2, 0.1), hours=(9.0,), n=20_000))
    (east, north), (east_too, north_too) = (metres(one) for one in found)
    assert east_too.mean() == pytest.approx(east.mean(), abs=100.0)
    assert north_too.mean() == pytest.approx(north.mean(), abs=100.0)
    assert east_too.std() == pytest.approx(east.std(), rel=0.03)
    assert north_too.std() == pytest.approx(north.std(), rel=0.03)


def test_an_uncertain_place_is_spread_and_adds_to_the_spread_of_the_drift():
    start = Start(36.0, 28.0, sd=2000.0)
    found = run(BARE, start, current=Current(sd=0.2), hours=(0.0, 10.0), n=20_000)
    expected = [2000.0, math.hypot(2000.0, float(taylor(0.2, module.MEMORY_H, 10.0)))]
    for part in metres(found):
        assert part.std(axis=1) == pytest.approx(expected, rel=0.03)


def test_an_uncertain_hour_is_spread_along_the_drift():
    start = Start(36.0, 28.0, at_h=10.0, at_sd_h=1.5)
    found = run(BARE, start, current=Current(east=1.0), hours=(0.0, 10.0, 20.0), n=20_000)
    east, _ = metres(found)
    assert np.abs(east[0]).max() == pytest.approx(0.0, abs=1e-6)
    assert (east[1] == 0).mean() == pytest.approx(0.5, abs=0.02)
    assert east[2].mean() == pytest.approx(36_000.0, rel=0.01)
    assert east[2].std() == pytest.approx(1.5 * HOUR_S, rel=0.03)


def test_before_it_begins_nothing_moves():
    found = run(BARE, Start(36.0, 28.0, at_h=5.0), current=Current(north=1.0), hours=(1.0, 5.0, 6.0), n=2)
    assert metres(found)[1] == pytest.approx(np.array([[0.0] * 2, [0.0] * 2, [3600.0] * 2]), abs=4.0)


def test_a_tide_that_turns_brings_it_back():
    def tide(hour):
        return Current(math.cos(2 * math.pi * hour / 12.0), math.sin(2 * math.pi * hour / 12.0))

    found = run(BARE, current=tide, hours=(3.0, 6.0, 12.0), n=1)
    east, north = metres(found)
    radius = 12 * HOUR_S / (2 * math.pi)
    assert east[:, 0] == pytest.approx([radius, 0.0, 0.0], abs=0.005 * radius)
    assert north[:, 0] == pytest.approx([radius, 2 * radius, 0.0], abs=0.005 * radius)


def test_wind_that_shifts_is_followed():
    def wind(hour):
        return Wind(10.0, 0.0 if hour < 3 else math.pi / 2)  # from the north, then from the east

    east, north = metres(run(STRAIGHT, wind=wind, n=1))
    assert (east[0, 0], north[0, 0]) == pytest.approx((-0.3 * 3 * HOUR_S, -0.3 * 3 * HOUR_S), rel=2e-3)


def test_so_many_jibe_as_the_chance_says():
    stayed = run(leeway("motor boat"), wind=Wind(10.0), n=20_000, jibing=0.0)
    turned = run(leeway("motor boat"), wind=Wind(10.0), hours=(1.0, 50.0), jibing=0.1)
    assert turned.to_right.mean(axis=1) == pytest.approx([0.5, 0.5], abs=0.04)  # five standard errors
    east, east_too = metres(stayed)[0], metres(run(leeway("motor boat"), wind=Wind(10.0), n=20_000, jibing=0.5))[0]
    assert east_too.std() < 0.8 * east.std()  # who changes sides stays nearer to the middle


def test_a_chance_of_jibing_is_that_of_an_hour():
    always_right = Leeway("right", "", NOTHING, Fit(0.01, 0.0, 0.0), Fit(-0.01, 0.0, 0.0))
    first = run(always_right, wind=Wind(10.0), hours=(1e-9, 1.0), n=40_000, jibing=0.1)
    rate = -math.log(0.9)  # of a process in which one hour in ten has at least one jibe
    changed = (first.to_right[0] != first.to_right[1]).mean()
    assert changed == pytest.approx((1 - math.exp(-2 * rate)) / 2, abs=0.006)


def test_the_same_seed_gives_the_same_and_another_another():
    one, same, other = (run(leeway("raft"), wind=Wind(8.0, sd=1.0), n=50, seed=seed) for seed in (1, 1, 2))
    assert (one.lat_deg == same.lat_deg).all()
    assert (one.lat_deg != other.lat_deg).any()


def test_across_the_antimeridian():
    start = Start(10.0, 179.99)
    found = run(BARE, start, current=Current(east=1.0), hours=(1.0,), n=4)
    assert (found.lon_deg < -179.9).all()


def test_no_hours_are_no_places():
    assert run(BARE, hours=(), n=3).lat_deg.shape == (0, 3)


def test_effort_goes_where_it_drifts():
    start = Start(36.0, 28.0, sd=1000.0)
    drifted = run(leeway("raft"), start, Wind(10.0, math.pi / 2, 2.0), Current(0.0, 0.2, 0.1), hours=(12.0,))
    edges = 36.05 + 0.05 * np.arange(-4, 5), 27.9 + 0.05 * np.arange(-4, 5)
    chance = np.histogram2d(drifted.lat_deg[0], drifted.lon_deg[0], edges)[0].ravel() / drifted.lat_deg.size
    area = 0.05**2 * 111_000**2 * math.cos(math.radians(36.0))
    width = sweep_width("Raft 4 person", "helicopter", 500 * FOOT, 10 * NAUTICAL_MILE)
    rate = np.full((len(chance), 1), float(sweep_rate(width, 90 * KNOT, area)))
    time = several_resources(chance, rate, [2 * HOUR_S])
    evenly = np.full_like(time, 2 * HOUR_S / len(chance))
    assert time.sum() == pytest.approx(2 * HOUR_S)
    assert time[:, 0].argmax() == chance.argmax()
    assert found(chance, rate, time) > 1.5 * found(chance, rate, evenly)


@pytest.mark.parametrize(
    "change", [{"n": 0}, {"hours": (2.0, 1.0)}, {"hours": (math.nan,)}, {"jibing": 1.5}, {"memory_h": 0.0}]
)
def test_what_makes_no_sense_is_refused(change):
    with pytest.raises(BadInput, match="expected"):
        run(BARE, **{"n": 3, **change})
