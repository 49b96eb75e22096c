"""A made-up coast with truth -> the same wire bytes that real sensors send."""

from mihari.simulate.datagram import Datagram
from mihari.simulate.play import paced, play
from mihari.simulate.scenario import Scenario, builtin_names, load
from mihari.simulate.simulation import Simulation, sensors, stream

__all__ = ["Datagram", "Scenario", "Simulation", "builtin_names", "load", "paced", "play", "sensors", "stream"]
