"""The map's port -> who has it; a node that runs there is asked how it is."""

from __future__ import annotations

import errno
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mihari.commands import machine
from mihari.commands.advice import Advice, ok, problem, warning
from mihari.feeds.registry import LIMIT

LISTENING = "0A"  # state of a TCP socket in /proc/net/tcp
PATIENCE_S = 2.0  # a node that runs answers in milliseconds
UNLISTED = 100  # sensors; one station hears a few dozen, a stream of garbage makes hundreds


def findings(port: int) -> Iterator[Advice]:
    """Whether the port is free, who has it, and how the node there is."""
    wrong = machine.tcp_problem("127.0.0.1", port)
    if not wrong:
        yield ok("port", f"{port} is free for the map")
        return
    if os.strerror(errno.EADDRINUSE).lower() not in wrong:
        yield problem("port", wrong, "choose another with --port or [face] port; is the loopback interface up?")
        return
    who = holder(port)
    told = asked(port, "picture")
    if told is None:
        cure = "end it, or choose another port with --port or [face] port"
        yield warning("port", f"{port} is taken by {who or 'a program of another user'}", cure)
        return
    name = told.get("node", {}).get("name", "")
    yield ok("port", f"{port} is that of the running node {name or who}")
    yield from _feeds(asked(port, "feeds") or {})
    yield from _sensors(asked(port, "sensors") or {})


def _feeds(told: dict[str, Any]) -> Iterator[Advice]:
    for feed in told.get("feeds", ()):
        name, state = feed.get("name", ""), feed.get("state", "")
        if feed.get("problem"):
            make = problem if state == "failed" else warning
            yield make(f"feed {name}", f"{state}: {feed['problem']}", "mend it in the node file, then reload the node")
        elif feed.get("shed"):
            cure = "the node is behind: give it more cores, or fewer feeds"
            yield warning(f"feed {name}", f"{feed['shed']} datagrams were thrown away", cure)
        else:
            yield ok(f"feed {name}", f"{state}, {feed.get('messages', 0)} messages")


def _sensors(told: dict[str, Any]) -> Iterator[Advice]:
    count = len(told.get("sensors", ()))
    if count < UNLISTED:
        return
    full = f" of {LIMIT} at most" if count >= LIMIT else ""
    cure = "look which feed brings SAC/SIC or stations that do not exist: it may carry something else than it says"
    yield warning("sensors", f"{count} sensors have been heard{full}", cure)


def asked(port: int, what: str) -> dict[str, Any] | None:
    """What a node on this port answers; None where none does."""
    url = f"http://127.0.0.1:{port}/api/v1/{what}"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=PATIENCE_S) as answer:
            told = json.loads(answer.read(1 << 24))
    except (OSError, ValueError, urllib.error.URLError):
        return None
    return told if isinstance(told, dict) else None


def holder(port: int, proc: Path = Path("/proc")) -> str:
    """The program that listens on a TCP port, as far as this user may see: its name and process id."""
    sockets = {f"socket:[{inode}]" for inode in listeners(proc, port)}
    for folder in proc.glob("[0-9]*/fd") if sockets else ():
        try:
            if any(os.readlink(link) in sockets for link in folder.iterdir()):
                name = (folder.parent / "comm").read_text().strip()
                return f"{name} (process {folder.parent.name})"
        except OSError:  # of another user, or gone
            continue
    return ""


def listeners(proc: Path, port: int) -> Iterator[str]:
    """The inodes of the TCP sockets that listen on a port. proc(5), /proc/net/tcp."""
    for name in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / name).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in (line.split() for line in lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
