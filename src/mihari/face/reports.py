"""What people told, on the API: what the node keeps of it, and a form's words on their way to the node.

A form's report goes out as a Cursor on Target marker to the node's own feed (`mihari.feeds.markers`), as from any
crew's telephone, and comes back with the picture: here nothing is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mihari.alerts.text import NAME_MAX, SENTENCE_MAX, clean
from mihari.core.errors import BadInput
from mihari.core.person_report import KINDS, seen
from mihari.core.spoken_places import Place
from mihari.face import models
from mihari.face.alert_door import answer
from mihari.face.models import Bearing, LatDeg, LonDeg, Time
from mihari.face.state import FaceState
from mihari.feeds.address import FeedAddress
from mihari.feeds.markers import EXPECTED, Unsent, hears, marker, place_in, send

SD_MAX = 50_000.0  # m: a place that is known worse is none
AGO_MAX = 86_400.0  # s: later, a feed takes the time for that of a clock that is not set
CLICKED_SD = 500.0  # m: of a place on a map of the coast, where nobody says how sure it is
DEAF = f"no feed of this node hears reports; {EXPECTED}"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    409: {"model": models.Problem, "description": "no feed of this node hears reports"},
    503: {"model": models.Problem, "description": "the feed that hears reports has failed"},
}


class Report(models.Model):
    """What somebody told, as the node understood it."""

    id: str = Field(description="a later one with this id takes its place", examples=["report-5c0ffee0"])
    who: str = Field(description="saw it", examples=["Kinjo"])
    time: Time = Field(description="when it was seen")
    received: Time | None = Field(description="when the node heard of it")
    feed: str = Field(description="by which it came in", examples=["phones"])
    lat_deg: LatDeg
    lon_deg: LonDeg
    sd_m: float = Field(description="standard deviation of the place along the longest axis, m", examples=[500.0])
    what: str = Field(description="in that person's words", examples=["fishing boat, no lights"])
    kind: str = Field(description=f"of what those words say: {', '.join(KINDS)}; '' none", examples=["fishing"])
    lights: str = Field(description="as told; '' nothing was said of them", examples=["no lights"])
    course_deg: Bearing | None
    speed_mps: float | None = Field(description="over ground; null: not told", examples=[4.1])


class Reports(models.Model):
    """What people told in the last 12 h, at most 500 reports, the oldest first."""

    time: Time
    reports: list[Report]
    hears: str = Field(description="the feed that a new report is sent to; '' none: POST is 409", examples=["phones"])
    problem: str = Field(description="why no report can be sent, one sentence; '' it can", examples=[""])
    points: list[str] = Field(description="places that words may name: the node's sensors", examples=[["kume"]])


class NewReport(BaseModel):
    """What somebody saw: words, and a place by numbers or in words."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: str = Field(max_length=NAME_MAX, description="saw it, as the picture shall name him", examples=["Kinjo"])
    text: str = Field(max_length=SENTENCE_MAX, description="what was seen", examples=["fishing boat, no lights"])
    place: str = Field(
        "",
        max_length=200,
        description="where, in words; '' with no lat_deg: as the text says behind a comma",
        examples=["3 miles north-west of kume"],
    )
    lat_deg: LatDeg | None = Field(None, description="with lon_deg, in place of words")
    lon_deg: LonDeg | None = None
    sd_m: float | None = Field(
        None,
        ge=1.0,
        le=SD_MAX,
        description=f"by how much the place may be wrong; null: by the words, {CLICKED_SD:g} m without words",
        examples=[500.0],
    )
    ago_s: float = Field(0.0, ge=0.0, le=AGO_MAX, description="seen so many s ago", examples=[120.0])
    id: str = Field("", max_length=200, description="of an earlier report that this one corrects", examples=[""])


class Sent(models.Model):
    """What was sent, as it was understood. It is in `reports` once the node has heard it."""

    id: str = Field(description="with which it can be corrected", examples=["report-5c0ffee0"])
    time: Time
    lat_deg: LatDeg
    lon_deg: LonDeg
    sd_m: float = Field(examples=[1260.0])
    because: str = Field(description="how the place was understood", examples=["3 nm, rounded to 1 nm"])
    kind: str = Field(examples=["fishing"])
    lights: str = Field(examples=["no lights"])
    to: str = Field(description="the feed", examples=["phones"])


def add_reports(api: APIRouter, state: FaceState, clock: Callable[[], float] = time.time) -> None:
    """`/reports`. `clock`: UTC s, from which `ago_s` counts."""

    @api.get("/reports", response_model=Reports, summary="What people told")
    async def reports() -> Response:
        _, feed, problem = ear(state)
        told = {"time": state.time, "reports": state.reports.all, "hears": feed, "problem": problem}
        named = {name.casefold(): name for name in points(state)}  # words are read in any case
        return answer(told | {"points": list(named.values())})

    @api.post("/reports", status_code=201, response_model=Sent, responses=PROBLEMS, summary="Tell what was seen")
    async def tell(told: NewReport) -> Response:
        address, feed, problem = ear(state)
        if address is None:
            raise HTTPException(409, problem)
        if problem:
            raise HTTPException(503, problem)
        return answer(await run_in_threadpool(_sent, told, address, points(state), clock()) | {"to": feed}, 201)


def ear(state: FaceState) -> tuple[FeedAddress | None, str, str]:
    """The feed that hears reports, its name, and in a sentence why none can be sent there now; None: there is none."""
    addresses = {}
    for feed in state.feeds:
        if feed["format"] == "cot" and not feed["outgoing"] and feed["state"] != "removed":
            addresses[FeedAddress.parse(feed["url"], "cot")] = feed
    address = hears(addresses)
    if address is None:
        return None, "", DEAF
    feed = addresses[address]
    return address, feed["name"], (feed["problem"] or "it has failed") if feed["state"] == "failed" else ""


def points(state: FaceState) -> dict[str, tuple[float, float]]:
    """Places that words may name: the sensors that stand somewhere, name -> (lat_deg, lon_deg)."""
    placed = (one for one in state.sensors if one["lat_deg"] is not None and one["lon_deg"] is not None)
    return {one["name"]: (one["lat_deg"], one["lon_deg"]) for one in placed}


def _sent(told: NewReport, address: FeedAddress, known: dict[str, tuple[float, float]], now: float) -> dict[str, Any]:
    try:
        who, text = clean(told.who, NAME_MAX), clean(told.text)
        if not who or not text:
            raise BadInput("who saw it, and what: expected a few words of each")
        lat_deg, lon_deg, sd, because = _where(told, text, known)
        event = marker(text, who, (lat_deg, lon_deg), sd, now - told.ago_s, clean(told.id, 200))
        send(event, address)
    except Unsent as problem:
        raise HTTPException(503, str(problem)) from None
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from None
    found = seen(text)
    place = {"lat_deg": lat_deg, "lon_deg": lon_deg, "sd_m": round(sd, 1), "because": because}
    return {"id": event.uid, "time": event.time, "kind": found.kind, "lights": found.lights} | place


def _where(told: NewReport, text: str, known: dict[str, tuple[float, float]]) -> tuple[float, float, float, str]:
    """lat_deg, lon_deg, sd in m, and how that was understood."""
    if (told.lat_deg is None) != (told.lon_deg is None):
        raise BadInput("place: expected both lat_deg and lon_deg, or words")
    if told.lat_deg is not None and told.lon_deg is not None:
        if told.place:
            raise BadInput("place: expected either lat_deg and lon_deg, or words")
        sd = told.sd_m or CLICKED_SD
        return told.lat_deg, told.lon_deg, sd, f"a place on the map, to some {sd:g} m"
    where: Place = place_in(text, clean(told.place, 200), known)
    return where.lat_deg, where.lon_deg, told.sd_m or where.sd, where.because
