"""Tracks against truth, alerts against truth: the field's scores."""

from mihari.score.gospa import Gospa, gospa
from mihari.score.judge import Judge, Settings
from mihari.score.report import report
from mihari.score.summary import TrackScore, confirmed_at, score_tracks, under_cover
from mihari.score.trajectories import Moment, TrajectoryGospa, trajectory_gospa

__all__ = [
    "Gospa",
    "Judge",
    "Moment",
    "Settings",
    "TrackScore",
    "TrajectoryGospa",
    "confirmed_at",
    "gospa",
    "report",
    "score_tracks",
    "trajectory_gospa",
    "under_cover",
]
