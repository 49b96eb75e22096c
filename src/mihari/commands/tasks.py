"""`mihari task list|show|propose|plan|accept|refuse|withdraw`: what vehicles are asked to do, over the node's API."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, as_json, print_json
from mihari.commands.mesh import URL, url_of
from mihari.commands.watch import ANSWER_MAX, PATIENCE_S, asked
from mihari.core.errors import BadInput
from mihari.core.task import HEIGHT_MAX, TaskKind, TaskState
from mihari.core.times import parse_time, told_time

DAY_S, LONG_S = 86400.0, 1e9
KINDS = [str(kind) for kind in TaskKind]
url = click.option("--url", default="", metavar="URL", help=f"Of the running node's map.  [default: {URL}]")
node = click.option(
    "--node", "node_file", default="", metavar="NODE.toml", help="Of the running node: its port is taken."
)
who = click.option("--who", required=True, metavar="NAME", help="Who decides, as the log shall name him.")
note = click.option("--note", default="", metavar="TEXT", help="A sentence for the log.")
seen = click.option(
    "--version", "version", type=click.IntRange(0), default=None, metavar="N",
    help="Of the task as you saw it; if it has changed since, nothing is done.  [default: as it is now]",
)  # fmt: skip
number = click.argument("number", type=click.IntRange(1))


class PlaceType(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """LAT,LON in degrees north and east."""

    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """The place, or the sentence that says what was expected."""
        try:
            lat_deg, lon_deg = (float(part) for part in str(value).split(","))
        except ValueError:
            lat_deg = lon_deg = float("nan")
        if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
            self.fail(f"expected LAT,LON in degrees north and east, found {value!r}", param, ctx)
        return lat_deg, lon_deg


class KnownType(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """NAME=ID."""

    name = "known"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """A name and a number in the picture, or the sentence that says what was expected."""
        named, _, told = str(value).rpartition("=")
        if not (named and told.isdecimal() and 0 < int(told) < 1 << 32):
            self.fail(f"expected NAME=ID as in dark=17, found {value!r}", param, ctx)
        return named, int(told)


@click.group(
    "task",
    epilog="""\b
Examples:
  mihari task list
  mihari task propose tb3 look --place 26.21,127.68 --who Sato --reason "what is it doing there?"
  mihari task accept 12 --who Mori
  mihari task show 12
  mihari task withdraw 12 --who Mori
""",
)
def task() -> None:
    """What vehicles and cameras are asked to do. Anybody proposes; only the operator of a vehicle accepts."""


@task.command(
    "list",
    epilog="\b\nExamples:\n  mihari task list\n  mihari task list --state all --asset tb3\n  mihari task list --json",
)
@url
@node
@click.option(
    "--state", type=click.Choice(["open", "all", *map(str, TaskState)]), default="open", show_default=True,
    help="Tasks in this state.", metavar="STATE",
)  # fmt: skip
@click.option("--asset", default="", metavar="NAME", help="Of this vehicle or camera.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="Tasks at most.")
@as_json
def list_tasks(url: str, node_file: str, state: str, asset: str, limit: int, as_json: bool) -> None:
    """Tasks, the newest first."""
    from urllib.parse import urlencode

    query: dict[str, Any] = {"asset": asset, "limit": limit} | ({} if state == "all" else {"state": state})
    told = asked(base_of(url, node_file), f"tasks?{urlencode(query)}")
    if as_json:
        print_json(told)
        return
    for one in told["tasks"]:
        click.echo(line_of(one))
    if not told["tasks"]:
        click.echo(f"no tasks ({state})")
    if not told["takes"]:
        click.echo("this node's file has no [[vehicle]] and no [[camera]]")


@task.command(epilog="\b\nExamples:\n  mihari task show 12\n  mihari task show 12 --json")
@number
@url
@node
@as_json
def show(number: int, url: str, node_file: str, as_json: bool) -> None:
    """One task: what, by whom, and all that became of it."""
    tell(talk(base_of(url, node_file), f"tasks/{number}"), as_json)


@task.command(
    epilog="""\b
Examples:
  mihari task propose tb3 look --place 26.21,127.68 --who Sato
  mihari task propose tb3 follow --vessel 17 --until +1h --who Sato --alert 7
  mihari task propose usv1 search --place 26.2,127.5 --place 26.3,127.5 --place 26.3,127.6 --who Sato
  mihari task propose tb3 return --who Sato --json
"""
)
@click.argument("asset")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@who
@click.option("--place", "places", type=PlaceType(), multiple=True, metavar="LAT,LON", help="Where; again for a way.")
@click.option("--vessel", type=click.IntRange(1), default=None, help="Its number in the picture.")
@click.option("--height", type=Number(-HEIGHT_MAX, most=HEIGHT_MAX), default=None, metavar="M", help="Above the sea.")
@click.option("--from", "begin", default="", metavar="TIME", help="Not to be sent before, as --until.")
@click.option("--until", default="", metavar="TIME", help="To be done by then: 17:05, 2026-11-20T17:05Z or +1h.")
@click.option("--alert", type=click.IntRange(1), default=None, help="The alert that it is for.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for its operator.")
@url
@node
@as_json
def propose(
    asset: str, kind: str, who: str, places: tuple[tuple[float, float], ...], vessel: int | None,
    height: float | None, begin: str, until: str, alert: int | None, reason: str, url: str, node_file: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Propose that ASSET does a task of KIND: look, follow, search, hold, listen, still, clip, return or land."""
    told: dict[str, Any] = {"who": who, "asset": asset, "kind": kind, "places": [list(one) for one in places]}
    now = time.time()
    told |= {"reason": reason, "height_m": height, "begin": until_of(begin, now), "until": until_of(until, now)}
    told |= {"vessel": vessel or 0, "alert": alert or 0}
    tell(talk(base_of(url, node_file), "tasks", told), as_json)


@task.command(
    "plan",
    epilog="""\b
Examples:
  mihari task plan nansei plan.json --who Sato
  mihari task plan island.toml plan.json --who Sato --vehicle tb3 --hours 6 --known dark=17
""",
)
@click.argument("patrol", metavar="PATROL.toml")
@click.argument("file", type=click.Path(path_type=Path), metavar="PLAN.json")
@who
@click.option("--vehicle", "vehicles", multiple=True, metavar="NAME", help="Its sorties alone; again for more.")
@click.option("--hours", type=Number(0.0, True), default=24.0, show_default=True, help="Of sorties that leave by then.")
@click.option("--known", type=KnownType(), multiple=True, metavar="NAME=ID", help="A ship's or vessel's number.")
@url
@node
@as_json
def propose_plan(
    patrol: str, file: Path, who: str, vehicles: tuple[str, ...], hours: float, known: tuple[tuple[str, int], ...],
    url: str, node_file: str, as_json: bool,
) -> None:  # fmt: skip
    """Propose the sorties of a plan, each task to be sent at its time; operators accept them as all others.

    Vehicles of the patrol file are those of the node file by their names. --known tells which vessel of the picture a
    ship with a deck is, or a vessel that is to be looked at.
    """
    from mihari.commands import tasks_plan

    base = base_of(url, node_file)
    made = tasks_plan.propose_plan(
        patrol, file, who, vehicles, hours, dict(known), time.time(), lambda path, told: talk(base, path, told)
    )
    if as_json:
        print_json({"tasks": made.tasks, "left_out": made.left_out})
        return
    for one in made.tasks:
        click.echo(line_of(one))
    for sentence in made.left_out:
        click.echo(f"left out: {sentence}")


@task.command(
    epilog="\b\nExamples:\n  mihari task accept 12 --who Mori\n  mihari task accept 12 --who Mori --version 0"
)
@number
@who
@seen
@note
@url
@node
@as_json
def accept(number: int, who: str, version: int | None, note: str, url: str, node_file: str, as_json: bool) -> None:
    """Its operator says yes: it is sent to the vehicle."""
    decide("accept", number, who, version, note, base_of(url, node_file), as_json)


@task.command(
    epilog="\b\nExamples:\n  mihari task refuse 12 --who Mori\n  mihari task refuse 12 --who Mori --note weather"
)
@number
@who
@seen
@note
@url
@node
@as_json
def refuse(number: int, who: str, version: int | None, note: str, url: str, node_file: str, as_json: bool) -> None:
    """Its operator says no."""
    decide("refuse", number, who, version, note, base_of(url, node_file), as_json)


@task.command(epilog="\b\nExamples:\n  mihari task withdraw 12 --who Mori\n  mihari task withdraw 12 --who Sato --json")
@number
@who
@seen
@note
@url
@node
@as_json
def withdraw(number: int, who: str, version: int | None, note: str, url: str, node_file: str, as_json: bool) -> None:
    """Call it off. Anybody may, of a proposal; later its operator, or who proposed it."""
    decide("withdraw", number, who, version, note, base_of(url, node_file), as_json)


def decide(what: str, number: int, who: str, version: int | None, note: str, base: str, as_json: bool) -> None:
    """One decision about one task, and the task as it is then."""
    if version is None:
        version = int(talk(base, f"tasks/{number}")["version"])
    tell(talk(base, f"tasks/{number}/{what}", {"who": who, "version": version, "note": note}), as_json)


def tell(told: dict[str, Any], as_json: bool) -> None:
    """A task, for people or machines."""
    if as_json:
        print_json(told)
        return
    click.echo(line_of(told))
    click.echo(
        f"  proposed by {told['who']}, {told_time(told['time'])}" + (f": {told['reason']}" if told["reason"] else "")
    )
    for turn in told["turns"]:
        why = f": {turn['why']}" if turn["why"] else ""
        click.echo(f"  {told_time(turn['time'])}  {turn['state']} by {turn['who']}{why}")
    if told["said"]:
        click.echo(f"  it said: {told['said']}")


def line_of(task: dict[str, Any]) -> str:
    """A task in one line.

    >>> line_of({"number": 3, "asset": "tb3", "kind": "look", "state": "under way", "places": [[26.0, 127.5]],
    ...          "vessel": 0, "progress": 0.4, "until": None})
    '3  tb3  look at 26.0000, 127.5000  under way, 40 %'
    """
    about = {0: "", 1: ""}.get(len(task["places"]), f" along {len(task['places'])} places")
    if len(task["places"]) == 1:
        about = " at {:.4f}, {:.4f}".format(*task["places"][0])
    about += f" vessel {task['vessel']}" if task["vessel"] else ""
    share = "" if task["progress"] is None else f", {task['progress']:.0%}".replace("%", " %")
    begin = "" if task.get("begin") is None else f", from {told_time(task['begin'])}"
    until = "" if task["until"] is None else f", until {told_time(task['until'])}"
    return f"{task['number']}  {task['asset']}  {task['kind']}{about}  {task['state']}{share}{begin}{until}"


def until_of(text: str, now: float) -> float | None:
    """A time to come.

    >>> until_of("+1h", 1000.0), until_of("00:10", 1000.0), until_of("", 1000.0)
    (4600.0, 87000.0, None)
    """
    if not text:
        return None
    if text.startswith("+"):  # as -1h, the other way
        return now + LONG_S - parse_time(f"-{text[1:]}", LONG_S)
    found = parse_time(text, now)
    return found + DAY_S if found <= now and re.fullmatch(r"\d{1,2}:\d{2}.*", text) else found


def base_of(url: str, node_file: str) -> str:
    """Where the API of the running node is."""
    if url and node_file:
        raise BadInput("--url and --node: expected one of them")
    return f"{(url or url_of(node_file)).rstrip('/')}/api/v1/"


def talk(base: str, what: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the node answers to a question, or to what it is `told`; its own sentence as BadInput where it says no."""
    if not base.startswith(("http://", "https://")):
        raise BadInput(f"--url {base}: expected http://HOST:PORT")
    body = None if told is None else json.dumps(told).encode()
    request = urllib.request.Request(base + what, body, {"content-type": "application/json"})
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE_S) as answer:
            found = json.loads(answer.read(ANSWER_MAX))
    except urllib.error.HTTPError as problem:
        raise BadInput(sentence_of(problem)) from None
    except (OSError, ValueError):
        raise BadInput(f"{base}: no node answers there; expected one started by `mihari run`") from None
    if not isinstance(found, dict):
        raise BadInput(f"{base}{what}: expected the answer of a Mihari node")
    return found


def sentence_of(problem: urllib.error.HTTPError) -> str:
    """Why the node says no, in its own words."""
    try:
        return str(json.loads(problem.read(ANSWER_MAX))["detail"])
    except (OSError, ValueError, KeyError, TypeError):
        return f"{problem.url}: the node answers {problem.code}"
