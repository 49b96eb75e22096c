"""A node's configuration: a TOML file -> `NodeConfig`; a mistake is one sentence with file, line, key and expectation.

Key names carry their unit (`range_max_nm`); inside, everything is SI. `mihari run --ais … --radar …` makes the same
configuration without a file.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from mihari.core.asset_sections import CameraSection as CameraSection
from mihari.core.asset_sections import VehicleSection as VehicleSection
from mihari.core.asset_sections import refuse_doubles
from mihari.core.errors import ConfigError
from mihari.core.keys import sections_of
from mihari.core.library_section import LibrarySection as LibrarySection
from mihari.core.mesh_sections import LinkSection as LinkSection
from mihari.core.mesh_sections import MeshSection as MeshSection
from mihari.core.mesh_sections import ModemSection as ModemSection
from mihari.core.mesh_sections import refuse_plain, refuse_strange_modems
from mihari.core.mistakes import as_one, explain, in_order
from mihari.core.patrol_section import PatrolSection as PatrolSection
from mihari.core.section import Section as Section
from mihari.core.section import file_name as file_name
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.toml_text import read_tables, read_text

NAUTICAL_MILE = 1852.0
Latitude = Annotated[float, Field(ge=-90.0, le=90.0, description="degrees north")]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0, description="degrees east")]


class NodeSection(Section):
    """`[node]`: what this node is called and which coast it looks at."""

    name: str = Field("mihari", min_length=1, max_length=40, description="as others see it", examples=["naha"])
    area: str = Field(
        "",
        description="coastline: nansei, aegean, a name or a file made by `mihari map build`",
        examples=["nansei", "hormuz.area"],
    )
    exercise: bool = Field(False, description="mark all of it EXERCISE", examples=[True])
    zones: str = Field(
        "", description="GeoJSON file of ports, anchorages, fishing grounds, cables, closed and watched zones",
        examples=["zones.geojson"],
    )  # fmt: skip
    watch_lists: tuple[str, ...] = Field(
        (), description="CSV or JSON files of vessels to look for; one that is heard raises an alert",
        examples=[["wanted.csv"]],
    )  # fmt: skip
    registers: tuple[str, ...] = Field(
        (), description="CSV or JSON files of vessels; who tells otherwise is listed", examples=[["register.csv"]]
    )
    late_s: float = Field(
        60.0, ge=0.0, le=600.0, description="reports so late are taken in as if they had come in order; see tracking.md"
    )
    rerun_h: float = Field(
        6.0, ge=0.0, le=48.0,
        description="later ones, so old at most, are run again from the archive, in the background; 0: never",
    )  # fmt: skip


class FeedSection(Section):
    """`[[feed]]`: one way in."""

    url: str = Field(
        description="address: udp://:PORT, udp://GROUP:PORT, tcp://HOST:PORT, file:PATH, pcap:PATH, stdin: and more",
        examples=["udp://:10110", "udp://239.192.0.2:8600?interface=127.0.0.1", "tcp://192.0.2.7:5631"],
    )
    name: str = Field("", max_length=40, description="as people see it; default: the address", examples=["AIS naha"])
    format: Literal["", "ais", "asterix", "nmea", "mavlink", "klv", "imc", "cot"] = Field(
        "", description="what flows there, where the address does not tell", examples=["ais", "asterix", "mavlink"]
    )
    silent_s: float | None = Field(
        None, ge=0.0, description="without a byte for so long: an alarm; default: that of [health]; 0: never",
        examples=[30.0],
    )  # fmt: skip
    clock_offset_max_s: float | None = Field(
        None, gt=0.0, description="by which its clock may be wrong; default: clock_offset_s of [health]", examples=[5.0]
    )
    reorder_s: float = Field(
        0.0,
        ge=0.0,
        le=60.0,
        description="its reports wait so long for those before them; 0: they do not wait",
    )


class OutputSection(Section):
    """`[[output]]`: what feeds hear, passed on as it came, or the picture, to another system."""

    model_config = ConfigDict(populate_by_name=True)

    url: str = Field(
        description="udp://ADDRESS:PORT, udp450:, tcp:, tcp-listen:, serial: or mqtt:; a feed's: over its connection",
        examples=["udp://192.0.2.20:10110", "tcp-listen://127.0.0.1:5632"],
    )
    sources: tuple[str, ...] = Field(
        (), alias="from", description="names of the live feeds that are passed on", examples=[["AIS naha"]]
    )
    picture: Literal["", "cot", "tak", "tll", "asterix"] = Field(
        "", description="tell the picture instead: Cursor on Target (tak: as protobuf), TLL sentences, ASTERIX 062"
    )
    every_s: float = Field(5.0, ge=1.0, le=600.0, description="seconds from one telling of a vessel to its next")
    sac: int | None = Field(None, ge=0, le=255, description="our ASTERIX system area code", examples=[126])
    sic: int | None = Field(None, ge=0, le=255, description="our ASTERIX system identification code", examples=[9])

    @model_validator(mode="after")
    def _one_purpose(self) -> Self:
        if bool(self.sources) == bool(self.picture):
            raise ValueError("expected either from = the feeds to pass on, or picture = the format to tell it in")
        if self.picture == "asterix" and (self.sac is None or self.sic is None):
            raise ValueError("expected sac and sic, by which another centre knows us")
        return self


class SensorSection(Section):
    """`[[sensor]]`: a radar or an AIS station of this node."""

    name: str = Field(min_length=1, max_length=40, description="as people see it", examples=["kume"])
    kind: Literal["radar", "ais", "air_radar"] = Field(
        description="plots of an air_radar are drawn, never tracked", examples=["radar"]
    )
    lat_deg: Latitude | None = Field(None, description="degrees north; goes with lon_deg", examples=[26.377])
    lon_deg: Longitude | None = Field(None, description="degrees east; goes with lat_deg", examples=[126.771])
    height_m: float = Field(0.0, ge=-100.0, le=5000.0, description="antenna above the sea", examples=[310.0])
    sac: int | None = Field(None, ge=0, le=255, description="ASTERIX system area code, of a radar", examples=[126])
    sic: int | None = Field(None, ge=0, le=255, description="ASTERIX system identification code", examples=[1])
    station: str = Field(
        "", max_length=40, description="AIS: the station's name in the tag block (s:)", examples=["KUME"]
    )
    range_max_nm: float = Field(
        24.0, gt=0.0, le=300.0, description="beyond it nothing is expected to be seen", examples=[24.0]
    )
    range_sd_m: float = Field(8.0, gt=0.0, description="standard deviation of a plot's range")
    bearing_sd_deg: float = Field(0.15, gt=0.0, le=10.0, description="standard deviation of a plot's bearing")
    period_s: float = Field(2.5, gt=0.0, description="one turn of the antenna")
    detection: float = Field(0.9, gt=0.0, lt=1.0, description="probability of detection of a vessel in cover")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.lat_deg is None) != (self.lon_deg is None):
            raise ValueError("lat_deg and lon_deg go together; expected both or none")
        if (self.sac is None) != (self.sic is None):
            raise ValueError("sac and sic go together; expected both or none")
        return self

    def sensor(self, index: int) -> Sensor:
        """The sensor with this index in the node."""
        source = f"{self.sac}/{self.sic}" if self.sac is not None and self.sic is not None else self.station
        return Sensor(
            index=index,
            name=self.name,
            kind={"radar": SensorKind.RADAR, "ais": SensorKind.AIS, "air_radar": SensorKind.AIR_RADAR}[self.kind],
            lat_deg=math.nan if self.lat_deg is None else self.lat_deg,
            lon_deg=math.nan if self.lon_deg is None else self.lon_deg,
            height=self.height_m,
            source=source,
            range_max=self.range_max_nm * NAUTICAL_MILE,
            range_sd=self.range_sd_m,
            bearing_sd=math.radians(self.bearing_sd_deg),
            period=self.period_s,
            detection=self.detection,
        )


class FaceSection(Section):
    """`[face]`: the map and the API. Loopback only, until there is sign-in."""

    host: str = Field("127.0.0.1", description="a loopback address", examples=["127.0.0.1", "::1"])
    port: int = Field(8080, ge=0, le=65535, description="0: any free port")
    enabled: bool = Field(True, description="false: no map, no API")


class ArchiveSection(Section):
    """`[archive]`: everything that flows, kept on disk, so that any past moment can be rebuilt."""

    enabled: bool = Field(
        False, description="keep everything; `--archive` of `mihari run` sets it too", examples=[True]
    )
    path: str = Field(
        "",
        description="folder; default: mihari/archive/NAME among the user's data, NAME the node's",
        examples=["/srv/mihari/archive"],
    )
    keep_days: float = Field(30.0, ge=0.0, description="oldest dropped first; 0: all are kept")
    quota_gb: float = Field(50.0, ge=0.0, description="what it may fill, oldest dropped first; 0: no limit")
    free_gb: float = Field(1.0, ge=0.0, description="with less free disk it stops, with an alarm; the picture goes on")
    snapshot_s: float = Field(60.0, ge=1.0, description="between snapshots, from which past moments are rebuilt")
    tracks_s: float = Field(10.0, ge=1.0, description="after which each track is written again")

    def folder(self, node: str) -> Path:
        """Where the archive of the node with this name lies.

        >>> str(ArchiveSection(path="/srv/archive").folder("naha"))
        '/srv/archive'
        """
        if self.path:
            return Path(self.path).expanduser()
        return Path(platformdirs.user_data_dir("mihari")) / "archive" / file_name(node)


TEMPORARY = "temporary"


class AlertsSection(Section):
    """`[alerts]`: alerts, the watch log and its audit, kept in a database."""

    enabled: bool = Field(True, description="false: nothing is raised and nothing is kept")
    records: str = Field(
        "",
        description="a file, postgresql+psycopg://USER@HOST/DATABASE, or temporary: gone with the node; "
        "default: mihari/records/NAME.sqlite among the user's data, of recordings temporary",
        examples=["/var/lib/mihari/records.sqlite", "postgresql+psycopg://mihari@db.example/mihari"],
    )
    escalate_s: float = Field(300.0, ge=10.0, description="a warning that nobody acknowledges becomes an alarm")
    join_h: float = Field(6.0, gt=0.0, le=168.0, description="what a vessel does later than that is another alert")
    tidy_h: float = Field(12.0, gt=0.0, description="what is over and settled leaves the list")

    @field_validator("records")
    @classmethod
    def _known(cls, records: str) -> str:
        if "://" in records and not records.startswith(("postgresql+psycopg://", "postgresql://", "sqlite:///")):
            raise ValueError("expected a file, or postgresql+psycopg://USER@HOST/DATABASE")
        return records

    def address(self, node: str, recorded: bool = False) -> str:
        """Where the records of the node with this name are; `recorded`: it reads recordings only.

        >>> AlertsSection(records="/srv/r.sqlite").address("naha"), AlertsSection().address("naha", recorded=True)
        ('/srv/r.sqlite', 'temporary')
        """
        if self.records or recorded:
            return self.records or TEMPORARY
        return str(Path(platformdirs.user_data_dir("mihari")) / "records" / f"{file_name(node)}.sqlite")


class HealthSection(Section):
    """`[health]`: when a silence or a wrong clock is an alarm, and where the log goes."""

    clock_offset_s: float = Field(2.0, gt=0.0, description="by which a sensor's clock may be wrong; beyond: an alarm")
    silent_s: float = Field(60.0, ge=0.0, description="without a byte from a live feed for so long: an alarm; 0: never")
    log: Literal["text", "json"] = Field("text", description="lines for people, or one JSON object a line")
    log_file: str = Field(
        "", description="where the log is written to; default: standard error", examples=["/var/log/mihari/node.log"]
    )


class NodeConfig(Section):
    """A whole node file."""

    node: NodeSection = NodeSection()
    feed: tuple[FeedSection, ...] = ()
    output: tuple[OutputSection, ...] = ()
    sensor: tuple[SensorSection, ...] = ()
    face: FaceSection = FaceSection()
    archive: ArchiveSection = ArchiveSection()
    alerts: AlertsSection = AlertsSection()
    library: LibrarySection = LibrarySection()
    health: HealthSection = HealthSection()
    mesh: MeshSection = MeshSection()
    link: tuple[LinkSection, ...] = ()
    modem: tuple[ModemSection, ...] = ()
    vehicle: tuple[VehicleSection, ...] = ()
    camera: tuple[CameraSection, ...] = ()
    patrol: PatrolSection = PatrolSection()

    @model_validator(mode="after")
    def _one_mesh(self) -> Self:
        refuse_plain(self.mesh, self.link)
        refuse_strange_modems(self.mesh, self.modem)
        refuse_doubles(self.vehicle, self.camera)
        if self.patrol.file and not self.alerts.enabled:
            raise ValueError("[patrol] keeps its plans with the alerts; expected [alerts] with enabled = true")
        if self.library.starting != "none" and not self.alerts.enabled:
            raise ValueError("[library] keeps its patterns with the alerts; expected [alerts] with enabled = true")
        return self

    def silent_s(self, feed: FeedSection) -> float:
        """Seconds of silence after which this feed is an alarm; 0: never."""
        return self.health.silent_s if feed.silent_s is None else feed.silent_s

    def clock_offset_s(self, feed: FeedSection) -> float:
        """Seconds by which this feed's clock may be wrong before it is an alarm."""
        return self.health.clock_offset_s if feed.clock_offset_max_s is None else feed.clock_offset_max_s


SECTIONS = {name: section for name, (section, _) in sections_of(NodeConfig).items()}


def examine(path: str | Path) -> tuple[NodeConfig | None, list[ConfigError]]:
    """A node file's configuration, None if it cannot be used, and every mistake in it. BadInput without a file."""
    text = read_text(path)
    tables, mistakes = read_tables(str(path), text)
    try:
        config = NodeConfig.model_validate(tables)
    except ValidationError as error:
        found = explain(str(path), text, error, NodeConfig)
        # what a line that could not be read may have said is not missing
        mistakes += [m for m in found if not (mistakes and "is missing" in m.problem)]
        return None, in_order(mistakes)
    return (None if mistakes else config), mistakes


def load(path: str | Path) -> NodeConfig:
    """A node's configuration from its file. ConfigError tells all mistakes in one sentence, BadInput a missing file."""
    config, mistakes = examine(path)
    if config is None:
        raise as_one(mistakes)
    return config
