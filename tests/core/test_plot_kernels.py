"""The kernel for plots against the vectorised formulas, which have oracles of their own."""

import numpy as np
import pytest

from mihari.core.geodesy import plot_estimate
from mihari.core.plot_kernels import plot_estimates


@pytest.mark.parametrize("place", [(26.2, 127.6, 310.0), (0.0, 0.0, 0.0), (-77.8, 179.999, 40.0), (89.9, -30.0, 5.0)])
@pytest.mark.parametrize("sd", [(8.0, 0.0026), (30.0, 0.17), (5.0, 0.0)])
def test_the_same_places_and_covariances_as_the_vectorised_formulas(place, sd):
    rng = np.random.default_rng(4)
    ranges, bearings = rng.uniform(400.0, 90_000.0, 500), rng.uniform(-7.0, 7.0, 500)
    found = plot_estimates(*place, ranges, bearings, *sd)
    expected = np.array(plot_estimate(*place, ranges, bearings, *sd))
    np.testing.assert_allclose(found[:2], expected[:2], rtol=0, atol=2e-11)  # 2 µm
    np.testing.assert_allclose(found[2:], expected[2:], rtol=1e-9, atol=1e-6)


def test_a_plot_s_result_does_not_depend_on_those_beside_it():
    rng = np.random.default_rng(5)
    ranges, bearings = rng.uniform(400.0, 90_000.0, 200), rng.uniform(0.0, 7.0, 200)
    whole = plot_estimates(26.2, 127.6, 310.0, ranges, bearings, 8.0, 0.003)
    each = [plot_estimates(26.2, 127.6, 310.0, ranges[k : k + 1], bearings[k : k + 1], 8.0, 0.003) for k in range(200)]
    assert np.hstack(each).tobytes() == whole.tobytes()


@pytest.mark.parametrize(
    ("slant", "bearing"), [(0.0, 0.0), (-5.0, 0.0), (np.nan, 0.0), (1e4, np.nan), (100.0, 0.0), (3e7, 0.0)]
)
def test_what_has_no_place_is_nan(slant, bearing):
    """Nothing measured, shorter than the antenna is high, longer than the Earth is wide."""
    found = plot_estimates(26.2, 127.6, 310.0, np.array([slant]), np.array([bearing]), 8.0, 0.003)
    assert np.isnan(found).all()
