"""NATS: who is there is proven, alarms wait for who is away, a server may go and come."""

import asyncio
import contextlib
import ssl
import time

import nats
import pytest

from mihari.core.errors import BadInput
from mihari.mesh import nats_transport
from mihari.mesh.keys import Authors
from mihari.mesh.nats_transport import NatsTransport
from mihari.mesh.presence import Presence, alive
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Lane, Refused, Up

from .conftest import LAN, NatsServer, drained, wait_for


def published(server, identity, *messages):
    """Publish (subject, data) with a certificate, past all that a transport sees to."""

    async def publish():
        context = None
        if server.address.startswith("tls"):
            context = ssl.create_default_context(cafile=str(identity.ca))
            context.load_cert_chain(identity.tls_certificate, identity.tls_key)
        client = await nats.connect(f"nats://{server.address.partition('/')[2]}", tls=context, allow_reconnect=False)
        for subject, data in messages:
            await client.publish(subject, data)
        await client.flush()
        await client.close()

    asyncio.run(publish())


@pytest.fixture
def plain(tmp_path, nats_server):
    """A server without TLS."""
    server = NatsServer(tmp_path / "plain")
    yield server
    server.stop()


def joined(coast, name, server, closing):
    return closing(NatsTransport(coast[name], {server.address: LAN}))


def test_an_alarm_waits_for_who_is_away(ryukyu, nats_server, closing):
    a, b = joined(ryukyu, "a", nats_server, closing), joined(ryukyu, "b", nats_server, closing)
    wait_for(b, Up)
    a.close()
    wait_for(b, Down)
    kept, live = (f"mihari.{kind}.{a.author}.{b.author}.{lane}" for kind, lane in (("keep", 0), ("live", 2)))
    published(nats_server, ryukyu["b"], (kept, b"alarm"), (live, b"missed"), (kept, b"another"))
    a = joined(ryukyu, "a", nats_server, closing)
    assert wait_for(a, Up).peer == b.author
    got = [event for event in drained(a) if isinstance(event, Arrival)]
    assert [(event.lane, event.frame) for event in got] == [(Lane.ALARM, b"alarm"), (Lane.ALARM, b"another")]
    a.close()
    assert drained(joined(ryukyu, "a", nats_server, closing), 1.5)[1:] == []  # each once


def test_a_run_that_begins_before_the_last_has_ended_gets_what_was_kept(ryukyu, nats_server, closing, caplog):
    a = joined(ryukyu, "a", nats_server, closing)
    b = joined(ryukyu, "b", nats_server, closing)
    wait_for(b, Up)
    again = NatsTransport(ryukyu["a"], {nats_server.address: LAN})  # the server still counts the other as there
    closing(again)
    time.sleep(1.5)
    a.close()
    published(nats_server, ryukyu["b"], (f"mihari.keep.{a.author}.{b.author}.0", b"alarm"))
    got = [event.frame for event in drained(again, 6.0) if isinstance(event, Arrival)]
    assert b"alarm" in got
    assert "keeps nothing" not in caplog.text


def test_who_shows_another_authoritys_certificate_is_never_up(ryukyu, forged, plain, closing):
    a = joined(ryukyu, "a", plain, closing)
    stranger = joined(forged, "b", plain, closing)
    assert "not signed by this coast's authority" in wait_for(a, Refused).reason
    assert "not signed by this coast's authority" in wait_for(stranger, Refused).reason
    assert not a.send(stranger.author, b"x", Lane.ALARM)
    assert not [event for event in drained(a) if not isinstance(event, Refused)]


def test_a_server_with_tls_takes_nobody_elses_certificate(ryukyu, forged, nats_server, closing):
    a, stranger = joined(ryukyu, "a", nats_server, closing), joined(forged, "b", nats_server, closing)
    assert drained(stranger, 1.5) == []
    assert drained(a, 0.1) == []


def test_presence_proves_itself(ryukyu):
    a, b = ryukyu["a"], ryukyu["b"]
    presence = Presence(Authors(a.ca), lease=3.0)
    with pytest.raises(BadInput, match="expected its own signature"):
        presence.hear(a.author, alive(b, b"12345678"), 0.0)
    forged = alive(a, b"12345678")[:8] + bytes(64) + a.certificate
    with pytest.raises(BadInput, match="expected its own signature"):
        presence.hear(a.author, forged, 0.0)
    assert presence.hear(a.author, alive(a, b"12345678"), 0.0) == (False, True)
    assert presence.hear(a.author, alive(a, b"12345678"), 2.0) == (False, False)
    assert presence.hear(a.author, alive(a, b"another8"), 3.0) == (True, True)
    assert presence.gone(6.0) == []
    assert presence.gone(6.1) == [a.author]
    assert presence.hear(a.author, b"", 7.0) == (False, False)


def test_what_is_no_frame_is_refused_and_counted(ryukyu, nats_server, closing):
    a, b = joined(ryukyu, "a", nats_server, closing), joined(ryukyu, "b", nats_server, closing)
    wait_for(a, Up)
    subject = f"mihari.live.{a.author}.{b.author}"
    published(nats_server, ryukyu["b"], (f"{subject}.2", bytes(FRAME_MAX + 1)), (f"{subject}.9", b"x"))
    assert wait_for(a, Refused) == Refused(b.author, "longer than 65536 bytes", FRAME_MAX + 1)
    assert wait_for(a, Refused) == Refused(b.author, "no frame of a lane", 1)


def test_a_server_may_go_and_come(ryukyu, plain, closing):
    a, b = joined(ryukyu, "a", plain, closing), joined(ryukyu, "b", plain, closing)
    wait_for(a, Up)
    wait_for(b, Up)
    plain.stop()
    for end in (a, b):
        assert isinstance(wait_for(end, Down), Down)
    assert not a.send(b.author, b"x", Lane.ALARM)
    plain.start()
    wait_for(a, Up, 15.0)
    wait_for(b, Up, 15.0)
    assert a.send(b.author, b"again", Lane.ALARM)
    assert wait_for(b, Arrival).frame == b"again"


def test_without_a_server_it_waits_and_closes_soon(ryukyu, closing):
    a = closing(NatsTransport(ryukyu["a"], {"tls/127.0.0.1:9": LAN}))
    assert a.receive(0.5) is None
    begin = time.monotonic()
    a.close()
    assert time.monotonic() - begin < 4.0


def test_nats_needs_a_server(ryukyu):
    with pytest.raises(BadInput, match="expected a \\[\\[link\\]\\] to a NATS server"):
        NatsTransport(ryukyu["a"], {})


def test_a_task_that_loses_its_cancellation_does_not_keep_the_connection(ryukyu, nats_server, monkeypatch):
    """What happened on a busy machine: the client's flush took the cancellation for its own time running out."""

    async def deaf(_client):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(60)

    monkeypatch.setattr(nats_transport, "_flushed", deaf)
    for _ in range(2):  # the second binds the stream that the first held
        transport = NatsTransport(ryukyu["a"], {nats_server.address: LAN})
        time.sleep(1)
        transport.close()
        assert not transport._thread.is_alive()
