"""The JSON that a run ends with: the same keys for demo and run; what has no truth to be held against is null."""

from __future__ import annotations

from typing import Any

import numpy as np

from mihari.core.picture import VesselStatus
from mihari.core.tracks import TrackStatus


def node_summary(node: Any, seconds: float) -> dict[str, Any]:
    """Figures of a node that has stopped; `seconds` is how long it ran by the wall."""
    picture = node.picture()
    tracks = node.pipeline.tracker.tracks()
    vessels = picture.vessels
    shown = vessels.status != VesselStatus.GONE
    both = np.isfinite(vessels.heard_radar) & np.isfinite(vessels.heard_ais) & (vessels.status == VesselStatus.LIVE)
    feeds = [
        {
            "name": feed.name,
            "state": feed.state,
            "messages": feed.messages,
            "reports": feed.reports,
            "other": feed.other,
            "refused": dict(feed.refused),
            "shed": feed.shed,
        }
        for feed in picture.feeds
    ]
    return {
        "nodes": 1,
        "vessels_true": None,
        "tracks_confirmed": int((tracks.status == TrackStatus.CONFIRMED).sum()),
        "false_tracks": None,
        "vessels": int(shown.sum()),
        "vessels_with_ais_and_radar": int(both.sum()),
        "gospa": None,
        "plots": node.pipeline.plots,
        "plots_per_s": round(node.pipeline.plots / max(seconds, 1e-3), 1),
        "reports": node.pipeline.reports,
        "latency_ms_p50": None,
        "latency_ms_p99": None,
        "seconds": round(seconds, 2),
        "feeds": feeds,
        "mmsi": sorted(node.pipeline.mmsi - {0}),
    }
