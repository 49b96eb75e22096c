"""Recordings, tables of positions or an archive -> behaviours, through the very stages that run on a node."""

from __future__ import annotations

import math
import time as clocks
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mihari import coast
from mihari.behaviours.language import Definitions
from mihari.behaviours.lists import Lists
from mihari.behaviours.sightings import Sightings
from mihari.behaviours.whereabouts import Whereabouts
from mihari.coast.area import Area
from mihari.core.behaviour import Behaviour
from mihari.core.columns import Array
from mihari.core.config import NodeConfig, load
from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Tick
from mihari.core.units import KNOT
from mihari.core.zones import Zone, read_zones
from mihari.listing import lists_of
from mihari.lookout import Lookout

NAMES = {  # column of a table of positions -> the names it goes by elsewhere
    "mmsi": ("mmsi", "ssvid", "vessel"),
    "t": ("t", "time", "timestamp", "basedatetime", "date_time_utc", "base_date_time"),
    "lat": ("lat", "latitude", "lat_deg", "latitude_degrees"),
    "lon": ("lon", "longitude", "lon_deg", "longitude_degrees"),
    "sog_kn": ("sog_kn", "sog", "speed_kn", "speed_knots"),
    "cog_deg": ("cog_deg", "cog", "course_deg"),
    "heading_deg": ("heading_deg", "heading", "true_heading"),
}


@dataclass(slots=True)
class Source:
    """What is looked through. `reports` grows while it is read."""

    files: tuple[str, ...]
    config: NodeConfig | None
    area: Area | None
    zones: tuple[Zone, ...]
    span: tuple[str | None, str | None] = (None, None)
    reports: int = field(default=0)
    lists: Lists = field(default_factory=Lists)
    seen: Whereabouts | None = None  # where everybody was, if that is wanted
    definitions: Definitions | None = None  # None: those that come with the program
    lookout: Lookout | None = None  # that looks, from the first look on

    @classmethod
    def of(
        cls, files: tuple[str, ...], node_file: str | None, area: str | None, zones: Path | None,
        begin: str | None, end: str | None, watch_lists: tuple[str, ...] = (), registers: tuple[str, ...] = (),
    ) -> Source:  # fmt: skip
        """From what people tell on the command line."""
        config = load(node_file) if node_file else None
        archive = len(files) == 1 and Path(files[0]).is_dir()
        if (begin or end) and not archive:
            raise BadInput("--from and --to are for an archive: expected its folder")
        name = area or (config.node.area if config else "") or (_archived_area(Path(files[0])) if archive else "")
        zones_file = zones or (Path(config.node.zones) if config and config.node.zones else None)
        read = read_zones(zones_file) if zones_file else ()
        lists = lists_of(
            watch_lists or (config.node.watch_lists if config else ()),
            registers or (config.node.registers if config else ()),
        )
        return cls(files, config, coast.load(name) if name else None, read, (begin, end), lists=lists)

    def look_out(self) -> Lookout:
        """A new look-out over it."""
        made = Lookout(self.area, self.zones, self.definitions)
        made.look_for(self.lists)
        if self.seen is not None:
            made.engine.tap = self.seen.take
        return made


def looked_through(source: Source, every: float) -> Iterator[tuple[list[Behaviour], float]]:
    """What each look finds, a look every `every` s of data, and the share of the source that is done."""
    first = Path(source.files[0])
    if len(source.files) == 1 and first.is_dir():
        yield from _archive(source, first, every)
    elif all(Path(f).suffix.lower() in (".parquet", ".csv") for f in source.files):
        yield from _positions(source, every)
    else:
        yield from _recordings(source, every)


def _positions(source: Source, every: float) -> Iterator[tuple[list[Behaviour], float]]:
    """Tables of positions, in the order of their times."""
    rows = Sightings.concatenate([sightings_of(Path(name)) for name in source.files])
    rows = rows.take(np.argsort(rows.time, kind="stable"))
    lookout = source.lookout = source.look_out()
    edges = np.flatnonzero(np.diff(np.floor(rows.time / every)) > 0) + 1
    for part in np.split(np.arange(len(rows)), edges) if len(rows) else ():
        source.reports += len(part)
        lookout.sight(rows.take(part))
        now = min(math.floor(float(rows.time[part[-1]]) / every) * every + every, math.floor(rows.time[-1]) + 1.0)
        found = lookout.take(Tick(now), _nobody)
        yield list(found.behaviours) if found else [], source.reports / len(rows)


def at_once(source: Source) -> list[Behaviour]:
    """What follows from positions alone, of whole tables of them: many times as fast as to look through them."""
    from mihari.behaviours.past import Past
    from mihari.behaviours.places import Places

    if any(Path(f).suffix.lower() not in (".parquet", ".csv") for f in source.files):
        raise BadInput("--at-once is for tables of positions: expected .parquet or .csv files")
    rows = Sightings.concatenate([sightings_of(Path(name)) for name in source.files])
    source.reports = len(rows)
    if source.seen is not None:
        source.seen.take(rows)
    return Past(rows, Places(source.area, source.zones)).behaviours()


def _recordings(source: Source, every: float) -> Iterator[tuple[list[Behaviour], float]]:
    from mihari.core.health import Health
    from mihari.feeds.address import FeedAddress
    from mihari.feeds.registry import SensorRegistry
    from mihari.feeds.replay import recorded
    from mihari.feeds.witnesses import Witnesses
    from mihari.pipeline import Pipeline

    config = source.config
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)] if config else ())
    on_land = None if source.area is None else coast.LandMask(source.area).on_land
    pipeline, witnesses = Pipeline(registry.all(), on_land), Witnesses()
    lookout = source.lookout = source.look_out()
    lookout.know(registry.all())
    addresses = [FeedAddress.of_recording(name) for name in source.files]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    sizes = sum(Path(name).stat().st_size for name in source.files if Path(name).exists()) or 1
    known, due = registry.version, -math.inf
    unseen: Tick | None = None
    for taken in recorded(addresses, registry, healths, clocks.time, lambda: -math.inf):
        if registry.version != known:
            known = registry.version
            pipeline.know(registry.all())
            lookout.know(registry.all())
        given = witnesses.take(taken)
        pipeline.take(given)
        source.reports = pipeline.reports
        if isinstance(given, Batch):
            lookout.take(given, pipeline.compiler.vessels)
        elif isinstance(given, Tick) and given.time >= due:
            due = math.floor(given.time / every) * every + every
            found, unseen = lookout.take(given, pipeline.compiler.vessels), None
            yield list(found.behaviours) if found else [], min(sum(h.received_bytes for h in healths) / sizes, 1.0)
        elif isinstance(given, Tick):
            unseen = given
    if unseen is not None and (found := lookout.take(unseen, pipeline.compiler.vessels)):
        yield list(found.behaviours), 1.0  # the end is looked at however seldom the rest is


def _archive(source: Source, folder: Path, every: float) -> Iterator[tuple[list[Behaviour], float]]:
    """An archive's inputs as its node took them: with every tick this finds what the node found."""
    from mihari.archive.reader import ArchiveReader
    from mihari.archive.times import span
    from mihari.rebuild import Rebuild, land_of, onwards, rebuild

    reader = ArchiveReader(folder)
    first, last = span(reader, *source.span)
    due = -math.inf
    lookout = source.lookout = source.look_out()
    rebuilt: Rebuild | None = None
    unseen: Tick | None = None
    for number, snapshot in enumerate(onwards(reader, first, last)):
        if number == 0:
            rebuilt = rebuild(reader, first, land_of(snapshot), 1, last)
        else:
            from mihari.pipeline import Pipeline

            pipeline = Pipeline(snapshot.sensors, land_of(snapshot))
            pipeline.restore(snapshot.pipeline)
            rebuilt = Rebuild(reader, pipeline, snapshot, reader.steps(snapshot, reader.step_at(snapshot.run, last)))
        lookout.know(rebuilt.pipeline.sensors)
        for step in rebuilt.each(reader.step_at(snapshot.run, last)):
            vessels = rebuilt.pipeline.compiler.vessels
            if isinstance(step.given, Batch):
                source.reports += len(step.given.reports)
                lookout.take(step.given, vessels)
            elif isinstance(step.given, Tick) and step.given.time >= due:
                due = math.floor(step.given.time / every) * every + every
                found, unseen = lookout.take(step.given, vessels), None
                done = (step.given.time - first) / max(last - first, 1.0)
                yield list(found.behaviours) if found else [], min(max(done, 0.0), 1.0)
            elif isinstance(step.given, Tick):
                unseen = step.given
    if rebuilt is not None and unseen is not None:
        found = lookout.take(unseen, rebuilt.pipeline.compiler.vessels)
        yield list(found.behaviours) if found else [], 1.0


def _archived_area(folder: Path) -> str:
    from mihari.archive.reader import ArchiveReader
    from mihari.rebuild import area_of

    return area_of(ArchiveReader(folder).snapshot(math.inf))


def _nobody() -> Any:
    from mihari.core.picture import Vessels

    return Vessels.empty()


def sightings_of(path: Path) -> Sightings:
    """A table of positions; BadInput that names the column that is missing."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    try:
        table = parquet.read_table(path) if path.suffix.lower() == ".parquet" else csv.read_csv(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput(f"{path}: cannot be read: {str(error).splitlines()[0].lower()}") from None
    present = {name.lower().strip(): name for name in table.column_names}
    named = {column: next((present[n] for n in names if n in present), None) for column, names in NAMES.items()}
    missing = [column for column in ("mmsi", "t", "lat", "lon") if named[column] is None]
    if missing:
        raise BadInput(f"{path}: no column {missing[0]}: expected mmsi, t, lat, lon (and sog_kn, cog_deg)")
    columns = {name: table[told_by] for name, told_by in named.items() if told_by is not None}
    numbers = {name: _numbers(values) for name, values in columns.items() if name != "t"}
    when = _times(columns["t"], path)
    nothing = np.full(len(when), np.nan)
    sound = np.isfinite(when) & (np.abs(numbers["lat"]) <= 90) & (np.abs(numbers["lon"]) <= 180) & (numbers["mmsi"] > 0)
    rows = Sightings.of(
        len(when), key=np.nan_to_num(numbers["mmsi"]).astype(np.int64), time=when, lat_deg=numbers["lat"],
        lon_deg=numbers["lon"], speed=numbers.get("sog_kn", nothing) * KNOT,
        course=np.radians(numbers.get("cog_deg", nothing)), heading=np.radians(numbers.get("heading_deg", nothing)),
    )  # fmt: skip
    return rows.take(sound)


def _numbers(values: Any) -> Array:
    return np.asarray(values.cast("float64", safe=False).to_numpy(zero_copy_only=False), np.float64)


def _times(values: Any, path: Path) -> Array:
    """UTC s from numbers, times or texts in ISO 8601."""
    import pyarrow as pa

    kind = values.type
    try:
        if pa.types.is_integer(kind) or pa.types.is_floating(kind):
            return _numbers(values)
        told = values.cast(pa.timestamp("us"))
        return np.asarray(told.cast("int64").to_numpy(zero_copy_only=False), np.float64) / 1e6
    except pa.ArrowInvalid as error:
        raise BadInput(
            f"{path}: column of times: expected UTC s or times such as 2026-11-20T17:05:00: {error}"
        ) from None
