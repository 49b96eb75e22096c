"""What people ask of the patrol -> what is lost and looked for then, the file with another weather, a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.core.times import told_time
from mihari.patrol.file import PatrolFile, WeatherSection
from mihari.patrolling.shelf import Kind, Wish

LOOKS_MAX = 20  # vessels at once; those that are over go first
DEMANDED = ("name", "corners", "every_h", "weight", "vessel", "alert", "around_km", "at")


def merged(changes: Mapping[str, Any], asked: Mapping[str, Any], now: float = 0.0) -> dict[str, Any]:
    """`changes` (lost vehicles and places, looks, zones) with what is asked; `now` (UTC s): looks that are over go.

    >>> one = merged({}, {"lost": {"name": "tb3-1", "place": False}})
    >>> merged(one, {"lost": ["tb2-1"], "places": ["naha"]})
    {'lost': ['tb2-1', 'tb3-1'], 'places': ['naha'], 'looks': [], 'demands': []}
    >>> merged(one, {"back": {"name": "tb3-1", "place": False}})
    {'lost': [], 'places': [], 'looks': [], 'demands': []}
    """
    lost, places = set(changes.get("lost", ())), set(changes.get("places", ()))
    looks = [look for look in changes.get("looks", ()) if look["by"] > now]
    for kind in (Kind.LOST, Kind.BACK):
        told = asked.get(kind)
        if isinstance(told, Mapping):
            names = places if told["place"] else lost
            names.add(told["name"]) if kind == Kind.LOST else names.discard(told["name"])
        elif told:
            lost |= set(told)
    places |= set(asked.get("places", ()))
    look = asked.get(Kind.LOOK)
    if look:
        looks = [one for one in looks if one["name"] != look["name"]] + [look]
    demands, demand = list(changes.get("demands", ())), asked.get(Kind.DEMAND)
    if demand:
        demands = [one for one in demands if one["name"] != demand["name"]]
        demands += [] if demand["back"] else [{key: demand[key] for key in DEMANDED if key in demand}]
    return {"lost": sorted(lost), "places": sorted(places), "looks": looks[-LOOKS_MAX:], "demands": demands}


def changed_file(file: PatrolFile, asked: Mapping[str, Any], now: float) -> PatrolFile:
    """The file with the wind that is asked about, from `now` (UTC s) on; as it is where none is."""
    if asked.get("wind_kn") is None:
        return file
    hour = max((now - file.start.timestamp()) / 3600, 0.0)
    before = max((w for w in file.weather if w.from_h <= hour), key=lambda w: w.from_h, default=WeatherSection())
    told = {"from_h": hour, "wind_kn": float(asked["wind_kn"]), "sea_state": None}
    if asked.get("wind_from_deg") is not None:
        told["wind_from_deg"] = float(asked["wind_from_deg"])
    kept = tuple(w for w in file.weather if w.from_h < hour)
    return file.model_copy(update={"weather": (*kept, before.model_copy(update=told))})


def told_of(wish: Wish) -> str:
    """What was asked, in a few words.

    >>> from mihari.patrolling.shelf import State
    >>> body = {"name": "tb3-1", "place": False, "reason": "engine"}
    >>> told_of(Wish(1, 0.0, "Sato", Kind.LOST, State.WAITING, body, {}, ""))
    'tb3-1 is lost: engine'
    """
    body, reason = wish.body, f": {wish.body['reason']}" if wish.body.get("reason") else ""
    if wish.kind == Kind.LOOK:
        return f"look at {body['name']}{reason}"
    if wish.kind == Kind.DEMAND:
        return f"{body['name']} {'no more' if body['back'] else 'every {:g} h'.format(body['every_h'])}{reason}"
    if wish.kind == Kind.ADOPT:
        return f"the plan of what-if {body['number']}{reason}"
    if wish.kind == Kind.PROPOSE:
        return f"tasks of the sortie of {body['vehicle']} at {told_time(body['launch'])}{reason}"
    if wish.kind == Kind.WHAT_IF:
        return f"what if{reason}"
    closed = ("is closed", "is open again") if body["place"] else ("is lost", "is back")
    return f"{body['name']} {closed[wish.kind == Kind.BACK]}{reason}"
