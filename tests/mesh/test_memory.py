"""The network in memory: what a link does to frames is what was asked for, the same in every run."""

import time

import numpy as np
import pytest

from mihari.mesh.memory import MemoryNetwork
from mihari.mesh.transport import FRAME_MAX, Arrival, Down, Lane, Refused, Up


class Virtual:
    now = 0.0


@pytest.fixture
def sea():
    clock = Virtual()
    network = MemoryNetwork(clock)
    return clock, network, network.join("a"), network.join("b")


def drained(transport):
    return list(iter(lambda: transport.receive(0), None))


def arrivals(clock, transport, until, step=0.01):
    """(time, frame) of all that arrives, looked at every `step` s."""
    found = []
    while clock.now < until:
        clock.now += step
        found += [(round(clock.now, 6), e.frame) for e in drained(transport) if isinstance(e, Arrival)]
    return found


def test_frames_need_a_link_and_arrive_after_its_delay(sea):
    clock, network, a, b = sea
    assert not a.send("b", b"early", Lane.LIVE)
    network.link("a", "b", delay=0.25)
    assert not a.send("b", b"not up yet", Lane.LIVE)
    clock.now = 0.5
    assert drained(b) == [Up("a", "memory/a")]
    assert a.send("b", b"x", Lane.LIVE)
    clock.now = 0.74
    assert drained(b) == []
    clock.now = 0.75
    assert drained(b) == [Arrival("a", Lane.LIVE, b"x")]


def test_a_rate_takes_its_time_and_an_idle_line_saves_none_up(sea):
    clock, network, a, b = sea
    network.link("a", "b", rate=1000.0)
    drained(b)
    clock.now = 100.0
    for k in range(3):
        assert a.send("b", bytes([k]) * 500, Lane.LIVE)
    assert [(at, frame[0]) for at, frame in arrivals(clock, b, 103.0, 0.125)] == [(100.5, 0), (101.0, 1), (101.5, 2)]


def test_a_higher_lane_overtakes_what_has_not_begun(sea):
    clock, network, a, b = sea
    network.link("a", "b", rate=1000.0)
    for lane in (Lane.HISTORY, Lane.HISTORY, Lane.LIVE, Lane.CONTROL, Lane.ALARM):
        assert a.send("b", bytes([lane]) * 100, lane)
    assert [frame[0] for _, frame in arrivals(clock, b, 1.0)] == [3, 0, 1, 2, 3]


def test_a_full_queue_takes_no_more_and_never_waits(sea):
    clock, network, a, _b = sea
    network.link("a", "b", rate=1000.0, queue=1000)
    sent = [a.send("b", bytes(400), Lane.LIVE) for _ in range(5)]
    assert sent == [True, True, True, False, False]  # the first has begun
    clock.now = 0.4
    assert a.send("b", bytes(400), Lane.LIVE)


def test_a_lost_frame_comes_later_and_all_behind_it_wait(sea):
    clock, network, a, b = sea
    network.link("a", "b", delay=0.1, loss=0.3, rng=np.random.default_rng(1))
    clock.now = 0.2
    for k in range(50):
        assert a.send("b", bytes([k]), Lane.LIVE)
        clock.now += 0.01
    got = arrivals(clock, b, 3.0)
    assert [frame[0] for _, frame in got] == list(range(50))
    late = [at - 0.3 - 0.01 * k for k, (at, _) in enumerate(got)]
    assert min(late) >= -1e-9
    assert 0.3 < max(late) <= 0.411


def test_the_same_run_gives_the_same_frames():
    def run():
        clock = Virtual()
        network = MemoryNetwork(clock)
        a, b = network.join("a"), network.join("b")
        network.link("a", "b", delay=0.1, rate=5000.0, loss=0.2, rng=np.random.default_rng(7))
        clock.now = 0.3
        for k in range(200):
            a.send("b", bytes([k]) * (1 + k % 90), Lane(k % 4))
        return arrivals(clock, b, 10.0)

    assert run() == run()


def test_a_cut_is_learned_after_the_lease_and_what_was_under_way_is_gone(sea):
    clock, network, a, b = sea
    network.link("a", "b", delay=0.1, lease=3.0)
    clock.now = 0.2
    a.send("b", b"lost", Lane.LIVE)
    network.cut("a", "b")
    clock.now = 3.1
    assert a.send("b", b"lost too", Lane.LIVE)
    assert drained(b) == [Up("a", "memory/a")]
    clock.now = 3.2
    assert drained(a) == [Up("b", "memory/b", "memory/b"), Down("b")]
    assert drained(b) == [Down("a")]
    assert not a.send("b", b"x", Lane.LIVE)
    network.heal("a", "b")
    clock.now = 3.5
    assert drained(b) == [Up("a", "memory/a")]
    assert a.send("b", b"again", Lane.LIVE)
    clock.now = 3.7
    assert drained(b) == [Arrival("a", Lane.LIVE, b"again")]


def test_a_short_cut_only_delays(sea):
    clock, network, a, b = sea
    network.link("a", "b", delay=0.1, rate=1000.0, lease=3.0)
    clock.now = 0.2
    a.send("b", b"1" * 50, Lane.LIVE)
    network.cut("a", "b")
    a.send("b", b"2" * 50, Lane.LIVE)
    assert arrivals(clock, b, 2.0) == []
    network.heal("a", "b")
    assert [frame[:1] for _, frame in arrivals(clock, b, 4.0)] == [b"1", b"2"]
    assert drained(a) == [Up("b", "memory/b", "memory/b")]


def test_a_link_that_was_never_up_goes_down_unseen(sea):
    clock, network, a, b = sea
    network.link("a", "b", delay=1.0)
    network.cut("a", "b")
    clock.now = 5.0
    assert drained(a) + drained(b) == []


def test_who_leaves_is_down_and_comes_back_with_its_links(sea):
    _clock, network, a, b = sea
    network.link("a", "b")
    assert drained(a) == [Up("b", "memory/b", "memory/b")]
    b.close()
    assert drained(a) == [Down("b")]
    again = network.join("b")
    assert drained(a) == [Up("b", "memory/b", "memory/b")]
    assert a.send("b", b"x", Lane.ALARM)
    assert drained(again)[-1] == Arrival("a", Lane.ALARM, b"x")
    assert not b.send("a", b"x", Lane.ALARM)


def test_too_long_a_frame_is_refused_at_both_ends(sea):
    _clock, network, a, b = sea
    rogue = network.join("r", frame_max=1 << 30)
    network.link("r", "b")
    rogue.send("b", bytes(FRAME_MAX + 1), Lane.LIVE)
    assert drained(b)[-1] == Refused("r", "longer than 65536 bytes", FRAME_MAX + 1)
    with pytest.raises(ValueError, match="65537 bytes"):
        a.send("b", bytes(FRAME_MAX + 1), Lane.LIVE)


def test_a_flood_is_bounded_and_told(sea):
    _clock, network, a, b = sea
    network.link("a", "b")
    drained(b)
    for _ in range(1000):
        a.send("b", bytes(FRAME_MAX), Lane.LIVE)
    got = drained(b)
    assert len([e for e in got if isinstance(e, Arrival)]) == 256  # 16 MiB
    assert got[-1] == Refused("a", "flood", 744 * FRAME_MAX, 744)


def test_clocks_that_jump_know_where_to(sea):
    clock, network, a, b = sea
    assert network.soonest() is None
    network.link("a", "b", delay=0.5, rate=100.0)
    got = []
    for at, frame in ((1.0, b"x" * 100), (1.0, b"y" * 100)):
        clock.now = max(clock.now, at)
        a.send("b", frame, Lane.LIVE)
    while (soonest := network.soonest()) is not None:
        clock.now = max(clock.now, soonest)
        got += [(clock.now, e.frame[:1]) for e in drained(b) if isinstance(e, Arrival)] + drained(a)
    assert [g for g in got if isinstance(g, tuple)] == [(2.5, b"x"), (3.5, b"y")]


def test_with_the_real_clock_receive_waits(sea):
    network = MemoryNetwork()
    a, b = network.join("a"), network.join("b")
    network.link("a", "b", delay=0.05)
    begin = time.monotonic()
    assert b.receive(5.0) == Up("a", "memory/a")
    assert 0.09 < time.monotonic() - begin < 4.0
    assert b.receive(0.05) is None
    a.send("b", b"x", Lane.LIVE)
    assert b.receive(5.0) == Arrival("a", Lane.LIVE, b"x")


def test_hundreds_of_thousands_of_frames_a_minute(sea):
    clock, network, a, b = sea
    network.link("a", "b", delay=0.01, rate=1e9)
    clock.now = 1.0
    begin, got = time.process_time(), 0
    for _ in range(200):
        clock.now += 0.02
        for _ in range(100):
            a.send("b", b"x" * 100, Lane.LIVE)
        got += len(drained(b))
    assert got > 19_000
    assert time.process_time() - begin < 4.0  # 20,000 frames: 300,000 a minute on a machine that is busy
