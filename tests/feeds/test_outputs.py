"""What feeds hear is passed on, over connections of its own or those of feeds; a slow peer costs only itself."""

import contextlib
import os
import socket
import threading
import time

import pytest
from broker import MOSQUITTO, Broker
from feed_helpers import REAL, at_time, drained, free_port, listening, running, told, until
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from test_serial import Device

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds import FeedAddress, FeedSpec, OutputSpec, UdpSender
from mihari.feeds.memory import MemoryTransport
from mihari.feeds.outbox import Outbox
from mihari.formats.lwe import Encoder

LINE = REAL + b"\r\n"


def feed(url, name, format="ais"):
    return FeedAddress.parse(f"{url}{'&' if '?' in url else '?'}name={name}&format={format}")


def output(url, *sources, format="ais"):
    return OutputSpec(FeedAddress.parse(url, format), sources)


def tcp_port():
    return free_port(socket.SOCK_STREAM)


def read_lines(sock, count):
    sock.settimeout(20)
    data = b""
    while data.count(b"\n") < count:
        more = sock.recv(65536)
        assert more, f"closed after {data!r}"
        data += more
    return data


def ready(hub):
    until(lambda: all(h.state in ("listening", "connected") for h in hub.health()))


def test_udp_is_passed_on_to_all_peers_of_a_server_in_whole_lines():
    port, out = free_port(), tcp_port()
    outputs = [output(f"tcp-listen://127.0.0.1:{out}", "ais")]
    with (
        running(feed(f"udp://127.0.0.1:{port}", "ais"), outputs=outputs) as (hub, inputs),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        with (
            socket.create_connection(("127.0.0.1", out)) as one,
            socket.create_connection(("127.0.0.1", out)) as other,
        ):
            until(lambda: hub.health()[1].peers == 2)
            sender.send(REAL)  # no line end of its own
            sender.send(LINE + LINE)
            assert read_lines(one, 3) == read_lines(other, 3) == LINE * 3
        until(lambda: hub.health()[1].sent == 6)
        health = hub.health()[1]
        assert (health.outgoing, health.sent_bytes, health.unsent) == (True, 6 * len(LINE), 0)
        assert told(drained(inputs)) == [366730000] * 3


def test_a_peer_that_sends_also_receives_over_the_same_connection():
    port, both = free_port(), tcp_port()
    outputs = [output(f"tcp-listen://127.0.0.1:{both}", "coast")]
    feeds = [feed(f"udp://127.0.0.1:{port}", "coast"), feed(f"tcp-listen://127.0.0.1:{both}", "ship")]
    with running(*feeds, outputs=outputs) as (hub, inputs), UdpSender(f"udp://127.0.0.1:{port}") as sender:
        ready(hub)
        assert len(hub.health()) == 2  # no connection of its own
        with socket.create_connection(("127.0.0.1", both)) as ship:
            until(lambda: hub.health()[1].peers == 1)
            ship.sendall(LINE)
            until(lambda: hub.health()[1].messages == 1)
            sender.send(at_time(time.time()))
            assert read_lines(ship, 1).endswith(LINE)
        until(lambda: hub.health()[1].sent == 1)
        assert hub.health()[1].messages == 1  # what was passed on did not come back
        assert len(told(drained(inputs))) == 2


def test_a_server_that_restarts_gets_the_rest_and_what_it_missed_is_counted():
    port, out = free_port(), tcp_port()
    outputs = [output(f"tcp://127.0.0.1:{out}", "ais")]
    with (
        running(feed(f"udp://127.0.0.1:{port}", "ais"), outputs=outputs) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        until(lambda: hub.health()[1].state == "waiting")
        sender.send(LINE)
        until(lambda: hub.health()[0].messages == 1)
        with socket.create_server(("127.0.0.1", out)) as server:
            server.settimeout(20)
            peer, _ = server.accept()
            until(lambda: hub.health()[1].state == "connected")
            assert hub.health()[1].unsent == 1
            sender.send(LINE)
            assert read_lines(peer, 1) == LINE
            peer.close()
        until(lambda: hub.health()[1].state == "waiting")
        with socket.create_server(("127.0.0.1", out)) as server:
            server.settimeout(20)
            peer, _ = server.accept()
            with peer:
                until(lambda: hub.health()[1].state == "connected")
                sender.send(LINE)
                assert read_lines(peer, 1) == LINE


def test_a_peer_that_takes_nothing_is_shed_for_and_stops_neither_the_feed_nor_another_peer():
    out = tcp_port()
    block = b"".join(at_time(1_700_000_000 + i) for i in range(1000))
    source = FeedSpec(feed("udp://127.0.0.1:1", "ais"), _Slow(block, 200))
    with running(source, outputs=[output(f"tcp-listen://127.0.0.1:{out}", "ais")]) as (hub, _):
        until(lambda: hub.health()[1].state == "listening")
        with (
            socket.socket() as deaf,
            socket.create_connection(("127.0.0.1", out)) as well,
        ):
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", out))
            until(lambda: hub.health()[1].peers == 2)
            source.transport.go.set()
            received = read_lines(well, 200_000)
        assert received.count(b"\n") == 200_000
        until(lambda: hub.health()[0].messages == 200_000)
        assert hub.health()[1].unsent > 50_000


class _Slow:
    """A source that waits for its start, then gives the same block again and again, about as fast as it is read."""

    def __init__(self, block, times):
        self.block, self.times, self.go = block, times, threading.Event()

    async def chunks(self):
        import asyncio

        from mihari.feeds import Chunk

        while not self.go.is_set():
            await asyncio.sleep(0.01)
        for _ in range(self.times):
            yield Chunk(time.time(), self.block)
            await asyncio.sleep(0.01)
        while True:
            await asyncio.sleep(1)


def test_a_full_queue_sheds_its_oldest_and_does_not_grow():
    health = Health(0, "", "")
    box = Outbox(health, held=1000)
    for i in range(5000):
        box.put(b"%04d" % i)
    assert [piece for piece, _ in box.take(1000)] == [b"%04d" % i for i in range(4750, 5000)]
    assert health.unsent == 4750


def test_a_serial_line_carries_both_ways_and_again_after_it_was_unplugged(tmp_path):
    port, path = free_port(), tmp_path / "ttyS9"
    device = Device(path)
    feeds = [feed(f"udp://127.0.0.1:{port}", "coast"), feed(f"serial:{path}", "mast")]
    with (
        running(*feeds, outputs=[output(f"serial:{path}", "coast")]) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        sender.send(LINE)
        assert os.read(device.master, 1000) == LINE
        device.send(LINE)
        until(lambda: hub.health()[1].messages == 1)
        device.unplug()
        until(lambda: hub.health()[1].state == "waiting")
        sender.send(LINE)
        until(lambda: hub.health()[0].messages == 2)
        device = Device(path)
        until(lambda: hub.health()[1].state == "connected")
        assert hub.health()[1].unsent == 1
        sender.send(LINE)
        assert os.read(device.master, 1000) == LINE
        device.unplug()


def test_a_serial_device_that_takes_nothing_does_not_stop_what_it_sends(tmp_path):
    device = Device(tmp_path / "ttyS9")
    block = b"".join(at_time(1_700_000_000 + i) for i in range(1000))
    source = FeedSpec(feed("udp://127.0.0.1:1", "coast"), _Slow(block, 40))
    url = f"serial:{device.path}?baud=4800"
    with running(source, feed(url, "mast"), outputs=[output(url, "coast")]) as (hub, _):
        until(lambda: hub.health()[1].state == "connected")
        source.transport.go.set()
        until(lambda: hub.health()[1].unsent > 10_000)
        for _ in range(20):
            device.send(LINE)
            time.sleep(0.02)
        until(lambda: hub.health()[1].messages == 20, 10)
        assert hub.health()[1].state == "connected"
        device.unplug()


@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_one_connection_to_a_broker_hears_and_tells_and_again_after_the_broker_was_killed(tmp_path):
    port, broker_port = free_port(), tcp_port()
    feeds = [feed(f"udp://127.0.0.1:{port}", "coast"), feed(f"mqtt://127.0.0.1:{broker_port}/in/%23?qos=1", "broker")]
    outputs = [output(f"mqtt://127.0.0.1:{broker_port}/out/coast", "coast")]
    with (
        Broker(tmp_path, broker_port) as broker,
        running(*feeds, outputs=outputs) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        assert len(hub.health()) == 2
        with subscriber(broker_port, "out/#") as came:
            sender.send(LINE)
            until(lambda: came == [("out/coast", LINE)])
        broker.kill()
        until(lambda: hub.health()[1].state == "waiting")
        sender.send(LINE)
        until(lambda: hub.health()[0].messages == 2)
        broker.start()
        until(lambda: hub.health()[1].state == "connected")
        assert hub.health()[1].unsent == 1
        with subscriber(broker_port, "out/#") as came:
            sender.send(LINE + LINE)
            until(lambda: came == [("out/coast", LINE + LINE)])
        assert hub.health()[1].messages == 0  # it does not hear itself


@contextlib.contextmanager
def subscriber(port, topic):
    came, ready = [], threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda c, u, message: came.append((message.topic, message.payload))
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe(topic, 1)
    assert ready.wait(20)
    try:
        yield came
    finally:
        client.disconnect()
        client.loop_stop()


def test_sentences_leave_as_iec_61162_450_and_another_node_reads_them():
    port, out = free_port(), free_port()
    outputs = [output(f"udp450://127.0.0.1:{out}?source=VD0007", "ais")]
    with (
        running(f"udp450://127.0.0.1:{out}") as (far, inputs),
        running(feed(f"udp://127.0.0.1:{port}", "ais"), outputs=outputs) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        listening(far)
        sender.send(LINE * 30)
        until(lambda: far.health()[0].messages == 30)
        assert told(drained(inputs)) == [366730000] * 30
        assert [s.name for s in far.sensors.all()][-1] == "VD0007"


def test_a_450_feed_is_passed_on_without_its_header():
    port, out = free_port(), tcp_port()
    with (
        running(
            feed(f"udp450://127.0.0.1:{port}", "ais"), outputs=[output(f"tcp-listen://127.0.0.1:{out}", "ais")]
        ) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        with socket.create_connection(("127.0.0.1", out)) as peer:
            until(lambda: hub.health()[1].peers == 1)
            sender.send(b"RaUdP\0a file")
            sender.send(Encoder("AI0001").datagrams([REAL])[0])
            assert read_lines(peer, 1) == b"\\s:AI0001,n:1*09\\" + LINE


def test_radar_datagrams_go_through_a_stream_whole():
    port, out = free_port(), tcp_port()
    blocks = [bytes([48, 0, 3 + n]) + bytes(n) for n in range(40)]
    with (
        running(
            feed(f"udp://127.0.0.1:{port}", "radar", "asterix"),
            outputs=[output(f"tcp-listen://127.0.0.1:{out}", "radar", format="asterix")],
        ) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        with socket.create_connection(("127.0.0.1", out)) as peer:
            until(lambda: hub.health()[1].peers == 1)
            peer.settimeout(20)
            for block in blocks:
                sender.send(block)
            data = b""
            while len(data) < len(b"".join(blocks)):
                data += peer.recv(65536)
    assert data == b"".join(blocks)


def test_outputs_come_and_go_while_the_feed_runs_on():
    port, first, second = free_port(), tcp_port(), tcp_port()
    source = feed(f"udp://127.0.0.1:{port}", "ais")
    with (
        running(source, outputs=[output(f"tcp-listen://127.0.0.1:{first}", "ais")]) as (hub, _),
        UdpSender(f"udp://127.0.0.1:{port}") as sender,
    ):
        ready(hub)
        hub.change([FeedSpec(source)], [output(f"tcp-listen://127.0.0.1:{second}", "ais")])
        until(lambda: [h.state for h in hub.health()] == ["listening", "removed", "listening"])
        with socket.create_connection(("127.0.0.1", second)) as peer:
            until(lambda: hub.health()[2].peers == 1)
            sender.send(LINE)
            assert read_lines(peer, 1) == LINE
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", first), timeout=2).close()
        hub.change([FeedSpec(source)], [])
        until(lambda: hub.health()[2].state == "removed")
        sender.send(LINE)
        until(lambda: hub.health()[0].messages == 2)


@pytest.mark.parametrize(
    ("url", "sources", "sentence"),
    [
        ("tcp-listen://:5000", [], "passes on no feed"),
        ("tcp-listen://:5000", ["b"], "there is no feed 'b'; expected one of ais, log, radar"),
        ("tcp-listen://:5000", ["log"], "feed 'log' is a recording"),
        ("tcp-listen://:5000", ["ais", "radar"], "feeds of one format"),
        ("file:a.nmea", ["ais"], "expected one of udp:, udp450:"),
        ("udp://:5000", ["ais"], "found no address"),
        ("udp://127.0.0.1:10110", ["ais"], "feed 'ais' would hear what it sends"),
        ("mqtt://broker/ais/#", ["ais"], "without wildcards"),
    ],
)
def test_an_output_that_cannot_be_is_one_sentence(url, sources, sentence):
    feeds = [
        FeedSpec(feed("udp://:10110", "ais")),
        FeedSpec(FeedAddress.parse("file:a.nmea?name=log")),
        FeedSpec(feed("udp://:8600", "radar", "asterix")),
    ]
    with pytest.raises(BadInput) as caught, running(*feeds, outputs=[output(url, *sources)]):
        pass
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_would_go_in_a_circle_is_refused():
    tcp, mqtt = feed("tcp://127.0.0.1:5000", "a"), feed("mqtt://127.0.0.1/ais/%23", "b")
    for url, source, sentence in (
        ("tcp://127.0.0.1:5000", "a", "sent back to where it came from"),
        ("mqtt://127.0.0.1/ais/x", "a", "feed 'b' would hear what it sends"),
    ):
        with pytest.raises(BadInput, match=sentence), running(tcp, mqtt, outputs=[output(url, source)]):
            pass


def test_a_feed_without_a_network_is_passed_on_too():
    from mihari.feeds import Chunk

    source = FeedSpec(feed("tcp://127.0.0.1:1", "ais"), MemoryTransport([Chunk(1.0, REAL[:9]), Chunk(2.0, REAL[9:])]))
    out = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", out))
        far.settimeout(20)
        with running(source, outputs=[output(f"udp://127.0.0.1:{out}", "ais")]) as (hub, _):
            until(lambda: hub.ended)
            health = hub.health()[1]
        assert health.sent + health.unsent == 1  # a line whole, though it came in halves and without its end
