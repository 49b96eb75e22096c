"""All plays, by the name of their pattern."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mihari.simulate.episodes.plays import dark_rendezvous
from mihari.simulate.episodes.plays.play import Play

PLAYS: Mapping[str, Play] = MappingProxyType({play.name: play for play in (dark_rendezvous.PLAY,)})
