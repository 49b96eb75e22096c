"""This machine -> what makes a node lose or stop: disk, buffers, routes, devices, cores, memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from mihari.commands import machine
from mihari.commands.advice import Advice, ok, problem, warning
from mihari.commands.node_here import NEARLY_FULL
from mihari.core import workers

FREE_GB = 1.0  # the archive's default: with less it stops
FULL_GB = 0.1  # less than one compile of all kernels takes
MEMORY_GB = 1.0  # pipeline and face with 10,000 vessels
GROUP = "239.192.0.1"  # of IEC 61162-450: organisation-local multicast


def findings() -> Iterator[Advice]:
    """All of them."""
    yield disk()
    yield from archive()
    yield buffers()
    yield multicast()
    yield from serial_devices()
    yield cores()
    yield memory()


def disk() -> Advice:
    """Room for kernels."""
    home = Path(os.environ.get("MIHARI_CACHE") or platformdirs.user_cache_dir("mihari"))
    free = machine.free_gb(home)
    cure = "make room, or set MIHARI_CACHE to a folder on another disk"
    if free < FULL_GB:
        return problem("disk", f"{free * 1000:.0f} MB free for {home}", cure)
    if free < FREE_GB:
        return warning("disk", f"{free:.1f} GB free for {home}", cure)
    return ok("disk", f"{free:.0f} GB free")


def archive() -> Iterator[Advice]:
    """Room for the archive, where it lies by default."""
    folder = Path(platformdirs.user_data_dir("mihari")) / "archive"
    if wrong := machine.folder_problem(folder):
        yield warning("archive", wrong, "give [archive] a path that this user may write to")
        return
    free = machine.free_gb(folder)
    cure = "make room, or give [archive] a path on another disk"
    if free < FREE_GB * NEARLY_FULL:
        yield warning("archive", f"{free:.1f} GB free for {folder}: below {FREE_GB:g} GB it stops", cure)
    else:
        yield ok("archive", f"{folder} can be written")


def buffers(path: Path = Path("/proc/sys/net/core/rmem_max")) -> Advice:
    """How large a UDP receive buffer may be."""
    from mihari.feeds.udp import RECEIVE_BUFFER

    try:
        most = int(path.read_text())
    except (OSError, ValueError):
        return ok("UDP buffers", "this system does not tell how large they may be")
    if most >= RECEIVE_BUFFER:
        return ok("UDP buffers", f"up to {most / 1024:.0f} KiB")
    cure = (
        f"`sysctl -w net.core.rmem_max={RECEIVE_BUFFER}` (root), and the same in /etc/sysctl.d: bursts lose datagrams"
    )
    return warning("UDP buffers", f"up to {most / 1024:.0f} KiB, expected {RECEIVE_BUFFER // 1024}", cure)


def multicast() -> Advice:
    """Whether groups can be joined without naming an interface."""
    if machine.has_route(GROUP):
        return ok("multicast", f"has a route ({GROUP})")
    cure = "`ip route add 239.0.0.0/8 dev INTERFACE` (root), or interface=ADDRESS in the feed's address"
    return warning("multicast", f"no route to {GROUP}", cure)


def serial_devices(folder: Path = Path("/dev")) -> Iterator[Advice]:
    """Serial lines that are there, and whether this user may open them."""
    names = sorted(path for pattern in ("ttyUSB*", "ttyACM*", "ttyAMA*") for path in folder.glob(pattern))
    for path in names:
        if wrong := machine.device_problem(str(path)):
            yield warning("serial", wrong.partition("`")[0].rstrip(" :") or wrong, _cure(wrong))
        else:
            yield ok("serial", f"{path} can be opened")
    if not names:
        yield ok("serial", "no USB serial device is plugged in")


def _cure(wrong: str) -> str:
    found = re.search(r"`.*", wrong)
    return found[0] if found else "give the feed a serial device"


def cores() -> Advice:
    """Two are wanted."""
    count = workers.cores()
    if count > 1:
        return ok("cores", str(count))
    return warning("cores", "1", "two are wanted: the pipeline and the face are two processes")


def memory(path: Path = Path("/proc/meminfo")) -> Advice:
    """What is available."""
    try:
        found = re.search(r"MemAvailable:\s+(\d+) kB", path.read_text())
    except OSError:
        found = None
    if found is None:
        return ok("memory", "this system does not tell how much is available")
    free = int(found[1]) * 1024 / machine.GB
    if free < MEMORY_GB:
        return warning(
            "memory", f"{free:.1f} GB available, expected {MEMORY_GB:g}", "end other programs, or add memory"
        )
    return ok("memory", f"{free:.1f} GB available")
