"""The scalar kernels say what the array functions say."""

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core import geodesy_kernels as kernels
from mihari.core.geodesy import TangentPlane

PLACES = [
    *zip(*np.random.default_rng(1).uniform([[-90], [-180]], [[90], [180]], (2, 40)), strict=True),
    (90.0, 0.0),
    (-90.0, 33.0),
    (89.99999, -170.0),
    (0.0, 180.0),
    (24.5, -180.0),
]


@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_kernels_equal_the_array_functions(lat, lon):
    rng = np.random.default_rng(2)
    frame = kernels.frame_of(np.radians(lat), np.radians(lon))
    plane = TangentPlane.at(lat, lon)
    np.testing.assert_allclose(frame[:3], plane.origin, atol=1e-8)
    np.testing.assert_allclose(frame[3:6], plane.east, atol=1e-15)
    np.testing.assert_allclose(frame[6:], plane.north, atol=1e-15)
    np.testing.assert_allclose(kernels.up_of(frame), plane.up, atol=1e-15)
    x, y = rng.normal(size=2) * 20e3
    point = geodesy.lift(plane, x, y)
    np.testing.assert_allclose(kernels.lift_of(frame, x, y), point, atol=1e-8)
    np.testing.assert_allclose(kernels.to_plane(frame, *point), geodesy.to_plane(plane, point), atol=1e-8)
    at = kernels.plane_to_lat_lon(np.array(frame), x, y)  # a row of an array serves as a frame as well
    np.testing.assert_allclose(
        geodesy.n_vector(*np.degrees(at)), geodesy.n_vector(*geodesy.from_plane(plane, x, y)), atol=1e-15
    )
    new = TangentPlane.at(*np.degrees(at))
    east, north, *jacobian = kernels.rebase_of(frame, kernels.frame_of(*at), x, y)
    state, _ = geodesy.rebase([x, y, 3.0, -7.0], np.eye(4), plane, new)
    np.testing.assert_allclose([east, north], state[:2], atol=1e-8)
    np.testing.assert_allclose(np.reshape(jacobian, (2, 2)) @ [3.0, -7.0], state[2:], atol=1e-12)


def test_a_place_beyond_the_earth_is_absent():
    assert np.isnan(kernels.plane_to_lat_lon(kernels.frame_of(0.5, 0.5), 7e6, 0.0)).all()
