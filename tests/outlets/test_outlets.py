"""Pictures told in other systems' languages come back as they were, each vessel when its turn is."""

import math

import numpy as np
import pytest

from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels, VesselStatus
from mihari.formats.asterix import decode_many
from mihari.formats.asterix.system_tracks import Status, system_tracks
from mihari.formats.cot import Stream, of_datagram
from mihari.formats.nmea import Decoder, to_dicts
from mihari.formats.nmea import decode_many as sentences
from mihari.outlets import CotTeller, PictureTeller, SystemTrackTeller, TllTeller

NOON = 20_000 * 86_400.0 + 43_200.0


def picture(time=0.0, ids=(1, 2), **given):
    n = len(ids)
    columns = {
        "id": list(ids), "time": NOON + time, "lat_deg": 26.0 + 0.1 * np.arange(n), "lon_deg": -127.25, "east_mps": 3.0,
        "north_mps": 4.0, "cov_ee": 400.0, "cov_en": 0.0, "cov_nn": 100.0, "cov_uu": 1.0, "cov_vv": 1.0, "mmsi": 0,
        "existence": 1.0, "source": Source.RADAR, "category": Category.UNKNOWN, "status": VesselStatus.LIVE,
        "heard_radar": NOON + time - 2.0,
    }  # fmt: skip
    named = Identity(1, (ClaimedIdentity(431000001, 1.0, name="ASAHI, MARU", call_sign="JA1"),), 0)
    return Picture(NOON + time, 1, Vessels.of(n, **(columns | given)), {1: named})


TELLERS = (CotTeller("kume"), TllTeller(), SystemTrackTeller(12, 34))


@pytest.mark.parametrize("make", [CotTeller, TllTeller, lambda **how: SystemTrackTeller(1, 2, **how)])
def test_each_vessel_is_told_when_its_turn_is_and_what_is_gone_once_more(make):
    teller: PictureTeller = make(every_s=10.0)

    def told(time, **given):
        return len([piece for piece in teller.offer(picture(time, (1,), **given)) if piece[0] != 65])

    assert [told(t) for t in (0.0, 1.0, 9.9, 10.0, 11.0)] == [1, 0, 0, 1, 0]
    assert [told(12.0, status=VesselStatus.GONE), told(13.0, status=VesselStatus.GONE)] == [1, 0]
    assert told(14.0, lat_deg=math.nan) == 0


@pytest.mark.parametrize("form", ["xml", "proto"])
@pytest.mark.parametrize("stream", [True, False])
def test_cot_comes_back(form, stream):
    pieces = CotTeller("kume", form=form, stream=stream, flagged={2: "silent 3 h"}).offer(picture())
    reader = Stream()
    events = reader.feed(b"".join(pieces)) + reader.finish() if stream else [of_datagram(one) for one in pieces]
    assert [event.uid for event in events] == ["mihari.kume.1", "mihari.kume.2"]
    assert [event.callsign for event in events] == ["ASAHI, MARU", "#2"]
    assert [event.remarks for event in events] == [None, "silent 3 h"]
    assert (events[0].lat_deg, events[0].lon_deg, events[0].ce) == (26.0, -127.25, pytest.approx(20.0))
    assert reader.refusals.counts == {}


def test_a_form_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="expected one of xml, proto"):
        CotTeller(form="json")


def test_tll_comes_back_with_vessels_without_ais_first():
    teller = TllTeller()
    given = picture(ids=(1, 2, 3), mmsi=[431000001, 0, 0], source=[2, 1, 1 | Source.EXERCISE])
    one, two = to_dicts(sentences(b"".join(teller.offer(given))))
    assert (one["number"], one["name"], two["number"], two["name"]) == (1, "ASAHI  MARU", 0, "#2")
    assert (two["lat_deg"], two["lon_deg"], two["time_of_day"]) == (
        pytest.approx(26.1),
        pytest.approx(-127.25),
        43200.0,
    )
    assert (one["status"], two["status"]) == ("T", "T")
    (lost,) = to_dicts(sentences(teller.offer(picture(1.0, (2,), status=VesselStatus.GONE))[0]))
    assert (lost["number"], lost["status"]) == (0, "L")


def test_what_has_no_number_left_is_counted():
    teller = TllTeller()
    assert len(teller.offer(picture(ids=range(130)))) == 100
    assert teller.left_out == 30
    assert len(teller.offer(picture(9.0, ids=range(100, 130)))) == 30  # the others are away and have left theirs
    assert teller.left_out == 0


def test_tll_in_datagrams_is_read_by_our_own_decoder():
    pieces = TllTeller(source="RA0001").offer(picture())
    table = Decoder().datagram(pieces[0]).tables["TLL"]
    assert table.source.tolist() == ["RA0001"]


def test_system_tracks_come_back():
    teller = SystemTrackTeller(12, 34)
    given = picture(existence=[1.0, 0.5], status=[0, VesselStatus.COASTING], source=[1, 1 | Source.EXERCISE])
    decoded = decode_many(teller.offer(given))
    assert decoded.counts == {}
    tracks = system_tracks(decoded)
    assert tracks.source.tolist() == [12 << 8 | 34] * 2
    assert tracks.lat_deg.tolist() == pytest.approx([26.0, 26.1], abs=1e-5)
    assert (tracks.east_mps[0], tracks.north_mps[0], tracks.cov_ee[0], tracks.age[0]) == (3.0, 4.0, 400.0, 2.0)
    assert tracks.identification.tolist() == ["JA1", ""]
    assert tracks.status.tolist() == [
        Status.SURFACE | Status.BEGUN,
        Status.SURFACE | Status.BEGUN | Status.TENTATIVE | Status.COASTED | Status.SIMULATED,
    ]
    later = system_tracks(decode_many(teller.offer(picture(20.0, (1,), status=VesselStatus.GONE))))
    assert later.status.tolist() == [Status.SURFACE | Status.ENDED]
    assert later.track_number.tolist() == tracks.track_number.tolist()[:1]


def test_an_empty_picture_says_nothing_but_that_we_are_there():
    assert [teller.offer(Picture(NOON, 1, Vessels.empty())) for teller in TELLERS[:2]] == [[], []]
    assert [piece[0] for piece in TELLERS[2].offer(Picture(NOON, 1, Vessels.empty()))] == [65]
