"""What a ship's radar tracks: true bearings, SI units, positions, times of day, numbers given anew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mihari.core.geodesy import direct
from mihari.core.units import KNOT
from mihari.formats.nmea import decode_many, encode, encode_ttd
from mihari.formats.nmea.tracked import RadarTracks
from mihari.formats.nmea.ttd import LOST, TRACKED, encode_records
from recordings import recording

DAY = 20_000 * 86_400.0  # a midnight
NOON = DAY + 43_200.0
TTM = {
    "formatter": "TTM", "talker": "RA", "number": 7, "distance": 2.0, "bearing_deg": 20.0, "bearing_reference": "T",
    "speed": 10.0, "course_deg": 90.0, "course_reference": "T", "units": "N", "status": "T", "name": "A",
}  # fmt: skip


def wire(*messages: dict) -> bytes:
    return b"".join(encode(message, tagged=True, longest=200) for message in messages)


def heading(degrees: float, time: float | None = None, **more) -> dict:
    return {"formatter": "HDT", "talker": "HE", "heading_deg": degrees} | ({"time": time} if time else {}) | more


def rows(*messages: dict, received: float = NOON, radar: RadarTracks | None = None):
    return (radar or RadarTracks()).take(decode_many(wire(*messages)), received)


@pytest.mark.parametrize(
    ("units", "metre", "speed"), [("K", 1000.0, 1 / 3.6), ("N", 1852.0, KNOT), ("S", 1609.344, 0.44704)]
)
def test_distances_and_speeds_are_in_the_units_that_the_sentence_names(units, metre, speed):
    found = rows(TTM | {"units": units})
    assert found.range.tolist() == [2 * metre]
    assert found.speed.tolist() == pytest.approx([10 * speed], rel=1e-12)
    assert np.degrees(found.bearing).tolist() == pytest.approx([20.0])
    assert np.degrees(found.course).tolist() == pytest.approx([90.0])
    assert (found.status.tolist(), found.name.tolist(), found.number.tolist()) == ([b"T"], ["A"], [7])
    assert found.time.tolist() == found.received.tolist() == [NOON]


def test_a_relative_bearing_is_turned_by_the_heading_nearest_in_time():
    relative = TTM | {"bearing_reference": "R"}
    found = rows(
        heading(100.0, NOON - 1.9), heading(350.0, NOON - 0.5), relative | {"time": NOON}, heading(10.0, NOON + 0.6)
    )
    assert np.degrees(found.bearing).tolist() == pytest.approx([10.0])
    found = rows(
        heading(100.0, NOON - 1.9), heading(350.0, NOON - 0.5), relative | {"time": NOON}, heading(30.0, NOON + 0.4)
    )
    assert np.degrees(found.bearing).tolist() == pytest.approx([50.0])


def test_without_a_heading_within_two_seconds_a_relative_bearing_is_refused():
    relative = TTM | {"bearing_reference": "R", "time": NOON}
    radar = RadarTracks()
    assert len(rows(relative, radar=radar)) == 0
    assert len(rows(heading(100.0, NOON - 2.0), relative, radar=radar)) == 0
    assert radar.refused.counts == {"no_heading": 2}
    assert radar.refused.last[-1].data.startswith(b"$RATTM,07,2.0")
    assert len(rows(heading(100.0, NOON - 1.9), relative, radar=radar)) == 1
    assert len(rows(TTM, radar=radar)) == 1  # a true one needs none


def test_the_heading_of_the_same_source_comes_before_a_nearer_one_of_another():
    own = {"formatter": "OSD", "talker": "RA", "heading_deg": 200.0, "heading_status": "A", "source": "RA0001"}
    relative = TTM | {"bearing_reference": "R", "time": NOON, "source": "RA0001"}
    other = heading(300.0, NOON - 0.1, source="HE0001")
    assert np.degrees(rows(own | {"time": NOON - 1}, other, relative).bearing).tolist() == pytest.approx([220.0])
    assert np.degrees(rows(own | {"time": NOON - 3}, other, relative).bearing).tolist() == pytest.approx([320.0])


def test_headings_that_are_not_valid_do_not_count_and_magnetic_ones_need_a_variation():
    relative = TTM | {"bearing_reference": "R", "time": NOON}
    invalid = [
        {"formatter": "THS", "heading_deg": 50.0, "mode": "V"}, {"formatter": "THS", "heading_deg": 50.0, "mode": "S"},
        {"formatter": "OSD", "heading_deg": 50.0, "heading_status": "V"},
        {"formatter": "HDG", "heading_magnetic_deg": 50.0, "deviation_deg": 1.0},
    ]  # fmt: skip
    assert len(rows(*[m | {"time": NOON} for m in invalid], relative)) == 0
    hdg = {"formatter": "HDG", "talker": "HC", "heading_magnetic_deg": 50.0, "deviation_deg": -1.0, "time": NOON}
    assert np.degrees(rows(hdg | {"variation_deg": 6.0}, relative).bearing).tolist() == pytest.approx([75.0])
    rmc = {"formatter": "RMC", "talker": "GP", "status": "A", "variation_deg": 4.0}
    assert np.degrees(rows(rmc, hdg, relative).bearing).tolist() == pytest.approx([73.0])
    ths = {"formatter": "THS", "talker": "HE", "heading_deg": 80.0, "mode": "A", "time": NOON - 1}
    assert np.degrees(rows(ths, hdg | {"variation_deg": 6.0}, relative).bearing).tolist() == pytest.approx([100.0])


def test_positions_follow_from_own_position_and_only_from_a_fresh_one():
    gga = {"formatter": "GGA", "talker": "GP", "lat_deg": 35.0, "lon_deg": 139.0, "quality": 1, "time": NOON - 1}
    found = rows(gga, TTM | {"time": NOON})
    lat, lon = direct(35.0, 139.0, math.radians(20.0), 3704.0)
    assert found.lat_deg.tolist() == pytest.approx([float(lat)], abs=1e-6)
    assert found.lon_deg.tolist() == pytest.approx([float(lon)], abs=1e-6)
    for stale in (gga | {"quality": 0}, gga | {"time": NOON - 6}):
        found = rows(stale, TTM | {"time": NOON})
        assert np.isnan(found.lat_deg).tolist() == np.isnan(found.lon_deg).tolist() == [True]
        assert found.range.tolist() == [3704.0]
    gll = {"formatter": "GLL", "lat_deg": 35.0, "lon_deg": 139.0, "status": "V", "time": NOON}
    assert np.isnan(rows(gll, TTM | {"time": NOON}).lat_deg).all()


def test_a_position_told_is_taken_and_seen_from_own_ship():
    lat, lon = direct(35.0, 139.0, 1.0, 5000.0)
    tll = {"formatter": "TLL", "number": 7, "lat_deg": float(lat), "lon_deg": float(lon), "status": "T", "name": "B"}
    found = rows(tll)
    assert found.lat_deg.tolist() == pytest.approx([float(lat)], abs=1e-8)
    assert np.isnan(found.range).all()
    found = rows({"formatter": "GLL", "lat_deg": 35.0, "lon_deg": 139.0, "status": "A"}, tll)
    assert found.range.tolist() == pytest.approx([5000.0], abs=0.02)
    assert found.bearing.tolist() == pytest.approx([1.0], abs=1e-5)


def test_the_time_of_day_is_of_the_day_nearest_to_receipt():
    assert rows(TTM | {"time_of_day": 86_399.5}, received=DAY + 0.5).time.tolist() == [DAY - 0.5]
    assert rows(TTM | {"time_of_day": 0.5}, received=DAY - 0.5).time.tolist() == [DAY + 0.5]
    radar = RadarTracks()
    found = rows(TTM | {"time_of_day": 56_485.82}, radar=radar)  # a clock that is hours wrong
    assert (found.time.tolist(), radar.clock) == ([NOON], 1)
    assert rows(TTM | {"time_of_day": 56_485.82}, radar=RadarTracks(clock_s=math.inf)).time.tolist() == [
        DAY + 56_485.82
    ]


def test_motion_relative_to_own_ship_is_no_motion_over_ground():
    found = rows(TTM | {"course_reference": "R"})
    assert np.isnan(found.speed).tolist() == np.isnan(found.course).tolist() == [True]
    assert found.range.tolist() == [3704.0]


def test_what_lacks_distance_units_or_number_is_refused():
    radar = RadarTracks()
    missing = [{"distance": None}, {"bearing_deg": None}, {"units": None}, {"number": None}]
    assert len(rows(*[TTM | m for m in missing], radar=radar)) == 0
    assert len(rows({"formatter": "TLL", "number": 1, "status": "L"}, radar=radar)) == 0
    assert radar.refused.counts == {"no_range": 2, "no_units": 1, "no_number": 1, "no_position": 1}
    mark = {"formatter": "TLL", "lat_deg": 1.0, "lon_deg": 2.0}
    found = rows(mark, radar=radar)
    assert (found.number.tolist(), found.track.tolist()) == ([-1], [-1])


def test_a_number_given_anew_is_a_new_track():
    radar = RadarTracks()

    def told(status: str, t: float, number: int = 7, source: str = "RA0001") -> int:
        message = TTM | {"status": status, "number": number, "source": source, "time": NOON + t}
        (track,) = rows(message, received=NOON + t, radar=radar).track.tolist()
        return track

    first = told("Q", 0)
    assert told("T", 3) == told("T", 6) == told("L", 9) == first
    second = told("Q", 12)
    assert second != first
    assert told("T", 15) == second
    assert told("Q", 18) not in (first, second)  # acquired anew without a word that it was lost
    third = told("T", 21)
    assert told("T", 90) != third  # silent for 69 s
    assert told("T", 91, number=8) != told("T", 91)
    assert told("T", 92, source="RA0002") != told("T", 92)


def test_ttd_gives_the_same_as_ttm_and_lists_may_be_torn():
    vessels = [
        {"number": n, "bearing_deg": 10.0 * n, "distance_nm": 1.0 + n, "speed_kn": 5.0, "course_deg": 30.0,
         "status": LOST if n == 3 else TRACKED}
        for n in range(1, 7)
    ]  # fmt: skip
    vessels += [{"number": 9, "distance_nm": 1.0, "bearing_deg": 1.0, "test": 1}, {"number": 0, "bearing_deg": 2.0}]
    radar = RadarTracks()
    found = radar.take(decode_many(b"".join(encode_ttd(vessels))), NOON)
    assert found.number.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.range.tolist() == pytest.approx([1852.0 * (1 + n) for n in range(1, 7)])
    assert np.degrees(found.bearing).tolist() == pytest.approx([10.0 * n for n in range(1, 7)])
    assert found.status.tolist() == [b"T", b"T", b"L", b"T", b"T", b"T"]
    assert found.speed.tolist() == pytest.approx([5 * KNOT] * 6)


def ttd(total: int, number: int, payload: str, fill: int = 0) -> bytes:
    return encode(
        {"formatter": "TTD", "total": total, "number": number, "sequence": 1, "payload": payload, "fill": fill}
    )


def test_records_that_go_on_in_the_next_sentence_and_lists_that_are_torn():
    payload, _ = encode_records([{"number": n, "bearing_deg": 1.0, "distance_nm": 1.0} for n in (1, 2, 3)])
    radar = RadarTracks()

    def numbers(*sentences: bytes) -> list[int]:
        return radar.take(decode_many(b"".join(sentences)), NOON).number.tolist()

    assert numbers(ttd(3, 1, payload[:20])) == [1]
    assert numbers(ttd(3, 2, payload[20:40]), ttd(3, 3, payload[40:])) == [2, 3]
    assert radar.refused.counts == {}
    assert numbers(ttd(1, 1, payload[:40])) == [1, 2]  # ends within the third
    assert radar.refused.counts == {"records": 1}
    assert numbers(ttd(3, 1, payload[:20]), ttd(3, 3, payload[40:])) == [1]  # the middle did not come
    assert radar.refused.counts == {"records": 2}
    assert numbers(ttd(3, 2, payload[15:30]), ttd(3, 3, payload[30:])) == [2, 3]  # whole ones need no beginning
    assert numbers(ttd(1, 1, "x" * 15)) == []
    assert radar.refused.counts == {"records": 3}


def test_the_real_ships_radar_is_placed_by_its_own_position():
    data = recording("formats/ais/Hakefjord.log").read_bytes()
    decoded = decode_many(data[: data.index(b"$RATTM") + 4000])
    found = RadarTracks(clock_s=math.inf).take(decoded, 1437384131.0)  # 2015-07-20 09:22:11, as its RMC tells
    assert found.number.tolist() == [11, 11]
    assert found.range.tolist() == pytest.approx([11.4 * 1852.0] * 2)
    assert np.degrees(found.bearing).tolist() == pytest.approx([13.6] * 2)
    assert found.time.tolist() == [1437384131.0 - (9 * 3600 + 22 * 60 + 11) + 56_485.82] * 2
    assert found.status.tolist() == [b"Q", b"Q"]
    north = 11.4 * math.cos(math.radians(13.6)) / 60
    assert found.lat_deg.tolist() == pytest.approx([57 + 59.0955 / 60 + north] * 2, abs=2e-3)


def test_history_is_bounded():
    radar = RadarTracks()
    for _ in range(3):
        radar.take(decode_many(wire(*[heading(float(k % 360)) for k in range(2000)])), NOON)
    assert len(radar._headings) == 4096
    for n in range(50):
        rows(*[TTM | {"number": k, "source": f"RA{n:04d}"} for k in range(100)], radar=radar)
    assert len(radar._numbers) == 4096
