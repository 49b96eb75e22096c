"""Cameras that are not there: how they turn, what they would see, and the ONVIF service over which they are asked."""

from mihari.simulate.cameras.body import Body, Hull, straight_on
from mihari.simulate.cameras.model import SimulatedCamera
from mihari.simulate.cameras.server import CameraServer, Faults

__all__ = ["Body", "CameraServer", "Faults", "Hull", "SimulatedCamera", "straight_on"]
