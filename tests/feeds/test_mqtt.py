"""MQTT with a real broker: wildcards, restarts, passwords, retained messages, TLS."""

import contextlib
import socket
import subprocess

import pytest
from broker import MOSQUITTO, Broker
from feed_helpers import REAL, drained, free_port, running, told, until
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


@contextlib.contextmanager
def publisher(port, user=None, password=None):
    client = paho.Client(CallbackAPIVersion.VERSION2)
    if user:
        client.username_pw_set(user, password)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield lambda topic, data, **more: client.publish(topic, data, qos=1, **more).wait_for_publish(20)
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_killed_broker_is_told_and_messages_come_again_when_it_is_back(tmp_path):
    port = free_port(socket.SOCK_STREAM)
    with (
        Broker(tmp_path, port) as broker,
        running(f"mqtt://127.0.0.1:{port}/ais/+/raw/#?format=ais&qos=1&name=coast") as (hub, inputs),
    ):
        until(lambda: hub.health()[0].state == "connected")
        with publisher(port) as publish:
            publish("ais/cape/raw", REAL)  # no line end: a message ends its line
            publish("ais/cape/raw/more", REAL + b"\r\n" + REAL + b"\r\n")
            publish("ais/cape/other", REAL)
            until(lambda: hub.health()[0].messages == 3)
        broker.kill()
        until(lambda: hub.health()[0].state == "waiting")
        assert hub.health()[0].problem.startswith("coast: ")
        until(lambda: "nobody listens there; next try in" in hub.health()[0].problem)
        broker.start()
        until(lambda: hub.health()[0].state == "connected")
        with publisher(port) as publish:
            publish("ais/b/raw", REAL)
            until(lambda: hub.health()[0].messages == 4)
        assert hub.health()[0].problem == ""
        assert hub.health()[0].noticed == {"connection lost": 1}
        found = drained(inputs)
    assert told(found) == [366730000] * 4


def test_a_message_the_broker_kept_is_refused_because_its_age_is_unknown(tmp_path):
    port = free_port(socket.SOCK_STREAM)
    with Broker(tmp_path, port), publisher(port) as publish:
        publish("ais", REAL, retain=True)
        with running(f"mqtt://127.0.0.1:{port}/ais?format=ais") as (hub, inputs):
            until(lambda: hub.health()[0].refused == {"retained": 1})
            publish("ais", REAL)
            until(lambda: hub.health()[0].messages == 1)
            assert told(drained(inputs)) == [366730000]


def test_a_wrong_password_is_told_without_saying_it(tmp_path, caplog):
    passwords, port = tmp_path / "passwords", free_port(socket.SOCK_STREAM)
    passwords.write_text("ship:right-word\n")
    subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True, capture_output=True)
    with Broker(tmp_path, port, "allow_anonymous false", f"password_file {passwords}"), caplog.at_level(0):
        with running(f"mqtt://ship:wrong%40word@127.0.0.1:{port}/ais?format=ais") as (hub, _):
            until(lambda: hub.health()[0].state == "waiting")
            refused = hub.health()[0]
        with running(f"mqtt://ship:right-word@127.0.0.1:{port}/ais?format=ais") as (hub, _):
            until(lambda: hub.health()[0].state == "connected")
            well = hub.health()[0]
    assert "the broker refuses us (not authorized)" in refused.problem
    assert well.url == f"mqtt://ship:***@127.0.0.1:{port}/ais?format=ais"
    for text in (caplog.text, str(refused), str(well)):
        assert "word" not in text


def test_a_lasting_session_gets_what_came_while_the_node_was_away(tmp_path):
    port = free_port(socket.SOCK_STREAM)
    address = f"mqtt://127.0.0.1:{port}/ais?format=ais&qos=1&client=naha"
    with Broker(tmp_path, port), publisher(port) as publish:
        with running(address) as (hub, _):
            until(lambda: hub.health()[0].state == "connected")
        publish("ais", REAL)
        with running(address) as (hub, inputs):
            until(lambda: hub.health()[0].messages == 1)
            assert told(drained(inputs)) == [366730000]


@pytest.fixture
def certificate(tmp_path):
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    return key, made


def test_tls_needs_a_certificate_that_is_trusted(tmp_path, certificate):
    key, made = certificate
    port = free_port(socket.SOCK_STREAM)
    tls = (f"certfile {made}", f"keyfile {key}", "allow_anonymous true")
    with Broker(tmp_path, port, *tls):
        with running(f"mqtts://127.0.0.1:{port}/ais?format=ais&ca={made}") as (hub, _):
            until(lambda: hub.health()[0].state == "connected")
        with running(f"mqtts://127.0.0.1:{port}/ais?format=ais") as (hub, _):
            until(lambda: hub.health()[0].state == "waiting")
            assert "the broker's certificate is not trusted" in hub.health()[0].problem
        with running(f"mqtts://127.0.0.1:{port}/ais?format=ais&ca={tmp_path}/none.pem") as (hub, _):
            until(lambda: hub.health()[0].state == "failed")
            assert "expected ca= and a file with a certificate (PEM)" in hub.health()[0].problem
