"""A simulated radar whose range is halved while it runs: real bytes, real tracker, the real watch, fast-forward."""

import heapq
import itertools
from dataclasses import replace

import pytest

from mihari.core.health import Health, NodeHealth
from mihari.core.reports import Tick
from mihari.feeds.ais import AisFeed
from mihari.feeds.radar import RadarFeed
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.feeds.witnesses import Witnesses
from mihari.health import HealthWatch, Limits
from mihari.pipeline import Pipeline
from mihari.simulate import Simulation, load
from mihari.simulate.simulation import sensors

WELL_S, SHRUNK_S = 360.0, 540.0


class Coast:
    """Feeds, pipeline and watch of a node without its threads: time is that of the datagrams."""

    def __init__(self, scenario):
        self.registry, self.witnesses = SensorRegistry(sensors(scenario)), Witnesses()
        self.healths = [Health(0, "ais", "udp://:1"), Health(1, "radar", "udp://:2")]
        self.stages = [AisFeed(0, "ais", self.registry, self.healths[0], datagrams=True)]
        self.stages += [RadarFeed(1, self.registry, self.healths[1])]
        self.pipeline = Pipeline(self.registry.all())
        self.watch, self.ticked = HealthWatch(Limits(), scenario.start), int(scenario.start)
        self.waiting, self.alarms = ([], []), {}

    def hear(self, datagram):
        self.waiting[datagram.channel.startswith("radar")].append(Chunk(datagram.time, datagram.data))
        while datagram.time >= self.ticked + 1:
            self.ticked += 1
            for stage, chunks in zip(self.stages, self.waiting, strict=True):
                for given in stage.take(*chunks) if chunks else ():
                    self.pipeline.take(self.witnesses.take(given))
                chunks.clear()
            self.pipeline.take(Tick(float(self.ticked)))
            self.watch.passed(self.ticked, self.pipeline.tracker.tracks, self.registry.all())
            if self.ticked % 10 == 0:
                self.look(float(self.ticked))

    def look(self, now):
        told = [h.snapshot(now) for h in self.healths]
        found = self.watch.look(now, now, told, self.healths, self.registry.all(), self.witnesses, NodeHealth())
        self.alarms = {a.key: a.text for a in found[1].alarms if a.until is None}


@pytest.mark.slow
def test_a_radar_whose_range_is_halved_is_found_by_the_ships_that_ais_holds(monkeypatch):
    monkeypatch.setattr("mihari.health.ranges.LEARNED_S", 300.0)  # else fifteen minutes
    scenario = load("strait")
    scenario = replace(scenario, radars=scenario.radars[:1])
    near = replace(scenario.radars[0], range_max=scenario.radars[0].range_max / 2)
    whole, halved = Simulation(scenario), Simulation(replace(scenario, radars=(near,)))
    ends, total = scenario.start + WELL_S, WELL_S + SHRUNK_S
    before = (d for d in whole.stream(total) if d.time < ends or d.channel.startswith("ais"))
    after = (d for d in halved.stream(total) if d.time >= ends and d.channel.startswith("radar"))
    coast, turned = Coast(scenario), {}
    for datagram in heapq.merge(before, after, key=lambda d: d.time):
        coast.hear(datagram)
        if datagram.time < ends:
            assert not coast.alarms, "nothing is wrong yet"
        elif "range:0" in coast.alarms:
            turned.setdefault("found", datagram.time - ends)  # s after the fault
    assert set(coast.alarms) == {"range:0"}
    assert "The range of radar kume has shrunk" in coast.alarms["range:0"]
    assert 180.0 < turned["found"] < 500.0  # three minutes of it are the hold, which a shower passes
    assert list(itertools.islice(coast.watch.ranges.reaches()[0].sides, 1)) == []
