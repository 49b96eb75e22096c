"""Thousands of patterns held against tens of thousands of vessels as their updates come."""

from mihari.library.live.figures import Base, Figure, Primitives, primitives_of
from mihari.library.live.matcher import Events, Matcher
from mihari.library.live.programme import Programme, compile

__all__ = ["Base", "Events", "Figure", "Matcher", "Primitives", "Programme", "compile", "primitives_of"]
