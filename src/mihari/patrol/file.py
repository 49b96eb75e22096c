"""PATROL.toml -> `PatrolFile`: a stretch of sea, how often each part is to be looked at, and by what it can be.

The file says what is wanted and what there is; what sensors can see follows from `sensors/`, who can get where from
the platforms' profiles. Times are hours from `start`, places degrees.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, ValidationInfo, model_validator

from mihari.core.errors import ConfigError
from mihari.core.mistakes import as_one, explain, in_order
from mihari.core.section import Section
from mihari.core.toml_text import read_tables, read_text

Latitude = Annotated[float, Field(ge=-89.0, le=89.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Place = tuple[Latitude, Longitude]
Way = tuple[Annotated[float, Field(ge=0.0)], Latitude, Longitude]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Offer = Literal["runway", "short deck", "any deck", "port", "small boat", "hull"]
VESSELS_M = {"boat": 10.0, "fishing": 25.0, "coaster": 80.0, "ship": 200.0}  # a vessel's class -> its hull's length
Vessel = Literal["boat", "fishing", "coaster", "ship"]
FOREVER_H = 1000.0
CELLS_MAX = 20_000  # what can be seen where is worked out for each of them, platform by platform
BY_HAND = {"by hand": True}  # context of a validation: people wrote it, so numbers are no times


def _utc(told: Any, info: ValidationInfo) -> Any:
    """A date with a time of day, UTC where it names no time zone; programs may tell UTC seconds."""
    if isinstance(told, int | float) and not isinstance(told, bool) and not info.context:
        return told
    time = told
    if isinstance(told, str) and ":" in told:
        with contextlib.suppress(ValueError):
            time = datetime.fromisoformat(told)
    if not isinstance(time, datetime):
        found = repr(told) if isinstance(told, str | list | dict) else str(told)
        raise ValueError(f"expected a date with a time of day, UTC, such as 2026-11-21T00:00:00Z, found {found:.60}")
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _spans(told: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    if wrong := next(((first, last) for first, last in told if first >= last), None):
        raise ValueError(f"expected spans from one hour to a later one, found [{wrong[0]:g}, {wrong[1]:g}]")
    return told


Start = Annotated[datetime, BeforeValidator(_utc)]
Spans = Annotated[tuple[tuple[float, float], ...], AfterValidator(_spans)]


class AreaSection(Section):
    """`[area]`: a box on the sea in square cells; what lies on land is left out."""

    lat_deg: Latitude = Field(description="its middle", examples=[25.6])
    lon_deg: Longitude = Field(description="its middle", examples=[126.4])
    along_km: float = Field(gt=0.0, le=3000.0, description="how long it is", examples=[600.0])
    across_km: float = Field(gt=0.0, le=3000.0, description="how wide it is", examples=[250.0])
    bearing_deg: float = Field(0.0, ge=0.0, lt=360.0, description="where its length points to", examples=[57.0])
    cell_km: float = Field(20.0, ge=1.0, le=100.0, description="side of a cell: about what one pass sweeps")
    coast: str = Field("", description="coastline (`mihari map build`): land is left out, shores counted from it",
                       examples=["nansei"])  # fmt: skip
    terrain: str = Field("", description="elevation model, file or folder, from this file's: what hides the sea",
                         examples=["srtm"])  # fmt: skip

    @model_validator(mode="after")
    def _few(self) -> Self:
        cells = self.along_km * self.across_km / self.cell_km**2
        if cells > CELLS_MAX:
            least = math.ceil(math.sqrt(self.along_km * self.across_km / CELLS_MAX))
            raise ValueError(
                f"{self.along_km:g} x {self.across_km:g} km in cells of {self.cell_km:g} km are {cells:,.0f} cells; "
                f"expected {CELLS_MAX:,} at most: cell_km = {least} or more, or a smaller area"
            )
        return self


class WeatherSection(Section):
    """`[[weather]]`: from an hour on, over the whole area. Before the first: calm and clear."""

    from_h: float = Field(0.0, ge=0.0, description="hours from start")
    wind_kn: float = Field(0.0, ge=0.0, le=120.0, description="mean wind")
    wind_from_deg: float = Field(0.0, ge=0.0, le=360.0, description="where it comes from")
    sea_state: float | None = Field(None, ge=0.0, le=9.0, description="Douglas; default: what the wind raises")
    visibility_nm: float = Field(10.0, gt=0.0, le=60.0, description="by day, to the naked eye")
    cloud_base_m: float | None = Field(None, gt=0.0, description="cameras above it see nothing; default: no cloud")


class DemandSection(Section):
    """`[[demand]]`: how often a part is to be looked at. The last that names a cell counts for it."""

    name: Name = Field(description="as people see it", examples=["inner"])
    every_h: float = Field(gt=0.0, le=240.0, description="no longer between two looks", examples=[1.0])
    weight: float = Field(1.0, ge=0.0, le=1000.0, description="against other parts, a cell and hour; 0: leave it")
    vessel: Vessel = Field("fishing", description="what must not be missed: its size says who can see it")
    from_shore_km: float = Field(0.0, ge=0.0, description="with to_shore_km: a band along the shore")
    to_shore_km: float | None = Field(None, gt=0.0, description="so far from the shore at most", examples=[40.0])
    zone: tuple[Place, ...] = Field((), description="corners of a polygon that it is about; none: everywhere")


class RadarSection(Section):
    """`[[radar]]`: a radar on shore, and what it watches all the time."""

    name: Name = Field(description="as people see it", examples=["miyako"])
    lat_deg: Latitude = Field(description="its antenna")
    lon_deg: Longitude = Field(description="its antenna")
    height_m: float = Field(gt=0.0, le=3000.0, description="its antenna above the sea", examples=[110.0])
    reach_nm: float = Field(24.0, gt=0.0, le=200.0, description="no echoes from beyond are shown")


class BaseSection(Section):
    """`[[base]]`: a place on land that vehicles leave from and come home to."""

    name: Name = Field(description="as assets name it", examples=["shimoji"])
    lat_deg: Latitude = Field(description="where it is")
    lon_deg: Longitude = Field(description="where it is")
    mast_m: float = Field(20.0, ge=0.0, le=3000.0, description="its aerial above the sea, for links")
    offers: tuple[Offer, ...] = Field(description="what can start and land there", examples=[["runway"]])
    slot_min: float = Field(10.0, gt=0.0, le=240.0, description="from one start or landing to the next")
    spots: int = Field(99, ge=1, le=999, description="vehicles that have room there")
    closed_h: Spans = Field((), description="from, to: no start, no landing")


class ShipSection(Section):
    """`[[ship]]`: a ship with a deck, and where it sails."""

    name: Name = Field(description="as assets name it", examples=["north"])
    way: tuple[Way, ...] = Field(min_length=1, description="hour, lat_deg, lon_deg; straight between, then it stays")
    mast_m: float = Field(30.0, ge=0.0, le=100.0, description="its aerial above the sea, for links")
    offers: tuple[Offer, ...] = Field(description="what can start and land there", examples=[["short deck", "hull"]])
    slot_min: float = Field(15.0, gt=0.0, le=240.0, description="from one start or landing to the next")
    spots: int = Field(4, ge=1, le=99, description="vehicles that have room there")
    closed_h: Spans = Field((), description="from, to: no start, no landing")


class AssetSection(Section):
    """`[[asset]]`: vehicles of one platform at one home."""

    name: Name = Field(description="the vehicle's; of several: name-1, name-2 and so on", examples=["tb3"])
    platform: Name = Field(description="one of `mihari platforms`", examples=["tb3"])
    home: Name = Field(description="the base or ship where it is at first")
    count: int = Field(1, ge=1, le=50, description="how many of them")
    ready_h: float = Field(0.0, ge=0.0, description="earliest start")
    stagger_h: float = Field(0.0, ge=0.0, description="each of several is ready so much later than the one before")
    on_call: bool = Field(False, description="kept back for vessels that are to be looked at")
    lands_at: tuple[Name, ...] = Field((), description="where else it may land, and start from again")
    cost_per_h: float = Field(1.0, ge=0.0, description="of an hour out, in any unit")


class StationSection(Section):
    """`[[station]]`: a place over which one of the fleet is at every moment."""

    name: Name = Field(description="as people see it", examples=["miyako strait"])
    lat_deg: Latitude = Field(description="its middle")
    lon_deg: Longitude = Field(description="its middle")
    within_km: float = Field(10.0, gt=0.0, le=200.0, description="so near counts as there")
    from_h: float = Field(0.0, ge=0.0, description="from then on")
    to_h: float = Field(FOREVER_H, gt=0.0, description="until then; default: to the end")
    overlap_min: float = Field(10.0, ge=0.0, le=240.0, description="both are there so long at a handover")
    platforms: tuple[Name, ...] = Field((), description="which can do it; none named: any aircraft")
    relay: bool = Field(False, description="who is there passes on the links of others")

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_h >= self.to_h:
            raise ValueError(f"expected from_h before to_h, found from_h = {self.from_h:g} and to_h = {self.to_h:g}")
        return self


class KeepOutSection(Section):
    """`[[keep_out]]`: nobody goes there."""

    name: Name = Field(description="as people see it", examples=["firing area"])
    corners: tuple[Place, ...] = Field(min_length=3, description="of a polygon, in turn")
    from_h: float = Field(0.0, ge=0.0, description="from then on")
    to_h: float = Field(FOREVER_H, gt=0.0, description="until then; default: to the end")
    kinds: tuple[Literal["aircraft", "surface", "underwater"], ...] = Field(
        ("aircraft", "surface", "underwater"), description="whom it concerns"
    )


class LookSection(Section):
    """`[[look]]`: a vessel that is to be looked at."""

    name: Name = Field(description="the vessel, as people see it", examples=["m/v unknown"])
    lat_deg: Latitude = Field(description="where it is at told_h")
    lon_deg: Longitude = Field(description="where it is at told_h")
    speed_kn: float = Field(0.0, ge=0.0, le=80.0, description="it goes on so")
    course_deg: float = Field(0.0, ge=0.0, le=360.0, description="it goes on so")
    told_h: float = Field(0.0, ge=0.0, description="when it is known of")
    by_h: float = Field(gt=0.0, description="reached by then")
    stay_min: float = Field(10.0, ge=0.0, le=600.0, description="so long with it")
    within_km: float = Field(10.0, gt=0.0, le=100.0, description="so near is with it")

    @model_validator(mode="after")
    def _in_turn(self) -> Self:
        if self.by_h <= self.told_h:
            raise ValueError(f"by_h: expected an hour after told_h, which is {self.told_h:g}; found {self.by_h:g}")
        return self


class PatrolFile(Section):
    """A patrol: the sea, what is wanted there, what there is to do it with."""

    name: Name = Field(description="as people see it", examples=["Nansei"])
    about: str = Field("", description="what is being planned, in a sentence or two")
    start: Start = Field(description="of the plan, UTC", examples=["2026-11-21T00:00:00Z"])
    hours: float = Field(24.0, gt=0.0, le=72.0, description="how far it plans")
    detect: float = Field(0.8, gt=0.0, lt=1.0, description="a cell has been looked at when so much would be seen")
    area: AreaSection
    weather: tuple[WeatherSection, ...] = ()
    demand: tuple[DemandSection, ...] = ()
    radar: tuple[RadarSection, ...] = ()
    base: tuple[BaseSection, ...] = ()
    ship: tuple[ShipSection, ...] = ()
    asset: tuple[AssetSection, ...] = ()
    station: tuple[StationSection, ...] = ()
    keep_out: tuple[KeepOutSection, ...] = ()
    look: tuple[LookSection, ...] = ()

    @model_validator(mode="after")
    def _known(self, info: ValidationInfo) -> Self:
        if problem := next(_misfits(self, bool(info.context)), None):
            raise ValueError(problem)
        return self


def _misfits(file: PatrolFile, by_hand: bool) -> Iterator[str]:
    """What does not go together in a file whose tables are right one by one."""
    places = [base.name for base in file.base] + [ship.name for ship in file.ship]
    if not file.demand:
        yield "nothing is to be looked at; expected tables that begin with [[demand]]"
    if not places and (file.asset or (by_hand and not file.radar)):  # what radars hold is a question by itself
        yield "there is no base and no ship; expected tables that begin with [[base]] or [[ship]]"
    yield from _twice(file, places)
    for asset in file.asset:
        for place in (asset.home, *asset.lands_at):
            if place not in places:
                yield f"asset {asset.name!r}: expected one of {', '.join(places)}, found {place!r}"
    for ship in file.ship:
        hours = [hour for hour, _, _ in ship.way]
        if hours != sorted(set(hours)):
            yield f"ship {ship.name!r}: expected the hours of its way one after the other"


def _twice(file: PatrolFile, places: list[str]) -> Iterator[str]:
    """Names that stand for more than one thing, so that nobody could tell which is meant."""
    vehicles = [f"{a.name}-{i + 1}" if a.count > 1 else a.name for a in file.asset for i in range(a.count)]
    kinds = {
        "bases or ships": places, "assets": [a.name for a in file.asset], "vehicles": vehicles,
        "stations": [s.name for s in file.station], "looks": [look.name for look in file.look],
    }  # fmt: skip
    for kind, names in kinds.items():
        for name, times in Counter(names).items():
            if times > 1:
                yield f"two {kind} are called {name!r}; expected a name of its own for each"


INSTANCES = Path(__file__).with_name("instances")


def examine(path: str | Path) -> tuple[PatrolFile | None, list[ConfigError]]:
    """What a patrol file says, None if it cannot be used, and every mistake in it. BadInput without a file."""
    text = read_text(path)
    tables, mistakes = read_tables(str(path), text)
    try:
        file = PatrolFile.model_validate(tables, context=BY_HAND)
    except ValidationError as error:
        found = explain(str(path), text, error, PatrolFile)
        mistakes += [m for m in found if not (mistakes and "is missing" in m.problem)]
        return None, in_order(mistakes)
    return (None if mistakes else _placed(file, Path(path).parent)), mistakes


def _placed(file: PatrolFile, folder: Path) -> PatrolFile:
    """With the terrain's path counted from the file's folder, so that it holds wherever the patrol is sent."""
    if not file.area.terrain:
        return file
    terrain = str((folder / file.area.terrain).absolute())
    return file.model_copy(update={"area": file.area.model_copy(update={"terrain": terrain})})


def built_in() -> list[str]:
    """Names of the patrols that come with Mihari.

    >>> "nansei" in built_in()
    True
    """
    return sorted(path.stem for path in INSTANCES.glob("*.toml"))


def load(path: str | Path) -> PatrolFile:
    """A patrol from its file, or one that comes with Mihari by its name ("nansei"). ConfigError tells all mistakes."""
    own = str(path) in built_in() and not Path(path).exists()
    file, mistakes = examine(INSTANCES / f"{path}.toml" if own else path)
    if file is None:
        raise as_one(mistakes)
    return file
