"""The modems of a node file -> what does not fit together, and what this machine lacks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mihari.commands.findings import Found, Parts
from mihari.core.errors import BadInput
from mihari.core.mesh_sections import ModemSection, datagram_place


def doubled_ports(parts: Parts) -> Iterator[Found]:
    """A modem that listens where another or a feed does, or sends to itself."""
    seen = {a.port: f"feed[{index}]" for index, a in parts.addresses.items() if a.scheme == "udp" and not a.multicast}
    for index, modem in parts.modems.items():
        if modem.listen and modem.listen == modem.send:
            yield Found("mistake", ("modem", index, "send"), f"expected another address than listen, {modem.listen}")
        if not modem.listen:
            continue
        port = datagram_place(modem.listen)[1]
        if (first := seen.setdefault(port, f"modem[{index}]")) != f"modem[{index}]":
            yield Found("mistake", ("modem", index, "listen"), f"port {port} is that of {first}; expected another one")


def doors(parts: Parts) -> Iterator[Found]:
    """A port that cannot be listened on now."""
    for index, modem in parts.modems.items():
        if modem.listen and (problem := _door_problem(modem)):
            yield Found("warning", ("modem", index, "listen"), problem)


def _door_problem(modem: ModemSection) -> str:
    from mihari.mesh.modem import bound

    try:
        bound(modem.name, *datagram_place(modem.listen)).close()
    except BadInput as error:
        return str(error).removeprefix(f"modem {modem.name}: ")
    return ""


def shared_key(parts: Parts) -> Iterator[Found]:
    """Modems without the key that the coast's nodes share."""
    from mihari.mesh.keys import modem_key_in
    from mihari.mesh.modem import missing_key

    if not parts.modems or not parts.mesh.enabled:
        return
    folder = parts.mesh.keys_folder(parts.node.name)
    try:
        if not modem_key_in(folder):
            yield Found("warning", ("modem", min(parts.modems)), missing_key(folder))
    except BadInput as error:
        yield Found("warning", ("modem", min(parts.modems)), str(error))


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (doubled_ports, doors, shared_key)
