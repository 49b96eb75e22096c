"""Feeds that come and go while a hub runs."""

import os
import random
import socket
import threading
import time

import pytest
from feed_helpers import REAL, at_time, drained, free_port, running, told, until

from mihari.core.errors import BadInput
from mihari.core.reports import Batch
from mihari.feeds import Chunk, FeedAddress, FeedSpec, UdpSender
from mihari.feeds import hub as hub_module
from mihari.feeds.memory import MemoryTransport


def udp(port, **more):
    query = "".join(f"&{key}={value}" for key, value in more.items())
    return FeedSpec(FeedAddress.parse(f"udp://127.0.0.1:{port}?format=ais{query}"))


def states(hub):
    return [h.state for h in hub.health()]


def test_an_unchanged_feed_loses_nothing_while_others_change_around_it():
    port, others = free_port(), [free_port() for _ in range(4)]
    stopped = threading.Event()
    sent = 0
    with running(udp(port)) as (hub, inputs), UdpSender(f"udp://127.0.0.1:{port}") as sender:
        until(lambda: states(hub) == ["listening"])

        def change():
            for turn in range(8):
                hub.change([udp(others[turn % 4]), udp(port)])
                time.sleep(0.1)
            stopped.set()

        thread = threading.Thread(target=change)
        thread.start()
        while not stopped.is_set():
            sender.send(at_time(1_700_000_000 + sent))
            sent += 1
            time.sleep(0.002)
        thread.join()
        until(lambda: hub.healths[0].messages == sent)
        found = [b.reports for b in drained(inputs) if isinstance(b, Batch)]
        offsets = [o for r in found for o in r.offset[r.feed == 0].tolist()]
    assert offsets == list(range(sent))
    assert [h.index for h in hub.health()] == list(range(9))


def test_an_index_is_never_given_twice_and_a_removed_feed_keeps_its_counts():
    one, two = free_port(), free_port()
    with running(udp(one, name="one")) as (hub, inputs), UdpSender(f"udp://127.0.0.1:{one}") as sender:
        until(lambda: states(hub) == ["listening"])
        sender.send(REAL)
        until(lambda: hub.healths[0].messages == 1)
        hub.change([udp(two, name="two")])
        until(lambda: states(hub) == ["removed", "listening"])
        hub.change([udp(one, name="one again")])
        until(lambda: states(hub) == ["removed", "removed", "listening"])
        sender.send(REAL)
        until(lambda: hub.healths[2].messages == 1)
        assert [h.messages for h in hub.health()] == [1, 0, 1]
        assert [set(b.reports.feed.tolist()) for b in drained(inputs)] == [{0}, {2}]


def test_another_name_is_no_other_feed():
    port = free_port()
    with running(udp(port, name="one")) as (hub, _):
        until(lambda: states(hub) == ["listening"])
        hub.change([udp(port, name="two")])
        assert [(h.name, h.state) for h in hub.health()] == [("two", "listening")]


def test_of_removed_feeds_the_last_ones_are_shown(monkeypatch):
    monkeypatch.setattr(hub_module, "REMOVED", 2)
    ports = [free_port() for _ in range(5)]
    with running(udp(ports[0])) as (hub, _):
        for port in ports[1:]:
            hub.change([udp(port)])
        until(lambda: states(hub) == ["removed", "removed", "listening"])
        assert [h.index for h in hub.health()] == [2, 3, 4]


def test_a_hub_without_live_feeds_takes_some_on_and_all_ended_is_told(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000))
    memory = FeedSpec(FeedAddress.parse("udp://:1", "ais"), MemoryTransport([Chunk(1e9, REAL)]))
    with running(memory) as (hub, inputs):
        until(lambda: hub.ended)
        port = free_port()
        recording = FeedSpec(FeedAddress.parse(f"file:{tmp_path}/a.nmea?speed=max"))
        hub.change([memory, udp(port), recording])
        assert not hub.ended
        until(lambda: states(hub) == ["ended", "listening", "ended"])
        assert len(told(drained(inputs))) == 2


def test_a_recording_that_is_removed_ends(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000) + at_time(1_000_000_003) * 1000)
    recording = FeedSpec(FeedAddress.parse(f"file:{tmp_path}/a.nmea"))
    keep = udp(free_port())
    with running(recording, keep) as (hub, inputs):
        until(lambda: states(hub) == ["connected", "listening"])
        hub.change([keep])
        until(lambda: hub._lines[0].over)
        assert states(hub) == ["removed", "listening"]
        assert len(told(drained(inputs))) <= 1001


def test_a_hub_that_only_plays_recordings_refuses_and_plays_on(tmp_path):
    (tmp_path / "a.nmea").write_bytes(at_time(1_000_000_000) + at_time(1_000_000_001))
    recording = FeedSpec(FeedAddress.parse(f"file:{tmp_path}/a.nmea"))
    with running(recording) as (hub, inputs):
        with pytest.raises(BadInput, match="keeps its feeds until it ends"):
            hub.change([udp(free_port())])
        until(lambda: hub.ended)
        assert len(told(drained(inputs))) == 2


def test_a_port_that_becomes_free_is_taken():
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", port))
        with running(udp(port)) as (hub, _):
            until(lambda: states(hub) == ["failed"])
            holder.close()
            until(lambda: states(hub) == ["listening"])
            assert hub.health()[0].problem == ""


def test_any_order_of_changes_leaves_just_the_feeds_that_were_asked_for():
    rng = random.Random(7)
    ports = [free_port() for _ in range(4)]
    before = len(os.listdir("/proc/self/fd"))
    with running(udp(ports[0])) as (hub, _):
        for _ in range(15):
            asked = rng.sample(ports, rng.randrange(1, 5))
            hub.change([udp(port) for port in asked])
            if rng.random() < 0.5:
                time.sleep(0.02)
        until(lambda: sorted(h.url for h in hub.health() if h.state == "listening") == sorted(
            f"udp://127.0.0.1:{port}?format=ais" for port in asked
        ))  # fmt: skip
        assert all(h.state in ("listening", "removed") for h in hub.health())
    until(lambda: len(os.listdir("/proc/self/fd")) <= before + 1)
