"""How the mesh is, for people: nodes, links, what waits, what was refused. Plain values, as JSON has them.

`me`: author, name, lat_deg, lon_deg, sensors, clock_error_s (0: none that is known). `nodes`: author, name, lat_deg,
lon_deg, vessels, sensors (how many it watches with), epoch, heard_s (ago), cost, through (the neighbour's name; "" not
reached now), clock_offset_s, release, links (what the node told of its own). `links`: peer, name, address, profile,
up_s, silent_s, round_trip_s, clock_offset_s, waiting (batches), under_way (bytes), sent_bytes, got_bytes, resent,
again. `refused`: name -> reason -> count; `unknown`: kind -> count. `missing` (added by `mihari.sharing`): address,
profile, since_s of configured links not up.
`modems` (likewise): name, listen, send, sent, heard, again (told twice against loss), refused (their reasons are above,
under `modem NAME`), waiting (vessels), sent_s, heard_s (ago), problem, authors (author, name, vessels, heard_s).
`cases`, `bundles` (likewise, of `mihari.carrying`): what was told, taken and refused in this run; None: not begun.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mihari.mesh.exchange import Exchange
from mihari.mesh.heard import Heard
from mihari.mesh.link import Link

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the mesh knows beside its exchange; `last`: author -> steady s at which it was heard of."""

    nodes: Mapping[str, Plain]
    offsets: Mapping[str, float]
    last: Mapping[str, float]
    heard: Heard
    own_clock_error: float
    place: tuple[float, float] = (math.nan, math.nan)  # where this node stands: lat_deg, lon_deg
    watching: Mapping[str, int] = field(default_factory=dict)  # author -> how many placed sensors it has, our own too


def node_state(links: Iterable[Link], now: float) -> Plain:
    """What a node tells of its links to all others."""
    some = [link for link in links if link.greeted]
    return {
        "links": [
            {
                "peer": link.peer,
                "profile": link.profile.name,
                "round_trip_s": _figure(link.clock.round_trip, 3),
                "waiting": link.backlog,
                "up_s": round(now - link.up_at),
            }
            for link in some
        ],
        "offsets": {link.peer: round(link.clock.offset, 3) for link in some if link.clock.sure},
    }


def status_of(author: str, name: str, exchange: Exchange, seen: Seen, now: float, utc: float) -> Plain:
    """All of it; `now` steady s, `utc` UTC s."""
    names = exchange.authors.name_of
    known = sorted({*seen.nodes, *seen.heard.beliefs, *exchange.sources, *exchange.links} - {author})
    refused: dict[str, dict[str, int]] = {}
    for (who, reason), count in sorted(exchange.refused.items() | seen.heard.refused.items()):
        refused.setdefault(names(who) or who or "nobody known", {})[reason] = count
    return {
        "time": utc,
        "me": {
            "author": author,
            "name": name,
            "lat_deg": _number(seen.place[0]),
            "lon_deg": _number(seen.place[1]),
            "sensors": seen.watching.get(author, 0),
            "clock_error_s": round(seen.own_clock_error, 2),
        },
        "nodes": [_node(a, exchange, seen, now) for a in known],
        "links": [_link(link, exchange, now) for link in exchange.links.values()],
        "refused": refused,
        "unknown": {str(kind): count for kind, count in exchange.unknown.items()},
    }


def _node(author: str, exchange: Exchange, seen: Seen, now: float) -> Plain:
    told = seen.nodes.get(author, {})
    source = exchange.sources.get(author)
    beliefs = seen.heard.beliefs.get(author)
    names = exchange.authors.name_of
    return {
        "author": author,
        "name": names(author) or author,
        "lat_deg": _number(told.get("lat_deg")),
        "lon_deg": _number(told.get("lon_deg")),
        "vessels": 0 if beliefs is None else len(beliefs.shared()),
        "sensors": seen.watching.get(author, 0),
        "epoch": exchange.store.epoch(author),
        "heard_s": _figure(now - seen.last.get(author, math.nan), 1),
        "cost": None if source is None else source.cost,
        "through": "" if source is None else names(source.peer) or source.peer,
        "clock_offset_s": _figure(seen.offsets.get(author, math.nan), 2),
        "release": str(told.get("release", ""))[:40],
        "links": [_told_link(one, names) for one in told.get("links", [])[:64] if isinstance(one, dict)],
    }


def _told_link(told: Plain, names: Any) -> Plain:
    peer = str(told.get("peer", ""))[:16]
    return {
        "peer": peer,
        "name": names(peer) or peer,
        "profile": str(told.get("profile", ""))[:20],
        "round_trip_s": _number(told.get("round_trip_s")),
        "waiting": _number(told.get("waiting")),
    }


def _link(link: Link, exchange: Exchange, now: float) -> Plain:
    return {
        "peer": link.peer,
        "name": link.name or link.peer,
        "address": link.address,
        "profile": link.profile.name,
        "greeted": link.greeted,
        "up_s": round(now - link.up_at, 1),
        "silent_s": round(now - link.heard, 1),
        "round_trip_s": _figure(link.clock.round_trip, 4),
        "clock_offset_s": _figure(link.clock.offset, 3),
        "waiting": link.backlog,
        "under_way": link.under_way,
        "sent_bytes": link.sent_bytes,
        "got_bytes": link.got_bytes,
        "resent": link.resent,
        "again": exchange.again[link.peer],
    }


def _figure(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
