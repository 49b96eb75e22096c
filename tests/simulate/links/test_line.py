"""What one direction of a link does to what is sent on it, by a clock that the test holds."""

import math

import pytest

from mihari.simulate.links import SHAPES, Direction, Loss, Shape
from mihari.simulate.links.control import answer


def drained(way, until=1e9):
    """(when, thing) of all that arrives."""
    arrived = []
    while (now := way.next) <= until:
        arrived += [(now, thing) for thing in way.due(now)]
    return arrived


def test_what_is_sent_comes_after_its_size_over_the_rate_and_the_delay():
    way = Direction(Shape(delay=0.2, rate=1000.0))
    assert all(way.offer(0.0, k, 100) for k in range(5))
    assert [when for when, _ in drained(way)] == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7])


def test_a_full_queue_drops_what_comes_last():
    way = Direction(Shape(rate=1000.0, queue=300))
    taken = [way.offer(0.0, k, 100) for k in range(10)]
    assert taken == [True] * 4 + [False] * 6  # one on the line, three that wait
    assert [thing for _, thing in drained(way)] == [0, 1, 2, 3]
    assert way.counts.dropped == 6
    assert way.counts.held == 0


def test_packets_are_lost_as_often_as_told_and_the_same_ones_each_time():
    def lost(seed):
        way = Direction(Shape(loss=0.05), seed=seed)
        for k in range(10_000):
            way.offer(0.0, k, 100)
        return {*range(10_000)} - {thing for _, thing in drained(way)}, way.counts

    first, counts = lost("a")
    assert len(first) == counts.lost == pytest.approx(500, abs=90)  # 4 standard deviations
    assert counts.packets + counts.lost == 10_000
    assert first == lost("a")[0] != lost("b")[0]


def test_a_lost_piece_of_a_stream_comes_later_and_all_behind_it_waits():
    way = Direction(Shape(delay=0.1, loss=1.0), Loss.STALL)
    way.offer(0.0, "lost", 100)
    way.reshape(loss=0.0)
    way.offer(0.01, "behind", 100)
    assert drained(way) == [(pytest.approx(0.1 + 0.4), "lost"), (pytest.approx(0.1 + 0.4), "behind")]
    assert way.counts.lost == 1


def test_a_cut_loses_packets_and_keeps_a_stream():
    packets, stream = Direction(Shape(delay=1.0)), Direction(Shape(delay=1.0, rate=100.0), Loss.STALL)
    for way in (packets, stream):
        way.offer(0.0, "before", 50)
        way.cut()
        way.offer(0.2, "during", 50)
        assert way.next == math.inf
        assert way.due(100.0) == []
        way.heal(100.0)
        way.offer(100.0, "after", 50)
    assert [thing for _, thing in drained(packets)] == ["after"]
    assert packets.counts.cut == 2
    assert drained(stream) == [(101.5, "before"), (102.0, "during"), (102.5, "after")]


def test_nothing_overtakes_when_the_delay_shrinks():
    way = Direction(Shape(delay=1.0))
    way.offer(0.0, "first", 1)
    way.reshape(delay=0.0)
    way.offer(0.1, "second", 1)
    assert [thing for _, thing in drained(way)] == ["first", "second"]


def test_a_stream_through_a_lossy_satellite_is_slower_than_the_line_but_comes_whole():
    way, now, sent = Direction(SHAPES["satellite"], Loss.STALL), 0.0, 0
    arrived = []
    while now < 60.0:
        while way.held < way.shape.room:
            way.offer(now, sent, 1448)
            sent += 1
        now = way.next
        arrived += way.due(now)
    assert arrived == list(range(len(arrived)))
    assert len(arrived) * 1448 / 60 == pytest.approx(32_000, rel=0.1)
    assert way.counts.lost == pytest.approx(0.05 * len(arrived), rel=0.4)


@pytest.mark.parametrize("wrong", [{"delay": -1.0}, {"rate": math.inf}, {"loss": 1.1}, {"queue": 0}])
def test_a_link_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="found Shape"):
        Shape(**wrong)


def test_control_lines_change_links_and_nonsense_is_told():
    class Link:
        def __init__(self):
            self.done = []

        def __getattr__(self, name):
            return lambda **told: self.done.append((name, told))

    links = {"a": Link(), "b": Link()}
    assert [answer(links, line) for line in ("cut a", "heal *", "rate b 8000", "queue b 100")] == ["ok"] * 4
    assert links["a"].done == [("cut", {}), ("heal", {})]
    assert links["b"].done == [("heal", {}), ("reshape", {"rate": 8000.0}), ("reshape", {"queue": 100})]
    for line in ("", "cut", "cut c", "rate a much", "queue a 1.5", "stats a b", "rate a"):
        assert answer(links, line).startswith("error: "), line
