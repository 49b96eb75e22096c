"""`mihari replay`: recordings as if live, or an archive as it happened, with the map."""

from __future__ import annotations

import math
from pathlib import Path

import click

from mihari.commands.console import as_json
from mihari.commands.run import configured, serve
from mihari.core.errors import BadInput


@click.command(
    epilog="""\b
Examples:
  mihari replay station.nm4.gz
  mihari replay radar.pcap station.nmea --speed 10
  mihari replay radar.pcap --node node.toml --speed max --summary
  mihari replay /srv/mihari/archive --from 17:00 --to 17:30 --speed 10
  mihari replay /srv/mihari/archive --from -1h --verify
"""
)
@click.argument("files", nargs=-1, required=True)
@click.option("--speed", default="1", show_default=True, help="How many times real time, or max.")
@click.option("--node", "node_file", help="NODE.toml with the radars' places (its feeds are not opened).")
@click.option("--area", default="", help="Coastline: nansei, aegean, or an area file.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the map and API on 127.0.0.1 (default 8080).")
@click.option(
    "--from", "begin", metavar="TIME", help="Of an archive: 2026-11-20T17:05, 17:05, or -10min before its end."
)
@click.option("--to", "end", metavar="TIME", help="Of an archive.")
@click.option("--threads", type=click.IntRange(1, 2), default=1, show_default=True, help="2: read the archive ahead.")
@click.option("--verify", is_flag=True, help="Rebuild each snapshot of an archive from the one before, bit for bit.")
@click.option("--summary", is_flag=True, help="End with the recordings and print a JSON summary.")
@as_json
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def replay(
    files: tuple[str, ...],
    speed: str,
    node_file: str | None,
    area: str,
    port: int | None,
    begin: str | None,
    end: str | None,
    threads: int,
    verify: bool,
    summary: bool,
    as_json: bool,
    no_browser: bool,
) -> None:
    """Replay FILES (AIS logs, captures; plain or .gz) on one timeline as if they were live, or one archive.

    An archive (a folder written by `mihari run --archive`) gives the very same tracks and pictures again.
    """
    from mihari.feeds.address import FeedAddress, parse_speed

    pace = parse_speed(speed, "--speed")
    if any(Path(name).is_dir() for name in files):
        _archive(files, pace, port, begin, end, threads, verify, summary, as_json, not no_browser)
        return
    if begin or end or verify:
        raise BadInput("--from, --to and --verify are for an archive: expected its folder")
    told = "max" if math.isinf(pace) else f"{pace:g}"
    config = configured(node_file, (), (), area, port)
    feeds = tuple({"url": _url(name, told), "format": FeedAddress.of_recording(name).format} for name in files)
    config = type(config).model_validate({**config.model_dump(by_alias=True), "feed": feeds})
    serve(config, None, until_end=summary, summary=summary, browser=not no_browser)


def _archive(
    files: tuple[str, ...], pace: float, port: int | None, begin: str | None, end: str | None, threads: int,
    verify: bool, summary: bool, as_json: bool, browser: bool,
) -> None:  # fmt: skip
    from mihari.commands import playing

    if len(files) > 1:
        raise BadInput(f"expected one archive, or recordings: found {len(files)} names, a folder among them")
    if verify:
        playing.verify(Path(files[0]), begin, end, threads, as_json)
    else:
        quick = math.inf if (summary or as_json) and pace == 1.0 else pace
        playing.play(Path(files[0]), begin, end, quick, port, threads, summary or as_json, browser)


def _url(name: str, speed: str) -> str:
    from urllib.parse import quote

    from mihari.feeds.address import FeedAddress

    return f"{FeedAddress.of_recording(name).scheme}:{quote(name)}?speed={speed}"
