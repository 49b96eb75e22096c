"""What is exported: one `Vessel` each, with a `Trail` of where it was; made from columns, dicts or a Picture."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.picture import Picture, Source
from mihari.core.times import LATEST
from mihari.core.units import course_from_velocity

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML 1.0 cannot hold


@dataclass(frozen=True, slots=True)
class Vessel:
    """One vessel: degrees, course in rad, speed in m/s, UTC s, `sd` in m (one sigma); absent None, '' or 0 (mmsi)."""

    id: str
    lat_deg: float
    lon_deg: float
    name: str = ""
    mmsi: int = 0
    course: float | None = None
    speed: float | None = None
    time: float | None = None
    source: str = ""
    sd: float | None = None

    @property
    def label(self) -> str:
        """What people call it.

        >>> Vessel("7", 0.0, 0.0, mmsi=431000123).label, Vessel("7", 0.0, 0.0).label
        ('431000123', '#7')
        """
        return self.name or (f"{self.mmsi:09d}" if self.mmsi > 0 else f"#{self.id}")


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a vessel was: arrays of one length in order of time, UTC s and degrees; only places that are known."""

    time: Array
    lat_deg: Array
    lon_deg: Array

    def __len__(self) -> int:
        return len(self.time)


FIELDS = tuple(field.name for field in fields(Vessel))
Columns = Mapping[str, Any]
Rows = Columns | Iterable[Columns]
NO_TRAILS: Mapping[str, Trail] = {}


def rows_of(vessels: Rows | Sequence[Vessel]) -> list[Vessel]:
    """Vessels from columns (name -> values) or from dicts; BadInput for an unknown name or a place not on Earth.

    Rows without a position (NaN or None) are left out: there is nothing to show.

    >>> (row,) = rows_of({"id": [7, 8], "lat_deg": [26.0, float("nan")], "lon_deg": [127.0, 127.0], "name": ["A", "B"]})
    >>> row.id, row.name, row.lat_deg, row.course
    ('7', 'A', 26.0, None)
    """
    if isinstance(vessels, Mapping):
        lists = {name: np.asarray(values).tolist() for name, values in vessels.items()}
        if len({len(values) for values in lists.values()}) > 1:
            raise BadInput("export: columns of one length were expected")
        given: Iterable[Any] = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    else:
        given = vessels
    return [row for one in given if (row := one if isinstance(one, Vessel) else _row(one)) is not None]


def _row(told: Columns) -> Vessel | None:
    if unknown := told.keys() - set(FIELDS):
        raise BadInput(f"export: unknown field {sorted(unknown)[0]!r}, expected some of {', '.join(FIELDS)}")
    if "id" not in told:
        raise BadInput("export: a vessel without id")
    lat, lon = _number(told.get("lat_deg")), _number(told.get("lon_deg"))
    if lat is None or lon is None:
        return None
    place(lat, lon)
    time = _number(told.get("time"))
    return Vessel(
        id=_text(told["id"]),
        lat_deg=lat,
        lon_deg=lon,
        name=_text(told.get("name")),
        mmsi=max(int(told.get("mmsi") or 0), 0),
        course=_number(told.get("course")),
        speed=_number(told.get("speed")),
        time=time if time is not None and 0.0 <= time < LATEST else None,
        source=_text(told.get("source")),
        sd=_number(told.get("sd")),
    )


def place(lat_deg: float, lon_deg: float) -> None:
    """BadInput for a place that is not on Earth."""
    if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 180.0):
        raise BadInput(f"export: no place on Earth: {lat_deg} {lon_deg}")


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None else ILLEGAL.sub("", str(value)).strip()


def trails_of(trails: Mapping[Any, Columns | Trail] | None) -> Mapping[str, Trail]:
    """Trails by the vessel's id, each in order of time, without places that are not known; BadInput.

    >>> told = {7: {"time": [2.0, 1.0], "lat_deg": [26.1, 26.0], "lon_deg": [127.0, 127.0]}}
    >>> trails_of(told)["7"].lat_deg.tolist()
    [26.0, 26.1]
    """
    return {_text(id): _trail(told) for id, told in (trails or {}).items()}


def _trail(told: Columns | Trail) -> Trail:
    if isinstance(told, Trail):
        return told
    try:
        time, lat, lon = (np.asarray(told[name], float) for name in ("time", "lat_deg", "lon_deg"))
    except KeyError as error:
        raise BadInput(f"export: a trail without {error}") from None
    if not len(time) == len(lat) == len(lon):
        raise BadInput("export: a trail's columns of one length were expected")
    known = np.isfinite(lat) & np.isfinite(lon) & (time >= 0.0) & (time < LATEST)
    if np.any(known & ~((abs(lat) <= 90.0) & (abs(lon) <= 180.0))):
        raise BadInput("export: a trail leaves the Earth")
    order = np.flatnonzero(known)[np.argsort(time[known], kind="stable")]
    return Trail(time[order], lat[order], lon[order])


def pieces(trail: Trail) -> list[Trail]:
    """The trail cut where it crosses the antimeridian, with a point on both sides of it (RFC 7946 §3.1.9).

    >>> told = trails_of({1: {"time": [0.0, 10.0], "lat_deg": [0.0, 1.0], "lon_deg": [179.0, -179.0]}})["1"]
    >>> [(p.lon_deg.tolist(), p.lat_deg.tolist()) for p in pieces(told)]
    [([179.0, 180.0], [0.0, 0.5]), ([-180.0, -179.0], [0.5, 1.0])]
    """
    crossings = np.flatnonzero(abs(np.diff(trail.lon_deg)) > 180.0)
    if not len(crossings):
        return [trail]
    found, begin, first = [], 0, np.empty((3, 0))
    told = np.stack([trail.time, trail.lat_deg, trail.lon_deg])
    for k in crossings.tolist():
        side = math.copysign(180.0, told[2, k])
        way = told[2, k + 1] + 2 * side - told[2, k]
        share = (side - told[2, k]) / way if way else 0.0
        time, lat = (told[:2, k] + share * (told[:2, k + 1] - told[:2, k])).tolist()
        edge = np.array([[time], [lat], [side]])
        found.append(Trail(*np.concatenate([first, told[:, begin : k + 1], edge], axis=1)))
        begin, first = k + 1, edge * np.array([[1.0], [1.0], [-1.0]])
    found.append(Trail(*np.concatenate([first, told[:, begin:]], axis=1)))
    return found


def vessels_of(picture: Picture) -> dict[str, Any]:
    """A Picture's vessels as columns for the writers here; `sd` along the longest axis of the error ellipse.

    >>> from mihari.core.picture import Vessels
    >>> told = Vessels.of(1, id=7, time=0.0, lat_deg=26.0, lon_deg=127.0, east_mps=3.0, north_mps=4.0, source=3)
    >>> found = vessels_of(Picture(0.0, 1, told))
    >>> found["speed"].tolist(), found["source"], found["name"]
    ([5.0], ['radar ais'], [''])
    """
    v = picture.vessels
    speed, course = course_from_velocity(v.east_mps, v.north_mps)
    largest = (v.cov_ee + v.cov_nn) / 2 + np.hypot((v.cov_nn - v.cov_ee) / 2, v.cov_en)
    sources = {int(bits): _sources(int(bits)) for bits in np.unique(v.source)}
    return {
        "id": v.id,
        "lat_deg": v.lat_deg,
        "lon_deg": v.lon_deg,
        "name": [_name(picture, number) for number in v.id.tolist()],
        "mmsi": np.maximum(v.mmsi, 0),
        "course": course,
        "speed": speed,
        "time": v.time,
        "source": [sources[int(bits)] for bits in v.source],
        "sd": np.sqrt(np.maximum(largest, 0.0)),
    }


def _sources(bits: int) -> str:
    return " ".join(source.name.lower() for source in Source if source & bits and source.name)


def _name(picture: Picture, number: int) -> str:
    identity = picture.identities.get(number)
    if identity is None:
        return ""
    return (identity.claims[0].name if identity.claims else "") or identity.called
