"""What every definition keeps: it says where it comes from, changes nothing, and survives anything."""

import re
from dataclasses import fields

import numpy as np
import pytest
from kind_stories import START, Coast
from test_thresholds import CASES, LENGTHS, LISTED, SILENCES, SUCCESSIONS, TOLD, VISITS, ZONES, spans_of

from mihari.behaviours.engine import Engine
from mihari.behaviours.kinds import alerting, built_in, known, told, version
from mihari.behaviours.language import parse, written
from mihari.behaviours.scene import VOCABULARY
from mihari.behaviours.sightings import Sightings
from mihari.core.behaviour import Urgency

DEFINITIONS = {d.name: d for d in told(built_in())}


@pytest.mark.parametrize("kind", known())
def test_it_says_what_it_is_and_where_it_comes_from(kind):
    d = DEFINITIONS[kind]
    assert all((d.title, d.source, d.because))
    placeholders = set(re.findall(r"\{(\w*)\}", d.because))
    assert set(d.vessels) <= placeholders <= {*d.vessels, "lasted", "again", "zone", "limit", "count", "area", "others"}
    assert d.because.count("{") == len(re.findall(r"\{\w+\}", d.because))
    assert not d.urgency or d.urgency.upper() in Urgency.__members__
    assert d.innocent or kind not in alerting()


def test_every_parameter_says_why():
    assert [p.name for p in built_in().parameters.values() if len(p.source) < 10] == []


@pytest.mark.parametrize("kind", known())
def test_it_reads_back_and_its_version_follows_its_text(kind):
    assert parse(written(built_in()), vocabulary=VOCABULARY).definitions[kind] == DEFINITIONS[kind]
    assert len(version(DEFINITIONS[kind], built_in())) == 8


def test_a_version_follows_the_parts_and_their_parameters():
    text = written(built_in())
    for before, after in (
        ("starboard_close = 10 min", "starboard_close = 11 min"),
        ("near_50m(a, b)", "near_200m(a, b)"),
    ):
        other = parse(text.replace(before, after), vocabulary=VOCABULARY)
        changed = version(other.definitions["rendezvous_starboard"], other)
        again = parse(text, vocabulary=VOCABULARY)
        assert changed != version(again.definitions["rendezvous_starboard"], again)


def behaviours(sightings, batches):
    engine = Engine(Coast())
    for batch in batches:
        engine.hear(batch)
    for one in sightings:
        engine.sight(one)
    engine.step(max(one.time.max() for one in sightings) + 1)
    return engine.standing()


FIRST = {case.kind: case for case in reversed(CASES)}


@pytest.mark.parametrize("case", FIRST.values(), ids=FIRST)
def test_it_is_deterministic_and_leaves_its_input_alone(case):
    sightings, batches = case.story(spans_of(case, case.seconds + case.step))
    before = [{f.name: getattr(s, f.name).copy() for f in fields(s)} for s in sightings]
    first, second = behaviours(sightings, batches), behaviours(sightings[::-1], batches)
    assert repr(first) == repr(second)
    for now, then in zip(sightings, before, strict=True):
        assert all(
            np.array_equal(getattr(now, name), old, equal_nan=old.dtype.kind == "f") for name, old in then.items()
        )
    for b in first:
        d = DEFINITIONS[b.kind]
        assert b.innocent == d.innocent
        assert not re.search(r"\{|\}", b.because)
        assert b.end is None or b.start < b.end


def test_every_kind_has_a_story():
    assert {c[0] for c in (*CASES, *SILENCES, *SUCCESSIONS, *LENGTHS, *ZONES, *TOLD, *LISTED, *VISITS)} == set(known())


def test_nothing_in_nothing_out():
    engine = Engine(Coast())
    engine.sight(Sightings.empty())
    assert engine.step(START) == engine.step(START + 1e6) == engine.standing() == []


@pytest.mark.parametrize("seed", range(3))
def test_garbage_is_survived_and_counted(seed):
    rng, n = np.random.default_rng(seed), 4000
    odd = [np.nan, np.inf, -np.inf, -5.0, 1e300, 0.3]
    turned = [np.nan, -5.0, 1e9, 0.3]
    engine = Engine(Coast())
    engine.sight(
        Sightings.of(
            n, key=rng.choice([0, 1, 7, 431000007, (1 << 40) + 3, (1 << 41) + 7], n),
            time=START + rng.integers(0, 40_000, n), lat_deg=rng.uniform(-90, 90, n), lon_deg=rng.uniform(-180, 180, n),
            speed=rng.choice(odd, n), course=rng.choice(turned, n), heading=rng.choice(turned, n),
            status=rng.integers(-1, 16, n), kind=rng.integers(0, 3, n),
        )
    )  # fmt: skip
    for now in (START, START + 40_000, START, START + 2e6):
        for b in engine.step(now):
            assert b.kind in DEFINITIONS
            assert b.end is None or b.start < b.end
    assert engine.counts.sightings == n
