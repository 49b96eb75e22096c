"""Ages -> what the officer is told of each vessel's presence: status and source. Vectorised over vessels."""

from __future__ import annotations

import numpy as np

from mihari.core.columns import Array
from mihari.core.picture import Source, VesselStatus
from mihari.picture.rows import VesselRows
from mihari.picture.settings import PictureSettings


def ais_overdue(interval: Array, settings: PictureSettings) -> Array:
    """Silence in s after which AIS is overdue, from the vessel's own reporting interval in s.

    >>> ais_overdue(np.array([2.0, 10.0, 30.0, 180.0]), PictureSettings()).tolist()
    [60.0, 60.0, 180.0, 1080.0]
    """
    return np.asarray(np.maximum(settings.ais_misses * interval, settings.ais_overdue_least))


def deadlines(
    rows: VesselRows, settings: PictureSettings, at: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    """UTC s at which radar is overdue, AIS, other sensors, and the vessel is gone, NaN never; of all rows or `at`."""
    here = slice(None) if at is None else at
    radar = rows["heard_radar"][here] + settings.radar_overdue
    ais = rows["heard_ais"][here] + ais_overdue(rows["interval"][here], settings)
    stay = np.where(rows["mmsi"][here] > 0, settings.gone_named, settings.gone_unnamed)
    seen = rows["heard_other"][here] + settings.seen_overdue
    return radar, ais, seen, rows["faded_at"][here] + stay


def presence(rows: VesselRows, time: float, settings: PictureSettings, at: Array | None = None) -> tuple[Array, Array]:
    """(status, source) of every row, or of those `at`, at `time`."""
    here = slice(None) if at is None else at
    radar_due, ais_due, seen_due, gone_due = deadlines(rows, settings, at)
    radar, ais, seen = time < radar_due, time < ais_due, time < seen_due  # False where never heard: NaN compares false
    had_radar, had_ais = np.isfinite(rows["heard_radar"][here]), np.isfinite(rows["heard_ais"][here])
    source = (
        radar * Source.RADAR
        + ais * Source.AIS
        + seen * Source.SEEN
        + (had_ais & ~ais & (radar | seen)) * Source.LOST_AIS
        + (had_radar & ~radar & ais) * Source.LOST_RADAR
    )
    status = np.where(rows["coasted"][here] | ~(radar | ais | seen), VesselStatus.COASTING, VesselStatus.LIVE)
    status = np.where(np.isfinite(rows["faded_at"][here]), VesselStatus.FADED, status)
    status = np.where(time >= gone_due, VesselStatus.GONE, status)
    return status.astype(np.uint8), source.astype(np.uint8)


def next_change(rows: VesselRows, time: float, settings: PictureSettings, at: Array | None = None) -> float:
    """The first time after `time` at which its passing alone changes a row (of those `at`); inf if there is none."""
    ahead = np.concatenate(deadlines(rows, settings, at))
    ahead = ahead[ahead > time]
    return float(ahead.min()) if len(ahead) else np.inf
