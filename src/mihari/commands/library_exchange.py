"""`mihari library export|verify|sign`: patterns in signed files, made for other coasts, looked into, passed on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.library.exchange import Author, Bundle, Content, Signer, Trust, Verdict, Withdrawal

keys = click.option(
    "--keys", required=True, metavar="FOLDER", help="A node's keys, as `mihari node init --mesh` makes."
)
keys_or_node = click.option(
    "--keys",
    default="",
    metavar="FOLDER",
    help="A node's keys, as `mihari node init --mesh` makes; default: of --from.",
)
node = click.option("--node", default="", metavar="NAME", help="Whose, where the folder has the keys of several.")
group = click.option("--group", "groups", multiple=True, metavar="NAME",
                     help="Release group that may have it; may be repeated; default: everybody.")  # fmt: skip
note = click.option("--note", default="", metavar="TEXT", help="What readers should know of it.")
output = click.option("-o", "--output", required=True, metavar="FILE", help="The bundle to write.")
over = click.option("--force", is_flag=True, help="Write over a file that is there.")


@click.command(
    "export",
    epilog="""\b
Examples:
  mihari library export dark_rendezvous -o nansei.mihari-library --keys naha-keys
  mihari library export mine.toml other.toml -o nansei.mihari-library --keys naha-keys --group coast --note 'autumn'
  mihari library export dark_rendezvous mine@2 -o nansei.mihari-library --from naha.toml
  mihari library export -o nansei.mihari-library --keys naha-keys --revoke mine@2 --reason 'takes ferries for smugglers'
""",
)
@click.argument("patterns", nargs=-1, metavar="[PATTERN]...")
@output
@keys_or_node
@click.option("--from", "node_file", default="", metavar="NODE.toml",
              help="What this node holds, as NAME or NAME@VERSION, with its cases, record and chain.")  # fmt: skip
@node
@group
@note
@click.option("--name", default="", metavar="NAME", help="Of the bundle; default: that of the file.")
@click.option("--number", default=1, show_default=True, type=click.IntRange(1), help="Version of the bundle.")
@click.option("--records", default="", metavar="FOLDER",
              help="Has NAME.json, how often it fired and what came of it, of the patterns that have one.")  # fmt: skip
@click.option("--revoke", "revoked", multiple=True, metavar="NAME[@VERSION]",
              help="Withdraw a pattern that was handed out, all versions or one; may be repeated.")  # fmt: skip
@click.option("--reason", default="", metavar="TEXT", help="Why it is withdrawn.")
@over
def export(
    patterns: tuple[str, ...], output: str, keys: str, node_file: str, node: str, groups: tuple[str, ...], note: str,
    name: str, number: int, records: str, revoked: tuple[str, ...], reason: str, force: bool,
) -> None:  # fmt: skip
    """Patterns (names of those that come with Mihari, or files) in one signed file for other coasts.

    The cases that prove a pattern go with it, where they lie beside its file (NAME.cases.parquet). With --from, what
    a node holds: who made it and who passed it on until it came there goes with it.
    """
    from mihari.library.exchange import SUFFIX, Signer, make, write_whole

    if not patterns and not revoked:
        raise BadInput("expected patterns to export, or --revoke")
    signer, now = Signer.load(keys or _keys_of(node_file), node), time.time()
    name = name or Path(output).name.removesuffix(SUFFIX)
    withdrawals = [_withdrawal(one, reason, signer, now) for one in revoked]
    contents, known = _held(patterns, node_file) if node_file else ([_content(one, records) for one in patterns], {})
    data = make(name, number, contents, signer, now, groups, note, withdrawals, known)
    write_whole(Path(output), data, force)
    click.echo(f"{output}: {_counted(contents, withdrawals)}, signed by {signer.author.name} ({signer.author.id})")


@click.command(
    "verify",
    epilog="""\b
Examples:
  mihari library verify nansei.mihari-library
  mihari library verify nansei.mihari-library --trust trust.toml
  mihari library verify nansei.mihari-library --trust trust.toml --held mine.toml --json
""",
)
@click.argument("file", metavar="FILE")
@click.option("--trust", default="", metavar="FILE", help="The list of those who are believed.")
@click.option("--held", multiple=True, metavar="PATTERN", help="A pattern that is here already; may be repeated.")
@click.option("--older", is_flag=True, help="Take an older version of a pattern that is here.")
@as_json
def verify(file: str, trust: str, held: tuple[str, ...], older: bool, as_json: bool) -> None:
    """Who signed a bundle, what is in it, and what of it is refused and why; exit code 2 where something is.

    Without a trust list, only whether all of it is as it was signed.
    """
    from mihari.library.exchange import Trust, read

    bundle = read(file)
    verdict = _judged(bundle, Trust.load(trust), held, older) if trust else None
    if as_json:
        print_json(_as_table(bundle, verdict))
    else:
        click.echo(_told(bundle, verdict))
    if verdict and verdict.refused:
        raise SystemExit(2)


@click.command(
    "sign",
    epilog="""\b
Examples:
  mihari library sign nansei.mihari-library -o ours.mihari-library --keys kume-keys --trust trust.toml
  mihari library sign nansei.mihari-library -o ours.mihari-library --keys kume-keys --group coast
""",
)
@click.argument("file", metavar="FILE")
@output
@keys
@node
@group
@note
@click.option("--trust", default="", metavar="FILE", help="Pass on only what this list lets through whole.")
@over
def sign(
    file: str, output: str, keys: str, node: str, groups: tuple[str, ...], note: str, trust: str, force: bool
) -> None:
    """Pass a bundle on: the same patterns, signed by this node too. Who made them stays in it, and can be checked."""
    from mihari.library.exchange import Signer, Trust, passed_on, read, write_whole

    bundle, signer = read(file), Signer.load(keys, node)
    if trust:
        _judged(bundle, Trust.load(trust), (), False).whole()
    write_whole(Path(output), passed_on(bundle, signer, time.time(), groups, note), force)
    click.echo(f"{output}: passed on by {signer.author.name} ({signer.author.id})")


def _keys_of(node_file: str) -> str:
    """The folder of a node's keys."""
    from mihari.core.config import load

    if not node_file:
        raise BadInput("expected --keys FOLDER, or --from NODE.toml of a node that has keys")
    config = load(node_file)
    return str(config.mesh.keys_folder(config.node.name))


def _held(names: tuple[str, ...], node_file: str) -> tuple[list[Content], dict[str, Author]]:
    """Patterns that a node holds, and the certificates of those who made them and passed them on."""
    from mihari.commands.alerts import opened
    from mihari.library.handing_on import content

    contents: list[Content] = []
    known: dict[str, Author] = {}
    with opened("", node_file) as there, there.read() as connection:
        for told in names:
            name, version = _versioned(told, told)
            one, certificates = content(connection, name, version)
            contents.append(one)
            known |= certificates
    return contents, known


def _versioned(told: str, what: str) -> tuple[str, int | None]:
    """A name and perhaps a version, of NAME or NAME@VERSION."""
    name, _, version = told.partition("@")
    if version and not version.isdecimal():
        raise BadInput(f"{what}: expected a pattern's name, or name@version such as dark_rendezvous@2")
    return name, int(version) if version else None


def _content(name: str, records: str) -> Content:
    """A pattern with the cases beside its file and its record among `records`."""
    import json

    from mihari.library import load
    from mihari.library.cases import beside
    from mihari.library.exchange import Content

    pattern = load(name)
    cases = _bytes(beside(pattern.path)) if pattern.path else b""
    file = Path(records) / f"{pattern.name}.json"
    try:
        record = json.loads((_bytes(file) if records else b"") or b"{}")
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise BadInput(f"{file}: expected one table in JSON")
    return Content(pattern, cases, record)


def _bytes(path: Path) -> bytes:
    from mihari.commands.console import why

    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {why(error)}") from None


def _withdrawal(told: str, reason: str, signer: Signer, now: float) -> Withdrawal:
    from mihari.library.exchange import withdrawn

    name, version = _versioned(told, f"--revoke {told}")
    if not reason:
        raise BadInput("--revoke: expected --reason, which all who have the pattern will read")
    return withdrawn(name, reason, signer, now, [] if version is None else [version])


def _judged(bundle: Bundle, trust: Trust, held: tuple[str, ...], older: bool) -> Verdict:
    from mihari.library import load
    from mihari.library.exchange import Held, verify

    have = [Held(p.name, p.file.version, p.digest, "") for p in map(load, held)]
    return verify(bundle, trust, time.time(), have, older=older)


def _counted(contents: list[Any], withdrawals: list[Any]) -> str:
    told = [f"{len(contents)} pattern{'s' * (len(contents) != 1)}"] * bool(contents)
    return " and ".join([*told, *[f"{len(withdrawals)} withdrawn"] * bool(withdrawals)])


def _as_table(bundle: Bundle, verdict: Verdict | None) -> dict[str, Any]:
    from mihari.library.exchange.provenance import maker

    m = bundle.manifest
    plain = {key: getattr(m, key) for key in ("name", "version", "made", "note")}
    table = plain | {"groups": list(m.groups), "signer": {"name": bundle.signer.name, "author": bundle.signer.id}}
    patterns = {e.name: e.model_dump(mode="json") | {"maker": maker(e)} for e in m.patterns}
    table["patterns"] = list(patterns.values())
    table["revokes"] = [one.model_dump(mode="json") for one in m.revokes]
    if verdict:
        table["trusted"] = verdict.signer.by
        table["accepted"] = [one.pattern.name for one in verdict.accepted]
        table["refused"] = [{"name": r.name, "version": r.version, "why": r.why} for r in verdict.refused]
        table["withdrawn"] = [{"name": one.name, "version": one.version} for one in verdict.withdrawn]
    return table


def _told(bundle: Bundle, verdict: Verdict | None) -> str:
    """A bundle in the order in which somebody reads it who has got it by post."""
    m = bundle.manifest
    lines = [f"{m.name} {m.version}, made {m.made} for {', '.join(m.groups) or 'everybody'}"]
    believed = verdict.signer.by if verdict else "whether that is to be believed was not asked: --trust FILE"
    lines += [f"signed by {m.by.node} ({m.by.author}): {believed}", *[m.note] * bool(m.note)]
    refused = {one.name: one.why for one in verdict.refused if one.version} if verdict else {}
    unknown = {one.pattern.name: one.unknown for one in verdict.accepted} if verdict else {}
    for entry in m.patterns:
        way = ", ".join(f"{link.act} by {link.node} {link.at[:10]}" for link in entry.provenance)
        lines.append(f"  {entry.name} {entry.version}: {way}")
        lines += [f"    {who} is not on the trust list" for who in unknown.get(entry.name, ())]
        lines += [f"    refused: {refused[entry.name]}"] if entry.name in refused else []
    for one in m.revokes:
        which = f"version {', '.join(map(str, one.versions))}" if one.versions else "all versions"
        lines.append(f"  {one.name}: {which} withdrawn by {one.node} {one.at[:10]}: {one.reason}")
    lines += [f"    {one.name}: {one.why}" for one in verdict.refused if not one.version] if verdict else []
    lines += [f"  {one.name} {one.version} is here and is withdrawn" for one in verdict.withdrawn] if verdict else []
    return "\n".join(lines)
