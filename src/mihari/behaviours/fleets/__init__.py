"""Vessels that belong together -> fleets, what they are for, and what of it people must know. See docs/fleets.md."""

from mihari.behaviours.fleets.book import FleetBook, FleetStep
from mihari.behaviours.fleets.held import Change, FleetChange
from mihari.behaviours.fleets.parameters import Parameters
from mihari.behaviours.fleets.scene import Area, AreaKind, Scene, Surroundings

__all__ = ["Area", "AreaKind", "Change", "FleetBook", "FleetChange", "FleetStep", "Parameters", "Scene", "Surroundings"]
