"""AIS reports -> how often their senders report: the cadence by which silence is judged. ITU-R M.1371-5 annex 1."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.reports import Batch
from mihari.picture.claims import ClaimBook
from mihari.sensors.ais import class_a_interval, class_b_interval


def cadence(batch: Batch, rows: Array, claim: Array, book: ClaimBook) -> Array:
    """(n,) s between position reports of the senders of `rows`, whose claims are the rows `claim` of the batch.

    A navigation status that a report does not tell is the one told last.
    """
    speed = np.nan_to_num(batch.reports.speed[rows])
    status = batch.claims.status[claim].astype(np.int64)
    for k in np.flatnonzero(status < 0).tolist():
        status[k] = book.get(int(batch.claims.mmsi[claim[k]])).navigation_status
    return np.where(batch.claims.device[claim] == "B", class_b_interval(speed), class_a_interval(speed, status))
