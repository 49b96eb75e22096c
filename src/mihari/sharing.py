"""A node's part in the mesh, wired: keys and links of its configuration, its pictures out, the union of all back.

What leaves is the node's own picture, made of its own sensors alone; what the map shows is the union (`picture.union`).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from mihari import __version__
from mihari.alerts.once import brought_here, foreign_id, gathered
from mihari.carrying.carrying import Carrying
from mihari.core.behaviour import Behaviour, Fleet
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.core.picture import Picture
from mihari.core.reports import Reports
from mihari.deciding import Deciding
from mihari.mesh.keys import Authors, Identity
from mihari.mesh.mesh import Mesh, Self
from mihari.mesh.modem import Modems
from mihari.mesh.profiles import PROFILES, Profile
from mihari.mesh.transport import Transport, Up
from mihari.picture.union import Union

log = logging.getLogger("mihari.mesh")
Clock = Callable[[], float]
LEAST_S, MOST_S = 0.05, 0.4  # between two unions where somebody looks


class Sharing:
    """`offer` each own picture; what it returns is what people see."""

    def __init__(
        self, config: NodeConfig, clock: Clock = time.time, steady: Clock = time.monotonic,
        transport: Callable[[NodeConfig, Identity], Transport] | None = None,
    ) -> None:  # fmt: skip
        self.config, name = config, config.node.name
        self._steady = steady
        self._due = -math.inf  # steady s before which no union is made
        self._plots: list[Reports] = []  # of the pictures since the last union, for display
        self._away: dict[str, float] = {}  # configured link that is not up -> since when, steady s
        identity = Identity.load(config.mesh.keys_folder(name))
        authors = Authors(identity.ca, clock)
        lat_deg, lon_deg = place_of(config)
        me = Self(
            identity.author, identity.name, identity.certificate, next_epoch(config.mesh.state_folder(name), clock()),
            identity.sign, config.mesh.group, __version__, lat_deg, lon_deg,
        )  # fmt: skip
        self._authors = authors
        self.mesh = Mesh(me, authors, (transport or transport_of)(config, identity), self._profile_of, clock, steady)
        try:
            ahead, linked = self.mesh.ahead, self.mesh.linked
            self.modems = Modems(config.modem, identity, me.epoch, authors, ahead, clock, steady, linked)
        except BadInput:
            self.mesh.stop()
            raise
        self.union = Union(identity.author, identity.name)
        self.deciding = Deciding(
            self.mesh,
            config.mesh.state_folder(name),
            authors.name_of,
            self.union.member_of,
            self.union.members_of,
            self.union.id_of,
            clock,
        )

        self.deciding.fleet_of = foreign_id
        self.carrying = Carrying(self.mesh, authors.name_of, config.library.trust)
        self.deciding.beside.append(self.carrying.heed)

    def start(self, records: str = "", run: float = 0.0) -> None:
        """Open the links; `records`: of the node's alerts, "" without; `run`: UTC s at which the node was started."""
        self.mesh.start()
        self.modems.start()
        self.deciding.start(records, run)
        self.carrying.start(records)

    def stop(self) -> None:
        """Leave the mesh."""
        self.carrying.stop()
        self.deciding.stop()
        self.modems.stop()
        self.mesh.stop()

    def offer(self, own: Picture, shown: bool = True) -> Picture | None:
        """Tell the others the node's own picture; the union of theirs and it, None where the last one will do.

        A union costs more than a picture: it is made as often as an eighth of the time allows, and where nobody looks,
        `shown` False, once a second.
        """
        self.mesh.offer(own)
        self.modems.offer(own)
        self._plots.append(own.plots)
        began = self._steady()
        if began < self._due:
            return None
        union = self.union.take(own, self.modems.join(self.mesh.foreign()), self.deciding.pairs, own.time)
        took = self._steady() - began
        self._due = began + (min(max(8 * took, LEAST_S), MOST_S) if shown else 1.0)
        plots, self._plots = Reports.concatenate(self._plots), []
        return replace(union, plots=plots, covers=self.mesh.covers())

    def exchange(self, found: Sequence[Behaviour]) -> list[Behaviour]:
        """Tell the others what was found here; what they have found since the last time."""
        self.deciding.found(found)
        return self.deciding.behaviours()

    def gather(self, own: Sequence[Fleet]) -> tuple[Fleet, ...]:
        """Tell the others the fleets that were found here; all that there are, each to be seen once."""
        self.mesh.found(own)
        others = [
            (author, brought_here(fleet, author, name, partial(self.union.id_of, author)))
            for author, name, fleet in self.mesh.foreign_fleets()
        ]
        return gathered(self.mesh.me.author, own, others)

    def status(self) -> dict[str, Any]:
        """Nodes, links, modems, what waits and what was refused; `missing`: configured links that are not up."""
        told, by_modem, now = self.mesh.status(), self.modems.status(), self._steady()
        there = {link["address"] for link in told["links"]}
        for link in self.config.link:
            if link.url in there:
                self._away.pop(link.url, None)
            else:
                self._away.setdefault(link.url, now)
        profiles = {link.url: link.profile for link in self.config.link}
        away = sorted(self._away.items())
        return told | {
            "missing": [{"address": a, "profile": profiles[a], "since_s": round(now - at, 1)} for a, at in away],
            "modems": by_modem["modems"],
            **self.carrying.status(),
            "refused": told["refused"] | by_modem["refused"],
        }

    def _profile_of(self, up: Up) -> Profile:
        """What a link that has come up carries: as configured for the address we called, or for the caller's name."""
        for link in self.config.link:
            if up.dialled and link.url == up.dialled:
                return PROFILES[link.profile]
        told = self.config.mesh
        return PROFILES[told.profiles.get(self._authors.name_of(up.peer), told.profile)]


def sharing_of(config: NodeConfig, clock: Clock, steady: Clock) -> Sharing | None:
    """A node's part in the mesh, None where it has none; BadInput where keys or addresses cannot be used."""
    return Sharing(config, clock, steady) if config.mesh.enabled else None


def place_of(config: NodeConfig) -> tuple[float, float]:
    """(lat_deg, lon_deg) of a node: of the first of its sensors that has a place; NaN without."""
    for sensor in config.sensor:
        if sensor.lat_deg is not None and sensor.lon_deg is not None:
            return sensor.lat_deg, sensor.lon_deg
    return float("nan"), float("nan")


def next_epoch(folder: Path, now: float) -> int:
    """The number of this run: greater than all before, also where the clock was wrong; kept in `folder`.

    A restart that cannot keep it goes by the clock.
    """
    file = folder / "run"
    try:
        before = int(file.read_text())
    except (OSError, ValueError):
        before = 0
    epoch = max(before + 1, int(now))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".new").write_text(f"{epoch}\n")
        file.with_suffix(".new").replace(file)
    except OSError as error:
        log.warning("%s: cannot be written: %s; the next run goes by the clock", file, error.strerror)
    return epoch


def transport_of(config: NodeConfig, identity: Identity) -> Transport:
    """The carrier that a configuration asks for."""
    told = config.mesh
    links = {link.url: PROFILES[link.profile] for link in config.link}
    if told.carrier == "nats":
        from mihari.mesh.nats_transport import NatsTransport

        return NatsTransport(identity, links)
    from mihari.mesh.zenoh_transport import ZenohTransport

    return ZenohTransport(identity, told.listen, links, PROFILES[told.profile])
