"""What is played to prove a pattern: by its name, what it is about and what only looks like it.

A play has the name of the pattern that it speaks for and shares no code with any definition. Variants are those of
`simulate.behaviours`: functions of a scene that give a cast.
"""

from mihari.simulate.episodes.plays.play import Play
from mihari.simulate.episodes.plays.register import PLAYS

__all__ = ["PLAYS", "Play"]
