"""Why a plan does not meet a demand, and what would make it possible: sentences, each held against the planner."""

from mihari.patrol.whynot.explaining import explain

__all__ = ["explain"]
