"""Scenes made by hand: blocks of vessels on a square grid, and books that step through them."""

import numpy as np

from mihari.behaviours.fleets import FleetBook, Scene, Surroundings

KN, START, SCALE = 1852 / 3600, 1_800_000_000, 111_195.0
LAT, LON = 30.0, 125.0


def block(n, east_m=0.0, north_m=0.0, first=1, speed_kn=0.0, course_deg=0.0, spacing=500.0, **more):
    """n vessels with keys from `first` on, their corner that far from the middle of the sea."""
    side = int(np.ceil(np.sqrt(n)))
    east, north = east_m + np.arange(n) % side * spacing, north_m + np.arange(n) // side * spacing
    lat = LAT + north / SCALE
    speed, course = np.broadcast_to(speed_kn, n) * KN, np.radians(np.broadcast_to(course_deg, n))
    return Scene.of(
        n,
        key=np.arange(first, first + n),
        lat_deg=lat,
        lon_deg=LON + east / SCALE / np.cos(np.radians(LAT)),
        east_mps=speed * np.sin(course),
        north_mps=speed * np.cos(course),
        **{"shore_m": 30_000.0, "told": 1, **more},
    )


def sea(*blocks):
    return Scene.concatenate(blocks)


def sail(book, scene_at, minutes, every=1, since=0, around=None):
    """Steps of `every` minutes through scenes made for each minute; the steps."""
    return [
        book.step(START + minute * 60, scene_at(minute), around or Surroundings())
        for minute in range(since, minutes + 1, every)
    ]


def changes(steps, *kinds):
    return [change for step in steps for change in step.changes if not kinds or change.change in kinds]


def behaviours(steps, kind):
    return [b for step in steps for b in step.behaviours if b.kind == kind]


__all__ = ["KN", "LAT", "LON", "SCALE", "START", "FleetBook", "Scene", "behaviours", "block", "changes", "sail", "sea"]
