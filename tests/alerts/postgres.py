"""A real PostgreSQL of its own, on a socket in a folder, ended with the tests."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOT_ROOT = ("postgres", "nobody")  # the server refuses to run as root


def found(program: str) -> str | None:
    """Where a program of PostgreSQL lies: on the path, or where Debian puts it."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), reverse=True)
    return shutil.which(program) or (str(debian[0]) if debian else None)


def missing() -> str:
    """What is not there that a server needs; '' for nothing."""
    absent = [p for p in ("initdb", "postgres") if found(p) is None]
    if not absent and os.geteuid() == 0 and (user() is None or shutil.which("setpriv") is None):
        absent = ["a user to run it as"]
    return ", ".join(absent)


def user() -> pwd.struct_passwd | None:
    """Whom to run it as."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    known = {one.pw_name: one for one in pwd.getpwall()}
    return next((known[name] for name in NOT_ROOT if name in known), None)


def _as_user(command: list[str]) -> list[str]:
    who = user()
    assert who is not None
    if os.geteuid():
        return command
    return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups", *command]


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database `{name}` may be put into: postgresql+psycopg://…/postgres."""
    folder = Path(tempfile.mkdtemp(prefix="mihari-pg-"))
    who = user()
    assert who is not None
    os.chown(folder, who.pw_uid, who.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = str(folder / "db")
    initdb = [str(found("initdb")), "-D", place, "-U", "mihari", "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_user(initdb), check=True, capture_output=True, cwd=folder)
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-c", "shared_buffers=16MB", "-c", "fsync=off"]
    command = _as_user([str(found("postgres")), "-D", place, *options])
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)
    try:
        _wait(port, running)
        yield f"postgresql+psycopg://mihari@127.0.0.1:{port}/postgres"
    finally:
        running.send_signal(signal.SIGQUIT)  # at once, whoever is connected
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(port: int, running: subprocess.Popen[bytes]) -> None:
    import time

    import psycopg

    for _ in range(200):
        if running.poll() is not None:
            raise RuntimeError(f"postgres ended with {running.returncode} as {getpass.getuser()}")
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=mihari dbname=postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("postgres did not answer")
