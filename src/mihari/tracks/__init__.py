"""Reports -> Tracks: gate, association, existence, motion, late reports.

`RewindingTracker` is the stage: it takes inputs as they come. `Tracker` takes them in order; `TrackerSettings` are its
constants.
"""

from mihari.tracks.rewind import RING_S, RewindingTracker
from mihari.tracks.settings import TrackerSettings
from mihari.tracks.tracker import Tracker

__all__ = ["RING_S", "RewindingTracker", "Tracker", "TrackerSettings"]
