"""A silence where the vessel was about to leave the reach of the stations is none in cover."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings

START = 1_800_000_000.0
KNOT, NORTH_M = 0.514444, 111_195.0


def sailing(key: int, lat: float, speed_kn: float, seconds: float) -> Sightings:
    """Due north from a latitude, a report every 30 s."""
    time = np.arange(0.0, seconds, 30.0)
    lats = lat + speed_kn * KNOT * time / NORTH_M
    columns = {"key": key, "time": START + time, "lat_deg": lats, "lon_deg": 127.0, "course": 0.0, "status": 0}
    return Sightings.of(len(time), **columns, speed=speed_kn * KNOT, heading=0.0, offset=np.arange(len(time)))


@pytest.mark.parametrize(("companion_kn", "told"), [(12.0, 1), (0.0, 0)])
def test_a_gap_asks_for_a_witness_where_the_vessel_would_have_been(companion_kn: float, told: int) -> None:
    """The companion is heard on: it sails along, or lies where the vessel was heard last, 11 km behind in the end."""
    engine = Engine()
    gone_s, now = 3600.0, 7200.0
    last = 26.0 + 12.0 * KNOT * gone_s / NORTH_M
    engine.sight(sailing(431_000_001, 26.0, 12.0, gone_s))
    engine.sight(sailing(431_000_002, 26.0 if companion_kn else last, companion_kn, now))
    found = [b for b in engine.step(START + now) if b.kind == "gap"]
    assert len(found) == told
