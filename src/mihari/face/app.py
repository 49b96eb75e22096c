"""The face's web application: the API under `/api/v1` with OpenAPI, the stream, and the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from mihari.alerts.records import Records
from mihari.core.errors import BadInput, FormatError
from mihari.core.picture import Category, Source
from mihari.face import answers, models
from mihari.face.alert_news import watch_records
from mihari.face.alerts import add_alerts, one_sentence
from mihari.face.attachments import add_attachments
from mihari.face.cases import add_cases
from mihari.face.context import add_context
from mihari.face.endpoint import StreamEndpoint
from mihari.face.guard import Guard
from mihari.face.history import add_history
from mihari.face.inlet import follow
from mihari.face.library import add_library
from mihari.face.page import PAGE, page_routes
from mihari.face.patrol import add_patrol
from mihari.face.reports import add_reports
from mihari.face.shores import coastline
from mihari.face.state import FaceState
from mihari.face.stream import Hub
from mihari.face.tasks import add_tasks
from mihari.face.view import View, parse_box
from mihari.face.zones import add_zones

API = "/api/v1"
NEWEST = {"cache-control": "no-store"}
NO_MESH: dict[int | str, dict[str, Any]] = {404: {"model": models.Problem, "description": "the node is in no mesh"}}

BoxText = Annotated[
    str | None,
    Query(
        description="south,west,north,east in degrees; west > east crosses the antimeridian", examples=["24,123,28,130"]
    ),
]
CategoryNames = Annotated[list[str] | None, Query(description="categories by name", examples=[["fishing", "tanker"]])]
SourceNames = Annotated[list[str] | None, Query(description="any of these sources, by name", examples=[["radar"]])]


def create_app(
    address: str | None = None, page: Path = PAGE, state: FaceState | None = None, records: Records | None = None
) -> FastAPI:
    """The application. `address`: the publisher's socket (None: only what is in `state`); `page`: the built page.

    `records`: of alerts; None where the node keeps none.
    """
    state = FaceState() if state is None else state
    hub = Hub(state)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(follow(address, state, hub.wake))] if address else []
        if records is not None:
            tasks.append(asyncio.create_task(watch_records(records, state, hub.wake)))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if records is not None:
            records.close()

    app = FastAPI(
        title="Mihari",
        version="1",
        description="Networked coastal surveillance: the picture of one node. It watches and tells.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.face, app.state.hub = state, hub
    app.include_router(router(state, hub, records))
    app.add_exception_handler(RequestValidationError, one_sentence)
    app.router.routes.append(WebSocketRoute(f"{API}/stream", StreamEndpoint(hub)))
    app.router.routes.extend([*_for_machines(state, hub), *page_routes(page)])
    app.add_middleware(Guard)
    return app


def router(state: FaceState, hub: Hub, records: Records | None = None) -> APIRouter:
    """All of `/api/v1` that answers requests."""

    async def settled() -> None:
        state.settle()

    api = APIRouter(prefix=API, responses={422: {"model": models.Problem}}, dependencies=[Depends(settled)])
    _add_picture(api, state)
    _add_vessels(api, state)
    _add_node(api, state, hub)
    add_history(api, state)
    add_context(api, state)
    add_alerts(api, state, records)
    add_zones(api, state, records)
    add_tasks(api, state, records)
    add_patrol(api, state, records)
    add_reports(api, state)
    add_attachments(api, state, records)
    add_cases(api, state, records)
    add_library(api, state, records)
    return api


def _add_picture(api: APIRouter, state: FaceState) -> None:
    @api.get("/picture", response_model=models.PictureSummary, summary="The picture in numbers")
    async def picture() -> Response:
        return _answer(answers.picture(state))

    @api.get("/trails", response_model=models.Trails, summary="Short trails of all vessels")
    async def trails(box: BoxText = None) -> Response:
        return _answer({"trails": list(answers.trails(state, View(_box(box))))})


def _add_vessels(api: APIRouter, state: FaceState) -> None:
    missing: dict[int | str, dict[str, Any]] = {404: {"model": models.Problem, "description": "no such vessel"}}

    @api.get("/vessels", response_model=models.VesselPage, summary="Vessels, filtered, page by page")
    async def vessels(
        box: BoxText = None,
        category: CategoryNames = None,
        source: SourceNames = None,
        text: Annotated[
            str, Query(max_length=100, description="in id, MMSI, IMO number, name, call sign", examples=["maru"])
        ] = "",
        offset: Annotated[int, Query(ge=0, description="vessels to pass over", examples=[0])] = 0,
        limit: Annotated[int, Query(ge=1, le=1000, description="vessels on the page", examples=[100])] = 100,
    ) -> Response:
        view = View(_box(box), _mask(category, Category), _mask(source, Source))
        slots = answers.chosen_slots(state, view, text)
        page = [answers.summary(state, int(s)) for s in slots[offset : offset + limit]]
        return _answer({"time": state.time, "total": len(slots), "offset": offset, "vessels": page})

    @api.get("/vessels/{id}", response_model=models.Vessel, responses=missing, summary="One vessel")
    async def vessel(id: int) -> Response:
        return _answer(answers.detail(state, _slot(state, id)))

    @api.get("/vessels/{id}/trail", response_model=models.Trail, responses=missing, summary="Where it has been lately")
    async def trail(id: int) -> Response:
        return _answer(answers.trail(state, _slot(state, id)))


def _add_node(api: APIRouter, state: FaceState, hub: Hub) -> None:
    @api.get("/feeds", response_model=models.Feeds, summary="How the feeds are doing")
    async def feeds() -> Response:
        return _answer({"feeds": state.feeds})

    @api.get("/sensors", response_model=models.Sensors, summary="The node's sensors, and other nodes'")
    async def sensors() -> Response:
        return _answer({"sensors": state.sensors, "others": state.cover})

    @api.get("/health", response_model=models.Health, summary="Are node and picture well? 503 if not")
    async def health() -> Response:
        return _health(state, hub)

    @api.get("/alarms", response_model=models.Alarms, summary="Alarms that stand, and those that ended lately")
    async def alarms() -> Response:
        return _answer({"alarms": state.health.get("alarms", [])})

    @api.get("/mesh", response_model=models.Mesh, responses=NO_MESH, summary="Other nodes and the links to them")
    async def mesh() -> Response:
        return _answer(_mesh(state))

    @api.get(
        "/coastline",
        summary="GeoJSON of the world's overview and the node's area",
        responses={200: {"content": {"application/geo+json": {}}}, 304: {"description": "not changed"}},
        response_class=Response,
    )
    async def shores(request: Request) -> Response:
        return await _coastline(request, str(state.node.get("area") or ""))


def _mesh(state: FaceState) -> dict[str, Any]:
    if not state.health:
        raise HTTPException(404, "the node has not told how it is yet")
    told: dict[str, Any] | None = state.health.get("mesh")
    if told is None:
        raise HTTPException(404, "this node is in no mesh: its node file has no [mesh] with enabled = true")
    return told


def _health(state: FaceState, hub: Hub) -> Response:
    told = answers.health(state, len(hub.browsers), hub.interval)
    return _answer(told, status=200 if told["status"] == "ok" else 503)


def _for_machines(state: FaceState, hub: Hub) -> list[Route]:
    """`/health` and `/metrics`, where other programs look for them."""

    async def health(_: Request) -> Response:
        return _health(state, hub)

    async def told(_: Request) -> Response:
        state.settle()
        from mihari.face.metrics import CONTENT_TYPE, metrics

        return Response(metrics(state, len(hub.browsers)), headers=NEWEST, media_type=CONTENT_TYPE)

    return [Route("/health", health), Route("/metrics", told)]


async def _coastline(request: Request, area: str) -> Response:
    try:
        packed = await run_in_threadpool(coastline, area)
    except BadInput:
        packed = await run_in_threadpool(coastline, "")
    headers = {"etag": packed.etag, "cache-control": "no-cache", "vary": "accept-encoding"}
    if packed.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed.body, headers=headers | {"content-encoding": "gzip"}, media_type="application/geo+json")
    return Response(packed.plain(), headers=headers, media_type="application/geo+json")


def _answer(value: Any, status: int = 200) -> Response:
    return Response(
        orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY), status, headers=NEWEST, media_type="application/json"
    )


def _slot(state: FaceState, id: int) -> int:
    slot = int(state.slots_of([id])[0]) if 0 <= id < 0xFFFFFFFF else -1
    if slot < 0:
        raise HTTPException(404, f"no vessel {id}")
    return slot


def _box(text: str | None) -> Any:
    try:
        return parse_box(None if text is None else [float(v) for v in text.split(",")])
    except (ValueError, FormatError) as error:
        raise HTTPException(422, "box: expected south,west,north,east in degrees") from error


def _mask(names: list[str] | None, kind: type[Category] | type[Source]) -> int | None:
    """Names to a mask: bit per category number, or the bits of `Source` themselves."""
    if not names:
        return None
    known = {str(m.name).lower(): (1 << m if kind is Category else int(m)) for m in kind}
    try:
        return sum({known[n.lower()] for n in names})
    except KeyError as unknown:
        raise HTTPException(422, f"{unknown}: expected one of {', '.join(known)}") from None
