"""The routing layer on small instances whose optimum a brute force finds, and on what must be refused."""

import itertools
import math

import numpy as np
import pytest
from benchmarks.patrol_routes import Instance, instances, profit

from mihari.core.errors import BadInput
from mihari.patrol.routing import Job, Van, best_tours, route
from recordings import recording

SECONDS = 5.0  # that a search may take; small ones stop when they have found everything
SIX = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])


def places(seed, count=8):
    """Times between places at random in a square, with wind: (n, n), not symmetric."""
    rng = np.random.default_rng(seed)
    at, wind = rng.uniform(0, 10, (count, 2)), rng.uniform(-0.4, 0.4, 2)
    way = at[None] - at[:, None]
    return np.linalg.norm(way, axis=2) - way @ wind


def optimum(travel, prizes, start, end, limit, count):
    """The most that `count` tours can collect, by trying every order of every set and every way to share them out."""
    inside = [i for i in range(len(travel)) if i not in (start, end)]
    one = {0: 0.0}
    for size in range(1, len(inside) + 1):
        for order in itertools.permutations(inside, size):
            way = (start, *order, end)
            if sum(travel[a, b] for a, b in itertools.pairwise(way)) <= limit:
                one[sum(1 << i for i in order)] = sum(prizes[i] for i in order)
    together = dict(one)
    for _ in range(count - 1):
        more = dict(together)
        for (a, earned), (b, also) in itertools.product(together.items(), one.items()):
            if not a & b:
                more[a | b] = max(more.get(a | b, 0.0), earned + also)
        together = more
    return max(together.values())


def collected(travel, prizes, tours, start, end, limit, count):
    """Sum of the prizes of tours that keep the rules."""
    seen = [place for tour in tours for place in tour[1:-1]]
    assert len(tours) <= count
    assert len(seen) == len(set(seen))
    assert not {start, end} & set(seen)
    for tour in tours:
        assert (tour[0], tour[-1]) == (start, end)
        assert sum(travel[a, b] for a, b in itertools.pairwise(tour)) <= limit + 1e-9
    return sum(prizes[place] for place in seen)


@pytest.mark.parametrize("seed", range(12))
def test_the_optimum_of_small_instances_with_wind_is_found(seed):
    rng = np.random.default_rng(seed)
    travel, prizes = places(seed), np.round(rng.uniform(1, 10, 8), 2)
    start, end, limit, count = 0, seed % 2, float(rng.uniform(8, 20)), 1 + seed % 3
    tours = best_tours(travel, prizes, start, end, limit, count, SECONDS, rounds=5)
    found = collected(travel, prizes, tours, start, end, limit, count)
    assert found == pytest.approx(optimum(travel, prizes, start, end, limit, count))


@pytest.mark.parametrize("seed", range(3))
def test_the_optimum_is_found_where_a_third_of_the_ways_is_missing(seed):
    rng = np.random.default_rng(seed)
    travel = np.where(rng.random((7, 7)) < 0.3, math.inf, places(seed, 7))
    tours = best_tours(travel, np.ones(7), 0, 1, 20.0, 2, SECONDS, rounds=5)
    assert collected(travel, np.ones(7), tours, 0, 1, 20.0, 2) == optimum(travel, np.ones(7), 0, 1, 20.0, 2)


def test_a_ring_that_is_one_way_is_gone_round_whole_or_not_at_all():
    travel = np.full((8, 8), math.inf)
    travel[np.arange(8), (np.arange(8) + 1) % 8] = 1.0
    assert best_tours(travel, np.ones(8), 0, 0, 8.0, 2, SECONDS, rounds=4) == [(0, 1, 2, 3, 4, 5, 6, 7, 0)]
    assert best_tours(travel, np.ones(8), 0, 0, 7.5, 2, SECONDS, rounds=4) == []


def test_places_without_a_way_are_left_out_even_where_time_is_not_short():
    travel = np.ones((4, 4))
    travel[:3, 3] = math.inf
    assert best_tours(travel, np.ones(4), 0, 0, math.inf, 1, SECONDS, rounds=3) in ([(0, 1, 2, 0)], [(0, 2, 1, 0)])


def test_vans_differ_in_matrix_ends_and_limit():
    line = np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0)))
    jobs = [Job(i, SIX[i]) for i in range(1, 6)]
    slow, quick = Van(0, 0, 0, longest=2.0), Van(1, 5, 5, early=7.0, longest=3.0)
    routes = {one.van: one for one in route([line, line / 2], jobs, [slow, quick], SECONDS, rounds=4)}
    assert [jobs[j].location for j in routes[0].jobs] == [1]
    assert sorted(jobs[j].location for j in routes[1].jobs) == [2, 3, 4, 5]
    assert all(7.0 <= time <= 10.0 for time in routes[1].times)


def test_time_that_a_job_takes_counts():
    line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    jobs = [Job(1, 5.0, takes=3.0), Job(2, 4.0)]
    (only,) = route([line], jobs, [Van(0, 0, 0, longest=5.0)], SECONDS, rounds=3)
    assert only.jobs == (0,)
    (both,) = route([line], jobs, [Van(0, 0, 0, longest=7.0)], SECONDS, rounds=3)
    assert sorted(both.jobs) == [0, 1]


def test_without_prizes_time_or_vans_there_are_no_routes():
    travel = places(1)
    assert best_tours(travel, np.zeros(8), 0, 0, 20.0, 2, SECONDS) == []
    assert best_tours(travel, np.ones(8), 0, 0, 0.0, 2, SECONDS, rounds=3) == []
    assert best_tours(travel, np.ones(8), 0, 0, 20.0, 0, SECONDS) == []
    assert route([travel], [], [Van(0, 0, 0)], SECONDS) == []
    assert best_tours(np.zeros((1, 1)), np.ones(1), 0, 0, 20.0, 1, SECONDS) == []


def test_the_same_seed_gives_the_same_tours_and_leaves_its_input_alone():
    rng = np.random.default_rng(4)
    travel, prizes = places(4, 40), rng.uniform(1, 10, 40)
    before = travel.copy(), prizes.copy()
    tours = [best_tours(travel, prizes, 0, 1, 20.0, 3, 60.0, seed, rounds=3) for seed in (1, 1, 2)]
    assert tours[0] == tours[1] != tours[2]
    np.testing.assert_array_equal(travel, before[0])
    np.testing.assert_array_equal(prizes, before[1])


def test_all_prizes_collected_ends_the_search():
    travel = places(5, 30)
    assert sum(len(tour) - 2 for tour in best_tours(travel, np.ones(30), 0, 0, 1e3, 1, 250.0)) == 29


def test_windows_are_kept_at_times_since_1970():
    line = 600.0 * np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    begin = 1.7e9
    jobs = [Job(1, 1.0, begin + 3600, begin + 4000), Job(2, 1.0, begin, begin + 1300), Job(3, 1.0, begin, begin + 1700)]
    jobs.append(Job(1, 9.0, begin - 100, begin - 1))  # over before anybody starts
    (only,) = route([line], jobs, [Van(0, 0, 0, begin, begin + 6000)], 0.3)
    assert only.jobs == (1, 0)
    assert jobs[1].early + 1200 <= only.times[0] <= jobs[1].late
    assert jobs[0].early <= only.times[1] <= jobs[0].late


def test_what_lies_beyond_the_horizon_does_not_blur_windows():
    travel = np.where(np.eye(4) > 0, 0.0, 1.0)
    travel[3] = travel[:, 3] = 1e12  # as good as no way
    jobs = [Job(1, 1.0, 1.0, 1.01), Job(2, 1.0, 2.0, 1e15), Job(3, 5.0), Job(1, 1.0, early=1e14, takes=1e15)]
    (only,) = route([travel], jobs, [Van(0, 0, 0, 0.0, 3.0)], 0.2)
    assert only.jobs == (0, 1)
    assert only.times == pytest.approx((1.0, 2.0), abs=1e-3)


def test_windows_and_no_way_give_no_route():
    travel = np.array([[0.0, math.inf], [math.inf, 0.0]])
    assert route([travel], [Job(1, 5.0, early=2.0)], [Van(0, 0, 0)], 0.2) == []


SQUARE = np.ones((3, 3))


@pytest.mark.parametrize(
    ("travel", "jobs", "vans", "message"),
    [
        ([], [], [], "no matrix"),
        ([np.ones((3, 2))], [], [], "shape"),
        ([SQUARE, np.ones((2, 2))], [], [], "shape"),
        ([np.full((3, 3), np.nan)], [], [], "not a number"),
        ([-SQUARE], [], [], "negative"),
        ([SQUARE], [Job(3, 1.0)], [], "location 3"),
        ([SQUARE], [Job(-1, 1.0)], [], "location -1"),
        ([SQUARE], [Job(0, -1.0)], [], "prize -1"),
        ([SQUARE], [Job(0, math.nan)], [], "prize nan"),
        ([SQUARE], [Job(0, 1.0, takes=math.inf)], [], "takes inf"),
        ([SQUARE], [Job(0, 1.0, 5.0, 4.0)], [], "window"),
        ([SQUARE], [Job(0, 1.0, math.nan)], [], "window"),
        ([SQUARE], [], [Van(1, 0, 0)], "matrix 1"),
        ([SQUARE], [], [Van(0, 0, 3)], "locations"),
        ([SQUARE], [], [Van(0, 0, 0, 5.0, 4.0)], "window"),
        ([SQUARE], [], [Van(0, 0, 0, longest=math.nan)], "expected a window and a time"),
    ],
)
def test_what_cannot_be_routed_is_refused(travel, jobs, vans, message):
    with pytest.raises(BadInput, match=message):
        route(travel, jobs, vans, 1.0)


def test_bad_calls_are_refused():
    for seconds, seed in ((math.nan, 1), (-1.0, 1), (1.0, -1)):
        with pytest.raises(BadInput, match="expected 0 or more"):
            route([SQUARE], [], [], seconds, seed)
    with pytest.raises(BadInput, match="prizes"):
        best_tours(SQUARE, np.ones(2), 0, 0, 1.0, 1, 1.0)
    for limit, count in ((math.nan, 1), (-1.0, 1), (1.0, -1)):
        with pytest.raises(BadInput, match="expected"):
            best_tours(SQUARE, np.ones(3), 0, 0, limit, count, 1.0)


def test_whole_numbers_are_numbers():
    travel = np.ones((3, 3), np.int64)
    (only,) = best_tours(travel, np.array([0, 2, 3]), 0, 0, 3, 1, SECONDS, rounds=2)
    assert sorted(only[1:-1]) == [1, 2]


def test_jobs_at_one_location_are_done_together():
    apart = np.where(np.eye(3) > 0, math.inf, 2.0)
    jobs = [Job(1, 1.0), Job(1, 2.0, takes=0.5), Job(2, 1.0)]
    (only,) = route([apart], jobs, [Van(0, 0, 0, longest=4.5)], SECONDS, rounds=3)
    assert sorted(only.jobs) == [0, 1]


def greedy(travel, prizes, end, limit, count):
    """What tours collect that always go on to where a prize is nearest for its size, while they still come home."""
    left, total = set(range(2, len(travel))), 0.0
    for _ in range(count):
        at, spent = 0, 0.0
        while able := [i for i in left if spent + travel[at, i] + travel[i, end] <= limit]:
            on = max(able, key=lambda i: prizes[i] / travel[at, i])
            at, spent, total = on, spent + travel[at, on], total + prizes[on]
            left.remove(on)
    return total


@pytest.mark.parametrize("count", [1, 3])
def test_hundreds_of_places_keep_the_rules_and_are_better_than_greedy(count):
    rng = np.random.default_rng(9)
    at = rng.uniform(0, 100, (300, 2))
    travel, prizes = np.linalg.norm(at[:, None] - at, axis=2), rng.uniform(1, 9, 300)
    tours = best_tours(travel, prizes, 0, 1, 150.0, count, SECONDS, rounds=1)
    found = collected(travel, prizes, tours, 0, 1, 150.0, count)
    assert found > 1.1 * greedy(travel, prizes, 1, 150.0, count)


@pytest.mark.recordings
@pytest.mark.parametrize("name", ["p6.2.l", "p3.2.o"])
def test_published_instances_come_near_their_reference(name):
    recording("patrol/top-chao/reference_profits.txt")
    (one,) = instances([name])
    tours = best_tours(one.apart, one.profit, 0, len(one.places) - 1, one.limit, one.vehicles, 60.0, rounds=3)
    assert one.gap(profit(one, tours)) <= 3.0


def test_the_benchmark_refuses_tours_that_break_a_rule():
    places = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]])
    one = Instance("four", places, np.array([0.0, 5.0, 6.0, 0.0]), 1, 3.0, 11.0)
    assert profit(one, [(0, 1, 2, 3)]) == 11.0
    for tours in ([(0, 2, 1, 3)], [(0, 1, 3), (0, 2, 3)], [(0, 1, 2)], [(1, 2, 3)], [(0, 1, 1, 3)], [(0, 1, 3, 3)]):
        with pytest.raises(ValueError, match="four"):
            profit(one, tours)
