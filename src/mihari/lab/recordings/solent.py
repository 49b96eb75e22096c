"""SolentAIS.csv: 18,623 AIS positions of 91 vessels, 84 minutes of the Solent on 2016-01-12, as the product's reports.

From dstl/Stone-Soup; MIT. A header and rows of time (UTC), MMSI, degrees, course in degrees, speed in knots.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from mihari.core.columns import Array
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.units import KNOT
from mihari.lab.recordings.recording import file_of

NAME = "ais/SolentAIS.csv"
NO_SPEED_KN, NO_COURSE_DEG = 102.3, 360.0  # "not available", ITU-R M.1371-5, table 48


@dataclass(frozen=True, slots=True)
class Heard:
    """AIS positions in order of time; `reports.claim` points into `claims`, one row a vessel (its MMSI)."""

    name: str
    licence: str
    reports: Reports
    claims: Claims

    @property
    def mmsi(self) -> Array:
        """(n,) of each report."""
        return np.asarray(self.claims.mmsi[self.reports.claim])

    @property
    def batch(self) -> Batch:
        """What a tracker's `step` takes."""
        return Batch(self.reports, self.claims)


def load(base: Path | None = None) -> Heard:
    """The recording; `base`: the folder of recordings, by default the one that `$MIHARI_DATA` names."""
    rows = csv.read_csv(file_of(NAME, base))
    time = np.asarray(pc.cast(rows["Time"], pa.timestamp("ms"), safe=False).cast(pa.int64()).to_numpy()) / 1e3
    order = np.argsort(time, kind="stable")
    lat_deg, lon_deg, course, speed = (
        rows[name].to_numpy()[order]
        for name in ("Latitude_degrees", "Longitude_degrees", "COG_degrees", "SOG_knots")
    )  # fmt: skip
    names, claim = np.unique(rows["MMSI"].to_numpy()[order], return_inverse=True)
    reports = Reports.of(
        len(order), time=time[order], received=time[order], sensor=0, kind=ReportKind.AIS_POSITION, lat_deg=lat_deg,
        lon_deg=lon_deg, speed=np.where(speed < NO_SPEED_KN, speed * KNOT, np.nan), claim=claim,
        course=np.where(course < NO_COURSE_DEG, np.radians(course), np.nan), offset=np.arange(len(order)),
    )  # fmt: skip
    return Heard("Solent", "MIT, dstl/Stone-Soup", reports, Claims.of(len(names), mmsi=names, subject=0))
