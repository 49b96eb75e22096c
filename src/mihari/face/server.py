"""Run the face on a bound socket: serve until told to stop or until the parent goes away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from mihari.alerts.records import Records
from mihari.face import news
from mihari.face.app import create_app
from mihari.face.page import PAGE

READY = "ready "  # the line that tells the parent the port


def serve(
    address: str | None, sock: socket.socket, *, with_parent: bool = False, page: Path = PAGE, records: str = ""
) -> None:
    """Serve on a bound socket until a signal; `with_parent`: also until standard input ends, and print `ready PORT`.

    `records`: address of the records of alerts, "" for none.
    """
    news.warm()  # now, not while browsers wait
    config = uvicorn.Config(
        create_app(address, page, records=Records(records) if records else None),
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
    stdin = sys.stdin.fileno()  # not through sys.stdin: the end of the program would wait for its lock
    while os.read(stdin, 1024):
        pass
    server.should_exit = True
