"""This machine's ports, devices, routes, folders, disk -> why one cannot be used, in a few words; changes nothing."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

GB = 1e9  # bytes


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
