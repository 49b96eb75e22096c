"""`mihari replay`: recordings as if live, on one timeline, with the map."""

from __future__ import annotations

import math

import click

from mihari.commands.run import configured, serve


@click.command(
    epilog="""\b
Examples:
  mihari replay station.nm4.gz
  mihari replay radar.pcap station.nmea --speed 10
  mihari replay radar.pcap --node node.toml --speed max --summary
"""
)
@click.argument("files", nargs=-1, required=True)
@click.option("--speed", default="1", show_default=True, help="How many times real time, or max.")
@click.option("--node", "node_file", help="NODE.toml with the radars' places (its feeds are not opened).")
@click.option("--area", default="", help="Coastline: nansei, aegean, or an area file.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the map and API on 127.0.0.1 (default 8080).")
@click.option("--summary", is_flag=True, help="End with the recordings and print a JSON summary.")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def replay(
    files: tuple[str, ...],
    speed: str,
    node_file: str | None,
    area: str,
    port: int | None,
    summary: bool,
    no_browser: bool,
) -> None:
    """Replay FILES (AIS logs, captures; plain or .gz) on one timeline as if they were live."""
    from mihari.feeds.address import FeedAddress, parse_speed

    pace = parse_speed(speed, "--speed")
    told = "max" if math.isinf(pace) else f"{pace:g}"
    config = configured(node_file, (), (), area, port)
    feeds = tuple({"url": _url(name, told), "format": FeedAddress.of_recording(name).format} for name in files)
    config = type(config).model_validate({**config.model_dump(), "feed": feeds})
    serve(config, None, until_end=summary, summary=summary, browser=not no_browser)


def _url(name: str, speed: str) -> str:
    from urllib.parse import quote

    from mihari.feeds.address import FeedAddress

    return f"{FeedAddress.of_recording(name).scheme}:{quote(name)}?speed={speed}"
