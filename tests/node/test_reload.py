"""A node file that changes while its node runs: tracks are kept, feeds come and go, mistakes change nothing."""

import math
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from node_helpers import PATIENCE_S, free_port, listening, position, until

from mihari.archive.reader import ArchiveReader
from mihari.archive.state import differing, pack, unpack
from mihari.commands.demo import configuration
from mihari.commands.reload import NodeFile
from mihari.core.config import NodeConfig, load
from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.feeds import FeedAddress, UdpSender
from mihari.feeds.pcap import PcapTransport
from mihari.formats.ais import encode
from mihari.node import Node
from mihari.rebuild import land_of, rebuild, verified
from mihari.simulate import Simulation
from mihari.simulate import load as load_scenario
from mihari.simulate.recordings import write_recordings


def written(path, ports, more="", name="naha"):
    feeds = "".join(f'[[feed]]\nurl = "udp://127.0.0.1:{port}"\nformat = "ais"\nname = "{n}"\n' for n, port in ports)
    path.write_text(f'[node]\nname = "{name}"\n[face]\nenabled = false\n{feeds}{more}')


def send(out, port, mmsis):
    for mmsi in mmsis:
        out.sendto(b"".join(encode(position(mmsi, 26 + 0.1 * (mmsi % 10), 127.0))), ("127.0.0.1", port))


def tracks(node):
    """MMSI -> track id of all vessels in the picture."""
    vessels = node.picture().vessels
    return dict(zip(vessels.mmsi.tolist(), vessels.track.tolist(), strict=True))


def test_a_feed_comes_and_another_goes_and_the_tracks_keep_their_numbers(tmp_path):
    path, ports = tmp_path / "node.toml", [free_port() for _ in range(3)]
    written(path, [("stays", ports[0]), ("goes", ports[1])])
    with (
        Node(load(path)) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        listening(node)
        stays = node.hub.healths[0]
        for _ in range(3):
            send(out, ports[0], [431000001])
            send(out, ports[1], [431000002])
            time.sleep(0.8)  # the same message again within half a second would be a copy
        until(lambda: node.pipeline.reports >= 6 and {431000001, 431000002} <= set(tracks(node)))
        before = tracks(node)

        written(path, [("stays", ports[0]), ("comes", ports[2])])
        assert node.reload(load(path)) == []
        until(lambda: [h.state for h in node.hub.health()] == ["listening", "removed", "listening"])
        assert node.hub.healths[0] is stays
        for _ in range(3):
            send(out, ports[0], [431000001])
            send(out, ports[1], [431000002])  # nobody listens there any more
            send(out, ports[2], [431000003])
            time.sleep(0.8)  # the same message again within half a second would be a copy
        until(lambda: node.hub.healths[2].messages == 3 and 431000003 in tracks(node))
        after = tracks(node)
        assert {mmsi: after[mmsi] for mmsi in before} == before
        assert [h.messages for h in node.hub.health()] == [6, 3, 3]
        assert [h.name for h in node.hub.health()] == ["stays", "goes", "comes"]
        assert stays.messages == 6  # without a gap


def test_a_port_that_one_feed_gives_up_is_taken_by_another_in_the_same_change(tmp_path):
    path, port = tmp_path / "node.toml", free_port()
    written(path, [("ais", port)])
    with Node(load(path)) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)
        path.write_text(path.read_text().replace(f"{port}", f"{port}?interface=127.0.0.1"))
        node.reload(load(path))
        until(lambda: [h.state for h in node.hub.health()] == ["removed", "listening"])
        send(out, port, [431000001])
        until(lambda: node.hub.healths[1].messages == 1)


def test_a_sensor_changes_in_place_and_the_pipeline_knows_it(tmp_path):
    path, port = tmp_path / "node.toml", free_port()
    radar = '[[sensor]]\nname = "kume"\nkind = "radar"\nsac = 1\nsic = 2\nlat_deg = 26.0\nlon_deg = 127.0\n'
    written(path, [("ais", port)], radar)
    with Node(load(path)) as node:
        listening(node)
        written(path, [("ais", port)], radar.replace("26.0", "26.5").replace("kume", "kume tower"))
        node.reload(load(path))
        until(lambda: node.pipeline.sensors[0].lat_deg == 26.5)
        assert node.pipeline.sensors[0].name == "kume tower"
        assert len(node.hub.healths) == 1


def test_a_wrong_file_is_one_sentence_and_the_old_configuration_goes_on(tmp_path, monkeypatch):
    from mihari.commands import reload

    monkeypatch.setattr(reload, "LOOK_S", 0.0)
    path, ports, told = tmp_path / "node.toml", [free_port(), free_port()], []
    written(path, [("ais", ports[0])])
    with Node(load(path)) as node:
        listening(node)
        file = NodeFile(str(path), node, lambda: load(path), told.append)
        assert not file.look()
        path.write_text(path.read_text().replace("[node]", "[nod]"))
        assert [file.look() for _ in range(3)] == [False] * 3
        assert len(told) == 1
        assert "node.toml:1: nod: unknown key" in told[0]
        assert told[0].endswith("the node goes on as before")
        assert node.file_problem == told[0]
        assert [h.state for h in node.hub.health()] == ["listening"]
        written(path, [("ais", ports[0]), ("more", ports[1])], name="another")
        assert [file.look() for _ in range(3)] == [False, True, False]
        until(lambda: [h.state for h in node.hub.health()] == ["listening", "listening"])
        assert node.file_problem == "[node] has changed, which takes effect when the node is started again"
        assert node.config.node.name == "naha"
        path.unlink()
        assert [file.look() for _ in range(3)] == [False] * 3


def test_a_node_that_plays_recordings_keeps_its_feeds(tmp_path):
    (tmp_path / "a.nmea").write_bytes(b"".join(encode(position(431000001, 26.0, 127.0))))
    url = f"file:{tmp_path}/a.nmea"
    config = NodeConfig.model_validate({"feed": [{"url": url}], "face": {"enabled": False}})
    other = NodeConfig.model_validate({"feed": [{"url": "udp://:1", "format": "ais"}], "face": {"enabled": False}})
    with Node(config) as node, pytest.raises(BadInput, match="keeps its feeds until it ends"):
        node.reload(other)


def test_mihari_run_follows_its_file_and_hangup(tmp_path):
    path, ports = tmp_path / "node.toml", [free_port(), free_port()]
    written(path, [("ais", ports[0])])
    path.write_text(path.read_text().replace("enabled = false", "enabled = true"))
    child = subprocess.Popen(
        [sys.executable, "-m", "mihari", "run", str(path), "--no-browser", "--port", "0"],
        stderr=subprocess.PIPE, env=os.environ, text=True,
    )  # fmt: skip
    try:
        said(child, "the map is at")
        path.write_text(path.read_text() + "nonsense")
        child.send_signal(signal.SIGHUP)
        said(child, "the node goes on as before")
        written(path, [("ais", ports[0]), ("more", ports[1])])
        said(child, f"{path}: taken")
    finally:
        child.terminate()
        child.communicate(timeout=60)
    assert child.returncode == 130


def said(child, words):
    deadline = time.monotonic() + PATIENCE_S
    while words not in (line := child.stderr.readline()):
        assert line, "it ended"
        assert time.monotonic() < deadline


@pytest.mark.slow
def test_a_reload_in_the_middle_is_rebuilt_from_the_archive_bit_for_bit(tmp_path):
    """Radars of the simulated strait, live by UDP; halfway one of them is told to stand elsewhere, and AIS is added."""
    write_recordings(Simulation(load_scenario("strait")), tmp_path, 20.0)
    captures = [FeedAddress.of_recording(str(path)) for path in sorted(tmp_path.glob("*.pcap"))]
    heard = [chunk for a in captures for chunk in PcapTransport(a, Health(0, "", ""), time.time).read() if chunk.data]
    heard.sort(key=lambda chunk: chunk.time)
    radar, ais = free_port(), free_port()
    tables = configuration(load_scenario("strait"), [1, 2], 0).model_dump(mode="json", by_alias=True)
    tables["feed"] = [{"url": f"udp://127.0.0.1:{radar}", "format": "asterix"}]
    tables["face"] = {"enabled": False}
    tables["archive"] = {"enabled": True, "path": str(tmp_path / "archive"), "free_gb": 0.0, "snapshot_s": 1.0}
    config = NodeConfig.model_validate(tables)
    moved = [{**s, "lat_deg": s["lat_deg"] + 0.01, "range_sd_m": 20.0} for s in tables["sensor"]]
    feeds = [*tables["feed"], {"url": f"udp://127.0.0.1:{ais}", "format": "ais"}]
    changed = NodeConfig.model_validate({**tables, "sensor": moved, "feed": feeds})
    with Node(config) as node, UdpSender(f"udp://127.0.0.1:{radar}") as out:
        listening(node)
        for i, chunk in enumerate(heard):
            out.send(chunk.data)
            if i == len(heard) // 2:
                assert node.reload(changed) == []
            if i % 20 == 0:
                time.sleep(0.02)
        until(lambda: node.pipeline.plots > 0 and len(node.inputs) == 0)
        time.sleep(1.5)  # a tick and a snapshot
        listening(node)
    reader = ArchiveReader(tmp_path / "archive")
    found = rebuild(reader, 0.0, land_of(reader.snapshot(0.0)))
    found.until(math.inf)
    assert found.pipeline.sensors[0].lat_deg == moved[0]["lat_deg"]
    assert node.pipeline.plots > 1000
    assert differing(unpack(pack(node.pipeline.state())), unpack(pack(found.pipeline.state()))) == []
    assert [c for c in verified(reader, -math.inf, math.inf) if c.differs] == []


def test_a_sensor_that_comes_up_while_others_are_told_is_in_the_archive_when_the_pipeline_knows_it(tmp_path):
    """Feeds register their sensors in threads of their own, between any two lines of the pipeline's."""
    archive = {"enabled": True, "path": str(tmp_path / "archive"), "free_gb": 0.0}
    node = Node(NodeConfig.model_validate({"face": {"enabled": False}, "archive": archive}))
    node.archive.open({}, node.registry.all())
    known, names = node.registry.known, iter(range(100))

    def and_meanwhile():
        told = known()
        node.registry.station(f"station {next(names)}")
        return told

    node.registry.known = and_meanwhile
    node.registry.station("first")
    for k in range(3):
        node._take(Tick(1e9 + k))
        assert node.pipeline.sensors == node.lookout.sensors == node.archive._sensors
    assert len(node.pipeline.sensors) == 3
    node.archive.close()
