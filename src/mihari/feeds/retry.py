"""How long to wait before the next try, and how a silent peer is found to be gone."""

from __future__ import annotations

import errno
import random
import socket

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
JITTER = 0.25  # ± of the wait, so that a fleet of nodes does not knock at a restarted server all at once


def backoff(attempt: int, rng: random.Random, longest: float = LONGEST_WAIT_S) -> float:
    """Seconds to wait before attempt `attempt` (1 is the first retry): doubling from 1 s to `longest`, with jitter.

    >>> [round(backoff(n, random.Random(1)) / min(2.0 ** (n - 1), 60.0), 3) for n in (1, 4, 12)]  # the same jitter
    [0.817, 0.817, 0.817]
    """
    wait = min(FIRST_WAIT_S * 2.0 ** min(attempt - 1, 16), longest)
    return wait * (1 + JITTER * (2 * rng.random() - 1))


def keep_alive(sock: socket.socket) -> None:
    """Find out within about a minute that a peer is gone: one that is silent, or one that takes nothing any more.

    A receiver may be silent for hours and be well, so silence alone proves nothing (RFC 1122, 4.2.3.6; RFC 5482).
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 30),
        ("TCP_KEEPINTVL", 10),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", 60_000),  # ms
    ):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def why(error: OSError) -> str:
    """Why a connection could not be had or was lost, in a few words."""
    if isinstance(error, TimeoutError):
        return "no answer"
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there"
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return "the peer broke the connection"
    if error.errno == errno.EIO:  # how Linux tells of a serial device that was pulled out
        return "the device is gone"
    return error.strerror or str(error) or "the connection failed"
