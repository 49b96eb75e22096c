"""A listening socket for the face: loopback only, with one clear sentence where there is none."""

from __future__ import annotations

import errno
import ipaddress
import socket

from mihari.core.errors import BadInput

SEND_BUFFER = 256 << 10  # bytes the system may hold for one browser: what lies there is old by the time it is read
USER_TIMEOUT_MS = 30_000  # the system cuts a connection whose peer takes nothing for so long (RFC 5482)


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
