"""A scenario -> the node that its sensors belong to, as tables of a node file: places, noise, names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.crafts import Craft
from mihari.simulate.scenario import OPEN_SEA, Radar, Scenario, Station
from mihari.simulate.sites import site
from mihari.simulate.toml_keys import quoted


def node_tables(scenario: Scenario) -> dict[str, Any]:
    """`node` and `sensor` of a node file. A radar aboard a vessel has no place: it tells it each sector."""
    area = {} if scenario.area == OPEN_SEA else {"area": scenario.area}
    sensors = _sensors(scenario, range(len(scenario.radars)), range(len(scenario.stations)))
    sensors += [{"name": orbit.name, "kind": "ais", "station": orbit.name} for orbit in scenario.satellites]
    return {"node": {"name": scenario.name, "exercise": True, **area}, "sensor": sensors}


def site_tables(scenario: Scenario, name: str, ais: str = "", radar: str = "") -> dict[str, Any]:
    """`node`, `feed` and `sensor` of the node of one site, which hears its own sensors at these addresses.

    `ais`, `radar`: such as udp://127.0.0.1:10110; without one there is no such feed. KeyError where there is no such
    site; see `mihari.simulate.sites`.

    >>> from mihari.simulate.scenario import load
    >>> tables = site_tables(load("coast"), "kume", "udp://:10110", "udp://:8600")
    >>> tables["node"]["name"], [f["name"] for f in tables["feed"]], [s["name"] for s in tables["sensor"]]
    ('kume', ['kume AIS', 'kume radar'], ['kume', 'KUME'])
    """
    one = site(scenario, name)
    area = {} if scenario.area == OPEN_SEA else {"area": scenario.area}
    feeds = [{"name": f"{name} AIS", "url": ais, "format": "ais"}] if ais else []
    feeds += [{"name": f"{name} radar", "url": radar, "format": "asterix"}] if radar else []
    sensors = _sensors(scenario, one.radars, one.stations)
    return {"node": {"name": name, "exercise": True, **area}, "feed": feeds, "sensor": sensors}


def craft_tables(
    craft: Craft, channels: Mapping[str, str], operator: str = "", accepts: Sequence[str] = (), stills: str = ""
) -> dict[str, list[dict[str, Any]]]:
    """`feed` and `vehicle` of the node that a craft speaks to. `channels`: mavlink, klv, imc -> address.

    >>> from mihari.simulate.crafts import Craft
    >>> tables = craft_tables(Craft("tb3", "tb3", "amami"), {"mavlink": "udp://127.0.0.1:14550"}, "watch")
    >>> tables["feed"][0]["name"], tables["vehicle"][0]["tasks"]
    ('tb3 mavlink', 'tb3 mavlink')
    """
    feeds = [
        {"name": f"{craft.name} {kind}", "url": url, "format": kind, "silent_s": 0} for kind, url in channels.items()
    ]
    told = next((kind for kind in ("mavlink", "imc") if kind in channels), "")
    vehicle: dict[str, Any] = {
        "name": craft.name, "profile": craft.profile_id, "feeds": [feed["name"] for feed in feeds],
        "system": craft.system, "attitude_sd_deg": max(craft.mount_sd_deg, 0.01),
    }  # fmt: skip
    vehicle |= {"tasks": f"{craft.name} {told}"} if told else {}
    vehicle |= {"operator": operator, "accepts": list(accepts)} if operator else {}
    return {"feed": feeds, "vehicle": [vehicle | ({"stills": stills} if stills else {})]}


def _sensors(scenario: Scenario, radars: Sequence[int], stations: Sequence[int]) -> list[dict[str, Any]]:
    return [
        *(_radar(scenario.radars[k]) for k in radars),
        *(_station(scenario.stations[k]) for k in stations),
    ]


def node_text(scenario: Scenario) -> str:
    """The same as TOML, for `mihari track --node` and as the beginning of a node file."""
    tables = node_tables(scenario)
    return "# The sensors of a simulated coast, as its node knows them.\n" + as_toml(tables)


def as_toml(tables: Mapping[str, Any]) -> str:
    """Tables and lists of tables as a node file; values are texts, numbers, flags, and lists or tables of those.

    >>> print(as_toml({"node": {"name": "a"}, "feed": [{"url": "udp://:1", "silent_s": 0}]}), end="")
    [node]
    name = "a"
    <BLANKLINE>
    [[feed]]
    url = "udp://:1"
    silent_s = 0
    """
    parts = []
    for name, found in tables.items():
        headed = [(f"[{name}]", found)] if isinstance(found, Mapping) else [(f"[[{name}]]", one) for one in found]
        parts += ["\n".join([head, *_lines(table)]) + "\n" for head, table in headed]
    return "\n".join(parts)


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {_text(value)}" for name, value in table.items()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(name)} = {_text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_text, value)) + "]"
    return f"{value:.12g}"


def _radar(radar: Radar) -> dict[str, Any]:
    place = {} if radar.aboard else {"lat_deg": radar.lat_deg, "lon_deg": radar.lon_deg, "height_m": radar.height}
    return {
        "name": radar.name,
        "kind": "radar",
        **place,
        "sac": radar.sac,
        "sic": radar.sic,
        "range_max_nm": radar.range_max / NAUTICAL_MILE,
        "range_sd_m": max(radar.range_sd, 1.0),
        "bearing_sd_deg": max(math.degrees(radar.bearing_sd), 0.01),
        "period_s": radar.period,
        "detection": min(max(radar.ceiling, 0.05), 0.99),
    }


def _station(station: Station) -> dict[str, Any]:
    place = {"lat_deg": station.lat_deg, "lon_deg": station.lon_deg, "height_m": station.height}
    if station.aboard:
        place = {}
    return {"name": station.name, "kind": "ais", **place, "station": station.name}
