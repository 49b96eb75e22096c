"""Whole tables of positions at once -> behaviours that follow from positions alone, as the live engine finds them."""

from mihari.behaviours.past.finding import FROM_POSITIONS, NOT_FROM_POSITIONS, Past

__all__ = ["FROM_POSITIONS", "NOT_FROM_POSITIONS", "Past"]
