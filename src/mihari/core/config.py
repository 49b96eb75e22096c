"""A node's configuration: a TOML file -> `NodeConfig`; a mistake is one sentence with file, line, key and expectation.

Key names carry their unit (`range_max_nm`); inside, everything is SI. `mihari run --ais … --radar …` makes the same
configuration without a file.
"""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mihari.core.errors import BadInput, ConfigError
from mihari.core.sensor import Sensor, SensorKind

NAUTICAL_MILE = 1852.0
Latitude = Annotated[float, Field(ge=-90.0, le=90.0, description="degrees north")]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0, description="degrees east")]


class Section(BaseModel):
    """Base of all sections: unknown keys are mistakes, numbers must be finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NodeSection(Section):
    """`[node]`: what this node is called and which coast it looks at."""

    name: str = Field("mihari", min_length=1, max_length=40, description="as others see it")
    area: str = Field("", description="coastline: nansei, aegean, a name or a file made by `mihari map build`")
    exercise: bool = Field(False, description="mark all of it EXERCISE")


class FeedSection(Section):
    """`[[feed]]`: one way in."""

    url: str = Field(description="udp://:10110, udp://239.192.0.2:8600, tcp://host:port, file:…, pcap:…, stdin:")
    name: str = Field("", max_length=40, description="as people see it; default: the address")
    format: Literal["", "ais", "asterix"] = Field("", description="ais or asterix, where the address does not tell")
    silent_s: float | None = Field(
        None, ge=0.0, description="seconds without a byte that are an alarm; default: that of [health]; 0: never"
    )
    clock_offset_max_s: float | None = Field(
        None, gt=0.0, description="seconds by which its clock may be wrong; default: clock_offset_s of [health]"
    )


class SensorSection(Section):
    """`[[sensor]]`: a radar or an AIS station of this node."""

    name: str = Field(min_length=1, max_length=40)
    kind: Literal["radar", "ais", "air_radar"]
    lat_deg: Latitude | None = None
    lon_deg: Longitude | None = None
    height_m: float = Field(0.0, ge=-100.0, le=5000.0, description="antenna above the sea")
    sac: int | None = Field(None, ge=0, le=255, description="ASTERIX system area code")
    sic: int | None = Field(None, ge=0, le=255, description="ASTERIX system identification code")
    station: str = Field("", max_length=40, description="AIS: the station's name in the tag block (s:)")
    range_max_nm: float = Field(24.0, gt=0.0, le=300.0)
    range_sd_m: float = Field(8.0, gt=0.0, description="standard deviation of a plot's range")
    bearing_sd_deg: float = Field(0.15, gt=0.0, le=10.0, description="standard deviation of a plot's bearing")
    period_s: float = Field(2.5, gt=0.0, description="one turn of the antenna")
    detection: float = Field(0.9, gt=0.0, lt=1.0, description="probability of detection of a vessel in cover")

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

    host: str = Field("127.0.0.1", description="a loopback address")
    port: int = Field(8080, ge=0, le=65535, description="0: any free port")
    enabled: bool = True


class ArchiveSection(Section):
    """`[archive]`: everything that flows, kept on disk, so that any past moment can be rebuilt."""

    enabled: bool = Field(False, description="keep everything; `--archive` of `mihari run` sets it too")
    path: str = Field("", description="folder; default: mihari/archive/NAME among the user's data, NAME the node's")
    keep_days: float = Field(30.0, ge=0.0, description="days that are kept, oldest dropped first; 0: all")
    quota_gb: float = Field(50.0, ge=0.0, description="GB the archive may fill, oldest dropped first; 0: no limit")
    free_gb: float = Field(1.0, ge=0.0, description="GB of free disk below which it stops, with an alarm")
    snapshot_s: float = Field(60.0, ge=1.0, description="seconds between snapshots, from which moments are rebuilt")
    tracks_s: float = Field(10.0, ge=1.0, description="seconds after which each track is written again")

    def folder(self, node: str) -> Path:
        """Where the archive of the node with this name lies.

        >>> str(ArchiveSection(path="/srv/archive").folder("naha"))
        '/srv/archive'
        """
        if self.path:
            return Path(self.path).expanduser()
        return Path(platformdirs.user_data_dir("mihari")) / "archive" / (re.sub(r"[^\w-]+", "_", node) or "_")


class HealthSection(Section):
    """`[health]`: when a silence or a wrong clock is an alarm, and where the log goes."""

    clock_offset_s: float = Field(
        2.0, gt=0.0, description="seconds by which a sensor's clock may be wrong: beyond, an alarm"
    )
    silent_s: float = Field(
        60.0, ge=0.0, description="seconds without a byte from a live feed that are an alarm; 0: never"
    )
    log: Literal["text", "json"] = Field("text", description="lines for people, or one JSON object a line")
    log_file: str = Field("", description="where the log is written to; default: standard error")


class NodeConfig(Section):
    """A whole node file."""

    node: NodeSection = NodeSection()
    feed: tuple[FeedSection, ...] = ()
    sensor: tuple[SensorSection, ...] = ()
    face: FaceSection = FaceSection()
    archive: ArchiveSection = ArchiveSection()
    health: HealthSection = HealthSection()

    def silent_s(self, feed: FeedSection) -> float:
        """Seconds of silence after which this feed is an alarm; 0: never."""
        return self.health.silent_s if feed.silent_s is None else feed.silent_s

    def clock_offset_s(self, feed: FeedSection) -> float:
        """Seconds by which this feed's clock may be wrong before it is an alarm."""
        return self.health.clock_offset_s if feed.clock_offset_max_s is None else feed.clock_offset_max_s


SECTIONS: dict[str, type[Section]] = {
    "node": NodeSection,
    "feed": FeedSection,
    "sensor": SensorSection,
    "face": FaceSection,
    "archive": ArchiveSection,
    "health": HealthSection,
}


def read_toml(path: str | Path) -> dict[str, Any]:
    """The tables of a TOML file; errors name file and line."""
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: expected a TOML file, which is UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        problem = re.sub(r" \(at .*\)$", "", str(error))
        raise ConfigError(str(path), "", f"not TOML: {problem}", int(line[1]) if line else None) from None


def line_of(text: str, location: tuple[int | str, ...]) -> int | None:
    """The line (from 1) in TOML `text` on which the key at `location` stands, as far as plain text can tell.

    >>> line_of("[node]\\nname = 'a'\\n[[feed]]\\nurl = 'x'\\n[[feed]]\\nurll = 'y'\\n", ("feed", 1, "urll"))
    6
    """
    table = str(location[0]) if location else ""
    wanted = next((part for part in location[1:2] if isinstance(part, int)), 0)
    key = str(location[-1])
    header = re.compile(rf"^\s*\[+\s*{re.escape(table)}\s*\]+")
    seen, inside, header_line = -1, False, None
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            inside = False
            if header.match(line):
                seen += 1
                inside = seen == wanted
                header_line = number if inside else header_line
        elif inside and re.match(rf"""^\s*["']?{re.escape(key)}["']?\s*=""", line):
            return number
    return header_line


def explain(file: str, text: str, error: ValidationError) -> ConfigError:
    """The first mistake of a validation as one sentence."""
    # a misspelt key is the cause of the missing one beside it
    first = min(error.errors(include_url=False), key=lambda e: e["type"] != "extra_forbidden")
    location = first["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    found = first.get("input")
    if first["type"] == "extra_forbidden":
        problem = "unknown key"
        if choices := _siblings(location):
            problem += f"; expected one of {', '.join(choices)}"
    elif first["type"] == "missing":
        problem = "is missing"
    else:
        problem = f"{first['msg'][0].lower()}{first['msg'][1:]}".replace("input should", "should")
        problem += f", found {found!r}" if isinstance(found, str | int | float | bool) else ""
    return ConfigError(file, key, problem, line_of(text, location))


def _siblings(location: tuple[int | str, ...]) -> list[str]:
    """The keys that are known where `location` stands."""
    if len(location) == 1:
        return list(NodeConfig.model_fields)
    known = SECTIONS.get(str(location[0]))
    return list(known.model_fields) if known else []


def load(path: str | Path) -> NodeConfig:
    """A node's configuration from its file. Raises ConfigError or BadInput, one sentence each."""
    tables = read_toml(path)
    try:
        config = NodeConfig.model_validate(tables)
    except ValidationError as error:
        raise explain(str(path), Path(path).read_text(encoding="utf-8"), error) from None
    for index, sensor in enumerate(config.sensor):
        if (sensor.lat_deg is None) != (sensor.lon_deg is None):
            raise ConfigError(str(path), f"sensor[{index}]", "lat_deg and lon_deg go together")
    return config
