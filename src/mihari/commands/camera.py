"""`mihari camera list|look|still|follow`: a node file's cameras, asked directly; for setting one up and trying it."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, as_json, print_json, why
from mihari.core.errors import BadInput, MihariError

node_file = click.argument("node_file", metavar="NODE.toml")
name = click.argument("name", metavar="CAMERA")
operator = click.option(
    "--as", "who", metavar="OPERATOR", default="", help="Who turns it: the operator that the node file names for it."
)
at = click.option("--at", "place", metavar="LAT,LON", default="", help="A place on the sea, in degrees.")
bearing = click.option("--bearing", type=Number(most=360.0), default=None, help="True, in degrees, at the horizon.")
view = click.option("--view", type=Number(0.1, most=120.0), default=None, help="Width of the picture, in degrees.")
port = click.option("--port", type=click.IntRange(1, 65535), default=None, help="Of the node's map.")
ELLIPSE = -2 * math.log(0.05)  # a 95 % ellipse's square over the variance
SPEED_SD = 0.5  # m/s, of the speed that the API tells
SETTLES_S = 20.0


@click.group(
    "camera",
    epilog="""\b
Examples:
  mihari camera list node.toml
  mihari camera look node.toml pier --bearing 145 --as Mori
  mihari camera still node.toml pier -o pier.jpg
  mihari camera follow node.toml pier --vessel 17 --for 60 --as Mori
""",
)
def camera() -> None:
    """The cameras of a node file: what they are, where they look, a still, a vessel followed."""


@camera.command("list", epilog="\b\nExamples:\n  mihari camera list node.toml\n  mihari camera list node.toml --json")
@node_file
@as_json
def list_cameras(node_file: str, as_json: bool) -> None:
    """Ask every camera what it is, and where it looks; exit code 1 where one does not answer."""
    rows = [_about(section) for section in _sections(node_file)]
    if as_json:
        print_json(rows)
    else:
        from rich.console import Console

        Console().print(_table(rows) if rows else "no [[camera]] in this node file")
    if any(row["problem"] for row in rows):
        raise SystemExit(1)


@camera.command(epilog="\b\nExamples:\n  mihari camera look node.toml pier --at 26.21,127.6 --as Mori")
@node_file
@name
@at
@bearing
@view
@operator
@as_json
def look(
    node_file: str, name: str, place: str, bearing: float | None, view: float | None, who: str, as_json: bool
) -> None:
    """Turn it to a place or a bearing and wait until it looks there."""
    section = _section(node_file, name)
    _allowed(section, who)
    with _open(section) as one:
        aim = _looked(one, _target(one.mount, place, bearing, view))
        _said({"camera": name} | _where(one.mount, aim), as_json)


@camera.command(epilog="\b\nExamples:\n  mihari camera still node.toml pier -o pier.jpg")
@node_file
@name
@click.option("-o", "--output", required=True, metavar="FILE.jpg", help="Where the still goes.")
@as_json
def still(node_file: str, name: str, output: str, as_json: bool) -> None:
    """What it sees now, as JPEG, without turning it."""
    import hashlib

    with _open(_section(node_file, name)) as one:
        data, aim = one.still(), one.where()
        try:
            Path(output).write_bytes(data)
        except OSError as error:
            raise BadInput(f"{output}: {why(error)}") from None
        told = {"camera": name, "file": output, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        _said(told | _where(one.mount, aim), as_json)


@camera.command(epilog="\b\nExamples:\n  mihari camera follow node.toml pier --vessel 17 --for 60 --as Mori")
@node_file
@name
@click.option("--vessel", type=click.IntRange(1), required=True, help="Its number in the picture of the running node.")
@click.option("--for", "seconds", type=Number(1.0, most=86400.0), default=60.0, show_default=True, metavar="SECONDS")
@port
@operator
@as_json
def follow(node_file: str, name: str, vessel: int, seconds: float, port: int | None, who: str, as_json: bool) -> None:
    """Keep a vessel of the running node in view; it stops at the end and at Ctrl-C."""
    from mihari.cameras.follow import Follower, Seen
    from mihari.commands.watch import asked
    from mihari.core.config import load

    section = _section(node_file, name)
    _allowed(section, who)
    base = f"http://127.0.0.1:{port or load(node_file).face.port}/api/v1/"
    with _open(section) as one:
        follower, end, steps, in_view = Follower(one, one.mount), time.monotonic() + seconds, 0, 0
        try:
            while time.monotonic() < end:
                began = time.monotonic()
                found = follower.step(time.time(), believed(asked(base, f"vessels/{vessel}", none_ok=True)))
                steps, in_view = steps + 1, in_view + (found.seen == Seen.IN_VIEW)
                if not as_json:
                    off = "" if math.isnan(found.error) else f", {math.degrees(found.error):.2f}° off"
                    click.echo(f"{found.said or found.seen}{off}")
                time.sleep(max(min(began + follower.period, end) - time.monotonic(), 0.0))
        finally:
            follower.end()
        _said({"camera": name, "vessel": vessel, "steps": steps, "in_view": in_view}, as_json)


def believed(told: dict[str, Any]) -> Any:
    """A vessel as the API tells it; None for one that it does not have.

    >>> one = believed({"id": 7, "time": 9.0, "lat_deg": 26.0, "lon_deg": 127.0, "speed_mps": 5.0, "course_deg": 90.0,
    ...                 "ellipse_major_m": 24.48, "ellipse_minor_m": 24.48, "ellipse_bearing_deg": 0.0, "claims": []})
    >>> round(one.east, 3), round(float(one.covariance[0, 0]), 1)  # 24.48 m: 95 % of a Gaussian of 10 m
    (5.0, 100.0)
    """
    if not told:
        return None
    import numpy as np

    from mihari.cameras.geometry import Believed

    turn = math.radians(told["ellipse_bearing_deg"])
    along = np.array([math.sin(turn), math.cos(turn)])
    across = np.array([along[1], -along[0]])
    major, minor = told["ellipse_major_m"] ** 2 / ELLIPSE, told["ellipse_minor_m"] ** 2 / ELLIPSE
    covariance = np.diag([0.0, 0.0, SPEED_SD**2, SPEED_SD**2])
    covariance[:2, :2] = major * np.outer(along, along) + minor * np.outer(across, across)
    speed, course = told["speed_mps"] or 0.0, math.radians(told["course_deg"] or 0.0)
    lengths = [one["length"] for one in told["claims"] if one.get("length")]
    return Believed(
        told["time"], told["lat_deg"], told["lon_deg"], speed * math.sin(course), speed * math.cos(course), covariance,
        lengths[0] if lengths else math.nan, told["id"],
    )  # fmt: skip


def _sections(node_file: str) -> tuple[Any, ...]:
    from mihari.core.config import load

    return load(node_file).camera


def _section(node_file: str, name: str) -> Any:
    there = _sections(node_file)
    for one in there:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in there) or "none"
    raise BadInput(f"{node_file}: no camera is called {name!r}; there are: {known}")


def _allowed(section: Any, who: str) -> None:
    """BadInput where this person does not operate it: without its operator's word nothing is sent to a camera."""
    from mihari.tasks.charge import same_person

    if not section.operator:
        raise BadInput(f"camera {section.name} is not turned: the node file names no operator for it")
    if not same_person(who, section.operator):
        raise BadInput(f"camera {section.name} is turned by its operator alone: expected --as '{section.operator}'")


@contextlib.contextmanager
def _open(section: Any) -> Iterator[Any]:
    from mihari.cameras.onvif import onvif_camera

    one = onvif_camera(section)
    try:
        yield one
    finally:
        one.close()


def _about(section: Any) -> dict[str, Any]:
    """One row of the list; `problem` where it does not answer."""
    row: dict[str, Any] = {"name": section.name, "operator": section.operator, "url": section.url, "problem": ""}
    try:
        with _open(section) as one:
            about = one.about()
            row |= {field: getattr(about, field) for field in ("maker", "model", "firmware", "aims", "turns")}
            row |= {"pictures": about.pictures, "stream": about.stream}
            row["clock_ahead_s"] = None if math.isnan(about.clock) else round(about.clock, 1)
            if about.aims:
                aim = one.where()
                row |= _where(one.mount, aim) | {"delay_ms": round(aim.delay * 1000, 1)}
    except MihariError as problem:
        row["problem"] = str(problem)
    return row


def _where(mount: Any, aim: Any) -> dict[str, Any]:
    return {
        "bearing_deg": round(math.degrees(mount.bearing_at(aim.pan)), 2),
        "elevation_deg": round(math.degrees(aim.tilt), 2),
        "view_deg": round(math.degrees(mount.view_at(aim.zoom)), 2),
        "moving": aim.moving,
    }


def _target(mount: Any, place: str, bearing: float | None, view: float | None) -> tuple[float, float, float | None]:
    """Bearing, elevation and width of the picture, rad."""
    from mihari.cameras.geometry import horizon, sight

    wanted = None if view is None else math.radians(view)
    if bool(place) == (bearing is not None):
        raise BadInput("expected either --at LAT,LON or --bearing DEGREES")
    if bearing is not None:
        return math.radians(bearing), -math.atan2(2 * mount.height, max(horizon(mount), 1.0)), wanted
    try:
        lat_deg, lon_deg = (float(part) for part in place.split(","))
        if not (abs(lat_deg) <= 90 and abs(lon_deg) <= 180):
            raise ValueError
    except ValueError:
        raise BadInput(f"--at {place}: expected LAT,LON in degrees") from None
    seen = sight(mount, lat_deg, lon_deg)
    return seen.bearing, seen.elevation, wanted


def _looked(one: Any, target: tuple[float, float, float | None]) -> Any:
    """Turn there and wait."""
    aim = one.where()
    pan, tilt = one.mount.pan_for(target[0], aim.pan), one.mount.tilt_for(target[1])
    if pan is None or tilt is None:
        raise BadInput(f"camera {one.name} cannot look to {math.degrees(target[0]):.1f}°: its pan or tilt ends before")
    one.aim(pan, tilt, aim.zoom if target[2] is None else one.mount.zoom_for(target[2]))
    end = time.monotonic() + SETTLES_S
    while time.monotonic() < end:
        time.sleep(0.2)
        aim = one.where()
        near = one.mount.way(aim.pan, pan) < 0.002 and abs(aim.tilt - tilt) < 0.002
        if aim.moving is False or (aim.moving is None and near):
            break
    return aim


def _said(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
    else:
        click.echo(", ".join(f"{key} {value}" for key, value in told.items()))


def _table(rows: list[dict[str, Any]]) -> Any:
    from rich.table import Table

    table = Table("camera", "operator", "what it is", "looks to", "view", "clock", "answers in")
    for row in rows:
        if row["problem"]:
            table.add_row(row["name"], row["operator"] or "nobody", row["problem"])
            continue
        what = f"{row['maker']} {row['model']}".strip() + ("" if row["aims"] else ", does not turn")
        looks = f"{row['bearing_deg']:.1f}°, {row['elevation_deg']:+.1f}°" if row["aims"] else ""
        clock = "" if row["clock_ahead_s"] is None else f"{row['clock_ahead_s']:+.1f} s"
        wide, took = (f"{row['view_deg']:.1f}°", f"{row['delay_ms']:.0f} ms") if row["aims"] else ("", "")
        table.add_row(row["name"], row["operator"] or "nobody", what, looks, wide, clock, took)
    return table
