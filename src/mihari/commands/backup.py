"""`mihari backup`, `mihari restore`: all that a node must not lose in one file, and the node again from it."""

from __future__ import annotations

from pathlib import Path

import click

from mihari.commands.console import as_json, print_json, progress

SUFFIX = ".mihari-backup"


@click.command(
    epilog="""\b
Examples:
  mihari backup naha.toml -o naha.mihari-backup
  mihari backup naha.toml -o naha.mihari-backup --keys --force
  mihari backup naha.toml -o everything.mihari-backup --archive --trust /etc/mihari/trust.toml
"""
)
@click.argument("node_file", metavar="NODE.toml", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE",
              help="Default: NODE.mihari-backup, here. Only its owner may read it (mode 0600).")  # fmt: skip
@click.option("--keys", is_flag=True, help="With the node's keys and passwords: who has the file can be the node.")
@click.option("--archive", is_flag=True, help="With the archive, which may be large.")
@click.option("--trust", type=click.Path(path_type=Path), metavar="FILE",
              help="Whose patterns are believed.  [default: the node file's, else trust.toml beside it]")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@as_json
def backup(
    node_file: Path, output: Path | None, keys: bool, archive: bool, trust: Path | None, force: bool, as_json: bool
) -> None:
    """All that a node must not lose, in one file; the node may run meanwhile.

    Its records with alerts, log, audit, cases and patterns, their pictures and evidence, what the coast has taught it,
    its node file and what that names, and its trust list. Not its keys and not its archive, unless asked for.
    """
    from mihari.backup import Wanted, write

    output = output or Path(node_file.stem + SUFFIX)
    with progress("backing up", quiet=as_json) as advance:
        made = write(Wanted(node_file, keys, archive, trust), output, force, advance)
    if as_json:
        plain = made.model_dump(mode="json", exclude={"places", "files"})
        print_json({"file": str(output), **plain, "files": len(made.files), "bytes": made.size})
    else:
        click.echo(f"{output}: {made.sentence}")


@click.command(
    epilog="""\b
Examples:
  mihari restore naha.mihari-backup
  mihari restore naha.mihari-backup --to /srv/mihari/naha
  mihari restore naha.mihari-backup --to /srv/mihari/naha --force
  mihari restore naha.mihari-backup --look --json
"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Where the node is made.  [default: its name, here]")  # fmt: skip
@click.option("--force", is_flag=True, help="Also where there is something: that is kept beside, as FOLDER.before-1.")
@click.option("--look", is_flag=True, help="Verify the file and say what is in it; write nothing.")
@as_json
def restore(file: Path, folder: Path | None, force: bool, look: bool, as_json: bool) -> None:
    """A node again from its backup: verified first, whole or not at all.

    The node must not run. Its node file is FOLDER/node.toml; the paths in it lead to what was restored.
    """
    from mihari.backup import examined
    from mihari.backup import restore as restored

    with progress("restoring", quiet=as_json) as advance:
        if look:
            manifest = examined(file, advance)
        else:
            done = restored(file, folder, force, advance)
            manifest = done.manifest
    plain = manifest.model_dump(mode="json", exclude={"places", "files"}) | {"files": len(manifest.files)}
    if look and as_json:
        print_json(plain | {"members": [one.model_dump(mode="json") for one in manifest.files]})
    elif look:
        click.echo(f"{file}: {manifest.sentence}; records of layout {manifest.layout}, by {manifest.program}")
    elif as_json:
        before = str(done.before) if done.before else None
        print_json(plain | {"node_file": str(done.node_file), "before": before, "audit": done.audit.good})
    else:
        kept = f"; what was there is in {done.before}" if done.before else ""
        click.echo(f"{done.folder}: {manifest.sentence}{kept}")
        click.echo(f"{done.audit.sentence} `mihari run {done.node_file}` starts the node.")
