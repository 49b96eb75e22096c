"""What a link can carry: `Profile`s by name. All that the exchange does on a link follows from these figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of link. `rate`: bytes/s it carries each way; 0: more than there is to say.

    `error`: m that a vessel may be away from where the receiver thinks it is before it is told again; 0: every change
    is told. `hold`: s that changes wait for others to share a batch. `window`: bytes under way at most: they are the
    queue that an alarm stands behind. `rows`: vessels in a batch at most. `summary`: s between two summaries of what
    each side has. `lease`: s of silence after which a link is given up.
    """

    name: str
    rate: float
    error: float
    hold: float
    window: int
    rows: int
    summary: float
    lease: float

    @property
    def thin(self) -> bool:
        """Whether the link can be full."""
        return self.rate > 0


def _kbit(rate: float) -> float:
    return rate * 1000.0 / 8.0


PROFILES = {
    p.name: p
    for p in (
        Profile("lan", 0.0, 0.0, 0.0, 4 << 20, 400, 1.0, 3.0),
        Profile("cellular", _kbit(2000), 10.0, 0.3, 96_000, 40, 5.0, 10.0),
        Profile("satellite", _kbit(256), 20.0, 1.2, 24_000, 32, 30.0, 10.0),
        Profile("radio", _kbit(64), 60.0, 1.0, 2_600, 24, 30.0, 10.0),
        Profile("acoustic", _kbit(0.5), 500.0, 30.0, 64, 1, 600.0, 120.0),
    )
}
