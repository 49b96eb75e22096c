"""`mihari library diff|merge`: what is different between two patterns or bundles, and two versions made one again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mihari.commands.console import as_json, print_json
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.library.exchange import Change
    from mihari.library.exchange.merging import Side


@click.command(
    "diff",
    epilog="""\b
Examples:
  mihari library diff dark_rendezvous mine.toml
  mihari library diff spring.mihari-library autumn.mihari-library
""",
)
@click.argument("a")
@click.argument("b")
@as_json
def diff(a: str, b: str, as_json: bool) -> None:
    """What is different in B, in words: two patterns (names or files), or two bundles.

    What means the same is no difference: comments, the order of keys, 30 min or 1800 s.
    """
    found = _differences(a, b)
    if as_json:
        print_json([{"where": one.where, "told": one.told, "lines": list(one.lines)} for one in found])
    else:
        click.echo("\n".join(map(str, found)) or "no difference")


@click.command(
    "merge",
    epilog="""\b
Examples:
  mihari library merge base.toml ours.toml theirs.toml -o merged.toml
  mihari library merge base.toml ours.toml theirs.toml -o merged.toml --theirs 'parameter together: value'
""",
)
@click.argument("base")
@click.argument("ours")
@click.argument("theirs")
@click.option("-o", "--output", required=True, metavar="FILE", help="The pattern to write.")
@click.option("--ours", "our", multiple=True, metavar="WHERE", help="Of a conflict, take ours; may be repeated.")
@click.option("--theirs", "their", multiple=True, metavar="WHERE", help="Of a conflict, take theirs; may be repeated.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def merge(
    base: str, ours: str, theirs: str, output: str, our: tuple[str, ...], their: tuple[str, ...], force: bool
) -> None:
    """One pattern that OURS and THEIRS have both made of BASE, with the changes of both.

    What both have changed, each in another way, is a conflict: all of them are named, nothing is written, exit code 2.
    """
    from mihari.library import load
    from mihari.library.exchange import differences, write_whole
    from mihari.library.exchange import merge as merged

    take: dict[str, Side] = dict.fromkeys(our, "ours")
    take.update(dict.fromkeys(their, "theirs"))
    if both := sorted(set(our) & set(their)):
        raise BadInput(f"{both[0]}: expected --ours or --theirs, found both")
    mine = load(ours)
    found = merged(load(base), mine, load(theirs), take)
    if found.pattern is None:
        click.echo("\n".join(f"conflict: {one}" for one in found.conflicts))
        raise SystemExit(2)
    write_whole(Path(output), found.pattern.text.encode(), force)
    changes = differences(mine, found.pattern)
    click.echo("\n".join([f"{output}: version {found.pattern.file.version}; beside ours:", *map(str, changes)]))


def _differences(a: str, b: str) -> list[Change]:
    from mihari.library import load
    from mihari.library.exchange import bundle_differences, differences, read

    kinds = [_is_bundle(a), _is_bundle(b)]
    if all(kinds):
        return bundle_differences(read(a), read(b))
    if any(kinds):
        raise BadInput(f"expected two patterns or two bundles, found {a if kinds[0] else b} and a pattern")
    return differences(load(a), load(b))


def _is_bundle(name: str) -> bool:
    from mihari.library.exchange import SUFFIX

    try:
        with Path(name).open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return name.endswith(SUFFIX)
