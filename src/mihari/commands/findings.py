"""What `mihari node check` finds in a node file, and the sections of a file that could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from mihari.core.config import (
    SECTIONS,
    AlertsSection,
    ArchiveSection,
    CameraSection,
    FaceSection,
    FeedSection,
    HealthSection,
    LinkSection,
    MeshSection,
    ModemSection,
    NodeSection,
    OutputSection,
    PatrolSection,
    Section,
    SensorSection,
    VehicleSection,
)
from mihari.core.errors import BadInput
from mihari.core.toml_text import Location
from mihari.feeds.address import FeedAddress

T = TypeVar("T", bound=Section)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found at a place of the file. A mistake keeps the node from working as it says; a warning does not."""

    level: Literal["mistake", "warning"]
    key: str
    problem: str
    line: int | None = None

    def sentence(self, file: str) -> str:
        """As people read it.

        >>> Finding("warning", "feed[0].url", "port 10110 is in use", 6).sentence("node.toml")
        'node.toml:6: warning: feed[0].url: port 10110 is in use'
        """
        where = file if self.line is None else f"{file}:{self.line}"
        warning = "warning: " if self.level == "warning" else ""
        return f"{where}: {warning}{self.key}: {self.problem}" if self.key else f"{where}: {warning}{self.problem}"

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return {"level": self.level, "line": self.line, "key": self.key, "problem": self.problem}


@dataclass(frozen=True, slots=True)
class Found:
    """The same with its location in the tables, before its line is known."""

    level: Literal["mistake", "warning"]
    location: Location
    problem: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The sections of a file that could be read; repeated ones by their index in the file."""

    node: NodeSection
    face: FaceSection
    archive: ArchiveSection
    alerts: AlertsSection
    health: HealthSection
    feeds: Mapping[int, FeedSection]
    sensors: Mapping[int, SensorSection]
    outputs: Mapping[int, OutputSection]
    mesh: MeshSection
    links: Mapping[int, LinkSection]
    modems: Mapping[int, ModemSection]
    vehicles: Mapping[int, VehicleSection]
    cameras: Mapping[int, CameraSection]
    patrol: PatrolSection
    addresses: Mapping[int, FeedAddress]  # of the feeds whose address can be understood

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> Parts:
        """What of these tables is right; a single section with a mistake is taken as its defaults."""
        feeds = {i: one for i, one in _many(tables, "feed").items() if isinstance(one, FeedSection)}
        return cls(
            node=_one(tables, "node", NodeSection),
            face=_one(tables, "face", FaceSection),
            archive=_one(tables, "archive", ArchiveSection),
            alerts=_one(tables, "alerts", AlertsSection),
            health=_one(tables, "health", HealthSection),
            feeds=feeds,
            sensors={i: one for i, one in _many(tables, "sensor").items() if isinstance(one, SensorSection)},
            outputs={i: one for i, one in _many(tables, "output").items() if isinstance(one, OutputSection)},
            mesh=_one(tables, "mesh", MeshSection),
            links={i: one for i, one in _many(tables, "link").items() if isinstance(one, LinkSection)},
            modems={i: one for i, one in _many(tables, "modem").items() if isinstance(one, ModemSection)},
            vehicles={i: one for i, one in _many(tables, "vehicle").items() if isinstance(one, VehicleSection)},
            cameras={i: one for i, one in _many(tables, "camera").items() if isinstance(one, CameraSection)},
            patrol=_one(tables, "patrol", PatrolSection),
            addresses={i: address for i, feed in feeds.items() if (address := parsed(feed)) is not None},
        )

    def feed_name(self, index: int) -> str:
        """What a feed is called."""
        given = self.feeds[index].name
        return given or (self.addresses[index].name if index in self.addresses else "")


def parsed(feed: FeedSection) -> FeedAddress | None:
    """A feed's address; None where it is a mistake."""
    try:
        return FeedAddress.parse(feed.url, feed.format or None)
    except BadInput:
        return None


def _one(tables: Mapping[str, Any], name: str, section: type[T]) -> T:
    try:
        return section.model_validate(tables.get(name, {}))
    except ValidationError:
        return section()


def _many(tables: Mapping[str, Any], name: str) -> dict[int, BaseModel]:
    section, given = SECTIONS.get(name), tables.get(name, ())
    found: dict[int, BaseModel] = {}
    for index, table in enumerate(given if isinstance(given, list) else ()):
        try:
            if section is not None:
                found[index] = section.model_validate(table)
        except ValidationError:
            continue  # told by `examine`
    return found
