"""A sea whose nearest shore is 100 km away, for tests that are about something else."""

import numpy as np

from mihari.behaviours.places import Places


class OpenSea(Places):
    """All places are far from land."""

    def shore(self, lat_deg, lon_deg):
        """100 km, m."""
        return np.full(len(lat_deg), 100_000.0)
