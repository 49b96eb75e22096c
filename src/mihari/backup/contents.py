"""A node file -> which files a backup of the node has, under which names, and which keys of the node file lead to them.

node.toml          the node file
named/             what it names: zones, lists, registers, area, patrol and plan
records/           the records, evidence and pictures, what the coast has taught
mesh/              what the mesh keeps over a stop
trust/             whose patterns are believed, and the authorities' certificates that lie beside that list
keys/, secrets/    with `keys` alone: the node's keys, passwords of cameras
archive/           with `archive` alone
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mihari.backup.manifest import NODE, Place
from mihari.cameras.files import SUFFIX as PICTURES
from mihari.cases.files import SUFFIX as EVIDENCE
from mihari.coast.area import BUILT_IN, SUFFIX, folders
from mihari.core.config import NodeConfig, file_name
from mihari.core.errors import BadInput
from mihari.kept import CONTEXT, LOOKOUT, TOLD
from mihari.library.exchange import Trust
from mihari.patrol.file import built_in

TRUST = "trust.toml"
WRITTEN_NOW = (".", "new-")  # how names of files begin that have no place yet


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `trust`: whose patterns are believed; None: the node file's list, else one beside it."""

    node_file: Path
    keys: bool = False
    archive: bool = False
    trust: Path | None = None


@dataclass(slots=True)
class Contents:
    """What goes in: member -> the file it is read from (the records apart), and the keys that lead there."""

    files: dict[str, Path] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    def one(self, member: str, path: Path, *key: str | int) -> None:
        """A file that there must be; BadInput without."""
        if not path.is_file():
            raise BadInput(f"{path}: there is no such file; the node file names it")
        self.files[member] = path
        if key:
            self.places.append(Place(key=key, path=member))

    def all_of(self, member: str, folder: Path, *key: str | int) -> None:
        """Every file of a folder; what is not there is left out, what begins with a dot is being written."""
        found = dict(_within(member, folder))
        self.files |= found
        if key and found:
            self.places.append(Place(key=key, path=member))


def contents(config: NodeConfig, wanted: Wanted, records: Path) -> Contents:
    """All but the records themselves, which are copied while the node runs."""
    made, name = Contents({NODE: wanted.node_file}), file_name(config.node.name)
    _named(made, config)
    for suffix in (PICTURES, EVIDENCE):
        made.all_of(f"records/{name}{suffix}", records.with_suffix(suffix))
    for suffix in (LOOKOUT, CONTEXT, TOLD):
        if (kept := records.with_suffix(suffix)).is_file():
            made.one(f"records/{name}{suffix}", kept)
    if config.mesh.enabled:
        made.all_of("mesh", config.mesh.state_folder(config.node.name), "mesh", "state")
    told = wanted.trust or (Path(config.library.trust).expanduser() if config.library.trust else None)
    trust = told or wanted.node_file.with_name(TRUST)
    if told or trust.is_file():
        _trust(made, trust)
    if wanted.keys:
        _secrets(made, config)
    if wanted.archive:
        made.all_of("archive", config.archive.folder(config.node.name), "archive", "path")
    return made


def _named(made: Contents, config: NodeConfig) -> None:
    """What the node file names that does not come with Mihari."""
    node, patrol = config.node, config.patrol
    plan = Path(patrol.file) if patrol.file and (Path(patrol.file).is_file() or patrol.file not in built_in()) else None
    single = (
        (Path(node.zones) if node.zones else None, "node", "zones"),
        (area_file(node.area), "node", "area"),
        (plan, "patrol", "file"),
        (Path(patrol.plan) if patrol.plan else None, "patrol", "plan"),
    )
    for path, section, key in single:
        if path is not None:
            made.one(f"named/{key}-{plain(path)}", path.expanduser(), section, key)
    for key, texts in (("watch_lists", node.watch_lists), ("registers", node.registers)):
        members = tuple(f"named/{key}-{k}-{plain(Path(text))}" for k, text in enumerate(texts))
        for member, text in zip(members, texts, strict=True):
            made.one(member, Path(text).expanduser())
        if members:
            made.places.append(Place(key=("node", key), path=members))


def _trust(made: Contents, file: Path) -> None:
    """The trust list, and the certificates beside it that it names."""
    made.one(f"trust/{TRUST}", file, "library", "trust")
    for written in Trust.load(file).authorities:
        if not Path(written).is_absolute() and ".." not in Path(written).parts:
            made.one(f"trust/{Path(written).as_posix()}", file.parent / written)


def _secrets(made: Contents, config: NodeConfig) -> None:
    """Keys and passwords."""
    if config.mesh.enabled:
        made.all_of("keys", config.mesh.keys_folder(config.node.name), "mesh", "keys")
    for k, camera in enumerate(config.camera):
        if camera.password_file:
            path = Path(camera.password_file).expanduser()
            made.one(f"secrets/camera-{k}-{plain(path)}", path, "camera", k, "password_file")


def area_file(area: str) -> Path | None:
    """Where a coastline lies that does not come with Mihari; None for one that does, and for none.

    >>> area_file("nansei") is None
    True
    """
    places = [Path(area), *(folder / f"{area}{SUFFIX}" for folder in folders() if folder != BUILT_IN)]
    return next((path for path in places if area and path.is_file()), None)


def plain(path: Path) -> str:
    """A file's name as a member may have it.

    >>> plain(Path("/etc/mihari/zones: north.geojson"))
    'zones__north.geojson'
    """
    return "".join(c if c.isalnum() or c in ".-_" else "_" for c in path.name)[-80:].lstrip(".") or "file"


def _within(member: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """Files below a folder, by the name that they get."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        parts: Sequence[str] = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(WRITTEN_NOW) for part in parts):
            yield "/".join([member, *parts]), path


def as_values(places: Sequence[Place], folder: Path) -> dict[tuple[str | int, ...], Any]:
    """Key of the node file -> where it leads in a restored node."""
    told: dict[tuple[str | int, ...], Any] = {}
    for place in places:
        some = (place.path,) if isinstance(place.path, str) else place.path
        paths = [str(folder / path) for path in some]
        told[place.key] = paths[0] if isinstance(place.path, str) else paths
    return told
