"""Sightings -> what is remembered of each vessel, and the findings that its motion shows, late or in order."""

from mihari.behaviours.memory.layout import AREA_BITS, FLAGS, FOUND, SAMPLE, Pace
from mihari.behaviours.memory.memory import Memory, Recalled, Taken

__all__ = ["AREA_BITS", "FLAGS", "FOUND", "SAMPLE", "Memory", "Pace", "Recalled", "Taken"]
