"""What is in a backup: its last member, `manifest.json`, with size and SHA-256 of all the others."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from mihari.core.errors import BadInput
from mihari.core.mistakes import key_of
from mihari.core.section import Section

FORMAT = 1  # of the file; a later one is refused
MANIFEST, NODE = "manifest.json", "node.toml"
MOST_BYTES = 256 << 20  # of the manifest: some million files of an archive
MOST_FILES = 2_000_000  # a manifest of its most bytes names fewer
NAME_MOST = 250  # bytes of a member's name (POSIX.1-1988 ustar: 100, and 155 of its folder)


def checked_path(path: str) -> str:
    """A member's name; ValueError where it is none, or leads out of its folder.

    >>> checked_path("records/naha.sqlite")
    'records/naha.sqlite'
    """
    parts = path.split("/")
    strange = any(ord(c) < 32 or c in '\\\\:*?"<>|' for c in path)
    if strange or any(part in ("", ".", "..") for part in parts) or len(path.encode()) > NAME_MOST:
        raise ValueError(f"expected a path within the folder, such as records/naha.sqlite, found {path!r}")
    return str(PurePosixPath(path))


Path_ = Annotated[str, AfterValidator(checked_path)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Member(Section):
    """A file of the backup."""

    path: Path_
    size: int = Field(ge=0)
    sha256: Digest


class Place(Section):
    """A key of the node file whose value is a path; in the restored node it is `path` there."""

    key: tuple[str | int, ...] = Field(min_length=2, max_length=3)
    path: Path_ | tuple[Path_, ...]


class Manifest(Section):
    """Everything that a reader needs to know."""

    format: Literal[1]
    program: str
    made: str = Field(description="UTC, ISO 8601")
    node: str = Field(min_length=1, max_length=40)
    layout: int = Field(ge=1, description="of the records")
    records: Path_
    keys: bool
    archive: bool
    places: tuple[Place, ...]
    files: tuple[Member, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files)

    @property
    def sentence(self) -> str:
        """In words."""
        more = [word for word, there in (("its keys", self.keys), ("its archive", self.archive)) if there]
        beside = f", with {' and '.join(more)}" if more else ", without keys and archive"
        return f"{self.node} as it was {self.made}: {len(self.files)} files, {self.size / 1e6:.1f} MB{beside}"


def parse(data: bytes, name: str) -> Manifest:
    """The manifest of a backup; BadInput, that begins with `name`, where it is none, or of a later format."""
    try:
        told: Any = json.loads(data)
        if isinstance(told, dict) and isinstance(told.get("format"), int) and told["format"] > FORMAT:
            raise BadInput(f"{name}: backup of format {told['format']}; this version reads up to {FORMAT}")
        made = Manifest.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{name}: {MANIFEST}: {key_of(first['loc'])}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise BadInput(f"{name}: {MANIFEST}: expected JSON") from None
    if len({one.path for one in made.files}) != len(made.files):
        raise BadInput(f"{name}: {MANIFEST}: expected each file once")
    return made
