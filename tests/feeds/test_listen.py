"""Our TCP server: several peers at once, each with its own lines."""

import os
import socket
import struct
import time

import pytest
from feed_helpers import REAL, drained, free_port, listening, running, told, until

from mihari.feeds import listen


def peer(port):
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def test_several_peers_send_and_one_with_broken_lines_does_not_spoil_another():
    port = free_port(socket.SOCK_STREAM)
    with running(f"tcp-listen://127.0.0.1:{port}") as (hub, inputs):
        listening(hub)
        with peer(port) as one, peer(port) as other:
            until(lambda: hub.health()[0].peers == 2)
            one.sendall(REAL[:20])
            until(lambda: True)
            other.sendall(b"\xff" * 300 + b"\r\n" + REAL + b"\r\n!AIVDM,half of")
            until(lambda: hub.health()[0].messages == 1)
            one.sendall(REAL[20:] + b"\r\n")
            until(lambda: hub.health()[0].messages == 2)
        until(lambda: hub.health()[0].peers == 0)
        until(lambda: sum(hub.health()[0].refused.values()) == 1)  # the half line, once its peer is gone
        assert hub.health()[0].state == "listening"
        found = drained(inputs)
    assert told(found) == [366730000] * 2


def test_a_peer_that_never_ends_its_line_is_cut_off_in_bounded_memory_and_the_next_line_is_read():
    port = free_port(socket.SOCK_STREAM)
    with running(f"tcp-listen://127.0.0.1:{port}") as (hub, _):
        listening(hub)
        with peer(port) as one:
            for _ in range(200):
                one.sendall(b"!AIVDM," + b"x" * 50_000)
            one.sendall(b"\r\n" + REAL + b"\r\n")
            until(lambda: hub.health()[0].messages == 1)
        health = hub.health()[0]
    assert health.refused == {"too_long": 1}
    assert len(health.last_refused[0].data) == 256


def test_more_peers_than_allowed_are_turned_away_and_counted(monkeypatch):
    monkeypatch.setattr(listen, "PEERS", 2)
    port = free_port(socket.SOCK_STREAM)
    with running(f"tcp-listen://127.0.0.1:{port}") as (hub, _):
        listening(hub)
        with peer(port), peer(port):
            until(lambda: hub.health()[0].peers == 2)
            with peer(port) as third:
                assert third.recv(1) == b""
            assert hub.health()[0].noticed == {"too many peers": 1}
        until(lambda: hub.health()[0].peers == 0)
        with peer(port) as again:
            again.sendall(REAL + b"\r\n")
            until(lambda: hub.health()[0].messages == 1)


def test_a_port_in_use_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(f"tcp-listen://127.0.0.1:{port}") as (hub, _):
            until(lambda: hub.health()[0].state == "failed")
            assert hub.health()[0].problem == (
                f"tcp-listen://127.0.0.1:{port}: port {port} is in use by another program"
            )


def test_a_peer_that_vanishes_without_a_word_is_found_within_a_minute():
    from mihari.feeds.retry import keep_alive

    with socket.create_server(("127.0.0.1", 0)) as server, peer(server.getsockname()[1]) as sock:
        keep_alive(sock)
        options = ("KEEPIDLE", "KEEPINTVL", "KEEPCNT", "USER_TIMEOUT")
        idle, interval, count, unanswered = (
            sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, f"TCP_{name}")) for name in options
        )
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert idle + interval * count == 60  # s
    assert unanswered == 60_000  # ms


@pytest.mark.parametrize("role", ["server", "client"])
def test_a_half_open_connection_is_dropped_by_keepalive(monkeypatch, role):
    """A peer whose machine lost its memory: it neither says goodbye nor knows the connection (TCP_REPAIR of Linux)."""
    from mihari.feeds import listen, retry, tcp

    def soon(sock):
        retry.keep_alive(sock)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)

    monkeypatch.setattr(listen, "keep_alive", soon)
    monkeypatch.setattr(tcp, "keep_alive", soon)
    port = free_port(socket.SOCK_STREAM)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"tcp-listen://127.0.0.1:{port}" if role == "server" else f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with running(url) as (hub, _):
            listening(hub)
            far = peer(port) if role == "server" else server.accept()[0]
            far.sendall(REAL + b"\r\n")
            until(lambda: hub.health()[0].messages == 1)
            try:
                far.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
            except OSError:
                pytest.skip("needs the right to repair connections (CAP_NET_ADMIN)")
            far.close()  # nothing leaves this machine
            if role == "server":
                until(lambda: hub.health()[0].peers == 0, 20)
            else:
                server.close()
                until(lambda: hub.health()[0].state == "waiting", 20)


TCP_REPAIR = 19  # linux/tcp.h


def test_peers_that_come_and_go_leave_nothing_behind():
    port = free_port(socket.SOCK_STREAM)
    with running(f"tcp-listen://127.0.0.1:{port}") as (hub, _):
        listening(hub)
        before = len(os.listdir("/proc/self/fd"))
        for i in range(300):
            with peer(port) as one:
                one.sendall((REAL + b"\r\n")[: 10 + i % 60])
                if i % 3 == 0:  # gone with a reset
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        until(lambda: hub.health()[0].peers == 0 and len(os.listdir("/proc/self/fd")) <= before)
        time.sleep(0.3)  # what they sent is decoded
        with peer(port) as one:
            messages = hub.health()[0].messages
            one.sendall(REAL + b"\r\n")
            until(lambda: hub.health()[0].messages == messages + 1)
