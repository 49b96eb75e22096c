"""How many of which platform a patrol needs: fleets grown one vehicle at a time, planned, with limits beside them."""

from mihari.patrol.sizing.candidates import Candidate, candidates_of
from mihari.patrol.sizing.curve import Curve, Point
from mihari.patrol.sizing.growing import size

__all__ = ["Candidate", "Curve", "Point", "candidates_of", "size"]
