"""Reports -> Tracks: gate, association, existence, motion. `Tracker` is the stage, `TrackerSettings` its constants."""

from mihari.tracks.settings import TrackerSettings
from mihari.tracks.tracker import Tracker

__all__ = ["Tracker", "TrackerSettings"]
