"""A play: variants that are real and variants that only look so, and where and how long they are played."""

from __future__ import annotations

from dataclasses import dataclass

from mihari.simulate.behaviours.contract import Variants


@dataclass(frozen=True, slots=True)
class Play:
    """`spot`: the kind of place, by its name on a coast; `hours` that an episode lasts; `size` of a fleet.

    `hour`: by the sun, at which it begins; None: at any. `margin_h`: what is kept of it before and after it happens.
    """

    name: str
    real: Variants
    alike: Variants
    spot: str = "open"
    hours: float = 4.0
    size: int | None = None
    hour: float | None = None
    margin_h: float = 1.0
