"""An evening off Okinawa: a tanker goes silent and meets a ship that changes its name; a boat without AIS is near."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import T, found

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.cameras.attachments import Taken, attach
from mihari.cases import shelf
from mihari.cases.gather import open_from_alert
from mihari.core.behaviour import Evidence, Urgency, unnamed
from mihari.core.reports import Batch, Claims, Reports, Tick

TANKER, SHADY, BOAT = 431000001, 636012345, unnamed(12)
RUN = T - 7200.0  # the node was started two hours before
MET = (26.42, 127.30)
# 1 x 1 px, baseline JPEG, from the JFIF specification's minimum of segments
JPEG = bytes.fromhex(
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f141d1a1f1e1d"
    "1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b080001000101011100ffc4001f000001050101"
    "01010101000000000000000102030405060708090a0bffc400b5100002010303020403050504040000017d01020300041105122131410613"
    "516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a53545556"
    "5758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2"
    "c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00fbd3ffd9"
)


def by(who: str = "Sato", now: float = T + 9000.0) -> By:
    """Somebody who writes."""
    return By(who, now)


def evening(records: Records) -> None:
    """Alert 1: the tanker's gap and meeting; alert 2: the boat alone; a still of the tanker."""
    watch = Watch(records)
    watch.begin(RUN)
    path = {TANKER: tuple((T + 600.0 * k, 26.2 + 0.02 * k, 127.1 + 0.02 * k) for k in range(5))}
    path |= {SHADY: tuple((T + 600.0 * k, 26.5 - 0.01 * k, 127.5 - 0.03 * k) for k in range(5))}
    gap = found(
        "gap", (TANKER,), T + 1200, T + 4800, because="silent 1.0 h inside good AIS coverage, radar kept seeing it",
        evidence=Evidence(facts={"gap_h": 1.0}, path={TANKER: path[TANKER]}), lat_deg=26.28, lon_deg=127.18,
    )  # fmt: skip
    met = found(
        "rendezvous", (TANKER, SHADY), T + 2400, T + 4200, because="30 min within 80 m of one another at 0.4 kn",
        urgency=Urgency.ALARM, innocent=("bunkering",), evidence=Evidence(path=path), lat_deg=MET[0], lon_deg=MET[1],
    )  # fmt: skip
    near = {BOAT: ((T + 2500.0, 26.40, 127.33), (T + 3000.0, 26.43, 127.36))}
    boat = found(
        "dark", (BOAT,), T + 2500, None, because="a boat that tells no AIS", evidence=Evidence(path=near),
        lat_deg=26.40, lon_deg=127.33,
    )  # fmt: skip
    watch.take([((gap, met, boat), (), T + 5400.0)])
    attach(records, By("Mori", T + 3000.0), Taken("still", "pier", T + 3000.0, 3, TANKER), JPEG)


def written_archive(folder: Path) -> Path:
    """Both ships every 10 s for three hours, the tanker silent for one of them; the other changes its name."""
    archive = Archive(ArchiveSettings(folder, free=0.0))
    archive.open({})
    archive.snapshot({}, RUN)
    time = T - 3600.0 + 10.0 * np.arange(1080)
    share = (time - time[0]) / (time[-1] - time[0])
    heard = (time < T + 1200) | (time > T + 4800)
    for mmsi, told, lat, lon in (
        (TANKER, heard, 26.10 + 0.55 * share, 126.95 + 0.5 * share),
        (SHADY, np.ones(1080, bool), 26.62 - 0.35 * share, 127.75 - 0.75 * share),
    ):
        rows = np.flatnonzero(told)
        names = np.where(time[rows] < T + 4200, "KAIYO MARU", "KAIYO MARU" if mmsi == TANKER else "STAR 9")
        names = names if mmsi == TANKER else np.where(time[rows] < T + 4200, "NIGHT <b>STAR</b>", "STAR 9")
        reports = Reports.of(
            len(rows), claim=np.arange(len(rows)), time=time[rows], received=time[rows], kind=1, lat_deg=lat[rows],
            lon_deg=lon[rows], speed=4.0,
        )  # fmt: skip
        archive.took(Batch(reports, claims(len(rows), mmsi, names)), float(time[rows][-1]), False)
    archive.took(Tick(float(time[-1])), float(time[-1]), False)
    archive.close()
    return folder


def claims(count: int, mmsi: int, names: Any) -> Claims:
    """What a ship says of itself with each position."""
    told = dict.fromkeys(("mmsi",), np.full(count, mmsi))
    sizes = {"bow": 150.0, "stern": 30.0, "port": 16.0, "starboard": 16.0}
    draught = np.linspace(8.0, 12.0, count).round(0)
    return Claims.of(count, **told, imo=9074729, name=names, call_sign="7JAB", ship_type=80, draught=draught, **sizes)


def opened(records: Records, alert: int = 1, archive: Path | None = None, who: str = "Sato") -> shelf.Kept:
    """A case of an alert."""
    return open_from_alert(records, by(who), alert, archive=archive)[0]


def case_of(records: Records, number: int = 1) -> dict[str, Any]:
    """A case as it is shown."""
    with records.read() as connection:
        return shelf.told(connection, number)


def files_in(folder: Path) -> list[Path]:
    """All files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
