"""What a judge has found -> a picture (SVG) of where it went wrong, on the coast, and when."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mihari.core import svg
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.svg_map import LAND, SEA, SHORE, degrees, near, rings
from mihari.core.times import told_time

if TYPE_CHECKING:
    from mihari.coast import Area
    from mihari.score.judge import Judge

BLUE, ORANGE, RED, PURPLE, GREY = "#0072b2", "#d55e00", "#c02040", "#8040a0", "#9a9a9a"
MAP, CHARTS = 620.0, 460.0  # px, sides of the map and width of the charts
CELL = 5.0  # px: marks nearer to one another become one, which grows
MOST_DOTS = 20_000  # of what went well; more are only ink


def picture(judge: Judge, area: Area | None, limit: Judge | None = None) -> str:
    """The picture as text. `area`: the coast, if known; `limit`: the clairvoyant's judge, dashed beside."""
    frame = _map_frame(judge)
    height = frame.top + frame.height + 40
    parts = [_title(judge), _map(judge, frame, area), *_charts(judge, limit, height)]
    return svg.page(frame.left + frame.width + CHARTS + 100, height, parts)


def write(path: Path, text: str) -> None:
    """Save the picture; BadInput for a name that is none of an SVG, or a place that cannot be written."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None


def checked(path: Path) -> Path:
    """The name, if it can become a picture."""
    if path.suffix.lower() != ".svg":
        raise BadInput(f"{path}: expected a name that ends in .svg (any browser shows and prints it)")
    return path


def _title(judge: Judge) -> str:
    times = [i.time for i in judge.instants]
    words = f"{told_time(times[0])} to {told_time(times[-1])}, {len(times)} moments: what went wrong, where and when"
    return svg.text(60, 22, words, 14)


def _map_frame(judge: Judge) -> svg.Frame:
    """Around all that was judged, a nautical mile as long to the east as to the north."""
    held, followed = judge.held(), judge.followed()
    lat = np.concatenate([held.lat_deg, followed.lat_deg])
    lon = near(np.concatenate([held.lon_deg, followed.lon_deg]), float(held.lon_deg[0]))
    (south, north), (west, east) = np.quantile(lat, [0.002, 0.998]), np.quantile(lon, [0.002, 0.998])
    shrink = math.cos(math.radians((south + north) / 2))
    side = 1.1 * max(north - south, (east - west) * shrink, 0.02)
    middle_lat, middle_lon = (south + north) / 2, (west + east) / 2
    tall = min(max(1.1 * (north - south) / side, 0.75), 1.0) * side
    x = (middle_lon - side / 2 / shrink, middle_lon + side / 2 / shrink)
    return svg.Frame(60, 40, MAP, MAP * tall / side, x, (middle_lat - tall / 2, middle_lat + tall / 2))


def _map(judge: Judge, frame: svg.Frame, area: Area | None) -> str:
    from mihari.score.identity import switched

    held, followed = judge.held(), judge.followed()
    missed, false = held.take(held.track < 0), followed.take(followed.holds < 0)
    lost = held.take(switched(held.time, held.vessel, held.keeper))
    well = held.take(held.track >= 0)
    well = well.take(np.arange(0, len(well), -(-len(well) // MOST_DOTS) or 1))
    parts = [f"<rect x='60' y='40' width='{frame.width}' height='{frame.height:.1f}' fill='{SEA}'/>"]
    if area is not None:
        parts.append(svg.polygons(frame, rings(area, frame), LAND, SHORE))
    parts.append(svg.dots(*frame.at(near(well.lon_deg, frame.x[0]), well.lat_deg), GREY))
    for rows, shape, colour in ((missed, "ring", ORANGE), (false, "cross", RED), (lost, "diamond", PURPLE)):
        places = frame.at(near(rows.lon_deg, frame.x[0]), rows.lat_deg)
        parts.append(svg.marks(*gathered(*places), shape, f"fill='none' stroke='{colour}' stroke-width='1.4'"))
    stands = np.array(judge.radars).reshape(-1, 2)
    stands_at = frame.at(near(stands[:, 1], frame.x[0]), stands[:, 0])
    parts.append(svg.marks(*stands_at, np.full(len(stands), 6.0), "triangle", "fill='black'"))
    legend = _legend(frame, [
        ("ring", ORANGE, f"missed, {len(missed)} times"), ("cross", RED, f"false, {len(false)} times"),
        ("diamond", PURPLE, f"another track takes over, {len(lost)} times"),
    ])  # fmt: skip
    notice = area.notice if area is not None else ""
    foot = svg.text(frame.left, frame.top + frame.height + 28, notice, 7, "start", svg.GREY)
    return svg.clipped(frame, "map", parts) + svg.axes(frame, degrees("E", "W"), degrees("N", "S")) + legend + foot


def gathered(x: Array, y: Array) -> tuple[Array, Array, Array]:
    """Places and radii: one mark for each cell of the page, the larger the more often something went wrong there.

    >>> [v.round(2).tolist() for v in gathered(np.array([1.0, 2.0, 50.0]), np.array([1.0, 1.0, 50.0]))]
    [[1.5, 50.0], [1.0, 50.0], [4.24, 3.0]]
    """
    cells = np.column_stack([x // CELL, y // CELL])
    _, which, count = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    centre = [np.bincount(which.ravel(), v, len(count)) / np.maximum(count, 1) for v in (x, y)]
    return centre[0], centre[1], np.minimum(3.0 * np.sqrt(count), 14.0)


def _legend(frame: svg.Frame, rows: list[tuple[str, str, str]]) -> str:
    left, top, lines = frame.left + 8, frame.top + 8, []
    box = f"x='{left}' y='{top}' width='200' height='{18 * len(rows) + 6}' fill='white' fill-opacity='0.9'"
    for k, (shape, colour, words) in enumerate(rows):
        y = top + 18 * k + 14
        style = f"fill='none' stroke='{colour}' stroke-width='1.4'"
        lines.append(svg.marks(np.array([left + 12]), np.array([y - 4]), np.array([4.0]), shape, style))
        lines.append(svg.text(left + 24, y, words))
    return f"<rect {box}/>" + "".join(lines)


def _charts(judge: Judge, limit: Judge | None, height: float) -> list[str]:
    """GOSPA and OSPA(2), what was missed and false, and how far off the rest was, over time."""
    start = judge.instants[0].time
    end = max(judge.instants[-1].time - start, 1.0)
    tall = (height - 80) / 3 - 36
    order = judge.settings.order
    titles = (
        "GOSPA, m",
        "missed vessels (orange), false tracks (red)",
        "OSPA(2) (purple), RMS error of pairs (blue), m",
    )
    parts = []
    for k, title in enumerate(titles):
        lines = []
        for one, dashed in [(judge, False), (limit, True)]:
            for i, colour in _series(one, k, order):
                lines.append((i, colour, dashed))
        top = 1.08 * max((v for i, _, _ in lines for v in i if math.isfinite(v)), default=1.0) or 1.0
        frame = svg.Frame(60 + MAP + 60, 52 + k * (tall + 46), CHARTS - 40, tall, (0.0, end), (0.0, top))
        parts.append(svg.text(frame.left, frame.top - 6, title + (" (dashed: clairvoyant)" if limit else "")))
        parts.append(svg.axes(frame))
        for values, colour, dashed in lines:
            times = [i.time - start for i in (limit if dashed and limit else judge).instants]
            parts.append(svg.curve(frame, times, values, colour, dashed))
    parts.append(svg.text(60 + MAP + 60 + (CHARTS - 40) / 2, height - 8, "seconds", 10, "middle", svg.GREY))
    return parts


def _series(judge: Judge | None, number: int, order: float) -> list[tuple[list[float], str]]:
    """The lines of a chart, with their colours."""
    if judge is None:
        return []
    i = judge.instants
    if number == 0:
        return [([one.gospa.value for one in i], BLUE)]
    if number == 1:
        return [([float(one.gospa.missed) for one in i], ORANGE), ([float(one.gospa.false) for one in i], RED)]
    return [([one.ospa2 for one in i], PURPLE), ([one.gospa.rms(order) for one in i], BLUE)]
