"""A real TAK server between two of our clients: FreeTAKServer 2.2.1, in namespaces and a venv of its own.

It writes events anew (order of attributes, more elements), so what was parsed is compared, not bytes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

import mihari
from mihari.core.picture import Category, Picture, Source, Vessels
from mihari.formats.cot import Event, build, events_of, parse, person_report

ROOT = Path(__file__).parents[3]
VENV = ROOT / ".venv-freetakserver"
REQUIREMENTS = ROOT / "requirements" / "peer-freetakserver.txt"
INSIDE = 'ip link set lo up && mount -t tmpfs tmpfs /opt && exec "$@"'
UNSHARE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the server's packages and half a minute of its time


def server_python():
    """The interpreter of the server's venv, made from the pinned requirements when it is not there; skips without."""
    python = VENV / "bin" / "python"
    if python.exists() and not subprocess.run([str(python), "-c", "import FreeTAKServer"], check=False).returncode:
        return python
    try:
        make = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        subprocess.run(make, check=True, capture_output=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS)]
        subprocess.run(install, check=True, capture_output=True, timeout=400)
    except (subprocess.SubprocessError, OSError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        pytest.skip(f"the venv of FreeTAKServer cannot be made: {error}")
    return python


@pytest.fixture(scope="module")
def picture():
    """Eight vessels of several kinds, now."""
    now = round(time.time(), 3)
    kinds = [Category.FISHING, Category.CARGO, Category.TANKER, Category.PASSENGER, Category.UNKNOWN, 5, 7, 8]
    vessels = Vessels.of(
        8, id=range(1, 9), time=now, lat_deg=[26.0 + k / 100 for k in range(8)], lon_deg=127.5, east_mps=3.0,
        north_mps=4.0, cov_ee=100.0, cov_en=0.0, cov_nn=400.0, mmsi=[431000000 + k if k % 2 else 0 for k in range(8)],
        category=kinds, source=Source.RADAR,
    )  # fmt: skip
    return Picture(now, 1, vessels)


@pytest.fixture(scope="module")
def talked(picture):
    if os.geteuid() != 0:
        pytest.skip("FreeTAKServer needs root for a network and an /opt of its own")
    if missing := [tool for tool in ("unshare", "ip", "mount", "bash") if shutil.which(tool) is None]:
        pytest.skip(f"FreeTAKServer needs {', '.join(missing)}")
    if subprocess.run([*UNSHARE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no namespaces for FreeTAKServer")
    python = server_python()
    if any(Path(path).resolve().is_relative_to("/opt") for path in (sys.base_prefix, python, ROOT)):
        pytest.skip("FreeTAKServer needs an /opt of its own, where Python or this folder is")
    sent = events_of(picture, flagged={1: "silent 3.2 h inside good AIS coverage"})
    marker = Event(
        "marker-1", "a-u-S-X-F", "h-g-i-g-o", picture.time, picture.time, picture.time + 300.0, 26.33, 127.61, ce=40.0,
        callsign="X1", remarks="trawler, no lights, heading NW at 8 kn",
    )  # fmt: skip
    given = {"picture": [build(e).decode() for e in sent], "uids": [e.uid for e in sent]}
    given |= {"marker": build(marker).decode(), "marked": marker.uid}
    script = [sys.executable, str(Path(__file__).with_name("freetakserver.py")), str(python)]
    command = [*UNSHARE, "bash", "-c", INSIDE, "bash", *script]
    environment = os.environ | {"PYTHONPATH": str(Path(mihari.__file__).parents[1])}
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=240, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return sent, marker, json.loads(done.stdout)


def own(event):
    return ET.fromstring(f"<detail>{event.xml_detail}</detail>").find("mihari").attrib


def told(client, uid):
    found = [event for event in (parse(text.encode()) for text in client) if event.uid == uid]
    assert found, f"{uid} did not arrive"
    return found[-1]


def test_every_vessel_of_the_picture_reaches_the_other_client_unchanged(talked):
    sent, _, received = talked
    assert len(sent) == 8
    for event in sent:
        event = parse(build(event))
        again = told(received["b"], event.uid)
        assert own(again) == own(event)
        assert again.callsign == event.callsign
        assert replace(again, xml_detail="", endpoint=None) == replace(event, xml_detail="", endpoint=None)


def test_a_flag_stays_a_remark_with_its_author(talked):
    sent, _, received = talked
    found = ET.fromstring(f"<detail>{told(received['b'], sent[0].uid).xml_detail}</detail>").find("remarks")
    assert (found.get("source"), found.text) == ("mihari", "silent 3.2 h inside good AIS coverage")


def test_a_marker_of_the_other_client_becomes_a_report_here(talked):
    _, marker, received = talked
    report = person_report(told(received["a"], marker.uid))
    assert (report.lat_deg, report.lon_deg, report.sd) == (26.33, 127.61, 40.0)
    assert (report.what, report.kind, report.lights) == (marker.remarks, "fishing", "no lights")
    assert report.time == marker.time


def test_nothing_that_the_server_says_is_refused(talked):
    assert talked[2]["refused"] == []
