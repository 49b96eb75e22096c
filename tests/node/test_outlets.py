"""A node tells its picture to other systems, as its file says; what they read is what the map shows."""

import contextlib
import socket
import time

import pytest
from node_helpers import free_port, listening, position, until

from mihari.core.config import ConfigError, NodeConfig
from mihari.formats.ais import encode
from mihari.formats.asterix import decode_many
from mihari.formats.asterix.system_tracks import system_tracks
from mihari.formats.cot import Stream
from mihari.formats.nmea import Decoder, to_dicts
from mihari.node import Node

MMSIS = (431000001, 431000002)


def configured(feed, *outputs):
    return NodeConfig.model_validate({
        "node": {"name": "kume"}, "face": {"enabled": False}, "output": outputs,
        "feed": [{"url": f"udp://127.0.0.1:{feed}", "format": "ais", "name": "ais"}],
    })  # fmt: skip


def speak(out, feed):
    for k, mmsi in enumerate(MMSIS):
        out.sendto(b"".join(encode(position(mmsi, 26 + 0.1 * k, 127.0))), ("127.0.0.1", feed))


def read(sock, enough):
    """What comes until `enough` holds for it."""
    data = []
    sock.settimeout(20)
    while not enough(data):
        data.append(sock.recv(65536))
        assert data[-1], "closed"
    return data


def cot(data):
    return {event.uid: event for event in Stream().feed(b"".join(data))}


@pytest.fixture
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock


def test_the_picture_goes_out_in_every_format_and_an_output_that_is_taken_away_ends(udp):
    feed, cot_port, tak_port, tll_port = free_port(), *(free_port(socket.SOCK_STREAM) for _ in range(3))
    served = {"cot": cot_port, "tak": tak_port, "tll": tll_port}
    outputs = [
        {"url": f"tcp-listen://127.0.0.1:{port}", "picture": form, "every_s": 1.0} for form, port in served.items()
    ]
    centre = {"url": f"udp://127.0.0.1:{udp.getsockname()[1]}", "picture": "asterix", "sac": 126, "sic": 9}
    with (
        Node(configured(feed, *outputs, {**centre, "every_s": 1.0})) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        listening(node)
        with (
            socket.create_connection(("127.0.0.1", cot_port)) as by_cot,
            socket.create_connection(("127.0.0.1", tak_port)) as by_tak,
            socket.create_connection(("127.0.0.1", tll_port)) as by_tll,
        ):
            for _ in range(3):
                speak(out, feed)
                time.sleep(0.8)
            until(lambda: len(node.picture().vessels) == 2)
            shown = {f"mihari.kume.{v}" for v in node.picture().vessels.id.tolist()}
            for peer in (by_cot, by_tak):
                events = cot(read(peer, lambda data: len(cot(data)) == 2))
                assert events.keys() == shown
                assert sorted(round(e.lat_deg, 3) for e in events.values()) == [26.0, 26.1]
                assert {round(e.lon_deg, 3) for e in events.values()} == {127.0}

            def sentences(data):
                decoder = Decoder()
                return [told for told in to_dicts(decoder.feed(b"".join(data))) if told["formatter"] == "TLL"]

            told = sentences(read(by_tll, lambda data: len(sentences(data)) >= 2))
            assert {one["name"] for one in told} == {str(mmsi) for mmsi in MMSIS}

            def tracks(data):
                return system_tracks(decode_many(data))

            found = tracks(read(udp, lambda data: len(set(tracks(data).track_number.tolist())) == 2))
            assert set(found.source.tolist()) == {126 << 8 | 9}
            assert {round(lat, 3) for lat in found.lat_deg.tolist()} == {26.0, 26.1}

            assert node.reload(configured(feed, *outputs)) == []
            until(lambda: [h.state for h in node.hub.health()][-1] == "removed")
            udp.settimeout(3.0)
            with contextlib.suppress(TimeoutError):  # what was on its way
                for _ in range(100):
                    assert len(udp.recv(65536)) > 0
                pytest.fail("it is still told")
            assert cot(read(by_cot, lambda data: len(cot(data)) == 2)).keys() == shown


def test_a_peer_that_is_away_costs_nothing_but_what_it_misses():
    feed, port = free_port(), free_port(socket.SOCK_STREAM)
    with (
        Node(configured(feed, {"url": f"tcp://127.0.0.1:{port}", "picture": "cot", "every_s": 1.0})) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out,
    ):
        until(lambda: node.hub.health()[0].state == "listening")
        for _ in range(3):
            speak(out, feed)
            time.sleep(0.8)
        until(lambda: len(node.picture().vessels) == 2)
        assert node.hub.health()[1].state != "connected"
        with socket.create_server(("127.0.0.1", port)) as server:
            server.settimeout(60)
            peer, _ = server.accept()
            with peer:
                assert len(cot(read(peer, lambda data: len(cot(data)) == 2))) == 2
                assert node.hub.health()[0].shed == 0


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ({"url": "udp://127.0.0.1:1"}, "expected either from"),
        ({"url": "udp://127.0.0.1:1", "from": ["ais"], "picture": "cot"}, "expected either from"),
        ({"url": "udp://127.0.0.1:1", "picture": "asterix", "sac": 1}, "expected sac and sic"),
        ({"url": "udp://127.0.0.1:1", "picture": "kml"}, "'cot', 'tak', 'tll' or 'asterix'"),
    ],
)
def test_an_output_that_cannot_be_is_told(output, problem):
    with pytest.raises((ConfigError, ValueError), match=problem):
        configured(1, output)
