"""Pictures that simulated aircraft took, served over HTTP on loopback to whoever was told where they are."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEPT = 200  # pictures; the oldest go


class Stills:
    """`put` a picture, get the address at which it can be had; "" where nothing serves them.

    >>> Stills().put("tb3", b"jpeg")
    ''
    """

    def __init__(self, base: str = "") -> None:
        self.base = base
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._count = 0

    def put(self, name: str, data: bytes) -> str:
        """Keep one."""
        if not self.base:
            return ""
        with self._lock:
            self._count += 1
            path = f"/{name}/{self._count}.jpg"
            self._held[path] = data
            while len(self._held) > KEPT:
                self._held.popitem(last=False)
        return self.base + path

    def get(self, path: str) -> bytes | None:
        """The picture at a path."""
        with self._lock:
            return self._held.get(path)


@contextlib.contextmanager
def serving(stills: Stills, port: int) -> Iterator[None]:
    """Serve them at 127.0.0.1:`port` for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        """GET of one picture."""

        def do_GET(self) -> None:
            """Answer."""
            data = stills.get(self.path)
            self.send_response(404 if data is None else 200)
            self.send_header("content-type", "image/jpeg")
            self.send_header("content-length", str(len(data or b"")))
            self.end_headers()
            if data is not None:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is said of it."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    stills.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, name="stills", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5.0)
