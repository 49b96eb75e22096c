"""Which plots may be a track's: inside an ellipse about where it is expected, found by a k-d tree.

Bar-Shalom, Li, Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001: the squared distance of a
plot in the spread of track and plot together is chi-square distributed with two degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from mihari.core.columns import Array
from mihari.lab.parts import Belief
from mihari.lab.update import fits

NONE = np.empty((0, 2), np.int64)


@dataclass(frozen=True, slots=True)
class EllipsoidalGate:
    """Squared Mahalanobis distance below `threshold` in one mode at least; 16 holds 99.97 % of a track's own plots.

    reach: m, no gate is wider, however little is known of a track.
    """

    threshold: float = 16.0
    reach: float = 800.0

    def pairs(self, belief: Belief, places: Array, covariances: Array) -> Array:
        """See `Gate`."""
        if len(belief) == 0 or len(places) == 0:
            return NONE
        middle, _ = belief.merged()
        near = _near(middle[:, :2], places, np.minimum(self._radius(belief, middle, covariances), self.reach))
        distance2, _ = fits(belief, near, places, covariances)
        return near[(distance2 < self.threshold).any(1)]

    def _radius(self, belief: Belief, middle: Array, covariances: Array) -> Array:
        """(n,) m about the middle of each track outside of which no plot can be in a gate of its modes."""
        widest = np.linalg.eigvalsh(covariances)[:, 1].max()
        spread = np.linalg.eigvalsh(belief.covariance[..., :2, :2])[..., 1] + widest
        off = np.linalg.norm(belief.mean[..., :2] - middle[:, None, :2], axis=-1)
        return np.asarray((off + np.sqrt(self.threshold * spread)).max(1))


@dataclass(frozen=True, slots=True)
class CircularGate:
    """A circle of `radius` m about each track, whatever is known of it: plain, and wrong for what is new or far away.

    >>> from mihari.lab import ConstantVelocity
    >>> one = ConstantVelocity().begin(np.zeros((1, 2)), np.eye(2)[None])
    >>> CircularGate(100.0).pairs(one, np.array([[99.0, 0.0], [101.0, 0.0]]), np.tile(np.eye(2), (2, 1, 1))).tolist()
    [[0, 0]]
    """

    radius: float = 150.0

    def pairs(self, belief: Belief, places: Array, covariances: Array) -> Array:
        """See `Gate`."""
        middle, _ = belief.merged()
        return _near(middle[:, :2], places, np.full(len(belief), self.radius))


def _near(middle: Array, places: Array, radius: Array) -> Array:
    """(k, 2) tracks and plots within each track's radius, in order."""
    if len(middle) == 0 or len(places) == 0:
        return NONE
    found = cKDTree(places).query_ball_point(middle, radius, return_sorted=True)
    track = np.repeat(np.arange(len(found)), [len(plots) for plots in found])
    plot = np.array([j for plots in found for j in plots], np.int64)
    return np.column_stack([track, plot])
