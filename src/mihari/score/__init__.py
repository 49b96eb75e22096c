"""Tracks against truth, alerts against truth: the field's scores."""

from mihari.score.gospa import Gospa, gospa
from mihari.score.judge import Judge, Settings
from mihari.score.report import report
from mihari.score.summary import TrackScore, confirmed_at, score_tracks, under_cover

__all__ = [
    "Gospa",
    "Judge",
    "Settings",
    "TrackScore",
    "confirmed_at",
    "gospa",
    "report",
    "score_tracks",
    "under_cover",
]
