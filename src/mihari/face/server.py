"""Run the face: bind a loopback port, serve until told to stop or until the parent goes away."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from mihari.core.errors import BadInput
from mihari.face.app import create_app
from mihari.face.page import PAGE

SEND_BUFFER = 256 << 10  # bytes the system may hold for one browser: what lies there is old by the time it is read
USER_TIMEOUT_MS = 30_000  # the system cuts a connection whose peer takes nothing for so long (RFC 5482)
READY = "ready "  # the line that tells the parent the port


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on a loopback address; BadInput says in one sentence why there is none."""
    if not _is_loopback(host):
        raise BadInput(
            "until there is sign-in the face listens on loopback only: "
            f"expected 127.0.0.1, ::1 or localhost, found {host}"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise BadInput(_bind_problem(host, port, error)) from None
    return sock


def _bind_problem(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use by another program: choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} may not be used without special rights: choose one above 1023 with --port"
    return f"cannot listen on {host} port {port}: {error.strerror or error}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(address: str | None, host: str, port: int, *, with_parent: bool = False, page: Path = PAGE) -> None:
    """Serve until a signal; `with_parent`: also until standard input ends, and tell `ready PORT` on standard output."""
    sock = bind(host, port)
    config = uvicorn.Config(
        create_app(address, page),
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=4096,  # a browser sends nothing but views
        ws_per_message_deflate=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = uvicorn.Server(config)
    line = ""
    if with_parent:
        threading.Thread(target=_watch_parent, args=(server,), daemon=True).start()
        line = f"{READY}{sock.getsockname()[1]}"
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve_and_tell(server, sock, line))


async def _serve_and_tell(server: uvicorn.Server, sock: socket.socket, line: str) -> None:
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    with contextlib.suppress(OSError):
        print(line, end="\n" if line else "", flush=True)
    await serving


def _watch_parent(server: uvicorn.Server) -> None:
    """End when standard input does: the parent holds its other end for as long as it lives."""
    while sys.stdin.buffer.read(1024):
        pass
    server.should_exit = True
