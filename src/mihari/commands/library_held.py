"""`mihari library import|add|activate|withdraw|held|record`: the patterns that a node holds, whether it runs or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mihari.commands.alerts import node, opened, where
from mihari.commands.console import Number, as_json, print_json, progress
from mihari.core.errors import BadInput

who = click.option("--who", required=True, metavar="NAME", help="Who decides, as the log shall name them.")
name = click.argument("name")
version = click.option("--version", type=click.IntRange(1), default=None, help="Default: the newest.")
why = click.option("--why", default="", metavar="TEXT", help="For the log.")
over = click.option("--on", "files", multiple=True, metavar="FILE|FOLDER",
                    help="Try it on these recordings or this archive.  [default: the archive of --node]")  # fmt: skip
days = click.option("--days", type=Number(0.0, above=True), default=30.0, show_default=True, help="Of an archive.")
untried = click.option("--untried", is_flag=True, help="Without trying it on an archive.")


@click.command(
    "import",
    epilog="""\b
Examples:
  mihari library import nansei.mihari-library --trust trust.toml --who Sato --node naha.toml
  mihari library import nansei.mihari-library --trust trust.toml --who Sato --node naha.toml --days 7
  mihari library import nansei.mihari-library --trust trust.toml --who Sato --node naha.toml --on monday.nm4.gz
  mihari library import --offered 9f3a12c07b44 --who Sato --node naha.toml
""",
)
@click.argument("file", metavar="[BUNDLE]", default="")
@click.option("--offered", default="", metavar="ID", help="One that another node offers: `mihari library offered`.")
@click.option("--trust", default="", metavar="FILE",
              help="The list of who is believed (trust.toml).  [default: that of --node]")  # fmt: skip
@click.option("--older", is_flag=True, help="Take an older version of a pattern that is held.")
@who
@over
@days
@untried
@where
@node
@as_json
def import_bundle(
    file: str, offered: str, trust: str, older: bool, who: str, files: tuple[str, ...], days: float, untried: bool,
    records: str, node_file: str, as_json: bool,
) -> None:  # fmt: skip
    """Take over a signed bundle: prove each pattern here, try it silently on the archive, hold it on trial."""
    from mihari.alerts.actions import By
    from mihari.commands.library_offers import brought, trust_of
    from mihari.library.importing import take
    from mihari.library.offers import taken

    if bool(file) == bool(offered):
        raise BadInput("expected a bundle's file, or --offered ID, one of them")
    believed = trust_of(trust, node_file)
    with opened(records, node_file) as there, progress("importing", quiet=as_json) as advance:
        bundle, offer = brought(there, file, offered)
        trial = None if untried else _trial(there, files, node_file, days, advance)
        done = take(there, By(who, time.time()), bundle, believed, trial, older, advance=advance)
        if offer is not None and (done.taken or done.withdrawn or not done.refused):
            taken(there, By(who, time.time()), offer)
    if as_json:
        refused = [{"name": r.name, "version": r.version, "why": r.why} for r in done.refused]
        withdrawn = [{"name": w.name, "version": w.version} for w in done.withdrawn]
        print_json({"taken": [_row(s) for s in done.taken], "refused": refused, "withdrawn": withdrawn})
    for s in () if as_json else done.taken:
        state = "on trial" if s.state == "trial" else s.state
        click.echo(f"{s.told}: {state}; {_proof(s.proof)}; {s.trial.get('sentence', 'not tried here')}")
    for r in () if as_json else done.refused:
        click.echo(f"{r.name} version {r.version}: refused: {r.why}")
    for w in () if as_json else done.withdrawn:
        click.echo(f"{w.name} version {w.version}: withdrawn")
    if done.refused and not done.taken:
        raise click.exceptions.Exit(1)


@click.command(
    "add",
    epilog="""\b
Examples:
  mihari library add dark_rendezvous --who Sato --node naha.toml
  mihari library add mine.toml --who Sato --node naha.toml --on monday.nm4.gz
  mihari library add --starting --active --untried --who Sato --node naha.toml
""",
)
@click.argument("patterns", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--starting", is_flag=True, help="All that come with Mihari.")
@click.option("--active", is_flag=True, help="At once, instead of on trial.")
@who
@over
@days
@untried
@where
@node
def add(
    patterns: tuple[str, ...], starting: bool, active: bool, who: str, files: tuple[str, ...], days: float,
    untried: bool, records: str, node_file: str,
) -> None:  # fmt: skip
    """Hold patterns of one's own, or those that come with Mihari: proved, tried, on trial."""
    from mihari.alerts.actions import By
    from mihari.library import load
    from mihari.library import starting as all_of_them
    from mihari.library.cases import beside
    from mihari.library.importing import add as hold

    chosen = [*(all_of_them() if starting else ()), *(load(one) for one in patterns)]
    if not chosen:
        raise BadInput("expected patterns to hold, or --starting")
    state = "active" if active else "trial"
    with opened(records, node_file) as there, progress("adding", quiet=False) as advance:
        for k, one in enumerate(chosen):
            advance(k / len(chosen), f"proving {one.name}")
            file = beside(one.path) if one.path else None
            cases = file.read_bytes() if file is not None and file.exists() else b""
            trial = None if untried else _trial(there, files, node_file, days, lambda share, what: None)
            held = hold(there, By(who, time.time()), one, cases, trial, state)
            click.echo(f"{held.told}: {held.state}; {_proof(held.proof)}; {held.trial.get('sentence', 'not tried')}")


@click.command(
    "activate", epilog="\b\nExamples:\n  mihari library activate dark_rendezvous --who Sato --node naha.toml"
)
@name
@version
@who
@why
@where
@node
def activate(name: str, version: int | None, who: str, why: str, records: str, node_file: str) -> None:
    """Let a pattern raise alerts from now on; a running node takes it over within a second."""
    _decided(name, "active", version, who, why, records, node_file)


@click.command(
    "withdraw",
    epilog="\b\nExamples:\n  mihari library withdraw dark_rendezvous --who Sato --why 'fires at ferries'",
)
@name
@version
@who
@why
@where
@node
def withdraw(name: str, version: int | None, who: str, why: str, records: str, node_file: str) -> None:
    """Look for a pattern no more."""
    _decided(name, "withdrawn", version, who, why, records, node_file)


@click.command("held", epilog="\b\nExamples:\n  mihari library held --node naha.toml\n  mihari library held --json")
@where
@node
@as_json
def held(records: str, node_file: str, as_json: bool) -> None:
    """The patterns that a node holds: their state, who brought them, what they told so far."""
    from mihari.library.record import record
    from mihari.library.shelf import read

    with opened(records, node_file) as there, there.read() as connection:
        found, unread = read(connection)
        rows = [_row(s) | {"here": record(connection, s.pattern.name)} for s in found]
    if as_json:
        print_json({"patterns": rows, "unread": [one._asdict() for one in unread]})
        return
    for row in rows:
        here = row["here"]
        told = f"told {here['fired']} ({here['silent']} silently), confirmed {here['confirmed']}, false {here['false']}"
        by = f" by {row['signer']}" if row["signer"] else ""
        click.echo(f"{row['name']:28} {row['version']:3}  {row['state']:9} {told}; {row['who']}{by}")
    for one in unread:
        click.echo(f"{one.name:28} {one.version:3}  {one.state:9} {one.told}; update Mihari, or withdraw it")
    if not rows and not unread:
        click.echo("the node holds no patterns: see mihari library import, mihari library add")


@click.command("record", epilog="\b\nExamples:\n  mihari library record dark_rendezvous --node naha.toml -o records")
@name
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="A folder, for `export --records`.")
@where
@node
def record_of(name: str, folder: Path | None, records: str, node_file: str) -> None:
    """How often a pattern told something, here and where it came from, and what came of it; by area and month."""
    import json

    from mihari.library.record import record, together
    from mihari.library.shelf import one

    with opened(records, node_file) as there, there.read() as connection:
        shelved = one(connection, name)
        told = together([shelved.record, record(connection, name)])
    text = json.dumps(told, indent=1, sort_keys=True)
    if folder is None:
        click.echo(text)
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(text + "\n")
    click.echo(f"{folder / (name + '.json')}: told {told['fired']} times")


def _decided(name: str, state: str, version: int | None, who: str, why: str, records: str, node_file: str) -> None:
    from mihari.alerts.actions import By
    from mihari.library.shelf import set_state

    with opened(records, node_file) as there:
        done = set_state(there, By(who, time.time()), name, state, version, why)
    click.echo(f"{done.told}: {done.state}")


def _trial(
    records: Any, files: Sequence[str], node_file: str, days: float, advance: Callable[[float, str], object]
) -> Callable[[Sequence[Any]], Mapping[str, Mapping[str, Any]]]:
    """What tries patterns; BadInput where there is nothing to try them on."""
    from mihari.alerts.zones import listed
    from mihari.core.config import load
    from mihari.trying import archive_folder, tried

    if not files and not node_file:
        raise BadInput("nothing to try it on: expected --on FILES, a --node that keeps an archive, or --untried")
    chosen = list(files) or [archive_folder(load(node_file))]
    with records.read() as connection:
        zones = [one.zone for one in listed(connection)]
    return lambda patterns: tried(chosen, patterns, node_file, days, lambda s, w: advance(0.5 + s / 2, w), zones)


def _proof(proof: Mapping[str, Any]) -> str:
    if not proof.get("holds"):
        return f"not proven: {proof.get('problem', 'no cases')}"
    return f"proved: {proof['found']} found, {proof['quiet']} quiet"


def _row(s: Any) -> dict[str, Any]:
    plain = {key: getattr(s, key) for key in ("state", "maker", "signer", "who", "time", "why", "proof", "trial")}
    file = s.pattern.file
    return {"name": file.name, "version": file.version, "title": file.title, "digest": s.pattern.digest, **plain}
