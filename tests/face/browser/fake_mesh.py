"""A made-up mesh around Okinawa for the stand-in of the node: all well, or in trouble on order."""

from __future__ import annotations

from typing import Any

PLACES = {
    "naha": (26.21, 127.68), "kume": (26.34, 126.77), "kerama": (26.18, 127.3), "ie": (26.71, 127.8), "depot": None,
    "yonaguni": (26.05, 126.9),
}  # fmt: skip
OWN = {"kerama": "radio", "ie": "lan", "depot": "lan"}  # this node's links: neighbour -> profile
TOLD = (("kerama", "kume", "radio"), ("kume", "yonaguni", "satellite"), ("kerama", "yonaguni", "radio"))


def _place(name: str) -> dict[str, Any]:
    lat, lon = PLACES[name] or (None, None)
    return {"lat_deg": lat, "lon_deg": lon}


def _told(name: str) -> list[dict[str, Any]]:
    ends = [(a, b, p) if a == name else (b, a, p) for a, b, p in TOLD if name in (a, b)]
    ends += [(name, "naha", OWN[name])] if name in OWN else []
    return [
        {"peer": f"{b}-key", "name": b, "profile": p, "round_trip_s": 0.21 if p == "radio" else 0.64, "waiting": 2.0}
        for _, b, p in ends
    ]


def _node(name: str, through: str) -> dict[str, Any]:
    return {
        "author": f"{name}-key", "name": name, "vessels": 40 + 9 * len(name), "epoch": 3, "heard_s": 0.8, "cost": 1,
        "sensors": len(cover_of(name)), "through": through, "clock_offset_s": 0.02, "release": "0.1.0",
        "links": _told(name),
    } | _place(name)  # fmt: skip


def _link(name: str, seconds: int) -> dict[str, Any]:
    profile = OWN[name]
    return {
        "peer": f"{name}-key", "name": name, "address": f"tls/{name}.example:7447", "profile": profile, "greeted": True,
        "up_s": 900.0 + seconds, "silent_s": 0.4, "round_trip_s": 0.214 if profile == "radio" else 0.0043,
        "clock_offset_s": 0.02, "waiting": 3 if profile == "radio" else 0, "under_way": 1200, "resent": 3, "again": 0,
        "sent_bytes": 412_000 + 900 * seconds, "got_bytes": 1_890_000 + 2400 * seconds,
    }  # fmt: skip


def cover_of(name: str) -> list[dict[str, Any]]:
    """What a node watches with: a radar and an AIS station at each; at Yonaguni a second radar, which is silent."""
    keys = ("name", "kind", "lat_deg", "lon_deg", "range_m", "serving")
    if PLACES[name] is None:
        return []
    lat, lon = PLACES[name]
    rows = [(f"{name} radar", "radar", lat, lon, 37_040.0, True), (name, "ais", lat, lon, 44_448.0, True)]
    rows += [("harbour radar", "radar", 25.9, 126.8, 11_112.0, False)] if name == "yonaguni" else []
    return [dict(zip(keys, row, strict=True)) for row in rows]


def cover(state: str) -> dict[str, Any]:
    """What the other nodes watch with, as the stream tells it."""
    others = [name for name in PLACES if name != "naha" and cover_of(name)] if state else []
    nodes = [{"author": f"{name}-key", "name": name, "sensors": cover_of(name)} for name in others]
    return {"type": "cover", "nodes": nodes}


def mesh(now: float, seconds: int, state: str) -> dict[str, Any] | None:
    """As `mihari.mesh.status` tells it; `state`: "" (in no mesh), "well" or "trouble"."""
    if not state:
        return None
    ways = {"kume": "kerama", "kerama": "kerama", "ie": "ie", "depot": "depot", "yonaguni": "kerama"}
    nodes = {name: _node(name, through) for name, through in ways.items()}
    links = {name: _link(name, seconds) for name in OWN}
    told: dict[str, Any] = {
        "time": now, "me": {"author": "naha-key", "name": "naha", "clock_error_s": 0.0} | _place("naha"),
        "missing": [], "refused": {}, "unknown": {},
    }  # fmt: skip
    if state == "trouble":
        nodes["kume"] |= {"heard_s": 240.0 + seconds, "through": "", "cost": None}
        for name in ("kerama", "yonaguni"):  # they have lost it too
            nodes[name]["links"] = [link for link in nodes[name]["links"] if link["name"] != "kume"]
        nodes["ie"] |= {"clock_offset_s": 30.2}
        links["kerama"] |= {"waiting": 413, "under_way": 3600, "round_trip_s": 2.4}
        told["missing"] = [{"address": "tls/zamami.example:7447", "profile": "lan", "since_s": 95.0 + seconds}]
        told["refused"] = {"ie": {"signature": 9, "too_long": 3}}
        told["unknown"] = {"99": 4}
    return told | {"nodes": list(nodes.values()), "links": list(links.values())}
