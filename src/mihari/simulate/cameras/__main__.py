"""`python -m mihari.simulate.cameras`: a camera that is not there, on the loopback, with vessels to look at."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import click

from mihari.core.geodesy import direct
from mihari.simulate.cameras.body import Body, Hull, Truth, straight_on
from mihari.simulate.cameras.model import SimulatedCamera
from mihari.simulate.cameras.server import CameraServer

NM, KN = 1852.0, 1852 / 3600
VESSELS = ((20.0, 1.0, 90.0, 6.0, 25.0), (60.0, 4.0, 200.0, 12.0, 180.0), (330.0, 8.0, 45.0, 18.0, 300.0))


def vessels(body: Body, since: float) -> Truth:
    """Three: bearing and course in degrees, distance in NM, speed in kn, length in m."""
    hulls = []
    for bearing_deg, miles, course_deg, speed_kn, length in VESSELS:
        lat_deg, lon_deg = direct(body.lat_deg, body.lon_deg, math.radians(bearing_deg), miles * NM)
        hull = Hull(float(lat_deg), float(lon_deg), math.radians(course_deg), speed_kn * KN, length, length / 7)
        hulls.append(replace(hull, height=max(6.0, length / 7)))
    return straight_on(hulls, since)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8099, show_default=True)
@click.option("--user", default="", help="To sign in with; none: everybody is let in.")
@click.option("--password", default="", help="Of that user, of this simulated camera alone.")
@click.option("--lat", "lat_deg", type=float, default=26.2, show_default=True)
@click.option("--lon", "lon_deg", type=float, default=127.6, show_default=True)
def main(port: int, user: str, password: str, lat_deg: float, lon_deg: float) -> None:
    """A simulated ONVIF camera until Ctrl-C."""
    body = Body(lat_deg=lat_deg, lon_deg=lon_deg)
    camera = SimulatedCamera(body, vessels(body, time.time()), time.time)
    with CameraServer(camera, user, password, port=port) as server:
        click.echo(f"{server.url} (loopback only; Ctrl-C ends it)")
        while True:
            time.sleep(1.0)


if __name__ == "__main__":
    main()
