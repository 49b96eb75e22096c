"""Looks at a run of the past: those that are taken back count no more, and many rows are looked at less often."""

from __future__ import annotations

import numpy as np

from mihari.core.tracks import Tracks, TrackStatus
from mihari.tracks.bank import HIGH, new_bank
from mihari.tracks.past import Past, unsupported


def bank_of(**told):
    """One track with these figures."""
    bank = new_bank(4, 1)
    bank.tally[HIGH] = 1
    track = bank.tracks[0]
    track["alive"], track["id"], track["status"] = 1, 7, TrackStatus.CONFIRMED
    track["heard_radar"] = track["heard_ais"] = track["heard_other"] = track["interval"] = np.nan
    for name, value in told.items():
        track[name] = value
    return bank


def told(bank, slots, time):
    return Tracks.of(
        len(slots), id=bank.tracks["id"][slots], time=bank.tracks["time"][slots], lat_deg=26.0, lon_deg=127.0
    )


def test_who_is_looked_at_is_who_the_picture_holds_without_ais():
    assert unsupported(bank_of(heard_radar=91.0), 100.0).tolist() == [0]
    assert unsupported(bank_of(heard_radar=89.0), 100.0).tolist() == []
    assert unsupported(bank_of(heard_other=41.0), 100.0).tolist() == [0]
    assert unsupported(bank_of(heard_other=39.0), 100.0).tolist() == []
    assert unsupported(bank_of(heard_radar=99.0, heard_ais=41.0, interval=2.0), 100.0).tolist() == []
    assert unsupported(bank_of(heard_radar=99.0, heard_ais=39.0, interval=2.0), 100.0).tolist() == [0]
    assert unsupported(bank_of(heard_radar=99.0, heard_ais=39.0, interval=30.0), 100.0).tolist() == []
    assert unsupported(bank_of(heard_radar=99.0, status=TrackStatus.COASTED), 100.0).tolist() == []
    assert unsupported(bank_of(heard_radar=99.0, alive=0), 100.0).tolist() == []


def test_what_is_taken_back_is_looked_at_again():
    past = Past(100.0)
    for time in (100.0, 110.0, 120.0):
        past.look(time, bank_of(heard_radar=time, time=time - 1.0), told)
    past.back(110.0)
    past.look(120.0, bank_of(heard_radar=120.0, time=118.0), told)
    assert past.was().time.tolist() == [99.0, 109.0, 118.0]


def test_a_track_of_which_nothing_new_was_told_is_there_once():
    past = Past(0.0)
    for time in (10.0, 20.0, 30.0):
        past.look(time, bank_of(heard_other=9.0, time=9.0), told)
    assert past.was().time.tolist() == [9.0]


def test_many_rows_are_looked_at_half_as_often():
    past = Past(0.0, most=10)
    for time in np.arange(10.0, 400.0, 10.0):
        if time % past.every == 0:
            past.look(time, bank_of(heard_radar=time, time=time), told)
    assert len(past.was()) <= 10
    assert np.diff(past.was().time).tolist() == [past.every] * (len(past.was()) - 1)
    assert past.due(400.0, 500.0) == [400.0 + k * past.every for k in range(1, 10) if k * past.every <= 100]
