"""The feed of sentences: AIS and what a radar tracks on one line, looks that claim no more than they say."""

import math

import numpy as np
import pytest
from feed_helpers import REAL

from fuzzing import survives
from mihari.core.asset import AssetKind
from mihari.core.geodesy import direct, inverse
from mihari.core.health import Health
from mihari.core.reports import Batch, ReportKind, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import TrackStatus
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, open_stage
from mihari.feeds.nmea_looks import BEARING_SD, CORRELATED_S, errors_at
from mihari.feeds.vehicles import Listed
from mihari.formats.lwe import Encoder
from mihari.formats.nmea import encode, encode_ttd
from mihari.pipeline import Pipeline

NOON = 20_000 * 86_400.0 + 43_200.0
OWN = (26.0, 127.0)
TTM = {"formatter": "TTM", "talker": "RA", "number": 7, "distance": 2.0, "bearing_deg": 20.0, "bearing_reference": "R",
       "units": "N", "status": "T"}  # fmt: skip


def stage(*sensors, text="tcp://127.0.0.1:1?format=nmea&name=ship"):
    registry = SensorRegistry(sensors)
    health = Health(0, "ship", "")
    return open_stage(FeedAddress.parse(text), 2, registry, health), registry, health


def own(heading_deg=350.0, place=OWN):
    rmc = {"formatter": "RMC", "talker": "GP", "status": "A", "lat_deg": place[0], "lon_deg": place[1],
           "speed_kn": 10.0, "course_deg": 90.0}  # fmt: skip
    return encode(rmc, longest=120) + encode({"formatter": "HDT", "talker": "HE", "heading_deg": heading_deg})


def told(*messages):
    return b"".join(encode(message, longest=120) for message in messages)


def looks(feed, data, time=NOON):
    return [one for one in feed.take(Chunk(time, data)) if isinstance(one, Sector)]


def test_a_tracked_vessel_is_a_cell_about_it_and_no_more():
    feed, sensors, health = stage()
    (look,) = looks(feed, own() + told(TTM))
    assert (sensors[look.sensor].name, sensors[look.sensor].kind) == ("ship radar", SensorKind.RADAR)
    assert (look.lat_deg, look.lon_deg) == pytest.approx(OWN)
    assert math.degrees(look.start) == pytest.approx(10 - 2 * 2 / 1.96)
    assert math.degrees(look.end) == pytest.approx(10 + 2 * 2 / 1.96)
    assert (look.near, look.far) == pytest.approx((3704 - 2 * 50 / 1.96, 3704 + 2 * 50 / 1.96))
    r = look.reports
    assert r.kind.tolist() == [ReportKind.PLOT]
    lat, lon = direct(*OWN, math.radians(10.0), 3704.0)
    assert (r.lat_deg[0], r.lon_deg[0]) == pytest.approx((float(lat), float(lon)))
    sd = 50 / 1.96, 3704.0 * math.radians(2) / 1.96
    assert r.cov_ee[0] + r.cov_nn[0] == pytest.approx(sd[0] ** 2 + sd[1] ** 2, rel=1e-3)
    assert (r.range[0], r.range_var[0]) == pytest.approx((3704.0, sd[0] ** 2))
    assert (health.messages, health.reports, health.refused) == (3, 1, {})


def test_reports_that_err_alike_count_for_one_together():
    feed, _, _ = stage()
    variances = [
        looks(feed, own() + told(TTM), NOON + 3 * k)[0].reports.range_var[0] / errors_at(3704.0)[0] ** 2
        for k in range(12)
    ]
    assert variances == pytest.approx([1.0] + [CORRELATED_S / 3] * 11)
    assert looks(feed, own() + told(TTM), NOON + 100)[0].reports.range_var[0] == pytest.approx(
        errors_at(3704.0)[0] ** 2
    )


def test_one_vessel_told_twice_in_a_second_is_one_report():
    feed, _, _ = stage()
    lat, lon = direct(*OWN, math.radians(10.0), 3704.0)
    tll = {"formatter": "TLL", "talker": "RA", "number": 7, "lat_deg": float(lat), "lon_deg": float(lon), "status": "T"}
    assert len(looks(feed, own() + told(TTM, tll, TTM | {"number": 8, "bearing_deg": 90.0}))) == 2


def test_tll_and_ttd_lie_where_they_say():
    feed, _, _ = stage()
    tll = {"formatter": "TLL", "talker": "RA", "number": 9, "lat_deg": 26.05, "lon_deg": 127.0, "status": "T"}
    (look,) = looks(feed, own() + told(tll))
    assert (look.reports.lat_deg[0], look.reports.lon_deg[0]) == pytest.approx((26.05, 127.0))
    assert look.reports.range[0] == pytest.approx(float(inverse(*OWN, 26.05, 127.0)[0]))
    assert min(look.reports.bearing[0], 2 * math.pi - look.reports.bearing[0]) < 1e-6
    vessel = {"number": 11, "bearing_deg": 45.0, "distance_nm": 3.0, "status": 4, "speed_kn": 5.0, "course_deg": 10.0}
    (look,) = looks(feed, own() + b"".join(encode_ttd([vessel])), NOON + 1)
    assert look.reports.range[0] == pytest.approx(3 * 1852.0)
    assert math.degrees(look.reports.bearing[0]) == pytest.approx(45.0)


def test_what_is_lost_or_only_reported_to_the_radar_is_no_plot():
    feed, _, health = stage()
    messages = (TTM | {"status": "L"}, TTM | {"number": 8, "acquisition": "R"})
    assert looks(feed, own() + told(*messages)) == []
    assert health.noticed == {"lost by the radar": 1, "told to the radar": 1}


def test_a_station_stands_where_the_node_file_says():
    feed, _, _ = stage(Sensor(0, "cape", SensorKind.RADAR, 26.5, 127.9, source="ship radar"))
    (look,) = looks(feed, told(TTM | {"bearing_reference": "T"}))
    assert (look.sensor, look.lat_deg, look.lon_deg) == (0, 26.5, 127.9)
    lat, lon = direct(26.5, 127.9, math.radians(20.0), 3704.0)
    assert (look.reports.lat_deg[0], look.reports.lon_deg[0]) == pytest.approx((float(lat), float(lon)))
    feed, _, health = stage()
    assert looks(feed, told(TTM | {"bearing_reference": "T"})) == []
    assert health.noticed == {"tracked vessel without own position": 1}


def test_sources_of_tag_blocks_are_radars_of_their_own():
    feed, sensors, _ = stage(text="udp450://TGTD?format=nmea")
    lines = [line for line in (own() + told(TTM)).split(b"\r\n") if line]
    found = [looks(feed, Encoder(name).datagrams(lines)[0]) for name in ("RA0001", "RA0002")]
    assert [sensors[look.sensor].name for (look,) in found] == ["RA0001 radar", "RA0002 radar"]


def test_ais_and_radar_come_on_one_line():
    feed, sensors, health = stage()
    lines = own() + REAL + b"\r\n" + told(TTM) + b"$GPGSV,1,1,00*79\r\n$HEHDT,1.0,T*00\r\n" + REAL[:-1] + b"0\r\n"
    given = feed.take(Chunk(NOON, lines))
    assert [type(one).__name__ for one in given] == ["Batch", "Sector"]
    assert isinstance(given[0], Batch)
    assert given[0].claims.mmsi.tolist() == [366730000]
    assert sensors[int(given[0].reports.sensor[0])].name == "ship"
    assert health.refused == {"checksum": 2}
    assert (health.other, health.messages, health.received_bytes) == (1, 4, len(lines))


@pytest.mark.parametrize("size", [1, 7, 50])
def test_how_bytes_are_cut_changes_no_look(size):
    data = own() + told(TTM, TTM | {"number": 8}) + REAL + b"\r\n" + own() + told(TTM | {"number": 9})
    feed, _, _ = stage()
    pieces = [data[k : k + size] for k in range(0, len(data), size)]
    given = [one for piece in pieces for one in feed.take(Chunk(NOON, piece))] + list(feed.finish())
    found = [one for one in given if isinstance(one, Sector)]
    whole, _, _ = stage()
    assert [(s.start, s.far, s.reports.offset[0]) for s in found] == [
        (s.start, s.far, s.reports.offset[0]) for s in looks(whole, data)
    ]
    assert len(found) == 3
    assert sum(isinstance(one, Batch) for one in given) == 1


def test_own_ship_is_an_asset_by_the_feeds_name_or_the_vehicle_that_lists_it():
    feed, sensors, _ = stage()
    feed.take(Chunk(NOON, own()), Chunk(NOON + 0.5, own()), Chunk(NOON + 1.5, own()))
    ((one, kind), (other, _)) = sensors.roll.drained()
    assert (one.asset, kind, one.lat_deg, other.time) == ("ship", AssetKind.SURFACE, 26.0, NOON + 1.5)
    assert one.speed == pytest.approx(5.1444, abs=1e-3)
    assert one.course == pytest.approx(math.pi / 2)
    assert math.degrees(one.heading) == pytest.approx(350.0)
    feed, sensors, _ = stage()
    sensors.roll.listed = (Listed("kaiyo", AssetKind.SURFACE, ("ship",)),)
    feed.take(Chunk(NOON, own()))
    assert sensors.roll.drained()[0][0].asset == "kaiyo"


def test_a_vessel_that_a_ships_radar_tracks_becomes_one_track_that_knows_its_error():
    """Errors that last from turn to turn, as those of a radar's own tracks do."""
    rng, pipeline = np.random.default_rng(5), Pipeline()
    feed, registry, _ = stage()
    noise, known = np.zeros(2), -1
    for k in range(0, 300, 3):
        time = NOON + k
        noise = 0.9 * noise + math.sqrt(1 - 0.81) * rng.normal(size=2)
        lat, lon = direct(26.05, 127.02, math.radians(60.0), 5.0 * k)
        away, bearing, *_ = (float(x) for x in inverse(*OWN, lat, lon))
        away, bearing = away + 25.5 * noise[0], bearing + 0.5 * BEARING_SD * noise[1]
        ttm = TTM | {"distance": away / 1852, "bearing_deg": math.degrees(bearing) % 360, "bearing_reference": "T"}
        for look in looks(feed, own() + told(ttm), time):
            if registry.version != known:
                known, sensors = registry.known()
                pipeline.know(sensors)
            pipeline.take(look)
        pipeline.take(Tick(time + 1.0))
    tracks = pipeline.tracks(NOON + 298)
    tracks = tracks.take(tracks.status == TrackStatus.CONFIRMED)
    assert len(tracks) == 1
    lat, lon = direct(26.05, 127.02, math.radians(60.0), 5.0 * 298)
    away, bearing, *_ = (float(x) for x in inverse(lat, lon, tracks.lat_deg[0], tracks.lon_deg[0]))
    off = away * np.array([math.sin(bearing), math.cos(bearing)])
    spread = np.array([[tracks.cov_ee[0], tracks.cov_en[0]], [tracks.cov_en[0], tracks.cov_nn[0]]])
    assert off @ np.linalg.solve(spread, off) < 9.21  # the ellipse of 99 %


def test_hostile_bytes_are_survived():
    good = own() + told(TTM) + REAL + b"\r\n"

    def take(data):
        feed, _, _ = stage()
        feed.take(Chunk(NOON, data))
        feed.finish()

    survives(take, [good, told(TTM), own()], count=500)
