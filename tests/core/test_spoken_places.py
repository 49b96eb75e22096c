"""Places in words: where they are, how sure, and one sentence where they are not understood."""

import math
import random

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.core.geodesy import direct, inverse
from mihari.core.spoken_places import Place, spoken_place

POINTS = {
    "Cape Zampa": (26.44, 127.71),
    "Sunabe": (26.33, 127.74),
    "the Bridge": (26.2, 127.6),
    "North Cape": (71.2, 25.8),
}
NM = 1852.0


def polar(place, name="Sunabe"):
    distance, bearing = inverse(*POINTS[name], place.lat_deg, place.lon_deg)
    return float(distance) / NM, math.degrees(float(bearing)) % 360


def axes(place):
    """Standard deviations in m along and across the way from Sunabe."""
    there = float(inverse(place.lat_deg, place.lon_deg, *POINTS["Sunabe"])[1]) + math.pi
    turn = np.array([[math.sin(there), math.cos(there)], [math.cos(there), -math.sin(there)]])
    told = turn @ np.array([[place.cov_ee, place.cov_en], [place.cov_en, place.cov_nn]]) @ turn.T
    assert abs(told[0, 1]) < 1e-6 * told.max()
    return math.sqrt(told[0, 0]), math.sqrt(told[1, 1])


@pytest.mark.parametrize(
    ("text", "distance", "bearing", "step", "width"),
    [
        ("3 miles north-west of Sunabe", 3, 315, 1, 45),
        ("3 miles north-west of Sunabe.", 3, 315, 1, 45),
        ("3 nm NW of sunabe", 3, 315, 1, 45),
        ("3nm NNW of Sunabe", 3, 337.5, 1, 22.5),
        ("3 miles to the north of Sunabe", 3, 0, 1, 45),
        ("three nautical miles west-south-west of Sunabe", 3, 247.5, 1, 22.5),
        ("2.5 nm 310 from Sunabe", 2.5, 310, 0.5, 10),
        ("2.3 nm, 312° from Sunabe", 2.3, 312, 0.1, 1),
        ("bearing 315 from Sunabe, 20 miles", 20, 315, 5, 5),
        ("310 degrees true, 12 miles from Sunabe", 12, 310, 1, 10),
        ("a mile off Sunabe south", None, None, None, None),
        ("half a mile south of Sunabe", 0.5, 180, 0.5, 45),
        ("5 cables east of Sunabe", 0.5, 90, 0.1, 45),
        ("1852 m east of Sunabe", 1, 90, 1 / 1852, 45),
        ("about 3 miles north-west of Sunabe", 3, 315, 2, 90),
    ],
)
def test_a_distance_and_a_direction(text, distance, bearing, step, width):
    if distance is None:
        with pytest.raises(BadInput):
            spoken_place(text, POINTS)
        return
    place = spoken_place(text, POINTS)
    there, course = polar(place)
    assert there == pytest.approx(distance, abs=1e-6)
    assert (course - bearing + 180) % 360 - 180 == pytest.approx(0, abs=1e-5)
    along, across = axes(place)
    assert along == pytest.approx(max(step * NM / math.sqrt(12), 10.0), rel=1e-6)
    assert across == pytest.approx(max(distance * NM * math.radians(width) / math.sqrt(12), 10.0), rel=1e-6)
    assert place.sd == pytest.approx(max(along, across), rel=1e-9)
    assert "Sunabe" in place.because


def test_the_covariance_is_that_of_what_rounding_leaves_open():
    rng = np.random.default_rng(1)
    place = spoken_place("8 nm 315 from Sunabe", POINTS)  # to 1 nm, to 5°
    distance = rng.uniform(7.5, 8.5, 200_000) * NM
    bearing = np.radians(rng.uniform(312.5, 317.5, 200_000))
    lat, lon = direct(*POINTS["Sunabe"], bearing, distance)
    north = (lat - lat.mean()) * 110_800
    east = (lon - lon.mean()) * 111_320 * math.cos(math.radians(place.lat_deg))
    found = np.cov(np.stack([east, north]))
    assert found[0, 0] == pytest.approx(place.cov_ee, rel=0.03)
    assert found[1, 1] == pytest.approx(place.cov_nn, rel=0.03)
    assert found[0, 1] == pytest.approx(place.cov_en, rel=0.03)


@pytest.mark.parametrize(
    ("text", "lat", "lon", "sd_north", "sd_east"),
    [
        ("26 12.345 N 127 40.123 E", 26 + 12.345 / 60, 127 + 40.123 / 60, 10, 10),
        ("26°12.3'N, 127°40.1'E", 26.205, 127 + 40.1 / 60, 53.46, 53.46 * math.cos(math.radians(26.205))),
        ("26 12 20 N 127 40 10 E", 26 + 12 / 60 + 20 / 3600, 127 + 40 / 60 + 10 / 3600, 10, 10),
        ("N26 12.3 E127 40.1", 26.205, 127 + 40.1 / 60, 53.46, 53.46 * math.cos(math.radians(26.205))),
        ("127 40.1 E 26 12.3 N", 26.205, 127 + 40.1 / 60, 53.46, 53.46 * math.cos(math.radians(26.205))),
        ("position 33-21S 070-06W", -33.35, -70.1, 534.6, 534.6 * math.cos(math.radians(33.35))),
        ("26.2057 127.6687", 26.2057, 127.6687, 10, 10),
        ("-33.35, -70.1", -33.35, -70.1, 320.8, 3207.8 * math.cos(math.radians(33.35))),
        ("26.21N 127.67E", 26.21, 127.67, 320.8, 320.8 * math.cos(math.radians(26.21))),
        (
            "26 degrees 12 minutes north 127 degrees 40 minutes east",
            26.2,
            127 + 40 / 60,
            534.6,
            534.6 * math.cos(math.radians(26.2)),
        ),
    ],
)
def test_degrees_as_people_write_them(text, lat, lon, sd_north, sd_east):
    place = spoken_place(text)
    assert (place.lat_deg, place.lon_deg) == (pytest.approx(lat, abs=1e-9), pytest.approx(lon, abs=1e-9))
    assert math.sqrt(place.cov_nn) == pytest.approx(sd_north, rel=1e-3)
    assert math.sqrt(place.cov_ee) == pytest.approx(sd_east, rel=1e-3)
    assert place.cov_en == 0.0


def test_at_and_near_a_point():
    for text, sd in (("at Sunabe", 300.0), ("off Cape Zampa", 300.0), ("near the bridge", 926.0), ("Sunabe", 300.0)):
        place = spoken_place(text, POINTS)
        assert (place.lat_deg, place.lon_deg) in POINTS.values()
        assert place.sd == pytest.approx(sd)
    assert isinstance(spoken_place("2 miles north of North Cape", POINTS), Place)  # a direction in the name


def test_across_the_antimeridian_and_near_the_pole():
    assert spoken_place("10 miles east of A", {"A": (0.0, 179.95)}).lon_deg == pytest.approx(-179.8836, abs=1e-3)
    assert math.isfinite(spoken_place("30 miles east of A", {"A": (89.9, 0.0)}).sd)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no place was told"),
        ("somewhere out there", "expected a distance and a direction"),
        ("3 miles north-west of Sunabi", "no point is called 'sunabi'; did you mean Sunabe"),
        ("3 miles north-west of Atlantis", "no point is called 'atlantis'"),
        ("3 miles north-north of Sunabe", "no point of the compass"),
        ("3 miles 310 magnetic from Sunabe", "magnetic"),
        ("3 miles 400 from Sunabe", "a bearing of 400°"),
        ("0 miles north of Sunabe", "above 0"),
        ("900 miles north of Sunabe", "up to 200 nm"),
        ("26 12.3 N 26 12.3 N", "one latitude"),
        ("26 72.3 N 127 40.1 E", "below 60"),
        ("96 12.3 N 127 40.1 E", "up to 90°"),
        ("26.2 190.5", "up to 180°"),
    ],
)
def test_what_is_not_understood_is_told_in_one_sentence(text, sentence):
    with pytest.raises(BadInput, match=sentence):
        spoken_place(text, POINTS)


def told(text):
    try:
        return spoken_place(text, POINTS)
    except BadInput as error:
        return str(error)


def test_random_words_and_garbage_are_refused_or_placed():
    rng = random.Random(3)
    words = [
        "3",
        "miles",
        "north",
        "west",
        "of",
        "sunabe",
        "310",
        "about",
        "nm",
        "26",
        "12.3",
        "n",
        "127",
        "e",
        ",",
        "°",
        "at",
        "near",
        "the",
        "half",
        "a",
        ".",
        "-",
        "'",
        "x",
        "99999999999",
    ]
    places = [found for _ in range(5000) if (found := told(" ".join(rng.choices(words, k=rng.randrange(1, 9)))))]
    assert all(len(found.splitlines()) == 1 for found in places if isinstance(found, str))
    found = [place for place in places if isinstance(place, Place)]
    assert found
    assert all(-90 <= place.lat_deg <= 90 and place.cov_ee > 0 and place.cov_nn > 0 for place in found)
