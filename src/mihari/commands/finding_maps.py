"""Findings and where everybody was -> a picture (SVG) of each: before, while and after, others, coast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mihari.behaviours.sightings import Sightings
from mihari.behaviours.whereabouts import Whereabouts
from mihari.core import svg
from mihari.core.behaviour import Behaviour, Standing, mmsi_of, picture_id
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.svg_map import LAND, SEA, SHORE, around, degrees, near, rings, scale_bar
from mihari.core.times import told_time
from mihari.core.units import KNOT

if TYPE_CHECKING:
    from mihari.coast import Area

BEFORE, WHILE, AFTER, OTHERS = "#0072b2", "#d55e00", "#009e73", "#9a9a9a"
AROUND_S = 3 * 3600.0  # what is drawn before and after: a gap's own witnesses are looked for over less
SIDE, STRIP, LEFT = 620.0, 46.0, 60.0  # px
PATH_GAP_S = 1800.0  # no line is drawn over a longer silence
BIN_S = 600.0  # of the strip of others


def chosen(findings: Sequence[Behaviour], count: int, seed: int) -> list[Behaviour]:
    """So many findings by chance: two of each kind first, then of all; the same for the same seed.

    >>> some = [Behaviour(f"{k}{n}", k, (n,), n, None, 0.0, 0.0, "") for k in "ab" for n in range(40)]
    >>> one = chosen(some, 10, 1)
    >>> len(one), sorted({b.kind for b in one}), one == chosen(some[::-1], 10, 1)
    (10, ['a', 'b'], True)
    """
    order = sorted(findings, key=lambda b: b.id)
    drawn = [order[k] for k in np.random.default_rng(seed).permutation(len(order)).tolist()]
    ranks: dict[str, int] = {}
    ranked = []
    for place, one in enumerate(drawn):
        ranks[one.kind] = ranks.get(one.kind, 0) + 1
        ranked.append((ranks[one.kind] > 2, place))
    picked = [drawn[place] for _, place in sorted(ranked)[:count]]
    return sorted(picked, key=lambda b: (b.start, b.kind, b.id))


def write_all(folder: Path, findings: Sequence[Behaviour], seen: Whereabouts, area: Area | None, last: float) -> int:
    """A picture of each finding into `folder`, named by number, kind and vessel; how many.

    `last`: end of the data, UTC s.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, finding in enumerate(findings, 1):
            who = "_".join(name_of(v).strip("#") for v in finding.vessels[:2])
            (folder / f"{number:03d}_{finding.kind}_{who}.svg").write_text(picture(finding, seen, area, last), "utf-8")
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {(error.strerror or str(error)).lower()}") from None
    return len(findings)


def name_of(vessel: int) -> str:
    """An MMSI, or # and the number in the picture."""
    return f"{mmsi_of(vessel):09d}" if mmsi_of(vessel) else f"#{picture_id(vessel)}"


def picture(finding: Behaviour, seen: Whereabouts, area: Area | None, last: float) -> str:
    """One finding as a page: what was told of it, the map, and strips of time."""
    end = last if finding.end is None else float(finding.end)
    rows = seen.between(finding.start - AROUND_S, end + AROUND_S)
    own = rows.take(np.isin(rows.key, finding.vessels))
    frame = _frame(finding, own)
    others = _others(rows, finding, frame)
    parts = [_words(finding, end), _map(finding, frame, own, others, area, end)]
    return svg.page(
        SIDE + 2 * LEFT,
        frame.top + frame.height + 60 + 3 * (STRIP + 26),
        [*parts, *_strips(finding, own, others, frame, end)],
    )


def _words(finding: Behaviour, end: float) -> str:
    until = "going on" if finding.end is None else told_time(end)
    standing = " (retracted)" if finding.standing is Standing.RETRACTED else ""
    who = ", ".join(name_of(v) for v in finding.vessels[:6])
    hours = (end - finding.start) / 3600
    head = f"{finding.kind}{standing}: {who}, {told_time(finding.start)} to {until}, {hours:.1f} h"
    because = finding.because if len(finding.because) < 130 else finding.because[:129] + "…"
    return svg.text(LEFT, 20, head, 13) + svg.text(LEFT, 38, because, 11)


def _frame(finding: Behaviour, own: Sightings) -> svg.Frame:
    """Around the vessels' places."""
    lon = near(np.append(own.lon_deg, finding.lon_deg), finding.lon_deg)
    return around(np.append(own.lat_deg, finding.lat_deg), lon, LEFT, 52, SIDE)


def _others(rows: Sightings, finding: Behaviour, frame: svg.Frame) -> Sightings:
    """Everybody else on the map."""
    lon = near(rows.lon_deg, finding.lon_deg)
    here = (rows.lat_deg >= frame.y[0]) & (rows.lat_deg <= frame.y[1]) & (lon >= frame.x[0]) & (lon <= frame.x[1])
    return rows.take(here & ~np.isin(rows.key, finding.vessels))


def _map(finding: Behaviour, frame: svg.Frame, own: Sightings, others: Sightings, area: Area | None, end: float) -> str:
    parts = [f"<rect x='{frame.left}' y='{frame.top}' width='{frame.width}' height='{frame.height}' fill='{SEA}'/>"]
    if area is not None:
        parts.append(svg.polygons(frame, rings(area, frame), LAND, SHORE))
    during = others.take((others.time >= finding.start) & (others.time < end))
    parts.append(svg.dots(*frame.at(near(during.lon_deg, finding.lon_deg), during.lat_deg), OTHERS))
    for vessel in finding.vessels:
        mine = own.take(own.key == vessel)
        for colour, first, over in _phases(finding, end):
            leg = mine.take((mine.time >= first) & (mine.time < over))
            lat = np.where(np.diff(leg.time, prepend=-math.inf) > PATH_GAP_S, math.nan, leg.lat_deg)
            lon = near(leg.lon_deg, finding.lon_deg)
            parts.append(svg.curve(frame, lon.tolist(), lat.tolist(), colour))
            parts.append(svg.dots(*frame.at(lon, leg.lat_deg), colour))
        parts += [_across(frame, mine, finding, end), *_ends(frame, mine, finding, end)]
    notice = "no coastline: inland, or none was named" if area is None else area.notice
    foot = svg.text(frame.left, frame.top + frame.height + 28, notice, 7, "start", svg.GREY)
    return (
        svg.clipped(frame, "map", parts)
        + svg.axes(frame, degrees("E", "W"), degrees("N", "S"))
        + _legend(frame)
        + scale_bar(frame)
        + foot
    )


def _phases(finding: Behaviour, end: float) -> list[tuple[str, float, float]]:
    return [(BEFORE, -math.inf, finding.start + 1), (WHILE, finding.start, end + 1), (AFTER, end, math.inf)]


def _across(frame: svg.Frame, mine: Sightings, finding: Behaviour, end: float) -> str:
    """Dashed, from where a vessel was heard last to where it was heard again."""
    before, after = mine.take(mine.time <= finding.start), mine.take(mine.time >= end)
    if not len(before) or not len(after) or ((mine.time > finding.start) & (mine.time < end)).any():
        return ""
    lon = near(np.array([before.lon_deg[-1], after.lon_deg[0]]), finding.lon_deg)
    return svg.curve(frame, lon.tolist(), [before.lat_deg[-1], after.lat_deg[0]], WHILE, dashed=True)


def _ends(frame: svg.Frame, mine: Sightings, finding: Behaviour, end: float) -> list[str]:
    """Rings with their times where it began and where it was over."""
    found = []
    for when, rows, colour in (
        (finding.start, mine.take(mine.time <= finding.start + 60), BEFORE),
        (end, mine.take(mine.time >= end - 60), AFTER),
    ):
        if len(rows):
            row = rows.take([-1 if colour == BEFORE else 0])
            x, y = frame.at(near(row.lon_deg, finding.lon_deg), row.lat_deg)
            found.append(svg.marks(x, y, np.array([6.0]), "ring", f"fill='none' stroke='{colour}' stroke-width='2'"))
            found.append(
                svg.text(
                    float(x[0]) + 9,
                    float(y[0]) + (-6 if colour == BEFORE else 12),
                    told_time(when)[11:16],
                    11,
                    fill=colour,
                )
            )
    return found


def _legend(frame: svg.Frame) -> str:
    rows = [(BEFORE, "before, 3 h"), (WHILE, "while it holds"), (AFTER, "after, 3 h"), (OTHERS, "others meanwhile")]
    left, top = frame.left + 8, frame.top + 8
    box = f"<rect x='{left}' y='{top}' width='124' height='{15 * len(rows) + 6}' fill='white' fill-opacity='0.9'/>"
    lines = [
        f"<path d='M{left + 6} {top + 11 + 15 * k}h14' stroke='{colour}' stroke-width='3'/>"
        + svg.text(left + 26, top + 15 + 15 * k, words, 10)
        for k, (colour, words) in enumerate(rows)
    ]
    return box + "".join(lines)


def _strips(finding: Behaviour, own: Sightings, others: Sightings, frame: svg.Frame, end: float) -> list[str]:
    """Over time: when the vessels were heard, how fast they were, how many others were heard on the map."""
    first, last = finding.start - AROUND_S, end + AROUND_S
    top = frame.top + frame.height + 52
    speed = own.speed / KNOT
    bins = np.arange(math.floor(first / BIN_S), math.ceil(last / BIN_S) + 1) * BIN_S
    heard = [len(np.unique(others.key[(others.time >= t) & (others.time < t + BIN_S)])) for t in bins.tolist()]
    most = max([1, *heard])
    most_kn = max(2.0, float(np.nanmax(speed, initial=0.0)))
    shown = [
        ("heard", (0.0, 1.0), own.time, _rows_of(own, finding.vessels)),
        (f"speed told, up to {most_kn:.1f} kn", (0.0, 1.05 * most_kn), own.time, speed),
        (
            "others heard on the map, per 10 min",
            (0.0, 1.1 * most),
            bins + BIN_S / 2,
            np.array(heard, float),
        ),
    ]
    parts = []
    for k, (title, scale, time, value) in enumerate(shown):
        strip = svg.Frame(LEFT, top + k * (STRIP + 26), SIDE, STRIP, (first, last), scale)
        held = f"x='{strip.at(np.array([finding.start]), np.array([0.0]))[0][0]:.1f}' y='{strip.top}' height='{STRIP}'"
        width = (end - finding.start) / (last - first) * SIDE
        parts.append(f"<rect {held} width='{width:.1f}' fill='{WHILE}' fill-opacity='0.13'/>")
        parts.append(
            svg.axes(strip, lambda t: told_time(t)[11:16], "{:g}".format) + svg.text(LEFT, strip.top - 4, title, 10)
        )
        known = np.isfinite(value)
        parts.append(svg.dots(*strip.at(time[known], value[known]), OTHERS if k == 2 else BEFORE))
    return parts


def _rows_of(own: Sightings, vessels: tuple[int, ...]) -> Array:
    """A height for each vessel."""
    order = {vessel: (k + 1) / (len(vessels) + 1) for k, vessel in enumerate(vessels)}
    return np.array([order[key] for key in own.key.tolist()], float)
