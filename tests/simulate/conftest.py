"""The two coasts that come with the package, made once, and a minute and a half of what the strait sends."""

import pytest

from mihari.simulate import Simulation, load

SPAN = 90.0


@pytest.fixture(scope="session")
def strait():
    return Simulation(load("strait"))


@pytest.fixture(scope="session")
def aegean():
    return Simulation(load("aegean"))


@pytest.fixture(scope="session")
def datagrams(strait):
    return list(strait.stream(SPAN))
