"""The face's state -> the API's answers, as plain values in the form of `mihari.face.models`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihari.core.picture import Category, Source, VesselStatus
from mihari.face.rows import ABSENT, GRID, NEVER
from mihari.face.state import FaceState
from mihari.face.trails import POINTS
from mihari.face.view import View

DEGREES = 360.0 / 65536
MAX_TRAIL_POINTS = 200_000  # in one answer, about 8 MB

SEARCHED = ("name", "call_sign", "destination")


def name(member: int, kind: type[Category] | type[VesselStatus]) -> str:
    """The lower-case name of a number of the wire.

    >>> name(4, Category), name(200, Category)
    ('fishing', '200')
    """
    return kind(member).name.lower() if member in kind._value2member_map_ else str(member)


def source_names(mask: int) -> list[str]:
    """Names of the bits of `Source`.

    >>> source_names(3)
    ['radar', 'ais']
    """
    return [str(s.name).lower() for s in Source if s & mask]


def chosen_slots(state: FaceState, view: View, text: str = "") -> NDArray[np.intp]:
    """Slots of the vessels within `view` whose id, MMSI, IMO number or claimed texts contain `text`, ordered by id."""
    slots: NDArray[np.intp] = state.slots_of(state.ids)
    slots = slots[view.mask(state.tables)[slots]]
    if not text:
        return slots
    wanted = text.casefold()
    rows = state.rows
    ids, mmsis = rows.id[slots].tolist(), rows.words[6][slots].tolist()
    keep = [wanted in _searchable(state, v, m) for v, m in zip(ids, mmsis, strict=True)]
    found: NDArray[np.intp] = slots[np.array(keep, bool)]
    return found


def _searchable(state: FaceState, vessel: int, mmsi: int) -> str:
    parts = [str(vessel), str(mmsi or ""), called(state, vessel)]
    for claim in claims_of(state, vessel):
        parts += [str(claim.get("mmsi", "")), str(claim.get("imo") or "")] + [str(claim.get(k, "")) for k in SEARCHED]
    return "\n".join(parts).casefold()


def claims_of(state: FaceState, vessel: int) -> list[dict[str, Any]]:
    """The claims of a vessel, best first."""
    identity = state.identities.get(vessel)
    return identity["claims"] if identity else []


def called(state: FaceState, vessel: int) -> str:
    """What all nodes of a mesh call a vessel; "" outside of one."""
    identity = state.identities.get(vessel)
    return str(identity.get("called", "")) if identity else ""


def nodes_of(state: FaceState, vessel: int) -> dict[str, Any]:
    """The node of a mesh that names a vessel, and those that hold it; "" and none outside of one."""
    mesh, told = state.health.get("mesh"), state.identities.get(vessel) or {}
    alone = [] if mesh is None else [mesh["me"]["name"]]
    return {"namer": told.get("namer") or "".join(alone), "held_by": told.get("held_by") or alone}


def summary(state: FaceState, slot: int) -> dict[str, Any]:
    """One vessel for a list."""
    rows = state.rows
    words, halves, octets = (t[:, slot].tolist() for t in (rows.words, rows.halves, rows.octets))
    claims = claims_of(state, words[0])
    return {
        "id": words[0],
        "time": _time(state, words[3]),
        "lat_deg": int(rows.lat[slot]) / GRID,
        "lon_deg": int(rows.lon[slot]) / GRID,
        "speed_mps": None if halves[0] == ABSENT else halves[0] / 100,
        "course_deg": None if halves[0] == ABSENT else _degrees(halves[1]),
        "status": name(octets[0], VesselStatus),
        "sources": source_names(octets[1]),
        "category": name(octets[2], Category),
        "mmsi": words[6] or None,
        "name": next((c["name"] for c in claims if c.get("name")), ""),
        "called": called(state, words[0]),
    }


def detail(state: FaceState, slot: int) -> dict[str, Any]:
    """One vessel with all that is known of it."""
    rows = state.rows
    words, halves, octets = (t[:, slot].tolist() for t in (rows.words, rows.halves, rows.octets))
    radar, ais = _time(state, words[4]), _time(state, words[5])
    ages = [None if t is None else round(state.time - t, 1) for t in (radar, ais)]
    heard = [a for a in ages if a is not None]
    return (
        summary(state, slot)
        | {
            "heading_deg": None if halves[2] == ABSENT else _degrees(halves[2]),
            "existence": round(octets[3] / 255, 3),
            "ellipse_major_m": halves[3],
            "ellipse_minor_m": halves[4],
            "ellipse_bearing_deg": _degrees(halves[5]),
            "heard_radar": radar,
            "heard_ais": ais,
            "age_s": min(heard, default=None),
            "age_radar_s": ages[0],
            "age_ais_s": ages[1],
            "sensors": [str(s["name"]) for s in state.sensors if s["index"] < 32 and words[7] >> s["index"] & 1],
            "claims": claims_of(state, words[0]),
        }
        | nodes_of(state, words[0])
    )


def _degrees(turn: int) -> float:
    return round(turn * DEGREES, 3)


def _time(state: FaceState, tenths: int) -> float | None:
    return None if tenths == NEVER else round(state.base + tenths / 10, 1)


def trail(state: FaceState, slot: int, points: int = POINTS) -> dict[str, Any]:
    """Where a vessel has been: `points` last kept positions (time, lat_deg, lon_deg), oldest first, and where it is."""
    times, places = state.trails.of(slot)
    rows = state.rows
    path = np.empty((min(points, len(times)), 3))
    path[:, 0] = np.round(state.base + times[len(times) - len(path) :] / 10.0, 1)
    path[:, 1:] = places[len(times) - len(path) :] / GRID
    here = [[state.base + rows.words[3, slot] / 10.0, rows.lat[slot] / GRID, rows.lon[slot] / GRID]]
    if not len(path) or path[-1, 0] < here[0][0]:
        path = np.concatenate([path, here])
    return {"vessel": int(rows.id[slot]), "points": path}


def trails(state: FaceState, view: View) -> Iterator[dict[str, Any]]:
    """Trails of all vessels within `view`; shorter when there are many, so that the answer stays bounded."""
    slots = chosen_slots(state, view)
    points = min(POINTS, max(2, MAX_TRAIL_POINTS // max(1, len(slots))))
    return (trail(state, int(slot), points) for slot in slots)


def picture(state: FaceState) -> dict[str, Any]:
    """The picture in numbers."""
    rows = state.rows.take(state.slots_of(state.ids))
    radar, ais = ((rows.octets[1] & bit) != 0 for bit in (Source.RADAR, Source.AIS))
    return {
        "node": {k: v for k, v in state.node.items() if k != "type"},
        "picture": state.picture,
        "time": state.time,
        "vessels": len(state),
        "by_status": _counts(rows.octets[0], VesselStatus),
        "by_category": _counts(rows.octets[2], Category),
        "with_radar": int(radar.sum()),
        "with_ais": int(ais.sum()),
        "with_both": int((radar & ais).sum()),
        "marks": state.marks.values(),
    }


def _counts(numbers: NDArray[np.uint8], kind: type[Category] | type[VesselStatus]) -> dict[str, int]:
    values, counts = np.unique(numbers, return_counts=True)
    return {name(v, kind): c for v, c in zip(values.tolist(), counts.tolist(), strict=True)}


def health(state: FaceState, browsers: int, interval: float) -> dict[str, Any]:
    """Whether node and picture are well, and what stands against it."""
    node = state.health
    failed = [f["problem"] or f"feed {f['name']} has failed" for f in state.feeds if f["state"] == "failed"]
    archive = node.get("archive") or {}
    if archive.get("state") == "stopped":
        failed.append(archive.get("problem") or "the archive has stopped")
    waiting = not state.connected or state.picture <= 0
    return {
        "status": "waiting" if waiting else "failed" if failed else "ok",
        "problems": failed,
        "picture": state.picture,
        "time": state.time,
        "browsers": browsers,
        "interval_s": interval,
        "node": node or None,
    }
