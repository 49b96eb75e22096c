"""What other nodes watch with, as they tell it: `Cover`, the placed sensors of one of them."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.core.sensor import SensorKind

KINDS = {int(kind): kind.name.lower() for kind in SensorKind}


@dataclass(frozen=True, slots=True)
class Watching:
    """A sensor that stands somewhere. `serving`: it has brought something lately; else it is silent."""

    name: str
    kind: str  # "radar", "ais" ...; "other": of a later release
    lat_deg: float
    lon_deg: float
    range_m: float  # beyond it nothing is expected
    serving: bool = True


@dataclass(frozen=True, slots=True)
class Cover:
    """All that one other node watches with."""

    author: str  # 16 hexadecimal digits of its key
    name: str
    sensors: tuple[Watching, ...]
