"""What system tracks, aircraft, direction finders, independent sensors and services say comes back in SI columns."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import libasterix
from wireshark import needs_tshark, tshark

from mihari.core.errors import FormatError
from mihari.formats.asterix import decode, decode_many, encode, encode_service, encode_system_tracks
from mihari.formats.asterix.directions import DirectionMessage, directions
from mihari.formats.asterix.editions import category
from mihari.formats.asterix.independent import measurements
from mihari.formats.asterix.radar import Message, PlotKind, completed, plots, sectors
from mihari.formats.asterix.reading import text
from mihari.formats.asterix.service import services
from mihari.formats.asterix.system_tracks import Status, SystemTracks, system_tracks

UNITS = {  # what the wire rounds to: half of it is the error that is left
    "time_of_day": 1 / 128,
    "lat_deg": 180 / 2**25,
    "lon_deg": 180 / 2**25,
    "east_mps": 0.25,
    "north_mps": 0.25,
    "velocity_sd_east": 0.25,
    "velocity_sd_north": 0.25,
    "target_length": 1.0,
    "target_width": 1.0,
    "age": 0.25,
    "orientation": math.tau / 128,
}


def picture(n: int, seed: int = 1) -> SystemTracks:
    """Tracks with all that can be written, each value there or not."""
    rng = np.random.default_rng(seed)

    def maybe(values: np.ndarray, absent: object = np.nan) -> np.ndarray:
        return np.where(rng.random(n) < 0.7, values, absent)

    length = maybe(rng.uniform(5, 120, n))
    orientation = np.where(np.isnan(length), np.nan, maybe(rng.uniform(0, 6.2, n)))
    sd_e, sd_n, there = rng.uniform(2, 900, n), rng.uniform(2, 900, n), rng.random(n) < 0.7
    return SystemTracks.of(
        n,
        source=0x1907,
        service=maybe(rng.integers(0, 256, n), -1),
        time_of_day=maybe(rng.uniform(0, 86_399, n)),
        track_number=rng.integers(0, 65_536, n),
        status=rng.integers(0, 256, n),
        lat_deg=rng.uniform(-90, 90, n),
        lon_deg=rng.uniform(-180, 179.9, n),
        east_mps=rng.uniform(-40, 40, n),
        north_mps=maybe(rng.uniform(-40, 40, n)),
        cov_ee=np.where(there, sd_e**2, np.nan),
        cov_en=np.where(there, rng.uniform(-0.9, 0.9, n) * sd_e * sd_n, np.nan),
        cov_nn=np.where(there, sd_n**2, np.nan),
        velocity_sd_east=maybe(rng.uniform(0, 60, n)),
        velocity_sd_north=rng.uniform(0, 60, n),
        turning=maybe(rng.integers(0, 4, n), -1),
        speeding=rng.integers(0, 4, n),
        climbing=rng.integers(0, 4, n),
        target_length=length,
        target_width=np.where(np.isnan(orientation), np.nan, maybe(rng.uniform(2, 60, n))),
        orientation=orientation,
        identification=maybe(np.array(["JF12", "NAHA 3", "A"])[rng.integers(0, 3, n)], ""),
        age=maybe(rng.uniform(0, 60, n)),
        other_unit=maybe(rng.integers(0, 256, n), -1),
        other_number=rng.integers(0, 1 << 15, n),
    )


def test_our_picture_comes_back_to_half_a_unit_of_the_wire() -> None:
    told = picture(500)
    datagrams = encode_system_tracks(told)
    assert max(map(len, datagrams)) <= 1400
    decoded = decode_many(datagrams)
    assert decoded.counts == {}
    seen = system_tracks(decoded)
    for name, unit in UNITS.items():
        ours, wanted = getattr(seen, name), getattr(told, name)
        if name in ("east_mps", "velocity_sd_north"):  # in one item with the other axis
            wanted = np.where(np.isnan(told.north_mps if name == "east_mps" else told.velocity_sd_east), np.nan, wanted)
        difference = ours - wanted
        if name == "orientation":
            difference = (difference + math.pi) % math.tau - math.pi
        assert (np.isnan(ours) == np.isnan(wanted)).all(), name
        assert np.nanmax(np.abs(difference)) <= unit / 2 + 1e-9, name
    for name in ("source", "service", "track_number", "status", "speeding", "climbing", "identification", "other_unit"):
        assert getattr(seen, name).tolist() == getattr(told, name).tolist(), name
    assert np.where(told.turning < 0, 3, told.turning).tolist() == seen.turning.tolist()
    sd = np.sqrt(told.cov_ee)
    np.testing.assert_allclose(np.sqrt(seen.cov_ee), sd, atol=0.25 + 1e-9)
    roots = [np.sqrt(np.abs(t.cov_en)) * np.sign(t.cov_en) for t in (seen, told)]
    np.testing.assert_allclose(*roots, atol=0.5)
    there = ~np.isnan(sd)
    assert (seen.cov_ee * seen.cov_nn > seen.cov_en**2)[there].all()


def test_libasterix_reads_our_picture_as_we_do() -> None:
    for datagram in encode_system_tracks(picture(200, 2)):
        theirs = libasterix.records(datagram, category(62).edition)
        assert libasterix.written(theirs, 62, category(62).edition) == datagram
        (table,) = decode(datagram).of(62)
        assert table.raw("040").tolist() == [one["040"] for one in theirs]
        assert table.raw("105/LAT", -(1 << 40)).tolist() == [one["105"]["LAT"] for one in theirs]
        assert [bool(x) for x in table.has("500")] == ["500" in one for one in theirs]


@needs_tshark
def test_tshark_reads_our_picture_and_our_service_clean(tmp_path: Path) -> None:
    tracks = picture(300, 3)
    tracks = tracks.replace(other_unit=np.full(300, -1))  # tshark cannot read 510
    out = [*encode_system_tracks(tracks), encode_service(0x1907, 60.0, batch=3), encode_service(0x1907, 61.0, state=1)]
    told = tshark(tmp_path / "p.pcap", out, "-T", "fields", "-e", "_ws.malformed", "-e", "_ws.expert",
                  "-e", "asterix.062_040_VALUE", "-e", "asterix.065_000_VALUE")  # fmt: skip
    lines = told.splitlines()
    assert len(lines) == len(out)
    assert all(line.startswith("\t\t") for line in lines)
    numbers = [int(n, 0) for line in lines[:-2] for n in line.split("\t")[2].split(",")]
    assert numbers == tracks.track_number.tolist()


def test_tracks_without_a_place_or_a_number_are_refused() -> None:
    for wrong in ({"lat_deg": 91.0}, {"lon_deg": np.nan}, {"track_number": -1}, {"track_number": 65_536}):
        given = {"lat_deg": 0.0, "lon_deg": 0.0, "track_number": 1} | wrong
        with pytest.raises(FormatError):
            encode_system_tracks(SystemTracks.of(1, **given))
    assert encode_system_tracks(SystemTracks.empty()) == []


def test_what_the_wire_cannot_hold_is_told_as_its_limit() -> None:
    ship = SystemTracks.of(1, lat_deg=0.0, lon_deg=180.0, track_number=1, target_length=300.0, cov_ee=1e12, cov_nn=1e12,
                           cov_en=0.0, east_mps=1e6, north_mps=-1e6, age=1e6)  # fmt: skip
    seen = system_tracks(decode(encode_system_tracks(ship)[0]))
    assert (seen.target_length[0], seen.east_mps[0], seen.north_mps[0], seen.age[0]) == (127.0, 8191.75, -8192.0, 63.75)
    assert math.sqrt(seen.cov_ee[0]) == 32_767.5
    assert abs(seen.lon_deg[0]) == 180.0


def test_a_service_tells_its_state_and_the_end_of_a_batch() -> None:
    data = encode_service(0x1907, 60.0, batch=300) + encode_service(0x1907, 61.0, state=1, overload=True, service=9)
    told = services(decode(data))
    assert told.message.tolist() == [2, 1]
    assert told.batch.tolist() == [300 % 256, -1]
    assert (told.state.tolist(), told.overload.tolist(), told.service.tolist()) == ([-1, 1], [False, True], [-1, 9])
    assert told.time_of_day.tolist() == [60.0, 61.0]


def test_a_multilateration_system_and_the_sensors_of_a_centre_tell_their_state() -> None:
    system = {"000": 2, "140": 1280, "550": {"NOGO": 1, "OVL": 1}, "600": {"LAT": 1 << 27, "LON": -(1 << 27)}}
    sensor = {"010": {"SAC": 1, "SIC": 2}, "050": {"SAC": 25, "SIC": 7}, "060": {"CON": 3}}
    told = services(decode(encode([{"category": 19, "items": system}, {"category": 63, "items": sensor}])))
    assert (told.category.tolist(), told.state.tolist()) == ([19, 63], [1, 3])
    assert (told.lat_deg[0], told.lon_deg[0]) == (22.5, -22.5)
    assert told.about.tolist() == [0xFFFF, 25 << 8 | 7]


def test_a_direction_finder_tells_bearings_and_places() -> None:
    bearing = {
        "000": 2,
        "030": 128 * 60,
        "050": {"LAT": 1 << 22, "LON": 1 << 23},
        "070": 27_000,
        "180": -1250,
        "190": 200,
    }
    place = {"000": 1, "110": 15, "130": {"LAT": 1, "LON": 1}, "160": 77, "090": int.from_bytes(b"CH 16  ", "big")}
    told = directions(decode(encode([{"category": 205, "items": one} for one in (bearing, place)])))
    assert told.message.tolist() == [DirectionMessage.BEARING, DirectionMessage.POSITION]
    assert told.bearing[0] == pytest.approx(1.5 * math.pi)
    assert (told.lat_deg[0], told.lon_deg[0], told.level[0], told.signal_quality[0]) == (22.5, 45.0, -12.5, 200)
    assert (told.radius[1], told.track_number[1], told.channel[1]) == (1500.0, 77, "CH 16")
    assert np.isnan(told.frequency).all()


def test_an_independent_sensor_tells_where_how_fast_and_how_sure() -> None:
    items = {
        "000": {"MT": 2, "RG": 1},
        "145": 128,
        "600": {
            "P84": {"LATITUDE": 1 << 29, "LONGITUDE": -(1 << 30)},
            "HPP": {"SDHPX": 8, "SDHPY": 12, "COSDHPXY": -64},
        },
        "602": {"HV": {"X": 300, "Y": -400}, "SDHV": {"X": 50, "Y": 100, "COHVXY": 0}},
        "626": {"DV": -250},
        "628": {"EL": 16384},
    }
    told = measurements(decode(encode([{"category": 15, "items": items}])))
    assert (told.lat_deg[0], told.lon_deg[0]) == (45.0, -90.0)
    assert [x[0] for x in (told.cov_ee, told.cov_en, told.cov_nn)] == [4.0, -3.0, 9.0]
    assert (told.east_mps[0], told.north_mps[0], told.doppler[0]) == (3.0, -4.0, -2.5)
    assert [x[0] for x in (told.velocity_cov_ee, told.velocity_cov_nn)] == [0.25, 1.0]
    assert told.elevation[0] == pytest.approx(math.pi / 4)
    assert plots(decode(encode([{"category": 15, "items": items}]))).kind.tolist() == [PlotKind.COASTED]


def test_bistatic_differences_are_no_distances() -> None:
    items = {"000": {"MT": 1, "RG": 0}, "020": {"MOMU": 1}, "625": {"R": -1000}, "627": {"AZ": 1}}
    decoded = decode(encode([{"category": 15, "items": items}]))
    assert len(plots(decoded)) == 0
    assert measurements(decoded).range.tolist() == [-100.0]


def test_service_messages_of_category_002_are_sectors() -> None:
    messages = [{"000": 1, "030": 128}, {"000": 2, "020": 128, "030": 256, "041": 320}, {"000": 8, "030": 300}]
    told = sectors(decode(encode([{"category": 2, "items": one} for one in messages])))
    assert told.message.tolist() == [Message.NORTH, Message.SECTOR, Message.OTHER]
    assert told.azimuth[1] == pytest.approx(math.pi)
    assert np.isnan(told.azimuth[[0, 2]]).all()
    assert (told.rotation_s[1], told.time_of_day[1]) == (2.5, 2.0)


def test_a_speed_is_in_the_unit_that_another_value_names() -> None:
    records = [{"category": 21, "items": {"150": {"IM": mach, "AS": 800}}} for mach in (0, 1)]
    (table,) = decode(encode(records)).of(21)
    assert table["150/AS"].tolist() == [pytest.approx(800 / 2**14 * 1852), pytest.approx(0.8)]


def test_truncated_times_are_the_nearest_to_what_is_known() -> None:
    """Against brute force over every 1/128 s of the days around."""
    midnight, rng = 20_000 * 86_400.0, np.random.default_rng(5)
    about = midnight + np.concatenate([rng.uniform(-700, 700, 300), rng.uniform(0, 86_400, 300)])
    truncated = rng.integers(0, 1 << 16, 600) / 128
    found = completed(truncated, about)
    for t, a, time in zip(truncated.tolist(), about.tolist(), found.tolist(), strict=True):
        all_times = [
            midnight + day * 86_400 + t + 512 * k for day in (-1, 0, 1) for k in range(169) if t + 512 * k < 86_400
        ]
        assert abs(time - a) == min(abs(one - a) for one in all_times)
        assert time in all_times


def test_texts_of_both_alphabets_are_read() -> None:
    items = {"170": int("".join(f"{code:06b}" for code in (10, 1, 12, 49, 50, 51, 32, 32)), 2)}
    (table,) = decode(encode([{"category": 21, "items": items}, {"category": 21, "items": {"080": 1}}])).of(21)
    assert text(table, "170").tolist() == ["JAL123", ""]
    assert text(table, "no such").tolist() == ["", ""]


def test_every_status_bit_has_its_place() -> None:
    for flag in Status:
        track = SystemTracks.of(1, lat_deg=0.0, lon_deg=0.0, track_number=1, status=flag)
        (datagram,) = encode_system_tracks(track)
        assert system_tracks(decode(datagram)).status.tolist() == [flag]
