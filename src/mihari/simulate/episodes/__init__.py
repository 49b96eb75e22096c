"""Episodes: one happening each on one of several coasts, as stations and radar would bring it, with what is true of it.

The quick way from an injector to rows of AIS and of vessels that radar holds: no bytes on the wire and no tracker, so
that hundreds of cases of a pattern are there in seconds. What it leaves out is told in `playing`.
"""

from mihari.simulate.episodes.coasts import COASTS, Coast
from mihari.simulate.episodes.making import episode, episodes
from mihari.simulate.episodes.playing import Echoes, Episode
from mihari.simulate.episodes.plays import PLAYS, Play

__all__ = ["COASTS", "PLAYS", "Coast", "Echoes", "Episode", "Play", "episode", "episodes"]
