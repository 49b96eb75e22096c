"""A curve of sizing -> a picture (SVG): fresh by number of vehicles and by cost, and what the fleets are made of."""

from __future__ import annotations

import math

import numpy as np

from mihari.core import svg
from mihari.patrol.sizing import Curve, Point

BLUE, GREY, ORANGE, RED, PURPLE = "#0072b2", "#7a7a7a", "#d55e00", "#c02040", "#8040a0"
KINDS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8c6d46", "#444444", "#a0a0ff")
WIDE, TALL, BARS = 430.0, 330.0, 170.0  # px of the charts, and of the bars below them
LEFT, TOP, APART = 60.0, 70.0, 70.0


def picture(curve: Curve) -> str:
    """The picture as text."""
    points = [*curve.points, *([curve.better] if curve.better is not None else [])]
    count = max(max(p.count for p in points), 1)
    cost = max(max(p.cost_per_h for p in points), 1e-9) * 1.04
    by_count = svg.Frame(LEFT, TOP, WIDE, TALL, (-0.5, count + 0.5), (0.0, 100.0))
    by_cost = svg.Frame(LEFT + WIDE + APART, TOP, WIDE, TALL, (0.0, cost), (0.0, 100.0))
    bars = svg.Frame(LEFT, TOP + TALL + 60, WIDE, BARS, by_count.x, (0.0, float(count)))
    width, height = by_cost.left + WIDE + 30, bars.top + BARS + 40
    parts = [
        svg.text(LEFT, 24, f"{curve.patrol}: how many of which platform", 15),
        svg.text(LEFT, 42, _told(curve), 11, "start", svg.GREY),
        *_chart(curve, by_count, [float(p.count) for p in curve.points], "vehicles", True),
        *_chart(curve, by_cost, [p.cost_per_h for p in curve.points], "cost per hour, all of them out", False),
        *_bars(curve, bars),
        *_legend(curve, by_cost.left, bars.top),
    ]
    return svg.page(width, height, parts)


def _told(curve: Curve) -> str:
    met = curve.met
    done = f"met by {met.count} vehicles" if met is not None else "met by no plan here"
    target = f"{100 * curve.target:g} % fresh: {done}"
    if curve.fewest is None:
        return f"{target}; by the bound, no fleet of these candidates can"
    return f"{target}; by the bound, no fleet of fewer than {math.ceil(curve.fewest.price - 1e-6)} can"


def _chart(curve: Curve, frame: svg.Frame, x: list[float], under: str, limited: bool) -> list[str]:
    points = curve.points
    lines = [
        svg.curve(frame, frame.x, [100 * curve.target] * 2, RED, dashed=True),
        svg.curve(frame, x, [100 * p.bound for p in points], GREY, dashed=True),
        svg.curve(frame, x, [100 * p.fresh for p in points], BLUE),
    ]
    if limited:
        lines.append(svg.curve(frame, x, [100 * p.limit for p in points], ORANGE, dashed=True))
    for point, shape, colour, radius in _marked(curve):
        at = float(point.count) if limited else point.cost_per_h
        place = frame.at(np.array([at]), np.array([100 * point.fresh]))
        lines.append(svg.marks(*place, np.array([radius]), shape, f"fill='none' stroke='{colour}' stroke-width='1.8'"))
    steps = svg.dots(*frame.at(np.array(x), np.array([100 * p.fresh for p in points])), BLUE)
    title = svg.text(frame.left, frame.top - 8, "fresh, % of demanded weight and time")
    name = svg.text(frame.left + frame.width / 2, frame.top + frame.height + 30, under, 11, "middle", svg.GREY)
    return [svg.axes(frame), svg.clipped(frame, f"chart-{limited:d}", lines), steps, title, name]


def _marked(curve: Curve) -> list[tuple[Point, str, str, float]]:
    found = [(curve.knee, "diamond", PURPLE, 7.0), (curve.met, "ring", RED, 7.0)]
    if curve.better is not None and curve.better is not curve.met:
        found.append((curve.better, "cross", BLUE, 5.0))
    return [(point, shape, colour, radius) for point, shape, colour, radius in found if point is not None]


def _names(curve: Curve) -> list[str]:
    return list(dict.fromkeys(name for p in curve.points for name in p.vehicles))


def _colour(number: int) -> str:
    return KINDS[number % len(KINDS)]


def _bars(curve: Curve, frame: svg.Frame) -> list[str]:
    """What each fleet is made of, one bar for each."""
    made = [svg.axes(frame), svg.text(frame.left, frame.top - 8, "made of")]
    names = _names(curve)
    for point in curve.points:
        low = 0
        for i, name in enumerate(names):
            n = point.vehicles.get(name, 0)
            (left, right), (bottom, top) = frame.at(
                np.array([point.count - 0.38, point.count + 0.38]), np.array([low, low + n])
            )
            box = f"x='{left:.1f}' y='{top:.1f}' width='{right - left:.1f}' height='{bottom - top:.1f}'"
            made.append(f"<rect {box} fill='{_colour(i)}'/>" if n else "")
            low += n
    made.append(svg.text(frame.left + frame.width / 2, frame.top + BARS + 30, "vehicles", 11, "middle", svg.GREY))
    return made


def _legend(curve: Curve, left: float, top: float) -> list[str]:
    lines = [
        ("planned", BLUE, ""), ("no plan of this fleet exceeds", GREY, "5 3"),
        ("no fleet of so many vehicles exceeds", ORANGE, "5 3"), (f"{100 * curve.target:g} %, asked for", RED, "5 3"),
    ]  # fmt: skip
    made = []
    for i, (words, colour, dashes) in enumerate(lines):
        y = top + 16 * i + 4
        style = f"stroke='{colour}' stroke-width='1.8' stroke-dasharray='{dashes or 'none'}'"
        made.append(f"<path d='M{left:.0f} {y:.0f}h26' {style}/>" + svg.text(left + 34, y + 4, words))
    shapes = [("ring", RED, "met")] if curve.met is not None else []
    if curve.knee is not None:
        shapes.append(("diamond", PURPLE, "knee: each further one brings less"))
    if curve.better is not None:
        shapes.append(("cross", BLUE, "after exchanges"))
    for i, (shape, colour, words) in enumerate(shapes):
        y = top + 16 * (len(lines) + i) + 4
        style = f"fill='none' stroke='{colour}' stroke-width='1.6'"
        mark = svg.marks(np.array([left + 13]), np.array([y]), np.array([5.0]), shape, style)
        made.append(mark + svg.text(left + 34, y + 4, words))
    for i, name in enumerate(_names(curve)):
        y = top + 16 * i - 4
        made.append(f"<rect x='{left + 280:.0f}' y='{y:.0f}' width='11' height='11' fill='{_colour(i)}'/>")
        made.append(svg.text(left + 298, y + 9, name))
    return made
