"""A node with all that it may have, its backup, and backups that were made up to do harm."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from held_helpers import pattern

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.backup import Wanted, write
from mihari.backup.manifest import MANIFEST, NODE
from mihari.backup.packing import BLOCK, header, padding
from mihari.backup.sealed import writing
from mihari.cases.files import folder_of as evidence_of
from mihari.library import shelf

NOW = 1_800_000_000.0
NODE_FILE = """# of the station on Kume
[node]
name = "kume"  # as others see it
area = "nansei"
zones = "{folder}/zones.geojson"
watch_lists = [
  "{folder}/wanted.csv",
]

[[feed]]
url = "udp://127.0.0.1:{port}"
format = "ais"

[face]
enabled = false

[alerts]
records = "{folder}/live/kume.sqlite"

[mesh]
keys = "{folder}/kume-keys"
state = "{folder}/state"
enabled = {mesh}
"""


def node(folder: Path, mesh: bool = False, port: int = 10110) -> Path:
    """A node's files, with patterns in its records and a piece of evidence; its node file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / NODE
    file.write_text(NODE_FILE.format(folder=folder.as_posix(), port=port, mesh=str(mesh).lower()))
    (folder / "zones.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (folder / "wanted.csv").write_text("mmsi,name\n431000001,ghost\n")
    (folder / "trust.toml").write_text("format = 1\n")
    for name in ("kume-keys/kume.sign.key", "kume-keys/ca.pem", "state/run"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"{name}\n")
    with_records(folder / "live" / "kume.sqlite")
    return file


def with_records(path: Path) -> None:
    """Records with a chain of some rows, and a file of evidence beside them."""
    records = Records(path, lambda: NOW).open()
    shelf.take_over(records, By("Sato", NOW), [shelf.Shelved(pattern(), "trial", proof={"holds": True})])
    for k in range(30):
        shelf.set_state(records, By("Mori", NOW), "dawdles", "trial" if k % 2 else "active")
    shelf.set_state(records, By("Mori", NOW), "dawdles", "active")
    piece = evidence_of(records) / "ab" / "abcdef"
    piece.parent.mkdir(parents=True)
    piece.write_bytes(bytes(range(256)) * 40)
    records.close()


def backed_up(folder: Path, **wanted: bool) -> Path:
    """The backup of such a node."""
    file = folder.parent / "kume.mihari-backup"
    write(Wanted(node(folder), **wanted), file, now=NOW)
    return file


Made = list[tuple[bytes, bytes]]  # header and content of each member


def plain(path: str, data: bytes) -> tuple[bytes, bytes]:
    """A member as it should be."""
    return header(path, len(data), 0), data


def told(members: Made, **other: object) -> dict[str, object]:
    """The manifest of members that are plain files."""
    files = [
        {"path": head[:100].rstrip(b"\0").decode(), "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for head, data in members
    ]
    made = {"format": 1, "program": "mihari 0.1.0", "made": "2027-01-15T08:00:00Z", "node": "kume", "layout": 8,
            "records": "records/kume.sqlite", "keys": False, "archive": False, "places": [],
            "files": files}  # fmt: skip
    return made | other


def sealed(path: Path, members: Made, manifest: dict[str, object] | None, after: bytes = b"") -> Path:
    """A file with these members; a manifest of None is left out."""
    some = list(members) if manifest is None else [*members, plain(MANIFEST, json.dumps(manifest).encode())]
    with writing(path) as put:
        for head, data in some:
            for piece in (head, data, padding(len(data))):
                put(piece)
        put(bytes(2 * BLOCK) + after)
    return path
