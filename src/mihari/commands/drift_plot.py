"""What `mihari drift` found -> a picture (SVG) and GeoJSON: the map, what was searched, where to look next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mihari.commands.drift_found import Found, corners_of
from mihari.commands.drift_words import share
from mihari.core import svg
from mihari.core.columns import Array
from mihari.core.svg_map import LAND, SEA, SHORE, degrees, near, rings
from mihari.core.times import told_time
from mihari.patrol.searching import AreaSearched

if TYPE_CHECKING:
    from mihari.coast import Area

SIDE, LEFT, TOP = 620.0, 70.0, 58.0  # px
CHANCE, SEARCHED, NEXT, LAST = "#0072b2", "#d55e00", "#007a52", "#000000"
SHADES = (0.9, 0.7, 0.52, 0.36, 0.22, 0.1)  # opacity by shares of the probability: the densest cells first
SHARES = (0.2, 0.4, 0.6, 0.8, 0.95, 0.99)
MARGIN = 1.15


def picture(found: Found, coast: str = "") -> str:
    """The picture as text. BadInput for a coastline that is not there."""
    from mihari.coast import load

    area = load(coast) if coast else None
    frame = _frame(found)
    parts = [_words(found), _map(found, frame, area), _key(found, frame)]
    if area is not None:
        parts.append(svg.text(LEFT, TOP + SIDE + 30, area.notice, 7, "start", svg.GREY))
    return svg.page(LEFT + SIDE + 250, TOP + SIDE + 45, parts)


def _frame(found: Found) -> svg.Frame:
    """Around the map and the last known place; a mile as long to the east as to the north."""
    shown = [found.map.corners.reshape(-1, 2), np.array([found.asked.place])]
    lat, lon = np.concatenate(shown).T
    lon = near(lon, found.asked.place[1])
    middle = (lat.min() + lat.max()) / 2, (lon.min() + lon.max()) / 2
    shrink = math.cos(math.radians(middle[0]))
    side = MARGIN * max(lat.max() - lat.min(), (lon.max() - lon.min()) * shrink)
    x = middle[1] - side / 2 / shrink, middle[1] + side / 2 / shrink
    return svg.Frame(LEFT, TOP, SIDE, SIDE, x, (middle[0] - side / 2, middle[0] + side / 2))


def _words(found: Found) -> str:
    asked = found.asked
    head = f"{asked.what.leeway.name}, {told_time(asked.begin)} to {told_time(asked.end)}"
    told = f"half the chance within {found.map.within(0.5) / 1e6:.0f} km², nine tenths within "
    told += f"{found.map.within(0.9) / 1e6:.0f} km²; cells of {found.map.side / 1000:g} km"
    return svg.text(LEFT, 22, head, 14) + svg.text(LEFT, 42, told, 11)


def shades(chance: Array) -> Array:
    """Which shade each cell has: cells in the order of their chance, by how much of it they hold together.

    >>> shades(np.array([0.5, 0.3, 0.15, 0.05])).tolist()  # before them: 0, 0.5, 0.8, 0.95
    [0, 2, 4, 5]
    """
    order = np.argsort(-chance, kind="stable")
    before = np.cumsum(chance[order]) - chance[order]
    found = np.empty(len(chance), np.int64)
    found[order] = np.searchsorted(np.array(SHARES) * chance.sum(), before + 1e-12, side="right")
    return np.minimum(found, len(SHARES) - 1)


def _map(found: Found, frame: svg.Frame, area: Area | None) -> str:
    parts = [f"<rect x='{frame.left}' y='{frame.top}' width='{frame.width}' height='{frame.height}' fill='{SEA}'/>"]
    if area is not None:
        parts.append(svg.polygons(frame, rings(area, frame), LAND, SHORE))
    origin = found.asked.place[1]
    shade = shades(found.map.chance)
    for k, opacity in enumerate(SHADES):
        cells = [(near(c[:, 1], origin), c[:, 0]) for c in found.map.corners[shade == k]]
        parts.append(f"<g opacity='{opacity}'>{svg.polygons(frame, cells, CHANCE, CHANCE)}</g>")
    if found.next is not None:
        there = found.map.corners[(found.next.hours > 0).any(axis=1)]
        parts += [_outline(frame, np.vstack([c, c[:1]]), origin, NEXT, 0.9) for c in there]
    for places in corners_of(found.searches):
        parts.append(_outline(frame, np.array(places), origin, SEARCHED, 1.8, dashed=True))
    lon = near(found.way[:, 2], origin)
    parts.append(svg.curve(frame, lon.tolist(), found.way[:, 1].tolist(), LAST, dashed=True))
    x, y = frame.at(lon[:1], found.way[:1, 1])
    parts.append(svg.marks(x, y, np.array([6.0]), "cross", f"fill='none' stroke='{LAST}' stroke-width='2.5'"))
    return svg.clipped(frame, "map", parts) + svg.axes(frame, degrees("E", "W"), degrees("N", "S"))


def _outline(frame: svg.Frame, places: Array, origin: float, colour: str, wide: float, dashed: bool = False) -> str:
    x, y = frame.at(near(places[:, 1], origin), places[:, 0])
    steps = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))
    style = " stroke-dasharray='6 4'" if dashed else ""
    return f"<path d='M{steps}' fill='none' stroke='{colour}' stroke-width='{wide}'{style}/>"


def _key(found: Found, frame: svg.Frame) -> str:
    """What colours mean, and the figures, to the right of the map."""
    left, y, parts = frame.left + frame.width + 18, frame.top + 12, []
    for opacity, part in zip(SHADES, SHARES, strict=True):
        box = f"x='{left}' y='{y - 10:.0f}' width='14' height='12' fill='{CHANCE}' fill-opacity='{opacity}'"
        parts += [
            f"<rect {box}/>",
            svg.text(left + 22, y, f"{share(part)} with all darker ones" if part < 0.99 else "the rest"),
        ]
        y += 18
    rows = [(LAST, "dashed: mean way from its last place")]
    rows += [(SEARCHED, "dashed: searched in vain")] if found.searches else []
    rows += [(NEXT, "outlined: where to look next")] if found.next is not None else []
    y += 6
    for colour, words in rows:
        parts.append(svg.text(left, y, words, 10, fill=colour))
        y += 17
    y += 8
    for line in _figures(found):
        parts.append(svg.text(left, y, line, 10))
        y += 15
    return "".join(parts)


def _figures(found: Found) -> list[str]:
    lines = [f"{name or 'area'}: {share(chance)}" for name, chance in found.searched[:12]]
    if lines:
        lines = ["searched, each would have found:", *lines, f"all together: {share(found.before)}", ""]
    if found.next is not None:
        lines += [f"next, {who.name}: {hours:g} h" for who, hours in found.searchers[:12]]
        lines += [f"find it with {share(found.next.found)}", f"with what was searched: {share(found.after)}"]
    return lines


def geojson(found: Found) -> dict[str, Any]:
    """A FeatureCollection: cells with their chance, what was searched, the way, the last place. Longitude first."""
    told = found.told()
    made = []
    for cell in told["map"]["cells"]:
        about = {name: value for name, value in cell.items() if name != "corners"}
        ring = [(lon, lat) for lat, lon in [*cell["corners"], cell["corners"][0]]]
        made.append(_feature("Polygon", [ring], {"kind": "cell"} | about))
    for one, places, (name, chance) in zip(found.searches, corners_of(found.searches), found.searched, strict=True):
        line = [(lon, lat) for lat, lon in places]
        kind, shape = ("Polygon", [line]) if isinstance(one, AreaSearched) else ("LineString", line)
        made.append(_feature(kind, shape, {"kind": "searched", "by": name, "would_have_found": chance}))
    way = [(lon, lat) for _, lat, lon in told["way"]]
    made.append(_feature("LineString", way, {"kind": "mean way"}))
    lat, lon = found.asked.place
    made.append(_feature("Point", (lon, lat), {"kind": "last place", "time": told["at"]}))
    about = {name: told[name] for name in ("object", "at", "until", "would_have_found")}
    return {"type": "FeatureCollection", "features": made, "properties": about}


def _feature(kind: str, coordinates: Any, about: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": about}
