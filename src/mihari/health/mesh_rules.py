"""How the mesh is -> what is wrong with links, nodes, clocks, and what others send: a sentence each.

`mesh` is what `mihari.mesh.status` tells. Keys name links by address and nodes by author: names may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mihari.alerts.text import clean
from mihari.health.book import Condition
from mihari.health.rules import EASED, Recent, direction, spoken

LINK_S = 15.0  # a link that was cut is given up after 10 s at most, and dialled again within seconds
UNHEARD_S = 60.0  # every node tells of itself at least every 15 s: four misses in a row
SLOW = {"acoustic": 15.0}  # profile -> how many times as long: half a kilobit a second brings a state in minutes
MODEM_S = 720.0  # a modem tells each vessel every 300 s, and one message of two may be lost
TOLD_APART = 5  # unheard nodes; more of them are one trouble
CLOCK_HOLD_S = 10.0  # a link that wakes up measures badly at first
BACKLOG, BACKLOG_HOLD_S = 200, 30.0  # batches; a catch-up after an outage is over sooner
GRAVE = ("signature", "flood", "certificate", "a certificate of somebody else")  # someone lies, or breaks the link
OURS = ("not sent", "no link", "from myself", "unknown message")  # not to be told of a neighbour: nothing wrong is sent
REFUSED_LEAST = 10  # a minute, of what is not grave: a restart brings a few
WATCHED = 256  # reasons by who sent them


def of_mesh(mesh: Mapping[str, Any], limit: float, recent: Recent, standing: frozenset[str]) -> Iterator[Condition]:
    """What is wrong with the mesh; `limit`: s by which a clock may be off."""
    yield from _missing(mesh.get("missing") or ())
    yield from _unheard(mesh)
    yield from _clocks(mesh, limit, standing)
    yield from _backlogs(mesh["links"], standing)
    yield from _refused(mesh["refused"], recent)


def refused_counts(mesh: Mapping[str, Any] | None) -> dict[str, int]:
    """What was refused so far, for `Recent`."""
    if mesh is None:
        return {}
    told = [(_key(who, why), n) for who, reasons in mesh["refused"].items() for why, n in reasons.items()]
    return dict(told[:WATCHED])


def _key(who: str, reason: str) -> str:
    return f"mesh-refused:{who}:{reason}"


def _missing(links: Sequence[Mapping[str, Any]]) -> Iterator[Condition]:
    for link in links:
        if link["since_s"] > LINK_S * SLOW.get(link["profile"], 1.0):
            text = f"The link to {clean(link['address'], 80)} has not been up for {spoken(link['since_s'])}."
            yield Condition(f"mesh-link:{link['address']}", "warning", text)


def _silent(mesh: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The nodes that were heard, and for long are not."""
    slow = {link["name"]: SLOW.get(link["profile"], 1.0) for link in mesh["links"]}
    return [n for n in mesh["nodes"] if (n["heard_s"] or 0.0) > UNHEARD_S * slow.get(n["through"], 1.0)]


def _unheard(mesh: Mapping[str, Any]) -> Iterator[Condition]:
    silent = _silent(mesh)
    if len(silent) > TOLD_APART:
        names = ", ".join(clean(n["name"], 40) for n in silent[:TOLD_APART])
        since = spoken(min(n["heard_s"] for n in silent))
        text = (
            f"{len(silent)} nodes have not been heard for {since} or more: {names} and {len(silent) - TOLD_APART} more"
        )
        yield Condition("mesh-silent", "warning", f"{text}; their vessels are shown as they told them last.")
        return
    by_modem = _by_modem(mesh)
    for node in silent:
        if node["author"] in by_modem:
            continue
        text = f"{clean(node['name'], 40)} has not been heard for {spoken(node['heard_s'])}"
        last = "; its vessels are shown as it told them last" if node["vessels"] else ""
        yield Condition(f"mesh-silent:{node['author']}", "warning", f"{text}{last}.")


def _by_modem(mesh: Mapping[str, Any]) -> set[str]:
    """The nodes that modems still hear: a refresh and a lost message ago at most."""
    authors = [one for modem in mesh.get("modems") or () for one in modem["authors"]]
    return {one["author"] for one in authors if (one["heard_s"] or 0.0) <= MODEM_S}


def _clocks(mesh: Mapping[str, Any], limit: float, standing: frozenset[str]) -> Iterator[Condition]:
    own, silent = float(mesh["me"]["clock_error_s"] or 0.0), {n["author"] for n in _silent(mesh)}
    if abs(own) > limit * (EASED if "mesh-clock" in standing else 1.0):
        text = f"This computer's clock is {spoken(own)} {direction(own)}, by the clocks of most other nodes."
        yield Condition("mesh-clock", "alarm", text, hold_s=CLOCK_HOLD_S)
    for node in mesh["nodes"]:
        if node["clock_offset_s"] is None or node["author"] in silent:
            continue
        key, offset = f"mesh-clock:{node['author']}", node["clock_offset_s"] + own  # our own error is not theirs
        if abs(offset) > limit * (EASED if key in standing else 1.0):
            text = f"The clock of {clean(node['name'], 40)} is {spoken(offset)} {direction(offset)}."
            yield Condition(key, "warning", text, hold_s=CLOCK_HOLD_S)


def _backlogs(links: Sequence[Mapping[str, Any]], standing: frozenset[str]) -> Iterator[Condition]:
    for link in links:
        key = f"mesh-backlog:{link['peer']}"
        if link["waiting"] > BACKLOG * (EASED if key in standing else 1.0):
            name = clean(link["name"], 40)
            text = f"{link['waiting']} batches wait for the link to {name} ({link['profile']}): it hears of all late."
            yield Condition(key, "warning", text, hold_s=BACKLOG_HOLD_S)


def _refused(refused: Mapping[str, Mapping[str, int]], recent: Recent) -> Iterator[Condition]:
    for who, reasons in refused.items():
        grown = {why: recent.grown(_key(who, why)) for why in reasons if why not in OURS}
        grave, total = any(grown.get(why, 0) > 0 for why in GRAVE), sum(n for n in grown.values() if n > 0)
        if not grave and total < REFUSED_LEAST:
            continue
        worst = clean(max(grown, key=lambda why: grown[why]), 80).replace("_", " ")
        name = "Somebody unknown" if who == "nobody known" else clean(who, 40)
        frames = "a frame within a minute that was" if total == 1 else f"{total} frames within a minute that were"
        most = "for" if len(grown) == 1 or total == 1 else "mostly for"
        text = f"{name} sent {frames} refused, {most} {worst}."
        yield Condition(f"mesh-refused:{who}", "alarm" if grave else "warning", text)
