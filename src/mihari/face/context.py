"""What a coast has taught, on the API: map layers as GeoJSON, written by the node now and then."""

from __future__ import annotations

import gzip
from enum import StrEnum
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from mihari.face import models
from mihari.face.state import FaceState

SUFFIX = ".geojson.gz"


class Layer(StrEnum):
    """The layers there are."""

    TRAFFIC = "traffic"
    RECEPTION = "reception"
    RADAR = "radar"
    ANCHORAGES = "anchorages"


def add_context(api: APIRouter, state: FaceState) -> None:
    """`/context/...`; 404 where nothing is learned, or not yet."""
    missing: dict[int | str, dict[str, Any]] = {
        200: {"content": {"application/geo+json": {}}},
        304: {"description": "not changed"},
        404: {"model": models.Problem, "description": "nothing learned yet"},
    }

    @api.get("/context/{layer}", responses=missing, response_class=Response, summary="What the coast has taught")
    async def learned(layer: Layer, request: Request) -> Response:
        folder = str(state.node.get("context") or "")
        path = Path(folder) / (layer.value + SUFFIX)
        try:
            told = path.stat()
            body = await run_in_threadpool(path.read_bytes) if folder else b""
        except OSError:
            body = b""
        if not body:
            raise HTTPException(404, "nothing learned yet: the layers are made a few seconds after the start")
        etag = f'"{told.st_mtime_ns:x}"'
        headers = {"etag": etag, "cache-control": "no-cache", "vary": "accept-encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers |= {"content-encoding": "gzip"}
            return Response(body, headers=headers, media_type="application/geo+json")
        return Response(gzip.decompress(body), headers=headers, media_type="application/geo+json")
