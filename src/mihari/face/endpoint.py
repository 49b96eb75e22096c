"""The WebSocket `/api/v1/stream` as a bare ASGI application: views in, frames out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

from mihari.core.errors import FormatError
from mihari.face.stream import MAX_BROWSERS, Browser, Hub
from mihari.face.view import parse_view

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
AsgiSend = Callable[[Message], Awaitable[None]]

TRY_LATER = 1013  # RFC 6455 registry: try again later


class StreamEndpoint:
    """One instance serves all browsers; `Guard` has checked Host and Origin before."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: AsgiSend) -> None:
        """Serve one browser until it leaves or takes nothing any more."""
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        if len(self._hub.browsers) >= MAX_BROWSERS:
            await send({"type": "websocket.close", "code": TRY_LATER, "reason": "too many browsers"})
            return
        browser = Browser(lambda frame: send({"type": "websocket.send", "bytes": frame}))
        sender = self._hub.add(browser)
        reader = asyncio.get_running_loop().create_task(self._read(browser, receive))
        try:
            await asyncio.wait({sender, reader}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.remove(browser)
            reader.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)

    async def _read(self, browser: Browser, receive: Receive) -> None:
        """Take the browser's views until it disconnects; what is no view is passed over."""
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                browser.view = parse_view(orjson.loads(message.get("text") or message.get("bytes") or b""))
            except (orjson.JSONDecodeError, FormatError):
                continue
            self._hub.wake()
