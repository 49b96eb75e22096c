"""Zones on the API: GeoJSON (RFC 7946) of all, and drawing, changing and taking away one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from mihari.alerts import zones
from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.alerts.text import NAME_MAX
from mihari.core.zone_watch import TYPES, URGENCIES
from mihari.core.zones import KINDS, MOST, MOST_WATCHED
from mihari.face import models
from mihari.face.alert_door import Door, answer
from mihari.face.alert_models import Who
from mihari.face.state import FaceState

T = TypeVar("T")
Number = Annotated[int, Path(ge=1, lt=1 << 62, description="`id` of the zone", examples=[1])]
EXAMPLE = {
    "type": "Feature",
    "properties": {"name": "north bank", "kind": "closed", "watch": {"enter": True, "urgency": "warning"}},
    "geometry": {"type": "Polygon", "coordinates": [[[127, 26], [127.1, 26], [127.1, 26.1], [127, 26]]]},
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "no such zone, or the node keeps none"},
    409: {"model": models.Problem, "description": "it has changed since, is of the file, or its name is taken"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}


class NewZone(BaseModel):
    """A zone that somebody has drawn."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    zone: dict[str, Any] = Field(description="a GeoJSON Feature, as in the node's file of zones", examples=[EXAMPLE])


class ChangedZone(NewZone):
    """The zone as it shall be."""

    revision: int = Field(ge=0, description="of the zone as it was seen; another one now: 409", examples=[1])


class Zones(models.Model):
    """A GeoJSON FeatureCollection, which can be a node's file of zones."""

    type: str = Field(examples=["FeatureCollection"])
    features: list[dict[str, Any]] = Field(
        description="`id`: its number; properties: name, kind, width_m, watch, revision, from_file, who, time"
    )
    kinds: list[str] = Field(examples=[list(KINDS)])
    types: list[str] = Field(examples=[list(TYPES)])
    urgencies: list[str] = Field(examples=[list(URGENCIES)])
    most: int = Field(description="zones that are kept at most", examples=[MOST])
    most_watched: int = Field(description="zones with a rule at most", examples=[MOST_WATCHED])


def add_zones(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/zones`."""
    door = Door(records, state)

    async def change(who: str, revision: int | None, work: Callable[[Records, By], T]) -> T:
        """One change by one person; 404, 409, 422 or 503 with a sentence."""
        kept, now = door.watch.records, door.now
        return await door.told(lambda: work(kept, By(who, now, revision)))

    @api.get("/zones", response_model=Zones, responses=PROBLEMS, summary="All zones, as GeoJSON")
    async def listed() -> Response:
        found: list[zones.Drawn] = await door.ask(zones.listed)
        limits = {"most": MOST, "most_watched": MOST_WATCHED}
        words = {"kinds": list(KINDS), "types": list(TYPES), "urgencies": list(URGENCIES)}
        return answer({"type": "FeatureCollection", "features": [one.feature() for one in found]} | words | limits)

    @api.post("/zones", status_code=201, response_model=dict[str, Any], responses=PROBLEMS, summary="Draw a zone")
    async def draw(told: NewZone) -> Response:
        one = await change(told.who, None, lambda kept, by: zones.put(kept, by, told.zone))
        return answer(one.feature(), 201)

    @api.put("/zones/{number}", response_model=dict[str, Any], responses=PROBLEMS, summary="Change a zone")
    async def put(number: Number, told: ChangedZone) -> Response:
        one = await change(told.who, told.revision, lambda kept, by: zones.put(kept, by, told.zone, number))
        return answer(one.feature())

    @api.delete("/zones/{number}", status_code=204, responses=PROBLEMS, summary="Take a zone away")
    async def take_away(
        number: Number,
        who: Annotated[str, Query(max_length=NAME_MAX, description="who decides", examples=["Sato"])],
        revision: Annotated[int, Query(ge=0, description="of the zone as it was seen", examples=[1])],
    ) -> Response:
        await change(who, revision, lambda kept, by: zones.take_away(kept, by, number))
        return Response(status_code=204)


def listed_features(connection: sa.Connection) -> list[dict[str, Any]]:
    """All zones as GeoJSON Features, as the stream tells them."""
    return [one.feature() for one in zones.listed(connection)]
