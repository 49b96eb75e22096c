"""A picture as events: types, identities, errors, flags, what leaves the map."""

import math
import xml.etree.ElementTree as ET

import pytest

from mihari.core.geodesy import ellipse
from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels, VesselStatus
from mihari.formats.cot import asset_type, build, events_of, parse, vessel_type
from mihari.formats.cot.types import ASSETS, SEA


def picture(**given):
    columns = {
        "id": [1, 2, 3, 4], "time": 1000.0, "lat_deg": [26.0, 26.1, math.nan, 26.3], "lon_deg": 127.0, "east_mps": 3.0,
        "north_mps": 4.0, "cov_ee": 250.0, "cov_en": 150.0, "cov_nn": 250.0, "mmsi": [431000001, 0, 0, 431000002],
        "category": [Category.FISHING, Category.UNKNOWN, 0, Category.SERVICE], "status": [0, 1, 0, VesselStatus.GONE],
        "source": [Source.RADAR | Source.AIS, Source.RADAR, 0, Source.AIS | Source.EXERCISE], "number": [-1, 7, 0, 9],
        "owner": [0, 1, 0, 0],
    }  # fmt: skip
    named = Identity(1, (ClaimedIdentity(431000001, 1.0, imo=9074729, name='KAI "3" \x00'),), 0)
    tug = Identity(4, (ClaimedIdentity(431000002, 1.0, ship_type=52),), 0)
    vessels = Vessels.of(4, **(columns | given))
    return Picture(1000.0, 1, vessels, {1: named, 4: tug}, authors=("kume", "naha"))


def test_each_vessel_whose_place_is_known_is_one_event():
    fishing, radar, tug = (parse(build(event)) for event in events_of(picture(), friends={431000002}))
    assert [e.uid for e in (fishing, radar, tug)] == ["mihari.kume.1", "mihari.naha.7", "mihari.kume.9"]
    assert [e.type for e in (fishing, radar, tug)] == ["a-n-S-X-F", "a-u-S", "a-f-S-X-M-T-U"]
    assert [e.how for e in (fishing, radar, tug)] == ["m-f", "m-a", "m-a"]
    assert [e.callsign for e in (fishing, radar, tug)] == ['KAI "3"', "#2", "431000002"]
    assert (fishing.speed, fishing.course) == (5.0, pytest.approx(math.atan2(3, 4), abs=1e-4))
    assert (fishing.time, fishing.stale, tug.stale) == (1000.0, 1060.0, 1000.0)  # what is gone is stale at once
    assert (fishing.hae, fishing.ce, fishing.le) == (None, 20.0, None)
    assert (fishing.opex, tug.opex) == ("", "e")


def test_ce_is_one_sigma_along_the_longest_axis():
    (event, *_) = events_of(picture(cov_ee=900.0, cov_en=-120.0, cov_nn=100.0))
    assert event.ce == pytest.approx(float(ellipse(900.0, -120.0, 100.0, 1 - math.exp(-0.5))[0]))
    assert events_of(picture(cov_ee=math.nan))[0].ce is None


def test_what_cot_has_no_word_for_stands_in_an_element_of_our_own():
    flagged = {1: "silent 3.2 h inside good AIS coverage, radar kept seeing it"}
    event = parse(build(events_of(picture(), flagged=flagged)[0]))
    remarks, own = ET.fromstring(f"<detail>{event.xml_detail}</detail>")
    assert (remarks.text, remarks.attrib) == (flagged[1], {"source": "kume", "time": "1970-01-01T00:16:40.000Z"})
    assert own.tag == "mihari"
    assert own.attrib == {
        "vessel": "1", "mmsi": "431000001", "imo": "9074729", "category": "fishing", "status": "live",
        "sources": "radar ais", "covariance": "250.0 150.0 250.0", "flagged": flagged[1],
    }  # fmt: skip
    assert event.remarks == flagged[1]
    assert event.type == "a-n-S-X-F"  # a flag changes no symbol


def test_no_type_ever_says_hostile_or_suspect():
    types = [vessel_type(c, i, t) for c in Category for i in "fnu" for t in range(-1, 100)]
    types += [asset_type(kind) for kind in ASSETS]
    assert {t.split("-")[1] for t in types} == {"f", "n", "u"}
    assert set(SEA) == set(Category)
    for identity in "hsjk":
        with pytest.raises(ValueError, match="expected f, n or u"):
            vessel_type(Category.CARGO, identity)


def test_a_node_alone_and_an_empty_picture():
    alone = Picture(0.0, 1, Vessels.of(1, id=5, time=0.0, lat_deg=0.0, lon_deg=0.0))
    (event,) = events_of(alone, node="kume")
    assert (event.uid, event.course, event.speed, event.ce) == ("mihari.kume.5", None, None, None)
    assert events_of(Picture(0.0, 1, Vessels.empty())) == []
