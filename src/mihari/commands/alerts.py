"""`mihari alerts list|show|log|handover|verify`: the records of alerts, read directly, whether the node runs or not."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput
from mihari.core.times import parse_time, told_time

WATCH = "-8h"
where = click.option(
    "--records", metavar="FILE|URL", default="", help="A file, or postgresql+psycopg://USER@HOST/DATABASE."
)
node = click.option("--node", "node_file", metavar="NODE.toml", default="", help="The node whose records they are.")
begin = click.option("--from", "begin", metavar="TIME", default=WATCH, show_default=True, help="By the clock, UTC.")
end = click.option("--to", "end", metavar="TIME", default="", help="By the clock, UTC; default: now.")


@click.group(
    "alerts",
    epilog="""\b
Examples:
  mihari alerts list
  mihari alerts show 7
  mihari alerts log --from -8h
  mihari alerts handover --from 04:00 > handover.md
  mihari alerts verify --records postgresql+psycopg://mihari@db.example/mihari
""",
)
def alerts() -> None:
    """Alerts as they are kept: the list, one of them, the watch log, the handover, the audit. Nothing is changed."""


@alerts.command("list", epilog="\b\nExamples:\n  mihari alerts list\n  mihari alerts list --place closed --json")
@where
@node
@click.option("--place", type=click.Choice(["open", "aside", "closed", "all"]), default="open", show_default=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="Alerts at most.")
@as_json
def list_alerts(records: str, node_file: str, place: str, limit: int, as_json: bool) -> None:
    """Alerts in their order: unacknowledged first, then by urgency, then the newest."""
    from mihari.alerts import ask

    found, counts = _asked(
        records, node_file, lambda c: (ask.listed(c, ask.PLACES[place], limit=limit), ask.counts(c))
    )  # fmt: skip
    if as_json:
        print_json({"counts": counts, "alerts": found})
        return
    from rich.console import Console

    from mihari.commands.alert_table import alert_table

    Console().print(alert_table(found) if found else f"no alerts ({place})")
    if sum(counts.values()) - counts["calling"] > len(found) and place == "open":
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(told)


@alerts.command(epilog="\b\nExamples:\n  mihari alerts show 7\n  mihari alerts show 7 --json")
@click.argument("number", type=click.IntRange(1))
@where
@node
@as_json
def show(number: int, records: str, node_file: str, as_json: bool) -> None:
    """One alert: why, with which evidence, what else it could be, what people did."""
    from mihari.alerts import ask
    from mihari.commands.alert_table import alert_page

    told = _asked(records, node_file, lambda c: ask.one(c, number))
    if told is None:
        raise BadInput(f"there is no alert {number}")
    if as_json:
        print_json(told)
    else:
        click.echo("\n".join(alert_page(told)))


@alerts.command(
    epilog="\b\nExamples:\n  mihari alerts log\n  mihari alerts log --from 2026-11-20 --to 2026-11-21 --json"
)
@where
@node
@begin
@end
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=1000, show_default=True, help="The newest lines.")
@as_json
def log(records: str, node_file: str, begin: str, end: str, limit: int, as_json: bool) -> None:
    """The watch log: everything that happened, people's notes among it."""
    from mihari.alerts import ask

    span = _span(begin, end)
    lines = _asked(records, node_file, lambda c: ask.log_lines(c, 0, *span, None, limit))
    if as_json:
        print_json({"lines": lines})
        return
    for line in lines:
        about = f"alert {line['alert']}" if line["alert"] else ""
        click.echo(f"{told_time(line['time'])}  {about:10}  {line['who']:12}  {line['what']}: {line['text']}")


@alerts.command(
    epilog="\b\nExamples:\n  mihari alerts handover > handover.md\n  mihari alerts handover --from 04:00 --json"
)
@where
@node
@begin
@end
@as_json
def handover(records: str, node_file: str, begin: str, end: str, as_json: bool) -> None:
    """What a watch hands over to the next, as Markdown: raised, open, acknowledged by whom, retracted, set aside."""
    from mihari.alerts.handover import as_markdown
    from mihari.alerts.handover import handover as made

    told = _asked(records, node_file, lambda c: made(c, *_span(begin, end)))
    if as_json:
        print_json(told)
    else:
        click.echo(as_markdown(told), nl=False)


@alerts.command(epilog="\b\nExamples:\n  mihari alerts verify\n  mihari alerts verify --records backup.sqlite --json")
@where
@node
@as_json
def verify(records: str, node_file: str, as_json: bool) -> None:
    """Walk the chain of the audit. Exit code 2 where it is broken, with the first row that does not fit."""
    from dataclasses import asdict

    from mihari.alerts.audit import verify as walked

    verdict = _asked(records, node_file, walked)
    if as_json:
        print_json(asdict(verdict))
    else:
        click.echo(verdict.sentence)
    if not verdict.good:
        raise SystemExit(2)


def _span(begin: str, end: str) -> tuple[float, float]:
    now = time.time()
    first, last = parse_time(begin, now), parse_time(end, now) if end else now
    if last < first:
        raise BadInput(f"--to {told_time(last)} lies before --from {told_time(first)}; expected a time after it")
    return first, last


def _asked(records: str, node_file: str, question: Callable[[Any], Any]) -> Any:
    with opened(records, node_file) as records_there, records_there.read() as connection:
        return question(connection)


@contextlib.contextmanager
def opened(address: str, node_file: str) -> Iterator[Any]:
    """The records at an address, else those of a node, else those that were written last; BadInput where none are."""
    from mihari.alerts.records import Records, url_of

    url = url_of(address or _address(node_file))
    if url.drivername == "sqlite" and not Path(str(url.database)).is_file():
        raise BadInput(f"{url.database}: there are no records; expected --records FILE, a URL, or --node NODE.toml")
    records = Records(url.render_as_string(hide_password=False)).open()
    try:
        yield records
    finally:
        records.close()


def _address(node_file: str) -> str:
    """Where a node's records are; without one, those that were written last."""
    from mihari.core.config import TEMPORARY, AlertsSection, load

    if node_file:
        config = load(node_file)
        address = config.alerts.address(config.node.name)
        if address == TEMPORARY:
            raise BadInput(f"{node_file}: its records are temporary; they are gone with the node")
        return address
    usual = Path(AlertsSection().address("mihari"))
    there = sorted(usual.parent.glob("*.sqlite"), key=lambda path: path.stat().st_mtime)
    return str(there[-1] if there else usual)
