"""A node, running or not -> one sealed file with all that it must not lose, whole or not at all under its name.

The records are copied first, by SQLite's own online backup: one moment of them, while the node goes on writing. Files
of evidence are only added, so those copied after the records have all that the records name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time as clocks
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from mihari import __version__
from mihari.alerts.records import url_of
from mihari.backup.alone import alone
from mihari.backup.contents import Wanted, contents
from mihari.backup.manifest import FORMAT, MANIFEST, Manifest, Member, Place
from mihari.backup.packing import BLOCK, PIECE, header, padding
from mihari.backup.sealed import writing
from mihari.core.config import TEMPORARY, NodeConfig, file_name, load
from mihari.core.errors import BadInput

Progress = Callable[[float, str], object]
PATIENCE_S = 30.0  # with a writer of the records


def write(
    wanted: Wanted, output: Path, over: bool = False, advance: Progress = lambda share, what: None,
    now: float | None = None,
) -> Manifest:  # fmt: skip
    """Make the backup; `now`: UTC s by the clock. BadInput where something of the node is missing or cannot be read."""
    config = load(wanted.node_file)
    records = records_of(config, wanted.node_file)
    if output.exists() and not over:
        raise BadInput(f"{output}: is there already; --force writes over it")
    parts = output.with_name(f".{output.name}.part"), output.with_name(f".{output.name}.records")
    try:
        with alone(output, "a backup is written there"), contextlib.ExitStack() as stack:
            for part in parts:
                stack.callback(part.unlink, missing_ok=True)
            advance(0.0, "copying the records")
            layout = snapshot(records, parts[1])
            made = _pack(config, wanted, records, parts, layout, advance, clocks.time() if now is None else now)
            parts[0].replace(output)
            _durable(output.absolute().parent)
    except OSError as error:
        raise BadInput(f"{error.filename or output}: {(error.strerror or str(error)).lower()}") from None
    return made


def records_of(config: NodeConfig, node_file: Path) -> Path:
    """The file of a node's records; BadInput where it has none."""
    address = config.alerts.address(config.node.name)
    if not config.alerts.enabled or address == TEMPORARY:
        raise BadInput(f"{node_file}: the node keeps no records; expected one with [alerts] records in a file")
    url = url_of(address.removeprefix("sqlite:///"))
    if url.drivername != "sqlite":
        raise BadInput(f"{node_file}: its records are in a server, which has its own tools for backups (pg_dump)")
    path = Path(str(url.database))
    if not path.is_file():
        raise BadInput(f"{path}: there are no records; expected those of {node_file}, which makes them at its start")
    return path


def snapshot(records: Path, copy: Path) -> int:
    """Copy records of one moment to a file; their layout. BadInput where they are none or stay busy."""
    os.close(os.open(copy, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    try:
        with (
            contextlib.closing(sqlite3.connect(f"{records.absolute().as_uri()}?mode=rw", PATIENCE_S, uri=True)) as one,
            contextlib.closing(sqlite3.connect(copy)) as other,
        ):
            one.backup(other)
            return int(other.execute("SELECT layout FROM head").fetchone()[0])
    except (sqlite3.Error, TypeError) as problem:
        raise BadInput(f"{records}: the records cannot be copied: {problem}") from None


def _pack(
    config: NodeConfig, wanted: Wanted, records: Path, parts: tuple[Path, Path], layout: int, advance: Progress,
    now: float,
) -> Manifest:  # fmt: skip
    chosen, member = contents(config, wanted, records), f"records/{file_name(config.node.name)}.sqlite"
    files = {**chosen.files, member: parts[1]}
    whole, done = sum(path.stat().st_size for path in files.values() if path.exists()) or 1, 0
    told: list[Member] = []
    with writing(parts[0]) as put:
        for path in sorted(files):
            packed = _packed(put, path, files[path], int(now))
            if packed is not None:
                told.append(packed)
                done += packed.size
                advance(min(done / whole, 1.0), path)
        places = [*chosen.places, Place(key=("alerts", "records"), path=member)]
        made = Manifest(
            format=FORMAT, program=f"mihari {__version__}", made=stamp(now), node=config.node.name, layout=layout,
            records=member, keys=wanted.keys, archive=wanted.archive, places=tuple(places), files=tuple(told),
        )  # fmt: skip
        data = made.model_dump_json(indent=1).encode()
        for piece in (header(MANIFEST, len(data), int(now)), data, padding(len(data)), bytes(2 * BLOCK)):
            put(piece)
    return made


def _packed(put: Callable[[bytes], object], member: str, path: Path, now: int) -> Member | None:
    """Put a file in; None where it has gone meanwhile, to make room for others."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return None
    with file:
        size, digest = os.fstat(file.fileno()).st_size, hashlib.sha256()
        put(header(member, size, now))
        for piece in _pieces(file, size, path):
            digest.update(piece)
            put(piece)
        put(padding(size))
    return Member(path=member, size=size, sha256=digest.hexdigest())


def _pieces(file: BinaryIO, size: int, path: Path) -> Iterator[bytes]:
    left = size
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            raise BadInput(f"{path}: became shorter while it was read; try again")
        left -= len(piece)
        yield piece


def stamp(time: float) -> str:
    """UTC s as people read it.

    >>> stamp(1790000000.25)
    '2026-09-21T14:13:20Z'
    """
    return datetime.fromtimestamp(int(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _durable(folder: Path) -> None:
    """The names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
