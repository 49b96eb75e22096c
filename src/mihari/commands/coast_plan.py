"""The coast of several nodes: who has which ports, who is linked to whom by what, and each node's file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihari.commands.demo import LIBRARY, free_ports, telephones
from mihari.commands.demo_crafts import Wired, channels_of, wired
from mihari.simulate.node_file import as_toml, site_tables
from mihari.simulate.scenario import Scenario
from mihari.simulate.sites import Site, sites


@dataclass(frozen=True, slots=True)
class Wire:
    """A link: `one` dials `other`; `profile` names what it carries (the mesh's profiles, the emulated `SHAPES`)."""

    one: str
    other: str
    profile: str

    @property
    def name(self) -> str:
        """As people cut it."""
        return f"{self.one}-{self.other}"


# Stations in a ring, so that any one cable may fail; who moves reaches the shore over what there is, aircraft each
# other too; what dives has a radio while it is up.
WIRES = (
    Wire("kume", "kerama", "lan"),
    Wire("kerama", "aguni", "lan"),
    Wire("aguni", "kume", "lan"),
    Wire("patrol", "kume", "satellite"),
    Wire("north", "aguni", "cellular"),
    Wire("south", "kerama", "cellular"),
    Wire("north", "south", "radio"),
    Wire("diver", "patrol", "radio"),
)


# What the patrol ship sees goes to Kume by short bursts over a satellite, and to what dives by sound: `one` sends,
# `other` hears. They do not go by the links: when those are cut, these few messages still come.
MODEMS = (Wire("patrol", "kume", "burst"), Wire("patrol", "diver", "acoustic"))
MODEM_RATES = {"burst": 20.0, "acoustic": 12.0}  # messages a minute


@dataclass(frozen=True, slots=True)
class Post:
    """A site's node: UDP ports of its feeds, TCP port at which others reach it, port of its map (None: it has none).

    `phones`: UDP port at which it hears what people report, where it has a map with the form for that.

    `modems`: those that it sends or hears by, with the UDP port at which the other end hears.
    """

    site: Site
    ais: int
    radar: int
    mesh: int
    face: int | None
    modems: tuple[tuple[Wire, int], ...] = ()
    crafts: tuple[Wired, ...] = ()  # whose ground station it is
    phones: int | None = None

    @property
    def sends(self) -> list[str]:
        """What the simulator sends where, see `mihari simulate --send`."""
        kinds = (("ais", self.ais, self.site.stations), ("radar", self.radar, self.site.radars))
        own = [f"{self.site.name}/{kind}=udp://127.0.0.1:{port}" for kind, port, there in kinds if there]
        return own + [send for craft in self.crafts for send in craft.sends]


def posts(scenario: Scenario, face: int) -> list[Post]:
    """One for each site; maps of stations and ships at ports from `face` on (0: any that are free), no others."""
    found = sites(scenario)
    shown = [one.name for one in found if one.platform is None]
    sites_udp, modems_udp = 2 * len(found), len(MODEMS)
    udp = free_ports(sites_udp + modems_udp + channels_of(scenario.crafts) + len(shown))
    phones = dict(zip(shown, udp[-len(shown) :], strict=True))
    del udp[-len(shown) :]
    tcp = free_ports(len(found) + 1, tcp=True)
    air = list(zip(MODEMS, udp[sites_udp : sites_udp + modems_udp], strict=True))
    crafts = wired(scenario.crafts, udp[sites_udp + modems_udp :], tcp[-1])
    free = [face + k for k in range(len(shown))] if face else free_ports(len(shown), tcp=True)
    maps = dict(zip(shown, free, strict=True))
    modems = {one.name: tuple(m for m in air if one.name in (m[0].one, m[0].other)) for one in found}
    return [
        Post(
            one,
            udp[2 * k],
            udp[2 * k + 1],
            tcp[k],
            maps.get(one.name),
            modems[one.name],
            tuple(each for each in crafts if (each.craft.site or each.craft.aboard) == one.name),
            phones.get(one.name),
        )
        for k, one in enumerate(found)
    ]


def node_file(scenario: Scenario, post: Post, dials: Sequence[tuple[Wire, int]], folder: Path) -> str:
    """The node's file. `dials`: the links that it opens, and the port at which each begins."""
    name, radar = post.site.name, f"udp://127.0.0.1:{post.radar}" if post.site.radars else ""
    tables: dict[str, Any] = site_tables(scenario, name, f"udp://127.0.0.1:{post.ais}", radar)
    if not post.site.stations:  # a node hears something, if only nothing
        tables["feed"][0]["silent_s"] = 0
    if post.phones is not None:
        tables["feed"] = [*tables["feed"], telephones(post.phones)]
    for craft in post.crafts:
        tables["feed"] = [*tables["feed"], *craft.tables["feed"]]
        tables["vehicle"] = [*tables.get("vehicle", []), *craft.tables["vehicle"]]
    tables["face"] = {"enabled": False} if post.face is None else {"port": post.face}
    tables["alerts"] = {"records": "temporary"}
    if post.face is not None:
        tables["library"] = LIBRARY
    return as_toml(tables | dict(mesh_tables(post, dials, folder)))


def mesh_tables(post: Post, dials: Sequence[tuple[Wire, int]], folder: Path) -> Mapping[str, Any]:
    """What the node's file says of other nodes.

    It listens at 127.0.0.1:`post.mesh`, opens each of `dials` at its port with the profile of the wire, and has its
    keys in `folder` (see `keys`).
    """
    name = post.site.name
    mesh = {
        "enabled": True,
        "keys": str(keys_of(folder, name)),
        "state": str(folder / f"{name}-mesh"),
        "listen": [f"tls/127.0.0.1:{post.mesh}"],
    }
    links = [{"url": f"tls/127.0.0.1:{port}", "profile": wire.profile, "name": wire.other} for wire, port in dials]
    modems = [modem_table(name, wire, port) for wire, port in post.modems]
    return {"mesh": mesh} | ({"link": links} if links else {}) | ({"modem": modems} if modems else {})


def modem_table(name: str, wire: Wire, port: int) -> dict[str, Any]:
    """A modem as the node of this name has it."""
    way = "send" if name == wire.one else "listen"
    return {"name": wire.name, way: f"udp/127.0.0.1:{port}", "rate_per_min": MODEM_RATES[wire.profile]}


def keys(stations: Sequence[Post], folder: Path) -> None:
    """The coast's authority, and each node's keys."""
    from mihari.mesh.authority import make_authority, make_identity

    coast = folder / "authority"
    make_authority(coast, "coast")
    for post in stations:
        make_identity(keys_of(folder, post.site.name), post.site.name, coast)


def keys_of(folder: Path, name: str) -> Path:
    """Where a node's keys are."""
    return folder / f"{name}-keys"
