"""Alerts -> a table or a page for a terminal. Nothing in them is markup or a control character when it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from mihari.alerts.text import clean
from mihari.core.times import told_time

SIGNS = {"emergency": "◆", "alarm": "■", "warning": "▲", "caution": "●"}
STYLES = {"emergency": "bold white on red", "alarm": "bold red", "warning": "bold yellow", "caution": "cyan"}
VESSELS_SHOWN = 3


def shown(value: Any, most: int = 2000) -> Text:
    """Any text as it is: rich takes nothing in it for markup, the terminal nothing for a command.

    >>> str(shown("[bold]\\x1b[2J"))
    '[bold]�[2J'
    """
    return Text(clean(str(value), most))


def urgency(alert: Mapping[str, Any]) -> Text:
    """Urgency by sign, word and colour."""
    name = str(alert["urgency"])
    return Text(f"{SIGNS.get(name, '?')} {name.upper()}", STYLES.get(name, ""))


def state(alert: Mapping[str, Any]) -> str:
    """Where it stands, in a few words."""
    if alert["retracted"]:
        over = ", retracted"
    else:
        over = "" if alert["going_on"] else ", over"
    if alert["place"] in ("unacknowledged", "ended"):
        return f"not acknowledged{over}"
    if alert["place"] == "settled":
        return f"acknowledged by {alert['acknowledged_by']}{over}" if alert["acknowledged"] else over.strip(", ")
    return f"{alert['place']}{over}"


def vessels(alert: Mapping[str, Any], names: Mapping[int, str] | None = None) -> str:
    """Its vessels: by name where it is known, else by MMSI or number in the picture."""
    told = [_vessel(v, names or {}) for v in alert["vessels"][:VESSELS_SHOWN]]
    more = alert["vessels_total"] - len(told)
    return ", ".join(told) + (f" +{more}" if more > 0 else "")


def _vessel(vessel: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if vessel["mmsi"]:
        return names.get(vessel["mmsi"]) or f"{vessel['mmsi']:09d}"
    return f"#{vessel['vessel']}"


def alert_table(alerts: Sequence[Mapping[str, Any]], names: Mapping[int, str] | None = None) -> Table:
    """Alerts in the order given, one a line; `names`: MMSI -> name as told."""
    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    table.add_column("no", justify="right", no_wrap=True)
    table.add_column("urgency", no_wrap=True, min_width=11)
    table.add_column("since", no_wrap=True, min_width=11)
    table.add_column("vessels", no_wrap=True, max_width=28)
    table.add_column("state", no_wrap=True, max_width=28)
    table.add_column("why", no_wrap=True, ratio=1, min_width=16)
    for a in alerts:
        since = told_time(float(a["since"]))[5:16].replace("T", " ")
        why = f"{', '.join(a['kinds'])}: {a['because']}"
        table.add_row(
            str(a["number"]), urgency(a), since, *(shown(text, 160) for text in (vessels(a, names), state(a), why))
        )  # fmt: skip
    return table


def alert_page(a: Mapping[str, Any]) -> Iterator[str]:
    """One alert in plain lines."""
    yield f"alert {a['number']}  {a['urgency'].upper()}  {clean(state(a))}"
    yield f"  {clean(a['because'])}"
    with_whom = clean(a["assigned"]) or "nobody"
    yield f"  vessels: {clean(vessels(a))}; raised {told_time(a['raised'])}; assigned to {with_whom}"
    for b in a["behaviours"]:
        yield from _behaviour(b)
    for line in a["log"]:
        yield f"  {told_time(line['time'])}  {clean(line['who'])}  {clean(line['what'])}: {clean(line['text'])}"


def _behaviour(b: Mapping[str, Any]) -> Iterator[str]:
    ends = "going on" if b["end"] is None else told_time(float(b["end"]))
    yield ""
    what = f"{clean(b['kind'])} ({b['urgency']}, {b['standing'].replace('_', ' ')})"
    yield f"  {what}  {told_time(float(b['start']))} to {ends}"
    yield f"    {clean(b['because'])}"
    for name, value in b["evidence"]["facts"].items():
        yield f"    {clean(name)} = {clean(str(value))}"
    for name, seen in b["evidence"]["coverage"].items():
        yield f"    {clean(name)} would have seen it with probability {seen}"
    for other in b["innocent"]:
        yield f"    could also be: {clean(other)}"
