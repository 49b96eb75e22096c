"""What real recordings teach: the Seine at Vernon (115 MMSI, five days) and American coasts for a day."""

import numpy as np
import pytest

from mihari.behaviours.context.hearing import ANYBODY
from mihari.detecting import Source
from mihari.learning import learned_from
from recordings import recording

pytestmark = [pytest.mark.recordings, pytest.mark.slow]
VERNON = (49.09, 1.48)  # the town


def learned(name):
    found = learned_from(Source.of((str(recording(name)),), None, None, None, None, None), lambda share, reports: None)
    assert found is not None
    return found[0]


def test_vernon_hears_the_river_and_nothing_else():
    """A station in a river valley: all that it hears lies within 15 km, and next to the town it hears nearly all."""
    taught = learned("ais/vernon_timed.nm4.gz")
    table = taught.hearing.table
    everywhere = table.tags == ANYBODY
    heard, due = (table.rows[name][everywhere] for name in ("heard", "due"))
    assert heard.sum() / due.sum() > 0.9
    assert np.all(heard <= due)
    assert everywhere.sum() <= 12  # 36 km² each: damaged frames have brought no vessel to far places
    assert taught.hearing.proven(*VERNON)
    assert taught.anchorages.areas() == []  # berths of barges: no cell had twenty vessels for twelve hours
    assert taught.traffic.table.rows["count"].sum() > 1000


def test_a_week_of_new_york_has_its_berths_on_the_hudson_and_nowhere_else():
    """Three vessels are enough for a test: a week has no twenty."""
    taught = learned("ais/positions/real_positions.parquet")
    few = taught.anchorages.areas(3)
    assert len(few) >= 3
    assert all(40.5 < area.lat_deg < 40.9 and -74.2 < area.lon_deg < -73.8 for area in few)
    assert taught.anchorages.areas() == []
    assert taught.traffic.table.dropped == 0
