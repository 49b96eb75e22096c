"""Tracks, associations and claims -> Picture. Compilation of the picture, as watch officers call it.

A confirmed track becomes a vessel. The vessel keeps its id while the track lives, and beyond: a name that comes back
within reach of where it was lost is the same vessel. Radar and AIS support the same track, so a vessel that both hold
is one; when AIS falls silent and radar holds it, it stays that vessel and says LOST_AIS. A silent vessel coasts, then
fades at its last known place, then leaves, and is never taken off without having been told GONE.
"""

from __future__ import annotations

import math
from types import MappingProxyType

import numpy as np

from mihari.core.columns import Array
from mihari.core.health import FeedHealth
from mihari.core.picture import ClaimedIdentity, Identity, Mark, Picture, Vessels, VesselStatus
from mihari.core.reports import Batch, Input, ReportKind, Reports, Sector, Subject
from mihari.core.sensor import Sensor
from mihari.core.tracks import Associations, Tracks, TrackStatus
from mihari.picture.cadence import cadence
from mihari.picture.claims import ClaimBook, bare, category_of
from mihari.picture.identity import IdentityWeights
from mihari.picture.index import TrackIndex
from mihari.picture.presence import next_change, presence
from mihari.picture.rows import VesselRows
from mihari.picture.settings import PictureSettings

COVARIANCE = tuple(f"cov_{two}" for two in ("ee", "en", "eu", "ev", "nn", "nu", "nv", "uu", "uv", "vv"))
KINEMATIC = ("lat_deg", "lon_deg", "east_mps", "north_mps", *COVARIANCE, "existence", "sensors")
MARKS = (Subject.STATION, Subject.AID, Subject.OWN)
KEEP_PLOTS = 20_000  # plots kept for display between two pictures


class PictureCompiler:
    """Keeps the vessels of a node: `take` each input with what the tracker made of it, `picture` when one is due."""

    def __init__(self, settings: PictureSettings | None = None) -> None:
        self.settings = settings or PictureSettings()
        self.sequence = 0
        self._due = math.inf  # when the first row changes by the passing of time alone
        self._rows = VesselRows()
        self._tracks = TrackIndex()
        self._touched: list[Array] = []  # rows written since time last passed
        self._next_id = 1
        self._book = ClaimBook(self.settings.named)
        self._weights = IdentityWeights(self.settings)
        self._identities: dict[int, Identity] = {}
        self._marks: dict[int, Mark] = {}
        self._vessels_of_mmsi: dict[int, set[int]] = {}
        self._removed: list[int] = []
        self._renamed: list[int] = []  # vessels whose identity has changed since it was last asked
        self._plots: list[Reports] = []
        self._plots_kept = 0
        self._shared_identities = self._shared_marks = False

    def __len__(self) -> int:
        return self._rows.count

    @property
    def next_due(self) -> float:
        """Data time before which `pass_time` changes nothing."""
        return -math.inf if self._touched else self._due

    # what comes in

    def take(self, given: Input, tracks: Tracks, associations: Associations) -> None:
        """One input with the tracks it touched and the reports that supported them."""
        if isinstance(given, Batch):
            self._hear_claims(given)
        elif isinstance(given, Sector):
            self._keep_plots(given.reports)
        self._take_tracks(tracks)
        if isinstance(given, Batch):
            self.weigh(given, associations)

    def follow(self, tracks: Tracks) -> None:
        """Tracks that are others now, without an input: late reports have told so."""
        self._take_tracks(tracks)

    def pass_time(self, time: float) -> None:
        """What the passing of time does: overdue, faded, gone. Cheap before `next_due`."""
        rows, s = self._rows, self.settings
        if time >= self._due or rows.count > s.vessels:
            self._judge(None, time)
            self._due = next_change(rows, time, s)
        elif self._touched:  # the others stay as they are until then
            touched = np.unique(np.concatenate(self._touched))
            self._judge(touched, time)
            self._due = min(self._due, next_change(rows, time, s, touched))
        self._touched = []

    def _judge(self, at: Array | None, time: float) -> None:
        """Status and source of the rows at `at` (None: all of them)."""
        rows, s = self._rows, self.settings
        status, source = presence(rows, time, s, at)
        if rows.count > s.vessels:
            faded = np.flatnonzero(status == VesselStatus.FADED)
            oldest = faded[np.argsort(rows["faded_at"][faded], kind="stable")]
            status[oldest[: rows.count - s.vessels]] = VesselStatus.GONE
        place = np.arange(rows.count) if at is None else at
        different = (status != rows["status"][place]) | (source != rows["source"][place])
        place = place[different]
        rows["status"][place] = status[different]
        rows["source"][place] = source[different]
        rows["changed"][place] = self.sequence + 1
        if (status == VesselStatus.GONE).any():
            self._let_go()

    # what goes out

    def advance(self) -> None:
        """A picture is due and nobody asks for it: what `picture` does to what comes after it."""
        self.sequence += 1
        self._removed, self._plots, self._plots_kept = [], [], 0

    def renamed(self) -> list[Identity]:
        """The identities that have changed since this was last asked, in the order of vessels."""
        vessels, self._renamed = sorted(set(self._renamed)), []
        return [self._identities[v] for v in vessels if v in self._identities]

    def vessels(self) -> Vessels:
        """All vessels as they are now, without a picture being due."""
        return self._rows.vessels()

    def vessels_of(self, tracks: Array) -> Array:
        """The vessel of each track, -1 where it has none now."""
        rows = self._tracks.rows_of(tracks)
        return np.where(rows >= 0, self._rows["id"][rows], -1) if self._rows.count else np.full(len(tracks), -1)

    def vessel_of_the_past(self) -> int:
        """An id that no vessel has had, for one that was there and is no more."""
        self._next_id += 1
        return self._next_id - 1

    def picture(self, time: float, sensors: tuple[Sensor, ...] = (), feeds: tuple[FeedHealth, ...] = ()) -> Picture:
        """The picture at `time` (UTC s); its sequence number is one more than the last one's."""
        self.sequence += 1
        self._shared_identities = self._shared_marks = True
        plots = Reports.concatenate(self._plots)
        removed, self._removed, self._plots, self._plots_kept = tuple(self._removed), [], [], 0
        return Picture(
            time,
            self.sequence,
            self._rows.vessels(),
            MappingProxyType(self._identities),
            MappingProxyType(self._marks),
            plots,
            sensors,
            feeds,
            removed,
        )

    # claims

    def _hear_claims(self, batch: Batch) -> None:
        reports, claims = batch.reports, batch.claims
        mmsis, subjects, plain = claims.mmsi.tolist(), claims.subject.tolist(), bare(claims).tolist()
        statuses, devices = claims.status.tolist(), claims.device.tolist()
        evidence = np.where(reports.kind == ReportKind.AIS_REPEAT, -1, reports.claim)
        for row, claim in enumerate(evidence.tolist()):
            if claim < 0:
                continue
            mmsi, subject = mmsis[claim], subjects[claim]
            known = plain[claim] and self._book.same(mmsi, statuses[claim], devices[claim])
            news = not known and self._book.hear(claims, claim)
            if subject in MARKS:
                self._mark(mmsi, subject, reports, row)
            elif news:
                for vessel in self._vessels_of_mmsi.get(mmsi, ()):
                    self._tell_identity(vessel)

    def _mark(self, mmsi: int, subject: int, reports: Reports, row: int) -> None:
        lat_deg, lon_deg = float(reports.lat_deg[row]), float(reports.lon_deg[row])
        old = self._marks.get(mmsi)
        if not math.isfinite(lat_deg):
            if old is None:
                return
            lat_deg, lon_deg = old.lat_deg, old.lon_deg
        if old is None and len(self._marks) >= self.settings.marks:
            return
        if self._shared_marks:
            self._marks, self._shared_marks = dict(self._marks), False
        heard = float(reports.time[row])
        self._marks[mmsi] = Mark(mmsi, subject, self._book.get(mmsi).name, lat_deg, lon_deg, heard)

    def weigh(self, batch: Batch, associations: Associations) -> None:
        """Reports of a batch, taken now or before, support the identities they claim as they support the track."""
        reports = batch.reports
        claim = reports.claim[associations.row]
        own = (claim >= 0) & (associations.probability >= 0.5)  # the report's own track, not its neighbours
        rows, claim = associations.row[own], claim[own]
        told = zip(
            associations.track[own].tolist(),
            self._tracks.rows_of(associations.track[own]).tolist(),
            batch.claims.mmsi[claim].tolist(),
            reports.heading[rows].tolist(),
            cadence(batch, rows, claim, self._book).tolist(),
            strict=True,
        )
        for track, at, mmsi, heading, interval in told:
            news = self._weights.support(track, mmsi)
            if at < 0:
                continue
            self._touched.append(np.array([at]))
            self._rows["heading"][at] = heading
            self._rows["interval"][at] = interval
            if news:
                self._tell_identity(int(self._rows["id"][at]))

    def _tell_identity(self, vessel: int) -> None:
        row = self._row_of_vessel(vessel)
        if row < 0:
            return
        claims = self._weights.claims(int(self._rows["track"][row]), self._book)
        if not claims:
            return
        self._remember(vessel, claims)
        best = claims[0]
        self._rows["mmsi"][row] = best.mmsi
        self._rows["category"][row] = category_of(best.ship_type, best.subject)
        self._rows["changed"][row] = self.sequence + 1
        self._touched.append(np.array([row]))

    def _remember(self, vessel: int, claims: tuple[ClaimedIdentity, ...]) -> None:
        if self._shared_identities:
            self._identities, self._shared_identities = dict(self._identities), False
        for claim in claims:
            self._vessels_of_mmsi.setdefault(claim.mmsi, set()).add(vessel)
        if len(self._renamed) < self.settings.vessels:  # nobody may ever ask
            self._renamed.append(vessel)
        self._identities[vessel] = Identity(vessel, claims, self.sequence + 1)

    def _row_of_vessel(self, vessel: int) -> int:
        at = int(np.searchsorted(self._rows["id"], vessel))
        return at if at < self._rows.count and self._rows["id"][at] == vessel else -1

    # tracks

    def _take_tracks(self, tracks: Tracks) -> None:
        if len(tracks) == 0:
            return
        rows = self._tracks.rows_of(tracks.id)
        for k in np.flatnonzero((rows < 0) & (tracks.status != TrackStatus.TENTATIVE)).tolist():
            rows[k] = self._row_for(tracks, k)
        here = np.flatnonzero(rows >= 0)
        if len(here) == 0:
            return
        self._write(tracks, here, rows[here])

    def _write(self, tracks: Tracks, here: Array, rows: Array) -> None:
        columns = self._rows
        dropped = tracks.status[here] == TrackStatus.DROPPED
        alive, at = here[~dropped], rows[~dropped]
        # a track given up keeps the state it was last seen in: the prediction of a lost vessel is no knowledge
        columns["time"][at] = tracks.time[alive]
        for name in KINEMATIC:
            columns[name][at] = getattr(tracks, name)[alive]
        columns["heard_radar"][at] = tracks.heard_radar[alive]
        columns["heard_ais"][at] = tracks.heard_ais[alive]
        columns["heard_other"][at] = tracks.heard_other[alive]
        columns["coasted"][at] = tracks.status[alive] == TrackStatus.COASTED
        columns["faded_at"][at] = np.nan
        columns["changed"][rows] = self.sequence + 1
        for k, row in zip(here[dropped].tolist(), rows[dropped].tolist(), strict=True):
            columns["faded_at"][row] = tracks.time[k]
            self._tracks.pop(int(tracks.id[k]))
        self._touched.append(rows)

    def _row_for(self, tracks: Tracks, k: int) -> int:
        """The row of a vessel that had none: one that comes back or a new one; -1 for what is no vessel yet."""
        track, status = int(tracks.id[k]), int(tracks.status[k])
        if status not in (TrackStatus.CONFIRMED, TrackStatus.COASTED):
            if status == TrackStatus.DROPPED:
                self._weights.forget(track)
            return -1
        row = self._resumed(tracks, k)
        if row < 0:
            row = self._rows.add()
            self._rows["id"][row] = self._rows["number"][row] = self._next_id
            self._rows["born"][row] = tracks.born[k]
            self._next_id += 1
        else:
            self._weights.forget(int(self._rows["track"][row]))
        self._rows["track"][row] = track
        self._tracks.put(track, row)
        self._tell_identity(int(self._rows["id"][row]))
        return row

    def _resumed(self, tracks: Tracks, k: int) -> int:
        """The row of a faded vessel of the same name that can have come here since; -1 if there is none."""
        claims = self._weights.claims(int(tracks.id[k]), self._book)
        for vessel in sorted(self._vessels_of_mmsi.get(claims[0].mmsi, ())) if claims else ():
            row = self._row_of_vessel(vessel)
            if row < 0 or self._rows["mmsi"][row] != claims[0].mmsi or math.isnan(self._rows["faded_at"][row]):
                continue
            away = _distance(
                float(self._rows["lat_deg"][row]),
                float(self._rows["lon_deg"][row]),
                float(tracks.lat_deg[k]),
                float(tracks.lon_deg[k]),
            )
            if away <= 1000.0 + self.settings.resume_speed * (float(tracks.time[k]) - float(self._rows["time"][row])):
                return row
        return -1

    def _let_go(self) -> None:
        gone = self._rows["status"] == VesselStatus.GONE
        for vessel, track in zip(self._rows["id"][gone].tolist(), self._rows["track"][gone].tolist(), strict=True):
            self._removed.append(vessel)
            self._weights.forget(track)
            if vessel in self._identities:
                if self._shared_identities:
                    self._identities, self._shared_identities = dict(self._identities), False
                for claim in self._identities.pop(vessel).claims:
                    self._vessels_of_mmsi.get(claim.mmsi, set()).discard(vessel)
                    if not self._vessels_of_mmsi.get(claim.mmsi):
                        self._vessels_of_mmsi.pop(claim.mmsi, None)
        moved = self._rows.compact()
        self._tracks.move(moved)
        self._touched = []  # all rows have been judged when one leaves

    # plots

    def _keep_plots(self, reports: Reports) -> None:
        drawn = reports.take(np.isfinite(reports.lat_deg) & (reports.kind != ReportKind.RADAR_TRACK))
        if len(drawn) and self._plots_kept < KEEP_PLOTS:
            self._plots.append(drawn)
            self._plots_kept += len(drawn)


def _distance(lat_deg: float, lon_deg: float, to_lat_deg: float, to_lon_deg: float) -> float:
    """Distance in m on the mean sphere (haversine): for reach, not for measuring."""
    a, b = math.radians(lat_deg), math.radians(to_lat_deg)
    half = math.radians(to_lon_deg - lon_deg) / 2
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(half) ** 2
    return 2 * 6371008.8 * math.asin(min(1.0, math.sqrt(h)))
