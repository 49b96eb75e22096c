from dataclasses import replace

import numpy as np
import pytest

from mihari.core.errors import ConfigError
from mihari.core.geodesy import inverse
from mihari.core.units import KNOT, wrap_half_turn
from mihari.simulate import Simulation, load
from mihari.simulate.kinds import KINDS
from mihari.simulate.scenario import Lane, Traffic


@pytest.mark.parametrize("coast", ["strait", "aegean"])
def test_nobody_is_ever_on_land_in_half_an_hour(coast, request):
    simulation = request.getfixturevalue(coast)
    for elapsed in range(0, 1801, 10):
        moving = simulation.traffic.motion.at(float(elapsed))
        assert not simulation.mask.on_land(moving.lat_deg, moving.lon_deg).any()


def test_nobody_is_on_land_whatever_the_seed(aegean):
    for seed in range(100, 104):
        other = Simulation(replace(aegean.scenario, seed=seed), aegean.mask)
        for elapsed in (0.0, 1e4, 1e6):
            moving = other.traffic.motion.at(elapsed)
            assert not aegean.mask.on_land(moving.lat_deg, moving.lon_deg).any()


def test_velocity_is_how_the_position_changes(strait):
    step = 0.5
    before, now, after = (strait.traffic.motion.at(600.0 + k * step) for k in (-1, 0, 1))
    distance, bearing = inverse(before.lat_deg, before.lon_deg, after.lat_deg, after.lon_deg)
    np.testing.assert_allclose(distance / (2 * step), now.speed, rtol=1e-3, atol=2e-3)
    moves = now.speed > 0.5
    assert np.abs(wrap_half_turn(bearing - now.course))[moves].max() < np.radians(0.2)


def test_nobody_jumps_turns_on_the_spot_or_bolts(strait):
    motion, kinds = strait.traffic.motion, strait.vessels.kind
    limit = np.array([1.5 * KINDS[str(kind)].turn for kind in kinds])
    for elapsed in range(0, 3600, 7):
        now, soon = motion.at(float(elapsed)), motion.at(elapsed + 1.0)
        moves = now.speed > 3.0
        assert np.all(np.abs(motion.turn(float(elapsed)))[moves] < np.maximum(limit, 0.1)[moves])
        assert np.abs(soon.speed - now.speed).max() < 0.5


def test_speeds_and_sizes_are_those_of_the_kinds(strait):
    speed = np.stack([strait.traffic.motion.at(t).speed for t in np.arange(0.0, 7200.0, 60.0)])
    for name, kind in KINDS.items():
        rows = strait.vessels.kind == name
        length = strait.vessels.hull_length[rows]
        if name == "pilot":  # none in the strait
            continue
        assert length.min() >= kind.length[0]
        assert length.max() <= kind.length[1]
        assert speed[:, rows].max() <= max(1.9 * kind.speed[1], 32 * KNOT)


def test_ferries_stop_at_their_ends_and_start_again(strait):
    rows = np.flatnonzero(strait.vessels.kind == "ferry")
    speed = np.stack([strait.traffic.motion.at(t, rows).speed for t in np.arange(0.0, 4 * 3600.0, 30.0)])
    assert np.all(speed.min(axis=0) < 0.01)
    assert np.all(speed.max(axis=0) > 10 * KNOT)


def test_anchored_ships_stay_where_they_are(strait):
    rows = np.flatnonzero(np.isin(strait.vessels.kind, ["anchored", "moored"]))
    a, b = strait.traffic.motion.at(0.0, rows), strait.traffic.motion.at(3600.0, rows)
    assert inverse(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg)[0].max() < 200


def test_the_shares_of_ais_are_those_of_a_coast(strait):
    device = strait.vessels.device
    assert 0.6 <= np.mean(device == "A") <= 0.7
    assert 0.05 <= np.mean(device == "B") <= 0.15
    assert 0.25 <= np.mean(device == "") <= 0.3


def test_every_device_has_an_mmsi_of_its_own_and_no_other_vessel_has_one(strait):
    v = strait.vessels
    spoken = v.mmsi[v.has_ais]
    assert len(np.unique(spoken)) == len(spoken)
    assert np.all((spoken > 200_000_000) & (spoken < 800_000_000))
    assert np.all(v.mmsi[~v.has_ais] == 0)
    assert np.all(v.name[~v.has_ais] == "")


def test_imo_numbers_have_a_right_check_digit(strait):
    for number in strait.vessels.imo[strait.vessels.imo > 0].tolist():
        digits = [int(d) for d in str(number)]
        assert sum(d * w for d, w in zip(digits, range(7, 1, -1), strict=False)) % 10 == digits[6]


def test_most_of_the_strait_is_under_radar_cover(strait):
    cover = strait.cover(strait.scenario.start)
    assert cover.any(axis=1).mean() > 0.8
    assert cover.all(axis=1).sum() >= 10  # seen by both
    assert cover.sum(axis=0).min() > 100


def test_a_lane_over_land_is_one_clear_sentence(strait):
    lane = Lane("inland", ((26.5, 127.9), (26.4, 127.8)))
    scenario = replace(
        load("strait"), lanes=(lane,), traffic=(Traffic("cargo", 1, "inland"),), radars=(), file="c.toml"
    )
    with pytest.raises(ConfigError, match=r"c\.toml: lane\[0\]\.points_deg: 'inland' comes within 120 m of land near"):
        Simulation(scenario, strait.mask)


def test_a_ground_without_water_is_one_clear_sentence(strait):
    group = Traffic("fishing", 1, place=(26.35, 127.78), radius=500.0)
    scenario = replace(load("strait"), traffic=(group,), radars=(), file="c.toml")
    with pytest.raises(ConfigError, match=r"c\.toml: traffic\[0\]: found no water for a fishing around 26\.350, 127"):
        Simulation(scenario, strait.mask)


def test_a_lane_on_the_far_side_of_the_world_is_one_clear_sentence(strait):
    lane = Lane("far", ((26.0, 127.0), (-26.0, -53.0)))
    scenario = replace(strait.scenario, lanes=(lane,), traffic=(), file="c.toml")
    with pytest.raises(ConfigError, match=r"c\.toml: lane\[0\]\.points_deg: -26, -53 is outside the area 'nansei'"):
        Simulation(scenario, strait.mask)


def test_a_lane_may_bend_sharply_or_turn_back(strait):
    lane = Lane("bent", ((26.0, 127.0), (26.1, 127.0), (26.02, 127.001), (26.1, 127.1), (26.0, 127.1), (26.1, 127.1)))
    scenario = replace(strait.scenario, lanes=(lane,), traffic=(Traffic("cargo", 5, "bent"),), radars=())
    moving = Simulation(scenario, strait.mask).traffic.motion.at(np.arange(5) * 100.0)
    assert np.all(np.isfinite(moving.lat_deg))
    assert np.all(moving.speed < 20 * KNOT)


def test_a_radar_outside_the_area_is_one_clear_sentence(strait):
    radar = replace(strait.scenario.radars[0], lat_deg=-40.0)
    scenario = replace(strait.scenario, traffic=(), radars=(radar,), file="c.toml")
    with pytest.raises(ConfigError, match=r"c\.toml: radar\[0\]: -40, 126\.771 is outside the area 'nansei'"):
        Simulation(scenario, strait.mask)
