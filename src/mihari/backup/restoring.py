"""A backup -> a folder with a node that starts: verified before anything is written, put in its place by one name.

All is written to a folder beside (`.NAME.restoring`) and gets its name when it is whole and on the disk. What was there
before keeps lying beside it. Records of an older layout are brought forward there, as a node's start does.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mihari.alerts import tables
from mihari.alerts.audit import Verdict, verify
from mihari.alerts.records import Records
from mihari.backup.alone import alone
from mihari.backup.contents import as_values
from mihari.backup.manifest import NODE, Manifest
from mihari.backup.packing import Header
from mihari.backup.reading import examined, unpacked
from mihari.backup.rewriting import rewritten
from mihari.core.config import file_name
from mihari.core.errors import BadInput

Progress = Callable[[float, str], object]
SPARE = 64 << 20  # bytes that stay free on the disk


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done. `before`: where that lies which was there; None: there was nothing."""

    manifest: Manifest
    folder: Path
    before: Path | None
    audit: Verdict

    @property
    def node_file(self) -> Path:
        """With which the node starts."""
        return self.folder / NODE


def restore(
    path: Path, folder: Path | None = None, over: bool = False, advance: Progress = lambda share, what: None
) -> Restored:
    """Make the node of a backup in `folder`; default: the node's name, here. BadInput leaves everything as it was."""
    manifest = examined(path, lambda share, what: advance(share / 3, what))
    if manifest.layout > tables.LAYOUT:
        raise BadInput(
            f"{path}: its records have layout {manifest.layout}, this Mihari knows up to {tables.LAYOUT}: "
            "expected a newer Mihari"
        )
    target = Path(os.path.abspath(folder or file_name(manifest.node)))
    there = target.is_symlink() or (target.exists() and not _empty(target))
    if there and not over:
        raise BadInput(f"{target}: is there already; --force puts it beside and restores the node in its place")
    aside = target.with_name(f".{target.name}.restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _refuse_full(target.parent, manifest, path)
        with alone(target, "a node is restored there"):
            shutil.rmtree(aside, ignore_errors=True)  # of one that was killed
            aside.mkdir(mode=0o700)
            try:
                audit = _filled(path, manifest, aside, target, advance)
                before = _placed(aside, target, there)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise BadInput(f"{error.filename or target}: {(error.strerror or str(error)).lower()}") from None
    return Restored(manifest, target, before, audit)


def _filled(path: Path, manifest: Manifest, aside: Path, target: Path, advance: Progress) -> Verdict:
    """Write all files below `aside`, as they shall be below `target`."""
    done, whole = 0, max(manifest.size, 1)

    def put(head: Header, pieces: Iterator[bytes]) -> None:
        nonlocal done
        file = aside / head.path
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            for piece in pieces:
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        done += head.size
        advance((1 + 2 * done / whole) / 3, head.path)

    unpacked(path, put)
    _rewrite(aside / NODE, manifest, target, path)
    records = Records(aside / manifest.records).open()
    try:
        with records.read() as connection:
            return verify(connection)
    finally:
        records.close()


def _rewrite(file: Path, manifest: Manifest, target: Path, path: Path) -> None:
    """The node file leads to what was restored."""
    try:
        text = rewritten(file.read_text("utf-8-sig"), as_values(manifest.places, target))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, LookupError, AttributeError):
        raise BadInput(f"{path}: its {NODE} is no node file to which its paths belong") from None
    with file.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _placed(aside: Path, target: Path, there: bool) -> Path | None:
    """Give the new folder its name; where the old one lies. Between two renames there is nothing under the name."""
    before = next(p for k in range(1, 10_000) if not (p := target.with_name(f"{target.name}.before-{k}")).exists())
    if there:
        target.rename(before)
    aside.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return before if there else None


def _refuse_full(parent: Path, manifest: Manifest, path: Path) -> None:
    free = shutil.disk_usage(parent).free - SPARE
    if manifest.size > free:
        raise BadInput(f"{path}: needs {manifest.size / 1e6:.0f} MB, {parent} has {max(free, 0) / 1e6:.0f} MB left")


def _empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())
