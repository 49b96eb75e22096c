"""The same vessels as Cursor-on-Target XML: what TAK clients exchange, one event a vessel and second.

Only what a vessel's place needs: uid, type, times, point, contact and track (MITRE MP090284, 2009).
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.mesh_tracks import SETTLED_S, Player, load

STALE = timedelta(seconds=10)


def event(vessel: int, name: str, at: float, row: dict[str, Any]) -> str:
    """One vessel's event."""
    time = datetime.fromtimestamp(at, UTC)
    stamp, stale = (f"{t.strftime('%Y-%m-%dT%H:%M:%S')}.{t.microsecond // 1000:03d}Z" for t in (time, time + STALE))
    course = math.degrees(math.atan2(row["east_mps"], row["north_mps"])) % 360.0
    speed, error = math.hypot(row["east_mps"], row["north_mps"]), math.sqrt(max(row["cov_ee"], row["cov_nn"]))
    return (
        '<?xml version="1.0"?>'
        f'<event version="2.0" uid="mihari.{vessel}" type="a-u-S-X-M" time="{stamp}" start="{stamp}" stale="{stale}"'
        f' how="m-f"><detail><contact callsign="{name or vessel}"/><track course="{course:.1f}" speed="{speed:.2f}"/>'
        f'</detail><point lat="{row["lat_deg"]:.6f}" lon="{row["lon_deg"]:.6f}" hae="0.0" ce="{error:.1f}"'
        ' le="9999999.0"/></event>'
    )


def mean_size(tracks: Path) -> float:
    """Bytes of an event, the mean over the vessels of one picture."""
    picture = Player(load(tracks), SETTLED_S, 1_795_143_600.0).now()
    columns = {
        n: getattr(picture.vessels, n) for n in ("east_mps", "north_mps", "cov_ee", "cov_nn", "lat_deg", "lon_deg")
    }
    named = {v: i.claims[0].name for v, i in picture.identities.items() if i.claims}
    sizes = [
        len(event(v, named.get(v, ""), picture.time, {n: float(c[k]) for n, c in columns.items()}))
        for k, v in enumerate(picture.vessels.id.tolist())
    ]
    return sum(sizes) / len(sizes)
