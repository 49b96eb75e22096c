"""How a mesh is (`mihari.mesh.status`) -> tables for a terminal: nodes, links, modems, what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from mihari.commands.alert_table import shown

UNHEARD_S = 60.0  # as the alarm has it
OFF_S = 2.0  # of clocks, likewise
BACKLOG = 200  # batches
BAD = "bold yellow"
WIDE = 110  # columns, from which on all figures have room
NAME, SHORT = 28, 15  # letters of a name, and where there is little room


def page(mesh: Mapping[str, Any], width: int) -> Group:
    """All of it, in so many columns of the terminal."""
    me, others = mesh["me"], len(mesh["nodes"])
    head = f"{me['name']}, with {others} other node{'' if others == 1 else 's'}"
    parts: list[Any] = [shown(head)]
    if abs(me["clock_error_s"]) > OFF_S:
        off = offset(me["clock_error_s"])
        parts.append(Text(f"▲ This computer's clock: {off} s, by the clocks of most other nodes", BAD))
    wide = width >= WIDE
    parts += [node_table(mesh, wide), link_table(mesh, wide)]
    parts += [modem_table(mesh)] if mesh.get("modems") else []
    parts += [shown(line) for line in (*(() if wide else sensors(mesh)), *rest(mesh))]
    return Group(*parts)


def node_table(mesh: Mapping[str, Any], wide: bool) -> Table:
    """The other nodes. `wide`: there is room for all figures."""
    table = _table()
    table.add_column("node", no_wrap=True)
    for column in ("vessels", "sensors", "heard") if wide else ("vessels", "heard"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("through", no_wrap=True)
    table.add_column("clock, s", justify="right", no_wrap=True)
    table.add_column("release", no_wrap=True)
    for node in mesh["nodes"]:
        clock = node["clock_offset_s"]
        table.add_row(
            shown(node["name"], NAME), str(node["vessels"]), *([_count(node)] if wide else ()),
            _heard(node["heard_s"]), _through(node),
            "" if clock is None else marked(offset(clock), abs(clock) > OFF_S), shown(node["release"], 9),
        )  # fmt: skip
    return table


def link_table(mesh: Mapping[str, Any], wide: bool) -> Table:
    """The node's links: those that are up, then those that are not. `wide`: there is room for all figures."""
    table, figures = _table(), ("trip, ms", "waiting", "sent", "received", "under way", "resent")
    table.add_column("neighbour", no_wrap=True)
    table.add_column("profile", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for column in figures if wide else figures[:4]:
        table.add_column(column, justify="right", no_wrap=True)
    most = NAME if wide else SHORT
    for link in mesh["links"]:
        state = f"up {span(link['up_s'])}" if link["greeted"] else "greeting"
        waiting = marked(str(link["waiting"]), link["waiting"] > BACKLOG)
        told: list[Any] = [round_trip(link["round_trip_s"]), waiting, size(link["sent_bytes"]), size(link["got_bytes"])]
        told += [size(link["under_way"]), str(link["resent"])] if wide else []
        name, profile = shown(link["name"], most), shown(link["profile"], 9)
        table.add_row(name, profile, marked(state, not link["greeted"]), *told)
    for gone in mesh.get("missing") or ():
        down = marked(f"down {span(gone['since_s'])}", True)
        table.add_row(shown(_host(gone["address"]), most), shown(gone["profile"], 9), down)
    return table


def modem_table(mesh: Mapping[str, Any]) -> Table:
    """The node's modems: messages, and whom they have heard."""
    table = _table()
    table.add_column("modem", no_wrap=True)
    for column in ("sent", "waiting", "heard", "again", "refused", "last heard"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("of", no_wrap=True)
    for modem in mesh["modems"]:
        figures = [str(modem[key]) for key in ("sent", "waiting", "heard", "again")]
        last = "" if not modem["listen"] else "never" if modem["heard_s"] is None else f"{span(modem['heard_s'])} ago"
        heard = ", ".join(f"{one['name']} {one['vessels']}" for one in modem["authors"])
        refused = marked(str(modem["refused"]), modem["refused"] > 0)
        table.add_row(shown(modem["name"], SHORT), *figures, refused, last, shown(heard, NAME))
    return table


def _host(address: str) -> str:
    """tls/kume.example:7447 -> kume.example: scheme and port tell little where there is no room."""
    return address.partition("/")[2].rpartition(":")[0] or address


def sensors(mesh: Mapping[str, Any]) -> Iterator[str]:
    """With how many sensors each node watches, where there is no room for a column."""
    told = [f"{node['name']} {count}" for node in mesh["nodes"] if (count := _count(node))]
    if told:
        yield f"sensors they watch with: {', '.join(told)}"


def rest(mesh: Mapping[str, Any]) -> Iterator[str]:
    """What was refused and what is not understood, a line each."""
    for who, reasons in mesh["refused"].items():
        told = ", ".join(f"{why.replace('_', ' ')} {n}" for why, n in reasons.items())
        yield f"refused of {who}: {told}"
    if unknown := mesh["unknown"]:
        told = ", ".join(f"kind {kind}: {n}" for kind, n in unknown.items())
        yield f"kept, but of kinds that this release does not know: {told}"
    yield from carried(mesh)
    for modem in mesh.get("modems") or ():
        if modem["problem"]:
            yield f"modem {modem['name']}: {modem['problem']}"
    if not mesh["refused"]:
        yield "nothing was refused"


def carried(mesh: Mapping[str, Any]) -> Iterator[str]:
    """What people's cases and patterns did since the node's start, where there was anything.

    >>> list(carried({"cases": {"told": 3, "taken": 9, "refused": 0, "left": 0, "problem": ""}, "bundles": None}))
    ['edits of cases: 3 told, 9 taken']
    """
    cases, bundles = mesh.get("cases"), mesh.get("bundles")
    if cases and (cases["told"] or cases["taken"]):
        yield f"edits of cases: {cases['told']} told, {cases['taken']} taken"
    if bundles and (bundles["told"] or bundles["awaited"]):
        yield f"bundles of patterns: {bundles['told']} offered here, {bundles['awaited']} awaited"
    for one in (cases, bundles, (cases or {}).get("files")):
        if one and one["problem"]:
            yield one["problem"]


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _count(node: Mapping[str, Any]) -> str:
    """With how many sensors it watches."""
    return "" if node.get("sensors") is None else str(node["sensors"])


def _heard(seconds: float | None) -> Text:
    return Text("never") if seconds is None else marked(f"{span(seconds)} ago", seconds > UNHEARD_S)


def _through(node: Mapping[str, Any]) -> Text:
    if not node["through"]:
        return marked("not reached", True)
    return shown("itself" if node["through"] == node["name"] else node["through"], SHORT)


def marked(text: str, bad: bool) -> Text:
    """A sign and a colour for what is not well; never the colour alone."""
    return Text(f"▲ {text}", BAD) if bad else Text(text)


def span(seconds: float) -> str:
    """A span of time in one unit.

    >>> span(0.84), span(59.0), span(240.0), span(90_000.0), span(400_000.0)
    ('0.8 s', '59 s', '4 min', '25 h', '5 days')
    """
    if seconds < 10:
        return f"{seconds:.1f} s"
    for limit, size_s, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / size_s:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"


def offset(seconds: float) -> str:
    """By how much a clock is ahead.

    >>> offset(0.021), offset(-30.0), offset(0.001)
    ('+0.02', '-30.00', '0.00')
    """
    return "0.00" if abs(seconds) < 0.005 else f"{seconds:+.2f}"


def round_trip(seconds: float | None) -> str:
    """There and back, ms.

    >>> round_trip(0.0123), round_trip(2.5), round_trip(None)
    ('12.3', '2500', '')
    """
    return "" if seconds is None else f"{1e3 * seconds:.{1 if seconds < 1 else 0}f}"


def size(octets: float) -> str:
    """Bytes.

    >>> size(0), size(950), size(51_200), size(2_097_152)
    ('0 B', '950 B', '51.2 kB', '2.1 MB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if octets >= factor:
            return f"{octets / factor:.1f} {unit}"
    return f"{octets:.0f} B"
