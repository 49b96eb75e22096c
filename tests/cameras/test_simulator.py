"""The simulated camera by itself: its mechanics, its pictures against other decoders, and what it answers to whom."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import math
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image

from fuzzing import survives
from mihari.core.camera import Aim, Camera
from mihari.core.errors import FormatError
from mihari.formats import avi
from mihari.simulate.cameras import Body, CameraServer, Hull, SimulatedCamera, straight_on
from mihari.simulate.cameras.axis import Axis
from mihari.simulate.cameras.jpeg import encode
from mihari.simulate.cameras.soap import ENVELOPE, WSSE, WSU, Fault, parse

T0 = 1790000000.0
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
TT = "http://www.onvif.org/ver10/schema"


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["go", "turn", "stop"]), st.floats(-4, 4), st.floats(0.01, 3)), max_size=8))
def test_an_axis_never_leaves_its_limits_nor_its_fastest(commands):
    axis, time, before = Axis(-1.0, 2.0, fastest=0.7), 0.0, 0.0
    for what, value, wait in commands:
        getattr(axis, what)(time, value) if what != "stop" else axis.stop(time)
        for _ in range(5):
            time += wait / 5
            now = axis.at(time)
            assert -1.0 <= now <= 2.0
            assert abs(now - before) <= 0.7 * wait / 5 + 1e-9
            before = now


def test_an_endless_axis_takes_the_shorter_way():
    axis = Axis(-math.pi, math.pi, 1.0, endless=True)
    axis.go(0.0, 3.0)
    axis.go(10.0, -3.0)
    assert axis.at(10.2) == pytest.approx(3.2 - 2 * math.pi, abs=1e-9)
    assert not axis.moving(10.0 + 2 * (math.pi - 3.0) + 1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6), st.sampled_from([30, 85, 95]))
def test_a_picture_is_what_another_decoder_reads(height, width, seed, quality):
    rng = np.random.default_rng(seed)
    smooth = np.linspace(0, 255, width)[None, :, None] * np.ones((height, 1, 3)) * rng.uniform(0.2, 1.0, 3)
    picture = smooth.astype(np.uint8)
    data = encode(picture, quality)
    read = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert read.shape == (height, width, 3)
    assert np.abs(read - picture).mean() < {30: 8.0, 85: 3.0, 95: 2.0}[quality]
    assert avi.jpeg_size(data) == (width, height)


def test_noise_and_the_extremes_survive_the_encoder():
    rng = np.random.default_rng(1)
    for picture in (rng.integers(0, 256, (64, 48, 3)), rng.integers(0, 2, (64, 48, 3)) * 255):
        data = encode(picture.astype(np.uint8), 100)
        read = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
        assert np.abs(read - picture).mean() < 1.5


def test_a_clip_plays_in_another_player_at_its_rate():
    now = [T0]
    camera = SimulatedCamera(Body(size=(160, 90)), clock=lambda: now[0])
    clip = camera.clip(3.0)
    with av.open(io.BytesIO(clip)) as played:
        stream = played.streams.video[0]
        assert (stream.codec.name, stream.width, stream.height, float(stream.average_rate)) == ("mjpeg", 160, 90, 5.0)
        assert sum(1 for _ in played.decode(video=0)) == 15
    pictures, rate = avi.decode(clip)
    assert (len(pictures), rate, avi.encode(pictures, rate)) == (15, 5.0, clip)


def test_a_clip_of_other_things_is_refused():
    one, other = encode(np.zeros((8, 8, 3), np.uint8)), encode(np.zeros((8, 16, 3), np.uint8))
    for pictures, rate in (([], 5.0), ([one], 0.0), ([one, other], 5.0), ([b"x"], 5.0)):
        with pytest.raises(FormatError):
            avi.encode(pictures, rate)
    for data in (b"", b"RIFF", b"RIFF\0\0\0\0AVI ", avi.encode([one], 5.0)[:-20]):
        with pytest.raises(FormatError):
            avi.decode(data)


def test_hostile_files_are_refused_and_nothing_worse():
    good = avi.encode([encode(np.zeros((8, 8, 3), np.uint8))] * 3, 5.0)
    for take, seed in ((avi.decode, good), (avi.jpeg_size, avi.decode(good)[0][0])):

        def asked(data: bytes, take: Callable[[bytes], object] = take) -> None:
            with contextlib.suppress(FormatError):
                take(data)

        survives(asked, [seed])


def test_the_model_is_a_camera_of_the_seam():
    now = [T0]
    camera: Camera = SimulatedCamera(Body(rate=(0.5, 0.5, 0.5)), clock=lambda: now[0], delay=1.0)
    camera.aim(1.0, -0.25, 0.5)
    now[0] = T0 + 2.0
    assert camera.where() == Aim(pytest.approx(0.5), -0.25, 0.5, True, T0 + 1.5, 1.0)  # half a second there, half back


def test_far_hulls_sink_below_the_horizon():
    body, colour = Body(height=25.0), (255, 0, 255)

    def rows(miles: float, height: float) -> int:
        hull = Hull(body.lat_deg + miles / 60, body.lon_deg, math.pi / 2, 0.0, 200.0, 30.0, height, colour)
        camera = SimulatedCamera(body, straight_on([hull], T0), lambda: T0)
        camera.zoom.go(-1e6, 1.0)
        picture = np.asarray(Image.open(io.BytesIO(camera.still())).convert("RGB")).astype(int)
        mine = (picture[..., 0] > 150) & (picture[..., 2] > 150) & (picture[..., 1] < 100)
        return int(mine.any(axis=1).sum())

    focal = 320 / math.tan(math.radians(1.0))
    assert rows(5.0, 40.0) == pytest.approx(40.0 / (5 * 1852) * focal, abs=2)
    assert 0 < rows(14.0, 40.0) < 40.0 / (14 * 1852) * focal - 2
    assert rows(25.0, 10.0) == 0


# the service


def token(user: str, password: str, created: float, nonce: bytes = b"0", kind: str = "#PasswordDigest") -> str:
    stamp = datetime.fromtimestamp(created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = base64.b64encode(hashlib.sha1(nonce + stamp.encode() + password.encode()).digest()).decode()
    return (
        f'<s:Header><w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}"><w:UsernameToken><w:Username>{user}</w:Username>'
        f'<w:Password Type="{kind}">{digest}</w:Password><w:Nonce>{base64.b64encode(nonce).decode()}</w:Nonce>'
        f"<u:Created>{stamp}</u:Created></w:UsernameToken></w:Security></s:Header>"
    )


def soap(body: str, header: str = "") -> bytes:
    return f'<s:Envelope xmlns:s="{ENVELOPE}">{header}<s:Body>{body}</s:Body></s:Envelope>'.encode()


STATUS = f'<GetStatus xmlns="{PTZ}"><ProfileToken>main</ProfileToken></GetStatus>'
OPEN = '<GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/>'


def server(user: str = "watch") -> CameraServer:
    one = CameraServer(SimulatedCamera(Body(), clock=lambda: T0), user, "s3cret")
    return one.start()


def told(answer: tuple[int, bytes]) -> str:
    """The subcode of a fault, or the name of the answer."""
    body = etree.fromstring(answer[1])[0][0]
    found = body.find(f"{{{ENVELOPE}}}Code/{{{ENVELOPE}}}Subcode/{{{ENVELOPE}}}Value")
    assert (answer[0] == 200) == (found is None)
    return etree.QName(body).localname if found is None else found.text


def test_only_who_proves_the_password_is_let_in():
    one = server()
    right = token("watch", "s3cret", T0)
    assert told(one.soap(soap(STATUS))) == "ter:NotAuthorized"
    assert told(one.soap(soap(STATUS, token("watch", "wrong", T0, b"1")))) == "ter:NotAuthorized"
    assert told(one.soap(soap(STATUS, token("other", "s3cret", T0, b"2")))) == "ter:NotAuthorized"
    assert told(one.soap(soap(STATUS, token("watch", "s3cret", T0 - 3600, b"3")))) == "ter:NotAuthorized"
    assert told(one.soap(soap(STATUS, token("watch", "s3cret", T0, b"4", "#PasswordText")))) == "ter:NotAuthorized"
    assert told(one.soap(soap(STATUS, right))) == "GetStatusResponse"
    assert told(one.soap(soap(STATUS, right))) == "ter:NotAuthorized"  # the same token again
    assert told(one.soap(soap(OPEN))) == "GetSystemDateAndTimeResponse"
    one.stop()


def test_what_it_cannot_do_is_a_fault_with_its_subcode():
    one = server("")
    far = f'<AbsoluteMove xmlns="{PTZ}"><ProfileToken>main</ProfileToken><Position>'
    far += f'<t:PanTilt xmlns:t="{TT}" x="1.5" y="0"/>'
    far += "</Position></AbsoluteMove>"
    assert told(one.soap(soap(far))) == "ter:InvalidPosition"
    assert told(one.soap(soap(STATUS.replace("main", "none")))) == "ter:NoProfile"
    assert told(one.soap(soap(f'<GotoPreset xmlns="{PTZ}"/>'))) == "ter:ActionNotSupported"
    assert told(one.soap(b"<html>")) == "ter:WellFormed"
    assert told(one.soap(soap(""))) == "ter:WellFormed"
    one.stop()


def test_a_relative_move_goes_from_where_it_is():
    one = server("")
    move = (
        f'<RelativeMove xmlns="{PTZ}"><ProfileToken>main</ProfileToken><Translation><t:PanTilt xmlns:t="{TT}" x="0.1"'
    )
    move += ' y="-0.1"/></Translation></RelativeMove>'
    one.camera.pan.go(-1e6, 1.0)
    assert told(one.soap(soap(move))) == "RelativeMoveResponse"
    assert one.camera.pan.at(T0 + 60.0) == pytest.approx(1.0 + 0.1 * math.pi)
    assert one.camera.tilt.at(T0 + 60.0) == pytest.approx(-0.1 * math.pi / 2)
    one.stop()


def test_hostile_requests_are_faults():
    def asked(data: bytes) -> None:
        with contextlib.suppress(Fault):
            parse(data)

    survives(asked, [soap(STATUS, token("watch", "s3cret", T0)), soap(OPEN)])


def test_its_still_is_behind_the_digest_and_other_paths_are_not_there():
    with contextlib.closing(server()) as one:
        base = one.url.rpartition("/onvif")[0]
        with pytest.raises(urllib.error.HTTPError, match="401") as refused:
            urllib.request.urlopen(f"{base}/snapshot.jpg")
        assert 'Digest realm="camera"' in refused.value.headers["www-authenticate"]
        refused.value.close()
        keys = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        keys.add_password(None, base, "watch", "s3cret")
        opener = urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(keys))
        with opener.open(f"{base}/snapshot.jpg") as answer:
            assert answer.read()[:2] == b"\xff\xd8"
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            urllib.request.urlopen(f"{base}/etc/passwd")
        missing.value.close()
