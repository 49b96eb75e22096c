"""`mihari report "fishing boat, no lights, 3 miles north-west of Zampa"`: what a person saw, into a node's picture.

It goes as a Cursor on Target marker to a feed of the node, as from any crew's telephone, and is a look of that person
there (`mihari.feeds.markers`).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import click

from mihari.commands.console import Number, as_json, print_json
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.feeds.address import FeedAddress


class PointType(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """NAME=LAT,LON in degrees north and east."""

    name = "point"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[float, float]]:
        """Name and place, or the sentence that says what was expected."""
        name, _, told = str(value).partition("=")
        try:
            lat_deg, lon_deg = (float(part) for part in told.split(","))
        except ValueError:
            lat_deg = lon_deg = math.nan
        if not name.strip() or not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
            self.fail(f"expected NAME=LAT,LON in degrees north and east, found {value!r}", param, ctx)
        return name.strip(), (lat_deg, lon_deg)


@click.command(
    "report",
    epilog="""\b
Examples:
  mihari report "fishing boat, no lights, 3 miles north-west of kume" --who Kinjo --node node.toml
  mihari report "skiff, heading 090 at 8 knots" --at "26 12.5 N 127 40.2 E" --who Kinjo --to udp://192.0.2.5:6969
  mihari report "tanker, 2.5 nm 310 from the point" --point "point=26.44,127.71" --who Kinjo --to udp://:6969
""",
)
@click.argument("text")
@click.option("--who", required=True, metavar="NAME", help="Who saw it, as the picture shall name him.")
@click.option("--at", "place", default="", metavar="PLACE", help="Where.  [default: as the text says after a comma]")
@click.option("--sd", type=Number(1.0, most=50_000.0), default=None, help="By how many metres the place may be wrong.")
@click.option("--ago", type=Number(0.0, most=86_400.0), default=0.0, help="So many seconds ago.")
@click.option(
    "--point", "points", type=PointType(), multiple=True, metavar="NAME=LAT,LON", help="A place that the text names."
)
@click.option(
    "--node", "node_file", default="", metavar="NODE.toml",
    help="Whose Cursor on Target feed hears it, and whose sensors are places to name.",
)  # fmt: skip
@click.option("--to", default="", metavar="URL", help="udp://HOST:PORT or tcp://HOST:PORT of a node or TAK server.")
@click.option("--id", "uid", default="", metavar="ID", help="Of an earlier report that this one corrects.")
@as_json
def report(
    text: str, who: str, place: str, sd: float | None, ago: float, points: tuple[tuple[str, tuple[float, float]], ...],
    node_file: str, to: str, uid: str, as_json: bool,
) -> None:  # fmt: skip
    """Tell a node what somebody saw: a few words with a place in them. What was understood is printed.

    It is on the map at once, as what somebody said, and supports a vessel that the node holds there. One that nobody
    held is a vessel of the picture once a sensor has found it.
    """
    from mihari.core.person_report import seen
    from mihari.feeds.markers import marker, place_in, send

    known, address = _node(node_file, to)
    where = place_in(text, place, known | dict(points))
    error = where.sd if sd is None else sd
    event = marker(text, who, (where.lat_deg, where.lon_deg), error, time.time() - ago, uid)
    send(event, address)
    found = seen(text)
    told = {
        "id": event.uid,
        "lat_deg": round(where.lat_deg, 5),
        "lon_deg": round(where.lon_deg, 5),
        "sd_m": round(error),
        "because": where.because,
        "kind": found.kind,
        "lights": found.lights,
        "to": address.text,
    }
    if as_json:
        print_json(told)
        return
    saw = ", ".join(part for part in (found.kind, found.lights) if part) or "a vessel"
    click.echo(f"{saw} at {told['lat_deg']} {told['lon_deg']}, to some {told['sd_m']} m ({where.because})")
    click.echo(f"sent to {address.text}; to correct it: --id {event.uid}")


def _node(node_file: str, to: str) -> tuple[dict[str, tuple[float, float]], FeedAddress]:
    """The places that a node file names, and where the report goes."""
    from mihari.core.config import load
    from mihari.feeds.address import FeedAddress
    from mihari.feeds.markers import EXPECTED, WAYS, hears

    if bool(node_file) == bool(to):
        raise BadInput("where the report goes: expected either --node NODE.toml or --to URL")
    if to:
        address = FeedAddress.parse(to, "cot")
        if address.scheme not in WAYS:
            raise BadInput(f"--to {address.text}: expected udp://HOST:PORT or tcp://HOST:PORT")
        return {}, address
    config = load(node_file)
    feeds = [FeedAddress.parse(feed.url, feed.format or None) for feed in config.feed]
    found = hears(feeds)
    if found is None:
        raise BadInput(f"{node_file}: no feed hears reports; {EXPECTED}")
    sensors = ((sensor.name, sensor.lat_deg, sensor.lon_deg) for sensor in config.sensor)
    return {name: (lat, lon) for name, lat, lon in sensors if lat is not None and lon is not None}, found
