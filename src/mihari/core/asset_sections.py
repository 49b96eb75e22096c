"""The sections of a node file that name vehicles and cameras, and who answers for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from mihari.core.errors import BadInput
from mihari.core.section import Section
from mihari.core.task import TaskKind

Latitude = Annotated[float, Field(ge=-90.0, le=90.0, description="degrees north")]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0, description="degrees east")]


class OperatedSection(Section):
    """What `[[vehicle]]` and `[[camera]]` share: a name, and the person without whose word nothing is sent to it."""

    name: str = Field(min_length=1, max_length=40, description="as people see it", examples=["tb3"])
    operator: str = Field(
        "", max_length=60, description="who answers for it and accepts its tasks; without one nothing is sent to it",
        examples=["Sato"],
    )  # fmt: skip
    accepts: tuple[TaskKind, ...] = Field(
        (), description="kinds of tasks that its operator has accepted beforehand", examples=[["look", "hold"]]
    )


class VehicleSection(OperatedSection):
    """`[[vehicle]]`: an aircraft, boat or underwater vehicle of this node's."""

    profile: str = Field(
        min_length=1, description="what it is and can do, an id of `mihari platforms`", examples=["tb3"]
    )
    feeds: tuple[str, ...] = Field(
        (), description="names of the feeds that bring its telemetry and what it sees", examples=[["tb3 link"]]
    )
    tasks: str = Field(
        "", description="the feed, one that can also send, over which tasks go; none: it takes none",
        examples=["tb3 link"],
    )  # fmt: skip
    system: int = Field(
        0, ge=0, le=65535, description="its MAVLink system id or IMC id; 0: whoever speaks on its feeds", examples=[1]
    )
    stills: str = Field(
        "", pattern="^($|http://|https://)", description="where its pictures are fetched from, and nowhere else",
        examples=["http://192.0.2.40:8090/"],
    )  # fmt: skip
    attitude_sd_deg: float = Field(
        0.3, gt=0.0, le=20.0, description="by which its camera's pointing errs where it does not tell"
    )


class CameraSection(OperatedSection):
    """`[[camera]]`: a camera that turns and zooms, of a station."""

    name: str = Field(min_length=1, max_length=40, description="as people see it", examples=["pier"])
    url: str = Field(description="its ONVIF device service", examples=["http://192.0.2.30/onvif/device_service"])
    user: str = Field("", description="to sign in with", examples=["watch"])
    password_file: str = Field("", description="a file that holds the password alone", examples=["/etc/mihari/camera"])
    lat_deg: Latitude = Field(description="degrees north", examples=[26.214])
    lon_deg: Longitude = Field(description="degrees east", examples=[127.679])
    height_m: float = Field(10.0, ge=-10.0, le=5000.0, description="above the sea", examples=[25.0])
    north_deg: float = Field(
        0.0, ge=-360.0, le=360.0, description="true bearing at which it looks when its pan is 0", examples=[12.5]
    )
    pan_deg: float = Field(360.0, gt=0.0, le=720.0, description="that its pan from -1 to 1 covers")
    tilt_deg: tuple[float, float] = Field((-90.0, 90.0), description="elevations of its tilt at -1 and 1")
    view_deg: tuple[float, float] = Field((60.0, 2.0), description="width of its picture at zoom 0 and 1")
    rate_deg_s: float = Field(60.0, gt=0.0, le=1000.0, description="that it turns in a second at full speed")
    allowed_deg_s: float | None = Field(
        None, gt=0.0, description="faster it is never turned; default: its full speed", examples=[20.0]
    )


def refuse_doubles(vehicles: tuple[VehicleSection, ...], cameras: tuple[CameraSection, ...]) -> None:
    """ValueError where two assets have one name.

    >>> tb3 = VehicleSection(name="tb3", profile="tb3")
    >>> refuse_doubles((tb3, tb3), ())
    Traceback (most recent call last):
    ...
    ValueError: two vehicles or cameras are called 'tb3'
    """
    names: set[str] = set()
    for one in (*vehicles, *cameras):
        if one.name in names:
            raise ValueError(f"two vehicles or cameras are called {one.name!r}")
        names.add(one.name)


def refuse_strange_feeds(vehicles: tuple[VehicleSection, ...], feeds: frozenset[str]) -> None:
    """BadInput where a vehicle names a feed that there is not."""
    for one in vehicles:
        for name in (*one.feeds, *([one.tasks] if one.tasks else [])):
            if name not in feeds:
                known = ", ".join(sorted(feeds)) or "none has a name"
                raise BadInput(f"vehicle {one.name}: no feed is called {name!r}; there are: {known}")
