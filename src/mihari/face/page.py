"""The built web page: index.html fresh every time, hashed assets for ever; a clear word when it is not built."""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

PAGE = Path(__file__).with_name("page")

NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Mihari: the map is not built</title>
<h1>The map is not built yet</h1>
<p>This installation comes from a clone, where the web page is built once:</p><pre>make page</pre>
<p>Then load this page again. The API works already: <a href="/api/v1/picture">/api/v1/picture</a>,
<a href="/api/v1/openapi.json">its description</a>.</p></html>"""


class _Assets(StaticFiles):
    """Files whose names carry a hash of their content: a browser may keep them for ever."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


class _Files(StaticFiles):
    """Everything else of the page: asked for anew each time, answered 304 when unchanged."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        if not Path(str(self.directory), "index.html").is_file():
            return HTMLResponse(NOT_BUILT, status_code=503, headers={"cache-control": "no-store"})
        response = await super().get_response(path, scope)
        response.headers.setdefault("cache-control", "no-cache")
        return response


def page_routes(folder: Path = PAGE) -> list[BaseRoute]:
    """Routes of the page in `folder`, to come after those of the API."""
    return [
        Mount("/assets", _Assets(directory=folder / "assets", check_dir=False), name="assets"),
        Mount("/", _Files(directory=folder, html=True, check_dir=False), name="page"),
    ]
