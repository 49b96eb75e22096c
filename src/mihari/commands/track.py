"""`mihari track`: recordings or an archive to a Parquet file of tracks, as fast as the machine goes."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, as_json, print_json, progress, why
from mihari.core.errors import BadInput

GROUP = 100_000  # rows in a row group


@click.command(
    epilog="""\b
Examples:
  mihari track monday.nm4.gz -o tracks.parquet
  mihari track radar.pcap station.nmea --node node.toml -o tracks.parquet
  mihari track /srv/mihari/archive --from -1h -o tracks.parquet
"""
)
@click.argument("files", nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="FILE.parquet")
@click.option("--node", "node_file", help="NODE.toml with the radars' places; else each radar's own (I034/120).")
@click.option(
    "--every", type=Number(0.0, above=True), default=10.0, show_default=True, metavar="SECONDS",
    help="Between the states that are written.",
)  # fmt: skip
@click.option(
    "--from", "begin", metavar="TIME", help="Of an archive: 2026-11-20T17:05, 17:05, or -10min before its end."
)
@click.option("--to", "end", metavar="TIME", help="Of an archive.")
@as_json
def track(
    files: tuple[str, ...],
    output: Path,
    node_file: str | None,
    every: float,
    begin: str | None,
    end: str | None,
    as_json: bool,
) -> None:
    """Track the reports of FILES and write every track's state to OUTPUT, one row per track and moment.

    An archive's tracks (a folder written by `mihari run --archive`) are those its node had.
    """
    if len(files) == 1 and Path(files[0]).is_dir():
        _track_archive(Path(files[0]), output, every, begin, end, as_json)
        return
    if begin or end:
        raise BadInput("--from and --to are for an archive: expected its folder")
    from mihari.core.config import load
    from mihari.core.health import Health
    from mihari.core.reports import Tick
    from mihari.core.tracks import TrackStatus
    from mihari.feeds.address import FeedAddress
    from mihari.feeds.registry import SensorRegistry
    from mihari.feeds.replay import recorded
    from mihari.feeds.witnesses import Witnesses
    from mihari.joining import Joining
    from mihari.pipeline import Pipeline

    config = load(node_file) if node_file else None
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)] if config else ())
    pipeline = Pipeline(registry.all(), watched=False)
    addresses = [FeedAddress.of_recording(name) for name in files]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    sizes = sum(Path(name).stat().st_size for name in files if Path(name).exists()) or 1
    began, known, rows = time.perf_counter(), registry.version, 0
    due = [-float("inf")]  # data time of the next writing
    confirmed: set[int] = set()
    witnesses = Witnesses()
    joining = Joining(lambda given: pipeline.take(witnesses.take(given)), lambda: min(pipeline.next_due, due[0]))
    # ticks between two writings are of no use here, but for what silence does to tracks
    with progress("tracking") as advance, _Writer(output, every) as writer:
        for given in recorded(addresses, registry, healths, time.time, lambda: min(pipeline.next_due, due[0])):
            if registry.version != known:
                known = registry.version
                pipeline.know(registry.all())
            joining.take(given)
            if isinstance(given, Tick) and given.time >= due[0]:
                due[0] = given.time + every
                tracks = pipeline.tracker.believed(given.time)
                tracks = tracks.take(tracks.status != TrackStatus.TENTATIVE)
                confirmed.update(tracks.id.tolist())
                rows += len(tracks)
                writer.asked(given.time)
                writer.write(tracks)
                advance(min(sum(h.received_bytes for h in healths) / sizes, 1.0), f"tracking, {len(tracks)} tracks")
    _say(files, registry, pipeline, rows, len(confirmed), time.perf_counter() - began, output, as_json)


def _track_archive(folder: Path, output: Path, every: float, begin: str | None, end: str | None, as_json: bool) -> None:
    from mihari.archive.reader import ArchiveReader
    from mihari.archive.times import span
    from mihari.core.tracks import TrackStatus
    from mihari.rebuild import tracked

    reader = ArchiveReader(folder)
    first, last = span(reader, begin, end)
    began, rows, confirmed = time.perf_counter(), 0, set[int]()
    with progress("tracking", quiet=as_json) as advance, _Writer(output, every) as writer:
        writer.asked(math.ceil(first), math.floor(last))
        for tracks in tracked(reader, first, last, every):
            tracks = tracks.take(tracks.status != TrackStatus.TENTATIVE)
            confirmed.update(tracks.id.tolist())
            rows += len(tracks)
            writer.write(tracks)
            if len(tracks):
                advance(min(max((float(tracks.time.max()) - first) / max(last - first, 1.0), 0.0), 1.0))
    seconds = time.perf_counter() - began
    told = {"archive": str(folder), "output": str(output), "tracks": len(confirmed), "rows": rows}
    if as_json:
        speed = round((last - first) / max(seconds, 1e-3), 1)
        print_json({**told, "seconds": round(seconds, 2), "speed": speed})
        return
    click.echo(f"{output}: {len(confirmed)} tracks, {rows} rows in {seconds:.1f} s", err=True)


def _say(
    files: tuple[str, ...],
    registry: Any,
    pipeline: Any,
    rows: int,
    tracks: int,
    seconds: float,
    output: Path,
    json: bool,
) -> None:
    homeless = sorted(s.name for s in registry.all() if s.kind != 2 and not s.placed)
    known = pipeline.tracker.registered()
    names = {s.index: s.name for s in registry.all()}
    told = {
        "files": list(files),
        "output": str(output),
        "tracks": tracks,
        "rows": rows,
        "reports": pipeline.reports,
        "plots": pipeline.plots,
        "radars_without_place": homeless,
        "radar_biases": {names[index]: _bias(radar) for index, radar in known.items()},
        "seconds": round(seconds, 2),
    }
    if json:
        print_json(told)
        return
    click.echo(f"{output}: {tracks} tracks, {rows} rows from {pipeline.reports} reports in {seconds:.1f} s", err=True)
    for index, radar in known.items():
        if radar.corrected:
            click.echo(f"radar {names[index]}: {radar.told()}", err=True)
    if homeless:
        places = ", ".join(homeless)
        click.echo(f"mihari: plots kept, not tracked: no place known for radar {places} (--node NODE.toml)", err=True)


def _bias(radar: Any) -> dict[str, Any]:
    """What a radar was found to be off by."""
    return {
        "range_m": round(radar.range_bias, 1),
        "bearing_deg": round(math.degrees(radar.bearing_bias), 3),
        "clock_s": round(radar.clock_offset, 2),
        "corrected": radar.corrected,
    }


class _Writer:
    """Tracks -> Parquet, row group by row group; the file appears under its name when it is whole."""

    def __init__(self, path: Path, every: float) -> None:
        self.path, self.partial = path, path.with_name(path.name + ".partial")
        self.every = float(math.ceil(every))  # ticks are whole seconds
        self.begin, self.end = math.inf, -math.inf
        self.writer: Any = None
        self.held: list[Any] = []
        self.rows = 0

    def __enter__(self) -> _Writer:
        import pyarrow as pa
        from pyarrow import parquet

        from mihari.core.tracks import Believed

        if self.path.is_dir():
            raise BadInput(f"{self.path}: is a folder, expected the name of a file")
        self.schema = pa.schema([(k, pa.from_numpy_dtype(v.dtype)) for k, v in Believed.empty().columns().items()])
        try:
            self.writer = parquet.ParquetWriter(str(self.partial), self.schema, compression="zstd")
        except OSError as error:
            raise BadInput(f"{self.path}: cannot be written: {why(error)}") from None
        return self

    def asked(self, *times: float) -> None:
        """Moments at which the tracks were asked for, UTC s, whether there were any or not."""
        self.begin, self.end = min(self.begin, *times), max(self.end, *times)

    def write(self, tracks: Any) -> None:
        """Hold tracks until a row group is worth writing."""
        self.held.append(tracks)
        self.rows += len(tracks)
        if self.rows > GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        from mihari.core.tracks import Believed

        if self.held:
            columns = Believed.concatenate(self.held).columns()
            self.writer.write_table(pa.table(columns, schema=self.schema))
            self.held, self.rows = [], 0

    def _tell(self) -> None:
        """When the tracks were asked for, for `mihari score`: a moment without tracks has no row."""
        from mihari.score.asked import Asked

        if self.begin <= self.end:
            self.writer.add_key_value_metadata(Asked(self.begin, self.end, self.every).metadata())

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._flush()
            self._tell()
        self.writer.close()
        if kind is None:
            self.partial.replace(self.path)
        else:
            self.partial.unlink(missing_ok=True)
