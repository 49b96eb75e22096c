"""What a decoder refused -> the health of its feed: counts by reason, and the last pieces."""

from __future__ import annotations

from mihari.core.health import KEEP_BYTES, Health, Refusal
from mihari.formats.refusals import Refusals


def count_refused(health: Health, refusals: Refusals, received: float) -> None:
    """Tell what was refused since the last call; `received`: UTC s.

    >>> health, refusals = Health(0, "", ""), Refusals()
    >>> refusals.add(5, b"ab", "checksum"); count_refused(health, refusals, 1.0); count_refused(health, refusals, 2.0)
    >>> health.refused, health.last_refused[0].data
    ({'checksum': 1}, b'ab')
    """
    fresh = refusals.fresh()
    for reason, number in fresh.items():
        health.refused[reason] = health.refused.get(reason, 0) + number
    for piece in list(refusals.last)[-sum(fresh.values()) :] if fresh else ():
        health.last_refused.append(Refusal(received, piece.reason, piece.data[:KEEP_BYTES]))
