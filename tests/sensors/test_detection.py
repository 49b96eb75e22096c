"""What radars of named kinds find: IMO's ranges, weather, and the table against the formulas."""

from dataclasses import replace

import numpy as np
import pytest

from mihari.sensors.detection import background, echo_gain, plot_probability
from mihari.sensors.profiles import PROFILES
from mihari.sensors.radar import detection_probability, echo_area, hull_height
from mihari.sensors.table import echo_table, table_by_reach
from mihari.sensors.weather import CALM, Weather

COASTAL = PROFILES["coastal X-band"]

# IMO MSC.192(79) table 2: antenna 15 m, no clutter, 8 of 10 scans, Pfa 1e-4. Name, m² at X and S band, height m,
# NM at X and S band, a point? The ranges and heights were read; of the areas 7.5 and 0.5 m² were (MSC.164(78)), the
# others are those of its footnotes and, of ships, of IEC 62388, from memory
IMO = [
    ("ship above 5,000 GT", 50_000.0, 30_000.0, 10.0, 11.0, 11.0, False),
    ("ship above 500 GT", 1_800.0, 1_000.0, 5.0, 8.0, 8.0, False),
    ("small vessel with reflector", 7.5, 0.5, 4.0, 5.0, 3.7, True),
    ("buoy with corner reflector", 10.0, 1.0, 3.5, 4.9, 3.6, True),
    ("typical buoy", 5.0, 0.5, 3.5, 4.6, 3.0, True),
    ("boat of 10 m without reflector", 2.5, 1.4, 2.0, 3.4, 3.0, False),
]


def reached_nm(name: str, area: float, height: float, point: bool) -> float:
    profile = replace(PROFILES[name], false_alarm=1e-4)
    slant = np.arange(500.0, 45e3, 10.0)
    seen = plot_probability(profile, 15.0, slant, area, height, CALM, point=point) >= 0.8
    return float(slant[seen].max() / 1852)


@pytest.mark.parametrize("row", IMO, ids=lambda row: row[0])
def test_a_ships_radar_reaches_what_imo_asks_and_little_more(row):
    _, x, s, height, x_nm, s_nm, point = row
    assert 1.0 <= reached_nm("ship X-band 25 kW", x, height, point) / x_nm <= 1.25
    assert 1.0 <= reached_nm("ship S-band 30 kW", s, height, point) / s_nm <= 1.45
    assert reached_nm("boat X-band 4 kW", x, height, point) < reached_nm("ship X-band 25 kW", x, height, point)
    assert reached_nm("coastal X-band", x, height, point) > reached_nm("ship X-band 25 kW", x, height, point)


def test_the_range_equation_is_the_hand_computed_one():
    # 25 kW, 29 dB, 9.41 GHz, 0.25 µs, 6 + 15 dB, 1 m² at 10 km: 25e3 · 794.33² · 0.031859² / 1984.4 / 1e16 W over
    # 4.0039e-21 · 4.8e6 · 125.89 W
    signal = 25e3 * 794.33**2 * 0.031859**2 / 1984.4 / 1e16
    noise = 4.0039e-21 * 4.8e6 * 125.89
    assert PROFILES["ship X-band 25 kW"].snr_at_1_m_of_1_m2 / 1e16 == pytest.approx(signal / noise, rel=1e-3)


def test_without_clutter_the_chance_is_swerlings_first_case():
    chance = plot_probability(COASTAL, 50.0, 30e3, 1.0, 3.0)
    assert 0 < chance < 1
    gain = COASTAL.added * echo_gain(COASTAL, 50.0, 30e3, 3.0)
    power, _ = background(COASTAL, 50.0, 30e3)
    assert power == pytest.approx(1.0, abs=0.01)  # the horizon of the sea is at 29 km
    assert chance == pytest.approx(COASTAL.false_alarm ** (1 / (1 + gain)), rel=1e-6)


def test_drawn_echoes_pass_the_threshold_as_often_as_the_formula_says():
    gain, level = echo_table(COASTAL, 50.0, 44e3, Weather(sea_state=3.0)).look_up(12e3, 2.0)
    rng = np.random.default_rng(7)
    drawn = (1 + 1.5 * gain) * rng.exponential(1.0, 200_000) > level
    expected = plot_probability(COASTAL, 50.0, 12e3, 1.5, 2.0, Weather(sea_state=3.0))
    assert np.mean(drawn) == pytest.approx(expected, abs=0.01)
    assert 0.05 < expected < 0.95


@pytest.mark.parametrize("length", [5.0, 12.0, 40.0, 120.0])
def test_more_sea_more_rain_and_more_distance_find_less(length):
    slant = np.linspace(2e3, 44e3, 300)
    area, height = echo_area(length), hull_height(length)
    by_sea = np.array([plot_probability(COASTAL, 60.0, slant, area, height, Weather(sea_state=s)) for s in range(7)])
    found = by_sea.sum(axis=1)
    assert np.all(np.diff(found) < 0)
    by_rain = [plot_probability(COASTAL, 60.0, slant, area, height, Weather(rain_mmph=r)).sum() for r in (0, 4, 16)]
    assert by_rain[0] > by_rain[1] > by_rain[2]
    calm = plot_probability(COASTAL, 60.0, np.linspace(10e3, 60e3, 300), area, height, CALM)
    assert np.all(np.diff(calm) < 0.02)  # lobes let it rise a little, never much


def test_a_hidden_echo_gives_no_plot():
    assert plot_probability(COASTAL, 60.0, 5e3, 1e4, 10.0, shadowed=True) == 0


@pytest.mark.parametrize("antenna", [15.0, 60.0, 200.0])
@pytest.mark.parametrize("weather", [CALM, Weather(sea_state=4.0, rain_mmph=4.0)], ids=["calm", "rough"])
def test_the_table_tells_what_the_formulas_tell(antenna, weather):
    rng = np.random.default_rng(1)
    slant, length = np.exp(rng.uniform(np.log(300), np.log(44e3), 4000)), np.exp(rng.uniform(1.2, 5.5, 4000))
    table = echo_table(COASTAL, antenna, 44e3, weather)
    ours = table.plot_probability(slant, echo_area(length), hull_height(length))
    true = plot_probability(COASTAL, antenna, slant, echo_area(length), hull_height(length), weather)
    off = np.abs(ours - true)
    assert off.mean() < 1e-3
    assert off.max() < 0.05


def test_compiled_and_numpy_tables_agree():
    from mihari.sensors.echo_kernels import echoes

    rng = np.random.default_rng(2)
    slant, area, height = rng.uniform(10, 60e3, 5000), 10 ** rng.uniform(-1, 5, 5000), rng.uniform(0.1, 80, 5000)
    for table in (echo_table(COASTAL, 50.0, 44e3, Weather(sea_state=3.0)), table_by_reach(20e3, 50.0, 44e3)):
        grid = (table.gain, table.level, table.log_range, table.range_step, table.log_height, table.height_step)
        signal, level = echoes(*grid, table.sight, slant, height)
        chance = np.exp(-level / (1 + area * signal))
        np.testing.assert_allclose(chance, table.plot_probability(slant, area, height), rtol=0, atol=1e-12)


def test_a_table_by_reach_is_the_law_of_reach():
    slant, height = np.linspace(200, 40e3, 500), np.linspace(1, 30, 500)
    ours = table_by_reach(18e3, 40.0, 44e3).plot_probability(slant, 25.0, height)
    np.testing.assert_allclose(ours, detection_probability(slant, 25.0, 40.0, height, 18e3, ceiling=1.0), atol=1e-9)
