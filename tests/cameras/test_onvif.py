"""The real ONVIF client against the simulated camera over loopback HTTP: aim, turn, stills, and every way it fails."""

from __future__ import annotations

import io
import logging
import math
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from mihari.cameras.mount import Mount
from mihari.cameras.onvif import Address, OnvifCamera, onvif_camera, password_in
from mihari.core.asset_sections import CameraSection
from mihari.core.camera import Aim, CameraAway, CameraRefuses
from mihari.core.errors import BadInput
from mihari.formats.avi import decode
from mihari.simulate.cameras import Body, CameraServer, SimulatedCamera

BODY = Body(north=0.5, rate=(4.0, 4.0, 4.0))
MOUNT = Mount(BODY.lat_deg, BODY.lon_deg, BODY.height, BODY.north, rate=4.0)


@pytest.fixture
def server() -> Iterator[CameraServer]:
    with CameraServer(SimulatedCamera(BODY, clock=time.time), "watch", "s3cret", clock_ahead=-7200.0) as one:
        yield one


@pytest.fixture
def camera(server: CameraServer) -> Iterator[OnvifCamera]:
    one = OnvifCamera(Address(server.url, "watch", "s3cret"), MOUNT, "pier", patience=1.5)
    yield one
    one.close()


def settled(camera: OnvifCamera, most: float = 5.0) -> Aim:
    end = time.monotonic() + most
    while (aim := camera.where()).moving and time.monotonic() < end:
        time.sleep(0.02)
    return aim


def test_it_says_what_it_is_and_its_clock_is_two_hours_slow(camera):
    about = camera.about()
    assert (about.maker, about.model, about.firmware) == ("Mihari", "simulated camera", "1")
    assert (about.aims, about.turns, about.pictures) == (True, True, True)
    assert about.stream == "rtsp://127.0.0.1:554/main"
    assert about.clock == pytest.approx(-7200.0, abs=1.5)


def test_it_goes_where_it_is_sent_and_says_so(camera, server):
    camera.aim(1.25, -0.2, 0.75)
    assert camera.where().moving
    aim = settled(camera)
    assert (aim.pan, aim.tilt, aim.zoom) == pytest.approx((1.25, -0.2, 0.75), abs=1e-5)
    assert aim.moving is False
    assert abs(aim.time - time.time()) < 0.5
    assert 0.0 < aim.delay < 0.5
    assert [axis.at(time.time()) for axis in server.camera.axes] == pytest.approx([1.25, -0.2, 0.75], abs=1e-5)


def test_a_turn_has_its_rate_and_stops_when_told(camera, server):
    camera.move(0.5, -0.25, 0.0)
    one = camera.where()
    time.sleep(0.3)
    other = camera.where()
    took = other.time - one.time
    assert (other.pan - one.pan) / took == pytest.approx(0.5, rel=0.1)
    assert (other.tilt - one.tilt) / took == pytest.approx(-0.25, rel=0.1)
    camera.move(0.0, 0.0, 0.0)
    assert camera.where().moving is False
    assert server.services.asked[-2:] == ["Stop", "GetStatus"]


def test_it_is_never_turned_faster_than_allowed(server):
    slow = Mount(BODY.lat_deg, BODY.lon_deg, BODY.height, BODY.north, rate=4.0, allowed=0.4)
    camera = OnvifCamera(Address(server.url, "watch", "s3cret"), slow, "pier")
    camera.aim(2.0, 0.0, 0.0)
    one = camera.where()
    time.sleep(0.3)
    other = camera.where()
    assert (other.pan - one.pan) / (other.time - one.time) == pytest.approx(0.4, rel=0.1)
    camera.move(3.0, -3.0, 0.0)
    one = camera.where()
    time.sleep(0.3)
    other = camera.where()
    assert (other.pan - one.pan) / (other.time - one.time) == pytest.approx(0.4, rel=0.1)
    assert (other.tilt - one.tilt) / (other.time - one.time) == pytest.approx(-0.4, rel=0.1)
    camera.close()


def test_a_place_beyond_its_limits_is_refused_and_the_next_is_taken(camera):
    with pytest.raises(CameraRefuses, match=r"camera pier: cannot look there: 1.273 of its way"):
        camera.aim(4.0, 0.0, 0.0)
    camera.aim(0.1, 0.0, 0.0)
    assert settled(camera).pan == pytest.approx(0.1, abs=1e-5)


def test_a_still_is_a_picture_and_a_clip_is_a_series_of_them(camera):
    still = camera.still()
    picture = np.asarray(Image.open(io.BytesIO(still)))
    assert picture.shape == (360, 640, 3)
    pictures, rate = decode(camera.clip(0.7))
    assert 2 <= len(pictures) <= 8
    assert rate == pytest.approx(len(pictures) / 0.7, rel=0.6)
    assert all(one[:2] == b"\xff\xd8" for one in pictures)


def test_a_camera_without_accounts_is_asked_without_a_token():
    with CameraServer(SimulatedCamera(BODY, clock=time.time)) as server:
        camera = OnvifCamera(Address(server.url), MOUNT, "pier")
        camera.aim(0.2, 0.0, 0.0)
        assert settled(camera).pan == pytest.approx(0.2, abs=1e-5)
        assert camera.still()[:2] == b"\xff\xd8"
        camera.close()


def test_a_wrong_password_is_told_and_not_tried_again_at_once(server, caplog):
    caplog.set_level(logging.DEBUG)
    camera = OnvifCamera(Address(server.url, "watch", "wr0ng"), MOUNT, "pier")
    with pytest.raises(CameraRefuses, match=r"camera pier: refuses to let us in: the user or the password is wrong$"):
        camera.where()
    asked = len(server.services.asked)
    with pytest.raises(CameraAway, match="it is tried again 1 s after that"):
        camera.where()
    assert len(server.services.asked) == asked
    camera.close()
    assert "wr0ng" not in caplog.text
    assert "wr0ng" not in repr(camera.address)


def test_a_camera_that_goes_and_comes_back_is_there_again(camera, server):
    camera.aim(0.3, 0.0, 0.0)
    settled(camera)
    server.stop()
    # the connection that was open may be found broken first
    with pytest.raises(CameraAway, match=r"pier: (cannot be reached: nobody listens there|broke the connection)"):
        camera.where()
    server.start()
    with pytest.raises(CameraAway, match="tried again"):
        camera.where()
    time.sleep(1.3)
    assert camera.where().pan == pytest.approx(0.3, abs=1e-5)


def test_a_camera_that_is_too_slow_is_told_within_the_patience(camera, server):
    camera.where()
    server.faults.wait_s = 4.0
    began = time.monotonic()
    with pytest.raises(CameraAway, match=r"camera pier: does not answer within 1.5 s"):
        camera.where()
    assert time.monotonic() - began < 3.9


def test_a_slow_answer_is_a_long_delay(camera, server):
    camera.where()
    server.faults.wait_s = 0.3
    assert camera.where().delay == pytest.approx(0.3, abs=0.15)


GARBAGE = {
    "nothing": b"",
    "no XML": b"\x00\xff<html>",
    "a page": b"<html><body>login</body></html>",
    "an empty envelope": b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>',
    "another answer": b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    b'<x:Y xmlns:x="u:x"/></s:Body></s:Envelope>',
    "a bomb": b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'"><!ENTITY c "' + b"&b;" * 1000 + b'">]>'
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>&c;</s:Body></s:Envelope>',
    "a status without a place": b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    b'<p:GetStatusResponse xmlns:p="http://www.onvif.org/ver20/ptz/wsdl"><p:PTZStatus/></p:GetStatusResponse></s:Body>'
    b"</s:Envelope>",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_hostile_answers_are_one_sentence_and_cost_nothing_later(camera, server, name):
    camera.where()
    server.faults.garbage = GARBAGE[name]
    with pytest.raises(
        CameraAway, match=r"camera pier: (answers what is no ONVIF|does not tell where it looks|says no)"
    ) as told:
        camera.where()
    assert "\n" not in str(told.value)
    server.faults.garbage = None
    time.sleep(1.3)
    assert camera.where().pan == pytest.approx(0.0, abs=1e-5)


def test_hostile_answers_from_the_start_are_one_sentence(server):
    server.faults.garbage = GARBAGE["a page"]
    camera = OnvifCamera(Address(server.url, "watch", "s3cret"), MOUNT, "pier")
    with pytest.raises(CameraAway, match=r"camera pier: "):
        camera.about()
    camera.close()


def test_a_still_that_is_none_is_refused(camera, server):
    server.faults.picture = b"<html>"
    with pytest.raises(CameraRefuses, match=r"camera pier: sends a still that is no JPEG picture"):
        camera.still()


def test_the_password_comes_from_a_file_alone(tmp_path):
    (tmp_path / "password").write_text("s3cret\n")
    section = CameraSection(name="pier", url="http://192.0.2.1/onvif/device_service", lat_deg=1.0, lon_deg=2.0,
                            user="watch", password_file=str(tmp_path / "password"), north_deg=90.0)  # fmt: skip
    camera = onvif_camera(section)
    assert camera.address.password == "s3cret"
    assert camera.mount.north == pytest.approx(math.pi / 2)
    (tmp_path / "two").write_text("a\nb\n")
    with pytest.raises(BadInput, match="in one line") as told:
        password_in(str(tmp_path / "two"))
    assert "a\n" not in str(told.value)
    with pytest.raises(BadInput, match="no such file"):
        password_in(str(tmp_path / "none"))


def test_an_address_that_is_none_is_told():
    for url in ("ftp://x", "http://", "http://[", "x", "http://watch:s3cret@192.0.2.1/onvif"):
        with pytest.raises(BadInput, match=r"camera pier: url: expected an address like http") as told:
            OnvifCamera(Address(url), MOUNT, "pier")
        assert "s3cret" not in str(told.value)
