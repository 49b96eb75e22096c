"""A case in the records -> all that its report shows: evidence read and verified, dossiers, what cannot be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from mihari.alerts.records import Records
from mihari.cases import files, shelf, tracks
from mihari.cases.body import vessel_name
from mihari.cases.dossiers import DOSSIERS_MAX, claims_in, dossiers
from mihari.cases.edit import Edit
from mihari.core.errors import BadInput

PICTURE_MAX, PICTURES_MAX = 5 << 20, 20 << 20  # bytes of one picture in a report, and of all
SHOWN = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}  # and how such bytes begin
Item = dict[str, Any]


@dataclass(slots=True)
class Held:
    """`case`: as `shelf.told`; the others by item of evidence, without what was withdrawn."""

    case: dict[str, Any]
    edits: tuple[Edit, ...]
    tracks: list[tuple[Item, tracks.Track]] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)  # as they stood
    pictures: list[tuple[Item, bytes]] = field(default_factory=list)
    dossiers: list[tuple[Item, dict[str, Any]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def behaviours(self) -> list[dict[str, Any]]:
        """Of all its alerts as they stood, each once, in the order of time."""
        found = {b["id"]: b for alert in self.alerts for b in alert["behaviours"]}
        return sorted(found.values(), key=lambda b: (b["start"], b["id"]))

    def named(self, item: Item) -> str:
        """How the vessel of a piece of evidence is called in this case."""
        known = {(v["mmsi"], v["vessel"]): v for v in self.items("vessel")}
        return vessel_name(known.get((item["mmsi"], item["vessel"]), item | {"name": ""}))

    def items(self, name: str) -> list[Item]:
        """What a list holds, without what was withdrawn."""
        return [item for item in self.case["lists"][name] if not item["withdrawn"]]


def held(records: Records, number: int, archive: Path | None) -> Held:
    """All of a case, as it is at this node; Unknown where there is none."""
    with records.read() as connection:
        found = Held(shelf.told(connection, number), shelf.one(connection, number).case.edits)
        vessels = found.items("vessel")
        known = dossiers(connection, records, vessels, found.items("evidence"), archive)
        found.dossiers = list(zip(vessels, known, strict=False))
    if len(vessels) > DOSSIERS_MAX:
        found.problems.append(f"no dossiers of {len(vessels) - DOSSIERS_MAX} more vessels")
    room = PICTURES_MAX
    for item in found.items("evidence"):
        try:
            room -= _read(found, records, item, room)
        except (BadInput, ValueError, KeyError, TypeError) as problem:
            why = str(problem) if isinstance(problem, BadInput) else "its bytes are not what this version expects"
            found.problems.append(f"{item['what']}: {why}")
    return found


def _read(found: Held, records: Records, item: Item, room: int) -> int:
    """Read one piece of evidence into its place; the room that it takes, bytes."""
    if item["kind"] in ("picture", "file") and item["media"] in SHOWN:
        return _picture(found, item, files.bytes_of(records, item["sha256"]), room)
    data = files.bytes_of(records, item["sha256"])  # verified, whatever it is
    if item["kind"] == "track":
        found.tracks.append((item, tracks.read(data)))
    elif item["kind"] == "dossier":
        claims_in(data)
    elif item["kind"] == "alert":
        alert = orjson.loads(data)
        list(_places(alert))
        found.alerts.append(alert)
    return 0


def _picture(found: Held, item: Item, data: bytes, room: int) -> int:
    if not data.startswith(SHOWN[item["media"]]):
        raise BadInput(f"it is not shown: it is no {item['media']}")
    if len(data) > min(PICTURE_MAX, room):
        raise BadInput(f"it is not shown: {len(data)} bytes, {min(PICTURE_MAX, room)} are left for it")
    found.pictures.append((item, data))
    return len(data)


def _places(alert: dict[str, Any]) -> Iterator[tuple[float, float]]:
    """The places of an alert's behaviours; an error where it is no alert."""
    for b in alert["behaviours"]:
        yield float(b["lat_deg"]), float(b["lon_deg"])
        int(b["start"]), str(b["kind"]), str(b["because"]), [v["mmsi"] or v["vessel"] for v in b["vessels"]]
    [(line["time"], line["what"], line["who"], line["text"]) for line in alert["log"]]
