"""The sections of a node file -> what stands in their way on this machine: ports, devices, folders, disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mihari.commands.findings import Found, Parts
from mihari.commands.machine import device_problem, folder_problem, free_gb, has_route, tcp_problem, used_gb
from mihari.core.config import TEMPORARY
from mihari.core.errors import BadInput
from mihari.feeds.address import FeedAddress

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


def records_place(parts: Parts) -> Iterator[Found]:
    """Records of alerts that cannot be: an address that is none, a folder that cannot be written."""
    from mihari.alerts.records import url_of

    alerts = parts.alerts
    try:
        url = url_of(alerts.address(parts.node.name))
    except BadInput as error:
        yield Found("mistake", ("alerts", "records"), str(error).removeprefix("records: "))
        return
    if not alerts.enabled or alerts.records == TEMPORARY:
        return
    if url.drivername == "sqlite" and (problem := folder_problem(Path(str(url.database)).parent)):
        yield Found("warning", ("alerts", "records"), problem)


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (
    feed_doors,
    face_port,
    archive_folder,
    log_folder,
    records_place,
)
