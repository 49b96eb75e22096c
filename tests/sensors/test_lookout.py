"""Lookouts: the printed sweep widths are met, interpolated between, and reduced as the manual says."""

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.errors import BadInput
from mihari.core.units import FOOT, KNOT, NAUTICAL_MILE
from mihari.sensors.lookout import CRAFT, objects, sweep_width, weather_factor
from recordings import recording

PACKAGED = resources.files("mihari.sensors") / "tables" / "iamsar_sweep_widths.json"
VISIBILITIES = {"aircraft": (1, 3, 5, 10, 15, 20, 30), "helicopter": (1, 3, 5, 10, 15, 20, 30),
                "boat": (1, 3, 5, 10, 15, 20)}  # fmt: skip
BOAT, PERSON, SHIP = "Power Boat ≤ 15ft", "Person in Water", "Ship ≥ 300ft"


def width_nm(name, craft, height_ft, visibility_nm, **more):
    return sweep_width(name, craft, height_ft * FOOT, visibility_nm * NAUTICAL_MILE, **more) / NAUTICAL_MILE


@pytest.mark.parametrize(
    ("name", "at_5_10_20", "from_a_boat"),
    [
        (BOAT, (1.3, 1.7, 2.1), 1.9),
        ("Power Boat 33ft", (3.4, 5.5, 7.9), 6.1),
        ("Power Boat 53ft", (4.5, 8.2, 13.2), 9.1),
        (SHIP, (5.8, 13.2, 27.9), 14.1),
        ("Raft 4 person", (1.3, 1.9, 2.3), 4.0),
    ],
)
def test_widths_from_1500_ft_and_from_a_boat_are_those_printed(name, at_5_10_20, from_a_boat):
    assert [width_nm(name, "aircraft", 1500, v) for v in (5, 10, 20)] == pytest.approx(at_5_10_20)
    assert width_nm(name, "boat", 14, 10) == pytest.approx(from_a_boat)


# rows of the tables in full, where the file leaves out what equals the value before it
@pytest.mark.parametrize(
    ("name", "craft", "height_ft", "row"),
    [
        (PERSON, "aircraft", 1500, (0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.1)),
        (PERSON, "boat", 14, (0.3, 0.4, 0.5, 0.5, 0.5, 0.5)),
        ("Raft 1 person", "helicopter", 500, (0.4, 0.9, 1.2, 1.6, 1.8, 1.8, 1.8)),
        ("Raft 15 person", "aircraft", 1000, (0.4, 1.4, 2.0, 2.8, 3.4, 3.7, 4.2)),
        ("Power Boat 20ft", "aircraft", 1500, (0.4, 1.7, 2.5, 3.7, 4.5, 5.1, 5.1)),
        ("Ship 120ft", "boat", 14, (1.8, 3.3, 6.0, 12.0, 17.1, 21.5)),
    ],
)
def test_a_row_is_met_in_full(name, craft, height_ft, row):
    assert [width_nm(name, craft, height_ft, v) for v in VISIBILITIES[craft]] == pytest.approx(row)


def test_every_value_of_the_file_is_met():
    tables = json.loads(PACKAGED.read_text(encoding="utf-8"))["marine_sweep_widths"]
    count = 0
    for name, one in tables.items():
        for craft in CRAFT:
            for height, row in one[craft.capitalize()].items():
                for entry in row:
                    found = width_nm(name, craft, int(height.removesuffix("ft")), entry["vis"])
                    assert found == pytest.approx(entry["sw"], abs=1e-9), (name, craft, height, entry)
                    count += 1
    assert count > 2500
    assert tuple(tables) == objects()


def test_the_file_is_the_published_one():
    assert PACKAGED.read_bytes() == recording("patrol/sweep/iamsar_sweep_widths.json").read_bytes()


def test_between_two_values_lies_the_middle():
    assert width_nm(BOAT, "aircraft", 1500, 7.5) == pytest.approx((1.3 + 1.7) / 2)
    ends = [width_nm("Ship 120ft", "boat", eye, 12.5) for eye in (8, 14)]
    assert width_nm("Ship 120ft", "boat", 11, 12.5) == pytest.approx(sum(ends) / 2)


def test_beyond_the_ends_of_a_table_its_ends_count():
    assert width_nm(SHIP, "aircraft", 1500, 60) == width_nm(SHIP, "aircraft", 1500, 30)
    assert width_nm(SHIP, "boat", 14, 30) == width_nm(SHIP, "boat", 14, 20)
    assert width_nm(BOAT, "aircraft", 18_000, 10) == width_nm(BOAT, "aircraft", 3000, 10)
    assert width_nm(BOAT, "aircraft", 100, 10) == width_nm(BOAT, "aircraft", 300, 10)
    assert width_nm(BOAT, "boat", 2, 10) == width_nm(BOAT, "boat", 8, 10)


def test_nobody_sees_farther_than_the_air_is_clear():
    assert width_nm(SHIP, "boat", 14, 0.1) == pytest.approx(0.2)
    assert width_nm(SHIP, "boat", 14, 0.0) == 0.0
    assert width_nm(SHIP, "boat", 14, 1) == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("wind_kn", "sea_ft", "small", "large"),
    [
        (0, 0, 1.0, 1.0), (15, 1.9, 1.0, 1.0), (15.1, 0, 0.5, 0.9), (0, 2, 0.5, 0.9), (25, 3, 0.5, 0.9),
        (10, 4, 0.5, 0.9), (25.1, 0, 0.25, 0.9), (0, 4.1, 0.25, 0.9), (16, 5, 0.25, 0.9),
    ],
)  # fmt: skip
def test_weather_takes_what_the_manual_says(wind_kn, sea_ft, small, large):
    assert weather_factor(True, wind_kn * KNOT, sea_ft * FOOT) == small
    assert weather_factor(False, wind_kn * KNOT, sea_ft * FOOT) == large
    rough = {"wind": wind_kn * KNOT, "sea": sea_ft * FOOT}
    assert width_nm(BOAT, "aircraft", 1500, 10, **rough) == pytest.approx(1.7 * small)
    assert width_nm("Power Boat 33ft", "aircraft", 1500, 10, **rough) == pytest.approx(5.5 * large)
    assert width_nm("Raft 4 person", "aircraft", 1500, 10, **rough) == pytest.approx(1.9 * small)


def test_a_tired_crew_sees_nine_tenths():
    assert width_nm(SHIP, "boat", 14, 10, tired=True) == pytest.approx(0.9 * 14.1)


@pytest.mark.parametrize(
    ("name", "craft", "speed_kn", "factor"),
    [
        (PERSON, "helicopter", 60, 1.5), (PERSON, "helicopter", 75, 1.25), (PERSON, "helicopter", 140, 0.7),
        (PERSON, "helicopter", 20, 1.5), (PERSON, "helicopter", 200, 0.7), (BOAT, "aircraft", 150, 1.1),
        (BOAT, "aircraft", 180, 1.0), (BOAT, "aircraft", 195, 0.95), (SHIP, "aircraft", 150, 1.0),
        (SHIP, "aircraft", 210, 1.0), ("Sail Boat 70ft", "helicopter", 120, 1.0),
        ("Sail Boat 70ft", "helicopter", 130, 0.95), ("Sail Boat 30ft", "helicopter", 140, 0.9),
        (BOAT, "boat", 30, 1.0),
    ],
)  # fmt: skip
def test_speed_counts_as_printed_and_is_interpolated(name, craft, speed_kn, factor):
    usual = width_nm(name, craft, 14 if craft == "boat" else 500, 10)
    assert usual > 0
    assert width_nm(name, craft, 14 if craft == "boat" else 500, 10, speed=speed_kn * KNOT) == pytest.approx(
        factor * usual
    )


@given(
    st.sampled_from(objects()), st.sampled_from(CRAFT), st.floats(0, 1000), st.floats(0, 80e3), st.floats(0, 80e3),
    st.floats(0, 30), st.floats(0, 6), st.booleans(),
)  # fmt: skip
def test_clearer_air_never_shows_less_and_bad_weather_never_more(name, craft, height, one, other, wind, sea, tired):
    near, far = sorted((one, other))
    calm = sweep_width(name, craft, height, near)
    assert 0 <= calm <= sweep_width(name, craft, height, far) + 1e-9
    assert sweep_width(name, craft, height, near, wind=wind, sea=sea, tired=tired) <= calm


def test_an_unknown_object_is_refused_with_those_known():
    with pytest.raises(BadInput, match=r"'Submarine' is known; known are Person in Water, .*, Ship ≥ 300ft$"):
        width_nm("Submarine", "boat", 8, 10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"craft": "Aircraft"}, "aircraft, helicopter, boat"),
        ({"visibility": float("nan")}, "visibility"),
        ({"height": -1.0}, "height"),
        ({"wind": -1.0}, "wind"),
        ({"sea": float("nan")}, "sea"),
        ({"speed": -5.0}, "speed"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    with pytest.raises(BadInput, match=words):
        sweep_width(**{"name": BOAT, "craft": "boat", "height": 3.0, "visibility": 1e4, **change})
