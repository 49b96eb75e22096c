"""What of the mesh becomes an alarm, and in which words."""

import copy

import pytest

from mihari.core.health import NodeHealth
from mihari.feeds.witnesses import Witnesses
from mihari.health.mesh_rules import of_mesh, refused_counts
from mihari.health.rules import Recent
from mihari.health.watch import HealthWatch, Limits

NONE = frozenset()


def node(name, **more):
    well = {"author": f"{name}-key", "name": name, "lat_deg": 26.3, "lon_deg": 126.8, "vessels": 118, "epoch": 3}
    well |= {"heard_s": 0.8, "cost": 1, "through": name, "clock_offset_s": 0.02, "release": "0.1.0", "links": []}
    return well | more


def link(name, **more):
    well = {"peer": f"{name}-key", "name": name, "address": f"tls/{name}:7447", "profile": "lan", "greeted": True}
    well |= {"up_s": 900.0, "silent_s": 0.4, "round_trip_s": 0.01, "clock_offset_s": 0.02, "waiting": 0, "resent": 0}
    return well | {"under_way": 0, "sent_bytes": 1, "got_bytes": 1, "again": 0} | more


def mesh(**more):
    well = {
        "time": 1e9,
        "me": {"author": "naha-key", "name": "naha", "clock_error_s": 0.0},
        "refused": {},
        "unknown": {},
    }
    return copy.deepcopy(well | {"nodes": [node("kume")], "links": [link("kume")]} | more)


def said(told, recent=None, standing=NONE):
    return [(c.key, c.severity, c.text) for c in of_mesh(told, 2.0, recent or Recent(), standing)]


def refused(**reasons):
    """A mesh of which kume has sent so much in the last minute."""
    recent, told = Recent(), mesh(refused={"kume": {k.replace("_", " ", 1): n for k, n in reasons.items()}})
    recent.add(0.0, {})
    recent.add(30.0, refused_counts(told))
    return said(told, recent)


def test_a_mesh_that_is_well_says_nothing():
    assert said(mesh(missing=[])) == []


def test_a_link_that_is_not_up_is_told_after_it_had_time_to_come_back():
    gone = {"address": "tls/kerama.example:7447", "profile": "lan", "since_s": 14.0}
    assert said(mesh(missing=[gone])) == []
    text = "The link to tls/kerama.example:7447 has not been up for 4 min."
    assert said(mesh(missing=[gone | {"since_s": 240.0}])) == [("mesh-link:tls/kerama.example:7447", "warning", text)]
    assert said(mesh(missing=[gone | {"since_s": 200.0, "profile": "acoustic"}])) == []


def test_a_node_that_was_heard_and_is_not_any_more():
    assert said(mesh(nodes=[node("kume", heard_s=59.0), node("kerama", heard_s=None)])) == []
    text = "kume has not been heard for 4 min; its vessels are shown as it told them last."
    assert said(mesh(nodes=[node("kume", heard_s=240.0)])) == [("mesh-silent:kume-key", "warning", text)]
    ((_, _, text),) = said(mesh(nodes=[node("kume", heard_s=240.0, vessels=0)]))
    assert text == "kume has not been heard for 4 min."


def test_a_node_behind_an_acoustic_link_may_be_silent_for_longer():
    told = mesh(nodes=[node("buoy", heard_s=600.0)], links=[link("buoy", profile="acoustic")])
    assert said(told) == []


def test_many_nodes_that_are_not_heard_are_one_trouble():
    ((key, severity, text),) = said(mesh(nodes=[node(f"n{k}", heard_s=240.0 + k) for k in range(12)]))
    assert (key, severity) == ("mesh-silent", "warning")
    assert text.startswith("12 nodes have not been heard for 4 min or more: n0, n1, n2, n3, n4 and 7 more; ")


def test_the_clock_of_another_node():
    ahead = mesh(nodes=[node("kume", clock_offset_s=30.0), node("kerama", clock_offset_s=-1.9)])
    assert said(ahead) == [("mesh-clock:kume-key", "warning", "The clock of kume is 30.0 s ahead.")]
    eased = frozenset({"mesh-clock:kerama-key"})
    assert [key for key, _, _ in said(ahead, standing=eased)] == ["mesh-clock:kume-key", "mesh-clock:kerama-key"]
    assert said(mesh(nodes=[node("kume", clock_offset_s=None)])) == []


def test_our_own_clock_is_an_alarm_and_the_others_are_not_blamed_for_it():
    told = mesh(nodes=[node("kume", clock_offset_s=-30.0), node("kerama", clock_offset_s=-30.1)])
    told["me"]["clock_error_s"] = 30.05
    text = "This computer's clock is 30.1 s ahead, by the clocks of most other nodes."
    assert [(k, s) for k, s, _ in said(told)] == [("mesh-clock", "alarm")]
    assert said(told)[0][2] in (text, text.replace("30.1", "30.0"))  # a half is rounded as the machine has it


def test_a_backlog_is_told_when_it_lasts():
    (found,) = of_mesh(mesh(links=[link("kume", waiting=413, profile="radio")]), 2.0, Recent(), NONE)
    assert (found.key, found.severity, found.hold_s) == ("mesh-backlog:kume-key", "warning", 30.0)
    assert found.text == "413 batches wait for the link to kume (radio): it hears of all late."
    assert said(mesh(links=[link("kume", waiting=200)])) == []


@pytest.mark.parametrize(
    ("reasons", "severity", "text"),
    [
        ({"signature": 9, "syntax": 3}, "alarm", "12 frames within a minute that were refused, mostly for signature"),
        ({"flood": 1}, "alarm", "a frame within a minute that was refused, for flood"),
        ({"replayed": 40}, "warning", "40 frames within a minute that were refused, for replayed"),
    ],
)
def test_what_others_send_and_is_refused(reasons, severity, text):
    assert refused(**reasons) == [("mesh-refused:kume", severity, f"kume sent {text}.")]


def test_a_few_old_frames_and_what_we_could_not_send_blame_nobody():
    assert refused(replayed=9) == []
    assert refused(not_sent=500, no_link=40) == []


def test_what_was_refused_more_than_a_minute_ago_is_over():
    told, recent = mesh(refused={"kume": {"signature": 7}}), Recent()
    for second in (0.0, 5.0, 70.0):
        recent.add(second, refused_counts(told))
    assert said(told, recent) == []


def test_a_node_s_watch_keeps_them_as_alarms_beside_its_own():
    watch = HealthWatch(Limits(), 0.0)
    bad = mesh(missing=[{"address": "tls/kerama:7447", "profile": "lan", "since_s": 90.0}])
    bad["refused"] = {"nobody known": {"certificate": 2}}
    for second in range(3):
        told = NodeHealth(mesh=bad)
        _, told = watch.look(1e9 + second, float(second), (), (), (), Witnesses(), told)
    assert [(a.key, a.severity) for a in told.alarms] == [
        ("mesh-refused:nobody known", "alarm"),
        ("mesh-link:tls/kerama:7447", "warning"),
    ]
    assert told.alarms[0].text == "Somebody unknown sent 2 frames within a minute that were refused, for certificate."
    assert told.mesh == bad


def test_a_node_that_links_do_not_hear_but_a_modem_does_is_no_trouble():
    lost, one = node("diver", heard_s=400.0, through=""), {"name": "diver", "vessels": 3, "heard_s": 200.0}
    by_modem = [{"name": "acoustic", "authors": [one | {"author": "diver-key"}]}]
    assert [key for key, *_ in said(mesh(nodes=[lost]))] == ["mesh-silent:diver-key"]
    assert said(mesh(nodes=[lost], modems=by_modem)) == []
    by_modem[0]["authors"][0]["heard_s"] = 800.0
    assert [key for key, *_ in said(mesh(nodes=[lost], modems=by_modem))] == ["mesh-silent:diver-key"]


def test_what_a_modem_refuses_for_its_code_is_an_alarm():
    recent, told = Recent(), mesh(refused={"modem acoustic": {"signature": 1}})
    recent.add(0.0, {})
    recent.add(30.0, refused_counts(told))
    text = "modem acoustic sent a frame within a minute that was refused, for signature."
    assert said(told, recent) == [("mesh-refused:modem acoustic", "alarm", text)]
