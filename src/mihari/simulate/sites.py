"""A scenario -> who has which sensors: sites ashore, ships, aircraft, underwater vehicles, each with its own feeds.

A sensor belongs to what carries it, else to the `site` that it names, else it is a site by itself. `names` says by
which names a channel can be sent somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from mihari.simulate.platforms import Platform
from mihari.simulate.scenario import Radar, Scenario, Station


@dataclass(frozen=True, slots=True)
class Site:
    """Who has these radars and AIS stations (numbers in the scenario). `platform`: its table, if it is one."""

    name: str
    radars: tuple[int, ...] = ()
    stations: tuple[int, ...] = ()
    moves: bool = False
    platform: Platform | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """What its sensors send on."""
        return (*(f"radar-{k}" for k in self.radars), *(f"ais-{k}" for k in self.stations))


def site_of(sensor: Radar | Station) -> str:
    """The name of the site that a sensor belongs to."""
    return sensor.aboard or sensor.site or sensor.name


def sites(scenario: Scenario) -> tuple[Site, ...]:
    """All of them: as their sensors stand in the scenario, then platforms without any."""
    sensors: list[Radar | Station] = [*scenario.radars, *scenario.stations]
    platforms = {platform.name: platform for platform in scenario.platforms}
    carried = {sensor.aboard for sensor in sensors if sensor.aboard}
    order = dict.fromkeys([*map(site_of, sensors), *platforms])
    return tuple(
        Site(
            name,
            tuple(k for k, radar in enumerate(scenario.radars) if site_of(radar) == name),
            tuple(k for k, station in enumerate(scenario.stations) if site_of(station) == name),
            name in carried or name in platforms,
            platforms.get(name),
        )
        for name in order
    )


def site(scenario: Scenario, name: str) -> Site:
    """The site of that name; KeyError if there is none."""
    return {one.name: one for one in sites(scenario)}[name]


def names(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Of each channel the names that it goes by, the narrowest first: those of `mihari simulate --send`.

    >>> from mihari.simulate.scenario import load
    >>> names(load("coast"))["ais-0"]
    ('ais-0', 'kume/ais', 'kume', 'ais')
    """
    found: dict[str, tuple[str, ...]] = {}
    for one in sites(scenario):
        for channel in one.channels:
            kind = channel.partition("-")[0]
            found[channel] = (channel, f"{one.name}/{kind}", one.name, kind)
    for k, craft in enumerate(scenario.crafts):
        for kind in craft.channels:
            found[f"{kind}-{k}"] = (f"{kind}-{k}", f"{craft.name}/{kind}", craft.name, kind)
    for k in range(len(scenario.satellites)):
        found[f"sat-{k}"] = (f"sat-{k}", "sat", "ais")  # what satellites hear goes where the stations' messages go
    return found


def height_of(scenario: Scenario, sensor: Radar | Station) -> float:
    """Metres of its antenna above the sea: its own height, on top of that of the platform that carries it."""
    return sensor.height + sum(one.height for one in scenario.platforms if one.name == sensor.aboard)
