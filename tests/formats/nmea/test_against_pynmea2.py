"""pynmea2, written by others, reads what we write, we what it writes: 10,000 sentences of each kind it knows."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, time
from pathlib import Path

import pynmea2
import pytest

from mihari.formats.nmea import SENTENCES, decode_many, encode, to_dicts
from mihari.formats.nmea.fields import Kind

sys.path.insert(0, str(Path(__file__).parent))
import nmea_made

COUNT = 10_000

# its names for ours, where it has the field
NAMES = {
    "TTM": "number target_number, distance distance, bearing_deg bearing, bearing_reference brg_ref, speed speed,"
    "course_deg cog, course_reference cog_unit, cpa_distance dist_cpa, cpa_time_min time_cpa, units dist_unit,"
    "name name, status status, reference reference, time_of_day timestamp, acquisition acquisition",
    "TLL": "number target_number, lat_deg latitude, lon_deg longitude, name target_name, time_of_day timestamp,"
    "status target_status, reference reference",
    "OSD": "heading_deg heading, heading_status status, course_deg course, course_reference course_true, speed speed,"
    "speed_reference speed_ref, set_deg set, drift drift, units speed_unit",
    "HDT": "heading_deg heading",
    "HDG": "heading_magnetic_deg heading, deviation_deg deviation dev_dir, variation_deg variation var_dir",
    "VTG": "course_deg true_track, course_magnetic_deg mag_track, speed_kn spd_over_grnd_kts,"
    "speed_kmh spd_over_grnd_kmph, mode faa_mode",
    "VHW": "heading_deg heading_true, heading_magnetic_deg heading_magnetic, speed_kn water_speed_knots,"
    "speed_kmh water_speed_km",
    "GGA": "time_of_day timestamp, lat_deg latitude, lon_deg longitude, quality gps_qual, satellites num_sats,"
    "hdop horizontal_dil, altitude altitude, geoid geo_sep, age_s age_gps_data, station ref_station_id",
    "GLL": "time_of_day timestamp, lat_deg latitude, lon_deg longitude, status status, mode faa_mode",
    "RMC": "time_of_day timestamp, status status, lat_deg latitude, lon_deg longitude, speed_kn spd_over_grnd,"
    "course_deg true_course, date datestamp, variation_deg mag_variation mag_var_dir, mode mode_indicator,"
    "navigation nav_status",
    "ZDA": "time_of_day timestamp, day day, month month, year year, zone_h local_zone, zone_min local_zone_minutes",
}


def theirs(sentence, name: str, path: str):
    """A field as pynmea2 tells it, in our terms."""
    field = next(f for f in SENTENCES[sentence.sentence_type].fields if f.name == name)
    attribute, *side = path.split()
    if field.kind in (Kind.LATITUDE, Kind.LONGITUDE):
        return getattr(sentence, attribute) if getattr(sentence, attribute[:3]) else None
    told = getattr(sentence, attribute)
    if told is None or told == "":
        return None
    if field.kind == Kind.TIME:
        assert isinstance(told, time)
        return told.hour * 3600 + told.minute * 60 + told.second + told.microsecond / 1e6
    if field.kind == Kind.DATE:
        return datetime(told.year, told.month, told.day, tzinfo=UTC).timestamp()
    if field.kind == Kind.EASTERLY:
        return float(told) * (-1 if getattr(sentence, side[0]) == "W" else 1)
    return int(told) if field.kind == Kind.INTEGER else float(told) if field.kind == Kind.NUMBER else told


def test_every_kind_that_pynmea2_knows_is_compared():
    known = pynmea2.TalkerSentence.sentence_types.keys()
    assert set(NAMES) == {name for name in SENTENCES if name in known} - {"ALC", "ALF", "ACN", "ARC", "HBT", "TTD"}
    for name, paths in NAMES.items():
        ours = {f.name for f in SENTENCES[name].fields if f.name}
        assert ours == {path.split()[0] for path in paths.split(",")}


@pytest.mark.parametrize("name", NAMES)
def test_pynmea2_reads_the_values_that_we_wrote_and_we_read_its_sentences(name):
    rng = random.Random(name + "pynmea2")
    paths = [path.strip().split(" ", 1) for path in NAMES[name].split(",")]
    given = [nmea_made.message(name, rng) for _ in range(COUNT)]
    wire = [encode(message, longest=120) for message in given]
    read = [pynmea2.parse(line.decode(), check=True) for line in wire]
    ours = list(to_dicts(decode_many("\r\n".join(map(str, read)).encode())))  # as pynmea2 writes them
    assert len(ours) == COUNT
    for sent, told, got in zip(given, read, ours, strict=True):
        for field, path in paths:
            value = theirs(told, field, path)
            if isinstance(value, float):
                near = pytest.approx(value, abs=2e-6 if field == "time_of_day" else 1e-9)
                assert sent[field] == near
                assert got[field] == near
            else:
                assert sent.get(field) == got.get(field) == value, (field, told)
