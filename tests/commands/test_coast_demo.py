"""The coast of several nodes: what each is told, and that nothing outlives the demo. The nodes themselves: slow."""

import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from mihari.commands.coast_demo import lay, running, surfaced, watch, write
from mihari.commands.coast_plan import WIRES, posts
from mihari.commands.demo import configuration
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.simulate import load
from mihari.simulate.links import SHAPES, LinkBench
from mihari.simulate.sites import sites


@pytest.fixture
def laid(tmp_path):
    """(scenario, posts, bench, node files)."""
    scenario = load("coast")
    stations = posts(scenario, 18080)
    with LinkBench(tmp_path / "links") as bench:
        lay(bench, stations)
        yield scenario, stations, bench, list(write(scenario, stations, bench, tmp_path))


def test_each_site_is_a_node_with_its_own_feeds_and_ports(laid):
    _, stations, _, paths = laid
    configs = [NodeConfig.model_validate(tomllib.loads(path.read_text())) for path in paths]
    assert [config.node.name for config in configs] == [path.stem for path in paths]
    assert [c.face.port for c in configs if c.face.enabled] == [18080, 18081, 18082, 18083]
    urls = [feed.url for config in configs for feed in config.feed]
    # what dives hears nothing by itself; an aircraft has telemetry and video; who has a map hears what people report
    assert len(urls) == len(set(urls)) == 2 * 6 + 1 + 2 + 4
    phones = {feed.url for config in configs for feed in config.feed if feed.format == "cot"}
    assert len(phones) == 4
    sent = [send.partition("=")[2] for post in stations for send in post.sends]
    assert set(sent) == set(urls) - phones - {f"udp://127.0.0.1:{stations[-1].ais}"}


def test_the_node_alone_hears_what_people_report_too():
    config = configuration(load("strait"), [1, 2, 3], 0)
    phones = [feed for feed in config.feed if feed.format == "cot"]
    assert [(feed.url, feed.silent_s) for feed in phones] == [("udp://127.0.0.1:3", 0.0)]  # nobody calls for hours


def test_everybody_is_linked_and_the_shore_survives_the_loss_of_any_cable():
    everybody = {one.name for one in sites(load("coast"))}
    assert {name for wire in WIRES for name in (wire.one, wire.other)} == everybody
    assert all(wire.profile in SHAPES for wire in WIRES)
    ashore = [wire for wire in WIRES if wire.profile == "lan"]
    for cut in ashore:
        left = [wire for wire in ashore if wire != cut]
        assert len({name for wire in left for name in (wire.one, wire.other)}) == 3


def test_modems_are_heard_where_they_are_sent_to_and_need_no_link(laid):
    _, _, _, paths = laid
    configs = {p.stem: NodeConfig.model_validate(tomllib.loads(p.read_text())) for p in paths}
    ends = {(modem.name, modem.send or modem.listen) for c in configs.values() for modem in c.modem}
    assert sorted(name for name, _ in ends) == ["patrol-diver", "patrol-kume"]
    assert [m.name for m in configs["patrol"].modem if m.send] == ["patrol-kume", "patrol-diver"]
    assert [m.name for name in ("kume", "diver") for m in configs[name].modem if m.listen] == sorted(
        (m.name for m in configs["patrol"].modem), reverse=True
    )
    feeds = {feed.url.rpartition(":")[2] for c in configs.values() for feed in c.feed}
    assert not feeds & {place.rpartition(":")[2] for _, place in ends}


def test_what_dives_is_off_its_link(laid):
    _, _, bench, _ = laid
    surfaced(bench, "diver", False)
    assert [name for name, told in bench.stats().items() if told["down"]] == ["diver-patrol"]
    surfaced(bench, "diver", True)
    assert not any(told["down"] for told in bench.stats().values())


def test_a_node_that_ends_by_itself_ends_the_demo_with_what_it_said(laid, tmp_path):
    _, stations, bench, _ = laid
    wrong = tmp_path / "kume.toml"
    wrong.write_text("[node]\nnane = 1\n")
    with running([wrong]) as children:
        children[0].wait(60.0)
        with pytest.raises(BadInput, match=r"kume ended by itself: .*nane"):
            watch(bench, stations[:1], children, time.time(), 5.0)


def nodes_of(parent):
    """Process ids of the children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
        except OSError:
            pass
    return found


@pytest.mark.slow
def test_ctrl_c_ends_all_seven_nodes_and_the_simulator():
    command = [sys.executable, "-m", "mihari", "demo", "--no-browser", "--port", "18090"]
    demo = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        for line in demo.stderr:
            if "links are cut" in line:
                break
        children = nodes_of(demo.pid)
        assert len(children) == 8
        time.sleep(5.0)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60.0) == 130
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    finally:
        if demo.poll() is None:
            os.kill(demo.pid, signal.SIGTERM)
            demo.wait(60.0)
        demo.stderr.close()
