"""Chances in words, for `mihari drift`."""

from __future__ import annotations


def share(chance: float) -> str:
    """A chance as people say it: what is nearly certain is not said to be certain.

    >>> share(0.436), share(0.9971), share(0.001), share(0.0)
    ('44 %', 'more than 99 %', 'less than 1 %', '0 %')
    """
    if chance > 0.99:
        return "more than 99 %"
    return "less than 1 %" if 0 < chance < 0.01 else f"{100 * chance:.0f} %"
