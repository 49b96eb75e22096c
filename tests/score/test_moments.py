"""Truth between two of its times, and tracks moved to a moment."""

import numpy as np
import pytest

from mihari.core import geodesy
from mihari.core.tracks import Believed, TrackStatus
from mihari.score.moments import Sailed, believed_at, between
from mihari.score.near import points

RATE = np.radians(1.0)  # rad/s


def turning(time, lat_deg=60.0, rate=RATE, speed=10.0):
    """A vessel that turns at a constant rate near a place."""
    plane = geodesy.TangentPlane.at(lat_deg, 179.999)
    lat, lon = geodesy.from_plane(plane, speed / rate * np.sin(rate * time), speed / rate * (1 - np.cos(rate * time)))
    east, north, _ = geodesy.axes(lat, lon)
    way = speed * (np.cos(rate * time) * plane.east + np.sin(rate * time) * plane.north)
    return Sailed.of(
        1,
        time=time,
        vessel=7,
        lat_deg=lat,
        lon_deg=lon,
        east_mps=way @ east,
        north_mps=way @ north,
        cover=int(time) + 1,
    )


@pytest.mark.parametrize(("span", "error"), [(1.0, 1e-4), (10.0, 0.003), (60.0, 2.0)])
@pytest.mark.parametrize("lat_deg", [0.0, 60.0, -89.9])
def test_a_turn_is_followed_between_two_truths(span, error, lat_deg):
    first, last = turning(0.0, lat_deg), turning(span, lat_deg)
    for share in (0.2, 0.5, 0.9):
        true, found = turning(share * span, lat_deg), between(first, last, share * span)
        apart = points(true.lat_deg, true.lon_deg) - points(found.lat_deg, found.lon_deg)
        assert np.linalg.norm(apart) < error
        assert found.east_mps[0] == pytest.approx(true.east_mps[0], abs=0.2 if span > 10 else 0.01)
        assert found.cover[0] == (first if share <= 0.5 else last).cover[0]


def test_a_vessel_in_one_of_the_two_truths_alone_is_not_there_between_them():
    first = Sailed.concatenate([turning(0.0), turning(0.0).replace(vessel=[8])])
    assert between(first, turning(2.0), 1.0).vessel.tolist() == [7]
    assert len(between(first, turning(2.0).replace(vessel=[9]), 1.0)) == 0


def test_tracks_that_are_not_confirmed_are_not_believed_and_the_others_go_to_the_moment():
    tracks = Believed.of(
        4, time=[10.0, 10, 10, 12], moment=10.0, id=[1, 2, 3, 4], lat_deg=0.0, lon_deg=180.0, east_mps=-5.0,
        north_mps=0.0,
        status=[TrackStatus.CONFIRMED, TrackStatus.TENTATIVE, TrackStatus.COASTED, TrackStatus.CONFIRMED],
    )  # fmt: skip
    found = believed_at(tracks, 10.0)
    assert found.id.tolist() == [1, 4]
    assert found.lon_deg[1] == pytest.approx(-180 + 10 / 111_319.49, abs=1e-9)
