"""The archive's answers on the API: where a vessel was, who was near, the picture at a time.

Short questions are answered in a thread of this process. A past picture is rebuilt in a process of its own, since
that takes seconds of a core: no screen waits for it.
"""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import APIRouter, HTTPException, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mihari.archive.catalogue import Catalogue
from mihari.core.errors import BadInput
from mihari.core.times import parse_time, told_time
from mihari.face import models
from mihari.face.state import FaceState

T = TypeVar("T")
PATIENCE_S = 60.0  # for a past picture
AT_ONCE = 2  # questions; more wait
NEWEST = {"cache-control": "no-store"}
TIME = "2026-11-20T17:05:30Z, 17:05 or -10min, UTC"
Begin = Annotated[str | None, Query(alias="from", description=TIME, examples=["-1h"])]
End = Annotated[str | None, Query(alias="to", description=TIME, examples=["17:30"])]


def add_history(api: APIRouter, state: FaceState) -> None:
    """`/history/...`; 404 where the node keeps no archive."""
    gate = asyncio.Semaphore(AT_ONCE)
    missing: dict[int | str, dict[str, Any]] = {404: {"model": models.Problem, "description": "no archive"}}

    async def asked(question: Callable[[Catalogue], T]) -> T:
        folder = _folder(state)
        async with gate:
            try:
                return await run_in_threadpool(lambda: question(Catalogue(folder)))
            except BadInput as error:
                raise HTTPException(422, str(error)) from None

    @api.get("/history/vessel", response_model=models.Whereabouts, responses=missing, summary="Where a vessel was")
    async def vessel(
        who: Annotated[str, Query(max_length=100, description="MMSI, IMO number, name, call sign, or #7 for vessel 7")],
        begin: Begin = None,
        end: End = None,
    ) -> Response:
        return _answer(await asked(lambda reader: _whereabouts(reader, who, *_span(reader, begin, end))))

    @api.get("/history/near", response_model=models.NearbyList, responses=missing, summary="Who was near a place")
    async def near(
        lat_deg: Annotated[float, Query(ge=-90, le=90, examples=[26.2])],
        lon_deg: Annotated[float, Query(ge=-180, le=180, examples=[127.6])],
        radius: Annotated[float, Query(gt=0, le=100_000, description="m", examples=[2000])] = 2000.0,
        begin: Begin = None,
        end: End = None,
    ) -> Response:
        def question(reader: Catalogue) -> dict[str, Any]:
            from mihari.archive.ask import near as nearby

            found = nearby(reader, lat_deg, lon_deg, radius, *_span(reader, begin, end))
            vessels = [{k: getattr(n, k) for k in models.Nearby.model_fields} for n in found]
            return {"vessels": vessels, "since": _since(reader)}

        return _answer(await asked(question))

    @api.get("/history/picture", response_model=models.PastPicture, responses=missing, summary="The picture at a time")
    async def picture(at: Annotated[str | None, Query(description=TIME, examples=["17:05:30"])] = None) -> Response:
        async with gate:
            return Response(await _rebuilt(_folder(state), at), headers=NEWEST, media_type="application/json")


def _folder(state: FaceState) -> Path:
    folder = str(state.node.get("archive") or "")
    if not folder:
        raise HTTPException(404, "this node keeps no archive: run it with --archive DIR or [archive] in its node file")
    return Path(folder)


def _span(reader: Catalogue, begin: str | None, end: str | None) -> tuple[float, float]:
    runs = reader.runs()
    newest = max((run.end for run in runs), default=math.nan)
    oldest = min((run.begin for run in runs), default=math.nan)
    first = oldest if begin is None else parse_time(begin, newest)
    last = newest if end is None else parse_time(end, newest)
    if last < first:
        raise BadInput(f"to {told_time(last)} lies before from {told_time(first)}; expected a time after it")
    return first, last


def _since(reader: Catalogue) -> float | None:
    """UTC s from which vessels' numbers are those of the picture: the newest run's begin; None: nothing is kept."""
    runs = reader.runs()
    return runs[-1].begin if runs and math.isfinite(runs[-1].begin) else None


def _whereabouts(reader: Catalogue, who: str, begin: float, end: float) -> dict[str, Any]:
    from mihari.archive.whereabouts import whereabouts

    chosen, columns = whereabouts(reader, who, begin, end)
    return {
        "mmsi": chosen.get("mmsi", 0),
        "vessel": chosen.get("vessel", 0),
        "name": chosen.get("name", ""),
        "since": _since(reader),
        "time": columns.get("time", []),
        "lat_deg": columns.get("lat_deg", []),
        "lon_deg": columns.get("lon_deg", []),
    }


async def _rebuilt(folder: Path, at: str | None) -> bytes:
    command = [sys.executable, "-m", "mihari", "history", str(folder), "picture", "--json"]
    command += [] if at is None else [f"--at={at}"]
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        told, problem = await asyncio.wait_for(child.communicate(), PATIENCE_S)
    except TimeoutError:
        raise HTTPException(503, f"the picture took longer than {PATIENCE_S:.0f} s to rebuild") from None
    finally:
        if child.returncode is None:
            child.kill()
    if child.returncode:
        said = problem.decode(errors="replace").strip().splitlines()
        raise HTTPException(422, said[-1] if said else "the picture could not be rebuilt")
    return told


def _answer(value: Any) -> Response:
    told = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(told, headers=NEWEST, media_type="application/json")
