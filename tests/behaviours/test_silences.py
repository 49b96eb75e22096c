"""A silence says something where others are heard, also where the vessel would be, and while somebody listens."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.archive.state import pack, unpack
from mihari.behaviours.engine import Engine
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Standing
from mihari.core.reports import Batch, Claims, Reports

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


@pytest.mark.parametrize(("out_s", "told"), [(600.0, 0), (1770.0, 0), (1800.0, 1), (20_000.0, 1)])
def test_a_gap_is_void_by_an_outage_at_first_and_stands_whatever_fails_later(out_s: float, told: int) -> None:
    """The station that heard the vessel is out for ten minutes from so long after; another one hears the companion."""
    engine = Engine()
    gone_s, now = 3600.0, 28_800.0
    lone, companion = sailing(431_000_001, 26.0, 12.0, gone_s), sailing(431_000_002, 26.0, 12.0, now)
    engine.sight(lone.replace(station=np.full(len(lone), 3)))
    engine.sight(companion.replace(station=np.full(len(companion), 4)))
    out = gone_s - 30.0 + out_s
    alive = np.concatenate([np.arange(0.0, out, 30.0), np.arange(out + 600.0, now, 30.0)])
    engine.reception.hear(Batch(Reports.of(len(alive), time=START + alive, sensor=3), Claims.empty()))
    for moment in np.arange(gone_s + 1800.0, now, 600.0).tolist():
        engine.step(START + moment)
    standing = [b for b in engine.standing() if b.kind == "gap" and b.vessels == (431_000_001,)]
    assert [b.standing for b in standing] == [Standing.GOING_ON] * told
    long = [b.vessels for b in engine.standing() if b.kind == "gap_6h"]
    assert long == []  # of what follows an outage nobody knows


def test_a_gap_stands_when_the_vessel_is_back_after_days() -> None:
    engine, day = Engine(), 86_400.0
    lone, companion = sailing(431_000_001, 26.0, 12.0, 3600.0), sailing(431_000_002, 26.0, 12.0, 7200.0)
    back = sailing(431_000_001, 26.0, 12.0, 3600.0)
    engine.sight(lone)
    engine.sight(companion)
    for moment in np.arange(3600.0, 4 * day, 3600.0).tolist():
        engine.step(START + moment)
    engine.sight(back.replace(time=back.time + 4 * day))
    engine.step(START + 4 * day + 3600.0)
    told = [b for b in engine.standing() if b.kind == "gap" and b.vessels == (431_000_001,)]
    assert [(b.standing, b.start, b.end) for b in told] == [(Standing.ENDED, START + 3570.0, START + 4 * day)]


def test_outages_are_known_for_as_long_as_silences_last() -> None:
    reception = Engine().reception
    day = np.arange(0.0, 86_400.0, 30.0)
    alive = np.concatenate([day, day + 2 * 86_400.0, day + 9 * 86_400.0])
    now = START + 10 * 86_400.0
    reception.hear(Batch(Reports.of(len(alive), time=START + alive, sensor=3), Claims.empty()))
    whole = reception.down(3, int(now)).tolist()
    assert whole == [[START + 86_400.0, START + 2 * 86_400.0], [START + 3 * 86_400.0, START + 9 * 86_400.0]]
    reception.forget(now)
    assert reception.down(3, int(now)).tolist() == whole
    again = Engine().reception
    again.restore(unpack(pack(reception.state())))
    assert again.down(3, int(now)).tolist() == whole
