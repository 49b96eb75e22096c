"""The radar feed beside 034, 048 and 010: older radars, independent sensors, centres, aircraft, direction finders."""

import math

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import polar_of
from mihari.core.health import Health
from mihari.core.reports import Batch, ReportKind, Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.feeds.radar import RadarFeed
from mihari.feeds.told import FINDER_SD, SOURCES
from mihari.formats.asterix import Editions, encode, encode_system_tracks
from mihari.formats.asterix.system_tracks import SystemTracks

DAY = 20_000 * 86_400.0  # a midnight
PLACE = (26.2, 127.7, 30.0)
RADAR = {"010": {"SAC": 25, "SIC": 1}}


def feed(*sensors, **options):
    registry = SensorRegistry(sensors)
    return RadarFeed(4, registry, Health(4, "radar", "udp://:1"), **options), registry


def ticks(time):
    return round(time % 86_400 * 128)


def block(category, *items):
    return encode([{"category": category, "items": RADAR | one} for one in items])


def old_plot(time, bearing_deg, slant_nm=5.0, **items):
    place = {"RHO": round(slant_nm * 128), "THETA": round(bearing_deg * 65536 / 360)}
    return {"020": {"TYP": 0, "SSRPSR": 1}, "040": place, "141": ticks(time) & 0xFFFF} | items


def crossing(time, sector):
    return block(2, {"000": 2, "020": sector, "030": ticks(time), "041": 320})


@pytest.mark.parametrize("start", [100.0, 510.0, 86_399.5, 86_390.0, 43_000.0])
def test_plots_of_category_001_make_sectors_with_their_time_completed(start):
    stage, registry = feed(Sensor(0, "naha", SensorKind.RADAR, *PLACE, source="25/1", range_sd=10.0))
    stage.take(Chunk(DAY + start, crossing(start, 0)))
    plots = block(1, old_plot(start + 0.25, 10.0), old_plot(start + 0.5, 12.0, **{"131": -60}))
    (sector,) = stage.take(Chunk(DAY + start + 0.6, plots), Chunk(DAY + start + 0.75, crossing(start + 0.75, 16)))
    r = sector.reports
    assert r.kind.tolist() == [ReportKind.PLOT] * 2
    assert (r.time - DAY - start).tolist() == pytest.approx([0.25, 0.5], abs=1 / 128)
    assert r.amplitude[1] == -60
    assert np.isnan(r.amplitude[0])
    slant, bearing = polar_of(*PLACE, r.lat_deg, r.lon_deg)
    assert slant.tolist() == pytest.approx([5 * 1852.0] * 2, abs=2)
    assert np.degrees(bearing).tolist() == pytest.approx([10, 12], abs=0.01)
    assert (sector.start, sector.end) == (0.0, pytest.approx(math.radians(22.5)))
    assert registry[0].period == 2.5 or 0 in registry.configured


def test_a_radars_own_clock_completes_truncated_times_where_the_receipts_clock_is_wrong():
    for wrong in (0.0, 400.0, -3000.0, 20_000.0):  # s; receipt alone is right to 256 s
        stage, _ = feed()
        stage.take(Chunk(DAY + 7000 + wrong, crossing(7000.0, 0)))
        stage.take(Chunk(DAY + 7000.5 + wrong, block(1, old_plot(7000.25, 5.0))))
        (sector,) = stage.take(Chunk(DAY + 7001 + wrong, crossing(7000.75, 16)))
        assert sector.reports.time[0] == pytest.approx(DAY + 7000.25, abs=1 / 128)


def test_tracks_tests_and_secondary_answers_of_category_001_are_no_plots():
    def track(**descriptor):
        return {"020": {"TYP": 1} | descriptor, "161": 7, "040": {"RHO": 640, "THETA": 99}, "141": ticks(10.0)}

    stage, registry = feed()
    stage.take(Chunk(DAY + 9.9, crossing(9.9, 0)))
    records = [track(SSRPSR=1), track(SSRPSR=0), track(SSRPSR=2), track(SSRPSR=1, SIM=1)]
    records += [track(SSRPSR=1, TST=1), track(SSRPSR=1) | {"170": {"TRE": 1}}]
    stage.take(Chunk(DAY + 10.0, block(1, *records)))
    (sector,) = stage.take(Chunk(DAY + 10.1, crossing(10.1, 1)))
    own = ReportKind.RADAR_TRACK
    assert sector.reports.kind.tolist() == [ReportKind.PLOT, own, ReportKind.TRANSPONDER, own, own, own]
    assert registry[0].kind == SensorKind.AIR_RADAR


def incs(time, **items):
    return {"000": {"MT": 1, "RG": 0}, "145": ticks(time)} | items


def test_plots_of_category_015_are_taken_by_measurement_else_by_place():
    polar = {"625": {"R": 100_000}, "627": {"AZ": 16384}}
    there = {"P84": {"LATITUDE": round(26.3 * 2**31 / 180), "LONGITUDE": round(127.8 * 2**31 / 180)}}
    sure = there | {"HPP": {"SDHPX": 40, "SDHPY": 80, "COSDHPXY": 64}}
    records = [incs(10.0, **polar), incs(10.0, **{"600": there}), incs(10.0, **{"600": sure})]
    records += [incs(10.0, **{"600": sure}) | {"000": {"MT": 2, "RG": 0}}, incs(10.0, **polar, **{"020": {"TTAX": 3}})]
    records += [incs(10.0, **{"627": {"AZ": 1}})]  # no place: left out
    stage, _ = feed(Sensor(0, "incs", SensorKind.RADAR, *PLACE, source="25/1", range_sd=10.0, bearing_sd=0.001))
    given = stage.take(Chunk(DAY + 10.1, block(15, *records)))
    (sector,) = given + stage.finish()
    r = sector.reports
    own = ReportKind.RADAR_TRACK
    assert r.kind.tolist() == [ReportKind.PLOT] * 3 + [own, own]
    slant, bearing = polar_of(*PLACE, r.lat_deg[:1], r.lon_deg[:1])
    assert (slant[0], bearing[0]) == (pytest.approx(10_000, abs=1), pytest.approx(math.pi / 2, abs=1e-5))
    assert r.lat_deg[1:3].tolist() == pytest.approx([26.3, 26.3], abs=1e-6)
    assert [x[2] for x in (r.cov_ee, r.cov_en, r.cov_nn)] == pytest.approx([100.0, 100.0, 400.0])
    assert [x[1] for x in (r.cov_ee, r.cov_en, r.cov_nn)] == [100.0, 0.0, 100.0]  # not told how exact


def tracks(n=3):
    at = np.arange(n)
    return SystemTracks.of(
        n, source=0x1907, time_of_day=50.0 + at, track_number=100 + at, lat_deg=26.0 + 0.1 * at, lon_deg=127.5,
        east_mps=3.0, north_mps=-4.0, cov_ee=400.0, cov_en=-100.0, cov_nn=900.0, orientation=math.pi,
        target_length=40.0,
    )  # fmt: skip


def test_system_tracks_of_another_centre_are_kept_and_are_no_evidence():
    stage, registry = feed()
    (datagram,) = encode_system_tracks(tracks())
    (batch,) = stage.take(Chunk(DAY + 53.0, datagram))
    assert isinstance(batch, Batch)
    r = batch.reports
    assert r.kind.tolist() == [ReportKind.RADAR_TRACK] * 3
    assert (r.time - DAY).tolist() == [50.0, 51.0, 52.0]
    assert r.lat_deg.tolist() == pytest.approx([26.0, 26.1, 26.2], abs=5e-6)
    assert r.speed.tolist() == [5.0] * 3
    assert np.degrees(r.course).tolist() == pytest.approx([143.13] * 3, abs=0.01)
    assert [x[0] for x in (r.cov_ee, r.cov_en, r.cov_nn)] == [400.0, -100.0, 900.0]
    assert r.heading.tolist() == pytest.approx([math.pi] * 3)
    assert (r.offset.tolist(), r.sensor.tolist(), len(registry)) == ([0, 1, 2], [-1] * 3, 0)


def test_aircraft_are_drawn_and_never_tracked():
    quality = {"NUCRNACV": 0, "NUCPNIC": 8, "NICBARO": 0, "SIL": 0, "NACP": 10}
    adsb = {"071": ticks(60.0), "131": {"LAT": 1 << 27, "LON": 1 << 28}, "080": 0x86D1C4, "090": quality}
    mlat = {"140": ticks(60.5), "041": {"LAT": 1 << 22, "LON": 1 << 22}, "500": {"SDP": {"X": 40, "Y": 80, "XY": 0}}}
    test = mlat | {"020": {"SSR": 1, "SIM": 1}}
    stage, registry = feed()
    given = stage.take(Chunk(DAY + 61.0, block(21, adsb) + block(20, mlat, test)))
    (sector,) = given
    assert isinstance(sector, Sector)
    r = sector.reports
    assert r.kind.tolist() == [ReportKind.TRANSPONDER, ReportKind.TRANSPONDER, ReportKind.RADAR_TRACK]
    assert (r.lat_deg.tolist(), r.lon_deg.tolist()) == ([22.5] * 3, [45.0, 22.5, 22.5])
    assert r.cov_ee[0] == pytest.approx((10 / 2.4477) ** 2)
    assert (r.cov_ee[1], r.cov_nn[1]) == (100.0, 400.0)
    assert (r.time - DAY).tolist() == [60.0, 60.5, 60.5]
    assert registry[0].kind == SensorKind.AIR_RADAR


def test_a_source_with_an_older_edition_is_read_with_it():
    items = RADAR | {"030": ticks(60.0), "130": {"LAT": 1 << 22, "LON": 1 << 22}, "080": 7}
    data = encode([{"category": 21, "edition": "0.26", "items": items}])
    stage, _ = feed(editions=Editions(sources={(21, (25, 1)): "0.26"}))
    address = FeedAddress.parse("udp://:8600?format=asterix&editions=048:1.29,021:0.26@25/1")
    for one in (stage, open_stage(address, 4, SensorRegistry(), Health(4, "radar", "udp://:1"))):
        (sector,) = one.take(Chunk(DAY + 60.5, data))
        assert sector.reports.lat_deg.tolist() == [22.5]
        assert sector.reports.time.tolist() == [DAY + 60.0]


def test_an_edition_that_there_is_none_of_is_a_sentence():
    with pytest.raises(BadInput, match=r"category 048 edition 9\.9: we have 1\.27"):
        Editions.told("048:9.9")
    with pytest.raises(BadInput, match=r"category 299 edition 1\.0: we have none"):
        Editions.told("299:1.0@1/2")


FINDER = {"LAT": round(26.2 * 2**25 / 180), "LON": round(127.7 * 2**25 / 180)}


def test_a_direction_finders_bearings_are_looks_no_wider_than_their_error():
    stage, registry = feed()
    bearing = {"000": 2, "030": ticks(70.0), "050": FINDER, "070": 4500, "090": int.from_bytes(b"156.800", "big")}
    (look,) = stage.take(Chunk(DAY + 70.1, block(205, bearing)))
    assert isinstance(look, Sector)
    r = look.reports
    assert (r.kind.tolist(), r.sensor.tolist()) == ([ReportKind.BEARING], [0])
    assert r.bearing[0] == pytest.approx(math.radians(45.0))
    assert r.bearing_var[0] == FINDER_SD**2
    assert (look.lat_deg, look.lon_deg) == (pytest.approx(26.2, abs=6e-6), pytest.approx(127.7, abs=6e-6))
    assert look.end - look.start == pytest.approx(6 * FINDER_SD)
    assert np.isnan(r.lat_deg).all()
    assert (look.time - DAY, registry[0].kind) == (70.0, SensorKind.CAMERA)


def test_a_configured_finder_is_believed_in_how_exact_it_is():
    stage, _ = feed(Sensor(0, "finder", SensorKind.CAMERA, *PLACE, source="25/1", bearing_sd=0.01))
    (look,) = stage.take(Chunk(DAY + 70.1, block(205, {"000": 5, "030": ticks(70.0), "070": 0})))
    assert look.reports.bearing_var[0] == pytest.approx(1e-4)
    assert math.isnan(look.lat_deg)  # at its own place
    assert (look.start, look.end) == (pytest.approx(2 * math.pi - 0.03), pytest.approx(0.03))


def test_places_of_transmitters_are_kept_and_ended_detections_are_nothing():
    stage, _ = feed()
    place = {"000": 1, "030": ticks(70.0), "050": FINDER, "110": 20}
    given = stage.take(Chunk(DAY + 70.1, block(205, place, {"000": 4, "030": ticks(70.0), "070": 1})))
    (batch,) = given
    assert isinstance(batch, Batch)
    assert batch.reports.kind.tolist() == [ReportKind.RADAR_TRACK]
    assert [x[0] for x in (batch.reports.cov_ee, batch.reports.cov_en, batch.reports.cov_nn)] == [1e6, 0.0, 1e6]


def mixed():
    """Datagrams of every kind, interleaved, across midnight."""
    (system,) = encode_system_tracks(tracks())
    for i in range(40):
        t = 86_395.0 + 0.25 * i
        plot = block(1, old_plot(t + 0.05, i % 16 * 22.5 + 5))
        bearing = block(205, {"000": 2, "030": ticks(t), "050": FINDER, "070": 100 * i})
        aircraft = block(21, {"071": ticks(t), "130": {"LAT": i, "LON": i}})
        measured = {"625": {"R": 50_000}, "627": {"AZ": 4096 * (i % 16) + 9}}
        yield Chunk(DAY + t, crossing(t, i % 16 * 16))
        yield Chunk(DAY + t + 0.1, plot + bearing)
        yield Chunk(DAY + t + 0.15, aircraft + system[:-1] + bytes([i]))
        yield Chunk(DAY + t + 0.2, block(15, incs(t + 0.1, **measured)))


def facts(given):
    head = (given.sensor, given.time, given.start, given.end) if isinstance(given, Sector) else ()
    return head, {name: column.tolist() for name, column in given.reports.columns().items()}


def test_nothing_depends_on_how_datagrams_of_all_kinds_are_grouped():
    chunks = list(mixed())
    one, two, three = feed()[0], feed()[0], feed()[0]
    singly = [g for c in chunks for g in one.take(c)] + one.finish()
    at_once = two.take(*chunks) + two.finish()
    some = [g for i in range(0, len(chunks), 7) for g in three.take(*chunks[i : i + 7])] + three.finish()
    assert len(singly) > 100
    for other in (at_once, some):
        assert list(map(repr, map(facts, other))) == list(map(repr, map(facts, singly)))
    offsets = sorted(o for g in singly for o in g.reports.offset.tolist())
    assert offsets == list(range(len(offsets)))


def test_random_sources_do_not_invent_sensors_without_end():
    stage, registry = feed()
    for sic in range(SOURCES + 20):
        one = {"010": {"SAC": 9, "SIC": sic}, "000": 2, "030": ticks(70.0), "050": FINDER, "070": 4500}
        stage.take(Chunk(DAY + 70.1, encode([{"category": 205, "items": one}])))
    assert len(registry) == SOURCES
    assert stage.health.refused["too many radars"] == 20
