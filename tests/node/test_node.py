"""The same bytes give the same picture: twice through the pipeline, and live as from the recording."""

import socket
import time

import numpy as np
import pytest
from node_helpers import free_port, listening, position, until

from mihari.core.config import NodeConfig
from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import recorded
from mihari.formats.ais import encode
from mihari.node import Node
from mihari.pipeline import Pipeline
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings


@pytest.fixture(scope="module")
def strait(tmp_path_factory):
    """A minute of the simulated strait: captures and AIS logs, with its scenario."""
    folder, scenario = tmp_path_factory.mktemp("strait"), load("strait")
    write_recordings(Simulation(scenario), folder, 60.0)
    return scenario, sorted([*folder.glob("*.pcap"), *folder.glob("*.nmea")])


def followed(scenario, files):
    """Every track at every tick, and the last picture."""
    from mihari.commands.demo import configuration

    config = configuration(scenario, [1, 2], 0)
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)])
    pipeline, told = Pipeline(registry.all()), []
    addresses = [FeedAddress.of_recording(str(path)) for path in files]
    for given in recorded(addresses, registry, [Health(i, a.name, a.text) for i, a in enumerate(addresses)], time.time):
        pipeline.take(given)
        if isinstance(given, Tick):
            told.append(pipeline.tracker.tracks(given.time))
    return told, pipeline.picture()


def test_the_same_recordings_give_the_same_tracks_and_vessels_bit_for_bit(strait):
    (first, picture), (second, again) = followed(*strait), followed(*strait)
    assert len(first) == len(second) >= 60
    assert len(picture.vessels) > 100
    for one, other in zip(first, second, strict=True):
        for name, column in one.columns().items():
            assert column.tobytes() == getattr(other, name).tobytes(), name
    for name, column in picture.vessels.columns().items():
        assert column.tobytes() == getattr(again.vessels, name).tobytes(), name
    assert {v: i.claims for v, i in picture.identities.items()} == {v: i.claims for v, i in again.identities.items()}


def test_live_and_replayed_the_same_bytes_are_the_same_vessels(tmp_path):
    """Eight vessels at rest and under way, heard for six seconds, live by UDP and then from the file."""
    lines, port = [], free_port()
    config = {"feed": [{"url": f"udp://127.0.0.1:{port}", "format": "ais"}], "face": {"enabled": False}}
    with (
        Node(NodeConfig.model_validate(config)) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        listening(node)
        for turn in range(4):
            now = int(time.time())
            for k in range(8):
                message = position(431000000 + k, 26 + 0.1 * k + 2e-5 * k * turn, 127.0, speed=1.1 * k, course=0.0)
                sentence = b"".join(encode(message))
                lines.append(sentence.rstrip() + b",%d\r\n" % now)
                out.sendto(lines[-1], ("127.0.0.1", port))
            time.sleep(2.0)
        until(lambda: node.pipeline.reports == len(lines) and len(node.inputs) == 0)
        node.stop()
        live = node.picture().vessels
    path = tmp_path / "same.nmea"
    path.write_bytes(b"".join(lines))
    again = {"feed": [{"url": f"file:{path}?speed=max", "format": "ais"}], "face": {"enabled": False}}
    with Node(NodeConfig.model_validate(again)) as node:
        assert node.wait(120)
        replayed = node.picture().vessels
    assert set(live.mmsi.tolist()) == set(replayed.mmsi.tolist()) == {431000000 + k for k in range(8)}
    one, other = np.argsort(live.mmsi), np.argsort(replayed.mmsi)
    np.testing.assert_array_equal(live.heard_ais[one], replayed.heard_ais[other])
    np.testing.assert_allclose(live.lat_deg[one], replayed.lat_deg[other], atol=1e-9)
    np.testing.assert_allclose(live.east_mps[one], replayed.east_mps[other], atol=1e-6)
