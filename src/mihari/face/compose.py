"""Successive Pictures -> the frames one face has not seen yet: a snapshot first, then deltas, plots and JSON.

Pure: no sockets, no clock. What a face has been told is remembered here, so whatever pictures were skipped while it was
slow, the next frames bring it to the newest state.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from mihari.alerts.text import NAME_MAX, clean
from mihari.core.asset import Asset
from mihari.core.cover import Cover
from mihari.core.health import FeedHealth, StationHealth
from mihari.core.person_report import PersonReport
from mihari.core.picture import Identity, Mark, Picture, Vessels, VesselStatus
from mihari.core.reports import Reports
from mihari.face import frames
from mihari.face.frames import Kind

BASE_BEFORE_S = 30 * 86400.0  # times count from here before the first picture: nothing shown was heard earlier
REBASE_S = 10 * 365 * 86400.0  # u4 tenths of a second reach 13.6 years
PER_MESSAGE = 2000  # identities in one JSON message, about 500 kB
MAX_PLOTS = 20_000  # plots kept for a face between two frames


class Composer:
    """What one face has been told; `frames_for` says what it must be told next.

    `node`: what the face tells of the node (name, area, box…), see `docs/frames.md`.
    """

    def __init__(self, node: Mapping[str, Any]) -> None:
        self._node = {"type": "node"} | dict(node)
        self._sequence = -1  # of the picture told last
        self._ids = np.empty(0, np.int64)
        self._base = math.nan
        self._sensors: tuple[Any, ...] | None = None
        self._covers: tuple[Cover, ...] = ()
        self._assets: tuple[Asset, ...] = ()
        self._told: tuple[PersonReport, ...] = ()
        self._identities: Mapping[int, Identity] = {}
        self._marks: Mapping[int, Mark] = {}
        self._plots: list[Reports] = []

    def saw(self, picture: Picture) -> None:
        """Keep what a skipped picture alone holds: its plots, as many as are worth drawing."""
        if len(picture.plots):
            self._plots.append(picture.plots)
            while len(self._plots) > 1 and sum(map(len, self._plots)) > MAX_PLOTS:
                self._plots.pop(0)

    def frames_for(self, picture: Picture, *, names: bool = True, feeds: bool = False) -> list[bytes]:
        """Frames that bring the face to `picture`; identities and marks when `names`, feed health when `feeds`."""
        first = self._must_start_over(picture)
        if first:
            self._start_over(picture)
        out = [self._json(picture, self._node)] if first else []
        out += self._sensor_frames(picture) + self._cover_frames(picture)
        out.append(self._vessel_frame(picture, Kind.SNAPSHOT if first else Kind.DELTA))
        out += self._plot_frames(picture)
        if names or first:
            out += self._identity_frames(picture) + self._mark_frames(picture) + self._asset_frames(picture)
            out += self._report_frames(picture)
        if feeds or first:
            out.append(self._json(picture, {"type": "feeds", "feeds": [health_object(f) for f in picture.feeds]}))
            if picture.health is not None:
                out.append(self._json(picture, {"type": "health", "health": asdict(picture.health)}))
        self._sequence = picture.sequence
        return out

    def _must_start_over(self, picture: Picture) -> bool:
        reach = picture.time - self._base
        return picture.sequence < self._sequence or not 0.0 <= reach <= REBASE_S

    def _start_over(self, picture: Picture) -> None:
        """Forget what was told: a new face, or time or the count of pictures went back."""
        plots = self._plots
        self.__init__(self._node)  # type: ignore[misc]
        self._plots = plots
        self._base = math.floor(picture.time) - BASE_BEFORE_S

    def _stamp(self, picture: Picture) -> dict[str, Any]:
        return {"sequence": picture.sequence, "picture": picture.sequence, "time": picture.time, "base": self._base}

    def _json(self, picture: Picture, message: dict[str, Any]) -> bytes:
        return frames.encode_json(message, **self._stamp(picture))

    def _vessel_frame(self, picture: Picture, kind: Kind) -> bytes:
        shown = _drawable(picture.vessels)
        news = shown if kind == Kind.SNAPSHOT else _changed(shown, self._sequence, self._ids)
        gone = [] if np.array_equal(shown.id, self._ids) else np.setdiff1d(self._ids, shown.id).tolist()
        self._ids = np.array(shown.id)
        return frames.encode_vessels(news, kind=kind, removed=gone, **self._stamp(picture))

    def _plot_frames(self, picture: Picture) -> list[bytes]:
        self.saw(picture)
        plots, self._plots = Reports.concatenate(self._plots), []
        drawn = np.isfinite(plots.lat_deg) & np.isfinite(plots.lon_deg)
        if not drawn.any():
            return []
        where = (v[drawn] for v in (plots.lat_deg, plots.lon_deg, plots.sensor))
        return [frames.encode_plots(*where, **self._stamp(picture))]

    def _sensor_frames(self, picture: Picture) -> list[bytes]:
        if picture.sensors == self._sensors:
            return []
        self._sensors = picture.sensors
        return [self._json(picture, {"type": "sensors", "sensors": [sensor_object(s) for s in picture.sensors]})]

    def _cover_frames(self, picture: Picture) -> list[bytes]:
        if picture.covers == self._covers:
            return []
        self._covers = picture.covers
        return [self._json(picture, {"type": "cover", "nodes": [asdict(c) for c in picture.covers]})]

    def _asset_frames(self, picture: Picture) -> list[bytes]:
        """Those that changed, and the names of all there are."""
        if picture.assets == self._assets:
            return []
        known, self._assets = {one.name: one for one in self._assets}, picture.assets
        news = [asset_object(one) for one in picture.assets if known.get(one.name) != one]
        names = [one.name for one in picture.assets]
        return [self._json(picture, {"type": "assets", "names": names, "assets": news})]

    def _report_frames(self, picture: Picture) -> list[bytes]:
        """What people told: what is new or corrected, and the ids of all there is."""
        if picture.told is self._told or picture.told == self._told:
            return []
        known, self._told = {one.uid: one for one in self._told}, picture.told
        news = [report_object(one) for one in picture.told if known.get(one.uid) != one]
        return [self._json(picture, {"type": "reports", "ids": [one.uid for one in picture.told], "reports": news})]

    def _identity_frames(self, picture: Picture) -> list[bytes]:
        if picture.identities is self._identities:
            return []
        known, self._identities = self._identities, picture.identities
        news = [i for v, i in picture.identities.items() if known.get(v) is not i and known.get(v) != i]
        objects = [identity_object(i) for i in news]
        return [
            self._json(picture, {"type": "identities", "identities": objects[k : k + PER_MESSAGE]})
            for k in range(0, len(objects), PER_MESSAGE)
        ]

    def _mark_frames(self, picture: Picture) -> list[bytes]:
        if picture.marks is self._marks:
            return []
        known, self._marks = self._marks, picture.marks
        news = [m for k, m in picture.marks.items() if known.get(k) is not m and known.get(k) != m]
        if not news:
            return []
        return [self._json(picture, {"type": "marks", "marks": [plain(m) for m in news]})]


def asset_object(asset: Asset) -> dict[str, Any]:
    """An asset for JSON, angles in degrees.

    >>> from mihari.core.asset import AssetKind
    >>> told = asset_object(Asset("tb3", AssetKind.AIRCRAFT, course=math.pi))
    >>> told["kind"], told["course_deg"], told["lat_deg"], told["link"]
    ('aircraft', 180.0, None, 'never')
    """
    told = plain(asset, ("name", "profile", "operator", "mode", "time", "heard", "lat_deg", "lon_deg", "energy"))
    turns = {f"{name}_deg": _degrees(getattr(asset, name)) for name in ("course", "heading")}
    told |= turns | {"height_m": _number(asset.height), "speed_mps": _number(asset.speed)}
    words = {"kind": asset.kind.name.lower(), "link": asset.link.name.lower()}
    return told | words | {"looks": [list(place) for place in asset.looks]}


def report_object(report: PersonReport) -> dict[str, Any]:
    """What a person told, for JSON; `sd_m` along the longest axis.

    >>> told = report_object(PersonReport(60.0, "KAI", 26.0, 127.0, 100.0, 0.0, 400.0, what="skiff", uid="r1"))
    >>> told["id"], told["who"], told["sd_m"], told["course_deg"], told["what"]
    ('r1', 'KAI', 20.0, None, 'skiff')
    """
    told = plain(report, ("time", "received", "feed", "lat_deg", "lon_deg", "kind"))
    told |= {"who": clean(report.who, NAME_MAX), "what": clean(report.what), "lights": clean(report.lights, NAME_MAX)}
    course = None if report.course is None else _degrees(report.course)
    return told | {"id": report.uid, "sd_m": round(report.sd, 1), "course_deg": course, "speed_mps": report.speed}


def _degrees(angle: float) -> float | None:
    return round(math.degrees(angle) % 360.0, 3) % 360.0 if math.isfinite(angle) else None


def _drawable(vessels: Vessels) -> Vessels:
    """Those with a place that are not taken off, ordered by id."""
    fine = (vessels.status != VesselStatus.GONE) & np.isfinite(vessels.lat_deg) & np.isfinite(vessels.lon_deg)
    return vessels if fine.all() else vessels.take(fine)


def _changed(vessels: Vessels, since: int, known: np.ndarray[Any, Any]) -> Vessels:
    """Rows changed after picture `since`, and those not in `known` ids (they may have been undrawable before)."""
    news = vessels.changed > since
    if not np.array_equal(vessels.id, known):
        news |= ~np.isin(vessels.id, known, assume_unique=True)
    return vessels.take(np.flatnonzero(news))


def plain(value: Any, names: Iterable[str] | None = None) -> dict[str, Any]:
    """A frozen value's fields as a dict fit for JSON: NaN and infinities become None."""
    fields = names or value.__dataclass_fields__
    return {n: _number(getattr(value, n)) for n in fields}


def _number(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def identity_object(identity: Identity) -> dict[str, Any]:
    """An identity for JSON: `{vessel, claims, called, namer, held_by}`, best claim first."""
    claims = [plain(c) for c in identity.claims]
    nodes = {"namer": identity.namer, "held_by": identity.held_by} if identity.held_by else {}
    return {"vessel": identity.vessel, "claims": claims, "called": identity.called} | nodes


def sensor_object(sensor: Any) -> dict[str, Any]:
    """A sensor for JSON; a place that is not known is null."""
    told = plain(sensor, ("index", "name", "lat_deg", "lon_deg"))
    return told | {"kind": sensor.kind.name.lower(), "range_m": sensor.range_max}


def health_object(feed: FeedHealth) -> dict[str, Any]:
    """A feed's health for JSON; refused bytes as text with escapes."""
    told = {k: dict(v) if isinstance(v, Mapping) else v for k, v in plain(feed).items()}
    told["last_refused"] = [
        {"received": r.received, "reason": r.reason, "bytes": readable(r.data)} for r in feed.last_refused
    ]
    told["stations"] = [station_object(s) for s in feed.stations]
    return told


def readable(data: bytes) -> str:
    """Bytes as a person may read them, whatever they are.

    >>> print(readable(b"!AIVDM,\\x00\\xff\\n"))
    !AIVDM,\\x00\\xff\\x0a
    """
    text = data.decode("ascii", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def station_object(station: StationHealth) -> dict[str, Any]:
    """An AIS station's or radar's health for JSON, its counts beside its name."""
    told = plain(station) | {"clock": asdict(station.clock)} | asdict(station.counts)
    del told["counts"]
    return told
