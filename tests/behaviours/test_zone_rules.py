"""A zone's rule is about the vessels, flags, types and months that it names, and tells the zone by name."""

import numpy as np
import pytest

from mihari.behaviours.engine import Engine
from mihari.behaviours.places import Places
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import UNNAMED, Standing, Urgency
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.core.zones import Watch, Zone

START = 1_780_185_600 - 3600  # 2026-05-30 23:00 UTC
JUNE = 1_780_272_000
SHIP, OTHER = 431000007, 431000008
ALL = ("zone_enter", "zone_leave", "zone_speed", "zone_dwell")


def zone(name="Sands {v}", **watch):
    return Zone(name, "zone", (((26.0, 127.0), (26.0, 128.0), (27.0, 128.0), (27.0, 127.0)),), watch=Watch(**watch))


def way(key=SHIP, start=START, inside=3600, speed=6.0, every=30, before=600, after=1200):
    """Outside, for so many seconds inside, outside again; the edge lies between two samples."""
    t = np.arange(0, before + inside + after, every)
    lon = np.where((t >= before) & (t < before + inside), 127.001, 126.999)
    return Sightings.of(len(t), key=key, time=start + t, lat_deg=26.5, lon_deg=lon, speed=speed, course=0.0)


def static(key=SHIP, ship_type=30):
    claims = Claims.of(1, mmsi=key, name=["MAAS"], ship_type=ship_type)
    return Batch(Reports.of(2, time=float(START), kind=ReportKind.AIS_STATIC, claim=0), claims)


def engine_of(*zones):
    return Engine(Places(zones=zones))


def told(engine, *ways, step=None):
    """(kind, start, end, words) of what stands in the end, zones' rules only; `step`: s between looks, in order."""
    engine.hear(static())
    for one in ways:
        last = one.time.max()
        for now in np.arange(one.time.min(), last, step) if step else ():
            engine.sight(one.take((one.time > now - step) & (one.time <= now)))
            engine.step(now)
        engine.sight(one)
        engine.step(last + 1)
    standing = [b for b in engine.standing() if b.kind in ALL and b.standing is not Standing.RETRACTED]
    return {b.kind: b for b in standing}


@pytest.mark.parametrize("step", [None, 60])
def test_the_four_rules_name_the_vessel_the_zone_and_the_limit(step):
    watched = engine_of(zone(enter=True, leave=True, speed_kn=10.0, dwell_min=30.0, urgency="alarm"))
    found = told(watched, way(), step=step)
    assert {k: (b.start - START, None if b.end is None else b.end - START) for k, b in found.items()} == {
        "zone_enter": (600, 4200), "zone_leave": (4200, 4800), "zone_speed": (600, 4200), "zone_dwell": (600, 4200),
    }  # fmt: skip
    assert all(b.urgency is Urgency.ALARM and b.vessels == (SHIP,) for b in found.values())
    assert found["zone_speed"].because == "MAAS (431000007) goes faster than 10 kn in Sands (v}, for 60 min"
    assert found["zone_dwell"].because == "MAAS (431000007) has been in Sands (v} for 60 min, longer than 30 min"


def test_only_what_the_rule_asks_for_is_told():
    assert set(told(engine_of(zone(leave=True)), way())) == {"zone_leave"}
    assert set(told(engine_of(zone()), way())) == set()


@pytest.mark.parametrize(
    ("watch", "held"),
    [
        ({"types": ("fishing",)}, True), ({"types": ("cargo", "tanker")}, False),
        ({"flags": (431, 432)}, True), ({"flags": (412,)}, False),
        ({"types": ("fishing",), "flags": (412,)}, False),
    ],
)  # fmt: skip
def test_types_and_flags(watch, held):
    assert bool(told(engine_of(zone(enter=True, **watch)), way())) == held
    assert not told(engine_of(zone(enter=True, **watch)), way(key=UNNAMED + 3))  # nobody knows what radar sees


@pytest.mark.parametrize(("first", "held"), [(JUNE - 1, False), (JUNE, True)])
def test_a_season_begins_with_the_first_second_of_its_month(first, held):
    rule = engine_of(zone(enter=True, months=(6,)))
    assert bool(told(rule, way(start=first - 600))) == held


@pytest.mark.parametrize(("dwell_min", "held"), [(30.0, False), (29.5, True)])
def test_a_stay_counts_from_the_begin_of_the_season(dwell_min, held):
    rule = engine_of(zone(dwell_min=dwell_min, months=(6,)))
    found = told(rule, way(start=JUNE - 600 - 1800))  # half of the hour inside lies in June
    assert bool(found) == held
    assert not held or found["zone_dwell"].start == JUNE


def test_who_is_there_from_the_start_or_after_a_silence_has_not_entered():
    assert told(engine_of(zone(enter=True)), way(before=0)) == {}
    gone = way(before=7200)
    assert told(engine_of(zone(enter=True)), gone.take((gone.time < START + 3600) | (gone.time > START + 7230))) == {}


def test_a_rule_that_stands_no_more_ends_what_goes_on():
    engine = engine_of(zone(enter=True, dwell_min=10.0))
    assert {b.end for b in told(engine, way(after=0)).values()} == {None}
    engine.rezone(())
    over = {b.kind: (b.standing, b.end) for b in engine.step(START + 4300) if b.kind in ALL}
    assert over == dict.fromkeys(("zone_enter", "zone_dwell"), (Standing.ENDED, START + 4300))
    assert engine.step(START + 4400) == []


def test_a_zone_that_is_drawn_later_tells_what_goes_on_and_not_what_was_over():
    engine, rule = engine_of(), zone(enter=True, leave=True, dwell_min=10.0)
    told(engine, way(SHIP, after=0), way(OTHER, inside=1200, after=2400))
    engine.rezone((rule,))
    found = engine.step(START + 4300)
    assert {(b.kind, b.vessels, b.start - START, b.end) for b in found if b.kind in ALL} == {
        ("zone_enter", (SHIP,), 600, None), ("zone_dwell", (SHIP,), 600, None),
    }  # fmt: skip


def test_a_stay_too_fast_for_longer_than_samples_are_remembered_keeps_its_begin():
    engine = engine_of(zone(speed_kn=10.0))
    found = told(engine, way(inside=9 * 3600, after=0), step=600)["zone_speed"]
    assert (found.start, found.revision) == (START + 600, 0)


def test_it_goes_on_from_a_state_as_if_nothing_had_been():
    rules = (zone(enter=True, speed_kn=10.0),)
    whole, first, second = engine_of(*rules), engine_of(*rules), engine_of(*rules)
    ways = way(), way(start=START + 5400)
    before = told(whole, *ways)
    told(first, ways[0])
    second.restore(first.state())
    after = told(second, ways[1])
    assert {k: (b.id, b.start, b.end, b.because) for k, b in after.items()} == {
        k: (b.id, b.start, b.end, b.because) for k, b in before.items()
    }
