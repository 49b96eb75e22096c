"""A camera's aim and the vessels there are -> what it sees: sky, sea, silhouettes, time and aim written into it.

A pinhole without roll. Light bends: the ellipsoid is exact, and refraction lifts what is far by 0.13 of the drop of the
sea (Gauss's coefficient; Torge, Geodesy, 3rd ed., 5.1.1). Hulls beyond the horizon are cut off by it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from mihari.core.geodesy import MEAN_RADIUS, axes, ecef
from mihari.simulate.cameras.body import Body, Hull
from mihari.simulate.cameras.letters import dots

RADIUS = MEAN_RADIUS / (1 - 0.13)  # as large as the Earth seems to light
SKY, HAZE, NEAR_SEA = (150, 180, 215), (190, 205, 220), (25, 60, 85)
INK, PAPER = (255, 255, 255), (20, 20, 20)
SCALE = 2  # of the letters
Picture = NDArray[np.uint8]


def direction(body: Body, lat_deg: float, lon_deg: float, height: float = 0.0) -> tuple[float, float, float]:
    """Bearing and elevation at which light comes from a point, and its distance, rad and m.

    >>> bearing, elevation, distance = direction(Body(lat_deg=0.0, lon_deg=0.0, height=10.0), 0.0, 0.01)
    >>> round(math.degrees(bearing), 3), round(elevation * distance, 2)  # 10 m lower, and 0.087 · 0.87 m by curvature
    (90.0, -10.08)
    """
    offset = ecef(lat_deg, lon_deg, height) - ecef(body.lat_deg, body.lon_deg, body.height)
    east, north, up = (float(offset @ axis) for axis in axes(body.lat_deg, body.lon_deg))
    flat = math.hypot(east, north)
    lifted = math.atan2(up, flat) + flat * (1 / MEAN_RADIUS - 1 / RADIUS) / 2
    return math.atan2(east, north) % (2 * math.pi), lifted, math.hypot(flat, up)


def render(body: Body, aim: tuple[float, float, float], hulls: Sequence[Hull], time: float) -> Picture:
    """The picture, (height, width, 3); `aim`: pan, tilt, zoom; `time`: UTC s, written into it."""
    width, height = body.size
    focal = width / 2 / math.tan(body.view_at(aim[2]) / 2)
    picture = _empty(body, aim[1], focal)
    dip = math.sqrt(2 * max(body.height, 0.1) / RADIUS)
    horizon = height / 2 - focal * math.tan(-dip - aim[1])
    seen = sorted(((direction(body, one.lat_deg, one.lon_deg), one) for one in hulls), key=lambda s: -s[0][2])
    for (bearing, _, distance), one in seen:
        _draw(picture, body, aim, focal, one, bearing, distance, horizon)
    pan, tilt = math.degrees(aim[0] + body.north) % 360, math.degrees(aim[1])
    stamp = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S")
    _write(picture, f"{stamp}Z {pan:05.1f} {tilt:+05.1f} Z{aim[2]:.2f}")
    return picture


def _empty(body: Body, tilt: float, focal: float) -> Picture:
    """Sky and sea: the rows' elevations decide."""
    width, height = body.size
    rows = np.arange(height) + 0.5
    elevation = tilt - np.arctan((rows - height / 2) / focal)
    dip = math.sqrt(2 * max(body.height, 0.1) / RADIUS)
    high = np.clip((elevation + dip) / math.radians(10.0), 0.0, 1.0)[:, None]
    low = np.clip(-(elevation + dip) / math.radians(6.0), 0.0, 1.0)[:, None] ** 0.5
    sky = np.array(HAZE) * (1 - high) + np.array(SKY) * high
    sea = np.array(HAZE) * 0.55 * (1 - low) + np.array(NEAR_SEA) * low
    column = np.where((elevation > -dip)[:, None], sky, sea)
    return np.repeat(column[:, None, :], width, axis=1).astype(np.uint8)


def _draw(
    picture: Picture, body: Body, aim: tuple[float, float, float], focal: float, one: Hull, bearing: float,
    distance: float, horizon: float,
) -> None:  # fmt: skip
    """A hull over its length, a house over the middle third, in their apparent sizes."""
    turn = one.course - bearing
    across = one.length * abs(math.sin(turn)) + one.beam * abs(math.cos(turn))
    foot = _place(body, aim, focal, *direction(body, one.lat_deg, one.lon_deg)[:2])
    head = _place(body, aim, focal, *direction(body, one.lat_deg, one.lon_deg, one.height)[:2])
    if foot is None or head is None:
        return
    half = focal * across / distance / 2
    deck = foot[1] - 0.4 * (foot[1] - head[1])
    end = min(foot[1], horizon) if distance > math.sqrt(2 * max(body.height, 0.1) * RADIUS) else foot[1]
    _box(picture, foot[0] - half, foot[0] + half, deck, end, one.colour)
    house = (min(255, c + 60) for c in one.colour)
    _box(picture, foot[0] - half / 3, foot[0] + half / 3, head[1], min(deck, end), tuple(house))


def _place(
    body: Body, aim: tuple[float, float, float], focal: float, bearing: float, elevation: float
) -> tuple[float, float] | None:
    """Column and row of a direction; None behind the camera."""
    turn = bearing - body.north - aim[0]
    right, up, ahead = math.cos(elevation) * math.sin(turn), math.sin(elevation), math.cos(elevation) * math.cos(turn)
    up, ahead = (
        up * math.cos(aim[1]) - ahead * math.sin(aim[1]),
        ahead * math.cos(aim[1]) + up * math.sin(aim[1]),
    )
    if ahead <= 0.05:
        return None
    return body.size[0] / 2 + focal * right / ahead, body.size[1] / 2 - focal * up / ahead


def _box(picture: Picture, left: float, right: float, top: float, foot: float, colour: Sequence[int]) -> None:
    """A filled box; at least a dot wide and high where any of it is left."""
    if foot <= top or right < 0 or left > picture.shape[1] or foot < 0 or top > picture.shape[0]:
        return
    x, y = max(round(left), 0), max(round(top), 0)
    picture[y : max(round(foot), y + 1), x : max(round(right), x + 1)] = colour


def _write(picture: Picture, text: str) -> None:
    line = np.kron(dots(text), np.ones((SCALE, SCALE), np.bool_))[:, : picture.shape[1] - 8]
    high, wide = line.shape
    picture[: high + 8, : wide + 8] = PAPER
    picture[4 : high + 4, 4 : wide + 4][line] = INK
