"""A scenario -> the node that its sensors belong to, as tables of a node file: places, noise, names."""

from __future__ import annotations

import math
from typing import Any

from mihari.core.units import NAUTICAL_MILE
from mihari.simulate.scenario import OPEN_SEA, Radar, Scenario, Station
from mihari.simulate.toml_keys import quoted


def node_tables(scenario: Scenario) -> dict[str, Any]:
    """`node` and `sensor` of a node file. A radar aboard a vessel has no place: it tells it each sector."""
    area = {} if scenario.area == OPEN_SEA else {"area": scenario.area}
    sensors = [*map(_radar, scenario.radars), *map(_station, scenario.stations)]
    sensors += [{"name": orbit.name, "kind": "ais", "station": orbit.name} for orbit in scenario.satellites]
    return {"node": {"name": scenario.name, "exercise": True, **area}, "sensor": sensors}


def node_text(scenario: Scenario) -> str:
    """The same as TOML, for `mihari track --node` and as the beginning of a node file."""
    tables = node_tables(scenario)
    parts = ["# The sensors of a simulated coast, as its node knows them.", "[node]", *_lines(tables["node"])]
    for sensor in tables["sensor"]:
        parts += ["", "[[sensor]]", *_lines(sensor)]
    return "\n".join(parts) + "\n"


def _lines(table: dict[str, Any]) -> list[str]:
    return [f"{name} = {_text(value)}" for name, value in table.items()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
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
    return {"name": station.name, "kind": "ais", **place, "station": station.name}
