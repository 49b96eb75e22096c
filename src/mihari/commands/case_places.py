"""Where a case's evidence and its map come from: the archive and the coast that options or a node file name."""

from __future__ import annotations

from pathlib import Path

from mihari.core.errors import BadInput


def archive_of(folder: Path | None, node_file: str) -> Path | None:
    """The archive's folder: as told, else the node's where it keeps one that is there; None for none."""
    if folder is not None:
        if not folder.is_dir():
            raise BadInput(f"{folder}: no such archive; expected a folder written by mihari run --archive")
        return folder
    if not node_file:
        return None
    from mihari.core.config import load

    config = load(node_file)
    found = config.archive.folder(config.node.name)
    return found if found.is_dir() else None


def area_of(name: str, node_file: str) -> str:
    """The coast for the map: as told, else the node's; '' for none."""
    if name or not node_file:
        return name
    from mihari.core.config import load

    return load(node_file).node.area


def bytes_in(path: Path) -> bytes:
    """The bytes of a file that an officer adds; BadInput where it cannot be read, or is too large."""
    from mihari.cases.files import FILE_MAX
    from mihari.commands.console import why

    try:
        with path.open("rb") as file:
            data = file.read(FILE_MAX + 1)
    except OSError as error:
        raise BadInput(f"{path}: {why(error)}") from None
    if len(data) > FILE_MAX:
        raise BadInput(f"{path}: expected at most {FILE_MAX >> 20} MB")
    return data


def station_of(node_file: str) -> str:
    """The name of the node; '' where none is told."""
    if not node_file:
        return ""
    from mihari.core.config import load

    return load(node_file).node.name


def write(path: Path, text: str) -> None:
    """Save a report; BadInput for a name that is none of a page, or a place that cannot be written."""
    from mihari.commands.console import why

    if path.suffix.lower() not in (".html", ".htm"):
        raise BadInput(f"{path}: expected a name that ends in .html (any browser shows and prints it)")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {why(error)}") from None
