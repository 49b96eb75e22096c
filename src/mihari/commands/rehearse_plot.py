"""A rehearsal -> one picture: the map with who was seen and who not, how fresh the sea was, who was out when."""

from __future__ import annotations

import math

import numpy as np

from mihari.core.columns import Array
from mihari.core.svg import GREY, Frame, axes, clipped, curve, dots, page, polygons, text, ticks
from mihari.core.svg_map import rings
from mihari.core.units import NAUTICAL_MILE
from mihari.patrol.vehicles import places_of, where_is
from mihari.rehearse.fresh import demanded, fresh_over_time
from mihari.rehearse.rehearsal import Kind, Rehearsal, together

WIDTH, HEIGHT = 1180.0, 1180.0
LAND, SHORE, NIGHT = "#e9e4d8", "#a79f8c", "#eef0f6"
SEEN, NOT_SEEN, PLANNED, FLOWN, FAULT = "#4a7fb5", "#c0392b", "#b8b8b8", "#2f6b3c", "#8e44ad"
AGES = ("#2f6b3c", "#8fbf7f", "#e8c95a", "#cf6a3b")  # mean age over the demanded interval: below 0.5, 1, 2, above
DRAWN = 40  # ways of each family on the map: more hide each other
WIDE, THIN = "stroke-width='1.5'", "stroke-width='0.8'"
ROW = 15.0  # px of a vehicle in the timeline


def picture(one: Rehearsal) -> str:
    """The whole page, SVG."""
    parts = [text(30, 28, f"{one.file.name}: a plan rehearsed", 18)]
    parts += _map(one, Frame(60, 60, 720, 470, *_box(one, 720 / 470)))
    parts += _shares(one, Frame(860, 60, 280, 190, (0.0, 4.0), (0.0, 100.0)))
    parts += _fresh(one, Frame(860, 320, 280, 210, (0.0, one.file.hours), (0.0, 100.0)))
    names = [v.name for v in one.flown.vehicles if any(n == v.name for n, _ in one.flown.turns)]
    high = ROW * max(len(names) + len(one.stations), 1)
    parts += _timeline(one, names, Frame(160, 590, 980, high, (0.0, one.file.hours), (0.0, high)))
    return page(WIDTH, 590 + high + 90, parts)


def _box(one: Rehearsal, shape: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Longitudes and latitudes that show all cells undistorted."""
    lat, lon = one.ground.cells.corners[..., 0], one.ground.cells.corners[..., 1]
    lon = one.file.area.lon_deg + (lon - one.file.area.lon_deg + 180) % 360 - 180
    middle, up = (lat.min() + lat.max()) / 2, 0.53 * (lat.max() - lat.min())
    across, narrow = 0.53 * (lon.max() - lon.min()), math.cos(math.radians(middle))
    up = max(up, across * narrow / shape)
    centre, across = (lon.min() + lon.max()) / 2, up * shape / narrow
    return (centre - across, centre + across), (middle - up, middle + up)


def _map(one: Rehearsal, frame: Frame) -> list[str]:
    cells = one.ground.cells
    ages = _mean_age(one)
    inside = []
    for level, colour in enumerate(AGES):
        bounds = (0.0, 0.5, 1.0, 2.0, math.inf)
        rows = [r for r, age in ages.items() if bounds[level] <= age < bounds[level + 1]]
        found = [_ring(one, cells.corners[r]) for r in rows]
        inside.append(f"<g fill-opacity='0.35'>{polygons(frame, found, colour, 'white')}</g>")
    if cells.land is not None:
        inside.append(polygons(frame, rings(cells.land.area, frame), LAND, SHORE))
    for kind in one.kinds:
        inside += _ways(frame, one, kind)
    for radar in one.file.radar:
        inside.append(_circle(frame, radar.lat_deg, radar.lon_deg, radar.reach_nm * NAUTICAL_MILE, "#555", "4 3"))
    for station in one.file.station:
        inside.append(_circle(frame, station.lat_deg, station.lon_deg, 1000 * station.within_km, FLOWN, "none"))
    hours = np.linspace(0, one.file.hours, 40)
    for ship in one.file.ship:
        lat, lon = where_is(ship, hours)
        inside.append(curve(frame, lon.tolist(), lat.tolist(), "black", dashed=True))
    marks = []
    for base in places_of(one.file):
        lat, lon = where_is(base, 0.0)
        x, y = (float(v) for v in frame.at(np.array(lon), np.array(lat)))
        marks.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3'/>" + text(x + 5, y - 4, base.name, 10))
    legend = [
        text(frame.left, frame.top - 8, "mean age of looks over the demanded interval:", 11, fill=GREY),
        *(_swatch(frame.left + 270 + 75 * i, frame.top - 17, c, w)
          for i, (c, w) in enumerate(zip(AGES, ("to 0.5", "to 1", "to 2", "more"), strict=True))),
        text(frame.left + 590, frame.top - 8, "not seen", 11, fill=NOT_SEEN),
        text(frame.left + 645, frame.top - 8, "seen from the dot on", 11, fill=SEEN),
    ]  # fmt: skip
    grid = axes(frame, "{:g}°".format, "{:g}°".format)
    notice = cells.land.area.notice if cells.land is not None else ""
    below = text(frame.left, frame.top + frame.height + 28, notice, 9, fill=GREY)
    return [grid, clipped(frame, "map", [*inside, *marks]), *legend, below]


def _swatch(x: float, y: float, colour: str, words: str) -> str:
    box = f"<rect x='{x:.0f}' y='{y:.0f}' width='12' height='10' fill='{colour}' fill-opacity='0.5'/>"
    return box + text(x + 16, y + 9, words, 11, fill=GREY)


def _ring(one: Rehearsal, corners: Array) -> tuple[Array, Array]:
    lon = one.file.area.lon_deg + (corners[:, 1] - one.file.area.lon_deg + 180) % 360 - 180
    return lon, corners[:, 0]


def _mean_age(one: Rehearsal) -> dict[int, float]:
    """By cell: mean age of its last look over the demanded interval, as flown."""
    found, begin, end = {}, (one.plans[0].begin - one.begin) / 3600, one.file.hours
    for row in demanded(one.ground):
        looks = one.flown_looks.get(row, [begin])
        times = np.array([looks[0], *(h for h in looks[1:] if begin < h < end), end])
        since, until = times[:-1], times[1:]
        ages = ((until - since) ** 2 - np.maximum(begin - since, 0.0) ** 2) / 2
        found[row] = float(ages.sum() / (end - begin) / one.ground.every_h[row])
    return found


def _ways(frame: Frame, one: Rehearsal, kind: Kind) -> list[str]:
    """Ways of some vessels: grey until they were seen, then blue; red if nobody saw them."""
    count = min(DRAWN, len(kind.first))
    steps = np.linspace(0.0, 1.0, 40)
    times = kind.gone.begin[:, None] + steps * (kind.gone.end - kind.gone.begin)[:, None]
    place = kind.gone.at(times)[:count]
    lat = np.degrees(np.arcsin(place[..., 2]))
    lon = np.degrees(np.arctan2(place[..., 1], place[..., 0]))
    lon = one.file.area.lon_deg + (lon - one.file.area.lon_deg + 180) % 360 - 180
    parts, seen_x, seen_y = [], [], []
    for i in range(count):
        known = np.searchsorted(times[i], kind.first[i])
        if known < len(steps):
            x, y = frame.at(lon[i, known], lat[i, known])
            seen_x.append(float(x))
            seen_y.append(float(y))
            parts.append(_thin(curve(frame, lon[i, : known + 1].tolist(), lat[i, : known + 1].tolist(), PLANNED)))
            parts.append(_thin(curve(frame, lon[i, known:].tolist(), lat[i, known:].tolist(), SEEN)))
        else:
            parts.append(_thin(curve(frame, lon[i].tolist(), lat[i].tolist(), NOT_SEEN)))
    return [*parts, dots(np.array(seen_x), np.array(seen_y), SEEN)] if seen_x else parts


def _thin(path: str) -> str:
    return f"<g stroke-opacity='0.55'>{path.replace(WIDE, THIN)}</g>"


def _circle(frame: Frame, lat_deg: float, lon_deg: float, radius: float, colour: str, dash: str) -> str:
    x, y = (float(v) for v in frame.at(np.array(lon_deg), np.array(lat_deg)))
    scale = frame.height / (frame.y[1] - frame.y[0]) / 111_195.0
    style = f"fill='none' stroke='{colour}' stroke-dasharray='{dash}'"
    return f"<circle cx='{x:.1f}' cy='{y:.1f}' r='{radius * scale:.1f}' {style}/>"


def _shares(one: Rehearsal, frame: Frame) -> list[str]:
    """Bars: observed share with its interval, the prediction as a line across."""
    parts = [text(frame.left, frame.top - 8, "seen at least once, % (line: the plan's prediction)", 11, fill=GREY)]
    parts.append(axes(Frame(frame.left, frame.top, frame.width, frame.height, (1e3, 1e3 + 1), frame.y), lambda v: ""))
    share, interval, predicted = together(one.kinds)
    rows = [(k.family.name, k.share, k.interval, k.predicted.seen) for k in one.kinds]
    for i, (name, got, (low, high), told) in enumerate([*rows, ("all", share, interval, predicted)]):
        x = frame.left + (i + 0.5) * frame.width / 4
        base, top, low_y, high_y, told_y = (
            float(frame.at(np.array(0.0), np.array(100 * v))[1]) for v in (0.0, got, low, high, told)
        )
        parts.append(f"<rect x='{x - 18:.1f}' y='{top:.1f}' width='36' height='{base - top:.1f}' fill='{SEEN}'/>")
        parts.append(f"<path d='M{x:.1f} {low_y:.1f}V{high_y:.1f}' stroke='black'/>")
        parts.append(f"<path d='M{x - 26:.1f} {told_y:.1f}H{x + 26:.1f}' stroke='{NOT_SEEN}' stroke-width='2'/>")
        parts.append(text(x, base + 14, name, 11, "middle"))
        parts.append(text(x, base + 28, f"{100 * got:.0f} / {100 * told:.0f}", 10, "middle", GREY))
    return parts


def _fresh(one: Rehearsal, frame: Frame) -> list[str]:
    hours = np.arange(0.0, one.file.hours + 1e-9, 1 / 12)
    parts = [text(frame.left, frame.top - 8, "fresh, % of demanded weight, by hour", 11, fill=GREY)]
    parts += [*_nights(one, frame), axes(frame)]
    for looks, colour in ((one.planned_looks, PLANNED), (one.flown_looks, FLOWN)):
        parts.append(curve(frame, hours.tolist(), (100 * fresh_over_time(one.ground, looks, hours)).tolist(), colour))
    parts.append(text(frame.left + 6, frame.top + 14, f"flown {one.fresh_flown:.1%}", 11, fill=FLOWN))
    parts.append(text(frame.left + 100, frame.top + 14, f"planned {one.fresh_planned:.1%}", 11, fill=GREY))
    return [*parts, *_faults(one, frame, False)]


def _nights(one: Rehearsal, frame: Frame) -> list[str]:
    """Grey where it is night."""
    parts = []
    for spell in one.ground.spells:
        if spell.night and spell.start < one.file.hours:
            x = frame.at(np.array([spell.start, min(spell.end, one.file.hours)]), np.array([0.0]))[0]
            box = f"x='{x[0]:.1f}' y='{frame.top:.1f}' width='{x[1] - x[0]:.1f}' height='{frame.height:.1f}'"
            parts.append(f"<rect {box} fill='{NIGHT}'/>")
    return parts


def _faults(one: Rehearsal, frame: Frame, words: bool) -> list[str]:
    parts = []
    for i, fault in enumerate(f for f in one.faults if f.hour <= one.file.hours):
        x = float(frame.at(np.array(fault.hour), np.array(0.0))[0])
        parts.append(f"<path d='M{x:.1f} {frame.top:.1f}v{frame.height:.1f}' stroke='{FAULT}' stroke-dasharray='3 2'/>")
        if words:
            parts.append(text(x + 3, frame.top + frame.height + 40 + 12 * (i % 3), fault.told, 10, fill=FAULT))
    return parts


def _timeline(one: Rehearsal, names: list[str], frame: Frame) -> list[str]:
    """Who was out when: grey as planned, green as flown; stations below, red where nobody was there."""
    title = "out: planned (grey) and flown (green); stations: kept (green), nobody there (red); hours"
    parts = [text(frame.left, frame.top - 8, title, 11, fill=GREY), *_nights(one, frame)]
    bottom = frame.top + frame.height
    for hour in ticks(*frame.x, most=12):
        x = float(frame.at(np.array(hour), np.array(0.0))[0])
        parts.append(
            f"<path d='M{x:.1f} {frame.top:.1f}V{bottom:.1f}' stroke='#ddd'/>"
            + text(x, bottom + 14, f"{hour:g}", 10, "middle", GREY)
        )
    for i, name in enumerate(names):
        y = frame.top + i * ROW
        parts.append(text(frame.left - 6, y + 11, name, 10, "end"))
        sorties = [turn.sortie for who, turn in one.flown.turns if who == name]
        parts += [_bar(one, frame, y + 2, 4, s.launch, s.landing, PLANNED) for s in sorties]
        column = one.flown.names.index(name)
        parts += [_bar(one, frame, y + 7, 6, a, b, FLOWN) for a, b in _spans(one, column)]
    for i, kept in enumerate(one.stations):
        y = frame.top + (len(names) + i) * ROW
        section = one.file.station[i]
        parts.append(text(frame.left - 6, y + 11, kept.station, 10, "end", FLOWN))
        first, last = one.begin + 3600 * section.from_h, one.begin + 3600 * min(section.to_h, one.file.hours)
        parts.append(_bar(one, frame, y + 4, 8, first, last, AGES[1]))
        parts += [_bar(one, frame, y + 2, 12, a, b, NOT_SEEN) for a, b in kept.gaps]
    return [*parts, *_faults(one, frame, True)]


def _spans(one: Rehearsal, column: int) -> list[tuple[float, float]]:
    """From when to when a vehicle was out, UTC s."""
    out = np.concatenate([[False], one.flown.out[:, column], [False]]).astype(int)
    edges = np.flatnonzero(np.diff(out)).reshape(-1, 2)
    times = np.append(one.flown.times, one.flown.times[-1])
    return [(float(times[a]), float(times[b])) for a, b in edges]


def _bar(one: Rehearsal, frame: Frame, y: float, height: float, first: float, last: float, colour: str) -> str:
    hours = np.clip((np.array([first, last]) - one.begin) / 3600, *frame.x)
    x = frame.at(hours, np.zeros(2))[0]
    wide = max(x[1] - x[0], 0.5)
    return f"<rect x='{x[0]:.1f}' y='{y:.1f}' width='{wide:.1f}' height='{height:.0f}' fill='{colour}'/>"
