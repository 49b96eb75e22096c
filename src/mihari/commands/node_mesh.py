"""The mesh of a node file -> what does not fit together, and what stands in its way on this machine: keys, ports."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

from mihari.commands.findings import Found, Parts
from mihari.commands.machine import tcp_problem
from mihari.core.errors import BadInput
from mihari.core.mesh_sections import ADDRESS

DAY_S = 86_400.0
SOON_S = 30 * DAY_S  # certificates that end so soon are told


def alone(parts: Parts) -> Iterator[Found]:
    """A mesh of one: it neither listens nor calls anybody; links that nobody opens."""
    mesh = parts.mesh
    if mesh.enabled and not mesh.listen and not parts.links and not parts.modems:
        yield Found("warning", ("mesh",), "expected listen, a [[link]] or a [[modem]]: so it meets no other node")
    if not mesh.enabled and parts.links:
        yield Found("warning", ("link", min(parts.links)), "expected enabled = true in [mesh]: this link is not opened")


def circles(parts: Parts) -> Iterator[Found]:
    """A link to this node itself, or two to one place."""
    seen: dict[str, int] = {}
    for index, link in parts.links.items():
        if link.url in parts.mesh.listen:
            yield Found("mistake", ("link", index, "url"), f"{link.url} is where this node listens itself")
        elif (first := seen.setdefault(link.url, index)) != index:
            yield Found(
                "mistake", ("link", index, "url"), f"link[{first}] goes to {link.url} already; expected it once"
            )


def keys(parts: Parts) -> Iterator[Found]:
    """Keys that are missing, do not fit, or hold not much longer."""
    from mihari.mesh.keys import Identity, read_certificate

    if not parts.mesh.enabled:
        return
    folder = parts.mesh.keys_folder(parts.node.name)
    try:
        identity = Identity.load(folder, parts.node.name)
        ends = [(p, read_certificate(p).not_valid_after_utc) for p in (identity.tls_certificate, identity.ca)]
    except BadInput as error:
        yield Found("warning", ("mesh", "keys"), f"{error} (`mihari node init --mesh` makes keys)")
        return
    for path, end in ends:
        left = end.timestamp() - time.time()
        if left < SOON_S:
            told = f"{path}: holds until {end:%Y-%m-%d}" if left > 0 else f"{path}: has not held since {end:%Y-%m-%d}"
            yield Found("warning", ("mesh", "keys"), told)


def doors(parts: Parts) -> Iterator[Found]:
    """Addresses that cannot be listened on now, and names of other nodes that nobody knows."""
    if not parts.mesh.enabled or parts.mesh.carrier != "zenoh":
        return
    for address in parts.mesh.listen:
        scheme, host, port = _place(address)
        problem = _datagrams_problem(host, port) if scheme == "quic" else tcp_problem(host, port)
        if port and problem:
            yield Found("warning", ("mesh", "listen"), f"{problem}; perhaps the node runs already")
    for index, link in parts.links.items():
        _, host, port = _place(link.url)
        try:
            socket.getaddrinfo(host, port)
        except OSError as error:
            told = (error.strerror or str(error)).lower()
            yield Found("warning", ("link", index, "url"), f"{host} cannot be looked up now: {told}")


def _place(address: str) -> tuple[str, str, int]:
    found = ADDRESS.fullmatch(address)
    assert found is not None  # checked as the section was read
    return found["scheme"], found["host"].strip("[]"), int(found["port"])


def _datagrams_problem(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((host, port))
        except OSError as error:
            return f"UDP port {port} cannot be listened on now: {(error.strerror or str(error)).lower()}"
    return ""


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (alone, circles, keys, doors)
