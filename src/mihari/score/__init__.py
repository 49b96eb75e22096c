"""Tracks against truth: GOSPA and the figures of a run."""

from mihari.score.gospa import Gospa, gospa
from mihari.score.summary import TrackScore, confirmed_at, score_tracks, under_cover

__all__ = ["Gospa", "TrackScore", "confirmed_at", "gospa", "score_tracks", "under_cover"]
