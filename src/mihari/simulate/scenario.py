"""A scenario file (TOML) -> what to simulate: area, time, lanes, traffic, radars, AIS stations, aids to navigation."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import resources
from itertools import pairwise
from pathlib import Path

from mihari.core.errors import BadInput, ConfigError
from mihari.core.units import KNOT, NAUTICAL_MILE
from mihari.sensors.profiles import PROFILES
from mihari.simulate.calls import Behaviour, Cable, check_calls
from mihari.simulate.crafts import Craft, check_crafts
from mihari.simulate.kinds import KINDS, Style
from mihari.simulate.platforms import Platform, check_carried, check_platforms, check_route
from mihari.simulate.toml_keys import key, read, written

_ANGLE = {"low": -180.0, "high": 180.0}
OPEN_SEA = "open sea"  # an area without any land
_MMSI = {"low": 1, "high": 999_999_999}
LONGEST_S = 1e8  # three years
BEGIN = 86_400.0  # 2 January 1970: tag blocks have no time before 1970, and a station's clock may be slow
END = datetime(2106, 1, 1, tzinfo=UTC).timestamp()  # pcap counts seconds from 1970 to February 2106 in 32 bits
MOST_RADARS = 63  # the truth tells which of them see a vessel in the bits of one signed number
SLOWEST_FERRY = 0.01 * KNOT  # one that stops at both ends has to come to the other one


@dataclass(frozen=True, slots=True)
class Lane:
    """A way that vessels follow in both directions, keeping to starboard; `width` m from edge to edge."""

    name: str = key("name", "text")
    points: tuple[tuple[float, float], ...] = key("points_deg", "places")
    width: float = key("width_nm", "number", 1.2 * NAUTICAL_MILE, unit=NAUTICAL_MILE, low=0.02, high=10)


@dataclass(frozen=True, slots=True)
class Traffic:
    """`count` vessels of one kind along a lane, or around `place` within `radius` m; speed in m/s."""

    kind: str = key("kind", "text")
    count: int = key("count", "whole", low=1, high=1_000_000)
    lane: str | None = key("lane", "text", None)
    place: tuple[float, float] | None = key("around_deg", "place", None)
    radius: float = key("radius_nm", "number", 3 * NAUTICAL_MILE, unit=NAUTICAL_MILE, low=0.05, high=200)
    speed: tuple[float, float] | None = key("speed_kn", "numbers", None, unit=KNOT, low=0, high=60)
    class_a: float | None = key("class_a", "number", None, low=0, high=1)
    class_b: float | None = key("class_b", "number", None, low=0, high=1)


@dataclass(frozen=True, slots=True)
class Scripted:
    """One vessel that goes where it is told: along `route` at one speed from `start`, or there at the times `at`.

    What is not given is drawn from its kind. With `goes_on` it keeps its first velocity before and its last after the
    route, with `loop` it goes round it for ever, else it lies still. `silent`: when its AIS is off. `machinery`: it is
    never quieter below the water than at this speed. s after the scenario's start, m, m/s.
    """

    name: str = key("name", "text")
    kind: str = key("kind", "text")
    route: tuple[tuple[float, float], ...] = key("route_deg", "places")
    speed: float | None = key("speed_kn", "number", None, unit=KNOT, low=0.01, high=60)
    start: float = key("start_s", "number", 0.0, low=-1e7, high=1e8)
    at: tuple[float, ...] | None = key("at_s", "list", None, low=-1e7, high=1e8)
    goes_on: bool = key("goes_on", "flag", False)
    loop: bool = key("loop", "flag", False)
    length: float | None = key("length_m", "number", None, low=2, high=460)
    device: str | None = key("ais", "text", None)  # "A", "B" or "none"
    mmsi: int | None = key("mmsi", "whole", None, **_MMSI)
    silent: tuple[tuple[float, float], ...] = key("silent_s", "spans", (), low=-1e7, high=1e8)
    machinery: float = key("machinery_kn", "number", 0.0, unit=KNOT, low=0, high=30)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Vessels that go where AIS positions of a CSV file went (`Time, MMSI, Latitude_degrees, Longitude_degrees`).

    Places are joined across gaps of at most `gap` s; in longer ones there is no vessel.
    """

    file: str = key("file", "text")  # beside the scenario, or in $MIHARI_DATA
    gap: float = key("gap_s", "number", 360.0, low=1, high=86_400)
    kind: str = key("kind", "text", "tug")
    length: float = key("length_m", "number", 30.0, low=2, high=460)


@dataclass(frozen=True, slots=True)
class Radar:
    """A radar: where it stands, how it turns, how well it measures. m, s, rad.

    What carries one that is `aboard` (a vessel or a platform) has its place.
    """

    name: str = key("name", "text")
    lat_deg: float = key("lat_deg", "number", low=-90, high=90)
    lon_deg: float = key("lon_deg", "number", **_ANGLE)
    height: float = key("height_m", "number", low=1, high=5000)  # of the antenna above the sea
    sac: int = key("sac", "whole", low=0, high=255)
    sic: int = key("sic", "whole", low=0, high=255)
    period: float = key("period_s", "number", 2.5, low=0.5, high=60)
    sectors: int = key("sectors", "whole", 32, low=1, high=256)
    range_max: float = key("range_nm", "number", 24 * NAUTICAL_MILE, unit=NAUTICAL_MILE, low=1, high=96)
    range_sd: float = key("range_sd_m", "number", 8.0, low=0, high=1000)
    bearing_sd: float = key("bearing_sd_deg", "number", math.radians(0.15), unit=math.pi / 180, low=0, high=5)
    profile: str | None = key("profile", "text", None)  # its physics: see `sensors.profiles`; else `reach`
    reach: float = key("reach_nm", "number", 14 * NAUTICAL_MILE, unit=NAUTICAL_MILE, low=0.5, high=100)  # see sensors
    ceiling: float = key("detection", "number", 0.95, low=0, high=1)  # the best a scan can do
    clutter: float | None = key("clutter", "number", None, low=0, high=100_000)  # false plots a scan, mean
    land_clear: float = key("land_clear_m", "number", 3000.0, low=0, high=100_000)  # nearer land is seen over
    land_shadow: bool = key("land_shadow", "flag", True)
    beam_width: float = key("beam_width_deg", "number", math.radians(0.5), unit=math.pi / 180, low=0, high=10)
    range_cell: float = key("range_cell_m", "number", 15.0, low=0, high=1000)  # 0: plots never merge
    aboard: str | None = key("aboard", "text", None)  # the name of the vessel or platform that carries it
    site: str | None = key("site", "text", None)  # whose it is, with others of that name; see `sites`
    range_bias: float = key("range_bias_m", "number", 0.0, low=-5000, high=5000)
    bearing_bias: float = key("bearing_bias_deg", "number", 0.0, unit=math.pi / 180, low=-180, high=180)
    clock_offset: float = key("clock_offset_s", "number", 0.0, low=-3600, high=3600)
    outages: tuple[tuple[float, float], ...] = key("outages_s", "spans", (), low=0, high=1e8)


@dataclass(frozen=True, slots=True)
class Station:
    """An AIS receiver, with an `mmsi` a base station, which sends too; `aboard` as of radars.

    `milliseconds` says how its tag blocks tell the time of receipt.
    """

    name: str = key("name", "text")
    lat_deg: float = key("lat_deg", "number", low=-90, high=90)
    lon_deg: float = key("lon_deg", "number", **_ANGLE)
    height: float = key("height_m", "number", low=1, high=5000)
    mmsi: int | None = key("mmsi", "whole", None, **_MMSI)
    milliseconds: bool = key("milliseconds", "flag", False)
    clock_offset: float = key("clock_offset_s", "number", 0.0, low=-3600, high=3600)
    outages: tuple[tuple[float, float], ...] = key("outages_s", "spans", (), low=0, high=1e8)
    aboard: str | None = key("aboard", "text", None)
    site: str | None = key("site", "text", None)


@dataclass(frozen=True, slots=True)
class Orbit:
    """A satellite that listens to AIS and tells what it heard when it passes its ground station; m, rad.

    At the scenario's start it is `since` s past the equator, northward at longitude `node_deg`.
    """

    name: str = key("name", "text")
    ground: tuple[float, float] = key("ground_deg", "place")
    altitude: float = key("altitude_km", "number", 630e3, unit=1000.0, low=200, high=2000)
    inclination: float = key("inclination_deg", "number", math.radians(98.0), unit=math.pi / 180, low=0, high=180)
    node_deg: float = key("node_deg", "number", 0.0, **_ANGLE)
    since: float = key("since_s", "number", 0.0, low=0, high=1e5)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Wind, waves, rain and sight over the whole coast; radars with a profile feel them."""

    sea_state: float | None = key("sea_state", "number", None, low=0, high=6)
    rain_mmph: float = key("rain_mm_h", "number", 0.0, low=0, high=200)
    visibility: float = key("visibility_nm", "number", 20_000.0, unit=NAUTICAL_MILE, low=0, high=100)
    wind: float = key("wind_kn", "number", 0.0, unit=KNOT, low=0, high=120)
    wind_from: float = key("wind_from_deg", "number", 0.0, unit=math.pi / 180, low=0, high=360)


@dataclass(frozen=True, slots=True)
class Aid:
    """An aid to navigation that sends message 21; `type` by M.1371-5 annex 8 table 74."""

    name: str = key("name", "text")
    lat_deg: float = key("lat_deg", "number", low=-90, high=90)
    lon_deg: float = key("lon_deg", "number", **_ANGLE)
    mmsi: int = key("mmsi", "whole", **_MMSI)
    type: int = key("type", "whole", 1, low=0, high=31)
    virtual: bool = key("virtual", "flag", False)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that decides the bytes: the same scenario gives the same bytes. `start`: UTC s, `duration`: s."""

    name: str = key("name", "text")
    area: str = key("area", "text")  # one of `mihari map list`, a .area file, or OPEN_SEA with `box`
    start: float = key("start", "time")
    box: tuple[tuple[float, float], ...] = key("box_deg", "places", ())  # south-west and north-east corner
    about: str = key("about", "text", "")  # what it is for, in a sentence
    version: int = key("version", "whole", 1, low=1, high=10_000)  # grows when its bytes change
    seed: int = key("seed", "whole", 1, low=0, high=2**63 - 1)
    truth_every: float = key("truth_every_s", "number", 1.0, low=0.1, high=600)
    duration: float = key("duration_s", "number", 3600.0, low=1, high=LONGEST_S)
    lanes: tuple[Lane, ...] = key("lane", "tables", (), of=Lane)
    traffic: tuple[Traffic, ...] = key("traffic", "tables", (), of=Traffic)
    scripted: tuple[Scripted, ...] = key("vessel", "tables", (), of=Scripted)
    recorded: tuple[Recorded, ...] = key("recorded", "tables", (), of=Recorded)
    platforms: tuple[Platform, ...] = key("platform", "tables", (), of=Platform)
    crafts: tuple[Craft, ...] = key("craft", "tables", (), of=Craft)
    radars: tuple[Radar, ...] = key("radar", "tables", (), of=Radar)
    stations: tuple[Station, ...] = key("station", "tables", (), of=Station)
    satellites: tuple[Orbit, ...] = key("satellite", "tables", (), of=Orbit)
    aids: tuple[Aid, ...] = key("aid", "tables", (), of=Aid)
    conditions: Conditions | None = key("weather", "table", None, of=Conditions)
    behaviours: tuple[Behaviour, ...] = key("behaviour", "tables", (), of=Behaviour)
    cables: tuple[Cable, ...] = key("cable", "tables", (), of=Cable)
    file: str = field(default="scenario", compare=False)  # where it was read, for errors

    def at(self, start: float) -> Scenario:
        """The same scenario beginning at `start` (UTC s): for playing it now."""
        return replace(self, start=start)

    def toml(self) -> str:
        """As a scenario file; `load` of it gives an equal scenario."""
        return written(self)


def builtin_names() -> list[str]:
    """The scenarios that come with the package."""
    folder = resources.files("mihari.simulate") / "scenarios"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name_or_path: str | Path) -> Scenario:
    """A built-in scenario by its name, or a scenario file; BadInput or ConfigError in one sentence.

    >>> load("strait").area
    'nansei'
    """
    if str(name_or_path) in builtin_names():
        built_in = resources.files("mihari.simulate") / "scenarios" / f"{name_or_path}.toml"
        return parse(built_in.read_text(encoding="utf-8"), f"{name_or_path}.toml")
    path = Path(name_or_path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        known = ", ".join(builtin_names())
        raise BadInput(f"{path}: {error.strerror or error}; built-in scenarios: {known}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path}: expected UTF-8 text") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Scenario:
    """The text of a scenario file; `file` is its name in errors."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, brackets 1,000 deep
        raise BadInput(f"{file}: not TOML: {error}") from None
    scenario = read(Scenario, table, file)
    _check(scenario, file)
    return replace(scenario, file=file)


def _check(scenario: Scenario, file: str) -> None:
    """What single keys cannot tell: names that must exist or be unique, places that must be given."""
    lanes = {lane.name for lane in scenario.lanes}
    if (scenario.area == OPEN_SEA) != bool(scenario.box):
        raise ConfigError(file, "box_deg", f"expected with area = {OPEN_SEA!r}, and only there")
    _check_box(scenario.box, file)
    check_time(scenario.start, scenario.duration, file)
    for i, group in enumerate(scenario.traffic):
        where = f"traffic[{i}]"
        if group.kind not in KINDS:
            raise ConfigError(file, f"{where}.kind", f"expected one of {', '.join(KINDS)}, found {group.kind!r}")
        if (group.lane is None) == (group.place is None):
            raise ConfigError(file, where, "expected either lane or around_deg")
        if group.lane is not None and group.lane not in lanes:
            known = ", ".join(sorted(lanes)) or "none"
            raise ConfigError(file, f"{where}.lane", f"no lane is named {group.lane!r}; known are {known}")
        if (group.class_a or 0) + (group.class_b or 0) > 1:
            raise ConfigError(file, where, "class_a and class_b add up to more than 1")
        if group.speed and KINDS[group.kind].style is Style.STOPPING and group.speed[0] < SLOWEST_FERRY:
            problem = f"expected at least 0.01 for a {group.kind}, found {group.speed[0] / KNOT:g}"
            raise ConfigError(file, f"{where}.speed_kn", problem)
    for i, recorded in enumerate(scenario.recorded):
        if recorded.kind not in KINDS:
            problem = f"expected one of {', '.join(KINDS)}, found {recorded.kind!r}"
            raise ConfigError(file, f"recorded[{i}].kind", problem)
    names = [vessel.name for vessel in scenario.scripted]
    for i, vessel in enumerate(scenario.scripted):
        _check_vessel(vessel, f"vessel[{i}]", names[:i], file)
    check_platforms(scenario.platforms, names, file)
    carriers = [*names, *(platform.name for platform in scenario.platforms)]
    check_carried("radar", scenario.radars, carriers, file)
    check_crafts(scenario.crafts, names, carriers, file)
    check_carried("station", scenario.stations, carriers, file)
    for i, station in enumerate(scenario.stations):
        if station.aboard is not None and station.mmsi is not None:
            raise ConfigError(file, f"station[{i}].mmsi", "a receiver aboard is no base station: expected none")
    for i, radar in enumerate(scenario.radars):
        if radar.profile is not None and radar.profile not in PROFILES:
            raise ConfigError(
                file, f"radar[{i}].profile", f"expected one of {', '.join(PROFILES)}, found {radar.profile!r}"
            )
        if 256 % radar.sectors:  # I034/020 counts azimuth in 1/256 of a turn
            raise ConfigError(file, f"radar[{i}].sectors", f"expected a power of two up to 256, found {radar.sectors}")
    for i, lane in enumerate(scenario.lanes):
        if any(a == b for a, b in pairwise(lane.points)):
            raise ConfigError(file, f"lane[{i}].points_deg", "the same place twice in a row")
    sources = [(f"station[{i}].name", s.name) for i, s in enumerate(scenario.stations)]
    sources += [(f"satellite[{i}].name", s.name) for i, s in enumerate(scenario.satellites)]
    for where, name in sources:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,15}", name):  # NMEA 0183 4.10: source of a tag block
            raise ConfigError(file, where, "expected 1 to 15 letters, digits, '_', '.' or '-'")
    for i, aid in enumerate(scenario.aids):
        if not re.fullmatch(r"[ -?A-^]{1,34}", aid.name):  # M.1371-5 table 47, six-bit characters
            raise ConfigError(file, f"aid[{i}].name", "expected 1 to 34 capital letters, digits or signs that AIS has")
    for table, rows in (("lane", scenario.lanes), ("radar", scenario.radars), ("station", scenario.stations)):
        names = [row.name for row in rows]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise ConfigError(file, f"{table}[{i}].name", f"{name!r} is taken")
    _check_codes(scenario.radars, file)
    check_calls(scenario.behaviours, scenario.cables, scenario.duration, file)


def check_time(start: float, duration: float, file: str) -> None:
    """ConfigError for a scenario that begins or ends where its recordings cannot tell the time."""
    if start < BEGIN or start + duration > END:
        raise ConfigError(file, "start", "expected a time after 1970-01-01, and the scenario's end before 2106")


def _check_box(box: tuple[tuple[float, float], ...], file: str) -> None:
    if not box:
        return
    if len(box) != 2 or box[0][0] >= box[1][0]:
        raise ConfigError(file, "box_deg", "expected two corners, south-west and north-east")
    width_deg = (box[1][1] - box[0][1]) % 360  # it may cross the antimeridian
    if not 0 < width_deg <= 180:
        problem = f"expected the corner in the south-west first, and a box at most 180 wide; found {width_deg:g}"
        raise ConfigError(file, "box_deg", problem)


def _check_codes(radars: tuple[Radar, ...], file: str) -> None:
    """As many radars as truth can tell apart, each with codes of its own."""
    if len(radars) > MOST_RADARS:
        raise ConfigError(file, "radar", f"expected at most {MOST_RADARS} of them, found {len(radars)}")
    codes = [(radar.sac, radar.sic) for radar in radars]
    for i, (sac, sic) in enumerate(codes):
        if (sac, sic) in codes[:i]:
            other = radars[codes.index((sac, sic))].name
            raise ConfigError(file, f"radar[{i}]", f"sac {sac} and sic {sic} are those of {other!r} too")


def _check_vessel(vessel: Scripted, where: str, before: list[str], file: str) -> None:
    """A scripted vessel that could be, of a known kind, with a name of its own."""
    if vessel.kind not in KINDS:
        raise ConfigError(file, f"{where}.kind", f"expected one of {', '.join(KINDS)}, found {vessel.kind!r}")
    if vessel.name in before:
        raise ConfigError(file, f"{where}.name", f"{vessel.name!r} is the name of another vessel too")
    if vessel.device not in (None, "A", "B", "none"):
        raise ConfigError(file, f"{where}.ais", f"expected A, B or none, found {vessel.device!r}")
    if vessel.mmsi is not None and vessel.device == "none":
        raise ConfigError(file, f"{where}.mmsi", "a vessel without AIS tells no MMSI")
    if vessel.loop and (vessel.at is not None or vessel.goes_on):
        raise ConfigError(file, f"{where}.loop", "expected neither at_s nor goes_on with it")
    if vessel.at is None:
        if any(a == b for a, b in pairwise(vessel.route)):
            raise ConfigError(file, f"{where}.route_deg", "the same place twice in a row (with at_s it may wait there)")
        check_route(vessel.route, vessel.loop, f"{where}.route_deg", file)
        return
    if vessel.speed is not None:
        raise ConfigError(file, where, "expected either speed_kn or at_s")
    if len(vessel.at) != len(vessel.route) or any(b <= a for a, b in pairwise(vessel.at)):
        raise ConfigError(file, f"{where}.at_s", f"expected {len(vessel.route)} growing times, one for each place")
