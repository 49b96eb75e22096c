"""Events in the vocabulary of RTEC's maritime example -> the intervals of its fluents."""

from mihari.behaviours.rtec.facts import CODE, NAMES, RtecColumns, RtecFacts
from mihari.behaviours.rtec.recognise import Found, recognise

__all__ = ["CODE", "NAMES", "Found", "RtecColumns", "RtecFacts", "recognise"]
