"""Garbage at every door of a node: counted or one sentence, never a traceback, never growth without bound."""

import gzip
import json
import random
import socket
import struct
import subprocess
import sys
import time

import psutil
import pytest
from node_helpers import checked, free_port, good, listening, position, until

from mihari.core.config import NodeConfig
from mihari.core.picture import VesselStatus
from mihari.formats.ais import encode
from mihari.node import Node
from mihari.pipeline import Pipeline

NOISE = random.Random(7)
PART = b"55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8"
LINE = b"".join(encode(position(431000001, 26.0, 127.0)))


def node_of(*urls, **more):
    feeds = [{"url": url, "format": format} for url, format in urls]
    return Node(NodeConfig.model_validate({"feed": feeds, "face": {"enabled": False}, **more}))


def ended(path, format):
    """The health of the one feed of a node that has read a recording to its end."""
    scheme = "pcap" if path.suffix == ".pcap" else "file"
    with node_of((f"{scheme}:{path}?speed=max", format)) as node:
        assert node.wait(120)
        assert node.failure is None
        (health,) = node.picture().feeds
    return health


def groups(count):
    """First parts of messages that never end."""
    return b"".join(checked(b"AIVDM,9,%d,%d,A,%b,0" % (i % 8 + 1, i % 10, PART)) for i in range(count))


MADE = {
    "noise": (lambda: NOISE.randbytes(300_000), None),
    "nothing": (lambda: b"", None),
    "a line of 10 MB": (lambda: b"!AIVDM,1,1,,A," + b"1" * 10_000_000 + b",0*00\r\n", "too_long"),
    "no line end": (lambda: b"\\" + b"a" * 3_000_000, "too_long"),
    "endless groups": (lambda: groups(20_000), "incomplete"),
    "a gzip bomb": (lambda: gzip.compress(b"\0" * 100_000_000, 1), "too_long"),
    "a cut gzip": (lambda: gzip.compress(NOISE.randbytes(100_000))[:50_000], "gzip"),
}


@pytest.mark.parametrize("name", MADE)
def test_an_ais_recording_of_garbage_is_counted(name, tmp_path):
    make, reason = MADE[name]
    path = tmp_path / "a.nmea"
    path.write_bytes(make())
    health = ended(path, "ais")
    assert health.state == "ended"
    assert health.messages == 0
    assert reason is None or health.refused[reason] >= 1


RADAR = {
    "noise": (lambda: NOISE.randbytes(300_000), None),
    "blocks of no length": (lambda: b"\x30\x00\x00" * 1000, "bad_length"),
    "a block longer than the file": (lambda: b"\x30\xff\xff" + b"\xff" * 70_000, None),
}


@pytest.mark.parametrize("name", RADAR)
def test_a_radar_recording_of_garbage_is_counted(name, tmp_path):
    make, reason = RADAR[name]
    path = tmp_path / "a.ast"
    path.write_bytes(make())
    health = ended(path, "asterix")
    assert health.state == "ended"
    assert health.messages == 0
    assert reason is None or health.refused[reason] >= 1


def test_a_capture_that_lies_about_a_length_gives_a_count(tmp_path):
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    path = tmp_path / "a.pcap"
    path.write_bytes(head + struct.pack("<IIII", 1, 1, 0xFFFFFFF0, 0xFFFFFFF0) + b"x" * 100)
    assert ended(path, "asterix").refused == {"capture": 1}


def test_what_is_no_capture_fails_in_one_sentence(tmp_path):
    path = tmp_path / "a.pcap"
    path.write_bytes(NOISE.randbytes(1000))
    health = ended(path, "asterix")
    assert (health.state, health.problem) == ("failed", f"{path}: expected a pcap or pcapng capture")


def test_what_stands_before_a_damage_is_read(tmp_path):
    lines = b"".join(b"%08d" % NOISE.randrange(10**8) + LINE for _ in range(3000))
    whole = gzip.compress(lines)
    path = tmp_path / "a.nmea.gz"
    path.write_bytes(whole[: len(whole) // 2])
    health = ended(path, "ais")
    assert health.refused["gzip"] == 1
    assert 1000 < health.messages < 2000


def peak_of(*arguments):
    """(exit code, standard output, standard error, largest resident MiB) of a command."""
    command = [sys.executable, "-m", "mihari", *map(str, arguments)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watched, peak = psutil.Process(child.pid), 0
    while child.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.02)
    out, err = child.communicate(timeout=200)
    return child.returncode, out, err.decode(), peak >> 20


@pytest.mark.slow
@pytest.mark.parametrize("name", ["long.nmea", "bomb.nmea.gz"])
def test_memory_is_bounded_whatever_the_input_grows_to(name, tmp_path):
    path = tmp_path / name
    if name.endswith(".gz"):
        with gzip.open(path, "wb", 1) as out:
            for _ in range(1000):
                out.write(b"\0" * 1_000_000)
    else:
        path.write_bytes(b"!AIVDM,1,1,,A," + b"1" * 100_000_000 + b",0*00\r\n")
    for arguments in (
        ("decode", "ais", path, "--summary"),
        ("run", "--ais", f"file:{path}?speed=max", "--until-end", "--summary"),
        ("track", path, "-o", tmp_path / "t.parquet"),
    ):
        code, _, err, peak = peak_of(*arguments)
        assert (code, "Traceback" in err) == (0, False), err
        assert peak < 500


def test_a_bomb_of_json_is_one_sentence_in_bounded_memory(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b"[" * 300_000_000, 1))
    code, _, err, peak = peak_of("encode", "ais", path)
    assert (code, err.count("\n")) == (2, 1)
    assert f"{path}:1" in err
    assert peak < 250


def test_a_picture_without_any_input_has_a_time():
    assert Pipeline().picture(otherwise=7.0).time == 7.0


def test_an_empty_recording_on_the_screen_is_no_traceback(tmp_path):
    path = tmp_path / "empty.nmea"
    path.write_bytes(b"")
    command = [sys.executable, "-m", "mihari", "replay", path, "--summary", "--port", "0", "--no-browser"]
    result = subprocess.run(command, capture_output=True, timeout=200, check=False)
    assert result.returncode == 0
    assert "Traceback" not in result.stderr.decode()
    assert json.loads(result.stdout)["vessels"] == 0


def test_vessels_stay_while_garbage_comes_in_on_the_same_port():
    port = free_port()
    with (
        node_of((f"udp://127.0.0.1:{port}", "ais")) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        listening(node)
        wrong = LINE[:-4] + b"00\r\n"
        deadline = time.monotonic() + 120
        while len(node.pipeline.picture().vessels) < 5:
            assert time.monotonic() < deadline
            for line in good(5):
                out.sendto(line, ("127.0.0.1", port))
            for junk in (NOISE.randbytes(900), wrong, LINE[:20], b"", b"!" * 60_000, groups(5)):
                out.sendto(junk, ("127.0.0.1", port))
            time.sleep(0.5)
        node.stop()
        picture = node.picture()
    assert set(picture.vessels.mmsi.tolist()) == {431000000 + k for k in range(5)}
    assert (picture.vessels.status == VesselStatus.LIVE).all()
    refused = picture.feeds[0].refused
    assert refused["checksum"] >= 3
    assert refused["incomplete"] >= 3


@pytest.mark.slow
def test_a_flood_is_shed_and_counted_and_the_node_recovers():
    port = free_port()
    with (
        node_of((f"udp://127.0.0.1:{port}", "ais")) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        listening(node)
        full = LINE * 600  # 600 messages in a datagram, thousands of datagrams a second

        def held_after(seconds):
            """Bytes of this process after a flood that was worked off."""
            until_s = time.monotonic() + seconds
            while time.monotonic() < until_s:
                out.sendto(full, ("127.0.0.1", port))
            until(lambda: len(node.inputs) == 0)
            return psutil.Process().memory_info().rss

        held = [held_after(4.0) for _ in range(5)]
        assert node.hub.healths[0].shed > 0
        # what is full stays as full: longer floods hold no more (one of two, as pages are given back when it suits)
        assert min(held[3:]) - held[1] < 300 << 20, held
        out.sendto(b"".join(encode(position(431000777, 26.0, 127.0))), ("127.0.0.1", port))
        until(lambda: 431000777 in node.pipeline.mmsi)
        assert node.failure is None
