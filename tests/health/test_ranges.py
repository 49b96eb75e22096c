"""A radar that sees less far is found by the ships that others hold; a sea without ships far out is no fault."""

import math

import numpy as np
import pytest

from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Tracks, TrackStatus
from mihari.health import AlarmBook
from mihari.health.node_rules import of_reach
from mihari.health.ranges import OCTANTS, RangeWatch

RADAR = Sensor(0, "kume", SensorKind.RADAR, 26.0, 127.0, range_max=24 * 1852.0)
STATIONS = [Sensor(1, "KUME", SensorKind.AIS, 26.0, 127.0), Sensor(2, "CAPE", SensorKind.AIS, 26.1, 127.0)]
MILE = 1 / 60.0


def sea(count, seed=1, reach_nm=20.0):
    """(range, NM; bearing, rad) of ships all round."""
    rng = np.random.default_rng(seed)
    return reach_nm * np.sqrt(rng.uniform(0.01, 1.0, count)), rng.uniform(0, 2 * math.pi, count)


def tracks(distance, bearing, seen, ais):
    """Ships with what supports them: bit 0 the radar, bits 1 and 2 the stations."""
    lat_deg = 26.0 + distance * MILE * np.cos(bearing)
    lon_deg = 127.0 + distance * MILE * np.sin(bearing) / math.cos(math.radians(26.0))
    return Tracks.of(
        len(distance), id=np.arange(len(distance)), lat_deg=lat_deg, lon_deg=lon_deg, status=TrackStatus.CONFIRMED,
        sensors=(seen.astype(np.uint64) | ais.astype(np.uint64) << np.uint64(1)),
    )  # fmt: skip


class Story:
    """Half an hour and more of a sea, in looks of 10 s."""

    def __init__(self):
        self.watch, self.book, self.time = RangeWatch(), AlarmBook(), 1e9
        self.rng = np.random.default_rng(7)

    def go(self, minutes, distance, bearing, sees, ais=0b11):
        """`sees`: which ships the radar would see at all; it misses a tenth of the looks."""
        for _ in range(int(minutes * 6)):
            self.time += 10.0
            seen = sees & (self.rng.random(len(distance)) < 0.9)
            self.watch.sample(
                self.time, tracks(distance, bearing, seen, np.full(len(distance), ais)), [RADAR, *STATIONS]
            )
            found = [c for r in self.watch.reaches().values() for c in of_reach(r, "radar kume")]
            self.book.update(self.time, self.time, found)
        return [a for a in self.book.alarms if a.until is None]


def test_a_radar_that_loses_half_its_range_is_an_alarm_and_well_again_when_it_is():
    story, (distance, bearing) = Story(), sea(60)
    assert story.go(30, distance, bearing, distance < 16) == []
    (alarm,) = story.go(15, distance, bearing, distance < 8)
    assert alarm.key == "range:0"
    assert "The range of radar kume has shrunk" in alarm.text
    reach = story.watch.reaches()[0]
    assert reach.usual_m / 1852 == pytest.approx(15.7, abs=1.0)
    assert reach.range_m / 1852 < 8
    assert story.go(15, distance, bearing, distance < 16) == []


def test_it_is_found_within_ten_minutes():
    story, (distance, bearing) = Story(), sea(60)
    story.go(30, distance, bearing, distance < 16)
    told = [bool(story.go(1, distance, bearing, distance < 8)) for _ in range(10)]
    assert 3 < told.index(True) < 8


def test_a_radar_blind_to_one_side_says_which():
    story, (distance, bearing) = Story(), sea(300)
    east = np.abs(bearing - math.pi / 2) < math.pi / 8
    assert story.go(30, distance, bearing, distance < 16) == []
    (alarm,) = story.go(15, distance, bearing, (distance < 16) & ~(east & (distance > 4)))
    assert "has shrunk to the east:" in alarm.text


def test_ships_that_leave_make_no_shrunk_radar():
    story, (distance, bearing) = Story(), sea(60)
    story.go(30, distance, bearing, distance < 16)
    near = distance < 7
    assert story.go(60, distance[near], bearing[near], distance[near] < 16) == []
    assert story.watch.reaches()[0].range_m / 1852 < 8


def test_small_boats_it_never_sees_are_not_held_against_it():
    story, (distance, bearing) = Story(), sea(60)
    unseen = np.arange(60) % 2 == 0
    assert story.go(90, distance, bearing, (distance < 16) & ~unseen) == []


def test_a_fault_does_not_become_what_is_usual():
    story, (distance, bearing) = Story(), sea(60)
    story.go(30, distance, bearing, distance < 16)
    assert len(story.go(6 * 60, distance, bearing, distance < 8)) == 1


def test_without_ais_the_distance_of_what_is_seen_is_compared():
    story, (distance, bearing) = Story(), sea(60)
    for reach, alarms in ((16, 0), (6, 1), (16, 0)):
        far = distance < reach
        assert len(story.go(40, distance[far], bearing[far], far[far], ais=0)) == alarms


def test_an_ais_station_that_hears_less_far_than_its_neighbour_is_found():
    story, (distance, bearing) = Story(), sea(60)
    hears = np.where(distance < 18, 0b11, 0b10)
    assert story.go(30, distance, bearing, distance < 16, ais=hears) == []
    (alarm,) = story.go(15, distance, bearing, distance < 16, ais=np.where(distance < 7, 0b11, 0b10))
    assert alarm.key == "range:1"


def test_a_day_of_looks_holds_no_more_than_an_hour_of_them():
    story, (distance, bearing) = Story(), sea(10)
    story.go(10, distance, bearing, distance < 16)
    assert {s.seen.shape for s in story.watch._sights.values()} == {(8, 64)}
    assert len(story.watch._sights) == 3
    assert len(OCTANTS) == 8
