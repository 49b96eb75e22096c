"""`mihari node init --mesh`: a node's keys, the coast's authority where there is none yet, and the section `[mesh]`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from mihari.core.errors import BadInput

PORT = 7447  # Zenoh's


def mesh_tables(
    path: Path, name: str, authority: str, hosts: Sequence[str], force: bool
) -> dict[str, dict[str, object]]:
    """Makes the keys of the node whose file will be `path`, beside it; returns what its file tells of the mesh.

    Keys that are there are kept. BadInput before anything is made where the file is there and not to be written over.
    """
    from mihari.core.mesh_sections import checked_address
    from mihari.core.section import file_name

    if str(path) == "-":
        raise BadInput("--mesh makes keys beside the node file: expected a file, found -")
    if path.exists() and not force:
        raise BadInput(f"{path}: is there already; --force writes over it")
    if not path.parent.is_dir():
        raise BadInput(f"{path}: cannot be written: no such folder")
    try:
        listen = [checked_address(f"tls/{_bracketed(host)}:{PORT}") for host in hosts or ["127.0.0.1"]][:1]
    except ValueError:
        raise BadInput(f"--host: expected a name or an address, found {', '.join(hosts)}") from None
    folder = path.parent.resolve() / f"{file_name(name)}-keys"
    _make(folder, name, Path(authority) if authority else path.parent / "authority", hosts)
    return {"mesh": {"enabled": True, "keys": str(folder), "listen": listen}}


def _make(folder: Path, name: str, authority: Path, hosts: Sequence[str]) -> None:
    from mihari.mesh.authority import bring_modem_key, make_authority, make_identity
    from mihari.mesh.keys import MODEM_KEY, SUFFIXES, Identity

    if any(folder.glob(f"*{SUFFIXES[0]}")):
        kept = Identity.load(folder, name)
        click.echo(f"{folder}: the keys of {kept.name} ({kept.author}) are kept", err=True)
        ours = authority / "ca.pem"
        if ours.exists() and ours.read_bytes() == kept.ca.read_bytes() and bring_modem_key(authority, folder):
            click.echo(f"{folder / MODEM_KEY}: for modems, the same at all nodes of the coast", err=True)
        return
    if not (authority / "ca.pem").exists():
        make_authority(authority, name)
        told = "for all nodes of this coast; keep ca.key apart, no node needs it to run"
        click.echo(f"{authority}: a new authority, {told}", err=True)
    made = make_identity(folder, name, authority, hosts)
    click.echo(f"{folder}: the keys of {made.name}, known to other nodes as {made.author}", err=True)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
