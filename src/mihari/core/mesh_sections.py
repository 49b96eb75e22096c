"""The sections of a node file about other nodes: `[mesh]`, `[[link]]`, `[[modem]]`; addresses as `tls/HOST:PORT`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, Self

import platformdirs
from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from mihari.core.section import Section, file_name

LinkProfile = Literal["lan", "cellular", "satellite", "radio", "acoustic"]
PLACE = r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/#?\[\]]+):(?P<port>\d{1,5})"
ADDRESS = re.compile(rf"(?P<scheme>tls|quic|tcp)/{PLACE}")
DATAGRAMS = re.compile(rf"udp/{PLACE}")
MISFIT = "misfit"  # kind of a mistake that tells its place itself


def checked_address(address: str) -> str:
    """The address of a link's end; ValueError where it is none.

    >>> checked_address("tls/[::1]:7447")
    'tls/[::1]:7447'
    """
    found = ADDRESS.fullmatch(address)
    if found is None or int(found["port"]) > 65535:
        raise ValueError(f"expected tls/HOST:PORT, quic/HOST:PORT or tcp/HOST:PORT, found {address}")
    return address


def datagram_place(address: str) -> tuple[str, int]:
    """(host, port) of a modem's end; ValueError where it is none.

    >>> datagram_place("udp/[::1]:7450")
    ('::1', 7450)
    """
    found = DATAGRAMS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) <= 65535:
        raise ValueError(f"expected udp/HOST:PORT, found {address}")
    return found["host"].strip("[]"), int(found["port"])


def open_to_others(address: str) -> bool:
    """Whether an address is without TLS and not of this machine alone.

    >>> [open_to_others(a) for a in ("tcp/127.0.0.1:1", "tcp/[::1]:1", "tls/192.0.2.1:1", "tcp/0.0.0.0:1")]
    [False, False, False, True]
    """
    found = ADDRESS.fullmatch(address)
    if found is None or found["scheme"] != "tcp":
        return False
    host = found["host"].strip("[]")
    try:
        return host != "localhost" and not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


class MeshSection(Section):
    """`[mesh]`: other nodes of this coast, with which the picture is shared."""

    enabled: bool = Field(False, description="share the picture with other nodes", examples=[True])
    keys: str = Field(
        "",
        description="folder with this node's keys and the coast's ca.pem, made by `mihari node init --mesh`; "
        "default: mihari/keys/NAME among the user's data",
        examples=["/etc/mihari/keys"],
    )
    listen: tuple[str, ...] = Field(
        (), description="addresses at which other nodes reach this one: tls/ADDRESS:PORT, quic/… or tcp/…",
        examples=[["tls/127.0.0.1:7447"]],
    )  # fmt: skip
    profile: LinkProfile = Field("lan", description="what links carry that others open to this node")
    profiles: dict[str, LinkProfile] = Field(
        {}, description="node's name -> profile of the link that it opens, where it is another",
        examples=[{"kume": "radio"}],
    )  # fmt: skip
    group: str = Field(
        "", max_length=20, description="release group of what this node tells: who may read it; default: all",
        examples=["coast"],
    )  # fmt: skip
    state: str = Field(
        "",
        description="folder of what outlives a stop; default: mihari/mesh/NAME among the user's data",
        examples=["/var/lib/mihari/mesh"],
    )
    carrier: Literal["zenoh", "nats"] = Field("zenoh", description="what carries it; nats: links are to NATS servers")
    plain: bool = Field(False, description="true: tcp, without TLS, to other machines too; anybody can listen and talk")

    @field_validator("listen")
    @classmethod
    def _addresses(cls, listen: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(checked_address, listen))

    def keys_folder(self, node: str) -> Path:
        """Where the keys of the node with this name lie.

        >>> str(MeshSection(keys="/etc/mihari/keys").keys_folder("naha"))
        '/etc/mihari/keys'
        """
        return _folder(self.keys, "keys", node)

    def state_folder(self, node: str) -> Path:
        """Where the node with this name keeps what outlives a stop.

        >>> MeshSection().state_folder("naha south").parts[-3:]
        ('mihari', 'mesh', 'naha_south')
        """
        return _folder(self.state, "mesh", node)


class LinkSection(Section):
    """`[[link]]`: another node that this one calls, again and again while it is away."""

    url: str = Field(description="tls/HOST:PORT, quic/HOST:PORT or tcp/HOST:PORT", examples=["tls/192.0.2.8:7447"])
    profile: LinkProfile = Field("lan", description="what the link carries", examples=["satellite"])
    name: str = Field("", max_length=40, description="as people see it; default: the address", examples=["kume"])

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        return checked_address(url)


class ModemSection(Section):
    """`[[modem]]`: an acoustic modem or a short-burst satellite terminal, whose driver takes and gives datagrams."""

    name: str = Field(min_length=1, max_length=40, description="as people see it", examples=["acoustic"])
    listen: str = Field(
        "", description="where what it hears comes, a datagram each: udp/ADDRESS:PORT; without: it only sends",
        examples=["udp/127.0.0.1:7450"],
    )  # fmt: skip
    send: str = Field(
        "", description="where its driver takes what it is to send: udp/HOST:PORT; without: it only hears",
        examples=["udp/127.0.0.1:7451"],
    )  # fmt: skip
    rate_per_min: float = Field(
        6.0, gt=0.0, le=600.0, description="messages that it may send in a minute, one vessel each"
    )
    when: Literal["always", "alone"] = Field(
        "always", description="alone: only while no link to another node is up, where each message costs money",
        examples=["alone"],
    )  # fmt: skip
    error_m: float = Field(
        500.0, ge=1.0, le=20_000.0, description="a vessel is told again when who was told is wrong by more"
    )
    refresh_s: float = Field(
        300.0, ge=10.0, le=900.0, description="and after so long, since nobody acknowledges what has come"
    )

    @field_validator("listen", "send")
    @classmethod
    def _addresses(cls, address: str) -> str:
        if address:
            datagram_place(address)
        return address

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if not self.listen and not self.send:
            raise ValueError("expected listen, send or both")
        return self


def _folder(given: str, kind: str, node: str) -> Path:
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("mihari")) / kind / file_name(node)


def refuse_plain(mesh: MeshSection, links: Sequence[LinkSection]) -> None:
    """A mistake where a link would go to another machine without TLS and nobody has said that it may."""
    for location, address in () if mesh.plain else _addresses(mesh, links):
        if open_to_others(address):
            told = "expected tls/… or quic/…, or plain = true in [mesh] to do without TLS, found {address}"
            raise PydanticCustomError(MISFIT, told, {"address": address, "location": location})


def refuse_strange_modems(mesh: MeshSection, modems: Sequence[ModemSection]) -> None:
    """A mistake where there are modems and no mesh, or two of one name."""
    if modems and not mesh.enabled:
        told = "expected enabled = true in [mesh]: modems use the keys of the mesh"
        raise PydanticCustomError(MISFIT, told, {"location": ("modem", 0)})
    seen: dict[str, int] = {}
    for index, modem in enumerate(modems):
        if (first := seen.setdefault(modem.name, index)) != index:
            told = "modem[{first}] has the name {name} already; expected each once"
            raise PydanticCustomError(
                MISFIT, told, {"first": first, "name": modem.name, "location": ("modem", index, "name")}
            )


def _addresses(mesh: MeshSection, links: Sequence[LinkSection]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield from ((("mesh", "listen"), address) for address in mesh.listen)
    yield from ((("link", index, "url"), link.url) for index, link in enumerate(links))
