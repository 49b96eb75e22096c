"""Vehicles that speak IMC: a glider's burst of old bearings, errors that fit what is told, a plan that is followed."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from mihari.core.geodesics import great_circle
from mihari.core.geodesy import polar_of
from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.core.sensor import SensorKind
from mihari.feeds.imc import ImcFeed
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk
from mihari.formats.imc import Decoder, PlanStart, encode, goto, plan, pop_up
from mihari.sensors.hydrophone import Array, HydrophoneCoverage, Sight
from mihari.sensors.platform import profile
from mihari.simulate import Simulation
from mihari.simulate.aboard.ears import Ears
from mihari.simulate.aboard.imager import Hulls
from mihari.simulate.aboard.imc_pilot import ImcPilot, ais_info
from mihari.simulate.aboard.pilot import State
from mihari.simulate.scenario import parse

SCENE = """
name = "listening"
area = "open sea"
box_deg = [[25.0, 126.0], [28.0, 129.0]]
start = 2026-11-20T03:00:00Z
duration_s = 20000

[[vessel]]
name = "loud"
kind = "cargo"
length_m = 232
ais = "none"
route_deg = [[26.05, 126.8], [26.05, 127.8]]
speed_kn = 12

[[craft]]
name = "diver"
profile = "PROFILE"
at_deg = [26.0, 127.0]
"""
ROUTE = "route_deg = [[26.02, 127.02], [26.1, 127.1]]\n"
CONSOLE, DIVER = 0x4001, 1


def simulation(profile_id, route=True, seed=3):
    text = SCENE.replace("PROFILE", profile_id)
    text = (
        text if route else "\n".join(line for line in text.splitlines() if not line.startswith("route_deg = [[26.02"))
    )
    return Simulation(replace(parse(text, "listening.toml"), seed=seed))


def lived(sim, span, inbox=lambda channel: ()):
    """(feed's looks, telemetry, health, datagrams by second) of what a craft sent."""
    registry, health = SensorRegistry(), Health(0, "sea", "")
    feed, looks, sent = ImcFeed(0, "sea", registry, health), [], []
    for one in sim.stream(span, inbox=inbox):
        if one.channel != "imc-0":
            continue
        sent.append(one.time - sim.scenario.start)
        looks += feed.take(Chunk(one.time, one.data))
    looks += feed.finish()
    return looks, registry, health, np.array(sent)


@pytest.fixture(scope="module")
def glider():
    sim = simulation("slocum")
    return sim, lived(sim, 13_000.0)


def test_a_glider_is_silent_under_water_and_tells_in_a_burst_what_it_heard_hours_ago(glider):
    sim, (looks, registry, health, sent) = glider
    silence = np.diff(sent)
    assert silence.max() > 9000  # it surfaces every 3 h
    assert (silence > 60).sum() == 1
    up = sim.scenario.start + sent[np.argmax(silence) + 1]
    late = [look for look in looks if look.received - look.time > 3600]
    assert len(late) > 20
    assert max(look.received - look.time for look in late) > 2 * 3600
    assert all(up <= look.received < up + 120 for look in late)
    assert {registry[look.sensor].kind for look in looks} == {SensorKind.HYDROPHONE}
    assert health.refused == {}
    assert health.noticed == {}


def test_its_bearings_err_as_they_tell_from_where_it_was(glider):
    sim, (looks, _, _, _) = glider
    squared = []
    for look in looks:
        truth = sim.truth(look.time)
        _, true = polar_of(look.lat_deg, look.lon_deg, 0.0, truth.lat_deg[0], truth.lon_deg[0])
        for bearing, variance in zip(look.reports.bearing, look.reports.bearing_var, strict=True):
            squared.append(math.remainder(float(bearing - true), 2 * math.pi) ** 2 / variance)
    low, high = chi2.ppf([0.001, 0.999], len(squared))
    assert len(squared) > 50
    assert low < sum(squared) < high


def test_bearings_of_many_listenings_err_as_they_tell_and_come_as_often_as_the_coverage_says():
    row = Array.of(profile("auv").carries("passive_acoustics"))
    ears = Ears(row, np.random.default_rng(1))
    hulls = Hulls.of(1, row=4, lat_deg=26.2, lon_deg=127.2, hull_length=150.0, heard_as=13.9 * 1852 / 3600)
    away, true = polar_of(26.0, 127.0, 0.0, 26.2, 127.2)
    heard = [one for k in range(4000) for one in ears.listen(26.0, 127.0, 0.1 * k, hulls)]
    squared = sum((math.remainder(one.bearing - float(true), 2 * math.pi) / one.sd) ** 2 for one in heard)
    low, high = chi2.ppf([0.0005, 0.9995], len(heard))
    assert low < squared < high
    chance = HydrophoneCoverage(26.0, 127.0, row).probability(26.2, 127.2, 0.0, Sight(length=150.0))
    assert len(heard) / 4000 == pytest.approx(float(chance), abs=4 * math.sqrt(0.25 / 4000))
    assert 0.05 < float(chance) < 0.95
    assert float(away) > 5000


class Console:
    """A console that asks for one plan by bytes."""

    def __init__(self, made, start):
        self.asked = PlanStart(made, vehicle=DIVER, source=CONSOLE, request_id=9)
        self.decoder, self.out = Decoder(), deque(map(encode, self.asked.start(start)))
        self.seen, self.stages = [], []

    def inbox(self, channel):
        sent = list(self.out) if channel == "imc-0" else []
        self.out.clear()
        return sent

    def hears(self, data, time):
        for message in self.decoder.feed(data, complete=True):
            self.out += map(encode, self.asked.take(message, time))
            if message["message"] == "EstimatedState":
                self.seen.append((time, message["lat_deg"], message["lon_deg"], message["depth"]))
            self.out += map(encode, self.asked.tick(time))
            if not self.stages or self.stages[-1] != self.asked.stage.value:
                self.stages.append(self.asked.stage.value)


def asked(sim, made, span):
    console = Console(made, sim.scenario.start)
    for one in sim.stream(span, inbox=console.inbox):
        if one.channel == "imc-0":
            console.hears(one.data, one.time)
    return console


def test_a_plan_sent_over_imc_is_followed():
    sim = simulation("auv", route=False)
    made = plan("survey", [goto(26.004, 127.0, speed=1.5, depth=20.0), pop_up(26.004, 127.004, speed=1.5, radius=20,
                                                                             duration_s=30)])  # fmt: skip
    console = asked(sim, made, 2400.0)
    assert [stage for stage in console.stages if stage != "lost"][:2] == ["accepted", "running"]
    assert console.asked.stage.value == "done", console.asked.because
    last = console.seen[-1]
    assert float(great_circle(last[1], last[2], 26.004, 127.004)[0]) < 200


def test_a_plan_that_it_cannot_follow_is_refused_in_words():
    for made, why in (
        (plan("far", [goto(40.0, 127.0, speed=1.5)]), "farther than its energy lasts"),
        (plan("deep", [goto(26.001, 127.0, speed=1.5, depth=5000.0)]), "greatest depth"),
    ):
        console = asked(simulation("auv", route=False), made, 20.0)
        assert console.asked.stage.value == "refused"
        assert why in console.asked.because


class Buoy:
    """A helm that stands."""

    def __init__(self, height=0.0):
        self.state = State(26.0, 127.0, height, 0.0, 0.0, 0.0)
        self.to = None

    def go(self, *to):
        self.to = to

    circle = go

    def home(self):
        raise AssertionError

    def refuses(self, places):
        return ""


def messages(pieces):
    return [message for piece in pieces for message in Decoder().feed(piece, complete=True)]


def test_under_water_nothing_is_sent_and_nothing_heard():
    pilot = ImcPilot(Buoy(-20.0), DIVER, "diver")
    pilot.take(encode({"message": "PlanControl", "type": "REQUEST", "op": "STOP", "time": 0.0, "source": 1}), 0.0)
    pilot.receives(ais_info(431000001, 26.0, 127.0, 0.0, 5.0, "A", 70), 0.0)
    assert [pilot.step(float(k)) for k in range(100)] == [[]] * 100
    pilot.hears([(1.0, 0.1)], 100.0)
    pilot.helm.state = replace(pilot.helm.state, height=0.0)
    told = messages(pilot.step(101.0))
    assert [(m["message"], m["time"]) for m in told[:6]] == [
        ("EstimatedState", 0.0), ("EstimatedState", 30.0), ("EstimatedState", 60.0), ("EstimatedState", 90.0),
        ("EstimatedState", 100.0), ("UsblAnglesExtended", 100.0),
    ]  # fmt: skip
    assert {m["time"] for m in told[6:]} == {101.0}


def test_a_plan_is_stopped_and_kept_plans_are_started_by_name():
    pilot = ImcPilot(Buoy(), DIVER, "diver")
    head = {"time": 1.0, "source": CONSOLE, "destination": DIVER, "type": "REQUEST"}
    made = plan("kept", [goto(26.1, 127.0, speed=1.0)])
    for number, fields in enumerate((
        {"message": "PlanControl", "op": "START", "plan_id": "kept"},
        {"message": "PlanDB", "op": "SET", "plan_id": "kept", "arg": made},
        {"message": "PlanControl", "op": "START", "plan_id": "kept"},
        {"message": "PlanControl", "op": "STOP", "plan_id": "kept"},
        {"message": "PlanControl", "op": "LOAD", "plan_id": "kept"},
    )):  # fmt: skip
        pilot.take(encode(head | {"request_id": number} | fields), 1.0)
    answers = [m for m in messages(pilot.step(1.0)) if m["message"] in ("PlanControl", "PlanDB")]
    assert [(m["request_id"], m["type"], m["info"]) for m in answers] == [
        (0, "FAILURE", "no plan is called kept"), (1, "SUCCESS", "kept"), (2, "SUCCESS", "1 places"),
        (3, "SUCCESS", "stopped"), (4, "FAILURE", "PlanControl LOAD is not known here"),
    ]  # fmt: skip
    assert not pilot.running


def test_ais_received_at_the_surface_comes_through_the_feed():
    pilot, registry = ImcPilot(Buoy(), DIVER, "diver"), SensorRegistry()
    feed = ImcFeed(0, "sea", registry, Health(0, "sea", ""))
    pilot.receives(ais_info(431000001, 26.3, 127.2, 1.0, 5.0, "ASAHI MARU", 70), 10.0)
    (batch,) = [given for piece in pilot.step(10.0) for given in feed.take(Chunk(10.0, piece))]
    assert isinstance(batch, Batch)
    assert not isinstance(batch, Sector)
    assert (batch.claims.mmsi[0], batch.claims.name[0]) == (431000001, "ASAHI MARU")
    assert batch.reports.speed[0] == pytest.approx(5.0, abs=1e-3)
