"""An alert -> what a case of it begins with: its vessels, and as evidence the alert as it stood, tracks, pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import sqlalchemy as sa

from mihari.alerts import ask
from mihari.alerts.actions import By, Unknown
from mihari.alerts.records import Records
from mihari.alerts.text import clean
from mihari.cameras import attachments
from mihari.cases import dossiers, shelf, tracks
from mihari.cases.body import vessel_name
from mihari.cases.case import Draft
from mihari.cases.files import Blob
from mihari.core.errors import BadInput
from mihari.core.geodesy import inverse
from mihari.core.times import told_time

VESSELS_MAX = 30  # with a track of their own; more are named alone
NEAR_M = 20_000.0  # of the alert: a person's place is some hundred metres off, vessels move on
DOSSIERS_MAX = 10  # each looks through the archive's claims
PICTURES_MAX = 20  # of one vessel, the newest
MEDIA = "application/json"
Names = Mapping[int, str]  # by MMSI, as vessels name themselves
Added = tuple[shelf.Kept, list[str]]  # the case, and in sentences what could not be had


@dataclass(slots=True)
class Gathered:
    """What a case is to say, the bytes that it names, and in sentences what could not be had."""

    drafts: list[Draft] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def put(self, blob: Blob, item: dict[str, Any]) -> None:
        """A piece of evidence."""
        self.blobs.append(blob)
        self.drafts.append(("evidence", item))


def open_from_alert(
    records: Records, by: By, alert: int, title: str = "", archive: Path | None = None, names: Names | None = None,
    reports: Sequence[Mapping[str, Any]] = (),
) -> Added:  # fmt: skip
    """A new case of an alert, and what could not be had; Unknown, or Conflict where the alert has an open case.

    `reports`: what people told, of which those near the alert in time and place become evidence.
    """
    with records.read() as connection:
        told = _alert(connection, alert)
        pictures = _pictures(connection, told)
    found = Gathered()
    names = names or names_in(archive, told)
    found.drafts.append(("title", title or titled(told, names)))
    _gather_alert(found, told, names)
    _gather_tracks(found, told, archive)
    _gather_pictures(found, records, pictures)
    for report in near(reports, told):
        found.put(*report_evidence(report))
    _gather_dossiers(found, records, archive)
    return shelf.open_case(records, by, found.drafts, found.blobs, alert), found.left_out


def add_alert(records: Records, by: By, number: int, alert: int, archive: Path | None, names: Names | None) -> Added:
    """One more alert as it stands, with its vessels and tracks, and what could not be had."""
    with records.read() as connection:
        told, pictures = _told(connection, alert), _pictures(connection, _told(connection, alert))
        held = {(v["mmsi"], v["vessel"]) for v in shelf.one(connection, number).case.held("vessel")}
    found = Gathered()
    _gather_alert(found, told, names or names_in(archive, told))
    _gather_tracks(found, told, archive)
    _gather_pictures(found, records, pictures)
    _gather_dossiers(found, records, archive)
    again = [d for d in found.drafts if d[0] == "vessel" and (d[1]["mmsi"], d[1]["vessel"]) in held]
    drafts = [draft for draft in found.drafts if draft not in again]
    return shelf.change(records, by, number, drafts, found.blobs), found.left_out


def add_picture(records: Records, by: By, number: int, attachment: int) -> Added:
    """A still or clip; Unknown, or Conflict where its file is gone."""
    with records.read() as connection:
        one = attachments.one_of(connection, attachment)
    attachments.bytes_of(records, attachment)
    found = Gathered()
    _gather_pictures(found, records, [one])
    return shelf.change(records, by, number, found.drafts, found.blobs), found.left_out


def add_report(records: Records, by: By, number: int, told: Mapping[str, Any]) -> Added:
    """What a person saw and told, as the node has it."""
    blob, item = report_evidence(told)
    return shelf.change(records, by, number, [("evidence", item)], [blob]), []


def report_evidence(told: Mapping[str, Any]) -> tuple[Blob, dict[str, Any]]:
    """What a person told, as bytes, and the item that names them."""
    what = f"report of {told['who']}, {told_time(told['time'])}: {told['what']}"
    blob = evidence_of(dict(told))
    return blob, blob.told("report", clean(what), begin=float(told["time"]))


def near(reports: Sequence[Mapping[str, Any]], told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Reports of the time of an alert that lie near it."""
    begin, end = tracks.span(float(told["first"]), float(told["last"] or _latest(told)))
    timely = [one for one in reports if begin <= one["time"] <= end]
    if not timely:
        return []
    lat, lon = (np.array([one[name] for one in timely], float) for name in ("lat_deg", "lon_deg"))
    apart = inverse(told["lat_deg"], told["lon_deg"], lat, lon)[0]
    return [one for one, metres in zip(timely, apart.tolist(), strict=True) if metres <= NEAR_M]


def _gather_dossiers(found: Gathered, records: Records, archive: Path | None) -> None:
    """Of each vessel that the drafts name, what is known of it now: the archive forgets, the case does not."""
    vessels = [value for name, value in found.drafts if name == "vessel"]
    with records.read() as connection:
        for vessel in vessels[:DOSSIERS_MAX]:
            found.put(*dossiers.as_evidence(connection, vessel, archive))
    more = len(vessels) - DOSSIERS_MAX
    if more > 0:
        found.left_out.append(f"dossiers of {more} more vessels: {DOSSIERS_MAX} are kept at most")


def titled(told: dict[str, Any], names: Names) -> str:
    """What a case of an alert is called where nobody says so: what was found, and of whom."""
    vessels = [vessel_name(vessel_item(v, names.get(v["mmsi"] or 0, ""))) for v in told["vessels"]]
    who = ", ".join(vessels[:2]) + (f" and {told['vessels_total'] - 2} more" if told["vessels_total"] > 2 else "")
    return clean(f"{', '.join(kind.replace('_', ' ') for kind in told['kinds'])}: {who}", 200)


def evidence_of(told: dict[str, Any]) -> Blob:
    """An alert and its behaviours as they stand, as bytes."""
    return Blob(orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS), MEDIA)


def names_in(archive: Path | None, told: dict[str, Any]) -> Names:
    """The names that an archive knows of an alert's vessels."""
    from mihari.archive.catalogue import Catalogue

    if archive is None:
        return {}
    try:
        from mihari.archive.ask import names_of

        return names_of(Catalogue(archive), [v["mmsi"] for v in told["vessels"] if v["mmsi"]])
    except BadInput:
        return {}


def _alert(connection: sa.Connection, number: int) -> dict[str, Any]:
    told = _told(connection, number)
    shelf.no_open_case(connection, number)
    return told


def _told(connection: sa.Connection, number: int) -> dict[str, Any]:
    told = ask.one(connection, number) if 0 < number < 1 << 62 else None
    if told is None:
        raise Unknown(f"there is no alert {number}")
    return told


def _gather_alert(found: Gathered, told: dict[str, Any], names: Names) -> None:
    number = told["number"]
    item = {"number": number, "because": clean(told["because"]), "first": told["first"], "last": told["last"]}
    found.drafts.append(("alert", item))
    for vessel in told["vessels"]:
        name = names.get(vessel["mmsi"] or 0, "")
        found.drafts.append(("vessel", vessel_item(vessel, name)))
    count = len(told["behaviours"])
    what = f"alert {number} as it stood, with {count} {'behaviour' if count == 1 else 'behaviours'} and its log"
    blob = evidence_of(told)
    found.put(blob, blob.told("alert", what, number=number, begin=told["first"], end=told["last"]))
    if told["vessels_total"] > len(told["vessels"]):
        found.left_out.append(f"{told['vessels_total'] - len(told['vessels'])} more vessels of the alert")


def vessel_item(vessel: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    """A vessel as a case names it."""
    return {"mmsi": vessel["mmsi"] or 0, "vessel": vessel["vessel"] or 0, "run": vessel["run"], "name": clean(name, 80)}


def _gather_tracks(found: Gathered, told: dict[str, Any], archive: Path | None) -> None:
    vessels = [value for name, value in found.drafts if name == "vessel"]
    begin, end = tracks.span(float(told["first"]), float(told["last"] or _latest(told)))
    for vessel in vessels[:VESSELS_MAX]:
        mmsi, number = vessel["mmsi"], vessel["vessel"]
        track = tracks.from_archive(archive, mmsi, number, float(vessel["run"] or 0.0), begin, end)
        track = track or tracks.from_places(places_of(told["behaviours"], vessel))
        named = vessel_name(vessel)
        if track is None:
            found.left_out.append(f"no track of {named}: nothing is kept of where it was")
            continue
        found.put(*tracks.as_evidence(track, named, mmsi, number))
    if len(vessels) > VESSELS_MAX:
        found.left_out.append(f"tracks of {len(vessels) - VESSELS_MAX} more vessels: {VESSELS_MAX} are kept at most")


def _latest(told: Mapping[str, Any]) -> float:
    """The newest time that an alert that goes on speaks of."""
    times = [told["first"], told["since"]] + [b["told"] for b in told["behaviours"] if b["told"]]
    return float(max(times))


def places_of(behaviours: Sequence[dict[str, Any]], vessel: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    """(UTC s, latitude, longitude) that behaviours keep of one vessel."""
    from mihari.core.behaviour import unnamed

    key = str(vessel["mmsi"] or unnamed(vessel["vessel"]))
    return [(t, lat, lon) for b in behaviours for t, lat, lon in b["evidence"]["path"].get(key, ())]


def _pictures(connection: sa.Connection, told: dict[str, Any]) -> list[attachments.Attachment]:
    """Stills and clips of an alert's vessels that are still kept: by MMSI, or by number in the same run."""
    from mihari.alerts import tables

    a, run = tables.attachment.c, told["vessels"][0]["run"] if told["vessels"] else None
    mmsis = [v["mmsi"] for v in told["vessels"] if v["mmsi"]]
    numbers = [v["vessel"] for v in told["vessels"] if v["vessel"]]
    mine = sa.or_(a.mmsi.in_(mmsis), sa.and_(a.vessel.in_(numbers), a.run == (run or 0.0)))
    query = sa.select(a.number).where(mine, a.dropped.is_(None)).order_by(a.number.desc())
    return [attachments.one_of(connection, row.number) for row in connection.execute(query.limit(PICTURES_MAX))]


def _gather_pictures(found: Gathered, records: Records, pictures: Sequence[attachments.Attachment]) -> None:
    for one in pictures:
        try:
            _, data = attachments.bytes_of(records, one.number)
        except BadInput as problem:
            found.left_out.append(str(problem))
            continue
        kind = "clip" if one.kind == "clip" else "picture"
        what = f"{one.kind} {one.number} by camera {one.asset}, {told_time(one.time)}"
        blob = Blob(data, one.media)
        found.put(blob, blob.told(kind, what, number=one.number, mmsi=one.mmsi, vessel=one.vessel, begin=one.time))
