"""The door to geodesy on WGS-84: positions, tangent planes, geodesics and radar plots, whole arrays at once.

Arguments broadcast; vectors have a trailing axis of 3 (ECEF, m). Positions are degrees, latitude first; bearings are
radians clockwise from true north; returned longitudes lie in [-180, 180]. Nothing here knows a seam: the antimeridian
and the poles are ordinary places. *At a pole* east and north are those of the meridian whose longitude is given, as if
one stood a step away from the pole on it; longitude and bearing there only mean something together.

The scalar twins for kernels are in `mihari.core.geodesy_kernels`.
"""

from mihari.core.ellipsoid import E2, MEAN_RADIUS, A, B, F, axes, ecef, from_ecef, lat_lon, n_vector
from mihari.core.geodesics import direct, great_circle, inverse
from mihari.core.planes import TangentPlane, from_plane, lift, rebase, to_plane
from mihari.core.polar import ellipse, plot_covariance, plot_estimate, plot_position, polar_of

__all__ = [
    "E2",
    "MEAN_RADIUS",
    "A",
    "B",
    "F",
    "TangentPlane",
    "axes",
    "direct",
    "ecef",
    "ellipse",
    "from_ecef",
    "from_plane",
    "great_circle",
    "inverse",
    "lat_lon",
    "lift",
    "n_vector",
    "plot_covariance",
    "plot_estimate",
    "plot_position",
    "polar_of",
    "rebase",
    "to_plane",
]
