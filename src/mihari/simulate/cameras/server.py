"""A simulated camera on HTTP: SOAP posts and a snapshot behind digest authentication, and the ways in which it fails.

HTTP digest: RFC 7616 with MD5, as cameras have it. For tests and exercises on the own machine, not for a network.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from mihari.simulate.cameras.model import SimulatedCamera
from mihari.simulate.cameras.services import OPEN, Services
from mihari.simulate.cameras.soap import REQUEST_MAX, Doorkeeper, Fault, envelope, fault, parse

REALM = "camera"


@dataclass(slots=True)
class Faults:
    """How it fails: waits so long before every answer; answers these bytes in place of SOAP, or of a picture."""

    wait_s: float = 0.0
    garbage: bytes | None = None
    picture: bytes | None = None


class CameraServer:
    """`with CameraServer(camera, "watch", "secret") as one: one.url`; `stop` and `start` it to have it gone and back.

    `clock_ahead`: s by which its clock is wrong. Without a user it lets everybody in.
    """

    def __init__(
        self, camera: SimulatedCamera, user: str = "", password: str = "", host: str = "127.0.0.1", port: int = 0,
        clock_ahead: float = 0.0,
    ) -> None:  # fmt: skip
        self.camera, self.host, self.port, self.faults = camera, host, port, Faults()
        self.keeper, self.clock_ahead = Doorkeeper(user, password), clock_ahead
        self.nonce = secrets.token_hex(8)
        self._http: _Http | None = None
        self.services: Services

    @property
    def url(self) -> str:
        """Its device service."""
        return f"http://{self.host}:{self.port}/onvif/device_service"

    def camera_clock(self) -> float:
        """UTC s, as it believes."""
        return self.camera.clock() + self.clock_ahead

    def start(self) -> Self:
        """Listen; on the same port as before where it was stopped."""
        self._http = _Http((self.host, self.port), _handler(self))
        self.port = self._http.server_address[1]
        if not hasattr(self, "services"):
            self.services = Services(self.camera, f"http://{self.host}:{self.port}", self.camera_clock)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), name="camera", daemon=True).start()
        return self

    def stop(self) -> None:
        """Gone, with all connections."""
        if self._http is not None:
            self._http.shutdown()
            self._http.end()
            self._http = None

    def close(self) -> None:
        """Gone."""
        self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def soap(self, body: bytes) -> tuple[int, bytes]:
        """Status and envelope."""
        try:
            asked = parse(body)
            if asked.name not in OPEN:
                self.keeper.check(asked.token, self.camera_clock())
            return 200, envelope(self.services.answer(asked))
        except Fault as problem:
            return problem.status, fault(problem)

    def lets_in(self, authorization: str, path: str) -> bool:
        """Whether an HTTP digest proves that the sender knows the password."""
        if not self.keeper.user:
            return True
        told = {
            name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', authorization)
        }
        ours = _md5(f"{self.keeper.user}:{REALM}:{self.keeper.password}"), _md5(f"GET:{path}")
        middle = ":".join(told.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
        right = secrets.compare_digest(
            told.get("response", "").encode(), _md5(f"{ours[0]}:{middle}:{ours[1]}").encode()
        )
        return right and told.get("nonce") == self.nonce and told.get("username") == self.keeper.user


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class _Http(ThreadingHTTPServer):
    """Knows its connections, so that it can break them."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is nothing to tell."""

    def end(self) -> None:
        self.server_close()
        for one in list(self.open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _handler(server: CameraServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30.0
        wbufsize = 1 << 16  # head and body in one segment, not the body after the head is acknowledged

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            if not 0 < length <= REQUEST_MAX:
                self.answer(413, b"", "text/plain")
                return
            body = self.rfile.read(length)
            time.sleep(server.faults.wait_s)
            status, told = (200, server.faults.garbage) if server.faults.garbage is not None else server.soap(body)
            self.answer(status, told, "application/soap+xml; charset=utf-8")

        def do_GET(self) -> None:
            time.sleep(server.faults.wait_s)
            if self.path != "/snapshot.jpg":
                self.answer(404, b"", "text/plain")
            elif not server.lets_in(self.headers.get("authorization", ""), self.path):
                asked = f'Digest realm="{REALM}", nonce="{server.nonce}", qop="auth", algorithm=MD5'
                self.answer(401, b"", "text/plain", ("www-authenticate", asked))
            elif server.faults.picture is not None:
                self.answer(200, server.faults.picture, "image/jpeg")
            else:
                self.answer(200, server.camera.still(), "image/jpeg")

        def answer(self, status: int, body: bytes, kind: str, *more: tuple[str, str]) -> None:
            self.send_response_only(status)
            for name, value in (("content-type", kind), ("content-length", str(len(body))), *more):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return Handler
