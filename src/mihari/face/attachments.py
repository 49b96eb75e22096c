"""Stills and clips of vessels on the API: the list of one vessel's, and the bytes of one, verified on reading."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field
from starlette.responses import Response

from mihari.alerts.records import Records
from mihari.cameras import attachments
from mihari.face import models
from mihari.face.alert_door import Door, answer
from mihari.face.state import FaceState

Id = Annotated[int, Path(ge=0, lt=1 << 62)]
Number = Annotated[int, Path(ge=1, lt=1 << 62, description="`number` of the attachment", examples=[1])]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "no such attachment, or the node keeps no records"},
    409: {"model": models.Problem, "description": "it made room for newer ones, or its file is not what was kept"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}
BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/jpeg": {}, "video/x-msvideo": {}}, "description": "as taken; its hash in `x-sha256`"}
}


class Attachment(models.Model):
    """A still or clip, taken of a vessel by a camera of this node."""

    number: int = Field(examples=[1])
    run: models.Time
    vessel: int = Field(description="id in the picture of that run; 0: of a place", examples=[17])
    mmsi: int = Field(description="as it claimed then; 0 none", examples=[431000001])
    time: models.Time
    asset: str = Field(description="the camera", examples=["pier"])
    kind: str = Field(description="still or clip", examples=["still"])
    media: str = Field(description="image/jpeg or video/x-msvideo", examples=["image/jpeg"])
    sha256: str = Field(description="of its bytes, hexadecimal", examples=["9f86d081884c7d659a2feaa0c55ad015"])
    size: int = Field(description="bytes", examples=[13106])
    who: str = Field(description="asked for it", examples=["Sato"])
    task: int = Field(description="for which it was taken; 0 none", examples=[4])
    aim: dict[str, float] = Field(
        description="pan, tilt, true bearing and width of the picture (view), rad; zoom, 0 to 1",
        examples=[{"pan": 0.1, "tilt": -0.01, "zoom": 0.5, "bearing": 1.2, "view": 0.2}],
    )
    lat_deg: models.LatDeg | None = Field(description="where the vessel was believed to be; null: nobody knew")
    lon_deg: models.LonDeg | None
    protected: bool = Field(description="not dropped to make room", examples=[False])
    dropped: models.Time | None = Field(description="when it made room; its bytes are gone")


class Attachments(models.Model):
    """A vessel's stills and clips, the newest first."""

    attachments: list[Attachment]


def add_attachments(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/vessels/{id}/attachments` and `/attachments/{number}`."""
    door = Door(records, state)

    @api.get(
        "/vessels/{id}/attachments", response_model=Attachments, responses=PROBLEMS, summary="Its stills and clips"
    )
    async def listed(id: Id) -> Response:
        found: list[attachments.Attachment] = await door.ask(lambda c: attachments.of_vessel(c, id))
        return answer({"attachments": [_told(one) for one in found]})

    @api.get("/attachments/{number}", responses=PROBLEMS | BYTES, response_class=Response, summary="A still or clip")
    async def one(number: Number) -> Response:
        kept = door.watch.records
        about, data = await door.told(lambda: attachments.bytes_of(kept, number))
        headers = {"x-sha256": about.sha256, "cache-control": "no-store"}
        return Response(data, headers=headers, media_type=about.media)


def _told(one: attachments.Attachment) -> dict[str, Any]:
    """Without the path, which is nobody's business but the node's."""
    return {name: value for name, value in one.told().items() if name != "path"}
