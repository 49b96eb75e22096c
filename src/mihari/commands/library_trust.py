"""`mihari library trust list|add|revoke`: whose patterns are taken over."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.library.exchange.trust import AuthoritySection, SignerSection

file = click.option("--file", default="trust.toml", show_default=True, metavar="FILE", help="The trust list.")


@click.group(
    "trust",
    epilog="""\b
Examples:
  mihari library trust add --authority naha-keys/ca.pem --name 'Nansei coast'
  mihari library trust add --certificate kume.author.pem --group coast --note 'key read out by telephone'
  mihari library trust revoke 66687aadf862bd77 --reason 'the node was stolen'
  mihari library trust list --json
""",
)
def trust() -> None:
    """Whose patterns are taken over: a list that people read and write (TOML)."""


@trust.command("list")
@file
@as_json
def list_trust(file: str, as_json: bool) -> None:
    """Who is believed, for whom they speak, and who is believed no longer."""
    from mihari.library.exchange import Trust

    told = Trust.load(file).told
    if as_json:
        print_json(told.model_dump(mode="json"))
        return
    for one in told.signer:
        click.echo(_listed(f"{one.name} ({one.author})", one.key or f"certified by {one.authority}", one))
    for every in told.authority:
        click.echo(_listed(f"{every.name} (all it certifies)", every.authority, every))
    for gone in told.revoked:
        click.echo(f"revoked: {gone.author}, {gone.since}: {gone.reason}")


@trust.command("add")
@file
@click.option("--key", default="", metavar="HEX", help="Believe who has this raw Ed25519 public key.")
@click.option("--certificate", default="", metavar="FILE", help="Believe who has the key of this NAME.author.pem.")
@click.option("--author", default="", metavar="ID", help="Believe this author, if --authority has certified it.")
@click.option("--authority", default="", metavar="FILE|FINGERPRINT", help="Believe all whom it has certified.")
@click.option("--name", default="", metavar="NAME", help="Of whom; default: as the certificate has it.")
@click.option("--group", "groups", multiple=True, metavar="NAME",
              help="Release group for which it may speak; may be repeated; default: all.")  # fmt: skip
@click.option("--may-revoke", is_flag=True, help="It may withdraw patterns that others have made.")
@click.option("--note", default="", metavar="TEXT", help="Who said that the key is theirs, and how.")
def add(
    file: str, key: str, certificate: str, author: str, authority: str, name: str, groups: tuple[str, ...],
    may_revoke: bool, note: str,
) -> None:  # fmt: skip
    """Believe one author, by key, by certificate or by its id, or all of an authority. The file is made if need be."""
    from mihari.library.exchange import Author, add_authority, add_signer

    if [bool(key), bool(certificate), bool(author or authority)].count(True) != 1:
        raise BadInput("expected one of --key, --certificate, --authority, or --author with --authority")
    raw = _key(key) if key else b""
    if certificate:
        found = Author.of(_bytes(certificate))
        raw, name = found.public_key, name or found.name
    if not name:
        raise BadInput("expected --name")
    today = _today()
    if raw or author:
        add_signer(file, name, today, key=raw, author=author, authority=_from_list(authority, file), groups=groups,
                   may_revoke=may_revoke, note=note)  # fmt: skip
    else:
        add_authority(file, name, _from_list(authority, file), today, groups, may_revoke, note)
    click.echo(f"{file}: {name} is on the list")


@trust.command("revoke")
@click.argument("author", metavar="AUTHOR")
@file
@click.option("--reason", required=True, metavar="TEXT", help="Why, for those who read the list later.")
def revoke_author(author: str, file: str, reason: str) -> None:
    """Believe an author (its id, 16 hexadecimal digits) no longer, whoever vouches for it."""
    from mihari.library.exchange import revoke

    revoke(file, author, _today(), reason)
    click.echo(f"{file}: {author} is revoked")


def _listed(who: str, how: str, one: SignerSection | AuthoritySection) -> str:
    groups = ", ".join(one.groups) or "everybody"
    withdraws = "; may withdraw what others made" if one.may_revoke else ""
    return f"{who}: for {groups}{withdraws}; since {one.since}; {how}{f'; {one.note}' if one.note else ''}"


def _today() -> date:
    return datetime.fromtimestamp(time.time(), UTC).date()


def _key(text: str) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise BadInput(f"--key: expected 64 hexadecimal digits, found {text[:80]!r}")
    return raw


def _from_list(authority: str, file: str) -> str:
    """A path as the list has it, from its own folder; a fingerprint as it is."""
    import os

    path = Path(authority).expanduser()
    if not authority or not path.exists():
        return authority
    return Path(os.path.relpath(path.absolute(), Path(file).absolute().parent)).as_posix()


def _bytes(path: str) -> bytes:
    from mihari.commands.console import why

    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {why(error)}") from None
