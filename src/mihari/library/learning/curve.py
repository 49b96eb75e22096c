"""What was tried of one parameter -> a picture (SVG): recall and precision, the present value and the suggested one."""

from __future__ import annotations

import numpy as np

from mihari.core import svg
from mihari.library.learning.thresholds import Tuning

SIDE, LEFT, TOP, GAP = 300.0, 56.0, 40.0, 80.0  # px
CURVE, NOW, BEST = "#0072b2", "#6a6a6a", "#d55e00"  # Okabe & Ito's, told apart by all eyes
PRECISION, RECALL, F1 = "#009e73", "#56b4e9", "#000000"


def plot(found: Tuning) -> str:
    """Two charts side by side: precision over recall, and the figures over the values, the likely ones shaded."""
    precision, recall, f1 = found.figures
    present, best = found.choice.present, found.choice.best
    left = svg.Frame(LEFT, TOP, SIDE, SIDE, (0.0, 1.0), (0.0, 1.0))
    order = np.lexsort((precision, recall))
    parts = [svg.axes(left), svg.curve(left, recall[order].tolist(), precision[order].tolist(), CURVE)]
    for place, colour, radius in ((present, NOW, 7.0), (best, BEST, 5.0)):
        x, y = left.at(recall[[place]], np.nan_to_num(precision[[place]]))
        parts.append(svg.marks(x, y, np.array([radius]), "ring", f"fill='none' stroke='{colour}' stroke-width='2.5'"))
    parts += [_titled(left, "recall", "precision"), *_values(found, np.stack([precision, recall, f1]))]
    told = f"present {_value(found, present)}, F1 {f1[present]:.2f}"
    parts.append(svg.text(LEFT, 18, f"{found.kind}: {_name(found)} on {len(found.cases)} cases", 13))
    parts.append(svg.text(LEFT, TOP + SIDE + 44, told, 11, fill=NOW))
    suggested = f"suggested {_value(found, best)}, F1 {f1[best]:.2f} on these cases, {found.choice.expected[best]:.2f}"
    parts.append(svg.text(LEFT, TOP + SIDE + 60, f"{suggested} where they are smoothed", 11, fill=BEST))
    return svg.page(2 * (LEFT + SIDE) + GAP, TOP + SIDE + 76, parts)


def _values(found: Tuning, figures: np.ndarray) -> list[str]:
    """Precision, recall and F1 over the values."""
    places = found.ranges[0].places if len(found.ranges) == 1 else np.arange(figures.shape[1], dtype=float)
    frame = svg.Frame(2 * LEFT + SIDE + GAP / 2, TOP, SIDE, SIDE, (float(places[0]), float(places[-1])), (0.0, 1.0))
    parts = []
    if len(found.ranges) == 1:
        ends = [float(frame.at(places[[k]], np.zeros(1))[0][0]) for k in found.choice.likely]
        box = f"x='{ends[0]:.1f}' y='{TOP}' width='{max(ends[1] - ends[0], 2.0):.1f}' height='{SIDE}'"
        parts.append(f"<rect {box} fill='{BEST}' fill-opacity='0.12'/>")
    numbers = {float(places[k]): _value(found, k) for k in range(len(places))}
    nearest = lambda x: numbers[min(numbers, key=lambda at: abs(at - x))]  # noqa: E731
    parts.append(svg.axes(frame, nearest))
    for row, colour, name, k in zip(
        figures, (PRECISION, RECALL, F1), ("precision", "recall", "F1"), range(3), strict=True
    ):
        parts.append(svg.curve(frame, places.tolist(), row.tolist(), colour))
        parts.append(svg.text(frame.left + 8 + 70 * k, TOP - 6, name, 11, fill=colour))
    for place, colour in ((found.choice.present, NOW), (found.choice.best, BEST)):
        parts.append(svg.curve(frame, [places[place]] * 2, [0.0, 1.0], colour, dashed=True))
    return parts


def _titled(frame: svg.Frame, across: str, up: str) -> str:
    middle, low = frame.left + frame.width / 2, frame.top + frame.height
    return svg.text(middle, low + 28, across, 11, "middle") + svg.text(frame.left, frame.top - 6, up, 11)


def _value(found: Tuning, place: int) -> str:
    return ", ".join(str(value) for value in found.choices[place].values())


def _name(found: Tuning) -> str:
    return ", ".join(r.name.rpartition("__")[2] for r in found.ranges)
