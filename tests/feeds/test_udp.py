"""UDP with real sockets on loopback."""

import asyncio
import socket
import time

import pytest
from feed_helpers import REAL, at_time, drained, free_port, listening, running, told, until

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds import Chunk, FeedAddress, UdpSender
from mihari.feeds.inbox import PENDING, PENDING_BYTES, Inbox
from mihari.feeds.udp import UdpTransport

GROUP = "239.192.0.77"


def test_ais_datagrams_become_reports_stamped_at_arrival():
    port = free_port()
    with running(f"udp://127.0.0.1:{port}") as (hub, inputs), UdpSender(f"udp://127.0.0.1:{port}") as sender:
        listening(hub)
        before = time.time()
        for _ in range(3):
            sender.send(REAL)  # no line end: a datagram ends its line
        until(lambda: hub.health()[0].messages == 3)
        found = drained(inputs)
        health = hub.health()[0]
    assert told(found) == [366730000] * 3
    reports = [b.reports for b in found]
    assert [o for r in reports for o in r.offset.tolist()] == [0, 1, 2]
    assert all(before <= r.time[0] <= time.time() and r.time[0] == r.received[0] for r in reports)
    assert (health.state, health.messages, health.reports) == ("listening", 3, 3)
    assert health.received_bytes == 3 * len(REAL)
    assert health.last_heard >= before


def test_a_live_report_with_an_absurd_time_gets_the_time_of_receipt():
    port = free_port()
    with running(f"udp://127.0.0.1:{port}") as (hub, inputs), UdpSender(f"udp://127.0.0.1:{port}") as sender:
        listening(hub)
        now = time.time()
        sender.send(at_time(now - 7))
        sender.send(at_time(now + 400 * 86400))
        until(lambda: hub.health()[0].messages == 2)
        times = [t for b in drained(inputs) for t in b.reports.time.tolist()]
        assert hub.health()[0].noticed == {"absurd time": 1}
    assert times[0] == int(now - 7)
    assert abs(times[1] - now) < 60


def test_multicast_is_joined():
    port = free_port()
    if not _has_multicast(port):
        pytest.skip("no multicast on this machine's loopback")
    with (
        running(f"udp://{GROUP}:{port}?interface=127.0.0.1") as (hub, inputs),
        running(f"udp://{GROUP}:{port}?interface=127.0.0.1") as (other, _),
        UdpSender(f"udp://{GROUP}:{port}") as sender,
    ):
        listening(hub)
        listening(other)
        sender.send(REAL)
        until(lambda: hub.health()[0].messages == 1 and other.health()[0].messages == 1)
        assert told(drained(inputs)) == [366730000]


def _has_multicast(port):
    listener = FeedAddress.parse(f"udp://{GROUP}:{port}?interface=127.0.0.1", "ais")
    from mihari.feeds.udp import bind

    try:
        sock = bind(listener)
    except BadInput:
        return False
    with sock, UdpSender(listener) as sender:
        sender.send(b"x")
        time.sleep(0.1)
        try:
            return sock.recv(10) == b"x"
        except BlockingIOError:
            return False


def test_a_port_in_use_is_one_sentence_and_the_other_feeds_go_on(tmp_path):
    taken, free = free_port(), free_port()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder,
        UdpSender(f"udp://127.0.0.1:{free}") as sender,
    ):
        holder.bind(("127.0.0.1", taken))
        with running(f"udp://127.0.0.1:{taken}", f"udp://127.0.0.1:{free}") as (hub, inputs):
            listening(hub, 0)
            listening(hub, 1)
            sender.send(REAL)
            until(lambda: hub.health()[1].messages == 1)
            failed, well = hub.health()
    assert failed.state == "failed"
    assert failed.problem == f"udp://127.0.0.1:{taken}: port {taken} is in use by another program"
    assert well.state in ("listening", "ended")
    assert told(drained(inputs)) == [366730000]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("udp://192.0.2.1:5000", "192.0.2.1 is not an address of this machine"),
        ("udp://[2001:db8::1]:5000", "2001:db8::1 is not an address of this machine"),
    ],
)
def test_an_address_that_is_not_ours_is_one_sentence(text, sentence):
    with running(text) as (hub, _):
        until(lambda: hub.health()[0].state == "failed")
        assert sentence in hub.health()[0].problem or "cannot listen there" in hub.health()[0].problem


def test_a_flood_without_a_reader_is_shed_and_counted_and_does_not_grow():
    health = Health(0, "flood", "udp://:1")
    transport = UdpTransport(FeedAddress.parse(f"udp://127.0.0.1:{free_port()}", "ais"), health, time.time)

    class Endless:
        left = PENDING + 500

        def recvmsg(self, size, extra):
            if not Endless.left:
                raise BlockingIOError
            Endless.left -= 1
            return b"x" * 100, [], 0, None

    async def read():
        inbox = Inbox(health, 0.0)
        while Endless.left:
            transport._read(Endless(), inbox)
        return len(inbox)

    assert asyncio.run(read()) == PENDING
    assert health.shed == 500


def test_large_datagrams_are_bounded_by_their_bytes():
    async def fill():
        health = Health(0, "flood", "udp://:1")
        inbox = Inbox(health, 0.0)
        for _ in range(1000):
            inbox.push(Chunk(0.0, bytes(60_000)))
        burst = await anext(inbox.bursts())
        return len(burst), health.shed

    held, shed = asyncio.run(fill())
    assert held == PENDING_BYTES // 60_000
    assert held + shed == 1000


def test_a_sender_refuses_what_no_datagram_holds():
    with UdpSender("udp://127.0.0.1:9") as sender, pytest.raises(BadInput, match="65507 at most"):
        sender.send(b"x" * 65508)
