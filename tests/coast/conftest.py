"""A made-up area whose answers can be worked out by hand."""

import numpy as np
import pytest

from mihari.coast import Area


def island(name: str = "square", west_deg: float = 20.0) -> Area:
    """An island of 0.6° with a lake of 0.2° in it, in a box of 1°."""
    lat = np.array([10.2, 10.2, 10.8, 10.8, 10.4, 10.4, 10.6, 10.6])
    lon = west_deg + np.array([0.2, 0.8, 0.8, 0.2, 0.4, 0.6, 0.6, 0.4])
    east = (west_deg + 1 + 180) % 360 - 180
    return Area(
        name, "Square", "made up", 10.0, west_deg, 11.0, east, lat, lon, np.array([0, 4, 8]), np.array([1, 2], "u1")
    )


@pytest.fixture(scope="session")
def square():
    """Maker of the island: `square(name, west_deg)`."""
    return island
