"""All plays, by the name of their pattern: every module of this folder that has a `PLAY`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from mihari.simulate.episodes.plays.play import Play


def _found() -> dict[str, Play]:
    package = __name__.rpartition(".")[0]
    names = sorted(module.name for module in iter_modules(import_module(package).__path__))
    modules = [import_module(f"{package}.{name}") for name in names if name not in ("play", "register")]
    return {module.PLAY.name: module.PLAY for module in modules if hasattr(module, "PLAY")}


PLAYS: Mapping[str, Play] = MappingProxyType(_found())
