"""`mihari detect`: behaviours over recordings, tables of positions or an archive, by the code that runs live."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mihari.commands.console import Number, as_json, print_json, progress
from mihari.core.errors import BadInput


@click.command(
    epilog="""\b
Examples:
  mihari detect monday.nm4.gz -o behaviours.parquet
  mihari detect recorded/*.pcap recorded/*.nmea --node recorded/node.toml -o behaviours.parquet
  mihari detect monday.nm4.gz --map pictures --sample 30
  mihari detect positions.parquet --area nansei --zones zones.geojson -o behaviours.parquet
  mihari detect years.parquet --at-once -o behaviours.parquet
  mihari detect monday.nm4.gz --area nansei --pattern dark_rendezvous --pattern mine.toml
  mihari detect /srv/mihari/archive --from -24h --kind gap --kind rendezvous -o night.parquet --json
"""
)
@click.argument("files", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="FILE.parquet: a row for each behaviour.")
@click.option("--node", "node_file", help="NODE.toml: radars' places, coastline, zones.")
@click.option(
    "--area", "area_name", help="Coastline: without it nothing that asks for open sea: no dark vessels, no loitering."
)
@click.option("--zones", "zones_file", type=click.Path(path_type=Path), help="GeoJSON of ports, anchorages, zones.")
@click.option("--watch-list", "watch_lists", multiple=True, metavar="FILE", help="CSV or JSON of vessels to look for.")
@click.option("--register", "registers", multiple=True, metavar="FILE", help="CSV or JSON of what vessels should tell.")
@click.option(
    "--pattern", "patterns", multiple=True, metavar="NAME|FILE", help="A pattern of the library beside what is known."
)
@click.option("--kind", "kinds", multiple=True, help="Only behaviours of this kind; may be given again.")
@click.option("--revisions", is_flag=True, help="A row for each revision, in the order in which they were told.")
@click.option(
    "--every", type=Number(1.0), default=60.0, show_default=True, metavar="SECONDS", help="Of data, between two looks."
)
@click.option("--at-once", is_flag=True, help="Of tables: only what follows from positions alone, many times as fast.")
@click.option("--from", "begin", metavar="TIME", help="Of an archive: 2026-11-20T17:05, 17:05, or -10min.")
@click.option("--to", "end", metavar="TIME", help="Of an archive.")
@click.option(
    "--map", "maps", type=click.Path(path_type=Path), metavar="FOLDER", help="A picture (SVG) of each finding."
)
@click.option(
    "--sample", type=Number(1.0), metavar="COUNT", help="Pictures of so many, every kind among them, by chance."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of that chance.")
@as_json
def detect(
    files: tuple[str, ...],
    output: Path | None,
    node_file: str | None,
    area_name: str | None,
    zones_file: Path | None,
    watch_lists: tuple[str, ...],
    registers: tuple[str, ...],
    patterns: tuple[str, ...],
    kinds: tuple[str, ...],
    revisions: bool,
    every: float,
    at_once: bool,
    begin: str | None,
    end: str | None,
    maps: Path | None,
    sample: float | None,
    seed: int,
    as_json: bool,
) -> None:
    """Find who hides, waits, meets or lies in FILES: recordings, tables of positions, or an archive's folder.

    A table of positions is a Parquet or CSV file with mmsi, t (UTC s or time), lat, lon, and sog_kn, cog_deg if known.
    """
    from mihari.behaviours.whereabouts import Whereabouts
    from mihari.detecting import Source, looked_through
    from mihari.detecting import at_once as found_at_once
    from mihari.library import load, merged
    from mihari.lookout import known_kinds

    mine = [load(pattern) for pattern in patterns]
    known = sorted([*known_kinds(), *(pattern.name for pattern in mine)])
    wrong = [kind for kind in kinds if kind not in known]
    if wrong:
        raise BadInput(f"--kind {wrong[0]}: expected one of {', '.join(known)}")
    if at_once:
        _from_positions(kinds)
    source = Source.of(files, node_file, area_name, zones_file, begin, end, watch_lists, registers)
    source.definitions = merged(mine) if mine else None
    if maps is not None:
        source.seen = Whereabouts()
    began, told, last = time.perf_counter(), 0, dict[str, Any]()
    rows: list[Any] = []
    with progress("looking", quiet=as_json) as advance:
        for found, share in [(found_at_once(source), 1.0)] if at_once else looked_through(source, every):
            for behaviour in found:
                if kinds and behaviour.kind not in kinds:
                    continue
                told += 1
                rows.append(behaviour) if revisions else last.__setitem__(behaviour.id, behaviour)
            advance(share, f"looking, {len(last) or told} behaviours")
    if not revisions:
        rows = sorted(last.values(), key=lambda b: (b.start, b.kind, b.vessels))
    if maps is not None:
        _draw(source, rows, maps, sample, seed)
    _say(source, rows, output, time.perf_counter() - began, as_json)


def _from_positions(kinds: tuple[str, ...]) -> None:
    """BadInput where `--at-once` was asked for what positions alone do not tell."""
    from mihari.behaviours.kinds import OF_FLEETS
    from mihari.behaviours.past import NOT_FROM_POSITIONS

    context = click.get_current_context()
    beyond = {"every": "--every", "revisions": "--revisions", "watch_lists": "--watch-list", "registers": "--register"}
    beyond |= {"patterns": "--pattern"}
    given = [flag for name, flag in beyond.items() if context.get_parameter_source(name) is not ParameterSource.DEFAULT]
    if given:
        raise BadInput(f"--at-once takes no {', '.join(given)}: it looks once, at positions alone")
    needs = dict.fromkeys(OF_FLEETS, "many looks, one after the other") | dict(NOT_FROM_POSITIONS)
    for kind in kinds:
        if kind in needs:
            raise BadInput(f"--at-once does not find {kind}: that needs {needs[kind]}")


def _draw(source: Any, rows: list[Any], folder: Path, sample: float | None, seed: int) -> None:
    """Pictures of findings that stand."""
    import math

    from mihari import coast
    from mihari.commands.finding_maps import chosen, write_all
    from mihari.core.behaviour import Standing

    held = [b for b in rows if b.standing is not Standing.RETRACTED]
    some = held if sample is None else chosen(held, int(sample), seed)
    everything = source.seen.between(-math.inf, math.inf)
    last = float(everything.time[-1]) if len(everything) else 0.0
    count = write_all(folder, some, source.seen, source.area or coast.load("world"), last)
    left_out = f", {source.seen.left_out} places are not on them" if source.seen.left_out else ""
    click.echo(f"{folder}: {count} pictures{left_out}", err=True)


def _say(source: Any, rows: list[Any], output: Path | None, seconds: float, json: bool) -> None:
    from mihari.behaviours.tables import row, write
    from mihari.core.behaviour import Standing
    from mihari.lookout import alerting_kinds

    alerts = alerting_kinds(source.definitions)
    if output is not None:
        write(rows, output, alerts)
    held = [b for b in rows if b.standing is not Standing.RETRACTED]
    counts = dict(sorted(Counter(b.kind for b in held).items()))
    if json:
        told: dict[str, Any] = {
            "output": None if output is None else str(output),
            "behaviours": len(held),
            "kinds": counts,
        }
        told |= {"retracted": len(rows) - len(held), "reports": source.reports, "seconds": round(seconds, 2)}
        if output is None:
            told["rows"] = [row(b, alerts) for b in rows]
        print_json(told)
        return
    for behaviour in held if output is None else ():
        click.echo(f"{_when(behaviour)}  {behaviour.kind:20} {behaviour.because}")
    for kind, count in counts.items():
        click.echo(f"{count:7}  {kind}{'' if kind in alerts else '  (no alert)'}", err=True)
    where = "" if output is None else f"{output}: "
    click.echo(f"{where}{len(held)} behaviours in {source.reports} reports, {seconds:.1f} s", err=True)


def _when(behaviour: Any) -> str:
    from mihari.core.times import told_time

    return told_time(behaviour.start)
