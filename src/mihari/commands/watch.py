"""`mihari watch`: alerts and vessels of a running node in a terminal, over its API; works over ssh, decides nothing."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import click

from mihari.commands.console import Number, as_json, print_json
from mihari.core.errors import BadInput

PATIENCE_S = 10.0
ANSWER_MAX = 64 << 20
PAGE, PAGES = 1000, 5  # vessels that are looked through
KN = 3600 / 1852
EDGES = 9  # lines of heads and borders


@click.command(
    epilog="""\b
Examples:
  mihari watch
  mihari watch --port 8081
  ssh naha mihari watch
  mihari watch --once
  mihari watch --once --json
"""
)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True, help="Of the node's map.")
@click.option("--url", default="", help="Of the node's map, in place of --port.")
@click.option("--once", is_flag=True, help="Print once and end.")
@click.option("--every", "every_s", type=Number(0.2), default=1.0, show_default=True, metavar="SECONDS")
@as_json
def watch(port: int, url: str, once: bool, every_s: float, as_json: bool) -> None:
    """Alerts and vessels of a running node, the most urgent first. Acknowledging is done on the map."""
    base = f"{(url or f'http://127.0.0.1:{port}').rstrip('/')}/api/v1/"
    if as_json:
        print_json(look(base))
        return
    from rich.console import Console

    console = Console()
    if once:
        told = look(base)
        console.print(screen(told, len(told["vessels"]) + len(told["alerts"]) + 2 * EDGES))
        return
    from rich.live import Live

    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(screen(look(base), console.size.height), refresh=True)
            time.sleep(every_s)


def look(base: str) -> dict[str, Any]:
    """Node, alerts in their order, and vessels: those with alerts first, in the order of these, then the others."""
    picture, alerts = asked(base, "picture"), asked(base, "alerts?limit=1000", none_ok=True)
    vessels: list[dict[str, Any]] = []
    for page in range(PAGES):
        found = asked(base, f"vessels?limit={PAGE}&offset={page * PAGE}")
        vessels += found["vessels"]
        if len(vessels) >= found["total"]:
            break
    listed = alerts.get("alerts", [])
    ranks = rank(listed)
    for vessel in vessels:
        place = min(ranks.get(("mmsi", vessel["mmsi"]), len(listed)), ranks.get(("vessel", vessel["id"]), len(listed)))
        about = listed[place] if place < len(listed) else None
        vessel["alert"], vessel["urgency"] = (about["number"], about["urgency"]) if about else (None, None)
        vessel["_place"] = place
    vessels.sort(key=lambda v: (v["_place"], v["id"]))
    for vessel in vessels:
        del vessel["_place"]
    node = {name: picture["node"].get(name) for name in ("name", "exercise")}
    return {
        "node": node,
        "time": picture["time"],
        "keeps_alerts": bool(alerts),
        "counts": alerts.get("counts", {}),
        "alerts": listed,
        "vessels_total": picture["vessels"],
        "vessels": vessels,
    }


def rank(alerts: list[dict[str, Any]]) -> dict[tuple[str, Any], int]:
    """Each vessel's first alert, by its place in the list."""
    ranks: dict[tuple[str, Any], int] = {}
    for place, alert in enumerate(alerts):
        for vessel in alert["vessels"]:
            key = ("mmsi", vessel["mmsi"]) if vessel["mmsi"] else ("vessel", vessel["vessel"])
            ranks.setdefault(key, place)
    return ranks


def asked(base: str, what: str, none_ok: bool = False) -> dict[str, Any]:
    """What the node answers; BadInput where none does. `none_ok`: {} where it has no such thing."""
    if urlsplit(base).scheme not in ("http", "https"):
        raise BadInput(f"--url {base}: expected http://HOST:PORT")
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(base + what, timeout=PATIENCE_S) as answer:
            told = json.loads(answer.read(ANSWER_MAX))
    except urllib.error.HTTPError as problem:
        if problem.code == 404 and none_ok:
            return {}
        raise BadInput(f"{base}{what}: the node answers {problem.code}") from None
    except (OSError, ValueError, urllib.error.URLError):
        raise BadInput(
            f"{base}: no node answers there; expected one started by `mihari run` or `mihari demo`"
        ) from None
    if not isinstance(told, dict):
        raise BadInput(f"{base}{what}: expected the answer of a Mihari node")
    return told


def screen(told: Mapping[str, Any], lines: int) -> Any:
    """All of it in so many lines: alerts above, vessels below."""
    from rich.console import Group

    from mihari.commands.alert_table import alert_table, shown

    room = max(lines - EDGES, 6)
    alerts = told["alerts"][: max(room // 2, room - len(told["vessels"]))]
    vessels = told["vessels"][: max(room - len(alerts), 3)]
    names = {v["mmsi"]: v["name"] for v in told["vessels"] if v["mmsi"] and v["name"]}
    parts: list[Any] = [shown(_head(told))]
    if told["alerts"]:
        parts.append(alert_table(alerts, names))
    hidden = len(told["alerts"]) - len(alerts)
    if hidden > 0:
        parts.append(shown(f"and {hidden} more alerts"))
    parts += [vessel_table(vessels), shown(f"{len(vessels)} of {told['vessels_total']} vessels")]
    return Group(*parts)


def _head(told: Mapping[str, Any]) -> str:
    from mihari.core.times import told_time

    counts = told["counts"]
    calling = f"{counts.get('calling', 0)} to acknowledge, {counts.get('aside', 0)} set aside"
    about = calling if told["keeps_alerts"] else "this node keeps no alerts"
    exercise = "  EXERCISE" if told["node"]["exercise"] else ""
    when = told_time(told["time"]) if told["time"] else "no picture yet"
    return f"{told['node']['name'] or 'node'}{exercise}  {when}  {about}"


def vessel_table(vessels: list[dict[str, Any]]) -> Any:
    """Vessels, one a line."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from mihari.commands.alert_table import shown, urgency

    table = Table(box=SIMPLE_HEAD, expand=True, pad_edge=False)
    for column in ("alert", "urgency", "vessel", "mmsi", "type", "status", "heard by"):
        table.add_column(column, no_wrap=True)
    for column in ("kn", "course", "latitude", "longitude"):
        table.add_column(column, justify="right", no_wrap=True)
    for v in vessels:
        speed = "" if v["speed_mps"] is None else f"{v['speed_mps'] * KN:.1f}"
        course = "" if v["course_deg"] is None else f"{v['course_deg']:03.0f}°"
        name = v["name"] or v.get("called") or f"#{v['id']}"
        table.add_row(
            str(v["alert"] or ""), urgency(v) if v["urgency"] else "", shown(name, 24),
            f"{v['mmsi']:09d}" if v["mmsi"] else "", shown(v["category"]), shown(v["status"]),
            shown(" ".join(v["sources"])), speed, course, f"{v['lat_deg']:.4f}", f"{v['lon_deg']:.4f}",
        )  # fmt: skip
    return table
