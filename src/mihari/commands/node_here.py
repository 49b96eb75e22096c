"""The sections of a node file -> what stands in their way on this machine: ports, devices, folders, disk."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mihari.commands.findings import Found, Parts
from mihari.core.errors import BadInput
from mihari.feeds.address import FeedAddress

GB = 1e9  # bytes
NEARLY_FULL = 2.0  # times free_gb: what is left before the archive stops


def feed_doors(parts: Parts) -> Iterator[Found]:
    """Ports in use, addresses and groups this machine has not, devices and files that are not there."""
    for index, address in parts.addresses.items():
        look = DOORS.get(address.scheme)
        for level, problem in look(address) if look else ():
            yield Found("mistake" if level == "mistake" else "warning", ("feed", index, "url"), problem)


def _udp(address: FeedAddress) -> Iterator[tuple[str, str]]:
    from mihari.feeds.udp import bind

    try:
        bind(address).close()
    except BadInput as error:
        yield "warning", str(error).removeprefix(f"{address.text}: ")
    if address.multicast and not address.interface and ":" not in address.host and not has_route(address.host):
        yield "warning", f"no route to {address.host}: expected interface=ADDRESS, or a route for multicast"


def _listen(address: FeedAddress) -> Iterator[tuple[str, str]]:
    if problem := tcp_problem(address.host, address.port):
        yield "warning", problem


def _serial(address: FeedAddress) -> Iterator[tuple[str, str]]:
    if problem := device_problem(address.path):
        yield "warning", problem


def _recording(address: FeedAddress) -> Iterator[tuple[str, str]]:
    path = Path(address.path)
    if not path.is_file():
        yield ("mistake" if address.recorded else "warning"), f"{path}: no such file"
    elif not os.access(path, os.R_OK):
        yield ("mistake" if address.recorded else "warning"), f"{path}: this user may not read it"


DOORS: dict[str, Callable[[FeedAddress], Iterator[tuple[str, str]]]] = {
    "udp": _udp, "udp450": _udp, "tcp-listen": _listen, "serial": _serial, "file": _recording, "pcap": _recording,
}  # fmt: skip


def tcp_problem(host: str, port: int) -> str:
    """Why this machine cannot listen on a TCP port; "" when it can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((host, port))
            sock.listen(1)
        except OSError as error:
            return f"port {port} cannot be listened on now: {(error.strerror or str(error)).lower()}"
    return ""


def device_problem(path: str) -> str:
    """Why a serial device cannot be used; "" when it can."""
    device = Path(path)
    if not device.exists():
        return f"{path}: no such device; the feed waits until it is plugged in"
    if not stat.S_ISCHR(device.stat().st_mode):
        return f"{path}: expected a serial device, found a file"
    if os.access(path, os.R_OK | os.W_OK):
        return ""
    try:
        group = device.group()
    except KeyError:
        group = str(device.stat().st_gid)
    return f"{path}: this user may not open it: `usermod -aG {group} USER` (root), then sign in again"


def has_route(host: str) -> bool:
    """Whether the system knows where datagrams to this address go; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((host, 9))
        except OSError:
            return False
    return True


def face_port(parts: Parts) -> Iterator[Found]:
    """The map's port is taken."""
    face = parts.face
    if face.enabled and face.port and (problem := tcp_problem("127.0.0.1", face.port)):
        yield Found("warning", ("face", "port"), f"{problem}; perhaps a node runs already")


def archive_folder(parts: Parts) -> Iterator[Found]:
    """An archive that cannot be written, or soon not any more."""
    archive = parts.archive
    if not archive.enabled:
        return
    folder = archive.folder(parts.node.name)
    if problem := folder_problem(folder):
        yield Found("warning", ("archive", "path"), problem)
        return
    free = free_gb(folder)
    if free < archive.free_gb * NEARLY_FULL:
        told = f"{folder}: {free:.1f} GB are free, and with less than free_gb = {archive.free_gb:g} the archive stops"
        yield Found("warning", ("archive", "path"), told)
    elif archive.quota_gb > free + used_gb(folder):
        told = f"{archive.quota_gb:g} GB are more than the disk has left ({free:.1f} GB); expected less"
        yield Found("warning", ("archive", "quota_gb"), told)


def log_folder(parts: Parts) -> Iterator[Found]:
    """A log that cannot be written."""
    if parts.health.log_file and (problem := folder_problem(Path(parts.health.log_file).expanduser().parent)):
        yield Found("warning", ("health", "log_file"), problem)


def folder_problem(folder: Path) -> str:
    """Why nothing can be written there, the folder made where there is none; "" when it can."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        return f"{there}: expected a folder, found a file"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"{there}: this user may not write there"
    return ""


def free_gb(folder: Path) -> float:
    """GB free where a folder is, or would be."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free / GB


def used_gb(folder: Path) -> float:
    """GB that a folder's files take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / GB if folder.exists() else 0.0


def readable_secrets(path: str, parts: Parts) -> Iterator[Found]:
    """A password in a file that other users may read."""
    secret = any(_has_password(feed.url) for feed in parts.feeds.values())
    if secret and os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield Found("warning", (), f"holds a password, and others may read the file: `chmod 600 {path}`")


def _has_password(url: str) -> bool:
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return False


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (feed_doors, face_port, archive_folder, log_folder)
