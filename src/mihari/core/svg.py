"""Numbers -> charts in SVG 1.1, as text: frames with axes, lines, marks, a map. Needs no drawing library.

Lengths are pixels, y downwards. A `Frame` maps its own units (degrees, seconds, metres) to its place on the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from mihari.core.columns import Array

FONT = "font-family='Helvetica,Arial,sans-serif'"
GREY, PALE = "#6a6a6a", "#dddddd"
TICK_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of the page, left, top, width, height px, that shows x from `low` to `high`, y likewise (upwards)."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Pixels of points.

        >>> [v.tolist() for v in Frame(10, 0, 100, 50, (0, 1), (0, 1)).at(np.array([0.5]), np.array([1.0]))]
        [[60.0], [0.0]]
        """
        across = (np.asarray(x, float) - self.x[0]) / (self.x[1] - self.x[0])
        up = (np.asarray(y, float) - self.y[0]) / (self.y[1] - self.y[0])
        return self.left + across * self.width, self.top + (1 - up) * self.height


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most so many round numbers between two.

    >>> ticks(0.0, 42.0)
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    span = max(high - low, 1e-12)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(s * power for s in TICK_STEPS if span / (s * power) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def text(x: float, y: float, words: str, size: int = 11, anchor: str = "start", fill: str = "black") -> str:
    """Words at a place; `anchor` start, middle or end."""
    at = f"x='{x:.1f}' y='{y:.1f}' font-size='{size}' text-anchor='{anchor}' fill='{fill}'"
    return f"<text {at} {FONT}>{escape(words)}</text>"


def axes(
    frame: Frame, of_x: Callable[[float], str] = "{:g}".format, of_y: Callable[[float], str] = "{:g}".format
) -> str:
    """The grid with its numbers, and the frame's edge."""
    found = []
    bottom, right = frame.top + frame.height, frame.left + frame.width
    for value in ticks(*frame.x):
        x = float(frame.at(np.array([value]), np.array([frame.y[0]]))[0][0])
        found.append(_line(x, frame.top, x, bottom, PALE) + text(x, bottom + 13, of_x(value), 9, "middle", GREY))
    for value in ticks(*frame.y):
        y = float(frame.at(np.array([frame.x[0]]), np.array([value]))[1][0])
        found.append(_line(frame.left, y, right, y, PALE) + text(frame.left - 4, y + 3, of_y(value), 9, "end", GREY))
    box = f"x='{frame.left:.1f}' y='{frame.top:.1f}' width='{frame.width:.1f}' height='{frame.height:.1f}'"
    return "".join(found) + f"<rect {box} fill='none' stroke='{GREY}'/>"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}' stroke-width='0.6'/>"


def curve(frame: Frame, x: Sequence[float], y: Sequence[float], colour: str, dashed: bool = False) -> str:
    """A line through points, broken where y is no number."""
    px, py = frame.at(np.asarray(x, float), np.asarray(y, float))
    steps, pen = [], "M"
    for a, b in zip(px.tolist(), py.tolist(), strict=True):
        if not math.isfinite(b):
            pen = "M"
            continue
        steps.append(f"{pen}{a:.1f} {b:.1f}")
        pen = "L"
    style = " stroke-dasharray='5 3'" if dashed else ""
    return f"<path d='{''.join(steps)}' fill='none' stroke='{colour}' stroke-width='1.5'{style}/>"


def polygons(frame: Frame, rings: Sequence[tuple[Array, Array]], fill: str, edge: str) -> str:
    """Closed rings of (x, y), even ones inside odd ones being holes; corners closer than half a pixel are left out."""
    steps = []
    for x, y in rings:
        corners = within(np.column_stack(frame.at(x, y)), frame)
        corners = np.round(corners * 2) / 2
        kept = corners[np.append(True, (np.diff(corners, axis=0) != 0).any(1))] if len(corners) else corners
        if len(kept) > 2:
            steps.append("M" + "L".join(f"{a:g} {b:g}" for a, b in kept.tolist()) + "Z")
    return f"<path d='{''.join(steps)}' fill='{fill}' stroke='{edge}' stroke-width='0.6' fill-rule='evenodd'/>"


def within(corners: Array, frame: Frame, margin: float = 5.0) -> Array:
    """The part of a polygon (n, 2), px, in the frame and a margin: Sutherland & Hodgman, Comm. ACM 17 (1974) 32-42.

    >>> within(np.array([[-50.0, 2.0], [50.0, 2.0], [50.0, 8.0]]), Frame(0, 0, 10, 10, (0, 1), (0, 1)), 0.0).tolist()
    [[0.0, 2.0], [10.0, 2.0], [10.0, 5.6], [0.0, 5.0]]
    """
    low = np.array([frame.left, frame.top]) - margin
    high = low + np.array([frame.width, frame.height]) + 2 * margin
    for axis in (0, 1):
        for bound, sign in ((low[axis], 1.0), (high[axis], -1.0)):
            over = sign * (corners[:, axis] - bound)
            after, following = np.roll(corners, -1, axis=0), np.roll(over, -1)
            crosses = (over >= 0) != (following >= 0)
            share = over / np.where(crosses, over - following, 1.0)
            both = np.stack([corners, corners + share[:, None] * (after - corners)], axis=1)
            corners = both[np.column_stack([over >= 0, crosses])]
    return corners


def marks(x: Array, y: Array, radius: Array, draw: str, style: str) -> str:
    """One shape at each pixel place; `draw` is its path around (0, 0) with radius 1."""
    placed = [
        f"<use href='#{draw}' transform='translate({a:.1f} {b:.1f}) scale({r:.1f})'/>"
        for a, b, r in zip(x.tolist(), y.tolist(), radius.tolist(), strict=True)
    ]
    return f"<g {style}>{''.join(placed)}</g>"


def dots(x: Array, y: Array, colour: str) -> str:
    """A small dot at each pixel place; places within half a pixel are one."""
    places = np.unique(np.round(np.column_stack([x, y]) * 2) / 2, axis=0)
    steps = "".join(f"M{a:g} {b:g}h0" for a, b in places.tolist())
    return f"<path d='{steps}' stroke='{colour}' stroke-width='1.8' stroke-linecap='round' fill='none'/>"


SHAPES = (
    "<defs><circle id='ring' r='1' vector-effect='non-scaling-stroke'/>"
    "<path id='cross' d='M-1 -1L1 1M-1 1L1 -1' vector-effect='non-scaling-stroke'/>"
    "<path id='diamond' d='M0 -1.2L1.2 0L0 1.2L-1.2 0Z' vector-effect='non-scaling-stroke'/>"
    "<path id='triangle' d='M0 -1.2L1 0.7L-1 0.7Z'/></defs>"
)


def page(width: float, height: float, parts: Sequence[str]) -> str:
    """The whole picture."""
    size = f"width='{width:.0f}' height='{height:.0f}'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width:.0f} {height:.0f}' {size}>"
    return head + f"<rect {size} fill='white'/>{SHAPES}" + "\n".join(parts) + "</svg>\n"


def clipped(frame: Frame, name: str, parts: Sequence[str]) -> str:
    """Parts cut off at the frame's edge; `name` must be its own on the page."""
    box = f"x='{frame.left:.1f}' y='{frame.top:.1f}' width='{frame.width:.1f}' height='{frame.height:.1f}'"
    return f"<clipPath id='{name}'><rect {box}/></clipPath><g clip-path='url(#{name})'>{''.join(parts)}</g>"
