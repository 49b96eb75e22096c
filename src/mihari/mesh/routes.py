"""From which neighbour each author's news is taken: the cheapest way that gets on, so that thin links carry it once.

Every node tells its neighbours what an author's news cost to come to it, as routers tell distances (distance vector
with split horizon, RFC 2453). A way that leads in a circle brings nothing new: who is behind loses to who is ahead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mihari.mesh.link import Link

COST = {"lan": 1, "cellular": 4, "satellite": 12, "radio": 30, "acoustic": 300}
HELD = 5_000  # of an author whom nobody reaches now, but of whom something is held
FAR = 10_000  # no way is so long
STALE_S = 6.0  # without news while another neighbour has some: that one is taken


@dataclass(slots=True)
class Source:
    """The neighbour from whom an author's news comes, since when and when it last brought some, steady s."""

    peer: str
    cost: int
    chosen: float
    news: float = -math.inf


def cost_by(link: Link, author: str) -> int:
    """What an author's news cost by this link."""
    if author == link.peer:
        return COST[link.profile.name]
    reach = link.theirs.get(author)
    return FAR if reach is None else min(reach.cost + COST[link.profile.name], FAR)


def choose(
    author: str, now: Source | None, links: Mapping[str, Link], order: int, time: float, stale: float = STALE_S
) -> Source | None:
    """The neighbour to take an author's news from; `order`: of its newest batch here, `time`: steady s."""
    offers = {p: cost_by(link, author) for p, link in links.items() if link.greeted}
    offers = {p: c for p, c in offers.items() if c < HELD or (c < FAR and _order(links[p], author) > order)}
    if not offers:
        return None
    offers = {p: c for p, c in offers.items() if not silent(links[p], time)} or offers
    best = min(offers, key=lambda p: (offers[p], p))
    if now is None or now.peer not in offers:
        return Source(best, offers[best], time)
    quiet = time - max(now.news, now.chosen) > stale
    ahead = [p for p in offers if p != now.peer and _order(links[p], author) > order]
    if quiet and ahead:
        best = min(ahead, key=lambda p: (offers[p], p))
        return Source(best, offers[best], time)
    if offers[best] < offers[now.peer] and (author == best or _order(links[best], author) >= order - slack(order)):
        return Source(best, offers[best], time)
    now.cost = offers[now.peer]
    return now


def silent(link: Link, time: float) -> bool:
    """Whether nothing has come by a link for so long that it seems cut; a thin one is silent in good health."""
    return not link.profile.thin and time - link.heard > link.profile.lease / 2


def slack(order: int) -> int:
    """How far behind a shorter way may seem: its summary is some seconds old."""
    return max(200, order // 20)


def _order(link: Link, author: str) -> int:
    reach = link.theirs.get(author)
    return 0 if reach is None else reach.order
