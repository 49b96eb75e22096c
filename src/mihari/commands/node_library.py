"""`mihari node init --library`: the patterns of a new node, proved where it is made, held in its records."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.alerts.actions import By
    from mihari.alerts.records import Records
    from mihari.core.config import NodeConfig
    from mihari.library.exchange import Bundle, Trust
    from mihari.library.shelf import Shelved

STARTING, NONE = "starting", "none"
Progress = Callable[[float, str], object]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a new node is given. `now`: by this command; else it holds what its file says from its first start on."""

    starting: str  # as `[library]` has it
    now: bool = False
    bundles: tuple[Bundle, ...] = ()
    trust: Trust | None = None
    trust_file: str = ""
    who: str = ""
    active: bool = False

    @property
    def tables(self) -> dict[str, dict[str, str]]:
        """Of the node file."""
        trust = {"trust": str(Path(self.trust_file).absolute())} if self.trust_file else {}
        return {"library": {"starting": self.starting, **trust}}


def chosen(what: Sequence[str], trust: str, who: str, active: bool) -> Choice:
    """What people ask for. BadInput, before anything is made, for what does not go together or cannot be read."""
    from mihari.library.exchange import Trust, read

    files = [one for one in what if one not in (STARTING, NONE)]
    if NONE in what and len(what) > 1:
        raise BadInput("--library none: expected no other --library beside it")
    if files and not (trust and who):
        raise BadInput("--library FILE: expected --trust, the list of who is believed, and --who, who decides")
    if active and NONE in what:
        raise BadInput("--active and --library none: expected one of them")
    if active and what and not who:
        raise BadInput("--library … --active: expected --who, who decides")
    if (trust and not files) or (who and not what):
        raise BadInput("--trust goes with --library FILE, and --who with --library")
    state = "active" if active else "trial"
    starting = state if STARTING in what or not what else NONE
    believed = Trust.load(trust) if trust else None
    bundles = tuple(read(file) for file in files)
    return Choice(starting, bool(what) and NONE not in what, bundles, believed, trust, who, active)


def refuse_passing(path: str, feeds: Sequence[Mapping[str, str]]) -> None:
    """BadInput for a node that has no file, and for one whose records would be gone with it."""
    from mihari.feeds.address import FeedAddress

    if path == "-":
        raise BadInput("--library makes records for the node file: expected a file, found -")
    if not any(FeedAddress.parse(feed["url"], feed["format"]).live for feed in feeds):
        raise BadInput("--library: a node of recordings alone keeps its records for no longer than it runs")


def begin(choice: Choice, config: NodeConfig, path: Path, advance: Progress) -> None:
    """Make the records of the node whose file is `path`, and hold there what was chosen, each proved here."""
    from mihari.alerts.actions import By
    from mihari.alerts.alert import SYSTEM
    from mihari.alerts.records import Records

    records = Records(config.alerts.address(config.node.name)).open()
    try:
        by = By(choice.who or SYSTEM, time.time())
        for bundle in choice.bundles:
            _bring(records, by, bundle, choice, advance)
        if choice.starting != NONE:
            _prove(records, by, choice.starting, advance)
    finally:
        records.close()
    click.echo(f"{records.where}: the records of the node; no archive yet on which a pattern could be tried", err=True)
    click.echo(f"what those on trial would have told: mihari library held --node {path}", err=True)


def _bring(records: Records, by: By, bundle: Bundle, choice: Choice, advance: Progress) -> None:
    """Take a bundle over. BadInput, where nothing of it is good."""
    from mihari.library.importing import take
    from mihari.library.shelf import set_state

    assert choice.trust is not None
    done = take(records, by, bundle, choice.trust, advance=advance)
    for s in done.taken:
        if choice.active and s.state != "active":
            set_state(records, by, s.pattern.name, "active", s.pattern.file.version, "at the making of the node")
        _say(s, "active" if choice.active else s.state)
    for r in done.refused:
        click.echo(f"{r.name} version {r.version}: refused: {r.why}", err=True)
    if done.refused and not done.taken:
        raise BadInput(f"{bundle.file}: all of it is refused; the node file is written")


def _prove(records: Records, by: By, state: str, advance: Progress) -> None:
    """Those that come with Mihari, as far as they are not held already."""
    from mihari.library import load
    from mihari.library.cases import beside
    from mihari.library.importing import add
    from mihari.library.outset import missing

    with records.read() as connection:
        names = missing(connection)
    for k, name in enumerate(names):
        advance(k / len(names), f"proving {name}")
        pattern = load(name)
        assert pattern.path is not None
        try:
            _say(add(records, by, pattern, beside(pattern.path).read_bytes(), None, state))
        except BadInput as problem:
            click.echo(f"{name}: refused: {problem}", err=True)


def _say(s: Shelved, state: str = "") -> None:
    proof: Any = s.proof
    told = f"proved: {proof['found']} found, {proof['quiet']} quiet" if proof.get("holds") else "not proven"
    click.echo(f"{s.told}: {state or s.state}; {told}", err=True)
