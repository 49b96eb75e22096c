"""Learning from cases, with reasons: thresholds, drafts of patterns, patterns that mean nearly the same."""

from mihari.library.learning.thresholds import Choice, Tuning, chosen, tune
from mihari.library.learning.trying import Tried, tried

__all__ = ["Choice", "Tried", "Tuning", "chosen", "tried", "tune"]
