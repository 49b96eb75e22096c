"""Where a vessel was over the time of a case, cut from the node's archive and thinned, as bytes of evidence.

Without an archive there are the few places that were kept with the behaviours; each track says where it comes from and
how many of its points are left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mihari.archive.catalogue import Catalogue
from mihari.cases.files import Blob
from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.times import told_time

POINTS_MAX = 3000  # of one vessel: a point each 10 s for 8 h
AROUND_S = 3 * 3600.0  # before and after the case
LONGEST_S = 48 * 3600.0
MEDIA = "application/json"
DIGITS = 6  # of degrees: 0.1 m


@dataclass(frozen=True, slots=True)
class Track:
    """Columns `time` (UTC s), `lat_deg`, `lon_deg`, in the order of time, and where they come from."""

    time: Array
    lat_deg: Array
    lon_deg: Array
    source: str


def span(first: float, last: float) -> tuple[float, float]:
    """The time that is looked at: some hours before and after, two days at most, the end of it.

    >>> span(100_000.0, 103_600.0), span(0.0, 1e6)
    ((89200.0, 114400.0), (838000.0, 1010800.0))
    """
    end = last + AROUND_S
    return max(first - AROUND_S, end - LONGEST_S), end


def from_archive(folder: Path | None, mmsi: int, vessel: int, run: float, begin: float, end: float) -> Track | None:
    """What the archive holds of a vessel; None where it holds nothing, or there is none.

    `run`: UTC s of the start of the node that gave a vessel without an MMSI its number.
    """
    if folder is None:
        return None
    try:
        reader = Catalogue(folder)
        found = _asked(reader, mmsi, vessel, run, begin, end)
    except BadInput:
        return None
    if not len(found.get("time", ())):
        return None
    source = "archive: positions that AIS told" if mmsi else "archive: its track by this node's sensors"
    return _clean(found["time"], found["lat_deg"], found["lon_deg"], source)


def _asked(reader: Catalogue, mmsi: int, vessel: int, run: float, begin: float, end: float) -> dict[str, Array]:
    from mihari.archive import ask

    if mmsi:
        return ask.positions(reader, mmsi, begin, end)
    later = [one.begin for one in reader.runs() if one.begin > run + 1]  # there the number is another vessel's
    return ask.tracked(reader, vessel, max(begin, run), min([end, *later]))


def from_places(places: list[tuple[float, float, float]]) -> Track | None:
    """(UTC s, latitude, longitude) kept with behaviours; None where there are none."""
    if not places:
        return None
    time, lat_deg, lon_deg = np.array(sorted(set(places)), float).T
    return _clean(time, lat_deg, lon_deg, "places kept with its behaviours")


def _clean(time: Array, lat_deg: Array, lon_deg: Array, source: str) -> Track:
    """Without rows that are no place, nor two of one time."""
    good = np.isfinite(time) & np.isfinite(lat_deg) & np.isfinite(lon_deg)
    kept = np.flatnonzero(good)[np.unique(time[good], return_index=True)[1]]
    return Track(time[kept], lat_deg[kept], lon_deg[kept], source)


def thinned(track: Track, most: int = POINTS_MAX) -> tuple[Track, str]:
    """At most so many points, evenly by number, first and last among them; and the sentence that says so.

    >>> line = np.arange(10.0)
    >>> less, said = thinned(Track(line, line, line, "archive"), 4)
    >>> less.time.tolist(), said
    ([0.0, 3.0, 6.0, 9.0], '4 of 10 positions, evenly chosen by number')
    """
    count = len(track.time)
    if count <= most:
        return track, f"all {count} positions"
    chosen = np.round(np.linspace(0, count - 1, most)).astype(int)
    less = Track(track.time[chosen], track.lat_deg[chosen], track.lon_deg[chosen], track.source)
    return less, f"{most} of {count} positions, evenly chosen by number"


def as_evidence(track: Track, named: str, mmsi: int, vessel: int) -> tuple[Blob, dict[str, Any]]:
    """The bytes, and the item that names them."""
    less, said = thinned(track)
    body = {"vessel": vessel, "mmsi": mmsi, "source": track.source, "positions": said, "time": less.time.tolist()}
    body |= {"lat_deg": np.round(less.lat_deg, DIGITS).tolist(), "lon_deg": np.round(less.lon_deg, DIGITS).tolist()}
    blob = Blob(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), MEDIA)
    begin, end = float(less.time[0]), float(less.time[-1])
    what = f"track of {named}, {told_time(begin)} to {told_time(end)}: {said}; {track.source}"
    return blob, blob.told("track", what, mmsi=mmsi, vessel=vessel, begin=begin, end=end)


def read(data: bytes) -> Track:
    """The track of evidence; BadInput where the bytes are none."""
    try:
        told = orjson.loads(data)
        time, lat_deg, lon_deg = (np.array(told[name], float) for name in ("time", "lat_deg", "lon_deg"))
        source = str(told["source"])
    except (ValueError, KeyError, TypeError):
        raise BadInput("expected a track: time, lat_deg and lon_deg of as many points, and its source") from None
    if time.ndim != 1 or not time.shape == lat_deg.shape == lon_deg.shape or len(time) > POINTS_MAX:
        raise BadInput(f"expected a track of at most {POINTS_MAX} points")
    placed = np.isfinite(time) & (np.abs(lat_deg) <= 90) & (np.abs(lon_deg) <= 180)
    if not len(time) or not placed.all() or not math.isfinite(float(time[-1] - time[0])):
        raise BadInput("expected a track whose points are places")
    return Track(time, lat_deg, lon_deg, source)
