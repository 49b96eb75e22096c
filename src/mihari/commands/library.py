"""`mihari library list|show|check`: patterns, those that come with Mihari and those in files of one's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import as_json, print_json
from mihari.commands.library_differences import diff, merge
from mihari.commands.library_exchange import export, sign, verify
from mihari.commands.library_held import activate, add, held, import_bundle, record_of, withdraw
from mihari.commands.library_learning import draft, similar, tune
from mihari.commands.library_offers import offered, share
from mihari.commands.library_proof import play, test
from mihari.commands.library_risk import risk
from mihari.commands.library_stix import stix
from mihari.commands.library_trust import trust

pattern = click.argument("pattern", metavar="NAME|FILE")


@click.group(
    "library",
    epilog="""\b
Examples:
  mihari library list
  mihari library show dark_rendezvous
  mihari library check mine.toml other.toml
  mihari detect monday.nm4.gz --area nansei --pattern dark_rendezvous
  mihari library export mine.toml -o nansei.mihari-library --keys naha-keys
  mihari library verify nansei.mihari-library --trust trust.toml
""",
)
def library() -> None:
    """Patterns: what one coast has learned of vessels that hide or misbehave, for every other coast."""


@library.command("list")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@as_json
def list_patterns(files: tuple[str, ...], as_json: bool) -> None:
    """The patterns that come with Mihari; with files, those."""
    from mihari.library import load, starting

    found = [load(file) for file in files] if files else starting()
    if as_json:
        print_json([_short(one) for one in found])
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("pattern", "version", "status", "urgency", "title"):
        table.add_column(title, no_wrap=title != "title")
    for one in found:
        f = one.file
        table.add_row(f.name, str(f.version), f.status, f.urgency or "listed", f.title)
    Console().print(table)


@library.command("show")
@pattern
@as_json
def show(pattern: str, as_json: bool) -> None:
    """One pattern: what it finds and by which figures, what else it could be, how to look, where it is from."""
    from mihari.library import load

    one = load(pattern)
    if as_json:
        print_json({**one.file.model_dump(mode="json"), "digest": one.digest})
    else:
        click.echo(_told(one))


@library.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@as_json
def check(files: tuple[str, ...], as_json: bool) -> None:
    """Every mistake of pattern files, with line and column; exit code 2 where there is one."""
    from mihari.library import examine

    rows: list[dict[str, Any]] = []
    for file in files:
        found, mistakes = examine(Path(file))
        rows.append({"file": file, "pattern": found.name if found else None, "mistakes": [str(m) for m in mistakes]})
    if as_json:
        print_json(rows)
    for row in () if as_json else rows:
        click.echo("\n".join(row["mistakes"]) or f"{row['file']}: {row['pattern']}: good")
    if any(row["mistakes"] for row in rows):
        sys.exit(2)


def _short(one: Any) -> dict[str, Any]:
    f = one.file
    plain = {key: getattr(f, key) for key in ("name", "version", "title", "status", "urgency")}
    return plain | {"digest": one.digest}


def _told(one: Any) -> str:
    """A pattern in the order in which somebody reads it who has got an alert of it."""
    f = one.file
    urgency = f.urgency or "listed, raises no alert"
    parts = [f"{f.title} ({f.name}, version {f.version}, {f.status}; {urgency})", f.description.strip()]
    parts.append(_listed("what else it could be", f.innocent))
    look = f"how to find out: {', or '.join(f.look.sensor)}; {f.look.place}"
    parts.append(_listed(look, f.look.checklist))
    if f.parameter:
        figures = [f"{p.name} {p.value} (tried {p.least} to {p.most}): {p.source}" for p in f.parameter]
        parts.append(_listed("figures", figures))
    parts += ["definition\n" + "\n".join(f"  {line}".rstrip() for line in f.definition.strip().splitlines())]
    parts.append(_listed("described in", f.references))
    return "\n\n".join(parts)


def _listed(title: str, lines: Any) -> str:
    return "\n".join([title, *(f"  - {line}" for line in lines)])


HELD = (import_bundle, add, activate, withdraw, held, record_of, share, offered, risk)
for command in (test, play, export, verify, sign, diff, merge, trust, stix, tune, draft, similar, *HELD):
    library.add_command(command)
