"""`mihari case list|show|open|edit|note|…|close|report`: cases in the records, whether the node runs or not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mihari.commands.alerts import node, opened, where
from mihari.commands.console import as_json, print_json

who = click.option("--who", required=True, metavar="NAME", help="Who says it, as the case shall name them.")
number = click.argument("number", type=click.IntRange(1))
archive = click.option(
    "--archive", type=click.Path(path_type=Path), default=None, metavar="DIR",
    help="Where tracks and claims are kept.  [default: the archive of --node]",
)  # fmt: skip
OUTCOMES = ("confirmed", "benign", "false", "unknown")
SAID = (  # option, field, help
    ("analysis", "analysis", "What happened, and why you think so."),
    ("kind", "outcome_kind", "What it was in your words: smuggling, a drill, a broken transponder."),
    ("done", "done", "What was done."),
    ("done-by", "done_by", "By whom."),
    ("ended", "ended_by", "What ended it."),
    ("sooner", "sooner", "What would have told us earlier."),
    ("pattern", "pattern", "The pattern of the library that it speaks for."),
)


def words(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say something of a case."""
    for option, field, text in reversed(SAID):
        command = click.option(f"--{option}", field, default=None, metavar="TEXT", help=text)(command)
    return command


@click.group(
    "case",
    epilog="""\b
Examples:
  mihari case open 7 --who Sato --node naha.toml
  mihari case note 3 "two men on deck, no gear" --who Mori
  mihari case file 3 log.pdf --who Mori
  mihari case close 3 --outcome confirmed --kind smuggling --who Sato
  mihari case report 3 -o case.html
""",
)
def case() -> None:
    """Cases: what an alert turned out to be, with its evidence, what was done, by whom, and what ended it."""


@case.command(
    "list",
    epilog="\b\nExamples:\n  mihari case list\n  mihari case list --status all --outcome confirmed\n"
    "  mihari case list --mmsi 431000001 --json",
)
@click.option("--status", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True)
@click.option("--outcome", type=click.Choice(OUTCOMES), default=None, help="Cases that turned out so.")
@click.option("--mmsi", type=click.IntRange(1, 999_999_999), default=None, help="Cases about this vessel.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="Cases at most.")
@where
@node
@as_json
def list_cases(
    status: str, outcome: str | None, mmsi: int | None, limit: int, records: str, node_file: str, as_json: bool
) -> None:
    """Cases, the last changed first."""
    from mihari.cases import shelf
    from mihari.commands.case_page import line_of

    with opened(records, node_file) as there, there.read() as connection:
        subject = f"mmsi:{mmsi}" if mmsi else ""
        found = shelf.listed(connection, "" if status == "all" else status, outcome or "", subject, limit=limit)
    if as_json:
        print_json({"cases": found})
        return
    for one in found:
        click.echo(line_of(one))
    if not found:
        click.echo(f"no cases ({status})")


@case.command(epilog="\b\nExamples:\n  mihari case show 3\n  mihari case show 3 --json")
@number
@where
@node
@as_json
def show(number: int, records: str, node_file: str, as_json: bool) -> None:
    """One case: all that is said of it, by whom, earlier words among it."""
    from mihari.cases import shelf

    with opened(records, node_file) as there, there.read() as connection:
        told = shelf.told(connection, number)
    _tell(told, as_json)


@case.command(
    "open",
    epilog="\b\nExamples:\n  mihari case open 7 --who Sato --node naha.toml\n"
    "  mihari case open 7 --who Sato --title 'boat without lights' --archive /srv/mihari/archive",
)
@click.argument("alert", type=click.IntRange(1))
@who
@click.option("--title", default="", metavar="TEXT", help="Of the case.  [default: what the alert says]")
@archive
@where
@node
@as_json
def open_case(
    alert: int, who: str, title: str, archive: Path | None, records: str, node_file: str, as_json: bool
) -> None:
    """Make a case of ALERT: its vessels, its behaviours as they stand, tracks and pictures become evidence."""
    from mihari.alerts.actions import By
    from mihari.cases import shelf
    from mihari.cases.gather import open_from_alert
    from mihari.commands.case_places import archive_of

    folder = archive_of(archive, node_file)
    with opened(records, node_file) as there:
        kept, left_out = open_from_alert(there, By(who, time.time()), alert, title, folder)
        with there.read() as connection:
            told = shelf.told(connection, kept.number)
    _tell(told | {"left_out": left_out}, as_json)


@case.command(
    epilog="\b\nExamples:\n  mihari case edit 3 --who Mori --title 'boat without lights'\n"
    "  mihari case edit 3 --who Mori --sooner 'radar alone saw it 40 min before'"
)
@number
@who
@click.option("--title", default=None, metavar="TEXT", help="Of the case.")
@click.option("--outcome", type=click.Choice(OUTCOMES), default=None, help="What it was.")
@words
@where
@node
@as_json
def edit(number: int, who: str, records: str, node_file: str, as_json: bool, **said: str | None) -> None:
    """Say something anew: the last word counts, earlier ones are kept and shown."""
    from mihari.cases import decide

    told = {name: text for name, text in said.items() if text is not None}
    _changed(records, node_file, as_json, who, lambda there, by: decide.edit(there, by, number, told))


@case.command(epilog="\b\nExamples:\n  mihari case note 3 'two men on deck, no gear' --who Mori")
@number
@click.argument("text")
@who
@where
@node
@as_json
def note(number: int, text: str, who: str, records: str, node_file: str, as_json: bool) -> None:
    """Add a note."""
    from mihari.cases import decide

    _changed(records, node_file, as_json, who, lambda there, by: decide.add(there, by, number, "note", {"text": text}))


@case.command(epilog="\b\nExamples:\n  mihari case action 3 'hailed on channel 16' --by 'patrol 7' --who Mori")
@number
@click.argument("text")
@click.option("--by", "doer", default="", metavar="NAME", help="Who did it.")
@who
@where
@node
@as_json
def action(number: int, text: str, doer: str, who: str, records: str, node_file: str, as_json: bool) -> None:
    """Add something that was done."""
    from mihari.cases import decide

    item = {"text": text, "by": doer}
    _changed(records, node_file, as_json, who, lambda there, by: decide.add(there, by, number, "action", item))


@case.command(epilog="\b\nExamples:\n  mihari case file 3 log.pdf --what 'port log of 12 May' --who Mori")
@number
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--what", default="", metavar="TEXT", help="What it is.  [default: its name]")
@who
@where
@node
@as_json
def file(number: int, path: Path, what: str, who: str, records: str, node_file: str, as_json: bool) -> None:
    """Keep a file as evidence: at most 32 MB, by its hash, never opened by the node."""
    from mihari.cases import decide
    from mihari.commands.case_places import bytes_in

    data = bytes_in(path)
    _changed(
        records, node_file, as_json, who, lambda there, by: decide.add_file(there, by, number, path.name, data, what)
    )


@case.command(epilog="\b\nExamples:\n  mihari case withdraw 3 5f0c1d2e-8a1 --why 'another boat' --who Mori")
@number
@click.argument("item")
@click.option("--why", default="", metavar="TEXT", help="Why it does not count.")
@who
@where
@node
@as_json
def withdraw(number: int, item: str, why: str, who: str, records: str, node_file: str, as_json: bool) -> None:
    """Withdraw an item by its id, as `show` tells it, or the beginning of it. It stays, marked."""
    from mihari.cases import decide

    _changed(records, node_file, as_json, who, lambda there, by: decide.withdraw(there, by, number, item, why))


@case.command(
    epilog="\b\nExamples:\n  mihari case close 3 --outcome benign --who Sato\n"
    "  mihari case close 3 --outcome confirmed --kind smuggling --done boarded --done-by 'patrol 7' --who Sato"
)
@number
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What it was.")
@words
@who
@where
@node
@as_json
def close(number: int, outcome: str, who: str, records: str, node_file: str, as_json: bool, **said: str | None) -> None:
    """Say what it was, what was done and what ended it, and close the case."""
    from mihari.cases import decide

    told = {name: text for name, text in said.items() if text}
    _changed(records, node_file, as_json, who, lambda there, by: decide.close(there, by, number, outcome, told))


@case.command(epilog="\b\nExamples:\n  mihari case reopen 3 --who Sato")
@number
@who
@where
@node
@as_json
def reopen(number: int, who: str, records: str, node_file: str, as_json: bool) -> None:
    """It is not over after all."""
    from mihari.cases import decide

    _changed(records, node_file, as_json, who, lambda there, by: decide.reopen(there, by, number))


def _changed(records: str, node_file: str, as_json: bool, who: str, change: Callable[[Any, Any], Any]) -> None:
    """One change of a case, and the case as it is then."""
    from mihari.alerts.actions import By
    from mihari.cases import shelf
    from mihari.commands.case_page import line_of

    with opened(records, node_file) as there:
        kept = change(there, By(who, time.time()))
        with there.read() as connection:
            told = shelf.told(connection, kept.number)
    if as_json:
        print_json(told)
    else:
        click.echo(line_of(told))


def _tell(told: dict[str, Any], as_json: bool) -> None:
    from mihari.commands.case_page import page_of

    if as_json:
        print_json(told)
        return
    for line in page_of(told):
        click.echo(line)
    for sentence in told.get("left_out", ()):
        click.echo(f"  could not be had: {sentence}")


@case.command(
    epilog="\b\nExamples:\n  mihari case report 3 -o case.html --node naha.toml\n"
    "  mihari case report 3 -o case.html --area nansei --archive /srv/mihari/archive"
)
@number
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, metavar="FILE.html")
@click.option("--area", default="", metavar="NAME", help="The coast to draw.  [default: that of --node]")
@archive
@where
@node
@as_json
def report(
    number: int, output: Path, area: str, archive: Path | None, records: str, node_file: str, as_json: bool
) -> None:
    """Write the report of a case: one HTML file with map, timeline, evidence, hashes and dossiers."""
    from mihari.cases.report import report as made
    from mihari.commands import case_places

    folder, coast = case_places.archive_of(archive, node_file), case_places.area_of(area, node_file)
    with opened(records, node_file) as there:
        text = made(there, number, coast, folder, time.time(), case_places.station_of(node_file))
    case_places.write(output, text)
    if as_json:
        print_json({"output": str(output), "bytes": len(text.encode())})
    else:
        click.echo(f"{output}: {len(text.encode())} bytes")
