"""What a case holds -> its map and its strip of time, as SVG within a page: coast, tracks, where vessels met."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from mihari.cases.held import Held
from mihari.cases.tracks import Track
from mihari.core import svg
from mihari.core.svg_map import LAND, SEA, SHORE, around, degrees, near, rings, scale_bar
from mihari.core.times import told_time

if TYPE_CHECKING:
    from mihari.coast import Area

# Okabe & Ito's colours, told apart by all eyes; https://jfly.uni-koeln.de/color/
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5b4a9e", "#000000")
SIDE, LEFT, TOP = 780.0, 62.0, 10.0  # px
GAP_S = 1800.0  # no line is drawn over a longer silence
ROW, LABELS, CHART = 20.0, 230.0, 610.0  # px
ROWS_MAX = 40
HELD = "#d55e00"


def colours(held: Held) -> dict[tuple[int, int], str]:
    """A colour for each vessel of the case, by MMSI and number."""
    keys = dict.fromkeys((v["mmsi"], v["vessel"]) for v in [*held.items("vessel"), *(i for i, _ in held.tracks)])
    return {key: COLOURS[k % len(COLOURS)] for k, key in enumerate(keys)}


def area_map(held: Held, area: Area | None) -> str:
    """The map, '' where nothing of the case has a place."""
    lat, lon = _places(held)
    if not len(lat):
        return ""
    lon = near(lon, float(lon[0]))
    frame, painted = around(lat, lon, LEFT, TOP, SIDE), colours(held)
    parts = [f"<rect x='{LEFT}' y='{TOP}' width='{SIDE}' height='{SIDE}' fill='{SEA}'/>"]
    if area is not None:
        parts.append(svg.polygons(frame, rings(area, frame), LAND, SHORE))
    labels: list[str] = []
    for item, track in held.tracks:
        drawn, label = _track(frame, held.named(item), track, painted[item["mmsi"], item["vessel"]])
        parts, labels = [*parts, *drawn], [*labels, *label]
    for number, behaviour in enumerate(held.behaviours, 1):
        labels += _found(frame, number, behaviour)
    notice = "no coastline is known here" if area is None else area.notice
    foot = svg.text(LEFT, TOP + SIDE + 26, notice, 8, "start", svg.GREY)
    body = [svg.clipped(frame, "case-map", [*parts, *labels]), svg.axes(frame, degrees("E", "W"), degrees("N", "S"))]
    return svg.page(LEFT + SIDE + 16, TOP + SIDE + 34, [*body, scale_bar(frame), foot])


def _places(held: Held) -> tuple[Any, Any]:
    """Latitudes and longitudes of everything with a place."""
    found = [np.column_stack([t.lat_deg, t.lon_deg]) for _, t in held.tracks]
    found += [np.array([[b["lat_deg"], b["lon_deg"]]], float) for b in held.behaviours]
    rows = np.concatenate(found) if found else np.empty((0, 2))
    return rows[:, 0], rows[:, 1]


def _track(frame: svg.Frame, named: str, track: Track, colour: str) -> tuple[list[str], list[str]]:
    """A track with its points, and where it begins and ends."""
    lon = near(track.lon_deg, sum(frame.x) / 2)
    lat = np.where(np.diff(track.time, prepend=-math.inf) > GAP_S, math.nan, track.lat_deg)
    drawn = [svg.curve(frame, lon.tolist(), lat.tolist(), colour), svg.dots(*frame.at(lon, track.lat_deg), colour)]
    drawn += _silences(frame, track, lon, colour)
    x, y = frame.at(lon[[0, -1]], track.lat_deg[[0, -1]])
    ring = svg.marks(x[:1], y[:1], np.array([5.0]), "ring", f"fill='none' stroke='{colour}' stroke-width='2'")
    tip = svg.marks(x[1:], y[1:], np.array([6.0]), "triangle", f"fill='{colour}'")
    beyond = float(x[1]) > frame.left + 0.7 * frame.width  # words would be cut off at the edge
    place = (float(x[1]) - 9, "end") if beyond else (float(x[1]) + 9, "start")
    last = f"{named} {told_time(float(track.time[-1]))[11:16]}"
    words = _outlined(place[0], float(y[1]) + 4, last, colour, place[1])
    return drawn, [ring, tip, words]


def _silences(frame: svg.Frame, track: Track, lon: Any, colour: str) -> list[str]:
    """Dashed from the last place before a silence to the first after it."""
    gaps = np.flatnonzero(np.diff(track.time) > GAP_S)[:200]
    lat = track.lat_deg
    return [svg.curve(frame, [lon[k], lon[k + 1]], [lat[k], lat[k + 1]], colour, dashed=True) for k in gaps.tolist()]


def _found(frame: svg.Frame, number: int, b: dict[str, Any]) -> list[str]:
    """Where a behaviour was found: a diamond where vessels met, a cross elsewhere, with its number."""
    x, y = frame.at(near(np.array([b["lon_deg"]], float), sum(frame.x) / 2), np.array([b["lat_deg"]], float))
    shape = "diamond" if met(b) else "cross"
    style = "fill='white' stroke='#c02040' stroke-width='2'" if met(b) else "fill='none' stroke='#c02040'"
    mark = svg.marks(x, y, np.array([6.0]), shape, style + " stroke-width='2'" * (not met(b)))
    return [mark, _outlined(float(x[0]) - 9, float(y[0]) - 8, str(number), "#c02040", "end")]


def met(b: dict[str, Any]) -> bool:
    """Whether a behaviour is one of two vessels."""
    return len(b["vessels"]) == 2 and not b.get("fleet")


def _outlined(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    """Words that are read over any ground."""
    under = svg.text(x, y, words, 11, anchor, "white").replace("<text ", "<text stroke='white' stroke-width='3' ", 1)
    return under + svg.text(x, y, words, 11, anchor, colour)


def strip(held: Held) -> str:
    """When each vessel was heard and each behaviour held; '' where there is nothing to show."""
    begins = [float(t.time[0]) for _, t in held.tracks] + [float(b["start"]) for b in held.behaviours]
    ends = [float(t.time[-1]) for _, t in held.tracks] + [float(b["end"] or b["start"]) for b in held.behaviours]
    if not begins or max(ends) <= min(begins):
        return ""
    rows = [*((item, track) for item, track in held.tracks), *((b, None) for b in held.behaviours)][:ROWS_MAX]
    frame = svg.Frame(LABELS, 6, CHART, ROW * len(rows), (min(begins), max(ends)), (float(len(rows)), 0.0))
    parts = [_hours(frame)]
    for k, (item, track) in enumerate(rows):
        y = frame.top + ROW * (k + 0.5)
        parts.append(_heard(frame, y, held, item, track) if track is not None else _lasted(frame, y, held, item))
    width, height = LABELS + CHART + 20, frame.top + frame.height + 24
    size = f"viewBox='0 0 {width:.0f} {height:.0f}' width='{width:.0f}' height='{height:.0f}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{''.join(parts)}</svg>"


def _hours(frame: svg.Frame) -> str:
    """The hours, with a date where that is the first of its day."""
    found, day, bottom = [], "", frame.top + frame.height
    for value in svg.ticks(frame.x[0] / 3600, frame.x[1] / 3600, 8):
        x = float(frame.at(np.array([value * 3600]), np.array([0.0]))[0][0])
        told = told_time(value * 3600)
        words, day = (told[11:16] if told[:10] == day else f"{told[5:10]} {told[11:16]}"), told[:10]
        found.append(f"<path d='M{x:.1f} {frame.top}V{bottom:.1f}' stroke='#dddddd'/>")
        found.append(svg.text(x, bottom + 14, words, 10, "middle", svg.GREY))
    return "".join(found)


def _heard(frame: svg.Frame, y: float, held: Held, item: dict[str, Any], track: Track) -> str:
    x = frame.at(track.time, np.zeros(len(track.time)))[0]
    dots = svg.dots(x, np.full(len(x), y), colours(held)[item["mmsi"], item["vessel"]])
    return svg.text(LABELS - 8, y + 4, held.named(item)[:34], 11, "end") + dots


def _lasted(frame: svg.Frame, y: float, held: Held, b: dict[str, Any]) -> str:
    ends = frame.x[1] if b["end"] is None else float(b["end"])
    x = frame.at(np.array([float(b["start"]), ends]), np.zeros(2))[0]
    number = 1 + [one["id"] for one in held.behaviours].index(b["id"])
    bar = f"<rect x='{x[0]:.1f}' y='{y - 6:.1f}' width='{max(x[1] - x[0], 2):.1f}' height='12' fill='{HELD}'/>"
    words = f"{number} {b['kind']}" + (" (retracted)" if b.get("standing") == "retracted" else "")
    return svg.text(LABELS - 8, y + 4, words[:38], 11, "end") + bar
