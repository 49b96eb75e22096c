"""Telemetry -> the assets of the picture: the newest of each field, and how the link to each is.

>>> from mihari.core.asset import Telemetry
>>> book = AssetBook([Asset("tb3", AssetKind.AIRCRAFT)])
>>> book.take(Telemetry("tb3", 10.0, 10.2, 26.0, 127.0, height=3000.0, mode="mission"))
>>> book.pass_time(11.0)
>>> book.assets[0].mode, book.assets[0].link.name
('mission', 'UP')
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields, replace

from mihari.core.asset import Asset, AssetKind, LinkState, Telemetry

MOST = 500  # assets; names that a stream of garbage invents are bounded
LATE_S = 5.0  # telemetry comes at 1 Hz or more
LOST_S = 30.0
DIVER_AWAY_S = 60.0  # what dives is away, not lost, when it was near or under the surface last
LOOKS_S = 5.0  # what a camera showed longer ago it no longer shows
TOLD = tuple(f.name for f in fields(Telemetry) if f.name not in ("asset", "time", "received", "looks"))


class AssetBook:
    """The assets of a node by name: those of its file, and those it comes to hear of."""

    def __init__(self, assets: Iterable[Asset] = ()) -> None:
        self._assets = {one.name: one for one in assets}
        self._looked: dict[str, float] = {}
        self.unknown = 0  # telemetry of assets beyond `MOST`
        self.version = 0  # grows with every change

    @property
    def assets(self) -> tuple[Asset, ...]:
        """All of them, those of the node file first."""
        return tuple(self._assets.values())

    def reconfigure(self, assets: Iterable[Asset]) -> None:
        """From now on the node file lists these; what is known of each is kept."""
        told = {}
        for one in assets:
            old = self._assets.get(one.name)
            told[one.name] = (
                one if old is None else replace(old, kind=one.kind, profile=one.profile, operator=one.operator)
            )
        others = {name: one for name, one in self._assets.items() if name not in told and not one.profile}
        self._assets = told | others
        self.version += 1

    def take(self, told: Telemetry, kind: AssetKind = AssetKind.CREW) -> None:
        """What an asset told; `kind` is that of one which the node file does not list. Older than what is known: kept
        out, but for its having been heard.
        """
        old = self._assets.get(told.asset)
        if old is None:
            if len(self._assets) >= MOST:
                self.unknown += 1
                return
            old = Asset(told.asset, kind)
        heard = told.received if math.isnan(old.heard) else max(old.heard, told.received)
        if told.time < old.time:
            self._assets[told.asset] = replace(old, heard=heard)
            return
        news = {name: getattr(told, name) for name in TOLD if _tells(getattr(told, name))}
        looks = old.looks if told.looks is None else told.looks
        if told.looks is not None:
            self._looked[told.asset] = told.time
        elif told.time - self._looked.get(told.asset, -math.inf) > LOOKS_S:
            looks = ()
        self._assets[told.asset] = replace(old, **news, time=told.time, heard=heard, looks=looks)
        self.version += 1

    def pass_time(self, time: float) -> None:
        """How the links are at `time`, UTC s by the node's clock."""
        for name, one in self._assets.items():
            link = link_of(one, time)
            if link != one.link:
                self._assets[name] = replace(one, link=link)
                self.version += 1


def link_of(asset: Asset, time: float) -> LinkState:
    """How the link of an asset is, by how long it has been silent.

    >>> diver = Asset("auv", AssetKind.UNDERWATER, heard=100.0)
    >>> link_of(diver, 101.0).name, link_of(diver, 500.0).name, link_of(Asset("x", AssetKind.AIRCRAFT), 5.0).name
    ('UP', 'AWAY', 'NEVER')
    """
    if math.isnan(asset.heard):
        return LinkState.NEVER
    silent = time - asset.heard
    if silent < LATE_S:
        return LinkState.UP
    if asset.kind == AssetKind.UNDERWATER:
        return LinkState.LATE if silent < DIVER_AWAY_S else LinkState.AWAY
    if asset.kind == AssetKind.CREW:  # phones tell at most every half minute
        return LinkState.UP if silent < 120.0 else LinkState.LATE if silent < 600.0 else LinkState.LOST
    return LinkState.LATE if silent < LOST_S else LinkState.LOST


def _tells(value: float | str) -> bool:
    return value != "" if isinstance(value, str) else math.isfinite(value)
