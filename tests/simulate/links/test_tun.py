"""Emulated links between network namespaces: real packets of real programs. Skipped without root or /dev/net/tun."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mihari.core.errors import BadInput
from mihari.simulate.links import Namespaces, Shape, TunLink, missing
from mihari.simulate.links.tun import PREFIX

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"network namespaces: {missing()}")

SEND = """
import socket, sys, time
here, to, size, count, rate = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
door.bind((here, 0))
began = time.monotonic()
for k in range(count):
    door.sendto(k.to_bytes(4, "big") + time.monotonic_ns().to_bytes(8, "big") + bytes(size - 40), (to, 9000))
    if k % 10 == 9:
        time.sleep(max(0.0, began + (k + 1) / rate - time.monotonic()))
"""
HEAR = """
import json, socket, sys, time
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
door.bind((sys.argv[1], 9000))
door.settimeout(float(sys.argv[2]))
print("ready", flush=True)
heard = []
try:
    while True:
        piece = door.recv(65536)
        now = time.monotonic_ns()
        door.settimeout(1.0)
        heard.append((int.from_bytes(piece[:4], "big"), (now - int.from_bytes(piece[4:12], "big")) / 1e9, now / 1e9))
except TimeoutError:
    print(json.dumps(heard))
"""
LISTEN = """
import socket, sys
with socket.create_server((sys.argv[1], 9000)) as door:
    print("ready", flush=True)
    sys.stdin.read()
"""
DIAL = """
import socket, sys, time
took = []
for _ in range(5):
    began = time.monotonic()
    socket.create_connection((sys.argv[1], 9000)).close()
    took.append(time.monotonic() - began)
print(min(took))
"""


@pytest.fixture(scope="module")
def spaces():
    with Namespaces("naha", "ship") as made:
        yield made


def heard(spaces, link, size=100, count=100, rate=200.0, patience=15.0):
    """(number, s under way, when it came) of `count` packets of `size` bytes from the first end to the second.

    `patience`: s until the first; none for a second is the end.
    """
    here, there = link.addresses
    hearing = spaces.popen(
        "ship", [sys.executable, "-c", HEAR, there, str(patience)], stdout=subprocess.PIPE, text=True
    )
    assert hearing.stdout.readline() == "ready\n"
    words = [sys.executable, "-c", SEND, here, there, str(size), str(count), str(rate)]
    spaces.popen("naha", words).wait(20.0)
    return json.loads(hearing.communicate(timeout=20.0)[0])


def test_packets_are_under_way_as_long_as_told(spaces):
    with TunLink(spaces, "naha", "ship", Shape(delay=0.05)) as link:
        took = sorted(way for _, way, _ in heard(spaces, link))
    assert len(took) == 100
    assert took[0] >= 0.05
    assert took[5] < 0.06  # not the median: the machine may be busy with something else


def test_packets_come_at_the_rate_of_the_line_and_what_the_queue_cannot_hold_is_dropped(spaces):
    with TunLink(spaces, "naha", "ship", Shape(rate=100_000.0, queue=20_000)) as link:
        came = heard(spaces, link, size=1000, count=600, rate=200.0)
        told = link.stats()["out"]
    assert len(came) * 1000 / (came[-1][2] - came[0][2]) == pytest.approx(100_000, rel=0.1)
    assert 0.1 < sorted(way for _, way, _ in came)[len(came) // 2] < 0.3  # 20,000 bytes in front of it
    assert told["packets"] == len(came)
    assert told["bytes"] == 1000 * len(came)
    assert told["dropped"] == 600 - len(came) > 200


def test_losses_are_counted_and_change_while_it_runs(spaces):
    with TunLink(spaces, "naha", "ship", Shape(loss=0.2)) as link:
        came = heard(spaces, link, count=1000, rate=2000.0)
        assert link.stats()["out"]["lost"] == 1000 - len(came)
        assert 1000 - len(came) == pytest.approx(200, abs=55)
        link.reshape(loss=0.0, delay=0.02)
        came = heard(spaces, link, count=50)
    assert len(came) == 50
    assert min(way for _, way, _ in came) >= 0.02


def test_nothing_gets_through_a_cut_and_all_does_when_it_is_healed(spaces):
    with TunLink(spaces, "naha", "ship") as link:
        link.cut()
        assert heard(spaces, link, count=20, patience=1.0) == []
        assert link.stats()["down"]
        link.heal()
        assert len(heard(spaces, link, count=20)) == 20
        told = link.stats()
    assert (told["out"]["cut"], told["out"]["packets"], told["back"]["packets"]) == (20, 20, 0)


def test_ten_thousand_small_packets_a_second_go_through(spaces):
    with TunLink(spaces, "naha", "ship", Shape(delay=0.02)) as link:
        came = heard(spaces, link, count=20_000, rate=10_000.0)
    assert len(came) > 19_000  # the machine may be busy for a moment
    assert sorted(number for number, _, _ in came) == [number for number, _, _ in came]


def test_in_a_ring_of_six_tcp_connects_in_the_round_trip_of_each_link():
    names = [f"n{k}" for k in range(6)]
    with Namespaces(*names) as spaces:
        links = [TunLink(spaces, names[k], names[(k + 1) % 6], Shape(delay=0.01)) for k in range(6)]
        for link in links:
            link.__enter__()
        for k, link in enumerate(links):
            there = spaces.command(names[(k + 1) % 6], [sys.executable, "-c", LISTEN, link.addresses[1]])
            with subprocess.Popen(there, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as listening:
                assert listening.stdout.readline() == "ready\n"
                words = spaces.command(names[k], [sys.executable, "-c", DIAL, link.addresses[1]])
                took = float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
            assert 0.02 <= took < 0.04  # two ways, not four
        assert all(link.stats()["back"]["packets"] >= 3 for link in links)


def test_congestion_control_is_that_of_the_namespace_where_the_system_allows_it():
    before = left(os.getpid())
    allowed = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control").read_text().split()
    with Namespaces("naha", congestion=allowed[0]) as spaces:
        words = spaces.command("naha", ["cat", "/proc/sys/net/ipv4/tcp_congestion_control"])
        assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() == [allowed[0]]
    with pytest.raises(BadInput, match="tcp_congestion_control"), Namespaces("naha", congestion="dance"):
        pass
    assert left(os.getpid()) == before


def left(pid):
    """The namespaces that are there of a process."""
    told = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout.split()
    return {name for name in told if name.startswith(f"{PREFIX}{pid}-")}


def test_nothing_is_left_behind():
    before = left(os.getpid())
    with Namespaces("a", "b") as spaces, TunLink(spaces, "a", "b"):
        child = spaces.popen("a", ["sleep", "100"])
        keeper = spaces._keeper.pid
        assert len(left(os.getpid()) - before) == 2
    assert left(os.getpid()) == before
    assert child.returncode is not None
    assert not Path(f"/proc/{keeper}").exists()


CRASH = """
import os, signal
from mihari.simulate.links import Namespaces, TunLink
spaces = Namespaces("x", "y").__enter__()
TunLink(spaces, "x", "y").__enter__()
sleeper = spaces.popen("x", ["sleep", "100"])
print(spaces._keeper.pid, sleeper.pid, spaces.control.parent, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_left_behind_by_a_program_that_is_killed():
    crashed = subprocess.Popen([sys.executable, "-c", CRASH], stdout=subprocess.PIPE, text=True)
    *pids, folder = crashed.communicate(timeout=30.0)[0].split()
    (keeper, sleeper), folder = map(int, pids), Path(folder)
    assert crashed.returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline and (Path(f"/proc/{keeper}").exists() or left(crashed.pid)):
        time.sleep(0.05)
    assert left(crashed.pid) == set()
    assert not folder.exists()
    ended = Path(f"/proc/{sleeper}/stat")  # gone, or a zombie that nobody has buried yet
    assert not ended.exists() or ended.read_text().split()[2] == "Z"
