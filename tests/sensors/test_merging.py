import numpy as np
import pytest

from mihari.sensors.merging import merged


def test_two_echoes_in_one_cell_are_one_plot_between_them():
    one = merged([1000.0, 1010.0], [0.5, 0.504], [1.0, 1.0], (12.0, 0.008))
    np.testing.assert_allclose([one.range[0], one.bearing[0], one.power[0]], [1005.0, 0.502, 2.0])
    assert one.plot.tolist() == [0, 0]


@pytest.mark.parametrize("second", [(1013.0, 0.5), (1000.0, 0.509)])
def test_a_cell_apart_in_range_or_bearing_they_are_two(second):
    assert len(merged([1000.0, second[0]], [0.5, second[1]], [1.0, 1.0], (12.0, 0.008)).range) == 2


def test_north_is_no_border():
    one = merged([1000.0, 1000.0], [2 * np.pi - 0.003, 0.003], [1.0, 2.0], (12.0, 0.008))
    np.testing.assert_allclose(one.bearing, [0.001], atol=1e-12)


def test_the_strongest_names_the_plot():
    one = merged([1000.0, 1005.0, 5000.0], [0.1, 0.1, 0.1], [1.0, 9.0, 2.0], (12.0, 0.01))
    assert one.strongest.tolist() == [1, 2]


def test_a_long_row_of_vessels_is_several_plots():
    row = merged(np.full(40, 5e3), np.arange(40) * 0.002, np.ones(40), (12.0, 0.008))
    assert 5 <= len(row.range) <= 14  # 0.08 rad are ten beam widths


def test_nothing_gives_nothing():
    assert len(merged([], [], [], (12.0, 0.01)).range) == 0


def test_power_and_echoes_are_kept_and_plots_lie_among_their_echoes():
    rng = np.random.default_rng(5)
    r, b, p = rng.uniform(1e3, 2e3, 800), rng.uniform(0, 2 * np.pi, 800), rng.exponential(1, 800)
    many = merged(r, b, p, (30.0, 0.05))
    assert many.power.sum() == pytest.approx(p.sum())
    assert np.array_equal(np.bincount(many.plot) > 0, np.ones(len(many.range), bool))
    assert np.all(np.abs(r - many.range[many.plot]) < 30.0)
    apart = np.abs(np.angle(np.exp(1j * (b - many.bearing[many.plot]))))
    assert np.all(apart < 0.05)
    peaks = merged(r[many.strongest], b[many.strongest], p[many.strongest], (30.0, 0.05))
    assert len(peaks.range) == len(many.range)  # peaks lie a cell apart


def test_the_order_in_which_echoes_are_told_does_not_matter():
    rng = np.random.default_rng(6)
    r, b, p = rng.uniform(1e3, 2e3, 300), rng.uniform(0, 2 * np.pi, 300), rng.exponential(1, 300)
    turned = rng.permutation(300)
    one, other = merged(r, b, p, (30.0, 0.05)), merged(r[turned], b[turned], p[turned], (30.0, 0.05))
    np.testing.assert_allclose(one.range, other.range)
    np.testing.assert_allclose(one.bearing, other.bearing)
