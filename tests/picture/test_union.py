"""One truth: nodes that track the same vessels come to one row per vessel, one name for it, and stay with it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.picture.made_nodes import Sea, key, states_of, truth_of

from mihari.core.picture import Picture, Source, Vessels, VesselStatus
from mihari.core.shared import Decision, Foreign, Shared, Verdict
from mihari.picture.union import Union, UnionSettings
from mihari.picture.union.ids import FIRST


def spread(rng, n, apart, speed=4.0):
    """(n, 4) vessels in a grid, no two nearer than half of what they are `apart`, m."""
    side = int(np.ceil(np.sqrt(n)))
    place = apart * np.column_stack(np.divmod(np.arange(n), side)) - apart * side / 2
    return np.hstack([place + rng.uniform(-apart / 4, apart / 4, (n, 2)), rng.normal(0.0, speed, (n, 2))])


class Net:
    """A union at each node of a sea; what each node shows, second by second."""

    def __init__(self, sea, settings=None):
        self.sea = sea
        self.unions = [Union(key(n.number), f"node {n.number}", settings) for n in sea.nodes]
        self.shown = [None] * len(sea.nodes)
        self.parted = False
        self.decisions, self.more = (), {}

    def run(self, seconds, watch=None):
        self.sea.run(seconds, lambda: self.step(watch))
        return self.shown

    def step(self, watch=None):
        pictures = [n.picture() for n in self.sea.nodes]
        told = [n.foreign(**self.more.get(n.number, {})) for n in self.sea.nodes]
        for k, union in enumerate(self.unions):
            others = [] if self.parted else [f for j, f in enumerate(told) if j != k]
            self.shown[k] = union.take(pictures[k], others, self.decisions, self.sea.time)
        if watch is not None:
            watch(self.shown)

    def refs(self, k):
        """(author, number) of each row at node k, in order."""
        p = self.shown[k]
        return sorted(zip([p.keys[o] for o in p.vessels.owner.tolist()], p.vessels.number.tolist(), strict=True))

    def vessel(self, k):
        """Which true vessel each row at node k is, by its name."""
        p = self.shown[k]
        node = {key(n.number): n for n in self.sea.nodes}
        return [truth_of(node[p.keys[o]], v) for o, v in zip(p.vessels.owner, p.vessels.number, strict=True)]


def groups_of(union):
    """The members of each group, as a node holds them: sets of (author, number)."""
    found = {}
    for k, label in zip(union._correlation._keys.tolist(), union._correlation._label.tolist(), strict=True):
        found.setdefault(label, set()).add((k >> 44, k & (1 << 44) - 1))
    return [group for group in found.values() if len(group) > 1]


def wrong_groups(net, k):
    """How many groups of node k hold two vessels, and how many groups there are."""
    node = {net.unions[k].authors.find(key(n.number)): n for n in net.sea.nodes}
    groups = [{truth_of(node[a], v) for a, v in group} for group in groups_of(net.unions[k])]
    return sum(len(g) > 1 for g in groups), len(groups)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_three_nodes_with_common_noise_and_common_messages_are_consistent_and_show_each_vessel_once(seed):
    rng = np.random.default_rng(seed)
    sea = Sea(spread(rng, 200, 600.0), seed, mmsi=431000000 + np.arange(200))
    sea.node(hears=range(100))
    sea.node(hears=range(150), radar=15.0, turn=4, first=5000)
    sea.node(radar=25.0, first=9000, born=-50.0)
    net, past, found = Net(sea), {}, []

    def watch(shown):
        past[sea.time] = sea.state.copy()
        if sea.time >= 10_015:
            assert len(shown[0].vessels) == 200
        if sea.time >= 10_040 and sea.time % 5 == 0:
            x, P = states_of(sea, shown[0].vessels)
            true = np.array([past[t][v] for t, v in zip(shown[0].vessels.time, net.vessel(0), strict=True)])
            found.append(np.einsum("ni,nij,nj->n", x - true, np.linalg.inv(P), x - true))

    net.run(90, watch)
    nees = np.concatenate(found)
    assert 0.3 < nees.mean() / 4 < 1.3
    assert (nees < 9.488).mean() >= 0.9  # 95 % of chi-square, 4 degrees of freedom
    assert wrong_groups(net, 0) == (0, 200)
    assert net.refs(0) == net.refs(1) == net.refs(2)
    assert (net.shown[0].vessels.members == 3).all()


def test_vessels_well_apart_are_one_row_each_ten_seconds_after_the_nodes_meet():
    sea = Sea(spread(np.random.default_rng(5), 150, 620.0))
    sea.node()
    sea.node(first=700)
    net = Net(sea)
    net.parted = True
    net.run(20)
    net.parted = False
    net.run(10)
    assert [len(p.vessels) for p in net.shown] == [150, 150]
    assert wrong_groups(net, 0)[0] == 0


def test_in_a_dense_anchorage_neighbours_are_not_taken_for_each_other():
    state = spread(np.random.default_rng(2), 196, 60.0, speed=0.05)
    state[:, :2] = np.round(state[:, :2] / 60.0) * 60.0
    sea = Sea(state, noise=1e-6)
    some = np.random.default_rng(3).random(196) < 0.8  # a fifth is held by one of the two alone
    sea.node(sees=np.flatnonzero(some))
    sea.node(sees=np.flatnonzero(~some | (np.arange(196) % 5 > 0)), first=3000)
    net, wrong, all_groups = Net(sea), 0, 0
    for _ in range(6):
        net.run(20)
        w, n = wrong_groups(net, 0)
        wrong, all_groups = wrong + w, all_groups + n
    assert all_groups > 6 * 100
    assert wrong <= 0.01 * all_groups


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2, 3))])
def test_vessels_that_cross_keep_their_partners(seed):
    angle = np.linspace(0.0, 2 * np.pi, 6, endpoint=False)
    aim = np.column_stack([np.cos(angle), np.sin(angle)])
    sea = Sea(np.hstack([-400.0 * aim + 15.0 * aim[:, ::-1], 5.0 * aim]), seed)
    sea.node()
    sea.node(first=100, turn=4)
    net = Net(sea)
    net.run(30)
    before = sorted(map(sorted, groups_of(net.unions[0])))
    wrong = []
    net.run(110, lambda _: wrong.append(wrong_groups(net, 0)[0]))
    assert sum(wrong) == 0
    assert sorted(map(sorted, groups_of(net.unions[0]))) == before


def test_vessels_that_turn_keep_their_partners_though_no_filter_expects_it():
    sea = Sea(spread(np.random.default_rng(1), 60, 900.0, speed=6.0))
    sea.node()
    sea.node(first=2000, turn=5, radar=20.0)
    sea.node(first=4000, sees=[], hears=range(60))
    net, counts = Net(sea), []
    net.run(50)
    turn = np.radians(0.5) * np.array([[0.0, -1.0], [1.0, 0.0]])  # 0.5°/s

    def watch(shown):
        counts.append(len(shown[0].vessels))
        sea.state[:, 2:] += sea.state[:, 2:] @ turn

    net.run(80, watch)
    assert set(counts) == {60}
    assert wrong_groups(net, 0)[0] == 0


@pytest.mark.parametrize(("lat_deg", "lon_deg"), [(0.0, 180.0), (89.99, 10.0), (-75.0, -179.99)])
def test_the_date_line_and_the_pole_are_ordinary_places(lat_deg, lon_deg):
    sea = Sea(spread(np.random.default_rng(1), 60, 900.0, speed=6.0), lat_deg=lat_deg, lon_deg=lon_deg)
    sea.node()
    sea.node(first=2000)
    net = Net(sea)
    net.run(25)
    assert len(net.shown[0].vessels) == 60
    assert wrong_groups(net, 0) == (0, 60)


def test_two_halves_that_meet_come_to_one_row_and_one_name_each_and_stay_with_them():
    sea = Sea(spread(np.random.default_rng(7), 500, 600.0))
    sea.node()
    sea.node(first=2000, born=-1.0)
    net = Net(sea)
    net.parted = True
    net.run(20)
    net.parted = False
    net.run(10)
    assert [len(p.vessels) for p in net.shown] == [500, 500]
    assert net.refs(0) == net.refs(1)
    assert {owner for owner, _ in net.refs(0)} == {key(0), key(1)}
    assert set(net.shown[0].vessels.id.tolist()) == set(sea.nodes[0].ids.tolist())
    ids, refs = [p.vessels.id.tolist() for p in net.shown], net.refs(0)

    def watch(shown):
        assert [p.vessels.id.tolist() for p in shown] == ids
        assert net.refs(0) == net.refs(1) == refs
        assert not shown[0].removed

    net.run(100, watch)


def test_names_far_apart_stay_two_and_near_they_are_one_at_once():
    sea = Sea([[0.0, 0, 4, 0], [9000.0, 0, 4, 0], [0.0, 5000, 4, 0]], mmsi=[431000001, 431000001, 431000003])
    sea.node(hears=[0, 2], sees=[0, 2])
    sea.node(hears=[1, 2], sees=[1, 2], first=50)
    net = Net(sea)
    net.parted = True
    net.run(15)
    net.parted = False
    net.run(1)
    assert sorted(net.vessel(0)) == [0, 1, 2]
    assert net.shown[0].vessels.members.tolist().count(2) == 1
    net.run(20)
    assert sorted(net.vessel(0)) == [0, 1, 2]


def test_two_ships_side_by_side_with_two_names_are_two():
    sea = Sea([[0.0, 0, 0, 0], [12.0, 0, 0, 0]], mmsi=[431000001, 431000002], noise=0.0)
    sea.node(hears=[0], sees=[0])
    sea.node(hears=[1], sees=[1], first=50)
    net = Net(sea)
    net.run(120)
    assert len(net.shown[0].vessels) == 2


def test_a_vessel_of_others_has_a_local_id_until_it_is_found_to_be_ours():
    sea = Sea(spread(np.random.default_rng(1), 4, 900.0))
    late = sea.node(sees=[])
    sea.node(first=50)
    net = Net(sea)
    net.run(10)
    before = net.shown[0].vessels
    assert (before.id >= FIRST).all()
    assert before.track.tolist() == [-1] * 4
    assert before.sensors.tolist() == [0] * 4
    late.sees, removed = np.array([2]), []
    net.run(15, lambda shown: removed.extend(shown[0].removed))
    after = net.shown[0].vessels
    assert len(after) == 4
    assert after.id[0] == late.ids[2]
    assert after.members[0] == 2
    assert set(after.id[1:].tolist()) < set(before.id.tolist())
    assert [r for r in removed if r >= FIRST] == list(set(before.id.tolist()) - set(after.id.tolist()))


def test_a_node_that_is_alone_gets_its_own_picture_back():
    sea = Sea(spread(np.random.default_rng(1), 3, 900.0))
    node = sea.node()
    sea.run(5)
    picture = node.picture()
    assert Union(key(0)).take(picture, (), (), sea.time) is picture


def test_a_doubted_node_is_shown_and_never_fused():
    sea = Sea(spread(np.random.default_rng(1), 20, 900.0), mmsi=431000000 + np.arange(20))
    sea.node(hears=range(20))
    sea.node(hears=range(20), first=50)
    net = Net(sea)
    net.more[1] = {"clock_offset": 30.0, "doubted": "its clock is 30 s ahead"}
    net.run(30)
    assert len(net.shown[0].vessels) == 40
    assert set(net.shown[0].vessels.members.tolist()) == {1}
    net.more[1] = {}
    net.run(12)
    assert len(net.shown[0].vessels) == 20
    net.more[1] = {"doubted": "it tells ghosts"}
    net.run(1)
    assert len(net.shown[0].vessels) == 40


def test_a_known_clock_offset_is_taken_out():
    sea = Sea(spread(np.random.default_rng(1), 20, 900.0, speed=8.0))
    sea.node()
    ahead = sea.node(first=50)
    net = Net(sea)
    honest = ahead.foreign

    def foreign(**more):
        told = honest(**more)
        late = {name: getattr(told.rows, name) + 4.0 for name in ("time", "heard_radar", "heard_ais")}
        return replace(told, rows=told.rows.replace(**late), clock_offset=4.0)

    ahead.foreign = foreign
    net.run(15)
    assert len(net.shown[0].vessels) == 20
    assert net.shown[0].vessels.time.max() <= sea.time


def test_rows_from_the_future_are_counted_and_not_used():
    sea = Sea(spread(np.random.default_rng(1), 5, 900.0))
    sea.node()
    sea.node(first=50)
    sea.run(5)
    told = sea.nodes[1].foreign()
    told = replace(told, rows=told.rows.replace(time=told.rows.time + 60.0))
    union = Union(key(0))
    assert len(union.take(sea.nodes[0].picture(), [told], (), sea.time).vessels) == 5
    assert union.refused == {key(1): 5}


def decided(verdict, one, other, time, who="officer"):
    return Decision(verdict, one, other, who, time)


def test_different_parts_two_that_lie_on_each_other_for_good():
    sea = Sea([[0.0, 0, 0, 0], [3000.0, 0, 0, 0]], noise=0.0)
    a, b = sea.node(), sea.node(first=50)
    net = Net(sea)
    net.run(15)
    assert len(net.shown[0].vessels) == 2
    word = decided(Verdict.DIFFERENT, (key(0), int(a.ids[0])), (key(1), int(b.ids[0])), sea.time)
    net.decisions = (word,)
    net.run(1)
    assert len(net.shown[0].vessels) == len(net.shown[1].vessels) == 3
    counts = []
    net.run(300, lambda shown: counts.append(len(shown[0].vessels)))
    assert set(counts) == {3}
    net.decisions = (decided(Verdict.SAME, word.other, word.one, sea.time), word)  # a later word, the other way round
    net.run(1)
    assert len(net.shown[0].vessels) == 2


def test_a_row_tells_whom_it_was_fused_of():
    sea = Sea([[0.0, 0, 0, 0], [3000.0, 0, 0, 0]], noise=0.0)
    a, b = sea.node(), sea.node(first=50)
    net = Net(sea)
    assert net.unions[0].members_of(int(a.ids[0])) == []  # nobody has told anything
    net.run(15)
    union, row = net.unions[0], int(a.ids[0])
    assert union.members_of(row) == [(key(0), int(a.ids[0])), (key(1), int(b.ids[0]))]
    net.decisions = tuple(
        decided(Verdict.DIFFERENT, m, union.members_of(row)[0], sea.time) for m in union.members_of(row)[1:]
    )
    net.run(1)
    assert union.members_of(row) == [(key(0), int(a.ids[0]))]
    assert union.members_of(999) == []


def test_same_joins_two_that_are_two_kilometres_apart_and_a_word_outlives_a_number():
    sea = Sea([[0.0, 0, 3, 0], [2000.0, 0, 3, 0]], noise=0.0)
    a, b = sea.node(sees=[0]), sea.node(sees=[1], first=50)
    net = Net(sea)
    net.run(10)
    assert len(net.shown[0].vessels) == 2
    net.decisions = (decided(Verdict.SAME, (key(0), int(a.ids[0])), (key(1), int(b.ids[1])), sea.time),)
    net.run(60)
    assert len(net.shown[0].vessels) == 1
    assert net.refs(0) == net.refs(1)
    b.ids[1], b.held[1], b.born[1] = 999, False, sea.time + 1.0  # the track is lost and found again
    net.run(6)
    assert len(net.shown[0].vessels) == 1


def test_two_tracks_of_one_node_are_never_joined_by_way_of_a_third():
    sea = Sea([[0.0, 0, 0, 0], [0.0, 14.0, 0, 0]], noise=0.0)
    sea.node()
    sea.node(sees=[0], first=50)
    net = Net(sea)
    net.run(60)
    assert len(net.shown[0].vessels) == 2
    assert sorted(net.shown[0].vessels.members.tolist()) == [1, 2]


def test_what_came_first_does_not_matter():
    sea = Sea(spread(np.random.default_rng(4), 60, 500.0))
    for k in range(3):
        sea.node(first=100 * k + 1)
    unions = [Union(key(0)), Union(key(0))]

    def after():
        told = [sea.nodes[1].foreign(), sea.nodes[2].foreign()]
        own = sea.nodes[0].picture()
        shown[:] = [unions[0].take(own, told, (), sea.time), unions[1].take(own, told[::-1], (), sea.time)]

    shown = []
    sea.run(20, after)
    for name, values in shown[0].vessels.columns().items():
        np.testing.assert_array_equal(values, getattr(shown[1].vessels, name), err_msg=name)


def test_a_silent_nodes_vessels_coast_fade_and_leave():
    sea = Sea(spread(np.random.default_rng(1), 3, 900.0))
    mute, teller = sea.node(sees=[]), sea.node(first=50)
    sea.run(10)
    told, union = teller.foreign(), Union(key(0))
    start = sea.time

    def at(age):
        return union.take(mute.picture(), [replace(told, lag=age)], (), start + age).vessels

    assert set(at(1.0).status.tolist()) == {VesselStatus.LIVE}
    coasting = at(100.0)
    assert set(coasting.status.tolist()) == {VesselStatus.COASTING}
    assert (coasting.cov_ee > 10 * told.rows.cov_ee.max()).all()
    assert not (coasting.source & Source.RADAR).any()
    faded = at(200.0)
    assert set(faded.status.tolist()) == {VesselStatus.FADED}
    assert sorted(faded.lat_deg.tolist()) == sorted(told.rows.lat_deg.tolist())
    assert len(at(1801.0)) == 0


def test_only_rows_that_changed_carry_the_new_sequence():
    sea = Sea(spread(np.random.default_rng(1), 30, 900.0))
    sea.node(turn=3)
    sea.node(turn=3, first=50)
    net = Net(sea)
    net.run(20)
    before = net.shown[0]
    net.run(1)
    after = net.shown[0]
    moved = after.vessels.time > before.vessels.time
    assert 0 < moved.sum() < 30
    assert (after.vessels.changed[moved] == after.sequence).all()
    assert (after.vessels.changed[~moved] <= before.sequence).all()


def test_the_name_of_a_member_that_left_is_kept_for_an_hour():
    sea = Sea([[0.0, 0, 0, 0]], noise=0.0)
    sea.node()
    elder = sea.node(first=50, born=-600.0)
    net = Net(sea, UnionSettings(ref_kept=20.0))
    net.run(12)
    assert net.refs(0) == [(key(1), int(elder.ids[0]))]
    elder.held[0], elder.sees = False, np.array([], int)
    net.run(15)
    assert net.refs(0) == [(key(1), int(elder.ids[0]))]
    net.run(10)
    assert net.refs(0) == [(key(0), int(sea.nodes[0].ids[0]))]


def test_identities_are_those_of_all_members():
    sea = Sea([[0.0, 0, 0, 0]], mmsi=[431000001], noise=0.0)
    sea.node()
    sea.node(hears=[0], first=50)
    net = Net(sea)
    net.run(15)
    shown = net.shown[0]
    vessel = int(shown.vessels.id[0])
    assert shown.vessels.mmsi.tolist() == [431000001]
    assert shown.vessels.source.tolist() == [Source.RADAR | Source.AIS]
    assert [c.mmsi for c in shown.identities[vessel].claims] == [431000001]


def test_a_vessel_tells_which_nodes_hold_it_and_which_one_names_it():
    sea = Sea(spread(np.random.default_rng(1), 2, 3000.0), noise=0.0)
    sea.node(sees=[0, 1])
    elder = sea.node(sees=[0], first=50, born=-600.0)
    net = Net(sea)
    net.run(15)
    ids = {int(n): int(v) for v, n in zip(net.shown[0].vessels.id, net.shown[0].vessels.number, strict=True)}
    names = net.shown[0].authors
    both, ours = (net.shown[0].identities[ids[number]] for number in (int(elder.ids[0]), int(sea.nodes[0].ids[1])))
    assert (both.namer, both.held_by) == (names[1], tuple(sorted(names)))
    assert (ours.namer, ours.held_by) == ("", ())
    before = both
    net.run(3)
    assert net.shown[0].identities[ids[int(elder.ids[0])]] is before  # nothing new: nothing to tell


def test_nothing_gives_nothing_and_garbage_is_counted_and_survived():
    union = Union(key(0))
    nobody = Foreign(key(1), "x", Shared.empty())
    assert len(union.take(Picture(1.0, 1, Vessels.empty()), [nobody], (), 1.0).vessels) == 0
    nowhere = {"lat_deg": [26.0, np.nan, 26.0, 95.0], "lon_deg": 127.0, "time": [2.0, 2.0, 2.0, np.nan]}
    garbage = replace(nobody, rows=Shared.of(4, vessel=[5, 3, -7, 3], **nowhere))
    own = Picture(2.0, 2, Vessels.of(2, id=[1, 2], time=2.0, cov_ee=4.0, lat_deg=26.0, lon_deg=127.0))
    shown = union.take(own, [garbage], (), 2.0)
    assert shown.vessels.id.tolist() == [1, 2, FIRST]  # without a whole covariance: shown, not fused
    assert union.refused == {key(1): 3}
    gone = union.take(replace(own, sequence=3, vessels=Vessels.empty()), [], (), 3.0)
    assert (len(gone.vessels), gone.removed) == (0, (1, 2, FIRST))


def test_a_vessel_that_only_others_still_hold_keeps_the_id_it_was_shown_under():
    sea = Sea(spread(np.random.default_rng(1), 3, 900.0))
    ours = sea.node()
    sea.node(first=50)
    net = Net(sea)
    net.run(12)
    before = net.shown[0].vessels.id.tolist()
    ours.held[:], ours.sees = False, np.array([], int)
    net.run(2)
    assert net.shown[0].vessels.id.tolist() == before
    assert net.shown[0].removed == ()
