"""What every request must pass: names of this machine only (against DNS rebinding), one origin, strict headers.

OWASP, "Cross-Site WebSocket Hijacking" and the HTTP headers cheat sheet; CSP level 3.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mihari.face.endpoint import AsgiSend, Message, Receive, Scope

BODY_MAX = 64 << 10  # bytes: a decision and its note, or a zone with all its corners
FILE_MAX = 32 << 20  # bytes: a file that is added to a case, or that proves a pattern
FILES = re.compile(r"/api/v1/(cases/\d{1,19}/files|patterns(/preview)?)")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
STRANGER = b"This face answers only under the names of this machine (localhost, 127.0.0.1), and only to its own page.\n"
TOO_LONG = b"Expected a body of at most 64 kB, a file of at most 32 MB, with its length told.\n"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

HEADERS = (
    (
        b"content-security-policy",
        # the map's worker and images are made by the page itself; nothing comes from elsewhere
        b"default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
        b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class Guard:
    """ASGI middleware around everything the face serves."""

    def __init__(self, app: object) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: AsgiSend) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)  # type: ignore[operator]
            return
        headers = dict(scope["headers"])
        if not allowed(headers.get(b"host", b"").decode("latin-1"), _text(headers.get(b"origin"))):
            await _refuse(scope, send)
            return
        length = headers.get(b"content-length")
        if scope["type"] == "http" and scope["method"] in WITH_BODY and not _small(scope["path"], length):
            await _answer(send, 413, TOO_LONG)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)  # type: ignore[operator]


def allowed(host: str, origin: str | None) -> bool:
    """Whether a request for `host` made by a page of `origin` (None: no page) may pass.

    >>> allowed("127.0.0.1:8080", None), allowed("evil.example:8080", None)
    (True, False)
    >>> allowed("localhost:8080", "http://localhost:8080"), allowed("localhost:8080", "http://evil.example")
    (True, False)
    """
    try:
        name = urlsplit(f"//{host}").hostname
        same = origin is None or urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False
    return name in LOOPBACK_NAMES and same


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _small(path: str, length: bytes | None) -> bool:
    """Whether a body of this length is taken at this path: one that does not tell it is not."""
    most = FILE_MAX if FILES.fullmatch(path) else BODY_MAX
    return length is not None and length.isdigit() and int(length) <= most


async def _refuse(scope: Scope, send: AsgiSend) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await _answer(send, 403, STRANGER)


async def _answer(send: AsgiSend, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
